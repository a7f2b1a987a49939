//! What publishes by itself as whole frames. Owns its pictures; what its keys do is told in `journeys`.
use super::stage::{DEMO, Stage};
use super::{check, plant_after};
use mqttscope::model::{Effect, Event};
use mqttscope::mqtt::{BrokerEvent, BrokerRequest, PacketId, Reason, Stage as Reached};
use mqttscope::time::Timestamp;

/// Lets what runs do so for a while; the broker acknowledges within 2 ms, and refuses one topic.
fn runs_for(stage: &mut Stage, ms: u64) {
    let end = stage.now + std::time::Duration::from_millis(ms);
    let tell = |stage: &mut Stage, at: Timestamp, ticket, reached| {
        stage.now = at;
        stage.event(Event::Broker(DEMO, BrokerEvent::Publication { ticket, stage: reached, at }));
    };
    while let Some(at) = stage.model.tick().filter(|at| *at <= end) {
        let at = at.max(stage.now);
        stage.now = at;
        stage.event(Event::Tick);
        for effect in std::mem::take(&mut stage.effects) {
            let Effect::Request(_, BrokerRequest::Publish(ticket, publication)) = effect else { continue };
            let soon = stage.now + std::time::Duration::from_micros(300);
            let packet_id = PacketId::new(1);
            tell(stage, soon, ticket, Reached::Sent { packet_id, resent: false });
            let answer = if publication.topic.as_str().starts_with("refused") {
                Reached::Refused(Reason::NOT_AUTHORIZED, Some("ask the admin".into()))
            } else {
                Reached::Acknowledged(Reason::SUCCESS)
            };
            tell(stage, soon + std::time::Duration::from_millis(2), ticket, answer);
        }
    }
    stage.now = end;
}

#[test]
fn the_settings_show_the_shape_that_they_make() {
    check("repeat-sine", || {
        let mut stage = plant_after("p");
        stage.keys("ctrl-u x ctrl-g right right");
        stage
    });
}

#[test]
fn the_settings_say_what_is_wrong() {
    check("repeat-wrong", || {
        let mut stage = plant_after("p");
        stage.keys("ctrl-u x ctrl-g right tab ctrl-u 2 0 0");
        stage
    });
}

#[test]
fn what_runs_is_listed_with_its_figures() {
    check("running", || {
        let mut stage = plant_after("p");
        stage.keys("shift-tab ctrl-u r e f u s e d tab ctrl-u x ctrl-g tab ctrl-u 1 0 enter");
        stage
            .keys("shift-tab ctrl-u a tab ctrl-g right right tab tab tab tab tab ctrl-u 5 0 tab 1 0 s enter");
        stage.keys("shift-tab ctrl-u b tab ctrl-g tab ctrl-u 5 tab 4 enter esc");
        runs_for(&mut stage, 4_000);
        stage.keys("P shift-tab");
        stage
    });
}
