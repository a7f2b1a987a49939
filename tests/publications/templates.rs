//! Placeholders in the form and in the list of what was sent. Owns what is replaced when; what each becomes is
//! `placeholders`'.
use super::sent::publishes;
use super::story::{Story, story};
use mqttscope::mqtt::Qos;

fn payloads(story: &mut Story) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    story.published().iter().map(|sent| format!("{} {}", sent.topic, text(&sent.payload.0))).collect()
}

#[test]
fn placeholders_are_replaced_at_each_sending_and_the_form_keeps_what_was_written() {
    let mut story = publishes(story().online(), "lamp", "{n}: {random:5..5} {other}", Qos::AtMostOnce);
    story = story.sees("placeholders are replaced").types("p<enter>");
    assert_eq!(payloads(&mut story), ["lamp 1: 5 {other}", "lamp 2: 5 {other}"]);
    assert_eq!(story.model.form.payload.text(), "{n}: {random:5..5} {other}");
    let story =
        story.types("<esc>P").sees("lamp 2: 5 {other}").sees("written as lamp · {n}: {random:5..5} {other}");
    let mut story = story.types("r").sees("lamp 3: 5 {other}");
    assert_eq!(payloads(&mut story), ["lamp 3: 5 {other}"], "sent again, they are replaced anew");
    let story = story.types("<enter>");
    assert_eq!(story.model.form.payload.text(), "{n}: {random:5..5} {other}");
}

#[test]
fn a_key_sends_them_as_they_are_written_and_the_history_remembers_that() {
    let mut story = story().online().receives("lamp", "0").types("<ctrl-g>lamp<enter>p{n}<alt-p>");
    story = story.sees("placeholders as written").types("<enter>");
    assert_eq!(payloads(&mut story), ["lamp {n}"]);
    story = story.types("<alt-p>").sees("placeholders are replaced").types("<up>");
    story = story.sees("placeholders as written").types("<enter>");
    assert_eq!(payloads(&mut story), ["lamp {n}"]);
    let mut story = story.types("<esc>Pr");
    assert_eq!(payloads(&mut story), ["lamp {n}"]);
}

#[test]
fn a_placeholder_that_can_t_be_filled_is_told_and_nothing_is_sent() {
    let story = story().online().receives("lamp", "0").types("<ctrl-g>lamp<enter>p{random:5..1}");
    let mut story = story.sees("the lower bound stands first").types("<enter>");
    assert_eq!(payloads(&mut story), Vec::<String>::new());
}

#[test]
fn json_is_checked_as_it_goes_and_topics_may_hold_placeholders() {
    let mut story = story().online().types("p");
    story.model.form.topic.set("lamp/{n}");
    story.model.form.payload.set("{\"t\":{now:unix}}");
    story.model.form.format = mqttscope::model::form::Format::Json;
    story = story.does_not_see("not JSON").types("<ctrl-x>");
    assert_eq!(payloads(&mut story), ["lamp/1 {\"t\":1}"]);
}
