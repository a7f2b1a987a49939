//! README tells the truth: its keys are those of the program, its commands exist. Owns nothing but the comparison.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
use clap::CommandFactory;
use mqttscope::cli::Cli;
use mqttscope::keymap::{Keymap, markdown};
use mqttscope::mqtt::Preset;
use std::fs;
use std::path::Path;

fn readme() -> String {
    fs::read_to_string(path()).unwrap()
}

fn path() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

/// What stands before, between and behind the line that begins with `<!-- name` and `<!-- end of name`.
fn section<'a>(text: &'a str, name: &str) -> (String, &'a str, String) {
    let (before, rest) = text.split_once(&format!("<!-- {name}")).unwrap();
    let (marker, rest) = rest.split_once('\n').unwrap();
    let end = format!("<!-- end of {name}");
    let (inside, behind) = rest.split_once(&end).unwrap();
    (format!("{before}<!-- {name}{marker}\n"), inside, format!("{end}{behind}"))
}

#[test]
fn the_keys_are_those_of_the_program() {
    let text = readme();
    let (before, keys, behind) = section(&text, "keys");
    let expected = markdown(&Keymap::default());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path(), format!("{before}{expected}{behind}")).unwrap();
    } else {
        assert_eq!(keys, expected, "UPDATE=1 cargo test --test readme rewrites them");
    }
}

#[test]
fn every_preset_stands_in_its_table_with_what_it_asks_for() {
    let text = readme();
    for preset in Preset::ALL {
        let head = format!("| `{}` |", preset.key());
        let row = text.lines().find(|line| line.starts_with(&head)).unwrap_or_else(|| panic!("{head}"));
        for ask in preset.asks() {
            assert!(row.contains(ask.words()), "{row}: {ask:?}");
        }
    }
}

#[test]
fn the_two_commands_and_every_option_named_exist() {
    let text = readme();
    for command in ["cargo run --release -- demo", "cargo test"] {
        assert!(text.contains(command), "{command}");
    }
    let cli = Cli::command();
    let others = ["demo", "doctor", "learn", "check"].map(|name| cli.find_subcommand(name).unwrap());
    let of_device = cli.find_subcommand("device").unwrap().get_subcommands();
    let known: Vec<String> = std::iter::once(&cli)
        .chain(others)
        .chain(of_device)
        .flat_map(clap::Command::get_arguments)
        .filter_map(|argument| argument.get_long())
        .map(str::to_owned)
        .collect();
    let of_cargo =
        ["release", "bench", "test", "ignored", "help", "no-default-features", "features", "fuzz-dir"];
    for word in text.split(|c: char| !(c.is_alphanumeric() || c == '-')) {
        let Some(option) = word.strip_prefix("--").filter(|option| option.chars().any(char::is_alphabetic))
        else {
            continue;
        };
        assert!(
            known.iter().any(|name| name == option) || of_cargo.contains(&option),
            "--{option} is no option"
        );
    }
}

#[test]
fn every_picture_and_file_it_links_is_there() {
    let text = readme();
    let mut n_links = 0;
    for link in text.split("](").skip(1) {
        let target = link.split(')').next().unwrap();
        if !target.starts_with("http") {
            n_links += 1;
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(target);
            assert!(file.exists(), "{target} is not there");
        }
    }
    assert!(n_links >= 6);
}
