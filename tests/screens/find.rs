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

#[test]
fn results_are_listed_over_the_panes_above_the_line() {
    check_at(&SIZES, "results", || {
        let mut stage = plant_after("/ alt-f");
        stage.types("oven3t");
        stage
    });
    check_at(&SIZES, "values", || {
        let mut stage = plant_after("/ alt-v");
        stage.types("closed");
        stage
    });
}

#[test]
fn a_place_to_go_to_is_picked() {
    check_at(&[(60, 15), (80, 24)], "go-to", || {
        let mut stage = plant_after("* ctrl-g");
        stage.types("rooms");
        stage
    });
    check_at(&SIZES, "go-to-known", || plant_after("* ctrl-g"));
}
