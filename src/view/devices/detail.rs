//! What is known of the device under the hand. Owns which facts are told, in which order; no secrets are.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::text::Line;
use ratatui::widgets::Block;

use super::super::Scene;
use super::super::strip::Strip;
use super::{folded, last_use, paragraph};
use crate::decode::{figures, sanitize};
use crate::model::device::Device;
use crate::model::devices::Row;
use crate::model::facts;
use crate::mqtt::Profile;
use crate::mqtt::profile::PasswordSource;
use crate::theme::Role;

/// Columns of what a fact is.
const LABEL_COLS: usize = 15;

/// Lines of one fact.
const MAX_LINES: usize = 8;

/// A fact: what it is, and what is so.
struct Fact(&'static str, String, Role);

pub fn draw(scene: &Scene<'_>, row: Option<&Row>, area: Rect, frame: &mut Frame<'_>) {
    let name = row.map(|row| scene.model.row_name(row)).unwrap_or_default();
    let name = sanitize(name.as_bytes(), usize::from(area.width.saturating_sub(4)));
    let mut block = Block::bordered().border_set(border::PLAIN).border_style(scene.style(Role::Border));
    if !name.is_empty() {
        block = block.title(Line::styled(format!(" {name} "), scene.style(Role::Title)));
    }
    let inner = block.inner(area);
    let room = usize::from(inner.width.saturating_sub(2));
    let mut lines = Vec::new();
    for Fact(label, text, role) in row.map(|row| facts(scene, row)).unwrap_or_default() {
        let before = if label.is_empty() { 0 } else { LABEL_COLS };
        for (n, piece) in folded(&text, room.saturating_sub(before), MAX_LINES).into_iter().enumerate() {
            let mut line = Strip::default();
            line.put(" ", Style::new());
            if n == 0 {
                line.put(label, scene.style(Role::TextFaint));
            }
            line.to(before + 1);
            line.put(piece, scene.style(role));
            lines.push(line.into_line());
        }
    }
    let n_seen = usize::from(inner.height);
    if lines.len() > n_seen {
        let mark = format!(" {n_seen}/{} ", lines.len());
        block = block.title_bottom(Line::styled(mark, scene.style(Role::Title)).right_aligned());
        lines.truncate(n_seen);
    }
    frame.render_widget(block, area);
    paragraph(lines, inner, frame);
}

fn facts(scene: &Scene<'_>, row: &Row) -> Vec<Fact> {
    let model = scene.model;
    let mut facts = Vec::new();
    if let Some(device) = model.row_device(row) {
        state(scene, device, &mut facts);
    }
    match row {
        Row::Saved(name) => {
            let Some(saved) = model.shelf.of_name(name) else { return facts };
            match &saved.profile {
                Ok(profile) => settings(profile, &mut facts),
                Err(words) => {
                    facts.push(Fact("", words.clone(), Role::StatusLost));
                    let words = "Mend the file in an editor and come back, or delete it with d: it is kept as a backup.";
                    facts.push(Fact("", words.into(), Role::Text));
                }
            }
            for warning in &saved.warnings {
                facts.push(Fact("warning", warning.clone(), Role::Dropped));
            }
            let used = last_use(scene, row);
            if !used.is_empty() {
                facts.push(Fact("opened", used, Role::Text));
            }
        }
        Row::Open(id) => {
            if let Some(device) = model.device(*id) {
                settings(&device.profile, &mut facts);
            }
            facts.push(Fact("", "Not saved: w keeps it as a device file.".into(), Role::TextFaint));
        }
        Row::Local => {
            facts.push(Fact("address", "127.0.0.1:1883".into(), Role::Text));
            let words =
                "The broker of this machine, such as mosquitto, with every topic (#). Enter connects.";
            facts.push(Fact("", words.into(), Role::Text));
        }
        Row::Found(full_name) => {
            let found = model.shelf.nearby.all().find(|found| found.full_name == *full_name);
            if let Some(found) = found {
                facts.push(Fact("address", found.url(), Role::Text));
                facts.push(Fact("host", found.host.clone(), Role::Text));
                let words = "It announces itself on the network (DNS-SD); whether it is what it says, nobody checked.";
                facts.push(Fact("", words.into(), Role::TextFaint));
            }
        }
    }
    facts
}

fn state(scene: &Scene<'_>, device: &Device, facts: &mut Vec<Fact>) {
    facts.push(Fact("state", facts::state_words(device, scene.now), super::header::dot(device).1));
    if let crate::model::device::Connection::Waiting(lost) = &device.connection
        && let Some(remedy) = &lost.remedy
    {
        facts.push(Fact("", remedy.clone(), Role::Text));
    }
    let counts = device.store.counts();
    let words = format!(
        "{}, {}",
        figures::counted(counts.n_topics as u64, "topic"),
        figures::counted(counts.n_messages, "message")
    );
    facts.push(Fact("received", words, Role::Text));
}

fn settings(profile: &Profile, facts: &mut Vec<Fact>) {
    let mut fact = |label, text: String| facts.push(Fact(label, text, Role::Text));
    let transport = profile.address.transport;
    fact("address", format!("{}://{}", transport.scheme(), profile.address.host_port()));
    let version = match (profile.version_is_fixed, profile.version) {
        (true, version) => version.to_string(),
        (false, _) => "mqtt 5, else 3.1.1".into(),
    };
    let session = if profile.clean_start { "clean start" } else { "session kept" };
    fact("protocol", format!("{version} · keep-alive {} s · {session}", profile.keep_alive_s));
    if !profile.client_id.is_empty() {
        fact("client id", profile.client_id.clone());
    }
    if let Some(username) = &profile.username {
        fact("user", username.clone());
    }
    let password = match &profile.password_source {
        PasswordSource::Given => profile.password.as_ref().map(|_| "known, not shown".to_owned()),
        PasswordSource::Variable(name) => Some(format!("from ${name}")),
        PasswordSource::File(path) => Some(format!("from {}", path.display())),
        PasswordSource::Command(command) => Some(format!("printed by: {command}")),
    };
    if let Some(password) = password {
        fact("password", password);
    }
    if transport.is_tls() {
        let tls = &profile.tls;
        let trust = match &tls.ca_file {
            _ if tls.insecure => "nothing is checked".to_owned(),
            Some(path) => format!("trusts {}", path.display()),
            None => "trusts the system's authorities".into(),
        };
        fact("tls", trust);
    }
    let filters: Vec<String> = profile
        .subscriptions
        .iter()
        .map(|subscription| format!("{} QoS {}", subscription.filter, subscription.qos))
        .collect();
    fact("hears", if filters.is_empty() { "# QoS 0".into() } else { filters.join(", ") });
}
