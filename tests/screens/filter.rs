//! The view filter as whole frames: while it is typed, in force, and with a term that is none.
use super::{check_at, plant_after};

/// Beside the sizes of the others, the one that most terminals have.
const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

#[test]
fn a_filter_is_typed_with_what_it_matches_beside_it() {
    check_at(&SIZES, "filter-typed", || plant_after("fhall1 !door"));
}

#[test]
fn a_filter_in_force_is_told_in_the_title_and_branches_count_what_is_shown() {
    check_at(&SIZES, "filter-in-force", || plant_after("ftype:float | power<enter>"));
}

#[test]
fn a_term_that_is_none_is_told_beside_the_line() {
    check_at(&SIZES, "filter-wrong", || plant_after("fretained:perhaps"));
}
