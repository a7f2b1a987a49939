//! What stands above the past messages: how many there are and what became of the others, what is held and listed, how
//! they come. Owns the words and their order of worth.
use super::reader::Reader;
use super::statistics::Intervals;
use super::{Hold, PastView};
use crate::decode::{Ink, Line, escape, figures};
use crate::model::device::Device;
use crate::store::NodeId;
use crate::time::WallOrigin;

/// Rows of a pane that leave more than one to the head, and those that it takes then at most.
const MORE_FROM: usize = 12;
const MAX_ROWS: usize = 4;

/// The lines of a pane of so many rows. In a low one it is one line, of which the end gives way.
pub fn lines(
    view: &mut PastView,
    device: &Device,
    node: NodeId,
    by: &Reader<'_>,
    wall: WallOrigin,
    (cols, n_rows): (usize, usize),
) -> Vec<Line> {
    if n_rows < 3 {
        return Vec::new();
    }
    let (intervals, latency) = view.statistics.statistics(
        &device.store,
        node,
        (device.reading(node), device.rules.revision()),
        wall,
    );
    let mut ways: Vec<(Ink, String)> = Vec::new();
    let mut words = intervals.iter().flat_map(Intervals::words).map(|words| (Ink::Plain, words));
    ways.extend(words.next());
    ways.extend(latency.map(|latency| (Ink::Plain, latency.words())));
    ways.extend(words);
    let mut pieces = state(view, device, node, by);
    if n_rows < MORE_FROM {
        pieces.append(&mut ways);
        return flow(&pieces, cols, 1);
    }
    let mut lines = flow(&pieces, cols, MAX_ROWS / 2);
    lines.extend(flow(&ways, cols, MAX_ROWS / 2));
    lines
}

fn state(view: &PastView, device: &Device, node: NodeId, by: &Reader<'_>) -> Vec<(Ink, String)> {
    let store = &device.store;
    let grouped = |n: usize| figures::grouped(n as u64);
    let mut pieces = Vec::new();
    match (view.hold, view.n_since()) {
        (Hold::ByKey(_), Some(n)) => {
            pieces.push((Ink::Number, format!("held, +{} since", figures::grouped(n))));
        }
        (Hold::Moved(_), Some(n)) if n > 0 => {
            pieces.push((Ink::Number, format!("+{} since", figures::grouped(n))));
        }
        (Hold::No | Hold::Moved(_) | Hold::ByKey(_), _) => {}
    }
    let (n_held, n_messages) = (store.n_history(node), store.node(node).n_messages);
    if let Some(filter) = &view.filter {
        let so_far = if filter.is_working() { " so far" } else { "" };
        let (found, of) = (grouped(filter.n_found()), grouped(n_held));
        pieces.push((Ink::Key, format!("matches {found} of {of}{so_far}: {}", filter.text)));
        if filter.n_beyond > 0 {
            pieces.push((Ink::Escape, format!("the newest {} are listed", grouped(filter.matches.len()))));
        }
    }
    pieces.extend(by.path.as_ref().map(|path| (Ink::Key, path.to_string())));
    if n_held as u64 == n_messages {
        pieces.push((Ink::Plain, figures::counted(n_messages, "message")));
    } else {
        let n_forgotten = store.n_forgotten(node);
        let n_evicted = n_messages.saturating_sub(n_held as u64).saturating_sub(n_forgotten);
        pieces
            .push((Ink::Plain, format!("{} of {} messages", grouped(n_held), figures::grouped(n_messages))));
        let counts = [(n_evicted, "evicted"), (n_forgotten, "deleted here")];
        for (n, what) in counts.into_iter().filter(|(n, _)| *n > 0) {
            pieces.push((Ink::Escape, format!("{} {what}", figures::grouped(n))));
        }
    }
    pieces
}

/// Pieces side by side, in so many lines at most; what has no room in the last of them is cut.
fn flow(pieces: &[(Ink, String)], cols: usize, max_lines: usize) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut line = Line::default();
    for (ink, words) in pieces {
        let is_last = lines.len() + 1 == max_lines;
        if line.cols > 0 && !is_last && line.cols + 3 + crate::decode::cols(words) > cols {
            lines.push(std::mem::take(&mut line));
        }
        if line.cols > 0 {
            if line.cols + 4 > cols {
                break;
            }
            line.push(Ink::Faint, " · ");
        }
        if !escape::push_sane(&mut line, *ink, words.as_bytes(), cols) {
            break;
        }
    }
    lines.extend((line.cols > 0).then_some(line));
    lines
}
