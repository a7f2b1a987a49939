//! The Monitor as it is seen: where its panels lie, and which of their lines. Owns the arrangement.
use super::lines::{BoardLine, Lines};
use super::{Panel, limits, link, log, qos, subscriptions, traffic};
use crate::model::Model;
use crate::model::device::Device;
use crate::model::layout::Area;
use crate::time::Timestamp;

pub use super::lines::{BoardLine as Line, Shade};

/// The screen from which all panels are seen at once.
const ALL_AT_ONCE: (u16, u16) = (110, 34);

/// Rows of the screen below which a page holds one panel.
const PAGE_FROM: u16 = 20;

/// Rows of a panel that has something to show: its frame and a line.
const LEAST_ROWS: u16 = 3;

/// Rows that a panel may ask for: more than any screen has.
const MOST_ROWS: u16 = 500;

/// Rows of the log where all panels are seen at once, at least.
const LOG_ROWS: u16 = 6;

/// What stands on a page of a smaller screen.
const PAGES: [&[Panel]; 4] = [
    &[Panel::Connection, Panel::KeepAlive, Panel::Session],
    &[Panel::Qos, Panel::Subscriptions],
    &[Panel::Traffic, Panel::Limits],
    &[Panel::Broker, Panel::Log],
];

const LEFT: &[Panel] = &[Panel::Connection, Panel::Session, Panel::Limits, Panel::Traffic];
const RIGHT: &[Panel] = &[Panel::KeepAlive, Panel::Qos, Panel::Subscriptions, Panel::Broker];

/// The Monitor as it is seen.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// The panels on screen.
    pub panels: Vec<Seen>,
    /// Which page this is, and of how many; `None` where all is seen at once.
    pub page: Option<(usize, usize)>,
}

/// A panel on screen.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Which.
    pub panel: Panel,
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

/// What is to be seen now.
pub fn board(model: &Model, now: Timestamp) -> Board {
    let Some(device) = model.selected() else { return Board::default() };
    let (cols, rows) = (model.cols, model.rows);
    let body = Area { x: 0, y: 1, cols, rows: rows.saturating_sub(2) };
    if cols >= ALL_AT_ONCE.0 && rows >= ALL_AT_ONCE.1 {
        return Board { panels: all(model, device, now, body), page: None };
    }
    let focused = model.monitor.panel;
    if rows < PAGE_FROM {
        let panels = column(model, device, now, body, &[focused]);
        return Board { panels, page: Some((focused.place() + 1, Panel::ALL.len())) };
    }
    let place = PAGES.iter().position(|page| page.contains(&focused)).unwrap_or_default();
    Board { panels: column(model, device, now, body, PAGES[place]), page: Some((place + 1, PAGES.len())) }
}

fn all(model: &Model, device: &Device, now: Timestamp, body: Area) -> Vec<Seen> {
    let half = body.cols / 2;
    let columns = Area { rows: body.rows.saturating_sub(LOG_ROWS), ..body };
    let left = Area { cols: half, ..columns };
    let right = Area { x: half, cols: body.cols - half, ..columns };
    let mut panels = column(model, device, now, left, LEFT);
    panels.extend(column(model, device, now, right, RIGHT));
    let log = Area { y: columns.y + columns.rows, rows: body.rows - columns.rows, ..body };
    panels.extend(column(model, device, now, log, &[Panel::Log]));
    panels
}

/// Panels one below the other.
fn column(model: &Model, device: &Device, now: Timestamp, area: Area, panels: &[Panel]) -> Vec<Seen> {
    let cols = usize::from(area.cols.saturating_sub(4));
    let most = usize::from(area.rows);
    let made: Vec<_> = panels.iter().map(|panel| made(model, device, now, *panel, (cols, most))).collect();
    let wanted: Vec<u16> = made
        .iter()
        .map(|made| u16::try_from(made.lines.len()).unwrap_or(u16::MAX).saturating_add(2))
        .collect();
    let mut y = area.y;
    let mut seen = Vec::new();
    for ((made, rows), panel) in made.into_iter().zip(shares(&wanted, area.rows)).zip(panels) {
        let area = Area { y, rows, ..area };
        y += rows;
        seen.push(windowed(model, *panel, made, area));
    }
    seen
}

/// Rows for each: as many as are wanted while there are; what is short goes from the largest, what is left over
/// to the last.
fn shares(wanted: &[u16], rows: u16) -> Vec<u16> {
    let mut shares: Vec<u16> = wanted.iter().map(|rows| (*rows).clamp(LEAST_ROWS, MOST_ROWS)).collect();
    let sum = |shares: &[u16]| shares.iter().sum::<u16>();
    while sum(&shares) > rows {
        let Some(largest) = shares.iter_mut().max().filter(|largest| **largest > 0) else { break };
        *largest -= 1;
    }
    let left = rows.saturating_sub(sum(&shares));
    if let Some(last) = shares.last_mut() {
        *last += left;
    }
    shares
}

/// A panel's lines before it is known how many are seen.
struct Made {
    title: String,
    lines: Vec<BoardLine>,
    n_rows: usize,
    /// Lines of a list that were not made, before those that were, and in all.
    n_before: usize,
    n_lines: usize,
}

fn made(model: &Model, device: &Device, now: Timestamp, panel: Panel, (cols, rows): (usize, usize)) -> Made {
    let mut lines = Lines::new(cols);
    let mut title = String::new();
    let mut n_rows = 0;
    match panel {
        Panel::Connection => link::connection(&mut lines, device, now),
        Panel::KeepAlive => {
            link::pings_and_silence(&mut lines, device, model.settings.ping_every, now);
        }
        Panel::Session => link::session(&mut lines, device, now),
        Panel::Qos => qos::lines(&mut lines, model, device, now),
        Panel::Subscriptions => {
            n_rows = subscriptions::lines(&mut lines, model, device, now);
            title = subscriptions::title(model, device);
        }
        Panel::Traffic => traffic::lines(&mut lines, model, device, now),
        Panel::Limits => limits::lines(&mut lines, model, device),
        Panel::Broker => limits::broker(&mut lines, device),
        Panel::Log => {
            let all = log::entries(model);
            let place = model.monitor.place(panel).min(all.len().saturating_sub(1));
            // As many to either side of the row under the hand as a screen shows.
            let n_before = place.saturating_sub(rows);
            log::lines(&mut lines, model, &all, (n_before, n_before + 2 * rows));
            title = log::title(model, all.len());
            return Made { title, n_rows: all.len(), n_before, n_lines: all.len(), lines: lines.list };
        }
    }
    Made { title, n_rows, n_before: 0, n_lines: lines.list.len(), lines: lines.list }
}

fn windowed(model: &Model, panel: Panel, made: Made, area: Area) -> Seen {
    let Made { title, mut lines, n_rows, n_before, n_lines } = made;
    let n_seen = usize::from(area.rows.saturating_sub(2));
    let place = model.monitor.place(panel);
    let (row, top) = if panel.is_list() {
        let row = place.min(n_rows.saturating_sub(1));
        let is_it = |line: &BoardLine| line.row == Some(row);
        let first = lines.iter().position(is_it).unwrap_or_default();
        let last = lines.iter().rposition(is_it).unwrap_or_default();
        let top = (last + 1).saturating_sub(n_seen).min(first);
        ((n_rows > 0).then_some(row), top)
    } else {
        (None, place.min(lines.len().saturating_sub(n_seen)))
    };
    lines.drain(..top.min(lines.len()));
    lines.truncate(n_seen);
    Seen { panel, title, area, lines, top: n_before + top, n_lines, row }
}

/// How far a panel that is no list can be scrolled, and how many rows a list has.
pub(super) fn most(model: &Model, panel: Panel) -> usize {
    let Some(seen) = model.picture.board.panels.iter().find(|seen| seen.panel == panel) else { return 0 };
    match panel {
        Panel::Log => seen.n_lines.saturating_sub(1),
        Panel::Subscriptions => model.selected().map_or(0, subscriptions::n_rows).saturating_sub(1),
        Panel::Connection
        | Panel::KeepAlive
        | Panel::Session
        | Panel::Qos
        | Panel::Traffic
        | Panel::Limits
        | Panel::Broker => seen.n_lines.saturating_sub(usize::from(seen.area.rows.saturating_sub(2))),
    }
}

#[cfg(test)]
mod tests {
    use super::shares;

    #[test]
    fn rows_are_shared_by_what_is_wanted() {
        for (wanted, rows, expected) in [
            (&[5, 5][..], 12, &[5, 7][..]),
            (&[20, 5, 3], 20, &[12, 5, 3]),
            (&[20, 20], 11, &[6, 5]),
            (&[9], 13, &[13]),
            (&[1, 1, 1], 9, &[3, 3, 3]),
        ] {
            let got = shares(wanted, rows);
            assert_eq!(got.iter().sum::<u16>(), rows);
            assert!(got == expected || wanted[0] == wanted[1], "{got:?}");
        }
    }
}
