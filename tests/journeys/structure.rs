//! Structured values: folded, walked through, searched, their paths taken along.
use crate::story::{Story, story};
use mqttscope::device::JsonPath;
use mqttscope::model::inspector::Decoded;
use mqttscope::model::{Effect, Event};
use std::sync::Arc;

/// What a lamp says of itself.
const LAMP: &str = r#"{"state":"ON","color":{"x":0.3,"y":0.4},"update":{"state":"idle","versions":[1,2]}}"#;

/// The inspector on the topic `a`, whose value is this.
fn shows(payload: impl AsRef<[u8]>) -> Story {
    story().online().receives("a", payload).types("j1<tab>")
}

/// The worker does what it was asked for.
fn works(mut story: Story) -> Story {
    let asked: Vec<(_, _, Arc<[u8]>)> = story
        .effects
        .drain(..)
        .filter_map(|effect| {
            let Effect::Decode(subject, beside, payload) = effect else { return None };
            Some((subject, beside, payload))
        })
        .collect();
    assert_eq!(asked.len(), 1, "one thing at a time");
    asked.into_iter().fold(story, |story, (subject, beside, payload)| {
        story.happens(Event::Decoded(Box::new(Decoded::new(subject, &beside, &payload)))).settled()
    })
}

#[test]
fn members_are_folded_and_unfolded_and_the_hand_sees_its_path() {
    shows(LAMP)
        .sees("▾ {3 keys}")
        .sees("\"versions\": [2 values]")
        .types("jj")
        .sees("> ▾ \"color\": {2 keys}")
        .sees(" $.color ")
        .types("h")
        .sees("▸ \"color\": {2 keys} {\"x\":0.3,\"y\":0.4}")
        .does_not_see("\"x\": 0.3")
        .types("l")
        .sees("\"x\": 0.3")
        .types("l")
        .sees(" $.color.x ")
        .types("h")
        .sees(" $.color ")
        .types("G")
        .sees(" $.update.versions[1] ")
        .types("hh")
        .sees("▸ \"versions\": [2 values] [1,2]")
        .types("gO")
        .sees("▸ {3 keys}")
        .types("<enter>")
        .sees("▸ \"update\": {2 keys} {\"state\":\"idle\",\"versi…")
        .types("go")
        .sees("[1] 2");
}

#[test]
fn folds_and_the_hand_stay_at_their_paths_when_the_next_message_comes() {
    shows(LAMP)
        .types("jjhjjj")
        .sees(" $.update.versions ")
        .receives(
            "a",
            LAMP.replace("\"state\":\"ON\",", "\"linkquality\":80,\"state\":\"OFF\",\"mode\":null,"),
        )
        .sees("▸ \"color\": {2 keys}")
        .sees("> ▾ \"versions\": [2 values]")
        .sees(" $.update.versions ")
        .receives("a", r#"{"update":1}"#)
        .sees("> \"update\": 1")
        .receives("a", LAMP)
        .sees("▸ \"color\": {2 keys}")
        .sees(" $.update.versions ");
}

#[test]
fn the_path_under_the_hand_is_copied_kept_and_what_history_and_chart_follow() {
    let mut story = shows(LAMP).types("jjjj").sees(" $.color.y ").types("y");
    assert!(story.effects.contains(&Effect::Copy("$.color.y".into())));
    let row = story.model.cursor;
    assert_eq!(story.model.inspector.path(row), Some(&JsonPath::parse("$.color.y").unwrap()));
    story = story.types("a").sees("kept $.color.y").types("a").sees("$.color.y is kept already");
    let device = &story.model.devices[0];
    let kept: Vec<_> =
        device.kept.at(row.node).filter_map(|node| node.path()).map(ToString::to_string).collect();
    assert_eq!(kept, ["$.color.y"]);
    story = story.types("g");
    assert_eq!(story.model.inspector.path(row), None);
    // For the whole value, its parts are offered as before.
    story.types("a").sees("$.state");
}

#[test]
fn what_had_to_be_decoded_first_is_kept_as_well_and_read_the_same_way() {
    shows(b"\x82\xabtemperature\x15\xa2on\xc3")
        .sees("\"temperature\": 21")
        .types("ja")
        .sees("kept $.temperature")
        .receives("a", b"\x82\xabtemperature\x16\xa2on\xc3")
        .sees("temperature 22")
        .does_not_see("UTF-8");
}

#[test]
fn a_value_is_searched_and_folds_come_back_on_esc() {
    shows(LAMP)
        .types("O<enter>/VERS")
        .sees("no match")
        .types("<backspace><backspace><backspace><backspace>vers")
        .sees("1 match")
        .sees("> ▸ \"versions\"")
        .sees(" $.update.versions ")
        .types("<esc>")
        .does_not_see("\"versions\": ")
        .sees("$ ")
        .types("/state<enter>")
        .sees("2 matches")
        .sees(" $.state ")
        .types("n")
        .sees(" $.update.state ")
        .types("n")
        .sees(" $.state ")
        .types("N")
        .sees(" $.update.state ")
        .types("<esc>")
        .does_not_see("2 matches");
}

#[test]
fn members_that_changed_with_the_last_message_are_lit() {
    let mut story = shows(LAMP).receives("a", LAMP.replace("0.4", "0.5").replace("[1,2]", "[1,2,3]"));
    let changed = |story: &mut Story| -> Vec<String> {
        story.screen();
        let structure = story.model.picture.inspector.structure.as_ref().unwrap();
        structure.rows.iter().filter(|row| row.is_changed).map(|row| row.line.text()).collect()
    };
    assert_eq!(changed(&mut story), ["\"y\": 0.5", "[2] 3"]);
    story = story.types("jjh");
    assert_eq!(changed(&mut story), ["\"color\": {2 keys} {\"x\":0.3,\"y\":0.5}", "[2] 3"]);
}

#[test]
fn repeated_names_and_exact_numbers_are_shown_as_they_are() {
    shows(r#"{"z":1.50,"a":123456789012345678901234567890,"z":2}"#)
        .sees("\"z\" (name repeated): 1.50")
        .sees("\"a\": 123456789012345678901234567890")
        .types("j")
        .sees("$.z (of one name the last is meant)");
}

#[test]
fn a_hundred_thousand_levels_are_walked_with_words_for_what_no_path_reaches() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    works(shows(deep))
        .sees("[1 value] [[[[")
        .types("oG")
        .sees("100,000 deep: a path has at most 64 steps")
        .types("y")
        .sees("a path cannot lead here")
        .types("kkhhg")
        .sees("▾ [1 value]");
}

#[test]
fn a_long_document_shows_its_beginning_at_once_and_the_rest_when_the_worker_is_done() {
    let member = |n: usize| format!("{{\"id\":{n},\"name\":\"sensor {n}\",\"on\":true}}");
    let members: Vec<String> = (0..200_000).map(member).collect();
    let document = format!("[{}]", members.join(","));
    assert!(document.len() > 9_000_000);
    let story = shows(&document)
        .sees("[1,576+ values]")
        .sees("reading…")
        .sees("[3] {3 keys} {\"id\":3,")
        .types("jj")
        .sees(" $[1] ");
    works(story)
        .sees("[200,000 values]")
        .does_not_see("reading…")
        .sees(" $[1] ")
        .types("G")
        .sees(" $[199999] ")
        .types("o/sensor 4321<enter>")
        .sees("11 matches")
        .sees(" $[4321].name ");
}

#[test]
fn keys_of_the_tree_are_those_of_the_inspector_where_nothing_is_structured() {
    shows("21.5").types("l").sees("2 History").types("1<tab><tab><tab>");
    shows(LAMP).types("2").types("h").sees("▾ {3 keys}");
}

#[test]
fn a_document_of_too_many_values_is_shown_unfolded_and_says_so() {
    // As many zeros as there may be values: with the list itself, one too many.
    let big = format!("[{}0]", "0,".repeat((4 << 20) - 1));
    let at = works(shows(&big));
    at.sees("it has more than 4,194,304").sees("0,");
}

#[test]
fn bytes_in_base64_are_told_beside_the_path_and_words_are_not_taken_for_them() {
    let uplink =
        r#"{"frm_payload":"AQoXcA==","state":"open","note_data":"aGVsbG8","raw":"hall 1","list":["/wA="]}"#;
    let at = shows(uplink).types("j").sees("$.frm_payload").sees("base64 of 4 B: 010a1770");
    let at = at.types("j").sees("$.state").does_not_see("base64 of");
    let at = at.types("j").sees("base64 of 5 B: hello");
    let at = at.types("j").sees("$.raw").does_not_see("base64 of");
    at.types("jj").sees("$.list[0]").sees("base64 of 2 B: ff00");
}
