//! The tree. Owns the pane, which of the window's rows fit, and what is drawn over them; a row's text is `row`'s.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::branches::{self, Branch};
use super::row::{Columns, Placed};
use super::strip::{Strip, keep_end, wrap};
use super::{Scene, lit, prompt, rect, table};
use crate::decode::{figures, sanitize};
use crate::model::layout::Pane;
use crate::model::narrowing;
use crate::model::nodes::range;
use crate::model::overlay::Overlay;
use crate::theme::Role;

pub fn draw(scene: &Scene<'_>, frame: &mut Frame<'_>) {
    let area = rect(scene.layout.topics, frame);
    if area.is_empty() {
        return;
    }
    let block = scene.block(Pane::Topics).title(title(scene));
    let inner = block.inner(area);
    match &scene.model.table {
        Some(table) => table::draw(scene, table, inner, frame),
        None => tree(scene, inner, frame),
    }
    hints(scene, inner, frame);
    // The widget's indent does not stop at its edge, so the frame comes last.
    frame.render_widget(block, area);
}

fn title(scene: &Scene<'_>) -> Line<'static> {
    let (mut n_topics, mut n_refused, mut n_messages) = (0, 0, 0);
    for device in &scene.model.devices {
        let counts = device.store.counts();
        n_topics += counts.n_topics as u64;
        n_refused += counts.n_topics_refused;
        n_messages += counts.n_messages;
    }
    let mut words = Strip::default();
    words.put(" Topics", scene.title(Pane::Topics));
    let border = if scene.has_focus(Pane::Topics) { Role::BorderFocused } else { Role::Border };
    words.put(" ─ ", scene.style(border));
    if let Some(table) = &scene.model.table {
        words.put(format!("{} ", table::title(scene, table)), scene.style(Role::Title));
        marked(scene, &mut words);
        return words.into_line();
    }
    match narrowing::tally(scene.model) {
        Some(tally) => {
            let topics = if tally.n_topics == 1 { "topic" } else { "topics" };
            words.put(format!("{} {topics}", narrowing::prompt::of(tally)), scene.style(Role::Title));
        }
        None => words.put(figures::counted(n_topics, "topic"), scene.style(Role::Title)),
    }
    if n_refused > 0 {
        words.put(format!(" + {} not stored", figures::grouped(n_refused)), scene.style(Role::Dropped));
    }
    words.put(format!(" · {} ", figures::counted(n_messages, "msg")), scene.style(Role::Title));
    if let Some(learning) = scene.model.learning.as_ref().filter(|_| scene.layout.learn.rows == 0) {
        let n_new = figures::grouped(learning.learn.counts().n_new as u64);
        words.put(format!("· learning, {n_new} new "), scene.style(Role::Mark));
    }
    marked(scene, &mut words);
    if scene.model.devices.iter().any(|device| device.store.is_kept_only()) {
        words.put("· kept only ", scene.style(Role::Mark));
    }
    if let Some(text) = narrowing::saved::label(scene.model) {
        let room = usize::from(scene.layout.topics.cols).saturating_sub(words.cols() + 12);
        words.put("· filter ", scene.style(Role::Title));
        words.put(format!("{} ", sanitize(text.as_bytes(), room)), scene.style(Role::Mark));
    }
    words.into_line()
}

/// Which match the cursor is on, while matches are marked.
fn marked(scene: &Scene<'_>, words: &mut Strip) {
    if let Some(search) = scene.model.search.as_ref().filter(|_| scene.model.overlay == Overlay::None) {
        words.put(format!("· {} ", prompt::found(search).0), scene.style(Role::Mark));
    }
}

fn tree(scene: &Scene<'_>, inner: Rect, frame: &mut Frame<'_>) {
    let mut columns = Columns::new(usize::from(inner.width), scene.glyphs());
    let rows = place(scene, &columns, usize::from(inner.height));
    if rows.is_empty() {
        return;
    }
    columns.align(&rows);
    let cursor = rows.iter().position(|placed| placed.row.id == scene.model.cursor);
    let mut branches: Vec<Branch> = rows
        .iter()
        .map(|placed| Branch { indent: placed.indent, text: columns.compose(scene, placed).into_line() })
        .collect();
    branches::draw(scene, Pane::Topics, &mut branches, cursor, inner, frame);
    for (y, placed) in (inner.y..inner.bottom()).zip(&rows) {
        finish(scene, placed, Rect { y, height: 1, ..inner }, frame);
    }
}

/// What the widget can't: the arrow of a branch whose children are not among the rows, the mark in its place,
/// and a match over the cursor's own style.
fn finish(scene: &Scene<'_>, placed: &Placed<'_>, area: Rect, frame: &mut Frame<'_>) {
    let row = placed.row;
    let buffer = frame.buffer_mut();
    let at = |col: usize| u16::try_from(col).map_or(area.right(), |col| area.x.saturating_add(col));
    let arrow = at(placed.arrow_col());
    if arrow.saturating_add(2) < area.right() {
        let cell = &mut buffer[(arrow, area.y)];
        if row.has_children {
            let symbol = if row.is_expanded { "▾" } else { "▸" };
            cell.set_symbol(symbol).set_style(scene.style(Role::TextFaint));
        } else if row.is_kept {
            cell.set_symbol("◆").set_style(scene.style(Role::Mark));
        } else if row.is_pinned {
            cell.set_symbol("★").set_style(scene.style(Role::Mark));
        }
    }
    if row.id != scene.model.cursor && range::holds(scene.model, row.id) {
        buffer.set_style(area, scene.style(Role::CursorUnfocused));
    }
    if row.id == scene.model.cursor && scene.has_focus(Pane::Topics) && area.width > 0 {
        buffer[(area.x, area.y)].set_style(scene.style(Role::TitleFocused));
    }
    if row.is_match && placed.path.is_none() {
        matched(scene, placed, Rect { x: at(placed.level_col()), ..area }.intersection(area), frame);
    }
}

/// The letters that match: of the level, the whole of it where it is an alias, else of the value.
fn matched(scene: &Scene<'_>, placed: &Placed<'_>, area: Rect, frame: &mut Frame<'_>) {
    let row = placed.row;
    let buffer = frame.buffer_mut();
    let style = scene.style(if row.id == scene.model.cursor { Role::MatchCurrent } else { Role::Match });
    let level = scene.model.device(row.id.device).map(|device| device.store.level(row.id.node));
    let Some(search) = scene.model.search.as_ref() else { return };
    if row.lit.is_empty() && search.how.in_values {
        lit::text(buffer, area, search.needle.text(), search.needle.is_any_case(), style);
    } else if level == Some(row.level.as_str()) {
        lit::bytes(buffer, area, &row.level, &row.lit, style);
    } else {
        lit::bytes(buffer, area, &row.level, std::slice::from_ref(&(0..row.level.len())), style);
    }
}

/// The rows that fit, each with its indent below the uppermost ancestor shown.
fn place<'a>(scene: &Scene<'a>, columns: &Columns, max_rows: usize) -> Vec<Placed<'a>> {
    let picture = &scene.model.picture;
    let mut placed: Vec<Placed<'a>> = Vec::with_capacity(max_rows);
    let mut is_dollar = false;
    let mut base = picture.n_hidden_ancestors;
    for row in picture.rows.iter().take(max_rows) {
        // A child lies one level below the row before it at most; anything else would be no tree.
        let deepest = placed.last().map_or(0, |before| before.indent + before.n_deeper + 1);
        // Beyond the branch whose ancestors found no room, indents count from what is shown there.
        base = base.min(row.depth);
        let depth = (row.depth - base).min(deepest);
        let indent = depth.min(columns.max_indent());
        is_dollar = match row.depth {
            0 => false,
            1 => row.level.starts_with('$'),
            _ => is_dollar,
        };
        placed.push(Placed { row, indent, n_deeper: depth - indent, path: None, is_dollar });
    }
    if let Some(first) = placed.first_mut().filter(|_| picture.n_hidden_ancestors > 0 && picture.n_sticky > 0)
        && let Some(device) = scene.model.device(first.row.id.device)
    {
        let mut path = String::new();
        device.store.topic_of(first.row.id.node, &mut path);
        first.path = Some(keep_end(&path, columns.path_cols()));
    }
    placed
}

/// Says why there is nothing to see, below the rows.
fn hints(scene: &Scene<'_>, inner: Rect, frame: &mut Frame<'_>) {
    let picture = &scene.model.picture;
    let used = u16::try_from(picture.rows.len()).unwrap_or(u16::MAX).saturating_add(1);
    if picture.hints.is_empty() || used >= inner.height {
        return;
    }
    let room = Rect { x: inner.x + 3, width: inner.width.saturating_sub(5), ..inner };
    let room = Rect { y: inner.y + used, height: inner.height - used, ..room };
    let wrapped = picture.hints.iter().flat_map(|hint| wrap(hint, usize::from(room.width), 6));
    let lines: Vec<Line<'_>> = wrapped.take(usize::from(room.height)).map(Line::from).collect();
    frame.render_widget(Paragraph::new(lines).style(scene.style(Role::Text)), room);
}
