//! Kept nodes as whole frames: attributes, one being edited, parts of a payload, a range. Owns its pictures.
use super::stage::Stage;
use super::{check, plant_after};
use mqttscope::device::{Clip, Domain, Kind, Node, Unit};
use mqttscope::model::nodes;
use mqttscope::mqtt::Topic;

/// A node with all that an oven's temperature can have.
fn oven() -> Node {
    let topic = Topic::parse("plant/hall1/oven3/temperature").expect("a topic");
    Node {
        alias: Some("oven 3".into()),
        description: Some("behind the second door, next to the press".into()),
        tags: vec!["hall1".into(), "hot".into()],
        unit: Some(Unit::new("°C")),
        domain: Domain { min: Some(0.0), max: Some(250.0), step: Some(0.5), values: Vec::new() },
        clip: Clip::Clip,
        cadence_ms: Some(1_000),
        ..Node::new(topic, Kind::Float)
    }
}

fn keeping(keys: &str) -> Stage {
    let mut stage = plant_after("");
    nodes::load(stage.model.devices.first_mut().expect("the demo"), vec![oven()]);
    stage.keys(keys);
    stage
}

#[test]
fn the_attributes_of_a_kept_node_are_read_one_below_the_other() {
    check("node-tab", || keeping("5 tab"));
}

#[test]
fn an_attribute_is_edited_in_its_place_and_told_what_is_wrong() {
    check("node-edit", || keeping("5 tab j j j j j j j j j j j enter backspace backspace backspace - 1"));
}

#[test]
fn a_type_is_chosen_from_a_row_of_words() {
    check("node-choice", || keeping("5 tab j j j j j j enter right enter"));
}

#[test]
fn members_of_a_payload_are_ticked_in_a_list() {
    check("node-parts", || {
        let mut stage = plant_after("ctrl-g");
        stage.types("plant/hall1/oven3/telemetry");
        stage.keys("enter 5 tab a space");
        stage
    });
}

#[test]
fn a_range_of_rows_is_seen_and_counted() {
    check("node-range", || keeping("k k v j j j"));
}
