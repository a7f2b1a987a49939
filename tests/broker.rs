//! The device's task against brokers in process: one that nobody here wrote, and scripted ones that misbehave.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail as tests do")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a test waits for one event among many")]
#[path = "broker/asked.rs"]
mod asked;
#[path = "broker/bulk.rs"]
mod bulk;
#[path = "broker/delays.rs"]
mod delays;
#[path = "broker/embedded.rs"]
mod embedded;
#[path = "broker/exchanges.rs"]
mod exchanges;
#[path = "broker/gates.rs"]
mod gates;
#[path = "broker/generators.rs"]
mod generators;
#[path = "broker/independent.rs"]
mod independent;
#[path = "broker/ingest.rs"]
mod ingest;
#[path = "broker/numbered.rs"]
mod numbered;
#[path = "broker/presets.rs"]
mod presets;
#[path = "broker/pressure.rs"]
mod pressure;
#[path = "broker/proxy.rs"]
mod proxy;
#[path = "broker/queued.rs"]
mod queued;
#[path = "broker/reconnect.rs"]
mod reconnect;
#[path = "broker/refusals.rs"]
mod refusals;
#[path = "broker/rig.rs"]
mod rig;
#[path = "broker/scripted.rs"]
mod scripted;
#[path = "broker/sparkplug.rs"]
mod sparkplug;
#[path = "broker/stages.rs"]
mod stages;
#[path = "broker/tap.rs"]
mod tap;
#[path = "broker/tls.rs"]
mod tls;
#[path = "broker/vendor.rs"]
mod vendor;
#[path = "broker/version.rs"]
mod version;
#[path = "broker/watched.rs"]
mod watched;
#[path = "broker/websocket.rs"]
mod websocket;
#[path = "broker/whole.rs"]
mod whole;
