//! The turns of runs: they begin, hand over what is due, hear what became of it, stop. Owns the words of their ends.
use super::flow::{Flow, Reached};
use super::{MAX_RUNNING, Next, Run, RunId, State, Work};
use crate::decode::figures;
use crate::model::event::{DeviceId, Effect};
use crate::model::publications::draft::Draft;
use crate::model::toast::Tone;
use crate::model::{Model, ingest, takes, tree};
use crate::mqtt::{BrokerRequest, Stage, Ticket};
use crate::time::Timestamp;

/// Publications that a run hands over in one turn: a few milliseconds' work, so that keys have theirs.
const MAX_A_TURN: usize = 1_024;

/// Begins a run, or says why it can't begin. Whether publishing is allowed at all is the caller's question.
pub fn begin(model: &mut Model, now: Timestamp, device: DeviceId, work: Work) -> Result<RunId, String> {
    let Some(open) = model.device(device) else { return Err("the device was closed meanwhile".to_owned()) };
    if open.online().is_none() {
        return Err(format!(
            "{} is not connected, and nothing runs without a connection; c connects",
            open.profile.name
        ));
    }
    let runs = &mut model.runs;
    if runs.n_running >= MAX_RUNNING {
        return Err(format!("{MAX_RUNNING} run already, and no more may at once; stop one"));
    }
    if runs.n_begun >= Ticket::MAX_RUN {
        return Err("all numbers for runs are used up; start the program anew".to_owned());
    }
    runs.n_begun += 1;
    let id = RunId(runs.n_begun);
    runs.all.push(Run { id, device, begun: now, state: State::Running, flow: Flow::default(), work });
    runs.recount();
    Ok(id)
}

/// Lets each run do what is due.
pub fn due(model: &mut Model, now: Timestamp, effects: &mut Vec<Effect>) {
    if model.runs.n_running == 0 {
        return;
    }
    let mut ended = Vec::new();
    let Model { runs, devices, fillings, settings, toasts, .. } = &mut *model;
    let unix_ms = settings.wall.unix_ms_at(now);
    let mut fill =
        |draft: &Draft| fillings.fill(unix_ms, draft.publication.topic.as_str(), |ctx| draft.filled(ctx));
    for run in &mut runs.all {
        if run.state == State::Running
            && let Some(device) = tree::device(devices, run.device)
        {
            for _ in 0..MAX_A_TURN {
                match run.work.next(now, &run.flow, device, &mut fill) {
                    Next::Publish(made) => match takes::check(device, &made.publication) {
                        Ok(()) => {
                            let serial = run.flow.hand(made.publication.clone(), made.due);
                            let ticket = Ticket::of_run(run.id.0, serial);
                            effects.push(Effect::Request(
                                run.device,
                                BrokerRequest::Publish(ticket, made.publication),
                            ));
                        }
                        Err(words) => {
                            ended.push((run.id, words));
                            break;
                        }
                    },
                    Next::Wait => break,
                    Next::Done => {
                        run.state = State::Settling;
                        break;
                    }
                    Next::Stop(words) => {
                        ended.push((run.id, words));
                        break;
                    }
                }
            }
        }
        if run.state == State::Settling && run.flow.n_open() == 0 {
            run.state = State::Done(now);
            let words = format!("{} is done: {}{}", run.work.words(), outcome(&run.flow), run.work.remarks());
            toasts.say(now, Tone::Info, words);
        }
    }
    for (id, words) in ended {
        stop(model, now, id, &words, effects);
    }
    model.runs.recount();
}

/// What became of a run's publications, in words.
pub fn outcome(flow: &Flow) -> String {
    let mut words = format!("{} sent", figures::grouped(flow.n_sent));
    for (n, what) in [
        (flow.n_acknowledged, "acknowledged"),
        (flow.n_refused, "refused"),
        (flow.n_not_sent + flow.n_not_taken, "not sent"),
    ] {
        if n > 0 {
            words = format!("{words}, {} {what}", figures::grouped(n));
        }
    }
    words
}

/// Stops a run: what has not left yet is withdrawn.
pub fn stop(model: &mut Model, now: Timestamp, id: RunId, words: &str, effects: &mut Vec<Effect>) {
    let Some(run) = model.runs.get_mut(id).filter(|run| run.is_running()) else { return };
    run.state = State::Stopped(now, words.to_owned());
    let goes_once = run.work.goes_once();
    let tickets = run.flow.under_way(goes_once).map(|serial| Ticket::of_run(id.0, serial));
    effects.extend(tickets.map(|ticket| Effect::Request(run.device, BrokerRequest::Withdraw(ticket))));
    let mut words = format!("{} was stopped: {words}", run.work.words());
    if goes_once {
        let (rest, in_flight) = (run.work.remarks(), run.flow.n_open() - run.flow.n_unsent());
        words = format!("{words}; {}{rest}", outcome(&run.flow));
        if in_flight > 0 {
            words = format!(
                "{words}; {} sent and not answered for: uncertain",
                figures::grouped(in_flight as u64)
            );
        }
    }
    let device = run.device;
    if let Some(device) = ingest::device_mut(&mut model.devices, device) {
        device.log_as(now, Tone::Warn, words.clone());
    }
    model.toasts.say(now, Tone::Warn, words);
    model.runs.recount();
}

/// Stops all runs that fit; how many those were.
fn stop_those(
    model: &mut Model,
    now: Timestamp,
    words: &str,
    effects: &mut Vec<Effect>,
    fits: impl Fn(&Run) -> bool,
) -> usize {
    let ids: Vec<_> =
        model.runs.iter().filter(|run| run.is_running() && fits(run)).map(|run| run.id).collect();
    for id in &ids {
        stop(model, now, *id, words, effects);
    }
    ids.len()
}

/// Stops all runs there are; how many those were.
pub fn stop_all(model: &mut Model, now: Timestamp, words: &str, effects: &mut Vec<Effect>) -> usize {
    stop_those(model, now, words, effects, |_| true)
}

/// Stops all runs of a device: its connection ended.
pub fn stop_device(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    words: &str,
    effects: &mut Vec<Effect>,
) -> usize {
    stop_those(model, now, words, effects, |run| run.device == id)
}

/// Stops the repeats on a topic: they are half of a loop.
pub fn stop_topic(
    model: &mut Model,
    now: Timestamp,
    id: DeviceId,
    topic: &str,
    effects: &mut Vec<Effect>,
) -> usize {
    let words = "another client answers each of its publications, which is a loop";
    stop_those(model, now, words, effects, |run| run.device == id && run.work.repeats_on(topic))
}

/// A publication of a run came a stage further.
pub fn told(
    model: &mut Model,
    now: Timestamp,
    device: DeviceId,
    ticket: Ticket,
    (stage, at): (&Stage, Timestamp),
    effects: &mut Vec<Effect>,
) {
    let Some(run) = ticket.run().and_then(|run| model.runs.get_mut(RunId(run))) else { return };
    let serial = ticket.serial();
    let had_trouble = run.flow.n_refused > 0;
    match run.flow.reach(serial, stage, at) {
        Reached::Unknown => return,
        Reached::Left(publication) => {
            if run.work.repeats_on(publication.topic.as_str())
                && let Some(device) = tree::device(&model.devices, device)
            {
                let n_echoes = device.n_echoes(publication.topic.as_str());
                model.guard.sent(device.id, &publication, n_echoes, at);
            }
        }
        Reached::Noted | Reached::Settled => {}
    }
    let id = run.id;
    // The first is told; those behind it are counted.
    let first = (!had_trouble && run.flow.n_refused > 0).then(|| {
        let why = run.flow.trouble.as_deref().unwrap_or_default();
        format!("the broker refused what {} sent: {why}", run.work.words())
    });
    let end = run.work.told(serial, stage).filter(|_| run.is_running());
    if let Some(words) = first {
        if let Some(device) = ingest::device_mut(&mut model.devices, device) {
            device.log_as(now, Tone::Error, words.clone());
        }
        model.toasts.say(now, Tone::Error, words);
    }
    if let Some(words) = end {
        stop(model, now, id, &words, effects);
    }
}

/// The device's task had no room for a publication of a run.
pub fn not_taken(model: &mut Model, ticket: Ticket) {
    let Some(run) = ticket.run().and_then(|run| model.runs.get_mut(RunId(run))) else { return };
    if run.flow.give_back(ticket.serial()) {
        run.work.not_taken(ticket.serial());
        if run.state == State::Settling {
            // It still owes that one.
            run.state = State::Running;
        }
    }
}
