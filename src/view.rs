//! (to come)
use crate::model::Model;
use crate::theme::Theme;
use crate::time::Timestamp;
/// draw
pub fn draw(model: &Model, theme: &Theme, now: Timestamp, frame: &mut ratatui::Frame<'_>) {
    let _ = (model, theme, now, frame);
}
