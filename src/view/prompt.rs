//! A one-line entry in the footer's place. Owns its label, its cursor and what is said beside it.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Paragraph};

use super::field::{natural_cols, see};
use super::strip::{Strip, wrap};
use super::{Scene, footer, history, keys, rect};
use crate::command::{Command, Context};
use crate::decode::{cols, figures, sanitize};
use crate::model::inspector::rows;
use crate::model::overlay::{Prompt, PromptKind};
use crate::model::search::{How, Search};
use crate::model::{learn, narrowing, nodes};
use crate::mqtt::Subscription;
use crate::mqtt::entry::parse_subscription;
use crate::theme::Role;

/// The least that is left to what is typed.
const MIN_TEXT_COLS: usize = 12;

/// The most lines of what is wrong with it.
const MAX_LINES: usize = 3;

pub fn draw(scene: &Scene<'_>, prompt: &Prompt, frame: &mut Frame<'_>) {
    let area = rect(scene.layout.footer, frame);
    let max_cols = usize::from(area.width).saturating_sub(1);
    let label = match prompt.kind {
        PromptKind::ViewFilter => " filter: ",
        PromptKind::NameFilter => " save the filter as: ",
        PromptKind::Search | PromptKind::SearchInside => " /",
        PromptKind::Jq => " jq: ",
        PromptKind::GoTo => " go to topic: ",
        PromptKind::Subscribe => " subscribe to filter: ",
        PromptKind::AddChild => " keep below: ",
        PromptKind::AddSibling => " keep beside: ",
        PromptKind::Alias => " call it: ",
        PromptKind::LearnScope => " learn: ",
        PromptKind::EditCandidate => " keep as: ",
        PromptKind::EditRange => " for all: ",
        PromptKind::NarrowDevices | PromptKind::NarrowLog | PromptKind::NarrowSweep => " only: ",
        PromptKind::FilterHistory => " messages with: ",
        PromptKind::SaveLog => " save the log as: ",
        PromptKind::Export => " export to: ",
        PromptKind::PayloadFile => " payload from file: ",
        PromptKind::CopyDevice => " copy as: ",
        PromptKind::BatchFile => " publish file: ",
        PromptKind::ConfirmSweep => " type the count: ",
        PromptKind::SaveDevice => " save as: ",
        PromptKind::SaveForDevice => " save for this device as: ",
        PromptKind::SaveForAll => " save for all devices as: ",
    };
    let mut line = Strip::default();
    line.put(label, scene.style(Role::FooterKey));
    let (words, role) = said(scene, prompt);
    let room = max_cols.saturating_sub(line.cols());
    let beside = room.saturating_sub(natural_cols(&prompt.line, room).max(MIN_TEXT_COLS) + 3);
    let mut words = sanitize(words.as_bytes(), usize::MAX);
    if let Some(more) = keys_of_filter(scene, prompt).filter(|more| cols(&words) + cols(more) <= beside) {
        words.push_str(&more);
    }
    if cols(&words) > beside {
        above(scene, &words, role, area, frame);
        words.clear();
    }
    let figures = footer::figures(scene);
    let taken = if words.is_empty() { 0 } else { cols(&words) + 3 };
    let seen = see(&prompt.line, room.saturating_sub(taken).max(1));
    let cursor = line.cols() + seen.cursor;
    line.put(seen.text, scene.style(Role::Field));
    line.to(cursor + 1);
    if !words.is_empty() {
        line.put(format!("   {words}"), scene.style(role));
    }
    if line.cols() + 3 + figures.cols() <= max_cols {
        line.to(max_cols - figures.cols());
        line.append(figures);
    }
    frame.render_widget(line.into_line(), area);
    if let Some(col) = u16::try_from(cursor).ok().filter(|col| *col < area.width) {
        frame.set_cursor_position((area.x + col, area.y));
    }
}

/// What has no room beside the text stands over the panes.
fn above(scene: &Scene<'_>, words: &str, role: Role, area: Rect, frame: &mut Frame<'_>) {
    let lines = wrap(words, usize::from(area.width.saturating_sub(2)), MAX_LINES);
    let height = u16::try_from(lines.len()).unwrap_or_default().min(area.y);
    let place = Rect { y: area.y - height, height, ..area };
    frame.render_widget(Clear, place);
    let lines: Vec<Line<'_>> = lines.into_iter().map(|line| Line::from(format!(" {line}"))).collect();
    frame.render_widget(Paragraph::new(lines).style(scene.style(role)), place);
}

/// What is wrong, or how many were found so far.
fn said(scene: &Scene<'_>, prompt: &Prompt) -> (String, Role) {
    if let Some(error) = &prompt.error {
        return (error.clone(), Role::FieldError);
    }
    match (prompt.kind, &scene.model.search) {
        (PromptKind::Search, Some(search)) if !prompt.line.text().is_empty() => found(search),
        (PromptKind::SearchInside, _) => inside(scene),
        (PromptKind::Search, _) => (offers(scene), Role::TextFaint),
        (PromptKind::NarrowSweep, _) => ("part of a topic".into(), Role::TextFaint),
        (PromptKind::AddChild | PromptKind::AddSibling, _) => {
            let text = prompt.line.text();
            match nodes::edit::preview(scene.model, prompt.from, prompt.kind, text) {
                Ok(words) => (words, Role::TextFaint),
                // What is being typed is not wrong yet.
                Err(words) => (words, if text.is_empty() { Role::TextFaint } else { Role::FieldError }),
            }
        }
        (PromptKind::EditRange, _) => {
            let text = prompt.line.text();
            match nodes::range::preview(scene.model, text) {
                Ok(words) => (words, Role::TextFaint),
                // A name that is being typed is not wrong yet.
                Err(words) if !text.trim().contains(' ') => (words, Role::TextFaint),
                Err(words) => (words, Role::FieldError),
            }
        }
        (PromptKind::Alias, _) => ("nothing: its own name".into(), Role::TextFaint),
        (PromptKind::LearnScope, _) => match learn::scope::parse(prompt.line.text(), scene.now) {
            Ok(_) => ("filters -excludes cap 5000 for 60s matching FILTER".into(), Role::TextFaint),
            Err(words) => (words, Role::FieldError),
        },
        (PromptKind::EditCandidate, _) => match learn::deeds::draft_of(scene.model, prompt.line.text()) {
            Ok(_) => ("type access unit min..max as name".into(), Role::TextFaint),
            Err(words) => (words, Role::FieldError),
        },
        (PromptKind::BatchFile, _) => ("JSON Lines or CSV, such as ~/setpoints.csv".into(), Role::TextFaint),
        (PromptKind::ConfirmSweep, _) => (crate::model::bulk::count_words(scene.model), Role::TextFaint),
        (PromptKind::NarrowDevices, _) => ("part of a name or address".into(), Role::TextFaint),
        (PromptKind::FilterHistory, _) => (history::said(scene), Role::TextFaint),
        (PromptKind::NarrowLog, _) => ("part of a line, a level or a device".into(), Role::TextFaint),
        (PromptKind::CopyDevice | PromptKind::SaveDevice, _) => {
            ("letters, digits, - and _".into(), Role::TextFaint)
        }
        (PromptKind::SaveForDevice | PromptKind::SaveForAll, _) => {
            ("a name for the list; what has it makes room".into(), Role::TextFaint)
        }
        (PromptKind::GoTo, _) => ("tab completes a level".into(), Role::TextFaint),
        (PromptKind::Jq, _) => match prompt.line.text().trim() {
            "" => (".temperature  .list[] | .name  nothing: without jq".into(), Role::TextFaint),
            _ => ("enter takes it, esc leaves it as it was".into(), Role::TextFaint),
        },
        (PromptKind::NameFilter, _) => {
            ("a name for the device's list; what has it makes room".into(), Role::TextFaint)
        }
        (PromptKind::ViewFilter, _) => (narrowing::prompt::words(scene.model), Role::TextFaint),
        (PromptKind::Export, _) => ("a path; ~/ is the home directory".into(), Role::TextFaint),
        (PromptKind::PayloadFile, _) => ("a path; ~ is the home directory".into(), Role::TextFaint),
        (PromptKind::SaveLog, _) => {
            let n = figures::counted(scene.model.log_entries().len() as u64, "line");
            (format!("{n}; a new file, nothing: one in the state directory"), Role::TextFaint)
        }
        (PromptKind::Subscribe, _) => (subscribing(prompt.line.text()), Role::TextFaint),
    }
}

/// What keys do in the line of the view filter, where there is room to say so.
fn keys_of_filter(scene: &Scene<'_>, prompt: &Prompt) -> Option<String> {
    if prompt.kind != PromptKind::ViewFilter || prompt.error.is_some() {
        return None;
    }
    let device = scene.model.selected()?;
    let key = |command| keys::key(scene.model, Context::Line, command);
    let text = prompt.line.text();
    if let Some(name) = device.filters.name_of(text) {
        return Some(format!(" · {}", sanitize(name.as_bytes(), MIN_TEXT_COLS)));
    }
    if !text.trim().is_empty() {
        return Some(format!(" · {} saves it", key(Command::SaveFilter)?));
    }
    let has_any = !device.filters.list().is_empty();
    has_any.then(|| key(Command::OpenFilters).map(|key| format!(" · {key} saved ones"))).flatten()
}

/// What the words behind a filter mean, those that stand there and those that may.
fn subscribing(text: &str) -> String {
    match parse_subscription(text) {
        Ok(asked) if asked != Subscription::new(asked.filter.clone(), asked.qos) => asked.options(),
        Ok(_) | Err(_) => match text.trim_start().strip_prefix('!') {
            Some(_) => "drops what the filter hears, or takes it in again".into(),
            None => "filter QoS no-local no-rap if-new|never; sensors/# 1".into(),
        },
    }
}

/// What was found within the value.
fn inside(scene: &Scene<'_>) -> (String, Role) {
    let found = scene.model.inspector.structures.last().and_then(|structure| structure.inside.as_ref());
    match found {
        Some(inside) if inside.n_found == 0 && !inside.is_working() => {
            (rows::found_words(inside), Role::FieldError)
        }
        Some(inside) => (rows::found_words(inside), Role::TextFaint),
        None => ("part of a name or value".into(), Role::TextFaint),
    }
}

/// How many match, and which of them the cursor is on.
pub fn found(search: &Search) -> (String, Role) {
    let n = figures::grouped(search.n_found as u64);
    let (words, role) = match (search.n_found, search.is_counted(), search.ordinal) {
        (0, true, _) => ("no match".into(), Role::FieldError),
        (_, true, Some(ordinal)) => {
            (format!("match {} of {n}", figures::grouped(ordinal as u64)), Role::TextFaint)
        }
        (1, true, None) => ("1 match".into(), Role::TextFaint),
        (_, true, None) => (format!("{n} matches"), Role::TextFaint),
        (_, false, _) => (format!("{n} matches so far"), Role::TextFaint),
    };
    let evicted = match search.n_evicted() {
        0 => String::new(),
        n => format!(" · {} not searched, for they were evicted", figures::counted(n as u64, "value")),
    };
    (format!("{words}{}{evicted}", ways(search.how)), role)
}

/// How it is searched, where that is not the usual way.
fn ways(how: How) -> String {
    let fuzzy = if how.is_fuzzy { " · fuzzy" } else { "" };
    let values = if how.in_values { " · values too" } else { "" };
    format!("{fuzzy}{values}")
}

/// What keys do in the line of a search that is still empty.
fn offers(scene: &Scene<'_>) -> String {
    let key = |command| keys::key(scene.model, Context::Line, command);
    let how = scene.model.search_how;
    let mut words = format!("part of a topic{}", ways(how));
    let values = if how.in_values { "topics alone" } else { "values too" };
    let fuzzy = if how.is_fuzzy { "in full" } else { "fuzzy" };
    for (command, what) in [(Command::ToggleValues, values), (Command::ToggleFuzzy, fuzzy)] {
        words.extend(key(command).map(|key| format!(" · {key} {what}")));
    }
    words.extend(key(Command::NextResult).map(|key| format!(" · {key} lists")));
    words
}
