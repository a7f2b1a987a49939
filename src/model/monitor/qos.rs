//! Messages by QoS, what is in flight, how long acknowledgements take. Owns the words of the stages.
use super::lines::{Lines, Shade};
use super::link::spread_words;
use crate::decode::{figures, fit, sanitize};
use crate::model::Model;
use crate::model::device::Device;
use crate::model::pings;
use crate::mqtt::port::{InFlight, InFlightStage};
use crate::mqtt::{Qos, Stage, Tally};
use crate::time::Timestamp;
use std::time::Duration;

/// Age from which an exchange needs a look: a healthy broker answers within a round trip or two.
const SLOW: Duration = Duration::from_secs(2);

/// Columns of a row of the table besides the topic.
const FIXED_COLS: usize = 36;

/// Columns of the stage.
const STAGE_COLS: usize = 12;

pub(super) fn lines(lines: &mut Lines, model: &Model, device: &Device, now: Timestamp) {
    let link = &device.link;
    lines.fact("received", Shade::Plain, &tally(&link.received));
    if link.n_duplicates > 0 {
        let n = figures::counted(link.n_duplicates, "duplicate");
        lines.more(Shade::Plain, &format!("{n} of QoS 2 held back"));
    }
    lines.fact("sent", Shade::Plain, &tally(&link.sent));
    let (ours, used) = (u64::from(device.profile.receive_maximum), u64::from(link.n_places_in));
    let mut words = format!("in {} of {}", figures::grouped(used), figures::grouped(ours));
    let theirs = device.online().map(|online| u32::from(online.connack.receive_maximum.unwrap_or(u16::MAX)));
    if let Some(most) = theirs {
        let (used, most) = (u64::from(link.n_places_out), u64::from(most));
        words = format!("{words} · out {} of {}", figures::grouped(used), figures::grouped(most));
    }
    lines.fact("in flight", Shade::Plain, &words);
    if theirs.is_some_and(|most| link.n_places_out >= most) {
        lines.more(Shade::Warn, "the broker's receive maximum is used up");
    }
    let took =
        model.lives.iter().filter(|life| life.device == device.id).filter_map(|life| match life.stage {
            Some((Stage::Acknowledged(_), _)) => life.took(),
            Some(_) | None => None,
        });
    let took: Vec<_> = took.collect();
    match pings::spread(took.iter().copied()) {
        Some(spread) => {
            let n = figures::counted(took.len() as u64, "publication");
            lines.fact("acknowledged", Shade::Plain, &spread_words(spread));
            lines.more(Shade::Faint, &format!("{n} of late"));
        }
        None => lines.fact("acknowledged", Shade::Faint, "nothing of late"),
    }
    if link.in_flight.is_empty() {
        return;
    }
    let room = lines.cols.saturating_sub(FIXED_COLS).max(6);
    let head = format!("   {:>5} Q {:<STAGE_COLS$} {:>7} {:>3} topic", "id", "stage", "age", "×");
    lines.row(None, Shade::Faint, &head);
    for exchange in &link.in_flight {
        let age = now.since(exchange.since);
        let shade = if age >= SLOW { Shade::Warn } else { Shade::Plain };
        lines.row(None, shade, &row(exchange, age, room));
    }
    let n_listed = link.in_flight.len() as u64;
    let n_all = u64::from(link.n_places_in) + u64::from(link.n_places_out);
    if n_all > n_listed {
        lines.more(Shade::Faint, &format!("{} more are not listed", figures::grouped(n_all - n_listed)));
    }
}

fn tally(tally: &Tally) -> String {
    let [qos0, qos1, qos2] = tally.by_qos.map(figures::grouped);
    let (dup, retain) = (figures::grouped(tally.n_dup), figures::grouped(tally.n_retain));
    format!("QoS 0 {qos0} · 1 {qos1} · 2 {qos2} · dup {dup} · R {retain}")
}

fn row(exchange: &InFlight, age: Duration, room: usize) -> String {
    let topic = exchange
        .topic
        .as_ref()
        .map_or_else(|| "(a long topic)".to_owned(), |topic| sanitize(topic.as_str().as_bytes(), room));
    format!(
        " {} {:>5} {} {:<STAGE_COLS$} {:>7} {:>3} {}",
        if exchange.outbound { "↑" } else { "↓" },
        exchange.packet_id,
        exchange.qos,
        stage(exchange),
        figures::span(age),
        exchange.n_resent,
        fit(&topic, room, "…")
    )
}

/// The packet that is owed: the one that ends the stage.
fn stage(exchange: &InFlight) -> &'static str {
    match (exchange.outbound, exchange.stage, exchange.qos) {
        (true, InFlightStage::Publish, Qos::ExactlyOnce) => "PUBREC owed",
        (true, InFlightStage::Publish, Qos::AtMostOnce | Qos::AtLeastOnce) => "PUBACK owed",
        (true, InFlightStage::PubRec | InFlightStage::PubRel, _) => "PUBCOMP owed",
        (false, InFlightStage::Publish | InFlightStage::PubRec, _) => "PUBREL owed",
        (false, InFlightStage::PubRel, _) => "PUBCOMP ours",
    }
}
