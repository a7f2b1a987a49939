//! A batch from key to the last acknowledgement: previewed, checked, bounded while under way, told when it ends.
use super::says;
use super::story::{Story, story, story_of};
use mqttscope::model::devices::{Answer, Errand};
use mqttscope::model::{DeviceId, Effect, Event, Settings};
use mqttscope::mqtt::packet::ConnAck;
use mqttscope::mqtt::{
    BrokerRequest, Payload, Publication, PublishProperties, Qos, Reason, Stage, Ticket, Topic,
};

pub fn publication(topic: &str, payload: &str, qos: Qos) -> Publication {
    Publication {
        topic: Topic::parse(topic).unwrap(),
        payload: Payload::from(payload.as_bytes()),
        qos,
        retain: false,
        properties: PublishProperties::default(),
    }
}

fn rows(n: usize) -> Vec<Publication> {
    (0..n).map(|n| publication(&format!("t/{n}"), "1", Qos::AtLeastOnce)).collect()
}

/// The file was asked for and holds this.
fn read(story: Story, read: Result<Vec<Publication>, Vec<String>>) -> Story {
    let mut story = story.types("Ix.csv<enter>");
    let asked = Effect::Disk(Box::new(Errand::ReadBatch("x.csv".into())));
    assert_eq!(story.effects.drain(..).collect::<Vec<_>>(), [asked]);
    story.happens(Event::Disk(Box::new(Answer::BatchRead("x.csv".into(), read)))).settled()
}

/// The tickets and topics handed to the task since the last look.
pub fn handed(story: &mut Story) -> Vec<(Ticket, Publication)> {
    let handed = story.effects.drain(..).filter_map(|effect| match effect {
        Effect::Request(_, BrokerRequest::Publish(ticket, publication)) => Some((ticket, publication)),
        _other => None,
    });
    handed.collect()
}

/// The broker answers each.
pub fn answered(mut story: Story, tickets: &[Ticket], stage: &Stage) -> Story {
    for ticket in tickets {
        let sent = Stage::Sent { packet_id: mqttscope::mqtt::PacketId::new(1), resent: false };
        story = story.stage(ticket.0, sent).stage(ticket.0, stage.clone());
    }
    story
}

const DONE: Stage = Stage::Acknowledged(Reason::SUCCESS);

#[test]
fn a_batch_is_seen_before_it_goes_and_goes_within_the_window() {
    let connack = ConnAck { receive_maximum: Some(40), ..ConnAck::default() };
    let mut story = read(story().online_as(connack), Ok(rows(200)))
        .sees("Publish x.csv")
        .sees("200 publications · 200 B · 200 at QoS 1")
        .sees("t/0 1 QoS 1")
        .sees("Enter publishes 200, as fast as the broker acknowledges.");
    assert_eq!(handed(&mut story), [], "nothing goes before the yes");
    story = story.types("<enter>");
    let first = handed(&mut story);
    assert_eq!(first.len(), 80, "what the broker takes at once, and as many again");
    assert_eq!(first[79].1.topic.as_str(), "t/79");
    let tickets: Vec<_> = first.iter().map(|(ticket, _)| *ticket).collect();
    story = answered(story, &tickets[..30], &DONE);
    let next = handed(&mut story);
    assert_eq!(next.len(), 30, "as many as were acknowledged");
    let mut open: Vec<_> = tickets[30..].to_vec();
    open.extend(next.iter().map(|(ticket, _)| *ticket));
    let mut all: Vec<_> = first.into_iter().chain(next).map(|(_, publication)| publication.topic).collect();
    while !open.is_empty() {
        story = answered(story, &open, &DONE);
        let next = handed(&mut story);
        open = next.iter().map(|(ticket, _)| *ticket).collect();
        all.extend(next.into_iter().map(|(_, publication)| publication.topic));
    }
    assert_eq!(all, rows(200).into_iter().map(|row| row.topic).collect::<Vec<_>>(), "each once, in order");
    says(story, "the batch x.csv is done: 200 sent, 200 acknowledged");
}

#[test]
fn a_bad_line_is_named_and_nothing_goes() {
    let bad = vec!["x.csv:3: a topic cannot be empty".to_owned(), "x.csv:9: QoS is 0, 1 or 2".to_owned()];
    let mut story = read(story().online(), Err(bad))
        .sees("nothing of it can be used")
        .sees("x.csv:3: a topic cannot be empty")
        .sees("x.csv:9: QoS is 0, 1 or 2")
        .types("<enter>");
    assert_eq!(handed(&mut story), []);
    says(story, "nothing of this file can be used; mend it").types("<esc>").does_not_see("x.csv:9");
}

#[test]
fn what_the_broker_would_not_take_is_listed_and_left_out() {
    let mut mixed = rows(3);
    mixed[1].qos = Qos::ExactlyOnce;
    let connack = ConnAck { max_qos: Some(Qos::AtLeastOnce), ..ConnAck::default() };
    let story = read(story().online_as(connack), Ok(mixed))
        .sees("1 refused here")
        .sees("t/1: the broker takes QoS 1 at most, as its CONNACK says")
        .sees("Enter publishes 2, leaves 1 out");
    let mut story = story.types("<enter>");
    let topics: Vec<_> = handed(&mut story).into_iter().map(|(_, row)| row.topic.to_string()).collect();
    assert_eq!(topics, ["t/0", "t/2"]);
}

#[test]
fn refusals_are_counted_by_reason_and_can_be_published_again() {
    let mut story = read(story().online(), Ok(rows(4))).types("<enter>");
    let tickets: Vec<_> = handed(&mut story).into_iter().map(|(ticket, _)| ticket).collect();
    let refused = Stage::Refused(Reason(0x87), None);
    story = answered(story, &tickets[..1], &DONE);
    story = answered(story, &tickets[1..3], &refused);
    story = answered(story, &tickets[3..], &Stage::Refused(Reason(0x97), Some("slow down".into())));
    let story =
        says(story, "4 sent, 1 acknowledged, 3 refused; 2 × not authorized (0x87); 1 × quota exceeded");
    let mut story =
        story.after(20_000).types("F").sees("Publish again what failed of the batch x.csv").sees("t/3: ");
    story = story.types("<enter>");
    let topics: Vec<_> = handed(&mut story).into_iter().map(|(_, row)| row.topic.to_string()).collect();
    assert_eq!(topics, ["t/1", "t/2", "t/3"]);
}

#[test]
fn a_lost_connection_stops_it_with_words_and_nothing_goes_twice() {
    let connack = ConnAck { receive_maximum: Some(10), ..ConnAck::default() };
    let mut story = read(story().online_as(connack), Ok(rows(1_000))).types("<enter>");
    let tickets: Vec<_> = handed(&mut story).into_iter().map(|(ticket, _)| ticket).collect();
    assert_eq!(tickets.len(), 64);
    story = answered(story, &tickets[..5], &DONE);
    let more = handed(&mut story).len();
    for ticket in &tickets[5..15] {
        let packet_id = mqttscope::mqtt::PacketId::new(1);
        story = story.stage(ticket.0, Stage::Sent { packet_id, resent: false });
    }
    story = story.lost("the broker is gone", None);
    let withdrawn = story
        .effects
        .drain(..)
        .filter(|effect| matches!(effect, Effect::Request(DeviceId(0), BrokerRequest::Withdraw(_))));
    assert_eq!(withdrawn.count(), 59 + more, "all that has no answer, in flight or not");
    let words = "its connection ended; 15 sent, 5 acknowledged; 10 sent and not answered for: uncertain";
    let mut story = says(story, words).after(60_000).online();
    assert_eq!(handed(&mut story), [], "it does not go on by itself");
}

#[test]
fn a_read_only_run_refuses_and_a_device_without_a_connection_does_not_begin() {
    let settings = Settings { budget_bytes: 64 << 20, read_only: true, ..Settings::default() };
    let story = story_of(&["demo"], settings).online();
    says(says(story.types("I"), "this is a read-only run").types("i"), "this is a read-only run").asks(&[]);
    let offline =
        read(story_of(&["demo"], Settings { budget_bytes: 64 << 20, ..Settings::default() }), Ok(rows(2)));
    let mut offline = offline.types("<enter>");
    assert_eq!(handed(&mut offline), []);
    says(offline, "demo is not connected, and nothing runs without a connection").sees("Publish x.csv");
}
