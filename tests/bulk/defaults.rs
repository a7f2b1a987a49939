//! The defaults of kept nodes as a batch: which nodes, what their values become, what is left out. Owns its stories.
use super::batch::handed;
use super::says;
use super::story::{Story, story, story_of};
use mqttscope::device::{Access, Clip, Codec, Domain, Kind, Node, Value};
use mqttscope::model::Settings;
use mqttscope::mqtt::{Publication, Qos, Topic};

fn node(topic: &str, kind: Kind, default: Option<Value>) -> Node {
    Node { default, ..Node::new(Topic::parse(topic).unwrap(), kind) }
}

/// A lamp that is switched by words and kept by the broker, a setpoint beyond its bounds, a sensor that is only heard,
/// one without a default; and one beside their branch.
fn hall(story: Story) -> Story {
    let lamp = Node {
        codec: Codec::Words { on: "ON".into(), off: "OFF".into() },
        qos: Qos::AtLeastOnce,
        retain: true,
        ..node("hall/lamp", Kind::Bool, Some(Value::Bool(true)))
    };
    let setpoint = Node {
        clip: Clip::Clip,
        domain: Domain { min: Some(0.0), max: Some(250.0), ..Domain::default() },
        ..node("hall/oven/setpoint", Kind::Float, Some(Value::Float(300.0)))
    };
    let sensor = Node { access: Access::Get, ..node("hall/sensor", Kind::Int, Some(Value::Int(3))) };
    let silent = node("hall/silent", Kind::Int, None);
    let beside = node("hallway/fan", Kind::Int, Some(Value::Int(2)));
    let mut story = story.online();
    let device = story.model.devices.first_mut().unwrap();
    for node in [lamp, setpoint, sensor, silent, beside] {
        device.kept.put(&mut device.store, node).unwrap();
    }
    story.settled()
}

fn texts(rows: &[Publication]) -> Vec<String> {
    rows.iter().map(|row| format!("{} = {}", row.topic, String::from_utf8_lossy(&row.payload.0))).collect()
}

fn published(story: &mut Story) -> Vec<Publication> {
    handed(story).into_iter().map(|(_, publication)| publication).collect()
}

#[test]
fn the_defaults_below_a_branch_go_as_their_nodes_write_them() {
    let mut story = hall(story()).types("ji").settled().sees("the defaults of hall").sees("2 publications");
    assert_eq!(handed(&mut story), [], "nothing goes before the yes");
    let rows = published(&mut story.types("<enter>"));
    assert_eq!(texts(&rows), ["hall/lamp = ON", "hall/oven/setpoint = 250"]);
    assert_eq!((rows[0].qos, rows[0].retain), (Qos::AtLeastOnce, true));
    assert_eq!((rows[1].qos, rows[1].retain), (Qos::AtMostOnce, false));
}

#[test]
fn the_defaults_of_a_device_or_of_selected_rows_are_those_alone() {
    let mut whole = hall(story()).types("i").settled().types("<enter>");
    assert_eq!(published(&mut whole).len(), 3, "the whole device");
    let mut selected = hall(story()).types("Gvi").settled().types("<enter>");
    assert_eq!(texts(&published(&mut selected)), ["hallway/fan = 2"], "the branch of the last row");
}

#[test]
fn without_any_default_and_in_a_read_only_run_it_is_said() {
    let heard = story().online().receives("a/b", "1").types("ji");
    says(heard, "no node here has a default and can be set");
    let settings = Settings { read_only: true, budget_bytes: 64 << 20, ..Settings::default() };
    let mut story = hall(story_of(&["local"], settings)).types("ji");
    assert_eq!(handed(&mut story), []);
    says(story, "read-only");
}
