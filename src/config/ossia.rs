//! ossia score's `.device` files, both ways. Owns what of a device score has words for, and the report of the rest.
//!
//! The format is known from score's sources (2026), not from a file that score wrote. What score has no words for is
//! kept in members named `mqttscope`, which it passes over when it reads and leaves out when it writes.
mod export;
mod import;
#[cfg(test)]
mod tests;
mod words;

pub use export::export;
pub use import::{Imported, OssiaError, import};

use super::device::{DeviceError, read_text};
use super::files;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// What the format is known from; for whoever reads a command's output.
pub const PROVENANCE: &str = "the .device format is known from ossia score's sources, not from a file that score wrote; check what came of it";

/// The protocol of score's MQTT devices.
pub const PROTOCOL: &str = "b960ea7e-b4bc-4207-af52-4bf806279b6a";

/// The member that holds what score has no words for.
const EXTENSION: &str = "mqttscope";

/// Topics named in the report for each thing: enough to find them by.
const MAX_NAMED: usize = 3;

/// What has no counterpart on the other side: what, how often, and where at first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    lost: BTreeMap<String, (usize, Vec<String>)>,
}

/// Reads a file's text, within bounds.
pub fn load(path: &Path) -> Result<String, DeviceError> {
    read_text(path)
}

/// Writes a whole file, or none.
pub fn save(path: &Path, text: &str) -> io::Result<()> {
    files::write_whole(path, text.as_bytes())
}

impl Report {
    fn add(&mut self, what: &str, place: &str) {
        if !self.lost.contains_key(what) {
            self.lost.insert(what.to_owned(), (0, Vec::new()));
        }
        if let Some((n, places)) = self.lost.get_mut(what) {
            *n += 1;
            if places.len() < MAX_NAMED && !place.is_empty() {
                places.push(place.to_owned());
            }
        }
    }

    /// How many things.
    pub fn n_lost(&self) -> usize {
        self.lost.values().map(|(n, _)| n).sum()
    }

    /// One line for each kind of thing.
    pub fn lines(&self) -> Vec<String> {
        let line = |(what, (n, places)): (&String, &(usize, Vec<String>))| {
            let more = if *n > places.len() && !places.is_empty() { ", …" } else { "" };
            match places.as_slice() {
                [] => what.clone(),
                places => format!("{what}: {n} ({}{more})", places.join(", ")),
            }
        };
        self.lost.iter().map(line).collect()
    }
}
