//! A message of Sparkplug in one line: `Temperature 21.5 °C, Level 3, +4 · DDATA seq 12`. Owns what is told first; reads
//! no more of a payload than a row may cost.
use super::super::bounds::{Bounds, MAX_DEPTH};
use super::super::escape::{cols, push_sane};
use super::super::jot::Jot;
use super::super::reader::Reader;
use super::super::value::{Kind, MAX_PARSED_BYTES, Preview};
use super::super::{Ink, Line};
use super::births::Births;
use super::metric::Metric;
use super::route::{Message, Route};
use super::{IS_BUILT_IN, Told, all, last, packed};

/// Metrics told by name: a row has no room for more.
const MAX_TOLD: usize = 16;

/// Most bytes of a value that is told.
const MAX_VALUE_BYTES: usize = 512;

/// Room that is left for how many more there are.
const MORE_COLS: usize = 7;

/// One line of a payload; none where it is not Sparkplug, or too long to be read for a line.
pub fn preview(told: &Told, payload: &[u8], max_cols: usize) -> Option<Preview> {
    let route = Route::parse(&told.topic)?;
    if !IS_BUILT_IN || payload.is_empty() || payload.len() > MAX_PARSED_BYTES {
        return None;
    }
    let bounds = Bounds { max_out_bytes: MAX_PARSED_BYTES, ..Bounds::default() };
    let inside = packed::undo(payload, &bounds).ok()?;
    let reader = Reader::new(inside.as_ref().map_or(payload, |inside| &inside.bytes));
    let metrics = metrics(reader)?;
    let mut line = Line::default();
    match route.message {
        Message::NodeDeath | Message::DeviceDeath => line.push(Ink::Text, "offline"),
        Message::NodeBirth | Message::DeviceBirth => line.push(Ink::Text, "online"),
        Message::NodeData | Message::NodeCommand | Message::DeviceData | Message::DeviceCommand => {}
    }
    tell(&mut line, &metrics, &told.births, max_cols);
    let level = route.message.level();
    let tail = match last(reader, 3).ok()?.and_then(|field| field.varint().ok()) {
        Some(seq) if line.cols == 0 => format!("{level} seq {seq}"),
        Some(seq) => format!(" · {level} seq {seq}"),
        None if line.cols == 0 => level.to_owned(),
        None => String::new(),
    };
    if line.cols == 0 || line.cols + cols(&tail) <= max_cols {
        line.push(Ink::Faint, &tail);
    }
    if line.cols > max_cols {
        line.cut(max_cols);
    }
    Some(Preview { kind: Kind::Object, line })
}

/// The metrics of a payload that is well formed.
fn metrics(reader: Reader<'_>) -> Option<Vec<Metric<'_>>> {
    let mut metrics = Vec::new();
    for field in all(reader) {
        let field = field.ok()?;
        if field.number == 2 {
            metrics.push(Metric::read(field.inside().ok()?).ok()?);
        }
    }
    Some(metrics)
}

/// As many metrics as there is room for, and how many there are beside.
fn tell(line: &mut Line, metrics: &[Metric<'_>], births: &Births, max_cols: usize) {
    for (place, metric) in metrics.iter().enumerate() {
        let is_last = place + 1 == metrics.len();
        let room = max_cols.saturating_sub(line.cols + if is_last { 0 } else { MORE_COLS });
        let mut piece = Line::default();
        let between = if place > 0 {
            ", "
        } else if line.cols > 0 {
            ": "
        } else {
            ""
        };
        piece.push(Ink::Faint, between);
        push_sane(&mut piece, Ink::Key, metric.title(births).as_bytes(), max_cols);
        value(&mut piece, metric, births, max_cols);
        if place >= MAX_TOLD || (place > 0 && piece.cols > room) {
            line.push(Ink::Faint, &format!(", +{}", metrics.len() - place));
            return;
        }
        piece.spans.iter().for_each(|span| line.push(span.ink, &span.text));
    }
}

fn value(piece: &mut Line, metric: &Metric<'_>, births: &Births, max_cols: usize) {
    piece.push(Ink::Plain, " ");
    let bounds = Bounds { max_out_bytes: MAX_VALUE_BYTES, max_depth: MAX_DEPTH, max_layers: 1 };
    let mut jot = Jot::new(&bounds);
    match metric.value(&mut jot, births) {
        Ok(()) => {
            let json = jot.finish();
            let text = serde_json::from_slice::<String>(&json);
            let ink = match (json.first(), &text) {
                (_, Ok(_)) => Ink::Text,
                (Some(b'{' | b'['), Err(_)) => Ink::Structure,
                (Some(b't' | b'f' | b'n'), Err(_)) => Ink::Literal,
                (Some(_) | None, Err(_)) => Ink::Number,
            };
            push_sane(piece, ink, text.as_deref().map_or(&json, |text| text.as_bytes()), max_cols);
            let unit = metric.unit().or_else(|| births.known(metric)?.unit.clone());
            if let Some(unit) = unit.filter(|_| ink == Ink::Number) {
                push_sane(piece, Ink::Faint, format!(" {unit}").as_bytes(), max_cols);
            }
        }
        Err(_) => piece.push(Ink::Faint, "…"),
    }
    if let Some(doubt) = metric.doubt() {
        piece.push(Ink::Escape, &format!(" {doubt}"));
    }
}
