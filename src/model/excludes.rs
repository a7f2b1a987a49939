//! What is dropped of what subscriptions bring. Owns the filters' coming and going by hand, and the dropping; each
//! message dropped is counted.
use super::event::DeviceId;
use super::ingest::device_mut;
use super::toast::Tone;
use super::{Model, tree};
use crate::mqtt::{Batch, Filter};
use crate::time::Timestamp;

/// Filters that one device may drop by: each is held against every message.
pub const MAX_EXCLUDES: usize = 64;

/// Drops from now on what a filter hears, or takes it in again. What came before stays.
pub fn toggle(model: &mut Model, now: Timestamp, text: &str) -> Result<(), String> {
    let filter = Filter::parse(text.trim()).map_err(|error| error.to_string())?;
    let id = model.cursor.device;
    let Some(device) = device_mut(&mut model.devices, id) else { return Ok(()) };
    let excludes = &mut device.profile.excludes;
    let n_before = excludes.len();
    excludes.retain(|known| *known != filter);
    let words = if excludes.len() < n_before {
        format!("{filter} is taken in again")
    } else if n_before == MAX_EXCLUDES {
        return Err(format!(
            "{MAX_EXCLUDES} filters are excluded, which is the most; S !filter takes one back"
        ));
    } else {
        excludes.push(filter.clone());
        format!("{filter} is dropped from now on; S !{filter} takes it in again")
    };
    model.say(now, Tone::Info, words);
    Ok(())
}

/// Drops of a batch what the device excludes, before anything sees it.
pub fn drop_from(model: &mut Model, id: DeviceId, batch: &mut Batch) {
    let Some(place) = tree::place(&model.devices, id) else { return };
    let Some(device) = model.devices.get_mut(place) else { return };
    let excludes = &device.profile.excludes;
    if !excludes.is_empty() {
        let n_dropped = batch.retain_topics(|topic| !excludes.iter().any(|filter| filter.matches(topic)));
        device.n_excluded += n_dropped as u64;
    }
}
