//! A sweep of retained messages: found, chosen, counted, written to the undo file, cleared, undone.
use super::batch::{answered, handed};
use super::says;
use super::story::{Story, story, story_of};
use mqttscope::device::{Kind, Node};
use mqttscope::model::bulk::undo::{Done, Step};
use mqttscope::model::devices::{Answer, Errand};
use mqttscope::model::{Effect, Event, Settings};
use mqttscope::mqtt::{Publication, Reason, Retained, Stage, Topic};

/// Three retained topics below `a`, one live, one cleared, one that a live message came on after; one beside.
fn plant() -> Story {
    story()
        .online()
        .receives_retained("a/b/1", "one")
        .receives_retained("a/b/2", "two")
        .receives_retained("a/c", "three")
        .receives("a/live", "4")
        .receives_retained("a/cleared", "")
        .receives_retained("a/under", "kept")
        .receives("a/under", "live")
        .receives_retained("z", "out")
        .settled()
        .types("jX")
        .settled()
}

/// The steps that the worker was asked for since the last look.
fn steps(story: &mut Story) -> Vec<Step> {
    let steps = story.effects.drain(..).filter_map(|effect| match effect {
        Effect::Disk(errand) => match *errand {
            Errand::Undo(step) => Some(step),
            _other => None,
        },
        _other => None,
    });
    steps.collect()
}

fn done(story: Story, done: Result<Done, String>) -> Story {
    story.happens(Event::Disk(Box::new(Answer::Undo(done)))).settled()
}

/// The worker does what it is asked until the file is safe; what it was given to write.
fn written(mut story: Story) -> (Story, Vec<Publication>) {
    let mut rows = Vec::new();
    for _ in 0..100 {
        let asked = steps(&mut story);
        let [step] = asked.as_slice() else { panic!("one step at a time: {asked:?}") };
        let answer = match step {
            Step::Begin(_) => Done::Ready,
            Step::Add(more) => {
                rows.extend(more.clone());
                Done::Ready
            }
            Step::Finish => return (done(story, Ok(Done::Safe("undo.jsonl".into()))), rows),
            Step::Discard => panic!("given up"),
        };
        story = done(story, Ok(answer));
    }
    panic!("the file is never finished");
}

fn texts(rows: &[Publication]) -> Vec<String> {
    rows.iter().map(|row| format!("{} = {}", row.topic, String::from_utf8_lossy(&row.payload.0))).collect()
}

const DONE: Stage = Stage::Acknowledged(Reason::SUCCESS);

#[test]
fn what_is_retained_below_a_branch_is_listed_with_sizes_and_nothing_else_is() {
    plant()
        .sees("Clear retained of a")
        .sees("4 retained · 15 B")
        .sees("x a/b/1")
        .sees("x a/under 4 B now R-")
        .sees("- 1: an undo brings back the payload without its properties")
        .does_not_see("x a/live")
        .does_not_see("x a/cleared")
        .does_not_see("x z")
        .asks(&[]);
}

#[test]
fn rows_and_branches_are_left_alone_and_a_text_narrows() {
    // The order is that of the walk: the hand is put on a row of the branch b by narrowing.
    let story = plant().types("/b/<enter>").sees("2 of 4 retained · 6 B · only those that hold \"b/\"");
    let story = story.types("<space>").sees("1 of 4 retained").types("x").sees("0 of 4 retained");
    let story = story.types("/<ctrl-u><enter>").sees("2 of 4 retained · 9 B").sees("left alone");
    story.types("<enter>2<enter>").sees("writing the undo file");
}

#[test]
fn the_count_must_be_typed_and_the_file_is_safe_before_anything_is_cleared() {
    let mut story = plant().types("<enter>").sees("type the count:").types("3<enter>");
    assert_eq!(steps(&mut story), []);
    let story = story.sees("type 4 to clear them, or esc").types("<backspace>4<enter>");
    let (mut story, rows) = written(story);
    let mut expected = ["a/b/1 = one", "a/b/2 = two", "a/c = three", "a/under = kept"];
    expected.sort_unstable();
    let mut texts = texts(&rows);
    texts.sort();
    assert_eq!(texts, expected);
    assert!(rows.iter().all(|row| row.retain));
    // At 1,000 a second the first goes at once, and one a millisecond behind it.
    let mut cleared = handed(&mut story);
    assert_eq!(cleared.len(), 1);
    for _ in 0..3 {
        story = story.after(1);
        cleared.extend(handed(&mut story));
    }
    assert_eq!(cleared.len(), 4);
    assert!(cleared.iter().all(|(_, row)| row.retain && row.payload.0.is_empty()));
    let tickets: Vec<_> = cleared.iter().map(|(ticket, _)| *ticket).collect();
    let story = answered(story, &tickets, &DONE).after(1);
    let mut story = says(story, "the sweep of a is done: 4 sent, 4 acknowledged").types("u");
    let asked: Vec<_> = story.effects.drain(..).collect();
    let [Effect::Disk(errand)] = asked.as_slice() else { panic!("{asked:?}") };
    let Errand::ReadUndo(id, run, path) = (**errand).clone() else { panic!("{errand:?}") };
    let mut story = story.happens(Event::Disk(Box::new(Answer::UndoRead(id, run, path, Ok(rows.clone())))));
    let again: Vec<_> = handed(&mut story).into_iter().map(|(_, row)| row).collect();
    assert_eq!(again, rows, "every byte comes back");
}

#[test]
fn what_comes_after_the_undo_file_is_left_as_it_is_and_the_undo_leaves_it_too() {
    let (mut story, rows) = written(plant().types("<enter>4<enter>"));
    let mut cleared = handed(&mut story);
    let first = cleared[0].1.topic.clone();
    let late = rows.iter().map(|row| row.topic.clone()).find(|topic| *topic != first).unwrap();
    story = story.message(late.as_str(), b"newer", Retained::Yes);
    for _ in 0..5 {
        story = story.after(1);
        cleared.extend(handed(&mut story));
    }
    assert!(cleared.len() == 3 && cleared.iter().all(|(_, row)| row.topic != late));
    let tickets: Vec<_> = cleared.iter().map(|(ticket, _)| *ticket).collect();
    let story = answered(story, &tickets, &DONE).after(1);
    let mut story =
        says(story, "1 left, for something newer came after the undo file was written").types("u");
    let Some(Effect::Disk(errand)) = story.effects.drain(..).next_back() else { panic!("no errand") };
    let Errand::ReadUndo(id, run, path) = *errand else { panic!("another errand") };
    let mut story = story.happens(Event::Disk(Box::new(Answer::UndoRead(id, run, path, Ok(rows)))));
    let again: Vec<_> = handed(&mut story).into_iter().map(|(_, row)| row.topic).collect();
    assert!(again.len() == 3 && !again.contains(&late));
}

#[test]
fn an_undo_file_that_can_t_be_written_keeps_everything_where_it_is() {
    let mut story = plant().types("<enter>4<enter>");
    assert!(matches!(steps(&mut story).as_slice(), [Step::Begin(_)]));
    let mut story = done(story, Err("no undo file can be written in /x: no space".into()));
    assert_eq!(steps(&mut story), [Step::Discard]);
    let story = says(story, "nothing was cleared: no undo file can be written in /x: no space");
    let mut story = story.sees("4 retained").types("<esc>").does_not_see("Clear retained of a");
    assert_eq!(handed(&mut story), []);
}

#[test]
fn leaving_while_the_file_is_written_clears_nothing() {
    let mut story = plant().types("<enter>4<enter>");
    steps(&mut story);
    let mut story = story.types("<esc>");
    assert_eq!(steps(&mut story), [Step::Discard]);
    says(story, "the sweep was given up before anything was cleared");
}

#[test]
fn on_3_1_1_a_live_message_may_be_retained_and_it_is_said() {
    let story = story().online().message("a/1", b"x", Retained::Unknown).settled();
    story.types("jX").settled().sees("1 retained").sees("1 B now ?").sees("3.1.1 does not say");
}

#[test]
fn a_hundred_thousand_topics_are_looked_at_in_slices() {
    let mut story = story().online();
    for n in 0..20_000 {
        story = story.receives_retained(&format!("a/{}/{n}", n % 7), "1");
    }
    story = story.settled().types("j");
    let mut effects = Vec::new();
    let key = "X".parse().unwrap();
    mqttscope::model::update(&mut story.model, story.now, Event::Key(key), &mut effects);
    let mut n_slices = 0;
    while story.model.is_working() {
        mqttscope::model::update(&mut story.model, story.now, Event::Due, &mut effects);
        n_slices += 1;
    }
    assert!(n_slices >= 4, "{n_slices} slices");
    story.sees("20,000 retained").types("<enter>").sees("20,000 clears them");
}

#[test]
fn a_read_only_run_refuses_to_sweep() {
    let settings = Settings { budget_bytes: 64 << 20, read_only: true, ..Settings::default() };
    let story = story_of(&["demo"], settings).online().receives_retained("a/1", "x").settled().types("jX");
    says(story.does_not_see("Clear retained of"), "this is a read-only run").asks(&[]);
}

#[test]
fn a_range_is_swept_alone_and_with_kept_nodes_shown_only_theirs_are() {
    let heard = || {
        ["a/1", "a/2", "b/1", "c/1"]
            .iter()
            .fold(story().online(), |story, topic| story.receives_retained(topic, "on"))
            .settled()
    };
    heard()
        .types("jvjX")
        .settled()
        .sees("3 retained · 6 B")
        .sees("x a/2")
        .sees("x b/1")
        .does_not_see("x c/1");
    let mut story = heard();
    let device = story.model.devices.first_mut().unwrap();
    let node = Node::new(Topic::parse("a/2").unwrap(), Kind::String);
    device.kept.put(&mut device.store, node).unwrap();
    story.types("KgX").settled().sees("kept nodes only").sees("1 retained · 2 B").sees("x a/2");
}
