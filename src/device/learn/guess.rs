//! What a candidate most likely is. Owns the guess from samples, names and hints, and how sure it is.
use super::super::access::Access;
use super::super::codec::Codec;
use super::super::domain::Domain;
use super::super::kind::Kind;
use super::super::unit::Unit;
use super::cadence::Cadence;
use super::hint::Hint;
use super::shape::{Shapes, join, widens_to};
use super::statistics::{Statistics, unit_of};
use super::{names, parts};
use crate::decode::value::truth;
use crate::mqtt::Qos;

/// Samples for each different word before the words are taken for all there are.
const SAMPLES_PER_WORD: usize = 3;

/// Samples before a number between 0 and 1 is taken for a setting.
const SAMPLES_FOR_DOMAIN: u32 = 8;

/// What a candidate most likely is.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    /// What its value is.
    pub kind: Kind,
    /// How its payload is written.
    pub codec: Codec,
    /// How sure that is, from 0 to 1: half after one sample, nine tenths after nine that agree; halved where
    /// samples disagreed, and certain where a convention says the same.
    pub confidence: f32,
    /// Messages heard.
    pub n_messages: u32,
    /// Payloads looked at: all of a slow topic's, the first 64 and then at most twenty a second of a fast one's.
    pub n_samples: u32,
    /// The least and the greatest number in those samples; more is not claimed.
    pub observed: Option<(f64, f64)>,
    /// Which values it takes, where a convention, the unit or the name makes that sound; empty otherwise.
    pub domain: Domain,
    /// The different short texts seen, where they are few.
    pub words: Vec<Box<str>>,
    /// What its number counts.
    pub unit: Option<Unit>,
    /// The time between messages.
    pub cadence: Option<Cadence>,
    /// Whether a message came that the broker had kept, or was to keep.
    pub was_retained: bool,
    /// The highest quality of service it was delivered at.
    pub qos: Qos,
    /// Which way it goes.
    pub access: Access,
    /// Whether its values are colours.
    pub is_color: bool,
    /// Whether samples disagreed with each other or with a convention, so that the type was widened.
    pub is_widened: bool,
    /// The convention that told something of it.
    pub source: Option<&'static str>,
}

/// How sure a guess is, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sureness {
    /// Below seven tenths.
    Perhaps,
    /// Below nine tenths.
    Likely,
    /// From there on.
    Sure,
}

impl Guess {
    /// The confidence in a word.
    pub fn sureness(&self) -> Sureness {
        match self.confidence {
            sure if sure >= 0.9 => Sureness::Sure,
            likely if likely >= 0.7 => Sureness::Likely,
            _ => Sureness::Perhaps,
        }
    }
}

/// What else is known of a topic.
pub(super) struct Beside<'a> {
    /// What a convention says of the whole payload.
    pub hint: Option<&'a Hint>,
    /// The unit that a topic beside it tells.
    pub unit: Option<Unit>,
    /// There is a topic below it on which it is set.
    pub has_set: bool,
}

/// The guess from all that is known.
pub(super) fn guess(topic: &str, seen: &Statistics, beside: &Beside<'_>) -> Guess {
    let hint = beside.hint;
    let words = seen.words.sorted();
    let said = hint.and_then(|hint| hint.kind);
    let is_bool = names::is_bool_topic(topic) || said == Some(Kind::Bool);
    let sampled = seen.shapes.kind(is_bool);
    let conflict = seen.shapes.conflict(is_bool);
    let fits = said.is_none_or(|said| {
        seen.n_samples == 0 || widens_to(sampled, said) || are_hinted(hint, said, seen, &words)
    });
    let kind = match said {
        Some(said) if fits => said,
        Some(said) => join(said, sampled),
        None => sampled,
    };
    let is_measured =
        kind == Kind::Map && seen.shapes.only(Shapes::MEASURED) && seen.shapes.has(Shapes::MEASURED);
    let (kind, codec) = if is_measured {
        (Kind::Float, Codec::JsonPath(parts::member("value")))
    } else {
        (kind, codec(kind, seen, hint, &words))
    };
    let heard_unit = Some(unit_of(seen.suffix.as_str()))
        .filter(|unit| !unit.is_empty() && !seen.shapes.has(Shapes::UNITS_DIFFER) && kind.is_number())
        .map(Unit::normal);
    let hinted_unit = || hint.and_then(|hint| hint.unit.clone());
    let other_unit = || beside.unit.clone().filter(|_| kind.is_number());
    let unit = heard_unit.or_else(hinted_unit).or_else(other_unit);
    let observed = seen.range().filter(|_| kind.is_number() || kind.n_components().is_some());
    let is_color = names::is_color_topic(topic) && kind == Kind::Vec3
        || (seen.shapes.only(Shapes::HEX_COLOR) && seen.shapes.has(Shapes::HEX_COLOR));
    Guess {
        kind,
        codec,
        confidence: confidence(seen, said, fits, conflict),
        n_messages: seen.n_messages,
        n_samples: seen.n_samples,
        observed,
        domain: domain(topic, kind, seen, hint, unit.as_ref(), &words),
        words: words.into_iter().map(Into::into).collect(),
        unit,
        cadence: seen.gaps.cadence(),
        was_retained: seen.was_retained,
        qos: seen.qos,
        access: access(topic, beside),
        is_color,
        is_widened: conflict || !fits,
        source: hint.map(|hint| hint.source),
    }
}

/// Whether all words heard are the two that a convention names for a bool.
fn are_hinted(hint: Option<&Hint>, said: Kind, seen: &Statistics, words: &[&str]) -> bool {
    let Some((on, off)) = hint.and_then(|hint| hint.words.as_ref()) else { return false };
    let are_words = seen.shapes.only(Shapes::TEXT.with(Shapes::WORD_OF_BOOL)) && !words.is_empty();
    said == Kind::Bool && are_words && words.iter().all(|word| **word == **on || **word == **off)
}

fn access(topic: &str, beside: &Beside<'_>) -> Access {
    match beside.hint.and_then(|hint| hint.access) {
        Some(access) => access,
        // What is set below tells its state here.
        None if beside.has_set => Access::Get,
        None => names::access(topic),
    }
}

fn confidence(seen: &Statistics, said: Option<Kind>, fits: bool, conflict: bool) -> f32 {
    let n = f32::from(u16::try_from(seen.n_samples).unwrap_or(u16::MAX));
    let experience = n / (n + 1.0);
    let agreement = if conflict { 0.5 } else { 1.0 };
    // `0` and `1` alone may be anything.
    let clarity =
        if seen.shapes.has(Shapes::ZERO_ONE) && seen.shapes.only(Shapes::ZERO_ONE.with(Shapes::BARE)) {
            0.6
        } else {
            1.0
        };
    match said {
        Some(_) if seen.n_samples == 0 => 0.8,
        Some(_) if fits => (experience * agreement).max(0.95),
        Some(_) => experience * 0.5,
        None => experience * agreement * clarity,
    }
}

fn codec(kind: Kind, seen: &Statistics, hint: Option<&Hint>, words: &[&str]) -> Codec {
    match kind {
        Kind::Bool => bool_codec(seen, hint, words),
        Kind::Int | Kind::Float => {
            let is_uniform = seen.shapes.has(Shapes::UNIT)
                && !seen.shapes.has(Shapes::BARE.with(Shapes::SPACING_DIFFERS).with(Shapes::UNITS_DIFFER));
            if is_uniform { Codec::Suffix(seen.suffix.as_str().into()) } else { Codec::Text }
        }
        Kind::String if seen.shapes.has(Shapes::QUOTED) && seen.shapes.only(Shapes::QUOTED) => Codec::Json,
        Kind::List | Kind::Map => Codec::Json,
        Kind::Vec2 | Kind::Vec3 | Kind::Vec4 if seen.n_samples > 0 && !seen.shapes.has(Shapes::COMMAS) => {
            Codec::Json
        }
        Kind::Impulse | Kind::String | Kind::Vec2 | Kind::Vec3 | Kind::Vec4 | Kind::Bytes => Codec::Text,
    }
}

/// The words of a bool in the spelling heard, or said; all known words where several were.
fn bool_codec(seen: &Statistics, hint: Option<&Hint>, words: &[&str]) -> Codec {
    let digits = seen.shapes.has(Shapes::ZERO_ONE);
    if let Some((on, off)) = hint.and_then(|hint| hint.words.as_ref()) {
        let are_said = words.iter().all(|word| **word == **on || **word == **off);
        if are_said && (!digits || (&**on == "1" && &**off == "0")) {
            return Codec::Words { on: on.clone(), off: off.clone() };
        }
    }
    if digits {
        let (on, off) = ("1".into(), "0".into());
        return if words.is_empty() { Codec::Words { on, off } } else { Codec::Text };
    }
    let of = |wanted| {
        let mut same = words.iter().filter(move |word| truth(word.as_bytes()) == Some(wanted));
        (same.next().copied(), same.next().is_some())
    };
    let (on, off) = match (of(true), of(false)) {
        ((Some(on), false), (Some(off), false)) => (on.to_owned(), off.to_owned()),
        ((Some(on), false), (None, _)) => (on.to_owned(), counterpart(on)),
        ((None, _), (Some(off), false)) => (counterpart(off), off.to_owned()),
        _ => return Codec::Text,
    };
    // What text is anyway.
    if (on.as_str(), off.as_str()) == ("true", "false") {
        return Codec::Text;
    }
    Codec::Words { on: on.into(), off: off.into() }
}

/// The other word of a pair, in the same case.
fn counterpart(word: &str) -> String {
    let pairs = [("on", "off"), ("true", "false"), ("yes", "no"), ("open", "closed")];
    let other = pairs.iter().find_map(|(on, off)| match word {
        _ if word.eq_ignore_ascii_case(on) => Some(*off),
        _ if word.eq_ignore_ascii_case(off) => Some(*on),
        _ => None,
    });
    let other = other.unwrap_or_default();
    let mut letters = word.chars().map(char::is_uppercase);
    match (letters.next(), letters.next()) {
        (Some(true), Some(true)) => other.to_uppercase(),
        (Some(true), _) => {
            let mut letters = other.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
        }
        _ => other.to_owned(),
    }
}

/// Bounds that are sound: said by a convention and not broken by a sample, or in the nature of the unit or name.
/// What was merely observed is no domain; tomorrow may be warmer.
fn domain(
    topic: &str,
    kind: Kind,
    seen: &Statistics,
    hint: Option<&Hint>,
    unit: Option<&Unit>,
    words: &[&str],
) -> Domain {
    let observed = seen.range();
    if let Some(hint) = hint {
        let mut domain = parts::domain(hint, kind);
        let (min, max) = observed.unwrap_or((f64::INFINITY, f64::NEG_INFINITY));
        if domain.min.is_some_and(|least| min < least) || domain.max.is_some_and(|most| max > most) {
            (domain.min, domain.max, domain.step) = (None, None, None);
        }
        let has_all = |domain: &Domain| {
            words
                .iter()
                .all(|word| hint.values.iter().any(|value| &**value == *word) || domain.values.is_empty())
        };
        if !has_all(&domain) {
            domain.values.clear();
        }
        if domain != Domain::default() {
            return domain;
        }
    }
    let bounds = |min: f64, max: f64| Domain { min: Some(min), max: Some(max), ..Domain::default() };
    match (kind, observed) {
        (Kind::Int | Kind::Float, Some((min, max))) if min >= 0.0 => {
            let is_level = names::is_level_topic(topic);
            if unit.is_some_and(|unit| matches!(unit.as_str(), "%" | "%RH")) && max <= 100.0 {
                bounds(0.0, 100.0)
            } else if kind == Kind::Int && is_level && unit.is_none() && max > 100.0 && max <= 255.0 {
                bounds(0.0, 255.0)
            } else if kind == Kind::Float
                && is_level
                && unit.is_none()
                && max <= 1.0
                && seen.n_samples >= SAMPLES_FOR_DOMAIN
            {
                bounds(0.0, 1.0)
            } else {
                Domain::default()
            }
        }
        (Kind::Vec3, Some((min, max)))
            if min >= 0.0 && max > 1.0 && max <= 255.0 && names::is_color_topic(topic) =>
        {
            bounds(0.0, 255.0)
        }
        (Kind::String, _)
            if seen.shapes.only(Shapes::TEXT.with(Shapes::QUOTED).with(Shapes::WORD_OF_BOOL))
                && words.len() > 1
                && seen.n_samples as usize >= words.len() * SAMPLES_PER_WORD =>
        {
            Domain { values: parts::values(words), ..Domain::default() }
        }
        _ => Domain::default(),
    }
}
