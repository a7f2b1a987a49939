//! A script of faults, as data. Owns which packets are delayed, dropped or spoilt; touches no socket.
use crate::mqtt::{Filter, Packet, Qos, Reason, Topic};
use std::time::Duration;

/// For `times`: until the script is changed.
pub const ALWAYS: u32 = u32::MAX;

/// The kinds of control packets, for naming them in a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the spec's own names, section 2.1.2")]
pub enum PacketKind {
    Connect,
    ConnAck,
    Publish,
    PubAck,
    PubRec,
    PubRel,
    PubComp,
    Subscribe,
    SubAck,
    Unsubscribe,
    UnsubAck,
    PingReq,
    PingResp,
    Disconnect,
    Auth,
}

impl PacketKind {
    /// The kind of a packet.
    pub const fn of(packet: &Packet) -> Self {
        match packet {
            Packet::Connect(_) => Self::Connect,
            Packet::ConnAck(_) => Self::ConnAck,
            Packet::Publish(_) => Self::Publish,
            Packet::PubAck(_) => Self::PubAck,
            Packet::PubRec(_) => Self::PubRec,
            Packet::PubRel(_) => Self::PubRel,
            Packet::PubComp(_) => Self::PubComp,
            Packet::Subscribe(_) => Self::Subscribe,
            Packet::SubAck(_) => Self::SubAck,
            Packet::Unsubscribe(_) => Self::Unsubscribe,
            Packet::UnsubAck(_) => Self::UnsubAck,
            Packet::PingReq => Self::PingReq,
            Packet::PingResp => Self::PingResp,
            Packet::Disconnect(_) => Self::Disconnect,
            Packet::Auth(_) => Self::Auth,
        }
    }
}

/// Something that goes wrong, for as long as the script holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Packets of this kind leave so much later.
    Delay {
        /// Which.
        kind: PacketKind,
        /// How much later.
        by: Duration,
    },
    /// The nth packet of this kind (from 1, over all connections) is not sent.
    DropSent {
        /// Which.
        kind: PacketKind,
        /// From 1.
        nth: u32,
    },
    /// Each packet of this kind is sent twice.
    SendTwice(PacketKind),
    /// No packet of this kind is sent at all.
    NeverSend(PacketKind),
    /// The nth packet of this kind (from 1, over all connections) is as if it had not come.
    DropReceived {
        /// Which.
        kind: PacketKind,
        /// From 1.
        nth: u32,
    },
    /// CONNECT is refused.
    RefuseConnect {
        /// Why.
        reason: Reason,
        /// How often, or [`ALWAYS`].
        times: u32,
    },
    /// A SUBSCRIBE for exactly this filter is refused.
    RefuseFilter {
        /// Which.
        filter: Filter,
        /// Why.
        reason: Reason,
    },
    /// Every publication on exactly this topic is refused, in its acknowledgement.
    RefuseTopic {
        /// Which.
        topic: Topic,
        /// Why.
        reason: Reason,
    },
    /// No subscription is granted more.
    GrantAtMost(Qos),
    /// Every delivery at QoS 1 and 2 is sent twice, the second time with DUP.
    Duplicate,
    /// Everything is read and nothing is ever written, CONNACK and PINGRESP included.
    Silent,
    /// A strike when a connection's nth packet has come, before that is looked at; 0 is on accepting.
    StrikeAt {
        /// Packets received on the connection.
        n_packets: u32,
        /// On how many connections, or [`ALWAYS`].
        times: u32,
        /// What happens.
        strike: Strike,
    },
}

/// Something that is done to one connection, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Strike {
    /// The connection is closed without a word.
    Close,
    /// These bytes are written, whatever they are.
    SendBytes(Vec<u8>),
    /// A well-formed PUBLISH at QoS 0 on topic `oversize` with a payload of so many bytes, limits ignored.
    SendOversize(usize),
    /// DISCONNECT (MQTT 5; only the closing on 3.1.1).
    Disconnect {
        /// Why.
        reason: Reason,
        /// In the broker's own words.
        words: Option<String>,
    },
    /// As if another client had come with the same id.
    TakeOver,
}

/// A script: what goes wrong, and how often each line of it came to pass.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    lines: Vec<(Fault, u32)>,
}

/// What becomes of a packet on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Send,
    Twice,
    Delay(Duration),
    Drop,
}

impl Faults {
    /// A script of these lines, none of which has come to pass.
    pub fn new(lines: impl IntoIterator<Item = Fault>) -> Self {
        Self { lines: lines.into_iter().map(|fault| (fault, 0)).collect() }
    }

    /// Whether nothing goes wrong.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn sending(&mut self, sent: PacketKind) -> Verdict {
        let mut verdict = Verdict::Send;
        for (fault, n_seen) in &mut self.lines {
            match fault {
                Fault::Delay { kind, by } if *kind == sent && verdict == Verdict::Send => {
                    verdict = Verdict::Delay(*by);
                }
                Fault::DropSent { kind, nth } if *kind == sent => {
                    *n_seen = n_seen.saturating_add(1);
                    if n_seen == nth {
                        verdict = Verdict::Drop;
                    }
                }
                Fault::SendTwice(kind) if *kind == sent && verdict == Verdict::Send => {
                    verdict = Verdict::Twice;
                }
                Fault::NeverSend(kind) if *kind == sent => verdict = Verdict::Drop,
                Fault::Silent => verdict = Verdict::Drop,
                Fault::Delay { .. }
                | Fault::DropSent { .. }
                | Fault::SendTwice(_)
                | Fault::NeverSend(_)
                | Fault::DropReceived { .. }
                | Fault::RefuseConnect { .. }
                | Fault::RefuseFilter { .. }
                | Fault::RefuseTopic { .. }
                | Fault::GrantAtMost(_)
                | Fault::Duplicate
                | Fault::StrikeAt { .. } => {}
            }
        }
        verdict
    }

    pub(super) fn ignores(&mut self, received: PacketKind) -> bool {
        let mut ignored = false;
        for (fault, n_seen) in &mut self.lines {
            if let Fault::DropReceived { kind, nth } = fault
                && *kind == received
            {
                *n_seen = n_seen.saturating_add(1);
                ignored |= n_seen == nth;
            }
        }
        ignored
    }

    pub(super) fn connect_refusal(&mut self) -> Option<Reason> {
        self.lines.iter_mut().find_map(|(fault, n_seen)| {
            let Fault::RefuseConnect { reason, times } = fault else { return None };
            once_more(n_seen, *times).then_some(*reason)
        })
    }

    pub(super) fn filter_refusal(&self, asked: &Filter) -> Option<Reason> {
        self.lines.iter().find_map(|(fault, _)| {
            let Fault::RefuseFilter { filter, reason } = fault else { return None };
            (filter == asked).then_some(*reason)
        })
    }

    pub(super) fn topic_refusal(&self, published: &str) -> Option<Reason> {
        self.lines.iter().find_map(|(fault, _)| {
            let Fault::RefuseTopic { topic, reason } = fault else { return None };
            (topic.as_str() == published).then_some(*reason)
        })
    }

    pub(super) fn granted(&self, asked: Qos) -> Qos {
        self.lines.iter().fold(asked, |granted, (fault, _)| {
            if let Fault::GrantAtMost(most) = fault { granted.min(*most) } else { granted }
        })
    }

    pub(super) fn duplicates(&self) -> bool {
        self.lines.iter().any(|(fault, _)| *fault == Fault::Duplicate)
    }

    pub(super) fn strikes_at(&mut self, n_received: u32) -> Vec<Strike> {
        let struck = self.lines.iter_mut().filter_map(|(fault, n_seen)| {
            let Fault::StrikeAt { n_packets, times, strike } = fault else { return None };
            (*n_packets == n_received && once_more(n_seen, *times)).then(|| strike.clone())
        });
        struck.collect()
    }
}

fn once_more(n_seen: &mut u32, times: u32) -> bool {
    let left = times == ALWAYS || *n_seen < times;
    if left {
        *n_seen = n_seen.saturating_add(1);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_nth_packet_of_its_kind_is_dropped() {
        let mut faults = Faults::new([Fault::DropSent { kind: PacketKind::PubAck, nth: 2 }]);
        let verdicts = [PacketKind::PubAck, PacketKind::PubRec, PacketKind::PubAck, PacketKind::PubAck];
        assert_eq!(
            verdicts.map(|kind| faults.sending(kind)),
            [Verdict::Send, Verdict::Send, Verdict::Drop, Verdict::Send]
        );
    }

    #[test]
    fn a_line_with_times_is_spent_after_so_many() {
        let busy = Reason(0x89);
        let mut faults = Faults::new([Fault::RefuseConnect { reason: busy, times: 2 }]);
        let answers: Vec<_> = (0..3).map(|_| faults.connect_refusal()).collect();
        assert_eq!(answers, [Some(busy), Some(busy), None]);
    }
}
