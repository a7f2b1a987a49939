//! XML laid out with an element a line. Owns where lines break; every tag, text and reference stays spelled as it
//! came. Nothing is expanded: a document that has entities of its own beside XML's five is refused.
use quick_xml::Reader;
use quick_xml::events::Event;

use super::bounds::{Bounds, Flaw};

/// What a level is set in by.
const INDENT: &[u8] = b"  ";

/// The names that stand for a character without being declared.
const PREDEFINED: [&str; 5] = ["lt", "gt", "amp", "quot", "apos"];

/// The document that bytes are, whole and well-formed.
pub(super) fn decode(bytes: &[u8], bounds: &Bounds) -> Result<Vec<u8>, Flaw> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Err(Flaw::new(error.valid_up_to(), "this byte is no UTF-8")),
    };
    let mut reader = Reader::from_str(text);
    let mut sheet = Sheet { out: Vec::new(), bounds, depth: 0, n_roots: 0, is_open: false, run: 0..0 };
    loop {
        let start = offset(reader.buffer_position());
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let at = offset(reader.error_position()).min(bytes.len());
                return Err(Flaw::new(at, error.to_string()));
            }
        };
        let end = offset(reader.buffer_position());
        let raw = bytes.get(start..end).unwrap_or_default();
        let is_text = matches!(event, Event::Text(_) | Event::CData(_) | Event::GeneralRef(_));
        if is_text {
            sheet.run = if sheet.run.is_empty() { start..end } else { sheet.run.start..end };
        } else {
            sheet.flush(bytes, matches!(event, Event::End(_)))?;
        }
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                if let Some(error) = tag.attributes().find_map(Result::err) {
                    return Err(Flaw::new(start, error.to_string()));
                }
                let is_empty = raw.ends_with(b"/>");
                sheet.opens(raw, start, is_empty)?;
            }
            Event::End(_) => sheet.closes(raw, start)?,
            Event::GeneralRef(name) => {
                if !(name.is_char_ref() || PREDEFINED.contains(&name.as_ref())) {
                    let name: &str = name.as_ref();
                    return Err(Flaw::new(
                        start,
                        format!("the entity {name:?} is none of XML's five: not expanded"),
                    ));
                }
            }
            Event::Text(_) | Event::CData(_) => {}
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {
                sheet.line(raw, start)?;
            }
            Event::Eof => return sheet.finish(bytes.len()),
        }
    }
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

struct Sheet<'a> {
    out: Vec<u8>,
    bounds: &'a Bounds,
    depth: usize,
    n_roots: usize,
    /// Whether the line ends in an opening tag that its closing one may follow.
    is_open: bool,
    /// The text that was not written yet.
    run: std::ops::Range<usize>,
}

impl Sheet<'_> {
    fn opens(&mut self, raw: &[u8], at: usize, is_empty: bool) -> Result<(), Flaw> {
        if self.depth == self.bounds.max_depth {
            let words = format!("decoding stops: nested deeper than {} levels", self.depth);
            return Err(Flaw::new(at, words));
        }
        if self.depth == 0 {
            self.n_roots += 1;
            if self.n_roots > 1 {
                return Err(Flaw::new(at, "a second document begins here"));
            }
        }
        self.line(raw, at)?;
        if !is_empty {
            self.depth += 1;
            self.is_open = true;
        }
        Ok(())
    }

    fn closes(&mut self, raw: &[u8], at: usize) -> Result<(), Flaw> {
        self.depth = self.depth.saturating_sub(1);
        if self.is_open {
            self.is_open = false;
            return self.put(raw, at);
        }
        self.line(raw, at)
    }

    /// Writes the text that was gathered: beside its tag when it is all there is inside, else on lines of its own.
    fn flush(&mut self, bytes: &[u8], is_last: bool) -> Result<(), Flaw> {
        let start = self.run.start;
        let text = bytes.get(std::mem::take(&mut self.run)).unwrap_or_default().trim_ascii();
        if text.is_empty() {
            return Ok(());
        }
        if self.depth == 0 {
            return Err(Flaw::new(start, "text stands outside of the document"));
        }
        if self.is_open && is_last && !text.contains(&b'\n') {
            return self.put(text, start);
        }
        self.line(text, start)
    }

    fn line(&mut self, raw: &[u8], at: usize) -> Result<(), Flaw> {
        self.is_open = false;
        if !self.out.is_empty() {
            self.put(b"\n", at)?;
        }
        for _ in 0..self.depth {
            self.put(INDENT, at)?;
        }
        self.put(raw, at)
    }

    fn put(&mut self, raw: &[u8], at: usize) -> Result<(), Flaw> {
        let max = self.bounds.max_out_bytes;
        if raw.len() > max.saturating_sub(self.out.len()) {
            return Err(Flaw::bound(at, format!("decoding stops: more than {max} bytes would be shown")));
        }
        self.out.extend_from_slice(raw);
        Ok(())
    }

    fn finish(self, n_bytes: usize) -> Result<Vec<u8>, Flaw> {
        match (self.depth, self.n_roots) {
            (0, 0) => Err(Flaw::new(n_bytes, "no element is there")),
            (0, _) => Ok(self.out),
            (1, _) => Err(Flaw::new(n_bytes, "an element is not closed")),
            (n, _) => Err(Flaw::new(n_bytes, format!("{n} elements are not closed"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GOOD: &str =
        "<?xml version=\"1.0\"?><a x='1'><b>1 &lt; 2 &#x41;</b><c/><!-- n --><d>\n<e></e> t </d></a>";

    fn read(text: &str) -> Result<String, Flaw> {
        decode(text.as_bytes(), &Bounds::default()).map(|out| String::from_utf8(out).unwrap())
    }

    #[test]
    fn elements_come_a_line_each_and_texts_beside_their_tags() {
        let expected = "<?xml version=\"1.0\"?>\n<a x='1'>\n  <b>1 &lt; 2 &#x41;</b>\n  <c/>\n  <!-- n -->\n  \
                        <d>\n    <e></e>\n    t\n  </d>\n</a>";
        assert_eq!(read(GOOD).as_deref(), Ok(expected));
        assert_eq!(read(expected).as_deref(), Ok(expected));
    }

    #[test]
    fn what_is_malformed_or_a_trap_is_told_with_its_place() {
        let laughs = "<!DOCTYPE a [<!ENTITY lol \"lol\"><!ENTITY l2 \"&lol;&lol;\">]><a>&l2;</a>";
        for (text, offset, words) in [
            (laughs, laughs.len() - 8, "the entity \"l2\" is none of XML's five: not expanded"),
            ("<a><b>", 6, "2 elements are not closed"),
            ("<a/><b/>", 4, "a second document begins here"),
            ("<a/>x", 4, "text stands outside of the document"),
            ("", 0, "no element is there"),
        ] {
            assert_eq!(read(text), Err(Flaw::new(offset, words)), "{text}");
        }
        for text in ["<a></b>", "<a x=1/>", "<a x='1' x='2'/>", "</a>", "<a"] {
            assert!(read(text).is_err(), "{text}");
        }
        assert_eq!(
            read(&"<a>".repeat(100_000)).unwrap_err().words,
            "decoding stops: nested deeper than 128 levels"
        );
        for end in 0..GOOD.len() {
            assert!(read(GOOD.get(..end).unwrap()).is_err(), "cut at {end}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(pieces in prop::collection::vec(prop::sample::select(
            vec!["<a>", "</a>", "<b x='1'>", "</b>", "<c/>", "&amp;", "&x;", "t", "\n", "<!--", "-->", "<![CDATA[", "]]>", "<", "é", "\0"],
        ), 0..30)) {
            let text = pieces.concat();
            let bounds = Bounds { max_out_bytes: 100, max_depth: 5, max_layers: 3 };
            match decode(text.as_bytes(), &bounds) {
                Ok(out) => prop_assert!(out.len() <= 100),
                Err(flaw) => prop_assert!(flaw.offset <= text.len()),
            }
        }
    }
}
