//! What siblings of the tree are ordered by: names, or rate, age, count. Owns when they are put in order anew: once a
//! second at most, and not for a while after a key; the orders themselves are the stores'.
use super::toast::Tone;
use super::tree::{self, RowId};
use super::{Model, moves};
use crate::decode::figures;
use crate::store::{MAX_SORTED, SiblingOrder, SortBy};
use crate::time::Timestamp;
use std::time::Duration;

/// How long an order stands at least.
const STANDS: Duration = Duration::from_secs(1);

/// How long it holds still after a key.
const HOLD: Duration = Duration::from_secs(2);

/// How long rates go on falling after the last message, as far as anybody sees.
const FALLS: Duration = Duration::from_secs(10);

/// The order of siblings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ranks {
    /// By what; `None`: by their names.
    pub order: Option<SiblingOrder>,
    hold_until: Timestamp,
    made_at: Timestamp,
    /// What the stores were like then.
    revision: u64,
    changed_at: Timestamp,
}

/// What an order is called.
pub const fn name(by: SortBy) -> &'static str {
    match by {
        SortBy::Rate => "rate",
        SortBy::Age => "age",
        SortBy::Count => "count",
    }
}

/// A key came: rows hold still.
pub fn touch(model: &mut Model, now: Timestamp) {
    model.ranks.hold_until = now + HOLD;
}

/// Orders siblings by what comes next: name, rate, age, count.
pub fn next(model: &mut Model, now: Timestamp) {
    let by = match model.ranks.order.map(|order| order.by) {
        None => Some(SortBy::Rate),
        Some(SortBy::Rate) => Some(SortBy::Age),
        Some(SortBy::Age) => Some(SortBy::Count),
        Some(SortBy::Count) => None,
    };
    model.ranks.order = by.map(|by| SiblingOrder { by, is_reversed: false });
    make(model, now);
    let is_too_large = |row: &RowId| {
        let device = model.device(row.device);
        device.is_some_and(|device| device.store.n_children(row.node) > MAX_SORTED)
    };
    let words = match by {
        None => "siblings stand by name again".to_owned(),
        Some(by) if is_too_large(&model.cursor) => {
            let most = figures::grouped(MAX_SORTED as u64);
            format!(
                "siblings stand by {}; branches of more than {most} stay by name, T orders those",
                name(by)
            )
        }
        Some(by) => format!("siblings stand by {}; t orders otherwise, alt-t the other way round", name(by)),
    };
    model.say(now, Tone::Info, words);
}

/// The other way round.
pub fn reverse(model: &mut Model, now: Timestamp) {
    let Some(order) = &mut model.ranks.order else {
        return model.say(now, Tone::Info, "siblings stand by name; t orders them by rate, age or count");
    };
    order.is_reversed = !order.is_reversed;
    make(model, now);
}

/// Puts siblings in order as they are now. The cursor keeps its row of the screen.
fn make(model: &mut Model, now: Timestamp) {
    let (n_rows, _) = model.n_rows();
    let window = tree::window(&model.devices, model.anchor, n_rows);
    let place = window.rows.iter().position(|row| *row == model.cursor);
    let place = place.map(|place| place + window.sticky.len());
    let order = model.ranks.order;
    for device in &mut model.devices {
        device.store.sort_siblings(order, now);
    }
    if let Some(place) = place {
        model.anchor = tree::anchored(&model.devices, model.cursor, place + 1, n_rows);
    }
    moves::settle(model);
    let revision = revision(model);
    (model.ranks.made_at, model.ranks.revision) = (now, revision);
}

/// Changes with each change of any store.
fn revision(model: &Model) -> u64 {
    model.devices.iter().fold(0, |sum: u64, device| sum.wrapping_add(device.store.revision()))
}

/// Puts siblings in order anew where that is due, and those of devices that were opened.
pub fn settle(model: &mut Model, now: Timestamp) {
    let order = model.ranks.order;
    for device in model.devices.iter_mut().filter(|device| device.store.sibling_order() != order) {
        device.store.sort_siblings(order, now);
    }
    let is_seen = model.table.is_none() && model.range.is_none() && model.frozen.is_none();
    let Some(order) = order.filter(|_| is_seen) else { return };
    let is_changed = revision(model) != model.ranks.revision;
    if is_changed {
        model.ranks.changed_at = now;
    }
    let falls = order.by == SortBy::Rate && now.since(model.ranks.changed_at) < FALLS;
    let due = (model.ranks.made_at + STANDS).max(model.ranks.hold_until);
    if due <= now && (is_changed || falls) {
        make(model, now);
    }
}

/// When the next order is due.
pub fn deadline(model: &Model) -> Option<Timestamp> {
    let Ranks { order, hold_until, made_at, revision, changed_at } = model.ranks;
    let is_seen = model.table.is_none() && model.range.is_none() && model.frozen.is_none();
    let order = order.filter(|_| is_seen)?;
    let due = (made_at + STANDS).max(hold_until);
    let falls = order.by == SortBy::Rate && due.since(changed_at) < FALLS;
    (falls || self::revision(model) != revision).then_some(due)
}
