//! Runs in a model without a screen: their numbers, their bounds, their ends.
use super::generator::Generator;
use super::schedule::{Rate, Schedule, Until};
use super::source::Source;
use super::*;
use crate::keymap::Keymap;
use crate::model::publications::draft::Draft;
use crate::model::{Effect, Event, Model, Settings, update};
use crate::mqtt::port::{Lost, Online};
use crate::mqtt::{
    Address, BrokerEvent, BrokerRequest, PacketId, Payload, Profile, Publication, PublishProperties, Qos,
    Reason, Stage, Ticket, Topic,
};

const US: DeviceId = DeviceId(0);
const START: Timestamp = Timestamp::from_millis(1_000);

fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(1_000 + ms)
}

fn online() -> Model {
    let profiles = vec![Profile::new("demo", Address::tcp("127.0.0.1", 1883), "id")];
    let mut model = Model::new(profiles, Keymap::default(), Settings::default());
    let online = BrokerEvent::Online(Box::new(Online { at: START, ..Online::default() }));
    update(&mut model, START, Event::Broker(US, online), &mut Vec::new());
    model
}

fn constant(qos: Qos, rate: &str, until: Until) -> Work {
    let what = Publication {
        topic: Topic::parse("lamp/set").unwrap(),
        payload: Payload::from(&b"1"[..]),
        qos,
        retain: false,
        properties: PublishProperties::default(),
    };
    let schedule = Schedule::new(START, Rate::parse(rate).unwrap(), until);
    let source = Source::same(Draft { publication: what, is_template: false });
    Work::Generator(Box::new(Generator::new("constant".into(), source, schedule)))
}

/// Lets the time come; the tickets of what was asked for.
fn tick(model: &mut Model, now: Timestamp) -> Vec<Ticket> {
    let mut effects = Vec::new();
    update(model, now, Event::Tick, &mut effects);
    let tickets = effects.into_iter().filter_map(|effect| {
        if let Effect::Request(_, BrokerRequest::Publish(ticket, _)) = effect { Some(ticket) } else { None }
    });
    tickets.collect()
}

fn tell(model: &mut Model, now: Timestamp, ticket: Ticket, stage: Stage) -> Vec<Effect> {
    let mut effects = Vec::new();
    let event = BrokerEvent::Publication { ticket, stage, at: now };
    update(model, now, Event::Broker(US, event), &mut effects);
    effects
}

fn sent(id: u16) -> Stage {
    Stage::Sent { packet_id: PacketId::new(id), resent: false }
}

#[test]
fn a_run_publishes_as_often_as_asked_and_is_done_when_all_is_acknowledged() {
    let mut model = online();
    let id = begin(&mut model, START, US, constant(Qos::AtLeastOnce, "10", Until::Count(2))).unwrap();
    assert_eq!(model.tick(), Some(START));
    let first = tick(&mut model, START);
    assert_eq!(first, [Ticket::of_run(id.0, 0)]);
    assert_eq!(model.tick(), Some(at(100)));
    assert_eq!(tick(&mut model, at(99)), []);
    let second = tick(&mut model, at(101));
    assert_eq!(second, [Ticket::of_run(id.0, 1)]);
    assert_eq!((model.tick(), model.runs.n_running(), model.runs.n_unsettled(None)), (None, 1, 2));
    for (ticket, id) in [(first[0], 1), (second[0], 2)] {
        tell(&mut model, at(102), ticket, sent(id));
        tell(&mut model, at(105), ticket, Stage::Acknowledged(Reason::SUCCESS));
    }
    let run = model.runs.get(id).unwrap();
    assert_eq!(run.state, State::Done(at(105)));
    assert_eq!((run.flow.n_sent, run.flow.n_acknowledged), (2, 2));
    assert_eq!((model.runs.n_running(), model.runs.n_unsettled(None)), (0, 0));
    assert_eq!(model.lives.iter().count(), 0, "the form's list is the person's own");
}

#[test]
fn a_broker_that_is_behind_is_not_added_to() {
    let mut model = online();
    let id = begin(&mut model, START, US, constant(Qos::AtLeastOnce, "100", Until::Stopped)).unwrap();
    let first = tick(&mut model, START);
    tell(&mut model, START, first[0], Stage::Queued);
    assert_eq!(tick(&mut model, at(35)), []);
    // There is room again: the newest goes, the others are counted.
    tell(&mut model, at(36), first[0], sent(1));
    let run = model.runs.get(id).unwrap();
    assert_eq!((run.flow.n_handed, run.flow.n_open()), (2, 2));
    let Work::Generator(generator) = &run.work else { panic!("{run:?}") };
    assert_eq!((generator.schedule.n_taken, generator.schedule.n_skipped), (2, 2));
}

#[test]
fn what_the_task_has_no_room_for_is_a_missed_tick() {
    let mut model = online();
    let id = begin(&mut model, START, US, constant(Qos::AtMostOnce, "100", Until::Count(1))).unwrap();
    let refuse = |model: &mut Model, now, ticket| {
        let publication = Publication {
            topic: Topic::parse("lamp/set").unwrap(),
            payload: Payload::default(),
            qos: Qos::AtMostOnce,
            retain: false,
            properties: PublishProperties::default(),
        };
        let refused = Event::RequestRefused(US, BrokerRequest::Publish(ticket, publication), "full".into());
        update(model, now, refused, &mut Vec::new());
    };
    let first = tick(&mut model, START);
    refuse(&mut model, START, first[0]);
    let again = tick(&mut model, at(10));
    assert_eq!(again.len(), 1, "one is still owed");
    tell(&mut model, at(11), again[0], Stage::Sent { packet_id: None, resent: false });
    let run = model.runs.get(id).unwrap();
    assert_eq!(run.state, State::Done(at(11)));
    assert_eq!((run.flow.n_not_taken, run.flow.n_sent), (1, 1));
}

#[test]
fn stopping_withdraws_what_has_not_left() {
    let mut model = online();
    let id = begin(&mut model, START, US, constant(Qos::AtLeastOnce, "100", Until::Stopped)).unwrap();
    let [first] = tick(&mut model, START)[..] else { panic!("one is due") };
    tell(&mut model, START, first, sent(1));
    let [second] = tick(&mut model, at(10))[..] else { panic!("one is due") };
    tell(&mut model, at(10), second, Stage::Queued);
    let mut effects = Vec::new();
    assert_eq!(stop_all(&mut model, at(11), "as asked", &mut effects), 1);
    assert_eq!(effects, [Effect::Request(US, BrokerRequest::Withdraw(second))]);
    assert_eq!(tick(&mut model, at(500)), []);
    tell(&mut model, at(12), second, Stage::NotSent("withdrawn".into()));
    tell(&mut model, at(13), first, Stage::Acknowledged(Reason::SUCCESS));
    let run = model.runs.get(id).unwrap();
    assert_eq!(run.state, State::Stopped(at(11), "as asked".into()));
    assert_eq!((run.flow.n_acknowledged, run.flow.n_not_sent), (1, 1));
    assert!(model.runs.remove(id));
}

#[test]
fn the_loss_of_the_connection_ends_what_runs_on_it() {
    let mut model = online();
    let id = begin(&mut model, START, US, constant(Qos::AtMostOnce, "1", Until::Stopped)).unwrap();
    let lost = Lost {
        step: None,
        cause: "the broker went away".into(),
        remedy: None,
        reason: None,
        at: at(50),
        retry_at: Some(at(1_000)),
        n_attempts: 0,
    };
    update(&mut model, at(50), Event::Broker(US, BrokerEvent::Lost(lost)), &mut Vec::new());
    assert_eq!(model.runs.get(id).unwrap().state, State::Stopped(at(50), "its connection ended".into()));
    let again = begin(&mut model, at(60), US, constant(Qos::AtMostOnce, "1", Until::Stopped));
    assert!(again.unwrap_err().contains("not connected"));
}

#[test]
fn a_broker_that_refuses_again_and_again_ends_it() {
    let mut model = online();
    let id = begin(&mut model, START, US, constant(Qos::AtLeastOnce, "100", Until::Stopped)).unwrap();
    for n in 0..10 {
        let now = at(10 * n);
        for ticket in tick(&mut model, now) {
            tell(&mut model, now, ticket, sent(1));
            tell(&mut model, now, ticket, Stage::Refused(Reason::NOT_AUTHORIZED, None));
        }
    }
    let run = model.runs.get(id).unwrap();
    assert!(matches!(&run.state, State::Stopped(_, words) if words.contains("5 in a row: ")), "{run:?}");
    assert_eq!(run.flow.n_refused, 5);
}

#[test]
fn runs_are_bounded_and_their_numbers_never_used_again() {
    let mut model = online();
    let mut ids = Vec::new();
    for _ in 0..3 {
        for _ in 0..MAX_RUNNING {
            ids.push(begin(&mut model, START, US, constant(Qos::AtMostOnce, "1", Until::Stopped)).unwrap());
        }
        let one_more = begin(&mut model, START, US, constant(Qos::AtMostOnce, "1", Until::Stopped));
        assert!(one_more.unwrap_err().starts_with("64 run already"));
        stop_all(&mut model, START, "as asked", &mut Vec::new());
    }
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!(model.runs.iter().count(), MAX_ENDED, "the oldest of those that ended make room");
}
