//! The loop guard: two clients that answer each other on one topic for ever. Owns the evidence and the verdict;
//! stops nothing itself.
use super::event::DeviceId;
use crate::mqtt::{MessageRef, Publication};
use crate::time::Timestamp;
use std::collections::VecDeque;
use std::time::Duration;

/// Publications in a row that were answered before it is called a loop.
pub const ANSWERED: usize = 5;

/// They come within so long.
const WITHIN: Duration = Duration::from_secs(1);

/// An answer comes so soon.
const ANSWER: Duration = Duration::from_millis(200);

/// How long an echo of ours may take: as long as the form waits for one.
const ECHO: Duration = super::life::ECHO_WAIT;

/// Topics watched at once: more than a person or a few generators publish to within a second.
const MAX_TOPICS: usize = 64;

/// Publications remembered of a topic: those of a generator at 1,000 Hz whose echoes are 60 ms on their way.
const MAX_SENT: usize = 64;

/// A publication of ours.
#[derive(Clone, Debug)]
struct Sent {
    at: Timestamp,
    payload: crate::mqtt::Payload,
    /// How often it may come back: once for each subscription that hears it.
    n_echoes: usize,
    is_answered: bool,
}

#[derive(Clone, Debug)]
struct Watched {
    device: DeviceId,
    topic: crate::mqtt::Topic,
    /// Oldest first.
    sent: VecDeque<Sent>,
}

/// What is watched.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// The one published to last is the last.
    topics: Vec<Watched>,
    /// Until then an answer to the last publication would come.
    until: Timestamp,
}

impl Guard {
    /// A publication of ours left; so many subscriptions of ours bring it back.
    pub fn sent(&mut self, device: DeviceId, publication: &Publication, n_echoes: usize, at: Timestamp) {
        let is_it = |watched: &Watched| watched.device == device && watched.topic == publication.topic;
        let mut watched = match self.topics.iter().position(is_it) {
            Some(place) => self.topics.remove(place),
            None => Watched { device, topic: publication.topic.clone(), sent: VecDeque::new() },
        };
        if watched.sent.len() == MAX_SENT {
            watched.sent.pop_front();
        }
        let payload = publication.payload.clone();
        watched.sent.push_back(Sent { at, payload, n_echoes, is_answered: false });
        if self.topics.len() == MAX_TOPICS {
            self.topics.remove(0);
        }
        self.topics.push(watched);
        self.until = at + ANSWER;
    }

    /// Whether a message of this moment can be evidence at all: the flood passes by.
    pub fn is_watching(&self, received: Timestamp) -> bool {
        received <= self.until
    }

    /// A message came. Whether it completes a loop; what was seen is forgotten then.
    pub fn heard(&mut self, device: DeviceId, message: &MessageRef<'_>) -> bool {
        let is_it =
            |watched: &&mut Watched| watched.device == device && watched.topic.as_str() == message.topic;
        let Some(watched) = self.topics.iter_mut().find(is_it) else { return false };
        let now = message.received;
        let is_echo = |sent: &&mut Sent| {
            sent.n_echoes > 0 && now.since(sent.at) <= ECHO && *sent.payload.0 == *message.payload
        };
        if let Some(ours) = watched.sent.iter_mut().find(is_echo) {
            ours.n_echoes -= 1;
            return false;
        }
        let Some(last) = watched.sent.iter_mut().rev().find(|sent| sent.at <= now) else { return false };
        if now.since(last.at) > ANSWER || std::mem::replace(&mut last.is_answered, true) {
            return false;
        }
        let row = watched.sent.iter().rev().take(ANSWERED);
        let (n, first) = row
            .clone()
            .fold((0, now), |(n, first), sent| (n + usize::from(sent.is_answered), first.min(sent.at)));
        let newest = watched.sent.back().map_or(now, |sent| sent.at);
        let is_loop = n == ANSWERED && newest.since(first) <= WITHIN;
        if is_loop {
            watched.sent.clear();
        }
        is_loop
    }

    /// A device was closed, or its connection lost.
    pub fn forget(&mut self, device: DeviceId) {
        self.topics.retain(|watched| watched.device != device);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{Payload, PublishProperties, Qos, Queued, Retained, Topic};

    const US: DeviceId = DeviceId(0);

    fn publication(payload: &str) -> Publication {
        Publication {
            topic: Topic::parse("lamp/set").unwrap(),
            payload: Payload::from(payload.as_bytes()),
            qos: Qos::AtMostOnce,
            retain: false,
            properties: PublishProperties::default(),
        }
    }

    fn message<'a>(topic: &'a str, payload: &'a str, ms: u64) -> MessageRef<'a> {
        MessageRef {
            topic,
            payload: payload.as_bytes(),
            properties: &[],
            qos: Qos::AtMostOnce,
            retained: Retained::No,
            dup: false,
            queued: Queued::No,
            packet_id: None,
            received: Timestamp::from_millis(ms),
        }
    }

    /// Rounds of a publication of ours and what comes behind it, each so many ms after the one before.
    fn rounds(n: u64, gap_ms: u64, n_echoes: usize, answers: &[(&str, &str, u64)]) -> bool {
        let mut guard = Guard::default();
        let mut is_loop = false;
        for round in 0..n {
            let at = 1_000 + round * gap_ms;
            let ours = (round % 2).to_string();
            guard.sent(US, &publication(&ours), n_echoes, Timestamp::from_millis(at));
            for (topic, payload, after) in answers {
                let payload = if *payload == "ours" { ours.as_str() } else { payload };
                let heard = message(topic, payload, at + after);
                is_loop |= guard.is_watching(heard.received) && guard.heard(US, &heard);
            }
        }
        is_loop
    }

    #[test]
    fn a_bouncing_pair_is_a_loop_and_nothing_less_is() {
        let it = "lamp/set";
        for (what, expected, is_loop) in [
            ("a bouncing pair", true, rounds(5, 200, 1, &[(it, "ours", 2), (it, "9", 20)])),
            ("one that mirrors", true, rounds(5, 200, 1, &[(it, "ours", 2), (it, "ours", 20)])),
            ("one that mirrors, without echoes", true, rounds(5, 200, 0, &[(it, "ours", 20)])),
            ("four rounds", false, rounds(4, 200, 1, &[(it, "ours", 2), (it, "9", 20)])),
            ("our own echoes", false, rounds(50, 20, 1, &[(it, "ours", 2)])),
            ("echoes of two subscriptions", false, rounds(50, 20, 2, &[(it, "ours", 2), (it, "ours", 3)])),
            ("a slow pair", false, rounds(5, 300, 1, &[(it, "ours", 2), (it, "9", 20)])),
            ("late answers", false, rounds(5, 250, 1, &[(it, "ours", 2), (it, "9", 201)])),
            ("an answer elsewhere", false, rounds(5, 200, 1, &[(it, "ours", 2), ("lamp/state", "9", 20)])),
            ("a fast toggle that nobody answers", false, rounds(50, 20, 1, &[])),
        ] {
            assert_eq!(is_loop, expected, "{what}");
        }
    }

    #[test]
    fn one_publication_without_an_answer_breaks_the_row() {
        let mut guard = Guard::default();
        for (round, is_answered) in [true, true, true, false, true, true, true, true].into_iter().enumerate()
        {
            let at = 1_000 + 100 * u64::try_from(round).unwrap();
            guard.sent(US, &publication("1"), 0, Timestamp::from_millis(at));
            assert!(!is_answered || !guard.heard(US, &message("lamp/set", "9", at + 10)), "{round}");
        }
        guard.sent(US, &publication("1"), 0, Timestamp::from_millis(1_800));
        assert!(guard.heard(US, &message("lamp/set", "9", 1_810)));
        guard.sent(US, &publication("1"), 0, Timestamp::from_millis(1_900));
        assert!(!guard.heard(US, &message("lamp/set", "9", 1_910)), "told once, then counted anew");
    }
}
