//! A member in one line. Owns what of it is said: its name or place, its value or what it holds.
use super::{Outline, Shape};
use crate::decode::escape::{MAX_BYTES_PER_COL, push_sane};
use crate::decode::respell::compacted;
use crate::decode::{Ink, Line, figures};

/// How a member is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// What lies in it follows in rows of its own.
    Unfolded,
    /// It stands for all that lies in it.
    Folded,
}

impl Outline {
    /// A member in one line of so many columns.
    pub fn line(&self, payload: &[u8], node: usize, face: Face, max_cols: usize) -> Line {
        let mut line = Line::default();
        match self.key(payload, node) {
            Some(key) => {
                push_sane(&mut line, Ink::Key, key, max_cols);
                if self.is_twin(node) {
                    push_sane(&mut line, Ink::Escape, b" (name repeated)", max_cols);
                }
                line.push(Ink::Structure, ": ");
            }
            None if self.parent(node).is_some() => {
                line.push(Ink::Faint, &format!("[{}] ", self.place(node)));
            }
            None => {}
        }
        let shape = self.shape(payload, node);
        let n = self.n_children(node) as u64;
        // Of a beginning nobody knows how many there are.
        let open_end = if self.is_whole || self.end(node) < self.len() { "" } else { "+" };
        match shape {
            Shape::Object if n == 0 && open_end.is_empty() => line.push(Ink::Structure, "{}"),
            Shape::List if n == 0 && open_end.is_empty() => line.push(Ink::Structure, "[]"),
            Shape::Object => line.push(Ink::Structure, &count("{", n, open_end, "key", "}")),
            Shape::List => line.push(Ink::Structure, &count("[", n, open_end, "value", "]")),
            Shape::Single => self.single(payload, node, &mut line, max_cols),
        }
        if shape != Shape::Single && face == Face::Folded && n > 0 && line.cols + 1 < max_cols {
            line.push(Ink::Faint, " ");
            let room = (max_cols + 1) * MAX_BYTES_PER_COL;
            let rest = self.value_start(payload, node).and_then(|start| payload.get(start..));
            let rest = rest.unwrap_or_default();
            let rest = rest.get(..room.min(rest.len())).unwrap_or_default();
            let text = compacted(self.clipped(payload, node, rest), room);
            push_sane(&mut line, Ink::Faint, &text, max_cols);
        }
        if line.cols > max_cols {
            line.cut(max_cols);
        }
        line
    }

    /// No more of what follows than belongs to the member, as far as that is worth finding out.
    fn clipped<'a>(&self, payload: &'a [u8], node: usize, rest: &'a [u8]) -> &'a [u8] {
        let begins = self.value_start(payload, self.end(node) - 1).unwrap_or_default();
        let start = self.value_start(payload, node).unwrap_or_default();
        if begins.saturating_sub(start) < rest.len() { self.value(payload, node) } else { rest }
    }

    fn single(&self, payload: &[u8], node: usize, line: &mut Line, max_cols: usize) {
        let value = self.value(payload, node);
        let ink = match value.first() {
            Some(b'"') => Ink::Text,
            Some(b't' | b'f' | b'n') => Ink::Literal,
            Some(_) | None => Ink::Number,
        };
        push_sane(line, ink, value, max_cols);
    }
}

fn count(open: &str, n: u64, more: &str, noun: &str, close: &str) -> String {
    if more.is_empty() {
        return format!("{open}{}{close}", figures::counted(n, noun));
    }
    format!("{open}{}{more} {noun}s{close}", figures::grouped(n))
}
