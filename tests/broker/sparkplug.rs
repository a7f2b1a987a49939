//! The demo's edge node behind our own broker: who comes late asks it for its births, then sets its press. Owns the story
//! from the key to the node's answer; the plant lives as the test says.
use crate::rig::{Hands, VERSIONS};
use crate::whole::Whole;
use mqttscope::decode::sparkplug::{Registry, Told, preview};
use mqttscope::demo::broker::{self as demo, BrokerOptions, DemoBroker};
use mqttscope::demo::plant::{Plant, PlantOptions};
use mqttscope::model::{Event, Model};
use mqttscope::mqtt::Publication;
use mqttscope::store::LastPayload;
use mqttscope::time::Timestamp;
use std::sync::Arc;
use tokio::sync::mpsc::Receiver;

const DDATA: &str = "spBv1.0/plant/DDATA/line1/press";

/// The plant, which lives as the test says.
struct Works {
    plant: Plant,
    broker: DemoBroker,
    heard: Receiver<Arc<Publication>>,
}

impl Works {
    async fn begin() -> Self {
        let broker = demo::start(BrokerOptions::default(), Hands::new()).await.unwrap();
        let plant = Plant::new(&PlantOptions::default(), Timestamp::ZERO);
        let heard = broker.handle().hear(&plant.ears(), 64);
        Self { plant, broker, heard }
    }

    /// Lives on until a moment.
    fn live(&mut self, ms: u64) {
        let mut out = Vec::new();
        while let Some(due) = self.plant.due().filter(|due| *due <= Timestamp::from_millis(ms)) {
            self.plant.step(due, &mut out);
        }
        self.broker.handle().publish_all(&out);
    }

    /// Hears the next command, and answers.
    async fn obey(&mut self, ms: u64) -> String {
        let command = tokio::time::timeout(crate::rig::PATIENCE, self.heard.recv()).await.unwrap().unwrap();
        let mut out = Vec::new();
        self.plant.hear(Timestamp::from_millis(ms), &command, &mut out);
        self.broker.handle().publish_all(&out);
        command.topic.as_str().to_owned()
    }
}

/// The last message of a topic in one line, named by the births in the store.
fn line(model: &Model, topic: &str) -> Option<String> {
    let store = &model.devices[0].store;
    let payload = |topic: &str| match store.last(store.find(topic)?)?.payload {
        LastPayload::Whole(payload) => Some(payload),
        LastPayload::Evicted { .. } => None,
    };
    let mut births = Registry::default();
    for birth in ["spBv1.0/plant/NBIRTH/line1", "spBv1.0/plant/DBIRTH/line1/press"] {
        births.observe(birth, payload(birth).unwrap_or_default());
    }
    let told = Told { topic: topic.into(), births: births.births(topic) };
    Some(preview(&told, payload(topic)?, 300)?.line.text())
}

fn has(model: &Model, topic: &str, words: &str) -> bool {
    line(model, topic).is_some_and(|line| line.contains(words))
}

/// Keys, and a frame after each, as the loop has it.
fn types(whole: &mut Whole, chords: &str) {
    for chord in chords.split_whitespace() {
        whole.types(chord);
        let now = mqttscope::time::Clock::now(&*whole.hands);
        whole.model.prepare(now, &mut Vec::new());
    }
}

#[tokio::test]
async fn who_comes_late_asks_for_births_and_then_sets_the_press() {
    for version in VERSIONS {
        let mut works = Works::begin().await;
        // It was born, and nobody was there.
        works.live(1_000);
        let mut whole = Whole::online(&works.broker, version).await;
        works.live(2_000);
        whole.until("data by an alias", |model| has(model, DDATA, "alias 10 ")).await;
        types(&mut whole, "ctrl-g");
        whole.happens(Event::Paste(DDATA.into()));
        types(&mut whole, "enter alt-b");
        assert_eq!(works.obey(2_100).await, "spBv1.0/plant/NCMD/line1");
        whole.until("the births", |model| has(model, DDATA, "Temperature ")).await;

        // The setpoint is chosen where it stands: in the birth.
        types(&mut whole, "ctrl-g");
        whole.happens(Event::Paste("spBv1.0/plant/DBIRTH/line1/press".into()));
        types(&mut whole, "enter 1 tab /");
        whole.happens(Event::Paste("Setpoint".into()));
        types(&mut whole, "enter e ctrl-u 2 0 5 enter");
        assert_eq!(works.obey(2_200).await, "spBv1.0/plant/DCMD/line1/press");
        whole.until("the answer", |model| has(model, DDATA, "Setpoint 205.0 °C, Mode heating")).await;
        // Our command came back, as anything that is published here does.
        let dcmd = "spBv1.0/plant/DCMD/line1/press";
        whole.until("the echo", |model| has(model, dcmd, "Setpoint 205.0 °C")).await;
    }
}
