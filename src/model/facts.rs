//! Facts in lines: of a device, a branch, a message. Owns their words and order.
use super::came;
use super::device::{Connection, Device, Subscribed};
use super::ingest::refusal_words;
use super::picture;
use super::shown::fact;
use crate::decode::{Ink, Line, figures};
use crate::mqtt::{Queued, Retained};
use crate::store::{Last, LastPayload, NodeId};
use crate::time::{Timestamp, WallOrigin};
use crate::wire;

/// Properties read for a frame: anybody may send megabytes of them with a message.
const MAX_PROPERTIES_BYTES: usize = 64 * 1024;

/// Properties of one kind listed.
const MAX_LISTED: usize = 100;

/// Bytes of correlation data shown: more than any identifier has.
const MAX_CORRELATION_BYTES: usize = 64;

/// Log lines shown below a device's facts.
const LOG_LINES: usize = 100;

/// What is known of a device and its connection.
pub fn of_device(device: &Device, now: Timestamp, wall: WallOrigin) -> Vec<Line> {
    let profile = &device.profile;
    let mut lines = vec![
        fact(
            "broker",
            Ink::Plain,
            &format!("{} over {}", profile.address, profile.address.transport.words()),
        ),
        fact("version", Ink::Plain, &version_words(device)),
        fact("state", Ink::Text, &state_words(device, now)),
    ];
    let client_id = device.online().map_or(profile.client_id.as_str(), |online| &online.client_id);
    lines.push(fact("client id", Ink::Text, client_id));
    if let Some(online) = device.online() {
        let present = if online.connack.session_present { "session present" } else { "no session present" };
        let clean = if profile.clean_start { "clean start" } else { "session kept" };
        lines.push(fact("session", Ink::Plain, &format!("{clean}, {present}")));
        lines.push(fact(
            "keep-alive",
            Ink::Plain,
            &keep_alive_words(online.keep_alive_s, profile.keep_alive_s),
        ));
        lines.extend(limits(device));
        lines.extend(super::tls::lines(online, now));
    }
    if let Some(round_trip) = device.round_trips.last() {
        let words = format!(
            "{} of {}",
            figures::span(round_trip),
            figures::counted(device.round_trips.len() as u64, "ping")
        );
        lines.push(fact("round trip", Ink::Number, &words));
    }
    for known in &device.subscriptions {
        let granted = match &known.granted {
            None => "asked for".to_owned(),
            Some(Ok(qos)) => format!("granted QoS {qos} (asked {})", known.asked.qos),
            Some(Err(refusal)) => format!("refused: {}", refusal_words(refusal)),
        };
        lines.push(fact("subscription", Ink::Text, &format!("{}  {granted}", known.asked.filter)));
    }
    let counts = device.store.counts();
    let link = &device.link;
    lines.push(fact(
        "received",
        Ink::Number,
        &format!("{} messages, {}", figures::grouped(counts.n_messages), figures::bytes(link.bytes_in)),
    ));
    lines.push(fact(
        "sent",
        Ink::Number,
        &format!("{} publications, {}", figures::grouped(link.publishes_out), figures::bytes(link.bytes_out)),
    ));
    for (name, n) in [
        ("left out", device.n_refused),
        ("excluded", device.n_excluded),
        ("duplicates", link.n_duplicates),
        ("reads paused", link.n_stalls),
        ("evicted", counts.n_history_evicted),
        ("dropped", counts.n_messages_refused),
    ] {
        if n > 0 {
            lines.push(fact(name, Ink::Number, &figures::grouped(n)));
        }
    }
    if !device.log.is_empty() {
        lines.push(Line::default());
    }
    for entry in device.log.iter().rev().take(LOG_LINES) {
        lines.push(fact(&wall.time_of_day(entry.at), Ink::Plain, &entry.words));
    }
    lines
}

/// Where the connection stands, in words.
pub fn state_words(device: &Device, now: Timestamp) -> String {
    match &device.connection {
        Connection::Connecting { step, since } => {
            format!("connecting: {} for {}", step.words(), figures::span(now.since(*since)))
        }
        Connection::Online(online) => format!("online, connected {}", figures::ago(now.since(online.at))),
        Connection::Waiting(lost) => match lost.retry_at {
            Some(at) => format!("{}; next try in {} s", lost.cause, at.since(now).as_secs() + 1),
            None => format!("{}; c tries again", lost.cause),
        },
        Connection::Off => "disconnected; c connects".into(),
    }
}

fn version_words(device: &Device) -> String {
    let profile = &device.profile;
    match device.online() {
        Some(online) if profile.version_is_fixed => online.version.to_string(),
        Some(online) => format!("{} (found)", online.version),
        None if profile.version_is_fixed => profile.version.to_string(),
        None => format!("{}, or 3.1.1 if the broker doesn't take it", profile.version),
    }
}

pub(super) fn keep_alive_words(in_force: u16, ours: u16) -> String {
    let whose = if in_force == ours { String::new() } else { format!(" (the broker's; ours is {ours} s)") };
    let advice = match in_force {
        0 => " is off: a dead link goes unnoticed until something is sent",
        1..60 => "; under 60 s costs traffic",
        60..=300 => "",
        301.. => "; over 300 s many routers forget the connection",
    };
    format!("{in_force} s{whose}{advice}")
}

fn limits(device: &Device) -> Vec<Line> {
    let Some(online) = device.online() else { return Vec::new() };
    let connack = &online.connack;
    let mut words = Vec::new();
    if let Some(qos) = connack.max_qos {
        words.push(format!("QoS {qos} at most"));
    }
    if connack.retain_available == Some(false) {
        words.push("no retained messages".into());
    }
    if let Some(bytes) = connack.max_packet_bytes {
        words.push(format!("packets up to {}", figures::bytes(u64::from(bytes))));
    }
    if let Some(n) = connack.receive_maximum {
        words.push(format!("{n} publications in flight"));
    }
    if connack.wildcard_available == Some(false) {
        words.push("no wildcards".into());
    }
    if connack.shared_available == Some(false) {
        words.push("no shared subscriptions".into());
    }
    let mut lines = Vec::new();
    if !words.is_empty() {
        lines.push(fact("broker takes", Ink::Plain, &words.join(", ")));
    }
    if connack.n_user_left_out > 0 {
        let n = u64::from(connack.n_user_left_out);
        lines.push(fact(
            "left out",
            Ink::Number,
            &format!("{} user properties of CONNACK", figures::grouped(n)),
        ));
    }
    lines
}

/// What is known of a branch that is no topic itself.
pub fn of_branch(device: &Device, node: NodeId, now: Timestamp) -> Vec<Line> {
    let figure = device.store.node(node);
    let mut lines = vec![
        fact("topics below", Ink::Number, &figures::grouped(figure.n_topics_below as u64)),
        fact("messages", Ink::Number, &figures::grouped(figure.n_messages_below)),
        fact("rate", Ink::Number, &figures::rate(f64::from(figure.rate_per_s(now)))),
    ];
    if figure.n_messages_below > 0 {
        lines.push(fact("last message", Ink::Plain, &figures::ago(now.since(figure.last_change))));
    }
    lines.push(Line::default());
    let mut silence = Line::default();
    silence.push(Ink::Faint, "no message came on this very topic");
    lines.push(silence);
    lines
}

/// What is known of a message besides its payload; the last line parts the two.
pub fn of_message(device: &Device, node: NodeId, last: &Last<'_>, wall: WallOrigin) -> Vec<Line> {
    let retained = match last.retained {
        Retained::Yes if last.n_bytes == 0 => "no: an empty retained message deletes what was kept",
        Retained::Yes => "yes",
        Retained::No => "no",
        Retained::Unknown => "unknown (MQTT 3.1.1 tells only of messages kept before we subscribed)",
    };
    let mut lines = vec![
        fact("size", Ink::Number, &format!("{} bytes", figures::grouped(last.n_bytes as u64))),
        fact("received", Ink::Number, &wall.time_of_day(last.received)),
        fact("QoS", Ink::Number, &last.qos.to_string()),
    ];
    let mut topic = String::new();
    device.store.topic_of(node, &mut topic);
    let ids = subscription_ids(last);
    let by = came::subscriptions(device, &ids, &topic);
    lines.extend(came::why_qos(last.qos, &by).map(|words| fact("why", Ink::Plain, &words)));
    lines.push(fact("retained", Ink::Literal, retained));
    lines.extend(came_by(device, &ids, &by));
    if let Some(id) = last.packet_id {
        lines.push(fact("packet id", Ink::Number, &id.to_string()));
    }
    if last.dup {
        lines.push(fact("DUP", Ink::Literal, "set: it may have been delivered before"));
    }
    match last.queued {
        Queued::No => {}
        Queued::Likely => lines.push(fact("queued", Ink::Literal, "likely, while we were away")),
        Queued::Certainly => lines.push(fact("queued", Ink::Literal, "while we were away: DUP tells")),
    }
    if !last.properties.is_empty() {
        lines.extend(properties(last.properties));
    }
    if let LastPayload::Evicted { .. } = last.payload {
        lines.push(fact("payload", Ink::Faint, "evicted to stay within --memory"));
    }
    if let Some(twin) = picture::twin(device, node) {
        lines.push(fact("beware", Ink::Text, &format!("{twin} is another topic: a leading slash counts")));
    }
    lines.push(Line::default());
    lines
}

/// The ids of the subscriptions that a message came by, as far as the broker told them.
fn subscription_ids(last: &Last<'_>) -> Vec<u32> {
    let is_sane = (1..=MAX_PROPERTIES_BYTES).contains(&last.properties.len());
    let read = is_sane.then(|| wire::read_publish_properties(last.properties).ok()).flatten();
    let mut ids = read.map(|properties| properties.subscription_ids).unwrap_or_default();
    ids.truncate(MAX_LISTED);
    ids
}

/// The subscriptions that a message came by: told by the broker's ids, else those that match.
fn came_by(device: &Device, ids: &[u32], by: &[&Subscribed]) -> Vec<Line> {
    let filter = |known: &&Subscribed| known.asked.filter.to_string();
    if ids.is_empty() {
        let how = match by {
            [] => return Vec::new(),
            [_] => "it matches; the broker tells no id",
            [_, _, ..] => "these match; the broker tells no id",
        };
        let filters: Vec<String> = by.iter().map(filter).collect();
        return vec![fact("came by", Ink::Text, &format!("{} ({how})", filters.join(", ")))];
    }
    let words = |id: &u32| match device.came.filter(*id) {
        Some(filter) => format!("{filter} (id {id})"),
        None => format!("a subscription that is no more (id {id})"),
    };
    ids.iter().map(|id| fact("came by", Ink::Text, &words(id))).collect()
}

fn properties(bytes: &[u8]) -> Vec<Line> {
    if bytes.len() > MAX_PROPERTIES_BYTES {
        let words = format!("{}, more than is listed", figures::counted(bytes.len() as u64, "byte"));
        return vec![fact("properties", Ink::Faint, &words)];
    }
    let properties = match wire::read_publish_properties(bytes) {
        Ok(properties) => properties,
        Err(error) => return vec![fact("properties", Ink::Escape, &error.to_string())],
    };
    let mut lines = Vec::new();
    let mut add = |name, value: Option<String>| {
        if let Some(value) = value {
            lines.push(fact(name, Ink::Text, &value));
        }
    };
    add("content type", properties.content_type);
    let format = |is_utf8| if is_utf8 { "UTF-8" } else { "unspecified bytes" };
    add("format", properties.payload_is_utf8.map(|is_utf8| format(is_utf8).to_owned()));
    add("expires in", properties.message_expiry_s.map(|seconds| format!("{seconds} s")));
    add("response to", properties.response_topic);
    add(
        "correlation",
        properties.correlation_data.map(|data| match data.get(..MAX_CORRELATION_BYTES) {
            Some(begin) if begin.len() < data.len() => format!("{}…", hex_digits(begin)),
            Some(_) | None => hex_digits(&data),
        }),
    );
    let n_more = properties.user.len().saturating_sub(MAX_LISTED);
    for (name, value) in properties.user.into_iter().take(MAX_LISTED) {
        add("user property", Some(format!("{name} = {value}")));
    }
    add("user property", (n_more > 0).then(|| format!("and {} more", figures::grouped(n_more as u64))));
    lines
}

fn hex_digits(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for half in [byte >> 4, byte & 0xF] {
            digits.extend(char::from_digit(u32::from(half), 16));
        }
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::keep_alive_words;

    #[test]
    fn keep_alive_is_told_with_its_owner_and_advice() {
        for (in_force, ours, words) in [
            (60, 60, "60 s"),
            (300, 300, "300 s"),
            (59, 59, "59 s; under 60 s costs traffic"),
            (301, 301, "301 s; over 300 s many routers forget the connection"),
            (20, 60, "20 s (the broker's; ours is 60 s); under 60 s costs traffic"),
            (0, 0, "0 s is off: a dead link goes unnoticed until something is sent"),
        ] {
            assert_eq!(keep_alive_words(in_force, ours), words);
        }
    }
}
