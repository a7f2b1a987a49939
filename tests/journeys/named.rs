//! View filters with names: saved from the line, picked from the list, changed, deleted, and written with the device.
use super::story::{Story, story};
use mqttscope::model::devices::Errand;
use mqttscope::model::opening::Origin;
use mqttscope::model::{Effect, Model};

fn heard() -> Story {
    story()
        .online()
        .receives("plant/oven/temp", "183.4")
        .receives("plant/oven/door", "closed")
        .receives("yard/gate", "open")
        .settled()
}

/// Names and texts, in their order.
fn filters(model: &Model) -> Vec<(&str, &str)> {
    let device = model.devices.first().unwrap();
    device.filters.list().iter().map(|named| (named.name.as_str(), named.text.as_str())).collect()
}

#[test]
fn a_filter_is_saved_under_a_name_from_its_line_and_the_title_calls_it_so() {
    let story = heard()
        .types("foven")
        .sees("matches 2 of 3 · alt-s saves it")
        .types("<alt-s>")
        .sees("save the filter as:")
        .types("ovens<enter>")
        .sees("saving the filter as ovens; w saves the device, u undoes")
        .sees("2 of 3 topics")
        .sees("· filter ovens = oven")
        .sees("◆ unsaved");
    assert_eq!(filters(&story.model), [("ovens", "oven")]);
    let story = story.types("u").sees("undone: saving the filter as ovens").does_not_see("◆ unsaved");
    assert_eq!(filters(&story.model), []);
    let story = story.sees("· filter oven ").types("<ctrl-r>");
    assert_eq!(filters(&story.model), [("ovens", "oven")]);
}

#[test]
fn a_saved_filter_is_picked_from_the_list_out_of_the_tree_and_out_of_the_line() {
    heard()
        .types("foven<alt-s>ovens<enter>f<ctrl-u>yard<alt-s>yards<enter>")
        .types("<esc><esc>")
        .does_not_see("· filter")
        .types("<alt-f>")
        .sees("Saved filters of demo")
        .sees("ovens oven")
        .sees("yards yard")
        .types("j<enter>")
        .sees("· filter yards = yard")
        .sees("1 of 3 topics")
        .types("f<ctrl-u>")
        .sees("alt-o saved ones")
        .types("door<alt-o>")
        .sees("Saved filters of demo")
        .types("<esc>")
        .sees("filter: door")
        .sees("matches 1 of 3")
        .types("<alt-o>k<enter>")
        .sees("2 of 3 topics")
        .sees("· filter ovens = oven")
        .types("<alt-f>")
        .sees("● ovens");
}

#[test]
fn saving_under_a_name_that_is_taken_makes_room_and_the_same_filter_anew_renames_it() {
    let story = heard()
        .types("foven<alt-s>ovens<enter>f<space>temp<alt-s>ovens<enter>")
        .sees("saving the filter in the place of what ovens was");
    assert_eq!(filters(&story.model), [("ovens", "oven temp")]);
    let story = story
        .types("f<alt-s>")
        .sees("save the filter as: ovens")
        .types("<ctrl-u>hot<enter>")
        .sees("calling the filter hot, not ovens");
    assert_eq!(filters(&story.model), [("hot", "oven temp")]);
    let story = story.types("uu");
    assert_eq!(filters(&story.model), [("ovens", "oven")]);
}

#[test]
fn a_deleted_filter_comes_back_by_undo_while_the_list_is_open() {
    let story = heard()
        .types("foven<alt-s>ovens<enter><alt-f>d")
        .sees("none is left")
        .sees("deleting the filter ovens");
    assert_eq!(filters(&story.model), []);
    let story = story.types("u").sees("ovens oven");
    assert_eq!(filters(&story.model), [("ovens", "oven")]);
}

#[test]
fn esc_from_the_name_goes_on_with_the_filter_and_what_cannot_be_saved_is_told() {
    heard()
        .types("foven<alt-s>xyz<esc>")
        .sees("filter: oven")
        .types("<esc>")
        .does_not_see("· filter")
        .types("f<alt-s>")
        .sees("nothing to save yet: type a filter first")
        .types("aeg:<5s")
        .types("<alt-s>")
        .sees("did you mean \"age\"?")
        .types("<ctrl-u><alt-o>")
        .sees("demo has no saved filter; alt-s in the line of f saves one")
        .types("oven<alt-s>")
        .types(" <enter>")
        .sees("the name of a filter has 1 to 60 characters");
}

#[test]
fn filters_are_saved_with_the_device_and_asked_about_when_they_are_not() {
    let mut story = heard();
    story.model.devices[0].origin = Origin::File("plant".into());
    let mut story = story
        .types("foven<alt-s>ovens<enter>q")
        .sees("The filters of demo are not saved. Quit all the same?")
        .types("n")
        .types("w");
    let saved = story.effects.iter().find_map(|effect| {
        let Effect::Disk(errand) = effect else { return None };
        if let Errand::SaveNodes(saving) = &**errand { Some(saving.filters.clone()) } else { None }
    });
    assert_eq!(saved.as_deref(), Some(story.model.devices[0].filters.list()));
    assert!(story.screen().contains("unsaved"));
}

#[test]
fn a_saved_text_that_is_no_filter_goes_into_the_line_to_be_mended() {
    let mut story = heard();
    story.model.devices[0]
        .filters
        .set(vec![mqttscope::sift::named::Named { name: "typo".into(), text: "aeg:<5s".into() }]);
    story
        .types("<alt-f><enter>")
        .sees("filter: aeg:<5s")
        .sees("did you mean \"age\"?")
        .types("<esc>")
        .sees("3 topics");
}
