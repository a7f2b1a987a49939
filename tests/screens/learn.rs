//! The Learn pane as whole frames. Owns its pictures; what its keys do is told in `learning`.
use super::stage::{DEMO, Stage, settings};
use super::{beginning, check};
use mqttscope::model::Settings;

/// The plant, and learning it for a while.
fn learning(keys: &str) -> Stage {
    let mut stage = Stage::plant();
    stage.keys("L");
    stage.frame();
    stage.wait(1_100);
    stage.frame();
    stage.keys(keys);
    stage
}

#[test]
fn candidates_stand_in_a_table_with_the_newest_on_top() {
    check("learn", || learning("j j space space"));
}

#[test]
fn while_the_tree_is_looked_at_learning_goes_on() {
    check("learn-left", || learning("esc j"));
}

#[test]
fn parts_of_an_object_are_chosen_from() {
    check("learn-parts", || {
        let mut stage = Stage::plant();
        stage.keys("ctrl-g");
        stage.types("plant/hall1/oven3/telemetry");
        stage.keys("enter L");
        stage.frame();
        stage.keys("o space j space");
        stage
    });
}

#[test]
fn what_is_kept_already_is_a_list_of_its_own() {
    check("learn-kept", || {
        let mut stage = learning("A y l");
        stage.wait(4_000);
        stage
    });
}

#[test]
fn attributes_are_edited_in_the_footer() {
    check("learn-edit", || learning("j j e"));
}

#[test]
fn a_silent_broker_is_explained_in_the_pane_too() {
    check("learn-silence", || {
        let mut stage = beginning(&["demo"]);
        stage.online(DEMO);
        stage.keys("L");
        stage.wait(3_000);
        stage
    });
}

#[test]
fn the_pane_is_drawn_in_ascii_too() {
    let mut stage = Stage::new(&["demo"], Settings { ascii: true, ..settings() });
    stage.online(DEMO);
    stage.hear(DEMO, "a/caf\u{e9}", "21.5 °C".as_bytes(), mqttscope::mqtt::Retained::Yes);
    stage.keys("L");
    stage.keys("space");
    let text = stage.text();
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("x a/caf"), "{text}");
}
