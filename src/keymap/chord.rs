//! A key with its modifiers, and how it is written. Owns the spelling; knows no command and no terminal.
use std::fmt;
use std::str::FromStr;

/// A key by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A character, shift already applied: `G`, not shift and `g`.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Tab with shift.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// A function key, counted from 1.
    F(u8),
}

/// A key with modifiers, in the one form under which it is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord {
    /// The key.
    pub key: Key,
    /// Control was held.
    pub ctrl: bool,
    /// Alt (or meta) was held.
    pub alt: bool,
    /// Shift was held; never set for characters and `BackTab`, which hold it already.
    pub shift: bool,
}

/// A text that names no chord.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no key; write it like \"j\", \"G\", \"ctrl-d\", \"alt-x\", \"enter\", \"space\" or \"f1\"")]
pub struct ChordError(pub String);

/// Keys that have a name, each with the spelling we print first.
const NAMES: [(&str, Key); 24] = [
    ("enter", Key::Enter),
    ("return", Key::Enter),
    ("esc", Key::Esc),
    ("escape", Key::Esc),
    ("tab", Key::Tab),
    ("shift-tab", Key::BackTab),
    ("backtab", Key::BackTab),
    ("backspace", Key::Backspace),
    ("delete", Key::Delete),
    ("del", Key::Delete),
    ("up", Key::Up),
    ("down", Key::Down),
    ("left", Key::Left),
    ("right", Key::Right),
    ("home", Key::Home),
    ("end", Key::End),
    ("pgup", Key::PageUp),
    ("pageup", Key::PageUp),
    ("page-up", Key::PageUp),
    ("pgdn", Key::PageDown),
    ("pagedown", Key::PageDown),
    ("page-down", Key::PageDown),
    ("space", Key::Char(' ')),
    ("minus", Key::Char('-')),
];

impl Chord {
    /// A chord in its one form, whatever way the terminal told of it: a shifted character is the
    /// character itself, control knows no case, and shift with Tab is `BackTab`.
    pub fn new(key: Key, ctrl: bool, alt: bool, shift: bool) -> Self {
        match key {
            Key::Char(c) => {
                let mut cased = c.to_uppercase();
                let key = match (ctrl, shift, cased.next(), cased.next()) {
                    // Without a keyboard protocol a terminal sends the same byte for ctrl-d and ctrl-D.
                    (true, ..) => Key::Char(c.to_ascii_lowercase()),
                    (false, true, Some(upper), None) => Key::Char(upper),
                    (false, ..) => Key::Char(c),
                };
                Self { key, ctrl, alt, shift: false }
            }
            Key::Tab if shift => Self { key: Key::BackTab, ctrl, alt, shift: false },
            Key::BackTab => Self { key, ctrl, alt, shift: false },
            Key::Enter
            | Key::Esc
            | Key::Tab
            | Key::Backspace
            | Key::Delete
            | Key::Up
            | Key::Down
            | Key::Left
            | Key::Right
            | Key::Home
            | Key::End
            | Key::PageUp
            | Key::PageDown
            | Key::F(_) => Self { key, ctrl, alt, shift },
        }
    }

    /// A key without modifiers.
    pub fn plain(key: Key) -> Self {
        Self::new(key, false, false, false)
    }

    /// The character it types when a text is being written; none for keys and with control or alt.
    pub fn text(self) -> Option<char> {
        match self.key {
            Key::Char(c) if !self.ctrl && !self.alt => Some(c),
            Key::Char(_)
            | Key::Enter
            | Key::Esc
            | Key::Tab
            | Key::BackTab
            | Key::Backspace
            | Key::Delete
            | Key::Up
            | Key::Down
            | Key::Left
            | Key::Right
            | Key::Home
            | Key::End
            | Key::PageUp
            | Key::PageDown
            | Key::F(_) => None,
        }
    }

    /// Why the chord may never arrive from a plain terminal over SSH, when that is so.
    pub fn trouble(self) -> Option<&'static str> {
        match (self.ctrl, self.key) {
            (true, Key::Char('s' | 'q')) => Some("many terminals keep it for flow control"),
            (true, Key::Char('i')) => Some("a terminal sends it as tab"),
            (true, Key::Char('m')) => Some("a terminal sends it as enter"),
            (true, Key::Char('[')) => Some("a terminal sends it as esc"),
            (true, Key::Enter) => Some("a terminal sends it as plain enter"),
            _ => None,
        }
    }
}

impl FromStr for Chord {
    type Err = ChordError;

    fn from_str(text: &str) -> Result<Self, ChordError> {
        let (mut ctrl, mut alt, mut shift) = (false, false, false);
        let mut rest = text;
        loop {
            if let Some(key) = key(rest) {
                return Ok(Self::new(key, ctrl, alt, shift));
            }
            let (modifier, after) = rest.split_once('-').ok_or_else(|| ChordError(text.to_owned()))?;
            match modifier.to_ascii_lowercase().as_str() {
                "ctrl" | "c" if !ctrl => ctrl = true,
                "alt" | "meta" | "a" if !alt => alt = true,
                "shift" | "s" if !shift => shift = true,
                _ => return Err(ChordError(text.to_owned())),
            }
            rest = after;
        }
    }
}

/// The key a text names without modifiers.
fn key(text: &str) -> Option<Key> {
    let mut chars = text.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return (!c.is_control()).then_some(Key::Char(c));
    }
    let lower = text.to_ascii_lowercase();
    if let Some((_, key)) = NAMES.iter().find(|(name, _)| *name == lower) {
        return Some(*key);
    }
    let n: u8 = lower.strip_prefix('f')?.parse().ok()?;
    (1..=24).contains(&n).then_some(Key::F(n))
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [(self.ctrl, "ctrl-"), (self.alt, "alt-"), (self.shift, "shift-")] {
            if held {
                f.write_str(name)?;
            }
        }
        // A lone hyphen reads well; behind a modifier it needs its name.
        let hyphen = self.key == Key::Char('-') && !(self.ctrl || self.alt);
        match (NAMES.iter().find(|(_, key)| *key == self.key).filter(|_| !hyphen), self.key) {
            (Some((name, _)), _) => f.write_str(name),
            (None, Key::Char(c)) => write!(f, "{c}"),
            (None, Key::F(n)) => write!(f, "f{n}"),
            (None, key) => write!(f, "{key:?}"),
        }
    }
}
