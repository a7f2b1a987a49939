//! Siblings of the tree by rate, age or count: turned to by a key, made anew once a second, holding still after keys.
use super::story::{Story, story};

/// Topics spoken on more or less often, the last ones of late.
fn heard() -> Story {
    let mut story = story().online();
    for (topic, n) in [("hall/a", 1), ("hall/b", 4), ("hall/c", 2), ("yard", 3)] {
        for _ in 0..n {
            story = story.receives(topic, "1");
        }
        story = story.after(1_000);
    }
    story.settled()
}

/// The words of the rows below the device's own.
fn rows(story: &mut Story) -> String {
    let screen = story.screen();
    let word = |line: &str| {
        let pane = line.split('│').nth(1).unwrap_or_default();
        pane.trim_start_matches(['>', ' ', '▾', '▸']).split(' ').next().unwrap_or_default().to_owned()
    };
    let rows = screen.lines().skip(3).map(word);
    rows.take_while(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn lists(mut story: Story, expected: &str) -> Story {
    let found = rows(&mut story);
    assert_eq!(found, expected, "{}", story.screen());
    story
}

#[test]
fn siblings_stand_by_rate_age_count_and_by_name_again() {
    let story = lists(heard(), "hall a b c yard").types("t").sees("· by rate ↓");
    let story = story.sees("siblings stand by rate; t orders otherwise").types("t").sees("· by age ↓");
    let story = lists(story, "yard hall c b a").types("t").sees("· by count ↓");
    let story = lists(story, "hall b c a yard").types("<alt-t>").sees("· by count ↑");
    let story = lists(story, "yard hall a c b").types("t").does_not_see("· by");
    lists(story, "hall a b c yard").types("<alt-t>").sees("siblings stand by name; t orders them");
}

#[test]
fn the_order_is_made_anew_by_the_second_and_holds_still_after_a_key() {
    let mut story = lists(heard().types("ttt"), "hall b c a yard");
    for _ in 0..9 {
        story = story.receives("hall/a", "1");
    }
    let story = lists(story.after(1_000), "hall b c a yard");
    let story = lists(story.after(1_500), "hall a b c yard");
    let story = story.types("j").receives("yard", "1");
    let mut story = lists(story.after(1_900), "hall a b c yard");
    for _ in 0..20 {
        story = story.receives("yard", "1");
    }
    lists(story.after(200), "yard hall a b c");
}

#[test]
fn the_hand_keeps_its_topic_and_steps_through_rows_as_they_stand() {
    let story = heard().types("tttjj").sees("┌ hall/b ");
    let story = story.types("j").sees("┌ hall/c ").types("j").sees("┌ hall/a ").types("j").sees("┌ yard ");
    let story = story.types("kk").sees("┌ hall/c ").types("t").sees("┌ hall/c ");
    // A range is what stands between its ends.
    let story = story.types("ttt").types("gjjvj").sees("2 rows").types("a");
    let device = story.model.devices.first().unwrap();
    let kept: Vec<&str> = device.kept.iter().map(|node| node.topic.as_str()).collect();
    assert_eq!(kept, ["hall/b", "hall/c"]);
}

#[test]
fn what_is_new_stands_last_until_the_next_order_and_a_filter_keeps_the_order() {
    let story = lists(heard().types("ttt").receives("hall/bb", "1"), "hall b c a bb yard");
    let story = lists(story.types("f!c<enter>").sees("· filter !c"), "hall b a bb yard");
    let story = lists(story.types("<esc><esc>").after(2_500), "hall b c a bb yard");
    lists(story.types("z").receives("hall/bb", "1").after(9_000), "hall b c a bb yard");
}
