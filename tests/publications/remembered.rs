//! What was sent, from one run to the next: when it is written, how much of it, and who does not want it. Owns no file;
//! those are `config`'s.
use super::sent::publishes;
use super::story::{Story, story, story_of};
use mqttscope::model::devices::{Answer, Errand};
use mqttscope::model::publications::draft::Draft;
use mqttscope::model::{Effect, Event, Settings};
use mqttscope::mqtt::Qos;

fn keeping() -> Story {
    story_of(&["demo"], Settings { keeps_history: true, budget_bytes: 64 << 20, ..Settings::default() })
}

/// What is written down since the last look, each time.
fn written(story: &mut Story) -> Vec<Vec<String>> {
    let text = |draft: &Draft| String::from_utf8_lossy(&draft.publication.payload.0).into_owned();
    let errands = story.effects.drain(..).filter_map(|effect| match effect {
        Effect::Disk(errand) => match *errand {
            Errand::RememberSent(sent) => Some(sent.iter().map(text).collect()),
            _ => None,
        },
        _ => None,
    });
    errands.collect()
}

#[test]
fn what_is_sent_is_written_down_once_for_several_and_not_at_each_key() {
    let mut story = publishes(keeping().online(), "lamp", "on", Qos::AtMostOnce);
    story = publishes(story.after(1_000), "lamp", "off", Qos::AtMostOnce);
    assert_eq!(written(&mut story), Vec::<Vec<String>>::new());
    story = story.after(1_000);
    assert_eq!(written(&mut story), [["off", "on"]]);
    story = story.after(60_000).types("jk");
    assert_eq!(written(&mut story), Vec::<Vec<String>>::new());
}

#[test]
fn whoever_quits_at_once_loses_nothing() {
    let mut story = publishes(keeping().online(), "lamp", "on", Qos::AtMostOnce).types("<ctrl-c><ctrl-c>");
    assert!(story.effects.contains(&Effect::Quit));
    assert_eq!(written(&mut story), [["on"]]);
}

#[test]
fn what_was_sent_in_earlier_runs_comes_behind_what_is_sent_in_this_one() {
    let before = publishes(story().online(), "fan", "1", Qos::ExactlyOnce);
    let earlier: Vec<Draft> = before.model.form.sent().cloned().collect();
    let story = publishes(keeping().online(), "lamp", "on", Qos::AtMostOnce);
    let answer = Answer::SentRecalled(earlier, vec!["publications.toml:3: no such thing".into()]);
    let story = story.happens(Event::Disk(Box::new(answer))).sees("publications.toml:3: no such thing");
    let story = story.types("p<up>");
    assert_eq!(story.model.form.payload.text(), "on");
    let story = story.types("<up>");
    let form = &story.model.form;
    assert_eq!((form.topic.text(), form.payload.text(), form.qos), ("fan", "1", Qos::ExactlyOnce));
}

#[test]
fn a_large_payload_is_not_written_down_and_that_is_told() {
    let mut story = keeping().online();
    story = story.types("p");
    story.model.form.payload.set("x".repeat(20_000));
    story.model.form.topic.set("lamp");
    story = story.types("<ctrl-x>").sees("20 kB is not remembered").after(2_000);
    assert_eq!(written(&mut story), [Vec::<String>::new()]);
    assert_eq!(story.model.form.n_sent(), 1, "this run goes back to it all the same");
}

#[test]
fn nothing_is_written_down_where_that_is_not_wanted() {
    let mut story = publishes(story().online(), "lamp", "on", Qos::AtMostOnce).after(10_000);
    assert_eq!(written(&mut story), Vec::<Vec<String>>::new());
}
