//! What a number counts. Owns the units we know, their quantities and spellings; a unit we don't is kept as
//! written.
mod table;

use std::fmt;

use super::number;
use table::TABLE;

/// A unit of measurement as it is shown behind a number: `°C`, `kWh`, `color.rgb`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit(Box<str>);

/// A unit that we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its one spelling here, which is Home Assistant's where that has the unit.
    pub symbol: &'static str,
    /// What it measures.
    pub quantity: Quantity,
    /// Its name in ossia, where that has it.
    pub ossia: Option<&'static str>,
    /// Other spellings that mean nothing else.
    pub spellings: &'static [&'static str],
}

/// What a unit measures: those of one quantity can be told apart, never mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantity {
    /// How warm.
    Temperature,
    /// A part of a whole: `%`, ppm.
    Share,
    /// Force on an area.
    Pressure,
    /// Electric tension.
    Voltage,
    /// Electric current.
    Current,
    /// Work in a time, apparent and reactive power too.
    Power,
    /// Work.
    Energy,
    /// Electric charge.
    Charge,
    /// Ohms, farads, siemens.
    Circuit,
    /// Loudness, amplification.
    Gain,
    /// How often; ossia counts it with time.
    Frequency,
    /// How long.
    Time,
    /// How far.
    Distance,
    /// How fast.
    Speed,
    /// How wide a turn.
    Angle,
    /// Components of a colour.
    Color,
    /// Components of a place.
    Position,
    /// Components of a pose.
    Orientation,
    /// How bright, how much sun.
    Light,
    /// How heavy.
    Mass,
    /// Newtons, newton metres.
    Force,
    /// An area.
    Area,
    /// A content.
    Volume,
    /// A content in a time.
    Flow,
    /// A mass in a content.
    Concentration,
    /// Rain in a time.
    Precipitation,
    /// Bits and bytes.
    Data,
    /// Bits and bytes in a time.
    DataRate,
    /// What has a quantity of its own: pH, UV index, money.
    Other,
}

impl Unit {
    /// A unit of any text.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// A unit of a text in any spelling that we know, in our own; of an unknown text as it is.
    pub fn normal(text: &str) -> Self {
        Self(find(text).map_or_else(|| text.trim().into(), |known| known.symbol.into()))
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What we know of it.
    pub fn known(&self) -> Option<&'static Known> {
        find(&self.0)
    }

    /// Whether a text spells the same unit; with °F as the node's, `F` can mean nothing else.
    pub fn is_also(&self, text: &str) -> bool {
        let text = text.trim();
        if *self.0 == *text {
            return true;
        }
        match self.known() {
            Some(known) => {
                known.symbol.strip_prefix('°').is_some_and(|bare| !bare.is_empty() && bare == text)
                    || find(text).is_some_and(|other| other.symbol == known.symbol)
            }
            None => false,
        }
    }

    /// What is put between a number and it, and it: ` °C`, `°`; nothing for names of components such as
    /// `color.rgb`, which nobody reads behind a number.
    pub fn behind(&self) -> String {
        match self.known() {
            Some(Known { symbol: "°", .. }) => "°".to_owned(),
            Some(known) if known.is_silent() => String::new(),
            Some(_) | None if self.0.is_empty() => String::new(),
            // Names such as `gain.db` are ossia's; people read dB.
            Some(known) if self.0.contains('.') => format!(" {}", known.symbol),
            Some(_) | None => format!(" {}", self.0),
        }
    }
}

impl Known {
    /// Whether it is a way to name components, or a bare factor, and no word to read behind a number.
    pub fn is_silent(&self) -> bool {
        self.ossia == Some(self.symbol)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// All units that we know, those of a quantity together.
pub const fn all() -> &'static [Known] {
    TABLE
}

/// The unit of a spelling: the symbol, ossia's name, or another one that means nothing else.
pub fn find(text: &str) -> Option<&'static Known> {
    let text = text.trim();
    if text.is_empty() || text.len() > table::MAX_BYTES {
        return None;
    }
    // Two letters look like the one micro sign: U+00B5 is ours, U+03BC is a Greek letter.
    let greek = text.contains('\u{3bc}').then(|| text.replace('\u{3bc}', "\u{b5}"));
    let text = greek.as_deref().unwrap_or(text);
    TABLE
        .iter()
        .find(|known| known.symbol == text)
        .or_else(|| TABLE.iter().find(|known| known.ossia == Some(text) || known.spellings.contains(&text)))
}

/// A number and what stands behind it, without the blanks between: `20.0 °C` is `20.0` and `°C`. The number is
/// empty when the text begins with none.
pub fn split(text: &str) -> (&str, &str) {
    let (digits, rest) = text.split_at_checked(number::length(text)).unwrap_or((text, ""));
    (digits, rest.trim_start_matches([' ', '\t', '\u{a0}', '\u{202f}']))
}
