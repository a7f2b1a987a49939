//! From descriptors to a schema as payloads are read by. Owns nothing but the way: each message and enum of the pool
//! gets a place, and fields name each other by it.
use crate::decode::Schema;
use crate::decode::schema::{Enum, Field, Kind, Message};
use prost_reflect::{DescriptorPool, EnumDescriptor, Kind as Described, MessageDescriptor};
use std::collections::{BTreeMap, HashMap};

/// Messages and enums of a schema: ten times what the largest public ones have.
const MAX_TYPES: usize = 100_000;

pub(super) fn converted(pool: &DescriptorPool, root: &MessageDescriptor) -> Result<Schema, String> {
    let messages: Vec<MessageDescriptor> = pool.all_messages().collect();
    let enums: Vec<EnumDescriptor> = pool.all_enums().collect();
    let n_types = messages.len() + enums.len();
    if n_types > MAX_TYPES {
        return Err(format!("it has {n_types} messages and enums, {MAX_TYPES} are the most"));
    }
    let places = Places {
        messages: messages.iter().enumerate().map(|(at, one)| (one.full_name(), at)).collect(),
        enums: enums.iter().enumerate().map(|(at, one)| (one.full_name(), at)).collect(),
    };
    let made = messages.iter().map(|message| places.message(message)).collect::<Option<Vec<_>>>();
    let schema = made.and_then(|made| Schema::new(root.full_name(), made, enums.iter().map(named).collect()));
    schema.ok_or_else(|| "its types do not fit together".to_owned())
}

struct Places<'a> {
    messages: HashMap<&'a str, usize>,
    enums: HashMap<&'a str, usize>,
}

impl Places<'_> {
    fn message(&self, message: &MessageDescriptor) -> Option<Message> {
        let mut fields = BTreeMap::new();
        for field in message.fields() {
            let kind = self.kind(&field.kind(), field.is_group())?;
            let is_list = field.is_list() || field.is_map();
            fields.insert(field.number(), Field { name: field.name().into(), kind, is_list });
        }
        for field in message.extensions() {
            let kind = self.kind(&field.kind(), field.is_group())?;
            let name = format!("[{}]", field.full_name()).into();
            fields.insert(field.number(), Field { name, kind, is_list: field.is_list() });
        }
        Some(Message { name: message.full_name().into(), fields, is_entry: message.is_map_entry() })
    }

    fn kind(&self, kind: &Described, is_group: bool) -> Option<Kind> {
        Some(match kind {
            Described::Double => Kind::Double,
            Described::Float => Kind::Float,
            Described::Int32 => Kind::Int32,
            Described::Int64 => Kind::Int64,
            Described::Uint32 => Kind::Uint32,
            Described::Uint64 => Kind::Uint64,
            Described::Sint32 => Kind::Sint32,
            Described::Sint64 => Kind::Sint64,
            Described::Fixed32 => Kind::Fixed32,
            Described::Fixed64 => Kind::Fixed64,
            Described::Sfixed32 => Kind::Sfixed32,
            Described::Sfixed64 => Kind::Sfixed64,
            Described::Bool => Kind::Bool,
            Described::String => Kind::Text,
            Described::Bytes => Kind::Bytes,
            Described::Message(message) => {
                let place = *self.messages.get(message.full_name())?;
                if is_group { Kind::Group(place) } else { Kind::Message(place) }
            }
            Described::Enum(choices) => Kind::Enum(*self.enums.get(choices.full_name())?),
        })
    }
}

fn named(choices: &EnumDescriptor) -> Enum {
    let mut names = BTreeMap::new();
    for value in choices.values() {
        names.entry(value.number()).or_insert_with(|| value.name().into());
    }
    Enum { names, default: choices.default_value().number() }
}
