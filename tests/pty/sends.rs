//! What a person sends by the form: a lamp, a setpoint and a JSON, seen acknowledged and seen echoed.
use super::demo;
use super::pty::Program;
use std::fs;

const CLASSIC: (u16, u16) = (80, 24);

/// Opens the form on a topic.
const FORM: &str = "p\u{15}";

#[test]
fn a_lamp_a_setpoint_and_a_json_of_4_kib_are_acknowledged_and_echoed_without_leaving_the_keyboard() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("recipe.json");
    let (head, tail) = (r#"{"recipe":"oven-7","note":""#, r#""}"#);
    let note = "x".repeat(4_096 - head.len() - tail.len());
    fs::write(&file, format!("{head}{note}{tail}")).unwrap();
    let mut program = demo(&[], CLASSIC);
    program.sees("plant");
    // QoS 1 is chosen once and stays; Enter sends from there.
    write(&mut program, "home/lights/living_room/set\t\u{15}off\t1", "payload off QoS 1");
    send(&mut program);
    write(&mut program, "plant/hall1/oven3/setpoint\t\u{15}250", "payload 250 QoS 1");
    send(&mut program);
    write(&mut program, "plant/hall1/oven3/recipe\t\u{f}", "payload from file");
    program.types(&format!("{}\r", file.display()));
    program.sees("4.1 kB of");
    send(&mut program);
    program.types("P");
    program.sees("4,096 bytes");
    for topic in ["living_room/set", "oven3/setpoint", "oven3/recipe"] {
        program.sees_that(topic, |screen| {
            let is_it = |row: &str| row.contains(topic) && row.contains("PUBACK") && row.contains("echo");
            screen.lines().any(is_it)
        });
    }
    program.types("q");
    assert_eq!(program.ends().0.exit_code(), 0);
}

/// Writes into the form, which shows these words then and none of what was sent before.
fn write(program: &mut Program, keys: &str, words: &str) {
    program.types(&format!("{FORM}{keys}"));
    program.sees_that(words, |screen| screen.contains(words) && !screen.contains("acknowledged"));
}

/// Sends, and sees what became of it.
fn send(program: &mut Program) {
    program.types("\r");
    program.sees("acknowledged");
    program.sees("echo");
    program.leaves();
}
