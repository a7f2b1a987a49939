//! What the themes promise: no warning, every role, and text that can be read.
use ratatui::style::{Color, Modifier};

use super::*;

fn nobody(_: &str) -> Option<String> {
    None
}

fn shipped() -> Vec<Theme> {
    SHIPPED.map(|(name, _)| Theme::load(name, &nobody, ColorDepth::True).0).into()
}

fn told(name: &str, text: &str) -> (Theme, Vec<String>) {
    let user = |asked: &str| (asked == name).then(|| text.to_owned());
    let (theme, warnings) = Theme::load(name, &user, ColorDepth::True);
    (theme, warnings.iter().map(ToString::to_string).collect())
}

/// The relative luminance of WCAG 2.
fn luminance([r, g, b]: [u8; 3]) -> f64 {
    let linear = |channel: u8| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn rgb(color: Option<Color>, reset: [u8; 3]) -> [u8; 3] {
    match color {
        None | Some(Color::Reset) => reset,
        Some(Color::Rgb(r, g, b)) => [r, g, b],
        Some(named) => color::ANSI.iter().find(|(_, color, _)| *color == named).unwrap().2,
    }
}

/// Foreground and background of the terminals a theme is made for.
fn terminals(theme: &Theme) -> Vec<([u8; 3], [u8; 3])> {
    match (theme.name.as_str(), theme.mode) {
        // The sixteen are the terminal's own; xterm's values stand for them.
        ("Sixteen", _) => vec![([229, 229, 229], [0, 0, 0])],
        (_, Mode::Dark) => vec![([204, 204, 204], [0, 0, 0]), ([214, 214, 214], [30, 30, 46])],
        (_, Mode::Light) => vec![([0, 0, 0], [255, 255, 255]), ([40, 40, 40], [250, 250, 250])],
    }
}

#[test]
fn no_shipped_theme_has_a_warning_at_any_depth() {
    for (name, _) in SHIPPED {
        for depth in [ColorDepth::None, ColorDepth::Ansi16, ColorDepth::Ansi256, ColorDepth::True] {
            assert_eq!(Theme::load(name, &nobody, depth).1, [], "{name}");
        }
    }
}

#[test]
fn every_role_of_every_shipped_theme_has_a_style() {
    for theme in shipped() {
        for role in Role::ALL {
            let style = theme[*role];
            let styled = style.fg.is_some() || style.bg.is_some() || !style.add_modifier.is_empty();
            assert!(styled, "{} in {}", role.name(), theme.name);
        }
    }
}

#[test]
fn text_can_be_read_on_its_background_and_under_the_cursor() {
    for theme in shipped() {
        for (text, ground) in terminals(&theme) {
            for role in Role::ALL {
                // Lines and bars are no text; they need only be seen.
                let wanted = if [Role::Border, Role::Sparkline].contains(role) { 2.0 } else { 4.5 };
                let style = theme[*role];
                let fg = rgb(style.fg, text);
                for under in [Role::Text, Role::Cursor, Role::CursorUnfocused] {
                    let bg = rgb(style.bg.or(theme[under].bg), ground);
                    let found = contrast(fg, bg);
                    assert!(
                        found >= wanted,
                        "{} on {} in {}: {found:.2}",
                        role.name(),
                        under.name(),
                        theme.name
                    );
                }
            }
        }
    }
}

#[test]
fn the_cursor_is_seen_without_any_colour_and_with_sixteen() {
    for (name, _) in SHIPPED {
        for depth in [ColorDepth::None, ColorDepth::Ansi16] {
            let (theme, _) = Theme::load(name, &nobody, depth);
            for role in
                [Role::Cursor, Role::Match, Role::MatchCurrent, Role::FieldFocused, Role::CursorUnfocused]
            {
                let style = theme[role];
                let lit = style.bg.is_some_and(|bg| bg != Color::Reset);
                let seen = Modifier::REVERSED | Modifier::UNDERLINED;
                assert!(lit || style.add_modifier.intersects(seen), "{} in {name} at {depth:?}", role.name());
            }
        }
    }
}

#[test]
fn no_colour_means_none() {
    let (theme, _) = Theme::load(DEFAULT, &nobody, ColorDepth::None);
    for role in Role::ALL {
        let style = theme[*role];
        assert!([style.fg, style.bg].iter().all(|color| matches!(color, None | Some(Color::Reset))));
    }
}

#[test]
fn colours_become_the_nearest_that_the_terminal_has() {
    for (wanted, indexed, named) in [
        (Color::Rgb(255, 0, 0), Color::Indexed(196), Color::LightRed),
        (Color::Rgb(250, 250, 250), Color::Indexed(231), Color::White),
        (Color::Rgb(8, 8, 8), Color::Indexed(232), Color::Black),
        (Color::Rgb(128, 128, 128), Color::Indexed(244), Color::DarkGray),
        (Color::Rgb(95, 135, 175), Color::Indexed(67), Color::DarkGray),
    ] {
        let style = Style::new().fg(wanted);
        assert_eq!(color::at_depth(style, ColorDepth::True).fg, Some(wanted));
        assert_eq!(color::at_depth(style, ColorDepth::Ansi256).fg, Some(indexed));
        assert_eq!(color::at_depth(style, ColorDepth::Ansi16).fg, Some(named));
    }
}

#[test]
fn the_environment_tells_how_many_colours_there_are() {
    for (vars, expected) in [
        (vec![("TERM", "xterm")], ColorDepth::Ansi16),
        (vec![("TERM", "screen-256color")], ColorDepth::Ansi256),
        (vec![("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], ColorDepth::True),
        (vec![("TERM", "xterm-kitty")], ColorDepth::True),
        (vec![("TERM", "dumb")], ColorDepth::None),
        (vec![("COLORTERM", "truecolor"), ("NO_COLOR", "1")], ColorDepth::None),
        (vec![("COLORTERM", "truecolor"), ("NO_COLOR", "")], ColorDepth::True),
        (vec![], ColorDepth::Ansi16),
    ] {
        let var =
            |name: &str| vars.iter().find(|(var, _)| *var == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(ColorDepth::from_env(&var), expected, "{vars:?}");
    }
}

#[test]
fn a_role_falls_back_along_its_dots() {
    let chain: Vec<&str> = Role::TopicRetained.fallbacks().collect();
    assert_eq!(chain, ["topic.retained", "topic", "text"]);
    let (theme, warnings) = told("mine", "inherits = \"default\"\n[roles]\n\"topic.retained\" = \"red\"\n");
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(theme[Role::TopicRetained].fg, Some(Color::Red));
    assert_eq!(theme[Role::TopicBranch], Theme::default()[Role::TopicBranch]);
    assert_eq!(theme[Role::ToastInfo], Theme::default()[Role::ToastInfo]);
}

#[test]
fn a_theme_that_says_only_other_colours_changes_all_that_use_them() {
    let (theme, warnings) = told("mine", "inherits = \"default\"\n[palette]\nsky = \"#010203\"\n");
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(theme[Role::BorderFocused].fg, Some(Color::Rgb(1, 2, 3)));
}

#[test]
fn what_is_wrong_in_a_theme_is_told_with_its_line_and_passed_over() {
    let text = "name = \"Mine\"\nmode = \"dusk\"\ncolour = 1\n[roles]\n\"topic.retaind\" = \"red\"\n\
                \"topic\" = \"skyy\"\n\"title\" = { bald = true }\n\"value\" = 3\n\"tab\" =\n[palette]\nsea = \"#12\"\n";
    let (theme, warnings) = told("mine", text);
    assert_eq!(
        warnings,
        [
            "themes/mine.toml:2: the mode is \"dark\" or \"light\", not \"dusk\"",
            "themes/mine.toml:3: no key is called \"colour\"",
            "themes/mine.toml:5: no role is called \"topic.retaind\"; did you mean \"topic.retained\"?",
            "themes/mine.toml:7: no attribute is called \"bald\"; did you mean \"bold\"?; a role with a dot stands in quotes",
            "themes/mine.toml:8: \"value\" needs a colour or a table such as { fg = \"red\", bold = true }",
            warnings[5].as_str(),
            "themes/mine.toml:11: \"sea\" is no colour; write \"#rrggbb\", \"default\" or a name such as \"bright-cyan\"",
            "themes/mine.toml:6: no colour is called \"skyy\"; did you mean \"sky\"?",
        ]
    );
    assert!(warnings[5].starts_with("themes/mine.toml:9: "), "{}", warnings[5]);
    assert_eq!(theme.name, "Mine");
    assert_eq!(theme[Role::Border], Theme::default()[Role::Border]);
}

#[test]
fn a_theme_that_is_not_there_is_told_and_the_default_is_used() {
    let (theme, warnings) = Theme::load("ligth", &nobody, ColorDepth::True);
    assert_eq!(warnings.len(), 1);
    let text = warnings[0].to_string();
    assert_eq!(text, "theme: there is no theme \"ligth\"; did you mean \"light\"?; the default is used");
    assert_eq!(theme, Theme::default());
}

#[test]
fn themes_that_inherit_in_a_circle_end() {
    let user = |name: &str| Some(format!("inherits = {:?}", if name == "a" { "b" } else { "a" }));
    let (theme, warnings) = Theme::load("a", &user, ColorDepth::True);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_eq!(theme[Role::Border], Theme::default()[Role::Border]);
}

#[test]
fn nobody_can_stand_in_for_the_default() {
    let user = |_: &str| Some("[roles]\n\"text\" = \"red\"\n".to_owned());
    assert_eq!(Theme::load(DEFAULT, &user, ColorDepth::True).0, Theme::default());
}

#[test]
fn the_readme_of_the_themes_names_every_role() {
    let readme = include_str!("../../themes/README.md");
    for role in Role::ALL {
        let row = format!("| `{}` | {} |", role.name(), role.help());
        assert!(readme.contains(&row), "themes/README.md lacks {row}");
    }
}

#[test]
fn two_unknown_colours_on_one_line_are_both_told() {
    let (_, warnings) = told(
        "mine",
        "inherits = \"default\"\n[roles]\n\"border\" = { fg = \"blurple\", bg = \"octarine\" }\n",
    );
    for name in ["blurple", "octarine"] {
        let n = warnings.iter().filter(|warning| warning.contains(name)).count();
        assert_eq!(n, 1, "{name}: {warnings:?}");
    }
}
