//! The topics as a table: opened on a branch, ordered by any column, holding still after keys, left at a topic.
use super::story::{Story, story};

/// Topics with values, counts and sizes that put them in different orders.
fn heard() -> Story {
    let mut story = story().online();
    for (topic, payload, n) in [
        ("hall/lamp2/power", "9", 3),
        ("hall/lamp10/power", "100", 1),
        ("hall/door", "closed and locked", 2),
        ("hall/fan", "{\"rpm\": 5}", 4),
        ("yard/gate", "open", 1),
    ] {
        for _ in 0..n {
            story = story.receives(topic, payload);
        }
        story = story.after(1_000);
    }
    story.settled()
}

/// The first letters of the rows below the headings, down to the last topic.
fn topics(story: &mut Story) -> Vec<String> {
    let screen = story.screen();
    // The header, the frame and the headings go before them.
    let rows = screen.lines().skip(3);
    let word = |line: &str| {
        let pane = line.split('│').nth(1).unwrap_or_default();
        pane.trim_start_matches(['>', ' ']).split(' ').next().unwrap_or_default().to_owned()
    };
    rows.map(word).take_while(|word| !word.is_empty()).collect()
}

#[track_caller]
fn lists(mut story: Story, expected: &[&str]) -> Story {
    let found = topics(&mut story);
    assert_eq!(found, expected, "{}", story.screen());
    story
}

#[test]
fn a_branch_is_seen_as_a_table_and_each_column_orders_it() {
    let story = heard().types("<ctrl-g>hall<enter>T").sees("hall · 4 topics · by topic ↑");
    let story = lists(story, &["door", "fan", "lamp2/power", "lamp10/power"]);
    let story = story.types("t").sees("by value ↑");
    // Numbers by size, then texts.
    let story = lists(story, &["lamp2/power", "lamp10/power", "door", "fan"]);
    let story = story.types("t").sees("by type ↑");
    let story = lists(story, &["lamp2/power", "lamp10/power", "fan", "door"]);
    let story = story.types("t").sees("by age ↑");
    let story = lists(story, &["fan", "door", "lamp10/power", "lamp2/power"]);
    let story = story.types("t").sees("by count ↓");
    let story = lists(story, &["fan", "lamp2/power", "door", "lamp10/power"]);
    let story = story.types("<alt-t>").sees("by count ↑");
    let story = lists(story, &["lamp10/power", "door", "lamp2/power", "fan"]);
    let story = story.types("t").sees("by rate ↓");
    let story = story.types("t").sees("by size ↓");
    let story = lists(story, &["door", "fan", "lamp10/power", "lamp2/power"]);
    story.types("t").sees("by topic ↑");
}

#[test]
fn the_cursor_and_all_commands_on_a_topic_are_as_in_the_tree() {
    let story = heard().types("<ctrl-g>hall/door<enter>T").sees("hall · 4 topics").sees("> door");
    let story = story.types("jj").sees("> lamp2/power").sees("hall/lamp2/power");
    let mut story = story.types("*").sees(">★ lamp2/power").types("p").sees("topic hall/lamp2/power");
    // The tree was not opened on the way, and is left as it was.
    story =
        story.types("<esc>G").sees("> lamp10/power").types("<esc>").sees("> door").does_not_see("by topic");
    story.types("T").types("G<enter>").does_not_see("by topic").sees("> power 100");
}

#[test]
fn the_order_holds_still_after_a_key_and_changes_once_a_second_at_most() {
    let story = heard().types("<ctrl-g>hall<enter>Ttttt").sees("by count ↓");
    let first = ["fan", "lamp2/power", "door", "lamp10/power"];
    let mut story = lists(story, &first).types("j");
    for _ in 0..9 {
        story = story.receives("hall/lamp10/power", "7");
    }
    let story = lists(story.after(1_900).settled(), &first);
    let story = lists(story.after(200).settled(), &["lamp10/power", "fan", "lamp2/power", "door"]);
    let mut story = story.sees("> lamp2/power");
    for _ in 0..20 {
        story = story.receives("hall/door", "open");
    }
    let story = lists(story.settled(), &["lamp10/power", "fan", "lamp2/power", "door"]);
    lists(story.after(1_100).settled(), &["door", "lamp10/power", "fan", "lamp2/power"])
        .sees("> lamp2/power");
}

#[test]
fn the_first_row_follows_what_is_on_top() {
    let mut story = heard().types("<ctrl-g>hall<enter>Ttttt").sees("> fan");
    for _ in 0..9 {
        story = story.receives("hall/door", "7");
    }
    story.after(3_000).settled().sees("> door");
}

#[test]
fn a_narrow_screen_keeps_the_column_that_orders() {
    let story = heard().sized(60, 15).types("<ctrl-g>hall<enter>T").sees("age").does_not_see("size");
    story.types("tttttt").sees("size↓").does_not_see("type").sees("17 B");
}

#[test]
fn new_topics_come_in_and_a_closed_device_takes_its_table_along() {
    let story = heard().types("gT").sees("demo · 5 topics").receives("hall/bell", "1").after(3_000).settled();
    let story = story.sees("demo · 6 topics").sees("hall/bell");
    story.types("DX").does_not_see("by topic");
}

#[test]
fn many_topics_are_ordered_in_slices() {
    let mut story = story().online();
    for n in 0..6_000 {
        story = story.receives(&format!("many/t{n}"), format!("{}", 6_000 - n));
    }
    let story = story.types("<ctrl-g>many<enter>Tt").sees("6,000 topics · by value ↑").sees("> t5999");
    story.types("G").sees("> t0").types("<alt-t>g").sees("> t0");
}
