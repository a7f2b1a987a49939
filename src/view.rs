//! The picture: a frame from the model. Owns what stands where and in which role; decides nothing, decodes nothing.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph};

use crate::decode::escape::Glyphs;
use crate::model::layout::{Area, Arrangement, Layout, MIN_COLS, MIN_ROWS, Pane};
use crate::model::overlay::Overlay;
use crate::model::{Model, Screen};
use crate::theme::{Role, Theme};
use crate::time::Timestamp;

mod ascii;
mod bars;
mod branches;
mod bulk;
mod chart;
mod devices;
mod difference;
mod editor;
mod field;
mod filters;
mod footer;
mod header;
mod help;
mod history;
mod inspector;
mod keys;
mod learn;
mod lit;
mod menu;
mod monitor;
mod nodetab;
mod parts;
mod prompt;
mod publications;
mod publish;
mod question;
mod repeat;
mod results;
mod row;
mod saved;
mod strip;
mod structure;
mod table;
mod toasts;
mod topics;

/// What every part of the picture is made from.
#[derive(Clone, Copy)]
struct Scene<'a> {
    model: &'a Model,
    theme: &'a Theme,
    now: Timestamp,
    /// When what the panes show was so: the present, or the moment it was frozen.
    seen_at: Timestamp,
    layout: Layout,
}

/// Draws the whole screen. It shows what [`Model::prepare`] made ready, and looks at no more than that.
///
/// ```text
/// header
/// ┌ topics ──────┐┌ inspector ──┐     overlays: help and questions over the panes,
/// └──────────────┘└─────────────┘               prompts in the footer's place,
/// ┌ publish ────────────────────┐               toasts above the form
/// └─────────────────────────────┘
/// footer, or a prompt
/// ```
pub fn draw(model: &Model, theme: &Theme, now: Timestamp, frame: &mut Frame<'_>) {
    let seen_at = model.frozen.as_ref().map_or(now, |frozen| frozen.since);
    let scene = Scene { model, theme, now, seen_at, layout: model.layout() };
    let screen = frame.area();
    frame.buffer_mut().set_style(screen, theme[Role::Text]);
    if scene.layout.arrangement == Arrangement::TooSmall {
        too_small(&scene, frame);
    } else {
        header::draw(&scene, frame);
        match model.screen {
            Screen::Explorer => {
                topics::draw(&scene, frame);
                inspector::draw(&scene, frame);
                learn::draw(&scene, frame);
                match &model.editor {
                    Some(editor) => editor::draw(&scene, editor, frame),
                    None => publish::draw(&scene, frame),
                }
            }
            Screen::Devices => devices::draw(&scene, frame),
            Screen::Monitor => monitor::draw(&scene, frame),
            Screen::Publications => publications::draw(&scene, frame),
        }
        monitor::banner(&scene, frame);
        if let Some(preview) = &model.bulk {
            bulk::draw(&scene, preview, frame);
        }
        toasts::draw(&scene, frame);
        match &model.overlay {
            Overlay::None | Overlay::Bulk | Overlay::Attribute(_) => footer::draw(&scene, frame),
            Overlay::Prompt(prompt) => {
                if let Some(results) = &model.picture.results {
                    results::draw(&scene, results, frame);
                }
                prompt::draw(&scene, prompt, frame);
            }
            Overlay::Question(question) => {
                footer::draw(&scene, frame);
                question::draw(&scene, question, frame);
            }
            Overlay::Parts(picker) => {
                footer::draw(&scene, frame);
                parts::draw(&scene, picker, frame);
            }
            Overlay::Repeat(settings) => {
                footer::draw(&scene, frame);
                repeat::draw(&scene, settings, frame);
            }
            Overlay::Saved(picker) => {
                footer::draw(&scene, frame);
                saved::draw(&scene, picker, frame);
            }
            Overlay::Filters(picker) => {
                footer::draw(&scene, frame);
                filters::draw(&scene, picker, frame);
            }
            Overlay::Menu(menu) => {
                footer::draw(&scene, frame);
                menu::draw(&scene, menu, frame);
            }
            Overlay::Exporting => {
                footer::draw(&scene, frame);
                if let Some(export) = &model.export {
                    menu::draw_export(&scene, export, frame);
                }
            }
            Overlay::Exam(exam) => {
                footer::draw(&scene, frame);
                devices::exam::draw(&scene, exam, frame);
            }
            Overlay::Difference(difference) => {
                footer::draw(&scene, frame);
                difference::draw(&scene, difference, frame);
            }
            Overlay::Help { scroll } => {
                footer::draw(&scene, frame);
                help::draw(&scene, *scroll, frame);
            }
        }
    }
    if model.settings.ascii {
        ascii::map(frame.buffer_mut());
    }
}

impl Scene<'_> {
    fn style(&self, role: Role) -> Style {
        self.theme[role]
    }

    /// Which characters the terminal shows.
    fn glyphs(&self) -> Glyphs {
        if self.model.settings.ascii { Glyphs::Ascii } else { Glyphs::Unicode }
    }

    /// Whether a pane hears the keys.
    fn has_focus(&self, pane: Pane) -> bool {
        self.model.overlay == Overlay::None && self.model.focus == pane
    }

    /// The frame of a pane.
    fn block(&self, pane: Pane) -> Block<'static> {
        let role = if self.has_focus(pane) { Role::BorderFocused } else { Role::Border };
        Block::bordered().border_set(border::PLAIN).border_style(self.style(role))
    }

    /// The style of a pane's title.
    fn title(&self, pane: Pane) -> Style {
        self.style(if self.has_focus(pane) { Role::TitleFocused } else { Role::Title })
    }
}

/// The cells of an area that the screen really has: a frame may be smaller than the model was told.
fn rect(area: Area, frame: &Frame<'_>) -> Rect {
    Rect::new(area.x, area.y, area.cols, area.rows).intersection(frame.area())
}

/// One row of a rectangle; empty when it has no such row.
fn row_of(area: Rect, row: u16) -> Rect {
    let height = u16::from(row < area.height);
    Rect { y: area.y.saturating_add(row.min(area.height)), height, ..area }
}

/// A rectangle of so many cells in the middle of another, no larger than it.
fn centred(within: Rect, cols: u16, rows: u16) -> Rect {
    let (width, height) = (cols.min(within.width), rows.min(within.height));
    Rect {
        x: within.x + (within.width - width) / 2,
        y: within.y + (within.height - height) / 2,
        width,
        height,
    }
}

/// Says that nothing can be shown, in whatever fits.
fn too_small(scene: &Scene<'_>, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let sizes = format!("{}x{}", screen.width, screen.height);
    let all = format!("too small: {sizes}, needs {MIN_COLS}x{MIN_ROWS}");
    let some = format!("needs {MIN_COLS}x{MIN_ROWS}");
    let fits = |text: &&String| text.len() <= usize::from(screen.width);
    let lines: Vec<Line<'_>> = if fits(&&all) {
        vec![Line::from(all)]
    } else if fits(&&some) && screen.height > 1 {
        vec![Line::from("too small"), Line::from(some)]
    } else {
        vec![Line::from(format!("{MIN_COLS}x{MIN_ROWS}"))]
    };
    let height = u16::try_from(lines.len()).unwrap_or(1);
    let area = centred(screen, screen.width, height);
    frame.render_widget(Paragraph::new(lines).centered().style(scene.style(Role::TextStrong)), area);
}
