//! A home of its own for the real binary, and brokers with something retained. Owns no test.
use mqttscope::demo::broker::{BrokerOptions, DemoBroker, Fault, Faults, start};
use mqttscope::mqtt::{Publication, PublishProperties, Qos, Topic};
use mqttscope::runtime::MachineClock;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// A home with nothing in it.
pub struct Home(tempfile::TempDir);

/// What a run came to.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs the binary to its end, on a thread of its own, so that brokers of this process go on.
    pub async fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mqttscope"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env("HOME", self.path())
            .env("XDG_CONFIG_HOME", self.path().join("config"))
            .env("XDG_STATE_HOME", self.path().join("state"))
            .env("LC_ALL", "C.UTF-8")
            .stdin(std::process::Stdio::null());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    pub fn write(&self, path: &str, text: &str) {
        fs::write(self.path().join(path), text).unwrap();
    }

    fn devices(&self) -> PathBuf {
        self.path().join("config/mqttscope/devices")
    }

    pub fn device(&self, file: &str) -> String {
        fs::read_to_string(self.devices().join(file)).unwrap()
    }

    pub fn write_device(&self, file: &str, text: &str) {
        fs::create_dir_all(self.devices()).unwrap();
        fs::write(self.devices().join(file), text).unwrap();
    }
}

impl Ran {
    /// Its lines, each an object.
    pub fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

pub async fn broker(faults: impl IntoIterator<Item = Fault>) -> DemoBroker {
    let options = BrokerOptions { faults: Faults::new(faults), ..BrokerOptions::default() };
    start(options, Arc::new(MachineClock::default())).await.unwrap()
}

pub fn url(broker: &DemoBroker) -> String {
    format!("mqtt://{}", broker.address())
}

fn retained(topic: &str, payload: &[u8]) -> Publication {
    Publication {
        topic: Topic::parse(topic).unwrap(),
        payload: payload.to_vec().into(),
        qos: Qos::AtMostOnce,
        retain: true,
        properties: PublishProperties::default(),
    }
}

/// Publishes, retained.
pub fn publish(broker: &DemoBroker, messages: &[(&str, &str)]) {
    for (topic, payload) in messages {
        broker.handle().publish(&retained(topic, payload.as_bytes()));
    }
}

/// Publishes bytes, retained.
pub fn publish_bytes(broker: &DemoBroker, topic: &str, payload: &[u8]) {
    broker.handle().publish(&retained(topic, payload));
}

/// Makes the broker forget what it retains.
pub fn forget(broker: &DemoBroker, topic: &str) {
    broker.handle().publish(&retained(topic, b""));
}
