//! What is wrong with a jq program, in words and with its place.
use jaq_core::compile::{self, Undefined};
use jaq_core::load::{self, Error, lex, parse};

use super::{Fault, WITHHELD};

/// Characters of the program that are quoted where it goes wrong.
const MAX_QUOTED_CHARS: usize = 20;

/// Why a program can't be read.
pub(super) fn of_load(program: &str, errors: &load::Errors<&str, ()>) -> Fault {
    let first = errors.first().map(|(_, error)| error);
    match first {
        Some(Error::Lex(errors)) => {
            of_first(program, errors.first().map(|(expected, at)| of_lex(expected, at)))
        }
        Some(Error::Parse(errors)) => {
            of_first(program, errors.first().map(|(expected, at)| of_parse(expected, at)))
        }
        Some(Error::Io(errors)) => {
            let words = "modules can't be included here; write the definition into the program".to_owned();
            of_first(program, errors.first().map(|(path, _)| (*path, words)))
        }
        None => of_first(program, None),
    }
}

/// Why a program that can be read means nothing.
pub(super) fn of_compile(program: &str, errors: &compile::Errors<&str, ()>) -> Fault {
    let first = errors.first().and_then(|(_, errors)| errors.first());
    of_first(program, first.map(|(name, undefined)| (*name, of_undefined(name, undefined))))
}

fn of_first(program: &str, first: Option<(&str, String)>) -> Fault {
    match first {
        Some((at, words)) => Fault { column: column(program, at), words },
        None => Fault::whole("jq can't read this program"),
    }
}

/// The character that a part of the program begins at.
fn column(program: &str, part: &str) -> Option<usize> {
    let offset = (part.as_ptr() as usize).checked_sub(program.as_ptr() as usize)?;
    Some(program.get(..offset)?.chars().count() + 1)
}

fn of_lex<'a>(expected: &lex::Expect<&str>, at: &'a str) -> (&'a str, String) {
    let words = match expected {
        lex::Expect::Delim(open) => format!("{open} is not closed"),
        lex::Expect::Token if at.is_empty() => "the program ends too early".to_owned(),
        lex::Expect::Token => format!("jq has no {}", quoted(at, 1)),
        lex::Expect::Digit | lex::Expect::Ident | lex::Expect::Escape | lex::Expect::Unicode => {
            format!("a {} should stand here{}", expected.as_str(), instead(at))
        }
        _ => format!("this is no jq{}", instead(at)),
    };
    (at, words)
}

fn of_parse<'a>(expected: &parse::Expect<&str>, at: &'a str) -> (&'a str, String) {
    if matches!(expected, parse::Expect::Nothing) {
        return (at, format!("nothing should follow{}", instead(at)));
    }
    let is_term = matches!(expected, parse::Expect::Term);
    let wanted = if is_term { "a value or filter" } else { expected.as_str() };
    (at, format!("{wanted} should stand here{}", instead(at)))
}

fn of_undefined(name: &str, undefined: &Undefined) -> String {
    if WITHHELD.contains(&name) {
        return format!("{name} is not offered here: a program sees its message and nothing else");
    }
    let Undefined::Filter(n) = undefined else { return format!("there is no {} {name}", undefined.as_str()) };
    match n {
        0 if name.starts_with('@') => format!("jq has no filter {name}"),
        0 => format!("jq has no filter {name}; a member is written .{name}"),
        1 => format!("jq has no filter {name} with an argument"),
        n => format!("jq has no filter {name} with {n} arguments"),
    }
}

fn instead(at: &str) -> String {
    let found = quoted(at, MAX_QUOTED_CHARS);
    if found.is_empty() { ", and the program ends".to_owned() } else { format!(", not {found}") }
}

/// The beginning of the rest of a program.
fn quoted(rest: &str, max_chars: usize) -> String {
    let word = rest.split_whitespace().next().unwrap_or_default();
    let mut quoted: String = word.chars().take(max_chars).collect();
    if word.chars().nth(max_chars).is_some() && max_chars > 1 {
        quoted.push('…');
    }
    quoted
}
