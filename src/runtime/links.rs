//! The devices' tasks, as the loop knows them. Owns their beginning, their turn and their end.
use crate::broker::{self, Events, Requests, Wake};
use crate::model::DeviceId;
use crate::mqtt::{BrokerEvent, BrokerRequest, Profile};
use crate::time::Clock;
use std::sync::Arc;
use std::time::Duration;

/// How long quitting waits for the brokers to take their DISCONNECT.
const FAREWELL: Duration = Duration::from_millis(1_500);

/// A device's task.
struct Link {
    id: DeviceId,
    requests: Requests,
    events: Events,
    stay: Stay,
}

/// Whether a task is wanted.
enum Stay {
    /// Yes.
    Here,
    /// It says goodbye, and nobody listens; one with other settings may take its place when it is gone.
    Leaving(Option<Box<Profile>>),
}

/// All of them.
pub struct Links {
    all: Vec<Link>,
    wake: Wake,
    clock: Arc<dyn Clock>,
    /// The one whose queue is looked at first next time.
    turn: usize,
}

impl Links {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { all: Vec::new(), wake: Wake::default(), clock, turn: 0 }
    }

    /// Returns when there may be something to take.
    pub async fn wait(&self) {
        self.wake.wait().await;
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Starts a device's task. While one of this id still says goodbye it waits: a broker that hears a client id
    /// twice throws the first one out, and publishes its will.
    pub fn open(&mut self, id: DeviceId, profile: Box<Profile>) {
        let leaving = self.all.iter_mut().find(|link| link.id == id);
        if let Some(Link { stay: Stay::Leaving(next), .. }) = leaving {
            *next = Some(profile);
            return;
        }
        let (requests, events) = broker::spawn(*profile, Arc::clone(&self.clock), self.wake.clone());
        self.all.push(Link { id, requests, events, stay: Stay::Here });
    }

    /// Has a task say DISCONNECT and end.
    pub fn close(&mut self, id: DeviceId) {
        let Some(place) = self.all.iter().position(|link| link.id == id) else { return };
        let link = &mut self.all[place];
        if matches!(link.stay, Stay::Here) && link.requests.try_send(BrokerRequest::End).is_err() {
            // No room for the word, or nobody there: dropping its ends stops the task too.
            self.all.remove(place);
            return;
        }
        link.stay = Stay::Leaving(None);
    }

    /// Hands a request to a task, or says at once why not.
    pub fn request(&self, id: DeviceId, request: BrokerRequest) -> Result<(), String> {
        match self.all.iter().find(|link| link.id == id) {
            Some(Link { requests, stay: Stay::Here, .. }) => {
                requests.try_send(request).map_err(|error| error.to_string())
            }
            Some(Link { stay: Stay::Leaving(_), .. }) => {
                Err("the device is about to connect anew; try again in a moment".into())
            }
            None => Err("the device was closed; D opens it again".into()),
        }
    }

    /// Looks into the next queue in turn.
    pub fn take_turn(&mut self) -> Option<(DeviceId, BrokerEvent)> {
        let n_links = self.all.len();
        let place = self.turn.checked_rem(n_links)?;
        self.turn = place + 1;
        let Link { id, events, stay, .. } = &mut self.all[place];
        let id = *id;
        match stay {
            Stay::Here => events.try_recv().map(|event| (id, event)),
            Stay::Leaving(next) => {
                let mut unheard = std::iter::from_fn(|| events.try_recv());
                if unheard.any(|event| matches!(event, BrokerEvent::Ended)) {
                    let next = next.take();
                    self.all.remove(place);
                    if let Some(profile) = next {
                        self.open(id, profile);
                    }
                }
                None
            }
        }
    }

    /// Says DISCONNECT to every broker and waits a moment for it to get out.
    pub async fn farewell(mut self) {
        for link in &self.all {
            // A task that has no room for it is behind for good; dropping its ends stops it too.
            let _ = link.requests.try_send(BrokerRequest::End);
        }
        let all_ended = async {
            for link in &mut self.all {
                while !matches!(link.events.recv().await, BrokerEvent::Ended) {}
            }
        };
        let _ = tokio::time::timeout(FAREWELL, all_ended).await;
    }
}
