//! The demo: an embedded broker and a simulated plant, running together. Owns no screen.
pub mod broker;
pub mod plant;

use crate::mqtt::Publication;
use crate::time::{Clock, Timestamp};
use broker::{BrokerHandle, BrokerOptions, DemoBroker};
use plant::{Plant, PlantOptions};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// Publications given to the broker at once: some tenths of a millisecond under its lock.
const BATCH: usize = 1_000;
/// What clients set and the plant has not looked at yet: a person types slowly, a slider is 50 a second.
const HEARD: usize = 1_024;

/// How the demo is to be.
#[derive(Clone, Debug, Default)]
pub struct DemoOptions {
    /// The broker's port on 127.0.0.1; `None` lets the system choose.
    pub port: Option<u16>,
    /// The plant.
    pub plant: PlantOptions,
}

/// A demo that runs. Dropping it ends it too, though not as politely as [`Demo::stop`].
#[derive(Debug)]
pub struct Demo {
    broker: DemoBroker,
    stop: watch::Sender<bool>,
    plant: JoinHandle<()>,
    n_topics: usize,
}

/// Starts the broker and the plant on the current runtime. On return the plant's whole state is retained,
/// so that the first subscriber's first look is complete.
pub async fn spawn(options: DemoOptions, clock: Arc<dyn Clock>) -> io::Result<Demo> {
    let broker_options = BrokerOptions { port: options.port.unwrap_or(0), ..BrokerOptions::default() };
    let broker = broker::start(broker_options, Arc::clone(&clock)).await?;
    let handle = broker.handle();
    let mut plant = Plant::new(&options.plant, clock.now());
    let n_topics = plant.n_topics();
    let heard = handle.hear(&plant.ears(), HEARD);
    let mut out = Vec::with_capacity(BATCH);
    while plant.furnish(BATCH, &mut out) {
        handle.publish_all(&out);
        out.clear();
        tokio::task::yield_now().await;
    }
    handle.publish_all(&out);
    let (stop, stopped) = watch::channel(false);
    let plant = tokio::spawn(live(plant, handle, clock, heard, stopped));
    Ok(Demo { broker, stop, plant, n_topics })
}

impl Demo {
    /// Where the broker listens.
    pub fn address(&self) -> SocketAddr {
        self.broker.address()
    }

    /// The way into the broker from this process.
    pub fn handle(&self) -> BrokerHandle {
        self.broker.handle()
    }

    /// How many topics the plant has.
    pub fn n_topics(&self) -> usize {
        self.n_topics
    }

    /// Ends the plant, then the broker, and returns when both are gone.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        // It cannot fail but by a panic of ours, which the runtime has reported by then.
        let _ = self.plant.await;
        self.broker.stop().await;
    }
}

/// Steps the plant when it is due, and lets it hear what clients set, until told to stop.
async fn live(
    mut plant: Plant,
    broker: BrokerHandle,
    clock: Arc<dyn Clock>,
    mut heard: mpsc::Receiver<Arc<Publication>>,
    mut stopped: watch::Receiver<bool>,
) {
    let mut out = Vec::new();
    loop {
        let wait = wait_until(plant.due(), clock.now());
        tokio::select! {
            _ = stopped.changed() => return,
            Some(publication) = heard.recv() => plant.hear(clock.now(), &publication, &mut out),
            () = wait => plant.step(clock.now(), &mut out),
        }
        for batch in out.chunks(BATCH) {
            broker.publish_all(batch);
        }
        out.clear();
    }
}

async fn wait_until(due: Option<Timestamp>, now: Timestamp) {
    match due.map(|due| due.since(now)) {
        None => std::future::pending().await,
        Some(Duration::ZERO) => tokio::task::yield_now().await,
        Some(wait) => tokio::time::sleep(wait).await,
    }
}
