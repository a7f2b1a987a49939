//! Frames to bytes. Owns the backend that ratatui paints on; an unchanged frame is no bytes at all.
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType as Cleared, EndSynchronizedUpdate};
use crossterm::{cursor, queue};
use ratatui::Terminal;
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Rect, Size};
use std::convert::Infallible;

/// Paints frames into byte strings.
#[derive(Debug)]
pub struct Painter {
    terminal: Terminal<Bytes>,
}

/// A backend that collects what must be written.
#[derive(Debug)]
struct Bytes {
    out: Vec<u8>,
    size: Size,
    /// The cursor as the terminal has it, and as the frame wants it.
    shown: Option<Position>,
    wanted: Option<Position>,
}

impl Painter {
    /// For a terminal of this size whose screen is empty.
    pub fn new(cols: u16, rows: u16) -> Self {
        let size = Size::new(cols, rows);
        let backend = Bytes { out: Vec::new(), size, shown: None, wanted: None };
        Self { terminal: Terminal::new(backend).unwrap_or_else(|never| match never {}) }
    }

    /// The terminal has another size; what it shows is anybody's guess.
    pub fn resize(&mut self, cols: u16, rows: u16) {
        self.terminal.backend_mut().size = Size::new(cols, rows);
        let area = Rect::new(0, 0, cols, rows);
        self.terminal.resize(area).unwrap_or_else(|never| match never {});
    }

    /// Forgets what the terminal shows, so that the next frame is painted whole.
    pub fn forget(&mut self) {
        self.terminal.clear().unwrap_or_else(|never| match never {});
        self.terminal.backend_mut().shown = None;
    }

    /// Paints a frame; returns what must be written, nothing when the screen shows it already.
    pub fn paint(&mut self, draw: impl FnOnce(&mut ratatui::Frame<'_>)) -> Vec<u8> {
        self.terminal.backend_mut().wanted = None;
        self.terminal.draw(draw).unwrap_or_else(|never| match never {});
        self.terminal.backend_mut().finish()
    }
}

impl Bytes {
    fn finish(&mut self) -> Vec<u8> {
        if self.out.is_empty() && self.shown == self.wanted {
            return Vec::new();
        }
        let mut bytes = Vec::with_capacity(self.out.len() + 64);
        let _ = queue!(bytes, BeginSynchronizedUpdate);
        if self.shown.is_some() {
            let _ = queue!(bytes, cursor::Hide);
        }
        bytes.append(&mut self.out);
        if let Some(at) = self.wanted {
            let _ = queue!(bytes, cursor::MoveTo(at.x, at.y), cursor::Show);
        }
        let _ = queue!(bytes, EndSynchronizedUpdate);
        self.shown = self.wanted;
        bytes
    }
}

impl Backend for Bytes {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        if content.peek().is_some() {
            // Writing into memory cannot fail.
            let _ = CrosstermBackend::new(&mut self.out).draw(content);
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.wanted = None;
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.shown.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.wanted = Some(position.into());
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        let _ = queue!(self.out, Clear(Cleared::All));
        Ok(())
    }

    fn clear_region(&mut self, _region: ClearType) -> Result<(), Infallible> {
        self.clear()
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn painted(painter: &mut Painter, text: &str) -> String {
        String::from_utf8(painter.paint(|frame| frame.render_widget(text, frame.area()))).unwrap()
    }

    #[test]
    fn an_unchanged_frame_is_no_bytes_at_all() {
        let mut painter = Painter::new(20, 3);
        assert!(painted(&mut painter, "hello").contains("hello"));
        assert_eq!(painted(&mut painter, "hello"), "");
        let changed = painted(&mut painter, "hellO");
        assert!(changed.contains('O') && !changed.contains("hell"), "{changed:?}");
    }

    #[test]
    fn a_forgotten_screen_is_painted_whole() {
        let mut painter = Painter::new(20, 3);
        painted(&mut painter, "hello");
        painter.forget();
        assert!(painted(&mut painter, "hello").contains("hello"));
        painter.resize(30, 4);
        assert!(painted(&mut painter, "hello").contains("hello"));
    }

    #[test]
    fn the_cursor_moves_only_when_it_must() {
        let mut painter = Painter::new(20, 3);
        let mut at = |x| painter.paint(|frame| frame.set_cursor_position((x, 0)));
        assert!(!at(3).is_empty());
        assert!(at(3).is_empty());
        assert!(!at(4).is_empty());
    }
}
