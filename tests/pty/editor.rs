//! The user's own editor on a payload, scripted: it succeeds, fails, vanishes, and takes its time. Owns the scripts.
use super::pty::Program;
use super::{demo, eventually::eventually};
use rustix::process::Signal;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::TempDir;

const LARGE: (u16, u16) = (120, 40);

/// An editor that is a script; `$1` is the file, `$HERE` its own directory.
fn editor(directory: &TempDir, script: &str) -> String {
    let path = directory.path().join("an editor");
    let here = directory.path().display();
    fs::write(&path, format!("#!/bin/sh\nHERE='{here}'\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    format!("'{}'", path.display())
}

/// The form on a topic of our own, with a payload.
fn writing(variables: &[(&str, &str)]) -> Program {
    let mut program = demo(variables, LARGE);
    program.sees("plant");
    program.types("p\u{15}own/topic\tone");
    program.sees("own/topic");
    program
}

#[test]
fn a_payload_is_edited_in_the_user_s_own_editor_in_a_file_of_theirs_alone() {
    let directory = tempfile::tempdir().unwrap();
    let script = r#"echo "$1" > "$HERE/path"; stat -c %a "$1" > "$HERE/mode"; stat -c %a "$(dirname "$1")" >> "$HERE/mode"
echo "a terminal of the editor's own"; printf '\nsecond line\n' >> "$1"; touch "$1~""#;
    let command = editor(&directory, script);
    let mut program = writing(&[("VISUAL", &command), ("EDITOR", "false")]);
    program.types("\u{5}");
    program.sees("the payload is as the editor left it");
    program.sees("second line");
    let kept = |name: &str| fs::read_to_string(directory.path().join(name)).unwrap();
    assert_eq!(kept("mode"), "600\n700\n");
    let path = kept("path");
    assert!(path.trim_end().ends_with("payload.txt"), "{path}");
    assert!(!Path::new(path.trim_end()).parent().unwrap().exists(), "nothing is left behind");
    program.types("\u{18}");
    program.sees("echo");
    program.leaves();
    program.types("\u{7}own/topic\r");
    // The line end that an editor adds is not sent.
    program.sees("one\\nsecond line");
    program.types("q");
    assert_eq!(program.ends().0.exit_code(), 0);
}

#[test]
fn an_editor_that_fails_or_vanishes_leaves_the_payload_as_it_was() {
    for (script, words) in [
        (Some("echo changed > \"$1\"; exit 3"), "ended with exit status: 3"),
        (Some("kill -9 $$"), "ended with signal: 9"),
        (Some("rm \"$1\""), "ended, but the file was deleted"),
        (Some("printf '\\377' > \"$1\""), "ended, but the file is no UTF-8 text"),
        (Some("exit 0"), "the payload is as it was"),
        (None, "cannot be started"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let command =
            script.map_or("/nonexistent/editor --wait".to_owned(), |script| editor(&directory, script));
        let mut program = writing(&[("VISUAL", ""), ("EDITOR", &command)]);
        program.types("\u{5}");
        program.sees(words);
        program.types("-two");
        program.sees("one-two");
        program.leaves();
        program.types("q");
        assert_eq!(program.ends().0.exit_code(), 0, "{script:?}");
    }
    let mut program = writing(&[("VISUAL", "vi 'unfinished")]);
    program.types("\u{5}");
    program.sees("$VISUAL cannot be read");
}

#[test]
fn brokers_are_heard_while_an_editor_has_the_terminal_and_its_ctrl_c_is_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let script = r#"trap : INT; echo "editing now"; touch "$HERE/begun"
while [ ! -e "$HERE/go" ]; do sleep 0.02; done; printf 'patient' > "$1""#;
    let command = editor(&directory, script);
    let mut program = Program::start(&["demo", "--rate", "2000"], &[("VISUAL", &command)], LARGE);
    program.sees("plant");
    let n_messages = |screen: &str| -> u64 {
        let before = screen.split_once(" msgs").map_or("", |(before, _)| before);
        before.rsplit(' ').next().unwrap_or_default().replace(',', "").parse().unwrap_or_default()
    };
    program.types("p\u{15}own/topic\tone");
    program.sees("own/topic");
    program.types("\u{5}");
    program.sees("editing now");
    let exists = |name: &str| directory.path().join(name).exists();
    eventually(|| "the editor to begin".into(), || exists("begun").then_some(()));
    program.sees_that("its screen alone", |screen| !screen.contains("Topics"));
    program.types("\u{3}");
    program.signal(Signal::INT);
    fs::write(directory.path().join("go"), "").unwrap();
    program.sees("patient");
    program.sees_that("messages", |screen| n_messages(screen) > 0);
    program.leaves();
    program.types("q");
    assert_eq!(program.ends().0.exit_code(), 0);
}

#[test]
fn a_program_that_ends_takes_its_editor_along() {
    let directory = tempfile::tempdir().unwrap();
    let script = r#"echo "$1" > "$HERE/path"; echo "editing now"; trap 'touch "$HERE/told"; exit 1' TERM
while :; do sleep 0.02; done"#;
    let command = editor(&directory, script);
    let mut program = writing(&[("VISUAL", &command)]);
    program.types("\u{5}");
    program.sees("editing now");
    program.signal(Signal::TERM);
    assert_eq!(program.ends().0.exit_code(), 0);
    assert!(directory.path().join("told").exists(), "it could restore the terminal");
    let path = fs::read_to_string(directory.path().join("path")).unwrap();
    assert!(!Path::new(path.trim_end()).exists());
}
