//! The shapes' promises: bounds, steps, periods, repeatability, and the words for what can't be.
use super::*;
use crate::device::{Clip, Domain};
use crate::mqtt::Topic;
use proptest::prelude::*;

fn plan(shape: Shape, min: f64, max: f64) -> Plan {
    Plan { shape, min: Some(min), max: Some(max), period: Duration::from_secs(8), step: None, seed: 7 }
}

fn node(kind: Kind) -> Node {
    Node::new(Topic::parse("lamp").unwrap(), kind)
}

/// Eight values, one a second.
fn eight(generator: &mut Generator) -> Vec<String> {
    (0..8).map(|s| generator.value(Duration::from_secs(s)).shown()).collect()
}

#[test]
fn each_shape_takes_its_way_from_min_to_max() {
    for (shape, expected) in [
        (Shape::Ramp, ["0", "12.5", "25", "37.5", "50", "62.5", "75", "87.5"]),
        (Shape::Triangle, ["0", "25", "50", "75", "100", "75", "50", "25"]),
        (Shape::Square, ["0", "0", "0", "0", "100", "100", "100", "100"]),
        (Shape::Sine, ["50", "85.36", "100", "85.36", "50", "14.64", "0", "14.64"]),
    ] {
        let mut generator = Generator::of_numbers(&plan(shape, 0.0, 100.0)).unwrap();
        assert_eq!(eight(&mut generator), expected, "{shape:?}");
        let later = Duration::from_secs(8 * 1_000_000_000 + 2);
        assert_eq!(generator.value(later).shown(), expected[2], "{shape:?} does not drift");
    }
}

#[test]
fn a_node_gives_its_bounds_its_step_and_its_type() {
    let mut whole = node(Kind::Int);
    whole.domain = Domain { min: Some(0.0), max: Some(10.0), step: Some(5.0), values: Vec::new() };
    let ramp = Plan { min: None, max: None, ..plan(Shape::Ramp, 0.0, 0.0) };
    let mut generator = Generator::of_node(&whole, &ramp, &Value::Int(3)).unwrap();
    assert_eq!(eight(&mut generator), ["0", "0", "5", "5", "5", "5", "10", "10"]);
    assert!(matches!(generator.value(Duration::ZERO), Value::Int(0)));
    let mut constant = Generator::of_node(&whole, &plan(Shape::Constant, 0.0, 1.0), &Value::Int(3)).unwrap();
    assert_eq!(constant.value(Duration::from_secs(5)), Value::Int(3));
}

#[test]
fn on_and_off_and_listed_values_are_cycled() {
    let mut on_off =
        Generator::of_node(&node(Kind::Bool), &plan(Shape::Square, 0.0, 0.0), &Value::Bool(true)).unwrap();
    assert_eq!(eight(&mut on_off), ["off", "off", "off", "off", "on", "on", "on", "on"]);
    let mut mode = node(Kind::String);
    mode.domain.values = ["auto", "cool", "heat", "off"].map(|word| Value::String(word.into())).to_vec();
    let mut cycle = Generator::of_node(&mode, &plan(Shape::Square, 0.0, 0.0), &Value::Impulse).unwrap();
    assert_eq!(eight(&mut cycle), ["auto", "auto", "cool", "cool", "heat", "heat", "off", "off"]);
    let mut any = Generator::of_node(&mode, &plan(Shape::Random, 0.0, 0.0), &Value::Impulse).unwrap();
    let seen: std::collections::BTreeSet<_> = (0..200).map(|_| any.value(Duration::ZERO).shown()).collect();
    assert_eq!(seen.len(), 4, "each comes at some time");
}

#[test]
fn what_can_not_be_generated_is_said_in_words() {
    let mut within = node(Kind::Float);
    within.domain = Domain { min: Some(0.0), max: Some(100.0), ..Domain::default() };
    let mut clipped = within.clone();
    clipped.clip = Clip::Clip;
    let whole = node(Kind::Int);
    let no_period = Plan { period: Duration::ZERO, ..plan(Shape::Sine, 0.0, 1.0) };
    let step = |step| Plan { step: Some(step), ..plan(Shape::Ramp, 0.0, 10.0) };
    for (node, plan, expected) in [
        (
            &node(Kind::String),
            plan(Shape::Sine, 0.0, 1.0),
            "a sine makes numbers, and lamp is a node of type string",
        ),
        (&node(Kind::Map), plan(Shape::Random, 0.0, 1.0), "lamp is a node of type map"),
        (&node(Kind::Bool), plan(Shape::Ramp, 0.0, 1.0), "of on and off only square, random and constant"),
        (&node(Kind::Float), Plan { min: None, ..plan(Shape::Ramp, 0.0, 1.0) }, "min is missing"),
        (&node(Kind::Float), Plan { max: None, ..plan(Shape::Walk, 0.0, 1.0) }, "max is missing"),
        (&node(Kind::Float), plan(Shape::Ramp, 5.0, 5.0), "min 5 must lie below max 5"),
        (&node(Kind::Float), plan(Shape::Ramp, -1e308, 1e308), "too far"),
        (&node(Kind::Float), no_period, "needs a period"),
        (&node(Kind::Float), step(0.0), "a step of 0 leads nowhere"),
        (&node(Kind::Float), step(11.0), "more than there is"),
        (&whole, step(0.5), "not whole"),
        (&whole, plan(Shape::Ramp, 0.2, 0.8), "no whole number lies between 0.2 and 0.8"),
        (&within, plan(Shape::Ramp, -5.0, 50.0), "-5"),
        (&clipped, plan(Shape::Ramp, -5.0, 50.0), ""),
    ] {
        let made = Generator::of_node(node, &plan, &Value::Impulse);
        match made {
            Ok(_) => assert_eq!(expected, "", "{plan:?}"),
            Err(words) => assert!(words.contains(expected) && !expected.is_empty(), "{words:?}"),
        }
    }
}

#[test]
fn a_seed_is_a_sequence() {
    for shape in [Shape::Random, Shape::Walk] {
        let values = |seed| {
            let mut generator = Generator::of_numbers(&Plan { seed, ..plan(shape, 0.0, 1.0) }).unwrap();
            (0..50).map(|_| generator.value(Duration::ZERO).shown()).collect::<Vec<_>>()
        };
        assert_eq!(values(1), values(1));
        assert_ne!(values(1), values(2));
    }
}

proptest! {
    #[test]
    fn every_number_lies_within_on_its_step_and_a_walk_goes_one_at_a_time(
        shape in prop::sample::select(Shape::ALL[1..].to_vec()),
        min in -1_000_i32..1_000,
        n_steps in 1_u32..500,
        step in prop::sample::select(vec![0.001, 0.1, 0.25, 1.0, 3.0]),
        seed in any::<u64>(),
        whole in any::<bool>(),
    ) {
        let step = if whole { f64::max(step, 1.0).round() } else { step };
        let (min, max) = (f64::from(min), f64::from(min) + f64::from(n_steps) * step);
        let plan = Plan { step: Some(step), seed, ..plan(shape, min, max) };
        let kind = if whole { Kind::Int } else { Kind::Float };
        let mut generator = Generator::of_node(&node(kind), &plan, &Value::Impulse).unwrap();
        let mut before: Option<f64> = None;
        for k in 0..100 {
            let value = generator.value(Duration::from_millis(k * 137));
            let number: f64 = value.shown().parse().unwrap();
            prop_assert!((min..=max + 1e-9).contains(&number), "{number} outside {min}..{max}");
            let steps = (number - min) / step;
            prop_assert!((steps - steps.round()).abs() < 1e-6, "{number} is off the steps");
            if let (Shape::Walk, Some(before)) = (shape, before) {
                prop_assert!(((number - before).abs() - step).abs() < 1e-6, "{before} to {number}");
            }
            before = Some(number);
        }
    }
}
