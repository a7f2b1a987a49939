//! Keys in the editor: typing, stepping, sending, going back to what was sent. Owns which key a widget takes for text.
use super::{Body, beginning, close, goes};
use crate::command::Command;
use crate::keymap::{Chord, Key};
use crate::model::event::Effect;
use crate::model::line::Edited;
use crate::model::spacing::{self, Offered, Wish};
use crate::model::toast::Tone;
use crate::model::{Model, apply};
use crate::time::Timestamp;
use std::time::Duration;

/// Steps of a page key.
const LEAP: i32 = 10;

/// How far apart steps go in live mode where the node says nothing: twenty a second, faster than a key repeats.
const LIVE_INTERVAL: Duration = Duration::from_millis(50);

/// A key was pressed while the editor hears them.
pub fn key(
    model: &mut Model,
    now: Timestamp,
    chord: Chord,
    command: Option<Command>,
    effects: &mut Vec<Effect>,
) {
    let Some(editor) = &mut model.editor else { return };
    if is_text(&editor.body, chord, command) {
        return type_in(model, chord);
    }
    if let (Body::Bool(on), Some(bit @ ('0' | '1'))) = (&mut editor.body, chord.text()) {
        *on = bit == '1';
        return changed(model, now, effects);
    }
    if let (Body::Choice(at), Some(letter)) = (&mut editor.body, chord.text())
        && command.is_none()
    {
        let begins = |place: &usize| {
            let value = editor.node.domain.values.get(*place).map(|value| editor.node.shown(value));
            value.is_some_and(|text| text.to_lowercase().starts_with(&letter.to_lowercase().to_string()))
        };
        let n = editor.node.domain.values.len();
        let from = at.map_or(0, |at| at + 1);
        if let Some(next) = (from..n).chain(0..from.min(n)).find(begins) {
            *at = Some(next);
        }
        return changed(model, now, effects);
    }
    if let Some(command) = command {
        carry_out(model, now, command, effects);
    }
}

/// Whether a key belongs to a widget's text although it may be bound to something.
fn is_text(body: &Body, chord: Chord, command: Option<Command>) -> bool {
    let sideways = matches!(chord.key, Key::Left | Key::Right);
    match body {
        Body::Which(_) | Body::Impulse | Body::Bool(_) | Body::Choice(_) => false,
        Body::Text(_) => {
            let edges = matches!(chord.key, Key::Home | Key::End);
            chord.text().is_some() || sideways || edges || command.is_none()
        }
        Body::Numbers { at, lines, is_fresh } => match chord.text() {
            // A sign stands at the beginning or behind an exponent; elsewhere it steps.
            Some('+' | '-') => {
                let before = lines.get(*at).map_or("", |line| line.halves().0);
                !is_fresh && (before.trim().is_empty() || before.ends_with(['e', 'E']))
            }
            Some(_) => true,
            None => sideways || command.is_none(),
        },
    }
}

fn type_in(model: &mut Model, chord: Chord) {
    let Some(editor) = &mut model.editor else { return };
    editor.said.clear();
    if let Body::Numbers { at, lines, is_fresh } = &mut editor.body {
        let takes_place = std::mem::take(is_fresh) && chord.text().is_some();
        if let Some(line) = lines.get_mut(*at).filter(|_| takes_place) {
            line.set("");
        }
    }
    if let Some(line) = editor.body.line()
        && line.edit(chord) == Edited::Changed
    {
        editor.back = None;
        editor.body.spread(&editor.node);
    }
}

/// Text was pasted. `None`: the widget takes none; else how many bytes found no room.
pub fn paste(model: &mut Model, text: &str) -> Option<usize> {
    let editor = model.editor.as_mut()?;
    editor.said.clear();
    if let Body::Numbers { at, lines, is_fresh } = &mut editor.body
        && std::mem::take(is_fresh)
        && let Some(line) = lines.get_mut(*at)
    {
        line.set("");
    }
    let n_left_out = editor.body.line().map(|line| line.insert(text));
    editor.body.spread(&editor.node);
    n_left_out
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what means nothing of its own here is anybody's command")]
fn carry_out(model: &mut Model, now: Timestamp, command: Command, effects: &mut Vec<Effect>) {
    match command {
        Command::LeapUp => step(model, now, LEAP, effects),
        Command::LeapDown => step(model, now, -LEAP, effects),
        Command::StepDown | Command::ToggleChoice => step(model, now, -1, effects),
        Command::StepUp | Command::PreviousChoice => step(model, now, 1, effects),
        Command::ToMin => to_edge(model, now, false, effects),
        Command::ToMax => to_edge(model, now, true, effects),
        Command::NextField => next_part(model, true),
        Command::PreviousField => next_part(model, false),
        Command::PreviousSent => recall(model, now, true),
        Command::NextSent => recall(model, now, false),
        Command::ToggleLive => toggle_live(model),
        Command::Send => enter(model, now, effects),
        Command::Undo | Command::Redo => {
            let words = "what was published can't be undone; ctrl-p goes back to values sent before";
            model.say(now, Tone::Info, words);
        }
        Command::Leave => close(model),
        _ => apply::command(model, now, command, effects),
    }
}

fn step(model: &mut Model, now: Timestamp, n_steps: i32, effects: &mut Vec<Effect>) {
    let Some(editor) = &mut model.editor else { return };
    if let Body::Text(_) = editor.body {
        return recall(model, now, n_steps > 0);
    }
    if editor.body.step(&editor.node, editor.nodes.len(), n_steps) {
        changed(model, now, effects);
    }
}

fn to_edge(model: &mut Model, now: Timestamp, is_upper: bool, effects: &mut Vec<Effect>) {
    let Some(editor) = &mut model.editor else { return };
    if editor.body.to_edge(&editor.node, editor.nodes.len(), is_upper) {
        return changed(model, now, effects);
    }
    if let Some(line) = editor.body.line() {
        line.edit(Chord::plain(if is_upper { Key::End } else { Key::Home }));
    }
}

fn next_part(model: &mut Model, forth: bool) {
    let has_parts = model.editor.as_mut().is_some_and(|editor| editor.body.next_part(forth));
    if !has_parts {
        let panes = model.panes();
        model.focus = if forth { model.focus.next(panes) } else { model.focus.previous(panes) };
    }
}

fn toggle_live(model: &mut Model) {
    if let Some(editor) = &mut model.editor {
        editor.is_live = !editor.is_live;
    }
}

/// Another value is chosen; in live mode it goes.
fn changed(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(editor) = &mut model.editor else { return };
    editor.said.clear();
    editor.back = None;
    if let Body::Which(at) = editor.body {
        if let Some(node) = editor.nodes.get(at) {
            editor.node = node.clone();
        }
    } else if editor.is_live {
        send(model, now, effects);
    }
}

fn enter(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(editor) = &model.editor else { return };
    if !matches!(editor.body, Body::Which(_)) {
        return send(model, now, effects);
    }
    if !editor.node.access.can_set() {
        return model.say(now, Tone::Warn, goes::no_access(&editor.node));
    }
    let Some(device) = model.device(editor.device) else { return };
    let body = Body::of(&editor.node, &beginning(device, &model.spacing, &editor.node));
    if let Some(editor) = &mut model.editor {
        editor.body = body;
    }
}

fn send(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let Some(editor) = &model.editor else { return };
    let (id, is_live) = (editor.device, editor.is_live);
    let goes = match editor.goes(model) {
        Ok(goes) => goes,
        Err(words) => return model.say(now, Tone::Error, words),
    };
    let mut wish = Wish::new(&editor.node, goes.value, goes.publication);
    if is_live {
        wish.interval = wish.interval.max(LIVE_INTERVAL);
    }
    let said = match spacing::offer(model, now, id, wish, effects) {
        Offered::Sent | Offered::Waits => String::new(),
        Offered::Repeated => {
            "not sent again: it equals what was sent last, and repetition_filter is on".to_owned()
        }
    };
    if let Some(editor) = &mut model.editor {
        editor.said = said;
        editor.back = None;
        if let Body::Numbers { is_fresh, .. } = &mut editor.body {
            *is_fresh = true;
        }
    }
}

/// Shows what was sent before the value shown, or after it.
fn recall(model: &mut Model, now: Timestamp, older: bool) {
    let Some(editor) = &model.editor else { return };
    let sent = |back: usize| model.spacing.recalled(editor.device, &editor.node.key()).nth(back).cloned();
    let to = match (older, editor.back) {
        (true, back) => back.map_or(0, |back| back + 1),
        (false, Some(back @ 1..)) => back - 1,
        (false, Some(0) | None) => return,
    };
    match sent(to) {
        None => model.say(now, Tone::Info, "nothing older was sent to this node"),
        Some(value) => {
            if let Some(editor) = &mut model.editor {
                editor.body = Body::of(&editor.node, &value);
                editor.back = Some(to);
                editor.said.clear();
            }
        }
    }
}
