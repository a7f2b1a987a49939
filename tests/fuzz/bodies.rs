//! What each fuzz target does with bytes, and what must hold whatever they are. Owns no randomness: `cargo fuzz` drives
//! the bodies by coverage, `tests/fuzzed.rs` by seeds and chance.
#![allow(dead_code, clippy::allow_attributes, reason = "each fuzz target uses one body")]
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use mqttscope::config::schema::compile_all;
use mqttscope::decode::bounds::Bounds;
use mqttscope::decode::chain::{Form, suiting};
use mqttscope::decode::diff::Diff;
use mqttscope::decode::escape::is_hidden;
use mqttscope::decode::json::{Pretty, is_json};
use mqttscope::decode::outline::{Compared, Face, Needle, Outline};
use mqttscope::decode::sparkplug::{Birth, Births, Heard, Told};
use mqttscope::decode::text::Wrapped;
use mqttscope::decode::{self, Choice, Decoded, Decoder, Hint, Line, decode_on, hex, preview};
use mqttscope::device::codec::JsonPath;
use mqttscope::device::rule::Source;
use mqttscope::device::{Rule, Rules};
use mqttscope::mqtt::{Filter, Qos, Topic, Version};
use mqttscope::sift::{self, Facts, Nothing};
use mqttscope::wire::{Incoming, Reader, Side, packet_bytes, read_publish_properties, write};

/// Small enough that a bomb shows.
const BOUNDS: Bounds = Bounds { max_out_bytes: 64 << 10, max_depth: 64, max_layers: 4 };

/// Columns of a line.
const COLS: usize = 60;

/// What is done with bytes.
pub type Body = fn(&[u8]);

/// The bodies by the names of their targets.
pub const ALL: [(&str, Body); 10] = [
    ("chain", chain),
    ("topic", topic),
    ("sparkplug", sparkplug),
    ("schema", schema),
    ("outline", outline),
    ("sift", sift),
    ("json_path", json_path),
    ("diff", diff),
    ("filter", filter),
    ("wire", wire),
];

/// Every way to read a payload.
pub fn chain(bytes: &[u8]) {
    for choice in Choice::all() {
        shown(&decode::decode(bytes, choice, &BOUNDS));
    }
    for choice in suiting(Hint::default(), bytes, &BOUNDS) {
        assert!(!choice.title().is_empty());
    }
    line(&preview(bytes, COLS).line, COLS);
}

/// A payload on a topic that promises something.
pub fn topic(bytes: &[u8]) {
    for topic in ["spBv1.0/plant/DDATA/edge/press", "spBv1.0/STATE/host", "msh/EU/2/e/LongFast/!1"] {
        shown(&decode_on(Decoder::of_topic(topic), bytes, Choice::Auto, &BOUNDS));
    }
}

/// A message of Sparkplug after births: a byte for the topic, two for the length of the births, births, the message.
pub fn sparkplug(bytes: &[u8]) {
    let Some(([kind, low, high], rest)) = bytes.split_first_chunk::<3>() else { return };
    let n = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
    let (birth, message) = rest.split_at(n);
    let heard = Heard::Yes(Arc::new(Birth::read(birth)));
    let levels = ["NBIRTH", "NDEATH", "NDATA", "NCMD", "DBIRTH", "DDEATH", "DDATA", "DCMD"];
    let level = levels[usize::from(*kind) % levels.len()];
    let (topic, births) = if level.starts_with('D') {
        (format!("spBv1.0/g/{level}/e/d"), Births { device: heard, ..Births::default() })
    } else {
        (format!("spBv1.0/g/{level}/e"), Births { node: heard, ..Births::default() })
    };
    let told = Arc::new(Told { topic: topic.into(), births });
    let hint = Hint { promised: Some(Decoder::Sparkplug), told: Some(&told), ..Hint::default() };
    for payload in [message, birth] {
        shown(&decode_on(hint, payload, Choice::Auto, &BOUNDS));
        for cols in [0, 1, 7, COLS] {
            if let Some(preview) = decode::sparkplug::preview(&told, payload, cols) {
                line(&preview.line, cols);
            }
        }
    }
}

/// A schema and a payload that it is for: a byte for the kind of file, two for the length of the file, the file, the
/// payload.
pub fn schema(bytes: &[u8]) {
    let Some(([kind, low, high], rest)) = bytes.split_first_chunk::<3>() else { return };
    let n = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
    let (file, payload) = rest.split_at(n);
    let name = if kind & 1 == 0 { "it.proto" } else { "it.bin" };
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join(name), file).expect("a file");
    let message = if kind & 2 == 0 { "" } else { "M" };
    let source =
        Source { file: name.to_owned(), message: message.to_owned(), include: vec![], compiled: None };
    let choice = Choice::By(Decoder::Protobuf);
    let mut rules = [Rule {
        filter: Filter::parse("#").expect("a filter"),
        choice,
        schema: Some(source.clone()),
        jq: None,
    }];
    let device: PathBuf = directory.path().join("it.toml");
    let warnings = compile_all(&device, &mut rules);
    let is_compiled =
        matches!(rules[0].schema.as_ref().and_then(|schema| schema.compiled.as_ref()), Some(Ok(_)));
    assert_eq!(warnings.is_empty(), is_compiled);
    assert!(warnings.iter().all(|words| words.contains(name)));
    let rules = Rules::of_file(rules.to_vec());
    let reading = rules.reading("it");
    for payload in [payload, file] {
        shown(&decode_on(reading.hint, payload, reading.choice, &BOUNDS));
    }
}

/// Two documents with a zero between them: each member of the one leads back to itself, in lines, and beside the other.
pub fn outline(bytes: &[u8]) {
    let (now, before) = halves(bytes);
    let Some(whole) = Outline::new(now) else { return };
    if !is_json(now) {
        // Only what is known to be JSON is given to it whole.
        (0..whole.len().min(500)).for_each(|node| line(&whole.line(now, node, Face::Folded, COLS), COLS));
        return;
    }
    let needle = Needle::new("a");
    for node in 0..whole.len().min(500) {
        for face in [Face::Folded, Face::Unfolded] {
            line(&whole.line(now, node, face, COLS), COLS);
        }
        let end = whole.end(node);
        assert!(end > node && end <= whole.len());
        assert!(whole.children(node).all(|child| child > node && child < end));
        assert_eq!(whole.children(node).take(10_000).count(), whole.n_children(node).min(10_000));
        assert!(is_json(whole.value(now, node)), "{:?}", String::from_utf8_lossy(whole.value(now, node)));
        let _ = whole.is_match(now, node, &needle);
        // Of a name that is repeated, the last is meant.
        let is_twin = whole.is_twin(node) || whole.above(node).any(|above| whole.is_twin(above));
        let mut path: Vec<usize> = whole.above(node).collect();
        path.reverse();
        path.push(node);
        let steps: Option<Vec<_>> = path.iter().skip(1).map(|node| whole.step(now, *node)).collect();
        if let Some(steps) = steps.filter(|_| !is_twin) {
            assert_eq!(whole.find(now, &steps, &mut 100_000), Some(node));
        }
    }
    if let Some(beginning) = Outline::of_beginning(now, now.len() / 2) {
        assert!(beginning.len() <= whole.len());
    }
    let mut same = Compared::new((&whole, now), (&whole, now));
    assert!((0..whole.len().min(500)).all(|node| !same.is_changed(node, false)));
    if let Some(old) = Outline::new(before) {
        let mut compared = Compared::new((&whole, now), (&old, before));
        let changed: HashSet<usize> =
            (0..whole.len().min(500)).filter(|node| compared.is_changed(*node, false)).collect();
        // What holds something new is new.
        assert!(changed.iter().all(|node| whole.parent(*node).is_none_or(|above| changed.contains(&above))));
    }
}

/// A topic of which everything is known: what, hangs on its name.
struct Known<'a>(&'a str);

impl Known<'_> {
    fn nth(&self, n: usize) -> u8 {
        self.0.as_bytes().get(n).copied().unwrap_or_default()
    }
}

impl Facts for Known<'_> {
    fn retained(&self) -> Option<bool> {
        Some(self.nth(0) & 1 == 0)
    }
    fn age(&self) -> Option<Duration> {
        Some(Duration::from_secs(u64::from(self.nth(1))))
    }
    fn rate_per_s(&self) -> f64 {
        f64::from(self.nth(2))
    }
    fn n_messages(&self) -> u64 {
        u64::from(self.nth(3))
    }
    fn n_bytes(&self) -> Option<usize> {
        Some(self.0.len())
    }
    fn qos(&self) -> Option<Qos> {
        Some(if self.nth(4) & 1 == 0 { Qos::AtMostOnce } else { Qos::ExactlyOnce })
    }
    fn payload(&self) -> Option<&[u8]> {
        Some(self.0.as_bytes())
    }
    fn is_kept(&self) -> bool {
        self.nth(5) & 1 == 0
    }
    fn is_pinned(&self) -> bool {
        self.nth(6) & 1 == 0
    }
    fn is_stale(&self) -> bool {
        self.nth(7) & 1 == 0
    }
    fn has_error(&self) -> bool {
        self.nth(8) & 1 == 0
    }
}

/// A line of the view filter, and behind a zero a topic: who is let through may have been, and two choices let through
/// what one of them does.
pub fn sift(bytes: &[u8]) {
    let (line, topic) = halves(bytes);
    let (Ok(line), Ok(topic)) = (std::str::from_utf8(line), std::str::from_utf8(topic)) else { return };
    match sift::parse(line) {
        Ok(read) => {
            let through = read.lets_through(topic, &Known(topic));
            let _ = read.lets_through(topic, &Nothing);
            assert!(!through || read.may_let_through(topic), "{line:?}");
            if !read.is_empty()
                && let Ok(twice) = sift::parse(&format!("{line} | {line}"))
            {
                assert_eq!(twice.lets_through(topic, &Known(topic)), through, "{line:?}");
                assert_eq!(twice.is_timed(), read.is_timed());
            }
        }
        Err(error) => {
            assert!(error.place >= 1 && error.place <= line.chars().count() + 1, "{line:?}: {error}");
            assert!(!error.words.is_empty());
            assert!(!error.term.chars().any(is_hidden), "{:?}", error.term);
        }
    }
}

/// A path, and behind a zero a document: what is parsed is spelled so that it parses to the same.
pub fn json_path(bytes: &[u8]) {
    let (path, document) = halves(bytes);
    let Ok(text) = std::str::from_utf8(path) else { return };
    if let Ok(path) = JsonPath::parse(text) {
        assert_eq!(JsonPath::parse(&path.to_string()), Ok(path.clone()), "{text:?}");
        let _ = path.find(document).map_err(|misfit| misfit.to_string());
    }
}

/// Two payloads with a zero between them.
pub fn diff(bytes: &[u8]) {
    let (old, new) = halves(bytes);
    let diff = Diff::new(old, new);
    assert!(!diff.words().is_empty());
    assert!(old == new || !diff.lines.is_empty() || diff.n_more > 0 || diff.words().contains("JSON"));
    let same = Diff::new(old, old);
    assert!(same.lines.is_empty() && same.n_more == 0);
}

/// A filter of MQTT, and behind a zero a topic: what covers a filter matches what that matches.
pub fn filter(bytes: &[u8]) {
    let (filter, topic) = halves(bytes);
    let (Ok(filter), Ok(topic)) = (std::str::from_utf8(filter), std::str::from_utf8(topic)) else { return };
    let Ok(filter) = Filter::parse(filter) else { return };
    assert!(filter.covers(&filter));
    if let Ok(topic) = Topic::parse(topic) {
        let is_match = filter.matches(topic.as_str());
        let all = Filter::parse("#").expect("a filter");
        assert!(!is_match || topic.as_str().starts_with('$') || all.matches(topic.as_str()));
        if let Ok(exact) = Filter::parse(topic.as_str()) {
            assert!(exact.matches(topic.as_str()));
            assert!(is_match == filter.covers(&exact) || filter.share_group().is_some());
        }
    }
}

/// Bytes from a broker or a client, in one piece and in two: the same packets, each of which can be written again.
pub fn wire(bytes: &[u8]) {
    let Some((how, bytes)) = bytes.split_first() else { return };
    let side = if how & 1 == 0 { Side::Client } else { Side::Broker };
    let version = if how & 2 == 0 { Version::V3 } else { Version::V5 };
    let whole = packets(&mut Reader::new(side, version, 4_096), &[bytes], version);
    let (front, back) = bytes.split_at(usize::from(how >> 2).min(bytes.len()));
    let pieces = packets(&mut Reader::new(side, version, 4_096), &[front, back], version);
    assert_eq!(whole, pieces);
    let _ = read_publish_properties(bytes).map_err(|error| error.to_string());
}

/// All packets of bytes that come in pieces, in words; the last one is that something is wrong: in which words, hangs
/// on how much has come.
fn packets(reader: &mut Reader, pieces: &[&[u8]], version: Version) -> Vec<String> {
    let (mut bytes, mut at, mut seen) = (Vec::new(), 0, Vec::new());
    for piece in pieces {
        bytes.extend_from_slice(piece);
        loop {
            match reader.next(&bytes, &mut at) {
                Ok(Some(incoming)) => {
                    if let Incoming::Packet(packet) = &incoming {
                        let mut out = Vec::new();
                        if write(packet, version, &mut out).is_ok() {
                            assert_eq!(out.len(), packet_bytes(packet, version));
                        }
                    }
                    seen.push(format!("{incoming:?}"));
                }
                Ok(None) => break,
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    seen.push("no packet".to_owned());
                    return seen;
                }
            }
            assert!(at <= bytes.len());
        }
    }
    seen
}

/// What is before the first zero, and what is behind it.
fn halves(bytes: &[u8]) -> (&[u8], &[u8]) {
    let middle = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (front, back) = bytes.split_at(middle);
    (front, back.get(1..).unwrap_or_default())
}

/// All that must hold of what is decoded, down to its lines.
fn shown(decoded: &Decoded<'_>) {
    let bytes = &decoded.bytes;
    assert!(!decoded.is_undone() || bytes.len() <= BOUNDS.max_out_bytes, "{} bytes", bytes.len());
    assert!(!decoded.steps.is_empty());
    match decoded.form {
        Form::Json => {
            assert!(is_json(bytes), "no JSON: {}", String::from_utf8_lossy(bytes));
            if let Some(pretty) = Pretty::new(bytes) {
                pretty.lines(bytes, 0, 40, COLS).iter().for_each(|each| line(each, COLS));
            }
        }
        Form::Text => {
            let wrapped = Wrapped::new(bytes, COLS);
            wrapped.lines(bytes, 0, 40).iter().for_each(|each| line(each, COLS));
        }
        Form::Image(_) | Form::Hex => {
            for each in hex::lines(bytes, hex::bytes_per_line(COLS), 0, 40) {
                line(&each, 80);
            }
        }
    }
    for failure in &decoded.failures {
        assert!(!failure.to_string().is_empty());
    }
}

/// Nothing raw, and no wider than there is room.
fn line(line: &Line, cols: usize) {
    assert!(line.cols <= cols, "{} columns of {cols}: {:?}", line.cols, line.text());
    assert!(!line.text().chars().any(is_hidden), "{:?}", line.text());
}
