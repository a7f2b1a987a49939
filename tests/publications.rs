//! Stories of the Publications screen: keys and events in, words on the screen out. Owns no broker; those are `broker`'s.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a test looks for one effect among many")]
#[path = "common/story.rs"]
mod story;

#[path = "publications/remembered.rs"]
mod remembered;
#[path = "publications/request.rs"]
mod request;
#[path = "publications/saved.rs"]
mod saved;
#[path = "publications/sent.rs"]
mod sent;
#[path = "publications/shell.rs"]
mod shell;
#[path = "publications/templates.rs"]
mod templates;
