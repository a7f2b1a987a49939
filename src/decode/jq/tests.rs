//! What programs make of values, what is wrong with those that can't be run, and the bounds of what comes out.
use super::request::Request;
use super::*;
use crate::decode::json;
use proptest::prelude::*;

fn ran(program: &str, json: &str) -> Outcome {
    run(program, Input::Json(json.as_bytes()), Limits::default())
}

fn values(program: &str, json: &str) -> String {
    let outcome = ran(program, json);
    assert_eq!(outcome.error, None, "{program}");
    String::from_utf8(outcome.values).unwrap().trim_end().replace('\n', " ")
}

#[test]
fn programs_make_what_jq_makes() {
    for (program, json, expected) in [
        (
            ".",
            r#"{"z":1,"a":[1.50,123456789012345678901234567890,1e1000]}"#,
            r#"{"z":1,"a":[1.50,123456789012345678901234567890,1e1000]}"#,
        ),
        (".a + 1", r#"{"a":9007199254740993}"#, "9007199254740994"),
        (".[] | select(.t > 20) | .name", r#"[{"name":"a","t":19},{"name":"b","t":21}]"#, "\"b\""),
        ("{name, on: (.state == \"ON\")}", r#"{"name":"x","state":"ON"}"#, r#"{"name":"x","on":true}"#),
        ("to_entries[] | \"\\(.key)=\\(.value)\"", r#"{"a":1,"b":2}"#, "\"a=1\" \"b=2\""),
        ("map(select(test(\"^[ab]\"))) | join(\"+\")", r#"["abc","xyz","bcd"]"#, "\"abc+bcd\""),
        (".ts | todate", r#"{"ts":0}"#, "\"1970-01-01T00:00:00Z\""),
        ("@base64d | fromjson | .a", r#""eyJhIjo3fQ==""#, "7"),
        ("[limit(3; repeat(1))] | add, (. | length)", "null", "3 3"),
        ("empty", "1", ""),
        ("[nan, infinite] | ., (.[0] < 1)", "1", r#"["NaN","Infinity"] true"#),
        ("{(1,\"b\"): 2} ", "1", r#"{"1":2} {"b":2}"#),
        ("\"\\u00e9\\n\" | tobytes", "1", "\"h'c3a90a'\""),
        (".a", r#"{"a":1,"a":2}"#, "2"),
        ("sqrt | floor", "10", "3"),
    ] {
        assert_eq!(values(program, json), expected, "{program}");
        assert_eq!(check(program), Ok(()), "{program}");
    }
    let text = run("split(\" \")[0] | tonumber", Input::Text(b"21.5 C"), Limits::default());
    assert_eq!(text.values, b"21.5\n");
    let odd = run(".", Input::Text(b"\xff\"\n\x00"), Limits::default());
    assert!(json::is_json(&odd.document().unwrap()), "{odd:?}");
}

#[test]
fn what_is_wrong_is_told_in_words_with_its_place() {
    let mut wrong = Vec::new();
    for (program, expected) in [
        (".a |", "column 5: a value or filter should stand here, and the program ends"),
        ("[.a", "column 4: [ is not closed"),
        ("\"abc", "column 5: \" is not closed"),
        ("if . then 1", "column 12: else or end should stand here, and the program ends"),
        (".a .b c", "column 7: nothing should follow, not c"),
        ("\"é\" | §", "column 7: jq has no §"),
        ("é", "column 1: jq has no é"),
        ("temperature", "column 1: jq has no filter temperature; a member is written .temperature"),
        (". | map(1; 2)", "column 5: jq has no filter map with 2 arguments"),
        ("@csv", "column 1: jq has no filter @csv"),
        ("$x", "column 1: there is no variable $x"),
        ("break $x", "column 7: there is no label $x"),
        (
            "include \"a\"; .",
            "column 10: modules can't be included here; write the definition into the program",
        ),
        ("", "column 1: a value or filter should stand here, and the program ends"),
    ] {
        let words = check(program).unwrap_err().to_string();
        if words != expected {
            wrong.push(format!("{program}: {words}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let long = format!(".{}", " ".repeat(MAX_PROGRAM_BYTES));
    assert_eq!(check(&long).unwrap_err().to_string(), "2001 bytes are too long; a program has at most 2000");
}

#[test]
fn what_reaches_beyond_the_message_is_not_offered() {
    for program in [
        "env",
        "env.HOME",
        "$ENV",
        "$ENV.PATH",
        "input",
        "[inputs]",
        "input_filename",
        "input_line_number",
        "now",
        "now | todate",
        "localtime",
        "strflocaltime(\"%H\")",
        "halt",
        "halt(1)",
        "halt_error",
        "halt_error(3)",
        "debug",
        "debug(.a)",
        "stderr",
        "stderr_empty",
        "debug_empty",
        "get_search_list",
    ] {
        let fault = check(program).unwrap_err().to_string();
        assert!(
            fault.contains("is not offered here: a program sees its message and nothing else"),
            "{program}: {fault}"
        );
        assert!(ran(program, "1").error.is_some_and(|words| words.contains("not offered")), "{program}");
    }
    // A name of one's own is one's own.
    assert_eq!(values("def now: 7; now", "1"), "7");
    for program in ["import \"a\" as a; .", "import \"a\" as $a; $a", "include \"../x\"; ."] {
        assert!(check(program).is_err(), "{program}");
    }
}

#[test]
fn errors_come_behind_what_came_before_them() {
    let outcome = ran(".[] | .a", r#"[{"a":1},2]"#);
    assert_eq!((outcome.values.as_slice(), outcome.n_values), (&b"1\n"[..], 1));
    assert_eq!(outcome.error.as_deref(), Some("cannot index 2 with \"a\""));
    assert_eq!(ran("error(\"my words\")", "1").error.as_deref(), Some("\"my words\""));
    let long = ran(".a.b", &format!("{{\"a\":\"{}\"}}", "x".repeat(10_000))).error.unwrap();
    assert_eq!(long.chars().count(), MAX_ERROR_CHARS + 1);
    assert!(ran(".", "{]").error.unwrap().starts_with("jq can't read the value: "));
}

#[test]
fn outputs_are_bounded_and_those_left_out_are_counted() {
    let few = Limits { max_values: 3, max_bytes: 1_000 };
    let outcome = run("range(10)", Input::Json(b"0"), few);
    assert_eq!((outcome.n_values, outcome.n_left_out, outcome.has_more), (3, 7, false));
    assert_eq!(outcome.document().unwrap(), b"[0,1,2]");
    let small = Limits { max_values: 9, max_bytes: 12 };
    let outcome = run("\"aaaa\", \"0123456789\", \"a\"", Input::Json(b"0"), small);
    assert_eq!((outcome.n_values, outcome.n_left_out), (1, 2));
    assert_eq!(outcome.document().unwrap(), b"\"aaaa\"");
    let endless = ran("repeat(1)", "0");
    assert_eq!((endless.n_values, endless.has_more), (MAX_VALUES, true));
    assert_eq!(endless.n_values + endless.n_left_out, MAX_COUNTED);
}

#[test]
fn no_nesting_of_a_program_overflows_the_stack() {
    for (begin, end) in [
        ("[", "]"),
        ("(", ")"),
        ("{a:", "}"),
        ("-", ""),
        (".a|", ""),
        ("if ", ""),
        ("def f: ", ""),
        ("\"\\(", ")\""),
        ("map(", ")"),
        ("try ", ""),
        ("1+", ""),
        ("reduce ", ""),
        (".[", "]"),
        ("f(", ")"),
        ("1 as [", "]"),
        ("? // ", ""),
        ("1,", ""),
        ("label $x|", ""),
        ("..|", ""),
        ("not|", ""),
    ] {
        let n = (MAX_PROGRAM_BYTES - 1) / (begin.len() + end.len());
        let program = format!("{}.{}", begin.repeat(n), end.repeat(n));
        let _ = check(&program);
    }
}

#[test]
fn requests_and_outcomes_come_through_as_they_went() {
    let request = Request::new(".é", Input::Text(b"\0\xff"));
    assert_eq!(Request::read(request.bytes()), Some((".é", Input::Text(b"\0\xff"))));
    for broken in [&b""[..], b"j", b"j\0\0\0\x09abc", b"x\0\0\0\0", b"j\0\0\0\x01\xff"] {
        assert_eq!(Request::read(broken), None, "{broken:?}");
    }
    let outcome = ran(".[] | .a", r#"[{"a":"x\ny"},{"a":[]},2]"#);
    assert_eq!(Outcome::of_bytes(&outcome.to_bytes()), Some(outcome.clone()));
    let whole = outcome.to_bytes();
    for end in 0..whole.len() {
        assert_eq!(Outcome::of_bytes(&whole[..end]), None, "cut at {end}");
    }
}

proptest! {
    #[test]
    fn whatever_is_typed_is_judged_in_words(program in "[-.\\[\\]{}()|,:;\"\\\\$@a-c0-9 ?/+*=<>#é§]{0,40}") {
        if let Err(fault) = check(&program) {
            prop_assert!(!fault.words.is_empty());
            prop_assert!(fault.column.is_none_or(|column| (1..=program.chars().count() + 1).contains(&column)), "{fault:?}");
        }
    }

    #[test]
    fn json_comes_out_as_it_went_in(json in "\\[(-?[1-9][0-9]{0,30}(\\.[0-9]{1,9})?(e[1-9][0-9]?)?,|\"[a-zé ]{0,9}\",|null,){0,9}1\\]") {
        prop_assert_eq!(values(".", &json), json);
    }
}
