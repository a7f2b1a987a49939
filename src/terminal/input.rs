//! Keys, pastes and sizes from the terminal. Owns putting split escape sequences together.
//!
//! Over SSH an arrow may arrive in two pieces: ESC now, `[A` a moment later. crossterm takes a lone ESC for
//! the key. So an Esc is held for [`ESC_WAIT`]; what follows within it and reads like a sequence is one.
use crate::keymap::{Chord, Key};
use crossterm::event::{Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures_util::StreamExt;
use std::collections::VecDeque;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::{Sleep, sleep};

/// How long a lone ESC may be the beginning of a key.
const ESC_WAIT: Duration = Duration::from_millis(30);

/// The longest sequence that is put together: `ESC [ 1 ; 5 A` and the like.
const MAX_SEQUENCE: usize = 8;

/// What the terminal tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed.
    Key(Chord),
    /// Text was pasted.
    Paste(String),
    /// The terminal has another size.
    Resize(u16, u16),
    /// The terminal is gone.
    Gone,
}

/// The stream of inputs.
#[derive(Debug)]
pub struct Keys {
    /// `None` while the program is stopped.
    stream: Option<EventStream>,
    pending: Pending,
    /// When what is held is given up on. Kept here, since whoever waits for the next input may give up and ask
    /// again as often as messages come.
    esc_wait: Option<Pin<Box<Sleep>>>,
}

impl Default for Keys {
    fn default() -> Self {
        Self { stream: Some(EventStream::new()), pending: Pending::default(), esc_wait: None }
    }
}

impl Keys {
    /// Stops reading: the terminal goes to the shell.
    pub fn pause(&mut self) {
        self.stream = None;
    }

    /// Reads on with a stream made anew. The old one must be gone before: making one waits for the lock that
    /// the other holds until the next key.
    pub fn go_on(&mut self) {
        self.stream = None;
        self.stream = Some(EventStream::new());
    }

    /// The next input. Nothing is lost when the waiting is given up half-way.
    pub async fn next(&mut self) -> Input {
        loop {
            if let Some(input) = self.pending.ready.pop_front() {
                return input;
            }
            let Some(stream) = &mut self.stream else { return std::future::pending().await };
            let event = if self.pending.is_waiting() {
                let wait = self.esc_wait.get_or_insert_with(|| Box::pin(sleep(ESC_WAIT)));
                tokio::select! {
                    biased;
                    event = stream.next() => event,
                    () = wait.as_mut() => {
                        self.pending.give_up();
                        continue;
                    }
                }
            } else {
                self.esc_wait = None;
                stream.next().await
            };
            if self.pending.paste.is_some() {
                // Every piece of a paste begins the pause anew that ends it.
                self.esc_wait = None;
            }
            match event {
                Some(Ok(event)) => self.pending.take(event),
                Some(Err(_)) | None => return Input::Gone,
            }
        }
    }
}

/// Chords that may yet turn out to be one key.
#[derive(Debug, Default)]
struct Pending {
    held: Vec<Chord>,
    /// A paste whose beginning arrived in two pieces. crossterm swallows its end, so a pause ends it.
    paste: Option<String>,
    ready: VecDeque<Input>,
}

impl Pending {
    fn is_waiting(&self) -> bool {
        !self.held.is_empty() || self.paste.is_some()
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Key(key) => {
                if let Some(chord) = chord(key) {
                    self.take_chord(chord);
                }
            }
            Event::Paste(text) => {
                self.give_up();
                self.ready.push_back(Input::Paste(text));
            }
            Event::Resize(cols, rows) => self.ready.push_back(Input::Resize(cols, rows)),
            Event::FocusGained | Event::FocusLost | Event::Mouse(_) => {}
        }
    }

    fn take_chord(&mut self, chord: Chord) {
        if let Some(paste) = &mut self.paste {
            match chord.key {
                Key::Enter => paste.push('\n'),
                Key::Tab => paste.push('\t'),
                Key::Char(_) => paste.extend(chord.text()),
                Key::Esc
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
                | Key::F(_) => {}
            }
            return;
        }
        if self.held.is_empty() {
            if chord.key == Key::Esc {
                self.held.push(chord);
            } else {
                self.ready.push_back(Input::Key(chord));
            }
            return;
        }
        self.held.push(chord);
        match sequence(self.held.get(1..).unwrap_or_default()) {
            Sequence::Key(whole) => {
                self.held.clear();
                self.ready.push_back(Input::Key(whole));
            }
            Sequence::Paste => {
                self.held.clear();
                self.paste = Some(String::new());
            }
            Sequence::Begun if self.held.len() <= MAX_SEQUENCE => {}
            Sequence::Begun | Sequence::None => self.give_up(),
        }
    }

    /// What is held is what it looks like: keys pressed one after the other. Letters behind an Esc within
    /// the wait are Alt and the letter, which is how terminals send it.
    fn give_up(&mut self) {
        if let Some(text) = self.paste.take() {
            self.ready.push_back(Input::Paste(text));
        }
        match self.held.as_slice() {
            [esc, letter] if esc.key == Key::Esc && letter.text().is_some() => {
                let alt = Chord::new(letter.key, letter.ctrl, true, letter.shift);
                self.ready.push_back(Input::Key(alt));
                self.held.clear();
            }
            _ => self.ready.extend(self.held.drain(..).map(Input::Key)),
        }
    }
}

/// What the chords behind an ESC are.
#[derive(Debug, PartialEq, Eq)]
enum Sequence {
    Key(Chord),
    /// The mark before a paste (xterm's bracketed paste).
    Paste,
    Begun,
    None,
}

/// Reads `[A`, `OA`, `[1;5A`, `[3~` and the like (ECMA-48 section 5.4, as xterm sends them).
fn sequence(chords: &[Chord]) -> Sequence {
    let letters: Option<String> = chords.iter().map(|chord| chord.text()).collect();
    let Some(letters) = letters else { return Sequence::None };
    let Some(rest) = letters.strip_prefix(['[', 'O']) else { return Sequence::None };
    let Some(end) = rest.chars().next_back() else { return Sequence::Begun };
    let parameters = rest.strip_suffix(end).unwrap_or_default();
    if end.is_ascii_digit() || end == ';' {
        return Sequence::Begun;
    }
    if letters == "[200~" {
        return Sequence::Paste;
    }
    let mut numbers = parameters.split(';').map(|number| number.parse::<u8>().unwrap_or(1));
    let (first, modifiers) = (numbers.next().unwrap_or(1), numbers.next().unwrap_or(1).saturating_sub(1));
    let key = match (end, first) {
        ('A', _) => Key::Up,
        ('B', _) => Key::Down,
        ('C', _) => Key::Right,
        ('D', _) => Key::Left,
        ('H', _) | ('~', 1 | 7) => Key::Home,
        ('F', _) | ('~', 4 | 8) => Key::End,
        ('Z', _) => Key::BackTab,
        ('~', 3) => Key::Delete,
        ('~', 5) => Key::PageUp,
        ('~', 6) => Key::PageDown,
        ('P'..='S', _) => Key::F(u8::try_from(u32::from(end) - u32::from('P') + 1).unwrap_or(1)),
        _ => return Sequence::None,
    };
    let is_set = |bit: u8| modifiers & bit != 0;
    Sequence::Key(Chord::new(key, is_set(4), is_set(2), is_set(1)))
}

fn chord(event: KeyEvent) -> Option<Chord> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let key = match event.code {
        KeyCode::Char(letter) => Key::Char(letter),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::F(number) => Key::F(number),
        // Keys that nothing is bound to by any name of ours.
        KeyCode::Insert
        | KeyCode::Null
        | KeyCode::CapsLock
        | KeyCode::ScrollLock
        | KeyCode::NumLock
        | KeyCode::PrintScreen
        | KeyCode::Pause
        | KeyCode::Menu
        | KeyCode::KeypadBegin
        | KeyCode::Media(_)
        | KeyCode::Modifier(_) => return None,
    };
    let has = |modifier| event.modifiers.contains(modifier);
    let chord = Chord::new(key, has(KeyModifiers::CONTROL), has(KeyModifiers::ALT), has(KeyModifiers::SHIFT));
    Some(chord)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(codes: &[KeyCode]) -> Vec<Input> {
        let mut pending = Pending::default();
        for code in codes {
            pending.take(Event::Key(KeyEvent::new(*code, KeyModifiers::NONE)));
        }
        if pending.is_waiting() {
            pending.give_up();
        }
        pending.ready.into()
    }

    #[test]
    fn an_arrow_that_arrives_in_two_pieces_is_an_arrow() {
        use KeyCode::{Char, Esc};
        let key = |key| Input::Key(Chord::plain(key));
        for (codes, expected) in [
            (vec![Esc, Char('['), Char('A')], vec![key(Key::Up)]),
            (vec![Esc, Char('O'), Char('B')], vec![key(Key::Down)]),
            (vec![Esc, Char('['), Char('3'), Char('~')], vec![key(Key::Delete)]),
            (
                vec![Esc, Char('['), Char('1'), Char(';'), Char('5'), Char('C')],
                vec![Input::Key(Chord::new(Key::Right, true, false, false))],
            ),
            (vec![Esc], vec![key(Key::Esc)]),
            (vec![Esc, Esc], vec![key(Key::Esc), key(Key::Esc)]),
            (vec![Esc, Char('j')], vec![Input::Key(Chord::new(Key::Char('j'), false, true, false))]),
            (
                vec![
                    Esc,
                    Char('['),
                    Char('2'),
                    Char('0'),
                    Char('0'),
                    Char('~'),
                    Char('q'),
                    KeyCode::Enter,
                    Char('X'),
                ],
                vec![Input::Paste("q\nX".into())],
            ),
            (vec![Char('j'), Char('[')], vec![key(Key::Char('j')), key(Key::Char('['))]),
        ] {
            assert_eq!(pieces(&codes), expected, "{codes:?}");
        }
    }
}
