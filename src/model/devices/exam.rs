//! The examination of a broker inside the program: its findings as they come, and the verdict. Owns what is shown of
//! it and how it scrolls; the examining is done outside.
use crate::decode::escape::sanitize;
use crate::decode::figures;
use crate::model::device::Connection;
use crate::model::event::Effect;
use crate::model::overlay::Overlay;
use crate::model::{Model, fold};
use crate::mqtt::finding::{Finding, Outcome, Verdict};
use crate::mqtt::{Check, Profile};

/// Findings that are kept: a device file may ask for as many filters as it likes.
pub const MAX_FINDINGS: usize = 1_000;

/// The longest note that is shown: a reason string may be 65,535 bytes.
const MAX_NOTE_COLS: usize = 500;

/// Columns of mark and check, and of the time, before the note.
const CHECK_COLS: usize = 18;
const TOOK_COLS: usize = 10;

/// Rows that header, footer and frame take from the screen.
const ROWS_AROUND: u16 = 4;
/// Columns that the frame takes.
const COLS_AROUND: u16 = 4;

/// What to examine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Which examination of this run it is: findings of one that was left are not another's.
    pub number: u32,
    /// How to connect.
    pub profile: Profile,
    /// Whether nothing may be published.
    pub is_read_only: bool,
}

/// What an examination tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A line of the report.
    Found(Finding),
    /// It is over; so many findings were lost because nobody took them.
    Done(Verdict, usize),
}

/// An examination, running or over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exam {
    /// What is examined.
    pub wanted: Wanted,
    /// What was found, in order.
    pub findings: Vec<Finding>,
    /// Findings beyond those that are kept.
    pub n_dropped: usize,
    /// What it came to; `None` while it runs.
    pub verdict: Option<Verdict>,
    /// The first line shown; `None`: the last ones are, whatever comes.
    scroll: Option<usize>,
}

/// How a line is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Well.
    Good,
    /// Not looked at.
    Skipped,
    /// Not well.
    Bad,
    /// What goes on in a further line, or explains.
    More,
}

/// A line of the report as it is shown; nothing in it steers a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExamLine {
    /// How it is meant.
    pub ink: Ink,
    /// Its beginning: mark and check, empty where a line goes on.
    pub head: String,
    /// Behind it.
    pub text: String,
}

/// Begins to examine, in the place of the list.
pub fn begin(model: &mut Model, mut profile: Profile, effects: &mut Vec<Effect>) {
    model.n_exams += 1;
    if profile.client_id.is_empty() {
        // A form leaves it open; for 3.1.1 it must not be.
        profile.client_id = format!("mqttscope-doctor-{:x}", model.settings.wall.unix_ms);
    }
    // A broker that hears a client id twice throws the first one out.
    let is_in_use = model.devices.iter().any(|device| {
        device.profile.client_id == profile.client_id && !matches!(device.connection, Connection::Off)
    });
    if is_in_use && profile.clean_start {
        profile.client_id.push_str("-doctor");
    }
    let wanted = Wanted { number: model.n_exams, profile, is_read_only: model.settings.read_only };
    run(model, wanted, effects);
}

fn run(model: &mut Model, wanted: Wanted, effects: &mut Vec<Effect>) {
    effects.push(Effect::Examine(Box::new(wanted.clone())));
    let exam = Exam { wanted, findings: Vec::new(), n_dropped: 0, verdict: None, scroll: None };
    model.overlay = Overlay::Exam(Box::new(exam));
}

/// Examines once more; what runs is given up.
pub fn repeat(model: &mut Model, effects: &mut Vec<Effect>) {
    let Overlay::Exam(exam) = &model.overlay else { return };
    let mut wanted = exam.wanted.clone();
    model.n_exams += 1;
    wanted.number = model.n_exams;
    run(model, wanted, effects);
}

/// Gives it up and shows what was before.
pub fn leave(model: &mut Model, effects: &mut Vec<Effect>) {
    if let Overlay::Exam(_) = model.overlay {
        model.overlay = Overlay::None;
        effects.push(Effect::StopExamining);
    }
}

/// The examination of a number tells something.
pub fn told(model: &mut Model, number: u32, told: Told) {
    let Overlay::Exam(exam) = &mut model.overlay else { return };
    if exam.wanted.number != number {
        return;
    }
    match told {
        Told::Found(_) if exam.findings.len() >= MAX_FINDINGS => exam.n_dropped += 1,
        Told::Found(finding) => exam.findings.push(finding),
        Told::Done(verdict, n_lost) => {
            exam.verdict = Some(verdict);
            exam.n_dropped += n_lost;
        }
    }
}

impl Exam {
    /// The report on a screen of so many columns.
    pub fn lines(&self, screen_cols: u16) -> Vec<ExamLine> {
        let room = usize::from(screen_cols.saturating_sub(COLS_AROUND));
        let mut lines: Vec<ExamLine> =
            self.findings.iter().flat_map(|finding| of_finding(finding, room)).collect();
        if self.n_dropped > 0 {
            let text = format!("{} found no place here", figures::counted(self.n_dropped as u64, "finding"));
            lines.push(ExamLine { ink: Ink::More, head: String::new(), text });
        }
        lines
    }

    /// How many lines are seen at once.
    pub fn n_seen(screen_rows: u16) -> usize {
        usize::from(screen_rows.saturating_sub(ROWS_AROUND))
    }

    /// The first line shown, of so many.
    pub fn top(&self, n_lines: usize, screen_rows: u16) -> usize {
        let last = n_lines.saturating_sub(Self::n_seen(screen_rows));
        self.scroll.map_or(last, |scroll| scroll.min(last))
    }

    /// Scrolls on a screen of a size; at the end it follows what comes.
    pub fn scroll_by(&mut self, by: isize, (cols, rows): (u16, u16)) {
        let n_lines = self.lines(cols).len();
        let top = self.top(n_lines, rows).saturating_add_signed(by);
        self.scroll = (top < n_lines.saturating_sub(Self::n_seen(rows))).then_some(top);
    }
}

fn of_finding(finding: &Finding, room: usize) -> Vec<ExamLine> {
    let (ink, mark) = match &finding.outcome {
        Outcome::Good => (Ink::Good, "✓"),
        Outcome::Skipped => (Ink::Skipped, "–"),
        Outcome::Bad { .. } => (Ink::Bad, "✗"),
    };
    let head = format!("{mark} {}", finding.check.name());
    let took = finding.took.map(figures::span).unwrap_or_default();
    let before = CHECK_COLS + TOOK_COLS + 2;
    let mut lines = Vec::new();
    let note = sanitize(finding.note.as_bytes(), MAX_NOTE_COLS);
    for (n, piece) in fold::words(&note, room.saturating_sub(before)).into_iter().enumerate() {
        lines.push(if n == 0 {
            let text = format!("{took:>TOOK_COLS$}  {piece}").trim_end().to_owned();
            ExamLine { ink, head: format!("{head:<CHECK_COLS$}"), text }
        } else {
            ExamLine { ink: Ink::More, head: String::new(), text: format!("{:before$}{piece}", "") }
        });
    }
    if let Outcome::Bad { meaning, remedy } = &finding.outcome {
        let remedy = remedy.as_ref().map(|remedy| sanitize(remedy.as_bytes(), MAX_NOTE_COLS));
        let label = |label: &'static str, words: &str| {
            let pieces = fold::words(words, room.saturating_sub(label.len() + 2));
            let first = std::iter::once(label).chain(std::iter::repeat(""));
            let width = label.len();
            let line = |(label, piece): (&str, String)| ExamLine {
                ink: Ink::More,
                head: String::new(),
                text: format!("  {label:<width$}{piece}"),
            };
            first.zip(pieces).map(line).collect::<Vec<_>>()
        };
        lines.extend(label("that means: ", meaning));
        lines.extend(remedy.iter().flat_map(|remedy| label("what to try: ", remedy)));
    }
    lines
}

/// What is being done now, as far as the findings tell.
pub fn state_words(exam: &Exam) -> String {
    match (exam.verdict, exam.findings.last()) {
        (Some(verdict), _) => verdict.words().to_owned(),
        (None, None) => "is being examined".to_owned(),
        (None, Some(last)) => match last.check {
            Check::Disconnect => "is being left".to_owned(),
            Check::Step(_) | Check::Certificate | Check::Limits | Check::Subscribe | Check::RoundTrip(_) => {
                format!("is being examined: {} done", last.check.name())
            }
        },
    }
}
