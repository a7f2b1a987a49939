//! Bytes through one decoder after another, to what a person can look at. Owns what is tried in which order, and
//! that a guess never hides the truth: every step is named, what failed says where, and the bytes as they came are
//! always one choice away.
mod links;

use std::borrow::Cow;
use std::fmt;

use super::bounds::{Blame, Bounds, Flaw};
use super::decoder::{Decoder, Role};
use super::hint::{Hint, Reading};
use super::image::Image;
use super::unpack::mark;
use super::{figures, sparkplug, value};
use links::Chain;

/// How a payload is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Choice {
    /// By what it seems to be.
    #[default]
    Auto,
    /// As it came: text, or a dump of what is none.
    Raw,
    /// By this decoder; packings before it are undone, what it unpacks is read by what it seems to be.
    By(Decoder),
}

impl Choice {
    /// All of them, in the order in which they are offered.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Auto, Self::Raw].into_iter().chain(Decoder::ALL.into_iter().map(Self::By))
    }

    /// What the screen calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Auto => "automatic",
            Self::Raw => "raw",
            Self::By(decoder) => decoder.title(),
        }
    }
}

/// A step of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What read.
    pub decoder: Decoder,
    /// Bytes it was given.
    pub n_in: usize,
    /// Bytes it made.
    pub n_out: usize,
}

/// A decoder that was tried in vain, or in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What failed.
    pub decoder: Decoder,
    /// Where and why; the offset counts in the bytes that this decoder was given.
    pub flaw: Flaw,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { decoder, flaw } = self;
        if flaw.blame == Blame::Setting {
            return write!(f, "{} has nothing to read by: {}", decoder.title(), flaw.words);
        }
        let offset = figures::grouped(flaw.offset as u64);
        write!(f, "{} fails at byte {offset}: {}", decoder.title(), flaw.words)
    }
}

/// What a decoded payload is to be shown as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One JSON value; order, spelling and repeated names are the payload's own.
    Json,
    /// Text, as good as it can be read.
    Text,
    /// A picture.
    Image(Image),
    /// No more than its bytes.
    Hex,
}

/// A payload as far as it could be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// What was done, one after the other; the last one names the form.
    pub steps: Vec<Step>,
    /// What the bytes are to be shown as.
    pub form: Form,
    /// What came out: the payload itself where nothing was undone.
    pub bytes: Cow<'a, [u8]>,
    /// What was tried in vain.
    pub failures: Vec<Failure>,
    /// The decoder that would have made more than the bound, if one was stopped.
    pub cut: Option<Decoder>,
    /// What a decoder has to say of the payload, in words; not escaped for the screen.
    pub notes: Vec<String>,
}

impl Decoded<'_> {
    /// The decoders' names: `gzip → JSON`.
    pub fn names(&self, arrow: &str) -> String {
        let names: Vec<&str> = self.steps.iter().map(|step| step.decoder.title()).collect();
        names.join(arrow)
    }

    /// Whether larger bounds would show more.
    pub fn is_bound(&self) -> bool {
        self.cut.is_some() || self.failures.iter().any(|failure| failure.flaw.is_bound())
    }

    /// Whether what is shown are other bytes than those that came.
    pub fn is_undone(&self) -> bool {
        matches!(self.bytes, Cow::Owned(_))
    }
}

/// Decodes a payload; never fails, since bytes are always bytes.
pub fn decode<'a>(payload: &'a [u8], choice: Choice, bounds: &Bounds) -> Decoded<'a> {
    decode_on(Hint::default(), payload, choice, bounds)
}

/// Likewise, where something is known of the topic: what it promises is tried before any guess.
pub fn decode_on<'a, 'h>(
    hint: impl Into<Hint<'h>>,
    payload: &'a [u8],
    choice: Choice,
    bounds: &Bounds,
) -> Decoded<'a> {
    let mut chain = Chain::new(payload, hint.into());
    let hint = chain.hint;
    let form = match choice {
        Choice::Raw => chain.plain(),
        Choice::By(Decoder::Hex) => chain.ends(Decoder::Hex, Form::Hex),
        Choice::Auto => {
            chain.peel(bounds);
            let kept = hint.promised.filter(|_| !payload.is_empty()).and_then(|by| chain.show(by, bounds));
            let is_without = hint.promised == Some(Decoder::Sparkplug) && !sparkplug::IS_BUILT_IN;
            let fields = if kept.is_none() && is_without && !payload.is_empty() {
                chain.show(Decoder::ProtobufFields, bounds)
            } else {
                None
            };
            kept.or(fields).unwrap_or_else(|| chain.guess(bounds))
        }
        Choice::By(decoder) => match decoder.role() {
            Role::Unpacks if chain.undo(decoder, bounds) => {
                chain.peel(bounds);
                chain.guess(bounds)
            }
            Role::Unpacks => chain.plain(),
            Role::Shows => {
                chain.peel(bounds);
                chain.show(decoder, bounds).unwrap_or_else(|| chain.instead(decoder, bounds))
            }
        },
    };
    let Chain { bytes, steps, failures, cut, mut notes, hint: _ } = chain;
    notes.extend(hint.told.and_then(|told| sparkplug::state(&told.topic, &bytes)));
    Decoded { steps, form, bytes, failures, cut, notes }
}

/// The ways to read a payload that suit it, in the order in which they are offered; the first two always do.
pub fn suiting(hint: Hint<'_>, payload: &[u8], bounds: &Bounds) -> Vec<Choice> {
    let suits = |choice: &Choice| match choice {
        Choice::Auto | Choice::Raw => true,
        Choice::By(decoder) => {
            decode_on(hint, payload, *choice, bounds).steps.iter().any(|step| step.decoder == *decoder)
        }
    };
    Choice::all().filter(suits).collect()
}

/// What a payload turns out to be where it is read and not looked at: in a row, by a node, by a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inside<'a> {
    /// It says enough by itself, or nothing else could be made of it.
    AsItCame,
    /// What it decodes to.
    Decoded(Decoded<'a>),
    /// It would make more than the bounds; this much of it was made.
    Beyond(Decoded<'a>),
}

/// Most bytes of a payload that is decoded for one line of a tree.
pub const MAX_PREVIEWED_BYTES: usize = 16 << 10;

/// What a payload decodes to. One that is text, and of which nothing else is known or chosen, is not decoded at all:
/// to tell so costs a look over its bytes.
pub fn look_inside<'a>(reading: Reading<'_>, payload: &'a [u8], bounds: &Bounds) -> Inside<'a> {
    let is_told = match reading.choice {
        Choice::Auto => reading.hint.promised.is_some(),
        Choice::Raw => return Inside::AsItCame,
        Choice::By(_) => true,
    };
    if payload.is_empty() || (!is_told && is_plain(payload)) {
        return Inside::AsItCame;
    }
    let decoded = decode_on(reading.hint, payload, reading.choice, bounds);
    if decoded.is_bound() {
        Inside::Beyond(decoded)
    } else if decoded.is_undone() {
        Inside::Decoded(decoded)
    } else {
        Inside::AsItCame
    }
}

/// Whether bytes are text that no packing begins like; text in two bytes a letter is none of it.
pub fn is_plain(payload: &[u8]) -> bool {
    let is_text = std::str::from_utf8(payload).is_ok() && !payload.contains(&0);
    is_text && mark(payload).is_none()
}

/// What a small payload of bytes decodes to, for one line of a tree; none when it says enough by itself.
pub fn inside<'a>(reading: Reading<'_>, payload: &'a [u8]) -> Option<Decoded<'a>> {
    let bounds = Bounds { max_out_bytes: value::MAX_PARSED_BYTES, ..Bounds::default() };
    let small = Some(payload).filter(|payload| payload.len() <= MAX_PREVIEWED_BYTES)?;
    match look_inside(reading, small, &bounds) {
        Inside::Decoded(decoded) => Some(decoded),
        Inside::AsItCame | Inside::Beyond(_) => None,
    }
}

#[cfg(test)]
mod tests;
