//! Publishing many at once, clearing many, asking what is retained: from key to screen. Owns the stories; no socket.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a story looks for one kind of effect among many")]
#[path = "bulk/batch.rs"]
mod batch;
#[path = "bulk/defaults.rs"]
mod defaults;
#[path = "bulk/probe.rs"]
mod probe;
#[path = "common/story.rs"]
mod story;
#[path = "bulk/sweep.rs"]
mod sweep;

use story::Story;

/// The toasts say this, however their lines are broken.
#[track_caller]
fn says(mut story: Story, expected: &str) -> Story {
    let screen = story.screen();
    let line = |line: &str| Some(line.split_once('▌')?.1.trim_end_matches('│').trim().to_owned());
    let said = screen.lines().filter_map(line).collect::<Vec<_>>().join(" ");
    assert!(said.contains(expected), "{expected:?} is not said in {said:?}:\n{screen}");
    story
}
