//! `[[decoder]]` blocks, both ways: how payloads of topics are read. Owns their keys; opens no file, a schema's neither.
use super::table::{Reader, Value};
use super::tables::Kind;
use crate::decode::{Choice, Decoder, jq};
use crate::device::Rule;
use crate::device::rule::{MAX_RULES, Source};
use crate::mqtt::Filter;
use crate::warning::did_you_mean;
use std::sync::Arc;
use toml_edit::Array;

pub(super) const KEYS: &[&str] = &["filter", "decoder", "schema", "message", "include", "jq"];

const AUTO: &str = "auto";
const RAW: &str = "raw";

/// What the file calls a choice.
const fn name(choice: Choice) -> &'static str {
    match choice {
        Choice::Auto => AUTO,
        Choice::Raw => RAW,
        Choice::By(decoder) => decoder.name(),
    }
}

/// Reads all blocks. What is wrong with one is a fault of the file.
pub(super) fn read(reader: &mut Reader<'_>, blocks: Value<'_>) -> Vec<Rule> {
    let at = blocks.span().start;
    let blocks = reader.array("decoder", blocks, "tables, each headed [[decoder]]");
    if blocks.len() > MAX_RULES {
        let n = blocks.len();
        let words = format!(
            "{MAX_RULES} [[decoder]] blocks are the most, {n} are here; a filter with + or # covers many"
        );
        reader.fault(at, words);
        return Vec::new();
    }
    blocks.into_iter().filter_map(|block| one(reader, block)).collect()
}

fn one(reader: &mut Reader<'_>, block: Value<'_>) -> Option<Rule> {
    let at = block.span().start;
    let n_faults = reader.n_faults();
    let (mut filter, mut choice, mut file, mut message, mut jq) = (None, None, None, String::new(), None);
    let (mut include, mut beside): (Vec<String>, _) = (Vec::new(), None);
    for (key, item) in reader.table("decoder", block)? {
        let word = key.get_ref().as_ref();
        match word {
            "filter" => match reader.text(word, &item).as_deref().map(Filter::parse) {
                Some(Ok(read)) => filter = Some(read),
                Some(Err(error)) => reader.fault(item.span().start, error.to_string()),
                None => {}
            },
            "decoder" => choice = reader.text(word, &item).and_then(|text| of_name(reader, &item, &text)),
            "schema" => file = reader.text(word, &item),
            "message" => {
                message = reader.text(word, &item).unwrap_or_default();
                beside = beside.or((!message.is_empty()).then_some(item.span().start));
            }
            "include" => {
                let at = item.span().start;
                let list = reader.array(word, item, "a list such as [\"proto\"]");
                include = list.iter().filter_map(|directory| reader.text("include", directory)).collect();
                beside = beside.or((!include.is_empty()).then_some(at));
            }
            "jq" => jq = program(reader, &item).or(jq),
            _unknown => reader.unknown(&key, "[[decoder]]", KEYS),
        }
    }
    if filter.is_none() && reader.n_faults() == n_faults {
        reader.fault(at, "this [[decoder]] has no filter; write filter = \"sensors/#\"");
    }
    // A program alone says enough: what it reads is found out as ever.
    let choice = choice.or(jq.as_ref().map(|_| Choice::Auto));
    if choice.is_none() && reader.n_faults() == n_faults {
        reader.fault(at, "this [[decoder]] does not say by what; write decoder = \"json\", say");
    }
    if choice == Some(Choice::By(Decoder::Protobuf)) && file.is_none() && reader.n_faults() == n_faults {
        let words =
            "protobuf needs a schema; write schema = \"NAME.proto\", or decoder = \"protobuf-fields\"";
        reader.fault(at, words);
    }
    if let (Some(at), None) = (beside, &file) {
        reader.warn(at, "message and include say something of a schema, and there is none");
    }
    let schema = file.map(|file| Source { file, message, include, compiled: None });
    (reader.n_faults() == n_faults).then_some(Rule { filter: filter?, choice: choice?, schema, jq })
}

/// A jq program; one that can't be run is a fault. An empty one says something: it takes away what a wider filter says.
fn program(reader: &mut Reader<'_>, item: &Value<'_>) -> Option<Arc<str>> {
    if item.get_ref().as_str() == Some("") {
        return Some("".into());
    }
    let text = reader.text("jq", item)?;
    if !text.trim().is_empty()
        && let Err(fault) = jq::check(&text)
    {
        reader.fault(item.span().start, format!("this jq program can't be run: {fault}; jq = \"\" is none"));
    }
    Some(text.trim().into())
}

fn of_name(reader: &mut Reader<'_>, item: &Value<'_>, text: &str) -> Option<Choice> {
    let choice = Choice::all().find(|choice| name(*choice) == text);
    if choice.is_none() {
        let hint = did_you_mean(text, Choice::all().map(name));
        let hint = if hint.is_empty() {
            "; decoders are \"auto\", \"raw\", \"json\", \"cbor\", \"protobuf\", \"u16-be\" and others that the README lists"
                .to_owned()
        } else {
            hint
        };
        reader.fault(item.span().start, format!("there is no decoder {text:?}{hint}"));
    }
    choice
}

/// A filter has one decoder.
pub(super) const KIND: Kind<Rule, 6> =
    Kind { key: "decoder", is_same: |one, other| one.filter == other.filter, values };

/// The value of each key; `None` where it says nothing.
fn values(rule: &Rule) -> [(&'static str, Option<toml_edit::Value>); 6] {
    let source = rule.schema.as_ref();
    let include = source.map(|source| source.include.iter().collect::<Array>());
    [
        ("filter", Some(rule.filter.as_str().into())),
        ("decoder", Some(name(rule.choice).into())),
        ("schema", source.map(|source| source.file.as_str().into())),
        (
            "message",
            source.map(|source| source.message.as_str()).filter(|name| !name.is_empty()).map(Into::into),
        ),
        ("include", include.filter(|include| !include.is_empty()).map(Into::into)),
        ("jq", rule.jq.as_deref().map(Into::into)),
    ]
}
