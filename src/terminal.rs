//! The terminal: entering and leaving it, keys in, bytes out. Owns crossterm; knows nothing of the model.
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use crossterm::{cursor, queue};
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

mod hidden;
mod input;
mod painter;
mod refusal;
mod writer;

pub use hidden::Hidden;
pub use input::{Input, Keys};
pub use painter::Painter;
pub use refusal::no_clipboard;
pub use writer::Writer;

/// How long the terminal may take to swallow the few bytes that restore it.
const LEAVING: Duration = Duration::from_millis(500);

/// Whether the terminal is ours at present; leaving twice would clear what the shell shows.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// Why there is no terminal to draw on.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// Input or output is a pipe or a file.
    #[error("the explorer needs a terminal, but its {0} is none; run it in one (ssh needs -t for that)")]
    NoTerminal(&'static str),
    /// The terminal refused.
    #[error("the terminal could not be set up: {0}")]
    Io(#[from] io::Error),
}

/// The columns and rows of the terminal; 80x24 when it does not tell.
pub fn size() -> (u16, u16) {
    match crossterm::terminal::size() {
        Ok((cols, rows)) if cols > 0 && rows > 0 => (cols, rows),
        Ok(_) | Err(_) => (80, 24),
    }
}

/// Whether input and output are a terminal.
pub fn check() -> Result<(), TerminalError> {
    if !io::stdin().is_terminal() {
        return Err(TerminalError::NoTerminal("input"));
    }
    if !io::stdout().is_terminal() {
        return Err(TerminalError::NoTerminal("output"));
    }
    Ok(())
}

/// Takes the terminal over: raw keys, the other screen, pastes marked as such, no cursor.
pub fn enter() -> Result<(), TerminalError> {
    enable_raw_mode()?;
    ENTERED.store(true, Ordering::SeqCst);
    let mut out = io::stdout();
    queue!(out, EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)?;
    out.flush()?;
    Ok(())
}

/// Gives the terminal back as it was. Errors are passed over: a terminal that is gone needs nothing.
pub fn leave() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    // The line discipline first: it cannot block.
    let _ = disable_raw_mode();
    // A terminal that nobody reads would block the writing; the shell gets it back all the same.
    let (written, is_written) = sync_channel(1);
    let writing = std::thread::Builder::new().name("leave".into()).spawn(move || {
        let mut out = io::stdout();
        let _ = queue!(out, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
        let _ = out.flush();
        let _ = written.send(());
    });
    if writing.is_ok() {
        let _ = is_written.recv_timeout(LEAVING);
    }
}

/// Leaves the terminal when it goes out of scope, also when a panic unwinds.
#[derive(Debug)]
pub struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        leave();
    }
}

/// The bytes that hand a text to the terminal's clipboard (OSC 52). The text travels in base64, so that
/// nothing of it can be read as an escape.
pub fn clipboard_bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let copy = crossterm::clipboard::CopyToClipboard::to_clipboard_from(text);
    if queue!(bytes, copy).is_err() {
        bytes.clear();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_to_the_clipboard_holds_no_escape_of_its_own() {
        let bytes = clipboard_bytes("\u{1b}]0;owned\u{7}");
        assert!(bytes.starts_with(b"\x1b]52;c;"), "{bytes:?}");
        assert_eq!(memchr::memchr_iter(0x1b, &bytes).count(), 2, "begin and end alone");
    }
}
