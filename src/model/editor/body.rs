//! The widgets of the editor, one for each way to choose a value. Owns what they hold and how they step; draws and
//! sends nothing.
use crate::device::{Kind, Node, Value};
use crate::model::line::Line;

/// What a value is chosen with.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Which of several nodes at the topic.
    Which(usize),
    /// Nothing to choose.
    Impulse,
    /// On or off.
    Bool(bool),
    /// One of the domain's values; none of them yet.
    Choice(Option<usize>),
    /// A text: a string, JSON, bytes in hexadecimal digits.
    Text(Line),
    /// One number, or the components of a vec.
    Numbers {
        /// The component that hears keys.
        at: usize,
        /// As typed.
        lines: Vec<Line>,
        /// Whether the next character takes the place of the text: it was not typed here.
        is_fresh: bool,
    },
}

impl Body {
    /// The widget for a node's value, showing one.
    pub fn of(node: &Node, value: &Value) -> Self {
        let values = &node.domain.values;
        if !values.is_empty() && node.kind != Kind::Impulse {
            let same = |listed: &Value| node.shown(listed) == node.shown(value);
            return Self::Choice(values.iter().position(same));
        }
        match value {
            Value::Impulse => Self::Impulse,
            Value::Bool(on) => Self::Bool(*on),
            Value::Int(_) | Value::Float(_) => {
                Self::Numbers { at: 0, lines: vec![Line::with(value.shown())], is_fresh: true }
            }
            Value::Vec2(_) | Value::Vec3(_) | Value::Vec4(_) => {
                let part = |number: &f64| Line::with(Value::Float(*number).shown());
                let lines = value.numbers().iter().map(part).collect();
                Self::Numbers { at: 0, lines, is_fresh: true }
            }
            Value::String(_) | Value::List(_) | Value::Map(_) | Value::Bytes(_) => {
                Self::Text(Line::with(value.shown()))
            }
        }
    }

    /// The value chosen, or what is wrong with what was typed.
    pub fn value(&self, node: &Node) -> Result<Value, String> {
        match self {
            Self::Which(_) => Err("several nodes are kept here; choose one".into()),
            Self::Impulse => Ok(Value::Impulse),
            Self::Bool(on) => Ok(Value::Bool(*on)),
            Self::Choice(at) => {
                let value = at.and_then(|at| node.domain.values.get(at));
                value.cloned().ok_or_else(|| "none of the domain's values is chosen yet".to_owned())
            }
            Self::Text(line) => node.parse(line.text()),
            Self::Numbers { lines, .. } => {
                let color = lines.iter().find(|line| line.text().trim_start().starts_with('#'));
                if let Some(color) = color.filter(|_| lines.len() > 1) {
                    return node.parse(color.text());
                }
                let texts: Vec<&str> = lines.iter().map(Line::text).collect();
                node.parse(&texts.join(", "))
            }
        }
    }

    /// The line that hears keys, where there is one.
    pub fn line(&mut self) -> Option<&mut Line> {
        match self {
            Self::Which(_) | Self::Impulse | Self::Bool(_) | Self::Choice(_) => None,
            Self::Text(line) => Some(line),
            Self::Numbers { at, lines, .. } => lines.get_mut(*at),
        }
    }

    /// Moves the choice or the number so many steps up. Whether there was something to move.
    pub fn step(&mut self, node: &Node, n_nodes: usize, n_steps: i32) -> bool {
        // Up in a list is towards its beginning.
        let moved = |at: usize, n: usize| {
            let to = i64::try_from(at).unwrap_or(0) - i64::from(n_steps);
            usize::try_from(to.max(0)).unwrap_or(0).min(n.saturating_sub(1))
        };
        match self {
            Self::Which(at) => *at = moved(*at, n_nodes),
            Self::Bool(on) => *on = !*on,
            Self::Choice(at) => *at = Some(at.map_or(0, |at| moved(at, node.domain.values.len()))),
            Self::Impulse | Self::Text(_) => return false,
            Self::Numbers { .. } => {
                let Ok(value) = self.value(node) else { return false };
                self.show(&node.stepped(&value, self.component(), n_steps));
            }
        }
        true
    }

    /// Goes to the least or the greatest; whether there is one.
    pub fn to_edge(&mut self, node: &Node, n_nodes: usize, is_upper: bool) -> bool {
        let edge = |n: usize| if is_upper { n.saturating_sub(1) } else { 0 };
        match self {
            Self::Which(at) => *at = edge(n_nodes),
            Self::Choice(at) => *at = Some(edge(node.domain.values.len())),
            Self::Bool(on) => *on = is_upper,
            Self::Impulse | Self::Text(_) => return false,
            Self::Numbers { .. } => {
                // What was typed may be no number; a bound is one all the same.
                let value = self.value(node).unwrap_or_else(|_| node.simplest());
                let Some(moved) = node.at_bound(&value, self.component(), is_upper) else { return false };
                self.show(&moved);
            }
        }
        true
    }

    /// Goes to the next or the previous component; whether there are several.
    pub fn next_part(&mut self, forth: bool) -> bool {
        let Self::Numbers { at, lines, is_fresh } = self else { return false };
        let n = lines.len();
        if n > 1 {
            *at = (*at + if forth { 1 } else { n - 1 }) % n;
            *is_fresh = true;
        }
        n > 1
    }

    /// The component that hears keys.
    pub const fn component(&self) -> usize {
        match self {
            Self::Numbers { at, .. } => *at,
            Self::Which(_) | Self::Impulse | Self::Bool(_) | Self::Choice(_) | Self::Text(_) => 0,
        }
    }

    /// The digits of a colour, once they are complete, become its components.
    pub fn spread(&mut self, node: &Node) {
        let Self::Numbers { lines, .. } = self else { return };
        let whole = 1 + 2 * lines.len();
        let is_whole = |line: &Line| line.text().starts_with('#') && line.text().len() == whole;
        if lines.len() > 1
            && lines.iter().any(is_whole)
            && let Ok(value) = self.value(node)
        {
            self.show(&value);
        }
    }

    /// Shows another value of the same type, without moving between components.
    fn show(&mut self, value: &Value) {
        if let Self::Numbers { lines, is_fresh, .. } = self {
            let numbers = value.numbers();
            for (place, line) in lines.iter_mut().enumerate() {
                let text = match (value, numbers.get(place)) {
                    (Value::Int(_), _) | (_, None) => value.shown(),
                    (_, Some(number)) => Value::Float(*number).shown(),
                };
                line.set(text);
            }
            *is_fresh = true;
        }
    }
}
