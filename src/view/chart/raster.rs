//! Lines as dots within cells: Braille, or one mark a cell. Owns which dot belongs to which series; knows no time and
//! no scale.

/// Dots above each other in a Braille cell.
const ROWS: usize = 4;

/// Braille patterns begin here; each dot is a bit.
const BRAILLE: u32 = 0x2800;

/// The bits of a Braille cell's dots, its left and its right column, from the top.
const BITS: [[u8; ROWS]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// A field of dots.
#[derive(Clone, Debug)]
pub struct Raster {
    cols: usize,
    rows: usize,
    /// Dots of a cell, across and down: 2 and 4, or one.
    dots: (usize, usize),
    bits: Vec<u8>,
    owners: Vec<u8>,
}

impl Raster {
    /// An empty field of so many cells, with two dots beside each other in each, or one.
    pub fn new(cols: usize, rows: usize, dots: usize) -> Self {
        let dots = if dots > 1 { (2, ROWS) } else { (1, 1) };
        Self { cols, rows, dots, bits: vec![0; cols * rows], owners: vec![0; cols * rows] }
    }

    /// Dots from top to bottom.
    pub const fn height(&self) -> usize {
        self.rows * self.dots.1
    }

    /// Sets a dot, counted from the upper left; outside there is none.
    pub fn set(&mut self, x: i64, y: i64, owner: u8) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
        let (col, row) = (x / self.dots.0, y / self.dots.1);
        if col >= self.cols || row >= self.rows {
            return;
        }
        let bit = if self.dots.0 == 1 { 1 } else { BITS[x % 2][y % ROWS] };
        if let (Some(bits), Some(known)) =
            (self.bits.get_mut(row * self.cols + col), self.owners.get_mut(row * self.cols + col))
        {
            *bits |= bit;
            *known = owner;
        }
    }

    /// Sets the dots of a line between two dots.
    pub fn line(&mut self, (x0, y0): (i64, i64), (x1, y1): (i64, i64), owner: u8) {
        let n = (x1 - x0).abs().max((y1 - y0).abs());
        for step in 0..=n {
            let along = |from: i64, to: i64| {
                if n == 0 { from } else { from + ((to - from) * step * 2 + n).div_euclid(2 * n) }
            };
            // Rounded half up whichever way it goes, so that a line and its mirror are of one kind.
            self.set(along(x0, x1), along(y0, y1), owner);
        }
    }

    /// A cell's character and the series that drew there last; none where there is no dot.
    pub fn cell(&self, col: usize, row: usize, mark: impl Fn(u8) -> char) -> Option<(char, u8)> {
        let place = row * self.cols + col;
        let (bits, owner) = (*self.bits.get(place)?, *self.owners.get(place)?);
        if bits == 0 {
            return None;
        }
        let braille = char::from_u32(BRAILLE + u32::from(bits)).unwrap_or('?');
        Some((if self.dots.0 == 1 { mark(owner) } else { braille }, owner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raster: &Raster) -> Vec<String> {
        let cell =
            |row: usize| move |col: usize| raster.cell(col, row, |_| '*').map_or(' ', |(dots, _)| dots);
        (0..raster.rows).map(|row| (0..raster.cols).map(cell(row)).collect()).collect()
    }

    #[test]
    fn a_line_runs_from_dot_to_dot_and_stays_within_the_field() {
        let mut raster = Raster::new(4, 1, 2);
        raster.line((0, 3), (7, 0), 1);
        assert_eq!(text(&raster), ["⣀⠤⠒⠉"]);
        raster.line((-50, -50), (90, 90), 1);
        raster.set(i64::MAX, i64::MIN, 1);
        let mut plain = Raster::new(3, 2, 1);
        plain.line((0, 1), (2, 0), 7);
        assert_eq!(plain.cell(0, 1, |_| '*'), Some(('*', 7)));
        assert_eq!(plain.cell(2, 0, |_| '*'), Some(('*', 7)));
        assert_eq!(plain.cell(0, 0, |_| '*'), None);
    }
}
