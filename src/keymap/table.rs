//! The keys as a table in Markdown, for the README. Owns its form; the words come from commands and keys.
use crate::command::{Command, Context};

use super::Keymap;

/// One table with a row for each command in each place where it has keys of its own.
pub fn markdown(keymap: &Keymap) -> String {
    let mut text = String::from("| where | keys | what |\n|---|---|---|\n");
    for context in Context::ALL {
        let mut place = context.title();
        for command in Command::ALL {
            let bound =
                |binding: &&super::Binding| binding.context == context && binding.command == Some(*command);
            let keys: Vec<String> =
                keymap.bindings.iter().filter(bound).map(|it| code(&it.chord.to_string())).collect();
            if keys.is_empty() {
                continue;
            }
            text.extend(["| ", place, " | ", &keys.join(" "), " | ", command.help(), " |\n"]);
            place = "";
        }
    }
    text
}

/// A key as code; a bar would end the cell.
fn code(key: &str) -> String {
    format!("`{}`", key.replace('|', "\\|"))
}
