//! Secrets in a device file, both ways. Owns the table that says where one comes from; resolves none.
use super::table::{Reader, Value};
use crate::mqtt::Secret;
use crate::mqtt::profile::PasswordSource;
use toml_edit::InlineTable;

pub(super) const PASSWORD: &[&str] = &["env", "file", "command", "plain"];

/// The ways that keep a secret out of the file.
const WAYS: &str = "{ env = \"VARIABLE\" }, { file = \"path\" } or { command = \"…\" }";

/// What a table says: where the secret comes from, or the secret itself.
pub(super) enum Said {
    From(PasswordSource),
    Plain(Secret),
}

/// A password; `None` when there is none, or something is wrong with it.
pub(super) fn password(reader: &mut Reader<'_>, key: &str, value: Value<'_>) -> Option<Said> {
    let at = value.span().start;
    if value.get_ref().as_str().is_some() {
        let words = format!("{key} must be {WAYS}; to keep it in plain text, say so: {{ plain = \"…\" }}");
        reader.fault(at, words);
        return None;
    }
    table(reader, key, value)
}

/// A header's value, which may stand there as a text; most are no secrets.
pub(super) fn header(reader: &mut Reader<'_>, name: &str, value: Value<'_>) -> Option<Said> {
    if value.get_ref().is_table() {
        return table(reader, name, value);
    }
    if value.get_ref().as_str().is_none() {
        reader.fault(value.span().start, format!("the header {name:?} must be a text in quotes, {WAYS}"));
        return None;
    }
    reader.text(name, &value).map(|text| Said::Plain(Secret::new(text.into_bytes())))
}

fn table(reader: &mut Reader<'_>, key: &str, value: Value<'_>) -> Option<Said> {
    let at = value.span().start;
    let (mut said, mut n_ways) = (None, 0);
    for (way, value) in reader.table(key, value)? {
        let name = way.get_ref().as_ref();
        let from = match name {
            "env" => reader.text(name, &value).map(PasswordSource::Variable).map(Said::From),
            "file" => reader.path(name, &value).map(PasswordSource::File).map(Said::From),
            "command" => reader.text(name, &value).map(PasswordSource::Command).map(Said::From),
            "plain" => reader.text(name, &value).map(|text| Said::Plain(Secret::new(text.into_bytes()))),
            _unknown => {
                reader.unknown(&way, key, PASSWORD);
                None
            }
        };
        n_ways += usize::from(from.is_some());
        said = from.or(said);
    }
    if n_ways > 1 {
        reader.fault(at, format!("{key} comes one way alone: {WAYS}"));
    }
    said
}

/// The table that says where a secret comes from; `None` where it was given.
pub(super) fn written(source: &PasswordSource) -> Option<InlineTable> {
    let (way, text) = match source {
        PasswordSource::Variable(name) => ("env", name.clone()),
        PasswordSource::File(path) => ("file", path.to_string_lossy().into_owned()),
        PasswordSource::Command(line) => ("command", line.clone()),
        PasswordSource::Given => return None,
    };
    Some(InlineTable::from_iter([(way, text)]))
}
