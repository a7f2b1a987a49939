//! Units, their spellings and ossia's names.
use std::collections::HashMap;

use super::unit::{all, find, split};
use super::*;

#[test]
fn no_spelling_means_two_units() {
    let mut owners: HashMap<&str, &str> = HashMap::new();
    for known in all() {
        let texts = [known.symbol].into_iter().chain(known.spellings.iter().copied());
        for text in texts.chain(known.ossia.filter(|name| *name != known.symbol)) {
            assert!(text.len() <= 32, "{text} is longer than any spelling may be");
            let other = owners.insert(text, known.symbol);
            assert_eq!(other, None, "{text} is {} too", known.symbol);
        }
    }
}

#[test]
fn every_spelling_finds_its_unit() {
    for known in all() {
        for text in [known.symbol].iter().chain(known.spellings).chain(known.ossia.as_slice()) {
            assert_eq!(Unit::normal(text).as_str(), known.symbol);
            assert!(Unit::new(known.symbol).is_also(text));
        }
    }
}

#[test]
fn spellings_become_one_where_they_mean_one_thing() {
    for (text, symbol) in [
        ("C", "°C"),
        ("degC", "°C"),
        ("℃", "°C"),
        ("F", "F"),
        ("K", "K"),
        ("\u{3bc}g/m³", "µg/m³"),
        ("ug/m3", "µg/m³"),
        ("l/min", "L/min"),
        (" percent ", "%"),
        ("doors", "doors"),
        ("angle.degree", "°"),
        ("gain.decibel", "dB"),
        ("color.rgb", "color.rgb"),
        ("distance.m", "m"),
        ("time.second", "s"),
        ("mW", "mW"),
        ("MW", "MW"),
    ] {
        assert_eq!(Unit::normal(text).as_str(), symbol);
    }
    assert!(Unit::new("°F").is_also("F") && !Unit::new("°C").is_also("F") && !Unit::new("V").is_also("W"));
}

#[test]
fn ossia_names_go_both_ways() {
    for (symbol, name) in [
        ("°", "angle.degree"),
        ("color.rgb", "color.rgb"),
        ("dB", "gain.db"),
        ("m", "distance.m"),
        ("s", "time.second"),
        ("km/h", "speed.km/h"),
        ("position.cart3D", "position.cart3D"),
        ("orientation.quaternion", "orientation.quaternion"),
    ] {
        assert_eq!(find(symbol).unwrap().ossia, Some(name));
        assert_eq!(find(name).unwrap().symbol, symbol);
    }
    assert_eq!(find("°C").unwrap().ossia, None);
    let spaces = ["angle", "color", "distance", "gain", "orientation", "position", "speed", "time"];
    for name in all().iter().filter_map(|known| known.ossia) {
        let (space, unit) = name.split_once('.').unwrap();
        assert!(spaces.contains(&space) && !unit.is_empty(), "{name}");
    }
}

#[test]
fn a_number_and_what_stands_behind_it_are_told_apart() {
    for (text, parts) in [
        ("20.0 °C", ("20.0", "°C")),
        ("45%", ("45", "%")),
        ("12.5kWh", ("12.5", "kWh")),
        ("-1e3\u{202f}V", ("-1e3", "V")),
        ("5e", ("5", "e")),
        ("V", ("", "V")),
        ("", ("", "")),
    ] {
        assert_eq!(split(text), parts);
    }
}
