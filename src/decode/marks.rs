//! Places in a long payload from which its lines can be made without reading it from the start. Owns the
//! spacing; what a place is, is its maker's business.

/// Lines between two places: a window costs at most so many lines more than it shows.
const EVERY: usize = 64;

/// Known places and how many lines there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks<P> {
    places: Vec<P>,
    n_lines: usize,
}

impl<P: Copy> Marks<P> {
    /// Walks all lines once. `next` goes from the place a line starts at to the next one's; none when there is
    /// no line any more.
    pub fn walk(start: P, mut next: impl FnMut(P) -> Option<P>) -> Self {
        let mut marks = Self { places: Vec::new(), n_lines: 0 };
        let mut place = start;
        while let Some(after) = next(place) {
            if marks.n_lines.is_multiple_of(EVERY) {
                marks.places.push(place);
            }
            marks.n_lines += 1;
            place = after;
        }
        marks
    }

    /// How many lines there are.
    pub fn n_lines(&self) -> usize {
        self.n_lines
    }

    /// The last known place before a line, and how many lines lie between.
    pub fn before(&self, line: usize) -> Option<(P, usize)> {
        (line < self.n_lines)
            .then(|| self.places.get(line / EVERY).map(|place| (*place, line % EVERY)))
            .flatten()
    }
}
