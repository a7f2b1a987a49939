//! What became of each publication: queued, sent, acknowledged, echoed. Owns the telling, with times.
use super::event::DeviceId;
use super::publications::draft::Draft;
use crate::mqtt::{MessageRef, Publication, Qos, Stage, Ticket};
use crate::time::Timestamp;
use std::collections::VecDeque;
use std::time::Duration;

mod remedy;
mod words;

pub use remedy::remedy;
pub use words::{short, words};

/// Lives remembered that are over: the list of publications shows no more; the oldest makes room.
const MAX_LIVES: usize = 200;

/// Lives in all: beside those that are over, as many as may be held for one connection. What is asked before
/// quitting counts them, so none that the broker still owes an answer goes before.
const MAX_ALL: usize = 1_200;

/// Stages remembered of a life: each once, and a re-send for every time the connection is lost in a while. Beyond
/// that the last makes room.
const MAX_STAGES: usize = 24;

/// How long an echo is awaited.
pub const ECHO_WAIT: Duration = Duration::from_secs(5);

/// One publication of ours and how far it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// Its device.
    pub device: DeviceId,
    /// Its number there.
    pub ticket: Ticket,
    /// What was asked for.
    pub publication: Publication,
    /// As it was written, where placeholders were replaced.
    pub draft: Option<Box<Draft>>,
    /// What became of the answer, where it asked for one; in words.
    pub answer: Option<String>,
    /// When it was handed over.
    pub begun: Timestamp,
    /// The latest stage and when it came; `None` while the task has not answered.
    pub stage: Option<(Stage, Timestamp)>,
    /// All its stages with their times, oldest first; the last one is `stage`.
    pub stages: Vec<(Stage, Timestamp)>,
    /// Stages between that were not remembered.
    pub n_forgotten: u64,
    /// Whether there was no connection when it was handed over.
    pub waited: bool,
    /// When its PUBLISH left first.
    pub sent: Option<Timestamp>,
    /// Whether it comes back to us.
    pub echo: Echo,
}

/// Whether a publication comes back to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    /// Awaited until then, once it was sent.
    Awaited(Timestamp),
    /// Came back so long after it was sent.
    Heard(Duration),
    /// Nothing came in time.
    Missed,
    /// No subscription of ours hears this topic.
    Unheard,
}

impl Life {
    /// As it was written: with placeholders where it had any, else just as it went.
    pub fn written(&self) -> Draft {
        let as_it_went = || Draft { publication: self.publication.clone(), is_template: false };
        self.draft.as_deref().cloned().unwrap_or_else(as_it_went)
    }

    /// Whether nothing more will change.
    pub fn is_over(&self) -> bool {
        self.is_settled() && !matches!(self.echo, Echo::Awaited(_))
    }

    /// Whether the broker has nothing more to say of it.
    pub fn is_settled(&self) -> bool {
        self.stage.as_ref().is_some_and(|(stage, _)| stage.is_last())
    }

    /// How long it waited before its PUBLISH left, where it had to.
    pub fn held(&self) -> Option<Duration> {
        let is_queued = self.stages.first().is_some_and(|(stage, _)| *stage == Stage::Queued);
        self.sent.filter(|_| is_queued).map(|sent| sent.since(self.begun))
    }

    /// The packet that acknowledges it last.
    pub fn last_packet(&self) -> &'static str {
        match self.publication.qos {
            Qos::AtMostOnce => "acknowledged",
            // Some 3.1.1 brokers answer QoS 2 with a PUBACK; a PUBREC before it tells the two apart.
            Qos::ExactlyOnce if self.stages.iter().any(|(stage, _)| *stage == Stage::Received) => "PUBCOMP",
            Qos::AtLeastOnce | Qos::ExactlyOnce => "PUBACK",
        }
    }

    /// From its PUBLISH until the latest stage.
    pub fn took(&self) -> Option<Duration> {
        let (_, at) = self.stage.as_ref()?;
        self.sent.map(|sent| at.since(sent))
    }
}

/// The lives of what was published, newest first.
#[derive(Clone, Debug, Default)]
pub struct Lives {
    all: VecDeque<Life>,
    /// How many went to make room.
    n_gone: u64,
    /// How many of them await an echo: the flood of messages is compared only while there is one.
    n_awaited: usize,
}

impl Lives {
    /// A publication is handed to its device's task.
    pub fn begin(&mut self, device: DeviceId, ticket: Ticket, publication: Publication, now: Timestamp) {
        if self.all.len() >= MAX_LIVES {
            let gone = self.all.iter().rposition(Life::is_over);
            let gone = gone.or_else(|| self.all.iter().rposition(Life::is_settled));
            let gone = gone.or_else(|| (self.all.len() >= MAX_ALL).then_some(self.all.len() - 1));
            if gone.and_then(|gone| self.all.remove(gone)).is_some() {
                self.n_gone += 1;
            }
        }
        let life = Life {
            device,
            ticket,
            publication,
            draft: None,
            answer: None,
            begun: now,
            stage: None,
            stages: Vec::new(),
            n_forgotten: 0,
            waited: false,
            sent: None,
            echo: Echo::Awaited(now + ECHO_WAIT),
        };
        self.all.push_front(life);
        self.recount();
    }

    /// A stage came; `heard` says whether a subscription of ours covers the topic, where that is known.
    pub fn reach(
        &mut self,
        device: DeviceId,
        ticket: Ticket,
        stage: Stage,
        at: Timestamp,
        heard: Option<bool>,
    ) {
        let Some(life) = self.all.iter_mut().find(|life| life.device == device && life.ticket == ticket)
        else {
            return;
        };
        match &stage {
            Stage::Sent { .. } => {
                life.sent.get_or_insert(at);
                // A re-send may yet be echoed, whatever became of the first.
                if !matches!(life.echo, Echo::Heard(_)) {
                    life.echo = match heard {
                        Some(false) => Echo::Unheard,
                        Some(true) | None => Echo::Awaited(at + ECHO_WAIT),
                    };
                }
            }
            Stage::Refused(..) | Stage::NotSent(_) => life.echo = Echo::Unheard,
            Stage::Queued | Stage::Received | Stage::Acknowledged(_) => {}
        }
        if life.stages.len() == MAX_STAGES {
            life.stages.pop();
            life.n_forgotten += 1;
        }
        life.stages.push((stage.clone(), at));
        life.stage = Some((stage, at));
        self.recount();
    }

    /// A publication was written with placeholders.
    pub fn note_draft(&mut self, device: DeviceId, ticket: Ticket, draft: Draft) {
        let of = |life: &&mut Life| life.device == device && life.ticket == ticket;
        if let Some(life) = self.all.iter_mut().find(of) {
            life.draft = Some(Box::new(draft));
        }
    }

    /// The answer to a request came, or did not.
    pub fn note_answer(&mut self, device: DeviceId, ticket: Ticket, words: String) {
        let of = |life: &&mut Life| life.device == device && life.ticket == ticket;
        if let Some(life) = self.all.iter_mut().find(of) {
            life.answer = Some(words);
        }
    }

    /// A publication waits for its device's connection.
    pub fn note_waiting(&mut self, device: DeviceId, ticket: Ticket) {
        let of = |life: &&mut Life| life.device == device && life.ticket == ticket;
        if let Some(life) = self.all.iter_mut().find(of) {
            life.waited = true;
        }
    }

    /// Whether a message need be held against what we published.
    pub fn await_echo(&self) -> bool {
        self.n_awaited > 0
    }

    /// A message came: the oldest publication of ours that looks like it has its echo.
    pub fn hear(&mut self, device: DeviceId, message: &MessageRef<'_>) -> bool {
        let found = self.all.iter_mut().rev().find(|life| {
            matches!(life.echo, Echo::Awaited(_))
                && life.device == device
                && life.sent.is_some()
                && life.publication.topic.as_str() == message.topic
                && *life.publication.payload.0 == *message.payload
        });
        let Some(life) = found else { return false };
        let sent = life.sent.unwrap_or(life.begun);
        life.echo = Echo::Heard(message.received.since(sent));
        self.recount();
        true
    }

    /// Gives up on echoes that did not come in time.
    pub fn advance(&mut self, now: Timestamp) {
        if self.n_awaited == 0 {
            return;
        }
        for life in &mut self.all {
            if life.sent.is_some() && matches!(life.echo, Echo::Awaited(until) if until <= now) {
                life.echo = Echo::Missed;
            }
        }
        self.recount();
    }

    /// When the next echo is given up on.
    pub fn deadline(&self) -> Option<Timestamp> {
        let awaited = self.all.iter().filter(|life| life.sent.is_some());
        awaited
            .filter_map(|life| match life.echo {
                Echo::Awaited(until) => Some(until),
                Echo::Heard(_) | Echo::Missed | Echo::Unheard => None,
            })
            .min()
    }

    /// All of them, newest first.
    pub fn iter(&self) -> impl Iterator<Item = &Life> {
        self.all.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether nothing was published.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// How many went to make room for newer ones.
    pub fn n_gone(&self) -> u64 {
        self.n_gone
    }

    /// The life of a number.
    pub fn get(&self, device: DeviceId, ticket: Ticket) -> Option<&Life> {
        self.all.iter().find(|life| life.device == device && life.ticket == ticket)
    }

    /// The newest life on a topic.
    pub fn newest(&self, device: DeviceId, topic: &str) -> Option<&Life> {
        self.all.iter().find(|life| life.device == device && life.publication.topic.as_str() == topic)
    }

    /// What was asked for.
    pub fn publication(&self, device: DeviceId, ticket: Ticket) -> Option<&Publication> {
        self.get(device, ticket).map(|life| &life.publication)
    }

    /// The topic of a publication.
    pub fn topic(&self, device: DeviceId, ticket: Ticket) -> Option<&str> {
        self.get(device, ticket).map(|life| life.publication.topic.as_str())
    }

    /// Whether a publication deletes what is retained: empty, with the retain flag (section 3.3.1.3).
    pub fn is_clearing(&self, device: DeviceId, ticket: Ticket) -> bool {
        self.get(device, ticket)
            .is_some_and(|life| life.publication.retain && life.publication.payload.0.is_empty())
    }

    /// How many publications the broker has not answered for yet; quitting asks about them.
    pub fn n_unsettled(&self, device: Option<DeviceId>) -> usize {
        let of = |life: &&Life| device.is_none_or(|device| life.device == device) && !life.is_settled();
        self.all.iter().filter(of).count()
    }

    /// A device was closed: nothing more will be heard of what was published there.
    pub fn forget(&mut self, device: DeviceId) {
        self.all.retain(|life| life.device != device);
        self.recount();
    }

    /// A connection was ended with what it had in flight: how many publications that were, but for those `held`.
    pub fn forget_unsettled(&mut self, device: DeviceId, held: &[Ticket]) -> usize {
        let n_before = self.all.len();
        self.all.retain(|life| life.device != device || life.is_settled() || held.contains(&life.ticket));
        self.recount();
        n_before - self.all.len()
    }

    fn recount(&mut self) {
        let awaited = |life: &&Life| matches!(life.echo, Echo::Awaited(_));
        self.n_awaited = self.all.iter().filter(awaited).count();
    }
}

#[cfg(test)]
mod tests;
