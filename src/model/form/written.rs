//! The form as it is written and as it goes: placeholders are replaced when it is sent. Owns the difference.
use super::{Form, Format};
use crate::model::line::Line;
use crate::model::placeholders::{self, Ctx};
use crate::model::publications::draft::Draft;
use crate::model::text::Text;
use crate::mqtt::{Payload, Publication, Topic};
use crate::random::Random;

/// Texts that placeholders are looked for in: longer ones are sent as they are written.
const MAX_TEMPLATE_BYTES: usize = 64 * 1024;

/// An example of what placeholders become, to hold against what the broker takes.
const EXAMPLE: (i64, u64) = (1_795_366_206_123, 1);

impl Form {
    /// Whether something could be replaced.
    pub fn could_have_placeholders(&self) -> bool {
        let is_text = matches!(self.format, Format::Text | Format::Json);
        let payload = self.payload.text();
        placeholders::has_any(self.topic.text())
            || is_text && payload.len() <= MAX_TEMPLATE_BYTES && placeholders::has_any(payload)
    }

    /// Whether something is replaced when it is sent.
    pub fn has_placeholders(&self) -> bool {
        !self.as_written && self.could_have_placeholders()
    }

    /// What it would send, with an example in the place of placeholders.
    pub(super) fn example(&self) -> Result<Publication, String> {
        let (unix_ms, n) = EXAMPLE;
        self.filled(&mut Ctx { unix_ms, n, random: &mut Random::default() })
    }

    /// What it sends, its placeholders replaced.
    pub fn filled(&self, ctx: &mut Ctx<'_>) -> Result<Publication, String> {
        let topic = placeholders::expand(self.topic.text(), ctx)?;
        let payload = match self.format {
            Format::Text | Format::Json if self.payload.text().len() <= MAX_TEMPLATE_BYTES => {
                placeholders::expand(self.payload.text(), ctx)?
            }
            Format::Text | Format::Json | Format::Hex | Format::Base64 => self.payload.text().into(),
        };
        let filled = Self {
            topic: Line::with(topic),
            payload: Text::with(payload),
            format: self.format,
            qos: self.qos,
            retain: self.retain,
            properties: self.properties.clone(),
            as_written: true,
            ..Self::default()
        };
        filled.composed()
    }

    /// What stands there, placeholders as they are written.
    pub fn draft(&self) -> Result<Draft, String> {
        let publication = self.composed()?;
        let is_template = !self.as_written;
        if !self.has_placeholders() {
            return Ok(Draft { publication, is_template });
        }
        let topic = Topic::parse(self.topic.text()).map_err(|error| error.to_string())?;
        let is_text = matches!(self.format, Format::Text | Format::Json);
        let payload =
            if is_text { Payload::from(self.payload.text().as_bytes()) } else { publication.payload.clone() };
        Ok(Draft { publication: Publication { topic, payload, ..publication }, is_template })
    }
}

impl Draft {
    /// What it sends, its placeholders replaced.
    pub fn filled(&self, ctx: &mut Ctx<'_>) -> Result<Publication, String> {
        let written = &self.publication;
        let topic = placeholders::expand(written.topic.as_str(), ctx)?;
        let topic = Topic::parse(&topic).map_err(|error| error.to_string())?;
        let payload = match std::str::from_utf8(&written.payload.0) {
            Ok(text) if text.len() <= MAX_TEMPLATE_BYTES => {
                Payload::from(placeholders::expand(text, ctx)?.as_bytes())
            }
            Ok(_) | Err(_) => written.payload.clone(),
        };
        Ok(Publication { topic, payload, ..written.clone() })
    }
}
