//! `[[filter]]` blocks, both ways: view filters with names. Owns their keys; the language of the filters is `sift`'s.
use super::table::{Reader, Value};
use super::tables::Kind;
use crate::sift::named::{MAX_NAMED, Named, check_name};
use crate::sift::{self, MAX_BYTES};

pub(super) const KEYS: &[&str] = &["name", "filter"];

/// Two names in one block would be two filters.
pub(super) const KIND: Kind<Named, 2> = Kind {
    key: "filter",
    is_same: |one, other| one.name == other.name,
    values: |named| {
        [("name", Some(named.name.as_str().into())), ("filter", Some(named.text.as_str().into()))]
    },
};

/// Reads all blocks. A text that is no filter is told and kept, to be mended; it keeps nobody from a broker.
pub(super) fn read(reader: &mut Reader<'_>, blocks: Value<'_>) -> Vec<Named> {
    let at = blocks.span().start;
    let blocks = reader.array("filter", blocks, "tables, each headed [[filter]]");
    if blocks.len() > MAX_NAMED {
        let n = blocks.len();
        reader.fault(at, format!("{MAX_NAMED} [[filter]] blocks are the most, {n} are here; take some out"));
        return Vec::new();
    }
    let mut all: Vec<Named> = Vec::new();
    for block in blocks {
        let at = block.span().start;
        let Some(named) = one(reader, block) else { continue };
        if all.iter().any(|known| known.name == named.name) {
            let name = &named.name;
            reader.fault(at, format!("two [[filter]] blocks have the name {name:?}; give one another name"));
        } else {
            all.push(named);
        }
    }
    all
}

fn one(reader: &mut Reader<'_>, block: Value<'_>) -> Option<Named> {
    let at = block.span().start;
    let n_faults = reader.n_faults();
    let (mut name, mut text) = (None, None);
    for (key, item) in reader.table("filter", block)? {
        let (word, at) = (key.get_ref().as_ref(), item.span().start);
        match word {
            "name" => {
                name = reader.text(word, &item);
                if let Some(Err(words)) = name.as_deref().map(check_name) {
                    reader.fault(at, words);
                }
            }
            "filter" => {
                text = reader.text(word, &item);
                let text = text.as_deref().unwrap_or_default();
                if text.len() > MAX_BYTES {
                    reader.fault(
                        at,
                        format!("a filter has {MAX_BYTES} bytes at most; this has {}", text.len()),
                    );
                } else if let Err(error) = sift::parse(text) {
                    reader.warn(at, format!("{error}; f and alt-o bring it back to be mended"));
                }
            }
            _unknown => reader.unknown(&key, "[[filter]]", KEYS),
        }
    }
    if name.is_none() && reader.n_faults() == n_faults {
        reader.fault(at, "this [[filter]] has no name; write name = \"ovens\"");
    }
    if text.as_deref().is_none_or(|text| text.trim().is_empty()) && reader.n_faults() == n_faults {
        reader.fault(at, "this [[filter]] lets all through; write filter = \"oven value:>200\"");
    }
    (reader.n_faults() == n_faults).then_some(Named { name: name?, text: text?.trim().to_owned() })
}
