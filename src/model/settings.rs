//! What the user chose at the start. Owns no choice made later.
use super::export;
use super::monitor::PingEvery;
use crate::time::WallOrigin;

/// What the user chose at the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Draw with ASCII characters only.
    pub ascii: bool,
    /// Every publishing command refuses.
    pub read_only: bool,
    /// Whether what is sent is remembered from one run to the next.
    pub keeps_history: bool,
    /// Memory for all stores together, in bytes.
    pub budget_bytes: usize,
    /// Where chance in placeholders begins.
    pub seed: u64,
    /// What the clock on the wall shows.
    pub wall: WallOrigin,
    /// How often the Monitor pings while it is open.
    pub ping_every: PingEvery,
    /// Whether the terminal takes texts for its clipboard.
    pub clipboard: export::Clipboard,
}
