//! The Publications screen as it is seen: where its sections lie, and which of their lines. Owns the arrangement.
use super::sent::Row;
use super::{Section, details, running, sent};
use crate::model::Model;
use crate::model::layout::Area;
use crate::model::monitor::lines::{BoardLine, Lines};
use crate::time::Timestamp;

/// Rows of the screen below which one section is seen at a time.
const ALL_FROM: u16 = 20;

/// Rows of what runs, frame included, at least and, as a share of the body, at most.
const RUNNING_ROWS: u16 = 3;
const RUNNING_SHARE: u16 = 3;

/// Rows of the list, frame included, before the details get any more than their least.
const SENT_ROWS: u16 = 8;
const DETAILS_ROWS: u16 = 6;

/// The screen as it is seen.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// The sections that consist of lines.
    pub panels: Vec<Seen>,
    /// The list of what was sent, when it is on screen.
    pub sent: Option<SentSeen>,
    /// Whether one section is seen at a time.
    pub is_single: bool,
}

/// A section of lines.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Which.
    pub section: Section,
    /// What stands behind its title.
    pub title: String,
    /// Where, frame included.
    pub area: Area,
    /// Its lines within the frame.
    pub lines: Vec<BoardLine>,
    /// The first of them, among all.
    pub top: usize,
    /// All it has.
    pub n_lines: usize,
    /// The row under the hand.
    pub row: Option<usize>,
}

/// The list of what was sent.
#[derive(Clone, Debug)]
pub struct SentSeen {
    /// What stands behind its title.
    pub title: String,
    /// Where, frame included.
    pub area: Area,
    /// The rows seen.
    pub rows: Vec<Row>,
    /// The first of them, among all.
    pub top: usize,
    /// All there are.
    pub n_rows: usize,
}

/// What is to be seen now.
pub fn board(model: &Model, now: Timestamp) -> Board {
    let (cols, rows) = (model.cols, model.rows);
    let body = Area { x: 0, y: 1, cols, rows: rows.saturating_sub(2) };
    if rows < ALL_FROM {
        let mut board = Board { is_single: true, ..Board::default() };
        match model.publications.section {
            Section::Running => board.panels.push(running_seen(model, now, body)),
            Section::Sent => board.sent = Some(sent_seen(model, body)),
            Section::Details => board.panels.push(details_seen(model, body)),
        }
        return board;
    }
    let (upper, middle, lower) = shares(model, now, body);
    Board {
        panels: vec![running_seen(model, now, upper), details_seen(model, lower)],
        sent: Some(sent_seen(model, middle)),
        is_single: false,
    }
}

/// What runs above, what was sent in the middle, one of those below.
fn shares(model: &Model, now: Timestamp, body: Area) -> (Area, Area, Area) {
    let framed = |n: usize| u16::try_from(n).unwrap_or(u16::MAX).saturating_add(2);
    let upper = framed(running_lines(model, now, body).list.len());
    let upper = upper.clamp(RUNNING_ROWS, (body.rows / RUNNING_SHARE).max(RUNNING_ROWS));
    let rest = body.rows - upper;
    let wanted = framed(details_lines(model, body).list.len());
    let lower = wanted.min(rest.saturating_sub(SENT_ROWS)).max(DETAILS_ROWS);
    let middle = rest.saturating_sub(lower);
    (
        Area { rows: upper, ..body },
        Area { y: body.y + upper, rows: middle, ..body },
        Area { y: body.y + upper + middle, rows: lower, ..body },
    )
}

fn lines_for(area: Area) -> Lines {
    Lines::new(usize::from(area.cols.saturating_sub(4)))
}

fn running_lines(model: &Model, now: Timestamp, area: Area) -> Lines {
    let mut lines = lines_for(area);
    running::lines(&mut lines, model, now);
    lines
}

fn details_lines(model: &Model, area: Area) -> Lines {
    let mut lines = lines_for(area);
    if let Some(life) = sent::under_hand(model) {
        details::lines(&mut lines, model, life);
    }
    lines
}

fn running_seen(model: &Model, now: Timestamp, area: Area) -> Seen {
    let mut lines = running_lines(model, now, area).list;
    let n_lines = lines.len();
    let n_rows = running::n_rows(model);
    let row = (n_rows > 0).then(|| model.publications.running.min(n_rows - 1));
    let last = lines.iter().rposition(|line| line.row.is_some() && line.row == row).unwrap_or_default();
    let n_seen = usize::from(area.inner().rows);
    let top = (last + 1).saturating_sub(n_seen);
    lines.drain(..top);
    lines.truncate(n_seen);
    Seen { section: Section::Running, title: running::title(model), area, lines, top, n_lines, row }
}

fn details_seen(model: &Model, area: Area) -> Seen {
    let mut lines = details_lines(model, area).list;
    let n_lines = lines.len();
    let n_seen = usize::from(area.inner().rows);
    let top = model.publications.top.min(n_lines.saturating_sub(n_seen));
    lines.drain(..top);
    lines.truncate(n_seen);
    Seen { section: Section::Details, title: String::new(), area, lines, top, n_lines, row: None }
}

fn sent_seen(model: &Model, area: Area) -> SentSeen {
    let inner = area.inner();
    let (rows, top) = sent::rows(model, usize::from(inner.rows), usize::from(inner.cols));
    SentSeen { title: sent::title(model), area, rows, top, n_rows: model.lives.len() }
}

/// How far a section can be scrolled.
pub(super) fn most(model: &Model) -> usize {
    let board = &model.picture.publications;
    match model.publications.section {
        Section::Running => running::n_rows(model).saturating_sub(1),
        Section::Sent => model.lives.len().saturating_sub(1),
        Section::Details => {
            let seen = board.panels.iter().find(|seen| seen.section == Section::Details);
            seen.map_or(0, |seen| seen.n_lines.saturating_sub(usize::from(seen.area.inner().rows)))
        }
    }
}
