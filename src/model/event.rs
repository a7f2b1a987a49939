//! What happens to the model, and what it wants done. Owns the two lists; does none of it.
use crate::keymap::Chord;
use crate::mqtt::{BrokerEvent, BrokerRequest};
use std::sync::Arc;

/// Our number for a device: its place in the order of the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(pub u16);

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
    /// A worker is done with a payload too large to read between two frames.
    Decoded(Box<super::inspector::Decoded>),
    /// The program was stopped and goes on.
    Resumed,
    /// SIGTERM or SIGHUP: no question is asked any more.
    Terminated,
}

/// Something to do outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Hand a request to a device's task.
    Request(DeviceId, BrokerRequest),
    /// Send a text to the terminal's clipboard (OSC 52).
    Copy(String),
    /// Read a large payload on a worker; `Event::Decoded` brings the result.
    Decode(super::inspector::Subject, Arc<[u8]>),
    /// Leave the terminal and stop until the shell continues us.
    Suspend,
    /// End the program: DISCONNECT everywhere, restore the terminal.
    Quit,
}
