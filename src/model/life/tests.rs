//! Tests of lives. Owns nothing.
use super::*;
use crate::mqtt::{PacketId, Payload, PublishProperties, Queued, Reason, Retained, Topic};

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

#[test]
fn what_is_over_makes_room_and_is_counted_but_nothing_that_is_owed_an_answer() {
    let mut lives = Lives::default();
    lives.begin(DeviceId(0), Ticket(0), publication("owed"), Timestamp::ZERO);
    for ticket in 1..=300 {
        sent(&mut lives, ticket, "x", false);
        let acknowledged = Stage::Acknowledged(Reason::SUCCESS);
        lives.reach(DeviceId(0), Ticket(ticket), acknowledged, Timestamp::from_millis(2), None);
    }
    assert_eq!((lives.len(), lives.n_gone()), (200, 101));
    assert!(lives.get(DeviceId(0), Ticket(0)).is_some(), "the broker owes an answer for it");
    for ticket in 301..=3_000 {
        lives.begin(DeviceId(0), Ticket(ticket), publication("owed"), Timestamp::ZERO);
    }
    assert_eq!(lives.len(), MAX_ALL);
}

#[test]
fn a_life_tells_each_stage_but_no_more_than_a_few_of_many() {
    let mut lives = Lives::default();
    lives.begin(DeviceId(0), Ticket(1), publication("x"), Timestamp::ZERO);
    for ms in 0..100 {
        let stage = Stage::Sent { packet_id: PacketId::new(1), resent: ms > 0 };
        lives.reach(DeviceId(0), Ticket(1), stage, Timestamp::from_millis(ms), None);
    }
    let life = lives.get(DeviceId(0), Ticket(1)).unwrap();
    assert_eq!((life.stages.len(), life.n_forgotten), (MAX_STAGES, 100 - MAX_STAGES as u64));
    assert_eq!(life.stages.last(), life.stage.as_ref(), "the last one is told");
}
