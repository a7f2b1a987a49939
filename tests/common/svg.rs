//! A frame as an SVG picture. Owns the grid and the colours of an unnamed terminal; knows no scene.
#![allow(dead_code, reason = "each test target uses its part")]

use std::fmt::Write as _;

use mqttscope::decode::cols;
use mqttscope::theme::color::ANSI;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// Pixels of a cell, and of the margin around the grid.
const CELL: (usize, usize) = (9, 19);
const MARGIN: usize = 14;
/// Where letters stand in a cell.
const BASELINE: usize = 14;

const FONTS: &str = "'JetBrains Mono','Cascadia Mono','SF Mono',Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";

/// The terminal's own two colours.
#[derive(Clone, Copy)]
pub struct Ground {
    pub fg: &'static str,
    pub bg: &'static str,
}

pub const DARK: Ground = Ground { fg: "#d7dde5", bg: "#12171d" };
pub const LIGHT: Ground = Ground { fg: "#1f2730", bg: "#fbfcfd" };

/// How a run of cells looks.
#[derive(Clone, PartialEq)]
struct Look {
    fg: String,
    bg: String,
    bold: bool,
    italic: bool,
    underlined: bool,
}

/// Paints a frame; the cursor, when it is shown, as a bar.
pub fn paint(buffer: &Buffer, cursor: Option<(u16, u16)>, ground: Ground) -> String {
    let (n_cols, n_rows) = (usize::from(buffer.area.width), usize::from(buffer.area.height));
    let (width, height) = (n_cols * CELL.0 + 2 * MARGIN, n_rows * CELL.1 + 2 * MARGIN);
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{FONTS}" font-size="15">"#
    );
    let _ = writeln!(svg, r#"<rect width="{width}" height="{height}" rx="8" fill="{}"/>"#, ground.bg);
    for (row, cells) in buffer.content.chunks(n_cols.max(1)).enumerate() {
        let runs = runs(cells, ground);
        for run in runs.iter().filter(|run| run.look.bg != ground.bg) {
            let (x, y) = (MARGIN + run.col * CELL.0, MARGIN + row * CELL.1);
            let width = run.n_cols * CELL.0;
            let _ = writeln!(
                svg,
                r#"<rect x="{x}" y="{y}" width="{width}" height="{}" fill="{}"/>"#,
                CELL.1, run.look.bg
            );
        }
        for run in runs.iter().filter(|run| !run.text.trim().is_empty() || run.look.underlined) {
            text(&mut svg, run, row);
        }
    }
    if let Some((col, row)) = cursor {
        let (x, y) = (MARGIN + usize::from(col) * CELL.0, MARGIN + usize::from(row) * CELL.1 + 1);
        let _ = writeln!(
            svg,
            r#"<rect x="{x}" y="{y}" width="2" height="{}" fill="{}"/>"#,
            CELL.1 - 2,
            ground.fg
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// Neighbouring cells that look alike.
struct Run {
    col: usize,
    n_cols: usize,
    text: String,
    look: Look,
}

fn runs(cells: &[Cell], ground: Ground) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut col = 0;
    while let Some(cell) = cells.get(col) {
        let n_cols = cols(cell.symbol()).max(1);
        let look = look(cell, ground);
        match runs.last_mut() {
            // What is no plain letter gets a place of its own, so that no font can move its neighbours.
            Some(run) if run.look == look && cell.symbol().is_ascii() && run.text.is_ascii() => {
                run.text.push_str(cell.symbol());
                run.n_cols += n_cols;
            }
            Some(_) | None => {
                runs.push(Run { col, n_cols, text: cell.symbol().to_owned(), look });
            }
        }
        col += n_cols;
    }
    runs
}

fn text(svg: &mut String, run: &Run, row: usize) {
    if let Some(drawn) = drawn(run, row) {
        return svg.push_str(&drawn);
    }
    let indent = run.text.len() - run.text.trim_start().len();
    let x = MARGIN + (run.col + indent) * CELL.0;
    let y = MARGIN + row * CELL.1 + BASELINE;
    let shown = run.text.trim();
    let width = cols(shown) * CELL.0;
    let _ = write!(svg, r#"<text x="{x}" y="{y}" textLength="{width}" fill="{}""#, run.look.fg);
    for (set, attribute) in [
        (run.look.bold, r#" font-weight="bold""#),
        (run.look.italic, r#" font-style="italic""#),
        (run.look.underlined, r#" text-decoration="underline""#),
        (shown.contains("  "), r#" xml:space="preserve""#),
    ] {
        if set {
            svg.push_str(attribute);
        }
    }
    let escaped = shown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = writeln!(svg, ">{escaped}</text>");
}

/// Frames and bars as shapes: no font draws them without seams.
fn drawn(run: &Run, row: usize) -> Option<String> {
    let glyph = run.text.chars().next()?;
    let (x, y) = (MARGIN + run.col * CELL.0, MARGIN + row * CELL.1);
    let (w, h) = CELL;
    let (cx, cy) = (x + w / 2, y + h / 2);
    let (right, bottom) = (x + w, y + h);
    let path = match glyph {
        '─' => format!("M{x} {cy}H{right}"),
        '│' => format!("M{cx} {y}V{bottom}"),
        '┌' => format!("M{right} {cy}H{cx}V{bottom}"),
        '┐' => format!("M{x} {cy}H{cx}V{bottom}"),
        '└' => format!("M{right} {cy}H{cx}V{y}"),
        '┘' => format!("M{x} {cy}H{cx}V{y}"),
        '╭' => format!("M{right} {cy}Q{cx} {cy} {cx} {bottom}"),
        '╮' => format!("M{x} {cy}Q{cx} {cy} {cx} {bottom}"),
        '╰' => format!("M{right} {cy}Q{cx} {cy} {cx} {y}"),
        '╯' => format!("M{x} {cy}Q{cx} {cy} {cx} {y}"),
        '▁'..='█' => {
            let eighths = u32::from(glyph) as usize - 0x2580;
            let height = h * eighths / 8;
            return Some(format!(
                "<rect x=\"{x}\" y=\"{}\" width=\"{w}\" height=\"{height}\" fill=\"{}\"/>\n",
                bottom - height,
                run.look.fg
            ));
        }
        '▌' => {
            let half = w / 2;
            return Some(format!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"{half}\" height=\"{h}\" fill=\"{}\"/>\n",
                run.look.fg
            ));
        }
        _ => return None,
    };
    Some(format!("<path d=\"{path}\" fill=\"none\" stroke=\"{}\"/>\n", run.look.fg))
}

fn look(cell: &Cell, ground: Ground) -> Look {
    let has = |modifier| cell.modifier.contains(modifier);
    let (fg, bg) = (hex(cell.fg, ground.fg), hex(cell.bg, ground.bg));
    let (fg, bg) = if has(Modifier::REVERSED) { (bg, fg) } else { (fg, bg) };
    Look {
        fg,
        bg,
        bold: has(Modifier::BOLD),
        italic: has(Modifier::ITALIC),
        underlined: has(Modifier::UNDERLINED),
    }
}

fn hex(color: Color, own: &str) -> String {
    let named = ANSI.iter().find(|(_, known, _)| *known == color).map(|(_, _, rgb)| *rgb);
    let [r, g, b] = match (color, named) {
        (Color::Rgb(r, g, b), _) => [r, g, b],
        (_, Some(rgb)) => rgb,
        (_, None) => return own.to_owned(),
    };
    format!("#{r:02x}{g:02x}{b:02x}")
}
