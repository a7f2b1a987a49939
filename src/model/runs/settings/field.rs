//! The fields of a generator's settings. Owns their names and what may be typed.

/// The fields, in the order that Tab walks them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// Which of several nodes, or the form's text.
    Target,
    /// How values follow each other.
    Shape,
    /// The value that is always the same.
    Value,
    /// The least number.
    Min,
    /// The greatest.
    Max,
    /// How long it takes to come round.
    Period,
    /// What numbers are apart.
    Step,
    /// Where chance begins.
    Seed,
    /// How often.
    Rate,
    /// How long.
    Until,
}

impl Field {
    /// The word before it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Target => "what",
            Self::Shape => "shape",
            Self::Value => "value",
            Self::Min => "min",
            Self::Max => "max",
            Self::Period => "period",
            Self::Step => "step",
            Self::Seed => "seed",
            Self::Rate => "rate /s",
            Self::Until => "until",
        }
    }

    /// What may be typed.
    pub const fn help(self) -> &'static str {
        match self {
            Self::Target => "left and right choose",
            Self::Shape => "left and right choose the shape",
            Self::Value => "what is sent each time",
            Self::Min => "the least number",
            Self::Max => "the greatest number",
            Self::Period => "how long it takes to come round: 10s, 500ms, 2m",
            Self::Step => "how far numbers are apart; empty: as fits",
            Self::Seed => "the same seed gives the same values",
            Self::Rate => "publications a second, 0.1 to 1000",
            Self::Until => "a count (1000), a time (30s, 5m); empty: until it is stopped",
        }
    }
}
