//! Whether a node's attributes agree with each other. Owns the rules and their words: each names the attribute
//! to blame and what helps; places in files are `config`'s.
use std::fmt;

use super::codec::Codec;
use super::domain::Clip;
use super::kind::Kind;
use super::node::Node;
use super::number::{shortest, whole_of};
use super::value::Value;

/// What is wrong with an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The attribute as a device file names it: `min`, `codec`, `type`.
    pub attribute: &'static str,
    /// What is wrong and what helps: lower case, no full stop. It may quote the file: not safe to draw.
    pub words: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.attribute, self.words)
    }
}

impl Node {
    /// What is wrong with it; nothing for a node that makes sense.
    pub fn check(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut flaw = |attribute, words: String| flaws.push(Flaw { attribute, words });
        if !self.codec.carries(self.kind) {
            let remedy = super::misfit::remedy(self.kind);
            flaw("codec", format!("{} carries no {}; {remedy}", self.codec, self.kind));
        }
        self.check_codec(&mut flaw);
        self.check_bounds(&mut flaw);
        self.check_values(&mut flaw);
        if let Some(unit) = &self.unit {
            let is_counted = self.kind.is_number() || self.kind.n_components().is_some();
            if !is_counted {
                flaw(
                    "unit",
                    format!("type {} counts nothing, so {unit} means nothing; remove it", self.kind),
                );
            }
            if unit.as_str().trim().is_empty() {
                flaw("unit", "it is empty; remove it or name one".to_owned());
            }
        }
        flaws
    }

    fn check_codec(&self, flaw: &mut impl FnMut(&'static str, String)) {
        match &self.codec {
            Codec::Words { on, off } if on == off => {
                flaw("codec", format!("{on:?} means both on and off; give them different words"));
            }
            Codec::Words { on, off } if on.trim_ascii() == off.trim_ascii() => {
                flaw("codec", format!("{on:?} and {off:?} differ in blanks only; give them different words"));
            }
            Codec::Suffix(suffix) if suffix.is_empty() => {
                flaw("codec", "the suffix is empty; codec text does without".to_owned());
            }
            Codec::Suffix(suffix)
                if suffix.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E')) =>
            {
                flaw(
                    "codec",
                    format!("the suffix {suffix:?} could be a part of the number; put a blank before it"),
                );
            }
            Codec::Text
            | Codec::Json
            | Codec::JsonPath(_)
            | Codec::Raw(..)
            | Codec::Words { .. }
            | Codec::Suffix(_) => {}
        }
    }

    fn check_bounds(&self, flaw: &mut impl FnMut(&'static str, String)) {
        let domain = &self.domain;
        let has_range = self.kind.is_number() || self.kind.n_components().is_some();
        for (attribute, number) in [("min", domain.min), ("max", domain.max), ("step", domain.step)] {
            match number {
                Some(number) if !number.is_finite() => {
                    flaw(attribute, format!("{number} is no finite number; write one or remove it"));
                }
                Some(number) if !has_range => {
                    let number = shortest(number);
                    flaw(attribute, format!("type {} has no {attribute}; remove {number}", self.kind));
                }
                Some(_) | None => {}
            }
        }
        match (domain.min, domain.max) {
            (Some(min), Some(max)) if min > max => {
                flaw("min", format!("{} is above max {}; swap them", shortest(min), shortest(max)));
            }
            (Some(min), Some(max)) if self.kind == Kind::Int && min.ceil() > max.floor() => {
                flaw("min", format!("no whole number lies within {}; widen it", domain.range()));
            }
            _ => {}
        }
        match domain.step {
            Some(step) if step <= 0.0 => {
                flaw("step", format!("{} is no step; it must be above 0", shortest(step)));
            }
            Some(step) if self.kind == Kind::Int && step.is_finite() && whole_of(step).is_none() => {
                flaw("step", format!("{} leads off whole numbers; write a whole step", shortest(step)));
            }
            Some(_) | None => {}
        }
        let needs = match self.clip {
            Clip::None => None,
            _ if !has_range => Some("bounds, which only numbers and vecs have"),
            Clip::Clip if domain.min.is_none() && domain.max.is_none() && domain.values.is_empty() => {
                Some("min, max or values")
            }
            Clip::Low if domain.min.is_none() => Some("min"),
            Clip::High if domain.max.is_none() => Some("max"),
            Clip::Wrap | Clip::Fold if domain.min.is_none() || domain.max.is_none() => Some("min and max"),
            Clip::Clip | Clip::Low | Clip::High | Clip::Wrap | Clip::Fold => None,
        };
        if let Some(needs) = needs {
            flaw("clip", format!("{} needs {needs}; add them or write \"none\"", self.clip.name()));
        }
    }

    fn check_values(&self, flaw: &mut impl FnMut(&'static str, String)) {
        for value in &self.domain.values {
            if !self.takes(value) {
                let (shown, kind) = (value.shown(), self.kind);
                flaw(
                    "values",
                    format!("{shown:?} is of type {}, not {kind}; change it or the type", value.kind()),
                );
            }
        }
        let Some(default) = &self.default else { return };
        if !self.takes(default) {
            let (shown, kind) = (default.shown(), self.kind);
            flaw(
                "default",
                format!("{shown:?} is of type {}, not {kind}; change it or the type", default.kind()),
            );
        } else if let Err(outside) = self.domain.judge(default) {
            flaw("default", format!("{outside}; change it or widen the domain"));
        }
    }

    /// Whether a value is of the node's type; whole numbers are floats too.
    fn takes(&self, value: &Value) -> bool {
        value.kind() == self.kind || (self.kind == Kind::Float && value.kind() == Kind::Int)
    }
}
