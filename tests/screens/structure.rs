//! Structured values as whole frames. Owns their pictures; what their keys do is told in `journeys`.
use super::check_at;
use super::stage::{DEMO, Stage};
use mqttscope::mqtt::Retained;

/// A wide screen, and one where panes are stacked.
const SIZES: [(u16, u16); 2] = [(120, 40), (80, 24)];

const BEFORE: &str = r#"{"state":"ON","linkquality":85,"color":{"x":0.3127,"y":0.329},"color":"again","update":{"state":"idle","installed_version":587806257,"latest_version":587806257},"effects":["blink","breathe","okay"],"exact":123456789012345678901234567890}"#;

fn lamp(keys: &str) -> Stage {
    let mut stage = Stage::new(&["demo"], super::settings());
    stage.online(DEMO);
    stage.hear(DEMO, "lamp", BEFORE.as_bytes(), Retained::No);
    stage.wait(1_000);
    let now = BEFORE.replace(":85", ":92").replace("0.329}", "0.331}");
    stage.hear(DEMO, "lamp", now.as_bytes(), Retained::No);
    for keys in "j 1 tab".split(' ').chain(keys.split(' ')) {
        stage.keys(keys);
        stage.work();
        // What a key means depends on what is seen.
        stage.frame();
    }
    stage
}

#[test]
fn a_structured_value_is_a_tree_with_a_path_below() {
    check_at(&SIZES, "structure", || lamp("j j j j h"));
}

#[test]
fn a_search_within_a_value_counts_and_goes_there() {
    check_at(&SIZES, "structure-search", || lamp("O enter / s t a t e"));
}
