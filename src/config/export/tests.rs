//! Exports with real files: what is in them, what a batch makes of them, and what is left when they fail.
use super::*;
use crate::config::batch;
use crate::model::export::steps::Format;
use crate::mqtt::{Qos, Retained};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn row(topic: &str, payload: &[u8]) -> Row {
    Row {
        topic: topic.to_owned(),
        unix_ms: 1_795_342_573_120,
        qos: Qos::AtLeastOnce,
        retained: Retained::Yes,
        payload: Some(payload.to_vec()),
        n_bytes: payload.len(),
    }
}

fn evicted(topic: &str, n_bytes: usize) -> Row {
    Row { payload: None, n_bytes, ..row(topic, b"") }
}

fn cut(topic: &str, payload: &[u8], n_bytes: usize) -> Row {
    Row { n_bytes, ..row(topic, payload) }
}

fn target(path: &Path) -> Target {
    Target::File { path: path.display().to_string(), overwrites: false }
}

/// Takes all steps of one export.
fn export(exports: &mut Exports, target: Target, format: Format, rows: &[Row]) -> Result<Done, Failed> {
    exports.step(1, Step::Begin(target, format)).unwrap()?;
    for slice in rows.chunks(2) {
        assert_eq!(exports.step(1, Step::Add(slice.to_vec())).unwrap()?, Done::Ready);
    }
    exports.step(1, Step::Finish).unwrap()
}

fn text(format: Format, rows: &[Row]) -> String {
    let target = Target::Text { max_bytes: usize::MAX, name: "copy.txt".into() };
    match export(&mut Exports::default(), target, format, rows) {
        Ok(Done::Text(text)) => text,
        other => panic!("{other:?}"),
    }
}

fn words(failed: Result<Done, Failed>) -> String {
    match failed {
        Err(Failed::Words(words)) => words,
        other => panic!("{other:?}"),
    }
}

fn left_in(home: &TempDir) -> Vec<String> {
    let names = fs::read_dir(home.path()).unwrap();
    let mut names: Vec<String> = names.map(|name| name.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn json_lines_tell_time_topic_payload_and_what_is_not_whole() {
    let unknown = Row { retained: Retained::Unknown, qos: Qos::AtMostOnce, ..row("b", b"\xff\0") };
    let rows = [row("a/b", b"21.5 \"C\""), unknown, evicted("c", 70_000), cut("d", b"abc", 9)];
    assert_eq!(
        text(Format::Lines, &rows),
        r#"{"time":"2026-11-22T10:16:13.120Z","topic":"a/b","payload":"21.5 \"C\"","qos":1,"retain":true,"size":8}
{"time":"2026-11-22T10:16:13.120Z","topic":"b","payload_base64":"/wA=","qos":0,"size":2}
{"time":"2026-11-22T10:16:13.120Z","topic":"c","evicted":true,"qos":1,"retain":true,"size":0,"full_size":70000}
{"time":"2026-11-22T10:16:13.120Z","topic":"d","payload":"abc","qos":1,"retain":true,"size":3,"cut":true,"full_size":9}
"#
    );
}

#[test]
fn csv_has_a_header_and_quotes_what_needs_it() {
    let rows = [row("a,b", b"x\n\"y\""), row("b", b"\xff"), evicted("c", 7), cut("d", b"abc", 9)];
    assert_eq!(
        text(Format::Csv, &rows),
        "time,topic,payload,format,qos,retain,size,full_size,mark\n\
         2026-11-22T10:16:13.120Z,\"a,b\",\"x\n\"\"y\"\"\",text,1,true,5,,\n\
         2026-11-22T10:16:13.120Z,b,/w==,base64,1,true,1,,\n\
         2026-11-22T10:16:13.120Z,c,,text,1,true,0,7,evicted\n\
         2026-11-22T10:16:13.120Z,d,abc,text,1,true,3,9,cut\n"
    );
}

#[test]
fn what_is_exported_a_batch_reads_back_byte_for_byte_and_what_is_not_whole_it_refuses() {
    let home = tempfile::tempdir().unwrap();
    let rows =
        [row("a/b", b"{\"k\": 1.50}"), row(" c ", b"\xff\0\n"), row("d\"", b""), row("e", "é,\n".as_bytes())];
    for (name, format) in [("a.jsonl", Format::Lines), ("a.csv", Format::Csv)] {
        let path = home.path().join(name);
        export(&mut Exports::default(), target(&path), format.clone(), &rows).unwrap();
        let read = batch::read(&path).unwrap();
        let read: Vec<_> =
            read.iter().map(|one| (one.topic.as_str(), &*one.payload.0, one.qos, one.retain)).collect();
        let meant = |row: &Row| (row.payload.clone().unwrap(), row.qos);
        assert_eq!(read.len(), rows.len());
        for (read, row) in read.into_iter().zip(&rows) {
            assert_eq!((read.0, (read.1.to_vec(), read.2), read.3), (row.topic.as_str(), meant(row), true));
        }
        for (bad, why) in [(cut("d", b"abc", 9), "only the beginning"), (evicted("c", 7), "was evicted")] {
            let path = home.path().join(format!("bad-{name}"));
            let target = Target::File { path: path.display().to_string(), overwrites: true };
            export(&mut Exports::default(), target, format.clone(), &[row("a", b"1"), bad]).unwrap();
            let told = batch::read(&path).unwrap_err().words().join("\n");
            assert!(told.contains(why), "{told}");
        }
    }
}

#[test]
fn a_tree_is_nested_by_levels_with_values_as_they_are() {
    let rows = [
        row("plant", b"up"),
        row("plant/hall1/temperature", b"21.50"),
        row("plant/hall1/telemetry", br#"{"b":[1,2],"a":123456789012345678901234567890}"#),
        row("plant/$value", b"007"),
        row("plant/", b"\xff"),
        row("z", br#""\ud800""#),
        evicted("zz", 9),
    ];
    assert_eq!(
        text(Format::Tree, &rows),
        r#"{
  "plant": {
    "$value": "up",
    "hall1": {
      "temperature": 21.50,
      "telemetry": {"b":[1,2],"a":123456789012345678901234567890}
    },
    "$$value": "007",
    "": {"base64":"/w=="}
  },
  "z": "\"\\ud800\"",
  "zz": {"evicted":9}
}
"#
    );
    assert_eq!(text(Format::Tree, &[]), "{}\n");
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let read: Value = serde_json::from_str(&text(Format::Tree, &[row("a", deep.as_bytes())])).unwrap();
    assert_eq!(read["a"], deep);
}

proptest! {
    /// Whatever the topics and payloads: the tree is JSON, and holds each topic's value at its levels.
    #[test]
    fn a_tree_holds_each_topic_s_value(
        values in btree_map(vec("[ab$]{0,2}|\\$value|é\"", 1..5), "[0-9]{1,30}|\\PC{0,9}|true|\\{\"k\":\\[1\\]\\}", 0..12)
    ) {
        // In the order of levels, so that a branch comes before what hangs on it.
        let rows: Vec<Row> =
            values.iter().map(|(levels, payload)| row(&levels.join("/"), payload.as_bytes())).collect();
        let read: Value = serde_json::from_str(&text(Format::Tree, &rows)).unwrap();
        for (levels, payload) in &values {
            let mut at = &read;
            for level in levels {
                let is_like_own = level.starts_with('$') && level.trim_start_matches('$') == "value";
                let key = if is_like_own { format!("${level}") } else { level.clone() };
                at = at.get(&key).unwrap();
            }
            let is_branch = values.keys().any(|other| other.len() > levels.len() && other.starts_with(levels));
            let at = if is_branch { &at["$value"] } else { at };
            let value = serde_json::from_str::<Value>(payload).unwrap_or_else(|_| payload.as_str().into());
            prop_assert_eq!(at, &value);
        }
    }
}

#[test]
fn a_file_that_is_there_is_written_over_only_when_asked_and_nobody_else_reads_it() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("values.jsonl");
    fs::write(&path, "mine").unwrap();
    let mut exports = Exports::default();
    let refused = export(&mut exports, target(&path), Format::Names, &[row("a", b"")]);
    assert_eq!(refused, Err(Failed::Exists(path.display().to_string())));
    assert_eq!((fs::read_to_string(&path).unwrap().as_str(), left_in(&home).len()), ("mine", 1));
    let over = Target::File { path: path.display().to_string(), overwrites: true };
    let done = export(&mut exports, over, Format::Names, &[row("a", b""), row("b", b""), row("c", b"")]);
    assert_eq!(done, Ok(Done::File { path: path.display().to_string(), n_bytes: 5 }));
    assert_eq!((fs::read_to_string(&path).unwrap().as_str(), left_in(&home).len()), ("a\nb\nc", 1));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    // Somebody else makes it while ours is being written.
    let late = home.path().join("late");
    exports.step(2, Step::Begin(target(&late), Format::Names)).unwrap().unwrap();
    fs::write(&late, "theirs").unwrap();
    let told = words(exports.step(2, Step::Finish).unwrap());
    assert!(told.contains("late since a moment ago"), "{told}");
    assert_eq!(fs::read_to_string(&late).unwrap(), "theirs");
}

#[test]
fn what_is_given_up_or_dropped_leaves_nothing_behind() {
    let home = tempfile::tempdir().unwrap();
    let mut exports = Exports::default();
    for number in [1, 2] {
        exports.step(number, Step::Begin(target(&home.path().join("a")), Format::Lines)).unwrap().unwrap();
        exports.step(number, Step::Add(vec![row("a", b"1")])).unwrap().unwrap();
        assert_eq!(left_in(&home).len(), 1, "a temporary file");
    }
    assert_eq!(exports.step(1, Step::Discard), None);
    assert_eq!(left_in(&home).len(), 1, "the number of an older one gives up nothing");
    assert_eq!(exports.step(2, Step::Discard), None);
    assert_eq!(left_in(&home).len(), 0);
    assert!(words(exports.step(2, Step::Finish).unwrap()).contains("no export"));
    exports.step(3, Step::Begin(target(&home.path().join("a")), Format::Lines)).unwrap().unwrap();
    drop(exports);
    assert_eq!(left_in(&home).len(), 0);
}

#[test]
fn what_a_disk_refuses_is_told_with_the_path_and_a_remedy() {
    let home = tempfile::tempdir().unwrap();
    let told = |path: &Path| words(export(&mut Exports::default(), target(path), Format::Lines, &[]));
    let no_directory = told(&home.path().join("no/such/file"));
    assert!(no_directory.contains("no directory") && no_directory.contains("make it"), "{no_directory}");
    let directory = told(home.path());
    assert!(directory.contains("is a directory; name a file in it"), "{directory}");
    let device = told(Path::new("/dev/null"));
    assert!(device.contains("no plain file"), "{device}");
    let denied = whole::words(Path::new("/etc/x"), &std::io::ErrorKind::PermissionDenied.into());
    assert_eq!(denied, "you may not write in /etc; name a path in another directory, such as ~/");
    let full = whole::words(Path::new("/mnt/x"), &std::io::ErrorKind::StorageFull.into());
    assert!(full.starts_with("no room is left for /mnt/x; nothing of it stays"), "{full}");
}

#[test]
fn a_text_too_long_for_a_clipboard_goes_to_a_file_of_ours_and_few_of_those_are_kept() {
    let home = tempfile::tempdir().unwrap();
    let copies = home.path().join("state/copies");
    let mut exports = Exports::new(Some(copies.clone()));
    let text = |name: &str, max_bytes| Target::Text { max_bytes, name: name.to_owned() };
    let rows = [row("a", b""), row("b", b""), row("c", b"")];
    assert_eq!(
        export(&mut exports, text("1.txt", 5), Format::Names, &rows),
        Ok(Done::Text("a\nb\nc".into()))
    );
    for _ in 0..30 {
        let done = export(&mut exports, text("2.txt", 4), Format::Names, &rows);
        let Ok(Done::File { path, n_bytes: 5 }) = done else { panic!("{done:?}") };
        assert_eq!(fs::read_to_string(path).unwrap(), "a\nb\nc");
    }
    assert_eq!(fs::read_dir(&copies).unwrap().count(), 20);
    let path = copies::keep(Some(&copies), "3.txt", "long").unwrap();
    assert_eq!(fs::read_to_string(path).unwrap(), "long");
    assert!(copies::keep(None, "3.txt", "long").unwrap_err().contains("no home directory"));
}

#[test]
fn a_decoded_value_is_a_text_to_read_and_a_picture_is_none() {
    use crate::decode::Choice;
    let decoded = |is_text| Format::Decoded { choice: Choice::Auto, promised: None, schema: None, is_text };
    let packed = row("a", b"\x82\xabtemperature\x15\xa2on\xc3");
    assert_eq!(text(decoded(true), &[packed]), "{\n  \"temperature\": 21,\n  \"on\": true\n}");
    assert_eq!(text(decoded(true), &[row("a", b"21.5 \xc2\xb0C")]), "21.5 °C");
    let gif = row("cam", b"GIF89a\x40\x01\xf0\x00\x00\x00\x00");
    let target = |n| Target::Text { max_bytes: n, name: "copy.txt".into() };
    let refused =
        words(export(&mut Exports::default(), target(99), decoded(true), std::slice::from_ref(&gif)));
    assert!(refused.contains("no text (") && refused.contains("W exports it"), "{refused}");
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("cam.gif");
    let file = Target::File { path: path.display().to_string(), overwrites: false };
    export(&mut Exports::default(), file, decoded(false), std::slice::from_ref(&gif)).unwrap();
    assert_eq!(Some(fs::read(&path).unwrap()), gif.payload);
    let gone = words(export(&mut Exports::default(), target(99), Format::Raw, &[evicted("a", 3)]));
    assert!(gone.contains("evicted"), "{gone}");
}
