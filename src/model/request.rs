//! Requests: a publication that names where it is to be answered, and the answer that is waited for. Owns the response
//! topic, the correlation data and the wait (MQTT 5.0 section 4.10); on 3.1.1 the first message there answers.
use super::event::{DeviceId, Effect};
use super::publications::draft::Draft;
use super::toast::Tone;
use super::{Model, ingest, publish};
use crate::decode::{figures, sanitize};
use crate::mqtt::{
    Batch, BrokerRequest, Filter, Publication, Qos, Retained, Stage, Subscription, Ticket, Topic, Version,
};
use crate::time::Timestamp;
use crate::wire;
use std::time::Duration;

/// How long an answer is waited for before that is told.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a late one is listened for.
const LATE: Duration = Duration::from_secs(60);

/// Requests at once: more than anybody makes by hand within a minute that matter.
const MAX_REQUESTS: usize = 16;

/// Columns of an answer in a sentence.
const MAX_ANSWER_COLS: usize = 80;

/// A request that was sent.
#[derive(Clone, Debug)]
pub struct Request {
    device: DeviceId,
    ticket: Ticket,
    topic: Topic,
    /// What the answer carries; none on 3.1.1.
    correlation: Option<Vec<u8>>,
    begun: Timestamp,
    /// Whether it was told that nothing came.
    is_late: bool,
    /// Subscribed for it alone.
    filter: Option<Filter>,
}

impl Request {
    fn due(&self) -> Timestamp {
        self.begun + if self.is_late { LATE } else { PATIENCE }
    }
}

/// Sends what the form holds as a request.
pub fn send(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    if model.settings.read_only {
        return model.say(now, Tone::Warn, publish::READ_ONLY);
    }
    match model.form.draft() {
        Err(words) => model.say(now, Tone::Error, words),
        Ok(draft) => {
            let written = draft.publication.clone();
            // What was written is remembered, not what was made up for this one.
            if send_draft(model, now, model.form.device, draft, effects) {
                model.form.remember(&written);
            }
        }
    }
}

/// Sends a publication as it was written, as a request. Whether it came so far that it is remembered; else it
/// was said why not.
pub fn send_draft(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    draft: Draft,
    effects: &mut Vec<Effect>,
) -> bool {
    match prepare(model, now, id, &draft) {
        Err((tone, words)) => {
            model.say(now, tone, words);
            false
        }
        Ok((publication, topic, filter)) => {
            ask(model, now, (id, draft), publication, (topic, filter), effects);
            true
        }
    }
}

type Prepared = (Publication, Topic, Filter);

fn prepare(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    draft: &Draft,
) -> Result<Prepared, (Tone, String)> {
    let warn = |words: &str| Err((Tone::Warn, words.to_owned()));
    let Some(device) = model.device(id) else {
        return warn("no device is open to publish to; D shows the devices");
    };
    let Some(version) = device.online().map(|online| online.version) else {
        return warn("not connected, so nobody could answer; c connects");
    };
    if model.requests.len() == MAX_REQUESTS {
        return warn("16 requests wait for their answers already; each waits a minute at most");
    }
    let number = device.next_ticket;
    let own = format!("mqttscope/answer/{}/{number}", device.profile.client_id);
    let prepared = publish::filled(model, now, draft).and_then(|mut publication| {
        let topic = asked(&mut publication, version, &own, number)?;
        let filter = Filter::parse(topic.as_str()).map_err(|error| error.to_string())?;
        Ok((publication, topic, filter))
    });
    prepared.map_err(|words| (Tone::Error, words))
}

fn ask(
    model: &mut Model,
    now: Timestamp,
    (id, draft): (DeviceId, Draft),
    publication: Publication,
    (topic, filter): (Topic, Filter),
    effects: &mut Vec<Effect>,
) {
    let correlation = publication.properties.correlation_data.clone();
    let is_heard = model.device(id).is_some_and(|device| device.hears(topic.as_str()) == Some(true));
    // What was subscribed for another request alone ends with the last that needs it.
    let is_shared =
        model.requests.iter().any(|other| other.device == id && other.filter.as_ref() == Some(&filter));
    let filter = (!is_heard || is_shared).then_some(filter);
    // Before the PUBLISH on the same connection, so that the broker knows it first.
    if let Some(filter) = &filter {
        let subscription = Subscription::new(filter.clone(), Qos::AtLeastOnce);
        effects.push(Effect::Request(id, BrokerRequest::Subscribe(subscription)));
    }
    let Some(ticket) = publish::publish(model, now, id, publication, effects) else {
        return drop_filter(id, filter, effects);
    };
    // Sent once more it asks anew, with a topic and data of its own.
    model.lives.note_draft(id, ticket, draft);
    model.lives.note_answer(id, ticket, format!("awaited on {topic}"));
    model.say(now, Tone::Info, format!("an answer is awaited on {topic}"));
    model.requests.push(Request {
        device: id,
        ticket,
        topic,
        correlation,
        begun: now,
        is_late: false,
        filter,
    });
}

/// Where the answer is awaited; what asks for it stands in the publication where the version carries it.
fn asked(publication: &mut Publication, version: Version, own: &str, number: u64) -> Result<Topic, String> {
    let properties = &mut publication.properties;
    let given = properties.response_topic.clone();
    let text = match (version, given) {
        (_, Some(given)) => given,
        (Version::V5, None) => own.to_owned(),
        (Version::V3, None) => {
            return Err("MQTT 3.1.1 carries no response topic: fill in the one that is answered on (ctrl-v unfolds it)".to_owned());
        }
    };
    let topic = Topic::parse(&text).map_err(|error| format!("response topic: {error}"))?;
    match version {
        Version::V5 => {
            properties.response_topic = Some(text);
            properties.correlation_data.get_or_insert_with(|| format!("{number:016x}").into_bytes());
        }
        Version::V3 => {
            properties.response_topic = None;
            if !properties.is_empty() {
                return Err(
                    "MQTT 3.1.1 has no properties: only the response topic may stand, which we listen on"
                        .to_owned(),
                );
            }
        }
    }
    Ok(topic)
}

fn drop_filter(id: DeviceId, filter: Option<Filter>, effects: &mut Vec<Effect>) {
    if let Some(filter) = filter {
        effects.push(Effect::Request(id, BrokerRequest::Unsubscribe(filter)));
    }
}

/// Messages came: one may be an answer.
pub fn hear(model: &mut Model, now: Timestamp, id: DeviceId, batch: &Batch) {
    for message in batch.iter().filter(|message| message.retained != Retained::Yes) {
        let correlation = || wire::read_publish_properties(message.properties).ok()?.correlation_data;
        let is_answer = |request: &Request| {
            request.device == id
                && request.topic.as_str() == message.topic
                && request.correlation.as_ref().is_none_or(|wanted| correlation().as_ref() == Some(wanted))
        };
        let Some(place) = model.requests.iter().position(is_answer) else { continue };
        let request = model.requests.remove(place);
        let sent = model.lives.get(id, request.ticket).and_then(|life| life.sent);
        let took = figures::span(message.received.since(sent.unwrap_or(request.begun)));
        let late = if request.is_late { "a late answer" } else { "answered" };
        let payload = sanitize(message.payload, MAX_ANSWER_COLS);
        let payload = if payload.is_empty() { "nothing".to_owned() } else { payload };
        let words = format!("{late} after {took}: {payload}");
        model.lives.note_answer(id, request.ticket, words.clone());
        model.say(now, Tone::Info, words);
        model.answered.push(request);
    }
}

/// The broker refused something that a request needs.
pub fn refused(model: &mut Model, now: Timestamp, id: DeviceId, filter: &Filter) {
    let is_it = |request: &Request| request.device == id && request.filter.as_ref() == Some(filter);
    if let Some(place) = model.requests.iter().position(is_it) {
        let request = model.requests.remove(place);
        let words = "the broker does not let us hear the answer: it refused the response topic".to_owned();
        model.lives.note_answer(id, request.ticket, words.clone());
        model.say(now, Tone::Error, words);
    }
}

/// Ends what is over, and tells what did not come in time.
pub fn settle(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    for request in std::mem::take(&mut model.answered) {
        end(model, request, effects);
    }
    let mut place = 0;
    while let Some(request) = model.requests.get(place) {
        let life = model.lives.get(request.device, request.ticket);
        let stage = life.and_then(|life| life.stage.as_ref()).map(|(stage, _)| stage);
        let is_gone = matches!(stage, Some(Stage::Refused(..) | Stage::NotSent(_))) || life.is_none();
        let is_due = request.due() <= now;
        if is_gone || is_due && request.is_late {
            let request = model.requests.remove(place);
            end(model, request, effects);
            continue;
        }
        if is_due {
            let words = format!("no answer on {} after 10 s; a late one is told", request.topic);
            let (id, ticket) = (request.device, request.ticket);
            if let Some(request) = model.requests.get_mut(place) {
                request.is_late = true;
            }
            model.lives.note_answer(id, ticket, "none after 10 s".to_owned());
            model.say(now, Tone::Warn, words);
        }
        place += 1;
    }
}

fn end(model: &mut Model, request: Request, effects: &mut Vec<Effect>) {
    let Request { device: id, filter, .. } = request;
    let is_needed = model.requests.iter().any(|other| other.device == id && other.filter == filter);
    if let Some(device) = ingest::device_mut(&mut model.devices, id)
        && !is_needed
    {
        // Gone as far as the next request is concerned, though the broker has not said so yet.
        device.subscriptions.retain(|known| Some(&known.asked.filter) != filter.as_ref());
        drop_filter(id, filter, effects);
    }
}

/// When one of them is due.
pub fn deadline(model: &Model) -> Option<Timestamp> {
    model.requests.iter().map(Request::due).min()
}
