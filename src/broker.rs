//! One task per device: dials, reads, writes, keeps time. Owns sockets and queues; the session decides.
//!
//! ```text
//! Requests ──(bounded, try_send)──► task: dial ► pump ◄──► socket
//!                                     │  session.request / receive / next_packet
//! Events ◄──(bounded by messages and bytes; a full one stops the reading)──┘
//! ```
//!
//! The task begins to connect at once. It ends after [`BrokerRequest::End`], or when either of its two
//! ends is dropped; the last event is [`BrokerEvent::Ended`](crate::mqtt::BrokerEvent::Ended).
mod bare;
mod dial;
mod inbox;
mod loss;
mod pace;
mod password;
mod proxy;
mod pump;
mod queue;
mod socket;
mod task;
mod tls;
mod websocket;

pub use queue::{Events, QUEUE_BYTES, QUEUE_MESSAGES, Wake};

use crate::mqtt::port::Unreachable;
use crate::mqtt::{BrokerRequest, Profile};
use crate::time::Clock;
use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Requests that may wait for a device's task: several times what a person or a device file asks at once.
const REQUESTS: usize = 4096;

/// The way to ask a device's task for something. Never blocks.
#[derive(Clone, Debug)]
pub struct Requests {
    sender: mpsc::Sender<BrokerRequest>,
}

/// Why a request was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The task is behind.
    #[error("{REQUESTS} requests wait already; try again when the device has caught up")]
    Full,
    /// The task is no more.
    #[error("the device was closed; open it again")]
    Ended,
}

impl Requests {
    /// Hands a request over, or says at once why not.
    pub fn try_send(&self, request: BrokerRequest) -> Result<(), RequestError> {
        self.sender.try_send(request).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => RequestError::Full,
            mpsc::error::TrySendError::Closed(_) => RequestError::Ended,
        })
    }
}

/// Whether an address takes a TCP connection, which is closed at once; how long it took, or why not.
pub async fn probe(address: SocketAddr, clock: &dyn Clock) -> (Duration, Option<Unreachable>) {
    let began = clock.now();
    let failure = dial::reach(address).await.err();
    (clock.now().since(began), failure)
}

/// Starts a device's task on the current tokio runtime; `wake` is told whenever there is an event to take,
/// and may be shared by many devices.
pub fn spawn(profile: Profile, clock: Arc<dyn Clock>, wake: Wake) -> (Requests, Events) {
    let (sender, receiver) = mpsc::channel(REQUESTS);
    let (feed, events) = queue::queue(wake);
    // Not for secrets: it spreads the back-off of clients that lost their broker together.
    let seed = RandomState::new().hash_one(&profile.client_id);
    tokio::spawn(task::run(profile, seed, clock, receiver, feed));
    (Requests { sender }, events)
}
