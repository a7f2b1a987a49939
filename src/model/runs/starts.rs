//! Starting and stopping by key: the settings over the panes, the row under the hand, all at once. Owns which targets
//! there are where one is, and the words said.
use super::settings::{Settings, Target};
use super::source::Beside;
use super::{Run, begin, stop, stop_all};
use crate::command::Command;
use crate::decode::figures;
use crate::device::Node;
use crate::keymap::Chord;
use crate::model::event::{DeviceId, Effect};
use crate::model::layout::Pane;
use crate::model::overlay::Overlay;
use crate::model::publications::draft::Draft;
use crate::model::toast::Tone;
use crate::model::{Model, editor, keys, publish};
use crate::time::Timestamp;

/// Opens the settings of a generator: of the form's payload, of the value being edited, or of the kept node under the
/// cursor.
pub fn open(model: &mut Model, now: Timestamp) {
    if model.settings.read_only {
        return model.say(now, Tone::Warn, publish::READ_ONLY);
    }
    match targets(model) {
        Err(words) => model.say(now, Tone::Warn, words),
        Ok((device, targets, target)) => {
            // All targets are at one topic.
            let node = targets.iter().find_map(|target| match target {
                Target::Node(node, _) => Some(node.topic.as_str()),
                Target::Text(_) => None,
            });
            let births = node.and_then(|topic| Some(model.device(device)?.births_of(topic)));
            let wall = model.settings.wall;
            let beside = Beside { births: births.unwrap_or_default(), wall, began: now };
            // Any number is a seed; another time brings another one.
            let seed = now.0 / 1_000_000 % 1_000_000;
            let settings = Settings::new(device, (targets, target), beside, seed);
            model.overlay = Overlay::Repeat(Box::new(settings));
        }
    }
}

fn targets(model: &Model) -> Result<(DeviceId, Vec<Target>, usize), String> {
    if model.focus == Pane::Publish {
        return match &model.editor {
            Some(editor) => {
                let chosen = editor.goes(model).map(|goes| goes.value);
                let nodes =
                    if editor.nodes.is_empty() { vec![editor.node.clone()] } else { editor.nodes.clone() };
                let at = nodes.iter().position(|node| node.key() == editor.node.key()).unwrap_or_default();
                let mut targets = of_nodes(model, editor.device, nodes);
                if let (Some(Target::Node(_, value)), Ok(chosen)) = (targets.get_mut(at), chosen) {
                    *value = chosen;
                }
                Ok((editor.device, targets, at))
            }
            None => of_form(model),
        };
    }
    let row = model.cursor;
    let device = model.device(row.device).ok_or("no device is open; D shows the devices")?;
    let nodes: Vec<Node> = device.kept.at(row.node).cloned().collect();
    if nodes.is_empty() {
        return Err("not kept, so nothing is known of its values; L learns it, or p and then ctrl-g repeats a payload".to_owned());
    }
    Ok((row.device, of_nodes(model, row.device, nodes), 0))
}

/// What the form holds first when something was typed, else the node that is kept at its topic.
fn of_form(model: &Model) -> Result<(DeviceId, Vec<Target>, usize), String> {
    let id = model.form.device;
    let device = model.device(id).ok_or("no device is open to publish to; D shows the devices")?;
    let publication = model.form.publication(Some(device))?;
    let draft = Draft { is_template: model.form.has_placeholders(), ..model.form.draft()? };
    let node = device.store.find(publication.topic.as_str());
    let nodes: Vec<Node> = node.into_iter().flat_map(|node| device.kept.at(node)).cloned().collect();
    let mut targets = of_nodes(model, id, nodes);
    let target = if publication.payload.0.is_empty() && !targets.is_empty() { 0 } else { targets.len() };
    targets.push(Target::Text(draft));
    Ok((id, targets, target))
}

fn of_nodes(model: &Model, id: DeviceId, nodes: Vec<Node>) -> Vec<Target> {
    let Some(device) = model.device(id) else { return Vec::new() };
    let target = |node: Node| {
        let value = editor::beginning(device, &model.spacing, &node);
        Target::Node(Box::new(node), value)
    };
    nodes.into_iter().map(target).collect()
}

/// A key while the settings are open.
pub fn key(
    model: &mut Model,
    now: Timestamp,
    chord: Chord,
    command: Option<Command>,
    effects: &mut Vec<Effect>,
) {
    let Overlay::Repeat(settings) = &mut model.overlay else { return };
    let is_text = settings.line(settings.field).is_some();
    if is_text && keys::belongs_to_text(chord, command) {
        return settings.edit(chord);
    }
    match command {
        Some(Command::NextField) => settings.step_field(true),
        Some(Command::PreviousField) => settings.step_field(false),
        Some(Command::ToggleChoice) => settings.step_choice(true),
        Some(Command::PreviousChoice) => settings.step_choice(false),
        Some(Command::StartRun) => start(model, now),
        Some(command) => crate::model::apply::command(model, now, command, effects),
        None => {}
    }
}

/// A paste into the settings; how many bytes found no room, or `None` where nothing is typed.
pub fn paste(settings: &mut Settings, text: &str) -> Option<usize> {
    let n_over = settings.line_mut()?.insert(text);
    settings.check();
    Some(n_over)
}

/// Starts what the settings say; what is wrong stays in their box.
fn start(model: &mut Model, now: Timestamp) {
    let Overlay::Repeat(settings) = &model.overlay else { return };
    let device = settings.device;
    let begun = settings.work(now).and_then(|work| {
        let words = work.words();
        begin(model, now, device, work).map(|id| (id, words))
    });
    match (begun, &mut model.overlay) {
        (Err(words), Overlay::Repeat(settings)) => settings.told = Err(words),
        (Err(words), _) => model.say(now, Tone::Error, words),
        (Ok((id, words)), overlay) => {
            *overlay = Overlay::None;
            model.say(
                now,
                Tone::Info,
                format!("{words} runs as number {}; P lists what runs, ! or f8 stops all", id.0),
            );
        }
    }
}

/// The run under the hand of the Running list.
pub fn under_hand(model: &Model) -> Option<&Run> {
    let n = listed(model).count();
    listed(model).nth(model.publications.running.min(n.saturating_sub(1)))
}

/// The runs as they are listed: what runs first, the newest on top.
pub fn listed(model: &Model) -> impl Iterator<Item = &Run> {
    let of = |is_running: bool| model.runs.iter().rev().filter(move |run| run.is_running() == is_running);
    of(true).chain(of(false))
}

/// What a key for the run under the hand says where there is none.
const NO_RUN: &str = "nothing runs; ctrl-g in the form repeats what it holds";

/// Stops the run under the hand.
pub fn stop_under_hand(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    match under_hand(model).map(|run| (run.id, run.is_running(), run.work.words())) {
        None => model.say(now, Tone::Info, NO_RUN),
        Some((id, true, _)) => stop(model, now, id, "you stopped it", effects),
        Some((_, false, words)) => {
            model.say(now, Tone::Info, format!("{words} has ended already; d takes it off the list"));
        }
    }
}

/// Takes the run under the hand off the list when it has ended.
pub fn forget_under_hand(model: &mut Model, now: Timestamp) {
    match under_hand(model).map(|run| (run.id, run.is_running(), run.work.words())) {
        None => model.say(now, Tone::Info, NO_RUN),
        Some((_, true, words)) => {
            model.say(
                now,
                Tone::Warn,
                format!("{words} still runs; s stops it, and then d takes it off the list"),
            );
        }
        Some((id, false, words)) => {
            model.runs.remove(id);
            model.say(now, Tone::Info, format!("took {words}, number {}, off the list", id.0));
        }
    }
}

/// Stops whatever publishes by itself.
pub fn stop_them(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    let n = stop_all(model, now, "you stopped all", effects);
    let words = match n {
        0 => "nothing runs".to_owned(),
        n => format!("stopped {}", figures::counted(n as u64, "run")),
    };
    model.say(now, Tone::Info, words);
}
