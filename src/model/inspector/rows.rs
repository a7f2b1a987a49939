//! What the tab Value shows of a structured value: the rows of a window, the path under the hand. Owns no row
//! beyond the screen.
use super::folds::Doc;
use super::inside::Inside;
use super::structure::{Structure, path_of};
use super::{Decoded, Form, Inspector, Tab};
use crate::decode::outline::{Compared, Face};
use crate::decode::{Ink, Line, figures};
use crate::model::shown::Shown;
use crate::store::Direction;

/// Fewer rows than this have none to spare for what is said above the tree.
const MIN_ROOMY_ROWS: usize = 10;

/// What is shown of a structured value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Structured {
    /// What the decoders did, above the rows.
    pub head: Vec<Line>,
    /// What the first row lies in, then the rows that scroll.
    pub rows: Vec<StructureRow>,
    /// How many of `rows` do not scroll.
    pub n_sticky: usize,
    /// The path under the hand, or why there is none; not sanitized.
    pub path: String,
    /// What was searched for and how often it is there, else what a text under the hand is beside what it says.
    pub note: String,
    /// Whether the value in short has no room above.
    pub is_tight: bool,
}

/// A row of it.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own, in any combination")]
pub struct StructureRow {
    /// Which member.
    pub node: usize,
    /// How many it lies within.
    pub depth: usize,
    /// Its name and what it holds.
    pub line: Line,
    /// Whether there are members in it.
    pub has_members: bool,
    /// Whether they are shown.
    pub is_open: bool,
    /// Whether it is another than in the message before.
    pub is_changed: bool,
    /// Whether the search matches it.
    pub is_match: bool,
    /// Whether it is under the hand.
    pub is_cursor: bool,
}

impl Decoded {
    /// Its index, where it is structured.
    pub fn doc(&self) -> Option<Doc<'_>> {
        match &self.form {
            Form::Tree(outline) => Some(Doc { outline, payload: &self.payload }),
            Form::Json(_) | Form::Text(_) | Form::Hex { .. } => None,
        }
    }

    /// What tells it from another message, or from the beginning of itself.
    pub fn identity(&self) -> (u64, bool) {
        (self.subject.sequence ^ self.subject.jq, self.doc().is_none_or(|doc| doc.outline.is_whole()))
    }
}

impl Inspector {
    /// The structured value on screen and the hand in it.
    pub fn structure(&mut self) -> Option<(&mut Structure, Doc<'_>)> {
        let decoded = self.decoded.as_ref().filter(|_| self.is_structured && self.tab == Tab::Value)?;
        let structure = self.structures.last_mut().filter(|known| known.row == decoded.subject.row)?;
        let doc = decoded.doc()?;
        structure.settle(decoded.identity(), doc);
        Some((structure, doc))
    }

    /// Looks for the next match within the value; whether one is searched for there.
    pub fn seek_inside(&mut self, direction: Direction) -> bool {
        let Some((structure, doc)) = self.structure() else { return false };
        let cursor = structure.cursor;
        let Some(inside) = &mut structure.inside else { return false };
        inside.seek(doc, cursor, direction);
        true
    }

    /// Whether matches within the value are still looked for.
    pub fn is_searching(&self) -> bool {
        let inside = self.structures.last().and_then(|structure| structure.inside.as_ref());
        self.is_structured && self.tab == Tab::Value && inside.is_some_and(Inside::is_working)
    }
}

/// Makes the rows; none when what is laid out is not structured.
pub fn prepare(shown: &mut Shown, inspector: &mut Inspector, (cols, n_rows): (usize, usize)) -> Option<()> {
    let Inspector { decoded, before, structures, places, .. } = inspector;
    let decoded = decoded.as_ref()?;
    let doc = decoded.doc()?;
    let row = decoded.subject.row;
    let is_filtered = decoded.subject.jq != 0;
    structures.retain(|known| known.row != row || known.is_filtered == is_filtered);
    if let Some(at) = structures.iter().position(|known| known.row == row) {
        let known = structures.remove(at);
        structures.push(known);
    } else {
        if structures.len() == super::structure::MAX_STRUCTURES {
            structures.remove(0);
        }
        let path = places.get(row).filter(|_| !is_filtered);
        let mut structure = Structure::new(row, decoded.identity(), doc, path);
        structure.is_filtered = is_filtered;
        structures.push(structure);
    }
    let structure = structures.last_mut()?;
    structure.settle(decoded.identity(), doc);
    let mut structured = Structured { is_tight: n_rows < MIN_ROOMY_ROWS, ..Structured::default() };
    structured.head = said(&decoded.head, n_rows / 4);
    let above = shown.head.as_ref().map_or(0, |head| head.n_rows() + 1);
    let above = if structured.is_tight { 0 } else { above } + structured.head.len();
    // The path has the lowest row.
    let n_rows = n_rows.saturating_sub(above + 1).max(1);
    let window = structure.window(doc, n_rows);
    let old = before
        .as_ref()
        .filter(|old| old.subject.row == row && old.subject.sequence < decoded.subject.sequence);
    let old = old.and_then(Decoded::doc);
    let mut compared = old.map(|old| Compared::new((doc.outline, doc.payload), (old.outline, old.payload)));
    let needle = structure.inside.as_ref().map(|inside| &inside.needle);
    let mut depths: Vec<(usize, usize)> = Vec::new();
    for node in window.sticky.iter().chain(&window.rows) {
        let depth = depth(doc, *node, &mut depths);
        let is_open = structure.folds.is_open(doc, *node);
        let face = if is_open { Face::Unfolded } else { Face::Folded };
        structured.rows.push(StructureRow {
            node: *node,
            depth,
            line: doc.outline.line(doc.payload, *node, face, cols.max(1)),
            has_members: doc.has_members(*node),
            is_open,
            is_changed: compared.as_mut().is_some_and(|compared| compared.is_changed(*node, is_open)),
            is_match: needle.is_some_and(|needle| doc.outline.is_match(doc.payload, *node, needle)),
            is_cursor: *node == structure.cursor,
        });
    }
    structured.n_sticky = window.sticky.len();
    structured.path = path_words(doc, structure.cursor);
    if is_filtered {
        structured.path.push_str("  (of what jq made)");
    }
    structured.note = match &structure.inside {
        Some(inside) => found_words(inside),
        None => doc.outline.beside(doc.payload, structure.cursor).unwrap_or_default(),
    };
    shown.scroll = structure.cursor;
    shown.n_lines = doc.outline.len();
    shown.is_reading = !doc.outline.is_whole();
    shown.structure = Some(Box::new(structured));
    Some(())
}

/// How deep a row lies, from the rows above it: a walk up for each would take as long as the deepest goes down.
fn depth(doc: Doc<'_>, node: usize, known: &mut Vec<(usize, usize)>) -> usize {
    let parent = doc.outline.parent(node);
    while known.last().is_some_and(|(above, _)| Some(*above) != parent) {
        known.pop();
    }
    let depth = match (known.last(), parent) {
        (Some((_, depth)), _) => depth + 1,
        (None, _) => doc.outline.depth(node),
    };
    known.push((node, depth));
    depth
}

/// The path of a member, or why it has none.
fn path_words(doc: Doc<'_>, node: usize) -> String {
    let twin = if doc.outline.is_twin(node) { "  (of one name the last is meant)" } else { "" };
    if let Some(path) = path_of(doc, node) {
        return format!("{path}{twin}");
    }
    let depth = figures::grouped(doc.outline.depth(node) as u64);
    format!("{depth} deep: a path has at most {} steps", super::folds::MAX_STEPS)
}

/// How many matches there are.
pub fn found_words(inside: &Inside) -> String {
    let n = figures::grouped(inside.n_found as u64);
    match (inside.n_found, inside.is_working()) {
        (0, false) => "no match".to_owned(),
        (1, false) => "1 match".to_owned(),
        (_, false) => format!("{n} matches"),
        (_, true) => format!("{n} matches so far"),
    }
}

/// As much of what the decoders did as there is room for; what they could not do goes before the rest.
fn said(head: &[Line], n_rows: usize) -> Vec<Line> {
    let lines: Vec<&Line> = head.iter().filter(|line| line.cols > 0).collect();
    let is_trouble = |line: &&Line| line.spans.iter().any(|span| span.ink == Ink::Escape);
    let trouble = lines.iter().position(is_trouble).filter(|_| lines.len() > n_rows);
    lines.into_iter().skip(trouble.unwrap_or_default()).take(n_rows).cloned().collect()
}
