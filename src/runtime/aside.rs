//! What is done beside the loop: large payloads read, brokers looked for, one broker examined. Owns the workers and
//! their end; what is made of their results is the model's.
use super::jq::{self, Confines};
use crate::decode::hint::Beside;
use crate::discover::Browse;
use crate::headless::doctor::{self, Options, Publish};
use crate::model::Event;
use crate::model::devices::exam::{MAX_FINDINGS, Told, Wanted};
use crate::model::difference::Difference;
use crate::model::inspector::filtered::{Asked, Ran};
use crate::model::inspector::{Decoded, Subject};
use crate::model::past::compare::Comparison;
use crate::mqtt::{Finding, Sighting};
use crate::time::{Clock, WallOrigin};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

/// Payloads that wait to be laid out: one tab shows one at a time, and the next one replaces it.
const WORKERS: usize = 2;

/// How long an examined broker may take for an answer, as in the shell.
const PATIENCE: Duration = Duration::from_secs(8);

/// Both ends of a worker's channel: the loop's, and one to be cloned.
type Channel<T> = (mpsc::Sender<T>, mpsc::Receiver<T>);

/// The workers, as the loop knows them.
pub(super) struct Aside {
    decoded: Channel<Decoded>,
    compared: Channel<Difference>,
    told: Channel<(u32, Told)>,
    /// The program that is being run.
    jq: Option<JoinHandle<()>>,
    examination: Option<JoinHandle<()>>,
    browse: Option<Browse>,
    clock: Arc<dyn Clock>,
    wall: WallOrigin,
}

impl Aside {
    pub fn new(clock: Arc<dyn Clock>, wall: WallOrigin) -> Self {
        let (decoded, compared) = (mpsc::channel(WORKERS), mpsc::channel(WORKERS));
        let told = mpsc::channel(MAX_FINDINGS);
        Self { decoded, compared, told, jq: None, examination: None, browse: None, clock, wall }
    }

    /// What comes next of any of them.
    pub async fn next(&mut self) -> Event {
        let Self { decoded, compared, told, browse, .. } = self;
        let seen = async {
            match browse {
                Some(browse) => browse.next().await,
                None => std::future::pending().await,
            }
        };
        // All senders live here: the channels never close.
        tokio::select! {
            Some(decoded) = decoded.1.recv() => Event::Decoded(Box::new(decoded)),
            Some(difference) = compared.1.recv() => Event::Compared(Box::new(difference)),
            Some((number, told)) = told.1.recv() => Event::Examined(number, Box::new(told)),
            sighting = seen => Event::Sighted(sighting),
        }
    }

    /// Reads a large payload.
    pub fn decode(&mut self, subject: Subject, beside: Beside, payload: Arc<[u8]>) {
        self.stop_jq();
        let sender = self.decoded.0.clone();
        spawn_blocking(move || {
            // A full channel means that newer ones wait: the model asks again for what it misses.
            let _ = sender.blocking_send(Decoded::new(subject, &beside, &payload));
        });
    }

    /// Runs a jq program over a payload; what is being run is given up.
    pub fn run_jq(&mut self, asked: Asked) {
        self.stop_jq();
        let sender = self.decoded.0.clone();
        self.jq = Some(tokio::spawn(async move {
            let Ok((request, ground)) = spawn_blocking(move || asked.read()).await else { return };
            let ran = match request {
                Ok(request) => jq::run(&request, &Confines::default()).await,
                Err(words) => Ran::Unread(words),
            };
            let Ok(decoded) = spawn_blocking(move || ground.show(ran)).await else { return };
            // Nobody to hear it is nothing to fail for.
            let _ = sender.send(decoded).await;
        }));
    }

    fn stop_jq(&mut self) {
        if let Some(running) = self.jq.take() {
            running.abort();
        }
    }

    /// Compares two large payloads.
    pub fn compare(&self, comparison: Comparison) {
        let sender = self.compared.0.clone();
        spawn_blocking(move || {
            // Nobody to hear it is nothing to fail for.
            let _ = sender.blocking_send(comparison.carry_out());
        });
    }

    /// Looks for brokers, or no longer does; whether that is new, and a look begins.
    pub fn look(&mut self, is_wanted: bool) -> Option<Event> {
        match (is_wanted, &self.browse) {
            (true, None) => {
                self.browse = Some(Browse::start());
                Some(Event::Sighted(Sighting::Begun))
            }
            (false, Some(_)) => {
                self.browse = None;
                None
            }
            (true, Some(_)) | (false, None) => None,
        }
    }

    /// Examines a broker; what is being examined is given up.
    pub fn examine(&mut self, wanted: Wanted) {
        self.stop_examining();
        let Wanted { number, profile, is_read_only } = wanted;
        let publish = if is_read_only { Publish::ReadOnly } else { Publish::RoundTrips };
        let options = Options { patience: PATIENCE, publish, origin: self.wall };
        let (sender, clock) = (self.told.0.clone(), Arc::clone(&self.clock));
        self.examination = Some(tokio::spawn(async move {
            let mut n_lost = 0;
            let mut tell = |finding: &Finding| {
                if sender.try_send((number, Told::Found(finding.clone()))).is_err() {
                    n_lost += 1;
                }
            };
            let verdict = doctor::examine(profile, clock, options, &mut tell).await;
            // Nobody to hear it is nothing to fail for.
            let _ = sender.send((number, Told::Done(verdict, n_lost))).await;
        }));
    }

    /// Gives up what is being examined; its connection is closed.
    pub fn stop_examining(&mut self) {
        if let Some(examination) = self.examination.take() {
            examination.abort();
        }
    }
}
