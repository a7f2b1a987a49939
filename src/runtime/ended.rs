//! Why the explorer may end without being asked. Owns the words.
use crate::terminal::TerminalError;
use std::io;

/// Why the explorer ended.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no terminal.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
    /// The system refused something.
    #[error("the system refused to {0}: {1}")]
    Io(&'static str, io::Error),
    /// A thread or task panicked.
    #[error("{0}")]
    Panicked(String),
}
