//! What became of each publication: queued, sent, acknowledged, echoed. Owns the telling, with times.
use super::event::DeviceId;
use crate::mqtt::{MessageRef, Publication, Reason, Stage, Ticket};
use crate::time::Timestamp;
use std::collections::VecDeque;
use std::time::Duration;

/// Lives remembered; the oldest one that has ended makes room.
const MAX_LIVES: usize = 200;

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
    /// When it was handed over.
    pub begun: Timestamp,
    /// The latest stage and when it came; `None` while the task has not answered.
    pub stage: Option<(Stage, Timestamp)>,
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
    /// Whether nothing more will change.
    pub fn is_over(&self) -> bool {
        self.is_settled() && !matches!(self.echo, Echo::Awaited(_))
    }

    /// Whether the broker has nothing more to say of it.
    pub fn is_settled(&self) -> bool {
        self.stage.as_ref().is_some_and(|(stage, _)| stage.is_last())
    }

    /// From its PUBLISH until the latest stage.
    pub fn took(&self) -> Option<Duration> {
        let (_, at) = self.stage.as_ref()?;
        self.sent.map(|sent| at.since(sent))
    }
}

/// A life in words, for the form's corner: `acknowledged 1.2 ms · echo 1.9 ms`.
pub fn words(life: &Life) -> String {
    let ms = |took: Duration| match took.as_secs_f64() {
        seconds if seconds < 1.0 => format!("{:.1} ms", seconds * 1_000.0),
        seconds => format!("{seconds:.1} s"),
    };
    let took = life.took().map(|took| format!(" {}", ms(took))).unwrap_or_default();
    let stage = match life.stage.as_ref().map(|(stage, _)| stage) {
        None | Some(Stage::Queued) => "queued".to_owned(),
        Some(Stage::Sent { packet_id: None, .. }) => "sent".to_owned(),
        Some(Stage::Sent { packet_id: Some(id), resent: true }) => format!("sent again (id {id})"),
        Some(Stage::Sent { packet_id: Some(id), resent: false }) => format!("sent (id {id})"),
        Some(Stage::Received) => format!("PUBREC{took}"),
        Some(Stage::Acknowledged(reason)) if *reason == Reason::SUCCESS => format!("acknowledged{took}"),
        Some(Stage::Acknowledged(reason)) => format!("acknowledged{took}: {reason}"),
        Some(Stage::Refused(reason, _)) => return format!("refused: {reason}"),
        Some(Stage::NotSent(why)) => return format!("not sent: {why}"),
    };
    let echo = match life.echo {
        Echo::Awaited(_) => return stage,
        Echo::Heard(after) => format!("echo {}", ms(after)),
        Echo::Missed => "no echo after 5 s".to_owned(),
        Echo::Unheard => "no subscription hears this topic".to_owned(),
    };
    format!("{stage} · {echo}")
}

/// The lives of what was published, newest first.
#[derive(Clone, Debug, Default)]
pub struct Lives {
    lives: VecDeque<Life>,
    /// How many of them await an echo: the flood of messages is compared only while there is one.
    n_awaited: usize,
}

impl Lives {
    /// A publication is handed to its device's task.
    pub fn begin(&mut self, device: DeviceId, ticket: Ticket, publication: Publication, now: Timestamp) {
        if self.lives.len() == MAX_LIVES {
            let ended = self.lives.iter().rposition(Life::is_over).unwrap_or(MAX_LIVES - 1);
            self.lives.remove(ended);
        }
        let echo = Echo::Awaited(now + ECHO_WAIT);
        let life = Life { device, ticket, publication, begun: now, stage: None, sent: None, echo };
        self.lives.push_front(life);
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
        let Some(life) = self.lives.iter_mut().find(|life| life.device == device && life.ticket == ticket)
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
        life.stage = Some((stage, at));
        self.recount();
    }

    /// Whether a message need be held against what we published.
    pub fn await_echo(&self) -> bool {
        self.n_awaited > 0
    }

    /// A message came: the oldest publication of ours that looks like it has its echo.
    pub fn hear(&mut self, device: DeviceId, message: &MessageRef<'_>) -> bool {
        let found = self.lives.iter_mut().rev().find(|life| {
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
        for life in &mut self.lives {
            if life.sent.is_some() && matches!(life.echo, Echo::Awaited(until) if until <= now) {
                life.echo = Echo::Missed;
            }
        }
        self.recount();
    }

    /// When the next echo is given up on.
    pub fn deadline(&self) -> Option<Timestamp> {
        let awaited = self.lives.iter().filter(|life| life.sent.is_some());
        awaited
            .filter_map(|life| match life.echo {
                Echo::Awaited(until) => Some(until),
                Echo::Heard(_) | Echo::Missed | Echo::Unheard => None,
            })
            .min()
    }

    /// All of them, newest first.
    pub fn iter(&self) -> impl Iterator<Item = &Life> {
        self.lives.iter()
    }

    /// The newest life on a topic.
    pub fn newest(&self, device: DeviceId, topic: &str) -> Option<&Life> {
        self.lives.iter().find(|life| life.device == device && life.publication.topic.as_str() == topic)
    }

    /// What was asked for.
    pub fn publication(&self, device: DeviceId, ticket: Ticket) -> Option<&Publication> {
        let life = self.lives.iter().find(|life| life.device == device && life.ticket == ticket)?;
        Some(&life.publication)
    }

    /// The topic of a publication.
    pub fn topic(&self, device: DeviceId, ticket: Ticket) -> Option<&str> {
        let life = self.lives.iter().find(|life| life.device == device && life.ticket == ticket)?;
        Some(life.publication.topic.as_str())
    }

    /// Whether a publication deletes what is retained: empty, with the retain flag (section 3.3.1.3).
    pub fn is_clearing(&self, device: DeviceId, ticket: Ticket) -> bool {
        let life = self.lives.iter().find(|life| life.device == device && life.ticket == ticket);
        life.is_some_and(|life| life.publication.retain && life.publication.payload.0.is_empty())
    }

    /// How many publications the broker has not answered for yet; quitting asks about them.
    pub fn n_unsettled(&self, device: Option<DeviceId>) -> usize {
        let of = |life: &&Life| device.is_none_or(|device| life.device == device) && !life.is_settled();
        self.lives.iter().filter(of).count()
    }

    /// A device was closed: nothing more will be heard of what was published there.
    pub fn forget(&mut self, device: DeviceId) {
        self.lives.retain(|life| life.device != device);
        self.recount();
    }

    /// A connection was ended with what it had in flight: how many publications that were, but for those `held`.
    pub fn forget_unsettled(&mut self, device: DeviceId, held: &[Ticket]) -> usize {
        let n_before = self.lives.len();
        self.lives.retain(|life| life.device != device || life.is_settled() || held.contains(&life.ticket));
        self.recount();
        n_before - self.lives.len()
    }

    fn recount(&mut self) {
        let awaited = |life: &&Life| matches!(life.echo, Echo::Awaited(_));
        self.n_awaited = self.lives.iter().filter(awaited).count();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{PacketId, Payload, PublishProperties, Qos, Queued, Retained, Topic};

    fn publication(payload: &str) -> Publication {
        Publication {
            topic: Topic::parse("/controls/lighting").unwrap(),
            payload: Payload::from(payload.as_bytes()),
            qos: Qos::AtLeastOnce,
            retain: false,
            properties: PublishProperties::default(),
        }
    }

    fn echo(payload: &'static [u8], ms: u64) -> MessageRef<'static> {
        MessageRef {
            topic: "/controls/lighting",
            payload,
            properties: &[],
            qos: Qos::AtMostOnce,
            retained: Retained::No,
            dup: false,
            queued: Queued::No,
            packet_id: None,
            received: Timestamp::from_millis(ms),
        }
    }

    fn sent(lives: &mut Lives, ticket: u64, payload: &str, heard: bool) {
        let (device, ticket) = (DeviceId(0), Ticket(ticket));
        lives.begin(device, ticket, publication(payload), Timestamp::ZERO);
        let stage = Stage::Sent { packet_id: PacketId::new(1), resent: false };
        lives.reach(device, ticket, stage, Timestamp::from_millis(1), Some(heard));
    }

    #[test]
    fn a_publication_tells_its_acknowledgement_and_its_echo() {
        let mut lives = Lives::default();
        sent(&mut lives, 1, "0.75", true);
        let acknowledged = Stage::Acknowledged(Reason::SUCCESS);
        lives.reach(DeviceId(0), Ticket(1), acknowledged, Timestamp::from_millis(3), Some(true));
        assert!(!lives.hear(DeviceId(0), &echo(b"0.5", 4)));
        assert!(lives.hear(DeviceId(0), &echo(b"0.75", 4)));
        assert!(!lives.hear(DeviceId(0), &echo(b"0.75", 5)), "one echo each");
        let life = lives.newest(DeviceId(0), "/controls/lighting").unwrap();
        assert_eq!(life.took(), Some(Duration::from_millis(2)));
        assert_eq!(life.echo, Echo::Heard(Duration::from_millis(3)));
        assert!(life.is_over());
    }

    #[test]
    fn a_missing_echo_says_why() {
        let mut lives = Lives::default();
        sent(&mut lives, 1, "a", true);
        sent(&mut lives, 2, "b", false);
        assert_eq!(lives.newest(DeviceId(0), "/controls/lighting").unwrap().echo, Echo::Unheard);
        assert_eq!(lives.deadline(), Some(Timestamp::from_millis(5_001)));
        lives.advance(Timestamp::from_millis(5_001));
        assert_eq!(lives.deadline(), None);
        assert!(!lives.await_echo());
        assert_eq!(lives.n_unsettled(None), 2);
    }
}
