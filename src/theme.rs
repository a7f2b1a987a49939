//! Roles to styles. Owns theme files and how one inherits another; colour depth is `theme/color.rs` alone.
use std::ops::Index;

use ratatui::style::Style;

use crate::warning::{Warning, did_you_mean};

pub mod color;
mod file;
mod role;
#[cfg(test)]
mod tests;

pub use color::ColorDepth;
pub use role::Role;

/// The themes that come with the program, by name.
pub const SHIPPED: [(&str, &str); 3] = [
    (DEFAULT, include_str!("../themes/default.toml")),
    ("light", include_str!("../themes/light.toml")),
    ("ansi16", include_str!("../themes/ansi16.toml")),
];

/// The theme that every other rests on; a user's file cannot stand in for it.
pub const DEFAULT: &str = "default";

/// Themes may inherit so deep; more is a circle or a joke.
const MAX_ANCESTORS: usize = 8;

/// Which kind of terminal a theme is made for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Light text on a dark background.
    #[default]
    Dark,
    /// Dark text on a light background.
    Light,
}

/// A style for every role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// What the file calls it.
    pub name: String,
    /// Which kind of terminal it is made for.
    pub mode: Mode,
    depth: ColorDepth,
    styles: [Style; Role::ALL.len()],
}

impl Index<Role> for Theme {
    type Output = Style;

    fn index(&self, role: Role) -> &Style {
        &self.styles[role as usize]
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self::load(DEFAULT, &|_| None, ColorDepth::True).0
    }
}

impl Theme {
    /// A patch of a colour that is a value, as near to it as the terminal comes; `None` where it has no colours.
    pub fn swatch(&self, rgb: [u8; 3]) -> Option<Style> {
        color::swatch(rgb, self.depth)
    }

    /// The theme of a name, for a terminal of so many colours. `user` gives the text of the user's file of
    /// a name, if there is one. What is wrong is told and passed over; a theme that does not exist is
    /// told and becomes the default.
    pub fn load(
        name: &str,
        user: &dyn Fn(&str) -> Option<String>,
        depth: ColorDepth,
    ) -> (Self, Vec<Warning>) {
        let mut warnings = Vec::new();
        let mut files: Vec<file::File> = Vec::new();
        let mut next = Some(name.to_owned());
        while let Some(name) = next.take() {
            if files.iter().any(|file| file.key == name) || files.len() == MAX_ANCESTORS {
                let text = format!("it inherits {name:?} in a circle or too deep; the rest is the default's");
                warnings.push(Warning { file: files[0].label(), line: None, text });
                break;
            }
            let Some(text) = text_of(&name, user) else {
                let file = files.last().map_or_else(|| "theme".to_owned(), file::File::label);
                let hint = did_you_mean(&name, SHIPPED.map(|(name, _)| name));
                let text = format!("there is no theme {name:?}{hint}; the default is used");
                warnings.push(Warning { file, line: None, text });
                break;
            };
            let file = file::read(&text, &name, &mut warnings);
            next.clone_from(&file.inherits);
            files.push(file);
        }
        // Whatever a chain leaves open is the default's, so that no role is without a style.
        if files.last().is_none_or(|file| file.key != DEFAULT) {
            files.push(file::read(&text_of(DEFAULT, &|_| None).unwrap_or_default(), DEFAULT, &mut warnings));
        }
        let styles = file::resolve(&files, &mut warnings).map(|style| color::at_depth(style, depth));
        let own = &files[0];
        let mode = files.iter().find_map(|file| file.mode).unwrap_or_default();
        (Self { name: own.name.clone().unwrap_or_else(|| own.key.clone()), mode, depth, styles }, warnings)
    }
}

/// The text of a theme: the user's before the shipped, but for the default.
fn text_of(name: &str, user: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let shipped = || SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
    if name == DEFAULT { shipped() } else { user(name).or_else(shipped) }
}
