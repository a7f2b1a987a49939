//! The Publications screen as whole frames. Owns its pictures; what its keys do is told in `publications`.
use super::check_at;
use super::stage::{DEMO, Stage};
use mqttscope::model::publish;
use mqttscope::mqtt::{
    PacketId, Payload, Publication, PublishProperties, Qos, Reason, Retained, Stage as Reached, Topic,
};

const SIZES: [(u16, u16); 3] = [(60, 15), (80, 24), (120, 40)];

fn publication(topic: &str, payload: &[u8], qos: Qos) -> Publication {
    Publication {
        topic: Topic::parse(topic).expect("a topic"),
        payload: Payload::from(payload),
        qos,
        retain: qos == Qos::AtLeastOnce,
        properties: PublishProperties::default(),
    }
}

fn send(stage: &mut Stage, publication: Publication) {
    let now = stage.now;
    publish::publish(&mut stage.model, now, DEMO, publication, &mut stage.effects);
}

/// Publications at all the stages there are.
fn sent() -> Stage {
    let mut stage = Stage::plant();
    let with_id = |resent| Reached::Sent { packet_id: PacketId::new(12), resent };
    send(&mut stage, publication("plant/hall1/oven3/setpoint", b"185.0", Qos::AtLeastOnce));
    stage.reach(with_id(false));
    stage.wait(2);
    stage.reach(Reached::Acknowledged(Reason::SUCCESS));
    stage.hear(DEMO, "plant/hall1/oven3/setpoint", b"185.0", Retained::No);
    stage.wait(1_000);
    send(
        &mut stage,
        publication("plant/rooms/lab/light/set", b"{\"state\":\"on\",\"level\":0.75}", Qos::AtMostOnce),
    );
    stage.reach(Reached::Sent { packet_id: None, resent: false });
    stage.wait(6_000);
    send(&mut stage, publication("secret/door", b"open", Qos::AtLeastOnce));
    stage.reach(with_id(false));
    stage.wait(3);
    stage.reach(Reached::Refused(Reason(0x87), Some("ask the plant's admin".into())));
    send(&mut stage, publication("evil/\u{1b}[31m", b"\x1b[31mred\x00\xff", Qos::AtLeastOnce));
    stage.reach(with_id(false));
    stage.wait(40);
    stage.reach(Reached::Acknowledged(Reason::NO_MATCHING_SUBSCRIBERS));
    stage.wait(500);
    send(&mut stage, publication("plant/line2/reset", b"", Qos::ExactlyOnce));
    stage.reach(with_id(false));
    stage.wait(3);
    stage.reach(Reached::Received);
    stage.keys("P");
    stage
}

#[test]
fn what_was_published_is_listed_with_what_became_of_it() {
    check_at(&SIZES, "publications", sent);
}

#[test]
fn one_publication_is_told_stage_by_stage() {
    check_at(&SIZES, "publications-details", || {
        let mut stage = sent();
        stage.keys("j j tab");
        stage
    });
}

#[test]
fn an_empty_screen_says_how_to_begin() {
    check_at(&SIZES, "publications-empty", || {
        let mut stage = Stage::plant();
        stage.keys("P");
        stage
    });
}

#[test]
fn saved_publications_are_picked_from_a_list() {
    use mqttscope::model::devices::Answer;
    use mqttscope::model::publications::draft::{Draft, Saved, Shelf};
    check_at(&SIZES, "publications-saved", || {
        let mut stage = Stage::plant();
        stage.keys("alt-o");
        let saved = |name: &str, shelf, publication| Saved {
            name: name.to_owned(),
            shelf,
            draft: Draft { publication, is_template: true },
        };
        let of_device = || Shelf::Device(DEMO, "demo".to_owned());
        let warm = publication("plant/hall1/oven3/setpoint", b"185.0", Qos::AtLeastOnce);
        let report = publication("plant/report/request", b"{\"at\":\"{now}\",\"n\":{n}}", Qos::AtMostOnce);
        let bytes = publication("plant/line2/reset", b"\x00\xff", Qos::ExactlyOnce);
        let list = vec![
            saved("oven 3 warm", of_device(), warm),
            saved("ask for a report", Shelf::Global, report),
            saved("evil \u{1b}[31m and so long a name", Shelf::Global, bytes),
        ];
        stage.event(mqttscope::model::Event::Disk(Box::new(Answer::SavedListed(list, Vec::new()))));
        stage.keys("j");
        stage
    });
}
