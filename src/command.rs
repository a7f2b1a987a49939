//! The one table of commands: name, help, where each has a meaning. Owns no keys; `keymap` does.
