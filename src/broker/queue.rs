//! Events on their way to the model. Owns the bound of messages and bytes, and the merging of link figures.
use crate::mqtt::{Batch, BrokerEvent};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Messages a device's task may run ahead of the model by: 41 ms at 100,000 a second.
pub const QUEUE_MESSAGES: usize = 4096;
/// Bytes of messages it may run ahead by; one large message may exceed it alone.
pub const QUEUE_BYTES: usize = 8 * 1024 * 1024;
/// Events other than messages that may wait before the reading stops; what the model itself asked for
/// (acknowledgements of its own requests) comes on top, so that nothing is ever lost.
const QUEUE_EVENTS: usize = 1024;

/// Tells a loop that one of its devices has an event. Cheap to clone; share one among all devices.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// Returns when there may be something to take, at once if so since the last wait.
    pub async fn wait(&self) {
        self.0.notified().await;
    }
}

#[derive(Debug, Default)]
struct State {
    events: VecDeque<BrokerEvent>,
    n_messages: usize,
    n_bytes: usize,
    n_other: usize,
    /// Events taken since the beginning; with it a place in the queue has a number that stays.
    n_taken: u64,
    /// The number of the link figures that wait, as long as nothing of weight came behind them.
    link_at: Option<u64>,
    is_full: bool,
    is_abandoned: bool,
}

impl State {
    fn is_within(&self, part: usize) -> bool {
        self.n_messages < QUEUE_MESSAGES / part
            && self.n_bytes < QUEUE_BYTES / part
            && self.n_other < QUEUE_EVENTS / part
    }
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    wake: Wake,
    room: Notify,
    abandoned: Notify,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is whole before anything can panic, so a poisoned state is a good one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The task's end.
#[derive(Debug)]
pub(super) struct Feed(Arc<Shared>);

/// The model's end. Dropping it ends the task.
#[derive(Debug)]
pub struct Events(Arc<Shared>);

pub(super) fn queue(wake: Wake) -> (Feed, Events) {
    let shared = Arc::new(Shared { wake, ..Shared::default() });
    (Feed(Arc::clone(&shared)), Events(shared))
}

impl Feed {
    /// Appends an event; link figures replace those that still wait.
    pub fn push(&self, event: BrokerEvent) {
        let mut guard = self.0.state();
        let state = &mut *guard;
        let next = state.n_taken + state.events.len() as u64;
        match &event {
            BrokerEvent::Link(_) => {
                let waiting =
                    state.link_at.and_then(|at| usize::try_from(at.checked_sub(state.n_taken)?).ok());
                if let Some(place) = waiting.and_then(|place| state.events.get_mut(place)) {
                    *place = event;
                    return;
                }
                state.link_at = Some(next);
                state.n_other += 1;
            }
            BrokerEvent::Messages(batch) => {
                state.n_messages += batch.len();
                state.n_bytes += batch.n_bytes();
            }
            // Figures from before must not pass for figures from after.
            BrokerEvent::Online(_) | BrokerEvent::Lost(_) => {
                state.link_at = None;
                state.n_other += 1;
            }
            BrokerEvent::StepBegun(..)
            | BrokerEvent::StepDone(..)
            | BrokerEvent::Detail(_)
            | BrokerEvent::Subscribed { .. }
            | BrokerEvent::Unsubscribed { .. }
            | BrokerEvent::Probed { .. }
            | BrokerEvent::Publication { .. }
            | BrokerEvent::Pong { .. }
            | BrokerEvent::Notice(_)
            | BrokerEvent::Ended => state.n_other += 1,
        }
        state.events.push_back(event);
        drop(guard);
        self.0.wake.0.notify_one();
    }

    /// Appends the messages of a batch, if any, and leaves an empty one.
    pub fn push_messages(&self, batch: &mut Batch) {
        if !batch.is_empty() {
            self.push(BrokerEvent::Messages(std::mem::take(batch)));
        }
    }

    /// How many messages wait.
    pub fn n_messages(&self) -> usize {
        self.0.state().n_messages
    }

    /// Whether more may be read. Once full, only when half of it is free again, so that stalls are few.
    pub fn has_room(&self) -> bool {
        let mut state = self.0.state();
        state.is_full = !state.is_within(if state.is_full { 2 } else { 1 });
        !state.is_full
    }

    /// Returns when there is room again.
    pub async fn room(&self) {
        while !self.has_room() {
            self.0.room.notified().await;
        }
    }

    /// Returns when nobody will take an event any more.
    pub async fn abandoned(&self) {
        while !self.0.state().is_abandoned {
            self.0.abandoned.notified().await;
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        // Here and not at the task's end, so that a panic is an end as well.
        self.push(BrokerEvent::Ended);
    }
}

impl Events {
    /// The next event, if there is one.
    pub fn try_recv(&mut self) -> Option<BrokerEvent> {
        let mut state = self.0.state();
        let event = state.events.pop_front()?;
        state.n_taken += 1;
        match &event {
            BrokerEvent::Messages(batch) => {
                state.n_messages = state.n_messages.saturating_sub(batch.len());
                state.n_bytes = state.n_bytes.saturating_sub(batch.n_bytes());
            }
            BrokerEvent::Link(_)
            | BrokerEvent::Online(_)
            | BrokerEvent::Lost(_)
            | BrokerEvent::StepBegun(..)
            | BrokerEvent::StepDone(..)
            | BrokerEvent::Detail(_)
            | BrokerEvent::Subscribed { .. }
            | BrokerEvent::Unsubscribed { .. }
            | BrokerEvent::Probed { .. }
            | BrokerEvent::Publication { .. }
            | BrokerEvent::Pong { .. }
            | BrokerEvent::Notice(_)
            | BrokerEvent::Ended => state.n_other = state.n_other.saturating_sub(1),
        }
        if state.is_full && state.is_within(2) {
            self.0.room.notify_one();
        }
        Some(event)
    }

    /// The next event. For a loop of one device: with several, take from each by [`Self::try_recv`]
    /// and wait on the shared [`Wake`].
    pub async fn recv(&mut self) -> BrokerEvent {
        loop {
            match self.try_recv() {
                Some(event) => return event,
                None => self.0.wake.wait().await,
            }
        }
    }

    /// How many messages wait, and their bytes.
    pub fn waiting(&self) -> (usize, usize) {
        let state = self.0.state();
        (state.n_messages, state.n_bytes)
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.0.state().is_abandoned = true;
        self.0.abandoned.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::port::{LinkStatus, Lost, Notice};
    use crate::mqtt::{MessageRef, Qos, Queued, Retained};
    use crate::time::Timestamp;

    fn batch(n: usize, payload: &[u8]) -> BrokerEvent {
        let mut batch = Batch::default();
        for _ in 0..n {
            batch.push(&MessageRef {
                topic: "t",
                payload,
                properties: &[],
                qos: Qos::AtMostOnce,
                retained: Retained::Unknown,
                dup: false,
                queued: Queued::No,
                packet_id: None,
                received: Timestamp::ZERO,
            });
        }
        BrokerEvent::Messages(batch)
    }

    fn link(bytes_in: u64) -> BrokerEvent {
        BrokerEvent::Link(LinkStatus { bytes_in, ..LinkStatus::default() })
    }

    fn lost() -> BrokerEvent {
        BrokerEvent::Lost(Lost {
            step: None,
            cause: String::new(),
            remedy: None,
            reason: None,
            at: Timestamp::ZERO,
            retry_at: None,
            n_attempts: 1,
        })
    }

    #[test]
    fn each_bound_alone_stops_the_reading_until_half_is_free() {
        for (event, n_until_full) in [
            (batch(512, b"1"), 8),
            (batch(1, &vec![0; 1024 * 1024]), 8),
            (BrokerEvent::Notice(Notice::Words(String::new())), 1024),
        ] {
            let (feed, mut events) = queue(Wake::default());
            for n in 0..n_until_full {
                assert!(feed.has_room(), "after {n} of {n_until_full}");
                feed.push(event.clone());
            }
            assert!(!feed.has_room());
            for n in 0..=n_until_full / 2 {
                assert!(!feed.has_room(), "{n} taken of {n_until_full}");
                events.try_recv().unwrap();
            }
            assert!(feed.has_room());
        }
    }

    #[test]
    fn link_figures_that_wait_are_replaced_but_never_across_a_loss() {
        let (feed, mut events) = queue(Wake::default());
        for event in [link(1), batch(1, b""), link(2), lost(), link(3), link(4)] {
            feed.push(event);
        }
        let mut seen = Vec::new();
        while let Some(event) = events.try_recv() {
            seen.push(if let BrokerEvent::Link(status) = event {
                format!("link {}", status.bytes_in)
            } else if let BrokerEvent::Messages(batch) = event {
                format!("messages {}", batch.len())
            } else {
                "lost".into()
            });
        }
        assert_eq!(seen, ["link 2", "messages 1", "lost", "link 4"]);
        // What was taken is not replaced.
        feed.push(link(5));
        feed.push(link(6));
        assert!(matches!(events.try_recv(), Some(BrokerEvent::Link(status)) if status.bytes_in == 6));
        assert!(events.try_recv().is_none());
    }

    #[test]
    fn the_end_is_told_even_by_a_panic() {
        let (feed, mut events) = queue(Wake::default());
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
            let _feed = feed;
            panic!("on purpose");
        }));
        assert!(panicked.is_err());
        assert!(matches!(events.try_recv(), Some(BrokerEvent::Ended)));
    }
}
