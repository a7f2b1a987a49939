//! What can be copied and exported, as whole frames. Owns its pictures; what comes of it is told in `journeys`.
use super::stage::{DEMO, Stage};
use super::{check_at, plant_after};
use mqttscope::mqtt::Retained;

const SIZES: [(u16, u16); 3] = [(60, 15), (80, 24), (120, 40)];

#[test]
fn what_can_be_copied_stands_in_a_menu_with_its_letters() {
    check_at(&SIZES, "menu-copy", || plant_after("C j j"));
}

#[test]
fn what_can_be_exported_stands_in_a_menu_with_its_letters() {
    check_at(&SIZES, "menu-export", || {
        let mut stage = Stage::plant();
        stage.hear(DEMO, "plant", b"\x1f\x8b\x08\x00\x1b]0;owned\x07", Retained::Yes);
        stage.keys("ctrl-g");
        stage.types("plant");
        stage.keys("enter W");
        stage
    });
}

#[test]
fn an_export_asks_for_a_path_and_tells_how_far_it_is() {
    check_at(&SIZES, "export-path", || plant_after("W h"));
    check_at(&SIZES, "export-running", || {
        use mqttscope::model::Event;
        use mqttscope::model::devices::Answer;
        use mqttscope::model::export::steps::Done;
        let mut stage = plant_after("W h enter");
        stage.event(Event::Disk(Box::new(Answer::Exported(1, Ok(Done::Ready)))));
        stage.work();
        stage
    });
}
