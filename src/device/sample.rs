//! A payload as one sample of a chart: a number, a word, a moment. Owns what of a payload can be drawn over time,
//! and which places in JSON offer that; guesses no more than a preview does.
use super::codec::{JsonPath, MAX_STEPS, PathStep};
use super::kind::Kind;
use super::misfit::Misfit;
use super::node::Node;
use super::value::Value;
use crate::decode::value::{MAX_PARSED_BYTES, measure, truth};
use crate::decode::{self, Decoder, Reading};
use serde_json::Value as Json;

/// The longest text that counts as a state: a word or two, not a sentence.
const MAX_WORD_BYTES: usize = 24;

/// Places offered of one payload: more than anybody steps through by a key.
pub const MAX_PLACES: usize = 64;

/// Elements of one array that are offered: a spectrum of a thousand would hide the rest.
const MAX_ELEMENTS: usize = 8;

/// What of a payload is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Sample {
    /// A finite number.
    Number(f64),
    /// A state in its word; not made safe to draw.
    Word(Box<str>),
    /// The moment alone.
    Impulse,
    /// A number that is none, or infinite.
    NotFinite,
    /// Nothing that can be drawn.
    Nothing,
}

impl Sample {
    /// A payload that no node reads, or a place in its JSON.
    pub fn of_payload(reading: Reading<'_>, payload: &[u8], path: Option<&JsonPath>) -> Self {
        let inside = decode::chain::inside(reading, payload);
        let bytes = inside.as_ref().map_or(payload, |decoded| decoded.bytes.as_ref());
        match path {
            Some(path) => path.find(bytes).map_or(Self::Nothing, |found| Self::of_json(&found)),
            None => Self::of_bytes(bytes),
        }
    }

    /// A payload as a kept node reads it.
    pub fn of_node(node: &Node, payload: &[u8]) -> Self {
        let value = match node.read(payload) {
            Ok(value) => value,
            Err(Misfit::NotFinite(_)) => return Self::NotFinite,
            Err(_) if node.kind.is_number() && is_endless(payload) => return Self::NotFinite,
            Err(_) => return Self::Nothing,
        };
        let is_one_of = !node.domain.values.is_empty();
        match &value {
            Value::Impulse => Self::Impulse,
            Value::Int(_) | Value::Float(_) if !is_one_of => {
                value.number().map_or(Self::Nothing, Self::number)
            }
            Value::Int(_) | Value::Float(_) | Value::Bool(_) => Self::Word(node.shown(&value).into()),
            Value::String(text) if is_one_of || text.len() <= MAX_WORD_BYTES => Self::Word(text.clone()),
            Value::String(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Vec2(_)
            | Value::Vec3(_)
            | Value::Vec4(_)
            | Value::Bytes(_) => Self::Nothing,
        }
    }

    fn number(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::NotFinite }
    }

    fn of_bytes(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::Impulse;
        }
        if let Some(number) = decode::number(bytes) {
            return Self::number(number);
        }
        if is_endless(bytes) {
            return Self::NotFinite;
        }
        let text = std::str::from_utf8(bytes).unwrap_or_default().trim();
        let is_structure = text.starts_with(['{', '[', '"']) || text == "null";
        let is_word = truth(bytes).is_some()
            || (!text.is_empty() && text.len() <= MAX_WORD_BYTES && !text.contains('\n') && !is_structure);
        if is_word { Self::Word(text.into()) } else { Self::Nothing }
    }

    fn of_json(json: &Json) -> Self {
        match json {
            Json::Number(number) => number.as_f64().map_or(Self::NotFinite, Self::number),
            Json::Bool(true) => Self::Word("true".into()),
            Json::Bool(false) => Self::Word("false".into()),
            Json::String(text) if text.is_empty() => Self::Nothing,
            Json::String(text) => Self::of_bytes(text.as_bytes()),
            Json::Null | Json::Array(_) | Json::Object(_) => Self::Nothing,
        }
    }
}

/// Whether a text says that a number is none, or infinite: `NaN`, `-inf`, `1e999`.
fn is_endless(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes).unwrap_or_default().trim();
    text.len() <= MAX_WORD_BYTES && text.parse().is_ok_and(|number: f64| !number.is_finite())
}

/// The unit behind a payload's number, such as `°C`.
pub fn unit(payload: &[u8]) -> &str {
    measure(payload).map_or("", |(_, unit)| unit)
}

/// Whether a type has samples that are drawn by themselves.
pub const fn is_drawn(kind: Kind) -> bool {
    match kind {
        Kind::Impulse | Kind::Bool | Kind::Int | Kind::Float | Kind::String => true,
        Kind::Vec2 | Kind::Vec3 | Kind::Vec4 | Kind::List | Kind::Map | Kind::Bytes => false,
    }
}

/// The places in a payload's JSON that have a number or are on or off, numbers first; none in what is no JSON.
pub fn places(reading: Reading<'_>, payload: &[u8]) -> Vec<JsonPath> {
    let inside = decode::chain::inside(reading, payload);
    let bytes = inside.as_ref().map_or(payload, |decoded| decoded.bytes.as_ref());
    let is_structure = bytes.trim_ascii_start().first().is_some_and(|first| matches!(first, b'{' | b'['));
    if bytes.len() > MAX_PARSED_BYTES || !is_structure {
        return Vec::new();
    }
    let Ok(document) = serde_json::from_slice::<Json>(bytes) else { return Vec::new() };
    let (mut numbers, mut words) = (Vec::new(), Vec::new());
    let metrics = document.get("metrics").and_then(Json::as_object);
    match metrics.filter(|_| reading.hint.promised == Some(Decoder::Sparkplug)) {
        // What stands beside the values of metrics is theirs.
        Some(metrics) => {
            for (name, metric) in metrics {
                let mut way = ["metrics", name, "value"].map(|name| PathStep::Member(name.into())).to_vec();
                let value = metric.get("value").unwrap_or(&Json::Null);
                look(value, &mut way, &mut numbers, &mut words);
            }
        }
        None => look(&document, &mut Vec::new(), &mut numbers, &mut words),
    }
    numbers.append(&mut words);
    numbers.truncate(MAX_PLACES);
    numbers
}

fn look(json: &Json, way: &mut Vec<PathStep>, numbers: &mut Vec<JsonPath>, words: &mut Vec<JsonPath>) {
    if way.len() >= MAX_STEPS || numbers.len() >= MAX_PLACES {
        return;
    }
    let mut into = |step: PathStep, json: &Json| {
        way.push(step);
        look(json, way, numbers, words);
        way.pop();
    };
    match json {
        Json::Object(members) => {
            members.iter().for_each(|(name, member)| into(PathStep::Member(name.as_str().into()), member));
        }
        Json::Array(elements) => {
            for (index, element) in (0..).zip(elements.iter().take(MAX_ELEMENTS)) {
                into(PathStep::Index(index), element);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {
            let found = match Sample::of_json(json) {
                Sample::Number(_) | Sample::NotFinite => numbers,
                Sample::Word(_) if matches!(json, Json::Bool(_)) || is_switch(json) => words,
                Sample::Word(_) | Sample::Impulse | Sample::Nothing => return,
            };
            found.extend(JsonPath::of(way.as_slice()).filter(|_| found.len() < MAX_PLACES));
        }
    }
}

/// Whether a text is one of the words for on and off.
fn is_switch(json: &Json) -> bool {
    json.as_str().is_some_and(|text| truth(text.as_bytes()).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::{Codec, Domain};
    use crate::mqtt::Topic;

    fn word(text: &str) -> Sample {
        Sample::Word(text.into())
    }

    #[test]
    fn a_payload_is_a_number_a_word_a_moment_or_nothing() {
        let path = JsonPath::parse("$.a.b").unwrap();
        for (payload, path, expected) in [
            ("21.5 °C", None, Sample::Number(21.5)),
            ("NaN", None, Sample::NotFinite),
            ("-Infinity", None, Sample::NotFinite),
            ("1e999", None, Sample::NotFinite),
            ("ON", None, word("ON")),
            ("heating", None, word("heating")),
            ("", None, Sample::Impulse),
            ("{\"a\":1}", None, Sample::Nothing),
            ("a sentence that is too long to be a state", None, Sample::Nothing),
            ("{\"a\":{\"b\":7}}", Some(&path), Sample::Number(7.0)),
            ("{\"a\":{\"b\":\"7 W\"}}", Some(&path), Sample::Number(7.0)),
            ("{\"a\":{\"b\":\"nan\"}}", Some(&path), Sample::NotFinite),
            ("{\"a\":{\"b\":1e999}}", Some(&path), Sample::NotFinite),
            ("{\"a\":{\"b\":true}}", Some(&path), word("true")),
            ("{\"a\":{\"b\":null}}", Some(&path), Sample::Nothing),
            ("{\"a\":{}}", Some(&path), Sample::Nothing),
            ("no JSON", Some(&path), Sample::Nothing),
        ] {
            assert_eq!(
                Sample::of_payload(Reading::default(), payload.as_bytes(), path),
                expected,
                "{payload}"
            );
        }
    }

    #[test]
    fn a_kept_node_says_what_its_payload_is() {
        let topic = || Topic::parse("t").unwrap();
        let words = Codec::Words { on: "UP".into(), off: "DOWN".into() };
        let gate = Node { codec: words, ..Node::new(topic(), Kind::Bool) };
        let level = Node::new(topic(), Kind::Float);
        let values = vec![Value::Int(0), Value::Int(1)];
        let mode = Node { domain: Domain { values, ..Domain::default() }, ..Node::new(topic(), Kind::Int) };
        for (node, payload, expected) in [
            (&gate, "UP", word("UP")),
            (&gate, "sideways", Sample::Nothing),
            (&level, "3.5", Sample::Number(3.5)),
            (&level, "nan", Sample::NotFinite),
            (&level, "off", Sample::Nothing),
            (&mode, "1", word("1")),
            (&Node::new(topic(), Kind::Impulse), "x", Sample::Impulse),
        ] {
            assert_eq!(Sample::of_node(node, payload.as_bytes()), expected, "{payload}");
        }
    }

    #[test]
    fn the_places_of_json_with_something_to_draw_are_offered_numbers_first() {
        let payload = br#"{"on":true,"fan":{"rpm":1180,"name":"x"},"note":null,"load":[0.5,"off"]}"#;
        let places: Vec<String> =
            places(Reading::default(), payload).iter().map(ToString::to_string).collect();
        assert_eq!(places, ["$.fan.rpm", "$.load[0]", "$.on", "$.load[1]"]);
        let wide = (0..500).fold(String::new(), |wide, nth| format!("{wide}\"m{nth}\":{nth},"));
        let n_places = |payload: &str| super::places(Reading::default(), payload.as_bytes()).len();
        assert_eq!(n_places(&format!("{{{wide}\"z\":0}}")), MAX_PLACES);
        assert_eq!((n_places("21.5"), n_places("{broken")), (0, 0));
    }
}
