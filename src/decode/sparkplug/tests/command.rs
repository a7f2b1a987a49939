//! Commands as they are put together: read back as what was meant, and as the specification wants them.
use std::sync::Arc;

use super::*;

const DBIRTH: &str = "spBv1.0/plant/DBIRTH/edge/press";

fn births(metric: Made) -> Births {
    let birth = Heard::Yes(Arc::new(Birth::read(&made().inside(2, metric).0)));
    Births { node: birth.clone(), device: birth }
}

/// A birth of one metric with a type, without an alias.
fn of_type(kind: u64) -> Births {
    births(made().bytes(1, "m").n(4, kind))
}

fn written(kind: u64, content: Content<'_>) -> Result<Command, Refusal> {
    command(DBIRTH, &of_type(kind), "m", content)
}

/// The value of the metric, as JSON, as whoever hears the command reads it.
fn read_back(command: &Command, births: Births) -> String {
    let told = Told { topic: command.topic.as_str().into(), births };
    let sheet = decode(&command.payload, &told, &Bounds::default()).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&sheet.json).unwrap();
    json["metrics"]["m"]["value"].to_string()
}

proptest! {
    #[test]
    fn whole_numbers_come_back_from_every_width_that_holds_them(n in any::<i64>(), by in 0_u32..64) {
        let n = n >> by;
        for (kind, low, high) in [
            (1, i64::from(i8::MIN), i64::from(i8::MAX)),
            (2, i64::from(i16::MIN), i64::from(i16::MAX)),
            (3, i64::from(i32::MIN), i64::from(i32::MAX)),
            (4, i64::MIN, i64::MAX),
            (5, 0, i64::from(u8::MAX)),
            (6, 0, i64::from(u16::MAX)),
            (7, 0, i64::from(u32::MAX)),
            (8, 0, i64::MAX),
        ] {
            match written(kind, Content::Whole(n)) {
                Ok(command) => {
                    prop_assert!((low..=high).contains(&n), "{n} is none of type {kind}");
                    prop_assert_eq!(read_back(&command, of_type(kind)), n.to_string());
                }
                Err(refusal) => {
                    prop_assert!(!(low..=high).contains(&n), "{refusal}");
                    prop_assert!(refusal.to_string().starts_with(&format!("{n} is no ")), "{refusal}");
                }
            }
        }
    }

    #[test]
    fn floats_texts_truths_dates_and_bytes_come_back(
        double in prop::num::f64::NORMAL | prop::num::f64::ZERO,
        single in prop::num::f32::NORMAL | prop::num::f32::ZERO,
        text in any::<String>(),
        truth in any::<bool>(),
        bytes in prop::collection::vec(any::<u8>(), 0..40),
        ms in 0_u64..253_402_300_800_000,
        uuid in any::<u128>(),
    ) {
        let back = |kind, content| read_back(&written(kind, content).unwrap(), of_type(kind));
        let number = |json: String| json.parse::<f64>().unwrap();
        prop_assert_eq!(number(back(10, Content::Number(double))).to_bits(), double.to_bits());
        #[expect(clippy::cast_possible_truncation, reason = "it was one")]
        let read = number(back(9, Content::Number(single.into()))) as f32;
        prop_assert_eq!(read.to_bits(), single.to_bits());
        prop_assert_eq!(back(11, Content::Truth(truth)), truth.to_string());
        for kind in [12, 14] {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(back(kind, Content::Text(&text)), json);
        }
        let date = date_of(ms).unwrap();
        prop_assert_eq!(back(13, Content::Text(&date)), format!("{date:?}"));
        prop_assert_eq!(back(13, Content::Whole(ms.cast_signed())), format!("{date:?}"));
        let shown = back(17, Content::Bytes(&bytes));
        let notation: String = serde_json::from_str(&shown).unwrap();
        prop_assert_eq!(back(17, Content::Text(&notation)), shown);
        let part = |by: u32, n_bits: u32| uuid >> by & ((1 << n_bits) - 1);
        let (a, b, c) = (part(96, 32), part(80, 16), part(64, 16));
        let uuid = format!("{a:08x}-{b:04x}-{c:04x}-{:04x}-{:012x}", part(48, 16), part(0, 48));
        prop_assert_eq!(back(15, Content::Text(&uuid)), format!("{uuid:?}"));
    }
}

/// The fields of the only metric of a command, by their numbers, and those of the payload.
fn fields(payload: &[u8]) -> (Vec<u32>, Vec<u32>) {
    let outer = all(Reader::new(payload)).map(Result::unwrap);
    let outer: Vec<Field<'_>> = outer.collect();
    let metric = outer.iter().find(|field| field.number == 2).unwrap().inside().unwrap();
    let inner = all(metric).map(|field| field.unwrap().number).collect();
    (outer.iter().map(|field| field.number).collect(), inner)
}

#[test]
fn a_metric_goes_by_its_alias_alone_where_it_has_one() {
    // Sparkplug 3.0, 6.4.6, tck-id-payloads-alias-data-cmd-requirement and tck-id-payloads-name-requirement.
    let births = births(made().bytes(1, "m").n(2, 7).n(4, 9));
    let command = command(DBIRTH, &births, "m", Content::Number(21.5)).unwrap();
    assert_eq!(fields(&command.payload), (vec![2], vec![2, 4, 12]));
    assert_eq!(read_back(&command, births), "21.5");
    assert_eq!(command.words, "m as Float by its alias 7");
    let named = written(9, Content::Whole(21)).unwrap();
    assert_eq!(fields(&named.payload), (vec![2], vec![1, 4, 12]));
    assert_eq!(named.words, "m as Float");
}

#[test]
fn a_command_has_its_time_and_no_sequence_number_and_goes_to_whom_it_is_about() {
    // Sparkplug 3.0, 6.4.24, tck-id-payloads-dcmd-timestamp and tck-id-payloads-dcmd-seq; 5.17, the verbs.
    let command = written(11, Content::Truth(true)).unwrap();
    assert_eq!(command.topic, "spBv1.0/plant/DCMD/edge/press");
    let stamped = stamped(&command.payload, 1_709_208_000_250);
    assert_eq!(fields(&stamped).0, [1, 2]);
    assert_eq!(
        read(&stamped).unwrap(),
        r#"{"timestamp":"2024-02-29T12:00:00.25Z","metrics":{"m":{"datatype":"Boolean","value":true}}}"#
    );
    let of_node =
        super::command("spBv1.0/plant/NDATA/edge", &of_type(11), "m", Content::Truth(true)).unwrap();
    assert_eq!(of_node.topic, "spBv1.0/plant/NCMD/edge");
}

#[test]
fn a_rebirth_is_asked_for_by_name_whatever_a_birth_says() {
    // Sparkplug 3.0, 5.17, tck-id-operational-behavior-data-commands-ncmd-rebirth-name and -value.
    let route = Route::parse("spBv1.0/plant/DDATA/edge/press").unwrap();
    let asked = rebirth(&route);
    assert_eq!(asked.topic, "spBv1.0/plant/NCMD/edge");
    let expected = r#"{"metrics":{"Node Control/Rebirth":{"datatype":"Boolean","value":true}}}"#;
    assert_eq!(read(&asked.payload).as_deref(), Ok(expected));
    let births = births(made().bytes(1, REBIRTH).n(2, 3).n(4, 11));
    let node = "spBv1.0/plant/NBIRTH/edge";
    assert_eq!(command(node, &births, REBIRTH, Content::Truth(true)).unwrap().payload, asked.payload);
}

#[test]
fn a_node_that_tells_32_bits_in_the_field_of_64_gets_them_there() {
    let births = births(made().bytes(1, "m").n(4, 7).n(11, 5));
    let command = command(DBIRTH, &births, "m", Content::Whole(6)).unwrap();
    assert_eq!(fields(&command.payload).1, [1, 4, 11]);
    assert_eq!(read_back(&command, births), "6");
}

#[test]
fn what_cannot_be_written_is_refused_in_words() {
    for (kind, content, expected) in [
        (5, Content::Whole(256), "256 is no UInt8"),
        (5, Content::Number(1.5), "1.5 is no UInt8"),
        (8, Content::Whole(-1), "-1 is no UInt64"),
        (9, Content::Number(1e300), "is no Float"),
        (10, Content::Number(f64::NAN), "NaN is no Double"),
        (11, Content::Text("on"), "\"on\" is no Boolean"),
        (12, Content::Truth(true), "true is no String"),
        (13, Content::Text("tomorrow"), "\"tomorrow\" is no DateTime, such as 2024-02-29T12:00:00.25Z"),
        (15, Content::Text("123e4567"), "is no UUID, such as 123e4567-e89b-12d3-a456-426614174000"),
        (15, Content::Text("123e4567-e89b-12d3-a456-42661417400é"), "is no UUID"),
        (17, Content::Text("h'0a0'"), "is no Bytes, such as h'0a0b'"),
        (16, Content::Other("map"), "metrics of the type DataSet are read, and not written"),
        (19, Content::Other("map"), "metrics of the type Template are read, and not written"),
        (22, Content::Other("list"), "metrics of the type Int8Array are read, and not written"),
        (3, Content::Other("list"), "a list is no Int32"),
        (99, Content::Whole(1), "the birth gave \"m\" no type that the specification has"),
    ] {
        let words = written(kind, content).unwrap_err().to_string();
        assert!(words.contains(expected), "{words} is not: {expected}");
    }
    let of_nothing =
        |births: &Births| command(DBIRTH, births, "n", Content::Truth(true)).unwrap_err().to_string();
    assert_eq!(
        of_nothing(&Births::default()),
        "no birth of device \"press\" of edge node \"edge\" was heard, and only that tells the metric's type; \
         alt-b asks for it"
    );
    assert_eq!(
        of_nothing(&of_type(3)),
        "the last birth of device \"press\" of edge node \"edge\" has no metric \"n\""
    );
    let evicted = Births { device: Heard::Evicted, ..Births::default() };
    assert!(of_nothing(&evicted).contains("was dropped to stay within the memory budget"));
}

#[test]
fn births_are_remembered_where_no_store_holds_them_and_the_last_counts() {
    let mut registry = Registry::default();
    let birth = |name: &str| made().inside(2, made().bytes(1, name).n(2, 7).n(4, 9)).0;
    let name = |registry: &Registry| {
        let told = Told {
            topic: "spBv1.0/plant/DDATA/edge/press".into(),
            births: registry.births("spBv1.0/plant/DDATA/edge/press"),
        };
        String::from_utf8(
            decode(&made().inside(2, made().n(2, 7).single(12, 1.0)).0, &told, &Bounds::default())
                .unwrap()
                .json,
        )
        .unwrap()
    };
    assert!(name(&registry).contains("alias 7"));
    registry.observe("spBv1.0/plant/DDATA/edge/press", &birth("no birth"));
    registry.observe(DBIRTH, &birth("Old"));
    registry.observe(DBIRTH, &birth("New"));
    assert!(name(&registry).contains(r#""New":{"alias":7,"datatype":"Float""#), "{}", name(&registry));
}
