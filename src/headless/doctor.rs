//! The doctor: connects step by step, subscribes, sends a message round, and tells what it finds. Owns the order
//! of checks and what a failure makes of the whole; the connection is the broker task's.
mod print;
mod rounds;
mod words;

pub use crate::headless::lines::Marks;
pub use print::{json, line};
pub(super) use words::{remedy, verdict};

use super::step_aside;
use crate::broker::{self, Events, Requests, Wake};
use crate::mqtt::port::{Detail, Lost, Notice, Online, Step, TlsFacts, Tried, Unreachable};
use crate::mqtt::preset::Limits;
use crate::mqtt::{BrokerEvent, BrokerRequest, Check, Finding, Outcome, Profile, Qos, Subscription, Verdict};
use crate::time::{Clock, Timestamp, WallOrigin};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use words::Begun;

/// What the doctor is told beside the profile.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How long an answer may take; the way to the broker, with all its addresses, four times that.
    pub patience: Duration,
    /// Whether messages of our own are sent.
    pub publish: Publish,
    /// The wall clock, for certificates.
    pub origin: WallOrigin,
}

/// Whether messages of our own are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publish {
    /// One for each QoS, on a topic of the doctor's own, not retained.
    RoundTrips,
    /// None, as whoever asks wishes.
    Nothing,
    /// None, for the program is read-only.
    ReadOnly,
}

/// Examines a broker; each finding is told as it is made. The session that a device keeps on its broker is not
/// touched: such a device is examined under a client id beside its own.
pub async fn examine(
    mut profile: Profile,
    clock: Arc<dyn Clock>,
    options: Options,
    tell: &mut (dyn FnMut(&Finding) + Send),
) -> Verdict {
    let subscriptions = std::mem::take(&mut profile.subscriptions);
    step_aside(&mut profile, "-doctor");
    let kind = profile.limits();
    let (requests, events) = broker::spawn(profile, Arc::clone(&clock), Wake::default());
    let verdict = Verdict::Healthy;
    let way = Way::default();
    let mut doctor = Doctor { requests, events, clock, options, tell, verdict, way };
    // Whoever ends the examination has told why.
    let _ended = doctor.rounds(subscriptions, &kind).await;
    doctor.verdict
}

/// The examination can't go on; why was told.
struct Over;

struct Doctor<'a> {
    requests: Requests,
    events: Events,
    clock: Arc<dyn Clock>,
    options: Options,
    tell: &'a mut (dyn FnMut(&Finding) + Send),
    verdict: Verdict,
    way: Way,
}

/// What is known of the way to the broker while it is gone.
#[derive(Default)]
struct Way {
    /// Whether there were several addresses, and how many of them were no use.
    had_a_choice: bool,
    n_useless: usize,
    /// What TLS agreed on.
    tls: Option<TlsFacts>,
    /// Until when we were busy ourselves: no patience is used up by that.
    busy_until: Timestamp,
    /// Whether the attempt came as far as a step.
    begun: Begun,
}

impl Doctor<'_> {
    async fn rounds(&mut self, subscriptions: Vec<Subscription>, kind: &Limits) -> Result<(), Over> {
        let online = self.connect().await?;
        if let Some(words) = kind.words() {
            self.good(Check::Limits, None, format!("{}: {words}", kind.name()));
        }
        for subscription in subscriptions {
            let filter = subscription.filter.clone();
            if self.subscribe(subscription).await?.is_some() {
                // What it delivers would only be in the way.
                self.ask(BrokerRequest::Unsubscribe(filter))?;
            }
        }
        match self.options.publish {
            Publish::RoundTrips if !kind.all_topics => {
                let words = format!("{} has fixed topics, and ours is none of them", kind.name());
                self.skip(Check::RoundTrip(Qos::AtMostOnce), &words);
            }
            Publish::RoundTrips => self.round_trips(&online, kind).await?,
            Publish::Nothing => {
                self.skip(Check::RoundTrip(Qos::AtMostOnce), "nothing is published, as you asked");
            }
            Publish::ReadOnly => {
                self.skip(Check::RoundTrip(Qos::AtMostOnce), "nothing is published: mqttscope is read-only");
            }
        }
        self.disconnect().await
    }

    /// Follows the steps until the broker let us in.
    async fn connect(&mut self) -> Result<Online, Over> {
        let (mut step, mut began) = (Step::Resolve, self.clock.now());
        loop {
            match self.next(Check::Step(step), began).await? {
                BrokerEvent::StepBegun(next, at) => {
                    self.way.begun = Begun::Steps;
                    (step, began) = (next, at);
                }
                // CONNECT's is told with what the CONNACK says.
                BrokerEvent::StepDone(done, took, note) if done != Step::Connect => {
                    self.step_done(done, took, note.unwrap_or_default());
                }
                BrokerEvent::Detail(detail) => match *detail {
                    Detail::Tried(tried) => self.tried(tried).await,
                    Detail::Secured(facts) => self.way.tls = Some(facts),
                },
                // Such as 5 given up for 3.1.1.
                BrokerEvent::Notice(Notice::Words(words)) => self.skip(Check::Step(step), &words),
                BrokerEvent::Online(online) => {
                    self.welcome(&online);
                    return Ok(*online);
                }
                BrokerEvent::StepDone(..)
                | BrokerEvent::Messages(_)
                | BrokerEvent::Subscribed { .. }
                | BrokerEvent::Unsubscribed { .. }
                | BrokerEvent::Probed { .. }
                | BrokerEvent::Publication { .. }
                | BrokerEvent::Pong { .. }
                | BrokerEvent::Link(_)
                | BrokerEvent::Notice(_)
                | BrokerEvent::Lost(_)
                | BrokerEvent::Ended => {}
            }
        }
    }

    fn step_done(&mut self, step: Step, took: Duration, note: String) {
        let Some(facts) = self.way.tls.take_if(|_| step == Step::Tls) else {
            // Where there were several addresses, each had its line.
            if step != Step::Tcp || !self.way.had_a_choice {
                self.good(Check::Step(step), Some(took), note);
            }
            return;
        };
        self.good(Check::Step(step), Some(took), words::tls(&facts));
        let now = words::unix_ms(self.options.origin, self.clock.now());
        for certificate in &facts.chain {
            self.good(Check::Certificate, None, words::certificate(certificate, now));
        }
    }

    /// One of several addresses was tried; once one is in use, the others are looked at as well.
    async fn tried(&mut self, tried: Tried) {
        let Tried { address, took, failure, others } = tried;
        self.way.had_a_choice = true;
        let is_used = failure.is_none();
        self.address(address, took, failure, " · goes on with this one");
        if is_used {
            for address in others {
                let (took, failure) = broker::probe(address, &*self.clock).await;
                self.address(address, took, failure, "");
            }
            self.way.busy_until = self.clock.now();
        }
    }

    fn address(&mut self, address: SocketAddr, took: Duration, failure: Option<Unreachable>, more: &str) {
        let check = Check::Step(Step::Tcp);
        let Some(Unreachable { cause, remedy }) = failure else {
            return self.good(check, Some(took), format!("{address}{more}"));
        };
        self.way.n_useless += 1;
        let meaning = "one address of several is no use; those who try it first have to wait for another";
        let outcome = Outcome::Bad { meaning, remedy };
        // The way goes by another, if there is one: that decides about the whole.
        (self.tell)(&Finding { check, outcome, took: Some(took), note: cause });
    }

    fn welcome(&mut self, online: &Online) {
        self.good(Check::Step(Step::Connect), Some(online.took), words::online(online));
        self.good(Check::Limits, None, words::limits(online));
    }

    async fn disconnect(&mut self) -> Result<(), Over> {
        let began = self.clock.now();
        self.ask(BrokerRequest::End)?;
        while !matches!(self.next(Check::Disconnect, began).await?, BrokerEvent::Ended) {}
        let took = self.clock.now().since(began);
        self.good(Check::Disconnect, Some(took), String::new());
        Ok(())
    }

    /// The next event; a loss and an overlong silence end the examination.
    async fn next(&mut self, check: Check, began: Timestamp) -> Result<BrokerEvent, Over> {
        let patience = match check {
            // A name may have many addresses, each with a limit of its own.
            Check::Step(Step::Resolve | Step::Tcp | Step::Proxy | Step::Tls | Step::WebSocket) => {
                self.options.patience.saturating_mul(4)
            }
            Check::Step(Step::Connect)
            | Check::Certificate
            | Check::Limits
            | Check::Subscribe
            | Check::RoundTrip(_)
            | Check::Disconnect => self.options.patience,
        };
        match self.wait(began, patience).await {
            Some(BrokerEvent::Lost(lost)) => Err(self.lost(check, began, &lost)),
            Some(event) => Ok(event),
            None => {
                let seconds = patience.as_secs_f64();
                let outcome = Outcome::Bad {
                    meaning: "the other side is reached, perhaps, and keeps silent",
                    remedy: Some("check host and port; --wait gives a slow broker more time".to_owned()),
                };
                let took = Some(self.clock.now().since(began));
                let note = format!("no answer within {seconds} s");
                self.bad(Verdict::TimedOut, &Finding { check, outcome, took, note });
                Err(Over)
            }
        }
    }

    /// The next event before the check has taken too long.
    async fn wait(&mut self, began: Timestamp, patience: Duration) -> Option<BrokerEvent> {
        let left = (began.max(self.way.busy_until) + patience).since(self.clock.now());
        // A queue that always holds something must not outlive the limit.
        if left.is_zero() {
            return None;
        }
        timeout(left, self.events.recv()).await.ok()
    }

    fn lost(&mut self, check: Check, began: Timestamp, lost: &Lost) -> Over {
        let remedy = remedy(check, lost);
        let outcome =
            Outcome::Bad { meaning: words::meaning(lost.step, lost.reason, self.way.begun), remedy };
        let check = lost.step.map_or(check, Check::Step);
        let took = Some(lost.at.since(began));
        let note = match (lost.step, self.way.n_useless) {
            // Each was told with its cause.
            (Some(Step::Tcp), n @ 1..) => format!("none of the {n} addresses takes a connection"),
            (_, _) => lost.cause.clone(),
        };
        self.bad(verdict(lost), &Finding { check, outcome, took, note });
        Over
    }

    fn ask(&mut self, request: BrokerRequest) -> Result<(), Over> {
        self.requests.try_send(request).map_err(|error| {
            let outcome = Outcome::Bad { meaning: "the device's task is no more", remedy: None };
            let note = error.to_string();
            self.bad(Verdict::Failed, &Finding { check: Check::Disconnect, outcome, took: None, note });
            Over
        })
    }

    fn good(&mut self, check: Check, took: Option<Duration>, note: String) {
        (self.tell)(&Finding { check, outcome: Outcome::Good, took, note });
    }

    fn skip(&mut self, check: Check, note: &str) {
        (self.tell)(&Finding { check, outcome: Outcome::Skipped, took: None, note: note.to_owned() });
    }

    fn bad(&mut self, verdict: Verdict, finding: &Finding) {
        self.verdict = self.verdict.max(verdict);
        (self.tell)(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::Address;
    use crate::runtime::MachineClock;

    #[tokio::test]
    async fn each_address_of_a_name_has_its_line_with_the_cause() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let good = listener.local_addr().unwrap();
        let closed = tokio::net::TcpSocket::new_v4().unwrap();
        closed.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let bad = closed.local_addr().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(MachineClock::default());
        let profile = Profile::new("x", Address::tcp("127.0.0.1", good.port()), "x");
        let (requests, events) = broker::spawn(profile, Arc::clone(&clock), Wake::default());
        let mut lines = Vec::new();
        let options = Options {
            patience: Duration::from_secs(60),
            publish: Publish::Nothing,
            origin: WallOrigin::default(),
        };
        let mut tell = |finding: &Finding| lines.push(line(finding, Marks::Unicode));
        let (verdict, way) = (Verdict::Healthy, Way::default());
        let mut doctor = Doctor { requests, events, clock, options, tell: &mut tell, verdict, way };
        let failure = Some(Unreachable { cause: "nothing listens on it".into(), remedy: None });
        let took = Duration::from_millis(1);
        doctor.tried(Tried { address: bad, took, failure, others: vec![good, bad, good] }).await;
        doctor.tried(Tried { address: good, took, failure: None, others: vec![bad, good] }).await;
        doctor.step_done(Step::Tcp, took, good.to_string());
        assert_eq!(doctor.verdict, Verdict::Healthy, "the way goes by another");
        let expected = [
            ("✗ TCP", "nothing listens on it\n  that means: one address of several is no use".to_owned()),
            ("✓ TCP", format!("{good} · goes on with this one")),
            ("✗ TCP", format!("nothing listens on {bad}")),
            ("✓ TCP", good.to_string()),
        ];
        assert_eq!(lines.len(), expected.len(), "{lines:#?}");
        for (line, (mark, words)) in lines.iter().zip(expected) {
            assert!(line.starts_with(mark) && line.contains(&words), "{line}");
        }
    }
}
