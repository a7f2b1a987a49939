//! What each kind of term lets through, and that no line is too strange.
use super::*;
use crate::mqtt::Qos;
use proptest::prelude::*;
use std::time::Duration;

/// A topic as the stories have it.
#[derive(Clone, Debug)]
struct Told {
    retained: Option<bool>,
    age: Duration,
    rate: f64,
    payload: Vec<u8>,
    marks: [bool; 4],
}

impl Facts for Told {
    fn retained(&self) -> Option<bool> {
        self.retained
    }
    fn age(&self) -> Option<Duration> {
        Some(self.age)
    }
    fn rate_per_s(&self) -> f64 {
        self.rate
    }
    fn n_messages(&self) -> u64 {
        7
    }
    fn n_bytes(&self) -> Option<usize> {
        Some(self.payload.len())
    }
    fn qos(&self) -> Option<Qos> {
        Some(Qos::AtLeastOnce)
    }
    fn payload(&self) -> Option<&[u8]> {
        Some(&self.payload)
    }
    fn is_kept(&self) -> bool {
        self.marks[0]
    }
    fn is_pinned(&self) -> bool {
        self.marks[1]
    }
    fn is_stale(&self) -> bool {
        self.marks[2]
    }
    fn has_error(&self) -> bool {
        self.marks[3]
    }
}

fn told(payload: &str) -> Told {
    Told {
        retained: Some(true),
        age: Duration::from_secs(5),
        rate: 2.0,
        payload: payload.into(),
        marks: [true, false, false, false],
    }
}

#[test]
fn terms_over_names_let_through_what_they_say() {
    let topics =
        ["plant/hall1/oven3/Temp", "plant/hall2/door", "$SYS/uptime", "/plant/a b", "dev10/é", "dev2"];
    for (text, expected) in [
        ("", &[0, 1, 2, 3, 4, 5][..]),
        ("temp", &[0]),
        ("Temp", &[0]),
        ("TEMP", &[]),
        ("hall !oven", &[1]),
        ("oven3 | door", &[0, 1]),
        ("plant oven3 | !plant dev", &[0, 4, 5]),
        ("plant/+/door", &[1]),
        ("plant/#", &[0, 1]),
        ("+", &[5]),
        ("#", &[0, 1, 3, 4, 5]),
        ("!#", &[2]),
        ("$SYS/#", &[2]),
        ("oven*", &[0]),
        ("h?ll1", &[0]),
        ("plant/*/door", &[1]),
        ("plant/*", &[]),
        ("plant//temp", &[0]),
        ("//door", &[1]),
        ("plant/+/d*", &[1]),
        ("plant/h*/#", &[0, 1]),
        ("dev{1..9}", &[5]),
        ("dev{1..10}", &[4, 5]),
        ("dev{10,2}", &[4, 5]),
        ("{oven,hall}?", &[0, 1]),
        ("dev[0-9]", &[5]),
        ("dev[!0-9]*", &[]),
        ("/^dev\\d+$/", &[5]),
        ("/(?i)TEMP$/", &[0]),
        ("re:plant/hall[12]", &[0, 1]),
        ("re:\"a b\"", &[3]),
        ("\"a b\"", &[3]),
        ("!\"a b\" plant", &[0, 1]),
        ("É", &[]),
        ("é", &[4]),
        ("plant/hall1/", &[0]),
    ] {
        let sift = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let found: Vec<usize> =
            (0..topics.len()).filter(|place| sift.lets_through(topics[*place], &Nothing)).collect();
        assert_eq!(found, expected, "{text}");
        assert!(sift.is_of_names() && !sift.is_timed());
    }
}

#[test]
fn terms_over_facts_let_through_what_they_say() {
    for (text, payload, expected) in [
        ("retained:yes", "1", true),
        ("retained:", "1", true),
        ("retained:no", "1", false),
        ("!retained:no", "1", true),
        ("retained:unknown", "1", false),
        ("age:<10s", "1", true),
        ("age:>1m", "1", false),
        ("age:4s..6s", "1", true),
        ("rate:>1", "1", true),
        ("rate:<=1.5", "1", false),
        ("count:7", "1", true),
        ("size:>1k", "1", false),
        ("size:<=1", "1", true),
        ("qos:1 qos:>0", "1", true),
        ("qos:2", "1", false),
        ("type:int", "12", true),
        ("type:float", "12", false),
        ("type:float", "12.5 °C", true),
        ("type:int,float", "12", true),
        ("type:bool", "ON", true),
        ("type:json", "{\"a\":1}", true),
        ("type:text", "hello", true),
        ("type:empty", "", true),
        ("value:>20", "20.5 °C", true),
        ("value:20..21", "20.5", true),
        ("value:>20", "hello", false),
        ("value:20", "20.0", true),
        ("value:\"20\"", "20.0", true),
        ("value:ell", "Hello", true),
        ("value:Ell", "Hello", false),
        ("kept:", "1", true),
        ("kept:no", "1", false),
        ("pinned:", "1", false),
        ("stale:", "1", false),
        ("!error:", "1", true),
        ("lamp kept:", "1", true),
        ("oven kept: | lamp stale:no", "1", true),
    ] {
        let sift = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(sift.lets_through("house/lamp", &told(payload)), expected, "{text}");
        assert!(!sift.is_of_names());
    }
    for (text, expected) in
        [("age:<1s", true), ("a stale: | b", true), ("rate:>1", true), ("value:1 kept:", false)]
    {
        assert_eq!(parse(text).unwrap().is_timed(), expected, "{text}");
    }
}

#[test]
fn a_term_that_is_none_is_named_with_its_place_and_a_remedy() {
    for (text, expected) in [
        ("plant aeg:<10s", "aeg:<10s at 7: there is no aeg:; did you mean \"age\"?"),
        ("é kepd:", "kepd: at 3: there is no kepd:; did you mean \"kept\"?"),
        ("urn:x", "urn:x at 1: there is no urn:; text with a colon stands in quotes"),
        ("age:10s", "is that less or more? write <10s"),
        ("age:<10x", "\"x\" is no unit here; write <10s"),
        ("size:>big", "\"big\" is no number; write >1k"),
        ("retained:perhaps", "write yes, no or unknown"),
        ("type:flaot", "there is no type \"flaot\"; did you mean \"float\"?"),
        ("value:", "value: needs a text"),
        ("value:30..20", "the lower bound stands first"),
        ("a | ", "| at 3: a choice stands on both sides"),
        ("| a", "| at 1: a choice stands on both sides"),
        ("a ! b", "! at 3: a term to exclude stands right behind !"),
        ("\"a", "a quote is not closed"),
        ("\"\"", "nothing stands in the quotes"),
        ("a/#/b", "the # must stand alone in the last level"),
        ("dev{1..1000000}", "more than 10000"),
        ("dev{1", "a { has no }"),
        ("dev1}", "a } has no {"),
        ("[a", "a [ has no ]"),
        ("[z-a]", "the lower end stands first"),
        ("/(a/", "no regular expression: unclosed group"),
        ("re:", "re: needs a regular expression"),
        ("re:a{1000}{1000}{1000}", "stands for too much"),
    ] {
        let words = parse(text).unwrap_err().to_string();
        assert!(words.contains(expected), "{text}: {words}");
    }
    assert!(parse(&"a ".repeat(MAX_TERMS)).is_ok());
    assert!(parse(&"a ".repeat(MAX_TERMS + 1)).unwrap_err().to_string().contains("at most 64 terms"));
    assert!(parse(&"a".repeat(MAX_BYTES + 1)).unwrap_err().to_string().contains("at most 8192 bytes"));
}

proptest! {
    #[test]
    fn no_line_is_too_strange(text in "\\PC{0,60}", topic in "\\PC{0,40}") {
        if let Ok(sift) = parse(&text) {
            prop_assert!(sift.may_let_through(&topic) || !sift.lets_through(&topic, &told("1")));
        }
    }

    #[test]
    fn no_line_of_its_own_signs_is_too_strange(
        text in "([!|\"/*?{}\\[\\]+#.,<>=0-9a-c :\\\\-]|kept:|age:<|re:|value:){0,24}",
        topic in "[a-c/0-9]{0,12}",
    ) {
        if let Ok(sift) = parse(&text) {
            prop_assert!(sift.may_let_through(&topic) || !sift.lets_through(&topic, &told("1")));
        }
    }

    /// MQTT's wildcards are MQTT's, whichever way they are matched.
    #[test]
    fn wildcards_mean_what_the_spec_says(filter in "([ab+]/){1,3}([ab+#])", topic in "[ab]?(/[ab]?){0,3}") {
        prop_assume!(!topic.is_empty() && filter.contains(['+', '#']));
        let expected = Filter::parse(&filter).unwrap().matches(&topic);
        prop_assert_eq!(parse(&filter).unwrap().lets_through(&topic, &Nothing), expected);
        let pattern = Pattern::ossia(&filter).unwrap();
        prop_assert_eq!(pattern.is_match(&topic), expected, "{:?}", pattern);
    }

    #[test]
    fn a_quoted_text_is_found_as_it_is(text in "\\PC{1,12}", before in "[a-z/]{0,5}", behind in "[a-z/]{0,5}") {
        let line = format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        let sift = parse(&line).unwrap();
        let topic = format!("{before}{text}{behind}");
        prop_assert!(sift.lets_through(&topic, &Nothing));
        let none = parse(&format!("!{line}")).unwrap();
        prop_assert!(!none.lets_through(&topic, &Nothing));
    }

    /// Excluding is the other side of letting through, and choices are any of theirs.
    #[test]
    fn terms_combine_as_told(a in "[ab*?+]{1,3}", b in "[ab/]{1,3}", topic in "[ab/]{1,6}") {
        prop_assume!(!b.contains("//") && !b.starts_with('/'));
        let holds = |text: &str| parse(text).unwrap().lets_through(&topic, &Nothing);
        let (left, right) = (holds(&a), holds(&b));
        prop_assert_eq!(holds(&format!("{a} {b}")), left && right);
        prop_assert_eq!(holds(&format!("{a} | {b}")), left || right);
        prop_assert_eq!(holds(&format!("!{a}")), !left);
    }
}
