//! The uppermost row: the device under the cursor and its link. Owns what goes first when it is narrow.
use ratatui::Frame;

use super::strip::Strip;
use super::{Scene, rect};
use crate::decode::{escape, figures, fit, sanitize};
use crate::model::device::{Connection, Device};
use crate::model::{Screen, keep_alive};
use crate::theme::Role;

/// The widest device name; a longer one leaves no room for its state.
const MAX_NAME_COLS: usize = 24;

/// The pieces that go when there is no room, the first to go first.
const DROP_ORDER: [Piece; 6] =
    [Piece::RateOut, Piece::Address, Piece::Version, Piece::KeepAlive, Piece::RoundTrip, Piece::RateIn];

/// What can be dropped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    Version,
    Address,
    RoundTrip,
    KeepAlive,
    RateIn,
    RateOut,
}

pub fn draw(scene: &Scene<'_>, frame: &mut Frame<'_>) {
    let area = rect(scene.layout.header, frame);
    let max_cols = usize::from(area.width).saturating_sub(1);
    let marks = marks(scene);
    let mut line = Strip::default();
    line.put(" mqttscope ", scene.style(Role::Header));
    if scene.model.screen == Screen::Devices {
        line.put("Devices", scene.style(Role::HeaderName));
        let n_online = scene.model.devices.iter().filter(|device| device.online().is_some()).count();
        separate(scene, &mut line);
        let n_open = figures::counted(scene.model.devices.len() as u64, "open device");
        let words = if scene.model.devices.is_empty() {
            "none is open".to_owned()
        } else {
            format!("{n_online} of {n_open} online")
        };
        line.put(words, scene.style(Role::Header));
    } else if let Some(device) = scene.model.selected() {
        let (dot, role) = dot(device);
        line.put(format!("{dot} "), scene.style(role));
        line.put_fit(
            &sanitize(device.profile.name.as_bytes(), MAX_NAME_COLS),
            MAX_NAME_COLS,
            scene.style(Role::HeaderName),
        );
        let room = max_cols.saturating_sub(marks.cols() + line.cols());
        if let Some(words) = state_words(scene, device, room.saturating_sub(3)) {
            separate(scene, &mut line);
            line.put(words, scene.style(role));
        }
        let mut pieces = pieces(scene, device);
        for drop in DROP_ORDER {
            let needed: usize = pieces.iter().map(|(_, piece)| piece.cols() + 3).sum();
            if line.cols() + needed + marks.cols() > max_cols {
                pieces.retain(|(piece, _)| *piece != drop);
            }
        }
        for (_, piece) in pieces {
            separate(scene, &mut line);
            line.append(piece);
        }
    }
    line.append(marks);
    frame.buffer_mut().set_style(area, scene.style(Role::Header));
    frame.render_widget(line.into_line(), area);
}

fn separate(scene: &Scene<'_>, line: &mut Strip) {
    line.put(" · ", scene.style(Role::TextFaint));
}

/// The mark of a connection's state and its role.
pub fn dot(device: &Device) -> (&'static str, Role) {
    match device.connection {
        Connection::Online(_) => ("●", Role::StatusOnline),
        Connection::Connecting { .. } => ("◐", Role::StatusConnecting),
        Connection::Waiting(_) => ("✗", Role::StatusLost),
        Connection::Off => ("○", Role::StatusOff),
    }
}

/// Where the connection stands, when it is not online. What has no room goes from the cause, never from what
/// comes next.
pub fn state_words(scene: &Scene<'_>, device: &Device, max_cols: usize) -> Option<String> {
    let (cause, next) = match &device.connection {
        Connection::Online(_) => return None,
        Connection::Connecting { step, .. } => (format!("connecting: {}", step.words()), String::new()),
        Connection::Off => ("disconnected".to_owned(), String::new()),
        Connection::Waiting(lost) => {
            let next = match lost.retry_at {
                Some(at) => format!("; next try in {} s", at.since(scene.now).as_secs() + 1),
                None => "; c tries again".to_owned(),
            };
            (format!("{}: {}", lost.words(), sanitize(lost.cause.as_bytes(), max_cols)), next)
        }
    };
    let cause = fit(&cause, max_cols.saturating_sub(next.len()), escape::ELLIPSIS).into_owned();
    Some(fit(&format!("{cause}{next}"), max_cols, escape::ELLIPSIS).into_owned())
}

fn pieces(scene: &Scene<'_>, device: &Device) -> Vec<(Piece, Strip)> {
    let profile = &device.profile;
    // One that is still sought is not said.
    let version =
        device.online().map(|online| online.version).or(profile.version_is_fixed.then_some(profile.version));
    let faint = scene.style(Role::Header);
    let strong = scene.style(Role::Text);
    let mut pieces = Vec::new();
    let mut add = |piece, texts: &[(&str, ratatui::style::Style)]| {
        let mut strip = Strip::default();
        for (text, style) in texts {
            strip.put(*text, *style);
        }
        pieces.push((piece, strip));
    };
    if let Some(version) = version {
        add(Piece::Version, &[(&version.to_string(), faint)]);
    }
    let address = sanitize(device.profile.address.to_string().as_bytes(), 80);
    if address != device.profile.name {
        add(Piece::Address, &[(&address, faint)]);
    }
    let Some(online) = device.online() else { return pieces };
    if let Some(round_trip) = device.round_trips.last() {
        add(Piece::RoundTrip, &[("rtt ", faint), (&figures::span(round_trip), strong)]);
    }
    match keep_alive::cells(device, scene.now) {
        Some(cells) => {
            let full = usize::try_from(cells).unwrap_or_default();
            let empty = usize::try_from(keep_alive::CELLS - cells).unwrap_or_default();
            let is_overdue = keep_alive::is_overdue(device, scene.now);
            let role = if is_overdue { Role::StatusConnecting } else { Role::StatusOnline };
            add(
                Piece::KeepAlive,
                &[
                    ("ka ", faint),
                    (&format!("{} s ", online.keep_alive_s), strong),
                    (&"▰".repeat(full), scene.style(role)),
                    (&"▱".repeat(empty), faint),
                ],
            );
        }
        None if online.keep_alive_s == 0 => add(Piece::KeepAlive, &[("ka off", faint)]),
        None => add(Piece::KeepAlive, &[("ka ", faint), (&format!("{} s", online.keep_alive_s), strong)]),
    }
    let rate_in = figures::rate(device.messages_in.per_second(scene.now));
    let bytes_in = figures::byte_rate(device.bytes_in.per_second(scene.now));
    let rate_out = figures::rate(device.publishes_out.per_second(scene.now));
    add(Piece::RateIn, &[("↓ ", faint), (&rate_in, strong), (" ", faint), (&bytes_in, strong)]);
    add(Piece::RateOut, &[("↑ ", faint), (&rate_out, strong)]);
    pieces
}

/// What never goes.
fn marks(scene: &Scene<'_>) -> Strip {
    let mut marks = Strip::default();
    let is_insecure =
        |device: &Device| device.profile.tls.insecure && device.profile.address.transport.is_tls();
    let is_insecure = match scene.model.screen {
        Screen::Explorer | Screen::Monitor | Screen::Publications => {
            scene.model.selected().is_some_and(is_insecure)
        }
        Screen::Devices => scene.model.devices.iter().any(is_insecure),
    };
    let n_running = scene.model.runs.n_running();
    if n_running > 0 {
        separate(scene, &mut marks);
        marks.put(format!("▶ {n_running} running"), scene.style(Role::StatusOnline));
    }
    let words = [
        (is_insecure, "INSECURE", Role::Insecure),
        (scene.model.settings.read_only, "READ-ONLY", Role::HeaderName),
        (scene.model.frozen.is_some(), "FROZEN", Role::Dropped),
    ];
    for (_, word, role) in words.into_iter().filter(|(shown, ..)| *shown) {
        separate(scene, &mut marks);
        marks.put(word, scene.style(role));
    }
    if let Some(n_messages) = scene.model.frozen.as_ref().map(|frozen| frozen.n_messages).filter(|n| *n > 0) {
        marks.put(format!(" +{}", figures::grouped(n_messages)), scene.style(Role::Dropped));
    }
    let dropped = scene.model.selected().map_or(0, |device| device.broker_drops.n_grown());
    if dropped > 0 && scene.model.screen != Screen::Devices {
        separate(scene, &mut marks);
        marks.put(format!("broker dropped {}", figures::grouped(dropped)), scene.style(Role::Dropped));
    }
    marks
}
