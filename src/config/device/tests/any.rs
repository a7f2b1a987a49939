//! Any node there can be, for laws. Owns the strategies.
use crate::device::{Access, Clip, Codec, Domain, Kind, Node, Unit, Value};
use crate::mqtt::{Qos, Topic};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

/// Texts that a file has to take care of.
fn text() -> impl Strategy<Value = String> {
    "[a-zé°\"'\\\\\n\t\u{7f}#\\[\\]= ]{1,8}"
}

fn topic() -> impl Strategy<Value = String> {
    "(/|[a-c é\"\\\\]/?){1,5}"
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        (-1000_i32..1000).prop_map(f64::from),
        (-1000_i32..1000).prop_map(|number| f64::from(number) / 7.0),
        select(vec![1e300, -0.0, 1e-300, 9_007_199_254_740_993.0]),
    ]
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        text().prop_map(Into::into),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| vec(inner, 0..3).prop_map(Into::into))
}

fn value(kind: Kind) -> BoxedStrategy<Option<Value>> {
    let vec_of = |n| vec(number(), n..=n);
    match kind {
        Kind::Impulse => Just(None).boxed(),
        Kind::Bool => any::<bool>().prop_map(|flag| Some(Value::Bool(flag))).boxed(),
        Kind::Int => any::<i64>().prop_map(|number| Some(Value::Int(number))).boxed(),
        Kind::Float => number().prop_map(|number| Some(Value::Float(number))).boxed(),
        Kind::String => text().prop_map(|text| Some(Value::String(text.into()))).boxed(),
        Kind::List => vec(json(), 0..3).prop_map(|list| Some(Value::List(list))).boxed(),
        Kind::Map => vec((text(), json()), 0..3)
            .prop_map(|pairs| Some(Value::Map(pairs.into_iter().collect())))
            .boxed(),
        Kind::Vec2 => vec_of(2).prop_map(|list| list.try_into().ok().map(Value::Vec2)).boxed(),
        Kind::Vec3 => vec_of(3).prop_map(|list| list.try_into().ok().map(Value::Vec3)).boxed(),
        Kind::Vec4 => vec_of(4).prop_map(|list| list.try_into().ok().map(Value::Vec4)).boxed(),
        Kind::Bytes => vec(any::<u8>(), 0..4).prop_map(|bytes| Some(Value::Bytes(bytes.into()))).boxed(),
    }
}

fn codec() -> impl Strategy<Value = Codec> {
    let named = select(vec!["text", "json", "$", "$.a", "$.b[3]['c d']", "u8", "i16-le", "f64-be"]);
    prop_oneof![
        3 => named.prop_map(|name| Codec::parse(name).unwrap()),
        1 => text().prop_map(|suffix| Codec::Suffix(suffix.into())),
        1 => text().prop_map(|on| Codec::Words { off: format!("{on}0").into(), on: on.into() }),
    ]
}

fn domain(kind: Kind) -> BoxedStrategy<(Domain, Option<Value>)> {
    let bounds = if kind.is_number() || kind.n_components().is_some() {
        (of(number()), of(number()), of((1_i32..9).prop_map(f64::from))).boxed()
    } else {
        Just((None, None, None)).boxed()
    };
    (bounds, vec(value(kind), 0..3), of(value(kind)), any::<bool>())
        .prop_map(|((min, max, step), values, default, has_bounds)| {
            let ordered = match (min, max) {
                (Some(min), Some(max)) if min > max => (Some(max), Some(min)),
                others => others,
            };
            let values: Vec<Value> = values.into_iter().flatten().collect();
            let default = default.flatten();
            if has_bounds {
                // Values and default would have to lie within.
                (Domain { min: ordered.0, max: ordered.1, step, values: Vec::new() }, None)
            } else {
                let default = if values.is_empty() { default } else { values.first().cloned() };
                (Domain { min: None, max: None, step, values }, default)
            }
        })
        .boxed()
}

/// Any node.
pub(crate) fn node() -> impl Strategy<Value = Node> {
    let typed = select(Kind::ALL.to_vec()).prop_flat_map(|kind| (Just(kind), domain(kind)));
    let words = (topic(), of(text()), of(text()), vec(text(), 0..3), of(text()));
    let sending =
        (0_u8..3, any::<bool>(), of(any::<u32>()), any::<bool>(), any::<i32>(), of(0..u64::from(u32::MAX)));
    let modes = (select(Access::ALL.to_vec()), select(Clip::ALL.to_vec()), codec());
    (words, typed, sending, modes).prop_map(|(words, (kind, (domain, default)), sending, modes)| {
        let (topic, alias, description, tags, unit) = words;
        let (qos, retain, rate_limit_ms, repetition_filter, priority, cadence_ms) = sending;
        let (access, clip, codec) = modes;
        Node {
            topic: Topic::parse(&topic).unwrap(),
            alias,
            description,
            tags,
            kind,
            access,
            unit: unit.map(Unit::new),
            default,
            domain,
            clip,
            codec,
            qos: Qos::from_bits(qos).unwrap(),
            retain,
            rate_limit_ms,
            repetition_filter,
            priority,
            cadence_ms,
        }
    })
}

/// Nodes of one device, no two with the same key.
pub(crate) fn nodes() -> impl Strategy<Value = Vec<Node>> {
    vec(node(), 0..6).prop_map(|nodes| {
        let mut keys = std::collections::HashSet::new();
        nodes.into_iter().filter(|node| keys.insert(node.key())).collect()
    })
}
