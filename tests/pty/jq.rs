//! jq programs in their own process, the real one: answered, stopped, confined; and typed by a person.
use super::demo;
use mqttscope::decode::jq::Input;
use mqttscope::decode::jq::request::Request;
use mqttscope::model::inspector::filtered::Ran;
use mqttscope::runtime::jq::{Confines, run};
use std::time::Duration;

/// As the explorer has them, but that a busy machine may take its time.
fn confines() -> Confines {
    let executable = env!("CARGO_BIN_EXE_mqttscope").into();
    Confines { executable, patience: Duration::from_secs(600), ..Confines::default() }
}

fn ran(program: &str, input: Input<'_>, confines: &Confines) -> Ran {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio.block_on(run(&Request::new(program, input), confines))
}

#[track_caller]
fn stopped(program: &str, input: Input<'_>, confines: &Confines) -> String {
    match ran(program, input, confines) {
        Ran::Stopped(words) => words,
        Ran::Done(_) | Ran::Unread(_) => panic!("{program} was not stopped"),
    }
}

#[test]
fn a_process_answers_with_values_or_an_error() {
    let Ran::Done(outcome) = ran(".[] | .a", Input::Json(br#"[{"a":1},{"a":"x"},3]"#), &confines()) else {
        panic!("no answer")
    };
    assert_eq!(outcome.values, b"1\n\"x\"\n");
    assert_eq!(outcome.error.as_deref(), Some("cannot index 3 with \"a\""));
    // More than a pipe holds, both ways.
    let long = format!("[{}1]", "\"0123456789\",".repeat(100_000));
    let Ran::Done(outcome) = ran(".", Input::Json(long.as_bytes()), &confines()) else { panic!("no answer") };
    assert_eq!(outcome.document().unwrap(), long.as_bytes());
}

#[test]
fn a_program_without_end_is_stopped() {
    let confines = Confines { seconds: 1, ..confines() };
    for program in ["until(false; .)", "def f: f; f", "[repeat(1) | empty]"] {
        assert_eq!(stopped(program, Input::Json(b"1"), &confines), "jq was stopped after 1.0 s of work");
    }
    let hurried = Confines { patience: Duration::from_millis(1), ..confines };
    assert!(stopped("until(false; .)", Input::Json(b"1"), &hurried).starts_with("jq was stopped after 1"));
}

#[test]
fn a_program_that_wants_all_memory_or_goes_too_deep_is_stopped_in_words() {
    let confines = Confines { seconds: 60, memory: 384 << 20, ..confines() };
    for program in ["\"x\" * 10000000000", "[range(1000000000)]", "[repeat(\"xxxxxxxxxxxxxxxx\")]"] {
        let words = stopped(program, Input::Json(b"1"), &confines);
        assert!(words.starts_with("jq was stopped: it wanted more than "), "{program}: {words}");
    }
    let deep = format!("{}1{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let words = stopped(".", Input::Json(deep.as_bytes()), &confines);
    assert_eq!(words, "jq was stopped: the program or the value goes too deep");
}

#[test]
fn a_process_that_cannot_be_started_is_told() {
    let confines = Confines { executable: "/nonexistent/mqttscope".into(), ..confines() };
    assert!(stopped(".", Input::Json(b"1"), &confines).starts_with("jq can't be started: "));
}

#[test]
fn a_program_is_typed_and_its_output_follows_the_plant() {
    let mut program = demo(&[], (120, 40));
    program.sees("plant");
    program.types("\u{7}plant/hall1/oven3/telemetry\r");
    program.sees("oven3/telemetry");
    program.types("Jkeys | \"has \\(length) names\"\r");
    program.sees("\"has ");
    program.sees("jq: keys");
    program.types("J\u{15}env\r");
    program.sees("env is not offered here");
    program.leaves();
    program.types("x");
    program.sees("raw, without jq: keys");
    program.types("q");
    assert_eq!(program.ends().0.exit_code(), 0);
}
