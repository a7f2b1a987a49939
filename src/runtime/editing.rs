//! The user's own editor on a payload. Owns the private file and the process; the terminal is handed over by the loop.
use crate::model::form::deeds::Wanted;
use crate::model::text::MAX_BYTES;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// The editor when neither variable names one: POSIX has it everywhere.
const FALLBACK: &str = "vi";

/// How long an editor may take to end when the program does.
const PATIENCE: Duration = Duration::from_millis(500);

/// What is ready to be edited.
pub(super) struct Prepared {
    words: Vec<String>,
    /// Removed with all that an editor leaves beside the file.
    directory: TempDir,
    path: PathBuf,
    ends_in_line: bool,
}

/// An editor that runs.
pub(super) struct Editing {
    child: Child,
    name: String,
    _directory: TempDir,
    path: PathBuf,
    ends_in_line: bool,
}

/// The end of what is being edited; never, while nothing is.
pub(super) async fn ended(editing: &mut Option<Editing>) -> Result<String, String> {
    match editing {
        Some(editing) => editing.ended().await,
        None => std::future::pending().await,
    }
}

impl Editing {
    /// Writes a text into a file that nobody else can read, before the terminal is given away.
    pub fn prepare(wanted: &Wanted) -> Result<Prepared, String> {
        let words = editor()?;
        let write = || {
            let mut builder = tempfile::Builder::new();
            builder.prefix("mqttscope-").permissions(fs::Permissions::from_mode(0o700));
            // The runtime directory lives in memory and is the user's alone; not everybody has one.
            let runtime = std::env::var_os("XDG_RUNTIME_DIR").filter(|directory| !directory.is_empty());
            let inside = runtime.and_then(|directory| builder.tempdir_in(directory).ok());
            let directory = inside.map_or_else(|| builder.tempdir(), Ok)?;
            let path = directory.path().join(format!("payload.{}", wanted.extension));
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
            file.write_all(wanted.text.as_bytes())?;
            Ok((directory, path))
        };
        let (directory, path) =
            write().map_err(|error: std::io::Error| format!("no file could be made to edit: {error}"))?;
        Ok(Prepared { words, directory, path, ends_in_line: wanted.text.ends_with('\n') })
    }

    async fn ended(&mut self) -> Result<String, String> {
        let name = &self.name;
        let status = self.child.wait().await.map_err(|error| format!("{name:?} was lost: {error}"))?;
        if !status.success() {
            return Err(format!("{name:?} ended with {status}"));
        }
        self.read().map_err(|words| format!("{name:?} ended, but {words}"))
    }

    fn read(&self) -> Result<String, String> {
        let file = OpenOptions::new().read(true).open(&self.path).map_err(|error| {
            if error.kind() == ErrorKind::NotFound {
                return "the file was deleted".to_owned();
            }
            format!("the file cannot be read: {error}")
        })?;
        let mut bytes = Vec::new();
        let most = MAX_BYTES as u64;
        let read = file.take(most + 2).read_to_end(&mut bytes);
        read.map_err(|error| format!("the file cannot be read: {error}"))?;
        let Ok(mut text) = String::from_utf8(bytes) else {
            return Err("the file is no UTF-8 text; bytes are edited as hex or base64".to_owned());
        };
        // Editors end the last line, whether it was ended or not.
        if !self.ends_in_line && text.ends_with('\n') {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
        }
        if text.len() > MAX_BYTES {
            return Err(format!("the text has more than the {MAX_BYTES} bytes that are edited here"));
        }
        Ok(text)
    }

    /// Has the editor end, for the program does; it restores the terminal when it can.
    pub async fn end(mut self) {
        let pid = self.child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // One that ended by itself meanwhile needs nothing.
            let _ = kill_process(pid, Signal::TERM);
        }
        if tokio::time::timeout(PATIENCE, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
    }
}

impl Prepared {
    /// Starts the editor on the terminal, which was given away before.
    pub fn start(self) -> Result<Editing, String> {
        let Self { words, directory, path, ends_in_line } = self;
        let (name, arguments) = words.split_first().ok_or("no editor is named")?;
        let child = Command::new(name).args(arguments).arg(&path).kill_on_drop(true).spawn();
        let child = child.map_err(|error| {
            format!("the editor {name:?} cannot be started: {error}; $VISUAL or $EDITOR names another")
        })?;
        let called = Path::new(name).file_name().map_or(name.as_str().into(), |name| name.to_string_lossy());
        Ok(Editing { child, name: called.into_owned(), _directory: directory, path, ends_in_line })
    }
}

/// The words of the user's editor: `$VISUAL`, else `$EDITOR`, else one that is everywhere.
fn editor() -> Result<Vec<String>, String> {
    for variable in ["VISUAL", "EDITOR"] {
        let Some(value) = std::env::var_os(variable).filter(|value| !value.is_empty()) else { continue };
        let words = value.to_str().ok_or_else(|| format!("${variable} is no text"))?;
        let words =
            shell_words::split(words).map_err(|error| format!("${variable} cannot be read: {error}"))?;
        if !words.is_empty() {
            return Ok(words);
        }
    }
    Ok(vec![FALLBACK.to_owned()])
}
