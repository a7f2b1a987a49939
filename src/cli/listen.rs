//! What `learn` and `check` share on the command line. Owns the progress line, the end by ctrl-c and the exit codes
//! of a connection that fails.
use super::run::Failure;
use super::{
    ConnectionArgs, EXIT_FAILED, EXIT_NO_CONNECTION, EXIT_REFUSED, EXIT_TIMED_OUT, EXIT_USAGE, Opened, open,
};
use crate::config::device::Devices;
use crate::decode::figures::{counted, span};
use crate::headless::learn::Progress;
use crate::headless::lines::{Marks, clean};
use crate::headless::listen::Unheard;
use crate::mqtt::Verdict;
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// Finds the device of a word, asks for its password where that is wished for, and says what there is to say.
pub(super) fn open(
    word: &str,
    connection: &ConnectionArgs,
    devices: &Devices,
    unique: u64,
) -> Result<Opened, Failure> {
    let usage = |error: super::ProfileError| (EXIT_USAGE, error.to_string());
    let mut opened = open::open(&[word.to_owned()], connection, devices, unique).map_err(usage)?;
    if let Some(useless) = connection.transport.useless(&opened.profiles) {
        return Err(usage(useless));
    }
    for warning in std::mem::take(&mut opened.warnings) {
        warn(&warning);
    }
    opened.prompt(&connection.password).map_err(usage)?;
    Ok(opened)
}

/// Ends when somebody wants the program to end: by ctrl-c, or by the system's polite signal.
pub(super) async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// The line on stderr that tells how it goes, where somebody sees it.
pub(super) struct ProgressLine {
    is_seen: bool,
    /// Columns that stand there now.
    n_cols: usize,
    last: Option<Duration>,
}

impl ProgressLine {
    pub(super) fn new() -> Self {
        Self { is_seen: std::io::stderr().is_terminal(), n_cols: 0, last: None }
    }

    /// Tells how it goes: once a second at most, and lines of words at once.
    pub(super) fn tell(&mut self, progress: &Progress) {
        match progress {
            Progress::Words(words) => {
                self.clear();
                warn(words);
            }
            Progress::Heard { n_topics, n_messages, left } => {
                let second = Duration::from_secs(left.as_secs());
                if !self.is_seen || self.last.replace(second) == Some(second) {
                    return;
                }
                let topics = counted(*n_topics as u64, "topic");
                let messages = counted(*n_messages, "message");
                let line = format!("{messages}, {topics}, {} left; ctrl-c ends it now", span(second));
                self.write(&line);
            }
        }
    }

    /// Takes the line away.
    pub(super) fn clear(&mut self) {
        if self.n_cols > 0 {
            self.write("");
            let _ = write!(std::io::stderr(), "\r");
        }
    }

    fn write(&mut self, line: &str) {
        let n_cols = line.len();
        let _ = write!(std::io::stderr(), "\r{line:<width$}", width = self.n_cols);
        let _ = std::io::stderr().flush();
        self.n_cols = n_cols;
    }
}

/// The exit of a connection that did not come about.
pub(super) fn failure(unheard: &Unheard) -> Failure {
    (exit(unheard.verdict), clean(&unheard.words, Marks::Unicode))
}

const fn exit(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Healthy => super::EXIT_DONE,
        Verdict::Failed => EXIT_FAILED,
        Verdict::TimedOut => EXIT_TIMED_OUT,
        Verdict::Refused => EXIT_REFUSED,
        Verdict::CannotConnect => EXIT_NO_CONNECTION,
    }
}

/// Prints lines; nobody to read them is nothing to fail for.
pub(super) fn say_lines(lines: &[String]) {
    for line in lines {
        say_all(&format!("{line}\n"));
    }
}

/// Prints lines that end themselves.
pub(super) fn say_all(lines: &str) {
    let _ = std::io::stdout().write_all(lines.as_bytes());
}

pub(super) fn warn(words: &str) {
    let _ = writeln!(std::io::stderr(), "mqttscope: {}", clean(words, Marks::Unicode));
}
