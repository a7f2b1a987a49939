//! Connecting and disconnecting by hand. Owns the question before what is in flight is lost.
use crate::model::device::Connection;
use crate::model::event::{DeviceId, Effect};
use crate::model::overlay::{Deed, Overlay, Question};
use crate::model::{Model, ingest, runs};
use crate::mqtt::BrokerRequest;
use crate::time::Timestamp;

/// Connects the device under the cursor, or disconnects it.
pub fn toggle_connection(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(device) = model.selected() else { return };
    let id = device.id;
    match device.connection {
        Connection::Online(_) | Connection::Connecting { .. } => ask_disconnect(model, now, id, effects),
        Connection::Waiting(_) | Connection::Off => {
            effects.push(Effect::Request(id, BrokerRequest::Connect));
        }
    }
}

/// Disconnects a device; asks while publications are in flight.
pub fn ask_disconnect(model: &mut Model, now: Timestamp, id: DeviceId, effects: &mut Vec<Effect>) {
    let mut losses = Vec::new();
    match model.lives.n_unsettled(Some(id)) + model.runs.n_unsettled(Some(id)) {
        0 => {}
        n => losses.push(format!("{n} publications are in flight.")),
    }
    losses.extend(model.runs.words(Some(id)));
    if losses.is_empty() {
        return disconnect(model, now, id, effects);
    }
    let words = format!("{} Disconnect all the same?", losses.join(" "));
    model.overlay = Overlay::Question(Question { words, deed: Deed::Disconnect(id) });
}

/// Says goodbye to a broker and stays away.
pub fn disconnect(model: &mut Model, now: Timestamp, id: DeviceId, effects: &mut Vec<Effect>) {
    runs::stop_device(model, now, id, "its device was disconnected", effects);
    if let Some(device) = ingest::device_mut(&mut model.devices, id) {
        device.leaving = true;
    }
    effects.push(Effect::Request(id, BrokerRequest::Disconnect));
}
