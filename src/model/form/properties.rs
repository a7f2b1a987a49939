//! What a publication says about itself on MQTT 5, as typed. Owns the texts, how they are read, and the words for
//! what section 3.3.2.3 does not allow.
use super::{Field, Format};
use crate::model::line::Line;
use crate::mqtt::{PublishProperties, Topic};

/// User properties of one publication: more than anybody types, and few enough to be walked by Tab.
const MAX_USER: usize = 32;

/// The properties as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Properties {
    /// What the payload is.
    pub content_type: Line,
    /// Seconds.
    pub expiry: Line,
    /// Where an answer is awaited.
    pub response_topic: Line,
    /// Text, or `0x` and hexadecimal digits.
    pub correlation: Line,
    /// What is said of the payload's encoding; `None`: nothing.
    pub utf8: Option<bool>,
    /// `name=value` each; the last one is empty, to be typed into.
    pub user: Vec<Line>,
}

impl Default for Properties {
    fn default() -> Self {
        Self {
            content_type: Line::default(),
            expiry: Line::default(),
            response_topic: Line::default(),
            correlation: Line::default(),
            utf8: None,
            user: vec![Line::default()],
        }
    }
}

impl Properties {
    /// Shows properties that are known.
    pub fn of(known: &PublishProperties) -> Self {
        let line = |text: &Option<String>| text.as_deref().map(Line::with).unwrap_or_default();
        let mut user: Vec<Line> =
            known.user.iter().map(|(name, value)| Line::with(format!("{name}={value}"))).collect();
        user.push(Line::default());
        Self {
            content_type: line(&known.content_type),
            expiry: known.message_expiry_s.map(|s| Line::with(s.to_string())).unwrap_or_default(),
            response_topic: line(&known.response_topic),
            correlation: known.correlation_data.as_deref().map(correlation_line).unwrap_or_default(),
            utf8: known.payload_is_utf8,
            user,
        }
    }

    /// The line of a field.
    pub fn line(&self, field: Field) -> Option<&Line> {
        match field {
            Field::ContentType => Some(&self.content_type),
            Field::Expiry => Some(&self.expiry),
            Field::ResponseTopic => Some(&self.response_topic),
            Field::Correlation => Some(&self.correlation),
            Field::User(at) => self.user.get(at),
            Field::Topic
            | Field::Payload
            | Field::Qos
            | Field::Retain
            | Field::Format
            | Field::Utf8
            | Field::Offline => None,
        }
    }

    /// The same, to be edited.
    pub fn line_mut(&mut self, field: Field) -> Option<&mut Line> {
        match field {
            Field::ContentType => Some(&mut self.content_type),
            Field::Expiry => Some(&mut self.expiry),
            Field::ResponseTopic => Some(&mut self.response_topic),
            Field::Correlation => Some(&mut self.correlation),
            Field::User(at) => self.user.get_mut(at),
            Field::Topic
            | Field::Payload
            | Field::Qos
            | Field::Retain
            | Field::Format
            | Field::Utf8
            | Field::Offline => None,
        }
    }

    /// How many are set.
    pub fn n_set(&self) -> usize {
        let lines = [&self.content_type, &self.expiry, &self.response_topic, &self.correlation];
        let texts = lines.into_iter().chain(&self.user).filter(|line| !line.text().is_empty()).count();
        texts + usize::from(self.utf8.is_some())
    }

    /// Keeps an empty line at the end of the user properties, and none but the one under the cursor elsewhere.
    pub fn settle(&mut self, field: Field) -> Field {
        let mut kept = field;
        let mut at = 0;
        let mut place = 0;
        self.user.retain(|line| {
            let stays = !line.text().is_empty() || field == Field::User(place);
            if field == Field::User(place) {
                kept = Field::User(at);
            }
            at += usize::from(stays);
            place += 1;
            stays
        });
        if self.user.last().is_none_or(|line| !line.text().is_empty()) && self.user.len() < MAX_USER {
            self.user.push(Line::default());
        }
        match kept {
            Field::User(at) => Field::User(at.min(self.user.len().saturating_sub(1))),
            Field::Topic
            | Field::Payload
            | Field::Qos
            | Field::Retain
            | Field::Format
            | Field::ContentType
            | Field::Expiry
            | Field::ResponseTopic
            | Field::Correlation
            | Field::Utf8
            | Field::Offline => kept,
        }
    }

    /// What they say of a payload, or the field that is wrong and why.
    pub fn read(&self, payload: &[u8]) -> Result<PublishProperties, (Field, String)> {
        if self.utf8 == Some(true) && std::str::from_utf8(payload).is_err() {
            return Err((Field::Utf8, "the payload is not UTF-8; say no, or nothing".to_owned()));
        }
        let expiry = self.expiry.text().trim();
        let message_expiry_s = match expiry {
            "" => None,
            digits => Some(digits.parse::<u32>().map_err(|_number| (Field::Expiry, expiry_words(digits)))?),
        };
        let response_topic = match self.response_topic.text() {
            "" => None,
            text => Some(Topic::parse(text).map_err(|error| (Field::ResponseTopic, error.to_string()))?),
        };
        let correlation_data = match self.correlation.text() {
            "" => None,
            text => Some(correlation(text).map_err(|words| (Field::Correlation, words))?),
        };
        let content_type = match self.content_type.text() {
            "" => None,
            text => Some(utf8_string(Field::ContentType, text)?),
        };
        let mut user = Vec::new();
        for (at, line) in self.user.iter().enumerate().filter(|(_, line)| !line.text().is_empty()) {
            let field = Field::User(at);
            let (name, value) = line
                .text()
                .split_once('=')
                .ok_or_else(|| (field, format!("{:?} has no =; it is written name=value", line.text())))?;
            user.push((utf8_string(field, name)?, utf8_string(field, value)?));
        }
        Ok(PublishProperties {
            payload_is_utf8: self.utf8,
            message_expiry_s,
            response_topic: response_topic.map(|topic| topic.as_str().to_owned()),
            correlation_data,
            user,
            content_type,
            ..PublishProperties::default()
        })
    }
}

/// A text as the wire takes it (MQTT 5.0 section 1.5.4).
fn utf8_string(field: Field, text: &str) -> Result<String, (Field, String)> {
    if text.contains('\0') {
        return Err((field, "it cannot hold the null character".to_owned()));
    }
    if text.len() > usize::from(u16::MAX) {
        return Err((
            field,
            format!("{} bytes are more than the {} that MQTT can tell", text.len(), u16::MAX),
        ));
    }
    Ok(text.to_owned())
}

fn expiry_words(digits: &str) -> String {
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("{digits} s are more than the {} that MQTT can tell", u32::MAX);
    }
    format!("{digits:?} is no whole number of seconds")
}

fn correlation(text: &str) -> Result<Vec<u8>, String> {
    let bytes = match text.strip_prefix("0x") {
        Some(digits) => Format::Hex.bytes(digits)?,
        None => text.as_bytes().to_vec(),
    };
    if bytes.len() > usize::from(u16::MAX) {
        return Err(format!("{} bytes are more than the {} that MQTT can tell", bytes.len(), u16::MAX));
    }
    Ok(bytes)
}

fn correlation_line(bytes: &[u8]) -> Line {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.starts_with("0x") && !text.contains(char::is_control) && !text.is_empty() => {
            Line::with(text)
        }
        Ok(_) | Err(_) => Line::with(format!("0x{}", Format::Hex.text(bytes).unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fill: impl FnOnce(&mut Properties)) -> Result<PublishProperties, (Field, String)> {
        let mut properties = Properties::default();
        fill(&mut properties);
        properties.read(b"\xff")
    }

    #[test]
    fn what_section_3_3_2_3_allows_is_said_and_shown_again() {
        let known = PublishProperties {
            payload_is_utf8: Some(false),                                        // 3.3.2.3.2
            message_expiry_s: Some(u32::MAX),                                    // 3.3.2.3.3
            response_topic: Some("answers/me".into()),                           // 3.3.2.3.5
            correlation_data: Some(vec![0, 0xff]),                               // 3.3.2.3.6
            user: vec![("a".into(), "1=2".into()), ("a".into(), String::new())], // 3.3.2.3.7: names may repeat
            content_type: Some("text/plain".into()),                             // 3.3.2.3.9
            ..PublishProperties::default()
        };
        let properties = Properties::of(&known);
        assert_eq!(properties.n_set(), 7);
        assert_eq!(properties.read(b"\xff"), Ok(known));
        assert_eq!(Properties::default().read(b""), Ok(PublishProperties::default()));
        let text =
            PublishProperties { correlation_data: Some(b"id 7".to_vec()), ..PublishProperties::default() };
        assert_eq!(Properties::of(&text).correlation.text(), "id 7");
    }

    #[test]
    fn what_section_3_3_2_3_forbids_is_named_by_its_field() {
        for (result, field, expected) in [
            // 3.3.2.3.2: the payload must be well-formed then.
            (read(|p| p.utf8 = Some(true)), Field::Utf8, "not UTF-8"),
            // 3.3.2.3.3: a four-byte integer.
            (read(|p| p.expiry.set("4294967296")), Field::Expiry, "more than the 4294967295"),
            (read(|p| p.expiry.set("1 h")), Field::Expiry, "\"1 h\" is no whole number of seconds"),
            // MQTT-3.3.2-14: no wildcards.
            (read(|p| p.response_topic.set("a/+")), Field::ResponseTopic, "wildcard"),
            // 3.3.2.3.6: binary data, up to 65,535 bytes (1.5.6).
            (read(|p| p.correlation.set("0xzz")), Field::Correlation, "no hexadecimal digit"),
            (read(|p| p.user[0].set("no value")), Field::User(0), "name=value"),
            // MQTT-1.5.4-2: no null character.
            (read(|p| p.content_type.set("a\0b")), Field::ContentType, "null"),
            (read(|p| p.user[0].set("a=\0")), Field::User(0), "null"),
        ] {
            let (wrong, words) = result.unwrap_err();
            assert_eq!(wrong, field);
            assert!(words.contains(expected), "{words}");
        }
    }

    #[test]
    fn there_is_always_one_empty_user_property_to_type_into() {
        let mut properties = Properties::default();
        properties.user[0].set("a=1");
        assert_eq!(properties.settle(Field::User(0)), Field::User(0));
        assert_eq!(properties.user.len(), 2);
        properties.user[1].set("b=2");
        properties.settle(Field::User(1));
        properties.user[0].set("");
        assert_eq!(properties.settle(Field::User(1)), Field::User(0));
        assert_eq!(properties.user.iter().map(Line::text).collect::<Vec<_>>(), ["b=2", ""]);
        for _ in 0..2 * MAX_USER {
            let last = properties.user.len() - 1;
            properties.user[last].set("x=y");
            properties.settle(Field::Payload);
        }
        assert_eq!(properties.user.len(), MAX_USER);
    }
}
