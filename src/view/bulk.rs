//! What is published or cleared at once, before it goes: a box over the panes. Owns its columns; the choice is the
//! model's, and no more rows are looked at than are seen.
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph};

use super::strip::{Strip, keep_end, wrap};
use super::{Scene, row_of};
use crate::decode::escape::ELLIPSIS;
use crate::decode::{self, figures, fit, sanitize};
use crate::model::bulk::Preview;
use crate::model::bulk::batch::Batch;
use crate::model::bulk::found::{Back, Found};
use crate::model::bulk::sweep::Sweep;
use crate::model::tree;
use crate::theme::Role;

/// Wider than this a row is hard to follow.
const MAX_COLS: u16 = 120;

/// Lines that one thing which is wrong may take.
const MAX_WRAPPED: usize = 3;

/// `QoS 1 R`, and `1.2 MB  12m  R?`.
const BATCH_TAIL_COLS: usize = 9;
const SWEEP_TAIL_COLS: usize = 20;

pub fn draw(scene: &Scene<'_>, preview: &Preview, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let width = MAX_COLS.min(screen.width);
    // The header above says which device it is, the footer what the keys do.
    let area = Rect {
        x: (screen.width - width) / 2,
        y: 1.min(screen.height),
        width,
        height: screen.height.saturating_sub(2),
    };
    let title = match preview {
        Preview::Batch(batch) => format!("Publish {}", batch.name),
        Preview::Sweep(sweep) => format!("Clear retained of {}", sweep.name),
    };
    let title = sanitize(title.as_bytes(), usize::from(width).saturating_sub(6));
    let block = Block::bordered()
        .border_style(scene.style(Role::BorderFocused))
        .title(Line::styled(format!(" {title} "), scene.style(Role::TitleFocused)));
    frame.render_widget(Clear, area);
    frame.buffer_mut().set_style(area, scene.style(Role::Text));
    frame.render_widget(block, area);
    let inner = area.inner(Margin::new(2, 1));
    let cols = usize::from(inner.width);
    let (head, foot) = match preview {
        Preview::Batch(batch) => (batch.summary(), batch_foot(batch, cols)),
        Preview::Sweep(sweep) => (sweep_head(sweep), sweep_foot(sweep)),
    };
    let head: Vec<Line<'_>> = wrap(&head, cols, MAX_WRAPPED)
        .into_iter()
        .map(|line| Line::styled(line, scene.style(Role::TextStrong)))
        .collect();
    let foot: Vec<Line<'_>> = foot
        .iter()
        .flat_map(|line| wrap(line, cols, MAX_WRAPPED))
        .map(|line| Line::styled(line, scene.style(Role::TextFaint)))
        .collect();
    let rows = |lines: &[Line<'_>]| u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let (n_head, n_foot) = (rows(&head).min(inner.height), rows(&foot).min(inner.height / 2));
    let list = Rect { y: inner.y + n_head, height: inner.height.saturating_sub(n_head + n_foot), ..inner };
    frame.render_widget(Paragraph::new(head), Rect { height: n_head, ..inner });
    frame.render_widget(Paragraph::new(foot), Rect { y: list.bottom(), height: n_foot, ..inner });
    self::list(scene, preview, list, frame);
}

/// The rows around the hand.
fn list(scene: &Scene<'_>, preview: &Preview, area: Rect, frame: &mut Frame<'_>) {
    let n_seen = usize::from(area.height);
    let from = (preview.place() + 1).saturating_sub(n_seen.max(1));
    let cols = usize::from(area.width);
    let lines: Vec<Line<'_>> = match preview {
        Preview::Batch(batch) => {
            (from..batch.n_lines()).take(n_seen).map(|at| batch_row(scene, batch, at, cols)).collect()
        }
        Preview::Sweep(sweep) => {
            let rows = (from..sweep.seen().len()).take(n_seen).filter_map(|at| sweep.row(at));
            rows.map(|row| sweep_row(scene, sweep, row, cols)).collect()
        }
    };
    let is_empty = lines.is_empty();
    frame.render_widget(Paragraph::new(lines), area);
    if let Ok(row) = u16::try_from(preview.place() - from)
        && !is_empty
    {
        frame.buffer_mut().set_style(row_of(area, row), scene.style(Role::Cursor));
    }
}

fn batch_row(scene: &Scene<'_>, batch: &Batch, at: usize, cols: usize) -> Line<'static> {
    let n_trouble = batch.trouble().len();
    if let Some(words) = batch.trouble().get(at) {
        let words = sanitize(words.as_bytes(), usize::MAX);
        return Line::styled(fit(&words, cols, ELLIPSIS).into_owned(), scene.style(Role::FieldError));
    }
    let place = at - n_trouble;
    let Some(publication) = batch.publications.get(place) else { return Line::default() };
    let is_refused = batch.is_refused(place);
    let (ink, value) =
        if is_refused { (Role::TextFaint, Role::TextFaint) } else { (Role::Text, Role::Value) };
    let topic_cols = cols.saturating_sub(BATCH_TAIL_COLS) / 2;
    let mut line = Strip::default();
    let topic = sanitize(publication.topic.as_str().as_bytes(), usize::MAX);
    line.put(keep_end(&topic, topic_cols), scene.style(ink));
    line.to(topic_cols + 2);
    let room = cols.saturating_sub(line.cols() + BATCH_TAIL_COLS + 1);
    let payload = decode::preview(&publication.payload.0, room).line.text();
    line.put_fit(&payload, room, scene.style(value));
    let retain = if publication.retain { " R" } else { "  " };
    let tail = if is_refused { "refused".to_owned() } else { format!("QoS {}{retain}", publication.qos) };
    line.put_right(&tail, cols, scene.style(ink));
    line.into_line()
}

fn sweep_row(scene: &Scene<'_>, sweep: &Sweep, row: &Found, cols: usize) -> Line<'static> {
    let mut topic = String::new();
    if let Some(device) = tree::device(&scene.model.devices, sweep.device) {
        device.store.topic_of(row.node, &mut topic);
    }
    let ink = if row.is_excluded { Role::TextFaint } else { Role::Text };
    let mut line = Strip::default();
    line.put(if row.is_excluded { "· " } else { "x " }, scene.style(Role::FooterKey));
    let room = cols.saturating_sub(line.cols() + SWEEP_TAIL_COLS);
    line.put(keep_end(&sanitize(topic.as_bytes(), usize::MAX), room), scene.style(ink));
    let size = figures::bytes(row.n_bytes as u64);
    let age = figures::age(scene.now.since(row.received));
    let sure = if row.is_sure { "R" } else { "?" };
    let back = match row.back {
        Back::Whole => ' ',
        Back::Payload => '-',
        Back::Nothing => '!',
    };
    let tail =
        if row.is_excluded { "left alone".to_owned() } else { format!("{size:>8} {age:>5} {sure}{back}") };
    line.put_right(&tail, cols, scene.style(ink));
    line.into_line()
}

fn batch_foot(batch: &Batch, cols: usize) -> Vec<String> {
    // The words under the hand in full: they end with the remedy.
    let under_hand = batch.trouble().get(batch.place).map(|words| sanitize(words.as_bytes(), usize::MAX));
    let is_cut = |words: &String| fit(words, cols, ELLIPSIS) != *words;
    let mut lines: Vec<String> = under_hand.filter(is_cut).into_iter().collect();
    if batch.is_reading() || !batch.bad.is_empty() {
        return lines;
    }
    let n = figures::grouped(batch.n_going() as u64);
    let rest = match batch.refused.len() {
        0 => String::new(),
        n => format!(", leaves {} out", figures::grouped(n as u64)),
    };
    lines.push(format!("Enter publishes {n}{rest}, {}.", batch.pace.words()));
    lines
}

fn sweep_head(sweep: &Sweep) -> String {
    match sweep.narrow.as_str() {
        "" => sweep.summary(),
        narrow => format!("{} · only those that hold {narrow:?}", sweep.summary()),
    }
}

fn sweep_foot(sweep: &Sweep) -> Vec<String> {
    let mut lines = sweep.remarks();
    lines.push(match sweep.written() {
        Some((n, of)) => {
            let (n, of) = (figures::grouped(n as u64), figures::grouped(of as u64));
            format!("writing the undo file: {n} of {of}; nothing is cleared before it is on the disk")
        }
        None => format!("An undo file is written first; then they are cleared, {}.", sweep.pace.words()),
    });
    lines
}
