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

/// What stands for a glyph of ours.
const fn twin(glyph: char) -> Option<char> {
    Some(match glyph {
        '─' | '·' | '–' | '◌' | '○' => '-',
        '│' => '|',
        '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' => '+',
        '▾' | '↓' => 'v',
        '▸' => '>',
        '↑' => '^',
        '●' => 'o',
        '◐' => '~',
        '✗' | '×' => 'x',
        '★' => '*',
        '±' => '+',
        'Δ' => 'd',
        '▰' | '█' => '#',
        '▱' | '▂' => '.',
        '▌' => '|',
        '…' => '~',
        '▁' => '_',
        '▃' => '-',
        '▄' => '=',
        '▅' => '+',
        '▆' => '*',
        '▇' => '%',
        _ => return None,
    })
}
