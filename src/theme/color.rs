//! Colours and the terminals that have few of them. Owns `NO_COLOR`, 16, 256 and true colour, and nothing else
//! does: everything outside speaks of roles.
use ratatui::style::{Color, Modifier, Style};

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColorDepth {
    /// None: `NO_COLOR` is set or the terminal is dumb. Bold and reverse stay.
    None,
    /// The sixteen that the terminal's own theme chooses.
    Ansi16,
    /// The sixteen, a cube of 216 and 24 greys.
    Ansi256,
    /// Any.
    True,
}

impl ColorDepth {
    /// What the environment tells; no terminal is asked, since none may answer.
    pub fn from_env(var: &dyn Fn(&str) -> Option<String>) -> Self {
        let value = |name| var(name).unwrap_or_default().to_ascii_lowercase();
        let term = value("TERM");
        if !value("NO_COLOR").is_empty() || term == "dumb" {
            return Self::None;
        }
        let direct = ["-direct", "kitty", "alacritty", "ghostty", "foot", "wezterm"];
        if ["truecolor", "24bit"].contains(&value("COLORTERM").as_str())
            || direct.iter().any(|name| term.contains(name))
        {
            Self::True
        } else if term.contains("256") {
            Self::Ansi256
        } else {
            Self::Ansi16
        }
    }
}

/// The sixteen colours by name, with the values that xterm gives them.
pub const ANSI: [(&str, Color, [u8; 3]); 16] = [
    ("black", Color::Black, [0, 0, 0]),
    ("red", Color::Red, [205, 0, 0]),
    ("green", Color::Green, [0, 205, 0]),
    ("yellow", Color::Yellow, [205, 205, 0]),
    ("blue", Color::Blue, [0, 0, 238]),
    ("magenta", Color::Magenta, [205, 0, 205]),
    ("cyan", Color::Cyan, [0, 205, 205]),
    ("white", Color::Gray, [229, 229, 229]),
    ("bright-black", Color::DarkGray, [127, 127, 127]),
    ("bright-red", Color::LightRed, [255, 0, 0]),
    ("bright-green", Color::LightGreen, [0, 255, 0]),
    ("bright-yellow", Color::LightYellow, [255, 255, 0]),
    ("bright-blue", Color::LightBlue, [92, 92, 255]),
    ("bright-magenta", Color::LightMagenta, [255, 0, 255]),
    ("bright-cyan", Color::LightCyan, [0, 255, 255]),
    ("bright-white", Color::White, [255, 255, 255]),
];

/// The steps of the 256-colour cube.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// Reads `#rrggbb`, one of the sixteen by name, or `default` for the terminal's own.
pub fn parse(text: &str) -> Option<Color> {
    if text == "default" {
        return Some(Color::Reset);
    }
    if let Some((_, color, _)) = ANSI.iter().find(|(name, ..)| *name == text) {
        return Some(*color);
    }
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let number = u32::from_str_radix(digits, 16).ok()?;
    let [_, r, g, b] = number.to_be_bytes();
    Some(Color::Rgb(r, g, b))
}

/// The style as a terminal of so many colours can show it.
pub fn at_depth(style: Style, depth: ColorDepth) -> Style {
    let lit = style.bg.is_some_and(|bg| bg != Color::Reset);
    let shown = Style {
        fg: style.fg.map(|color| nearest(color, depth)),
        bg: style.bg.map(|color| nearest(color, depth)),
        ..style
    };
    // Of sixteen colours a dark grey's nearest is black, and the cursor would be gone.
    let gone = matches!(shown.bg, Some(Color::Black | Color::DarkGray | Color::White));
    match depth {
        // Meaning must not go with the colour: what stood out by its background is reversed instead.
        ColorDepth::None if lit => reversed(Style { fg: None, bg: None, ..style }),
        ColorDepth::None => Style { fg: None, bg: None, ..style },
        ColorDepth::Ansi16 if lit && gone => reversed(shown),
        ColorDepth::Ansi16 | ColorDepth::Ansi256 | ColorDepth::True => shown,
    }
}

/// A background of a colour that is a value, not a meaning.
pub fn swatch([r, g, b]: [u8; 3], depth: ColorDepth) -> Option<Style> {
    let color = nearest(Color::Rgb(r, g, b), depth);
    (depth != ColorDepth::None).then(|| Style::new().fg(color).bg(color))
}

/// Reversed as a whole: the terminal's own two colours, whatever spans lie below.
fn reversed(style: Style) -> Style {
    Style { fg: Some(Color::Reset), bg: Some(Color::Reset), ..style }.add_modifier(Modifier::REVERSED)
}

/// The nearest colour that the terminal has.
fn nearest(color: Color, depth: ColorDepth) -> Color {
    let Color::Rgb(r, g, b) = color else { return color };
    let wanted = [r, g, b];
    match depth {
        ColorDepth::True => color,
        ColorDepth::Ansi256 => Color::Indexed(nearest_256(wanted)),
        ColorDepth::Ansi16 | ColorDepth::None => {
            ANSI.iter().min_by_key(|(.., rgb)| distance(*rgb, wanted)).map_or(color, |(_, color, _)| *color)
        }
    }
}

/// The nearest of the cube and the greys; the first sixteen are the user's and may be anything.
fn nearest_256(wanted: [u8; 3]) -> u8 {
    (16..=255).min_by_key(|index| distance(rgb_256(*index), wanted)).unwrap_or(16)
}

/// The value of one of the upper 240 colours.
fn rgb_256(index: u8) -> [u8; 3] {
    if index >= 232 {
        return [8 + 10 * (index - 232); 3];
    }
    let cube = usize::from(index.saturating_sub(16));
    [CUBE[cube / 36], CUBE[cube / 6 % 6], CUBE[cube % 6]]
}

/// How far two colours lie apart, about as the eye sees it: the weights follow the mean red.
fn distance(a: [u8; 3], b: [u8; 3]) -> i32 {
    let [r, g, b_] = [0, 1, 2].map(|channel| i32::from(a[channel]) - i32::from(b[channel]));
    let mean_red = i32::midpoint(i32::from(a[0]), i32::from(b[0]));
    (((512 + mean_red) * r * r) >> 8) + 4 * g * g + (((767 - mean_red) * b_ * b_) >> 8)
}
