//! Batch files: a publication a line, as JSON Lines or CSV. Owns their bounds and the words for bad lines; sends nothing.
mod lines;
mod rows;
#[cfg(test)]
mod tests;
mod undo;

pub use undo::UndoFile;

use crate::model::bulk::MAX_ROWS;
use crate::mqtt::{Publication, Qos, Topic};
use etcetera::{BaseStrategy, choose_base_strategy, home_dir};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Bytes of one file: 640 a publication when it holds the most.
pub const MAX_BYTES: u64 = 128 << 20;

/// Bad lines told one by one; further ones are only counted.
const MAX_TOLD: usize = 20;

/// Why nothing of a file can be used: each line names the place and the remedy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BadFile {
    /// The first of them.
    pub told: Vec<String>,
    /// How many there are.
    pub n_bad: usize,
}

impl BadFile {
    fn one(words: String) -> Self {
        Self { told: vec![words], n_bad: 1 }
    }

    fn add(&mut self, words: String) {
        self.n_bad += 1;
        if self.told.len() < MAX_TOLD {
            self.told.push(words);
        }
    }

    /// What is wrong, a line each; the last one counts what is not told.
    pub fn words(mut self) -> Vec<String> {
        if self.n_bad > self.told.len() {
            let n = self.n_bad - self.told.len();
            self.told.push(format!("and {n} more bad lines"));
        }
        self.told
    }
}

/// What is read so far.
#[derive(Default)]
struct Reading {
    publications: Vec<Publication>,
    bad: BadFile,
}

impl Reading {
    /// Takes a line's publication, or notes what is wrong with it. `false`: the bound is reached.
    fn take(&mut self, name: &str, place: &str, read: Result<Publication, String>) -> bool {
        match read {
            Ok(_) if self.publications.len() == MAX_ROWS => {
                let words =
                    format!("{name}:{place}: at most {MAX_ROWS} publications in a file; split it here");
                self.bad.add(words);
                return false;
            }
            // Of what won't be sent nothing need be kept.
            Ok(_) if self.bad.n_bad > 0 => {}
            Ok(publication) => self.publications.push(publication),
            Err(words) => self.bad.add(format!("{name}:{place}: {words}")),
        }
        true
    }

    fn done(self) -> Result<Vec<Publication>, BadFile> {
        if self.bad.n_bad > 0 { Err(self.bad) } else { Ok(self.publications) }
    }
}

/// Where undo files of sweeps lie; `None` without a home.
pub fn undo_directory() -> Option<PathBuf> {
    choose_base_strategy().ok()?.state_dir().map(|state| state.join("mqttscope").join("undo"))
}

/// A path as a person types it: `~/` is the home.
pub fn path_of(text: &str) -> PathBuf {
    let text = text.trim();
    match (text.strip_prefix("~/"), home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        (Some(_) | None, _) => PathBuf::from(text),
    }
}

/// Reads all publications of a file: CSV where its name ends so or its first line is no JSON, else JSON Lines.
/// One bad line, and none of it is used.
pub fn read(path: &Path) -> Result<Vec<Publication>, BadFile> {
    let name = path.display().to_string();
    let unreadable = |error: &io::Error| BadFile::one(format!("{name} can't be read: {error}"));
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let metadata = file.metadata().map_err(|error| unreadable(&error))?;
    if metadata.is_dir() {
        return Err(BadFile::one(format!("{name} is a directory; name a file in it")));
    }
    if metadata.len() > MAX_BYTES {
        let words = format!(
            "{name} has {} bytes; a batch file has at most {MAX_BYTES}: split it, or pipe it into mosquitto_pub -l",
            metadata.len()
        );
        return Err(BadFile::one(words));
    }
    // What is no plain file has no length, and may never end.
    let mut input = BufReader::new(file.take(MAX_BYTES));
    skip_byte_order_mark(&mut input).map_err(|error| unreadable(&error))?;
    let first = first_byte(&mut input).map_err(|error| unreadable(&error))?;
    let Some(first) = first else {
        return Err(BadFile::one(format!("{name} is empty; a line looks like {}", lines::EXAMPLE)));
    };
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match ending.as_deref() {
        Some("csv") => rows::read(&name, input),
        Some("jsonl" | "ndjson") => lines::read(&name, input),
        _ if matches!(first, b'{' | b'[') => lines::read(&name, input),
        _ => rows::read(&name, input),
    }
}

fn skip_byte_order_mark(input: &mut impl BufRead) -> io::Result<()> {
    if input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    Ok(())
}

/// The first byte that is no blank, left where it is as far as the buffer reaches.
fn first_byte(input: &mut impl BufRead) -> io::Result<Option<u8>> {
    let buffer = input.fill_buf()?;
    Ok(buffer.iter().copied().find(|byte| !byte.is_ascii_whitespace()).or(buffer.first().copied()))
}

/// What an export marks as not whole is not published: it would be another payload, or none.
fn whole(is_cut: bool, is_evicted: bool) -> Result<(), String> {
    match (is_cut, is_evicted) {
        (_, true) => Err("its payload was evicted before it was exported; take this line out".to_owned()),
        (true, false) => {
            Err("its payload is only the beginning of what was heard; take this line out".to_owned())
        }
        (false, false) => Ok(()),
    }
}

fn topic(text: &str) -> Result<Topic, String> {
    Topic::parse(text).map_err(|error| error.to_string())
}

fn qos(text: &str) -> Result<Qos, String> {
    let bits = text.trim().parse().ok().and_then(Qos::from_bits);
    bits.ok_or_else(|| format!("QoS is 0, 1 or 2, not {text:?}"))
}

fn base64(text: &str) -> Result<Vec<u8>, String> {
    let text = text.trim();
    data_encoding::BASE64
        .decode(text.as_bytes())
        .or_else(|_with_padding| data_encoding::BASE64_NOPAD.decode(text.as_bytes()))
        .map_err(|error| format!("the base64 is not valid: {error}; write it as base64 -w0 does"))
}

fn hex(text: &str) -> Result<Vec<u8>, String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | ':')).collect();
    let digits = digits.strip_prefix("0x").unwrap_or(&digits);
    data_encoding::HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).map_err(|error| {
        format!("the hexadecimal digits are not valid: {error}; they come in pairs, 0-9 a-f")
    })
}
