//! A terminal that does not show what is typed. Owns its setting, for as long as it lives.
#[cfg(unix)]
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
#[cfg(unix)]
use std::fs::{File, OpenOptions};

/// What is typed is not shown until it is dropped; where there is no terminal, nothing is.
///
/// A prompt that is printed before its terminal is silent shows the first letters of whoever is quick.
#[derive(Debug)]
#[must_use = "what is typed is shown again as soon as it is dropped"]
pub struct Hidden {
    #[cfg(unix)]
    before: Option<(File, Termios)>,
}

#[cfg(unix)]
impl Hidden {
    /// Begins at once.
    pub fn begin() -> Self {
        Self { before: silenced() }
    }
}

#[cfg(unix)]
fn silenced() -> Option<(File, Termios)> {
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty").ok()?;
    let before = tcgetattr(&terminal).ok()?;
    let mut silent = before.clone();
    silent.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL);
    tcsetattr(&terminal, OptionalActions::Now, &silent).ok()?;
    Some((terminal, before))
}

#[cfg(unix)]
impl Drop for Hidden {
    fn drop(&mut self) {
        if let Some((terminal, before)) = &self.before {
            // A terminal that is gone has nothing to be set back.
            let _ = tcsetattr(terminal, OptionalActions::Now, before);
        }
    }
}

#[cfg(not(unix))]
impl Hidden {
    /// Nothing to do: consoles are silenced where the password is read.
    pub const fn begin() -> Self {
        Self {}
    }
}
