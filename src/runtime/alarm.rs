//! Wakes the loop at a moment, to a tenth of a millisecond. Owns a thread that waits; knows nothing of what is due.
//!
//! The runtime's own timer counts whole milliseconds, and a generator at 1,000 Hz has a tick in each: woken a
//! millisecond late it would miss every other one.
use crate::time::{Clock, Timestamp};
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use tokio::sync::Notify;

/// An alarm that can be set to one moment at a time.
pub struct Alarm {
    shared: Arc<Shared>,
    is_set_to: Option<Timestamp>,
}

#[derive(Default)]
struct Shared {
    wish: Mutex<Wish>,
    changed: Condvar,
    rang: Notify,
}

/// What the thread is to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Wish {
    /// Wait for another wish.
    #[default]
    Rest,
    /// Ring then.
    At(Timestamp),
    /// End.
    End,
}

impl Shared {
    fn wish(&self) -> MutexGuard<'_, Wish> {
        // A wish is one value, so a poisoned one is a good one.
        self.wish.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Alarm {
    /// Starts its thread, which rests until a moment is set.
    pub fn start(clock: Arc<dyn Clock>) -> io::Result<Self> {
        let shared: Arc<Shared> = Arc::default();
        let of_thread = Arc::clone(&shared);
        thread::Builder::new().name("alarm".into()).spawn(move || watch(&of_thread, &*clock))?;
        Ok(Self { shared, is_set_to: None })
    }

    /// Sets it to a moment, or to none.
    pub fn set(&mut self, at: Option<Timestamp>) {
        if at == self.is_set_to {
            return;
        }
        self.is_set_to = at;
        let is_sooner = {
            let mut wish = self.shared.wish();
            let before = std::mem::replace(&mut *wish, at.map_or(Wish::Rest, Wish::At));
            // Whoever waits longer than needed must hear of it; whoever wakes too early looks again.
            match (before, at) {
                (_, None) => false,
                (Wish::At(before), Some(at)) => at < before,
                (Wish::Rest | Wish::End, Some(_)) => true,
            }
        };
        if is_sooner {
            self.shared.changed.notify_one();
        }
    }

    /// Returns when the moment has come.
    pub async fn rings(&self) {
        self.shared.rang.notified().await;
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        *self.shared.wish() = Wish::End;
        self.shared.changed.notify_one();
    }
}

fn watch(shared: &Shared, clock: &dyn Clock) {
    let mut wish = shared.wish();
    loop {
        wish = match *wish {
            Wish::End => return,
            Wish::Rest => shared.changed.wait(wish).unwrap_or_else(PoisonError::into_inner),
            Wish::At(at) => {
                let left = at.since(clock.now());
                if left.is_zero() {
                    *wish = Wish::Rest;
                    shared.rang.notify_one();
                    continue;
                }
                shared.changed.wait_timeout(wish, left).unwrap_or_else(PoisonError::into_inner).0
            }
        };
    }
}
