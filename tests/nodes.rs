//! What people do with kept nodes: add, name, see typed, remove, undo, save. Owns the stories; no file, no socket.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
#[path = "nodes/attributes.rs"]
mod attributes;
#[path = "nodes/leaving.rs"]
mod leaving;
#[path = "nodes/range.rs"]
mod range;
#[path = "common/story.rs"]
mod story;

use mqttscope::device::{Codec, Domain, Kind, Node, Unit};
use mqttscope::model::devices::{Answer, Errand, NodesSaving};
use mqttscope::model::event::DeviceId;
use mqttscope::model::{Effect, Event, nodes};
use mqttscope::mqtt::Topic;
use story::{Story, story};

fn node(topic: &str, kind: Kind) -> Node {
    Node::new(Topic::parse(topic).unwrap(), kind)
}

/// A story in which these are kept, and saved.
fn keeping(nodes: Vec<Node>) -> Story {
    let mut story = story().online();
    let device = story.model.devices.first_mut().unwrap();
    nodes::load(device, nodes);
    story
}

/// What was asked of the disk since the last look.
fn errands(story: &mut Story) -> Vec<Errand> {
    let errand = |effect| if let Effect::Disk(errand) = effect { Some(*errand) } else { None };
    story.effects.drain(..).filter_map(errand).collect()
}

/// The nodes that were asked to be written.
fn saving(story: &mut Story) -> Option<NodesSaving> {
    errands(story).into_iter().find_map(|errand| {
        if let Errand::SaveNodes(saving) = errand {
            Some(*saving)
        } else if let Errand::Save(saving) = errand {
            saving.of
        } else {
            None
        }
    })
}

#[test]
fn topics_never_heard_are_added_by_a_path_with_braces_and_can_be_undone() {
    story()
        .online()
        .types("acontrols/lamp{1..2}/{{on,level}")
        .sees("has no }")
        .types("<ctrl-u>controls/lamp{1..2}/{on,level}")
        .sees("keeps controls/lamp1/on and 3 more")
        .types("<enter>")
        .sees("kept 4 nodes; u undoes")
        .sees("◆ on not heard yet")
        .sees("◆ unsaved")
        .types("u")
        .does_not_see("controls")
        .does_not_see("unsaved")
        .types("<ctrl-r>")
        .sees("controls");
}

#[test]
fn nothing_typed_keeps_the_topic_itself_with_the_type_of_what_was_heard() {
    story()
        .online()
        .receives("a/b", "23.5")
        .types("ojja<enter>")
        .sees("◆ b")
        .sees("float · both · ◆ kept")
        .types("a<enter>")
        .sees("it is kept already");
}

#[test]
fn a_bool_is_kept_with_the_words_it_was_heard_in() {
    for (heard, on, off) in [("off", "on", "off"), ("ON", "ON", "OFF"), ("Closed", "Open", "Closed")] {
        let story = story().online().receives("lamp", heard).types("ja<enter>").sees("bool · both · ◆ kept");
        let codec = story.model.devices.first().unwrap().kept.iter().next().unwrap().codec.clone();
        assert_eq!(codec, Codec::Words { on: on.into(), off: off.into() });
    }
}

#[test]
fn an_exact_topic_with_a_leading_slash_is_added_at_the_root() {
    let mut story = story().online().types("a/controls/lighting<enter>");
    let kept = story.model.devices.first().unwrap().kept.iter();
    assert_eq!(kept.map(|node| node.topic.as_str()).collect::<Vec<_>>(), ["/controls/lighting"]);
    story = story.types("Aother<enter>");
    let kept = story.model.devices.first().unwrap().kept.iter();
    assert_eq!(
        kept.map(|node| node.topic.as_str()).collect::<Vec<_>>(),
        ["/controls/lighting", "/controls/other"]
    );
}

#[test]
fn a_wildcard_is_refused_where_a_topic_is_wanted() {
    story().online().types("asensors/+/x").sees("wildcard").types("<enter>").sees("wildcard");
}

#[test]
fn a_payload_that_does_not_fit_is_shown_as_it_came_with_the_reason() {
    let bool_node = node("door/open", Kind::Bool);
    let number = Node {
        unit: Some(Unit::new("°C")),
        domain: Domain { min: Some(0.0), max: Some(100.0), ..Domain::default() },
        ..node("oven/temperature", Kind::Float)
    };
    keeping(vec![bool_node, number])
        .receives("door/open", "maybe")
        .receives("oven/temperature", "23.5")
        .types("/door/open<enter>")
        .sees("maybe !")
        .sees("`maybe` is no bool")
        .sees("1/0")
        .receives("door/open", "ON")
        .does_not_see("is no bool")
        .types("<esc>/temperature<enter>")
        .sees("23.5 °C")
        .receives("oven/temperature", "130")
        .sees("130 °C !")
        .sees("0..100");
}

#[test]
fn parts_of_a_payload_are_told_by_name_in_one_line() {
    let part = |path: &str, kind| Node { codec: Codec::parse(path).unwrap(), ..node("z2m/lamp", kind) };
    let level = Node { unit: Some(Unit::new("%")), ..part("$.brightness", Kind::Int) };
    keeping(vec![level, part("$.state", Kind::Bool)])
        .receives("z2m/lamp", r#"{"state":"ON","brightness":54}"#)
        .types("/lamp<enter>")
        .sees("brightness 54 % · state")
        .receives("z2m/lamp", r#"{"state":"ON"}"#)
        .sees("brightness –")
        .sees("brightness");
}

#[test]
fn kept_only_narrows_the_tree_to_kept_nodes_and_their_way() {
    keeping(vec![node("a/kept", Kind::Int), node("x/never/heard", Kind::Int)])
        .receives("a/kept", "1")
        .receives("a/other", "2")
        .receives("b/other", "3")
        .types("K")
        .sees("kept only")
        .sees("◆ kept 1")
        .sees("◆ heard not heard yet")
        .does_not_see("other")
        .types("/other")
        .sees("no match")
        .types("<esc>K")
        .sees("b")
        .does_not_see("· kept only");
}

#[test]
fn nodes_below_a_branch_are_removed_with_a_question_and_come_back_by_undo() {
    keeping(vec![node("a/b", Kind::Int), node("a/c", Kind::Int), node("ab", Kind::Int)])
        .types("jd")
        .sees("Keep 2 nodes at and below a no longer?")
        .types("y")
        .sees("2 nodes kept no longer")
        .sees("ab")
        .does_not_see("◆ b")
        .types("u")
        .sees("◆ b")
        .sees("◆ c");
}

#[test]
fn an_alias_stands_in_the_place_of_the_level_and_the_topic_stays() {
    keeping(vec![node("a/t1", Kind::Float)])
        .receives("a/t1", "5")
        .types("/t1<enter>rboiler<enter>")
        .sees("◆ boiler 5")
        .sees("┌ a/t1 ")
        .types("r<ctrl-u><enter>")
        .sees("◆ t1 5");
}

#[test]
fn quitting_with_unsaved_nodes_asks_and_saving_makes_it_not_ask() {
    let mut story =
        story().online().types("acontrols/lighting<enter>q").sees("are not saved. Quit all the same?");
    story = story.types("n").types("w").sees("save as:").types("plant<enter>");
    let saved = saving(&mut story).unwrap();
    assert_eq!(saved.nodes.iter().map(|node| node.topic.as_str()).collect::<Vec<_>>(), ["controls/lighting"]);
}

#[test]
fn what_changed_while_the_file_was_written_stays_unsaved() {
    let mut story = keeping(vec![node("a", Kind::Int)]);
    let device = story.model.devices.first_mut().unwrap();
    device.origin = mqttscope::model::opening::Origin::File("plant".into());
    story = story.types("ab<enter>w");
    let saving = saving(&mut story).unwrap();
    let answer = Answer::NodesSaved(Box::new(saving), Ok(()));
    story = story.types("ac<enter>").happens(Event::Disk(Box::new(answer)));
    assert!(story.model.device(DeviceId(0)).unwrap().kept.is_changed());
    story.sees("saved plant with 2 nodes").sees("unsaved");
}
