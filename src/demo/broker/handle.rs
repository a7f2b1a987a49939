//! The way into the broker from this process. Owns the lock, and who is woken after it was held.
use super::connection::{Stop, told};
use super::core::{ConnectionId, Core, Figures};
use super::faults::{Faults, Strike};
use crate::mqtt::{Filter, Publication};
use crate::time::{Clock, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Notify, mpsc, watch};

/// The way into a broker from this process; cheap to clone, and still valid after the broker stopped.
#[derive(Clone, Debug)]
pub struct BrokerHandle {
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub clock: Arc<dyn Clock>,
    inside: Mutex<Inside>,
    /// Wakes whoever keeps house: sessions began to wait for their end.
    pub house: Notify,
}

#[derive(Debug)]
struct Inside {
    core: Core,
    wakers: HashMap<ConnectionId, Arc<Notify>>,
    ears: Vec<mpsc::Sender<Arc<Publication>>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl BrokerHandle {
    pub(super) fn new(core: Core, clock: Arc<dyn Clock>) -> Self {
        let inside = Inside { core, wakers: HashMap::new(), ears: Vec::new() };
        Self { shared: Arc::new(Shared { clock, inside: Mutex::new(inside), house: Notify::new() }) }
    }

    /// Publishes; tells how many hear it. Listeners in this process do not.
    pub fn publish(&self, publication: &Publication) -> usize {
        self.shared.with(|core, now| core.publish(now, publication))
    }

    /// Publishes many at once, for which each subscriber is woken once.
    pub fn publish_all(&self, publications: &[Publication]) {
        self.shared.with(|core, now| {
            for publication in publications {
                core.publish(now, publication);
            }
        });
    }

    /// Hears what clients publish to these filters. At most `n_messages` wait; what comes on top is left
    /// out and counted in [`Figures::unheard`].
    pub fn hear(&self, filters: &[Filter], n_messages: usize) -> mpsc::Receiver<Arc<Publication>> {
        let (sender, receiver) = mpsc::channel(n_messages.max(1));
        let mut inside = self.shared.lock();
        // Several filters for one listener count as overlapping: it hears each message once.
        if let Some((first, others)) = filters.split_first() {
            let ear = inside.core.hear(first);
            for filter in others {
                inside.core.hear_also(ear, filter);
            }
            inside.ears.push(sender);
        }
        receiver
    }

    /// Changes what goes wrong from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.shared.with(|core, _now| core.faults = faults);
    }

    /// Does something to the connection of one client; tells whether that client is here.
    pub fn strike(&self, client_id: &str, strike: &Strike) -> bool {
        self.shared.with(|core, now| {
            let connection = core.connection_of(client_id);
            if let Some(id) = connection {
                core.strike(id, now, strike);
            }
            connection.is_some()
        })
    }

    /// Whether a client of this id is connected.
    pub fn is_connected(&self, client_id: &str) -> bool {
        self.shared.with(|core, _now| core.connection_of(client_id).is_some())
    }

    /// What was counted so far.
    pub fn figures(&self) -> Figures {
        self.shared.with(|core, _now| core.figures)
    }

    /// Looks at the clock again: for tests that turn its hands.
    pub fn wake(&self) {
        let inside = self.shared.lock();
        inside.wakers.values().for_each(|waker| waker.notify_one());
        self.shared.house.notify_one();
    }
}

impl Shared {
    /// Does something to the core, then wakes whom it concerns.
    pub fn with<R>(&self, work: impl FnOnce(&mut Core, Timestamp) -> R) -> R {
        let mut inside = self.lock();
        let result = work(&mut inside.core, self.clock.now());
        inside.settle();
        result
    }

    /// Takes a connection in; the shell's task for it waits on the waker.
    pub fn accept(&self) -> (ConnectionId, Arc<Notify>) {
        let mut inside = self.lock();
        let id = inside.core.accept(self.clock.now());
        let waker = Arc::new(Notify::new());
        inside.wakers.insert(id, Arc::clone(&waker));
        inside.settle();
        (id, waker)
    }

    /// The connection's task has ended.
    pub fn closed(&self, id: ConnectionId) {
        let mut inside = self.lock();
        inside.wakers.remove(&id);
        let now = self.clock.now();
        inside.core.closed(id, now);
        inside.settle();
        self.house.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        // A panic while the lock was held is reported elsewhere; the others may as well go on.
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    fn settle(&mut self) {
        for id in self.core.dirty.drain(..) {
            if let Some(waker) = self.wakers.get(&id) {
                waker.notify_one();
            }
        }
        let mut n_unheard = 0;
        for (ear, publication) in self.core.heard.drain(..) {
            if let Some(sender) = self.ears.get(ear as usize) {
                let sent = sender.try_send(publication);
                n_unheard += u64::from(matches!(sent, Err(TrySendError::Full(_))));
            }
        }
        self.core.figures.unheard += n_unheard;
    }
}

/// Does what is due in the core, when it is due.
pub(super) async fn keep_house(shared: Arc<Shared>, mut stopped: watch::Receiver<Stop>) {
    loop {
        let wait = shared.with(|core, now| {
            core.due(now);
            core.deadline().since(now)
        });
        tokio::select! {
            _ = told(&mut stopped) => return,
            () = tokio::time::sleep(wait) => {}
            () = shared.house.notified() => {}
        }
    }
}
