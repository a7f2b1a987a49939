//! Deeds on many topics under a view filter: they take what is shown, and say how many and matching what beforehand.
use super::story::{Story, story};
use mqttscope::device::{Access, Kind, Node, Value};
use mqttscope::mqtt::Topic;

fn heard() -> Story {
    story()
        .online()
        .receives("plant/oven/temp", "183.4")
        .receives("plant/oven/door", "closed")
        .receives("plant/oven", "ready")
        .receives("plant/lamp", "on")
        .receives("yard/gate", "open")
        .settled()
}

/// The topics of kept nodes.
fn kept(story: &Story) -> Vec<&str> {
    let device = story.model.devices.first().unwrap();
    let mut topics: Vec<&str> = device.kept.iter().map(|node| node.topic.as_str()).collect();
    topics.sort_unstable();
    topics
}

#[test]
fn learning_under_a_filter_proposes_what_it_lets_through_and_says_so() {
    let story = heard()
        .types("fdoor | gate<enter>gL")
        .sees("Learn ─ # matching door | gate · 2 new")
        .does_not_see("plant/lamp")
        .receives("plant/press/door", "open")
        .receives("plant/press/temp", "20")
        .settled()
        .sees("3 new")
        .types("A")
        .sees("Keep all 3 candidates matching door | gate")
        .types("y");
    assert_eq!(kept(&story), ["plant/oven/door", "plant/press/door", "yard/gate"]);
}

#[test]
fn a_topic_is_judged_by_the_message_that_is_heard_and_stays_proposed() {
    heard()
        .types("fvalue:>100<enter>gL")
        .sees("matching value:>100 · 1 new")
        .receives("plant/press/temp", "20")
        .settled()
        .sees("· 1 new")
        .after(1_000)
        .receives("plant/press/temp", "180")
        .settled()
        .sees("· 2 new")
        .after(1_000)
        .receives("plant/press/temp", "20")
        .receives("plant/press/rpm", "900")
        .settled()
        .sees("· 3 new");
}

#[test]
fn what_learning_is_bound_by_is_edited_with_its_scope() {
    heard()
        .types("foven<alt-s>ovens<enter>gL")
        .sees("matching ovens = oven · 3 new")
        .types("s")
        .sees("learn: # matching oven")
        .types("<space>!door<enter>")
        .sees("1 candidate beyond this scope went to the discarded")
        .sees("matching oven !door · 2 new")
        .types("s<ctrl-u># matching aeg:1")
        .sees("did you mean \"age\"?")
        .types("<ctrl-u>#<enter>")
        .settled()
        .does_not_see("Learn ─ # matching");
}

#[test]
fn a_range_under_a_filter_keeps_only_what_is_shown_and_asks_with_the_count() {
    let story = heard()
        .types("fdoor | temp | lamp<enter>gjvG")
        .sees("rows")
        .types("a")
        .sees("Keep 3 topics matching door | temp | lamp? u undoes.")
        .types("y");
    // plant/oven was heard too, but is only the way to others here.
    assert_eq!(kept(&story), ["plant/lamp", "plant/oven/door", "plant/oven/temp"]);
    let story = story
        .types("<esc>f<ctrl-u>door<enter>gjvG")
        .types("d")
        .sees("Keep 1 node matching door of these rows no longer?")
        .types("y");
    assert_eq!(kept(&story), ["plant/lamp", "plant/oven/temp"]);
}

#[test]
fn a_collapsed_branch_in_a_range_hides_only_what_the_filter_lets_through() {
    let story = heard().types("fdoor<enter>gjhv").types("a");
    let story = story.types("y");
    assert_eq!(kept(&story), ["plant/oven/door"]);
    heard().types("fdoor | temp<enter>gjhvC").sees("2 topics matching door | temp");
}

#[test]
fn removing_a_branch_under_a_filter_leaves_what_it_leaves_out() {
    let story = heard().types("gjvGay<esc>");
    assert_eq!(kept(&story).len(), 5);
    let story =
        story.types("fdoor | lamp<enter>gjd").sees("Keep 2 nodes matching door | lamp at and").types("y");
    assert_eq!(kept(&story), ["plant/oven", "plant/oven/temp", "yard/gate"]);
}

#[test]
fn defaults_are_published_of_what_the_filter_lets_through() {
    let mut story = heard();
    let device = story.model.devices.first_mut().unwrap();
    for topic in ["plant/oven/temp", "plant/lamp"] {
        let mut node = Node::new(Topic::parse(topic).unwrap(), Kind::String);
        node.access = Access::Both;
        node.default = Some(Value::String("x".into()));
        device.kept.put(&mut device.store, node).unwrap();
    }
    story
        .types("foven<enter>gji")
        .sees("the defaults of plant, only those matching oven")
        .sees("1 publication")
        .does_not_see("plant/lamp")
        .types("<esc>f<ctrl-u>yard<enter>gi")
        .sees("no node here, only those matching yard");
}
