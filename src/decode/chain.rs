//! Bytes through one decoder after another, to what a person can look at. Owns what is tried in which order, and
//! that a guess never hides the truth: every step is named, what failed says where, and the bytes as they came are
//! always one choice away.
use std::borrow::Cow;
use std::fmt;

use super::bounds::{Bounds, Flaw};
use super::decoder::{Decoder, Role};
use super::image::Image;
use super::unpack::{Mark, mark, unpack};
use super::{base64, cbor, figures, image, json, msgpack, numbers, utf16, value};

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
}

impl Decoded<'_> {
    /// The decoders' names: `gzip → JSON`.
    pub fn names(&self, arrow: &str) -> String {
        let names: Vec<&str> = self.steps.iter().map(|step| step.decoder.title()).collect();
        names.join(arrow)
    }

    /// Whether larger bounds would show more.
    pub fn is_bound(&self) -> bool {
        self.cut.is_some() || self.failures.iter().any(|failure| failure.flaw.is_bound)
    }

    /// Whether what is shown are other bytes than those that came.
    pub fn is_undone(&self) -> bool {
        matches!(self.bytes, Cow::Owned(_))
    }
}

/// Decodes a payload; never fails, since bytes are always bytes.
pub fn decode<'a>(payload: &'a [u8], choice: Choice, bounds: &Bounds) -> Decoded<'a> {
    let mut chain =
        Chain { bytes: Cow::Borrowed(payload), steps: Vec::new(), failures: Vec::new(), cut: None };
    let form = match choice {
        Choice::Raw => chain.plain(),
        Choice::By(Decoder::Hex) => chain.ends(Decoder::Hex, Form::Hex),
        Choice::Auto => {
            chain.peel(bounds);
            chain.guess(bounds)
        }
        Choice::By(decoder) => match decoder.role() {
            Role::Unpacks if chain.undo(decoder, bounds) => {
                chain.peel(bounds);
                chain.guess(bounds)
            }
            Role::Unpacks => chain.plain(),
            Role::Shows => {
                chain.peel(bounds);
                chain.show(decoder, bounds).unwrap_or_else(|| chain.plain())
            }
        },
    };
    let Chain { bytes, steps, failures, cut } = chain;
    Decoded { steps, form, bytes, failures, cut }
}

/// The ways to read a payload that suit it, in the order in which they are offered; the first two always do.
pub fn suiting(payload: &[u8], bounds: &Bounds) -> Vec<Choice> {
    let suits = |choice: &Choice| match choice {
        Choice::Auto | Choice::Raw => true,
        Choice::By(decoder) => {
            decode(payload, *choice, bounds).steps.iter().any(|step| step.decoder == *decoder)
        }
    };
    Choice::all().filter(suits).collect()
}

/// Most bytes of a payload that is decoded for one line of a tree.
const MAX_PREVIEWED_BYTES: usize = 16 << 10;

/// What a small payload of bytes decodes to, for one line of a tree; none when it says enough by itself.
pub(super) fn inside(payload: &[u8]) -> Option<Decoded<'_>> {
    let is_plain = mark(payload).is_none() && std::str::from_utf8(payload).is_ok();
    if payload.len() > MAX_PREVIEWED_BYTES || is_plain {
        return None;
    }
    let bounds = Bounds { max_out_bytes: value::MAX_PARSED_BYTES, ..Bounds::default() };
    let decoded = decode(payload, Choice::Auto, &bounds);
    (decoded.is_undone() && !decoded.is_bound()).then_some(decoded)
}

struct Chain<'a> {
    bytes: Cow<'a, [u8]>,
    steps: Vec<Step>,
    failures: Vec<Failure>,
    cut: Option<Decoder>,
}

impl Chain<'_> {
    /// Undoes the packings that are known by a mark.
    fn peel(&mut self, bounds: &Bounds) {
        while self.steps.len() < bounds.max_layers && self.cut.is_none() {
            let Some(mark) = mark(&self.bytes) else { return };
            let is_done = match mark {
                Mark::Sure(decoder) => self.undo(decoder, bounds),
                Mark::Weak(decoder) => self.undo_whole(decoder, bounds),
            };
            if !is_done {
                return;
            }
        }
    }

    /// Undoes one packing; whether there was one.
    fn undo(&mut self, decoder: Decoder, bounds: &Bounds) -> bool {
        let whole = |bytes| (bytes, false, 0);
        let undone = if decoder == Decoder::Base64 {
            base64::decode(&self.bytes, bounds).map(whole)
        } else if decoder == Decoder::Utf16 {
            utf16::decode(&self.bytes, bounds).map(whole)
        } else {
            unpack(decoder, &self.bytes, bounds)
                .map(|unpacked| (unpacked.bytes, unpacked.is_cut, unpacked.n_left))
        };
        match undone {
            Ok((bytes, is_cut, n_left)) => {
                if n_left > 0 {
                    let words =
                        format!("{} follow that are no part of it", figures::counted(n_left as u64, "byte"));
                    self.failures
                        .push(Failure { decoder, flaw: Flaw::new(self.bytes.len() - n_left, words) });
                }
                self.becomes(decoder, bytes);
                self.cut = is_cut.then_some(decoder);
                true
            }
            Err(flaw) => {
                self.failures.push(Failure { decoder, flaw });
                false
            }
        }
    }

    /// Likewise, when all of it is nothing else; not being so is no failure.
    fn undo_whole(&mut self, decoder: Decoder, bounds: &Bounds) -> bool {
        let Ok(unpacked) = unpack(decoder, &self.bytes, bounds) else { return false };
        if unpacked.n_left > 0 {
            return false;
        }
        self.becomes(decoder, unpacked.bytes);
        self.cut = unpacked.is_cut.then_some(decoder);
        true
    }

    fn becomes(&mut self, decoder: Decoder, bytes: Vec<u8>) {
        self.steps.push(Step { decoder, n_in: self.bytes.len(), n_out: bytes.len() });
        self.bytes = Cow::Owned(bytes);
    }

    fn ends(&mut self, decoder: Decoder, form: Form) -> Form {
        let n = self.bytes.len();
        self.steps.push(Step { decoder, n_in: n, n_out: n });
        form
    }

    /// As it is: text, or a dump of what is none.
    fn plain(&mut self) -> Form {
        if value::is_text(&self.bytes) {
            self.ends(Decoder::Text, Form::Text)
        } else {
            self.ends(Decoder::Hex, Form::Hex)
        }
    }

    /// By what it seems to be.
    fn guess(&mut self, bounds: &Bounds) -> Form {
        if let Some(image) = image::read(&self.bytes) {
            return self.ends(Decoder::Image, Form::Image(image));
        }
        if let Some(text) = utf16::guess(&self.bytes, bounds) {
            self.becomes(Decoder::Utf16, text);
        }
        if std::str::from_utf8(&self.bytes).is_ok() {
            return self.guess_text(bounds);
        }
        let guesses = [(Decoder::MessagePack, msgpack::guess(&self.bytes, bounds))]
            .into_iter()
            .chain([(Decoder::Cbor, cbor::guess(&self.bytes, bounds))]);
        for (decoder, guess) in guesses {
            if let Some(json) = guess {
                self.becomes(decoder, json);
                return Form::Json;
            }
        }
        self.plain()
    }

    fn guess_text(&mut self, bounds: &Bounds) -> Form {
        const MARK: &[u8] = "\u{feff}".as_bytes();
        if let Some(rest) = self.bytes.strip_prefix(MARK).map(<[u8]>::to_vec) {
            self.bytes = Cow::Owned(rest);
        }
        let trimmed = self.bytes.trim_ascii();
        if matches!(trimmed.first(), Some(b'{' | b'[')) {
            if json::is_json(&self.bytes) {
                return self.ends(Decoder::Json, Form::Json);
            }
            if let Ok(lines) = json_lines(&self.bytes, bounds) {
                self.becomes(Decoder::JsonLines, lines);
                return Form::Json;
            }
            if let Err(flaw) = check_json(&self.bytes) {
                self.failures.push(Failure { decoder: Decoder::Json, flaw });
            }
        } else if self.steps.len() < bounds.max_layers && base64::is_likely(&self.bytes) {
            // Any word of letters might be base64: what is inside must be known by a mark.
            let inside = base64::decode(&self.bytes, bounds).ok().filter(|inside| {
                matches!(mark(inside), Some(Mark::Sure(_)))
                    || image::read(inside).is_some()
                    || (inside.trim_ascii().first() == Some(&b'{') && json::is_json(inside))
            });
            if let Some(inside) = inside {
                self.becomes(Decoder::Base64, inside);
                self.peel(bounds);
                return self.guess(bounds);
            }
        }
        self.plain()
    }

    /// By one decoder; none when it does not suit.
    fn show(&mut self, decoder: Decoder, bounds: &Bounds) -> Option<Form> {
        let made = match decoder {
            Decoder::Text => return Some(self.ends(Decoder::Text, Form::Text)),
            Decoder::Json => match check_json(&self.bytes) {
                Ok(()) => return Some(self.ends(Decoder::Json, Form::Json)),
                Err(flaw) => Err(flaw),
            },
            Decoder::Image => match image::read(&self.bytes) {
                Some(image) => return Some(self.ends(Decoder::Image, Form::Image(image))),
                None => Err(Flaw::new(0, "it begins like no picture we know: PNG, JPEG, GIF, WebP, BMP")),
            },
            Decoder::JsonLines => json_lines(&self.bytes, bounds),
            Decoder::MessagePack => msgpack::decode(&self.bytes, bounds),
            Decoder::Cbor => cbor::decode(&self.bytes, bounds),
            Decoder::Numbers(format) => numbers::decode(&self.bytes, format, bounds),
            Decoder::Hex => return Some(self.ends(Decoder::Hex, Form::Hex)),
            Decoder::Gzip
            | Decoder::Zlib
            | Decoder::Zstd
            | Decoder::Lz4
            | Decoder::Snappy
            | Decoder::Base64
            | Decoder::Utf16 => return None,
        };
        match made {
            Ok(json) => {
                self.becomes(decoder, json);
                Some(Form::Json)
            }
            Err(flaw) => {
                self.failures.push(Failure { decoder, flaw });
                None
            }
        }
    }
}

/// Whether bytes are one JSON value, and if not, where they stop to be.
fn check_json(bytes: &[u8]) -> Result<(), Flaw> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Err(Flaw::new(error.valid_up_to(), "this byte is no UTF-8")),
    };
    let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) else { return Ok(()) };
    // Lines and columns count from one; the column is the byte's.
    let before: usize = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    let offset = (before + error.column().saturating_sub(1)).min(bytes.len());
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    Err(Flaw::new(offset, words.to_owned()))
}

/// JSON values, one a line, as a list of them.
fn json_lines(bytes: &[u8], bounds: &Bounds) -> Result<Vec<u8>, Flaw> {
    if bytes.len() >= bounds.max_out_bytes {
        return Err(Flaw::bound(0, format!("more than {} bytes would be shown", bounds.max_out_bytes)));
    }
    let mut list = Vec::with_capacity(bytes.len() + 2);
    let mut offset = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let trimmed = line.trim_ascii();
        if !trimmed.is_empty() {
            let lead = line.len() - line.trim_ascii_start().len();
            check_json(trimmed).map_err(|flaw| Flaw::new(offset + lead + flaw.offset, flaw.words))?;
            list.push(if list.is_empty() { b'[' } else { b',' });
            list.extend_from_slice(trimmed);
        }
        offset += line.len();
    }
    if list.is_empty() {
        return Err(Flaw::new(0, "no line holds a value"));
    }
    list.push(b']');
    Ok(list)
}

#[cfg(test)]
mod tests;
