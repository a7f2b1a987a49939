//! A protobuf schema as it is read by: messages with their fields, and enums. Owns what a reader needs of it and no
//! more; where it comes from, a `.proto` file say, is not its business.
use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// One message type with all that it leads to.
#[derive(Clone, Debug)]
pub struct Schema {
    /// What payloads are, an index into `messages`.
    pub(super) root: usize,
    pub(super) messages: Vec<Message>,
    pub(super) enums: Vec<Enum>,
    by_name: BTreeMap<Box<str>, usize>,
    /// What lies in a message's field of bytes, by the message's name and a number that it says of itself.
    ports: BTreeMap<(Box<str>, u64), Port>,
    stamp: u64,
}

/// What lies in a field of bytes where another field of the message has a certain number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Port {
    /// The field that says it.
    pub told_by: u32,
    /// The field of bytes.
    pub field: u32,
    /// What lies in it.
    pub kind: Kind,
}

/// A message type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// Its full name, without a dot in front.
    pub name: Box<str>,
    /// Its fields by their numbers.
    pub fields: BTreeMap<u32, Field>,
    /// Whether it is the entry of a map: key 1, value 2.
    pub is_entry: bool,
}

/// A field of a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    /// Its name; of an extension the full one in brackets.
    pub name: Box<str>,
    /// What it holds.
    pub kind: Kind,
    /// Whether there may be many: of map entries, too.
    pub is_list: bool,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `double`.
    Double,
    /// `float`.
    Float,
    /// `int32`.
    Int32,
    /// `int64`.
    Int64,
    /// `uint32`.
    Uint32,
    /// `uint64`.
    Uint64,
    /// `sint32`.
    Sint32,
    /// `sint64`.
    Sint64,
    /// `fixed32`.
    Fixed32,
    /// `fixed64`.
    Fixed64,
    /// `sfixed32`.
    Sfixed32,
    /// `sfixed64`.
    Sfixed64,
    /// `bool`.
    Bool,
    /// `string`.
    Text,
    /// `bytes`.
    Bytes,
    /// An enum of the schema.
    Enum(usize),
    /// A message of the schema.
    Message(usize),
    /// A message of the schema between two marks, as protobuf 2 has them.
    Group(usize),
}

/// An enum.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Enum {
    /// The names of its numbers; the first name of one that has two.
    pub names: BTreeMap<i32, Box<str>>,
    /// The number of what is not there.
    pub default: i32,
}

impl Schema {
    /// A schema of messages and enums that name each other by place; none when `root` is not among them, or what
    /// they name is not.
    pub fn new(root: &str, messages: Vec<Message>, enums: Vec<Enum>) -> Option<Self> {
        let is_there = |field: &Field| match field.kind {
            Kind::Enum(place) => place < enums.len(),
            Kind::Message(place) | Kind::Group(place) => place < messages.len(),
            Kind::Double
            | Kind::Float
            | Kind::Int32
            | Kind::Int64
            | Kind::Uint32
            | Kind::Uint64
            | Kind::Sint32
            | Kind::Sint64
            | Kind::Fixed32
            | Kind::Fixed64
            | Kind::Sfixed32
            | Kind::Sfixed64
            | Kind::Bool
            | Kind::Text
            | Kind::Bytes => true,
        };
        if !messages.iter().flat_map(|message| message.fields.values()).all(is_there) {
            return None;
        }
        let names = messages.iter().enumerate().map(|(place, message)| (message.name.clone(), place));
        let by_name: BTreeMap<_, _> = names.collect();
        let root = *by_name.get(root)?;
        let mut hasher = DefaultHasher::new();
        (root, &messages, &enums).hash(&mut hasher);
        let ports = BTreeMap::new();
        Some(Self { root, messages, enums, by_name, ports, stamp: hasher.finish() })
    }

    /// Has what lies in a message's field of bytes read where another field has this number.
    pub(super) fn lies_in(&mut self, message: &str, number: u64, port: Port) {
        self.ports.insert((message.into(), number), port);
    }

    /// What lies in the field of bytes of a message that says this number of itself.
    pub(super) fn port(&self, message: &Message, number_of: impl Fn(u32) -> Option<u64>) -> Option<Port> {
        let first = (message.name.clone(), 0);
        let (_, any) = self.ports.range(first..).next().filter(|((name, _), _)| *name == message.name)?;
        self.ports.get(&(message.name.clone(), number_of(any.told_by)?)).copied()
    }

    /// The full name of the message that payloads are.
    pub fn message(&self) -> &str {
        self.messages.get(self.root).map_or("", |message| &message.name)
    }

    /// The place of a message by its full name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// A number that other schemas do not have.
    pub const fn stamp(&self) -> u64 {
        self.stamp
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.stamp == other.stamp
    }
}

impl Eq for Schema {}
