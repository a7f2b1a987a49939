//! Filters in rows: what was asked, granted, and came. Owns the words; changing them is `deeds`'.
use super::lines::{Lines, Shade};
use crate::decode::{figures, fit, sanitize};
use crate::model::Model;
use crate::model::device::Device;
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
            Some(Ok(qos)) => Fate::Granted(*qos),
            Some(Err(refusal)) => Fate::Refused(refusal.clone()),
        };
        (&known.asked, fate)
    });
    live.chain(device.paused.iter().map(|paused| (paused, Fate::Paused))).collect()
}

/// What stands behind the panel's title.
pub(super) fn title(model: &Model, device: &Device) -> String {
    let n = device.subscriptions.len();
    let sample = if model.monitor.heard.is_sampled { ", of a sample" } else { "" };
    format!("{n} · counted by matching since this opened{sample}")
}

/// Makes the lines; returns how many rows there are.
pub(super) fn lines(lines: &mut Lines, model: &Model, device: &Device, now: Timestamp) -> usize {
    let rows = rows(device);
    if rows.is_empty() {
        lines.more(Shade::Plain, "none: S subscribes to a filter, such as # or sensors/#");
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
        let figures = model.monitor.heard.of(&asked.filter).map_or(String::new(), |count| {
            format!(
                "{:>9} {:>7} {:>9}",
                figures::grouped(count.n_messages),
                figures::rate(count.messages.per_second(now)),
                figures::bytes(count.n_bytes)
            )
        });
        lines.row(place, shade, &format!(" {filter}{blanks}  {qos:>6} {figures}"));
        for (shade, words) in remarks(asked, fate, version) {
            lines.under(place, shade, &words);
        }
    }
    rows.len()
}

fn remarks(asked: &Subscription, fate: &Fate, version: Version) -> Vec<(Shade, String)> {
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
        Fate::Asked => words.push((Shade::Faint, "asked for, not answered yet".into())),
        Fate::Granted(granted) if *granted < asked.qos => {
            let what = format!(
                "QoS {} was asked for and the broker granted {granted}: nothing comes above QoS {granted} here",
                asked.qos
            );
            words.push((Shade::Warn, what));
        }
        Fate::Granted(_) => {}
        Fate::Refused(refusal) => words.push((Shade::Bad, format!("refused: {}", refusal_words(refusal)))),
        Fate::Paused => words.push((
            Shade::Faint,
            "space asks for it again; it pauses through reconnects, until the device is closed".into(),
        )),
    }
    words
}
