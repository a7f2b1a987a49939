//! What is copied and exported: the menus, the forms, the limits, and files that come about. Owns a worker of its own
//! in the place of the disk's.
use crate::story::{Story, story, story_of};
use mqttscope::config::export::{Exports, copies};
use mqttscope::model::devices::{Answer, Errand};
use mqttscope::model::export::Clipboard;
use mqttscope::model::{Effect, Event, Settings};
use std::fs;
use std::path::Path;

/// The story, and a worker that does what it asks of the disk.
trait Worked: Sized {
    /// Lets the worker carry out so many steps.
    fn worked_for(self, exports: &mut Exports, n_steps: usize) -> Self;
    fn worked(self, exports: &mut Exports) -> Self {
        self.worked_for(exports, usize::MAX)
    }
    /// What was sent to the clipboard last.
    fn copied(&self) -> &str;
}

impl Worked for Story {
    fn worked_for(mut self, exports: &mut Exports, n_steps: usize) -> Self {
        for _ in 0..n_steps {
            self = self.settled();
            let is_ours = |effect: &Effect| match effect {
                Effect::Disk(errand) => matches!(**errand, Errand::Export(..) | Errand::KeepCopy { .. }),
                Effect::Request(..)
                | Effect::Open(..)
                | Effect::Close(_)
                | Effect::Examine(_)
                | Effect::StopExamining
                | Effect::Copy(_)
                | Effect::Decode(..)
                | Effect::RunJq(_)
                | Effect::Compare(_)
                | Effect::EditText(_)
                | Effect::Suspend
                | Effect::Quit => false,
            };
            let Some(place) = self.effects.iter().position(is_ours) else { break };
            let Effect::Disk(errand) = self.effects.remove(place) else { break };
            let answer = if let Errand::Export(number, step) = *errand {
                exports.step(number, step).map(|done| Answer::Exported(number, done))
            } else if let Errand::KeepCopy { what, name, text } = *errand {
                let kept = copies::keep(exports.copies.as_deref(), &name, &text);
                Some(Answer::CopyKept(what, kept))
            } else {
                None
            };
            if let Some(answer) = answer {
                self = self.happens(Event::Disk(Box::new(answer)));
            }
        }
        self
    }

    fn copied(&self) -> &str {
        let mut texts = self.effects.iter().filter_map(|effect| match effect {
            Effect::Copy(text) => Some(text.as_str()),
            Effect::Request(..)
            | Effect::Open(..)
            | Effect::Close(_)
            | Effect::Disk(_)
            | Effect::Examine(_)
            | Effect::StopExamining
            | Effect::Decode(..)
            | Effect::RunJq(_)
            | Effect::Compare(_)
            | Effect::EditText(_)
            | Effect::Suspend
            | Effect::Quit => None,
        });
        texts.next_back().unwrap()
    }
}

fn plant() -> Story {
    story()
        .online()
        .receives("plant/hall1/temperature", "21.50")
        .receives("plant/hall1/telemetry", r#"{"rpm":1180,"on":true}"#)
        .receives_retained("plant/hall2/notice", "closed\n")
        .receives("plant/hall2/raw", b"\xff\x00")
        .types("jo")
}

/// Types a path in the place of the proposed one.
fn path(story: Story, path: &Path) -> Story {
    story.types("<ctrl-u>").pastes(&path.display().to_string()).types("<enter>")
}

#[test]
fn the_menu_tells_what_can_be_copied_and_a_letter_copies_it_at_once() {
    let at = plant().types("jjj").sees("plant/hall1/temperature").types("C");
    let at = at.sees("Copy").sees("t topic plant/hall1/temperature").sees("l its last level temperature");
    let at = at.sees("p payload as text 5 B").sees("v decoded value 21.50").does_not_see("as hex");
    let at = at.types("t").does_not_see("decoded value");
    assert_eq!(at.copied(), "plant/hall1/temperature");
    let at = at.sees("topic: 23 bytes sent to the terminal's clipboard;").sees("gives no answer");
    let at = at.types("Cl");
    assert_eq!(at.copied(), "temperature");
    let at = at.types("Cp");
    assert_eq!(at.copied(), "21.50");
    let at = at.types("Cjj<enter>");
    assert_eq!(at.copied(), "21.50", "the hand and Enter do as well");
    at.types("C<esc>").does_not_see("decoded value").types("Cq").does_not_see("decoded value");
}

#[test]
fn bytes_are_copied_as_digits_and_a_value_as_it_is_decoded() {
    let mut exports = Exports::default();
    let at = plant().types("Gk").sees("plant/hall2/notice").types("Cm");
    let line = at.copied().to_owned();
    assert!(line.starts_with("printf 'closed\\012' | mosquitto_pub -h 127.0.0.1 -p 1883 "), "{line}");
    assert!(line.ends_with("-t plant/hall2/notice -q 0 -r -s"), "{line}");
    let at = at.types("jC").sees("payload as hex 2 B").does_not_see("payload as text").types("h");
    assert_eq!(at.copied(), "ff00");
    let at = at.types("Cb");
    assert_eq!(at.copied(), "/wA=");
    let at = at.types("Y").sees("no UTF-8 text;").sees("or base64");
    let at = at.types("kkkk").sees("rpm").types("Cv").worked(&mut exports);
    assert_eq!(at.copied(), "{\n  \"rpm\": 1180,\n  \"on\": true\n}");
    at.sees("decoded value: 31 bytes sent");
}

#[test]
fn a_part_of_a_value_is_copied_with_its_path_and_the_publication_it_would_be_stays_whole() {
    let lamp = r#"{"state":{"on":true,"name":"a \"b\""},"levels":[1.50,2]}"#;
    let at =
        story().online().receives("lamp", lamp).types("jC").does_not_see("path in the value").types("<esc>");
    // state, on, name: a path, and a text without its quotes.
    let at = at.types("<tab>jjjC").sees("$ path in the value $.state.name").sees("= value at that path");
    let at = at.types("$");
    assert_eq!(at.copied(), "$.state.name");
    let at = at.types("C=");
    assert_eq!(at.copied(), "a \"b\"");
    let at = at.types("kkC=");
    assert_eq!(at.copied(), r#"{"on":true,"name":"a \"b\""}"#);
    let at = at.types("GkC$");
    assert_eq!(at.copied(), "$.levels[0]");
    let at = at.types("C=");
    assert_eq!(at.copied(), "1.50", "as it was spelt");
    let at = at.types("Cp");
    assert_eq!(at.copied(), lamp);
}

#[test]
fn a_branch_is_copied_as_json_nested_by_levels_and_as_a_list_of_topics() {
    let mut exports = Exports::default();
    let at = plant().types("C").sees("s values as JSON 4 topics").types("s").worked(&mut exports);
    let expected = r#"{
  "plant": {
    "hall1": {
      "telemetry": {"rpm":1180,"on":true},
      "temperature": 21.50
    },
    "hall2": {
      "notice": "closed\n",
      "raw": {"base64":"/wA="}
    }
  }
}
"#;
    assert_eq!(at.copied(), expected);
    let at = at.types("jCd").worked(&mut exports);
    assert_eq!(at.copied(), "plant/hall1/telemetry\nplant/hall1/temperature");
    // Only what is kept, while only that is shown.
    let at = at.types("jja<enter>K").sees("plant/hall1/temperature").types("gjCd").worked(&mut exports);
    assert_eq!(at.copied(), "plant/hall1/temperature");
}

#[test]
fn a_range_is_copied_and_exported_as_what_it_holds() {
    let mut exports = Exports::default();
    let at = plant().types("jjvjj").sees("3 rows").types("C").does_not_see("payload as").sees("2 topics");
    let at = at.types("d").worked(&mut exports);
    // The last row is the branch of hall 2, which is expanded: it stands for itself alone.
    assert_eq!(at.copied(), "plant/hall1/telemetry\nplant/hall1/temperature");
    let at = at.does_not_see("3 rows").types("hvW").sees("v values as JSON Lines 2 topics").types("v");
    at.sees("export to: selection-1970-01-01T000001.jsonl");
}

#[test]
fn a_text_too_long_for_the_clipboard_goes_to_a_file_and_that_is_told() {
    let home = tempfile::tempdir().unwrap();
    let mut exports = Exports::new(Some(home.path().to_owned()));
    let (long, shorter) = ("x".repeat(74_995), "x".repeat(74_994));
    let at = story().online().receives("long", &long).types("jY").worked(&mut exports);
    let at = at.sees("payload as text, 74,995 bytes, in").sees("takes 74,994 bytes");
    let file = fs::read_dir(home.path()).unwrap().next().unwrap().unwrap().path();
    assert_eq!(fs::read_to_string(&file).unwrap(), long);
    let at = at.receives("long", &shorter).types("Y");
    assert_eq!(at.copied(), shorter, "as much as it takes is sent");
    // What is made by the worker goes there as well.
    at.receives("other", &long).types("gCs").worked(&mut exports).sees("values as JSON, 1").sees(".txt");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2);
}

#[test]
fn a_terminal_that_has_no_clipboard_gets_files_and_without_a_home_words() {
    let clipboard = Clipboard::Refused("the Linux console");
    let settings = Settings { budget_bytes: 64 << 20, clipboard, ..Settings::default() };
    let (home, mut exports) = (tempfile::tempdir().unwrap(), Exports::default());
    let at = story_of(&["demo"], settings).online().receives("a", "1").types("jy").worked(&mut exports);
    let at = at.sees("not copied (the Linux console").sees("no home directory");
    exports.copies = Some(home.path().to_owned());
    at.types("y").worked(&mut exports).sees("topic, 1 byte, in");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
}

#[test]
fn values_of_a_branch_are_exported_to_a_file_and_the_last_word_counts_them() {
    let (home, mut exports) = (tempfile::tempdir().unwrap(), Exports::default());
    let file = home.path().join("values.jsonl");
    let at = plant().types("W").sees("Export to a file").sees("v values as JSON Lines 4 topics").types("v");
    let at = path(at.sees("export to: plant-1970-01-01T000001.jsonl"), &file).worked(&mut exports);
    at.sees("4 messages of 4 topics").sees("values.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    let topics = ["hall1/telemetry", "hall1/temperature", "hall2/notice", "hall2/raw"];
    assert!(text.lines().zip(topics).all(|(line, topic)| line.contains(topic)), "{text}");
    assert!(text.contains(r#""payload":"closed\n","qos":0,"retain":true,"size":7}"#), "{text}");
}

#[test]
fn a_file_that_is_there_is_asked_about_and_no_asks_for_another_name() {
    let (home, mut exports) = (tempfile::tempdir().unwrap(), Exports::default());
    let file = home.path().join("mine");
    fs::write(&file, "mine").unwrap();
    let at = path(plant().types("Ws"), &file).worked(&mut exports);
    let at = at.sees("already. Write").types("n").sees("export to:");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    path(at, &file).worked(&mut exports).types("y").worked(&mut exports).sees("4 messages of 4 topics");
    assert!(fs::read_to_string(&file).unwrap().starts_with("{\n  \"plant\""));
}

#[test]
fn a_path_that_cannot_be_written_is_told_beside_the_line_and_esc_forgets_it() {
    let (home, mut exports) = (tempfile::tempdir().unwrap(), Exports::default());
    let at = path(plant().types("Wv"), &home.path().join("no/such/file")).worked(&mut exports);
    let at = at.sees("there is no directory").sees("make it, or name another").sees("export to:");
    let at = at.types("<ctrl-u><enter>").sees("a path is wanted").types("<esc>").does_not_see("export to:");
    assert!(at.model.export.is_none());
}

#[test]
fn an_export_that_is_given_up_leaves_nothing_and_quitting_asks_meanwhile() {
    let (home, mut exports) = (tempfile::tempdir().unwrap(), Exports::default());
    let at = path(plant().types("Wv"), &home.path().join("a")).worked_for(&mut exports, 1).settled();
    let at = at.sees("Exporting").sees("4 messages of 4 topics of about 4 so far").sees("gives it up");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1, "the temporary file");
    let at = at.types("<esc>").sees("given up; nothing of it is left").worked(&mut exports);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    at.does_not_see("Exporting").types("j");
}

#[test]
fn histories_are_exported_from_the_oldest_on_with_what_is_not_whole_marked() {
    let (home, mut exports) = (tempfile::tempdir().unwrap(), Exports::default());
    let (one, all) = (home.path().join("one.csv"), home.path().join("all.jsonl"));
    let long = "x".repeat(300_000);
    let mut at = plant();
    for n in 0..5 {
        at = at.after(10).receives("plant/hall1/temperature", n.to_string());
    }
    at = at.receives("plant/hall1/telemetry", &long).receives("plant/hall1/telemetry", "{}");
    let at = at.types("jjj").sees("plant/hall1/temperature").types("WH");
    let at = path(at, &one).worked(&mut exports).sees("6 messages of 1 topic");
    let text = fs::read_to_string(&one).unwrap();
    let values: Vec<&str> = text.lines().skip(1).map(|line| line.split(',').nth(2).unwrap()).collect();
    assert_eq!(values, ["21.50", "0", "1", "2", "3", "4"]);
    let at = path(at.after(9_000).types("gjWa"), &all).worked(&mut exports);
    at.sees("11 messages of 4 topics").sees("1 payload cut as history keeps");
    let text = fs::read_to_string(&all).unwrap();
    assert_eq!(text.lines().filter(|line| line.contains(r#""cut":true,"full_size":300000"#)).count(), 1);
}

#[test]
fn a_payload_is_exported_as_it_came_and_unpacked_with_the_ending_of_its_kind() {
    const GZIPPED: &[u8] = &[
        31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 171, 86, 42, 81, 178, 50, 50, 212, 51, 173, 5, 0, 215, 255, 221,
        185, 10, 0, 0, 0,
    ];
    let (home, mut exports) = (tempfile::tempdir().unwrap(), Exports::default());
    let (file, packed) = (home.path().join("a.json"), home.path().join("a.bin"));
    let at = story().online().receives("a", GZIPPED).receives("cam", b"GIF89a\x40\x01\xf0\x00\x00\x00\x00");
    let at = at.types("jW").sees("d payload unpacked .json").types("d").sees(".json");
    let at = path(at, &file).worked(&mut exports).sees("1 payload, 10 B, in");
    assert_eq!(fs::read(&file).unwrap(), br#"{"t":21.5}"#);
    let at = path(at.types("Wp").sees("-1970-01-01T000001.bin"), &packed).worked(&mut exports);
    assert_eq!(fs::read(&packed).unwrap(), GZIPPED);
    at.types("jW").sees("p payload as it came GIF, 13 B").does_not_see("unpacked").types("p").sees(".gif");
}

#[test]
fn a_hundred_thousand_topics_go_to_a_file_in_slices_of_bounded_size() {
    use mqttscope::model::export::steps::Step;
    use mqttscope::mqtt::{Batch, BrokerEvent, MessageRef, Qos, Queued, Retained};
    let (home, mut exports) = (tempfile::tempdir().unwrap(), Exports::default());
    let file = home.path().join("all.jsonl");
    let mut batch = Batch::default();
    for n in 0..100_000 {
        batch.push(&MessageRef {
            topic: &format!("plant/hall{}/sensor{n}", n % 7),
            payload: n.to_string().as_bytes(),
            properties: &[],
            qos: Qos::AtMostOnce,
            retained: Retained::No,
            dup: false,
            queued: Queued::No,
            packet_id: None,
            received: mqttscope::time::Timestamp::ZERO,
        });
    }
    let mut at = path(story().online().hears(BrokerEvent::Messages(batch)).types("jWv"), &file);
    let mut most = 0;
    while at.model.export.is_some() {
        // One slice is on its way, and no other is taken before it is written.
        at = at.settled();
        for effect in &at.effects {
            if let Effect::Disk(errand) = effect
                && let Errand::Export(_, Step::Add(rows)) = &**errand
            {
                most = most.max(rows.len());
            }
        }
        at = at.worked_for(&mut exports, 1);
    }
    assert!((1..=4_096).contains(&most), "{most} rows at once");
    at.sees("100,000 messages of 100,000 topics");
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 100_000);
}
