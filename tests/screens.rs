//! Whole frames as text, at three sizes. Owns what stands where; colours are `screenshots`'.
#[path = "screens/bulk.rs"]
mod bulk;
#[path = "screens/chart.rs"]
mod chart;
#[cfg(feature = "protobuf")]
#[path = "screens/decoders.rs"]
mod decoders;
#[path = "screens/devices.rs"]
mod devices;
#[path = "screens/filter.rs"]
mod filter;
#[path = "screens/find.rs"]
mod find;
#[path = "screens/jq.rs"]
mod jq;
#[path = "screens/learn.rs"]
mod learn;
#[path = "common/link.rs"]
mod link;
#[path = "screens/menus.rs"]
mod menus;
#[path = "screens/monitor.rs"]
mod monitor;
#[path = "screens/nodes.rs"]
mod nodes;
#[path = "screens/past.rs"]
mod past;
#[path = "screens/publications.rs"]
mod publications;
#[path = "screens/runs.rs"]
mod runs;
#[path = "common/stage.rs"]
mod stage;
#[path = "screens/structure.rs"]
mod structure;

use mqttscope::decode::escape::is_hidden;
use mqttscope::model::event::DeviceId;
use mqttscope::model::{Event, Settings};
use mqttscope::mqtt::port::Step;
use mqttscope::mqtt::{BrokerEvent, Reason, Retained, Stage as Reached};
use mqttscope::time::WallOrigin;
use stage::{DEMO, Stage, awkward, settings};

const SIZES: [(u16, u16); 3] = [(60, 15), (80, 24), (200, 60)];

/// The wall clock of somebody who used the program a while ago.
fn two_days_on() -> WallOrigin {
    WallOrigin { unix_ms: 172_800_000, offset_s: 0 }
}

/// One snapshot a size.
fn check(name: &str, make: impl Fn() -> Stage) {
    check_at(&SIZES, name, make);
}

fn check_at(sizes: &[(u16, u16)], name: &str, make: impl Fn() -> Stage) {
    for (cols, rows) in sizes.iter().copied() {
        let mut stage = make();
        stage.resize(cols, rows);
        insta::assert_snapshot!(format!("{name}-{cols}x{rows}"), stage.text());
    }
}

fn plant_after(keys: &str) -> Stage {
    let mut stage = Stage::plant();
    stage.open_oven();
    stage.keys(keys);
    stage
}

fn beginning(names: &[&str]) -> Stage {
    Stage::new(names, settings())
}

#[test]
fn the_explorer_shows_the_plant() {
    check("explorer", || plant_after(""));
}

#[test]
fn a_value_is_edited_by_its_type_in_the_form_s_place() {
    check("editor", || {
        use mqttscope::device::{Clip, Domain, Kind, Node, Unit};
        use mqttscope::mqtt::Topic;
        let mut stage = Stage::plant();
        let node = Node {
            unit: Some(Unit::new("°C")),
            domain: Domain { min: Some(0.0), max: Some(250.0), step: Some(0.5), ..Domain::default() },
            clip: Clip::Clip,
            rate_limit_ms: Some(500),
            retain: true,
            ..Node::new(Topic::parse("plant/hall1/oven3/setpoint").unwrap(), Kind::Float)
        };
        mqttscope::model::nodes::load(stage.model.devices.first_mut().unwrap(), vec![node]);
        stage.keys("ctrl-g");
        stage.types("plant/hall1/oven3/setpoint");
        stage.keys("enter e 2 0 0 enter + enter - enter 3 0 0");
        stage
    });
}

#[test]
fn silence_is_explained_where_the_topics_would_be() {
    check("silence", || {
        let mut stage = beginning(&["demo"]);
        stage.online(DEMO);
        stage.wait(3_000);
        stage
    });
}

#[test]
fn a_connection_under_way_names_its_step() {
    check("connecting", || {
        let mut stage = beginning(&["demo"]);
        let now = stage.now;
        stage.broker(DEMO, BrokerEvent::StepBegun(Step::Tcp, now));
        stage.wait(700);
        stage
    });
}

#[test]
fn a_lost_broker_is_told_with_its_cause_remedy_and_next_try() {
    check("lost", || {
        let mut stage = beginning(&["demo"]);
        let remedy = "is the broker running there? start one, or name another host and port";
        stage.lost(DEMO, "nothing listens on 127.0.0.1:18831", Some(remedy));
        stage
    });
}

#[test]
fn several_devices_have_a_row_each() {
    check("devices", || {
        let mut stage = beginning(&["hall", "yard", "lab"]);
        stage.online(DEMO);
        stage.lost(DeviceId(1), "nothing listens on 127.0.0.1:18832", None);
        for topic in ["a/1", "a/2", "b"] {
            stage.hear(DEMO, topic, b"1", Retained::Unknown);
        }
        stage.wait(20_000);
        stage
    });
}

#[test]
fn json_is_shown_as_a_tree_of_lines() {
    check("json", || {
        let mut stage = plant_after("ctrl-g");
        stage.types("plant/hall1/oven3/telemetry");
        stage.keys("enter tab");
        stage
    });
}

#[test]
fn the_history_is_a_table() {
    check("history", || plant_after("2 tab j j j"));
}

#[test]
fn a_message_is_shown_as_it_came() {
    check("message", || {
        let mut stage = plant_after("");
        awkward(&mut stage);
        stage.keys("ctrl-g");
        stage.types("big/hex");
        stage.keys("enter 4 tab");
        stage
    });
}

#[test]
fn the_form_tells_the_life_of_what_was_published() {
    check("publish", || {
        let mut stage = plant_after("");
        stage.publish_setpoint();
        stage
    });
}

#[test]
fn the_form_unfolds_into_lines_and_properties() {
    check("publish-lines", || {
        let mut stage = plant_after("p ctrl-f");
        stage.event(Event::Paste("{\n  \"on\": true,\n  \"level\": 20.50\n}".into()));
        stage
    });
    check("publish-unfolded", || {
        let mut stage = plant_after("p ctrl-f ctrl-v");
        stage.event(Event::Paste("{\n  \"on\": true\n}".into()));
        stage.keys("tab tab tab tab");
        stage.types("application/json");
        stage.keys("tab 6 0 tab tab tab tab");
        stage.types("from=bench");
        stage
    });
}

#[test]
fn what_sending_would_change_is_compared_over_the_panes() {
    check("publish-compared", || {
        let mut stage = plant_after("ctrl-g");
        stage.types("plant/hall1/oven3/telemetry");
        stage.keys("enter p ctrl-l ctrl-t ctrl-home down end backspace backspace");
        stage.types("7,");
        stage.keys("ctrl-d");
        stage
    });
}

#[test]
fn a_refused_publication_says_why() {
    check("refused", || {
        let mut stage = plant_after("");
        stage.keys("p");
        stage.types("185.0");
        stage.keys("enter");
        stage.reach(Reached::Refused(Reason(0x87), Some("the plant is locked".into())));
        stage
    });
}

#[test]
fn a_topic_that_cannot_be_published_to_is_told_while_it_is_typed() {
    check("form-error", || {
        let mut stage = plant_after("p shift-tab");
        stage.types("/+");
        stage
    });
}

#[test]
fn the_help_lists_every_key() {
    check("help", || plant_after("?"));
}

#[test]
fn the_help_stops_at_its_end() {
    let mut stage = plant_after("? G");
    let end = stage.text();
    stage.keys("j j");
    assert_eq!(stage.text(), end);
    stage.keys("k");
    assert_ne!(stage.text(), end, "one line back is one line back");
}

#[test]
fn a_question_stands_over_the_panes() {
    check("question", || {
        let mut stage = plant_after("ctrl-g");
        stage.types("plant/hall1/oven1/setpoint");
        stage.keys("enter X");
        stage
    });
}

#[test]
fn a_search_counts_and_marks_its_matches() {
    check("search", || {
        let mut stage = plant_after("/");
        stage.types("setp");
        stage
    });
}

#[test]
fn what_is_wrong_with_a_filter_is_told_beside_it() {
    check("prompt-error", || {
        let mut stage = plant_after("S");
        stage.types("a/#/b");
        stage.keys("enter");
        stage
    });
}

#[test]
fn awkward_topics_and_payloads_are_drawn_as_escapes() {
    check("awkward", || {
        let mut stage = beginning(&["demo"]);
        stage.online(DEMO);
        awkward(&mut stage);
        stage.keys("o");
        stage
    });
}

#[test]
fn the_path_above_a_deep_topic_is_told() {
    check("deep", || {
        let mut stage = Stage::plant();
        awkward(&mut stage);
        stage.keys("o /");
        stage.types("level39");
        stage.keys("enter");
        stage
    });
}

#[test]
fn a_frozen_read_only_run_says_so() {
    check("frozen", || {
        let mut stage = Stage::new(&["demo"], Settings { read_only: true, ..settings() });
        stage.online(DEMO);
        stage.hear(DEMO, "a/b", b"1", Retained::No);
        stage.keys("z");
        stage
    });
}

#[test]
fn an_unchecked_connection_says_so_as_long_as_it_lasts() {
    use mqttscope::mqtt::{Transport, port};
    let mut stage = Stage::new(&["demo"], settings());
    let profile = &mut stage.model.devices[0].profile;
    profile.address.transport = Transport::Tls;
    profile.tls.insecure = true;
    for (cols, rows) in [(60, 15), (120, 40)] {
        stage.resize(cols, rows);
        assert!(stage.text().lines().nth(1).unwrap().contains("INSECURE"), "{}", stage.text());
    }
    let certificate = port::Certificate {
        subject: "broker".into(),
        issuer: "The Authority".into(),
        names: vec!["pi.local".into()],
        not_after_unix_ms: 31 * 86_400_000 + 1_000_000,
        ..port::Certificate::default()
    };
    let tls = port::TlsFacts {
        version: "TLS 1.3".into(),
        cipher: "TLS13_AES_256_GCM_SHA384".into(),
        chain: vec![certificate],
        insecure: true,
        ..port::TlsFacts::default()
    };
    let online = port::Online { tls: Some(tls), ..port::Online::default() };
    stage.broker(DEMO, BrokerEvent::Online(Box::new(online)));
    let text = stage.text();
    for words in ["TLS 1.3, TLS13_AES_256_GCM_SHA384", "was not checked", "for pi.local", "31 days left"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn ascii_is_all_there_is_when_asked_for() {
    check("ascii", || {
        let mut stage = Stage::plant();
        stage.model.settings.ascii = true;
        awkward(&mut stage);
        stage.open_oven();
        stage
    });
    let mut stage = plant_after("");
    stage.model.settings.ascii = true;
    awkward(&mut stage);
    for keys in ["", "2", "4", "p", "esc ?", "esc /"] {
        stage.keys(keys);
        assert!(stage.text().is_ascii(), "{}", stage.text());
    }
}

#[test]
fn a_screen_too_small_says_what_it_needs() {
    for (cols, rows, expected) in [
        (40, 3, "40x3\n\n      too small: 40x3, needs 60x15\n\n"),
        (12, 4, "12x4\n\n  too small\n needs 60x15\n\n"),
        (5, 1, "5x1\n60x15\n"),
        (1, 1, "1x1\n6\n"),
    ] {
        let mut stage = beginning(&["demo"]);
        stage.resize(cols, rows);
        assert_eq!(stage.text(), expected);
    }
}

#[test]
fn a_frozen_picture_does_not_age() {
    let mut stage = plant_after("z");
    stage.resize(122, 36);
    let lines = |stage: &mut Stage| stage.text().lines().skip(2).map(str::to_owned).collect::<Vec<_>>();
    let before = lines(&mut stage);
    stage.wait(90_000);
    assert_eq!(lines(&mut stage), before);
}

#[test]
fn the_header_drops_what_is_wanted_least_and_never_the_state() {
    let mut stage = plant_after("");
    let pieces = ["↑ ", "127.0.0.1", "mqtt 5", "ka 60 s", "rtt ", "↓ ", "● demo"];
    for cols in 60..140 {
        stage.resize(cols, 24);
        let header = stage.text().lines().nth(1).unwrap().to_owned();
        let n_gone = pieces.iter().take_while(|piece| !header.contains(**piece)).count();
        let rest = &pieces[n_gone..];
        assert!(!rest.is_empty() && rest.iter().all(|piece| header.contains(piece)), "{cols}: {header}");
    }
}

#[test]
fn the_cursor_stands_in_the_field_that_is_typed_into() {
    for keys in ["p", "p shift-tab", "/", "ctrl-g", "S"] {
        for (cols, rows) in SIZES {
            let mut stage = plant_after(keys);
            stage.resize(cols, rows);
            stage.event(Event::Paste("x".repeat(1_000)));
            let (buffer, cursor) = stage.frame_with_cursor();
            let (x, y) = cursor.unwrap_or_else(|| panic!("no cursor after {keys} at {cols}x{rows}"));
            assert_eq!(buffer[(x - 1, y)].symbol(), "x", "{keys} at {cols}x{rows}");
        }
    }
    let (_, cursor) = plant_after("").frame_with_cursor();
    assert_eq!(cursor, None, "nothing is typed into");
}

/// Every overlay and pane in focus, on a tree that holds everything awkward.
fn situations() -> Vec<Stage> {
    let keys = [
        "",
        "tab",
        "2 tab",
        "4 tab",
        "p",
        "esc ?",
        "? G",
        "/",
        "S",
        "ctrl-g",
        "X",
        "G",
        "z",
        "G a enter e",
        "a enter 5 tab enter",
        "v j j",
        "5 tab",
    ];
    let situation = |keys: &&str| {
        let mut stage = Stage::plant();
        awkward(&mut stage);
        stage.open_oven();
        stage.lost(DEMO, &"a very long cause ".repeat(30), Some(&"a remedy ".repeat(30)));
        stage.keys("g o");
        stage.keys(keys);
        stage.event(Event::Paste("pasted/\u{7}\u{202e}x \u{5de5}".repeat(30)));
        stage
    };
    keys.iter().map(situation).collect()
}

#[test]
fn nothing_panics_at_any_size_and_nothing_raw_is_drawn() {
    let mut situations = situations();
    for (nth, cols) in (1..=124).chain((130..=300).step_by(17)).enumerate() {
        for rows in [1, 2, 5, 14, 15, 16, 19, 20, 21, 22, 23, 24, 30, 60, 100] {
            // Each size meets each situation within a few columns.
            let n_situations = situations.len();
            let stage = &mut situations[(nth + usize::from(rows)) % n_situations];
            stage.resize(cols, rows);
            let buffer = stage.frame();
            for cell in &buffer.content {
                assert!(!cell.symbol().chars().any(is_hidden), "{:?} at {cols}x{rows}", cell.symbol());
            }
        }
    }
}

#[test]
fn the_smallest_screens_meet_every_situation() {
    for stage in &mut situations() {
        for (cols, rows) in (1..=62).flat_map(|cols| [1, 3, 14, 15, 17].map(|rows| (cols, rows))) {
            stage.resize(cols, rows);
            stage.frame();
        }
    }
}

#[test]
fn a_frame_smaller_than_the_model_was_told_is_drawn_all_the_same() {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    for stage in &mut situations() {
        stage.resize(120, 40);
        stage.model.prepare(stage.now, &mut stage.effects);
        for (cols, rows) in [(1, 1), (30, 10), (119, 39), (200, 60)] {
            let mut terminal = Terminal::new(TestBackend::new(cols, rows)).unwrap();
            let draw = |frame: &mut ratatui::Frame<'_>| {
                mqttscope::view::draw(&stage.model, &stage.theme, stage.now, frame);
            };
            terminal.draw(draw).unwrap();
        }
    }
}

#[test]
fn a_device_is_added_by_filling_a_form_in() {
    check("device-form", || {
        let mut stage = beginning(&["demo"]);
        stage.keys("D a");
        stage.keys("right right right enter");
        stage.types("abc-ats.iot.eu-west-1.amazonaws.com");
        stage.keys("down");
        stage.types("70000");
        stage
    });
}
