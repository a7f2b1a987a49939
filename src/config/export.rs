//! Exports and copies on their way to a file. Owns which one is open, and texts that stay in memory until they get
//! too long; what messages look like is the formats', how a file comes about whole is `whole`'s.
pub mod copies;
mod formats;
#[cfg(test)]
mod tests;
mod tree;
mod whole;

use super::batch::path_of;
use crate::model::export::steps::{Done, Failed, Row, Step, Target};
use formats::Writer;
use std::path::PathBuf;
use whole::WholeFile;

/// Where exports are written, one at a time.
#[derive(Debug, Default)]
pub struct Exports {
    /// Where texts go that no clipboard takes; `None`: there is no home.
    pub copies: Option<PathBuf>,
    open: Option<(u32, Open)>,
}

/// An export that is open.
#[derive(Debug)]
struct Open {
    writer: Writer,
    to: To,
}

/// Where its bytes go.
#[derive(Debug)]
enum To {
    File(WholeFile),
    /// A text, up to so many bytes; beyond them a file of ours by this name.
    Text {
        text: Vec<u8>,
        max_bytes: usize,
        name: String,
    },
}

impl Exports {
    /// Exports whose texts may go to the user's directory of state.
    pub fn of_user() -> Self {
        Self::new(copies::directory())
    }

    /// Exports whose texts may go to a directory of ours.
    pub const fn new(copies: Option<PathBuf>) -> Self {
        Self { copies, open: None }
    }

    /// Takes a step of the export of a number. Nothing is answered when it is taken away.
    pub fn step(&mut self, number: u32, step: Step) -> Option<Result<Done, Failed>> {
        let none = || Failed::Words("there is no export that is being written".to_owned());
        let done = match step {
            Step::Begin(target, format) => self.begin(number, target, Writer::new(format)),
            Step::Discard => {
                // What is dropped takes its file along.
                self.open.take_if(|(open, _)| *open == number);
                return None;
            }
            Step::Add(rows) => match &mut self.open {
                Some((open, export)) if *open == number => export.add(&rows, self.copies.as_ref()),
                Some(_) | None => Err(none()),
            },
            Step::Finish => match self.open.take_if(|(open, _)| *open == number) {
                Some((_, export)) => export.finish(self.copies.as_ref()),
                None => Err(none()),
            },
        };
        if done.is_err() {
            self.open = None;
        }
        Some(done)
    }

    fn begin(&mut self, number: u32, target: Target, writer: Writer) -> Result<Done, Failed> {
        self.open = None;
        let to = match target {
            Target::File { path, overwrites } => To::File(WholeFile::create(&path_of(&path), overwrites)?),
            Target::Text { max_bytes, name } => To::Text { text: Vec::new(), max_bytes, name },
        };
        let mut export = Open { writer, to };
        let mut bytes = Vec::new();
        export.writer.begin(&mut bytes);
        export.put(&bytes, self.copies.as_ref())?;
        self.open = Some((number, export));
        Ok(Done::Ready)
    }
}

impl Open {
    fn add(&mut self, rows: &[Row], copies: Option<&PathBuf>) -> Result<Done, Failed> {
        let mut bytes = Vec::new();
        for row in rows {
            self.writer.add(row, &mut bytes).map_err(Failed::Words)?;
        }
        self.put(&bytes, copies)?;
        Ok(Done::Ready)
    }

    fn put(&mut self, bytes: &[u8], copies: Option<&PathBuf>) -> Result<(), Failed> {
        if let To::Text { text, max_bytes, name } = &mut self.to {
            if text.len() + bytes.len() <= *max_bytes {
                text.extend_from_slice(bytes);
                return Ok(());
            }
            let mut file = copies::create(copies.map(PathBuf::as_path), name).map_err(Failed::Words)?;
            file.write(text)?;
            self.to = To::File(file);
        }
        match &mut self.to {
            To::File(file) => file.write(bytes),
            To::Text { .. } => Ok(()),
        }
    }

    fn finish(mut self, copies: Option<&PathBuf>) -> Result<Done, Failed> {
        let mut bytes = Vec::new();
        self.writer.end(&mut bytes);
        self.put(&bytes, copies)?;
        match self.to {
            To::File(file) => {
                let (path, n_bytes) = file.finish()?;
                Ok(Done::File { path: path.display().to_string(), n_bytes })
            }
            To::Text { text, .. } => {
                let no_text = |_| Failed::Words("what was to be copied is no text; W exports it".to_owned());
                Ok(Done::Text(String::from_utf8(text).map_err(no_text)?))
            }
        }
    }
}
