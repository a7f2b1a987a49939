//! The Devices screen, and devices that come and go: keys and answers of the disk in, the screen and effects out.
use super::story::{Story, story, story_of};
use mqttscope::model::devices::form::Field;
use mqttscope::model::devices::{Answer, Errand, LOCAL_URL, Listing, SaveError, Saved, Saving, Then};
use mqttscope::model::opening::{Opening, Origin};
use mqttscope::model::{DeviceId, Effect, Event, Screen, Settings};
use mqttscope::mqtt::address::parse_url;
use mqttscope::mqtt::message::Queued;
use mqttscope::mqtt::port::{Lost, Online, Step};
use mqttscope::mqtt::{
    Batch, BrokerEvent, BrokerRequest, Filter, MessageRef, Preset, Profile, Qos, Retained, Subscription,
};
use mqttscope::time::WallOrigin;
use std::time::Duration;

const NOW_UNIX_S: i64 = 1_800_000_000;

fn profile(name: &str, url: &str) -> Profile {
    let mut profile = Profile::new(name, parse_url(url).unwrap().address, "");
    profile.subscriptions.push(Subscription::new(Filter::parse("#").unwrap(), Qos::AtMostOnce));
    profile
}

fn saved(name: &str, url: &str) -> Saved {
    let used_unix_s = (name == "plant").then_some(NOW_UNIX_S - 7_200);
    Saved { name: name.into(), profile: Ok(Box::new(profile(name, url))), used_unix_s, warnings: Vec::new() }
}

fn answer(answer: Answer) -> Event {
    Event::Disk(Box::new(answer))
}

/// Two good files, a broken one and one that can't be a device's.
fn listing() -> Listing {
    let broken = "/home/me/.config/mqttscope/devices/bad.toml:3:7: \"url\" must be a text in quotes";
    let broken =
        Saved { name: "bad".into(), profile: Err(broken.into()), used_unix_s: None, warnings: Vec::new() };
    let saved = vec![broken, saved("cloud", "mqtts://broker.example"), saved("plant", "mqtt://10.0.0.5")];
    Listing { saved, unusable: vec!["my device.toml".into()], n_more: 0 }
}

fn settings() -> Settings {
    let wall = WallOrigin { unix_ms: NOW_UNIX_S * 1_000, offset_s: 0 };
    Settings { budget_bytes: 64 << 20, wall, ..Settings::default() }
}

/// The program as it starts with nothing to open, its files read.
fn started() -> Story {
    story_of(&[], settings()).happens(answer(Answer::Listed(Ok(listing()))))
}

fn opening(name: &str, url: &str) -> Opening {
    let profile = Profile { client_id: format!("made-up-for-{name}"), ..profile(name, url) };
    Opening {
        profile,
        nodes: Vec::new(),
        rules: Vec::new(),
        filters: Vec::new(),
        origin: Origin::File(name.into()),
        id_is_made_up: true,
        warnings: Vec::new(),
    }
}

fn opened(name: &str, url: &str, then: Then) -> Event {
    answer(Answer::Opened(Origin::File(name.into()), then, Ok(Box::new(opening(name, url)))))
}

/// The disk's errands since the last look, but for what is remembered by the way.
fn errands(story: &mut Story) -> Vec<Errand> {
    let errand = |effect| match effect {
        Effect::Disk(errand) => Some(*errand),
        Effect::Open(..)
        | Effect::Close(_)
        | Effect::Request(..)
        | Effect::Examine(_)
        | Effect::StopExamining
        | Effect::Copy(_)
        | Effect::Decode(..)
        | Effect::RunJq(_)
        | Effect::Compare(_)
        | Effect::EditText(_)
        | Effect::Suspend
        | Effect::Quit => None,
    };
    let is_asked = |errand: &Errand| !matches!(errand, Errand::Remember { .. } | Errand::Recover(..));
    story.effects.drain(..).filter_map(errand).filter(is_asked).collect()
}

/// A device's task came online, and its messages come.
fn online(story: Story, device: u32) -> Story {
    let online = Online { at: story.now, client_id: "x".into(), keep_alive_s: 60, ..Online::default() };
    story.hears_from(device, BrokerEvent::Online(Box::new(online)))
}

fn receives(story: Story, device: u32, topic: &str) -> Story {
    let mut batch = Batch::default();
    batch.push(&MessageRef {
        topic,
        payload: b"1",
        properties: &[],
        qos: Qos::AtMostOnce,
        retained: Retained::No,
        dup: false,
        packet_id: None,
        received: story.now,
        queued: Queued::No,
    });
    story.hears_from(device, BrokerEvent::Messages(batch))
}

fn fails(story: Story, device: u32) -> Story {
    let lost = Lost {
        step: Some(Step::Resolve),
        cause: "the host \"broker.example\" is unknown".into(),
        remedy: Some("check its spelling".into()),
        reason: None,
        at: story.now,
        retry_at: Some(story.now + Duration::from_secs(3)),
        n_attempts: 1,
    };
    story.hears_from(device, BrokerEvent::Lost(lost))
}

/// `plant` and `cloud` are open, in this order; the list is seen, `cloud` under the hand.
fn two_open() -> Story {
    let story = started().happens(opened("plant", "mqtt://10.0.0.5", Then::Go));
    let mut story = story.types("D").happens(opened("cloud", "mqtts://broker.example", Then::Stay));
    story.effects.clear();
    story
}

#[test]
fn with_nothing_to_open_it_starts_on_the_devices_and_enter_reaches_this_machine() {
    let mut story = story_of(&[], settings())
        .sees("reading the device files")
        .happens(answer(Answer::Listed(Ok(Listing::default()))))
        .sees("this machine 127.0.0.1:1883")
        .types("<enter>")
        .sees("opening …");
    let origin = Origin::Url(LOCAL_URL.into());
    assert_eq!(errands(&mut story), [Errand::Open(origin.clone(), Then::Go)]);
    let local = Opening { origin: origin.clone(), ..opening("127.0.0.1:1883", LOCAL_URL) };
    let story = story.happens(answer(Answer::Opened(origin, Then::Go, Ok(Box::new(local)))));
    assert!(story.effects.iter().any(|effect| matches!(effect, Effect::Open(DeviceId(0), _))));
    assert_eq!(story.model.screen, Screen::Explorer);
    let remembered =
        Errand::Remember { open: vec![LOCAL_URL.into()], used: Some((LOCAL_URL.into(), NOW_UNIX_S + 1)) };
    assert!(story.effects.contains(&Effect::Disk(Box::new(remembered))), "{:?}", story.effects);
    receives(online(story, 0), 0, "a/b").types("o").sees("1 topic · 1 msg");
}

#[test]
fn a_saved_device_is_opened_from_the_list_with_its_last_use_in_sight() {
    let mut story = started().sees("plant 10.0.0.5:1883").sees("2h ago").types("G").types("k<enter>");
    assert_eq!(errands(&mut story), [Errand::Open(Origin::File("plant".into()), Then::Go)]);
    let story = story.happens(opened("plant", "mqtt://10.0.0.5", Then::Go));
    online(story, 0)
        .sees("● plant")
        .types("D")
        .sees("plant 10.0.0.5:1883 online")
        .types("<esc>")
        .sees("Topics");
}

#[test]
fn a_second_device_is_opened_while_the_first_goes_on() {
    let mut story = started().happens(opened("plant", "mqtt://10.0.0.5", Then::Go));
    story = receives(online(story, 0), 0, "a/b").types("D");
    story = receives(story, 0, "a/c").sees("plant 10.0.0.5:1883 online");
    story = story.happens(opened("cloud", "mqtts://broker.example", Then::Go));
    story = receives(online(story, 1), 1, "x/y").after(1_000).types("<esc>");
    story = receives(story, 0, "a/d").sees("● plant").sees("● cloud").sees("4 topics · 4 msgs");
    let budgets: Vec<_> =
        story.model.devices.iter().map(|device| device.store.counts().budget_bytes).collect();
    assert_eq!(budgets, [32 << 20, 32 << 20], "the memory is shared anew");
}

#[test]
fn a_closed_device_takes_its_rows_along_and_leaves_the_others_as_they_were() {
    let mut story = receives(online(two_open(), 0), 0, "a/b");
    story = receives(online(story, 1), 1, "x/y").types("<esc>").types("joj").types("*");
    let cursor = story.model.cursor;
    assert_eq!(cursor.device, DeviceId(0));
    // `D` puts the hand on the device of the cursor; `cloud` stands above it.
    story = story.types("D").types("kx").does(&Effect::Close(DeviceId(1)));
    assert_eq!(story.model.cursor, cursor, "the cursor stays where it was");
    story = receives(story, 1, "too/late").types("<esc>").does_not_see("cloud").sees("1 topic · 1 msg");
    assert_eq!(story.model.devices[0].store.counts().budget_bytes, 64 << 20);
    story = story.happens(opened("cloud", "mqtts://broker.example", Then::Stay));
    assert_eq!(story.model.devices[1].id, DeviceId(2), "a number is never given twice");
    story = story.types("Dx").does(&Effect::Close(DeviceId(0)));
    assert_eq!(story.model.cursor.device, DeviceId(2), "the cursor goes to what is left");
    story = story.types("kx").does(&Effect::Close(DeviceId(2)));
    story.types("<esc>").sees("no device is open yet").sees("plant");
}

#[test]
fn closing_asks_while_publications_are_under_way() {
    let mut story = online(two_open(), 1);
    story = receives(story, 1, "a").types("<esc>").types("Gp2<enter><esc>").types("Dx");
    story = story.sees("1 publication is not acknowledged by cloud's broker").types("n");
    assert_eq!(story.model.devices.len(), 2);
    story = story.types("xy");
    assert_eq!(story.model.devices.len(), 1);
    story.types("<esc>q").does(&Effect::Quit);
}

#[test]
fn what_was_done_on_a_closed_device_cannot_be_undone_and_says_so() {
    let story = online(two_open(), 1).types("<esc>").types("GSnews/#<enter>").types("Dx<esc>u");
    story.sees("can't be undone: its device").types("u").sees("nothing to undo");
}

#[test]
fn deleting_asks_keeps_the_file_and_closes_the_device() {
    let mut story = two_open().types("d").sees("Delete the device plant?").sees("plant.toml~").types("n");
    assert_eq!(errands(&mut story), []);
    story = story.types("dy");
    assert_eq!(errands(&mut story), [Errand::Delete("plant".into())]);
    assert_eq!(story.model.devices.len(), 2, "nothing is closed before the file is gone");
    story = story.happens(answer(Answer::Deleted("plant".into(), Ok("/d/plant.toml~".into()))));
    story = story.sees("plant is deleted; the file is kept as /d/plant.toml~");
    assert!(story.effects.contains(&Effect::Close(DeviceId(0))));
    let refused = Answer::Deleted("cloud".into(), Err("cloud.toml can't be removed: no right to".into()));
    story = story.happens(answer(refused)).sees("no right to");
    assert_eq!(story.model.devices.len(), 1);
}

#[test]
fn a_copy_asks_for_a_name_that_is_free() {
    let mut story = two_open().types("y").sees("copy as: plant-2").types("<ctrl-u>cloud<enter>");
    story = story.sees("there is a device \"cloud\" already").types("<ctrl-u>hall<enter>");
    assert_eq!(errands(&mut story), [Errand::Copy("plant".into(), "hall".into())]);
    let taken = "\"hall\" can't be a device's name";
    story = story.happens(answer(Answer::Copied("plant".into(), "hall".into(), Err(taken.into()))));
    story = story.sees("copy as: hall").sees("can't be a device's name").types("<esc>");
    let shared = Answer::Copied("plant".into(), "hall".into(), Ok(Some("press-3".into())));
    story.happens(answer(shared)).sees("its client id \"press-3\"");
}

#[test]
fn a_broken_file_is_a_row_with_its_error_and_can_be_deleted() {
    let mut story = started()
        .sees("! bad bad.toml:3:7: \"url\" must be a text in quotes")
        .sees("my device.toml is left out")
        .types("g")
        .sees("Mend the file")
        .types("<enter>")
        .sees("devices/bad.toml:3:7");
    assert_eq!(errands(&mut story), []);
    story = story.types("dy");
    assert_eq!(errands(&mut story), [Errand::Delete("bad".into())]);
}

#[test]
fn a_failing_broker_stands_next_to_a_good_one_with_its_reason() {
    let story = fails(online(two_open(), 0), 1);
    receives(story, 0, "a")
        .sees("plant 10.0.0.5:1883 online")
        .sees("✗ cloud mqtts://broker.example:8883 failed, again in 4 s")
        .types("k")
        .sees("unknown; next try in 4 s")
        .sees("check its spelling")
        .types("c")
        .asks(&[BrokerRequest::Connect]);
}

/// `plant` is saved from its form, and is to be opened like this from now on.
fn saves_plant(story: Story, now: Opening) -> Story {
    let mut story = story.types("e");
    assert_eq!(errands(&mut story), [Errand::Read("plant".into())]);
    let read = Answer::Read("plant".into(), Ok(Box::new(profile("plant", "mqtt://10.0.0.5"))));
    story = story.happens(answer(read)).types("<ctrl-x>");
    let errands = errands(&mut story);
    let [Errand::Save(saving)] = &errands[..] else { panic!("{errands:?}") };
    assert_eq!((saving.name.as_str(), saving.was.as_deref()), ("plant", Some("plant")));
    story.happens(answer(Answer::Saved(saving.clone(), Ok(Box::new(now)))))
}

#[test]
fn saving_other_settings_connects_anew_and_keeps_the_tree() {
    let mut story = receives(online(two_open(), 0), 0, "a/b");
    let mut changed = opening("plant", "mqtt://10.0.0.5");
    (changed.profile.keep_alive_s, changed.profile.client_id) = (300, "made up again".into());
    story = saves_plant(story, changed.clone()).sees("plant connects anew");
    changed.profile.client_id = "made-up-for-plant".into();
    let expected = [Effect::Close(DeviceId(0)), Effect::Open(DeviceId(0), Box::new(changed.profile))];
    assert_eq!(story.effects[..2], expected, "under the client id it had");
    story.types("<esc>").sees("1 topic · 1 msg").sees("connecting: resolve");
}

#[test]
fn saving_other_subscriptions_sends_those_alone() {
    let (old, new) = (Filter::parse("#").unwrap(), Filter::parse("plant/#").unwrap());
    let new = Subscription::new(new, Qos::AtLeastOnce);
    let mut changed = opening("plant", "mqtt://10.0.0.5");
    changed.profile.subscriptions = vec![new.clone()];
    saves_plant(online(two_open(), 0), changed)
        .sees("1 subscribed to, 1 dropped; the connection stays")
        .asks(&[BrokerRequest::Unsubscribe(old), BrokerRequest::Subscribe(new)]);
}

#[test]
fn what_can_not_be_written_comes_back_to_the_form_and_nothing_typed_is_lost() {
    let mut story = started().types("a");
    // A name and a host, wherever the form has them.
    story.model.shelf.editing.as_mut().unwrap().form.go(Field::Name);
    story = story.types("hall");
    story.model.shelf.editing.as_mut().unwrap().form.go(Field::Host);
    story = story.pastes("mqtt://10.0.0.7");
    story = story.types("<ctrl-x>");
    let errands = errands(&mut story);
    let [Errand::Save(saving)] = &errands[..] else { panic!("{errands:?} {}", story.screen()) };
    assert_eq!((saving.name.as_str(), saving.was.as_deref()), ("hall", None));
    let full = SaveError::NotWritten("hall.toml can't be written: no space left".into());
    story = story.happens(answer(Answer::Saved(saving.clone(), Err(full)))).sees("no space left");
    let form = &story.model.shelf.editing.as_ref().unwrap().form;
    assert_eq!(form.profile().unwrap().profile, saving.profile);
    story = story.types("<esc>").sees("Leave the form?").types("n");
    assert!(story.model.shelf.editing.is_some());
    story = story.types("<esc>y");
    assert!(story.model.shelf.editing.is_none());
}

#[test]
fn what_a_presets_broker_asks_for_is_said_when_it_is_saved_without() {
    for (cert, expected) in [
        (None, "cloud is saved; AWS IoT Core asks for certificate and key as well, and e edits it"),
        (Some("/d/pump.crt"), "cloud is saved; enter opens it"),
    ] {
        let mut now = opening("cloud", "mqtts://x.amazonaws.com");
        now.profile.preset = Some(Preset::AwsIotCore);
        now.profile.tls.cert_file = cert.map(Into::into);
        let saving =
            Saving { name: "cloud".into(), was: None, profile: now.profile.clone(), plain: false, of: None };
        let answered = answer(Answer::Saved(Box::new(saving), Ok(Box::new(now))));
        let mut story = started().sized(120, 40).types("a");
        story.model.shelf.editing.as_mut().unwrap().is_saving = true;
        story = story.happens(answered);
        let said: Vec<String> =
            story.screen().lines().map(|line| line.trim_matches(['│', '▌', ' ']).into()).collect();
        assert!(said.join(" ").contains(expected), "{}", story.screen());
    }
}

#[test]
fn help_begins_with_the_keys_of_the_devices() {
    started().sized(80, 24).types("?").sees("Open the device, or go to it").does_not_see("Everywhere");
}

#[test]
fn a_device_of_a_url_is_saved_under_a_name_without_its_client_id() {
    let url =
        Opening { origin: Origin::Url("mqtt://pi.local".into()), ..opening("pi.local", "mqtt://pi.local") };
    let mut story = started();
    story = story.happens(answer(Answer::Opened(url.origin.clone(), Then::Stay, Ok(Box::new(url)))));
    story.effects.clear();
    story = story.sees("Open, not saved").types("Gkw").sees("save as: pi").types("<enter>");
    let errands = errands(&mut story);
    let [Errand::Save(saving)] = &errands[..] else { panic!("{errands:?}") };
    assert_eq!((saving.name.as_str(), saving.profile.client_id.as_str()), ("pi", ""));
    let full = SaveError::NotWritten("pi.toml can't be written: no space left".into());
    story = story.happens(answer(Answer::Saved(saving.clone(), Err(full))));
    story = story.sees("save as: pi").sees("no space left").types("<esc>");
    let now = Box::new(opening("pi", "mqtt://pi.local"));
    story = story.happens(answer(Answer::Saved(saving.clone(), Ok(now)))).sees("saved as pi");
    assert_eq!(story.model.devices[0].origin, Origin::File("pi".into()));
    assert!(!story.effects.iter().any(|effect| matches!(effect, Effect::Close(_) | Effect::Open(..))));
}

#[test]
fn the_list_is_narrowed_by_name_or_address() {
    started()
        .types("/EXAMPLE")
        .sees("cloud")
        .does_not_see("plant")
        .types("<enter>")
        .sees("only EXAMPLE")
        .types("<esc>")
        .sees("plant")
        .types("/zzz<enter>")
        .sees("none matches")
        .types("<enter>")
        .sees("no device matches; esc shows all");
}

#[test]
fn no_key_panics_where_no_device_is_open() {
    for screen in [Screen::Explorer, Screen::Devices] {
        for key in "jkhlgGoO[]/nN*124pXScyYxwCdDu.z?q".chars() {
            let mut story = started();
            story.model.screen = screen;
            story = story.types(&key.to_string()).types("a<enter><enter>").types("<esc><esc>");
            story.screen();
        }
    }
    let mut story = story();
    story.model.screen = Screen::Devices;
    story.sees("Devices").types("c<enter>").sees("demo");
}
