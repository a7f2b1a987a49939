//! The doctor: connects step by step, subscribes, sends a message round, and tells what it finds. Owns the order
//! of checks and what a failure makes of the whole; the connection is the broker task's.
mod finding;
mod words;

pub use finding::{Check, Finding, Marks, Outcome};

use crate::broker::{self, Events, Requests, Wake};
use crate::mqtt::port::{Lost, Notice, Online, Refusal, Step};
use crate::mqtt::preset::Limits;
use crate::mqtt::profile::RetainHandling;
use crate::mqtt::{
    BrokerEvent, BrokerRequest, Filter, Profile, Publication, PublishProperties, Qos, Stage, Subscription,
    Ticket, Topic,
};
use crate::time::{Clock, Timestamp, WallOrigin};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

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
    /// None.
    Nothing,
}

/// What it all came to; the worst of the findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// All is well.
    Healthy,
    /// Something failed after the connection stood.
    Failed,
    /// An answer did not come in time.
    TimedOut,
    /// The broker refused us, or a filter.
    Refused,
    /// There is no connection.
    CannotConnect,
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
    // Were we to fall, the broker would announce the death of a device that lives.
    profile.will = None;
    if !profile.clean_start {
        profile.client_id.push_str("-doctor");
        (profile.clean_start, profile.session_expiry_s) = (true, 0);
    }
    let kind = profile.limits();
    let (requests, events) = broker::spawn(profile, Arc::clone(&clock), Wake::default());
    let mut doctor = Doctor { requests, events, clock, options, tell, verdict: Verdict::Healthy };
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
        }
        self.disconnect().await
    }

    /// Follows the steps until the broker let us in.
    async fn connect(&mut self) -> Result<Online, Over> {
        let (mut step, mut began) = (Step::Resolve, self.clock.now());
        loop {
            match self.next(Check::Step(step), began).await? {
                BrokerEvent::StepBegun(next, at) => (step, began) = (next, at),
                // CONNECT's is told with what the CONNACK says.
                BrokerEvent::StepDone(done, took, note) if done != Step::Connect => {
                    self.good(Check::Step(done), Some(took), note.unwrap_or_default());
                }
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
                | BrokerEvent::Publication { .. }
                | BrokerEvent::Pong { .. }
                | BrokerEvent::Link(_)
                | BrokerEvent::Notice(_)
                | BrokerEvent::Lost(_)
                | BrokerEvent::Ended => {}
            }
        }
    }

    fn welcome(&mut self, online: &Online) {
        if let Some(tls) = &online.tls {
            let now = words::unix_ms(self.options.origin, self.clock.now());
            self.good(Check::Certificate, None, words::tls(tls));
            for certificate in &tls.chain {
                self.good(Check::Certificate, None, words::certificate(certificate, now));
            }
        }
        self.good(Check::Step(Step::Connect), Some(online.took), words::online(online));
        self.good(Check::Limits, None, words::limits(online));
    }

    /// Asks for a filter; the QoS that was granted, or `None` when it was refused, which was told.
    async fn subscribe(&mut self, mut subscription: Subscription) -> Result<Option<Qos>, Over> {
        // Live messages are enough to know that it works; a million retained ones would be in the way.
        subscription.retain_handling = RetainHandling::Never;
        let (asked, began) = (subscription.qos, self.clock.now());
        let filter = subscription.filter.clone();
        self.ask(BrokerRequest::Subscribe(subscription))?;
        let granted = loop {
            let event = self.next(Check::Subscribe, began).await?;
            if let BrokerEvent::Subscribed { subscription, granted } = event
                && subscription.filter == filter
            {
                break granted;
            }
        };
        let took = Some(self.clock.now().since(began));
        match granted {
            Ok(qos) => {
                let lower = if qos < asked { format!(" of {asked} asked for") } else { String::new() };
                self.good(Check::Subscribe, took, format!("{filter} granted at QoS {qos}{lower}"));
                Ok(Some(qos))
            }
            Err(Refusal { reason, words }) => {
                let said = words.map(|words| format!(": {words}")).unwrap_or_default();
                self.bad(
                    Verdict::Refused,
                    &Finding {
                        check: Check::Subscribe,
                        outcome: Outcome::Bad {
                            meaning: "the broker lets us in, and does not let us hear this filter",
                            remedy: Some(format!(
                                "give a filter that its ACL allows, by --filter; {filter} is not one"
                            )),
                        },
                        took,
                        note: format!("{filter} refused: {reason}{said}"),
                    },
                );
                Ok(None)
            }
        }
    }

    async fn round_trips(&mut self, online: &Online, kind: &Limits) -> Result<(), Over> {
        let random = RandomState::new().hash_one(&online.client_id) & 0xFFFF_FFFF_FFFF;
        let name = format!("mqttscope/doctor/{random:012x}");
        let takes = |most: Option<Qos>| most.unwrap_or(Qos::ExactlyOnce);
        let most = takes(online.connack.max_qos).min(takes(kind.max_qos));
        let (Ok(topic), Ok(filter)) = (Topic::parse(&name), Filter::parse(&name)) else { return Ok(()) };
        if self.subscribe(Subscription::new(filter, most)).await?.is_none() {
            self.skip(Check::RoundTrip(Qos::AtMostOnce), "what can't be heard needs no sending");
            return Ok(());
        }
        for qos in Qos::ALL.into_iter().filter(|qos| *qos <= most) {
            self.round_trip(&topic, qos).await?;
        }
        Ok(())
    }

    /// Sends a message and waits for it, and for its acknowledgement.
    async fn round_trip(&mut self, topic: &Topic, qos: Qos) -> Result<(), Over> {
        let ticket = Ticket(u64::from(qos.bits()) + 1);
        let payload = format!("mqttscope doctor, QoS {qos}").into_bytes();
        let publication = Publication {
            topic: topic.clone(),
            payload: payload.clone().into(),
            qos,
            retain: false,
            properties: PublishProperties::default(),
        };
        let (check, began) = (Check::RoundTrip(qos), self.clock.now());
        self.ask(BrokerRequest::Publish(ticket, publication))?;
        let mut acknowledged: Option<Timestamp> = None;
        let mut heard: Option<(Timestamp, Qos)> = None;
        while acknowledged.is_none() || heard.is_none() {
            match self.wait(began, self.options.patience).await {
                Some(BrokerEvent::Publication { ticket: known, stage, at }) if known == ticket => match stage
                {
                    Stage::Queued | Stage::Received | Stage::Sent { packet_id: Some(_), .. } => {}
                    Stage::Sent { packet_id: None, .. } => acknowledged = Some(at),
                    Stage::Acknowledged(reason) if !reason.is_failure() => acknowledged = Some(at),
                    Stage::Acknowledged(reason) => {
                        self.not_taken(check, began, reason.to_string());
                        return Ok(());
                    }
                    Stage::Refused(reason, words) => {
                        let said = words.map(|words| format!(": {words}")).unwrap_or_default();
                        self.not_taken(check, began, format!("{reason}{said}"));
                        return Ok(());
                    }
                    Stage::NotSent(words) => {
                        self.not_taken(check, began, words);
                        return Ok(());
                    }
                },
                Some(BrokerEvent::Messages(batch)) => {
                    let ours = batch
                        .iter()
                        .find(|message| message.topic == topic.as_str() && message.payload == payload);
                    heard = heard.or(ours.map(|message| (message.received, message.qos)));
                }
                Some(BrokerEvent::Lost(lost)) => return Err(self.lost(check, began, &lost)),
                Some(_other) => {}
                None => {
                    self.missing(check, began, acknowledged.is_some(), heard.is_some());
                    return Ok(());
                }
            }
        }
        if let (Some(acknowledged), Some((heard, at_qos))) = (acknowledged, heard) {
            let ms = |at: Timestamp| at.since(began).as_secs_f64() * 1e3;
            let taken = match qos {
                Qos::AtMostOnce => "sent".to_owned(),
                Qos::AtLeastOnce | Qos::ExactlyOnce => format!("acknowledged in {:.2} ms", ms(acknowledged)),
            };
            let note = format!("{taken} · back in {:.2} ms at QoS {at_qos}", ms(heard));
            self.good(check, Some(acknowledged.max(heard).since(began)), note);
        }
        Ok(())
    }

    fn not_taken(&mut self, check: Check, began: Timestamp, why: String) {
        let outcome = Outcome::Bad {
            meaning: "the broker did not take a message of ours",
            remedy: Some("its ACL may forbid mqttscope/doctor/#; --no-publish leaves this out".to_owned()),
        };
        let took = Some(self.clock.now().since(began));
        self.bad(Verdict::Refused, &Finding { check, outcome, took, note: why });
    }

    fn missing(&mut self, check: Check, began: Timestamp, acknowledged: bool, heard: bool) {
        let seconds = self.options.patience.as_secs_f64();
        let (what, meaning) = match (acknowledged, heard) {
            (true, _) => (
                "it did not come back",
                "the broker took our message and did not deliver it; with an ACL, brokers may do so silently",
            ),
            (false, true) => (
                "it came back and was not acknowledged",
                "the broker does not keep to the protocol of this QoS, or is overloaded",
            ),
            (false, false) => (
                "it was neither acknowledged nor delivered",
                "the broker or something on the way swallowed it",
            ),
        };
        let remedy = "allow mqttscope/doctor/# in its ACL, or leave this out by --no-publish".to_owned();
        let outcome = Outcome::Bad { meaning, remedy: Some(remedy) };
        let note = format!("{what} within {seconds} s");
        let took = Some(self.clock.now().since(began));
        self.bad(Verdict::TimedOut, &Finding { check, outcome, took, note });
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
        let left = (began + patience).since(self.clock.now());
        // A queue that always holds something must not outlive the limit.
        if left.is_zero() {
            return None;
        }
        timeout(left, self.events.recv()).await.ok()
    }

    fn lost(&mut self, check: Check, began: Timestamp, lost: &Lost) -> Over {
        let remedy = words::remedy(check, lost);
        let outcome = Outcome::Bad { meaning: words::meaning(lost.step, lost.reason), remedy };
        let check = lost.step.map_or(check, Check::Step);
        let took = Some(lost.at.since(began));
        self.bad(words::verdict(lost), &Finding { check, outcome, took, note: lost.cause.clone() });
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
