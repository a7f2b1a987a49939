//! The Devices screen: the list, and what is known of the row under the hand. Owns its columns and sections; which
//! rows there are is the model's.
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph};

use super::strip::{Strip, wrap};
use super::{Scene, header, rect};
use crate::decode::{cols, figures, fit, sanitize};
use crate::model::device::{Connection, Device};
use crate::model::devices::{Row, Saved};
use crate::theme::Role;
use crate::time::Timestamp;
use std::time::Duration;

mod detail;
pub mod exam;
mod form;

/// Columns of the screen from which the details stand beside the list.
const BESIDE_FROM: u16 = 100;

/// Rows of the details below the list, frame included, on a low screen and on others.
const LOW_DETAIL: u16 = 5;
const DETAIL: u16 = 9;

/// Rows of the body below which the screen is low.
const LOW_BODY: u16 = 20;

/// Columns from which a failure's cause is told in the list too.
const FULL_STATE: usize = 40;

/// Columns from which words stand before the seconds until the next try.
const AGAIN_STATE: usize = 22;

/// A line of the list.
enum Entry<'a> {
    /// What the rows below are.
    Title(&'static str),
    /// What there is to say where a row would be.
    Words(String, Role),
    /// A row by its place.
    Row(usize, &'a Row),
}

pub fn draw(scene: &Scene<'_>, frame: &mut Frame<'_>) {
    let (header, footer) = (rect(scene.layout.header, frame), rect(scene.layout.footer, frame));
    let body = Rect { y: header.bottom(), height: footer.y.saturating_sub(header.bottom()), ..frame.area() };
    if let Some(editing) = &scene.model.shelf.editing {
        return form::draw(scene, &editing.form, body, frame);
    }
    let rows = scene.model.shelf_rows();
    let place = scene.model.shelf_place(&rows);
    let (left, right) = split(body);
    list(scene, &rows, place, left, frame);
    detail::draw(scene, rows.get(place), right, frame);
}

/// Where the list and the details lie.
fn split(body: Rect) -> (Rect, Rect) {
    if body.width >= BESIDE_FROM {
        let width = body.width * 60 / 100;
        (Rect { width, ..body }, Rect { x: body.x + width, width: body.width - width, ..body })
    } else {
        let below = if body.height < LOW_BODY { LOW_DETAIL } else { DETAIL }.min(body.height);
        let height = body.height - below;
        (Rect { height, ..body }, Rect { y: body.y + height, height: below, ..body })
    }
}

fn list(scene: &Scene<'_>, rows: &[Row], place: usize, area: Rect, frame: &mut Frame<'_>) {
    let block = Block::bordered()
        .border_set(border::PLAIN)
        .border_style(scene.style(Role::BorderFocused))
        .title(title(scene));
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let entries = entries(scene, rows);
    let at = entries.iter().position(|entry| matches!(entry, Entry::Row(of, _) if *of == place));
    let n_seen = usize::from(inner.height);
    let top = at.unwrap_or_default().saturating_sub(n_seen / 2).min(entries.len().saturating_sub(n_seen));
    let seen: Vec<&Entry<'_>> = entries.iter().skip(top).take(n_seen).collect();
    let columns = Columns::new(scene, &seen, usize::from(inner.width));
    for (entry, y) in seen.into_iter().zip(inner.y..inner.bottom()) {
        let area = Rect { y, height: 1, ..inner };
        let mut line = Strip::default();
        match entry {
            Entry::Title(words) => line.put(format!(" {words}"), scene.style(Role::HelpTitle)),
            Entry::Words(words, role) => {
                line.put("    ", Style::new());
                let room = usize::from(inner.width).saturating_sub(5);
                line.put_fit(&sanitize(words.as_bytes(), room), room, scene.style(*role));
            }
            Entry::Row(of, row) => {
                let is_under_hand = *of == place;
                columns.compose(scene, row, is_under_hand, &mut line);
                if is_under_hand {
                    frame.buffer_mut().set_style(area, scene.style(Role::Cursor));
                }
            }
        }
        frame.render_widget(line.into_line(), area);
    }
}

fn title(scene: &Scene<'_>) -> Line<'static> {
    let mut words = Strip::default();
    words.put(" Devices", scene.style(Role::TitleFocused));
    words.put(" ─ ", scene.style(Role::BorderFocused));
    let shelf = &scene.model.shelf;
    words.put(format!("{} saved", figures::grouped(shelf.saved().len() as u64)), scene.style(Role::Title));
    words.put(format!(" · {} open ", scene.model.devices.len()), scene.style(Role::Title));
    if !shelf.narrow.is_empty() {
        let narrow = sanitize(shelf.narrow.as_bytes(), 20);
        words.put(format!("· only {} ", fit(&narrow, 20, "…")), scene.style(Role::TitleFocused));
    }
    words.into_line()
}

/// The rows with their sections, and what is to be told between them.
fn entries<'a>(scene: &Scene<'_>, rows: &'a [Row]) -> Vec<Entry<'a>> {
    let shelf = &scene.model.shelf;
    let narrowed = !shelf.narrow.is_empty();
    let mut entries = vec![Entry::Title("Saved")];
    let of = |wanted: fn(&Row) -> bool| {
        rows.iter().enumerate().filter(move |(_, row)| wanted(row)).map(|(place, row)| Entry::Row(place, row))
    };
    entries.extend(of(|row| matches!(row, Row::Saved(_))));
    match &shelf.list {
        None => entries.push(Entry::Words("reading the device files …".into(), Role::TextFaint)),
        Some(Err(words)) => entries.push(Entry::Words(words.clone(), Role::StatusLost)),
        Some(Ok(listing)) => {
            if listing.saved.is_empty() {
                let words = "none yet; a adds one, or open a broker and w saves it";
                entries.push(Entry::Words(words.into(), Role::TextFaint));
            } else if entries.len() == 1 {
                entries.push(Entry::Words("none matches".into(), Role::TextFaint));
            }
            for file in &listing.unusable {
                let words = format!("{file} is left out: not a name for a device (letters, digits, - _ .)");
                entries.push(Entry::Words(words, Role::StatusLost));
            }
            if listing.n_more > 0 {
                let words = format!("and {} more files", figures::grouped(listing.n_more as u64));
                entries.push(Entry::Words(words, Role::TextFaint));
            }
        }
    }
    let mut section = |title, wanted| {
        let mut rows = of(wanted).peekable();
        if rows.peek().is_some() {
            entries.push(Entry::Title(title));
            entries.extend(rows);
        }
    };
    section("Open, not saved", |row| matches!(row, Row::Open(_)));
    section("This machine", |row| matches!(row, Row::Local));
    section("Found on the network", |row| matches!(row, Row::Found(_)));
    let nearby = &shelf.nearby;
    if nearby.n_dropped > 0 {
        let words = format!("and {} more on the network", figures::grouped(nearby.n_dropped));
        entries.push(Entry::Words(words, Role::TextFaint));
    }
    if let Some(words) = nearby.off.as_ref().filter(|_| !narrowed) {
        entries.push(Entry::Title("Found on the network"));
        entries.push(Entry::Words(words.clone(), Role::TextFaint));
    }
    entries
}

/// Where the columns of the list end.
struct Columns {
    name: usize,
    address: usize,
    width: usize,
}

/// Columns before the name: the cursor's mark, the state's.
const BEFORE_NAME: usize = 4;

impl Columns {
    fn new(scene: &Scene<'_>, seen: &[&Entry<'_>], width: usize) -> Self {
        let (mut name, mut address) = (8, 8);
        for entry in seen {
            if let Entry::Row(_, row) = entry {
                name = name.max(cols(&sanitize(scene.model.row_name(row).as_bytes(), 40)));
                let text = scene.model.row_address(row).unwrap_or_default();
                address = address.max(cols(&sanitize(text.as_bytes(), 60)));
            }
        }
        // The state wants to be read: the name gives way first, then the address.
        let room = width.saturating_sub(BEFORE_NAME);
        let name = name.min(room * 28 / 100);
        Self { name, address: address.min((room * 2 / 3).saturating_sub(name + 4)), width }
    }

    fn compose(&self, scene: &Scene<'_>, row: &Row, is_under_hand: bool, line: &mut Strip) {
        let model = scene.model;
        let device = model.row_device(row);
        let saved = of_file(scene, row);
        let is_broken = saved.is_some_and(|saved| saved.profile.is_err());
        line.put(if is_under_hand { ">" } else { " " }, scene.style(Role::TitleFocused));
        let (dot, role) = match device {
            Some(device) => header::dot(device),
            None if is_broken => ("!", Role::StatusLost),
            None => (" ", Role::StatusOff),
        };
        line.put(format!(" {dot} "), scene.style(role));
        let name = sanitize(model.row_name(row).as_bytes(), self.name);
        line.put_fit(&name, self.name, scene.style(Role::TopicDevice));
        line.to(BEFORE_NAME + self.name + 2);
        let address = model.row_address(row).unwrap_or_default();
        let address = sanitize(address.as_bytes(), self.address);
        if is_broken {
            let room = self.width.saturating_sub(line.cols() + 1);
            let words = saved.and_then(|saved| saved.profile.as_ref().err()).map_or("", String::as_str);
            let words = sanitize(short_error(words).as_bytes(), room);
            return line.put_fit(&words, room, scene.style(Role::StatusLost));
        }
        line.put_fit(&address, self.address, scene.style(Role::Text));
        line.to(BEFORE_NAME + self.name + 2 + self.address + 2);
        let used = last_use(scene, row);
        let behind = if used.is_empty() { 1 } else { cols(&used) + 3 };
        let room = self.width.saturating_sub(line.cols() + behind);
        let words = match device {
            Some(device) => state_words(scene, device, room),
            None if model.row_origin(row).is_some_and(|origin| model.shelf.opening.contains(&origin)) => {
                "opening …".to_owned()
            }
            None => String::new(),
        };
        line.put_fit(&words, room, scene.style(role));
        line.put_right(&used, self.width.saturating_sub(1), scene.style(Role::TextFaint));
    }
}

/// Where a connection stands, in as many words as there is room for; the details tell the rest.
fn state_words(scene: &Scene<'_>, device: &Device, room: usize) -> String {
    match &device.connection {
        Connection::Waiting(lost) if room < FULL_STATE => {
            let before = if room < AGAIN_STATE { "" } else { "again in " };
            let again = |at: Timestamp| format!(", {before}{} s", at.since(scene.now).as_secs() + 1);
            let again = lost.retry_at.map(again);
            format!("{}{}", lost.words(), again.unwrap_or_default())
        }
        Connection::Online(_) => "online".to_owned(),
        Connection::Waiting(_) | Connection::Connecting { .. } | Connection::Off => {
            header::state_words(scene, device, room).unwrap_or_default()
        }
    }
}

/// The file of a row.
fn of_file<'a>(scene: &Scene<'a>, row: &Row) -> Option<&'a Saved> {
    match row {
        Row::Saved(name) => scene.model.shelf.of_name(name),
        Row::Open(_) | Row::Local | Row::Found(_) => None,
    }
}

/// An error without the directory that its file lies in.
fn short_error(words: &str) -> &str {
    words.lines().next().and_then(|line| line.rsplit_once('/')).map_or(words, |(_, behind)| behind)
}

/// When a device was opened last; blank when that is not known.
fn last_use(scene: &Scene<'_>, row: &Row) -> String {
    let Some(used) = of_file(scene, row).and_then(|saved| saved.used_unix_s) else { return String::new() };
    let now = scene.model.settings.wall.unix_ms_at(scene.now) / 1_000;
    let since = u64::try_from(now.saturating_sub(used)).unwrap_or_default();
    figures::ago(Duration::from_secs(since))
}

/// Words over several lines.
fn paragraph(lines: Vec<Line<'static>>, area: Rect, frame: &mut Frame<'_>) {
    frame.render_widget(Paragraph::new(lines), area);
}

/// Words from outside, folded.
fn folded(text: &str, max_cols: usize, max_lines: usize) -> Vec<String> {
    text.lines().flat_map(|line| wrap(line, max_cols, max_lines)).collect()
}
