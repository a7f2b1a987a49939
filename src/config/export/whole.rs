//! A file of the user's that is there as a whole or not at all. Owns the temporary file beside it, and the words for
//! what a disk refuses; a file that is there is only written over where that was asked.
use crate::config::files;
use crate::model::export::steps::Failed;
use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file that is being written under another name. Dropped before it is finished, it leaves nothing behind.
#[derive(Debug)]
pub struct WholeFile {
    path: PathBuf,
    temporary: PathBuf,
    out: BufWriter<File>,
    overwrites: bool,
    n_bytes: u64,
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        // Once it was renamed there is none.
        let _ = fs::remove_file(&self.temporary);
    }
}

impl WholeFile {
    /// Begins one that only its owner can read.
    pub fn create(path: &Path, overwrites: bool) -> Result<Self, Failed> {
        // A link is followed, not replaced; told is a path that means the same anywhere.
        let whole = fs::canonicalize(path).or_else(|_not_there| std::path::absolute(path));
        let path = whole.unwrap_or_else(|_empty| path.to_owned());
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => {
                let words = format!("{} is a directory; name a file in it", path.display());
                return Err(Failed::Words(words));
            }
            Ok(metadata) if !metadata.is_file() => {
                return Err(Failed::Words(format!("{} is no plain file; name another", path.display())));
            }
            Ok(_) if !overwrites => return Err(Failed::Exists(path.display().to_string())),
            Ok(_) | Err(_) => {}
        }
        let directory = path.parent().unwrap_or(Path::new("/")).to_owned();
        let created = files::create_beside(&path, &directory);
        let (file, temporary) = created.map_err(|error| Failed::Words(words(&path, &error)))?;
        Ok(Self { path, temporary, out: BufWriter::new(file), overwrites, n_bytes: 0 })
    }

    /// Writes on. After an error it is of no use.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failed> {
        self.n_bytes += bytes.len() as u64;
        self.out.write_all(bytes).map_err(|error| self.failed(&error))
    }

    /// Has it on the disk and puts it in its place; where that is, and how long it is.
    pub fn finish(mut self) -> Result<(PathBuf, u64), Failed> {
        let synced = self.out.flush().and_then(|()| self.out.get_ref().sync_all());
        synced.map_err(|error| self.failed(&error))?;
        match self.settle() {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let words = format!(
                    "there is a file {} since a moment ago, so nothing was written; name another",
                    self.path.display()
                );
                return Err(Failed::Words(words));
            }
            Err(error) => return Err(self.failed(&error)),
        }
        // The name must outlive a power cut as well; a file system that can't promise it is not an error.
        if let Some(directory) = self.path.parent() {
            let _ = File::open(directory).and_then(|directory| directory.sync_all());
        }
        Ok((self.path.clone(), self.n_bytes))
    }

    /// Gives the file its name, and takes nobody's.
    fn settle(&self) -> io::Result<()> {
        if self.overwrites {
            return fs::rename(&self.temporary, &self.path);
        }
        match fs::hard_link(&self.temporary, &self.path) {
            // Not every file system has links: there the name is taken by an empty file first.
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                files::write_new(&self.path, &[])?;
                fs::rename(&self.temporary, &self.path)
            }
            linked => linked,
        }
    }

    fn failed(&self, error: &io::Error) -> Failed {
        Failed::Words(words(&self.path, error))
    }
}

/// Why a file can't be written, and what helps.
pub fn words(path: &Path, error: &io::Error) -> String {
    let directory = path.parent().unwrap_or(Path::new("/")).display();
    let path = path.display();
    let is = |kinds: &[ErrorKind]| kinds.contains(&error.kind());
    if is(&[ErrorKind::PermissionDenied]) {
        format!("you may not write in {directory}; name a path in another directory, such as ~/")
    } else if is(&[ErrorKind::NotFound, ErrorKind::NotADirectory]) {
        format!("there is no directory {directory}; make it, or name another")
    } else if is(&[ErrorKind::StorageFull, ErrorKind::QuotaExceeded]) {
        format!("no room is left for {path}; nothing of it stays: free some, or name another disk")
    } else if is(&[ErrorKind::ReadOnlyFilesystem]) {
        format!("{directory} can only be read; name a path in another directory")
    } else if is(&[ErrorKind::InvalidFilename]) {
        format!("{path} is too long for a name; shorten it")
    } else {
        format!("{path} can't be written: {error}; name another path")
    }
}
