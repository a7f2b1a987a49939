//! What happened on every open device, newest first. Owns the order and the narrowing.
use super::lines::{Lines, Shade};
use crate::decode::{figures, fit, sanitize};
use crate::model::Model;
use crate::model::device::{Device, LogLine};
use crate::model::toast::Tone;

/// Columns of a device's name.
const NAME_COLS: usize = 12;

/// A line of a device's log.
pub type Entry<'a> = (&'a Device, &'a LogLine);

/// The lines that hold the narrowing text, newest first.
pub fn entries(model: &Model) -> Vec<Entry<'_>> {
    let needle = model.monitor.narrow.to_lowercase();
    let is_wanted = |device: &Device, line: &LogLine| {
        needle.is_empty()
            || line.words.to_lowercase().contains(&needle)
            || device.profile.name.to_lowercase().contains(&needle)
            || level(line.tone).trim().contains(&needle)
    };
    let of = |device| Device::log_lines(device).rev().map(move |line| (device, line));
    let mut all: Vec<Entry<'_>> =
        model.devices.iter().flat_map(of).filter(|(device, line)| is_wanted(device, line)).collect();
    all.sort_by_key(|(_, line)| std::cmp::Reverse(line.at));
    all
}

impl Model {
    /// The lines of the log that are shown.
    pub fn log_entries(&self) -> Vec<Entry<'_>> {
        entries(self)
    }
}

fn level(tone: Tone) -> &'static str {
    match tone {
        Tone::Info => "info ",
        Tone::Warn => "warn ",
        Tone::Error => "error",
    }
}

/// Time, level, device and words in one text.
pub fn text(model: &Model, (device, line): Entry<'_>) -> String {
    let name = sanitize(device.profile.name.as_bytes(), NAME_COLS);
    let name = fit(&name, NAME_COLS, "…");
    let time = model.settings.wall.time_of_day(line.at);
    format!("{time} {} {name}: {}", level(line.tone), line.words)
}

/// Makes the lines of some entries; the one under the hand is told whole.
pub(super) fn lines(lines: &mut Lines, model: &Model, all: &[Entry<'_>], (from, to): (usize, usize)) {
    let under_hand = model.monitor.place(super::Panel::Log).min(all.len().saturating_sub(1));
    let is_heard = model.monitor.panel == super::Panel::Log;
    for (place, entry) in all.iter().enumerate().take(to).skip(from) {
        let shade = match entry.1.tone {
            Tone::Info => Shade::Plain,
            Tone::Warn => Shade::Warn,
            Tone::Error => Shade::Bad,
        };
        let text = text(model, *entry);
        if is_heard && place == under_hand {
            lines.whole(place, shade, &text);
        } else {
            lines.row(Some(place), shade, &text);
        }
    }
}

/// What stands behind the panel's title.
pub(super) fn title(model: &Model, n: usize) -> String {
    let narrow = sanitize(model.monitor.narrow.as_bytes(), 20);
    let only =
        if narrow.is_empty() { String::new() } else { format!(" · only {}", fit(&narrow, 20, "…")) };
    format!("{}{only}", figures::counted(n as u64, "line"))
}
