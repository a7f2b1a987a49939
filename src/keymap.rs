//! Which chord means which command. Owns the chords and the keymap files; does not own the commands.
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::command::{Command, Context};
use crate::warning::{Warning, did_you_mean, line_of};

mod chord;
mod table;
#[cfg(test)]
mod tests;

pub use chord::{Chord, ChordError, Key};
pub use table::markdown;

/// The keys as shipped, in the form of the user's own file.
pub const DEFAULT: &str = include_str!("keymap/default.toml");

/// The word that takes a key away.
const NONE: &str = "none";

/// Chords and what they mean, by context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    /// The user's before the shipped, so that a help line names the key its reader chose.
    bindings: Vec<Binding>,
}

/// One line of a keymap file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Binding {
    context: Context,
    chord: Chord,
    /// None where the user took the key away.
    command: Option<Command>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self { bindings: read(DEFAULT, "keymap/default.toml").0 }
    }
}

impl Keymap {
    /// The shipped keys with a user's file over them. What is wrong in the file is passed over and told;
    /// lines that are no TOML at all leave the shipped keys.
    pub fn with_user(text: &str, file: &str) -> (Self, Vec<Warning>) {
        let (mut bindings, warnings) = read(text, file);
        let shipped = Self::default().bindings;
        let n_user = bindings.len();
        for binding in shipped {
            let taken = bindings
                .iter()
                .take(n_user)
                .any(|user| (user.context, user.chord) == (binding.context, binding.chord));
            if !taken {
                bindings.push(binding);
            }
        }
        (Self { bindings }, warnings)
    }

    /// What a chord means where it is typed: the context's own meaning, else its base's, else the one
    /// everywhere. Where characters are typed or asked for, those bound everywhere are not heard.
    pub fn command(&self, context: Context, chord: Chord) -> Option<Command> {
        let is_typed = context.takes_characters() && chord.text().is_some();
        let mut heard = context.heard().filter(|heard| !is_typed || *heard != Context::Everywhere);
        heard.find_map(|context| self.binding(context, chord))?.command
    }

    /// The chords that mean a command where it is heard, the user's own first.
    pub fn chords(&self, context: Context, command: Command) -> Vec<Chord> {
        let mut chords: Vec<Chord> = Vec::new();
        for from in context.heard() {
            for binding in &self.bindings {
                let heard = binding.context == from
                    && binding.command == Some(command)
                    && !chords.contains(&binding.chord)
                    && self.command(context, binding.chord) == Some(command);
                if heard {
                    chords.push(binding.chord);
                }
            }
        }
        chords
    }

    fn binding(&self, context: Context, chord: Chord) -> Option<&Binding> {
        self.bindings.iter().find(|binding| binding.context == context && binding.chord == chord)
    }
}

/// Reads a keymap file, in the order of its lines.
fn read(text: &str, file: &str) -> (Vec<Binding>, Vec<Warning>) {
    let (mut bindings, mut warnings) = (Vec::new(), Vec::new());
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut lines: Vec<Line<'_>> = Vec::new();
    for (section, content) in table.into_inner() {
        let name = section.get_ref();
        let Some(context) = Context::from_name(name) else {
            let hint = did_you_mean(name, Context::ALL.map(Context::name));
            let what = format!("no section is called {name:?}{hint}");
            warnings.push(Warning::at(file, text, section.span().start, what));
            continue;
        };
        let start = content.span().start;
        if let DeValue::Table(keys) = content.into_inner() {
            lines.extend(keys.into_iter().map(|(key, command)| Line { context, key, command }));
        } else {
            let what = format!("{name:?} must be a section: [{name}]");
            warnings.push(Warning::at(file, text, start, what));
        }
    }
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let before = |line: &&Line<'_>| {
            let key = line.key.span();
            key.start < span.start && text.get(key) == text.get(span.clone())
        };
        // The table holds the first of two keys spelled alike; its line is the other half of the conflict.
        let first = lines.iter().filter(before).map(|line| line.key.span().start).max();
        let also =
            first.map_or(String::new(), |first| format!("; line {} has it already", line_of(text, first)));
        let warning = Warning::at(file, text, span.start, format!("{}{also}", error.message()));
        if first.is_none() {
            // What recovery made of a broken line is nobody's wish.
            lines.retain(|line| Some(line_of(text, line.key.span().start)) != warning.line);
        }
        warnings.push(warning);
    }
    lines.sort_by_key(|line| line.key.span().start);
    let mut seen: Vec<(Context, Chord, usize)> = Vec::new();
    for line in lines {
        let start = line.key.span().start;
        let mut warn = |what: String| {
            warnings.push(Warning::at(file, text, start, what));
        };
        let Some(binding) = line.binding(&mut warn) else { continue };
        let earlier =
            seen.iter().find(|(context, chord, _)| (*context, *chord) == (line.context, binding.chord));
        if let Some((_, chord, at)) = earlier {
            let at = line_of(text, *at);
            warn(format!(
                "{:?} is {chord}, which line {at} has already; that line holds",
                line.key.get_ref()
            ));
            continue;
        }
        seen.push((line.context, binding.chord, start));
        bindings.push(binding);
    }
    warnings.sort_by_key(|warning| warning.line);
    (bindings, warnings)
}

/// One line as written.
struct Line<'a> {
    context: Context,
    key: Spanned<toml::de::DeString<'a>>,
    command: Spanned<DeValue<'a>>,
}

impl Line<'_> {
    /// The line's meaning; what is wrong with it goes to `warn`.
    fn binding(&self, warn: &mut impl FnMut(String)) -> Option<Binding> {
        let chord: Chord = match self.key.get_ref().parse() {
            Ok(chord) => chord,
            Err(error) => {
                warn(format!("{error}"));
                return None;
            }
        };
        let Some(name) = self.command.get_ref().as_str() else {
            warn(format!("{chord} needs the name of a command in quotes"));
            return None;
        };
        if let Some(trouble) = chord.trouble() {
            warn(format!("{chord} may never arrive: {trouble}"));
        }
        let context = self.context;
        if name == NONE {
            return Some(Binding { context, chord, command: None });
        }
        let Some(command) = Command::from_name(name) else {
            let known = Command::ALL.iter().map(|command| command.name()).chain([NONE]);
            warn(format!("no command is called {name:?}{}", did_you_mean(name, known)));
            return None;
        };
        if !command.has_meaning_in(context) {
            let place = command.contexts().first().map_or("", |context| context.name());
            warn(format!("{name:?} does nothing in [{}]; it belongs in [{place}]", context.name()));
            return None;
        }
        Some(Binding { context, chord, command: Some(command) })
    }
}
