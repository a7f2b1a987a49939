//! Charting: from a number to several series over time. Owns what is said and read out; pictures are `screens`'.
use mqttscope::device::{Domain, Kind, Node, Unit, Value};
use mqttscope::mqtt::Topic;

use crate::story::{Story, story};

/// A number a second, so many of them.
fn hears(mut story: Story, topic: &str, payloads: impl IntoIterator<Item = String>) -> Story {
    for payload in payloads {
        story = story.receives(topic, payload).after(1_000);
    }
    story
}

fn counting(story: Story, topic: &str, n: u32) -> Story {
    hears(story, topic, (0..n).map(|nth| nth.to_string()))
}

/// The cursor on a topic, its chart shown and in focus.
fn charted(story: Story, topic: &str) -> Story {
    story.types(&format!("<ctrl-g>{topic}<enter>3<tab>"))
}

#[test]
fn a_number_is_charted_with_its_statistics() {
    let story = counting(story().online(), "a/n", 11);
    charted(story, "a/n").sees("all, 20 s · live").sees("n 11 min 0 mean 5 max 10 1/s");
}

#[test]
fn a_number_in_json_is_charted_by_its_path_and_a_key_goes_to_the_next() {
    let telemetry = (0..5).map(|nth| format!(r#"{{"fan":{{"rpm":{}}},"load":{nth},"on":true}}"#, 900 + nth));
    let story = hears(story().online(), "oven", telemetry);
    charted(story, "oven")
        .sees("oven $.fan.rpm 904")
        .types("o")
        .sees("oven $.load 4")
        .sees("min 0 mean 2 max 4")
        .types("o")
        .sees("oven $.on true")
        .types("o")
        .sees("oven $.fan.rpm 904");
}

#[test]
fn pinned_topics_are_charted_with_the_one_under_the_cursor_and_a_key_leaves_them_out() {
    let story = counting(story().online(), "a/one", 3);
    let story = counting(story, "a/two", 3);
    let story = counting(story, "a/three", 3).types("<ctrl-g>a/one<enter>*<ctrl-g>a/two<enter>*");
    charted(story, "a/three")
        .sees("1 a/one 2")
        .sees("2 a/two 2")
        .sees("3 a/three 2")
        .sees("one scale")
        .types("t")
        .does_not_see("a/one 2")
        .sees("alone")
        .types("t<esc>")
        .types("<ctrl-g>a/one<enter>*")
        .does_not_see("1 a/one")
        .sees("1 a/two 2");
}

#[test]
fn a_series_stays_while_the_cursor_moves_on_and_no_more_than_eight_are_drawn() {
    let mut story = story().online();
    for nth in 0..9 {
        story = story.receives(&format!("a/n{nth}"), nth.to_string());
    }
    for nth in 0..7 {
        story = charted(story, &format!("a/n{nth}")).types("s<esc>");
    }
    charted(story, "a/n7")
        .sees("8 a/n7 7")
        .types("s")
        .sees("7 series stay already; s on one of them lets it go")
        .types("<esc><ctrl-g>a/n3<enter><tab>s<esc>")
        .sees("a/n3 goes with the cursor")
        .types("<ctrl-g>a/n8<enter>")
        .sees("7 a/n8 8")
        .does_not_see("a/n3 3");
}

#[test]
fn a_paused_chart_counts_what_comes_and_goes_on_by_the_same_key() {
    let story = counting(story().online(), "n", 5);
    let story = charted(story.after(500), "n").types("<space>").sees("paused, +0 since").after(200);
    let story = counting(story, "n", 3).sees("paused, +3 since").sees("max 4");
    story.types("<space>").sees("live").sees("n 8");
}

#[test]
fn the_cursor_reads_the_last_sample_at_or_before_it() {
    let story = hears(story().online(), "n", ["10", "12", "17"].map(str::to_owned));
    charted(story, "n")
        .types("x")
        .sees("n 17 Δ +5 00:00:03.000")
        .types("k")
        .sees("n 12 Δ +2 00:00:02.000")
        .types("kkk")
        .sees("n 10 00:00:01.000")
        .types("j")
        .sees("n 12 Δ +2")
        .types("hl")
        .sees("n 12 Δ +2")
        .types("x")
        .does_not_see("Δ")
        .types("0")
        .sees("all, 10 s · live");
}

#[test]
fn zoom_and_pan_change_the_window_and_what_the_figures_are_of() {
    let story = counting(story().online(), "n", 100);
    charted(story, "n")
        .sees("all, 2 min · live")
        .types("+++")
        .sees("20 s · live")
        .sees("max 99")
        .types("h")
        .sees("20 s · paused, +5 since")
        .types("g")
        .sees("min 0")
        .types("G")
        .sees("20 s · live")
        .types("----------------------------")
        .sees("28 d")
        .types("++++++++++++++++++++++++++++++")
        .sees("10 ms")
        .types("0")
        .sees("all, 2 min");
}

#[test]
fn words_are_bands_and_empty_payloads_are_ticks() {
    let mut story = story().online();
    for state in ["open", "closed", "open"] {
        story = story.receives("door", state).after(3_000);
    }
    let story = hears(story, "bell", ["", "", ""].map(str::to_owned)).types("<ctrl-g>bell<enter>*");
    charted(story, "door").sees("2 door open").sees("│clos…│open").sees("1 bell impulse").sees("n 3");
}

#[test]
fn a_kept_node_s_values_are_states_and_its_unit_is_told() {
    let mut story = story().online();
    let topic = |text: &str| Topic::parse(text).unwrap();
    let values = vec![Value::Int(0), Value::Int(7)];
    let mode = Node { domain: Domain { values, ..Domain::default() }, ..Node::new(topic("mode"), Kind::Int) };
    let level = Node { unit: Some(Unit::new("bar")), ..Node::new(topic("level"), Kind::Float) };
    mqttscope::model::nodes::load(story.model.devices.first_mut().unwrap(), vec![mode, level]);
    story = hears(story, "mode", ["0", "7"].map(str::to_owned));
    story = hears(story, "level", ["1.5", "2"].map(str::to_owned));
    charted(story, "mode")
        .sees("n 2 1/s")
        .does_not_see("mean")
        .types("<esc><ctrl-g>level<enter>")
        .sees("level 2 bar");
}

#[test]
fn what_cannot_be_drawn_is_passed_over_and_counted() {
    let story = hears(story().online(), "n", ["1", "NaN", "3", "-inf", "1e999", "off"].map(str::to_owned));
    let story = hears(story, "n", ["4".to_owned()]);
    let story = charted(story, "n").sees("3 NaN or infinite").sees("1 without a value").sees("n 3 min 1");
    let story = hears(story, "notice", ["a sentence that is no state at all".to_owned()]);
    story.types("<esc><ctrl-g>notice<enter>").sees("no number, no state: nothing to draw");
}

#[test]
fn a_clock_that_was_set_back_or_forward_is_told() {
    let mut story = story().online().after(60_000).receives("n", "1");
    story.now = mqttscope::time::Timestamp::from_millis(5_000);
    let mut story = story.receives("n", "2");
    story.now = mqttscope::time::Timestamp::from_millis(90_000);
    let mut story = story.receives("n", "3");
    story.now = mqttscope::time::Timestamp::from_millis(70_000);
    charted(story, "n").sees("1 by a clock set back").sees("1 ahead of the clock");
}

#[test]
fn a_history_longer_than_a_slice_is_read_to_its_end() {
    let mut story = story().online();
    for nth in 0..10_000 {
        story = story.receives("n", nth.to_string());
    }
    let story = charted(story.after(1_000), "n").sees("n 10,000 min 0 mean 4999.5 max 9999");
    story.receives("n", "-1").settled().sees("n 10,001 min -1");
}

#[test]
fn the_pane_in_focus_takes_the_whole_screen_and_gives_it_back() {
    let story = charted(counting(story().online(), "n", 5), "n").sees("Topics ─");
    story.types("Z").does_not_see("Topics ─").sees("3 Chart").types("<esc>").sees("Topics ─").sees("3 Chart");
}

#[test]
fn a_forgotten_or_closed_topic_leaves_the_chart() {
    let story = counting(story().online(), "n", 5);
    let mut story = charted(story, "n").types("s").sees("n 5");
    let device = story.model.devices.first_mut().unwrap();
    let id = device.store.find("n").unwrap();
    assert_eq!(device.store.forget_history(id), 4);
    story.settled().sees("n 1 min 4");
}
