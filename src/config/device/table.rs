//! Typed looks into a TOML table. Owns the words for a value that is not what its key wants, and where it stands.
use super::Fault;
use crate::warning::{Warning, did_you_mean, line_of};
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value with its place in the file.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// Takes values out of a file's tables and gathers what is wrong with them.
pub(super) struct Reader<'a> {
    pub text: &'a str,
    pub label: &'a str,
    /// What relative paths are relative to.
    pub directory: &'a Path,
    pub faults: Vec<Fault>,
    pub warnings: Vec<Warning>,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str, label: &'a str, directory: &'a Path) -> Self {
        Self { text, label, directory, faults: Vec::new(), warnings: Vec::new() }
    }

    /// The file's top table, as far as it can be read.
    pub fn top(&mut self) -> DeTable<'a> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            let words = error.message().lines().collect::<Vec<_>>().join(", ");
            self.fault(at, format!("this is no TOML: {words}"));
        }
        table.into_inner()
    }

    /// Something that must be put right before the file can be used.
    pub fn fault(&mut self, offset: usize, text: impl Into<String>) {
        let line = line_of(self.text, offset);
        let before = self.text.get(..offset).unwrap_or(self.text);
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        self.faults.push(Fault { line, column, text: text.into() });
    }

    pub fn warn(&mut self, offset: usize, text: impl Into<String>) {
        self.warnings.push(Warning::at(self.label, self.text, offset, text));
    }

    /// A key that nobody knows: passed over, not lost.
    pub fn unknown(&mut self, key: &Spanned<std::borrow::Cow<'_, str>>, table: &str, known: &[&str]) {
        let name = key.get_ref().as_ref();
        let text = format!("{table} has no key {name:?}{}", did_you_mean(name, known.iter().copied()));
        self.warn(key.span().start, text);
    }

    fn wrong<T>(&mut self, key: &str, value: &Value<'_>, wanted: &str) -> Option<T> {
        self.fault(value.span().start, format!("{key} must be {wanted}"));
        None
    }

    pub fn table<'v>(&mut self, key: &str, value: Value<'v>) -> Option<DeTable<'v>> {
        let at = value.span().start;
        if let DeValue::Table(table) = value.into_inner() {
            return Some(table);
        }
        self.fault(at, format!("{key} must be a table"));
        None
    }

    pub fn array<'v>(&mut self, key: &str, value: Value<'v>, wanted: &str) -> Vec<Value<'v>> {
        let at = value.span().start;
        if let DeValue::Array(array) = value.into_inner() {
            return array.into_iter().collect();
        }
        self.fault(at, format!("{key} must be {wanted}"));
        Vec::new()
    }

    /// A text; an empty one means that there is none.
    pub fn text(&mut self, key: &str, value: &Value<'_>) -> Option<String> {
        match value.get_ref().as_str() {
            Some("") => None,
            Some(text) => Some(text.to_owned()),
            None => self.wrong(key, value, "a text in quotes"),
        }
    }

    /// A path, relative to the file's directory, `~/` to the home.
    pub fn path(&mut self, key: &str, value: &Value<'_>) -> Option<PathBuf> {
        let text = self.text(key, value)?;
        if let (Some(rest), Ok(home)) = (text.strip_prefix("~/"), etcetera::home_dir()) {
            return Some(home.join(rest));
        }
        Some(self.directory.join(text))
    }

    pub fn flag(&mut self, key: &str, value: &Value<'_>) -> Option<bool> {
        match value.get_ref().as_bool() {
            Some(flag) => Some(flag),
            None => self.wrong(key, value, "true or false"),
        }
    }

    pub fn number(&mut self, key: &str, value: &Value<'_>, least: u32, most: u32) -> Option<u32> {
        let number = value.get_ref().as_integer().and_then(|written| {
            let digits = written.as_str().replace('_', "");
            i64::from_str_radix(&digits, written.radix()).ok()
        });
        let number = number.and_then(|number| u32::try_from(number).ok());
        match number.filter(|number| (least..=most).contains(number)) {
            Some(number) => Some(number),
            None => self.wrong(key, value, &format!("a number from {least} to {most}")),
        }
    }

    /// A number that fits sixteen bits.
    pub fn small(&mut self, key: &str, value: &Value<'_>, least: u16) -> Option<u16> {
        let number = self.number(key, value, u32::from(least), u32::from(u16::MAX))?;
        u16::try_from(number).ok()
    }

    /// Bytes written as hexadecimal digits.
    pub fn hex(&mut self, key: &str, value: &Value<'_>) -> Option<Vec<u8>> {
        let text = self.text(key, value)?;
        let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
        match digits.filter(|digits| digits.len() % 2 == 0) {
            Some(digits) => {
                let byte = |pair: &[u32]| pair.iter().fold(0, |byte, digit| byte << 4 | digit);
                Some(digits.chunks(2).filter_map(|pair| u8::try_from(byte(pair)).ok()).collect())
            }
            None => self.wrong(key, value, "pairs of hexadecimal digits"),
        }
    }
}
