//! What the keymap promises.
use super::*;

fn chord(text: &str) -> Chord {
    text.parse().unwrap()
}

#[test]
fn the_shipped_keys_have_no_warning_and_every_command_has_a_key() {
    let (bindings, warnings) = read(DEFAULT, "default.toml");
    assert_eq!(warnings, []);
    let keymap = Keymap { bindings };
    for command in Command::ALL {
        for context in command.contexts() {
            assert!(!keymap.chords(*context, *command).is_empty(), "{} in {context:?}", command.name());
        }
    }
}

#[test]
fn no_shipped_key_is_one_that_terminals_keep_or_cannot_send() {
    let bindings = Keymap::default().bindings;
    for forbidden in ["ctrl-s", "ctrl-q", "ctrl-i", "ctrl-enter", "ctrl-m", "ctrl-["] {
        assert!(bindings.iter().all(|binding| binding.chord != chord(forbidden)), "{forbidden}");
        assert!(chord(forbidden).trouble().is_some(), "{forbidden}");
    }
    assert!(bindings.iter().all(|binding| binding.chord.trouble().is_none()));
}

#[test]
fn enter_never_answers_a_question() {
    let keymap = Keymap::default();
    assert_eq!(keymap.command(Context::Question, chord("enter")), None);
    assert_eq!(keymap.command(Context::Question, chord("y")), Some(Command::Yes));
    assert_eq!(keymap.command(Context::Question, chord("esc")), Some(Command::No));
    assert_eq!(keymap.command(Context::Question, chord("q")), None);
    assert_eq!(keymap.command(Context::Question, chord("ctrl-c")), Some(Command::Interrupt));
}

#[test]
fn letters_typed_into_a_line_are_text_and_esc_still_leaves() {
    let keymap = Keymap::default();
    for context in [Context::Line, Context::Publish] {
        for text in ["q", "u", "z", ".", "?", "p", "y"] {
            assert_eq!(keymap.command(context, chord(text)), None, "{text}");
        }
        assert_eq!(keymap.command(context, chord("esc")), Some(Command::Leave));
        assert_eq!(keymap.command(context, chord("ctrl-z")), Some(Command::Suspend));
    }
    assert_eq!(keymap.command(Context::Topics, chord("q")), Some(Command::Quit));
    assert_eq!(keymap.command(Context::HelpScreen, chord("q")), Some(Command::Leave));
}

#[test]
fn a_chord_is_read_as_it_is_written() {
    for text in ["j", "G", "<", "-", "ctrl-d", "ctrl-minus", "alt-x", "ctrl-alt-x", "shift-tab", "space"] {
        assert_eq!(chord(text).to_string(), text);
    }
    for text in
        ["enter", "esc", "pgup", "pgdn", "home", "end", "f1", "f12", "shift-up", "ctrl-home", "ö", "|"]
    {
        assert_eq!(chord(text).to_string(), text);
    }
    for (other, text) in [
        ("shift-g", "G"),
        ("Ctrl-D", "ctrl-d"),
        ("ctrl--", "ctrl-minus"),
        ("PageUp", "pgup"),
        ("backtab", "shift-tab"),
        ("escape", "esc"),
        (" ", "space"),
    ] {
        assert_eq!(chord(other).to_string(), text, "{other}");
    }
    for text in ["", "ctrl-", "ctrl-ctrl-d", "jj", "f0", "f99", "hyper-x", "\u{1b}"] {
        assert_eq!(text.parse::<Chord>(), Err(ChordError(text.to_owned())));
    }
}

#[test]
fn a_terminal_may_tell_of_a_shifted_letter_in_either_way() {
    assert_eq!(Chord::new(Key::Char('g'), false, false, true), chord("G"));
    assert_eq!(Chord::new(Key::Char('G'), false, false, true), chord("G"));
    assert_eq!(Chord::new(Key::Char('?'), false, false, true), chord("?"));
    assert_eq!(Chord::new(Key::Char('D'), true, false, true), chord("ctrl-d"));
    assert_eq!(Chord::new(Key::Tab, false, false, true), chord("shift-tab"));
    assert_eq!(Chord::new(Key::BackTab, false, false, true), chord("shift-tab"));
}

#[test]
fn a_users_key_goes_before_the_shipped_one_and_none_takes_it_away() {
    let text =
        "[topics]\n\"x\" = \"pin\"\n\"*\" = \"none\"\n\"q\" = \"none\"\n[everywhere]\n\"Q\" = \"quit\"\n";
    let (keymap, warnings) = Keymap::with_user(text, "keymap.toml");
    assert_eq!(warnings, []);
    assert_eq!(keymap.chords(Context::Topics, Command::Pin), [chord("x")]);
    assert_eq!(keymap.command(Context::Topics, chord("*")), None);
    assert_eq!(keymap.command(Context::Topics, chord("q")), None, "none hides the meaning everywhere too");
    assert_eq!(keymap.chords(Context::Inspector, Command::Quit), [chord("Q"), chord("q")]);
    assert_eq!(keymap.chords(Context::Topics, Command::Quit), [chord("Q")]);
}

#[test]
fn what_is_wrong_in_a_users_file_is_told_with_its_line_and_passed_over() {
    let text = "[topics]\n\"j\" = \"cursor-dwon\"\n\"hyper-j\" = \"pin\"\n\"G\" = \"pin\"\n\"shift-g\" = \"last\"\n\
                \"w\" = 3\n\"ctrl-s\" = \"pin\"\n\"v\" = \"yes\"\n[topcis]\n\"a\" = \"pin\"\n";
    let (keymap, warnings) = Keymap::with_user(text, "keymap.toml");
    let told: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "keymap.toml:2: no command is called \"cursor-dwon\"; did you mean \"cursor-down\"?",
            "keymap.toml:3: \"hyper-j\" is no key; write it like \"j\", \"G\", \"ctrl-d\", \"alt-x\", \
         \"enter\", \"space\" or \"f1\"",
            "keymap.toml:5: \"shift-g\" is G, which line 4 has already; that line holds",
            "keymap.toml:6: w needs the name of a command in quotes",
            "keymap.toml:7: ctrl-s may never arrive: many terminals keep it for flow control",
            "keymap.toml:8: \"yes\" does nothing in [topics]; it belongs in [question]",
            "keymap.toml:9: no section is called \"topcis\"; did you mean \"topics\"?",
        ]
    );
    assert_eq!(keymap.command(Context::Topics, chord("j")), Some(Command::CursorDown));
    assert_eq!(keymap.command(Context::Topics, chord("G")), Some(Command::Pin));
}

#[test]
fn a_file_that_is_no_toml_leaves_the_shipped_keys() {
    let (keymap, warnings) = Keymap::with_user("[topics]\n\"j\" = \n", "keymap.toml");
    assert_eq!(keymap, Keymap::default());
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].line, Some(2));
}

#[test]
fn a_broken_line_costs_that_line_only_and_two_keys_spelled_alike_are_told_with_both_lines() {
    let text = "[topics]\n\"x\" = \"pin\"\n\"j\" =\n\"x\" = \"sort\"\n\"w\" = \"search\"\n";
    let (keymap, warnings) = Keymap::with_user(text, "keymap.toml");
    assert_eq!(warnings.iter().map(|warning| warning.line).collect::<Vec<_>>(), [Some(3), Some(4)]);
    assert!(warnings[1].text.ends_with("; line 2 has it already"), "{}", warnings[1]);
    assert_eq!(keymap.command(Context::Topics, chord("x")), Some(Command::Pin));
    assert_eq!(keymap.command(Context::Topics, chord("w")), Some(Command::Search));
    assert_eq!(keymap.command(Context::Topics, chord("j")), Some(Command::CursorDown));
}

#[test]
fn the_readmes_table_names_every_command() {
    let table = markdown(&Keymap::default());
    for command in Command::ALL {
        assert!(table.contains(command.help()), "{}", command.name());
    }
    assert!(table.contains("| Everywhere | `?` `f1` | Show or hide the keys |\n"));
}

#[test]
fn a_tab_of_the_inspector_hears_its_own_keys_then_the_inspectors_then_those_of_everywhere() {
    let (keymap, warnings) =
        Keymap::with_user("[history]\n\"a\" = \"publish\"\n\"n\" = \"none\"\n", "keymap.toml");
    assert!(warnings.is_empty(), "a command of the inspector may have a key there: {warnings:?}");
    assert_eq!(keymap.command(Context::History, chord("a")), Some(Command::Publish));
    assert_eq!(keymap.command(Context::Inspector, chord("a")), Some(Command::KeepPart));
    assert_eq!(keymap.command(Context::History, chord("n")), None, "a key taken away is no other's");
    assert_eq!(keymap.command(Context::History, chord("N")), Some(Command::PreviousMatch));
    assert_eq!(keymap.command(Context::History, chord("?")), Some(Command::Help));
}
