//! The links of a chain: what each decoder does to the bytes, and what is kept of how that went.
use std::borrow::Cow;
use std::sync::LazyLock;

use super::super::bounds::{Bounds, Flaw};
use super::super::decoder::Decoder;
use super::super::hint::Hint;
use super::super::protobuf::{fields, message};
use super::super::sparkplug::Told;
use super::super::unpack::{Mark, mark, unpack};
use super::super::{
    base64, cbor, figures, image, json, json_lines, meshtastic, msgpack, numbers, sparkplug, utf16, value,
    xml,
};
use super::{Failure, Form, Step};

/// A payload as far as it was undone, and what that took.
pub(super) struct Chain<'a, 'h> {
    pub bytes: Cow<'a, [u8]>,
    pub steps: Vec<Step>,
    pub failures: Vec<Failure>,
    pub cut: Option<Decoder>,
    pub notes: Vec<String>,
    pub hint: Hint<'h>,
}

impl<'a, 'h> Chain<'a, 'h> {
    /// Nothing undone yet.
    pub fn new(payload: &'a [u8], hint: Hint<'h>) -> Self {
        let bytes = Cow::Borrowed(payload);
        Self { bytes, steps: Vec::new(), failures: Vec::new(), cut: None, notes: Vec::new(), hint }
    }

    /// Undoes the packings that are known by a mark.
    pub fn peel(&mut self, bounds: &Bounds) {
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
    pub fn undo(&mut self, decoder: Decoder, bounds: &Bounds) -> bool {
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

    pub fn ends(&mut self, decoder: Decoder, form: Form) -> Form {
        let n = self.bytes.len();
        self.steps.push(Step { decoder, n_in: n, n_out: n });
        form
    }

    /// As it is: text, or a dump of what is none.
    pub fn plain(&mut self) -> Form {
        if value::is_text(&self.bytes) {
            self.ends(Decoder::Text, Form::Text)
        } else {
            self.ends(Decoder::Hex, Form::Hex)
        }
    }

    /// By what it seems to be.
    pub fn guess(&mut self, bounds: &Bounds) -> Form {
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
            match guess {
                Ok(Some(json)) => {
                    self.becomes(decoder, json);
                    return Form::Json;
                }
                Ok(None) => {}
                Err(flaw) => self.failures.push(Failure { decoder, flaw }),
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
            if let Ok(lines) = json_lines::decode(&self.bytes, bounds) {
                self.becomes(Decoder::JsonLines, lines);
                return Form::Json;
            }
            if let Err(flaw) = json_lines::check(&self.bytes) {
                self.failures.push(Failure { decoder: Decoder::Json, flaw });
            }
        } else if trimmed.first() == Some(&b'<') {
            // What only looks like it is no failure, unless it says itself that it is XML.
            let is_told = trimmed.starts_with(b"<?xml");
            match xml::decode(&self.bytes, bounds) {
                Ok(laid_out) => {
                    self.becomes(Decoder::Xml, laid_out);
                    return Form::Text;
                }
                Err(flaw) if is_told || flaw.is_bound() => {
                    self.failures.push(Failure { decoder: Decoder::Xml, flaw });
                }
                Err(_) => {}
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

    /// What is shown where a chosen decoder does not suit: of what should be protobuf its fields, or what it seems
    /// to be; else the bytes as they are.
    pub fn instead(&mut self, decoder: Decoder, bounds: &Bounds) -> Form {
        if decoder != Decoder::Protobuf {
            return self.plain();
        }
        let n_failures = self.failures.len();
        let fields = self.show(Decoder::ProtobufFields, bounds);
        fields.unwrap_or_else(|| {
            // One reason is enough for bytes that are none of either.
            self.failures.truncate(n_failures);
            self.guess(bounds)
        })
    }

    fn sparkplug(&mut self, bounds: &Bounds) -> Result<Vec<u8>, Flaw> {
        static NOTHING: LazyLock<Told> = LazyLock::new(Told::default);
        if !sparkplug::IS_BUILT_IN {
            let words = "this program was built without its feature sparkplug";
            return Err(Flaw::setting(words));
        }
        let sheet = sparkplug::decode(&self.bytes, self.hint.told.map_or(&*NOTHING, |told| told), bounds)?;
        self.notes.extend(sheet.notes);
        Ok(sheet.json)
    }

    /// By one decoder; none when it does not suit.
    pub fn show(&mut self, decoder: Decoder, bounds: &Bounds) -> Option<Form> {
        let made = match decoder {
            Decoder::Text => return Some(self.ends(Decoder::Text, Form::Text)),
            Decoder::Json => match json_lines::check(&self.bytes) {
                Ok(()) => return Some(self.ends(Decoder::Json, Form::Json)),
                Err(flaw) => Err(flaw),
            },
            Decoder::Image => match image::read(&self.bytes) {
                Some(image) => return Some(self.ends(Decoder::Image, Form::Image(image))),
                None => Err(Flaw::new(0, "it begins like no picture we know: PNG, JPEG, GIF, WebP, BMP")),
            },
            Decoder::Xml => match xml::decode(&self.bytes, bounds) {
                Ok(laid_out) => {
                    self.becomes(Decoder::Xml, laid_out);
                    return Some(Form::Text);
                }
                Err(flaw) => Err(flaw),
            },
            Decoder::JsonLines => json_lines::decode(&self.bytes, bounds),
            Decoder::MessagePack => msgpack::decode(&self.bytes, bounds),
            Decoder::Cbor => cbor::decode(&self.bytes, bounds),
            Decoder::Sparkplug => self.sparkplug(bounds),
            Decoder::Meshtastic => meshtastic::decode(&self.bytes, bounds),
            Decoder::Protobuf => {
                let made = message::decode(&self.bytes, self.hint.schema, bounds);
                if let (Ok(_), Some(Ok(schema))) = (&made, self.hint.schema) {
                    self.notes.push(format!("read as {}", schema.message()));
                }
                made
            }
            Decoder::ProtobufFields => fields::decode(&self.bytes, bounds),
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
