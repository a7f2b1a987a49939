//! Laws of values: what is written reads back, what is clipped lies within, nothing panics, whatever comes.
use proptest::prelude::*;

use super::*;
use crate::mqtt::Topic;

fn node(kind: Kind, codec: Codec) -> Node {
    Node { codec, ..Node::new(Topic::parse("a").unwrap(), kind) }
}

fn number() -> impl Strategy<Value = f64> {
    let odd =
        prop::sample::select(vec![0.0, -0.0, 0.1, 1e300, -1e300, f64::MAX, f64::MIN_POSITIVE, 5e-324, 1e16]);
    prop_oneof![3 => -1e6..1e6_f64, 1 => any::<f64>().prop_filter("finite", |x| x.is_finite()), 1 => odd]
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::Bool),
        any::<i64>().prop_map(Into::into),
        ".{0,8}".prop_map(serde_json::Value::String),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::Array),
            prop::collection::vec((".{0,6}", inner), 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

/// A value of a type.
fn value(kind: Kind) -> BoxedStrategy<Value> {
    match kind {
        Kind::Impulse => Just(Value::Impulse).boxed(),
        Kind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::Int => prop_oneof![any::<i64>(), -300..300_i64].prop_map(Value::Int).boxed(),
        Kind::Float => number().prop_map(Value::Float).boxed(),
        Kind::String => any::<String>().prop_map(|text| Value::String(text.into())).boxed(),
        Kind::List => prop::collection::vec(json(), 0..4).prop_map(Value::List).boxed(),
        Kind::Map => prop::collection::vec((".{0,6}", json()), 0..4)
            .prop_map(|members| Value::Map(members.into_iter().collect()))
            .boxed(),
        Kind::Vec2 => [number(), number()].prop_map(Value::Vec2).boxed(),
        Kind::Vec3 => [number(), number(), number()].prop_map(Value::Vec3).boxed(),
        Kind::Vec4 => [number(), number(), number(), number()].prop_map(Value::Vec4).boxed(),
        Kind::Bytes => {
            prop::collection::vec(any::<u8>(), 0..20).prop_map(|bytes| Value::Bytes(bytes.into())).boxed()
        }
    }
}

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(Kind::ALL.to_vec())
}

fn typed_value() -> impl Strategy<Value = Value> {
    kind().prop_flat_map(value)
}

fn step() -> impl Strategy<Value = PathStep> {
    let odd = prop::sample::select(vec!["", "'", "\\", "\"", "a b", "\u{1}", "\n", "é", "$", "]", "0"]);
    prop_oneof![
        4 => "[a-z_][a-z0-9_]{0,5}".prop_map(|name| PathStep::Member(name.into())),
        1 => odd.prop_map(|name| PathStep::Member(name.into())),
        1 => any::<String>().prop_map(|name| PathStep::Member(name.into())),
        1 => any::<u32>().prop_map(PathStep::Index),
        1 => Just(PathStep::Index(0)),
    ]
}

fn path() -> impl Strategy<Value = JsonPath> {
    prop::collection::vec(step(), 0..6).prop_map(|steps| JsonPath::of(steps).unwrap())
}

fn codec() -> impl Strategy<Value = Codec> {
    let order = prop::sample::select(vec![Order::Little, Order::Big]);
    prop_oneof![
        Just(Codec::Text),
        Just(Codec::Json),
        path().prop_map(Codec::JsonPath),
        (prop::sample::select(Number::ALL.to_vec()), order)
            .prop_map(|(number, order)| Codec::Raw(number, order)),
        ("[A-Z]{0,3}", "[a-z]{0,3}").prop_map(|(on, off)| Codec::Words { on: on.into(), off: off.into() }),
        prop::sample::select(vec![" °C", "%", " x", "\t", " ", "e5", "5"])
            .prop_map(|suffix| Codec::Suffix(suffix.into())),
    ]
}

/// Equality in which a 32-bit float may have lost what it does not hold.
fn is_kept(codec: &Codec, before: &Value, after: &Value) -> bool {
    match (codec, before, after) {
        (Codec::Raw(Number::F32, _), Value::Float(before), Value::Float(after)) => {
            number::to_f32(*before).to_bits() == number::to_f32(*after).to_bits()
        }
        _ => before == after,
    }
}

fn bound() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![1 => Just(None), 3 => number().prop_map(Some), 3 => (-20..20_i32).prop_map(|n| Some(n.into()))]
}

fn domain() -> impl Strategy<Value = Domain> {
    let step = prop_oneof![Just(None), (0.01..10.0).prop_map(Some), number().prop_map(Some)];
    let values = prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(typed_value(), 1..4)];
    (bound(), bound(), step, values).prop_map(|(min, max, step, values)| Domain { min, max, step, values })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_is_written_reads_back(value in typed_value(), codec in codec()) {
        let node = node(value.kind(), codec);
        if let Ok(payload) = node.write(&value) {
            let back = node.read(&payload);
            prop_assert!(back.as_ref().is_ok_and(|back| is_kept(&node.codec, &value, back)), "{payload:?} {back:?}");
        }
    }

    #[test]
    fn text_and_json_write_every_value_they_carry(value in typed_value(), is_text in any::<bool>()) {
        let codec = if is_text { Codec::Text } else { Codec::Json };
        let node = node(value.kind(), codec);
        prop_assert_eq!(node.write(&value).is_ok(), node.codec.carries(node.kind));
    }

    #[test]
    fn no_bytes_and_no_codec_panic(
        payload in prop::collection::vec(any::<u8>(), 0..40), text in "[-+0-9.eE°C%\\[\\]{}\",:a-z#$ ]{0,24}",
        kind in kind(), codec in codec(),
    ) {
        let node = node(kind, codec);
        for payload in [&payload[..], text.as_bytes()] {
            if let Ok(value) = node.read(payload) {
                prop_assert_eq!(value.kind(), kind);
                prop_assert!(value.numbers().iter().all(|number| number.is_finite()));
                prop_assert!(node.codec.carries(kind));
            }
        }
        let _ = (Value::parse(kind, &text), node.parse(&text), Codec::parse(&text), node.check());
        let _ = Codec::parse(&format!("${text}"));
        let _ = (Unit::normal(&text).behind(), unit::split(&text));
    }

    #[test]
    fn a_whole_number_is_never_another(whole in any::<i64>(), zeros in 0..5_usize, exponent in 0..4_usize) {
        let zeros = "0".repeat(zeros);
        let text = format!("{whole}{}.{zeros}e-{exponent}", "0".repeat(exponent));
        prop_assert_eq!(number::whole(&text), Ok(whole), "{}", text);
        let wide = i128::from(whole) * 10 + 5;
        let tenth = format!("{wide}e-1");
        prop_assert!(number::whole(&tenth).is_err());
        prop_assert_eq!(number::whole(&wide.to_string()).ok(), i64::try_from(wide).ok());
    }

    #[test]
    fn a_place_in_json_reads_back_from_its_text(path in path()) {
        let text = path.to_string();
        prop_assert_eq!(JsonPath::parse(&text), Ok(path), "{}", text);
    }

    #[test]
    fn a_place_is_found_as_the_whole_document_has_it(document in json(), path in path()) {
        let text = document.to_string();
        let expected = path.steps().iter().try_fold(&document, |place, step| match step {
            PathStep::Member(name) => place.as_object()?.get(&**name),
            PathStep::Index(index) => place.as_array()?.get(usize::try_from(*index).ok()?),
        });
        let found = path.find(text.as_bytes()).ok();
        prop_assert_eq!(found.as_ref(), expected);
    }

    #[test]
    fn what_is_clipped_lies_within_and_stays(
        value in typed_value(), domain in domain(), clip in prop::sample::select(Clip::ALL.to_vec()),
    ) {
        if let Ok(clipped) = domain.clip(clip, &value) {
            prop_assert_eq!(domain.judge(&clipped.value), Ok(()));
            prop_assert_eq!(clipped.value.kind(), value.kind());
            prop_assert_eq!(clipped.was.as_ref(), (clipped.value != value).then_some(&value));
            let again = domain.clip(clip, &clipped.value);
            prop_assert_eq!(again, Ok(Clipped { value: clipped.value, was: None }));
        }
    }

    #[test]
    fn bounded_numbers_always_clip(
        value in prop_oneof![value(Kind::Int), value(Kind::Float), value(Kind::Vec3)],
        low in -1000..1000_i32, width in 0..1000_i32,
        clip in prop::sample::select(vec![Clip::Clip, Clip::Wrap, Clip::Fold]),
    ) {
        let (min, max) = (f64::from(low), f64::from(low + width));
        let domain = Domain { min: Some(min), max: Some(max), ..Domain::default() };
        prop_assert!(domain.clip(clip, &value).is_ok());
    }

    #[test]
    fn a_step_keeps_what_lies_within_within(value in typed_value(), domain in domain()) {
        let bounds = Domain { values: Vec::new(), ..domain };
        if bounds.judge(&value).is_ok() {
            prop_assert_eq!(bounds.judge(&bounds.snap(&value)), Ok(()));
        }
    }

    #[test]
    fn what_is_shown_can_be_typed_again(value in typed_value()) {
        prop_assert_eq!(Value::parse(value.kind(), &value.shown()), Ok(value));
    }
}
