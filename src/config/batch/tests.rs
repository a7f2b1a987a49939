//! Batch files as people write them, right and wrong, and undo files that come back as they were.
use super::*;
use crate::mqtt::{Payload, PublishProperties};
use std::fs;

fn read_as(name: &str, text: &[u8]) -> Result<Vec<Publication>, Vec<String>> {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(name);
    fs::write(&path, text).unwrap();
    let directory = format!("{}/", home.path().display());
    let short = |words: Vec<String>| words.iter().map(|words| words.replace(&directory, "")).collect();
    read(&path).map_err(|bad| short(bad.words()))
}

fn publication(topic: &str, payload: &[u8], qos: Qos, retain: bool) -> Publication {
    Publication {
        topic: Topic::parse(topic).unwrap(),
        payload: Payload::from(payload),
        qos,
        retain,
        properties: PublishProperties::default(),
    }
}

#[test]
fn json_lines_say_topic_payload_and_whatever_a_publication_has() {
    let text = br#"
{"topic":"a/b","payload":"on"}
{"topic":" c ","payload":{"k":1.50,"l":[null]},"qos":1,"retain":true}
{"topic":"d","payload_base64":"AP8=","qos":2}
{"topic":"e","payload_hex":"00 ff"}
{"topic":"f"}
{"topic":"g","payload":null,"content_type":"text/plain","message_expiry_s":9,"response_topic":"r","correlation_base64":"AA","user_properties":[["k","1"],["k","2"]],"payload_is_utf8":true}
"#;
    let mut rich = publication("g", b"null", Qos::AtMostOnce, false);
    rich.properties = PublishProperties {
        payload_is_utf8: Some(true),
        message_expiry_s: Some(9),
        response_topic: Some("r".into()),
        correlation_data: Some(vec![0]),
        user: vec![("k".into(), "1".into()), ("k".into(), "2".into())],
        content_type: Some("text/plain".into()),
        ..PublishProperties::default()
    };
    let expected = [
        publication("a/b", b"on", Qos::AtMostOnce, false),
        publication(" c ", br#"{"k":1.50,"l":[null]}"#, Qos::AtLeastOnce, true),
        publication("d", b"\x00\xff", Qos::ExactlyOnce, false),
        publication("e", b"\x00\xff", Qos::AtMostOnce, false),
        publication("f", b"", Qos::AtMostOnce, false),
        rich,
    ];
    assert_eq!(read_as("x.jsonl", text).unwrap(), expected);
    assert_eq!(read_as("x", text).unwrap(), expected, "what it is, its first line tells");
}

#[test]
fn csv_names_its_columns_in_any_order() {
    let text = b"\xef\xbb\xbfQoS,topic,payload,retain,format\r\n1,a/b,on,yes,\r\n,c,\"{\"\"k\"\": \"\"x,y\"\"}\",false,json\r\n2,d,00ff,1,hex\r\n0,e,AP8=,0,base64\r\n0,f,\"two\nlines\",,text\r\n";
    let expected = [
        publication("a/b", b"on", Qos::AtLeastOnce, true),
        publication("c", br#"{"k": "x,y"}"#, Qos::AtMostOnce, false),
        publication("d", b"\x00\xff", Qos::ExactlyOnce, true),
        publication("e", b"\x00\xff", Qos::AtMostOnce, false),
        publication("f", b"two\nlines", Qos::AtMostOnce, false),
    ];
    assert_eq!(read_as("x.csv", text).unwrap(), expected);
    assert_eq!(read_as("x.txt", text).unwrap(), expected);
}

/// A file, what is wrong with it, and where.
#[test]
fn a_bad_line_is_named_with_its_remedy_and_nothing_of_the_file_is_used() {
    let good = r#"{"topic":"a"}"#;
    let json = |line: &str| format!("{good}\n\n{line}\n{good}\n");
    for (line, expected) in [
        (r#"{"topic":"a/#"}"#, "x.jsonl:3: a topic cannot hold the wildcard '#'; did you mean a filter?"),
        (r#"{"topic":""}"#, "x.jsonl:3: a topic cannot be empty"),
        (r#"{"payload":"1"}"#, "x.jsonl:3:15: missing field `topic`"),
        (r#"{"topic":"a","qos":3}"#, "x.jsonl:3: QoS is 0, 1 or 2, not \"3\""),
        (r#"{"topic":"a","qos":"1"}"#, "x.jsonl:3:22: invalid type: string \"1\", expected u8"),
        (r#"{"topic":"a","retian":true}"#, "x.jsonl:3:21: unknown field `retian`, expected one of `topic`"),
        (r#"{"topic":"a","topic":"b"}"#, "x.jsonl:3:20: duplicate field `topic`"),
        (
            r#"{"topic":"a","payload":"1","payload_hex":"31"}"#,
            "x.jsonl:3: one payload a line: payload, payload_base64 or payload_hex",
        ),
        (r#"{"topic":"a","payload_base64":"?"}"#, "x.jsonl:3: the base64 is not valid: "),
        (r#"{"topic":"a","payload_hex":"123"}"#, "x.jsonl:3: the hexadecimal digits are not valid: "),
        (r#"{"topic":"a""#, "an object ends on the line it began on"),
        (r#"["topic"]"#, "it is an object a line, without an array around them"),
        ("a/b 1", "x.jsonl:3:1: expected value; a line looks like {\"topic\""),
    ] {
        let told = read_as("x.jsonl", json(line).as_bytes()).unwrap_err();
        assert!(told.len() == 1 && told[0].contains(expected), "{line}: {told:?}");
    }
    for (text, expected) in [
        (
            "topic,payload\na,1\nb,{\"x\":1,\"y\":2}\n",
            "x.csv:3: 3 fields, and the header names 2; a payload with",
        ),
        ("topic,payload\na,1\n\"b/+\",1\n", "x.csv:3: a topic cannot hold the wildcard '+'"),
        ("topic,payload,qos\na,1,5\n", "x.csv:2: QoS is 0, 1 or 2, not \"5\""),
        ("topic,payload,retain\na,1,maybe\n", "x.csv:2: retain is true or false, not \"maybe\""),
        ("topic,payload,format\na,{,json\n", "x.csv:2: payload is no JSON: "),
        ("topic,payload,format\na,1,yaml\n", "x.csv:2: format is text, json, hex or base64, not \"yaml\""),
        ("topic,value\na,1\n", "x.csv:1: no column \"value\"; the first line names the columns"),
        ("topic,topic\na,1\n", "x.csv:1: the column topic is named twice"),
        ("payload\n1\n", "x.csv:1: the first line names the columns, and topic is not among them"),
        ("a;b\n1;2\n", "x.csv:1: no column \"a;b\""),
        ("", "x.csv is empty; a line looks like "),
    ] {
        let told = read_as("x.csv", text.as_bytes()).unwrap_err();
        assert!(told.len() == 1 && told[0].contains(expected), "{text:?}: {told:?}");
    }
    let told = read_as("x.csv", b"topic,payload\na,\xff\n").unwrap_err();
    assert!(told[0].contains("x.csv:2: not UTF-8; write such payloads in hex or base64"), "{told:?}");
}

#[test]
fn a_file_that_is_no_file_is_told() {
    let home = tempfile::tempdir().unwrap();
    let told = |path: &Path| read(path).unwrap_err().words().join("; ");
    assert!(told(&home.path().join("none.csv")).contains("none.csv can't be read: No such file"));
    assert!(told(home.path()).contains("is a directory; name a file in it"));
    let large = home.path().join("large.jsonl");
    File::create(&large).unwrap().set_len(MAX_BYTES + 1).unwrap();
    assert!(told(&large).contains("a batch file has at most 134217728: split it"));
}

#[test]
fn bad_lines_beyond_a_screenful_are_counted() {
    let told = read_as("x.jsonl", "{}\n".repeat(1_000).as_bytes()).unwrap_err();
    assert_eq!(told.len(), 21);
    assert_eq!(told[20], "and 980 more bad lines");
}

#[test]
fn a_publication_too_many_is_named() {
    let told = read_as("x.jsonl", "{\"topic\":\"a\"}\n".repeat(MAX_ROWS + 5).as_bytes()).unwrap_err();
    assert_eq!(told, ["x.jsonl:200001: at most 200000 publications in a file; split it here"]);
}

#[test]
fn an_undo_file_brings_back_every_byte_and_property_and_is_private() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("state/undo");
    let mut all: Vec<Publication> =
        [&b""[..], b"on", b"{\"a\": 1}", b"\x00\xff\xfe", b"\x1b[2J\"\n\r\\ \xc3\xa9"]
            .iter()
            .enumerate()
            .map(|(n, payload)| {
                publication(&format!("caf\u{e9}//{n}/ \u{1}"), payload, Qos::ALL[n % 3], true)
            })
            .collect();
    all[1].properties = PublishProperties {
        payload_is_utf8: Some(false),
        message_expiry_s: Some(7),
        response_topic: Some("r\u{7f}".into()),
        correlation_data: Some(vec![0, 255]),
        user: vec![(String::new(), "é".into()), (String::new(), "x".into())],
        content_type: Some("a/b".into()),
        ..PublishProperties::default()
    };
    let mut file = UndoFile::create(&directory, "sweep").unwrap();
    file.add(&all[..2]).unwrap();
    file.add(&all[2..]).unwrap();
    let path = file.finish().unwrap();
    assert_eq!(read(&path).unwrap(), all);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(&directory).unwrap().permissions().mode() & 0o777, 0o700);
    }
    let next = UndoFile::create(&directory, "sweep").unwrap();
    next.discard();
    let names: Vec<_> = fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["sweep.jsonl"]);
}
