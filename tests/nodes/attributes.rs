//! The inspector's tab Node: attributes read, edited, refused, undone; parts of JSON kept. Owns its stories.
use super::{keeping, node};
use mqttscope::device::{Codec, Domain, Kind, Node, Unit, Value};
use mqttscope::model::nodes::tab;
use mqttscope::model::tree::RowId;

use super::story::{Story, story};

fn oven() -> Node {
    Node {
        unit: Some(Unit::new("°C")),
        domain: Domain { min: Some(0.0), max: Some(250.0), ..Domain::default() },
        cadence_ms: Some(2_000),
        ..node("oven/t", Kind::Float)
    }
}

/// The tab Node of the first topic that ends so, its attribute of a name under the hand.
fn at(story: Story, topic: &str, attribute: &str) -> Story {
    let mut story = story.types("<ctrl-g>").types(topic).types("<enter>5<tab>g");
    while under_cursor(&story).is_none_or(|title| title != attribute) {
        story = story.types("j");
    }
    story
}

fn under_cursor(story: &Story) -> Option<&'static str> {
    let RowId { device, node } = story.model.cursor;
    match tab::at(story.model.device(device)?, node, story.model.inspector.place)?.1 {
        tab::Place::Attribute(attribute) => Some(attribute.title()),
        tab::Place::Heading | tab::Place::Value | tab::Place::Blank => None,
    }
}

fn kept(story: &Story) -> Vec<Node> {
    story.model.devices.first().unwrap().kept.iter().cloned().collect()
}

#[test]
fn every_attribute_of_a_kept_node_is_read_on_its_tab() {
    keeping(vec![oven()])
        .receives("oven/t", "23.5")
        .types("/oven/t<enter>5")
        .sees("◆ the whole payload")
        .sees("value 23.5 °C")
        .sees("type float")
        .sees("max 250")
        .sees("cadence 2 s")
        .receives("oven/t", "hot")
        .sees("value `hot` is no number")
        .after(10_000)
        .sees("stale since");
}

#[test]
fn what_is_not_kept_says_so_and_is_kept_from_there() {
    let story = story().online().receives("a/b", "23.5").types("oj").types("5");
    let story = story.sees("No node is kept here").types("j").sees("not kept as a node").types("<tab>a");
    story.sees("kept 1 node; u undoes").sees("type float").types("u").sees("not kept as a node");
}

#[test]
fn a_text_is_edited_in_its_place_and_checked_while_it_is_typed() {
    let mut story = at(keeping(vec![oven()]).receives("oven/t", "23.5"), "oven/t", "max");
    story = story.types("<enter><ctrl-u>-1").sees("0 is above max -1; swap them");
    story = story.types("<enter>").sees("swap them").types("<ctrl-u>100<enter>");
    assert_eq!(kept(&story)[0].domain.max, Some(100.0));
    story = story.sees("◆ unsaved").types("u").sees("undone: the max of oven/t");
    assert_eq!(kept(&story), [oven()]);
    story = story.types("<ctrl-r>");
    assert_eq!(kept(&story)[0].domain.max, Some(100.0));
    story = story.types("<enter>7<esc>");
    assert_eq!(kept(&story)[0].domain.max, Some(100.0), "esc leaves it as it was");
}

#[test]
fn a_hundred_changes_are_undone_one_by_one() {
    let mut story = at(keeping(vec![oven()]), "oven/t", "priority");
    for n in 1..=100 {
        story = story.types(&format!("<enter><ctrl-u>{n}<enter>"));
    }
    assert_eq!(kept(&story)[0].priority, 100);
    for _ in 0..100 {
        story = story.types("u");
    }
    assert_eq!(kept(&story), [oven()]);
    assert!(!story.model.devices.first().unwrap().kept.is_changed());
}

#[test]
fn a_type_is_chosen_and_what_no_longer_fits_goes_only_when_asked_twice() {
    let story = at(keeping(vec![oven()]).receives("oven/t", "1"), "oven/t", "type");
    let mut story = story.types("<enter>bb").sees("it loses min, max, unit");
    story = story.types("<enter>").sees("enter again does it");
    assert_eq!(kept(&story), [oven()]);
    story = story.types("<enter>").sees("value on");
    let node = &kept(&story)[0];
    assert_eq!((node.kind, &node.unit, &node.domain), (Kind::Bool, &None, &Domain::default()));
    story = story.types("u");
    assert_eq!(kept(&story), [oven()]);
}

#[test]
fn a_wider_type_keeps_everything() {
    let whole = Node { default: Some(Value::Int(20)), kind: Kind::Int, ..oven() };
    let story = at(keeping(vec![whole]), "oven/t", "type").types("<enter><right><enter>");
    assert_eq!(kept(&story), [Node { default: Some(Value::Float(20.0)), ..oven() }]);
}

#[test]
fn units_that_begin_as_typed_are_offered() {
    at(keeping(vec![oven()]), "oven/t", "unit")
        .types("<enter><ctrl-u>kW")
        .sees("kW: a known unit")
        .types("<ctrl-u>mb")
        .sees("mbar")
        .types("<ctrl-u>celsius")
        .sees("known as °C")
        .types("<enter>")
        .sees("unit °C");
}

#[test]
fn another_topic_moves_the_node_and_can_be_undone() {
    let mut story = at(keeping(vec![oven(), node("other", Kind::Int)]), "oven/t", "topic");
    story = story.types("<enter><ctrl-u>a/#").sees("wildcard");
    story = story.types("<ctrl-u>other").sees("another node has this topic and path already");
    story = story.types("<ctrl-u>hall/t<enter>").sees("┌ hall/t ").does_not_see("oven");
    assert_eq!(kept(&story)[0].topic.as_str(), "hall/t");
    story = story.types("u").sees("┌ oven/t ").does_not_see("hall");
    assert_eq!(kept(&story)[1], oven());
}

#[test]
fn members_of_a_json_payload_are_ticked_and_kept_in_one_step() {
    let mut story = story()
        .online()
        .receives("z2m/lamp", r#"{"state":"ON","brightness":54,"color":{"x":0.3,"y":0.4}}"#)
        .types("/lamp<enter>5<tab>a")
        .sees("the whole payload")
        .sees("· $.brightness int 54")
        .sees("· $.color.x float 0.3")
        .types(" j ")
        .sees("2 ticked")
        .types("<enter>")
        .sees("kept 2 nodes; u undoes")
        .sees("◆ $.color.x")
        .types("a")
        .sees("◆ $.color.x float");
    story = story.types("<esc>");
    let paths = |story: &Story| kept(story).iter().map(|node| node.codec.to_string()).collect::<Vec<_>>();
    assert_eq!(paths(&story), ["$.color.x", "$.state"]);
    story = story.types("u");
    assert_eq!(paths(&story), [""; 0]);
}

#[test]
fn the_hand_goes_through_all_nodes_of_a_topic() {
    let part = |path: &str| Node { codec: Codec::parse(path).unwrap(), ..node("lamp", Kind::Int) };
    let story = keeping(vec![part("$.a"), part("$.b")]).receives("lamp", r#"{"a":1,"b":2}"#);
    let mut story = story.types("/lamp<enter>5<tab>").sees("◆ $.a").types("G").sees("◆ $.b");
    story = story.types("kkkk<enter><right><enter>");
    let qos: Vec<_> = kept(&story).iter().map(|node| node.qos.to_string()).collect();
    assert_eq!(qos.concat().len(), 2, "{qos:?}");
    assert_eq!(kept(&story)[0].retain, kept(&story)[0].retain);
    let changed: Vec<_> = kept(&story).into_iter().filter(|node| node.retain).collect();
    assert_eq!(changed.iter().map(|node| node.codec.to_string()).collect::<Vec<_>>(), ["$.b"]);
}
