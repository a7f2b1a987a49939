//! The Publications screen. Owns frames, columns and colours; the rows and where they lie are the model's.
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::text::Line;
use ratatui::widgets::Block;

use super::monitor::words;
use super::publish::life_role;
use super::strip::{Strip, keep_end};
use super::{Scene, rect, row_of};
use crate::decode::{cols, fit, sanitize};
use crate::model::layout::Area;
use crate::model::life;
use crate::model::overlay::Overlay;
use crate::model::publications::Section;
use crate::model::publications::board::{Seen, SentSeen};
use crate::model::publications::sent::Row;
use crate::theme::Role;

mod running;

/// `14:05:09`.
const TIME_COLS: usize = 8;

/// Columns of a device's name.
const DEVICE_COLS: usize = 10;

/// Columns of what became of it: `PUBACK 1.2 ms · echo 1.9 ms`, and of the longer words where there is room.
const LIFE_COLS: (usize, usize) = (30, 60);

pub fn draw(scene: &Scene<'_>, frame: &mut Frame<'_>) {
    let board = &scene.model.picture.publications;
    for seen in &board.panels {
        match seen.section {
            Section::Running => running::draw(scene, seen, frame),
            Section::Sent | Section::Details => panel(scene, seen, frame),
        }
    }
    if let Some(sent) = &board.sent {
        self::sent(scene, sent, frame);
    }
}

/// Whether a section hears the keys.
fn is_heard(scene: &Scene<'_>, section: Section) -> bool {
    scene.model.overlay == Overlay::None && scene.model.publications.section == section
}

/// The frame of a section, with its title, and how far it is seen.
fn framed(
    scene: &Scene<'_>,
    (section, title): (Section, &str),
    area: Area,
    seen: (usize, usize, usize),
    frame: &mut Frame<'_>,
) -> Rect {
    let area = rect(area, frame);
    let (edge, name) = if is_heard(scene, section) {
        (Role::BorderFocused, Role::TitleFocused)
    } else {
        (Role::Border, Role::Title)
    };
    let mut words = Strip::default();
    if scene.model.picture.publications.is_single {
        words.put(" Publications ·", scene.style(Role::Title));
    }
    words.put(format!(" {} ", section.title()), scene.style(name));
    if !title.is_empty() {
        words.put(format!("─ {title} "), scene.style(Role::Title));
    }
    let mut block =
        Block::bordered().border_set(border::PLAIN).border_style(scene.style(edge)).title(words.into_line());
    let (top, n_seen, n) = seen;
    if n_seen < n {
        let mark = format!(" {}/{n} ", top + n_seen);
        block = block.title_bottom(Line::styled(mark, scene.style(Role::Title)).right_aligned());
    }
    frame.render_widget(block, area);
    area.inner(Margin::new(1, 1))
}

/// A section of lines.
fn panel(scene: &Scene<'_>, seen: &Seen, frame: &mut Frame<'_>) {
    let how_far = (seen.top, seen.lines.len(), seen.n_lines);
    let inner = framed(scene, (seen.section, &seen.title), seen.area, how_far, frame);
    for (line, y) in seen.lines.iter().zip(inner.y..inner.bottom()) {
        let row = Rect { y, height: 1, ..inner };
        frame.render_widget(words(scene, line, usize::from(inner.width)), row);
        if is_heard(scene, seen.section) && line.row.is_some() && line.row == seen.row {
            frame.buffer_mut().set_style(row, scene.style(Role::Cursor));
        }
    }
}

fn sent(scene: &Scene<'_>, sent: &SentSeen, frame: &mut Frame<'_>) {
    let how_far = (sent.top, sent.rows.len(), sent.n_rows);
    let inner = framed(scene, (Section::Sent, &sent.title), sent.area, how_far, frame);
    if sent.rows.is_empty() {
        let faint = scene.style(Role::TextFaint);
        let words = " nothing was published yet: p on a topic opens the form";
        return frame.render_widget(Line::styled(words, faint), row_of(inner, 0));
    }
    let columns = Columns::of(sent, usize::from(inner.width));
    for (row, at) in sent.rows.iter().zip(0..) {
        let area = row_of(inner, at);
        frame.render_widget(line(scene, row, &columns), area);
        if row.is_under_hand {
            let role = if is_heard(scene, Section::Sent) { Role::Cursor } else { Role::CursorUnfocused };
            frame.buffer_mut().set_style(area, scene.style(role));
        }
    }
}

/// Columns of a row's parts.
struct Columns {
    all: usize,
    topic: usize,
    payload: usize,
    life: usize,
}

impl Columns {
    fn of(sent: &SentSeen, all: usize) -> Self {
        let widest = |cols: &dyn Fn(&Row) -> usize| sent.rows.iter().map(cols).max().unwrap_or_default();
        let life = widest(&|row| cols(&life::short(&row.life))).clamp(LIFE_COLS.0, LIFE_COLS.1);
        let life = life.min((all / 2).max(LIFE_COLS.0));
        let devices = if sent.rows.iter().any(|row| row.device.is_some()) { DEVICE_COLS + 1 } else { 0 };
        // A blank before each part, and QoS with its retain mark.
        let rest = all.saturating_sub(1 + TIME_COLS + devices + 4 + life + 3);
        let topics = widest(&|row| cols(&sanitize(row.life.publication.topic.as_str().as_bytes(), all)));
        let payloads = widest(&|row| row.payload.line.cols);
        let topic = topics.min(rest.saturating_sub(payloads).max(rest * 3 / 5));
        Self { all, topic, payload: rest.saturating_sub(topic), life }
    }
}

fn line(scene: &Scene<'_>, row: &Row, columns: &Columns) -> Line<'static> {
    let faint = scene.style(Role::TextFaint);
    let mut line = Strip::default();
    line.put(format!(" {}", row.at), faint);
    if let Some(device) = &row.device {
        let name = sanitize(device.as_bytes(), DEVICE_COLS);
        let start = line.cols() + 1;
        line.put(format!(" {}", fit(&name, DEVICE_COLS, "…")), scene.style(Role::Text));
        line.to(start + DEVICE_COLS);
    }
    let publication = &row.life.publication;
    let start = line.cols() + 1;
    let topic = keep_end(publication.topic.as_str(), columns.topic);
    line.put(format!(" {topic}"), scene.style(Role::Text));
    line.to(start + columns.topic + 1);
    let start = line.cols();
    line.put_inks(&row.payload.line, columns.payload, scene.theme, Style::new());
    line.to(start + columns.payload + 1);
    line.put(publication.qos.to_string(), faint);
    line.put(if publication.retain { " R " } else { "   " }, scene.style(Role::Text));
    let room = columns.life.min(columns.all.saturating_sub(line.cols()));
    line.put_fit(
        &sanitize(life::short(&row.life).as_bytes(), usize::MAX),
        room,
        scene.style(life_role(&row.life)),
    );
    line.into_line()
}
