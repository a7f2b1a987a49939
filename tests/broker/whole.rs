//! The model with a device's task and the disk: a loop as the explorer's is, without a screen.
use crate::rig::{Hands, PATIENCE, profile, subscription};
use mqttscope::broker::{self, Events, Requests, Wake};
use mqttscope::config::batch::{self, UndoFile};
use mqttscope::demo::broker::DemoBroker;
use mqttscope::keymap::Keymap;
use mqttscope::model::bulk::undo::{Done, Step};
use mqttscope::model::devices::{Answer, Errand};
use mqttscope::model::runs::{Run, State};
use mqttscope::model::{DeviceId, Effect, Event, Model, Settings, update};
use mqttscope::mqtt::{Qos, Version};
use mqttscope::time::Clock;
use std::path::Path;
use std::sync::Arc;

/// The model with a device's task and the disk.
pub struct Whole {
    pub model: Model,
    requests: Requests,
    events: Events,
    pub hands: Arc<Hands>,
    pub home: tempfile::TempDir,
    undoing: Option<UndoFile>,
    pub most_open: usize,
}

impl Whole {
    pub async fn online(broker: &DemoBroker, version: Version) -> Self {
        Self::online_by(broker, version, Hands::new()).await
    }

    /// One that goes by a clock of the test's choice.
    pub async fn online_by(broker: &DemoBroker, version: Version, hands: Arc<Hands>) -> Self {
        let mut profile = profile(broker.address(), version, "whole");
        profile.subscriptions.push(subscription("#", Qos::AtMostOnce));
        let clock: Arc<dyn Clock> = hands.clone();
        let (requests, events) = broker::spawn(profile.clone(), clock, Wake::default());
        let settings = Settings { budget_bytes: 64 << 20, ..Settings::default() };
        let model = Model::new(vec![profile], Keymap::default(), settings);
        let home = tempfile::tempdir().unwrap();
        let mut whole = Self { model, requests, events, hands, home, undoing: None, most_open: 0 };
        whole.until("online", |model| model.devices[0].subscriptions[0].granted.is_some()).await;
        whole
    }

    pub fn happens(&mut self, event: Event) {
        let mut effects = Vec::new();
        update(&mut self.model, self.hands.now(), event, &mut effects);
        while !effects.is_empty() {
            for effect in std::mem::take(&mut effects) {
                let now = self.hands.now();
                match effect {
                    Effect::Request(id, request) => {
                        if let Err(error) = self.requests.try_send(request.clone()) {
                            let refused = Event::RequestRefused(id, request, error.to_string());
                            update(&mut self.model, now, refused, &mut effects);
                        }
                    }
                    Effect::Disk(errand) => {
                        if let Some(answer) = self.disk(*errand) {
                            update(&mut self.model, now, Event::Disk(Box::new(answer)), &mut effects);
                        }
                    }
                    _other => {}
                }
            }
        }
        let open = self.model.runs.iter().map(|run| run.flow.n_open()).max().unwrap_or_default();
        self.most_open = self.most_open.max(open);
    }

    fn disk(&mut self, errand: Errand) -> Option<Answer> {
        let read = |path: &str| batch::read(Path::new(path)).map_err(batch::BadFile::words);
        Some(match errand {
            Errand::ReadBatch(path) => Answer::BatchRead(path.clone(), read(&path)),
            Errand::ReadUndo(id, run, path) => Answer::UndoRead(id, run, path.clone(), read(&path)),
            Errand::Undo(step) => Answer::Undo(Ok(match step {
                Step::Begin(name) => {
                    self.undoing = Some(UndoFile::create(&self.home.path().join("undo"), &name).unwrap());
                    Done::Ready
                }
                Step::Add(rows) => {
                    self.undoing.as_mut().unwrap().add(&rows).unwrap();
                    Done::Ready
                }
                Step::Finish => {
                    let path = self.undoing.take().unwrap().finish().unwrap();
                    Done::Safe(path.display().to_string())
                }
                Step::Discard => return None,
            })),
            _other => return None,
        })
    }

    pub fn types(&mut self, chords: &str) {
        for chord in chords.split_whitespace() {
            self.happens(Event::Key(chord.parse().unwrap()));
            while self.model.is_working() {
                self.happens(Event::Due);
            }
        }
    }

    pub async fn until(&mut self, what: &str, holds: impl Fn(&Model) -> bool) {
        let waited = tokio::time::timeout(PATIENCE, async {
            while !holds(&self.model) {
                if let Some(event) = self.events.try_recv() {
                    self.happens(Event::Broker(DeviceId(0), event));
                } else {
                    self.happens(Event::Due);
                    tokio::task::yield_now().await;
                }
            }
        });
        let is_there = waited.await.is_ok();
        let toasts: Vec<_> = self.model.toasts.iter().map(|toast| toast.text.clone()).collect();
        assert!(is_there, "waited in vain: {what}; {toasts:?}");
    }

    /// Publishes a file of these lines, and waits for its end.
    pub async fn batch(&mut self, lines: &str) -> State {
        let path = self.home.path().join("batch.jsonl");
        std::fs::write(&path, lines).unwrap();
        let path = path.display().to_string();
        self.types("I");
        self.happens(Event::Paste(path));
        self.types("enter enter");
        self.until("the run's end", |model| model.runs.n_running() == 0).await;
        self.run().state.clone()
    }

    pub fn run(&self) -> &Run {
        self.model.runs.iter().next_back().unwrap()
    }
}
