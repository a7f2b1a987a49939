//! The view filter from key to screen: typed, kept, left, taken back; with what works beside it.
use super::story::{Story, story};

fn heard() -> Story {
    story()
        .online()
        .receives("plant/hall1/oven3/temp", "183.4")
        .receives("plant/hall1/oven3/door", "closed")
        .receives("plant/hall2/lamp", "{\"on\":true}")
        .receives("plant/hall2", "ready")
        .receives("yard/gate", "open")
        .settled()
}

#[test]
fn a_filter_narrows_the_tree_while_it_is_typed_and_counts_what_is_shown() {
    heard()
        .types("fhall")
        .sees("filter: hall")
        .sees("matches 4 of 5")
        .does_not_see("yard")
        .types("1")
        .sees("matches 2 of 5")
        .sees("2 of 4")
        .does_not_see("lamp")
        .types("<enter>")
        .sees("Topics ─ 2 of 5 topics")
        .sees("· filter hall1")
        .receives("plant/hall1/fan", "1")
        .sees("3 of 6 topics")
        .sees("fan")
        .receives("plant/hall3/fan", "1")
        .sees("3 of 7 topics")
        .does_not_see("hall3");
}

#[test]
fn esc_takes_back_what_is_typed_and_in_the_tree_the_filter_itself() {
    heard()
        .types("foven<enter>")
        .sees("2 of 5 topics")
        .types("f<ctrl-u>yard")
        .sees("matches 1 of 5")
        .types("<esc>")
        .sees("2 of 5 topics")
        .sees("· filter oven")
        .types("<esc>")
        .sees("5 topics")
        .does_not_see("filter oven")
        .types("foven<enter>f<ctrl-u><enter>")
        .sees("yard")
        .does_not_see("filter oven");
}

#[test]
fn a_term_that_is_none_is_told_and_the_tree_stays_as_it_was() {
    heard()
        .types("foven /(/")
        .sees("/(/ at 6: no regular expression: unclosed group")
        .types("<ctrl-u>oven aeg:<5s")
        .sees("aeg:<5s at 6: there is no aeg:; did you mean \"age\"?")
        .types("<enter>")
        .sees("filter: oven aeg:<5s")
        .types("<esc>")
        .sees("5 topics")
        .does_not_see("did you mean");
}

#[test]
fn the_hand_stays_on_its_row_where_that_is_let_through() {
    let mut story = heard().types("/lamp<enter>").sees("┌ plant/hall2/lamp ");
    story = story.types("fhall2").sees("┌ plant/hall2/lamp ");
    // Else it goes to what is left of its row's way, and back with Esc.
    story = story.types("<ctrl-u>oven").sees("┌ plant ─");
    story.types("<esc>").sees("┌ plant/hall2/lamp ");
}

#[test]
fn what_a_message_changes_is_judged_by_it_and_what_time_changes_within_a_second() {
    heard()
        .types("fvalue:>200<enter>")
        .sees("0 of 5 topics")
        .receives("plant/hall1/oven3/temp", "210")
        .sees("1 of 5 topics")
        .receives("plant/hall1/oven3/temp", "190")
        .sees("0 of 5 topics")
        .types("f<ctrl-u>age:<10s")
        .types("<enter>")
        .receives("yard/gate", "open")
        .sees("5 of 5 topics")
        .after(15_000)
        .settled()
        .sees("0 of 5 topics")
        .receives("yard/gate", "open")
        .sees("1 of 5 topics");
}

#[test]
fn a_frozen_picture_is_not_narrowed_by_time() {
    heard()
        .types("fage:<10s")
        .types("<enter>z")
        .sees("5 of 5 topics")
        .after(15_000)
        .settled()
        .sees("5 of 5 topics")
        .types("z")
        .after(1_000)
        .settled()
        .sees("0 of 5 topics");
}

#[test]
fn search_finds_within_what_is_shown_and_kept_only_holds_as_well() {
    heard()
        .types("fhall<enter>/gate")
        .sees("no match")
        .types("<esc>/lamp<enter>a<enter>")
        .sees("◆ lamp")
        .types("K")
        .sees("1 of 5 topics")
        .sees("kept only")
        .does_not_see("oven3")
        .types("<esc><esc><esc>")
        .does_not_see("filter hall")
        .sees("kept only")
        .types("K")
        .sees("yard");
}

#[test]
fn going_to_a_topic_that_is_left_out_shows_all_and_says_so() {
    heard()
        .types("foven<enter><ctrl-g>yard/gate<enter>")
        .sees("┌ yard/gate ")
        .sees("the filter left this topic out")
        .types("<esc>f<up>")
        .sees("filter: oven")
        .sees("matches 2 of 5");
}

#[test]
fn filters_set_before_come_back_by_the_arrows() {
    heard()
        .types("foven<enter>f<ctrl-u>yard<enter>f<ctrl-u><up>")
        .sees("filter: yard")
        .types("<up>")
        .sees("filter: oven")
        .sees("matches 2 of 5")
        .types("<down><down>")
        .sees("filter:  ");
}

#[test]
fn a_sweep_under_a_filter_takes_only_what_is_shown_and_says_so() {
    story()
        .online()
        .receives_retained("a/x/on", "1")
        .receives_retained("a/x/off", "1")
        .receives_retained("a/y/on", "1")
        .settled()
        .types("f/on$/<enter>X")
        .sees("only those matching /on$/")
        .sees("2 retained")
        .does_not_see("a/x/off");
}

#[test]
fn what_is_excluded_is_dropped_before_it_is_seen_and_counted() {
    heard()
        .types("S!yard/+<enter>")
        .sees("yard/+ is dropped from now on; S !yard/+ takes it in again")
        .receives("yard/tree", "1")
        .receives("yard/gate", "shut")
        .receives("plant/hall2", "busy")
        .sees("2 excluded")
        .sees("5 topics")
        .does_not_see("tree")
        .types("m")
        .sees("excluded")
        .sees("2 messages by 1 filter")
        .types("mS!yard/+<enter>")
        .receives("yard/tree", "1")
        .sees("6 topics")
        .types("S!yard/#/x<enter>")
        .sees("the # must stand alone in the last level");
}

#[test]
fn packed_payloads_are_judged_by_what_is_inside() {
    let packed = b"\x82\xa1t\x15\xa1s\xa4open";
    let at = story()
        .online()
        .receives("packed", packed)
        .receives("bytes", b"\xff\x00\x80")
        .receives("text", "shut");
    let at = at.types("fvalue:open").sees("matches 1 of 3").sees("packed").types("<ctrl-u>type:object");
    let at = at.sees("matches 1 of 3").types("<ctrl-u>type:bytes").sees("matches 1 of 3").sees("bytes");
    // Of messages that come, too.
    let at = at.types("<ctrl-u>type:object<enter>").receives("bytes", packed).settled().sees("2 of 3 topics");
    at.receives("packed", b"\xff\x00\x80").settled().sees("1 of 3 topics");
}
