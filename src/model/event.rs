//! What happens to the model, and what it wants done. Owns the two lists; does none of it.
use crate::decode::hint::Beside;
use crate::keymap::Chord;
use crate::mqtt::{BrokerEvent, BrokerRequest, Profile, Sighting};
use std::sync::Arc;

/// Our number for a device: counted up as devices are opened, and never given again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(pub u32);

/// Something happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A key was pressed.
    Key(Chord),
    /// Text was pasted, as the terminal's bracketed paste delivers it.
    Paste(String),
    /// The terminal has another size.
    Resize {
        /// Columns.
        cols: u16,
        /// Rows.
        rows: u16,
    },
    /// A device's task tells something.
    Broker(DeviceId, BrokerEvent),
    /// A request could not be handed to a device's task, for the reason in words.
    RequestRefused(DeviceId, BrokerRequest, String),
    /// A deadline of the model's has come, or there is time for another slice of work.
    Due,
    /// Something that publishes by itself is due: [`Model::tick`](super::Model::tick).
    Tick,
    /// The disk's worker is done with an errand.
    Disk(Box<super::devices::Answer>),
    /// The network tells of a broker.
    Sighted(Sighting),
    /// The examination of a number tells something.
    Examined(u32, Box<super::devices::exam::Told>),
    /// A worker is done with a payload too large to read between two frames.
    Decoded(Box<super::inspector::Decoded>),
    /// A worker is done with a comparison.
    Compared(Box<super::difference::Difference>),
    /// The user's own editor ended: the text as it is now, or why it stays as it was.
    Edited(Result<String, String>),
    /// The program was stopped and goes on.
    Resumed,
    /// SIGTERM or SIGHUP: no question is asked any more.
    Terminated,
}

/// Something to do outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Start a device's task; where one of this id still says goodbye, as soon as it is gone.
    Open(DeviceId, Box<Profile>),
    /// Have a device's task say DISCONNECT and end.
    Close(DeviceId),
    /// Hand a request to a device's task.
    Request(DeviceId, BrokerRequest),
    /// Read or write the user's files on a worker; `Event::Disk` brings the answer.
    Disk(Box<super::devices::Errand>),
    /// Examine a broker; `Event::Examined` brings what is found. What is being examined is given up.
    Examine(Box<super::devices::exam::Wanted>),
    /// Give up what is being examined.
    StopExamining,
    /// Send a text to the terminal's clipboard (OSC 52).
    Copy(String),
    /// Read a large payload on a worker; `Event::Decoded` brings the result.
    Decode(super::inspector::Subject, Beside, Arc<[u8]>),
    /// Run a jq program over a payload in a process of its own; `Event::Decoded` brings the result. What is being run
    /// is given up, by this as by `Decode`.
    RunJq(Box<super::inspector::filtered::Asked>),
    /// Compare two large payloads on a worker; `Event::Compared` brings the result.
    Compare(Box<super::past::compare::Comparison>),
    /// Leave the terminal to the user's own editor, on a text; `Event::Edited` brings what became of it.
    EditText(Box<super::form::deeds::Wanted>),
    /// Leave the terminal and stop until the shell continues us.
    Suspend,
    /// End the program: DISCONNECT everywhere, restore the terminal.
    Quit,
}
