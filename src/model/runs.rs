//! What publishes by itself: generators. Owns the list of them, what is under way for each, and their end; a run's
//! publications carry its number in their tickets and have no life of their own in `life`.
//!
//! A run works by turns: [`due`] asks each what is to be done until it waits, hands what it makes to the device's
//! task, and [`told`] brings back what became of it. Each keeps a bounded number under way by looking at its
//! [`Flow`].
pub mod flow;
pub mod generator;
pub mod schedule;
pub mod spread;

use super::event::{DeviceId, Effect};
use super::toast::Tone;
use super::{Model, ingest, takes};
use crate::decode::figures;
use crate::mqtt::{BrokerRequest, Publication, Stage, Ticket};
use crate::time::Timestamp;
use flow::{Flow, Reached};
use generator::Generator;

/// Runs at once: more than anybody watches; each may publish a thousand times a second.
pub const MAX_RUNNING: usize = 64;

/// Runs that ended and are still listed; the oldest makes room.
const MAX_ENDED: usize = 64;

/// Publications that a run hands over in one turn: a few milliseconds' work, so that keys have theirs.
const MAX_A_TURN: usize = 1_024;

/// The number of a run: counted up from 1, and never given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub u32);

/// Something that publishes by itself.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// The device that it publishes to.
    pub device: DeviceId,
    /// When it began.
    pub begun: Timestamp,
    /// Whether it still does.
    pub state: State,
    /// What it handed over, and what became of that.
    pub flow: Flow,
    /// What it does.
    pub work: Work,
}

/// Whether a run goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It does.
    Running,
    /// It has handed everything over; the broker has not answered for all of it.
    Settling,
    /// It did all it was to do.
    Done(Timestamp),
    /// It was stopped, or could not go on, for the reason in words.
    Stopped(Timestamp, String),
}

/// What a run does.
#[derive(Clone, Debug)]
pub enum Work {
    /// Publishes again and again at a rate.
    Generator(Box<Generator>),
}

/// What a run wants to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Hand this over, and ask again.
    Publish(Made),
    /// Nothing, until its deadline or until something is heard of what is under way.
    Wait,
    /// Nothing more: it is done once the broker has answered for what is under way.
    Done,
    /// It can't go on, for the reason in words.
    Stop(String),
}

/// A publication that a run made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// What goes.
    pub publication: Publication,
    /// When it was to leave.
    pub due: Timestamp,
}

impl Work {
    /// What is to be done now.
    pub fn next(&mut self, now: Timestamp, flow: &Flow) -> Next {
        match self {
            Self::Generator(generator) => generator.next(now, flow),
        }
    }

    /// When to ask again, unless something is heard of what is under way.
    fn deadline(&self, flow: &Flow) -> Option<Timestamp> {
        match self {
            Self::Generator(generator) => generator.deadline(flow),
        }
    }

    /// The task had no room for the publication of a serial number.
    fn not_taken(&mut self, _serial: u64) {
        match self {
            Self::Generator(generator) => generator.not_taken(),
        }
    }

    /// A publication came a stage further. Why it makes no sense to go on, if that is so.
    fn told(&mut self, _serial: u64, stage: &Stage) -> Option<String> {
        match self {
            Self::Generator(generator) => generator.told(stage),
        }
    }

    /// Whether it publishes on a topic again and again, so that it can be half of a loop.
    fn repeats_on(&self, topic: &str) -> bool {
        match self {
            Self::Generator(generator) => generator.topic.as_str() == topic,
        }
    }

    /// What it is in words, for sentences about it.
    pub fn words(&self) -> String {
        match self {
            Self::Generator(generator) => format!("the generator on {}", generator.topic),
        }
    }
}

impl Run {
    /// Whether it still publishes, or waits for answers to what it published.
    pub const fn is_running(&self) -> bool {
        match self.state {
            State::Running | State::Settling => true,
            State::Done(_) | State::Stopped(..) => false,
        }
    }

    /// When it ended.
    pub const fn ended(&self) -> Option<Timestamp> {
        match self.state {
            State::Running | State::Settling => None,
            State::Done(at) | State::Stopped(at, _) => Some(at),
        }
    }
}

/// All runs, in the order they began.
#[derive(Clone, Debug, Default)]
pub struct Runs {
    all: Vec<Run>,
    n_running: usize,
    n_begun: u32,
}

impl Runs {
    /// All of them, those that ended a while ago too, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Run> {
        self.all.iter()
    }

    /// How many run.
    pub const fn n_running(&self) -> usize {
        self.n_running
    }

    /// The run of a number, while it is listed.
    pub fn get(&self, id: RunId) -> Option<&Run> {
        let place = self.all.binary_search_by_key(&id, |run| run.id).ok()?;
        self.all.get(place)
    }

    fn get_mut(&mut self, id: RunId) -> Option<&mut Run> {
        let place = self.all.binary_search_by_key(&id, |run| run.id).ok()?;
        self.all.get_mut(place)
    }

    /// When one of them is due.
    pub fn deadline(&self) -> Option<Timestamp> {
        if self.n_running == 0 {
            return None;
        }
        let running = self.all.iter().filter(|run| run.state == State::Running);
        running.filter_map(|run| run.work.deadline(&run.flow)).min()
    }

    /// How many publications of runs the broker has not answered for yet; quitting asks about them.
    pub fn n_unsettled(&self, device: Option<DeviceId>) -> usize {
        let of = |run: &&Run| device.is_none_or(|device| run.device == device);
        self.all.iter().filter(of).map(|run| run.flow.n_open()).sum()
    }

    /// How many run for a device.
    pub fn n_running_on(&self, device: Option<DeviceId>) -> usize {
        let of = |run: &&Run| run.is_running() && device.is_none_or(|device| run.device == device);
        self.all.iter().filter(of).count()
    }

    /// What quitting or closing would end, in words; none while nothing runs.
    pub fn words(&self, device: Option<DeviceId>) -> Option<String> {
        match self.n_running_on(device) {
            0 => None,
            1 => Some("1 run still publishes.".to_owned()),
            n => Some(format!("{n} runs still publish.")),
        }
    }

    /// Takes one that ended off the list. Whether it was one.
    pub fn remove(&mut self, id: RunId) -> bool {
        let n = self.all.len();
        self.all.retain(|run| run.id != id || run.is_running());
        self.all.len() < n
    }

    /// A device was closed: its runs go with it.
    pub fn forget(&mut self, device: DeviceId) {
        self.all.retain(|run| run.device != device);
        self.recount();
    }

    /// A connection was ended with what it had in flight: how many publications that were.
    pub fn forget_unsettled(&mut self, device: DeviceId) -> usize {
        let runs = self.all.iter_mut().filter(|run| run.device == device);
        runs.map(|run| run.flow.forget()).sum()
    }

    fn recount(&mut self) {
        self.n_running = self.all.iter().filter(|run| run.is_running()).count();
        let n_ended = self.all.len() - self.n_running;
        let mut too_many = n_ended.saturating_sub(MAX_ENDED);
        self.all.retain(|run| {
            let goes = too_many > 0 && !run.is_running();
            too_many -= usize::from(goes);
            !goes
        });
    }
}

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
    for run in &mut model.runs.all {
        if run.state == State::Running
            && let Some(device) = super::tree::device(&model.devices, run.device)
        {
            for _ in 0..MAX_A_TURN {
                match run.work.next(now, &run.flow) {
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
            let words = format!("{} is done: {}", run.work.words(), outcome(&run.flow));
            model.toasts.say(now, Tone::Info, words);
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
    let tickets = run.flow.unsent().map(|serial| Ticket::of_run(id.0, serial));
    effects.extend(tickets.map(|ticket| Effect::Request(run.device, BrokerRequest::Withdraw(ticket))));
    let (device, words) = (run.device, format!("{} was stopped: {words}", run.work.words()));
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
                && let Some(device) = super::tree::device(&model.devices, device)
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

#[cfg(test)]
mod tests;
