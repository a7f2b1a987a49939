//! The help screen's lines: commands with their keys, by context. Owns their order and how far they scroll.
use super::fold;
use crate::command::{Command, Context};
use crate::keymap::{Chord, Keymap};

/// Columns of the screen from which the lines stand in two columns.
const TWO_COLUMNS_FROM: u16 = 160;

/// The widest column: the longest keys and the longest words.
const MAX_COLUMN_COLS: u16 = 78;

/// Columns of the keys; a few commands have more of them, and few words.
pub const KEY_COLS: usize = 14;

/// Rows that header, footer and frame take from the screen.
const ROWS_AROUND: u16 = 4;

/// Lines below a title that show what it is about.
const FIRST_KEYS: usize = 4;

/// A line of the help screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HelpLine {
    /// Where the keys below are heard.
    Title(&'static str),
    /// The keys of a command and what it does.
    Keys {
        /// As they are read, parted by blanks; empty where the words of the line before go on.
        keys: String,
        /// What the command does.
        words: String,
    },
    /// A line of plain words.
    Words(String),
    /// Nothing.
    Blank,
}

/// What is told below the keys: a title, and words for each line of thought.
const TOLD: [(&str, &[&str]); 1] = [(
    "Loops",
    &[
        "MQTT brings what we publish back to us where a subscription of ours covers the topic. mqttscope marks \
         that as an echo and never publishes because of what it hears, so it makes no loop alone.",
        "Another program that answers on the topic it hears, such as a lamp that repeats what it is told or a \
         bridge between two brokers, can answer each of our publications, and we are asked to publish again: \
         many brokers bear that badly. Let one side publish to a topic and the other listen, with an answer \
         on another topic (lamp/set and lamp/state).",
        "When five of our publications in a row, within a second, were each followed within 200 ms by somebody \
         else's message on the topic, a banner names the topic; esc dismisses it. No local, an option of a \
         subscription in MQTT 5 (S, e), leaves our own echoes out.",
    ],
)];

/// The lines, in one column or two.
pub fn columns(keymap: &Keymap, cols: u16) -> Vec<Vec<HelpLine>> {
    let lines = lines(keymap, usize::from(column_cols(cols)));
    if cols < TWO_COLUMNS_FROM {
        return vec![lines];
    }
    // Parted where a context begins, as near to the middle as may be.
    let blanks = lines.iter().enumerate().filter(|(_, line)| **line == HelpLine::Blank);
    let middle =
        blanks.map(|(at, _)| at).min_by_key(|at| at.abs_diff(lines.len() / 2)).unwrap_or(lines.len());
    let (left, right) = lines.split_at(middle);
    vec![left.to_vec(), right.iter().skip(1).cloned().collect()]
}

/// Columns of a column, on a screen of so many.
pub fn column_cols(cols: u16) -> u16 {
    let n_columns = if cols < TWO_COLUMNS_FROM { 1 } else { 2 };
    // The frame takes two columns, and each column has a blank on both sides.
    (cols.saturating_sub(2) / n_columns).saturating_sub(2).min(MAX_COLUMN_COLS)
}

/// How many lines of it are seen at once.
pub fn n_seen(rows: u16) -> usize {
    usize::from(rows.saturating_sub(ROWS_AROUND))
}

/// The line that it opens with: the first one, if the keys of where we are begin on the first page.
pub fn first_line(keymap: &Keymap, context: Context, cols: u16, rows: u16) -> usize {
    let title = HelpLine::Title(context.title());
    let columns = columns(keymap, cols);
    let begins = columns.iter().find_map(|lines| lines.iter().position(|line| *line == title));
    begins.filter(|at| *at + FIRST_KEYS > n_seen(rows)).unwrap_or(0)
}

/// The furthest that it scrolls on a screen of some size.
pub fn max_scroll(keymap: &Keymap, cols: u16, rows: u16) -> usize {
    let longest = columns(keymap, cols).iter().map(Vec::len).max().unwrap_or_default();
    longest.saturating_sub(n_seen(rows))
}

fn lines(keymap: &Keymap, max_cols: usize) -> Vec<HelpLine> {
    let mut lines = Vec::new();
    for context in Context::ALL {
        let commands = Command::ALL.iter().filter(|command| command.contexts().contains(&context));
        let bound: Vec<HelpLine> =
            commands.flat_map(|command| of_command(keymap, context, *command, max_cols)).collect();
        if bound.is_empty() {
            continue;
        }
        if !lines.is_empty() {
            lines.push(HelpLine::Blank);
        }
        lines.push(HelpLine::Title(context.title()));
        lines.extend(bound);
    }
    for (title, told) in TOLD {
        lines.extend([HelpLine::Blank, HelpLine::Title(title)]);
        let folded = told.iter().flat_map(|words| fold::words(words, max_cols));
        lines.extend(folded.map(HelpLine::Words));
    }
    lines
}

/// A command's line, and more of them where its words need them; none when it has no key.
fn of_command(keymap: &Keymap, context: Context, command: Command, max_cols: usize) -> Vec<HelpLine> {
    let chords = keymap.chords(context, command);
    let keys: Vec<String> = chords.iter().map(Chord::to_string).collect();
    let mut keys = keys.join(" ");
    if keys.is_empty() {
        return Vec::new();
    }
    let taken = KEY_COLS.max(keys.len() + 2);
    let words = fold::words(command.help(), max_cols.saturating_sub(taken));
    words.into_iter().map(|words| HelpLine::Keys { keys: std::mem::take(&mut keys), words }).collect()
}
