//! The chart in its sizes. Owns what stands where; figures are `journeys`'.
use crate::stage::{DEMO, Stage, settings};
use crate::{check_at, plant_after};
use mqttscope::model::Settings;
use mqttscope::mqtt::Retained;

const SIZES: [(u16, u16); 3] = [(60, 15), (80, 24), (120, 40)];

/// Two ovens, a fan in JSON, a door and a bell, with a gap.
fn busy(settings: Settings) -> Stage {
    let mut stage = Stage::new(&["demo"], settings);
    stage.online(DEMO);
    for step in 0..240_u32 {
        let wave = |by: f64| 180.0 + by * (f64::from(step) / 9.0).sin();
        if !(100..130).contains(&step) {
            let hot = format!("{:.1} °C", wave(8.0));
            stage.hear(DEMO, "plant/oven1/temperature", hot.as_bytes(), Retained::No);
        }
        let cool = format!("{:.1} °C", wave(-4.0) - 3.0);
        stage.hear(DEMO, "plant/oven2/temperature", cool.as_bytes(), Retained::No);
        let fan = format!(r#"{{"fan":{{"rpm":{:.0}}},"load":0.5}}"#, wave(90.0) * 5.0);
        stage.hear(DEMO, "plant/oven2/telemetry", fan.as_bytes(), Retained::No);
        if step % 60 == 10 {
            stage.hear(DEMO, "plant/door", if step < 120 { b"open" } else { b"closed" }, Retained::No);
        }
        if step % 50 == 20 {
            stage.hear(DEMO, "plant/bell", b"", Retained::No);
        }
        stage.wait(1_000);
    }
    stage
}

fn on(mut stage: Stage, topic: &str, keys: &str) -> Stage {
    stage.keys("ctrl-g");
    stage.types(topic);
    stage.keys("enter 3");
    stage.frame();
    stage.keys(keys);
    stage
}

fn together(settings: Settings) -> Stage {
    let mut stage = busy(settings);
    for topic in ["plant/oven1/temperature", "plant/door", "plant/bell"] {
        stage = on(stage, topic, "*");
    }
    stage
}

#[test]
fn a_number_over_time_breaks_where_nothing_came() {
    check_at(&SIZES, "chart", || on(busy(settings()), "plant/oven1/temperature", "tab"));
}

#[test]
fn a_small_inspector_keeps_the_line_and_drops_the_axes() {
    check_at(&[(80, 24)], "chart-small", || plant_after("3"));
}

#[test]
fn several_series_have_marks_bands_and_ticks() {
    check_at(&SIZES, "chart-together", || on(together(settings()), "plant/oven2/temperature", "tab"));
}

#[test]
fn series_of_other_units_have_scales_of_their_own() {
    check_at(&[(120, 40)], "chart-own", || {
        on(together(settings()), "plant/oven2/telemetry", "tab Z x h h h h")
    });
}

#[test]
fn a_chart_is_drawn_in_ascii_too() {
    let ascii = || Settings { ascii: true, ..settings() };
    check_at(&[(80, 24), (120, 40)], "chart-ascii", || {
        on(together(ascii()), "plant/oven2/temperature", "tab x")
    });
}
