//! What is dropped before anything sees it: seen in the Monitor beside the subscriptions, counted, taken in again.
use super::story::{Story, story};
use mqttscope::mqtt::Filter;

fn excluding(filters: &[&str]) -> Story {
    let mut story = story().online();
    for filter in filters {
        story = story.types(&format!("S!{filter}<enter>"));
    }
    story
}

/// On the list of subscriptions in the Monitor.
fn on_the_list(story: Story) -> Story {
    story.types("m<tab><tab><tab><tab>")
}

#[test]
fn each_exclude_stands_in_the_monitor_with_what_it_dropped() {
    let story = excluding(&["yard/+", "plant/debug/#"])
        .receives("yard/gate", "open")
        .receives("yard/tree", "1")
        .receives("plant/debug/a", "1")
        .receives("plant/oven", "1");
    on_the_list(story)
        .sees("1 · 2 excludes")
        .sees("!yard/+ drops 2")
        .sees("!plant/debug/# drops 1")
        .sees("excluded 3 messages by 2 filters");
}

#[test]
fn an_exclude_is_taken_in_again_by_d_and_dropped_as_before_by_u() {
    let story = on_the_list(excluding(&["yard/+"]).receives("yard/gate", "open"));
    story
        .types("j")
        .types("d")
        .sees("yard/+ is taken in again; u undoes")
        .does_not_see("!yard/+ drops")
        .receives("yard/gate", "open")
        .types("u")
        .sees("!yard/+ drops 0")
        .receives("yard/gate", "open")
        .sees("!yard/+ drops 1")
        .types("<ctrl-r>")
        .does_not_see("!yard/+ drops")
        .types("m")
        .sees("1 topic");
}

#[test]
fn an_exclude_is_added_in_the_monitor_and_undone() {
    on_the_list(story().online())
        .types("S!yard/#<enter>")
        .sees("yard/# is dropped from now on")
        .sees("!yard/# drops 0")
        .types("u")
        .sees("undone: dropping yard/#")
        .does_not_see("!yard/# drops");
}

#[test]
fn what_means_nothing_for_an_exclude_says_what_does() {
    on_the_list(excluding(&["yard/+"]))
        .types("je")
        .sees("an exclude has no options; d takes yard/+ in again")
        .types("<space>")
        .sees("an exclude does not pause; d takes yard/+ in again");
}

#[test]
fn no_more_are_excluded_than_each_message_can_be_held_against() {
    let mut story = story().online();
    let device = story.model.devices.first_mut().unwrap();
    let filters = (0..64).map(|n| Filter::parse(&format!("t{n}")).unwrap());
    device.excludes = filters.map(mqttscope::model::excludes::Exclude::new).collect();
    story
        .types("S!one/more<enter>")
        .sees("64 filters are excluded, which is the most; S !filter takes one back")
        .types("<esc>S!t5<enter>")
        .sees("t5 is taken in again");
}
