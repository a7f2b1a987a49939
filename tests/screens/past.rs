//! Past messages as whole frames: listed and held, looked into, compared. Owns its pictures.
use super::stage::{DEMO, Stage};
use super::{check_at, plant_after};
use mqttscope::mqtt::Retained;

const SIZES: [(u16, u16); 2] = [(120, 40), (80, 24)];

fn telemetry(keys: &str) -> Stage {
    let mut stage = plant_after("ctrl-g");
    stage.types("plant/hall1/oven3/telemetry");
    stage.keys("enter 2 tab");
    stage.frame();
    stage.keys(keys);
    stage.frame();
    stage
}

#[test]
fn past_messages_are_listed_and_held_while_new_ones_come() {
    check_at(&SIZES, "past-list", || {
        let mut stage = plant_after("2 tab /");
        stage.types(">185");
        stage.keys("enter j j");
        stage.frame();
        stage.keys("space s");
        stage.frame();
        stage.keys("s d");
        for _ in 0..5 {
            stage.hear(DEMO, "plant/hall1/oven3/temperature", b"187.5 \xc2\xb0C", Retained::No);
            stage.wait(1_000);
        }
        stage
    });
}

#[test]
fn a_past_message_says_which_one_it_is() {
    check_at(&SIZES, "past-value", || telemetry("j j enter"));
}

#[test]
fn two_messages_are_compared_place_by_place() {
    check_at(&SIZES, "past-difference", || telemetry("space j j j j ="));
}
