//! A model on a stage: events in, frames out. Owns the plant that the pictures show; asserts nothing.
#![allow(dead_code, reason = "each test target uses its part of the stage")]

use std::time::Duration;

use mqttscope::keymap::Keymap;
use mqttscope::model::event::DeviceId;
use mqttscope::model::{Effect, Event, Model, Settings, update};
use mqttscope::mqtt::packet::ConnAck;
use mqttscope::mqtt::port::{LinkStatus, Lost, Online, Step};
use mqttscope::mqtt::{
    Address, Batch, BrokerEvent, BrokerRequest, Filter, MessageRef, PacketId, Profile, Qos, Queued, Reason,
    Retained, Stage as Reached, Subscription, Transport,
};
use mqttscope::theme::Theme;
use mqttscope::time::Timestamp;
use mqttscope::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

/// A model with a clock that the test turns.
pub struct Stage {
    pub model: Model,
    pub now: Timestamp,
    pub theme: Theme,
    pub effects: Vec<Effect>,
    cols: u16,
    rows: u16,
}

/// A device of the stage.
pub const DEMO: DeviceId = DeviceId(0);

impl Stage {
    /// A model whose devices have not begun to connect.
    pub fn new(names: &[&str], settings: Settings) -> Self {
        let profiles = names.iter().enumerate().map(|(idx, name)| profile(name, idx)).collect();
        let model = Model::new(profiles, Keymap::default(), settings);
        let (now, theme) = (Timestamp::from_millis(1_000), Theme::default());
        let mut stage = Self { model, now, theme, effects: Vec::new(), cols: 80, rows: 24 };
        stage.resize(80, 24);
        stage
    }

    /// The explorer on the demo's plant, online and heard for a while.
    pub fn plant() -> Self {
        let mut stage = Self::new(&["demo"], settings());
        stage.online(DEMO);
        plant(&mut stage);
        stage
    }

    /// Another screen.
    pub fn resize(&mut self, cols: u16, rows: u16) {
        (self.cols, self.rows) = (cols, rows);
        self.event(Event::Resize { cols, rows });
    }

    pub fn event(&mut self, event: Event) {
        update(&mut self.model, self.now, event, &mut self.effects);
    }

    pub fn broker(&mut self, device: DeviceId, event: BrokerEvent) {
        self.event(Event::Broker(device, event));
    }

    /// Keys as in a keymap file, parted by blanks.
    pub fn keys(&mut self, chords: &str) {
        for chord in chords.split_whitespace() {
            self.event(Event::Key(chord.parse().expect("a chord")));
        }
        self.work();
    }

    /// Letters typed one by one.
    pub fn types(&mut self, text: &str) {
        for letter in text.chars() {
            let chord = if letter == ' ' { "space".to_owned() } else { letter.to_string() };
            self.event(Event::Key(chord.parse().expect("a chord")));
        }
        self.work();
    }

    /// Slices of work until none is left.
    pub fn work(&mut self) {
        for _ in 0..10_000 {
            if !self.model.is_working() {
                break;
            }
            self.event(Event::Due);
        }
    }

    /// Turns the clock on.
    pub fn wait(&mut self, ms: u64) {
        self.now = self.now + Duration::from_millis(ms);
        self.event(Event::Due);
    }

    pub fn online(&mut self, device: DeviceId) {
        let online = Online {
            connack: ConnAck::default(),
            client_id: "mqttscope-7f3a".into(),
            keep_alive_s: 60,
            at: self.now,
            took: Duration::from_micros(2_300),
            n_resumed: 0,
            version: mqttscope::mqtt::Version::V5,
            tls: None,
        };
        self.broker(device, BrokerEvent::StepBegun(Step::Connect, self.now));
        self.broker(device, BrokerEvent::Online(Box::new(online)));
        let subscription = all();
        self.broker(device, BrokerEvent::Subscribed { subscription, granted: Ok(Qos::AtMostOnce) });
        self.broker(device, BrokerEvent::Pong { round_trip: Duration::from_micros(412), at: self.now });
    }

    pub fn lost(&mut self, device: DeviceId, cause: &str, remedy: Option<&str>) {
        let lost = Lost {
            step: Some(Step::Tcp),
            cause: cause.into(),
            remedy: remedy.map(Into::into),
            reason: None,
            at: self.now,
            retry_at: Some(self.now + Duration::from_millis(2_500)),
            n_attempts: 1,
        };
        self.broker(device, BrokerEvent::Lost(lost));
    }

    /// A message now.
    pub fn hear(&mut self, device: DeviceId, topic: &str, payload: &[u8], retained: Retained) {
        let mut batch = Batch::default();
        batch.push(&message(topic, payload, retained, self.now));
        self.broker(device, BrokerEvent::Messages(batch));
    }

    /// The publication asked for last reaches a stage.
    pub fn reach(&mut self, reached: Reached) {
        let ticket = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Request(_, BrokerRequest::Publish(ticket, _)) => Some(*ticket),
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
        });
        let at = self.now;
        self.broker(
            DEMO,
            BrokerEvent::Publication { ticket: ticket.expect("something was published"), stage: reached, at },
        );
    }

    /// Sends the form and has it acknowledged and echoed.
    pub fn published(&mut self) {
        self.keys("enter");
        let (topic, payload) =
            (self.model.form.topic.text().to_owned(), self.model.form.payload.text().to_owned());
        self.reach(Reached::Sent { packet_id: PacketId::new(7), resent: false });
        self.now = self.now + Duration::from_micros(1_200);
        self.reach(Reached::Acknowledged(Reason::SUCCESS));
        self.now = self.now + Duration::from_micros(700);
        self.hear(DEMO, &topic, payload.as_bytes(), Retained::No);
    }

    /// The plant's halls open, the cursor on an oven's temperature, one topic pinned.
    pub fn open_oven(&mut self) {
        self.keys("o ctrl-g");
        self.types("plant/hall1/oven2/setpoint");
        self.keys("enter * ctrl-g");
        self.types("plant/hall1/oven3/temperature");
        self.keys("enter");
    }

    /// The form filled in, sent, acknowledged and echoed.
    pub fn publish_setpoint(&mut self) {
        self.keys("ctrl-g");
        self.types("plant/hall1/oven3/setpoint");
        self.keys("enter p");
        self.types("185.0");
        self.keys("tab space shift-tab");
        self.published();
    }

    /// Prepares and draws a frame.
    pub fn frame(&mut self) -> Buffer {
        self.frame_with_cursor().0
    }

    /// The same, with the cursor's place when it is shown.
    pub fn frame_with_cursor(&mut self) -> (Buffer, Option<(u16, u16)>) {
        let (cols, rows) = (self.cols, self.rows);
        self.model.prepare(self.now, &mut self.effects);
        let mut terminal = Terminal::new(TestBackend::new(cols, rows)).expect("drawn in memory");
        let (model, theme, now) = (&self.model, &self.theme, self.now);
        terminal.draw(|frame| view::draw(model, theme, now, frame)).expect("drawn in memory");
        let shown = terminal.backend().cursor_visible();
        let cursor = terminal.backend().cursor_position();
        (terminal.backend().buffer().clone(), shown.then_some((cursor.x, cursor.y)))
    }

    /// The frame as text, with the size on top.
    pub fn text(&mut self) -> String {
        let buffer = self.frame();
        let mut text = format!("{}x{}\n", buffer.area.width, buffer.area.height);
        for row in buffer.content.chunks(usize::from(buffer.area.width.max(1))) {
            let mut line = String::new();
            let mut skip = 0;
            for cell in row {
                if skip == 0 {
                    line.push_str(cell.symbol());
                    skip = mqttscope::decode::cols(cell.symbol()).saturating_sub(1);
                } else {
                    skip -= 1;
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

pub fn settings() -> Settings {
    Settings { ascii: false, read_only: false, budget_bytes: 512_000_000, ..Settings::default() }
}

fn profile(name: &str, idx: usize) -> Profile {
    let address = Address {
        transport: Transport::Tcp,
        host: "127.0.0.1".into(),
        port: 18_831 + u16::try_from(idx).expect("few devices"),
        path: String::new(),
    };
    let mut profile = Profile::new(name, address, "mqttscope-7f3a");
    profile.subscriptions = vec![all()];
    profile
}

fn all() -> Subscription {
    Subscription::new(Filter::parse("#").expect("a filter"), Qos::AtMostOnce)
}

pub fn message<'a>(
    topic: &'a str,
    payload: &'a [u8],
    retained: Retained,
    received: Timestamp,
) -> MessageRef<'a> {
    MessageRef {
        topic,
        payload,
        properties: &[],
        qos: Qos::AtLeastOnce,
        retained,
        dup: false,
        queued: Queued::No,
        packet_id: PacketId::new(1),
        received,
    }
}

/// A plant that has run for a minute and a half.
#[expect(clippy::cast_precision_loss, reason = "small steps of a wave")]
fn plant(stage: &mut Stage) {
    let wave = |step: u64, at: f64, by: f64| at + by * (step as f64 / 4.0).sin();
    let mut link = LinkStatus::default();
    for step in 0..90_u64 {
        if step == 0 {
            retained(stage);
        }
        for hall in 1..=2 {
            for oven in 1..=3 {
                let at = format!("plant/hall{hall}/oven{oven}");
                let phase = 5 * hall + 9 * oven;
                let temperature = wave(step + phase, 180.0 + oven as f64, 4.0);
                stage.hear(
                    DEMO,
                    &format!("{at}/temperature"),
                    format!("{temperature:.1} °C").as_bytes(),
                    Retained::No,
                );
                let telemetry = format!(
                    r#"{{"uptime_s":{step},"fan":{{"rpm":{:.0},"on":true}},"load":{:.2},"firmware":"2.4.1","errors":[],"note":null}}"#,
                    wave(step, 1_180.0, 90.0),
                    wave(step, 0.62, 0.2)
                );
                stage.hear(DEMO, &format!("{at}/telemetry"), telemetry.as_bytes(), Retained::No);
            }
        }
        if step % 3 == 0 {
            stage.hear(
                DEMO,
                "plant/rooms/lab/humidity",
                format!("{:.0} %", wave(step, 44.0, 6.0)).as_bytes(),
                Retained::No,
            );
        }
        if step < 70 {
            stage.hear(DEMO, "plant/line2/counter", step.to_string().as_bytes(), Retained::No);
        }
        link.at = stage.now;
        link.messages_in += 14;
        link.bytes_in += 1_400;
        link.last_inbound = stage.now;
        link.next_ping = Some(stage.now + Duration::from_secs(47));
        stage.broker(DEMO, BrokerEvent::Link(link.clone()));
        stage.wait(1_000);
        if step == 0 {
            stage.model.prepare(stage.now, &mut stage.effects);
        }
    }
    stage.hear(DEMO, "plant/hall1/oven3/door", b"closed", Retained::No);
    stage.wait(400);
}

fn retained(stage: &mut Stage) {
    for (topic, payload) in [
        ("plant/hall1/oven1/setpoint", "180.0"),
        ("plant/hall1/oven2/setpoint", "182.0"),
        ("plant/hall1/oven3/setpoint", "183.0"),
        ("plant/hall1/oven3/door", "open"),
        ("plant/hall2/oven1/setpoint", "175.0"),
        ("plant/rooms/lab/light", "on"),
        ("plant/rooms/lab/light/set", "on"),
        ("plant/rooms/office/light", "off"),
        ("plant/notice", "maintenance on Thursday, 14:00 to 16:00, hall 2 stays closed"),
        ("$SYS/broker/version", "mosquitto version 2.0.11"),
        ("$SYS/broker/uptime", "88412 seconds"),
        ("sensors/outdoor/temperature", "-3.5 °C"),
    ] {
        stage.hear(DEMO, topic, payload.as_bytes(), Retained::Yes);
    }
}

/// Topics and payloads that try to break the picture.
pub fn awkward(stage: &mut Stage) {
    for (topic, payload) in [
        ("/leading", &b"1"[..]),
        ("leading", b"2"),
        ("a//b", b"empty level"),
        ("trailing/", b"slash"),
        ("caf\u{e9}/\u{e9}", "cr\u{e8}me br\u{fb}l\u{e9}e".as_bytes()),
        ("a b/c&d", b"x y"),
        ("\u{5de5}\u{5382}/\u{6e29}\u{5ea6}", "21 \u{b0}C".as_bytes()),
        ("evil/\u{1b}]0;owned\u{7}", b"\x1b[31mred\x1b[0m"),
        ("evil/\u{202e}gpj.exe", "\u{202e}drow".as_bytes()),
        ("evil/zero\u{200b}width", b"\xff\xfe\x00\x01"),
        ("evil/tab\there", b"a\tb\nc"),
        ("big/text", "lorem ipsum dolor sit amet ".repeat(40).as_bytes()),
        ("big/hex", &(0..=255).collect::<Vec<u8>>()),
    ] {
        stage.hear(DEMO, topic, payload, Retained::Unknown);
    }
    let deep: Vec<String> = (0..40).map(|level| format!("level{level}")).collect();
    stage.hear(DEMO, &deep.join("/"), b"deep down", Retained::No);
}
