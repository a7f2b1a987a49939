//! Undo files of a sweep: JSON Lines that a batch reads. Owns the file until it is safe on the disk.
use super::MAX_BYTES;
use crate::config::files;
use crate::model::bulk::MAX_ROWS;
use crate::mqtt::Publication;
use serde_json::{Map, Value, json};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Undo files kept; the oldest goes when another is begun.
const MAX_FILES: usize = 50;

/// An undo file that is being written.
#[derive(Debug)]
pub struct UndoFile {
    path: PathBuf,
    out: BufWriter<File>,
    n_rows: usize,
    n_bytes: u64,
}

impl UndoFile {
    /// Begins one that only its owner can read, in a directory that is made where it is missing. `stem` is made of
    /// letters, digits and dashes; a file that is there is never written over.
    pub fn create(directory: &Path, stem: &str) -> Result<Self, String> {
        let told =
            |error: &io::Error| format!("no undo file can be written in {}: {error}", directory.display());
        files::make_directory(directory).map_err(|error| told(&error))?;
        make_room(directory);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        for n in 0..1_000 {
            let name = if n == 0 { format!("{stem}.jsonl") } else { format!("{stem}-{n}.jsonl") };
            let path = directory.join(name);
            match options.open(&path) {
                Ok(file) => return Ok(Self { path, out: BufWriter::new(file), n_rows: 0, n_bytes: 0 }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(told(&error)),
            }
        }
        Err(format!("no name is free for an undo file in {}", directory.display()))
    }

    /// Adds publications. After an error the file is of no use.
    pub fn add(&mut self, publications: &[Publication]) -> Result<(), String> {
        for publication in publications {
            let mut line = line(publication).to_string();
            line.push('\n');
            self.n_rows += 1;
            self.n_bytes += line.len() as u64;
            if self.n_rows > MAX_ROWS || self.n_bytes > MAX_BYTES {
                return Err(format!(
                    "the undo file would exceed {MAX_ROWS} lines or {MAX_BYTES} bytes, and could not be read \
                     again; sweep smaller branches"
                ));
            }
            self.out.write_all(line.as_bytes()).map_err(|error| self.told(&error))?;
        }
        Ok(())
    }

    /// Has it on the disk, and tells where.
    pub fn finish(mut self) -> Result<PathBuf, String> {
        let synced = self.out.flush().and_then(|()| self.out.get_ref().sync_all());
        synced.map_err(|error| self.told(&error))?;
        // The name must outlive a power cut as well; a file system that can't promise it is not an error.
        if let Some(directory) = self.path.parent() {
            let _ = File::open(directory).and_then(|directory| directory.sync_all());
        }
        Ok(self.path)
    }

    /// Takes it away: nothing was cleared.
    pub fn discard(self) {
        let Self { path, out, .. } = self;
        drop(out);
        let _ = fs::remove_file(path);
    }

    fn told(&self, error: &io::Error) -> String {
        format!("the undo file {} can't be written: {error}", self.path.display())
    }
}

/// Removes the oldest undo files beyond what is kept; one that can't be removed stays.
fn make_room(directory: &Path) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .collect();
    // Their names begin with the time.
    found.sort();
    let n_spare = (found.len() + 1).saturating_sub(MAX_FILES);
    for path in found.into_iter().take(n_spare) {
        let _ = fs::remove_file(path);
    }
}

/// A publication as a line of JSON Lines; what is not said is left out.
fn line(publication: &Publication) -> Value {
    let Publication { topic, payload, qos, retain, properties } = publication;
    let mut line = Map::new();
    line.insert("topic".into(), topic.as_str().into());
    match std::str::from_utf8(&payload.0) {
        Ok(text) => line.insert("payload".into(), text.into()),
        Err(_) => line.insert("payload_base64".into(), encoded(&payload.0)),
    };
    line.insert("qos".into(), qos.bits().into());
    line.insert("retain".into(), (*retain).into());
    let said = [
        ("payload_is_utf8", properties.payload_is_utf8.map(Value::from)),
        ("message_expiry_s", properties.message_expiry_s.map(Value::from)),
        ("response_topic", properties.response_topic.as_deref().map(Value::from)),
        ("correlation_base64", properties.correlation_data.as_deref().map(encoded)),
        ("user_properties", (!properties.user.is_empty()).then(|| json!(properties.user))),
        ("content_type", properties.content_type.as_deref().map(Value::from)),
    ];
    line.extend(said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    Value::Object(line)
}

fn encoded(bytes: &[u8]) -> Value {
    data_encoding::BASE64.encode(bytes).into()
}
