//! The Monitor as whole frames. Owns its pictures; what its keys do is told in `monitor`.
use super::check_at;
use super::link::busy;
use super::stage::{DEMO, Stage};
use mqttscope::mqtt::Retained;

/// All at once, by pages, a panel at a time.
const SIZES: [(u16, u16); 3] = [(60, 15), (80, 24), (120, 40)];

fn check(name: &str, make: impl Fn() -> Stage) {
    check_at(&SIZES, name, make);
}

#[test]
fn the_monitor_shows_a_link_with_its_troubles() {
    check("monitor", busy);
}

#[test]
fn the_monitor_lists_subscriptions_with_what_became_of_them() {
    check("monitor-subscriptions", || {
        let mut stage = busy();
        stage.keys("tab tab tab tab j");
        stage
    });
}

#[test]
fn the_monitor_lists_what_is_excluded_behind_the_subscriptions() {
    check("monitor-excluded", || {
        let mut stage = busy();
        stage.keys("S ! p l a n t / h a l l 1 / # enter");
        stage.hear(DEMO, "plant/hall1/oven3/temperature", b"181.0", Retained::No);
        stage.keys("tab tab tab tab");
        stage.text();
        stage.keys("G");
        stage.wait(8_000);
        stage
    });
}

#[test]
fn the_monitor_of_a_lost_link_says_why_and_when_it_tries_again() {
    check("monitor-lost", || {
        let mut stage = busy();
        stage.lost(DEMO, "nothing listens on 127.0.0.1:18831", Some("start a broker there"));
        stage
    });
}

#[test]
fn the_log_is_read_line_by_line() {
    check("monitor-log", || {
        let mut stage = busy();
        stage.lost(DEMO, "nothing listens on 127.0.0.1:18831", Some("start a broker there"));
        stage.keys("shift-tab");
        stage
    });
}

#[test]
fn a_loop_is_told_over_everything() {
    check("monitor-loop", || {
        let mut stage = busy();
        stage.model.found_loop = Some((DEMO, "plant/hall1/oven3/setpoint".into()));
        stage
    });
}
