//! The past messages of a topic: the hand among them, what is held, listed, looked into, compared, deleted.
use crate::story::{Story, story};
use mqttscope::model::{Effect, Event};

/// A topic that spoke once a second.
fn heard(payloads: &[&str]) -> Story {
    let told =
        payloads.iter().fold(story().online(), |story, payload| story.receives("a", payload).after(1_000));
    told.types("j2<tab>")
}

fn counting(n: usize) -> Story {
    (0..n).fold(story().online(), |story, n| story.receives("a", n.to_string()).after(1_000)).types("j2<tab>")
}

#[test]
fn the_newest_is_under_the_hand_until_it_moves_and_then_the_rows_hold_still() {
    counting(60)
        .sees("60 messages")
        .does_not_see("since")
        .types("jj")
        .receives("a", "new")
        .receives("a", "newer")
        .settled()
        .sees("+2 since · 62 messages")
        .types("<space>")
        .sees("message 58 is marked")
        .types("g")
        .does_not_see("since")
        .sees("newer");
}

#[test]
fn held_by_key_the_rows_stay_and_what_comes_is_counted_until_they_follow_again() {
    counting(3)
        .types("s")
        .sees("held, +0 since")
        .receives("a", "fresh")
        .settled()
        .sees("held, +1 since")
        .types("<space>")
        .sees("message 3 is marked")
        .types("s")
        .does_not_see("held")
        .types("<space>")
        .sees("message 4 is marked");
}

#[test]
fn messages_are_listed_by_text_number_and_flags_while_it_is_typed() {
    heard(&["Door open", "door shut", "21.5", "19", "window open"])
        .types("/door")
        .sees("matches 2 of 5")
        .types("<enter>")
        .sees("matches 2 of 5: door")
        .does_not_see(".000 window")
        // In lower case alone it stands for any.
        .types("/<backspace><backspace><backspace><backspace>D")
        .sees("matches 1 of 5")
        .types("<esc>")
        .sees(".000 window open")
        .types("/>20<enter>")
        .sees("matches 1 of 5: >20")
        .sees("21.5")
        .receives("a", "22")
        .settled()
        .sees("matches 2 of 6")
        .types("<esc>")
        .does_not_see("matches")
        .types("/qos:7")
        .sees("is nothing qos can be; it is 0, 1 or 2")
        .types("<backspace>0<enter>")
        .sees("matches 6 of 6: qos:0");
}

#[test]
fn ten_thousand_messages_are_listed_in_slices_and_held_rows_stay_while_matches_come() {
    counting(3_000)
        .types("/9<enter>")
        .sees("matches 813 of 3,000: 9")
        .types("jj")
        .receives("a", "9.9")
        .receives("a", "1.1")
        .settled()
        .sees("+2 since · matches 814 of 3,002: 9")
        .types("<space>")
        .sees("message 2,998 is marked");
}

#[test]
fn a_message_is_deleted_here_alone_and_comes_back() {
    heard(&["one", "two", "three"])
        .types("d")
        .sees("the last message is the topic's value and stays")
        .types("jd")
        .sees("message 2 is deleted here (1 in all); the broker is")
        .sees("untouched; u undoes")
        .sees("2 of 3 messages · 1 deleted here")
        .types("u")
        .sees("undone: deleting message 2 from the history")
        .sees("3 messages")
        .types("<ctrl-r>")
        .sees("2 of 3 messages · 1 deleted here");
}

#[test]
fn clearing_asks_says_that_it_is_for_good_and_leaves_the_last() {
    heard(&["one", "two", "three"])
        .types("<alt-d>")
        .sees("Delete 2 past messages of a here, all but the last?")
        .sees("the broker is untouched.")
        .types("n")
        .sees("3 messages")
        .types("<alt-d>y")
        .sees("2 past messages deleted here; the broker is untouched")
        .sees("1 of 3 messages · 2 deleted here")
        .types("<alt-d>")
        .sees("the history holds nothing before the last message")
        .asks(&[]);
}

#[test]
fn a_past_message_is_looked_into_and_copied_and_esc_leads_back() {
    heard(&[r#"{"t":1}"#, r#"{"t":2}"#, r#"{"t":3}"#])
        .types("j<enter>")
        .sees("a · message 2 of 3, 2s ago (esc: the last)")
        .sees("\"t\": 2")
        .does_not_see("\"t\": 3")
        .types("Y")
        .does(&Effect::Copy(r#"{"t":2}"#.into()))
        .receives("a", "4")
        .types("4")
        .sees("message 2 of 4")
        .sees("{\"t\":2}")
        .types("<esc>")
        .sees("4 messages")
        .types("1")
        .does_not_see("message 2 of");
}

#[test]
fn json_is_compared_place_by_place_and_the_marked_message_is_one_of_them() {
    heard(&[r#"{"t":1,"u":"C"}"#, r#"{"t":2,"u":"C"}"#, r#"{"t":3,"n":[]}"#])
        .types("=")
        .sees("a: - 2 at 00:00:02.000, + 3 at 00:00:03.000 · JSON: -1 +1 ~1")
        .sees("~ $.t 2 → 3")
        .sees("- $.u \"C\"")
        .sees("+ $.n []")
        .types("<esc><space>G=")
        .sees("- 1 at 00:00:01.000, + 3 at 00:00:03.000")
        .sees("~ $.t 1 → 3")
        .types("<esc>1=")
        .sees("2 at 00:00:02.000, + 3");
}

#[test]
fn text_and_bytes_are_compared_each_in_its_way_and_the_first_has_nothing_before_it() {
    heard(&["set point 20 C", "set point 21 C"])
        .types("=")
        .sees("text: -1 +1")
        .sees("- set point 20 C")
        .sees("+ set point 21 C")
        .types("<esc>G=")
        .sees("no message before this one is held");
    let bytes = story().online().receives("a", b"\xff\x00\x01").after(10).receives("a", b"\xff\x00\x02");
    bytes.types("j2<tab>=").sees("bytes: -1 +1").sees("- 0000000 ff 00 01").sees("+ 0000000 ff 00 02");
}

#[test]
fn what_was_cut_never_looks_whole() {
    let long = format!("[{}1]", "1,".repeat(150_000));
    let mut told = story()
        .online()
        .receives("a", &long)
        .after(1_000)
        .receives("a", "short")
        .types("j2<tab>")
        .sees("cut [1,1")
        .types("j<enter>")
        .sees("message 1 of 2")
        .sees("the first 262 kB of 300 kB:")
        .sees("history keeps no more");
    let effects = std::mem::take(&mut told.effects);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Decode(..))), "a worker reads it");
    let told = told.types("<esc>g=").sees("comparing…");
    let comparison = told.effects.iter().find_map(|effect| match effect {
        Effect::Compare(comparison) => Some(comparison.clone()),
        Effect::Open(..)
        | Effect::Close(_)
        | Effect::Request(..)
        | Effect::Disk(_)
        | Effect::Examine(_)
        | Effect::StopExamining
        | Effect::Copy(_)
        | Effect::Decode(..)
        | Effect::RunJq(_)
        | Effect::EditText(_)
        | Effect::Suspend
        | Effect::Quit => None,
    });
    let difference = comparison.expect("a worker compares them").carry_out();
    told.happens(Event::Compared(Box::new(difference)))
        .sees("1 at 00:00:01.000, first 262 kB of 300 kB, + 2 at 00:00:02.000 · text: -1 +1");
}

#[test]
fn how_messages_come_is_told_and_how_old_they_were() {
    let told = (0..6_u64).fold(story().online(), |story, n| {
        let made = n * 1_000 + 900;
        story.receives("a", format!(r#"{{"v":{n},"ts":{}}}"#, 1_795_342_573_000 + made)).after(1_000)
    });
    let mut told = told.after(9_000).receives("a", r#"{"v":9}"#);
    told.model.settings.wall.unix_ms = 1_795_342_573_000;
    told.types("j2<tab>").sees("every 1.0 s · latency 100 ms").sees("1 gap, longest 10 s · jitter");
}

#[test]
fn times_are_local_or_utc_by_key() {
    let mut told = heard(&["one"]);
    told.model.settings.wall.offset_s = 3_600;
    told.sees("01:00:01.000")
        .types("t")
        .sees("time UTC")
        .sees("00:00:01.000")
        .types("t")
        .sees("01:00:01.000");
}

#[test]
fn the_values_follow_the_path_chosen_in_the_tree_and_so_does_the_list() {
    story()
        .online()
        .receives("a", r#"{"t":10,"u":"C"}"#)
        .after(1_000)
        .receives("a", r#"{"t":30,"u":"C"}"#)
        .after(1_000)
        .receives("a", r#"{"u":"F"}"#)
        .after(1_000)
        .receives("a", r#"{"t":31,"u":"C"}"#)
        .types("j1<tab>j2")
        .sees("$.t · 4 messages")
        .sees("00:00:04.000 31 ")
        .sees("00:00:03.000 (no $.t)")
        .types("/>20<enter>")
        .sees("matches 2 of 4: >20 · $.t");
}
