//! A harness for stories: events and keys in, the screen and effects out. Owns no assertion about the model's insides.
#![allow(dead_code, clippy::allow_attributes, reason = "each test file uses its part of the harness")]
use mqttscope::keymap::{Chord, Key, Keymap};
use mqttscope::model::{DeviceId, Effect, Event, Model, Settings, update};
use mqttscope::mqtt::packet::ConnAck;
use mqttscope::mqtt::port::{LinkStatus, Lost, Online, Step};
use mqttscope::mqtt::{
    Address, Batch, BrokerEvent, BrokerRequest, Filter, MessageRef, Profile, Publication, Qos, Queued,
    Retained, Stage, Subscription, Ticket,
};
use mqttscope::theme::Theme;
use mqttscope::time::Timestamp;
use mqttscope::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use std::time::Duration;

/// A run of the program without a world.
pub struct Story {
    pub model: Model,
    pub theme: Theme,
    pub now: Timestamp,
    pub effects: Vec<Effect>,
    cols: u16,
    rows: u16,
}

/// One device called "demo", nothing connected yet, at 120x40.
pub fn story() -> Story {
    story_of(&["demo"], Settings { budget_bytes: 64 << 20, ..Settings::default() })
}

/// Devices of these names.
pub fn story_of(names: &[&str], settings: Settings) -> Story {
    let profile = |name: &&str| {
        let mut profile = Profile::new(*name, Address::tcp("127.0.0.1", 1883), "mqttscope1");
        profile.subscriptions.push(Subscription::new(Filter::parse("#").unwrap(), Qos::AtMostOnce));
        profile
    };
    let profiles = names.iter().map(profile).collect();
    let model = Model::new(profiles, Keymap::default(), settings);
    let story = Story {
        model,
        theme: Theme::default(),
        now: Timestamp::from_millis(1_000),
        effects: Vec::new(),
        cols: 0,
        rows: 0,
    };
    story.sized(120, 40)
}

impl Story {
    pub fn sized(mut self, cols: u16, rows: u16) -> Self {
        (self.cols, self.rows) = (cols, rows);
        self.happens(Event::Resize { cols, rows })
    }

    pub fn happens(mut self, event: Event) -> Self {
        update(&mut self.model, self.now, event, &mut self.effects);
        self
    }

    /// The first device's task tells something.
    pub fn hears(self, event: BrokerEvent) -> Self {
        self.hears_from(0, event)
    }

    pub fn hears_from(self, device: u32, event: BrokerEvent) -> Self {
        self.happens(Event::Broker(DeviceId(device), event))
    }

    pub fn online(self) -> Self {
        self.online_as(ConnAck::default())
    }

    pub fn online_as(self, connack: ConnAck) -> Self {
        let now = self.now;
        let online = Online {
            connack,
            client_id: "mqttscope1".into(),
            keep_alive_s: 60,
            at: now,
            took: Duration::from_millis(2),
            n_resumed: 0,
            version: mqttscope::mqtt::Version::V5,
            tls: None,
        };
        let link =
            LinkStatus { at: now, next_ping: Some(now + Duration::from_secs(60)), ..LinkStatus::default() };
        let subscription = Subscription::new(Filter::parse("#").unwrap(), Qos::AtMostOnce);
        self.hears(BrokerEvent::StepBegun(Step::Connect, now))
            .hears(BrokerEvent::Online(Box::new(online)))
            .hears(BrokerEvent::Subscribed { subscription, granted: Ok(Qos::AtMostOnce) })
            .hears(BrokerEvent::Link(link))
    }

    pub fn lost(self, cause: &str, remedy: Option<&str>) -> Self {
        let lost = Lost {
            step: Some(Step::Tcp),
            cause: cause.into(),
            remedy: remedy.map(Into::into),
            reason: None,
            at: self.now,
            retry_at: Some(self.now + Duration::from_secs(3)),
            n_attempts: 1,
        };
        self.hears(BrokerEvent::Lost(lost))
    }

    pub fn receives(self, topic: &str, payload: impl AsRef<[u8]>) -> Self {
        self.message(topic, payload.as_ref(), Retained::No)
    }

    pub fn receives_retained(self, topic: &str, payload: impl AsRef<[u8]>) -> Self {
        self.message(topic, payload.as_ref(), Retained::Yes)
    }

    pub fn message(self, topic: &str, payload: &[u8], retained: Retained) -> Self {
        let mut batch = Batch::default();
        batch.push(&MessageRef {
            topic,
            payload,
            properties: &[],
            qos: Qos::AtMostOnce,
            retained,
            dup: false,
            queued: Queued::No,
            packet_id: None,
            received: self.now,
        });
        self.hears(BrokerEvent::Messages(batch))
    }

    pub fn stage(self, ticket: u64, stage: Stage) -> Self {
        let at = self.now;
        self.hears(BrokerEvent::Publication { ticket: Ticket(ticket), stage, at })
    }

    /// Keys as a person types them; `<enter>` and the like stand for what is no character.
    pub fn types(mut self, keys: &str) -> Self {
        let mut rest = keys;
        while let Some(letter) = rest.chars().next() {
            let named = rest.strip_prefix('<').and_then(|named| named.split_once('>'));
            let (chord, behind) = match named {
                Some((name, behind)) if name.len() > 1 => (name.parse::<Chord>().unwrap(), behind),
                _ => (Chord::plain(Key::Char(letter)), rest.strip_prefix(letter).unwrap()),
            };
            self = self.happens(Event::Key(chord)).settled();
            rest = behind;
        }
        self
    }

    pub fn pastes(self, text: &str) -> Self {
        self.happens(Event::Paste(text.into()))
    }

    /// Lets work that is done in slices come to its end, and prepares a frame, as the loop does.
    pub fn settled(mut self) -> Self {
        while self.model.is_working() {
            update(&mut self.model, self.now, Event::Due, &mut self.effects);
        }
        self.model.prepare(self.now, &mut self.effects);
        self
    }

    /// Time passes.
    pub fn after(mut self, ms: u64) -> Self {
        self.now = self.now + Duration::from_millis(ms);
        self.happens(Event::Due)
    }

    /// A frame's cells.
    pub fn buffer(&mut self) -> Buffer {
        self.model.prepare(self.now, &mut self.effects);
        let mut terminal = Terminal::new(TestBackend::new(self.cols, self.rows)).unwrap();
        terminal.draw(|frame| view::draw(&self.model, &self.theme, self.now, frame)).unwrap();
        terminal.backend().buffer().clone()
    }

    /// The screen as lines of text.
    pub fn screen(&mut self) -> String {
        let buffer = self.buffer();
        let row =
            |y| (0..self.cols).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
        (0..self.rows).map(row).collect::<Vec<_>>().join("\n")
    }

    /// The screen holds this text; runs of spaces count as one.
    #[track_caller]
    pub fn sees(mut self, text: &str) -> Self {
        let screen = self.screen();
        assert!(squeezed(&screen).contains(&squeezed(text)), "{text:?} is not on the screen:\n{screen}");
        self
    }

    #[track_caller]
    pub fn does_not_see(mut self, text: &str) -> Self {
        let screen = self.screen();
        assert!(!squeezed(&screen).contains(&squeezed(text)), "{text:?} is on the screen:\n{screen}");
        self
    }

    /// Exactly these requests were made of the first device since the last look.
    #[track_caller]
    pub fn asks(mut self, expected: &[BrokerRequest]) -> Self {
        let asked: Vec<_> = self
            .effects
            .drain(..)
            .filter_map(|effect| match effect {
                Effect::Request(_, request) => Some(request),
                Effect::Open(..)
                | Effect::Close(_)
                | Effect::Disk(_)
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
            .collect();
        assert_eq!(asked, expected);
        self
    }

    /// The publications asked for since the last look, as topic and payload.
    pub fn published(&mut self) -> Vec<Publication> {
        self.effects
            .drain(..)
            .filter_map(|effect| match effect {
                Effect::Request(_, BrokerRequest::Publish(_, publication)) => Some(publication),
                Effect::Request(..)
                | Effect::Open(..)
                | Effect::Close(_)
                | Effect::Disk(_)
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
            .collect()
    }

    /// Whether this effect was asked for since the last look.
    #[track_caller]
    pub fn does(mut self, effect: &Effect) -> Self {
        assert!(self.effects.contains(effect), "{effect:?} is not among {:?}", self.effects);
        self.effects.clear();
        self
    }
}

fn squeezed(text: &str) -> String {
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
