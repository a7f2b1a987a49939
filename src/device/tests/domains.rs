//! Bounds, clipping and steps.
use super::*;
use Clip::{Fold, High, Low, None as Refuse, Wrap};

fn domain(min: impl Into<Option<f64>>, max: impl Into<Option<f64>>) -> Domain {
    Domain { min: min.into(), max: max.into(), ..Domain::default() }
}

#[test]
fn each_mode_brings_numbers_back_in_its_way() {
    let percent = domain(0.0, 100.0);
    let turn = domain(-180.0, 180.0);
    for (domain, clip, number, expected) in [
        (&percent, Refuse, 50.0, Some(50.0)),
        (&percent, Refuse, 101.0, None),
        (&percent, Clip::Clip, 101.0, Some(100.0)),
        (&percent, Clip::Clip, -1.0, Some(0.0)),
        (&percent, Low, -1.0, Some(0.0)),
        (&percent, Low, 101.0, None),
        (&percent, High, 101.0, Some(100.0)),
        (&percent, High, -1.0, None),
        (&percent, Wrap, 103.0, Some(3.0)),
        (&percent, Wrap, -3.0, Some(97.0)),
        (&percent, Wrap, 100.0, Some(0.0)),
        (&percent, Wrap, 1003.0, Some(3.0)),
        (&percent, Fold, 103.0, Some(97.0)),
        (&percent, Fold, -3.0, Some(3.0)),
        (&percent, Fold, 100.0, Some(100.0)),
        (&percent, Fold, 203.0, Some(3.0)),
        (&turn, Wrap, 190.0, Some(-170.0)),
        (&turn, Wrap, -190.0, Some(170.0)),
        (&turn, Fold, 190.0, Some(170.0)),
        (&percent, Clip::Clip, f64::NAN, None),
        (&percent, Wrap, f64::INFINITY, None),
        (&percent, Clip::Clip, 1e308, Some(100.0)),
    ] {
        let found = domain.clip(clip, &Value::Float(number));
        assert_eq!(found.ok().map(|found| found.value), expected.map(Value::Float), "{clip:?} {number}");
    }
}

#[test]
fn whole_numbers_stay_whole() {
    let odd = domain(0.5, 10.5);
    for (domain, clip, number, expected) in [
        (&odd, Clip::Clip, 0, Some(1)),
        (&odd, Clip::Clip, 99, Some(10)),
        (&domain(0.0, 10.0), Wrap, 10, Some(0)),
        (&domain(0.0, 10.0), Wrap, -1, Some(9)),
        (&domain(0.0, 10.0), Fold, 12, Some(8)),
        (&domain(0.0, 10.0), Fold, -3, Some(3)),
        (&domain(3.0, 3.0), Wrap, 9, Some(3)),
        (&domain(3.0, 3.0), Fold, 9, Some(3)),
        (&domain(0.2, 0.8), Clip::Clip, 9, None),
        (&domain(-1e300, 1e300), Wrap, i64::MIN, Some(i64::MIN)),
        (&domain(-1e300, 1e300), Fold, i64::MAX, Some(i64::MAX)),
        (&domain(0.0, None), Clip::Clip, i64::MIN, Some(0)),
    ] {
        let found = domain.clip(clip, &Value::Int(number));
        assert_eq!(found.ok().map(|found| found.value), expected.map(Value::Int), "{clip:?} {number}");
    }
}

#[test]
fn what_can_not_be_brought_back_is_refused_in_words() {
    let choice = Domain { values: vec![string("heat"), string("cool")], ..Domain::default() };
    for (domain, clip, value, words) in [
        (domain(0.0, 100.0), Refuse, Value::Int(105), "105 is outside the domain 0..100"),
        (domain(0.0, None), Refuse, Value::Float(-0.5), "-0.5 is outside the domain 0 and above"),
        (domain(0.0, None), Wrap, Value::Float(-1.0), "-1 is outside the domain 0 and above"),
        (domain(5.0, 3.0), Clip::Clip, Value::Int(4), "min 5 is above max 3; swap them"),
        (domain(0.0, 1.0), Refuse, Value::Vec3([0.0, 2.0, 1.0]), "2 is outside the domain 0..1"),
        (domain(0.0, 1.0), Clip::Clip, Value::Float(f64::NAN), "NaN is outside the domain 0..1"),
        (domain(None, None), Clip::Clip, Value::Float(f64::NAN), "NaN is outside the domain anything"),
        (choice, Clip::Clip, string("dry"), "`dry` is none of the domain's values: heat, cool"),
    ] {
        assert_eq!(domain.clip(clip, &value), Err(words.to_owned()));
    }
}

#[test]
fn vecs_are_taken_by_component_and_listed_numbers_by_nearness() {
    let clipped = domain(0.0, 1.0).clip(Clip::Clip, &Value::Vec3([-1.0, 0.5, 7.0])).unwrap();
    assert_eq!(clipped.value, Value::Vec3([0.0, 0.5, 1.0]));
    assert_eq!(clipped.was, Some(Value::Vec3([-1.0, 0.5, 7.0])));
    let speeds = Domain { values: [0, 33, 66, 100].map(Value::Int).into(), ..Domain::default() };
    assert_eq!(speeds.clip(Clip::Clip, &Value::Int(60)).unwrap().value, Value::Int(66));
    assert!(speeds.clip(Wrap, &Value::Int(60)).is_err());
    assert_eq!(speeds.clip(Refuse, &Value::Int(33)).unwrap().was, None);
    assert_eq!(speeds.judge(&Value::Float(33.0)), Ok(()));
}

#[test]
fn a_step_is_counted_from_the_least() {
    let steps = |min, max, step| Domain { step: Some(step), ..domain(min, max) };
    for (domain, value, expected) in [
        (steps(Some(0.0), Some(100.0), 5.0), Value::Int(13), Value::Int(15)),
        (steps(Some(1.0), Some(100.0), 5.0), Value::Int(13), Value::Int(11)),
        (steps(Some(0.0), Some(1.0), 0.1), Value::Float(0.31), Value::Float(0.3)),
        (steps(None, None, 0.5), Value::Float(-1.3), Value::Float(-1.5)),
        (steps(Some(0.0), Some(9.0), 5.0), Value::Float(8.9), Value::Float(5.0)),
        (steps(Some(0.0), Some(9.0), 5.0), Value::Float(50.0), Value::Float(50.0)),
        (steps(None, None, 0.0), Value::Float(1.3), Value::Float(1.3)),
        (steps(None, None, 10.0), Value::Vec2([14.0, 16.0]), Value::Vec2([10.0, 20.0])),
        (steps(None, None, 10.0), string("x"), string("x")),
        (steps(None, None, 10.0), Value::Int(i64::MAX), Value::Int(i64::MAX)),
    ] {
        assert_eq!(domain.snap(&value), expected);
    }
}

#[test]
fn a_reading_off_the_steps_is_no_violation() {
    let half = Domain { step: Some(0.5), ..domain(0.0, 30.0) };
    assert_eq!(half.judge(&Value::Float(20.37)), Ok(()));
    assert!(half.judge(&Value::Float(30.01)).is_err());
}
