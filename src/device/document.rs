//! A message as nodes read it: its payload as it came where that is text nothing was chosen for, else what the
//! decoders make of it. Owns when it is decoded, which is when it is first asked for, and how much of it is.
use super::codec::Codec;
use super::kind::Kind;
use super::misfit::Misfit;
use super::node::Node;
use super::value::Value;
use crate::decode::bounds::MAX_INLINE_OUT_BYTES;
use crate::decode::chain::{Form, Inside, look_inside};
use crate::decode::{Bounds, Reading};
use std::borrow::Cow;
use std::cell::OnceCell;

/// Most bytes of a packed payload that is unpacked for its nodes: more takes longer than a row may.
pub const MAX_PACKED_BYTES: usize = 1 << 20;

/// Most bytes of one that is read for a line of a history or a sparkline, of which a screen has many.
const MAX_BRIEF_BYTES: usize = 16 << 10;

/// A payload with the way it is read.
#[derive(Debug)]
pub struct Document<'a> {
    reading: Reading<'a>,
    payload: &'a [u8],
    max_out_bytes: usize,
    made: OnceCell<Made<'a>>,
}

/// What became of a payload.
#[derive(Debug)]
enum Made<'a> {
    AsItCame,
    /// The bytes, and whether they are JSON.
    Decoded(Cow<'a, [u8]>, bool),
    Beyond,
}

impl<'a> Document<'a> {
    /// A payload; nothing is decoded yet.
    pub const fn new(reading: Reading<'a>, payload: &'a [u8]) -> Self {
        Self { reading, payload, max_out_bytes: MAX_INLINE_OUT_BYTES, made: OnceCell::new() }
    }

    /// Likewise, one of many that are read at once: what is large is not decoded.
    pub const fn brief(reading: Reading<'a>, payload: &'a [u8]) -> Self {
        Self { reading, payload, max_out_bytes: MAX_BRIEF_BYTES, made: OnceCell::new() }
    }

    /// A payload that was decoded already, to this JSON.
    pub fn of_json(payload: &'a [u8], json: Vec<u8>) -> Self {
        let made = OnceCell::from(Made::Decoded(Cow::Owned(json), true));
        Self { made, ..Self::new(Reading::default(), payload) }
    }

    /// The payload as it came.
    pub const fn payload(&self) -> &'a [u8] {
        self.payload
    }

    /// What the decoders make of it, else the payload as it came.
    pub fn bytes(&self) -> &[u8] {
        match self.made() {
            Made::Decoded(bytes, _) => bytes,
            Made::AsItCame | Made::Beyond => self.payload,
        }
    }

    /// Whether it is other bytes than those that came.
    pub fn is_decoded(&self) -> bool {
        matches!(self.made(), Made::Decoded(..))
    }

    /// The value of a node. What is bytes by its type or its codec is read as it came.
    pub fn read(&self, node: &Node) -> Result<Value, Misfit> {
        if node.kind == Kind::Bytes || matches!(node.codec, Codec::Raw(..)) {
            return node.read(self.payload);
        }
        match self.made() {
            Made::AsItCame => node.read(self.payload),
            Made::Beyond => Err(Misfit::Packed { most: self.max_out_bytes }),
            Made::Decoded(bytes, is_json) => match unquoted(node, bytes, *is_json) {
                Some(text) => node.read(text.as_bytes()),
                None => node.read(bytes),
            },
        }
    }

    fn made(&self) -> &Made<'a> {
        self.made.get_or_init(|| {
            let bounds = Bounds { max_out_bytes: self.max_out_bytes, ..Bounds::default() };
            let is_long = self.payload.len() > MAX_PACKED_BYTES.min(self.max_out_bytes.saturating_mul(4));
            if is_long && std::str::from_utf8(self.payload).is_err() {
                return Made::Beyond;
            }
            match look_inside(self.reading, self.payload, &bounds) {
                Inside::AsItCame => Made::AsItCame,
                Inside::Beyond(_) => Made::Beyond,
                Inside::Decoded(decoded) => Made::Decoded(decoded.bytes, decoded.form == Form::Json),
            }
        })
    }
}

/// The text that a decoded JSON string says, for nodes that are written as plain text.
fn unquoted(node: &Node, bytes: &[u8], is_json: bool) -> Option<String> {
    let is_text = matches!(node.codec, Codec::Text | Codec::Words { .. } | Codec::Suffix(_));
    let is_string = is_json && is_text && bytes.first() == Some(&b'"');
    is_string.then(|| serde_json::from_slice(bytes).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::{Choice, Decoder};
    use crate::device::JsonPath;
    use crate::mqtt::Topic;

    fn node(kind: Kind, codec: Codec) -> Node {
        Node { codec, ..Node::new(Topic::parse("a/b").unwrap(), kind) }
    }

    fn by(decoder: Decoder) -> Reading<'static> {
        Reading { choice: Choice::By(decoder), ..Reading::default() }
    }

    #[test]
    fn a_node_reads_what_the_decoders_make_of_its_payload() {
        let path = Codec::JsonPath(JsonPath::parse("$.t").unwrap());
        let packed: &[u8] = b"\x82\xa1t\x15\xa1s\xa2on";
        let auto = Reading::default();
        let raw = Reading { choice: Choice::Raw, ..auto };
        let level = node(Kind::Int, path.clone());
        assert_eq!(Document::new(auto, packed).read(&level), Ok(Value::Int(21)));
        assert_eq!(Document::new(auto, b"{\"t\":22}").read(&level), Ok(Value::Int(22)));
        // As it came is as it came, for nodes too.
        assert!(matches!(Document::new(raw, packed).read(&level), Err(Misfit::NotUtf8(_))));
        let map = node(Kind::Map, Codec::Json);
        assert!(matches!(Document::new(auto, packed).read(&map), Ok(Value::Map(map)) if map.len() == 2));
        // What is bytes by its type or codec stays so.
        let bytes = node(Kind::Bytes, Codec::Text);
        assert_eq!(Document::new(auto, packed).read(&bytes), Ok(Value::Bytes(packed.into())));
    }

    #[test]
    fn plain_text_is_read_as_it_came_unless_something_was_chosen() {
        let number = node(Kind::Float, Codec::Text);
        let text = node(Kind::String, Codec::Text);
        let document = Document::new(Reading::default(), b"MjEuNQ==");
        assert_eq!(document.read(&text), Ok(Value::String("MjEuNQ==".into())));
        assert!(!document.is_decoded());
        let chosen = Document::new(by(Decoder::Base64), b"MjEuNQ==");
        assert_eq!(chosen.read(&number), Ok(Value::Float(21.5)));
        let two = Document::new(by(Decoder::MessagePack), b"\xa3low");
        assert_eq!(two.read(&text), Ok(Value::String("low".into())));
    }

    #[test]
    fn what_unpacks_to_more_than_is_read_says_so_and_makes_nothing_up() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packer, &vec![b'1'; 1 << 20]).unwrap();
        let bomb = packer.finish().unwrap();
        let text = node(Kind::String, Codec::Text);
        let misfit = Document::new(Reading::default(), &bomb).read(&text).unwrap_err();
        assert_eq!(
            misfit.to_string(),
            "unpacks to more than the 262,144 bytes that are read for a value; the tab Message shows more"
        );
    }
}
