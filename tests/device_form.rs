//! Devices added and changed by filling a form in, from key to file. Owns the stories; the fields' own rules are
//! tested beside them.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
#[path = "common/story.rs"]
mod story;

use mqttscope::model::devices::form::Field;
use mqttscope::model::devices::{Answer, Errand, Listing, SaveError, Saved, Saving};
use mqttscope::model::{Effect, Event};
use mqttscope::mqtt::preset::Preset;
use mqttscope::mqtt::{Address, Profile, Secret};
use story::{Story, story};

/// The Devices screen with one device file, "plant".
fn devices(profile: Profile) -> Story {
    let saved = Saved {
        name: "plant".into(),
        profile: Ok(Box::new(profile)),
        used_unix_s: None,
        warnings: Vec::new(),
    };
    let listing = Listing { saved: vec![saved], ..Listing::default() };
    let mut story = story().types("D").hears_of_files(Answer::Listed(Ok(listing))).types("g");
    story.effects.clear();
    story
}

fn plant() -> Profile {
    let mut profile = Profile::new("plant", Address::tcp("plant.local", 1883), "desk");
    profile.password = Some(Secret::new(b"hunter2".into()));
    profile.username = Some("me".into());
    let all = mqttscope::mqtt::Filter::parse("#").unwrap();
    profile.subscriptions.push(mqttscope::mqtt::Subscription::new(all, mqttscope::mqtt::Qos::AtMostOnce));
    profile
}

/// Under the hand is the file, and its form is opened.
fn editing() -> Story {
    devices(plant()).types("e").hears_of_files(Answer::Read("plant".into(), Ok(Box::new(plant()))))
}

impl Story {
    fn hears_of_files(self, answer: Answer) -> Self {
        self.happens(Event::Disk(Box::new(answer)))
    }

    /// What was asked to be written since the last look.
    fn saving(&mut self) -> Option<Saving> {
        self.effects.drain(..).find_map(|effect| match effect {
            Effect::Disk(errand) => match *errand {
                Errand::Save(saving) => Some(*saving),
                Errand::List
                | Errand::Open(..)
                | Errand::Read(_)
                | Errand::SaveNodes(_)
                | Errand::Copy(..)
                | Errand::Delete(_)
                | Errand::Recover(..)
                | Errand::ForgetRecovered(_)
                | Errand::Remember { .. }
                | Errand::SaveLog { .. }
                | Errand::ReadBatch(_)
                | Errand::ReadUndo(..)
                | Errand::Undo(_)
                | Errand::ReadFile { .. }
                | Errand::RecallSent
                | Errand::ListSaved(..)
                | Errand::SavePublication(..)
                | Errand::ForgetPublication(..)
                | Errand::RememberSent(_)
                | Errand::Export(..)
                | Errand::KeepCopy { .. } => None,
            },
            Effect::Request(..)
            | Effect::Open(..)
            | Effect::Close(_)
            | Effect::Examine(_)
            | Effect::StopExamining
            | Effect::Copy(_)
            | Effect::Decode(..)
            | Effect::RunJq(_)
            | Effect::Compare(_)
            | Effect::EditText(_)
            | Effect::Suspend
            | Effect::Quit => None,
        })
    }

    fn field(&self) -> Option<Field> {
        self.model.shelf.editing.as_ref().map(|editing| editing.form.focus)
    }
}

#[test]
fn aws_iot_core_is_added_by_its_preset_with_three_fields() {
    let mut story = devices(plant())
        .types("a")
        .sees("Add a device")
        .types("<right><right><right>")
        .sees("AWS IoT Core")
        .sees("QoS 0 and 1 alone")
        .types(
            "<enter>abc-ats.iot.eu-west-1.amazonaws.com<enter>/keys/device.pem<enter>/keys/key.pem<ctrl-x>",
        );
    let saving = story.saving().unwrap();
    assert_eq!((saving.name.as_str(), &saving.was, saving.plain), ("aws-iot-core", &None, false));
    assert_eq!(saving.profile.preset, Some(Preset::AwsIotCore));
    assert_eq!(saving.profile.address.to_string(), "mqtts://abc-ats.iot.eu-west-1.amazonaws.com:8883");
    assert_eq!(saving.profile.tls.cert_file.as_deref(), Some("/keys/device.pem".as_ref()));
    assert_eq!(saving.profile.tls.key_file.as_deref(), Some("/keys/key.pem".as_ref()));
}

#[test]
fn a_wrong_port_is_told_while_it_is_typed_and_is_not_saved() {
    let mut story = editing();
    assert_eq!(story.field(), Some(Field::Host));
    story = story
        .types("<tab>70000")
        .sees("\"70000\" is no port; ports are 1 to 65535")
        .sees("1 field to put right");
    story = story.types("<tab><ctrl-x>");
    assert_eq!((story.saving(), story.field()), (None, Some(Field::Port)));
    story = story.types("<backspace><ctrl-x>");
    let saving = story.saving().unwrap();
    assert_eq!((saving.was.as_deref(), saving.profile.address.port), (Some("plant"), 7000));
    // The password was in the file in plain text, and stays there.
    assert_eq!((saving.plain, saving.profile.password.is_some()), (true, true));
}

#[test]
fn the_form_stays_with_all_that_was_typed_until_it_is_written() {
    let mut story = editing().types("<tab>1884<ctrl-x>");
    let saving = story.saving().unwrap();
    assert_eq!(story.types_and_saves("<ctrl-x>"), None, "it is being written already");
    let refused = Err(SaveError::NotWritten("the disk is full".into()));
    story =
        editing().types("<tab>1884<ctrl-x>").hears_of_files(Answer::Saved(Box::new(saving.clone()), refused));
    story = story.sees("the disk is full").sees("1884").types("<ctrl-x>");
    assert_eq!(story.saving(), Some(saving));
}

impl Story {
    fn types_and_saves(&mut self, keys: &str) -> Option<Saving> {
        for name in keys.split(['<', '>']).filter(|name| !name.is_empty()) {
            mqttscope::model::update(
                &mut self.model,
                self.now,
                Event::Key(name.parse().unwrap()),
                &mut self.effects,
            );
        }
        self.saving()
    }
}

#[test]
fn esc_asks_when_something_was_changed() {
    let story = editing().types("<esc>").sees("Devices");
    assert_eq!(story.field(), None);
    let story = editing().types("x<esc>").sees("What was changed in it is not saved").types("n");
    assert_eq!(story.field(), Some(Field::Host));
    let story = story.types("<esc>y");
    assert_eq!(story.field(), None);
}

#[test]
fn letters_that_are_keys_elsewhere_are_letters_in_a_field() {
    let mut story = devices(plant()).types("a<tab>").types("qD?.u<ctrl-u>quDz");
    assert_eq!(story.field(), Some(Field::Name));
    assert!(story.screen().contains("quDz"));
}

#[test]
fn no_secret_of_a_form_is_on_any_screen() {
    for (cols, rows) in [(60, 15), (80, 24), (120, 40), (200, 60)] {
        let mut story = editing().sized(cols, rows);
        for _ in 0..45 {
            story = story.does_not_see("hunter2").types("<tab>");
        }
        // A URL pasted and a URL typed letter by letter.
        story = devices(plant())
            .sized(cols, rows)
            .types("a<down><down><down>")
            .pastes("wss://me:hunter2@h/ws?sig=hunter2");
        story.does_not_see("hunter2").types("<esc>y");
        let mut story = devices(plant()).sized(cols, rows).types("a<down><down><down>");
        assert_eq!(story.field(), Some(Field::Host));
        for letter in "mqtts://me:hunter2@h.example".chars() {
            story = story.types(&letter.to_string()).does_not_see("hu");
        }
    }
}
