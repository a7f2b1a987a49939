//! The picture in ASCII. Owns the twins of our own glyphs; what has none becomes a question mark.
use ratatui::buffer::Buffer;

/// Draws every cell with an ASCII character.
pub fn map(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            let twin = cell.symbol().chars().next().and_then(twin).unwrap_or('?');
            cell.set_char(twin);
        }
    }
}

/// Our glyphs, each with its twin.
const TWINS: [(&str, char); 12] = [
    ("─·○▃", '-'),
    ("│▌", '|'),
    ("┌┐└┘±▅◆", '+'),
    ("▾↓", 'v'),
    ("▸→▶", '>'),
    ("↑", '^'),
    ("●", 'o'),
    ("◐…", '~'),
    ("✗×", 'x'),
    ("★▆•", '*'),
    ("▰█", '#'),
    ("▱▂", '.'),
];

/// What stands for a glyph of ours.
fn twin(glyph: char) -> Option<char> {
    match glyph {
        'Δ' => Some('d'),
        '▁' => Some('_'),
        '▄' => Some('='),
        '▇' => Some('%'),
        _ => TWINS.iter().find(|(glyphs, _)| glyphs.contains(glyph)).map(|(_, twin)| *twin),
    }
}
