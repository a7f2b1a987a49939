//! Typed looks into a TOML table. Owns the words for a value that is not what its key wants, and where it stands.
use super::Fault;
use super::typed::of_hex;
use crate::warning::{Warning, did_you_mean, line_of};
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value with its place in the file.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// Faults and warnings told, each: a screen and more of them, and nobody mends a thousand by hand.
const MAX_TOLD: usize = 50;

/// A path as a device file spells it: relative to the file's directory, `~/` to the home.
pub(in crate::config) fn path_from(directory: &Path, text: &str) -> PathBuf {
    match (text.strip_prefix("~/"), etcetera::home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        (Some(_) | None, _) => directory.join(text),
    }
}

/// Takes values out of a file's tables and gathers what is wrong with them.
pub(super) struct Reader<'a> {
    pub text: &'a str,
    /// What is read of it as tables; its places are those of `text`.
    pub rest: &'a str,
    pub label: &'a str,
    /// What relative paths are relative to.
    pub directory: &'a Path,
    pub faults: Vec<Fault>,
    pub warnings: Vec<Warning>,
    /// Whether it is no TOML.
    pub is_broken: bool,
    /// Those that came when there were enough.
    n_untold_faults: usize,
    n_untold_warnings: usize,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str, rest: &'a str, label: &'a str, directory: &'a Path) -> Self {
        Self {
            text,
            rest,
            label,
            directory,
            faults: Vec::new(),
            warnings: Vec::new(),
            is_broken: false,
            n_untold_faults: 0,
            n_untold_warnings: 0,
        }
    }

    /// All of them, those untold included.
    pub fn n_faults(&self) -> usize {
        self.faults.len() + self.n_untold_faults
    }

    /// What is wrong and what was passed over, in the order of the file, not of the tables.
    pub fn told(mut self) -> (Vec<Fault>, Vec<Warning>) {
        self.faults.sort_by_key(|fault| (fault.line, fault.column));
        self.warnings.sort_by_key(|warning| warning.line);
        if let (Some(last), n @ 1..) = (self.faults.last(), self.n_untold_faults) {
            let text = format!("{n} more faults are not shown; mend these first");
            self.faults.push(Fault { text, ..*last });
        }
        if let n @ 1.. = self.n_untold_warnings {
            let text = format!("{n} more warnings are not shown");
            self.warnings.push(Warning { file: self.label.to_owned(), line: None, text });
        }
        (self.faults, self.warnings)
    }

    /// The file's top table, as far as it can be read.
    pub fn top(&mut self) -> DeTable<'a> {
        let (table, errors) = DeTable::parse_recoverable(self.rest);
        for error in errors {
            self.is_broken = true;
            let at = error.span().map_or(0, |span| span.start);
            let words = error.message().lines().collect::<Vec<_>>().join(", ");
            self.fault(at, format!("this is no TOML: {words}"));
        }
        table.into_inner()
    }

    /// Something that must be put right before the file can be used.
    pub fn fault(&mut self, offset: usize, text: impl Into<String>) {
        if self.faults.len() == MAX_TOLD {
            self.n_untold_faults += 1;
            return;
        }
        let line = line_of(self.text, offset);
        let before = self.text.get(..offset).unwrap_or(self.text);
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        self.faults.push(Fault { line, column, text: text.into() });
    }

    pub fn warn(&mut self, offset: usize, text: impl Into<String>) {
        if self.warnings.len() == MAX_TOLD {
            self.n_untold_warnings += 1;
            return;
        }
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
        Some(path_from(self.directory, &self.text(key, value)?))
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
        match of_hex(&text) {
            Some(bytes) => Some(bytes),
            None => self.wrong(key, value, "pairs of hexadecimal digits"),
        }
    }
}
