//! A life in words: for the form's corner, and for a row of a list. Owns the words alone.
use super::{Echo, Life};
use crate::decode::figures;
use crate::mqtt::{Qos, Reason, Stage};
use std::time::Duration;

/// A life in words, for the form's corner: `acknowledged 1.2 ms · echo 1.9 ms`.
pub fn words(life: &Life) -> String {
    let ms = |took: Duration| match took.as_secs_f64() {
        seconds if seconds < 1.0 => format!("{:.1} ms", seconds * 1_000.0),
        seconds => format!("{seconds:.1} s"),
    };
    let took = life.took().map(|took| format!(" {}", ms(took))).unwrap_or_default();
    let stage = match life.stage.as_ref().map(|(stage, _)| stage) {
        None | Some(Stage::Queued) => "queued".to_owned(),
        Some(Stage::Sent { packet_id: None, .. }) => "sent".to_owned(),
        Some(Stage::Sent { packet_id: Some(id), resent: true }) => format!("sent again (id {id})"),
        Some(Stage::Sent { packet_id: Some(id), resent: false }) => format!("sent (id {id})"),
        Some(Stage::Received) => format!("PUBREC{took}"),
        Some(Stage::Acknowledged(reason)) if *reason == Reason::SUCCESS => format!("acknowledged{took}"),
        Some(Stage::Acknowledged(reason)) => format!("acknowledged{took}: {reason}"),
        Some(Stage::Refused(reason, _)) => return format!("refused: {reason}"),
        Some(Stage::NotSent(why)) => return format!("not sent: {why}"),
    };
    let echo = match life.echo {
        Echo::Awaited(_) => return stage,
        Echo::Heard(after) => format!("echo {}", ms(after)),
        Echo::Missed => "no echo after 5 s".to_owned(),
        Echo::Unheard => "no subscription hears this topic".to_owned(),
    };
    format!("{stage} · {echo}")
}

/// A life in the words of a row: `PUBACK 1.2 ms · echo 1.9 ms`.
pub fn short(life: &Life) -> String {
    let took = life.took().map(|took| format!(" {}", figures::span(took))).unwrap_or_default();
    let owed = match life.publication.qos {
        Qos::AtMostOnce => "",
        Qos::AtLeastOnce => ", PUBACK owed",
        Qos::ExactlyOnce => ", PUBREC owed",
    };
    let packet = life.last_packet();
    let words = match life.stage.as_ref().map(|(stage, _)| stage) {
        None | Some(Stage::Queued) if life.waited => "queued: no connection".to_owned(),
        None | Some(Stage::Queued) => "queued".to_owned(),
        Some(Stage::Sent { resent: true, .. }) => format!("sent again{owed}"),
        Some(Stage::Sent { .. }) => format!("sent{owed}"),
        Some(Stage::Received) => format!("PUBREC{took}, PUBCOMP owed"),
        Some(Stage::Acknowledged(Reason::SUCCESS)) => format!("{packet}{took}"),
        Some(Stage::Acknowledged(reason)) => format!("{packet}{took}: {reason}"),
        Some(Stage::Refused(reason, _)) => return format!("refused: {reason}"),
        Some(Stage::NotSent(why)) => return format!("not sent: {why}"),
    };
    let echo = match (life.echo, life.sent) {
        (_, None) | (Echo::Awaited(_), _) => String::new(),
        (Echo::Heard(after), _) => format!(" · echo {}", figures::span(after)),
        (Echo::Missed, _) => " · no echo".to_owned(),
        (Echo::Unheard, _) => " · not heard".to_owned(),
    };
    let held = life.held().map(|held| format!(" · held {}", figures::span(held))).unwrap_or_default();
    words + &echo + &held
}
