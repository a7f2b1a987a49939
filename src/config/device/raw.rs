//! A node's values as a file writes them, each with its place. Owns the way from text to keys and values: short for
//! what this program writes itself, through the TOML reader for everything else; knows no node.
use super::table::Reader;
use std::borrow::Cow;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it begins in the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Raw<'a> {
    pub at: usize,
    pub is: Is<'a>,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Is<'a> {
    Text(Cow<'a, str>),
    Int(i64),
    /// A float, or an integer beyond 64 bits.
    Float(f64),
    Flag(bool),
    List(Vec<Raw<'a>>),
    Table(Entries<'a>),
    /// A date or a time, which no key takes.
    Date,
}

/// A key and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key<'a> {
    pub at: usize,
    pub name: Cow<'a, str>,
}

/// A table's keys and values, in the order of the file where that is known.
pub(super) type Entries<'a> = Vec<(Key<'a>, Raw<'a>)>;

/// The keys and values of one `[[node]]` block that begins at `at` of the file; `None` when it is no TOML.
pub(super) fn block(text: &str, at: usize) -> Option<Entries<'_>> {
    if let Some(entries) = plain(text, at) {
        return Some(entries);
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return None;
    }
    let nodes = table.into_inner().into_iter().find(|(key, _)| key.get_ref() == "node")?.1;
    match nodes.into_inner() {
        DeValue::Array(nodes) => match of_toml(nodes.into_iter().next()?, at).is {
            Is::Table(entries) => Some(entries),
            Is::Text(_) | Is::Int(_) | Is::Float(_) | Is::Flag(_) | Is::List(_) | Is::Date => None,
        },
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Table(_) => None,
    }
}

/// A value as the TOML reader gives it, places counted on from `base`.
pub(super) fn of_toml(value: Spanned<DeValue<'_>>, base: usize) -> Raw<'_> {
    let at = base + value.span().start;
    let is = match value.into_inner() {
        DeValue::String(text) => Is::Text(text),
        DeValue::Integer(written) => {
            let digits = written.as_str().replace('_', "");
            match i64::from_str_radix(&digits, written.radix()) {
                Ok(number) => Is::Int(number),
                Err(_too_large) => Is::Float(digits.parse().unwrap_or(f64::NAN)),
            }
        }
        DeValue::Float(written) => Is::Float(written.as_str().replace('_', "").parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(flag) => Is::Flag(flag),
        DeValue::Datetime(_) => Is::Date,
        DeValue::Array(values) => Is::List(values.into_iter().map(|value| of_toml(value, base)).collect()),
        DeValue::Table(table) => Is::Table(
            table
                .into_iter()
                .map(|(key, value)| {
                    let at = base + key.span().start;
                    (Key { at, name: key.into_inner() }, of_toml(value, base))
                })
                .collect(),
        ),
    };
    Raw { at, is }
}

/// A block as this program writes them: the header, then a key and a short value a line. `None` for anything else,
/// be it right or wrong.
fn plain(text: &str, at: usize) -> Option<Entries<'_>> {
    let mut entries: Entries<'_> = Vec::with_capacity(8);
    let (mut has_header, mut line_at) = (false, at);
    for line in text.split('\n') {
        if line.is_empty() || (line.starts_with('#') && is_printable(line)) {
        } else if !has_header {
            has_header = line == "[[node]]";
            if !has_header {
                return None;
            }
        } else {
            let (key, value) = pair(line, line_at)?;
            let (value, behind) = plain_value(value, line_at + (line.len() - value.len()))?;
            if !behind.is_empty() || entries.iter().any(|(known, _)| known.name == key.name) {
                return None;
            }
            entries.push((key, value));
        }
        line_at += line.len() + 1;
    }
    has_header.then_some(entries)
}

/// A bare key, and what stands behind its ` = `.
fn pair(text: &str, at: usize) -> Option<(Key<'_>, &str)> {
    let (name, value) = text.split_once(" = ")?;
    let is_bare = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_bare.then_some((Key { at, name: Cow::Borrowed(name) }, value))
}

/// A value at the beginning of a text, and what stands behind it. Lists and tables hold no others.
fn plain_value(text: &str, at: usize) -> Option<(Raw<'_>, &str)> {
    let place = |rest: &str| at + (text.len() - rest.len());
    if let Some(mut rest) = text.strip_prefix('[') {
        let mut list = Vec::new();
        while !rest.starts_with(']') {
            let (is, behind) = scalar(rest)?;
            list.push(Raw { at: place(rest), is });
            rest = behind.strip_prefix(", ").filter(|rest| !rest.starts_with(']')).unwrap_or(behind);
            if rest.len() == behind.len() && !rest.starts_with(']') {
                return None;
            }
        }
        return Some((Raw { at, is: Is::List(list) }, rest.strip_prefix(']')?));
    }
    if let Some(mut rest) = text.strip_prefix("{ ") {
        let mut table: Entries<'_> = Vec::new();
        loop {
            let (key, value) = pair(rest, place(rest))?;
            let (is, behind) = scalar(value)?;
            if table.iter().any(|(known, _)| known.name == key.name) {
                return None;
            }
            table.push((key, Raw { at: place(value), is }));
            if let Some(behind) = behind.strip_prefix(" }") {
                return Some((Raw { at, is: Is::Table(table) }, behind));
            }
            rest = behind.strip_prefix(", ")?;
        }
    }
    scalar(text).map(|(is, behind)| (Raw { at, is }, behind))
}

fn scalar(text: &str) -> Option<(Is<'_>, &str)> {
    if let Some(inner) = text.strip_prefix('"') {
        let (inner, behind) = inner.split_once('"')?;
        // `""` may be the beginning of a text of several lines.
        let is_plain = is_printable(inner) && !inner.contains('\\') && !behind.starts_with('"');
        return is_plain.then_some((Is::Text(Cow::Borrowed(inner)), behind));
    }
    if let Some(behind) = text.strip_prefix("true") {
        return Some((Is::Flag(true), behind));
    }
    if let Some(behind) = text.strip_prefix("false") {
        return Some((Is::Flag(false), behind));
    }
    let n_bytes = text.bytes().take_while(|byte| matches!(byte, b'-' | b'.' | b'0'..=b'9')).count();
    let (number, behind) = text.split_at_checked(n_bytes)?;
    let is_over = !behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '+' | ':'));
    plain_number(number).filter(|_| is_over).map(|is| (is, behind))
}

fn plain_number(text: &str) -> Option<Is<'_>> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').map_or((digits, None), |(whole, part)| (whole, Some(part)));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || (whole.len() > 1 && whole.starts_with('0')) {
        return None;
    }
    match part {
        None => text.parse().ok().map(Is::Int),
        Some(part) if is_digits(part) => text.parse().ok().map(Is::Float),
        Some(_) => None,
    }
}

/// Whether a comment or a text holds nothing that TOML forbids or reads differently.
fn is_printable(text: &str) -> bool {
    text.bytes().all(|byte| byte >= b' ' && byte != 0x7F)
}

impl Raw<'_> {
    /// A text; an empty one means that there is none.
    pub fn text(&self, reader: &mut Reader<'_>, key: &str) -> Option<String> {
        match &self.is {
            Is::Text(text) if text.is_empty() => None,
            Is::Text(text) => Some(text.as_ref().to_owned()),
            Is::Int(_) | Is::Float(_) | Is::Flag(_) | Is::List(_) | Is::Table(_) | Is::Date => {
                reader.fault(self.at, format!("{key} must be a text in quotes"));
                None
            }
        }
    }

    pub fn flag(&self, reader: &mut Reader<'_>, key: &str) -> Option<bool> {
        match self.is {
            Is::Flag(flag) => Some(flag),
            Is::Text(_) | Is::Int(_) | Is::Float(_) | Is::List(_) | Is::Table(_) | Is::Date => {
                reader.fault(self.at, format!("{key} must be true or false"));
                None
            }
        }
    }

    /// A number that is not infinite.
    pub fn number(&self) -> Option<f64> {
        match self.is {
            #[expect(
                clippy::cast_precision_loss,
                reason = "bounds are floats; beyond 2^53 the nearest one serves"
            )]
            Is::Int(number) => Some(number as f64),
            Is::Float(number) => number.is_finite().then_some(number),
            Is::Text(_) | Is::Flag(_) | Is::List(_) | Is::Table(_) | Is::Date => None,
        }
    }

    /// A whole number within bounds.
    pub fn whole(&self, reader: &mut Reader<'_>, key: &str, least: i64, most: i64) -> Option<i64> {
        match self.is {
            Is::Int(number) if (least..=most).contains(&number) => Some(number),
            Is::Int(_) | Is::Text(_) | Is::Float(_) | Is::Flag(_) | Is::List(_) | Is::Table(_) | Is::Date => {
                reader.fault(self.at, format!("{key} must be a whole number from {least} to {most}"));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_toml(text: &str) -> Option<Entries<'_>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        let nodes = errors.is_empty().then(|| table.into_inner().into_iter().next())??.1;
        let DeValue::Array(nodes) = nodes.into_inner() else { return None };
        match of_toml(nodes.into_iter().next()?, 0).is {
            Is::Table(mut entries) => {
                entries.sort_by_key(|(key, _)| key.at);
                Some(entries)
            }
            Is::Text(_) | Is::Int(_) | Is::Float(_) | Is::Flag(_) | Is::List(_) | Is::Date => None,
        }
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_reads_what_toml_reads(
            lines in proptest::collection::vec(
                "(# é\\PC{0,3}|[a-z_]{1,3} = (\"[a é/\\\\\"#]{0,6}\"|-?[0-9]{1,4}(\\.[0-9_]{0,3})?|true|fals?e|\\[(-?[0-9]|\"b\"|, |,){0,5}\\]|\\{( a = (\"b]\"|1),?){0,2} ?\\})?[ #]?)?",
                0..4,
            ),
        ) {
            let text = format!("[[node]]\n{}", lines.join("\n"));
            if let Some(entries) = plain(&text, 0) {
                proptest::prop_assert_eq!(Some(entries), by_toml(&text), "{}", text);
            }
        }
    }
}
