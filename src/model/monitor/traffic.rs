//! Messages and bytes, queues, what was left out, topics that stand out. Owns the words.
use super::lines::{Lines, Shade, long};
use super::survey::Found;
use crate::decode::{figures, fit, sanitize};
use crate::model::Model;
use crate::model::device::Device;
use crate::store::{MAX_PAST_PAYLOAD_BYTES, NodeId};
use crate::time::Timestamp;
use std::time::Duration;

pub(super) fn lines(lines: &mut Lines, model: &Model, device: &Device, now: Timestamp) {
    let (link, counts) = (&device.link, device.store.counts());
    let words = format!(
        "{} messages, {} · {} {}",
        figures::grouped(link.messages_in),
        figures::bytes(link.bytes_in),
        figures::rate(device.messages_in.per_second(now)),
        figures::byte_rate(device.bytes_in.per_second(now)),
    );
    lines.fact("in", Shade::Plain, &words);
    let words = format!(
        "{} publications, {} · {}",
        figures::grouped(link.publishes_out),
        figures::bytes(link.bytes_out),
        figures::rate(device.publishes_out.per_second(now)),
    );
    lines.fact("out", Shade::Plain, &words);
    let waiting = format!(
        "{} to be shown · {} to be sent · {} held here",
        figures::grouped(link.n_unread as u64),
        figures::grouped(link.n_queued as u64),
        device.held.len()
    );
    lines.fact("waiting", Shade::Plain, &waiting);
    let coalesced = model.spacing.counts_of_device(device.id);
    if coalesced.n_replaced + coalesced.n_repeated > 0 {
        let (replaced, repeated) =
            (figures::grouped(coalesced.n_replaced), figures::grouped(coalesced.n_repeated));
        let words = format!("{replaced} values gave way to newer ones, {repeated} were the same again");
        lines.fact("coalesced", Shade::Plain, &words);
    }
    let stalls = match link.n_stalls {
        0 => "never".to_owned(),
        n => format!("{} times, for our queue was full", figures::grouped(n)),
    };
    lines.fact("reads paused", if link.n_stalls > 0 { Shade::Warn } else { Shade::Plain }, &stalls);
    if !device.excludes.is_empty() || device.n_excluded > 0 {
        let filters = figures::counted(device.excludes.len() as u64, "filter");
        let words = format!("{} by {filters}", figures::counted(device.n_excluded, "message"));
        lines.fact("excluded", Shade::Plain, &words);
    }
    let losses = [
        (device.n_refused, "left out as too large or unreadable"),
        (counts.n_messages_refused, "dropped as memory was full"),
        (counts.n_payloads_evicted, "last payloads evicted"),
        (counts.n_history_evicted, "messages of history evicted"),
    ];
    let told: Vec<String> = losses
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, words)| format!("{} {words}", figures::grouped(n)))
        .collect();
    if counts.n_payloads_cut > 0 {
        let (n, most) = (figures::counted(counts.n_payloads_cut, "payload"), MAX_PAST_PAYLOAD_BYTES as u64);
        let words = format!("{n} of history cut to {}; the last ones are whole", figures::bytes(most));
        lines.fact("truncated", Shade::Plain, &words);
    }
    let dropped = device.n_refused + counts.n_messages_refused > 0;
    let words = if told.is_empty() { "nothing".to_owned() } else { told.join(", ") };
    lines.fact("dropped", if dropped { Shade::Bad } else { Shade::Plain }, &words);
    match model.monitor.survey.found(device) {
        Some(found) => standing_out(lines, device, found),
        None => lines.fact("topics", Shade::Faint, "being looked at …"),
    }
}

fn standing_out(lines: &mut Lines, device: &Device, found: &Found) {
    #[expect(clippy::cast_precision_loss, reason = "a figure for the eye")]
    let rate = |figure: u64| figures::rate(figure as f64 / 1_000.0);
    let silence = |figure: u64| long(Duration::from_nanos(figure));
    few(lines, device, "largest", &found.largest, figures::bytes);
    few(lines, device, "busiest", &found.busiest, rate);
    few(lines, device, "silent for", &found.silent, silence);
}

fn few(lines: &mut Lines, device: &Device, name: &str, few: &[(u64, NodeId)], words: impl Fn(u64) -> String) {
    for (n, (figure, node)) in few.iter().enumerate() {
        let mut topic = String::new();
        device.store.topic_of(*node, &mut topic);
        let figure = format!("{:<12} ", words(*figure));
        let room = lines.cols.saturating_sub(14 + figure.len()).max(8);
        let topic = sanitize(topic.as_bytes(), room);
        let name = if n == 0 { name } else { "" };
        lines.fact(name, Shade::Plain, &format!("{figure}{}", fit(&topic, room, "…")));
    }
}
