//! The publish form. Owns its frame and what is told in it; its rows are drawn by `short` and `tall`.
use ratatui::Frame;
use ratatui::style::Style;
use ratatui::text::Line;

use super::strip::Strip;
use super::{Scene, rect};
use crate::decode::{cols, figures, sanitize};
use crate::model::form::{Form, Offline, plan};
use crate::model::layout::{Arrangement, Pane};
use crate::model::life::{self, Echo, Life};
use crate::model::takes::{self, Whose};
use crate::mqtt::{Reason, Stage};
use crate::theme::Role;

mod fields;
mod short;
mod tall;

pub fn draw(scene: &Scene<'_>, frame: &mut Frame<'_>) {
    let area = rect(scene.layout.publish, frame);
    if area.is_empty() {
        return;
    }
    let has_rows = area.height > 3 && plan::is_tall(&scene.model.form);
    match scene.layout.arrangement {
        Arrangement::Wide | Arrangement::Stacked | Arrangement::TooSmall if !has_rows => {
            short::draw(scene, area, frame);
        }
        Arrangement::Single | Arrangement::Wide | Arrangement::Stacked | Arrangement::TooSmall => {
            tall::draw(scene, area, frame);
        }
    }
}

fn title(scene: &Scene<'_>) -> Line<'static> {
    let device = scene.model.device(scene.model.form.device).filter(|_| scene.model.devices.len() > 1);
    let to = device.map(|device| format!("to {} ", sanitize(device.profile.name.as_bytes(), 24)));
    let form = &scene.model.form;
    let how = match (form.has_placeholders(), form.as_written && form.could_have_placeholders()) {
        (true, _) => "· placeholders are replaced ",
        (false, true) => "· placeholders as written ",
        (false, false) => "",
    };
    Line::styled(format!(" Publish {}{how}", to.unwrap_or_default()), scene.title(Pane::Publish))
}

/// What stands below: what is folded away, what waits for the connection, how large it is.
fn foot(scene: &Scene<'_>, max_cols: usize) -> Line<'static> {
    let form = &scene.model.form;
    let faint = scene.style(Role::TextFaint);
    let mut pieces: Vec<(String, Style)> = Vec::new();
    if let Some(device) = scene.model.device(form.device).filter(|device| device.online().is_none()) {
        let words = match (form.offline, device.held.len()) {
            (Offline::Hold, 0) => "offline: what is sent is held".to_owned(),
            (Offline::Hold, n) => format!("offline: {} held", figures::grouped(n as u64)),
            (Offline::Refuse, 0) => "offline: nothing is sent".to_owned(),
            (Offline::Refuse, n) => format!("offline: nothing is sent, {} held", figures::grouped(n as u64)),
        };
        pieces.push((words, scene.style(Role::PublicationFailed)));
    }
    match form.properties.n_set() {
        0 => {}
        _ if form.unfolded => {}
        1 => pieces.push(("1 property".to_owned(), faint)),
        n => pieces.push((format!("{n} properties"), faint)),
    }
    if let Some((words, is_over)) = size(scene, form) {
        let style = if is_over { scene.style(Role::FieldError) } else { faint };
        pieces.push((words, style));
    }
    let mut strip = Strip::default();
    for (words, style) in pieces {
        let between = if strip.cols() == 0 { " " } else { "· " };
        if strip.cols() + cols(between) + cols(&words) < max_cols {
            strip.put(between, faint);
            strip.put(format!("{words} "), style);
        }
    }
    strip.into_line()
}

/// How large what would go is, of what may go at most and who says so; and whether it is too large.
fn size(scene: &Scene<'_>, form: &Form) -> Option<(String, bool)> {
    let publication = form.composed().ok().filter(|publication| !publication.payload.0.is_empty())?;
    let payload = figures::bytes(publication.payload.0.len() as u64);
    let Some(device) = scene.model.device(form.device) else { return Some((payload, false)) };
    let n_bytes = publication.encoded_bytes(takes::version(device));
    let limit = takes::limit(device);
    let is_over = n_bytes > limit.n_bytes;
    if limit.whose == Whose::Protocol && !is_over {
        return Some((payload, false));
    }
    let (n_bytes, most) = (figures::bytes(n_bytes as u64), figures::bytes(limit.n_bytes as u64));
    Some((format!("{payload}, packet {n_bytes} of {most} ({})", limit.whose.words()), is_over))
}

/// What stands in the form's corner: why it can't be sent, or what became of what was.
fn told(scene: &Scene<'_>) -> (String, Role) {
    let form = &scene.model.form;
    if scene.model.settings.read_only {
        return ("read-only: nothing is published".into(), Role::Publication);
    }
    let device = scene.model.device(form.device);
    let checked = form.publication(device);
    if let (Err(words), false) = (&checked, form.topic.text().is_empty()) {
        return (words.clone(), Role::FieldError);
    }
    match scene.model.lives.newest(form.device, form.topic.text()) {
        Some(life) => (life::words(life), life_role(life)),
        None => (String::new(), Role::Publication),
    }
}

pub fn life_role(life: &Life) -> Role {
    match life.stage.as_ref().map(|(stage, _)| stage) {
        Some(Stage::Refused(..) | Stage::NotSent(_)) => Role::PublicationFailed,
        Some(Stage::Acknowledged(reason)) if *reason != Reason::SUCCESS => Role::PublicationFailed,
        None | Some(Stage::Queued | Stage::Received) => Role::Publication,
        Some(Stage::Sent { .. } | Stage::Acknowledged(_)) => match life.echo {
            Echo::Missed => Role::PublicationFailed,
            Echo::Heard(_) => Role::PublicationDone,
            Echo::Awaited(_) | Echo::Unheard if life.is_settled() => Role::PublicationDone,
            Echo::Awaited(_) | Echo::Unheard => Role::Publication,
        },
    }
}
