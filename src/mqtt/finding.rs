//! What an examination of a broker finds, a line each. Owns the shape; whoever shows it escapes what came from
//! outside. Examines nothing.
use super::port::Step;
use super::words::Qos;
use std::time::Duration;

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// A step of the connection.
    Step(Step),
    /// A certificate of the broker's chain.
    Certificate,
    /// What the broker told of its limits.
    Limits,
    /// A filter of the device.
    Subscribe,
    /// A message of our own, there and back.
    RoundTrip(Qos),
    /// The end of it.
    Disconnect,
}

impl Check {
    /// Its name in the report.
    pub fn name(self) -> String {
        match self {
            Self::Step(step) => step.words().to_owned(),
            Self::Certificate => "certificate".to_owned(),
            Self::Limits => "limits".to_owned(),
            Self::Subscribe => "SUBSCRIBE".to_owned(),
            Self::RoundTrip(qos) => format!("round trip QoS {qos}"),
            Self::Disconnect => "DISCONNECT".to_owned(),
        }
    }
}

/// How it came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be.
    Good,
    /// Not looked at, for the reason in the note.
    Skipped,
    /// Not as it should be.
    Bad {
        /// What that means.
        meaning: &'static str,
        /// What to try.
        remedy: Option<String>,
    },
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// How it came out.
    pub outcome: Outcome,
    /// How long it took, where that says something.
    pub took: Option<Duration>,
    /// What was found; what came from outside is made harmless when it is shown.
    pub note: String,
}

/// What it all came to; the worst of the findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// All is well.
    Healthy,
    /// Something failed after the connection stood.
    Failed,
    /// An answer did not come in time.
    TimedOut,
    /// The broker refused us, or a filter.
    Refused,
    /// There is no connection.
    CannotConnect,
}

impl Verdict {
    /// The words for it behind the broker's address.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Healthy => "is well",
            Self::Failed => "could not be examined to the end",
            Self::TimedOut => "did not answer in time",
            Self::Refused => "refused us, or something we asked for",
            Self::CannotConnect => "can't be connected to",
        }
    }
}
