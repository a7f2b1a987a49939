//! A publication stage by stage, with the time of each. Owns the words; the short ones for a row are `life`'s.
use crate::decode::figures;
use crate::model::Model;
use crate::model::editor::goes::payload_words;
use crate::model::life::{self, Echo, Life};
use crate::model::monitor::lines::{Lines, Shade};
use crate::mqtt::{Publication, PublishProperties, Reason, Stage};
use crate::time::Timestamp;
use std::time::Duration;

/// Makes the lines.
pub(super) fn lines(lines: &mut Lines, model: &Model, life: &Life) {
    let publication = &life.publication;
    lines.fact("topic", Shade::Plain, publication.topic.as_str());
    if let Some(device) = model.device(life.device) {
        let (name, address) = (&device.profile.name, &device.profile.address);
        lines.fact("device", Shade::Plain, &format!("{name} · {address}"));
    }
    let retain = if publication.retain { "retain yes" } else { "retain no" };
    lines.fact("asked for", Shade::Plain, &format!("QoS {} · {retain}", publication.qos));
    properties(lines, &publication.properties);
    lines.fact("payload", Shade::Plain, &payload_words(&publication.payload.0));
    if let Some(draft) = life.draft.as_ref().filter(|draft| draft.has_placeholders()) {
        let Publication { topic, payload, .. } = &draft.publication;
        let words = format!("{topic} · {}", payload_words(&payload.0));
        lines.fact("written as", Shade::Faint, &words);
    }
    let at = |moment: Timestamp| model.settings.wall.time_of_day(moment);
    lines.fact(&at(life.begun), Shade::Plain, "handed over");
    let mut before = life.begun;
    for (place, (stage, moment)) in life.stages.iter().enumerate() {
        let is_last = place + 1 == life.stages.len();
        if is_last && life.n_forgotten > 0 {
            let n = figures::counted(life.n_forgotten, "stage");
            lines.more(Shade::Faint, &format!("{n} between not remembered"));
        }
        let (shade, words) = words(life, stage);
        let took = after(moment.since(before));
        lines.fact(&at(*moment), shade, &format!("{words}{took}"));
        if let Some(remedy) = reason(stage).and_then(life::remedy) {
            lines.more(shade, remedy);
        }
        before = *moment;
    }
    echo(lines, life, &at);
    if let Some(answer) = &life.answer {
        lines.fact("answer", Shade::Plain, answer);
    }
}

fn reason(stage: &Stage) -> Option<Reason> {
    match stage {
        Stage::Acknowledged(reason) | Stage::Refused(reason, _) => Some(*reason),
        Stage::Queued | Stage::Sent { .. } | Stage::Received | Stage::NotSent(_) => None,
    }
}

/// How much later than the stage before.
fn after(took: Duration) -> String {
    if took.is_zero() { String::new() } else { format!(" · {} later", figures::span(took)) }
}

fn words(life: &Life, stage: &Stage) -> (Shade, String) {
    match stage {
        Stage::Queued if life.waited => (Shade::Warn, "queued: there was no connection".to_owned()),
        Stage::Queued => {
            (Shade::Plain, "queued: the broker takes no more at once (receive maximum)".to_owned())
        }
        Stage::Sent { packet_id: None, .. } => (Shade::Good, "sent; QoS 0 is not acknowledged".to_owned()),
        Stage::Sent { packet_id: Some(id), resent: false } => {
            (Shade::Plain, format!("sent with packet id {id}"))
        }
        Stage::Sent { packet_id: Some(id), resent: true } => {
            (Shade::Warn, format!("sent again with packet id {id}, after the connection was lost"))
        }
        Stage::Received => (Shade::Plain, "PUBREC: the broker has it; PUBREL was sent".to_owned()),
        Stage::Acknowledged(reason) => {
            let packet = life.last_packet();
            if *reason == Reason::SUCCESS {
                (Shade::Good, format!("{packet}: acknowledged"))
            } else {
                (Shade::Warn, format!("{packet}: {reason}"))
            }
        }
        Stage::Refused(reason, own) => {
            let own = own.as_ref().map(|own| format!(" ({own})")).unwrap_or_default();
            (Shade::Bad, format!("refused: {reason}{own}"))
        }
        Stage::NotSent(why) => (Shade::Bad, format!("not sent: {why}")),
    }
}

fn echo(lines: &mut Lines, life: &Life, at: &impl Fn(Timestamp) -> String) {
    let is_gone = |stage: &Stage| matches!(stage, Stage::Refused(..) | Stage::NotSent(_));
    if life.stage.as_ref().is_some_and(|(stage, _)| is_gone(stage)) {
        return;
    }
    match (life.echo, life.sent) {
        (_, None) => {}
        (Echo::Awaited(_), Some(_)) => lines.fact("echo", Shade::Faint, "awaited"),
        (Echo::Missed, Some(_)) => lines.fact("echo", Shade::Warn, "none after 5 s"),
        (Echo::Unheard, Some(_)) => lines.fact("echo", Shade::Faint, "no subscription hears this topic"),
        (Echo::Heard(took), Some(sent)) => {
            lines.fact(
                &at(sent + took),
                Shade::Good,
                &format!("echo: {} after it was sent", figures::span(took)),
            );
        }
    }
}

fn properties(lines: &mut Lines, properties: &PublishProperties) {
    let mut fact = |name: &str, words: &str| lines.fact(name, Shade::Plain, words);
    if let Some(content_type) = &properties.content_type {
        fact("content type", content_type);
    }
    if let Some(is_utf8) = properties.payload_is_utf8 {
        fact("format", if is_utf8 { "UTF-8 text" } else { "bytes" });
    }
    if let Some(seconds) = properties.message_expiry_s {
        fact("expiry", &format!("{} s", figures::grouped(u64::from(seconds))));
    }
    if let Some(topic) = &properties.response_topic {
        fact("answer to", topic);
    }
    if let Some(data) = &properties.correlation_data {
        fact("correlation", &payload_words(data));
    }
    for (name, value) in &properties.user {
        fact("property", &format!("{name} = {value}"));
    }
}
