//! What holds for every command. Owns no command.
use std::collections::HashSet;

use super::*;

#[test]
fn every_command_is_found_by_its_own_name() {
    let names: HashSet<_> = Command::ALL.iter().map(|command| command.name()).collect();
    assert_eq!(names.len(), Command::ALL.len());
    for command in Command::ALL {
        assert_eq!(Command::from_name(command.name()), Some(*command));
        assert!(command.name().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
    }
}

#[test]
fn every_help_is_one_short_line_without_a_full_stop() {
    for command in Command::ALL {
        let help = command.help();
        assert!(!help.is_empty() && help.len() <= 60, "{help}");
        assert!(!help.ends_with('.') && !help.contains('\n'), "{help}");
    }
}
