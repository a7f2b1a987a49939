//! What is published or cleared at once, before it goes, as whole frames. Owns its pictures; keys are told in `bulk`.
use super::check_at;
use super::stage::{DEMO, Stage};
use mqttscope::model::Event;
use mqttscope::model::devices::Answer;
use mqttscope::mqtt::{Payload, Publication, PublishProperties, Qos, Retained, Topic};

const SIZES: [(u16, u16); 3] = [(60, 15), (80, 24), (120, 40)];

fn batch(read: Result<Vec<Publication>, Vec<String>>) -> Stage {
    let mut stage = Stage::plant();
    stage.keys("I");
    stage.types("setpoints.csv");
    stage.keys("enter");
    stage.event(Event::Disk(Box::new(Answer::BatchRead("setpoints.csv".into(), read))));
    stage.work();
    stage
}

fn setpoints() -> Vec<Publication> {
    let publication = |n: usize| Publication {
        topic: Topic::parse(&format!("plant/hall{}/oven{n}/setpoint", n % 3)).expect("a topic"),
        payload: Payload::from(format!("{}.5\u{1b}[2J", 180 + n).as_bytes()),
        qos: if n == 1 { Qos::ExactlyOnce } else { Qos::AtLeastOnce },
        retain: n.is_multiple_of(2),
        properties: PublishProperties::default(),
    };
    (0..40).map(publication).collect()
}

#[test]
fn a_batch_is_previewed_with_its_count_bytes_and_first_rows() {
    check_at(&SIZES, "batch", || batch(Ok(setpoints())));
}

#[test]
fn a_bad_file_names_its_lines() {
    check_at(&SIZES, "batch-bad", || {
        let bad = "setpoints.csv:3: 3 fields, and the header names 2; a payload with commas or quotes stands in \
                   double quotes, those inside it doubled";
        batch(Err(vec![bad.into(), "setpoints.csv:7: QoS is 0, 1 or 2, not \"5\"".into()]))
    });
}

/// Retained topics below `old`, one of them with a later live message.
fn sweep(chords: &str) -> Stage {
    let mut stage = Stage::plant();
    for n in 0..30 {
        let topic = format!("old/line{}/sensor{n}/state", n % 3);
        stage.hear(DEMO, &topic, "x".repeat(n * 40 + 1).as_bytes(), Retained::Yes);
    }
    stage.hear(DEMO, "old/line0/sensor3/state", b"live", Retained::No);
    stage.wait(90_000);
    stage.keys("ctrl-g");
    stage.types("old");
    stage.keys("enter X");
    stage.work();
    stage.keys(chords);
    stage
}

#[test]
fn a_sweep_is_chosen_from_a_list_of_what_is_retained() {
    check_at(&SIZES, "sweep", || sweep("j space j j space"));
}

#[test]
fn a_sweep_wants_its_count_typed() {
    check_at(&SIZES, "sweep-confirmation", || sweep("enter 2 enter"));
}
