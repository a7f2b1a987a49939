//! A menu over the panes: what can be copied or exported now, each by a letter. Owns the hand and which letters there
//! are; the deeds are `copies`' and `exports`'.
pub mod copies;
pub mod exports;

use super::event::{DeviceId, Effect};
use super::export::steps::Format;
use super::export::{Depth, Walk, Wanted};
use super::nodes::range;
use super::overlay::Overlay;
use super::toast::Tone;
use super::{Model, Screen, narrowing};
use crate::command::Command;
use crate::decode::figures;
use crate::keymap::Chord;
use crate::store::{NodeId, natural_path};
use crate::time::Timestamp;
use copies::Form;
use exports::Kind;

/// A menu that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// What is chosen by it.
    pub title: &'static str,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// The choice under the hand.
    pub place: usize,
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The letter that chooses it at once.
    pub letter: char,
    /// What it is.
    pub words: &'static str,
    /// What it comes to now; not yet sanitized for the screen.
    pub shows: String,
    /// What it does.
    pub does: Does,
}

/// What a choice does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// Copies in a form.
    Copy(Form),
    /// Exports in a form.
    Export(Kind),
}

/// Opens the menu of what can be copied, or of what can be exported.
pub fn open(model: &mut Model, now: Timestamp, command: Command) {
    if model.screen != Screen::Explorer {
        return;
    }
    let (title, choices) = if command == Command::ExportMenu {
        ("Export to a file", exports::choices(model))
    } else {
        ("Copy", copies::choices(model))
    };
    match choices {
        Ok(choices) if choices.is_empty() => model.say(now, Tone::Info, "nothing was heard here yet"),
        Ok(choices) => model.overlay = Overlay::Menu(Box::new(Menu { title, choices, place: 0 })),
        Err(words) => model.say(now, Tone::Warn, words),
    }
}

/// A letter that chooses at once; `false`: it is none.
fn letter(model: &mut Model, now: Timestamp, chord: Chord, effects: &mut Vec<Effect>) -> bool {
    let Overlay::Menu(menu) = &model.overlay else { return false };
    let chosen = chord.text().and_then(|letter| menu.choices.iter().find(|choice| choice.letter == letter));
    let Some(does) = chosen.map(|choice| choice.does) else { return false };
    carry_out(model, now, does, effects);
    true
}

/// Takes what is under the hand.
fn choose(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Overlay::Menu(menu) = &model.overlay else { return };
    if let Some(does) = menu.choices.get(menu.place).map(|choice| choice.does) {
        carry_out(model, now, does, effects);
    }
}

fn carry_out(model: &mut Model, now: Timestamp, does: Does, effects: &mut Vec<Effect>) {
    model.overlay = Overlay::None;
    match does {
        Does::Copy(form) => copies::copy(model, now, form, effects),
        Does::Export(kind) => exports::ask(model, now, kind),
    }
    model.range = None;
}

impl Menu {
    /// Moves the hand.
    fn step(&mut self, by: isize) {
        self.place = self.place.saturating_add_signed(by).min(self.choices.len().saturating_sub(1));
    }
}

/// A key was pressed while a menu is open.
pub fn key(
    model: &mut Model,
    now: Timestamp,
    chord: Chord,
    command: Option<Command>,
    effects: &mut Vec<Effect>,
) {
    if letter(model, now, chord, effects) {
        return;
    }
    let Overlay::Menu(menu) = &mut model.overlay else { return };
    match command {
        Some(Command::CursorDown) => menu.step(1),
        Some(Command::CursorUp) => menu.step(-1),
        Some(Command::PageDown | Command::Last) => menu.step(isize::MAX),
        Some(Command::PageUp | Command::First) => menu.step(isize::MIN),
        Some(Command::Choose) => choose(model, now, effects),
        Some(other) => super::apply::command(model, now, other, effects),
        None => {}
    }
}

/// What lies in reach of a menu: the rows of the range, else the row under the cursor with all below it.
struct Reach {
    device: DeviceId,
    /// What it is called: a topic, a device.
    name: String,
    tops: Vec<(NodeId, bool)>,
    n_topics: usize,
}

/// What is in reach; in words why nothing is.
fn reach(model: &Model) -> Result<Reach, &'static str> {
    let row = model.cursor;
    let device = model.device(row.device).ok_or("no device is open")?;
    let store = &device.store;
    let mut topic = String::new();
    if model.range.is_none() {
        let n_kept = store.is_kept_only().then(|| store.n_kept(row.node));
        let n_shown = store.n_sifted(row.node).or(n_kept);
        let n_topics = n_shown.unwrap_or_else(|| store.node(row.node).n_topics_below);
        store.topic_of(row.node, &mut topic);
        let name = if row.is_device() { device.profile.name.clone() } else { topic };
        return Ok(Reach { device: row.device, name, tops: vec![(row.node, true)], n_topics });
    }
    let mut of = range::tops(model);
    let Some((device, tops)) = of.pop().filter(|_| of.is_empty()) else {
        return Err("the range reaches over several devices; select rows of one");
    };
    let n_topics = |(node, is_whole): &(NodeId, bool)| match (*is_whole, store.n_sifted(*node)) {
        (true, Some(n_shown)) => n_shown,
        (true, None) if store.is_kept_only() => store.n_kept(*node),
        (true, None) => store.node(*node).n_topics_below,
        (false, _) => usize::from(store.is_topic(*node)),
    };
    let n_topics = tops.iter().map(n_topics).sum();
    // Rows may stand in another order than the tree's.
    let mut named: Vec<(String, (NodeId, bool))> = Vec::with_capacity(tops.len());
    for top in tops {
        store.topic_of(top.0, &mut topic);
        named.push((topic.clone(), top));
    }
    named.sort_by(|(left, _), (right, _)| natural_path(left, right));
    let tops = named.into_iter().map(|(_, top)| top).collect();
    Ok(Reach { device, name: "selection".to_owned(), tops, n_topics })
}

impl Reach {
    fn wanted(self, model: &Model, depth: Depth, format: Format) -> Wanted {
        let Self { device, tops, n_topics, .. } = self;
        Wanted { device, walk: Walk::new(tops, depth, model.settings.wall), n_topics, format }
    }

    /// Only the row itself, without what is below it.
    fn here(mut self) -> Self {
        for top in &mut self.tops {
            top.1 = false;
        }
        self.n_topics = 1;
        self
    }

    /// How many topics it holds, in words.
    fn words(&self, model: &Model) -> String {
        let topics = figures::counted(self.n_topics as u64, "topic");
        let is_of_many = self.n_topics > 1 || self.tops.iter().any(|(_, is_whole)| *is_whole);
        match narrowing::matching(model).filter(|_| is_of_many) {
            Some(matching) => format!("{topics} {matching}"),
            None => topics,
        }
    }
}
