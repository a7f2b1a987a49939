//! The real binary in a real terminal: start, type, resize, quit, die, stall. Owns the terminal's wholeness.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
#[path = "pty/editor.rs"]
mod editor;
#[path = "common/eventually.rs"]
mod eventually;
#[path = "pty/jq.rs"]
mod jq;
#[path = "common/pty.rs"]
mod pty;
#[path = "pty/sends.rs"]
mod sends;

use pty::Program;
use rustix::process::Signal;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const CLASSIC: (u16, u16) = (80, 24);

fn demo(variables: &[(&str, &str)], size: (u16, u16)) -> Program {
    let program = Program::start(&["demo"], variables, size);
    program.sees("mqtt 5");
    program
}

#[test]
fn the_demo_is_browsed_by_key_and_quits_cleanly() {
    let mut program = demo(&[], CLASSIC);
    program.sees("plant");
    program.types("/oven3/temperature\r");
    program.sees("°C");
    program.types("?");
    program.sees("Search the topics");
    program.types("?q");
    let (status, screen) = program.ends();
    assert_eq!(status.exit_code(), 0, "{screen}");
    assert_eq!(screen.trim(), "", "nothing is left behind");
}

#[test]
fn a_published_value_has_a_visible_effect_in_the_plant() {
    let mut program = demo(&[], (120, 40));
    program.sees("plant");
    program.types("p");
    program.types("\u{15}home/lights/living_room/set\toff\r");
    program.sees("echo");
    program.leaves();
    program.types("\u{7}home/lights/living_room\r");
    program.sees("home/lights/living_room");
    program.types("q");
    assert_eq!(program.ends().0.exit_code(), 0);
}

#[test]
fn a_lamp_is_set_by_toggle_and_seen_to_answer() {
    let mut program = demo(&[], CLASSIC);
    program.sees("plant");
    // Said once, so that the topic is there and its words are known.
    program.types("p\u{15}home/lights/living_room/set\toff\r");
    program.sees("echo");
    program.leaves();
    program.types("\u{7}home/lights/living_room/set\r");
    program.sees("living_room/set");
    program.types("a\r");
    program.sees("kept 1 node");
    program.types("e");
    program.sees("[off] on");
    program.types(" \r");
    program.sees("off [on]");
    program.sees("echo");
    program.leaves();
    program.types("\u{7}home/lights/living_room\r");
    program.sees_that("the lamp's answer", |screen| {
        screen.lines().any(|line| line.contains("┤") || line.contains("living_room"))
            && screen.contains(" on ")
    });
    program.types("qy");
    assert_eq!(program.ends().0.exit_code(), 0);
}

#[test]
fn any_size_is_survived() {
    let mut program = demo(&[], CLASSIC);
    program.sees("plant");
    program.resize(5, 3);
    program.types("j");
    program.resize(200, 60);
    program.sees("plant");
    program.resize(60, 15);
    program.sees("plant");
    program.resize(59, 15);
    program.sees("too small");
    program.resize(80, 24);
    program.sees("plant");
    program.types("q");
    assert_eq!(program.ends().0.exit_code(), 0);
}

#[test]
fn the_terminal_is_whole_after_a_panic_of_any_thread() {
    for place in ["loop", "task"] {
        let program = Program::start(&["demo"], &[("MQTTSCOPE_PANIC", place)], CLASSIC);
        let (status, screen) = program.ends();
        assert_eq!(status.exit_code(), 1, "{screen}");
        assert!(screen.contains("this is a bug"), "{place}: {screen}");
        assert!(screen.contains("asked for by"), "{place}: {screen}");
    }
}

#[test]
fn the_terminal_is_whole_after_signals() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let program = demo(&[], CLASSIC);
        program.sees("plant");
        program.signal(signal);
        let (status, screen) = program.ends();
        assert_eq!(status.exit_code(), 0, "{signal:?}: {screen}");
    }
}

#[test]
fn ctrl_z_stops_it_and_going_on_paints_the_present() {
    let mut program = demo(&[], CLASSIC);
    program.sees("plant");
    program.types("\u{1a}");
    program.is_stopped();
    program.sees_that("the shell's own screen", |screen| !screen.contains("plant"));
    program.signal(Signal::CONT);
    program.sees("plant");
    program.types("?");
    program.sees("Search the topics");
    program.types("qq");
    assert_eq!(program.ends().0.exit_code(), 0);
}

#[test]
fn an_outside_stop_signal_does_the_same() {
    let mut program = demo(&[], CLASSIC);
    program.sees("plant");
    program.signal(Signal::TSTP);
    program.is_stopped();
    program.signal(Signal::CONT);
    program.sees("plant");
    program.types("q");
    assert_eq!(program.ends().0.exit_code(), 0);
}

#[test]
fn a_terminal_that_nobody_reads_stalls_nothing_and_then_shows_the_present() {
    let mut program = Program::start(&["demo", "--rate", "5000"], &[], CLASSIC);
    program.sees("plant");
    let n_messages = |screen: &str| -> Option<u64> {
        let (before, _) = screen.split_once(" msgs")?;
        let digits = before.rsplit(' ').next()?.replace(',', "");
        digits.parse().ok()
    };
    let before = n_messages(&program.screen()).unwrap_or_default();
    program.read_on(false);
    // Enough keys to fill the terminal's own buffer with frames, whatever its size.
    for _ in 0..2_000 {
        program.types("Gg");
    }
    program.read_on(true);
    program.types("j");
    program.sees_that("messages taken in meanwhile", |screen| {
        n_messages(screen).is_some_and(|now| now > before + 5_000)
    });
    program.types("q");
    assert_eq!(program.ends().0.exit_code(), 0);
}

#[test]
fn a_split_arrow_is_an_arrow() {
    let mut program = demo(&[], CLASSIC);
    program.sees("plant");
    program.types("p\u{15}topic\tab");
    program.sees("ab");
    program.types("\u{1b}");
    program.types("[D");
    program.types("X");
    program.sees("aXb");
    program.leaves();
    program.types("q");
    assert_eq!(program.ends().0.exit_code(), 0);
}

#[test]
fn escape_is_heard_under_a_flood() {
    let mut program = Program::start(&["demo", "--rate", "20000", "--topics", "5000"], &[], (100, 30));
    program.sees("topics");
    program.types("/oven");
    program.sees("/oven");
    program.types("\u{1b}");
    program.sees_that("no prompt any more", |screen| !screen.contains("/oven"));
}

#[test]
fn a_broken_theme_or_keymap_is_told_and_stops_nothing() {
    let files = tempfile::TempDir::new().unwrap();
    let own = files.path().join("mqttscope");
    fs::create_dir_all(own.join("themes")).unwrap();
    fs::write(own.join("themes/mine.toml"), "[roles]\n\"topcis\" = \"red\"\n").unwrap();
    fs::write(own.join("keymap.toml"), "[topics]\n\"x\" = \"cursor-dwon\"\n").unwrap();
    let home = files.path().to_str().unwrap();
    let program = Program::start(&["demo", "--theme", "mine"], &[("XDG_CONFIG_HOME", home)], (120, 40));
    program.sees("did you mean");
    program.sees("cursor-dwon");
}

#[test]
fn without_a_terminal_the_reason_is_given() {
    let output = Command::new(env!("CARGO_BIN_EXE_mqttscope"))
        .args(["mqtt://127.0.0.1:1"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(words.contains("needs a terminal"), "{words}");
}

#[test]
fn wrong_arguments_exit_with_2_and_name_the_offender() {
    for (arguments, expected) in [
        (&["--nonsense"][..], "--nonsense"),
        (&["gopher://x"], "gopher://"),
        (&["-t", "a#"], "a#"),
        (&["--keymap", "/nonexistent"], "/nonexistent"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_mqttscope")).args(arguments).output().unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {words}");
        assert!(words.contains(expected), "{arguments:?}: {words}");
    }
}

#[test]
fn what_was_open_last_is_opened_when_nothing_is_named() {
    let home = tempfile::tempdir().unwrap();
    let devices = home.path().join("mqttscope/devices");
    fs::create_dir_all(&devices).unwrap();
    fs::write(devices.join("plant.toml"), "[connection]\nurl = \"mqtt://127.0.0.1:1\"\n").unwrap();
    let home = home.path().to_str().unwrap();
    let variables = [("XDG_CONFIG_HOME", home), ("XDG_STATE_HOME", home)];
    for arguments in [&["plant", "mqtt://me:hunter2@127.0.0.1:2"][..], &[]] {
        let mut program = Program::start(arguments, &variables, (120, 40));
        program.sees("plant");
        program.sees("127.0.0.1:2");
        program.types("q");
        assert_eq!(program.ends().0.exit_code(), 0);
    }
    let last = fs::read_to_string(Path::new(home).join("mqttscope/last.toml")).unwrap();
    assert!(last.starts_with("devices = [\"plant\", \"mqtt://me@127.0.0.1:2\"]\n"), "{last}");
    assert!(!last.contains("hunter2"), "{last}");
}

#[test]
fn without_anything_to_open_it_starts_on_the_devices_and_enter_reaches_a_broker() {
    let broker = Program::start(&["demo", "--rate", "5"], &[], (120, 40));
    broker.sees("● demo · mqtt 5 · 127.0.0.1:");
    let header = broker.screen();
    let port: String = header
        .split_once("127.0.0.1:")
        .map(|(_, behind)| behind.chars().take_while(char::is_ascii_digit).collect())
        .unwrap();
    let home = tempfile::tempdir().unwrap();
    let devices = home.path().join("mqttscope/devices");
    fs::create_dir_all(&devices).unwrap();
    let file = format!("[connection]\nurl = \"mqtt://127.0.0.1:{port}\"\n");
    fs::write(devices.join("plant.toml"), &file).unwrap();
    fs::write(devices.join("attic.toml"), "[connection]\nurl = 7\n").unwrap();
    let home = home.path().to_str().unwrap();
    let variables = [("XDG_CONFIG_HOME", home), ("XDG_STATE_HOME", home)];
    let mut program = Program::start(&[], &variables, CLASSIC);
    program.sees("attic.toml:2:");
    program.sees("none is open");
    program.types("j\r");
    program.sees("● plant · mqtt 5");
    program.types("Dy");
    program.sees("copy as: plant-2");
    program.types("\r");
    program.sees("plant-2 is a copy of plant");
    let is_under_the_hand = |line: &str| line.contains('>') && line.contains(" plant-2 ");
    program.sees_that("the copy's row under the hand", |screen| screen.lines().any(is_under_the_hand));
    program.types("\r");
    program.sees("● plant-2 · mqtt 5");
    program.types("Dx");
    program.sees("1 of 1 open device online");
    program.types("gdy");
    program.sees_that("no broken file", |screen| !screen.contains("attic.toml:2:"));
    program.types("q");
    assert_eq!(program.ends().0.exit_code(), 0);
    assert_eq!(fs::read_to_string(devices.join("plant-2.toml")).unwrap(), file);
    assert!(devices.join("attic.toml~").exists() && !devices.join("attic.toml").exists());
    let last = fs::read_to_string(Path::new(home).join("mqttscope/last.toml")).unwrap();
    assert!(last.starts_with("devices = [\"plant\"]\n"), "{last}");
    assert!(last.contains("plant-2 = "), "{last}");
    let again = Program::start(&[], &variables, CLASSIC);
    again.sees("● plant · mqtt 5");
}

#[test]
fn the_demo_is_learnt_and_saved_and_read_back_while_the_broker_is_gone() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().to_str().unwrap().to_owned();
    let variables = [("XDG_CONFIG_HOME", path.as_str()), ("XDG_STATE_HOME", path.as_str())];
    let mut program = demo(&variables, CLASSIC);
    program.sees("plant");
    program.sees("L learn");
    program.types("L");
    program.sees("A keep all");
    program.types("A");
    program.sees("as nodes?");
    program.types("y");
    program.sees("w save");
    program.types("w");
    program.sees("save as: demo");
    program.types("\u{15}hall\r");
    program.sees_that("nothing unsaved", |screen| !screen.contains("unsaved"));
    program.types("Lq");
    let (status, screen) = program.ends();
    assert_eq!(status.exit_code(), 0, "{screen}");

    let mut program = Program::start(&["hall"], &variables, CLASSIC);
    program.sees("hall");
    program.types("\u{7}plant/hall1/oven3/setpoint\r");
    program.sees("◆ setpoint");
    program.sees("not heard yet");
    program.types("K");
    program.sees("kept only");
    program.types("q");
    assert_eq!(program.ends().0.exit_code(), 0);
    let file = fs::read_to_string(home.path().join("mqttscope/devices/hall.toml")).unwrap();
    let n_nodes = file.matches("[[node]]").count();
    assert!(n_nodes > 90, "{n_nodes} nodes in\n{file}");
    for typed in ["unit = \"°C\"", "type = \"bool\"", "min = 0"] {
        assert!(file.contains(typed), "{typed} in\n{file}");
    }
}

#[test]
fn unsaved_nodes_outlive_signals_and_panics_and_are_offered_at_the_next_start() {
    let ends = [
        ("nothing", Some(Signal::HUP)),
        ("nothing", Some(Signal::TERM)),
        ("nothing", None),
        ("signal", Some(Signal::TERM)),
    ];
    for (panics_at, signal) in ends {
        let home = tempfile::tempdir().unwrap();
        let devices = home.path().join("mqttscope/devices");
        fs::create_dir_all(&devices).unwrap();
        let file = "[connection]\nurl = \"mqtt://127.0.0.1:1\"\n";
        fs::write(devices.join("plant.toml"), file).unwrap();
        let root = home.path().to_str().unwrap();
        let variables = [("XDG_CONFIG_HOME", root), ("XDG_STATE_HOME", root), ("MQTTSCOPE_PANIC", panics_at)];
        let mut program = Program::start(&["plant"], &variables, CLASSIC);
        program.sees("plant");
        program.types("alamp{1..3}/on\r");
        program.sees("◆ unsaved");
        match signal {
            Some(signal) => program.signal(signal),
            None => program.types("\u{3}\u{3}"),
        }
        program.ends();
        assert_eq!(fs::read_to_string(devices.join("plant.toml")).unwrap(), file);
        let recovered = devices.join("plant.recovered.toml");
        assert!(fs::read_to_string(&recovered).unwrap().contains("lamp3/on"), "{signal:?} {panics_at}");

        let variables = [("XDG_CONFIG_HOME", root), ("XDG_STATE_HOME", root)];
        let mut program = Program::start(&["plant"], &variables, CLASSIC);
        program.sees("3 nodes of plant were not saved");
        program.types("y");
        program.sees("3 nodes taken over");
        program.types("qw");
        assert_eq!(program.ends().0.exit_code(), 0);
        assert!(fs::read_to_string(devices.join("plant.toml")).unwrap().contains("lamp2/on"));
        assert!(!recovered.exists() && devices.join("plant.recovered.toml~").exists());
    }
}

#[test]
fn a_device_opened_by_the_path_of_its_file_is_saved_there() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("cellar.toml");
    fs::write(&path, "# mine\n[connection]\nurl = \"mqtt://127.0.0.1:1\"\n").unwrap();
    let mut program = Program::start(&[path.to_str().unwrap()], &[], CLASSIC);
    program.sees("cellar");
    program.types("alamp\r");
    program.sees("◆ unsaved");
    program.types("w");
    program.sees("saved");
    program.sees_that("nothing unsaved", |screen| !screen.contains("unsaved"));
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("# mine\n") && text.contains("topic = \"lamp\""), "{text}");
    program.types("q");
    assert_eq!(program.ends().0.exit_code(), 0);
}
