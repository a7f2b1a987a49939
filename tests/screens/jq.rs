//! The jq line and what it makes, as whole frames. Owns their pictures; what the keys do is told in `journeys`.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
use super::check_at;
use super::stage::{DEMO, Stage};
use mqttscope::decode::jq::request::Request;
use mqttscope::decode::jq::{self, Limits};
use mqttscope::model::inspector::filtered::Ran;
use mqttscope::model::{Effect, Event};
use mqttscope::mqtt::Retained;

const SIZES: [(u16, u16); 2] = [(120, 40), (80, 24)];

const BRIDGE: &str = r#"[{"friendly_name":"lamp","type":"Router","definition":{"model":"LED1545G12","vendor":"IKEA"}},{"friendly_name":"door","type":"EndDevice","definition":{"model":"MCCGQ11LM","vendor":"Aqara"}},{"friendly_name":"plug","type":"Router","definition":{"model":"ZNCZ02LM","vendor":"Aqara"}}]"#;

/// The line with a program typed into it, run as the process would.
fn typed(program: &str) -> Stage {
    let mut stage = Stage::new(&["demo"], super::settings());
    stage.online(DEMO);
    stage.hear(DEMO, "zigbee2mqtt/bridge/devices", BRIDGE.as_bytes(), Retained::No);
    stage.keys("ctrl-g");
    stage.types("zigbee2mqtt/bridge/devices");
    stage.keys("enter J");
    stage.types(program);
    answered(stage)
}

fn answered(mut stage: Stage) -> Stage {
    stage.frame();
    let effects: Vec<Effect> = stage.effects.drain(..).collect();
    for effect in effects {
        if let Effect::RunJq(asked) = effect {
            let (request, ground) = asked.read();
            let request = request.unwrap();
            let (program, input) = Request::read(request.bytes()).unwrap();
            let ran = Ran::Done(jq::run(program, input, Limits::default()));
            stage.event(Event::Decoded(Box::new(ground.show(ran))));
        }
    }
    stage
}

#[test]
fn what_a_program_makes_stands_in_the_value_s_place_and_the_title_says_by_what() {
    check_at(&SIZES, "jq", || {
        let mut stage =
            typed(".[] | select(.type == \"Router\") | {name: .friendly_name, by: .definition.vendor}");
        stage.keys("enter tab");
        stage
    });
}

#[test]
fn a_program_that_cannot_be_run_says_where() {
    check_at(&SIZES, "jq-error", || {
        let mut stage = typed("map(.type)");
        stage.types(" | group_by(");
        stage
    });
}
