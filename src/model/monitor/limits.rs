//! What the broker takes, what of it was reached, and what it tells of itself. Owns the words.
use super::lines::{Lines, Shade};
use super::subscriptions::{self, Fate};
use crate::decode::figures;
use crate::model::Model;
use crate::model::device::Device;
use crate::model::life::Life;
use crate::model::sys;
use crate::mqtt::{Qos, Reason, Stage, Version};

/// Reason codes that name a limit of subscriptions (MQTT 5.0 section 3.9.3).
const NO_WILDCARDS: Reason = Reason(0xA2);
const NOT_SHARED: Reason = Reason(0x9E);

pub(super) fn lines(lines: &mut Lines, model: &Model, device: &Device) {
    let Some(online) = device.online() else {
        return lines.fact("limits", Shade::Faint, "known with the next CONNACK");
    };
    if online.version == Version::V3 {
        lines.fact("limits", Shade::Faint, "MQTT 3.1.1 tells none; a broker that minds just closes");
    }
    let connack = &online.connack;
    let mut fine = Vec::new();
    let mut limit = |name: &str, words: &str, n_hit: usize, by: &str| {
        one((&mut *lines, &mut fine), (name, words), n_hit, by);
    };
    let refused = |of: &dyn Fn(&Life) -> bool| {
        let ours = model.lives.iter().filter(|life| life.device == device.id);
        let was_refused = |life: &&Life| {
            matches!(life.stage, Some((Stage::NotSent(_) | Stage::Refused(..), _))) && of(life)
        };
        ours.filter(was_refused).count()
    };
    let denied = |reason: Reason| {
        let rows = subscriptions::rows(device);
        rows.iter()
            .filter(|(_, fate)| matches!(fate, Fate::Refused(refusal) if refusal.reason == reason))
            .count()
    };
    let max_qos = connack.max_qos.unwrap_or(Qos::ExactlyOnce);
    let n = refused(&|life| life.publication.qos > max_qos);
    limit("QoS", &format!("{max_qos} at most"), n, "publication above it");
    let keeps = connack.retain_available.unwrap_or(true);
    let n = if keeps { 0 } else { refused(&|life| life.publication.retain) };
    limit("retain", yes(keeps), n, "retained publication");
    let most = connack.max_packet_bytes;
    let words = most.map_or("256 MiB".to_owned(), |most| figures::bytes(most.into()));
    let is_over =
        |life: &Life| most.is_some_and(|most| life.publication.encoded_bytes(online.version) > most as usize);
    limit("packet", &words, refused(&is_over), "larger publication");
    let receive = connack.receive_maximum.unwrap_or(u16::MAX);
    let n = if device.link.n_places_out >= u32::from(receive) { device.link.n_queued.max(1) } else { 0 };
    limit("in flight", &figures::grouped(receive.into()), n, "publication");
    let aliases = connack.topic_alias_maximum.unwrap_or(0);
    limit("topic alias", &if aliases == 0 { "none".into() } else { figures::grouped(aliases.into()) }, 0, "");
    limit("wildcards", yes(connack.wildcard_available.unwrap_or(true)), denied(NO_WILDCARDS), "filter");
    limit("shared", yes(connack.shared_available.unwrap_or(true)), denied(NOT_SHARED), "filter");
    limit("filter ids", yes(connack.subscription_ids_available.unwrap_or(true)), 0, "");
    if let Some(s) = connack.server_keep_alive_s {
        limit("keep-alive", &format!("{s} s"), 0, "");
    }
    lines.fact("not reached", Shade::Plain, &fine.join(" · "));
    let low = subscriptions::rows(device);
    let low =
        low.iter().filter(|(asked, fate)| matches!(fate, Fate::Granted(qos) if *qos < asked.qos)).count();
    if low > 0 {
        let n = figures::counted(low as u64, "subscription");
        lines.fact("granted less", Shade::Warn, &format!("{n} below the QoS asked for"));
    }
}

fn yes(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}

/// A limit, and how often it was hit of late: then on a line of its own, while the others share theirs.
fn one((lines, fine): (&mut Lines, &mut Vec<String>), (name, words): (&str, &str), n_hit: usize, by: &str) {
    if n_hit == 0 {
        return fine.push(format!("{name} {words}"));
    }
    let n = figures::counted(n_hit as u64, by);
    lines.fact(name, Shade::Warn, &format!("{words}; HIT by {n} of late"));
}

/// What the broker tells of itself.
pub(super) fn broker(lines: &mut Lines, device: &Device) {
    match sys::told(&device.store) {
        None => lines.more(Shade::Faint, "nothing known was heard; S asks for $SYS/#"),
        Some(told) => {
            lines.fact("names of", Shade::Plain, told.kind);
            for (name, figure) in &told.figures {
                lines.fact(name, Shade::Plain, figure);
            }
        }
    }
    match device.broker_drops.n_grown() {
        0 => {}
        n => lines.fact("DROPPED", Shade::Bad, &format!("{} more since we listen", figures::grouped(n))),
    }
}
