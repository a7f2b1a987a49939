//! A jq line per topic: live while typed, with every message, kept, saved, and never taken for the message itself.
use crate::decoding::{of_file, opened_from, written};
use crate::story::{Story, story};
use mqttscope::decode::jq::request::Request;
use mqttscope::decode::jq::{self, Limits};
use mqttscope::model::inspector::filtered::{Asked, Ran};
use mqttscope::model::{Effect, Event};

const STATE: &str = r#"{"t":21.5,"list":[{"name":"a"},{"name":"b"}]}"#;

/// A topic with a value, the hand on it.
fn on(payload: impl AsRef<[u8]>) -> Story {
    story().online().receives("a", payload).types("j")
}

/// The programs that are to be run, since the last look.
fn asked(story: &mut Story) -> Vec<Asked> {
    let asked = |effect| if let Effect::RunJq(asked) = effect { Some(*asked) } else { None };
    story.effects.drain(..).filter_map(asked).collect()
}

/// The one program that is to be run.
#[track_caller]
fn one(story: &mut Story) -> Asked {
    let mut asked = asked(story);
    assert_eq!(asked.len(), 1, "{asked:?}");
    asked.remove(0)
}

/// Tells what became of a program, as the process would.
fn told(story: Story, asked: &Asked) -> Story {
    let (request, ground) = asked.read();
    let ran = match request {
        Ok(request) => {
            let (program, input) = Request::read(request.bytes()).unwrap();
            Ran::Done(jq::run(program, input, Limits::default()))
        }
        Err(words) => Ran::Unread(words),
    };
    story.happens(Event::Decoded(Box::new(ground.show(ran)))).settled()
}

/// Runs what is to be run, as often as there is something.
fn ran(mut story: Story) -> Story {
    loop {
        story = story.settled();
        let Some(last) = asked(&mut story).pop() else { return story };
        story = told(story, &last);
    }
}

#[test]
fn a_program_is_live_while_it_is_typed_and_replaces_the_document() {
    let story =
        ran(on(STATE).types("J").sees("jq: ").sees(".temperature .list[] | .name")).sees("\"t\": 21.5");
    let story =
        ran(story.types(".list")).sees("· jq: .list").sees("\"name\": \"a\"").does_not_see("\"t\": 21.5");
    // What can't be run is told with its place; the last that could be stays.
    let story = ran(story.types("[] |"))
        .sees("column 10: a value or filter should stand here, and the program ends")
        .sees("\"name\": \"a\"");
    let story = ran(story.types(" .name<enter>")).sees("jq: .list[] | .name").sees("2 values, as a list");
    story.sees("[0] \"a\"").sees("by jq; x shows what came").does_not_see("column");
}

#[test]
fn every_message_goes_through_it_and_the_newest_wins() {
    let mut story = ran(on(STATE).types("J.t<enter>")).sees("jq: .t");
    story = story.receives("a", r#"{"t":22}"#).settled();
    let first = one(&mut story);
    // It runs still: those that come meanwhile are not queued.
    for t in 23..40 {
        story = story.receives("a", format!("{{\"t\":{t}}}")).settled();
    }
    assert_eq!(asked(&mut story), []);
    story = told(story, &first);
    let last = one(&mut story);
    assert_eq!(&*last.payload, br#"{"t":39}"#);
    let mut story = told(story, &last).settled();
    assert_eq!(asked(&mut story), [], "nothing is run twice");
    let screen = story.screen();
    let is_it =
        |line: &str| line.trim_end_matches(['│', '║', ' ']).ends_with("39") && !line.contains("{\"t\"");
    assert!(screen.lines().any(is_it), "{screen}");
}

#[test]
fn another_program_or_topic_does_not_wait_and_what_was_given_up_is_not_shown() {
    let mut story = on(STATE).receives("b", "{\"t\":\"bee\"}").types("J.t").settled();
    let first = asked(&mut story).pop().unwrap();
    story = story.types(" + 1").settled();
    let second = asked(&mut story).pop().expect("the new program is run at once");
    assert_eq!(&*second.program, ".t + 1");
    let story = told(story, &first).does_not_see("││ 21.5").sees("reading…");
    told(story, &second).sees("││ 22.5").types("<enter>j").sees("\"bee\"").does_not_see("· jq:");
}

#[test]
fn raw_is_one_key_away_and_says_that_the_program_waits() {
    let story = ran(on(STATE).types("J.t<enter>")).sees("· jq: .t");
    let story = ran(story.types("x")).sees("raw, without jq: .t").sees(STATE);
    let story = ran(story.types("x")).sees("· jq: .t").does_not_see("without jq");
    // The tabs that show the message show the message.
    ran(story.types("4")).does_not_see("· jq:").sees(STATE);
}

#[test]
fn an_empty_line_takes_it_away_and_esc_leaves_everything_as_it_was() {
    let story = ran(on(STATE).types("4J.list<esc>")).does_not_see("· jq").sees("4 Message").sees(STATE);
    let story = ran(story.types("1J.t<enter>")).sees("· jq: .t");
    let story = ran(story.types("J | 1<esc>")).sees("· jq: .t").does_not_see(".t | 1");
    ran(story.types("J<ctrl-u><enter>")).sees("without jq").does_not_see("· jq:").sees("\"t\": 21.5");
}

#[test]
fn up_and_down_bring_programs_back() {
    let story = ran(on(STATE).types("J.t<enter>J<ctrl-u>.list<enter>J<up>")).sees("jq: .list");
    let story = ran(story.types("<up>")).sees("· jq: .t").sees("21.5");
    let story = ran(story.types("<down>")).sees("· jq: .list");
    ran(story.types("<down><enter>")).does_not_see("· jq:").sees("\"t\": 21.5");
}

#[test]
fn what_goes_wrong_is_told_at_the_value() {
    let story =
        ran(on("{\"t\":1}").types("J.t.a<enter>")).sees("cannot index 1 with \"a\"").sees("· jq: .t.a");
    // The next message may do.
    let story =
        ran(story.receives("a", "{\"t\":{\"a\":\"fine\"}}")).sees("\"fine\"").does_not_see("cannot index");
    ran(story.types("Jempty<ctrl-u>empty<enter>")).sees("the program gives nothing for");
    ran(on(b"\x00\x01\xff\xfe\x02").types("J.<enter>")).sees("jq reads JSON and text, and these");
    ran(on("21.5 °C").types("Jsplit(\" \")[0] | tonumber * 2<enter>")).sees("43.0");
    ran(on("").types("J.<enter>")).sees("the message is empty: jq has");
    // `{"temperature":21,"on":true}` in MessagePack: what decoders make goes in.
    ran(on(b"\x82\xabtemperature\x15\xa2on\xc3").types("J.temperature * 2<enter>"))
        .sees("42")
        .sees("MessagePack");
}

#[test]
fn a_program_that_was_stopped_is_not_run_again_by_itself() {
    let mut story = on(STATE).types("J");
    for letter in ["1", ",", "2", "<enter>"] {
        story = story.types(letter).settled();
    }
    let last = asked(&mut story).pop().unwrap();
    let (_request, ground) = last.read();
    let stopped = ground.show(Ran::Stopped("jq was stopped after 2.0 s of work".into()));
    let mut story = story.happens(Event::Decoded(Box::new(stopped))).settled();
    story = story.sees("jq was stopped after 2.0 s of").sees("taken anew");
    for t in 0..9 {
        story = story.receives("a", format!("{{\"t\":{t}}}")).settled();
    }
    assert_eq!(asked(&mut story), []);
    ran(story.types("J<enter>")).sees("2 values, as a list").does_not_see("was stopped");
}

#[test]
fn paths_of_what_a_program_made_lead_nowhere_in_the_message() {
    let story = ran(on(STATE).types("<tab>j")).sees("$.t");
    assert!(story.model.inspector.path(story.model.cursor).is_some());
    let path = story.model.inspector.path(story.model.cursor).cloned();
    let story = ran(story.types("J.list<enter>jj")).sees("(of what jq made)");
    assert_eq!(
        story.model.inspector.path(story.model.cursor),
        path.as_ref(),
        "history and chart follow what came"
    );
    ran(story.types("J<ctrl-u><enter>")).sees("$.t").does_not_see("of what jq made");
}

#[test]
fn a_program_is_saved_with_the_device_and_read_back() {
    let (story, devices, _home) = of_file("\n[[decoder]]\nfilter = \"b\"\njq = \".known\"\n");
    let story = ran(story.receives("a", STATE).types("jJ<up>")).sees("jq: .known");
    let story =
        ran(story.types("<ctrl-u>.list | length<enter>")).sees("by jq; x shows what came; w saves it");
    let mut story = story.sees("◆ unsaved").types("w");
    let text = written(&mut story, &devices);
    assert!(
        text.contains("[[decoder]]\nfilter = \"a\"\ndecoder = \"auto\"\njq = \".list | length\"\n"),
        "{text}"
    );
    let story = opened_from(crate::story::story().online(), &devices).receives("a", STATE).types("j");
    ran(story).sees("· jq: .list | length").does_not_see("unsaved");
}

#[test]
fn a_row_without_a_message_has_nothing_to_read() {
    story().online().receives("a/b", "1").types("jJ").sees("no message came on this very topic");
}
