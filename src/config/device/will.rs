//! The last will in a device file, both ways. Owns its keys.
use super::read::qos;
use super::table::Reader;
use crate::mqtt::profile::Will;
use crate::mqtt::publication::Payload;
use crate::mqtt::{PublishProperties, Qos, Topic};
use toml::de::DeTable;
use toml_edit::{Array, Value};

pub(super) const KEYS: &[&str] = &[
    "topic",
    "payload",
    "payload_hex",
    "qos",
    "retain",
    "delay_s",
    "message_expiry_s",
    "payload_is_utf8",
    "content_type",
    "response_topic",
    "correlation_hex",
    "user",
];

/// The will of a table; `None` when its topic is empty or something is wrong with it.
pub(super) fn read(reader: &mut Reader<'_>, at: usize, table: DeTable<'_>) -> Option<Will> {
    let (mut topic, mut payload, mut is_off) = (None, Vec::new(), table.is_empty());
    let (mut level, mut retain, mut delay_s) = (Qos::AtMostOnce, false, 0);
    let mut properties = PublishProperties::default();
    let n_faults = reader.faults.len();
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        match name {
            "topic" => match reader.text(name, &value).map(|text| Topic::parse(&text)) {
                Some(Ok(parsed)) => topic = Some(parsed),
                Some(Err(error)) => reader.fault(value.span().start, error.to_string()),
                None => is_off = true,
            },
            "payload" => payload = reader.text(name, &value).unwrap_or_default().into_bytes(),
            "payload_hex" => payload = reader.hex(name, &value).unwrap_or_default(),
            "qos" => level = qos(reader, name, &value).unwrap_or_default(),
            "retain" => retain = reader.flag(name, &value).unwrap_or_default(),
            "delay_s" => delay_s = reader.number(name, &value, 0, u32::MAX).unwrap_or_default(),
            "message_expiry_s" => properties.message_expiry_s = reader.number(name, &value, 0, u32::MAX),
            "payload_is_utf8" => properties.payload_is_utf8 = reader.flag(name, &value),
            "content_type" => properties.content_type = reader.text(name, &value),
            "response_topic" => properties.response_topic = reader.text(name, &value),
            "correlation_hex" => properties.correlation_data = reader.hex(name, &value),
            "user" => {
                const PAIRS: &str = "pairs such as [[\"name\", \"value\"]]";
                for pair in reader.array(name, value, PAIRS) {
                    let at = pair.span().start;
                    let texts = reader.array(name, pair, PAIRS);
                    match texts.iter().map(|text| text.get_ref().as_str()).collect::<Option<Vec<_>>>() {
                        Some(texts) if texts.len() == 2 => {
                            properties.user.push((texts[0].to_owned(), texts[1].to_owned()));
                        }
                        Some(_) | None => reader.fault(at, format!("user must be {PAIRS}")),
                    }
                }
            }
            _unknown => reader.unknown(&key, "will", KEYS),
        }
    }
    if topic.is_none() && !is_off && reader.faults.len() == n_faults {
        reader.fault(at, "the will has no topic; write will.topic = \"…\"");
    }
    let payload = Payload::from(payload);
    Some(Will { topic: topic?, payload, qos: level, retain, delay_s, properties })
}

/// The value of each key, in the order of `KEYS`; `None` where it is the default.
pub(super) fn values(will: Option<&Will>) -> Vec<Option<Value>> {
    let Some(will) = will else { return KEYS.iter().map(|_| None).collect() };
    let Will { topic, payload, qos, retain, delay_s, properties } = will;
    let text = std::str::from_utf8(&payload.0).ok();
    let PublishProperties {
        payload_is_utf8,
        message_expiry_s,
        topic_alias: _,
        response_topic,
        correlation_data,
        user,
        subscription_ids: _,
        content_type,
    } = properties;
    let pair = |(name, value): &(String, String)| Value::from(Array::from_iter([name, value]));
    vec![
        Some(topic.as_str().into()),
        text.filter(|text| !text.is_empty()).map(Value::from),
        text.is_none().then(|| hex(&payload.0).into()),
        (*qos != Qos::AtMostOnce).then(|| i64::from(qos.bits()).into()),
        retain.then(|| true.into()),
        (*delay_s > 0).then(|| i64::from(*delay_s).into()),
        message_expiry_s.map(|seconds| i64::from(seconds).into()),
        payload_is_utf8.map(Value::from),
        content_type.as_deref().map(Value::from),
        response_topic.as_deref().map(Value::from),
        correlation_data.as_deref().map(|bytes| hex(bytes).into()),
        (!user.is_empty()).then(|| Value::from(user.iter().map(pair).collect::<Array>())),
    ]
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xF)]).collect()
}
