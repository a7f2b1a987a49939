//! Filters in rows: what was asked, granted, and came, then what is dropped of it. Owns the words; changing them is `deeds`'.
use super::lines::{Lines, Shade};
use crate::decode::{figures, fit, sanitize};
use crate::model::Model;
use crate::model::device::Device;
use crate::model::excludes::Exclude;
use crate::model::ingest::refusal_words;
use crate::mqtt::port::Refusal;
use crate::mqtt::{Qos, Subscription, Version};
use crate::time::Timestamp;

/// Columns of a row besides its filter.
const FIXED_COLS: usize = 40;

/// What became of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// No answer yet, or not online.
    Asked,
    /// Granted at a QoS.
    Granted(Qos),
    /// Refused.
    Refused(Refusal),
    /// Dropped by the user, to be asked for again by a key.
    Paused,
}

/// The rows of the list: what is asked for, then what pauses.
pub fn rows(device: &Device) -> Vec<(&Subscription, Fate)> {
    let is_paused = |asked: &Subscription| device.paused.iter().any(|paused| paused.filter == asked.filter);
    let live = device.subscriptions.iter().filter(|known| !is_paused(&known.asked)).map(|known| {
        let fate = match &known.granted {
            None => Fate::Asked,
            // The broker keeps it for a session that is resumed; else it is asked for anew.
            Some(Ok(_)) if device.online().is_none() => Fate::Asked,
            Some(Ok(qos)) => Fate::Granted(*qos),
            Some(Err(refusal)) => Fate::Refused(refusal.clone()),
        };
        (&known.asked, fate)
    });
    live.chain(device.paused.iter().map(|paused| (paused, Fate::Paused))).collect()
}

/// How many rows the list has, what is excluded included.
pub fn n_rows(device: &Device) -> usize {
    rows(device).len() + device.excludes.len()
}

/// What stands behind the panel's title.
pub(super) fn title(model: &Model, device: &Device) -> String {
    let n = match device.excludes.len() {
        0 => device.subscriptions.len().to_string(),
        n => format!("{} · {}", device.subscriptions.len(), figures::counted(n as u64, "exclude")),
    };
    let sample = if model.monitor.heard.is_sampled { ", of a sample" } else { "" };
    if !device.came.is_told() {
        return format!("{n} · counted by matching since this opened{sample}");
    }
    let without = match device.link.n_without_id {
        0 => String::new(),
        n => format!(" · {} came without", figures::counted(n, "message")),
    };
    let all_told = device.subscriptions.iter().all(|known| device.came.of(&known.asked.filter).is_some());
    let matched = if all_told { String::new() } else { format!("; ~ by matching{sample}") };
    format!("{n} · counted by the broker's ids{matched}{without}")
}

/// What came by a subscription.
struct Figures {
    by_qos: [u64; 3],
    n_bytes: u64,
    per_second: f64,
    /// Stands before the count: where others are told by the broker, this one is matched.
    mark: &'static str,
}

fn figures_of(model: &Model, device: &Device, asked: &Subscription, now: Timestamp) -> Option<Figures> {
    if let Some((came, meter)) = device.came.of(&asked.filter) {
        let (by_qos, n_bytes) = (came.tally.by_qos, came.n_bytes);
        return Some(Figures { by_qos, n_bytes, per_second: meter.per_second(now), mark: "" });
    }
    let count = model.monitor.heard.of(&asked.filter)?;
    let mark = if device.came.is_told() { "~" } else { "" };
    let per_second = count.messages.per_second(now);
    Some(Figures { by_qos: count.by_qos, n_bytes: count.n_bytes, per_second, mark })
}

/// Makes the lines; returns how many rows there are.
pub(super) fn lines(lines: &mut Lines, model: &Model, device: &Device, now: Timestamp) -> usize {
    let rows = rows(device);
    if rows.is_empty() {
        lines.more(Shade::Plain, "none: S subscribes to a filter, such as # or sensors/#");
    }
    if rows.is_empty() && device.excludes.is_empty() {
        return 0;
    }
    let room = lines.cols.saturating_sub(FIXED_COLS).max(8);
    let head = format!("   {:<room$} {:>5} {:>9} {:>7} {:>9}", "filter", "QoS", "messages", "rate", "bytes");
    lines.row(None, Shade::Faint, &head);
    let version = device.online().map_or(device.profile.version, |online| online.version);
    for (place, (asked, fate)) in rows.iter().enumerate() {
        let place = Some(place);
        let filter = sanitize(asked.filter.as_str().as_bytes(), room);
        let filter = fit(&filter, room, "…");
        let blanks = " ".repeat(room.saturating_sub(crate::decode::cols(&filter)));
        let (qos, shade) = match fate {
            Fate::Asked => (format!("{}→?", asked.qos), Shade::Faint),
            Fate::Granted(granted) if *granted < asked.qos => {
                (format!("{}→{granted}", asked.qos), Shade::Warn)
            }
            Fate::Granted(granted) => (format!("{}→{granted}", asked.qos), Shade::Plain),
            Fate::Refused(_) => (format!("{}→✗", asked.qos), Shade::Bad),
            Fate::Paused => ("paused".into(), Shade::Faint),
        };
        let came = figures_of(model, device, asked, now);
        let figures = came.as_ref().map_or(String::new(), |came| {
            format!(
                "{:>9} {:>7} {:>9}",
                format!("{}{}", came.mark, figures::grouped(came.by_qos.iter().sum())),
                figures::rate(came.per_second),
                figures::bytes(came.n_bytes)
            )
        });
        lines.row(place, shade, &format!(" {filter}{blanks}  {qos:>6} {figures}"));
        let by_qos = came.map(|came| came.by_qos).unwrap_or_default();
        for (shade, words) in
            remarks(device, asked, fate, version, by_qos).into_iter().chain(also(device, asked, fate))
        {
            lines.under(place, shade, &words);
        }
    }
    for (exclude, place) in device.excludes.iter().zip(rows.len()..) {
        dropped(lines, exclude, (place, room), now);
    }
    rows.len() + device.excludes.len()
}

/// `!plant/debug/#  drops  1,204  12/s`.
fn dropped(lines: &mut Lines, exclude: &Exclude, (place, room): (usize, usize), now: Timestamp) {
    let filter = sanitize(format!("!{}", exclude.filter.as_str()).as_bytes(), room);
    let filter = fit(&filter, room, "…");
    let blanks = " ".repeat(room.saturating_sub(crate::decode::cols(&filter)));
    let (n, rate) = (figures::grouped(exclude.n_dropped), figures::rate(exclude.dropped.per_second(now)));
    lines.row(Some(place), Shade::Plain, &format!(" {filter}{blanks}  {:>6} {n:>9} {rate:>7}", "drops"));
    let words = "dropped before anything sees it; d takes it in again";
    lines.under(Some(place), Shade::Faint, words);
}

/// What a wider subscription brings as well.
fn also(device: &Device, asked: &Subscription, fate: &Fate) -> Option<(Shade, String)> {
    let is_granted = |fate: &Fate| matches!(fate, Fate::Granted(_));
    let others = rows(device).into_iter().filter(|(_, other)| is_granted(other));
    let mut wider = others.map(|(other, _)| &other.filter);
    let wider = wider.find(|filter| **filter != asked.filter && filter.covers(&asked.filter))?;
    is_granted(fate).then(|| (Shade::Faint, format!("{wider} covers it too: messages may come twice")))
}

/// Why what came has a lower QoS than was granted.
fn lower(granted: Qos, by_qos: [u64; 3]) -> Option<(Shade, String)> {
    let n_all: u64 = by_qos.iter().sum();
    let n_lower: u64 = by_qos.iter().take(usize::from(granted.bits())).sum();
    let words = || {
        let (n, all) = (figures::grouped(n_lower), figures::grouped(n_all));
        format!(
            "{n} of {all} came below QoS {granted}, for they were published so: the lower of both is delivered"
        )
    };
    (n_lower > 0).then(|| (Shade::Faint, words()))
}

fn remarks(
    device: &Device,
    asked: &Subscription,
    fate: &Fate,
    version: Version,
    by_qos: [u64; 3],
) -> Vec<(Shade, String)> {
    let mut words = Vec::new();
    if let Some(group) = asked.filter.share_group() {
        words.push((
            Shade::Faint,
            format!("shared by group {group}: each message goes to one of its members"),
        ));
    }
    let options = asked.options();
    if !options.is_empty() {
        let unheeded = if version == Version::V3 { " (MQTT 3.1.1 does not carry it)" } else { "" };
        words.push((Shade::Faint, format!("{options}{unheeded}")));
    }
    match fate {
        Fate::Asked if device.online().is_none() => {
            words.push((Shade::Faint, "holds again with the next connection".into()));
        }
        Fate::Asked => words.push((Shade::Faint, "asked for, not answered yet".into())),
        Fate::Granted(granted) if *granted < asked.qos => {
            let what = format!(
                "QoS {} was asked for and the broker granted {granted}: nothing comes above QoS {granted} here",
                asked.qos
            );
            words.push((Shade::Warn, what));
        }
        Fate::Granted(granted) => words.extend(lower(*granted, by_qos)),
        Fate::Refused(refusal) => words.push((Shade::Bad, format!("refused: {}", refusal_words(refusal)))),
        Fate::Paused => words.push((
            Shade::Faint,
            "space asks for it again; it pauses through reconnects, until the device is closed".into(),
        )),
    }
    words
}
