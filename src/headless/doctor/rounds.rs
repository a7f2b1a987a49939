//! What is asked of a broker that let us in: filters, and a message of our own there and back for each QoS.
use super::{Doctor, Over};
use crate::mqtt::port::{Online, Refusal};
use crate::mqtt::preset::Limits;
use crate::mqtt::profile::RetainHandling;
use crate::mqtt::{
    BrokerEvent, BrokerRequest, Check, Filter, Finding, Outcome, Publication, PublishProperties, Qos, Stage,
    Subscription, Ticket, Topic, Verdict,
};
use crate::time::Timestamp;
use std::hash::{BuildHasher, RandomState};

impl Doctor<'_> {
    /// Asks for a filter; the QoS that was granted, or `None` when it was refused, which was told.
    pub(super) async fn subscribe(&mut self, mut subscription: Subscription) -> Result<Option<Qos>, Over> {
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

    pub(super) async fn round_trips(&mut self, online: &Online, kind: &Limits) -> Result<(), Over> {
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
}
