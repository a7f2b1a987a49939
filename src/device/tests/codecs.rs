//! Names of codecs and places in JSON.
use super::*;

#[test]
fn a_codec_reads_back_from_its_name() {
    for text in
        ["text", "json", "$", "$.a", "$.state.level", "$['odd name'][3]", "$['it\\'s'][0].x", "u8", "i8"]
    {
        assert_eq!(Codec::parse(text).unwrap().to_string(), text);
    }
    for name in Codec::names() {
        assert_eq!(Codec::parse(&name).unwrap().to_string(), name);
    }
    assert_eq!(Codec::names().len(), 2 + 2 + 8 * 2);
    assert_eq!(Codec::parse("u8-le").unwrap().to_string(), "u8");
    assert_eq!(Codec::Words { on: "ON".into(), off: "OFF".into() }.to_string(), "words ON/OFF");
    assert_eq!(Codec::Suffix(" °C".into()).to_string(), "suffix \" °C\"");
}

#[test]
fn other_spellings_of_a_place_are_the_same_place() {
    for (text, plain) in [
        ("$['a']", "$.a"),
        ("$[\"a\"]", "$.a"),
        ("$.a['b'][0]", "$.a.b[0]"),
        ("$['\\u0061\\t']", "$['a\\t']"),
        ("$['\\ud83d\\ude00']", "$.😀"),
        ("$.größe", "$.größe"),
        ("$['']", "$['']"),
        ("$['\"']", "$['\"']"),
        ("$[\"\\\"\"]", "$['\"']"),
        ("$['\\u0001']", "$['\\u0001']"),
    ] {
        assert_eq!(JsonPath::parse(text).unwrap().to_string(), plain, "{text}");
    }
}

#[test]
fn what_is_no_codec_is_told_with_its_place() {
    for (text, words) in [
        (
            "txt",
            "\"txt\" is no codec: text, json, a JSON path such as $.state, or a number such as u16-be; did you mean \"text\"?",
        ),
        ("", "\"\" is no codec: text, json, a JSON path such as $.state, or a number such as u16-be"),
        ("u16", "\"u16\" lacks the order of its bytes: write u16-be or u16-le"),
        (
            "u17-be",
            "\"u17-be\" is no codec: text, json, a JSON path such as $.state, or a number such as u16-be; did you mean \"u16-be\"?",
        ),
        (
            "$.",
            "\"$.\" is no place in JSON: at character 3, a member's name is expected; write an odd one as ['odd name']",
        ),
        ("$..a", "\"$..a\" is no place in JSON: at character 3, `..` means many places; a node has one"),
        ("$.a.*", "\"$.a.*\" is no place in JSON: at character 5, `*` means many places; a node has one"),
        ("$a", "\"$a\" is no place in JSON: at character 2, a step begins with . or ["),
        ("$.é b", "\"$.é b\" is no place in JSON: at character 4, a step begins with . or ["),
        (
            "$[*]",
            "\"$[*]\" is no place in JSON: at character 3, wildcards and filters mean many places; a node has one",
        ),
        (
            "$[-1]",
            "\"$[-1]\" is no place in JSON: at character 3, places are counted from 0; the end of an array moves",
        ),
        (
            "$[01]",
            "\"$[01]\" is no place in JSON: at character 3, a quoted name or a whole number is expected",
        ),
        (
            "$[9999999999]",
            "\"$[9999999999]\" is no place in JSON: at character 3, a quoted name or a whole number is expected",
        ),
        (
            "$[1:2]",
            "\"$[1:2]\" is no place in JSON: at character 4, a slice means many places; a node has one",
        ),
        ("$[1", "\"$[1\" is no place in JSON: at character 4, a ] is expected"),
        ("$['a", "\"$['a\" is no place in JSON: at character 5, the name is not closed; a quote is missing"),
        (
            "$['\\q']",
            "\"$['\\\\q']\" is no place in JSON: at character 4, this is no escape; there are \\\\ \\' \\\" \\/ \\b \\f \\n \\r \\t \\u0000",
        ),
        (
            "$['\\ud800']",
            "\"$['\\\\ud800']\" is no place in JSON: at character 4, this is no escape; there are \\\\ \\' \\\" \\/ \\b \\f \\n \\r \\t \\u0000",
        ),
    ] {
        assert_eq!(Codec::parse(text).unwrap_err().to_string(), words);
    }
    let deep = format!("${}", ".a".repeat(codec::MAX_STEPS + 1));
    assert!(Codec::parse(&deep).unwrap_err().to_string().ends_with("a path has at most 64 steps"));
}
