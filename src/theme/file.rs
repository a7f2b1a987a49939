//! Reading theme files and joining those that inherit. Owns their form; the colours are `color.rs`'s.
use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use toml::de::{DeTable, DeValue};

use super::color::{self, ANSI};
use super::{Mode, Role};
use crate::warning::{Warning, did_you_mean, line_of};

/// The keys a theme file may have at its top.
const KEYS: [&str; 5] = ["name", "mode", "inherits", "roles", "palette"];

/// The attributes a style may have beside `fg` and `bg`.
const ATTRIBUTES: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
    ("strike", Modifier::CROSSED_OUT),
];

/// One theme file as read; colours are still names.
pub(super) struct File {
    /// The name it was asked for by.
    pub key: String,
    pub name: Option<String>,
    pub mode: Option<Mode>,
    pub inherits: Option<String>,
    palette: BTreeMap<String, (Color, usize)>,
    roles: BTreeMap<&'static str, Paint>,
}

impl File {
    /// What a warning calls it.
    pub fn label(&self) -> String {
        label(&self.key)
    }
}

/// A role's style with the names of its colours.
#[derive(Clone, Debug, Default)]
struct Paint {
    fg: Option<String>,
    bg: Option<String>,
    modifiers: Modifier,
    line: usize,
}

fn label(key: &str) -> String {
    format!("themes/{key}.toml")
}

/// Reads one file; what is wrong goes to the warnings and is passed over.
pub(super) fn read(text: &str, key: &str, warnings: &mut Vec<Warning>) -> File {
    let mut file = File {
        key: key.to_owned(),
        name: None,
        mode: None,
        inherits: None,
        palette: BTreeMap::new(),
        roles: BTreeMap::new(),
    };
    let label = label(key);
    let mut found = Vec::new();
    let mut warn = |offset: usize, what: String| found.push(Warning::at(&label, text, offset, what));
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        warn(error.span().map_or(0, |span| span.start), error.message().to_owned());
    }
    let broken: Vec<Option<usize>> = found.iter().map(|warning| warning.line).collect();
    let mut warn = |offset: usize, what: String| found.push(Warning::at(&label, text, offset, what));
    for (name, value) in table.into_inner() {
        let at = name.span().start;
        match (name.get_ref().as_ref(), value.into_inner()) {
            ("name", DeValue::String(text)) => file.name = Some(text.into_owned()),
            ("inherits", DeValue::String(text)) => file.inherits = Some(text.into_owned()),
            ("mode", DeValue::String(text)) => match text.as_ref() {
                "dark" => file.mode = Some(Mode::Dark),
                "light" => file.mode = Some(Mode::Light),
                other => warn(at, format!("the mode is \"dark\" or \"light\", not {other:?}")),
            },
            ("palette", DeValue::Table(colors)) => read_palette(&mut file, colors, text, &mut warn),
            ("roles", DeValue::Table(roles)) => read_roles(&mut file, roles, text, &mut warn),
            (known, _) if KEYS.contains(&known) => {
                let wanted =
                    if ["roles", "palette"].contains(&known) { "a section" } else { "a text in quotes" };
                warn(at, format!("{known:?} must be {wanted}"));
            }
            (other, _) => warn(at, format!("no key is called {other:?}{}", did_you_mean(other, KEYS))),
        }
    }
    // What recovery made of a broken line is nobody's wish, and it would be told twice.
    let broken = |line: usize| broken.contains(&Some(line));
    file.palette.retain(|_, (_, line)| !broken(*line));
    file.roles.retain(|_, paint| !broken(paint.line));
    found.sort_by_key(|warning| warning.line);
    found.dedup_by_key(|warning| warning.line);
    warnings.extend(found);
    file
}

fn read_palette(file: &mut File, colors: DeTable<'_>, text: &str, warn: &mut impl FnMut(usize, String)) {
    for (name, value) in colors {
        let at = name.span().start;
        let name = name.into_inner().into_owned();
        match value.get_ref().as_str().and_then(color::parse) {
            Some(color) => {
                file.palette.insert(name, (color, line_of(text, at)));
            }
            None => warn(
                at,
                format!(
                    "{name:?} is no colour; write \"#rrggbb\", \"default\" or a name such as \"bright-cyan\""
                ),
            ),
        }
    }
}

fn read_roles(file: &mut File, roles: DeTable<'_>, text: &str, warn: &mut impl FnMut(usize, String)) {
    for (name, value) in roles {
        let at = name.span().start;
        let name = name.into_inner();
        let Some(role) = Role::from_name(&name) else {
            let hint = did_you_mean(&name, Role::ALL.iter().map(|role| role.name()));
            warn(at, format!("no role is called {name:?}{hint}"));
            continue;
        };
        let mut paint = Paint { line: line_of(text, at), ..Paint::default() };
        let value = value.into_inner();
        if let DeValue::String(color) = value {
            paint.fg = Some(color.into_owned());
        } else if let DeValue::Table(style) = value {
            read_style(&mut paint, style, warn);
        } else {
            warn(at, format!("{name:?} needs a colour or a table such as {{ fg = \"red\", bold = true }}"));
            continue;
        }
        file.roles.insert(role.name(), paint);
    }
}

fn read_style(paint: &mut Paint, style: DeTable<'_>, warn: &mut impl FnMut(usize, String)) {
    for (key, value) in style {
        let at = key.span().start;
        let attribute = ATTRIBUTES.iter().find(|(name, _)| *name == key.get_ref().as_ref());
        match (key.get_ref().as_ref(), value.into_inner(), attribute) {
            ("fg", DeValue::String(color), _) => paint.fg = Some(color.into_owned()),
            ("bg", DeValue::String(color), _) => paint.bg = Some(color.into_owned()),
            (_, DeValue::Boolean(on), Some((_, modifier))) => paint.modifiers.set(*modifier, on),
            ("fg" | "bg", ..) => warn(at, "a colour is a text in quotes".to_owned()),
            (name, _, Some(_)) => warn(at, format!("{name:?} is true or false")),
            (other, _, None) => {
                let known = ATTRIBUTES.iter().map(|(name, _)| *name).chain(["fg", "bg"]);
                let hint = did_you_mean(other, known);
                warn(
                    at,
                    format!("no attribute is called {other:?}{hint}; a role with a dot stands in quotes"),
                );
            }
        }
    }
}

/// The styles of all roles from a theme and those it inherits, nearest first.
pub(super) fn resolve<'f>(files: &'f [File], warnings: &mut Vec<Warning>) -> [Style; Role::ALL.len()] {
    let mut styles = [Style::new(); Role::ALL.len()];
    let mut told: Vec<(usize, usize, &str)> = Vec::new();
    for (style, role) in styles.iter_mut().zip(Role::ALL) {
        let named = role.fallbacks().find_map(|name| {
            files.iter().enumerate().find_map(|(idx, file)| file.roles.get(name).map(|paint| (idx, paint)))
        });
        let Some((idx, paint)) = named else { continue };
        let mut color = |name: &'f Option<String>| {
            let name = name.as_deref()?;
            let found = color_of(name, files);
            if found.is_none() && !told.contains(&(idx, paint.line, name)) {
                told.push((idx, paint.line, name));
                let known = files.iter().flat_map(|file| file.palette.keys().map(String::as_str));
                let hint = did_you_mean(name, known.chain(ANSI.map(|(name, ..)| name)));
                let text = format!("no colour is called {name:?}{hint}");
                warnings.push(Warning { file: files[idx].label(), line: Some(paint.line), text });
            }
            found
        };
        let (fg, bg) = (color(&paint.fg), color(&paint.bg));
        *style = Style { fg, bg, ..Style::new().add_modifier(paint.modifiers) };
    }
    styles
}

/// A colour by its name in the nearest palette, or as `color.rs` reads it.
fn color_of(name: &str, files: &[File]) -> Option<Color> {
    let named = files.iter().find_map(|file| file.palette.get(name).map(|(color, _)| *color));
    named.or_else(|| color::parse(name))
}
