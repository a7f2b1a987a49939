//! Generators from the key to our own broker and on to a second client. Both clocks are turned by the test alone, so that
//! each value and each skipped tick is known.
use crate::rig::{Device, Hands, VERSIONS, profile, publication, subscription};
use crate::whole::Whole;
use mqttscope::demo::broker::{self as demo, BrokerOptions, DemoBroker, Fault, Faults, Limits, PacketKind};
use mqttscope::model::runs::{State, Work};
use mqttscope::model::{Event, Model};
use mqttscope::mqtt::{Qos, Version};
use std::sync::Arc;
use std::time::Duration;

/// From one publication to the next, at ten a second.
const PERIOD: Duration = Duration::from_millis(100);

/// Someone who hears `a`, and the explorer with the form on it.
struct Pair {
    broker: DemoBroker,
    witness: Device,
    whole: Whole,
}

impl Pair {
    async fn on(options: BrokerOptions, broker_hands: Arc<Hands>, version: Version, qos: Qos) -> Self {
        let broker = demo::start(options, broker_hands).await.unwrap();
        let mut profile = profile(broker.address(), version, "witness");
        profile.subscriptions.push(subscription("a", Qos::ExactlyOnce));
        let mut witness = Device::start(profile);
        witness.granted(1).await;
        let mut whole = Whole::online_by(&broker, version, Hands::still()).await;
        witness.publish(1, publication("a", b"first", Qos::AtMostOnce, false));
        whole.until("a", |model| model.devices[0].store.n_messages() == 1).await;
        whole.types("ctrl-g a enter p");
        whole.model.form.qos = qos;
        whole.happens(Event::Paste("n={value}".into()));
        // A ramp 0..100 over 10 s in whole numbers, ten a second: the k-th tick is the number k.
        whole.types("ctrl-g right tab tab tab tab 1 tab ctrl-u 1 0 tab");
        Self { broker, witness, whole }
    }

    fn asks_for(&mut self, count: &str) {
        self.whole.happens(Event::Paste(count.into()));
        self.whole.types("enter");
    }

    /// What the witness heard, up to the last of so many.
    async fn heard(&mut self, n: usize) -> Vec<String> {
        // A word of its own comes behind all that was sent before.
        self.witness.heard(n + 1).await;
        self.witness.publish(2, publication("a", b"end", Qos::AtMostOnce, false));
        while self.witness.heard.last().is_none_or(|last| last.payload != b"end") {
            self.witness.until("the end", |_| Some(())).await;
        }
        let heard = self.witness.heard.iter().map(|heard| String::from_utf8(heard.payload.clone()).unwrap());
        heard.filter(|payload| payload.starts_with("n=")).collect()
    }
}

fn n_sent(model: &Model) -> u64 {
    model.runs.iter().map(|run| run.flow.n_sent).sum()
}

fn n_skipped(whole: &Whole) -> u64 {
    let Work::Generator(generator) = &whole.run().work else { panic!("{:?}", whole.run()) };
    generator.schedule.n_skipped
}

#[tokio::test]
async fn a_second_client_hears_each_value_of_a_generator_in_order_and_as_many_as_asked() {
    for version in VERSIONS {
        for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
            let mut pair = Pair::on(BrokerOptions::default(), Hands::new(), version, qos).await;
            pair.asks_for("30");
            for n in 1..=30 {
                pair.whole.until("one more", |model| n_sent(model) == n).await;
                pair.whole.hands.turn(PERIOD);
            }
            pair.whole.until("its end", |model| model.runs.n_running() == 0).await;
            assert!(matches!(pair.whole.run().state, State::Done(_)));
            let n_acknowledged = if qos == Qos::AtMostOnce { 0 } else { 30 };
            assert_eq!(pair.whole.run().flow.n_acknowledged, n_acknowledged);
            assert_eq!(n_skipped(&pair.whole), 0);
            let expected: Vec<String> = (0..30).map(|n| format!("n={n}")).collect();
            assert_eq!(pair.heard(30).await, expected, "{version:?} {qos:?}");
        }
    }
}

#[tokio::test]
async fn while_acknowledgements_are_late_the_newest_value_wins_and_what_is_skipped_is_counted() {
    let hands = Hands::still();
    let by = Duration::from_secs(1);
    let options = BrokerOptions {
        limits: Limits { receive_maximum: 2, ..Limits::default() },
        faults: Faults::new([Fault::Delay { kind: PacketKind::PubAck, by }]),
        ..BrokerOptions::default()
    };
    let mut pair = Pair::on(options, hands.clone(), Version::V5, Qos::AtLeastOnce).await;
    pair.asks_for("6");
    // Two may be in flight, and the third waits for their acknowledgements.
    for n in 1..=2 {
        pair.whole.until("one more", |model| n_sent(model) == n).await;
        pair.whole.hands.turn(PERIOD);
    }
    let waits = |model: &Model| model.runs.iter().all(|run| run.flow.n_queued() == 1);
    pair.whole.until("one that waits", waits).await;
    // Nothing goes in six ticks.
    for _ in 3..=8 {
        pair.whole.hands.turn(PERIOD);
        pair.whole.happens(Event::Due);
    }
    assert_eq!((pair.whole.run().flow.n_handed, n_sent(&pair.whole.model)), (3, 2));
    let handle = pair.broker.handle();
    handle.set_faults(Faults::default());
    hands.turn(by);
    handle.wake();
    pair.whole.until("the newest", |model| n_sent(model) == 4).await;
    for n in 5..=6 {
        pair.whole.hands.turn(PERIOD);
        pair.whole.until("one more", |model| n_sent(model) == n).await;
    }
    pair.whole.until("its end", |model| model.runs.n_running() == 0).await;
    assert_eq!(pair.whole.run().flow.n_acknowledged, 6);
    assert_eq!(pair.heard(6).await, ["n=0", "n=1", "n=2", "n=8", "n=9", "n=10"]);
    assert_eq!(n_skipped(&pair.whole), 5, "3 to 7");
}
