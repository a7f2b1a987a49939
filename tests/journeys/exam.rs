//! Brokers found and examined on the Devices screen: what the world tells in, the screen and effects out.
use super::story::{Story, story, story_of};
use mqttscope::model::devices::exam::{MAX_FINDINGS, Told, Wanted};
use mqttscope::model::devices::{Answer, Errand, Listing, Then};
use mqttscope::model::opening::{Opening, Origin};
use mqttscope::model::{Effect, Event, Settings};
use mqttscope::mqtt::port::Step;
use mqttscope::mqtt::{Address, Check, Finding, Found, Outcome, Profile, Qos, Sighting, Verdict};
use std::time::Duration;

fn good(check: Check, note: &str) -> Finding {
    Finding { check, outcome: Outcome::Good, took: Some(Duration::from_micros(420)), note: note.into() }
}

fn refused() -> Finding {
    let remedy = Some("check --username and the password".to_owned());
    Finding {
        check: Check::Step(Step::Connect),
        outcome: Outcome::Bad { meaning: "the broker did not let us in", remedy },
        took: None,
        note: "refused: \u{1b}[31mbad user name or password".into(),
    }
}

/// What was asked to be examined last.
fn wanted(story: &Story) -> Wanted {
    let wanted = |effect: &Effect| match effect {
        Effect::Examine(wanted) => Some((**wanted).clone()),
        Effect::Open(..)
        | Effect::Close(_)
        | Effect::Request(..)
        | Effect::Disk(_)
        | Effect::StopExamining
        | Effect::Copy(_)
        | Effect::Decode(..)
        | Effect::RunJq(_)
        | Effect::Compare(_)
        | Effect::EditText(_)
        | Effect::Suspend
        | Effect::Quit => None,
    };
    story.effects.iter().rev().find_map(wanted).expect("an examination was asked for")
}

fn tells(story: Story, told: Told) -> Story {
    let number = wanted(&story).number;
    story.happens(Event::Examined(number, Box::new(told)))
}

fn finds(story: Story, findings: impl IntoIterator<Item = Finding>) -> Story {
    findings.into_iter().fold(story, |story, finding| tells(story, Told::Found(finding)))
}

#[test]
fn the_broker_under_the_hand_is_examined_line_by_line() {
    let story = story().online().types("Dt").sees("demo is being examined");
    assert_eq!(wanted(&story).profile.client_id, "mqttscope1-doctor", "the open one is not thrown out");
    assert!(!wanted(&story).is_read_only);
    let story = finds(story, [good(Check::Step(Step::Resolve), "127.0.0.1")])
        .sees("✓ resolve 0.4 ms 127.0.0.1")
        .sees("demo is being examined: resolve done")
        .does_not_see("✗");
    let story = finds(story, [refused()])
        .sees("✗ CONNECT refused: \\x1b[31mbad user name or password")
        .sees("that means: the broker did not let us in")
        .sees("what to try: check --username and the password");
    tells(story, Told::Done(Verdict::Refused, 0)).sees("demo refused us, or something we asked for");
}

#[test]
fn esc_gives_the_examination_up_and_r_repeats_it() {
    let story = story().types("Dt");
    let first = wanted(&story);
    let story = finds(story, [refused()]).types("r").does_not_see("✗ CONNECT");
    let second = wanted(&story);
    assert_eq!(second.profile, first.profile);
    let late = Event::Examined(first.number, Box::new(Told::Found(refused())));
    let story = story.happens(late).does_not_see("✗ CONNECT");
    let story = finds(story, [good(Check::Limits, "none")]).sees("✓ limits");
    let story = story.types("<esc>").does_not_see("✓ limits").sees("Devices").does(&Effect::StopExamining);
    let number = second.number;
    story.happens(Event::Examined(number, Box::new(Told::Found(refused())))).does_not_see("✗ CONNECT");
}

#[test]
fn a_saved_device_is_read_to_be_examined_and_not_opened() {
    let listed = Event::Disk(Box::new(Answer::Listed(Ok(Listing::default()))));
    let mut story = story_of(&[], Settings { read_only: true, ..Settings::default() }).happens(listed);
    story = story.types("t");
    let origin = Origin::Url("mqtt://127.0.0.1:1883".into());
    let story = story.does(&Effect::Disk(Box::new(Errand::Open(origin.clone(), Then::Examine))));
    let profile = Profile::new("local", Address::tcp("127.0.0.1", 1883), "x");
    let opening = Opening { origin: origin.clone(), ..Opening::of_program(profile) };
    let opened = Answer::Opened(origin, Then::Examine, Ok(Box::new(opening)));
    let story = story.happens(Event::Disk(Box::new(opened))).sees("local is being examined");
    assert!(wanted(&story).is_read_only, "what publishes refuses");
    assert!(story.model.devices.is_empty());
}

#[test]
fn a_long_report_follows_its_end_and_scrolls() {
    let lines = (0..60).map(|n| good(Check::Subscribe, &format!("filter-{n:02}")));
    let story = finds(story().types("Dt"), lines).sees("filter-59").does_not_see("filter-00");
    let story = finds(story, [good(Check::RoundTrip(Qos::AtMostOnce), "back")]).sees("back");
    let story = story.types("g").sees("filter-00").does_not_see("filter-59");
    // Whoever looks at the beginning is left there.
    let story = finds(story, [good(Check::Disconnect, "the very end")]).sees("filter-00");
    let story = story.types("jj").does_not_see("filter-01").sees("filter-02");
    story.types("G").sees("the very end").sized(60, 15).sees("the very end");
}

#[test]
fn findings_without_end_are_counted() {
    let many = (0..MAX_FINDINGS + 7).map(|_| good(Check::Subscribe, "again"));
    let story = finds(story().types("Dt"), many);
    tells(story, Told::Done(Verdict::Healthy, 2)).sees("9 findings found no place here");
}

fn seen(name: &str, host: &str) -> Sighting {
    let full_name = format!("{name}._mqtt._tcp.local.");
    let address = "192.0.2.7".parse().unwrap();
    Sighting::Appeared(Found::new((&full_name, name), host, 1883, [address], false, None).unwrap())
}

#[test]
fn brokers_of_the_network_come_and_go_in_the_list() {
    let listed = Event::Disk(Box::new(Answer::Listed(Ok(Listing::default()))));
    let story = story_of(&[], Settings::default())
        .happens(listed)
        .happens(Event::Sighted(Sighting::Begun))
        .happens(Event::Sighted(seen("Pi \u{1b}]0;x\u{7}", "pi.local.")))
        .sees("Found on the network")
        .sees("192.0.2.7:1883")
        .does_not_see("\u{1b}");
    let origin = Origin::Url("mqtt://192.0.2.7:1883".into());
    let story = story.types("G<enter>").does(&Effect::Disk(Box::new(Errand::Open(origin, Then::Go))));
    let gone = Sighting::Gone("Pi \u{1b}]0;x\u{7}._mqtt._tcp.local.".into());
    let story = story.happens(Event::Sighted(gone)).does_not_see("192.0.2.7");
    let off = Sighting::Off("no network is up that brokers could be found on".into());
    story.happens(Event::Sighted(off)).sees("no network is up");
}
