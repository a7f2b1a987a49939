//! An attribute of a kept node while it is edited in its place. Owns the entry and what is said of it; what an
//! attribute takes is `device`'s.
use super::tab::{self, Place};
use crate::device::{Altered, Attribute, Change, Node, NodeKey};
use crate::keymap::{Chord, Key};
use crate::model::event::DeviceId;
use crate::model::inspector::Tab;
use crate::model::line::Line;
use crate::model::overlay::Overlay;
use crate::model::toast::Tone;
use crate::model::{Model, editor};
use crate::time::Timestamp;

/// An attribute being edited.
#[derive(Clone, Debug, PartialEq)]
pub struct Editing {
    /// Whose node.
    pub device: DeviceId,
    /// Which node.
    pub key: NodeKey,
    /// What of it.
    pub attribute: Attribute,
    /// What was typed or chosen so far.
    pub entry: Entry,
    /// What is said of it; an error where it would not do.
    pub told: Result<String, String>,
    /// What would be lost by the text that was accepted last: the same again does it.
    asked: Option<String>,
}

/// What is typed into, or chosen from.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A line of text.
    Line(Line),
    /// One of a few words.
    Choice(Vec<&'static str>, usize),
}

impl Entry {
    fn new(node: &Node, attribute: Attribute) -> Self {
        let (text, choices) = (node.attribute(attribute), attribute.choices());
        if choices.is_empty() {
            return Self::Line(Line::with(text));
        }
        let at = choices.iter().position(|choice| *choice == text).unwrap_or_default();
        Self::Choice(choices, at)
    }

    /// What it says now.
    pub fn text(&self) -> &str {
        match self {
            Self::Line(line) => line.text(),
            Self::Choice(choices, at) => choices.get(*at).copied().unwrap_or_default(),
        }
    }

    fn edit(&mut self, chord: Chord) {
        match self {
            Self::Line(line) => {
                line.edit(chord);
            }
            Self::Choice(choices, at) => match chord.key {
                Key::Right | Key::Down | Key::Char(' ' | 'l' | 'j') => *at = (*at + 1) % choices.len(),
                Key::Left | Key::Up | Key::Char('h' | 'k') => {
                    *at = at.checked_sub(1).unwrap_or(choices.len() - 1);
                }
                Key::Char(letter) => {
                    let begins = |choice: &&str| choice.starts_with(letter);
                    // The letter again goes on to the next of the same.
                    let places = (*at + 1..choices.len()).chain(0..=*at);
                    let found = places.into_iter().find(|place| choices.get(*place).is_some_and(begins));
                    *at = found.unwrap_or(*at);
                }
                Key::Enter
                | Key::Esc
                | Key::Tab
                | Key::BackTab
                | Key::Backspace
                | Key::Delete
                | Key::Home
                | Key::End
                | Key::PageUp
                | Key::PageDown
                | Key::F(_) => {}
            },
        }
    }
}

/// Edits the attribute under the inspector's cursor.
pub fn begin(model: &mut Model, now: Timestamp) {
    if model.inspector.tab != Tab::Node {
        return model.inspector.show(Tab::Node);
    }
    let Some((row, node, place)) = tab::under_cursor(model) else {
        return model.say(now, Tone::Info, "only a kept node has attributes; a keeps this topic");
    };
    let attribute = match place {
        Place::Attribute(attribute) => attribute,
        // What came is as it is; another value is sent.
        Place::Value => return editor::open(model, now),
        Place::Heading | Place::Blank => return,
    };
    let entry = Entry::new(&node, attribute);
    let told = Ok(attribute.help().to_owned());
    let editing = Editing { device: row.device, key: node.key(), attribute, entry, told, asked: None };
    model.overlay = Overlay::Attribute(Box::new(editing));
}

/// A key for the entry; what it says is checked at once.
pub fn edit(model: &mut Model, chord: Chord) {
    if let Overlay::Attribute(editing) = &mut model.overlay {
        editing.entry.edit(chord);
    }
    check(model);
}

/// A paste into the entry; tells how many bytes found no room.
pub fn paste(model: &mut Model, text: &str) -> usize {
    let n_over = match &mut model.overlay {
        Overlay::Attribute(editing) => match &mut editing.entry {
            Entry::Line(line) => line.insert(text),
            Entry::Choice(..) => 0,
        },
        Overlay::None
        | Overlay::Help { .. }
        | Overlay::Prompt(_)
        | Overlay::Question(_)
        | Overlay::Parts(_)
        | Overlay::Difference(_)
        | Overlay::Saved(_)
        | Overlay::Filters(_)
        | Overlay::Menu(_)
        | Overlay::Exporting
        | Overlay::Repeat(_)
        | Overlay::Exam(_)
        | Overlay::Bulk => 0,
    };
    check(model);
    n_over
}

fn check(model: &mut Model) {
    let Overlay::Attribute(editing) = &model.overlay else { return };
    let told = match altered(model, editing) {
        Ok((_, altered)) if !altered.lost.is_empty() => Ok(losses(&altered.lost)),
        Ok(_) => Ok(hint(editing)),
        Err(words) => Err(words),
    };
    if let Overlay::Attribute(editing) = &mut model.overlay {
        editing.told = told;
    }
}

/// The node as it was, and as it would be.
fn altered(model: &Model, editing: &Editing) -> Result<(Node, Altered), String> {
    let device = model.device(editing.device).ok_or("the device was closed meanwhile; esc leaves")?;
    let node = device.kept.get(&editing.key).ok_or("the node is kept no longer; esc leaves")?;
    let altered = node.with(editing.attribute, editing.entry.text())?;
    let key = altered.node.key();
    if key != editing.key && device.kept.get(&key).is_some() {
        return Err("another node has this topic and path already".into());
    }
    Ok((node.clone(), altered))
}

/// What a change would take along, in words.
pub fn losses(lost: &[&str]) -> String {
    format!("it loses {}", lost.join(", "))
}

/// Words beside what is typed: units that begin so, else what may be typed.
fn hint(editing: &Editing) -> String {
    let text = editing.entry.text().trim();
    if editing.attribute != Attribute::Unit || text.is_empty() {
        return editing.attribute.help().to_owned();
    }
    match crate::device::unit::find(text) {
        Some(known) if known.symbol == text => format!("{text}: a known unit"),
        Some(known) => format!("known as {}", known.symbol),
        None => {
            let begins = |known: &&crate::device::unit::Known| known.symbol.starts_with(text);
            let known = crate::device::unit::all().iter().filter(begins).take(MAX_HINTED);
            let symbols: Vec<_> = known.map(|known| known.symbol).collect();
            if symbols.is_empty() {
                "no unit that is known; kept as written".into()
            } else {
                symbols.join(" ")
            }
        }
    }
}

/// Units named beside the line: what a line has room for.
const MAX_HINTED: usize = 8;

/// Takes what was typed. What would be lost by it is asked about: the same key again does it.
pub fn accept(model: &mut Model, now: Timestamp) {
    let Overlay::Attribute(editing) = &mut model.overlay else { return };
    let mut editing = std::mem::replace(
        editing,
        Box::new(Editing {
            device: editing.device,
            key: editing.key.clone(),
            attribute: editing.attribute,
            entry: Entry::Line(Line::default()),
            told: Ok(String::new()),
            asked: None,
        }),
    );
    let text = editing.entry.text().to_owned();
    match altered(model, &editing) {
        Err(words) => editing.told = Err(words),
        Ok((_, altered)) if !altered.lost.is_empty() && editing.asked.as_ref() != Some(&text) => {
            editing.told = Err(format!("{}; enter again does it, u brings it back", losses(&altered.lost)));
            editing.asked = Some(text);
        }
        Ok((before, altered)) => {
            model.overlay = Overlay::None;
            let words = format!("the {} of {}", editing.attribute.title(), before.topic);
            let after = altered.node;
            let change = Change { before: Some(before), after: Some(after.clone()) };
            super::exchange(model, now, editing.device, vec![change], &words);
            follow(model, &after, editing.attribute);
            return;
        }
    }
    model.overlay = Overlay::Attribute(editing);
}

/// A node that changed its path or topic stands elsewhere: the cursor goes with it.
fn follow(model: &mut Model, node: &Node, attribute: Attribute) {
    let row = model.cursor;
    let place = model.device(row.device).and_then(|device| tab::row_of(device, row.node, node, attribute));
    model.inspector.place = place.unwrap_or(model.inspector.place);
}
