//! What a person should know of a message of Sparkplug beside its members, in words: births and deaths, aliases that
//! nobody has explained, qualities that are not good. Owns the words.
use super::super::figures::{bytes, counted};
use super::super::reader::Reader;
use super::births::{Births, Heard};
use super::metric::Metric;
use super::packed::Inside;
use super::route::{Message, Route, host};
use super::{REBIRTH, Told, date_of, of};

/// Names and aliases that are listed; the others are counted.
const MAX_LISTED: usize = 5;

/// What was undone.
pub(super) fn unpacked(inside: &Inside) -> String {
    let size = |n: usize| bytes(n as u64);
    let (packed, unpacked) = (size(inside.n_packed), size(inside.bytes.len()));
    format!("its body was compressed by {} ({packed} → {unpacked})", inside.decoder.title())
}

/// All there is to say of a payload.
pub(super) fn notes(reader: Reader<'_>, told: &Told) -> Vec<String> {
    let Some(route) = Route::parse(&told.topic) else { return Vec::new() };
    let mut seen = Seen::default();
    of(reader, 2)
        .map_while(Result::ok)
        .filter_map(|field| Metric::read(field.inside().ok()?).ok())
        .for_each(|metric| seen.take(&metric, &told.births));
    let mut notes: Vec<String> = event(&route, &seen, &told.births).into_iter().collect();
    if seen.strange.n > 0 {
        notes.push(unexplained(&route, &seen.strange, &told.births));
    } else if seen.n_explained > 0 {
        let names = if seen.n_explained == 1 { "the name is" } else { "the names are" };
        notes.push(format!("{} without a name: {names} from the birth", counted(seen.n_explained, "metric")));
    }
    for (listed, words) in [(&seen.stale, "STALE"), (&seen.bad, "BAD")] {
        if listed.n > 0 {
            notes.push(format!("quality {words}: {}", listed.words()));
        }
    }
    if seen.n_historical > 0 {
        notes.push(format!("{} of the past, not of now", counted(seen.n_historical, "value")));
    }
    notes
}

/// What the state of a host says: JSON with the moment of its last change; plain words before 3.0.
pub(in crate::decode) fn state(topic: &str, payload: &[u8]) -> Option<String> {
    let host = host(topic)?;
    let (is_online, since) = match payload.trim_ascii() {
        b"ONLINE" => (true, None),
        b"OFFLINE" => (false, None),
        json => {
            let json: serde_json::Value = serde_json::from_slice(json).ok()?;
            let ms = json.get("timestamp").and_then(serde_json::Value::as_u64);
            (json.get("online")?.as_bool()?, ms.and_then(date_of))
        }
    };
    let is = if is_online { "is online" } else { "is offline: nobody reads what edge nodes tell" };
    Some(format!("host {host:?} {is}{}", since.map(|date| format!(", since {date}")).unwrap_or_default()))
}

/// Some of many.
#[derive(Default)]
struct Listed {
    names: Vec<String>,
    n: u64,
}

impl Listed {
    fn add(&mut self, name: impl Into<String>) {
        self.n += 1;
        if self.names.len() < MAX_LISTED {
            self.names.push(name.into());
        }
    }

    fn words(&self) -> String {
        let more = self.n - self.names.len() as u64;
        let names = self.names.join(", ");
        if more > 0 { format!("{names} and {more} more") } else { names }
    }
}

/// What the metrics of a payload are like.
#[derive(Default)]
struct Seen {
    n_metrics: u64,
    bd_seq: Option<u64>,
    is_rebirth: bool,
    strange: Listed,
    n_explained: u64,
    stale: Listed,
    bad: Listed,
    n_historical: u64,
}

impl Seen {
    fn take(&mut self, metric: &Metric<'_>, births: &Births) {
        self.n_metrics += 1;
        match (metric.name.as_deref(), metric.alias) {
            (Some("bdSeq"), _) => self.bd_seq = metric.whole(),
            (Some(REBIRTH), _) => self.is_rebirth = true,
            (Some(_), _) | (None, None) => {}
            (None, Some(_)) if births.known(metric).is_some() => self.n_explained += 1,
            (None, Some(alias)) => self.strange.add(alias.to_string()),
        }
        match metric.doubt() {
            Some("STALE") => self.stale.add(metric.title(births)),
            Some(_) => self.bad.add(metric.title(births)),
            None => {}
        }
        self.n_historical += u64::from(metric.is_historical);
    }
}

/// What has happened.
fn event(route: &Route<'_>, seen: &Seen, births: &Births) -> Option<String> {
    let who = route.who();
    let session = seen.bd_seq.map(|n| format!(" (session {n} by bdSeq)")).unwrap_or_default();
    match route.message {
        Message::NodeBirth => Some(format!("birth: {who} came online{session}")),
        Message::DeviceBirth => Some(format!("birth: {who} came online")),
        Message::NodeDeath => {
            let born = births.node.birth().and_then(|birth| birth.bd_seq);
            Some(match (seen.bd_seq, born) {
                (Some(dead), Some(born)) if dead != born => format!(
                    "death of an earlier session: it ended bdSeq {dead}, and {who} was born again as {born}"
                ),
                (_, _) => {
                    format!("death: {who} went offline, all its metrics and devices are stale{session}")
                }
            })
        }
        Message::DeviceDeath => Some(format!("death: {who} went offline, all its metrics are stale")),
        Message::NodeCommand if seen.is_rebirth => {
            Some(format!("command: {who} is asked for its births again"))
        }
        Message::NodeCommand | Message::DeviceCommand => Some(format!("command: {who} is told to change")),
        Message::NodeData | Message::DeviceData => None,
    }
}

/// Aliases that no birth has explained, and what would.
fn unexplained(route: &Route<'_>, strange: &Listed, births: &Births) -> String {
    let alias = if strange.n == 1 { "alias" } else { "aliases" };
    let heard = if route.device.is_some() { &births.device } else { &births.node };
    let birth = match (route.message, route.device.is_some()) {
        (message, _) if message.is_birth() => "the birth gives them no name",
        (_, is_device) => match (heard, is_device) {
            (Heard::No, true) => "no birth of the device was heard",
            (Heard::No, false) => "no birth of the edge node was heard",
            (Heard::Evicted, _) => "the birth was dropped to stay within the memory budget",
            (Heard::Yes(birth), _) if birth.is_partial => "the birth is too long, or not well formed",
            (Heard::Yes(_), _) => "the last birth does not have it",
        },
    };
    let ask = route.of_node(Message::NodeCommand);
    let words = strange.words();
    format!("{alias} {words}: {birth}; alt-b asks for it: {REBIRTH} = true to {ask}")
}
