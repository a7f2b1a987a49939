//! What a run has handed to its device's task and what became of it. Owns the counts and what is under way.
use super::speed::Speed;
use super::spread::Spread;
use crate::mqtt::{Publication, Reason, Stage};
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// A publication of a run that the broker has not answered for yet.
#[derive(Clone, Debug)]
struct Open {
    /// What was asked for; the guard wants it once it left.
    publication: Publication,
    /// When it was to leave.
    due: Timestamp,
    /// Whether it waits for a place of the broker's receive maximum, or for the connection.
    is_queued: bool,
    /// When its PUBLISH left first.
    sent: Option<Timestamp>,
}

/// The publications of one run. What is handed over is bounded by whoever hands over: see [`Flow::n_open`].
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// Handed to the task, what it did not take included.
    pub n_handed: u64,
    /// That left.
    pub n_sent: u64,
    /// That the broker acknowledged; none at QoS 0.
    pub n_acknowledged: u64,
    /// That the broker refused.
    pub n_refused: u64,
    /// That we did not send: too large, withdrawn, or the connection ended before.
    pub n_not_sent: u64,
    /// That the task's queue had no room for.
    pub n_not_taken: u64,
    /// Refused by the broker in a row, up to now.
    pub n_refused_in_a_row: u64,
    /// How fast they leave.
    pub speed: Speed,
    /// How long after its time each left.
    pub late: Spread,
    /// From each PUBLISH to its last acknowledgement.
    pub acknowledged_in: Spread,
    /// The last refusal, the broker's or ours, in words.
    pub trouble: Option<String>,
    open: BTreeMap<u64, Open>,
    n_unsent: usize,
    n_queued: usize,
}

/// What a stage meant.
#[derive(Debug, PartialEq, Eq)]
pub enum Reached {
    /// It left for the first time: this is what went.
    Left(Publication),
    /// Nothing that matters outside.
    Noted,
    /// It came to its end.
    Settled,
    /// It is none that is under way.
    Unknown,
}

impl Flow {
    /// One is handed over, which was to leave at `due`; its serial number.
    pub fn hand(&mut self, publication: Publication, due: Timestamp) -> u64 {
        let serial = self.n_handed;
        self.n_handed += 1;
        self.n_unsent += 1;
        self.open.insert(serial, Open { publication, due, is_queued: false, sent: None });
        serial
    }

    /// The task had no room for one. Whether it was under way.
    pub fn give_back(&mut self, serial: u64) -> bool {
        let is_known = self.close(serial).is_some();
        self.n_not_taken += u64::from(is_known);
        is_known
    }

    /// One came a stage further.
    pub fn reach(&mut self, serial: u64, stage: &Stage, at: Timestamp) -> Reached {
        let Some(open) = self.open.get_mut(&serial) else { return Reached::Unknown };
        match stage {
            Stage::Queued => {
                self.n_queued += usize::from(!std::mem::replace(&mut open.is_queued, true));
                return Reached::Noted;
            }
            Stage::Received => return Reached::Noted,
            Stage::Sent { packet_id, .. } => {
                if open.sent.is_some() {
                    return Reached::Noted;
                }
                open.sent = Some(at);
                self.n_unsent -= 1;
                self.n_queued -= usize::from(std::mem::replace(&mut open.is_queued, false));
                self.n_sent += 1;
                self.late.note(at.since(open.due));
                self.speed.note(at);
                let publication = open.publication.clone();
                if packet_id.is_none() {
                    self.close(serial);
                }
                return Reached::Left(publication);
            }
            Stage::Acknowledged(_) => {
                self.n_acknowledged += 1;
                self.n_refused_in_a_row = 0;
                if let Some(sent) = open.sent {
                    self.acknowledged_in.note(at.since(sent));
                }
            }
            Stage::Refused(reason, words) => {
                self.n_refused += 1;
                self.n_refused_in_a_row += 1;
                self.trouble = Some(refusal(*reason, words.as_deref()));
            }
            Stage::NotSent(words) => {
                self.n_not_sent += 1;
                self.trouble = Some(words.clone());
            }
        }
        self.close(serial);
        Reached::Settled
    }

    /// The connection was ended with what it had in flight: how many those were.
    pub fn forget(&mut self) -> usize {
        (self.n_unsent, self.n_queued) = (0, 0);
        std::mem::take(&mut self.open).len()
    }

    /// How many are under way: handed over, and without their last stage.
    pub fn n_open(&self) -> usize {
        self.open.len()
    }

    /// How many of those have not left yet.
    pub const fn n_unsent(&self) -> usize {
        self.n_unsent
    }

    /// How many of those the task said it holds back: the broker or the connection is behind.
    pub const fn n_queued(&self) -> usize {
        self.n_queued
    }

    /// The serial numbers of those that have not left yet, which can still be withdrawn; or of those in flight as well.
    pub fn under_way(&self, in_flight_too: bool) -> impl Iterator<Item = u64> {
        let goes = move |open: &Open| in_flight_too || open.sent.is_none();
        self.open.iter().filter(move |(_, open)| goes(open)).map(|(serial, _)| *serial)
    }

    fn close(&mut self, serial: u64) -> Option<Open> {
        let open = self.open.remove(&serial)?;
        self.n_unsent -= usize::from(open.sent.is_none());
        self.n_queued -= usize::from(open.is_queued);
        Some(open)
    }
}

fn refusal(reason: Reason, words: Option<&str>) -> String {
    match words {
        Some(words) => format!("{reason}: {words}"),
        None => reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::{PacketId, Payload, PublishProperties, Qos, Topic};
    use std::time::Duration;

    fn publication() -> Publication {
        Publication {
            topic: Topic::parse("a").unwrap(),
            payload: Payload::default(),
            qos: Qos::AtLeastOnce,
            retain: false,
            properties: PublishProperties::default(),
        }
    }

    #[test]
    fn each_publication_is_counted_once_whatever_is_told_of_it() {
        let at = Timestamp::from_millis;
        let sent = |id| Stage::Sent { packet_id: PacketId::new(id), resent: id > 5 };
        let mut flow = Flow::default();
        let [first, second, third, fourth] = [0; 4].map(|_| flow.hand(publication(), at(10)));
        assert_eq!((flow.n_open(), flow.n_unsent()), (4, 4));
        assert_eq!(flow.reach(first, &Stage::Queued, at(10)), Reached::Noted);
        assert_eq!(flow.n_queued(), 1);
        assert_eq!(flow.reach(first, &sent(1), at(13)), Reached::Left(publication()));
        assert_eq!(flow.reach(first, &sent(6), at(20)), Reached::Noted, "sent again is not sent anew");
        assert_eq!((flow.n_sent, flow.n_unsent(), flow.n_queued()), (1, 3, 0));
        assert_eq!(flow.reach(first, &Stage::Acknowledged(Reason::SUCCESS), at(25)), Reached::Settled);
        assert_eq!(flow.reach(first, &Stage::Acknowledged(Reason::SUCCESS), at(26)), Reached::Unknown);
        assert_eq!(flow.acknowledged_in.max(), Some(Duration::from_millis(12)));
        assert!(flow.give_back(second));
        assert!(!flow.give_back(second));
        flow.reach(third, &sent(0), at(11));
        flow.reach(fourth, &Stage::NotSent("withdrawn".into()), at(11));
        assert_eq!((flow.n_open(), flow.n_unsent(), flow.n_queued()), (0, 0, 0));
        assert_eq!((flow.n_handed, flow.n_sent, flow.n_not_taken, flow.n_not_sent), (4, 2, 1, 1));
        assert_eq!(flow.trouble.as_deref(), Some("withdrawn"));
    }
}
