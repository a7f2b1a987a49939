//! Finding: search counted and folded back, in values and with letters left out; going to a topic.
use super::story::{Story, story, story_of};
use mqttscope::model::Settings;

fn plant() -> Story {
    let mut story = story().online();
    for hall in 1..=2 {
        for oven in 1..=3 {
            let at = format!("plant/hall{hall}/oven{oven}");
            story = story.receives(&format!("{at}/temperature"), format!("{oven}80.5"));
            story = story.receives(&format!("{at}/door"), if oven == 2 { "Closed" } else { "open" });
        }
    }
    story.receives("yard/gate", "open").settled()
}

#[test]
fn matches_are_counted_and_the_cursor_says_which_it_is_on() {
    let story = plant().types("/door").sees("match 1 of 6").sees("plant/hall1/oven1/door");
    let story = story.types("<enter>").sees("match 1 of 6").types("nn").sees("match 3 of 6");
    let story = story.sees("plant/hall1/oven3/door").types("NNN").sees("match 6 of 6");
    // From a row that is no match the next one is counted anew.
    let story = story.types("n").sees("match 1 of 6").types("Gn").sees("match 1 of 6");
    story.types("GN").sees("match 6 of 6").types("<esc>").does_not_see("of 6");
}

#[test]
fn what_the_search_expanded_is_folded_back() {
    let story = plant().types("/hall2/oven3/d").sees("match 1 of 1").sees("▾ oven3");
    let story = story.types("<esc>").does_not_see("oven3").does_not_see("hall2").sees("plant");
    // Enter leaves the way to its match; another match folds the way to the one before.
    let story = story.types("/door<enter>").sees("▾ oven1").types("n").sees("▾ oven2").types("n");
    let story = story.sees("▾ oven1").sees("▸ oven2").sees("▾ oven3").types("n").sees("▾ hall2");
    // Where one looked around, it stays.
    let mut story = story.sees("▸ oven3").types("jn").sees("plant/hall2/oven2/door");
    assert_eq!(story.screen().matches("▾ oven1").count(), 2, "{}", story.screen());
    story.types("/gate<esc>").sees("▾ oven2");
}

#[test]
fn a_search_goes_on_behind_the_row_under_the_hand_and_round_the_end() {
    // What few topics match is found by their count, before the way there is gone.
    let story = plant().types("<ctrl-g>plant/hall1/oven2/door<enter>/temp").sees("match 2 of 6");
    let story = story.sees("plant/hall1/oven2/temperature").types("<esc>").types("/door");
    let story = story.sees("match 2 of 6").types("<esc>G/hall1/oven2/d").sees("match 1 of 1");
    story.sees("plant/hall1/oven2/door").types("<esc>/nothing").sees("no match");
}

#[test]
fn values_are_searched_by_key() {
    let story = plant().types("/closed").sees("no match").types("<alt-v>");
    let story = story.sees("match 1 of 2 · values too").sees("plant/hall1/oven2/door");
    let story = story.types("<enter>n").sees("plant/hall2/oven2/door").types("/");
    // It stays so until the key again.
    story
        .sees("values too")
        .types("<alt-v>")
        .sees("part of a topic · alt-v values too")
        .types("closed")
        .sees("no match");
}

#[test]
fn a_value_that_was_evicted_is_not_found_and_that_is_said() {
    let mut story = story_of(&["demo"], Settings { budget_bytes: 300_000, ..Settings::default() }).online();
    for n in 0..200 {
        story = story.receives(&format!("t/{n}"), format!("needle {}", "x".repeat(4_000)));
    }
    let screen = story.types("<alt-v>/<alt-v>needle").screen();
    assert!(screen.contains("not searched, for they were evicted"), "{screen}");
}

#[test]
fn letters_may_be_left_out_and_the_best_is_on_top() {
    let story = plant().types("/<alt-f>h2o3temp").sees("match 1 of 1 · fuzzy").sees("1 found");
    let story = story.sees("> plant/hall2/oven3/temperature").sees("380.5");
    let story = story.types("<enter>").does_not_see("found").sees("> temperature 380.5");
    let story = story.types("/odoor").sees("6 found").types("<down>").sees("match 2 of 6").types("<enter>n");
    let story = story.sees("match 3 of 6").types("NNN").sees("match 6 of 6");
    story.types("/zzz").sees("no match").types("<esc>/<alt-f>h2o3").sees("no match");
}

#[test]
fn results_are_listed_and_chosen() {
    let story = plant().types("/temp").does_not_see("found").types("<down>").sees("6 found");
    let story = story.sees("> plant/hall1/oven1/temperature").types("<down><down>");
    let story = story.sees("> plant/hall1/oven3/temperature").sees("match 3 of 6").types("<up><enter>");
    story.sees("plant/hall1/oven2/temperature").does_not_see("found").sees("▸ oven3");
}

#[test]
fn the_search_goes_through_the_table_and_leaves_it_open() {
    let story = plant().types("<ctrl-g>plant/hall2<enter>T").sees("6 topics · by topic");
    let story = story.types("/oven3/t").sees("> oven3/temperature").types("<enter>").sees("by topic");
    story
        .types("/door<enter>")
        .sees("> oven1/door")
        .types("nn")
        .sees("> oven3/door")
        .types("n")
        .sees("> oven1/door");
}

#[test]
fn going_to_a_topic_offers_what_fits_and_completes_levels() {
    let story = plant().types("<ctrl-g>gate").sees("> yard/gate").types("<enter>").sees("yard/gate");
    let story = story.types("<ctrl-g>h1o2d").sees("1 found").types("<enter>").sees("plant/hall1/oven2/door");
    let story = story.types("<ctrl-g>p<tab>").sees("go to topic: plant/ ").types("<tab>").sees("plant/hall ");
    let story = story.types("2<tab><tab>").sees("plant/hall2/oven ").types("3/t<tab><enter>");
    let story = story.sees("plant/hall2/oven3/temperature");
    story.types("<ctrl-g>oven<down><down><enter>").sees("plant/hall1/oven3/door");
}

#[test]
fn pins_and_visited_topics_are_offered_before_anything_is_typed() {
    let story = plant().types("<ctrl-g>yard/gate<enter>*<ctrl-g>plant/hall1<enter>");
    let story = story.types("<ctrl-g>plant/hall2/oven1/door<enter><ctrl-g>").sees("Pinned and visited");
    let story = story.sees(">★ yard/gate").sees("plant/hall1 ").types("<down><enter>").sees("plant/hall1");
    story.types("[").sees("plant/hall2/oven1/door").types("]").sees("plant/hall1");
}

#[test]
fn nothing_to_go_to_is_said() {
    story().online().receives("a", "1").types("<ctrl-g><enter>").sees("type a topic");
    let story = plant().types("<ctrl-g>qqq<enter>").sees("no topic \"qqq\" was heard so far");
    story.types("<esc>").does_not_see("qqq");
}
