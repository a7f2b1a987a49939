//! Requests from the form and their answers. Owns the exchange as the user sees it; the session is not known here.
use super::story::{Story, story};
use mqttscope::mqtt::{
    Batch, BrokerEvent, BrokerRequest, Filter, MessageRef, PublishProperties, Qos, Queued, Retained, Stage,
    Subscription,
};

/// A request on `lamp/get`, sent, and the answer's topic and correlation data.
fn asked() -> (Story, String, Vec<u8>) {
    let mut story = story().online().receives("lamp/get", "0").types("<ctrl-g>lamp/get<enter>p");
    // What hears everything but our own hears answers, too.
    story.model.devices[0].subscriptions.clear();
    story.effects.clear();
    story = story.types("state?<alt-r>");
    let PublishProperties { response_topic, correlation_data, .. } = story.published()[0].properties.clone();
    story = story.stage(1, Stage::Sent { packet_id: None, resent: false });
    (story, response_topic.unwrap(), correlation_data.unwrap())
}

fn answers(story: Story, topic: &str, correlation: Option<&[u8]>, payload: &[u8]) -> Story {
    let mut properties = Vec::new();
    if let Some(data) = correlation {
        properties.push(0x09);
        properties.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        properties.extend(data);
    }
    let mut batch = Batch::default();
    batch.push(&MessageRef {
        topic,
        payload,
        properties: &properties,
        qos: Qos::AtMostOnce,
        retained: Retained::No,
        dup: false,
        queued: Queued::No,
        packet_id: None,
        received: story.now,
    });
    story.hears(BrokerEvent::Messages(batch))
}

fn unsubscribed(story: &mut Story) -> bool {
    let mut requests = story.effects.drain(..);
    requests.any(|effect| format!("{effect:?}").contains("Unsubscribe"))
}

#[test]
fn a_request_subscribes_for_its_answer_first_and_tells_it_with_the_round_trip() {
    let mut story = story().online().receives("lamp/get", "0").types("<ctrl-g>lamp/get<enter>p");
    story.model.devices[0].subscriptions.clear();
    story.effects.clear();
    story = story.types("state?<alt-r>");
    let first = format!("{:?}", story.effects);
    assert!(first.find("Subscribe").unwrap() < first.find("Publish(").unwrap(), "{first}");
    let (story, topic, data) = asked();
    let story =
        answers(story.after(12), &topic, Some(b"other"), b"not for us").does_not_see("answered after");
    let mut story = answers(story, &topic, Some(&data), b"on").sees("answered after 12 ms: on");
    assert!(unsubscribed(&mut story));
    story.types("<esc>P").sees("answer answered after 12 ms: on");
}

#[test]
fn no_answer_is_told_after_ten_seconds_and_a_late_one_too() {
    let (story, topic, data) = asked();
    let mut story = story.after(10_000).sees("no answer on");
    assert!(!unsubscribed(&mut story));
    let mut story =
        answers(story.after(5_000), &topic, Some(&data), b"on").sees("a late answer after 15 s: on");
    assert!(unsubscribed(&mut story));
    let (story, ..) = asked();
    let mut story = story.after(10_000).after(50_000);
    assert!(unsubscribed(&mut story) && story.model.requests.is_empty());
}

#[test]
fn a_request_that_is_refused_waits_no_longer() {
    let (story, ..) = asked();
    let story = story.stage(1, Stage::Refused(mqttscope::mqtt::Reason(0x87), None)).sees("not authorized");
    assert!(story.model.requests.is_empty());
}

#[test]
fn a_topic_that_is_heard_already_is_not_subscribed_again() {
    let story = story().online().receives("lamp/get", "0").types("<ctrl-g>lamp/get<enter>pstate?<alt-r>");
    let subscribes =
        |effect| matches!(effect, &mqttscope::model::Effect::Request(_, BrokerRequest::Subscribe(_)));
    assert!(!story.effects.iter().any(subscribes));
    assert_eq!(story.model.requests.len(), 1);
}

#[test]
fn placeholders_are_replaced_anew_for_each_request_and_what_was_written_is_remembered() {
    let mut story =
        story().online().receives("lamp/get", "0").types("<ctrl-g>lamp/get<enter>p{n}<alt-r><alt-r>");
    let sent: Vec<_> = story.published().iter().map(|sent| sent.payload.0.to_vec()).collect();
    assert_eq!(sent, [b"1", b"2"]);
    let remembered: Vec<_> = story.model.form.sent().collect();
    assert_eq!((remembered.len(), &*remembered[0].publication.payload.0), (1, &b"{n}"[..]));
    assert_eq!(remembered[0].publication.properties, PublishProperties::default());
}

#[test]
fn nobody_is_asked_without_a_connection() {
    let mut story = story().lost("gone", None).types("p");
    story.model.form.topic.set("lamp");
    story.types("<alt-r>").sees("not connected, so nobody could answer").asks(&[]);
}

#[test]
fn a_topic_that_two_requests_are_answered_on_is_heard_until_the_last_is() {
    let mut story = story().online().receives("lamp/get", "0").types("<ctrl-g>lamp/get<enter>pstate?");
    story.model.devices[0].subscriptions.clear();
    story.model.form.properties.response_topic.set("lamp/state");
    story = story.types("<alt-r>");
    let asked = Subscription::new(Filter::parse("lamp/state").unwrap(), Qos::AtLeastOnce);
    let granted = Ok(Qos::AtLeastOnce);
    let story = story.hears(BrokerEvent::Subscribed { subscription: asked, granted }).types("<alt-r>");
    let mut story = story.stage(1, Stage::Sent { packet_id: None, resent: false });
    let data: Vec<Vec<u8>> =
        story.published().into_iter().map(|sent| sent.properties.correlation_data.unwrap()).collect();
    let mut story = answers(story, "lamp/state", Some(&data[0]), b"on");
    assert!(!unsubscribed(&mut story), "the second still waits");
    let mut story = answers(story, "lamp/state", Some(&data[1]), b"on");
    assert!(unsubscribed(&mut story));
}
