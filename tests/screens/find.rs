//! What is searched, listed and gone to: the table, the results, the candidates.
use super::{check_at, plant_after};

/// The sizes at which panes lie side by side and on top of each other.
const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

#[test]
fn the_topics_of_a_branch_are_a_table() {
    check_at(&SIZES, "table", || plant_after("ctrl-g p l a n t enter T t t t"));
}

#[test]
fn a_wide_pane_shows_all_columns_of_the_table() {
    check_at(&[(200, 60)], "table-wide", || plant_after("g T t t t t t"));
}
