//! The loop guard: two clients that answer each other on one topic for ever. Owns the evidence and the verdict;
//! stops nothing itself.
use super::event::DeviceId;
use crate::mqtt::{MessageRef, Publication};
use crate::time::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// Publications in a row that were answered before it is called a loop.
pub const ANSWERED: usize = 5;

/// They come within so long.
const WITHIN: Duration = Duration::from_secs(1);

/// An answer comes so soon.
const ANSWER: Duration = Duration::from_millis(200);

/// How long an echo of ours may take: as long as the form waits for one.
const ECHO: Duration = super::life::ECHO_WAIT;

/// Topics watched at once: as many as can have a generator, and the person's own.
const MAX_TOPICS: usize = super::runs::MAX_RUNNING + 16;

/// Publications remembered of a topic: those of a generator at 1,000 Hz for as long as an echo may take.
const MAX_SENT: usize = 5_000;

/// A publication of ours.
#[derive(Clone, Debug)]
struct Sent {
    at: Timestamp,
    /// Stands for the payload: a thousand a second of any size are to be told apart at the cost of a look-up.
    hash: u64,
    /// How often it may come back: once for each subscription that hears it.
    n_echoes: usize,
    is_answered: bool,
}

/// How often a payload may yet come back, all publications of it together.
#[derive(Clone, Copy, Debug, Default)]
struct Echoes {
    n_awaited: usize,
    /// Of the publications that are remembered; whatever was heard was the oldest one's.
    n_at_most: usize,
}

#[derive(Clone, Debug)]
struct Watched {
    device: DeviceId,
    topic: crate::mqtt::Topic,
    /// Oldest first.
    sent: VecDeque<Sent>,
    /// By the payload's hash.
    echoes: BTreeMap<u64, Echoes>,
}

impl Watched {
    fn remember(&mut self, sent: Sent) {
        while self.sent.front().is_some_and(|oldest| sent.at.since(oldest.at) > ECHO) {
            self.forget_oldest();
        }
        if self.sent.len() == MAX_SENT {
            self.forget_oldest();
        }
        let echoes = self.echoes.entry(sent.hash).or_default();
        echoes.n_awaited += sent.n_echoes;
        echoes.n_at_most += sent.n_echoes;
        self.sent.push_back(sent);
    }

    fn forget_oldest(&mut self) {
        let Some(oldest) = self.sent.pop_front() else { return };
        let Some(echoes) = self.echoes.get_mut(&oldest.hash) else { return };
        echoes.n_at_most -= oldest.n_echoes;
        echoes.n_awaited = echoes.n_awaited.min(echoes.n_at_most);
        if echoes.n_at_most == 0 {
            self.echoes.remove(&oldest.hash);
        }
    }

    /// Whether a payload is one of ours that comes back; each does as often as it is awaited.
    fn take_echo(&mut self, payload: &[u8], now: Timestamp) -> bool {
        while self.sent.front().is_some_and(|oldest| now.since(oldest.at) > ECHO) {
            self.forget_oldest();
        }
        let Some(echoes) = self.echoes.get_mut(&hash(payload)) else { return false };
        let is_echo = echoes.n_awaited > 0;
        echoes.n_awaited = echoes.n_awaited.saturating_sub(1);
        is_echo
    }
}

/// The same bytes have the same; that others have it too is as likely as nothing.
fn hash(payload: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    payload.hash(&mut hasher);
    hasher.finish()
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
        let known = self.topics.iter().position(is_it).map(|place| self.topics.remove(place));
        let mut watched = known.unwrap_or_else(|| Watched {
            device,
            topic: publication.topic.clone(),
            sent: VecDeque::new(),
            echoes: BTreeMap::new(),
        });
        let hash = hash(&publication.payload.0);
        watched.remember(Sent { at, hash, n_echoes, is_answered: false });
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
        if watched.take_echo(message.payload, now) {
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
            watched.echoes.clear();
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
    fn a_thousand_a_second_whose_echoes_take_a_second_are_no_loop() {
        let mut guard = Guard::default();
        for round in 0..20_000 {
            let at = 1_000 + round;
            // A wave: each value comes again and again.
            guard.sent(US, &publication(&(round % 360).to_string()), 1, Timestamp::from_millis(at));
            if let Some(ours) = round.checked_sub(1_000) {
                let payload = (ours % 360).to_string();
                let echo = message("lamp/set", &payload, at);
                assert!(guard.is_watching(echo.received) && !guard.heard(US, &echo), "{round}");
            }
        }
        // Somebody who answers is found all the same.
        let answers = (0..ANSWERED as u64).map(|round| {
            let at = Timestamp::from_millis(21_000 + 10 * round);
            guard.sent(US, &publication("1000"), 0, at);
            guard.heard(US, &message("lamp/set", "-1", 21_001 + 10 * round))
        });
        assert_eq!(answers.filter(|is_loop| *is_loop).count(), 1);
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
