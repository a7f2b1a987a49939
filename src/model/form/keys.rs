//! Keys in the publish form: what belongs to a text before it is a command. Owns no command's deed.
use crate::command::Command;
use crate::keymap::{Chord, Key};
use crate::model::form::{Field, Form};
use crate::model::keys::belongs_to_text;

/// Applies a key to the field's text or choice. Whether it was one for them; else it is a command.
pub fn key(form: &mut Form, chord: Chord, command: Option<Command>) -> bool {
    let has_lines = form.field == Field::Payload && form.payload.has_lines();
    if has_lines && command == Some(Command::SendLine) {
        form.insert("\n");
        return true;
    }
    // Between lines the arrows move; what was sent before is reached by its other key.
    let moves_lines = matches!(chord.key, Key::Up | Key::Down | Key::PageUp | Key::PageDown);
    if form.in_text() && (belongs_to_text(chord, command) || has_lines && moves_lines) {
        form.edit(chord);
        return true;
    }
    chord.text().is_some_and(|letter| form.choose(letter))
}
