//! What was published, in rows, newest first. Owns which rows are seen; how far each came is `life`'s.
use crate::decode::{self, Preview};
use crate::model::Model;
use crate::model::event::DeviceId;
use crate::model::life::Life;
use crate::mqtt::Ticket;

/// A row of the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// The publication and how far it came.
    pub life: Life,
    /// The time of day at which it was handed over, to the second.
    pub at: String,
    /// The name of its device, where several are open; not sanitized.
    pub device: Option<String>,
    /// One line of its payload.
    pub payload: Preview,
    /// Whether it is under the hand.
    pub is_under_hand: bool,
}

/// What names a publication over all devices.
pub type Key = (DeviceId, Ticket);

const fn key(life: &Life) -> Key {
    (life.device, life.ticket)
}

/// The place of what is under the hand; the newest, when that is gone.
pub fn place(model: &Model) -> usize {
    let of = |key_wanted: Key| model.lives.iter().position(|life| key(life) == key_wanted);
    model.publications.hand.and_then(of).unwrap_or_default()
}

/// The publication under the hand.
pub fn under_hand(model: &Model) -> Option<&Life> {
    model.lives.iter().nth(place(model))
}

/// The publication at a place, by its name.
pub fn key_at(model: &Model, place: usize) -> Option<Key> {
    model.lives.iter().nth(place).map(key)
}

/// So many rows around what is under the hand, and the place of the first.
pub fn rows(model: &Model, n_seen: usize, max_cols: usize) -> (Vec<Row>, usize) {
    let place = place(model);
    let top = (place + 1).saturating_sub(n_seen);
    let seen = model.lives.iter().enumerate().skip(top).take(n_seen);
    let row = |(at, life): (usize, &Life)| {
        let device = model.device(life.device).filter(|_| model.devices.len() > 1);
        let time = model.settings.wall.time_of_day(life.begun);
        let (time, _ms) = time.split_once('.').unwrap_or((&time, ""));
        Row {
            at: time.to_owned(),
            device: device.map(|device| device.profile.name.clone()),
            payload: decode::preview(&life.publication.payload.0, max_cols),
            is_under_hand: at == place,
            life: life.clone(),
        }
    };
    (seen.map(row).collect(), top)
}

/// What stands behind the section's title.
pub fn title(model: &Model) -> String {
    let n = model.lives.len();
    let gone = match model.lives.n_gone() {
        0 => String::new(),
        gone => format!(" · {} older made room", decode::figures::grouped(gone)),
    };
    let unsettled = match model.lives.n_unsettled(None) {
        0 => String::new(),
        n => format!(" · {n} not acknowledged yet"),
    };
    format!("{n}{unsettled}{gone}")
}
