//! Hearing a broker for a while. Owns the connection's course and when it is over; what is made of the messages is
//! the listener's.
use super::doctor;
use crate::broker::{self, Events, QUEUE_MESSAGES};
use crate::decode::figures::span;
use crate::mqtt::port::{Lost, Notice, Step};
use crate::mqtt::{Batch, BrokerEvent, BrokerRequest, Check, Filter, Profile, Subscription, Verdict};
use crate::time::{Clock, Timestamp};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How often a listener is told how it goes while nothing comes.
const BEAT: Duration = Duration::from_secs(1);

/// How long a broker is waited for that was told goodbye.
const FAREWELL: Duration = Duration::from_secs(1);

/// How long to listen, and to what.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How long an answer may take; the way to the broker, with all its addresses, four times that.
    pub patience: Duration,
    /// How long is listened from the moment on which the broker has answered for every filter.
    pub lasting: Duration,
    /// Asked for beside the profile's subscriptions; it is no harm if the broker refuses.
    pub beside: Vec<Subscription>,
}

/// What a listener is told.
#[derive(Debug)]
pub enum Told<'a> {
    /// The broker let us in, for the first time; messages come from now on.
    Online(Timestamp),
    /// Messages, in the order they came.
    Messages(&'a Batch),
    /// So much time is left.
    Left(Duration),
    /// Something worth a line.
    Words(String),
}

/// Why it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The time is over.
    TimeOver,
    /// Somebody wished so.
    Stopped,
    /// The connection is gone and is not tried again.
    Lost,
}

/// How it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Why it is over.
    pub ended: Ended,
    /// Filters of the profile that the broker refused.
    pub refused: Vec<Filter>,
    /// How often the connection was lost meanwhile.
    pub n_lost: u32,
    /// Whether it stood at the end.
    pub is_online: bool,
    /// Messages that were too large or could not be read.
    pub n_left_out: u64,
    /// From the broker's welcome to the end.
    pub took: Duration,
    /// When it ended.
    pub at: Timestamp,
}

/// Nothing was heard: the connection did not come about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Unheard {
    /// What that is.
    pub verdict: Verdict,
    /// Why, and what helps; what came from outside is not escaped.
    pub words: String,
}

/// How far it is.
#[derive(Clone, Copy, Debug)]
enum Phase {
    /// A step since so long, which may take so long.
    Connecting(Step, Duration),
    /// Filters that the broker has not answered for.
    Asking,
    Listening,
}

struct Listener<'a> {
    plan: &'a Plan,
    pending: Vec<Filter>,
    phase: Phase,
    deadline: Timestamp,
    began: Timestamp,
    heard: Heard,
    at: String,
}

/// Connects, subscribes, and hears what comes until the time is over or `stop` is; each message is told.
///
/// # Errors
/// When there is no connection, or no answer to a filter in time.
pub async fn listen(
    mut profile: Profile,
    clock: &Arc<dyn Clock>,
    plan: &Plan,
    stop: impl Future<Output = ()>,
    tell: &mut (dyn FnMut(Told<'_>) + Send),
) -> Result<Heard, Unheard> {
    let at = profile.address.to_string();
    let pending = profile.subscriptions.iter().map(|subscription| subscription.filter.clone()).collect();
    profile.subscriptions.extend(plan.beside.iter().cloned());
    let (requests, mut events) = broker::spawn(profile, Arc::clone(clock), broker::Wake::default());
    let began = clock.now();
    let way = plan.patience.saturating_mul(4);
    let mut listener = Listener {
        plan,
        pending,
        phase: Phase::Connecting(Step::Resolve, way),
        deadline: began + way,
        began,
        heard: Heard {
            ended: Ended::TimeOver,
            refused: Vec::new(),
            n_lost: 0,
            is_online: false,
            n_left_out: 0,
            took: Duration::ZERO,
            at: began,
        },
        at,
    };
    let mut stop = pin!(stop);
    let ended = loop {
        let left = listener.deadline.since(clock.now());
        // A queue that always holds something must not outlive the limit.
        if left.is_zero() {
            break listener.time_over()?;
        }
        let event = tokio::select! {
            biased;
            () = &mut stop => break listener.stopped()?,
            event = timeout(left.min(BEAT), events.recv()) => event.ok(),
        };
        if let Some(ended) = listener.take(event, clock.now(), tell)? {
            break ended;
        }
    };
    // What came before the end counts, though a flood has none.
    for event in std::iter::from_fn(|| events.try_recv()).take(QUEUE_MESSAGES) {
        if let BrokerEvent::Messages(batch) = event {
            tell(Told::Messages(&batch));
        }
    }
    if requests.try_send(BrokerRequest::End).is_ok() {
        let _ = timeout(plan.patience.min(FAREWELL), gone(&mut events)).await;
    }
    let at = clock.now();
    Ok(Heard { ended, took: at.since(listener.began), at, ..listener.heard })
}

async fn gone(events: &mut Events) {
    while !matches!(events.recv().await, BrokerEvent::Ended) {}
}

impl Listener<'_> {
    /// An event, or a second without one. Whether it is over.
    fn take(
        &mut self,
        event: Option<BrokerEvent>,
        now: Timestamp,
        tell: &mut (dyn FnMut(Told<'_>) + Send),
    ) -> Result<Option<Ended>, Unheard> {
        match event {
            Some(BrokerEvent::StepBegun(step, at)) => self.step(step, at),
            Some(BrokerEvent::Online(online)) => {
                self.heard.is_online = true;
                if matches!(self.phase, Phase::Connecting(..)) {
                    self.phase = Phase::Asking;
                    self.began = online.at;
                    self.deadline = now + self.plan.patience;
                    tell(Told::Online(online.at));
                    self.answered(None, now);
                }
            }
            Some(BrokerEvent::Messages(batch)) => tell(Told::Messages(&batch)),
            Some(BrokerEvent::Subscribed { subscription, granted }) => {
                let filter = subscription.filter;
                let is_ours = self.pending.contains(&filter);
                if let (Err(refusal), true) = (&granted, is_ours) {
                    let said = refusal.words.as_ref().map(|words| format!(": {words}")).unwrap_or_default();
                    tell(Told::Words(format!("the broker refused {filter}: {}{said}", refusal.reason)));
                    self.heard.refused.push(filter.clone());
                }
                self.answered(Some(&filter), now);
            }
            Some(BrokerEvent::Notice(Notice::MessageRefused { topic, n_bytes, words })) => {
                self.heard.n_left_out += 1;
                tell(Told::Words(format!("a message on {topic} of {n_bytes} bytes was left out: {words}")));
            }
            Some(BrokerEvent::Lost(lost)) => return self.lost(&lost, tell),
            Some(BrokerEvent::Ended) => return Ok(Some(Ended::Lost)),
            None if matches!(self.phase, Phase::Listening) => {}
            Some(
                BrokerEvent::StepDone(..)
                | BrokerEvent::Detail(_)
                | BrokerEvent::Unsubscribed { .. }
                | BrokerEvent::Probed { .. }
                | BrokerEvent::Publication { .. }
                | BrokerEvent::Pong { .. }
                | BrokerEvent::Link(_)
                | BrokerEvent::Notice(_),
            )
            | None => return Ok(None),
        }
        if matches!(self.phase, Phase::Listening) {
            tell(Told::Left(self.deadline.since(now)));
        }
        Ok(None)
    }

    fn step(&mut self, step: Step, at: Timestamp) {
        if let Phase::Connecting(..) = self.phase {
            let patience = match step {
                // A name may have many addresses, each with a limit of its own.
                Step::Resolve | Step::Tcp | Step::Proxy | Step::Tls | Step::WebSocket => {
                    self.plan.patience.saturating_mul(4)
                }
                Step::Connect => self.plan.patience,
            };
            self.phase = Phase::Connecting(step, patience);
            self.deadline = at + patience;
        }
    }

    /// The broker answered for a filter; once for all, the time begins.
    fn answered(&mut self, filter: Option<&Filter>, now: Timestamp) {
        self.pending.retain(|pending| Some(pending) != filter);
        if matches!(self.phase, Phase::Asking) && self.pending.is_empty() {
            self.phase = Phase::Listening;
            self.deadline = now + self.plan.lasting;
        }
    }

    fn lost(
        &mut self,
        lost: &Lost,
        tell: &mut (dyn FnMut(Told<'_>) + Send),
    ) -> Result<Option<Ended>, Unheard> {
        let check = match self.phase {
            Phase::Listening => {
                self.heard.n_lost += u32::from(self.heard.is_online);
                self.heard.is_online = false;
                let again = if lost.retry_at.is_some() { "; it is tried again" } else { "" };
                tell(Told::Words(format!("the connection is {}: {}{again}", lost.words(), lost.cause)));
                return Ok(lost.retry_at.is_none().then_some(Ended::Lost));
            }
            Phase::Connecting(step, _) => Check::Step(step),
            Phase::Asking => Check::Subscribe,
        };
        let remedy = doctor::remedy(check, lost).map(|remedy| format!("; {remedy}")).unwrap_or_default();
        let verdict = doctor::verdict(lost);
        let what = match verdict {
            Verdict::Refused => format!("{} refused us", self.at),
            Verdict::Healthy | Verdict::Failed | Verdict::TimedOut | Verdict::CannotConnect => {
                format!("there is no connection to {}", self.at)
            }
        };
        Err(Unheard { verdict, words: format!("{what}: {}{remedy}", lost.cause) })
    }

    fn time_over(&self) -> Result<Ended, Unheard> {
        let (what, patience) = match self.phase {
            Phase::Listening => return Ok(Ended::TimeOver),
            Phase::Connecting(step, patience) => (step.words(), patience),
            Phase::Asking => ("SUBSCRIBE", self.plan.patience),
        };
        let within = span(patience);
        let words = format!(
            "{} gave no answer to {what} within {within}; --wait gives a slow broker more time",
            self.at
        );
        Err(Unheard { verdict: Verdict::TimedOut, words })
    }

    fn stopped(&self) -> Result<Ended, Unheard> {
        match self.phase {
            Phase::Listening | Phase::Asking => Ok(Ended::Stopped),
            Phase::Connecting(..) => Err(Unheard {
                verdict: Verdict::Failed,
                words: format!("interrupted before there was a connection to {}", self.at),
            }),
        }
    }
}
