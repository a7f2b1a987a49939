//! Why the tree may be empty, and what helps. Owns the words.
use super::device::{Connection, Device};
use crate::mqtt::port::Step;
use crate::time::Timestamp;
use std::time::Duration;

/// How long silence is waited for before it is explained.
pub const SILENCE: Duration = Duration::from_secs(3);

/// How long a step may take before it is told that it is waited for.
const WAITING: Duration = Duration::from_secs(1);

/// What the tree's place says under a device from which nothing was heard; empty when there is nothing to say.
pub fn silence(device: &Device, now: Timestamp) -> Vec<String> {
    if device.n_heard > 0 {
        return Vec::new();
    }
    match &device.connection {
        Connection::Connecting { step, since } if now.since(*since) >= WAITING => {
            let waited = now.since(*since).as_secs();
            let words = match step {
                Step::Connect => {
                    "something accepted the connection, but does not answer CONNECT as a broker does"
                }
                Step::Resolve | Step::Tcp | Step::Proxy | Step::Tls | Step::WebSocket => "no answer yet",
            };
            vec![
                format!("Connecting to {}: {} for {waited} s.", device.profile.address, step.words()),
                format!("{words}."),
            ]
        }
        Connection::Connecting { .. } => Vec::new(),
        Connection::Off => vec!["Disconnected. c connects.".into()],
        Connection::Waiting(lost) => {
            let mut words = vec![lost.cause.clone()];
            words.extend(lost.remedy.clone());
            words.push("c tries again at once.".into());
            words
        }
        Connection::Online(_) => match device.listening_since {
            Some(since) if now.since(since) >= SILENCE => explain(device),
            Some(_) | None => Vec::new(),
        },
    }
}

/// When the silence of a device is due to be explained.
pub fn deadline(device: &Device) -> Option<Timestamp> {
    let since = device.listening_since?;
    (device.n_heard == 0).then(|| since + SILENCE)
}

fn explain(device: &Device) -> Vec<String> {
    let mut words = Vec::new();
    let filters: Vec<_> = device.subscriptions.iter().map(|known| known.asked.filter.as_str()).collect();
    if filters.is_empty() {
        words.push("No subscription is active.".into());
        words.push("S subscribes to a filter, such as # or sensors/#.".into());
        return words;
    }
    words.push(format!("Connected, and listening to {}, but nothing came.", filters.join(", ")));
    if !filters.contains(&"#") {
        words.push("Other topics may be busy: S and # hears them all.".into());
    }
    for known in &device.subscriptions {
        if let Some(Err(refusal)) = &known.granted {
            let why = super::ingest::refusal_words(refusal);
            words.push(format!("The broker refused {}: {why}.", known.asked.filter));
        }
    }
    words.push("What was published before is gone, unless it was retained:".into());
    words.push("publish with -r (mosquitto_pub -r -t … -m …) to have the broker keep it.".into());
    words.push("p publishes a test value, S subscribes to another filter, . pings the broker.".into());
    if filters.contains(&"#") {
        words.push("# does not cover topics that begin with $; S and $SYS/# hears the broker itself.".into());
    }
    words.push("A broker may also hide topics that this user has no right to read.".into());
    words
}
