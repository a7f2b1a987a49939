//! What people hear at home and in plants, opened as they would wish: payloads as the products' own documentation
//! describes them, on their own topics, without a setting. Owns what is read on the screen; payloads are in `gallery/`.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
#[path = "gallery/homes.rs"]
mod homes;
#[path = "gallery/made.rs"]
mod made;
#[path = "gallery/radio.rs"]
mod radio;
#[path = "gallery/sparkplug.rs"]
mod sparkplug;
#[path = "common/story.rs"]
mod story;

use story::{Story, story};

/// A message came on a topic, and somebody went there; 120 columns by 40 rows.
fn opened(topic: &str, payload: impl AsRef<[u8]>) -> Story {
    visited(story().online().receives(topic, payload), topic)
}

/// Somebody goes to a topic.
fn visited(story: Story, topic: &str) -> Story {
    story.types("<ctrl-g>").pastes(topic).types("<enter>")
}

/// The whole screen.
fn pictured(mut story: Story, name: &str) -> Story {
    insta::assert_snapshot!(name, story.screen());
    story
}
