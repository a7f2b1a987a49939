//! What brokers were found to speak, from one start to the next. Owns when it is written, which is never waited
//! for; the file and its rules are `config`'s.
use crate::config::versions::Versions;
use crate::mqtt::{Profile, Version};
use crate::time::{Timestamp, WallOrigin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The finds, and the wall clock that dates them.
#[derive(Debug)]
pub(super) struct Remembered {
    versions: Arc<Mutex<Versions>>,
    wall: WallOrigin,
}

impl Remembered {
    pub fn new(versions: Versions, wall: WallOrigin) -> Self {
        Self { versions: Arc::new(Mutex::new(versions)), wall }
    }

    /// Lets a profile begin with the version that its broker was found to speak.
    pub fn recall(&self, profile: &mut Profile, now: Timestamp) {
        lock(&self.versions).recall(profile, self.wall.unix_ms_at(now));
    }

    /// A broker took us in this version.
    pub fn note(&self, profile: &Profile, found: Version, now: Timestamp) {
        if lock(&self.versions).note(profile, found, self.wall.unix_ms_at(now)) {
            let versions = Arc::clone(&self.versions);
            // Whichever of two writes comes last, it writes the latest. A failure costs one attempt more at the
            // next start, which is not worth a word to anybody.
            tokio::task::spawn_blocking(move || lock(&versions).write());
        }
    }
}

fn lock(versions: &Mutex<Versions>) -> MutexGuard<'_, Versions> {
    versions.lock().unwrap_or_else(PoisonError::into_inner)
}
