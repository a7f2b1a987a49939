//! Laws of inference: order changes nothing, one more sample only widens, and what is proposed fits what was heard.
use super::*;
use crate::device::{Codec, Kind, Value};
use crate::mqtt::{Qos, Retained};
use proptest::prelude::*;

/// Payloads as devices send them, and as they should not.
const WORDS: [&str; 64] = [
    "",
    "null",
    "0",
    "1",
    "2",
    "-7",
    "1e3",
    "0.5",
    "23.5",
    " 7 ",
    "12345678901234567890",
    "9007199254740993",
    "20 °C",
    "21.5 °C",
    "21.5°C",
    "68 °F",
    "55%",
    "1 %",
    "ON",
    "OFF",
    "on",
    "off",
    "true",
    "false",
    "True",
    "open",
    "closed",
    "idle",
    "running",
    "\"idle\"",
    "\"ON\"",
    "\"a\\nb\"",
    "[1,2]",
    "[1,2,3]",
    "[0.5,1,2,3]",
    "[]",
    "[1,2,3,4,5]",
    "[\"a\"]",
    "1,2,3",
    "1,2,3,4",
    "23,5",
    "#ff8800",
    "{}",
    "{\"a\":1}",
    "{not json}",
    "{\"value\":21.5,\"unit\":\"°C\"}",
    "{\"value\":3,\"unit\":\"K\"}",
    "{\"value\":\"x\"}",
    "a\0b",
    "two\nlines",
    "nan",
    "2026-11-22T12:00:00Z",
    "   ",
    "-",
    "+",
    ".",
    "{",
    "\"",
    "#",
    "1,",
    "0x10",
    "007",
    "1_000",
    "-0",
];

/// One of these, or anything.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => prop::sample::select(&WORDS[..]).prop_map(|word| word.as_bytes().to_vec()),
        1 => any::<i64>().prop_map(|number| number.to_string().into_bytes()),
        1 => any::<f64>().prop_map(|number| number.to_string().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..12),
        1 => ".{0,40}".prop_map(String::into_bytes),
    ]
}

/// Samples, mostly of few kinds: conflicts must not hide everything else.
fn samples() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop_oneof![
        2 => prop::collection::vec(payload(), 1..6),
        1 => (payload(), 1..5_usize).prop_map(|(payload, n)| vec![payload; n]),
        1 => prop::collection::vec(payload(), 1..40),
    ]
}

fn topic() -> impl Strategy<Value = &'static str> {
    prop::sample::select(
        &["a/b", "hall/door", "lamp/brightness", "x/set", "par/rgb", "stat/plug/POWER", "tele/p/SENSOR"][..],
    )
}

fn learnt(topic: &str, samples: &[Vec<u8>]) -> Learn {
    let mut learn = Learn::new(Scope::of(vec![Filter::parse("#").unwrap()]));
    for (payload, n) in samples.iter().zip(0..) {
        let message = MessageRef {
            topic,
            payload,
            properties: &[],
            qos: Qos::AtMostOnce,
            retained: Retained::No,
            dup: false,
            packet_id: None,
            // Far enough apart that each is looked at.
            received: Timestamp::from_millis(n * 100),
            queued: crate::mqtt::message::Queued::No,
        };
        learn.observe(&message, |_| false);
    }
    learn
}

fn candidate(learn: &Learn) -> Candidate<'_> {
    learn.candidate(learn.newest(Lane::New).unwrap()).unwrap()
}

/// The type of the whole payload: an object that is proposed as its value is still an object.
fn whole(guess: &Guess) -> Kind {
    if matches!(guess.codec, Codec::JsonPath(_)) { Kind::Map } else { guess.kind }
}

proptest! {
    #[test]
    fn the_order_of_samples_changes_nothing(
        topic in topic(),
        (samples, shuffled) in samples().prop_flat_map(|samples| (Just(samples.clone()), Just(samples).prop_shuffle())),
    ) {
        let (one, other) = (learnt(topic, &samples), learnt(topic, &shuffled));
        let (one, other) = (candidate(&one), candidate(&other));
        let (mut a, mut b) = (one.guess(), other.guess());
        // The blanks before a unit are the first ones heard, and matter only where all are the same.
        (a.cadence, b.cadence) = (None, None);
        prop_assert_eq!(a, b);
    }

    #[test]
    fn one_more_sample_only_widens(topic in topic(), samples in samples(), more in payload()) {
        let before = learnt(topic, &samples);
        let after = learnt(topic, &[samples, vec![more]].concat());
        let (before, after) = (candidate(&before).guess(), candidate(&after).guess());
        prop_assert!(widens_to(whole(&before), whole(&after)), "{:?} became {:?}", before.kind, after.kind);
        let (Some(old), Some(new)) = (before.observed, after.observed) else { return Ok(()) };
        prop_assert!(new.0 <= old.0 && old.1 <= new.1);
    }

    #[test]
    fn what_is_proposed_reads_what_was_heard(topic in topic(), samples in samples()) {
        let learn = learnt(topic, &samples);
        let node = candidate(&learn).node();
        prop_assert!(node.codec.carries(node.kind), "{} as {}", node.kind, node.codec);
        for payload in &samples {
            // No value is no misfit of the guess: it is shown as an error of that message.
            if payload.trim_ascii().is_empty() || payload.trim_ascii() == b"null" {
                continue;
            }
            match node.read(payload) {
                Ok(value) => prop_assert!(node.domain.judge(&value).is_ok(), "{:?} outside {:?}", value, node.domain),
                Err(misfit) => {
                    let text = String::from_utf8_lossy(payload);
                    prop_assert!(false, "{text:?} is no {} as {}: {misfit}", node.kind, node.codec);
                }
            }
        }
    }

    #[test]
    fn no_payload_of_a_description_panics(
        component in prop::sample::select(&["sensor", "light", "climate", "device", "cover", "x"][..]),
        json in "[\\[\\]{}\":,~a-z0-9_ ]{0,80}",
        member in prop::sample::select(&["stat_t", "cmd_t", "val_tpl", "~", "dev", "cmps", "ops", "pl_on", "min", "schema"][..]),
        value in prop_oneof![Just("\"~/a\""), Just("\"a\""), Just("5"), Just("[1,\"b\"]"), Just("{\"a\":{}}"), Just("null"), Just("\"{{ value_json.a }}\"")],
    ) {
        let topic = format!("homeassistant/{component}/x/config");
        for payload in [json, format!("{{\"stat_t\":\"a/b\",\"{member}\":{value}}}")] {
            let learn = learnt(&topic, &[payload.into_bytes()]);
            let counts = learn.counts();
            prop_assert_eq!(counts.n_discoveries + counts.n_discoveries_ignored, 1);
            for id in learn.window(Lane::New, None) {
                for node in learn.candidate(id).unwrap().nodes(None) {
                    prop_assert!(node.codec.carries(node.kind), "{} as {}", node.kind, node.codec);
                    prop_assert!(node.domain.values.iter().all(|value| matches!(value, Value::String(_))));
                }
            }
        }
    }
}
