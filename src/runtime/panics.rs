//! What is left of a panic, on whatever thread: a report for after the terminal is restored. Owns the hook.
use crate::config::schema::COMPILER;
use crate::decode::jq::READER;
use std::panic;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// The first panic's words; those that follow are its consequences.
static REPORT: Mutex<Option<String>> = Mutex::new(None);

/// Has every panic write its words down instead of printing them into the picture, and call the loop.
pub fn install(called: Arc<Notify>) {
    panic::set_hook(Box::new(move |info| {
        let thread = std::thread::current();
        // What breaks there is told as the fault of a schema or of a program.
        if matches!(thread.name(), Some(COMPILER | READER)) {
            return;
        }
        let words = format!(
            "mqttscope failed in its thread {:?} and had to end; this is a bug: {info}",
            thread.name().unwrap_or("unnamed")
        );
        REPORT.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(words);
        called.notify_one();
    }));
}

/// The first panic's words, if there was one.
pub fn report() -> Option<String> {
    REPORT.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Whether a panic was asked for at this place by `MQTTSCOPE_PANIC`; never in a release build. The tests of
/// the terminal's restoring need one.
pub fn provoked(place: &str) -> bool {
    cfg!(debug_assertions) && std::env::var_os("MQTTSCOPE_PANIC").is_some_and(|asked| asked == place)
}
