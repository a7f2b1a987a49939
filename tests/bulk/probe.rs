//! Asking whether a topic is retained now: the answer in words, and nothing changed by the question.
use super::says;
use super::story::{Story, story};
use mqttscope::mqtt::packet::ConnAck;
use mqttscope::mqtt::port::Refusal;
use mqttscope::mqtt::{BrokerEvent, BrokerRequest, Qos, Reason, Retained, Topic};

fn door() -> Topic {
    Topic::parse("door").unwrap()
}

/// The topic was heard live, and R was typed on it.
fn asked() -> Story {
    let story = story().online().receives("door", "open").settled().types("jR");
    story.asks(&[BrokerRequest::Probe(door())]).sees("asking the broker whether it keeps door")
}

fn granted(story: Story) -> Story {
    story.hears(BrokerEvent::Probed { topic: door(), granted: Ok(Qos::AtMostOnce) })
}

#[test]
fn what_is_retained_is_told_and_held_against_the_last_value() {
    for (payload, expected) in [
        ("open", "door is retained: 4 bytes, QoS 0, the same as the last value"),
        ("closed", "door is retained: 6 bytes, QoS 0, different from the last value: closed"),
    ] {
        let story = granted(asked()).message("door", payload.as_bytes(), Retained::Yes);
        says(story.asks(&[BrokerRequest::EndProbe(door())]), expected)
            .sees("door open")
            .sees("1 topic · 1 msg ")
            // Once it was answered, a message is a message again.
            .message("door", b"ajar", Retained::Yes)
            .sees("1 topic · 2 msgs");
    }
}

#[test]
fn an_answer_before_the_suback_counts_and_live_messages_are_none() {
    let story = asked().receives("door", "ajar").message("door", b"open", Retained::Yes);
    let expected = "different from the last value: open; 1 live message came meanwhile, perhaps twice";
    says(story.asks(&[BrokerRequest::EndProbe(door())]), expected);
}

#[test]
fn silence_after_the_suback_is_an_answer_and_silence_before_it_is_none() {
    let story = granted(asked()).after(1_999).asks(&[]).after(1).asks(&[BrokerRequest::EndProbe(door())]);
    says(story, "door is not retained: nothing came within 2 s of the SUBACK");
    let story = asked().after(10_000).asks(&[BrokerRequest::EndProbe(door())]);
    says(story, "whether door is retained is unknown: no SUBACK came within 10 s");
}

#[test]
fn whatever_keeps_the_broker_from_answering_is_told() {
    let refusal = Refusal { reason: Reason(0x87), words: None };
    let refused = asked().hears(BrokerEvent::Probed { topic: door(), granted: Err(refusal) });
    let refused = refused.asks(&[BrokerRequest::EndProbe(door())]);
    says(refused, "door is retained is unknown: the broker refused the subscription: not authorized");
    let lost = asked().lost("the broker is gone", None);
    says(lost, "whether door is retained is unknown: the connection ended");
    let heard = |story: Story| story.receives("door", "open").settled();
    let none = ConnAck { retain_available: Some(false), ..ConnAck::default() };
    let keeps_none = heard(story().online_as(none)).types("jR").asks(&[]);
    says(keeps_none, "the broker keeps no retained messages, as its CONNACK says");
    let offline = heard(story().online()).lost("gone", None).types("jR").asks(&[]);
    says(offline, "not connected, so there is nobody to ask");
    says(story().online().types("R").asks(&[]), "only a topic can be probed; this row is");
    says(asked().types("R").asks(&[]), "a probe waits for its answer already");
}
