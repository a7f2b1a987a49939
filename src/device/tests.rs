//! What values, codecs, domains and units do, as tables.
mod codecs;
mod conversions;
mod domains;
mod flaws;
mod people;
mod units;
mod writing;

use super::*;
use crate::mqtt::Topic;

/// A node of a type and a codec as a device file writes it; `words ON/OFF` and `suffix …` too.
fn node(kind: Kind, codec: &str) -> Node {
    let mut node = Node::new(Topic::parse("plant/x").unwrap(), kind);
    node.codec = match (codec.strip_prefix("words "), codec.strip_prefix("suffix ")) {
        (Some(words), _) => {
            let (on, off) = words.split_once('/').unwrap();
            Codec::Words { on: on.into(), off: off.into() }
        }
        (_, Some(suffix)) => Codec::Suffix(suffix.into()),
        (None, None) => Codec::parse(codec).unwrap(),
    };
    node
}

fn string(text: &str) -> Value {
    Value::String(text.into())
}

/// A list or a map.
fn json(text: &str) -> Value {
    let kind = if text.starts_with('[') { Kind::List } else { Kind::Map };
    Value::parse(kind, text).unwrap()
}
