//! What publishes by itself, on screen. Owns its look; the words are the model's.
use super::panel;
use crate::model::publications::board::Seen;
use crate::view::Scene;
use ratatui::Frame;

pub fn draw(scene: &Scene<'_>, seen: &Seen, frame: &mut Frame<'_>) {
    panel(scene, seen, frame);
}
