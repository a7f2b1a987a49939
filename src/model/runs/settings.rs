//! The settings of a generator before it starts: what, which shape, how often, how long. Owns the fields, what is
//! typed into them and the words for what is wrong; starting it is `starts`'.
mod field;

pub use field::Field;

use super::generator::Generator;
use super::schedule::{Rate, Schedule, Until};
use super::source::{Beside, SLOT, Source};
use super::work::Work;
use crate::decode::figures;
use crate::device::{Generator as Values, Node, Plan, Shape, Value};
use crate::keymap::Chord;
use crate::model::event::DeviceId;
use crate::model::line::Line;
use crate::model::publications::draft::Draft;
use crate::time::{Timestamp, parse_span};
use std::time::Duration;

/// Numbers of the preview: as many as its box is wide.
const PREVIEW_NUMBERS: u32 = 72;

/// Periods that the preview shows.
const PREVIEW_PERIODS: u32 = 2;

/// The most publications that can be asked for; a larger number is a slip.
const MAX_COUNT: u64 = 1_000_000_000;

/// What is published.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A kept node's value, in its codec; with what is sent when it is always the same.
    Node(Box<Node>, Value),
    /// What the form holds, as it is written.
    Text(Draft),
}

/// The settings as they stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The device that it publishes to.
    pub device: DeviceId,
    /// What can be published here.
    pub targets: Vec<Target>,
    /// Which of them.
    pub target: usize,
    /// How values follow each other.
    pub shape: Shape,
    /// The field that hears keys.
    pub field: Field,
    /// What would run, in words, or what is wrong.
    pub told: Result<String, String>,
    /// Numbers of the shape, for a picture of it.
    pub preview: Vec<f64>,
    beside: Beside,
    value: Line,
    min: Line,
    max: Line,
    period: Line,
    step: Line,
    seed: Line,
    rate: Line,
    until: Line,
}

/// What the settings come to.
#[derive(Clone, Debug)]
struct Ready {
    words: String,
    source: Source,
    rate: Rate,
    until: Until,
    preview: Vec<f64>,
}

impl Settings {
    /// Settings for one of several targets; `seed` is any number.
    pub fn new(device: DeviceId, (targets, target): (Vec<Target>, usize), beside: Beside, seed: u64) -> Self {
        let mut settings = Self {
            device,
            targets,
            target,
            shape: Shape::Constant,
            field: Field::Shape,
            told: Ok(String::new()),
            preview: Vec::new(),
            beside,
            value: Line::default(),
            min: Line::default(),
            max: Line::default(),
            period: Line::with("10s"),
            step: Line::default(),
            seed: Line::with(seed.to_string()),
            rate: Line::with("1"),
            until: Line::default(),
        };
        settings.turn_to(target);
        settings
    }

    /// What is published.
    pub fn target(&self) -> Option<&Target> {
        self.targets.get(self.target)
    }

    /// The fields that have a meaning now, in order.
    pub fn fields(&self) -> Vec<Field> {
        let is_node = matches!(self.target(), Some(Target::Node(..)));
        let is_constant = self.shape == Shape::Constant;
        let has_numbers = !is_constant && !self.has_choices();
        [
            (Field::Target, self.targets.len() > 1),
            (Field::Shape, true),
            (Field::Value, is_constant && is_node),
            (Field::Min, has_numbers),
            (Field::Max, has_numbers),
            (Field::Period, self.shape.has_period()),
            (Field::Step, has_numbers && self.shape != Shape::Square),
            (Field::Seed, self.shape.has_seed()),
            (Field::Rate, true),
            (Field::Until, true),
        ]
        .into_iter()
        .filter_map(|(field, is_seen)| is_seen.then_some(field))
        .collect()
    }

    /// The text of a field that is typed into.
    pub const fn line(&self, field: Field) -> Option<&Line> {
        match field {
            Field::Target | Field::Shape => None,
            Field::Value => Some(&self.value),
            Field::Min => Some(&self.min),
            Field::Max => Some(&self.max),
            Field::Period => Some(&self.period),
            Field::Step => Some(&self.step),
            Field::Seed => Some(&self.seed),
            Field::Rate => Some(&self.rate),
            Field::Until => Some(&self.until),
        }
    }

    /// The same, to be edited.
    pub const fn line_mut(&mut self) -> Option<&mut Line> {
        match self.field {
            Field::Target | Field::Shape => None,
            Field::Value => Some(&mut self.value),
            Field::Min => Some(&mut self.min),
            Field::Max => Some(&mut self.max),
            Field::Period => Some(&mut self.period),
            Field::Step => Some(&mut self.step),
            Field::Seed => Some(&mut self.seed),
            Field::Rate => Some(&mut self.rate),
            Field::Until => Some(&mut self.until),
        }
    }

    /// Applies an editing key to the field's text.
    pub fn edit(&mut self, chord: Chord) {
        if let Some(line) = self.line_mut() {
            line.edit(chord);
        }
        self.check();
    }

    /// Goes to the next field or the one before, round and round.
    pub fn step_field(&mut self, forth: bool) {
        let fields = self.fields();
        let at = fields.iter().position(|field| *field == self.field).unwrap_or_default();
        let by = if forth { 1 } else { fields.len() - 1 };
        self.field = fields[(at + by) % fields.len()];
    }

    /// Goes to the next choice or the one before.
    pub fn step_choice(&mut self, forth: bool) {
        let next = |at: usize, n: usize| (at + if forth { 1 } else { n - 1 }) % n.max(1);
        match self.field {
            Field::Target => self.turn_to(next(self.target, self.targets.len())),
            Field::Shape => {
                let at = Shape::ALL.iter().position(|shape| *shape == self.shape).unwrap_or_default();
                self.shape = Shape::ALL[next(at, Shape::ALL.len())];
                self.check();
            }
            Field::Value
            | Field::Min
            | Field::Max
            | Field::Period
            | Field::Step
            | Field::Seed
            | Field::Rate
            | Field::Until => {}
        }
    }

    /// What would run from a moment on, or what is wrong.
    pub fn work(&self, now: Timestamp) -> Result<Work, String> {
        let ready = self.ready(now)?;
        let schedule = Schedule::new(now, ready.rate, ready.until);
        Ok(Work::Generator(Box::new(Generator::new(ready.words, ready.source, schedule))))
    }

    fn turn_to(&mut self, target: usize) {
        self.target = target;
        let (min, max, value) = match self.target() {
            Some(Target::Node(node, value)) => (node.domain.min, node.domain.max, value.shown()),
            Some(Target::Text(_)) | None => (None, None, String::new()),
        };
        let shown =
            |bound: Option<f64>, or: &str| bound.map_or(or.to_owned(), |bound| Value::Float(bound).shown());
        self.min.set(shown(min, "0"));
        self.max.set(shown(max, "100"));
        self.value.set(value);
        self.check();
    }

    fn has_choices(&self) -> bool {
        match self.target() {
            Some(Target::Node(node, _)) => {
                node.kind == crate::device::Kind::Bool || !node.domain.values.is_empty()
            }
            Some(Target::Text(_)) | None => false,
        }
    }

    pub(super) fn check(&mut self) {
        let ready = self.ready(Timestamp::ZERO);
        self.preview = ready.as_ref().map(|ready| ready.preview.clone()).unwrap_or_default();
        self.told = ready.map(|ready| {
            let until = match ready.until {
                Until::Stopped => "until it is stopped".to_owned(),
                Until::Count(n) => format!("{} times", figures::grouped(n)),
                Until::Time(time) => format!("for {}", figures::span(time)),
            };
            format!("{}, {}/s, {until}", ready.words, ready.rate)
        });
        if !self.fields().contains(&self.field) {
            self.field = Field::Shape;
        }
    }

    fn ready(&self, began: Timestamp) -> Result<Ready, String> {
        let beside = Beside { began, ..self.beside.clone() };
        let rate = Rate::parse(self.rate.text())?;
        let until = until(self.until.text())?;
        let plan = self.plan()?;
        let span =
            if plan.shape.has_period() { plan.period * PREVIEW_PERIODS } else { Duration::from_secs(1) };
        let preview = |values: &Values| {
            if plan.shape == Shape::Constant { Vec::new() } else { values.preview(span, PREVIEW_NUMBERS) }
        };
        let mut words = shape_words(&plan);
        if matches!(self.target(), Some(Target::Text(form)) if form.has_placeholders()) {
            words = format!("{words}, placeholders anew each time");
        }
        let (source, preview) = match self.target().ok_or("there is nothing to publish here")? {
            Target::Text(form) if plan.shape == Shape::Constant => (Source::same(form.clone()), Vec::new()),
            Target::Text(form) => {
                let values = Values::of_numbers(&plan)?;
                let preview = preview(&values);
                let text = &form.publication.payload.0;
                if text.windows(SLOT.len()).any(|part| part == SLOT.as_bytes()) {
                    words = format!("{words} in the payload's {SLOT}");
                }
                (Source::text(form.clone(), values), preview)
            }
            Target::Node(node, _) => {
                if !node.access.can_set() {
                    return Err(crate::model::editor::goes::no_access(node));
                }
                if let Some(ms) = node.rate_limit_ms
                    && rate.period() < Duration::from_millis(ms.into())
                {
                    return Err(format!(
                        "the node takes a value every {ms} ms at most, as its attribute rate_limit_ms says"
                    ));
                }
                let constant = if plan.shape == Shape::Constant {
                    node.within(&node.parse(self.value.text())?)?.0
                } else {
                    Value::Impulse
                };
                let values = Values::of_node(node, &plan, &constant)?;
                let preview = preview(&values);
                let source = Source::node(values, (**node).clone(), beside);
                // What can't be written is known now.
                source.clone().make(Duration::ZERO, &mut |draft| Ok(draft.publication.clone()))?;
                if let Some(path) = node.path() {
                    words = format!("{words} at {path}");
                }
                (source, preview)
            }
        };
        Ok(Ready { words, source, rate, until, preview })
    }

    fn plan(&self) -> Result<Plan, String> {
        let is_seen = |field| self.fields().contains(&field);
        let number = |field: Field, line: &Line| match line.text().trim() {
            "" => Ok(None),
            _ if !is_seen(field) => Ok(None),
            text => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(Some(number)),
                Ok(_) | Err(_) => Err(format!("{} {text:?} is no number", field.title())),
            },
        };
        let period = if is_seen(Field::Period) { parse_span(self.period.text())? } else { Duration::ZERO };
        let seed = match self.seed.text().trim() {
            _ if !is_seen(Field::Seed) => 0,
            text => text
                .parse()
                .map_err(|_not_whole| format!("seed {text:?} is no whole number from 0 to {}", u64::MAX))?,
        };
        Ok(Plan {
            shape: self.shape,
            min: number(Field::Min, &self.min)?,
            max: number(Field::Max, &self.max)?,
            period,
            step: number(Field::Step, &self.step)?,
            seed,
        })
    }
}

/// How long it goes on: a whole number is a count, anything else a time.
fn until(text: &str) -> Result<Until, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Until::Stopped);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return match text.parse() {
            Ok(n) if (1..=MAX_COUNT).contains(&n) => Ok(Until::Count(n)),
            Ok(_) | Err(_) => Err(format!("{text:?} is no count from 1 to {}", figures::grouped(MAX_COUNT))),
        };
    }
    parse_span(text).map(Until::Time).map_err(|words| format!("{words}; a plain number is a count"))
}

/// What a plan makes: `sine 0..100 over 10 s`.
fn shape_words(plan: &Plan) -> String {
    let mut words = plan.shape.name().to_owned();
    let shown = |number: f64| Value::Float(number).shown();
    if let (Some(min), Some(max)) = (plan.min, plan.max) {
        words = format!("{words} {}..{}", shown(min), shown(max));
    }
    if plan.shape.has_period() {
        words = format!("{words} over {}", figures::span(plan.period));
    }
    words
}
