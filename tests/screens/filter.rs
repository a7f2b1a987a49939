//! The view filter as whole frames: while it is typed, in force, and with a term that is none.
use super::stage::Stage;
use super::{check_at, plant_after};

/// Beside the sizes of the others, the one that most terminals have.
const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

/// The plant under a filter as it is typed, and what comes after.
fn filtered(text: &str, then: &str) -> Stage {
    let keys: Vec<String> =
        text.chars().map(|c| if c == ' ' { "space".to_owned() } else { c.to_string() }).collect();
    plant_after(&format!("f {} {then}", keys.join(" ")))
}

#[test]
fn a_filter_is_typed_with_what_it_matches_beside_it() {
    check_at(&SIZES, "filter-typed", || filtered("hall1 !door", ""));
}

#[test]
fn a_filter_in_force_is_told_in_the_title_and_branches_count_what_is_shown() {
    check_at(&SIZES, "filter-in-force", || filtered("type:float | power", "enter"));
}

#[test]
fn saved_filters_are_listed_with_the_one_in_force_marked() {
    let keys = "alt-s h o t enter f ctrl-u s t a l e : alt-s s i l e n t enter alt-f";
    check_at(&SIZES, "filter-saved", || filtered("type:float value:>100", keys));
}

#[test]
fn learning_under_a_filter_says_what_it_matches() {
    check_at(&SIZES, "filter-learn", || filtered("type:float hall1", "enter g L"));
}

#[test]
fn a_term_that_is_none_is_told_beside_the_line() {
    check_at(&SIZES, "filter-wrong", || filtered("retained:perhaps", ""));
}
