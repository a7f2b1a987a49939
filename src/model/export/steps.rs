//! What an export hands to the worker that writes it, and what the worker answers. Owns the shapes; writes nothing.
use crate::decode::hint::Compiled;
use crate::decode::{Choice, Decoder};
use crate::mqtt::{Qos, Retained};

/// A message as it is exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its topic.
    pub topic: String,
    /// When it was read, in milliseconds since 1970 (UTC).
    pub unix_ms: i64,
    /// Quality of service of the delivery.
    pub qos: Qos,
    /// Kept by the broker or not.
    pub retained: Retained,
    /// The payload or its beginning; `None`: it was evicted.
    pub payload: Option<Vec<u8>>,
    /// The payload's full size.
    pub n_bytes: usize,
}

impl Row {
    /// Whether only the beginning of its payload is there.
    pub fn is_cut(&self) -> bool {
        self.payload.as_ref().is_some_and(|payload| payload.len() < self.n_bytes)
    }
}

/// How messages are written.
#[derive(Clone, Debug, PartialEq)]
pub enum Format {
    /// An object a line.
    Lines,
    /// A header and a record a message.
    Csv,
    /// One JSON object, nested by levels.
    Tree,
    /// A topic a line.
    Names,
    /// The payload as it came.
    Raw,
    /// The payload with its packings undone.
    Decoded {
        /// How it is to be read.
        choice: Choice,
        /// The decoder that its topic promises.
        promised: Option<Decoder>,
        /// What its protobuf is read by.
        schema: Option<Compiled>,
        /// Whether it shall be a text to read: JSON with a line a member.
        is_text: bool,
    },
}

/// Where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file of the user's.
    File {
        /// As typed; `~/` is the home.
        path: String,
        /// Whether it may take another's place.
        overwrites: bool,
    },
    /// A text that is handed back, or a file of ours where it gets too long.
    Text {
        /// The longest that is handed back.
        max_bytes: usize,
        /// The name that file would have.
        name: String,
    },
}

/// A step of an export; each but the last is answered before the next is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Begin.
    Begin(Target, Format),
    /// Write these.
    Add(Vec<Row>),
    /// That was all: put it where it belongs.
    Finish,
    /// Take away what was written.
    Discard,
}

/// How a step went well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// The next may come.
    Ready,
    /// All is in a file.
    File {
        /// Where.
        path: String,
        /// How long it is.
        n_bytes: u64,
    },
    /// All is in a text.
    Text(String),
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed {
    /// There is such a file already.
    Exists(String),
    /// For a reason in words.
    Words(String),
}
