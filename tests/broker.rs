//! The device's task against brokers in process: one that nobody here wrote, and scripted ones that misbehave.
#[path = "broker/independent.rs"]
mod independent;
#[path = "broker/pressure.rs"]
mod pressure;
#[path = "broker/rig.rs"]
mod rig;
#[path = "broker/scripted.rs"]
mod scripted;
