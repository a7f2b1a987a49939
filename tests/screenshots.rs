//! The pictures of the README, painted from real frames and held against the committed files. Owns which there
//! are; `UPDATE=1 cargo test --test screenshots` paints them anew.
#[path = "common/link.rs"]
mod link;
#[path = "common/stage.rs"]
mod stage;
#[path = "common/svg.rs"]
mod svg;

use std::path::Path;

use mqttscope::theme::{ColorDepth, Theme};
use stage::Stage;
use svg::{DARK, Ground, LIGHT};

/// Paints a frame and holds it against the committed picture.
fn check(name: &str, stage: &mut Stage, ground: Ground) {
    let (buffer, cursor) = stage.frame_with_cursor();
    let painted = svg::paint(&buffer, cursor, ground);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        return std::fs::write(&path, painted).expect("the picture is written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == painted,
        "screenshots/{name} is not what the program draws; UPDATE=1 cargo test --test screenshots repaints it"
    );
}

/// The plant with its halls open and the cursor on an oven's temperature.
fn explorer(cols: u16, rows: u16) -> Stage {
    let mut stage = Stage::plant();
    stage.resize(cols, rows);
    stage.open_oven();
    stage
}

#[test]
fn the_explorer() {
    check("explorer.svg", &mut explorer(122, 36), DARK);
}

#[test]
fn the_explorer_in_a_classic_terminal() {
    check("explorer-80x24.svg", &mut explorer(80, 24), DARK);
}

#[test]
fn the_explorer_on_a_light_terminal() {
    let mut stage = explorer(122, 36);
    stage.theme = Theme::load("light", &|_| None, ColorDepth::True).0;
    check("light.svg", &mut stage, LIGHT);
}

#[test]
fn the_publish_form() {
    let mut stage = explorer(122, 36);
    stage.publish_setpoint();
    check("publish.svg", &mut stage, DARK);
}

#[test]
fn the_settings_of_a_generator() {
    let mut stage = explorer(122, 36);
    stage.publish_setpoint();
    stage.keys("ctrl-g right right");
    check("generator.svg", &mut stage, DARK);
}

#[test]
fn the_publications() {
    let mut stage = explorer(122, 36);
    for (topic, payload) in [("plant/rooms/lab/light/set", "on"), ("plant/line2/reset", "1")] {
        stage.keys("p shift-tab ctrl-u");
        stage.types(topic);
        stage.keys("tab ctrl-u");
        stage.types(payload);
        stage.keys("tab 1");
        stage.published();
        stage.wait(1_300);
        stage.keys("esc");
    }
    stage.publish_setpoint();
    stage.wait(400);
    stage.keys("esc P");
    check("publications.svg", &mut stage, DARK);
}

#[test]
fn the_learn_pane() {
    let mut stage = explorer(122, 36);
    stage.keys("L");
    stage.frame();
    stage.wait(1_100);
    stage.frame();
    stage.keys("j j space space");
    check("learn.svg", &mut stage, DARK);
}

#[test]
fn the_history() {
    let mut stage = explorer(122, 36);
    stage.keys("2 tab");
    check("history.svg", &mut stage, DARK);
}

#[test]
fn the_chart() {
    let mut stage = explorer(122, 36);
    for topic in ["plant/hall1/oven1/temperature", "plant/hall1/oven2/temperature", "plant/rooms/lab/light"] {
        stage.keys("ctrl-g");
        stage.types(topic);
        stage.keys("enter *");
    }
    stage.keys("ctrl-g");
    stage.types("plant/hall1/oven3/temperature");
    stage.keys("enter 3 tab");
    stage.frame();
    stage.keys("x h h h h h h h h h h");
    check("chart.svg", &mut stage, DARK);
}

#[test]
fn the_monitor() {
    let mut stage = link::busy();
    stage.resize(120, 40);
    check("monitor.svg", &mut stage, DARK);
}

#[test]
fn a_value_as_a_tree() {
    let mut stage = explorer(122, 36);
    let telemetry = "plant/hall1/oven3/telemetry";
    stage.keys("ctrl-g");
    stage.types(telemetry);
    stage.keys("enter 1 tab");
    stage.frame();
    let now = r#"{"uptime_s":90,"fan":{"rpm":1204,"on":true},"load":0.71,"firmware":"2.4.1","errors":[],"note":null}"#;
    stage.hear(stage::DEMO, telemetry, now.as_bytes(), mqttscope::mqtt::Retained::No);
    stage.frame();
    stage.keys("j j j");
    check("structure.svg", &mut stage, DARK);
}

#[test]
fn the_view_filter() {
    let mut stage = explorer(122, 36);
    stage.keys("f");
    stage.types("type:float | light");
    check("filter.svg", &mut stage, DARK);
}

#[test]
fn the_table() {
    let mut stage = explorer(122, 36);
    stage.keys("Z g T t t t t t");
    check("table.svg", &mut stage, DARK);
}

#[test]
fn the_results_of_a_search() {
    let mut stage = explorer(122, 36);
    stage.keys("/ alt-f");
    stage.types("h1temp");
    check("find.svg", &mut stage, DARK);
}

#[test]
fn two_messages_compared() {
    let mut stage = explorer(122, 36);
    stage.keys("ctrl-g");
    stage.types("plant/hall1/oven3/telemetry");
    stage.keys("enter 2 tab");
    stage.frame();
    stage.keys("space j j j j =");
    check("compare.svg", &mut stage, DARK);
}
