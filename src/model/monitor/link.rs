//! The way to the broker, its pings and its session, in lines. Owns the words.
use super::PingEvery;
use super::lines::{Lines, Shade, long};
use crate::decode::figures;
use crate::model::device::{Connection, Device};
use crate::model::pings::{self, Spread};
use crate::model::{facts, keep_alive, tls};
use crate::mqtt::port::{Lost, Step};
use crate::mqtt::{Transport, Version};
use crate::time::Timestamp;
use std::time::Duration;

/// Cells of the bar to the next ping.
const BAR_CELLS: u32 = 10;

/// Round trips of the sparkline.
const SPARK: usize = 40;

/// Where the connection stands.
pub(super) fn connection(lines: &mut Lines, device: &Device, now: Timestamp) {
    let profile = &device.profile;
    let (shade, words) = state(device, now);
    lines.fact("state", shade, &words);
    if let Connection::Waiting(lost) = &device.connection {
        remedy(lines, lost);
        let next = match lost.retry_at {
            Some(at) => format!("in {} s, after {}", at.since(now).as_secs() + 1, tries(lost.n_attempts)),
            None => format!("not by itself, after {}; c tries again", tries(lost.n_attempts)),
        };
        lines.fact("next try", Shade::Plain, &next);
    }
    lines.fact("way", Shade::Plain, &way(device));
    let spoken = device.online().map_or(profile.version, |online| online.version);
    let address = &profile.address;
    lines.fact("broker", Shade::Plain, &format!("{address}, {spoken} over {}", address.transport.words()));
    let again = match device.n_connects.saturating_sub(1) {
        0 => "none since the program began".to_owned(),
        n => format!("{} since the program began", figures::grouped(n)),
    };
    lines.fact("reconnects", Shade::Plain, &again);
    if !matches!(device.connection, Connection::Waiting(_))
        && let Some(lost) = &device.last_failure
    {
        let ago = long(now.since(lost.at));
        lines.fact("last failure", Shade::Warn, &format!("{}, {ago} ago: {}", at_step(lost), lost.cause));
        remedy(lines, lost);
    }
}

fn remedy(lines: &mut Lines, lost: &Lost) {
    if let Some(remedy) = &lost.remedy {
        lines.fact("remedy", Shade::Plain, remedy);
    }
}

fn tries(n: u32) -> String {
    figures::counted(n.into(), "failure")
}

fn at_step(lost: &Lost) -> String {
    match lost.step {
        None => "while online".into(),
        Some(step) => format!("at {}", step.words()),
    }
}

fn state(device: &Device, now: Timestamp) -> (Shade, String) {
    match &device.connection {
        Connection::Online(online) => {
            let took = figures::span(online.took);
            (Shade::Good, format!("online for {}; it took {took}", long(now.since(online.at))))
        }
        Connection::Connecting { step, since } => {
            let words = match step {
                Step::Resolve => "resolve: the host's name is looked up",
                Step::Tcp => "TCP: the connection is being made",
                Step::Proxy => "proxy: its answer is awaited",
                Step::Tls => "TLS: the handshake is under way",
                Step::WebSocket => "WebSocket: the upgrade is awaited",
                Step::Connect => "CONNECT: sent, CONNACK is awaited",
            };
            (Shade::Warn, format!("connecting, {words} for {}", figures::span(now.since(*since))))
        }
        Connection::Waiting(lost) => {
            (Shade::Bad, format!("{} {}: {}", lost.words(), at_step(lost), lost.cause))
        }
        Connection::Off => (Shade::Faint, "disconnected, as asked; c connects".into()),
    }
}

/// The steps, those that are done, the one under way or failed.
fn way(device: &Device) -> String {
    let transport = device.profile.address.transport;
    let mut steps = vec![Step::Resolve, Step::Tcp];
    if transport == Transport::Unix {
        steps = vec![Step::Tcp];
    }
    if device.profile.proxy.is_some() {
        steps.push(Step::Proxy);
    }
    if transport.is_tls() {
        steps.push(Step::Tls);
    }
    if transport.is_websocket() {
        steps.push(Step::WebSocket);
    }
    steps.push(Step::Connect);
    let (at, mark) = match &device.connection {
        Connection::Online(_) => (None, ""),
        Connection::Connecting { step, .. } => (Some(*step), "…"),
        Connection::Waiting(lost) => match lost.step {
            Some(step) => (Some(step), "✗"),
            None => return "was online → lost".into(),
        },
        Connection::Off => return "not begun".into(),
    };
    let place = at.and_then(|at| steps.iter().position(|step| *step == at)).unwrap_or(steps.len());
    let words = steps.iter().enumerate().map(|(n, step)| {
        let mark = match n.cmp(&place) {
            std::cmp::Ordering::Less => "✓",
            std::cmp::Ordering::Equal => mark,
            std::cmp::Ordering::Greater => "",
        };
        format!("{}{mark}", step.words())
    });
    let end = if at.is_none() { "online✓" } else { "online" };
    words.chain([end.to_owned()]).collect::<Vec<_>>().join(" → ")
}

/// Pings, ours and the server's, and what they tell.
pub(super) fn pings_and_silence(lines: &mut Lines, device: &Device, every: PingEvery, now: Timestamp) {
    let link = &device.link;
    match device.online() {
        Some(online) => {
            let (in_force, ours) = (online.keep_alive_s, device.profile.keep_alive_s);
            let is_sound = (60..=300).contains(&in_force);
            let shade = if is_sound { Shade::Plain } else { Shade::Warn };
            lines.fact("keep-alive", shade, &facts::keep_alive_words(in_force, ours));
            if let Some((cells, left)) = keep_alive::bar(device, now, BAR_CELLS) {
                let full = usize::try_from(cells).unwrap_or_default();
                let empty = usize::try_from(BAR_CELLS - cells).unwrap_or_default();
                let bar = format!("{}{}", "▰".repeat(full), "▱".repeat(empty));
                lines.fact("next ping", Shade::Plain, &format!("{bar} in {} s", left.as_secs()));
            }
            awaited(lines, device, now, in_force);
            lines.fact(
                "last byte in",
                Shade::Plain,
                &format!("{} ago", figures::span(now.since(link.last_inbound))),
            );
        }
        None => lines.fact(
            "keep-alive",
            Shade::Faint,
            &format!("{} s wished; not online", device.profile.keep_alive_s),
        ),
    }
    if let Some(last) = device.round_trips.last() {
        lines.fact("round trip", Shade::Plain, &figures::span(last));
    }
    let recent: Vec<_> = device.round_trips.recent(now).collect();
    if let Some(spread) = pings::spread(recent.iter().copied()) {
        lines.fact("last hour", Shade::Plain, &spread_words(spread));
        let skip = recent.len().saturating_sub(SPARK.min(lines.cols.saturating_sub(14)));
        let bars = recent.iter().skip(skip).map(Duration::as_secs_f64).collect();
        lines.bars(&figures::counted(recent.len() as u64, "ping"), bars);
    }
    lines.more(Shade::Faint, &every.words());
}

/// `p50 0.4 ms · p95 1.2 ms · max 8.0 ms`.
pub(super) fn spread_words(spread: Spread) -> String {
    let Spread { p50, p95, max } = spread;
    format!("p50 {} · p95 {} · max {}", figures::span(p50), figures::span(p95), figures::span(max))
}

fn awaited(lines: &mut Lines, device: &Device, now: Timestamp, keep_alive_s: u16) {
    let Some(sent) = device.link.ping_sent else { return };
    let waited = now.since(sent);
    let dead = match keep_alive_s {
        0 => String::new(),
        s => format!("; given up at {} s", u32::from(s) * 3 / 2),
    };
    if keep_alive::is_overdue(device, now) {
        let words = format!("OVERDUE for {}{dead}", figures::span(waited));
        lines.fact("answer", Shade::Warn, &words);
    } else {
        lines.fact("answer", Shade::Plain, &format!("awaited for {}", figures::span(waited)));
    }
}

/// What the broker remembers, and what protects the way.
pub(super) fn session(lines: &mut Lines, device: &Device, now: Timestamp) {
    let profile = &device.profile;
    let assigned = device.online().and_then(|online| online.connack.assigned_client_id.as_ref());
    let whose = match (assigned, device.id_is_made_up) {
        (Some(_), _) => "given by the broker",
        (None, true) => "made up for this run",
        (None, false) => "ours",
    };
    let id = device.online().map_or(profile.client_id.as_str(), |online| &online.client_id);
    lines.fact("client id", Shade::Plain, &format!("{id} ({whose})"));
    let clean = if profile.clean_start { "clean start" } else { "kept, no clean start" };
    let present = match device.online() {
        Some(online) if online.connack.session_present => "; session present",
        Some(_) => "; no session was present",
        None => "",
    };
    lines.fact("session", Shade::Plain, &format!("{clean}{present}"));
    let version = device.online().map_or(profile.version, |online| online.version);
    lines.fact("expiry", Shade::Plain, &expiry(device, version));
    let will = match &profile.will {
        None => "none".to_owned(),
        Some(will) => format!(
            "{} on {}, QoS {}{}{}",
            figures::counted(will.payload.0.len() as u64, "byte"),
            will.topic.as_str(),
            will.qos,
            if will.retain { ", retained" } else { "" },
            if will.delay_s > 0 { format!(", after {} s", will.delay_s) } else { String::new() },
        ),
    };
    lines.fact("will", Shade::Plain, &will);
    match device.online() {
        Some(online) if online.tls.is_some() => {
            for line in tls::lines(online, now) {
                lines.told(&line);
            }
        }
        Some(_) | None if profile.address.transport.is_tls() => {
            lines.fact("TLS", Shade::Faint, "nothing agreed on yet");
        }
        Some(_) | None => lines.fact("TLS", Shade::Faint, "none: the way can be listened to"),
    }
}

fn expiry(device: &Device, version: Version) -> String {
    let ours = device.profile.session_expiry_s;
    let theirs = device.online().and_then(|online| online.connack.session_expiry_s);
    let words = |s: u32| match s {
        0 => "with the connection".to_owned(),
        u32::MAX => "never".to_owned(),
        s => format!("{s} s after the connection"),
    };
    match (version, theirs) {
        (Version::V3, _) if device.profile.clean_start => "with the connection".into(),
        (Version::V3, _) => "as the broker likes (MQTT 3.1.1 says nothing)".into(),
        (Version::V5, Some(theirs)) if theirs != ours => {
            format!("{} (the broker's; ours: {})", words(theirs), words(ours))
        }
        (Version::V5, _) => words(ours),
    }
}
