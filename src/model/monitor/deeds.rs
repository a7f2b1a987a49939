//! What keys do on the Monitor. Owns the deeds; subscribing itself is a device's task's.
use super::{Monitor, Panel, board, log, subscriptions};
use crate::decode::sanitize;
use crate::model::device::Device;
use crate::model::devices::Errand;
use crate::model::event::Effect;
use crate::model::overlay::PromptKind;
use crate::model::toast::Tone;
use crate::model::tree::{Placement, RowId};
use crate::model::{Model, Screen, Undo, UndoStep, apply, excludes, ingest, keys, moves};
use crate::mqtt::entry::subscription_text;
use crate::mqtt::{BrokerRequest, Filter, Subscription};
use crate::time::Timestamp;
use subscriptions::Fate;

/// Opens the Monitor on the device under the cursor, or goes back to the topics.
pub fn toggle(model: &mut Model, now: Timestamp) {
    match model.screen {
        Screen::Monitor => return leave(model),
        Screen::Explorer | Screen::Publications => {}
        Screen::Devices => {
            let row = model.shelf_row();
            let open = row.and_then(|row| model.row_device(&row).map(|device| device.id));
            let Some(id) = open else {
                return model.say(now, Tone::Info, "this device is not open; enter opens it");
            };
            if model.cursor.device != id {
                moves::go(model, RowId::device(id), Placement::Middle);
            }
        }
    }
    if model.selected().is_none() {
        return model.say(now, Tone::Info, "no device is open to be monitored; D shows the devices");
    }
    let (panel, narrow) = (model.monitor.panel, std::mem::take(&mut model.monitor.narrow));
    model.monitor = Monitor { panel, narrow, ..Monitor::default() };
    model.screen = Screen::Monitor;
}

/// Leaves the innermost thing: the narrowing of the log, then the screen.
pub fn leave(model: &mut Model) {
    if model.monitor.narrow.is_empty() {
        model.screen = Screen::Explorer;
    } else {
        model.monitor.narrow.clear();
    }
}

/// Goes to the panel so many further.
pub fn next_panel(model: &mut Model, by: usize) {
    model.monitor.panel = model.monitor.panel.beside(by);
}

/// Goes to the panel before.
pub fn previous_panel(model: &mut Model) {
    next_panel(model, Panel::ALL.len() - 1);
}

/// Scrolls the panel, or moves the hand in a list.
pub fn step(model: &mut Model, by: isize) {
    let panel = model.monitor.panel;
    let most = board::most(model, panel);
    let place = model.monitor.place(panel).min(most).saturating_add_signed(by).min(most);
    model.monitor.set_place(panel, place);
}

/// Where the hand is in the list: subscriptions first, then what is excluded.
fn place(model: &Model) -> usize {
    let most = model.selected().map_or(0, subscriptions::n_rows).saturating_sub(1);
    model.monitor.place(Panel::Subscriptions).min(most)
}

/// The filter under the hand that messages are dropped by.
pub fn excluded(model: &Model) -> Option<Filter> {
    let device = model.selected().filter(|_| model.monitor.panel == Panel::Subscriptions)?;
    let place = place(model).checked_sub(subscriptions::rows(device).len())?;
    device.excludes.get(place).map(|exclude| exclude.filter.clone())
}

fn under_hand(model: &Model) -> Option<(Subscription, Fate)> {
    let rows = subscriptions::rows(model.selected()?);
    rows.get(place(model)).map(|(asked, fate)| ((*asked).clone(), fate.clone()))
}

/// The subscription under the hand, if that is where the keys are heard; else it is said where they would be.
fn chosen(model: &mut Model, now: Timestamp) -> Option<(Subscription, Fate)> {
    if model.monitor.panel != Panel::Subscriptions {
        model.monitor.panel = Panel::Subscriptions;
        model.say(now, Tone::Info, "this is the subscription under the hand; the same key again means it");
        return None;
    }
    let chosen = under_hand(model);
    if chosen.is_none() {
        model.say(now, Tone::Info, "there is no subscription yet; S adds one");
    }
    chosen
}

/// Drops the subscription under the hand; what is excluded there is taken in again.
pub fn remove(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    if let Some(filter) = excluded(model) {
        return excludes::take_in(model, now, model.cursor.device, filter);
    }
    let Some((asked, fate)) = chosen(model, now) else { return };
    let (device, filter) = (model.cursor.device, asked.filter.clone());
    let words = format!("dropping the subscription {filter}");
    if fate == Fate::Paused {
        if let Some(device) = ingest::device_mut(&mut model.devices, device) {
            device.paused.retain(|paused| paused.filter != filter);
        }
    } else {
        effects.push(Effect::Request(device, BrokerRequest::Unsubscribe(filter.clone())));
    }
    let back = if fate == Fate::Paused { UndoStep::Pause(asked) } else { UndoStep::Subscribe(asked) };
    model.remember_undo(Undo { device, words: words.clone(), back, forth: UndoStep::Unsubscribe(filter) });
    model.say(now, Tone::Info, format!("{words}; u undoes"));
}

/// Asks for the subscription under the hand anew, with another QoS or other options.
pub fn edit(model: &mut Model, now: Timestamp) {
    if let Some(filter) = excluded(model) {
        let words =
            format!("an exclude has no options; d takes {filter} in again, S !filter excludes another");
        return model.say(now, Tone::Info, words);
    }
    if let Some((asked, _)) = chosen(model, now) {
        keys::prompt(model, PromptKind::Subscribe, &subscription_text(&asked));
    }
}

/// Pauses the subscription under the hand, or asks for it again.
pub fn pause(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    if let Some(filter) = excluded(model) {
        let words =
            format!("an exclude does not pause; d takes {filter} in again, u then drops it as before");
        return model.say(now, Tone::Info, words);
    }
    let Some((asked, fate)) = chosen(model, now) else { return };
    let (id, filter) = (model.cursor.device, asked.filter.clone());
    let (words, back, forth) = match fate {
        Fate::Paused => {
            effects.push(Effect::Request(id, BrokerRequest::Subscribe(asked.clone())));
            resume(ingest::device_mut(&mut model.devices, id), &asked);
            (
                format!("listening to {filter} again"),
                UndoStep::Pause(asked.clone()),
                UndoStep::Subscribe(asked),
            )
        }
        Fate::Asked | Fate::Granted(_) | Fate::Refused(_) => {
            pause_at(model, id, &asked, effects);
            (format!("pausing {filter}"), UndoStep::Subscribe(asked.clone()), UndoStep::Pause(asked))
        }
    };
    model.remember_undo(Undo { device: id, words: words.clone(), back, forth });
    model.say(now, Tone::Info, format!("{words}; u undoes"));
}

/// Has a subscription dropped at the broker and remembered here.
pub fn pause_at(
    model: &mut Model,
    id: crate::model::DeviceId,
    asked: &Subscription,
    effects: &mut Vec<Effect>,
) {
    let Some(device) = ingest::device_mut(&mut model.devices, id) else { return };
    resume(Some(device), asked);
    if let Some(device) = ingest::device_mut(&mut model.devices, id) {
        device.paused.push(asked.clone());
    }
    effects.push(Effect::Request(id, BrokerRequest::Unsubscribe(asked.filter.clone())));
}

fn resume(device: Option<&mut Device>, asked: &Subscription) {
    if let Some(device) = device {
        device.paused.retain(|paused| paused.filter != asked.filter);
    }
}

/// Goes to the next interval of the pings; one goes at once, so that it is seen.
pub fn ping_often(model: &mut Model, now: Timestamp) {
    let every = model.settings.ping_every.next();
    model.settings.ping_every = every;
    model.monitor.ping_at = None;
    model.say(now, Tone::Info, format!("pings: {}", every.words()));
}

/// Asks where the log shall be saved.
pub fn ask_save(model: &mut Model) {
    keys::prompt(model, PromptKind::SaveLog, "");
}

/// Saves the lines of the log that are shown, oldest first; without a path under a name that tells the time.
pub fn save(model: &Model, now: Timestamp, path: &str, effects: &mut Vec<Effect>) -> Result<(), String> {
    let all = log::entries(model);
    if all.is_empty() {
        return Err("there is no line to save".into());
    }
    let wall = model.settings.wall;
    let time = wall.time_of_day(now).replace(':', "");
    let time = time.split('.').next().unwrap_or_default();
    let name = format!("log-{}-{time}.txt", wall.date(now));
    let mut text = String::new();
    for entry in all.iter().rev() {
        text.push_str(&wall.date(entry.1.at));
        text.push(' ');
        // Brokers have words in it: nothing of it shall speak to the terminal that shows it one day.
        text.push_str(&sanitize(log::text(model, *entry).as_bytes(), usize::MAX));
        text.push('\n');
    }
    let path = Some(path.trim()).filter(|path| !path.is_empty()).map(str::to_owned);
    effects.push(Effect::Disk(Box::new(Errand::SaveLog { path, name, text })));
    Ok(())
}

/// Copies the line of the log under the hand, or all that the panel says.
pub fn copy(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let panel = model.monitor.panel;
    let text = if panel == Panel::Log {
        let all = log::entries(model);
        let place = model.monitor.place(panel).min(all.len().saturating_sub(1));
        all.get(place).map(|entry| log::text(model, *entry)).unwrap_or_default()
    } else {
        let seen = model.picture.board.panels.iter().find(|seen| seen.panel == panel);
        let lines = seen.into_iter().flat_map(|seen| &seen.lines);
        lines.map(|line| line.line.text().trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    };
    if text.is_empty() {
        return model.say(now, Tone::Info, "there is nothing to copy here");
    }
    apply::copy(model, now, text, effects);
}
