//! A range of rows: its topics kept, its nodes changed and removed at once. Owns its stories.
use super::story::{Story, story};
use super::{keeping, node};
use mqttscope::device::{Domain, Kind, Node};

fn kept(story: &Story) -> Vec<&Node> {
    story.model.devices.first().unwrap().kept.iter().collect()
}

fn topics(story: &Story) -> Vec<&str> {
    kept(story).iter().map(|node| node.topic.as_str()).collect()
}

fn plant() -> Story {
    let story = story().online();
    let topics = ["a/x/1", "a/x/2", "b/1", "b/2", "c"];
    topics.iter().fold(story, |story, topic| story.receives(topic, "1")).types("gojj")
}

#[test]
fn rows_are_selected_with_their_count_and_esc_leaves() {
    plant()
        .types("v")
        .sees("1 row")
        .types("jj")
        .sees("3 rows")
        .sees("a keep")
        .types("kkk")
        .sees("2 rows")
        .types("<esc>")
        .does_not_see("rows")
        .sees("publish");
}

#[test]
fn the_topics_of_the_rows_are_kept_in_one_step() {
    let mut story = plant().types("jvja");
    assert_eq!(topics(&story), ["a/x/1", "a/x/2"]);
    story = story.sees("kept 2 nodes; u undoes").types("u");
    assert_eq!(topics(&story), [""; 0]);
    story = story.types("<ctrl-r>");
    assert_eq!(topics(&story), ["a/x/1", "a/x/2"]);
}

#[test]
fn a_collapsed_branch_stands_for_what_is_below_and_is_asked_about() {
    let mut story = plant().types("khvjj").sees("3 rows").types("a");
    story = story.sees("Keep 3 topics, those of collapsed branches included?").types("n").sees("3 rows");
    story = story.types("ay");
    assert_eq!(topics(&story), ["a/x/1", "a/x/2", "b/1"]);
    story = story.types("gjvd").sees("Keep 2 nodes of these rows no longer?").types("y");
    assert_eq!(topics(&story), ["b/1"]);
    story = story.types("u");
    assert_eq!(topics(&story).len(), 3);
}

#[test]
fn only_rows_that_are_shown_count_in_an_expanded_branch() {
    let story = plant().types("gjjva");
    assert_eq!(topics(&story), [""; 0], "the branch x is no topic itself");
    story.sees("no topic of these rows is left to keep");
}

#[test]
fn an_attribute_is_changed_for_all_nodes_at_once() {
    let bounded = Domain { min: Some(0.0), max: Some(9.0), ..Domain::default() };
    let float = |topic| Node { domain: bounded.clone(), ..node(topic, Kind::Float) };
    let nodes = vec![float("a"), float("b"), node("c", Kind::Bool)];
    let mut story = keeping(nodes.clone()).types("jvjj").sees("3 rows ◆ 3").types("eun").sees("unit");
    story = story.types("it %").sees("the unit of 2 nodes; not of 1: c: type bool counts nothing");
    story = story.types("<enter>").sees("changed the unit of 2 nodes");
    let units: Vec<_> = kept(&story).iter().filter_map(|node| node.unit.clone()).collect();
    assert_eq!(units.len(), 2);
    story = story.types("u");
    assert_eq!(kept(&story), nodes.iter().collect::<Vec<_>>());
    story = story.types("gjvjetype string").sees("the type of 2 nodes; for 2 it loses max, min");
    story = story.types("<enter>");
    assert!(kept(&story).iter().take(2).all(|node| node.kind == Kind::String && node.domain.is_empty()));
    story = story
        .types("gjvje nonsense 3")
        .sees("no attribute")
        .types("<ctrl-u>qos 7<enter>")
        .sees("one of 0, 1, 2");
    story = story.types("<ctrl-u>qos 1<enter>");
    let qos: Vec<_> = kept(&story).iter().map(|node| node.qos.to_string()).collect();
    assert_eq!(qos, ["1", "1", "0"]);
}

#[test]
fn a_range_upwards_is_the_same_range() {
    let story = plant().types("jjvkka");
    assert_eq!(topics(&story), ["a/x/1", "a/x/2"]);
}
