//! The one loop: input, devices, deadlines and frames. Owns the clock, signals and workers; decides nothing itself.
mod alarm;
mod aside;
mod clock;
mod disk;
mod editing;
mod ended;
mod explore;
pub mod jq;
mod links;
mod pace;
mod panics;
mod remembered;
mod signals;
mod unsaved;

pub use clock::MachineClock;
pub use disk::{Files, Opener};
pub use ended::RunError;
pub use explore::{Options, explore};
pub use panics::{install, provoked, report};
