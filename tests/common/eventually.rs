//! Waiting on the world without fixed sleeps. Owns the one patience of all tests.
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up: far more than it ever needs.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something is so; `what` names it when it never is.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "the one place where tests wait on the world")]
pub fn eventually<T>(what: impl Fn() -> String, mut is_so: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = is_so() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "never came true: {}", what());
        // Leaves the processor to what is waited for.
        std::thread::sleep(Duration::from_millis(5));
    }
}
