//! Publications with names: saving, picking, deleting, undoing. Owns no file; those are `config`'s.
use super::sent::publishes;
use super::story::{Story, story, story_of};
use mqttscope::model::devices::{Answer, Errand};
use mqttscope::model::opening::Origin;
use mqttscope::model::publications::draft::{Draft, Saved, Shelf};
use mqttscope::model::publications::saved::Again;
use mqttscope::model::{DeviceId, Effect, Event, Settings};
use mqttscope::mqtt::Qos;

/// What is asked of the disk since the last look.
fn errands(story: &mut Story) -> Vec<Errand> {
    let errands = story.effects.drain(..).filter_map(|effect| match effect {
        Effect::Disk(errand) => Some(*errand),
        _ => None,
    });
    errands.collect()
}

fn form(payload: &str) -> Story {
    let mut story = story().online();
    story.model.devices[0].origin = Origin::File("demo".into());
    let mut story = publishes(story, "plant/lamp", payload, Qos::AtLeastOnce).types("p");
    errands(&mut story);
    story
}

fn draft(payload: &str) -> Draft {
    let story = form(payload);
    story.model.form.draft().unwrap()
}

fn saved(name: &str, payload: &str, shelf: Shelf) -> Saved {
    Saved { name: name.into(), shelf, draft: draft(payload) }
}

fn answers(story: Story, answer: Answer) -> Story {
    story.happens(Event::Disk(Box::new(answer)))
}

#[test]
fn a_name_saves_what_stands_in_the_form_for_the_device_or_for_all() {
    let mut story =
        form("on").types("<alt-s>").sees("save for this device as: lamp").types("<ctrl-u>dark<enter>");
    let of_device = saved("dark", "on", Shelf::Device(DeviceId(0), "demo".into()));
    let expected = Errand::SavePublication(Box::new(of_device.clone()), Again::No);
    assert_eq!(errands(&mut story), [expected]);
    story = answers(story, Answer::PublicationSaved(Box::new(of_device), Again::No, Ok(None)));
    let mut story =
        story.sees("saving dark in demo; u undoes").types("<alt-S>").sees("save for all devices as: lamp");
    story = story.types("<enter>");
    let expected = saved("lamp", "on", Shelf::Global);
    assert_eq!(errands(&mut story), [Errand::SavePublication(Box::new(expected), Again::No)]);
}

#[test]
fn a_device_without_a_file_says_where_it_can_be_saved() {
    let mut story = form("on");
    story.model.devices[0].origin = Origin::Program;
    story.types("<alt-s>").sees("demo has no file yet").does_not_see("save for this device");
}

fn list() -> Story {
    let mut story = form("x").types("<esc><alt-o>").sees("reading");
    assert_eq!(errands(&mut story), [Errand::ListSaved(DeviceId(0), Some("demo".into()))]);
    let list = vec![
        saved("dark", "off", Shelf::Device(DeviceId(0), "demo".into())),
        saved("bright", "{n}", Shelf::Global),
    ];
    answers(story, Answer::SavedListed(list, Vec::new()))
}

#[test]
fn enter_fills_the_form_and_a_second_one_sends() {
    let mut story = list().sees("dark").sees("bright").types("j<enter>");
    assert_eq!(story.model.form.payload.text(), "{n}");
    assert!(story.published().is_empty());
    story = story.types("<enter>");
    let sent = story.published();
    assert_eq!((sent.len(), &*sent[0].payload.0), (1, &b"1"[..]));
}

#[test]
fn one_key_sends_from_the_list_but_not_in_a_read_only_run() {
    let mut story = list().types("<ctrl-x>");
    let sent = story.published();
    assert_eq!((sent.len(), &*sent[0].payload.0, sent[0].qos), (1, &b"off"[..], Qos::AtLeastOnce));
    let settings = Settings { read_only: true, budget_bytes: 64 << 20, ..Settings::default() };
    let story = story_of(&["demo"], settings).online().types("<alt-o>");
    let answer = Answer::SavedListed(vec![saved("dark", "off", Shelf::Global)], Vec::new());
    let mut story = answers(story, answer).types("<ctrl-x>").sees("read-only run");
    assert!(story.published().is_empty());
}

#[test]
fn typing_behind_a_slash_narrows_the_list() {
    let story = list().types("/OFF").does_not_see("bright").types("<enter><enter>");
    assert_eq!(story.model.form.payload.text(), "off");
    list()
        .types("/nothing")
        .sees("none holds this text")
        .types("<esc>")
        .sees("bright")
        .types("<esc>")
        .sees("Topics");
}

#[test]
fn what_is_deleted_can_be_undone() {
    let mut story = list().types("d");
    let dark = Box::new(saved("dark", "off", Shelf::Device(DeviceId(0), "demo".into())));
    assert_eq!(errands(&mut story), [Errand::ForgetPublication(dark.clone(), Again::No)]);
    let answer = Answer::PublicationForgotten(dark.clone(), Again::No, Ok(Some(dark.draft.clone())));
    story = answers(story, answer).sees("deleting dark; u undoes");
    assert!(matches!(errands(&mut story).as_slice(), [Errand::ListSaved(..)]));
    story = story.types("u");
    assert_eq!(errands(&mut story), [Errand::SavePublication(dark, Again::Yes)]);
}

#[test]
fn a_file_that_can_t_be_written_is_told() {
    let story = form("on");
    let saved = Box::new(saved("dark", "on", Shelf::Global));
    answers(story, Answer::PublicationSaved(saved, Again::No, Err("the disk is full".into())))
        .sees("the disk is full");
}
