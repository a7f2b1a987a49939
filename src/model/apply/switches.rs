//! Switches of one key: ping, freeze, pin, what was published before. Owns their words.
use crate::model::event::Effect;
use crate::model::freeze::Frozen;
use crate::model::toast::Tone;
use crate::model::{Model, ingest, narrowing};
use crate::mqtt::BrokerRequest;
use crate::time::Timestamp;

/// Pings the broker of the device under the cursor.
pub fn ping(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let id = model.cursor.device;
    let is_online = model.selected().is_some_and(|device| device.online().is_some());
    if !is_online {
        return model.say(now, Tone::Warn, "not online, so there is nobody to ping; c connects at once");
    }
    model.ping_asked = Some(id);
    effects.push(Effect::Request(id, BrokerRequest::Ping));
}

/// Has the picture stand still, or go on.
pub fn freeze(model: &mut Model, now: Timestamp) {
    if model.frozen.is_some() {
        ingest::thaw(model);
    } else {
        model.frozen = Some(Frozen::new(now));
    }
}

/// Pins the topic under the cursor, or unpins it.
pub fn pin(model: &mut Model, now: Timestamp) {
    let row = model.cursor;
    let Some(device) = ingest::device_mut(&mut model.devices, row.device) else { return };
    if row.is_device() || device.store.last(row.node).is_none() {
        return model.say(now, Tone::Info, "only a topic with a message can be pinned");
    }
    model.chart.pinned.retain(|known| *known != row);
    if device.store.is_pinned(row.node) {
        device.store.unpin(row.node);
    } else {
        device.store.pin(row.node);
        model.chart.pinned.push(row);
    }
    narrowing::judge_anew(device);
}

/// Fills in what was published before.
pub fn older(model: &mut Model, now: Timestamp) {
    if !model.form.older() {
        model.say(now, Tone::Info, "nothing older was published");
    }
}
