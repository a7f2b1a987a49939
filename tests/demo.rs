//! The demo's broker and plant over real sockets, spoken to by raw packets of both versions.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]

#[path = "demo/client.rs"]
mod client;
#[path = "demo/faults.rs"]
mod faults;
#[path = "demo/plant.rs"]
mod plant;
#[path = "demo/traffic.rs"]
mod traffic;
