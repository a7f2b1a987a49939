//! What is dropped of what subscriptions bring. Owns the filters' coming and going by hand, and the dropping; each
//! message dropped is counted by the first filter that hears it.
use super::device::Device;
use super::event::DeviceId;
use super::ingest::device_mut;
use super::meter::Meter;
use super::toast::Tone;
use super::{Model, Undo, UndoStep, tree};
use crate::mqtt::profile::MAX_EXCLUDES;
use crate::mqtt::{Batch, Filter};
use crate::time::Timestamp;

/// A filter that messages are dropped by.
#[derive(Clone, Debug)]
pub struct Exclude {
    /// Which.
    pub filter: Filter,
    /// Messages that it dropped.
    pub n_dropped: u64,
    /// The same, per second.
    pub dropped: Meter,
}

impl Exclude {
    /// One that has dropped nothing yet.
    pub fn new(filter: Filter) -> Self {
        Self { filter, n_dropped: 0, dropped: Meter::default() }
    }
}

/// Drops from now on what a filter hears, or takes it in again. What came before stays.
pub fn toggle(model: &mut Model, now: Timestamp, text: &str) -> Result<(), String> {
    let filter = Filter::parse(text.trim()).map_err(|error| error.to_string())?;
    let id = model.cursor.device;
    let Some(device) = model.device(id) else { return Ok(()) };
    let is_known = device.excludes.iter().any(|known| known.filter == filter);
    if is_known {
        take_in(model, now, id, filter);
        return Ok(());
    }
    if device.excludes.len() >= MAX_EXCLUDES {
        return Err(format!(
            "{MAX_EXCLUDES} filters are excluded, which is the most; S !filter takes one back"
        ));
    }
    remember(
        model,
        id,
        (format!("dropping {filter}"), UndoStep::TakeIn(filter.clone()), UndoStep::Exclude(filter.clone())),
    );
    model.say(now, Tone::Info, format!("{filter} is dropped from now on; S !{filter} takes it in again"));
    exclude(model, id, filter);
    Ok(())
}

/// Drops no longer what a filter hears.
pub fn take_in(model: &mut Model, now: Timestamp, id: DeviceId, filter: Filter) {
    carry_out(model, id, &UndoStep::TakeIn(filter.clone()));
    model.say(now, Tone::Info, format!("{filter} is taken in again; u undoes"));
    let words = format!("taking {filter} in again");
    remember(model, id, (words, UndoStep::Exclude(filter.clone()), UndoStep::TakeIn(filter)));
}

fn remember(model: &mut Model, device: DeviceId, (words, back, forth): (String, UndoStep, UndoStep)) {
    model.remember_undo(Undo { device, words, back, forth });
}

fn exclude(model: &mut Model, id: DeviceId, filter: Filter) {
    let Some(device) = device_mut(&mut model.devices, id) else { return };
    let is_known = device.excludes.iter().any(|known| known.filter == filter);
    if !is_known && device.excludes.len() < MAX_EXCLUDES {
        device.excludes.push(Exclude::new(filter));
    }
}

/// Takes a step that undoes one of these deeds, or does it again.
pub(super) fn carry_out(model: &mut Model, id: DeviceId, step: &UndoStep) {
    if let UndoStep::Exclude(filter) = step {
        exclude(model, id, filter.clone());
    } else if let UndoStep::TakeIn(filter) = step
        && let Some(device) = device_mut(&mut model.devices, id)
    {
        device.excludes.retain(|known| known.filter != *filter);
    }
}

/// Its settings were changed: what they drop is dropped, what they drop no longer is taken in, what was excluded by
/// hand meanwhile stays so. Tells whether that changes anything.
pub fn change(device: &mut Device, old: &[Filter]) -> bool {
    let new = &device.profile.excludes;
    let n_before = device.excludes.len();
    device.excludes.retain(|known| !old.contains(&known.filter) || new.contains(&known.filter));
    let is_changed = device.excludes.len() != n_before;
    let is_new = |filter: &&Filter| !device.excludes.iter().any(|known| known.filter == **filter);
    let more: Vec<Exclude> = new.iter().filter(is_new).cloned().map(Exclude::new).collect();
    let room = MAX_EXCLUDES.saturating_sub(device.excludes.len());
    let n_more = more.len().min(room);
    device.excludes.extend(more.into_iter().take(room));
    is_changed || n_more > 0
}

/// Drops of a batch what the device excludes, before anything sees it.
pub fn drop_from(model: &mut Model, now: Timestamp, id: DeviceId, batch: &mut Batch) {
    let Some(place) = tree::place(&model.devices, id) else { return };
    let Some(device) = model.devices.get_mut(place) else { return };
    let excludes = &mut device.excludes;
    if excludes.is_empty() {
        return;
    }
    let n_dropped = batch.retain_topics(|topic| {
        let by = excludes.iter_mut().find(|exclude| exclude.filter.matches(topic));
        by.map(|exclude| exclude.n_dropped += 1).is_none()
    });
    if n_dropped > 0 {
        device.n_excluded += n_dropped as u64;
        for exclude in excludes {
            exclude.dropped.reach(now, exclude.n_dropped);
        }
    }
}
