//! The chart: legend, lines, bands, axes. Owns where they stand and their marks; the model says what there is.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::strip::{Strip, keep_end};
use super::{Scene, row_of};
use crate::decode::{escape, figures};
use crate::model::chart::plot::{Body, Plot, Room, Trace};
use crate::model::chart::read::{Stats, figure};
use crate::model::chart::scale::Scale;
use crate::model::chart::trace::{Cell, Column};
use crate::theme::Role;

mod raster;

use raster::Raster;

/// The roles of the series, in their order.
const ROLES: [Role; 8] = [
    Role::Chart1,
    Role::Chart2,
    Role::Chart3,
    Role::Chart4,
    Role::Chart5,
    Role::Chart6,
    Role::Chart7,
    Role::Chart8,
];

/// Columns of a value in the legend, at most.
const VALUE_COLS: usize = 24;

pub fn draw(scene: &Scene<'_>, plot: &Plot, area: Rect, frame: &mut Frame<'_>) {
    let mut row = 0;
    let mut next = |n: usize| {
        let at = row;
        row += n;
        u16::try_from(at).unwrap_or(u16::MAX)
    };
    if plot.parts.has_status {
        frame.render_widget(status(scene, plot).into_line(), row_of(area, next(1)));
    }
    // Where not all find room, that under the cursor does.
    let from = (plot.primary + 1).saturating_sub(plot.parts.legend);
    for (nth, trace) in plot.traces.iter().enumerate().skip(from).take(plot.parts.legend) {
        let line = legend(scene, plot, (nth, trace), usize::from(area.width));
        frame.render_widget(line.into_line(), row_of(area, next(1)));
    }
    if plot.parts.stats == Room::Below {
        let stats = plot.traces.get(plot.primary).and_then(|trace| trace.stats.as_ref());
        let mut line = Strip::default();
        let words = stats.map(stats_words).unwrap_or_default();
        line.put_fit(&words, usize::from(area.width), scene.style(Role::TextFaint));
        frame.render_widget(line.into_line(), row_of(area, next(1)));
    }
    if plot.parts.has_notes {
        let mut line = Strip::default();
        line.put_fit(&plot.notes.join(" · "), usize::from(area.width), scene.style(Role::Dropped));
        frame.render_widget(line.into_line(), row_of(area, next(1)));
    }
    let n_rows = plot.parts.rows;
    let top = area.y.saturating_add(next(n_rows));
    let axis_cols = u16::try_from(plot.parts.axis_cols).unwrap_or(0);
    let rows = u16::try_from(n_rows).unwrap_or(0);
    let field =
        Rect { x: area.x + axis_cols, y: top, width: area.width.saturating_sub(axis_cols), height: rows };
    let field = field.intersection(area);
    lines_and_rows(scene, plot, field, frame);
    if plot.parts.has_time {
        times(
            scene,
            plot,
            Rect { y: area.y.saturating_add(next(1)), height: 1, ..field }.intersection(area),
            frame,
        );
    }
}

/// The mark of a series, which its colour alone must not carry.
fn mark(nth: usize) -> String {
    (nth + 1).to_string()
}

fn style(scene: &Scene<'_>, nth: usize) -> Style {
    scene.style(ROLES[nth % ROLES.len()])
}

fn status(scene: &Scene<'_>, plot: &Plot) -> Strip {
    let faint = scene.style(Role::TextFaint);
    let mut line = Strip::default();
    if let Some(at) = &plot.read_at {
        line.put(format!("at {at}"), scene.style(Role::Mark));
    }
    for words in &plot.status {
        line.put(if line.cols() > 0 { " · " } else { "" }, faint);
        line.put(words.as_str(), faint);
    }
    line
}

/// Mark, name, value; and figures where there is room beside them.
fn legend(scene: &Scene<'_>, plot: &Plot, (nth, trace): (usize, &Trace), max_cols: usize) -> Strip {
    let mut line = Strip::default();
    let faint = scene.style(Role::TextFaint);
    let style = style(scene, nth);
    let sane = |text: &str, cols: usize| escape::sanitize(text.as_bytes(), cols);
    let mut said = Strip::default();
    match (&trace.body, &trace.read) {
        (Body::Nothing(words), _) => said.put(words.as_str(), faint),
        (_, Some(read)) => {
            said.put(sane(&read.value, VALUE_COLS), scene.style(Role::TextStrong));
            if let (Some(delta), true) = (&read.delta, plot.cursor.is_some()) {
                said.put(format!("  Δ {delta}"), faint);
            }
            if plot.cursor.is_some() {
                said.put(format!("  {}", scene.model.settings.wall.time_of_day(read.at)), faint);
            }
        }
        (_, None) => said.put("nothing before this", faint),
    }
    if plot.parts.stats == Room::Beside
        && let Some(stats) = &trace.stats
    {
        said.put(format!("   {}", stats_words(stats)), faint);
    } else if let (Body::Line(_, scale), true) = (&trace.body, has_own_scales(plot)) {
        said.put(format!("  {}..{}", figure(scale.low), figure(scale.high)), faint);
    }
    let numbered = plot.traces.len() > 1;
    if numbered {
        let chosen = if nth == plot.primary { scene.style(Role::TextStrong).patch(style) } else { style };
        line.put(format!("{} ", mark(nth)), chosen);
    }
    let path =
        if trace.path.is_empty() { String::new() } else { format!(" {}", sane(&trace.path, max_cols)) };
    let room = max_cols.saturating_sub(line.cols() + said.cols() + 2);
    let name = format!("{}{path}", keep_end(&trace.name, max_cols));
    line.put(keep_end(&name, room.max(6)), style);
    line.put("  ", faint);
    line.append(said);
    line
}

fn has_own_scales(plot: &Plot) -> bool {
    let mut scales = plot.traces.iter().filter_map(|trace| match &trace.body {
        Body::Line(_, scale) => Some(*scale),
        Body::Band(..) | Body::Ticks(_) | Body::Nothing(_) => None,
    });
    let first = scales.next();
    scales.any(|scale| Some(scale) != first)
}

fn stats_words(stats: &Stats) -> String {
    let mut words = vec![format!("n {}", figures::grouped(stats.n as u64))];
    if let Some([min, mean, max, _]) = stats.numbers {
        words.extend(
            [("min", min), ("mean", mean), ("max", max)].map(|(name, n)| format!("{name} {}", figure(n))),
        );
    }
    words.extend(stats.rate.map(figures::rate));
    words.extend(stats.numbers.map(|[.., last]| format!("last {}", figure(last))));
    words.join("  ")
}

fn lines_and_rows(scene: &Scene<'_>, plot: &Plot, field: Rect, frame: &mut Frame<'_>) {
    let rows: Vec<(usize, &Trace)> =
        plot.traces.iter().enumerate().filter(|(_, trace)| trace.is_row()).collect();
    let has_lines = plot.traces.iter().any(|trace| matches!(trace.body, Body::Line(..)));
    // Lines keep at least half of the room.
    let most = if has_lines { usize::from(field.height) / 2 } else { usize::from(field.height) };
    let n_rows = rows.len().min(most);
    let height = field.height.saturating_sub(u16::try_from(n_rows).unwrap_or(0));
    let upper = Rect { height, ..field };
    if has_lines {
        lines(scene, plot, upper, frame);
    }
    cursor(scene, plot, field, frame);
    for (below, (nth, trace)) in rows.into_iter().take(n_rows).enumerate() {
        let below = u16::try_from(below).unwrap_or(0);
        let at = if has_lines { height + below } else { below };
        let area = row_of(field, at);
        let line = match &trace.body {
            Body::Band(cells, words) => band(scene, (nth, plot.traces.len() > 1), cells, words),
            Body::Ticks(ticks) => tick_row(scene, nth, ticks),
            Body::Line(..) | Body::Nothing(_) => Strip::default(),
        };
        frame.render_widget(line.into_line(), area);
        if plot.parts.axis_cols > 0 && plot.traces.len() > 1 && !area.is_empty() {
            let label = Rect { x: area.x.saturating_sub(2), width: 1, ..area };
            frame.buffer_mut().set_string(label.x, label.y, mark(nth), style(scene, nth));
        }
    }
}

fn lines(scene: &Scene<'_>, plot: &Plot, area: Rect, frame: &mut Frame<'_>) {
    let mut raster = Raster::new(usize::from(area.width), usize::from(area.height), plot.dots);
    let is_alone = plot.traces.len() == 1;
    let mut ends: Vec<(usize, i64, i64)> = Vec::new();
    // What is under the cursor lies on top.
    let order = (0..plot.traces.len()).filter(|nth| *nth != plot.primary).chain([plot.primary]);
    for nth in order {
        let Some(Trace { body: Body::Line(columns, scale), .. }) = plot.traces.get(nth) else { continue };
        let owner = u8::try_from(nth).unwrap_or(0);
        if let Some((x, y)) = line(&mut raster, columns, scale, owner).filter(|_| !is_alone) {
            ends.push((nth, x, y));
        }
    }
    let ascii = |owner: u8| if is_alone { '*' } else { char::from(b'1'.saturating_add(owner)) };
    for row in 0..area.height {
        for col in 0..area.width {
            if let Some((letter, owner)) = raster.cell(usize::from(col), usize::from(row), ascii) {
                let style = style(scene, usize::from(owner));
                let cell = frame.buffer_mut().cell_mut((area.x + col, area.y + row));
                if let Some(cell) = cell {
                    cell.set_char(letter).set_style(style);
                }
            }
        }
    }
    let dots_down = raster.height() / usize::from(area.height.max(1));
    for (nth, x, y) in ends {
        let x = u16::try_from(x.max(0)).unwrap_or(0) / u16::try_from(plot.dots).unwrap_or(1);
        let y = u16::try_from(y.max(0)).unwrap_or(0) / u16::try_from(dots_down.max(1)).unwrap_or(1);
        if x < area.width && y < area.height {
            frame.buffer_mut().set_string(area.x + x, area.y + y, mark(nth), style(scene, nth));
        }
    }
    scale_of(scene, plot, area, frame);
}

/// Draws a line; where it ends within the field.
fn line(raster: &mut Raster, columns: &[Column], scale: &Scale, owner: u8) -> Option<(i64, i64)> {
    let most = raster.height().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "a share of a few hundred dots"
    )]
    let y = |number: f64| ((1.0 - scale.share(number)) * most as f64).round() as i64;
    let mut before: Option<&Column> = None;
    for column in columns {
        if let Some(before) = before.filter(|_| column.joins) {
            raster.line((before.x, y(before.last)), (column.x, y(column.first)), owner);
        }
        raster.line((column.x, y(column.min)), (column.x, y(column.max)), owner);
        before = Some(column);
    }
    before.map(|last| (last.x.saturating_sub(i64::from(columns.len() > 1 && last.x > 0)), y(last.last)))
}

/// The numbers beside the plot, of the scale of the series under the cursor, else of the first line.
fn scale_of(scene: &Scene<'_>, plot: &Plot, area: Rect, frame: &mut Frame<'_>) {
    let scale = |trace: &Trace| match &trace.body {
        Body::Line(_, scale) => Some(*scale),
        Body::Band(..) | Body::Ticks(_) | Body::Nothing(_) => None,
    };
    let primary = plot.traces.get(plot.primary).and_then(scale);
    let found = primary
        .map(|scale| (plot.primary, scale))
        .or_else(|| plot.traces.iter().enumerate().find_map(|(nth, trace)| Some((nth, scale(trace)?))));
    let Some((nth, scale)) = found.filter(|_| plot.parts.axis_cols > 0 && area.height > 0) else { return };
    let style = if has_own_scales(plot) { style(scene, nth) } else { scene.style(Role::TextFaint) };
    for (row, label) in scale.labels(usize::from(area.height)) {
        let row = u16::try_from(row).unwrap_or(0);
        let mut line = Strip::default();
        let cols = plot.parts.axis_cols.saturating_sub(1);
        line.put_right(&label, cols, style);
        let x = area.x.saturating_sub(u16::try_from(plot.parts.axis_cols).unwrap_or(0));
        let width = u16::try_from(cols).unwrap_or(0);
        frame.render_widget(line.into_line(), Rect { x, y: area.y + row, width, height: 1 });
    }
}

/// A column that is read out.
fn cursor(scene: &Scene<'_>, plot: &Plot, field: Rect, frame: &mut Frame<'_>) {
    let Some(col) = plot.cursor.and_then(|col| u16::try_from(col).ok()).filter(|col| *col < field.width)
    else {
        return;
    };
    for row in 0..field.height {
        if let Some(cell) = frame.buffer_mut().cell_mut((field.x + col, field.y + row)) {
            if cell.symbol() == " " {
                cell.set_char('│').set_style(scene.style(Role::Mark));
            } else {
                cell.set_style(scene.style(Role::Cursor));
            }
        }
    }
}

/// States with their words: `│open────│closed──`. On is drawn full, what else there is as a line.
fn band(scene: &Scene<'_>, (nth, _): (usize, bool), cells: &[Cell], words: &[String]) -> Strip {
    let style = style(scene, nth);
    let strong = scene.style(Role::TextStrong);
    let mut line = Strip::default();
    let mut at = 0;
    while let Some(cell) = cells.get(at) {
        let (begins, word) = match cell {
            Cell::Blank => {
                line.put(" ", Style::new());
                at += 1;
                continue;
            }
            Cell::Holds(word) => (None, *word),
            Cell::Begins(word) => (Some("│"), *word),
            Cell::Several(word) => (Some("×"), *word),
        };
        let holds = |cell: &&Cell| **cell == Cell::Holds(word);
        let n = cells.iter().skip(at + 1).take_while(holds).count();
        let text = words.get(word).map(|text| escape::sanitize(text.as_bytes(), n)).unwrap_or_default();
        let is_on = crate::decode::value::truth(words.get(word).map_or(&[][..], |word| word.as_bytes()));
        let fill = if is_on == Some(true) { "█" } else { "─" };
        line.put(begins.unwrap_or(fill), style);
        // A word that is cut says less than none.
        let is_whole = words.get(word).is_some_and(|whole| escape::cols(whole) <= n);
        let shown = if is_whole || n >= 4 { text } else { String::new() };
        let rest = n.saturating_sub(escape::cols(&shown));
        line.put(shown, strong);
        line.put(fill.repeat(rest), style);
        at += 1 + n;
    }
    line
}

fn tick_row(scene: &Scene<'_>, nth: usize, ticks: &[usize]) -> Strip {
    let mut line = Strip::default();
    for col in ticks {
        line.to(*col);
        line.put("│", style(scene, nth));
    }
    line
}

fn times(scene: &Scene<'_>, plot: &Plot, area: Rect, frame: &mut Frame<'_>) {
    let faint = scene.style(Role::TextFaint);
    let mut line = Strip::default();
    for (col, label) in &plot.labels {
        // A label that is cut names another time.
        if col + 1 + label.len() <= usize::from(area.width) && *col >= line.cols() {
            line.to(*col);
            line.put(format!("│{label}"), faint);
        }
    }
    frame.render_widget(line.into_line(), area);
}
