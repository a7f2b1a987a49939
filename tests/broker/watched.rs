//! The Monitor's drawn screen while our own broker misbehaves, on a clock that only the test turns. Owns the words that
//! a person sees; the session's rules are `exchanges`' and `delays`'.
use crate::rig::{Device, Hands, PATIENCE, profile, subscription};
use crate::tap::eventually;
use mqttscope::demo::broker::{
    self, BrokerHandle, BrokerOptions, DemoBroker, Fault, Faults, PacketKind, Strike,
};
use mqttscope::keymap::{Chord, Key, Keymap};
use mqttscope::model::monitor::PingEvery;
use mqttscope::model::{DeviceId, Effect, Event, Model, Settings, update};
use mqttscope::mqtt::{Profile, Qos, Reason, Topic, Version};
use mqttscope::theme::Theme;
use mqttscope::time::Clock;
use mqttscope::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::sync::Arc;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// The figures of the link are told so often.
const REPORT: Duration = Duration::from_millis(100);

/// A device's task and the program that watches it, wide enough that no sentence is folded.
pub struct Watched {
    pub device: Device,
    model: Model,
}

impl Watched {
    pub fn start(profile: Profile, hands: Arc<Hands>) -> Self {
        let settings = Settings { budget_bytes: 8 << 20, ping_every: PingEvery(None), ..Settings::default() };
        let model = Model::new(vec![profile.clone()], Keymap::default(), settings);
        let mut watched = Self { device: Device::start_by(profile, hands), model };
        watched.happens(Event::Resize { cols: 200, rows: 70 });
        watched
    }

    fn happens(&mut self, event: Event) {
        let mut effects = Vec::new();
        update(&mut self.model, self.device.hands.now(), event, &mut effects);
        while self.model.is_working() {
            update(&mut self.model, self.device.hands.now(), Event::Due, &mut effects);
        }
        for effect in effects {
            if let Effect::Request(_, request) = effect {
                self.device.ask(request);
            }
        }
    }

    pub fn types(&mut self, keys: &str) {
        let mut rest = keys;
        while let Some(letter) = rest.chars().next() {
            let named = rest.strip_prefix('<').and_then(|named| named.split_once('>'));
            let (chord, behind) = match named {
                Some((name, behind)) => (name.parse::<Chord>().unwrap(), behind),
                None => (Chord::plain(Key::Char(letter)), rest.strip_prefix(letter).unwrap()),
            };
            self.happens(Event::Key(chord));
            rest = behind;
        }
    }

    /// Time passes for the task and for the screen.
    pub fn pass(&mut self, by: Duration) {
        self.device.hands.turn(by);
        self.device.nudge();
        self.happens(Event::Due);
    }

    pub fn screen(&mut self) -> String {
        let now = self.device.hands.now();
        self.model.prepare(now, &mut Vec::new());
        let mut terminal = Terminal::new(TestBackend::new(200, 70)).unwrap();
        terminal.draw(|frame| view::draw(&self.model, &Theme::default(), now, frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let row = |y| (0..200).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        let rows = (0..70).map(row).collect::<Vec<_>>();
        rows.iter()
            .map(|row| row.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Takes what the task tells until the screen holds these words.
    pub async fn sees(&mut self, words: &str) {
        loop {
            let screen = self.screen();
            if screen.contains(words) {
                return;
            }
            let Ok(event) = tokio::time::timeout(PATIENCE, self.device.events.recv()).await else {
                panic!("{words:?} never came to the screen:\n{screen}");
            };
            self.happens(Event::Broker(DeviceId(0), event));
        }
    }

    /// Takes what the task tells until so many messages were heard.
    async fn heard(&mut self, n: u64) {
        while self.model.devices[0].n_heard < n {
            let event = tokio::time::timeout(PATIENCE, self.device.events.recv()).await.unwrap();
            self.happens(Event::Broker(DeviceId(0), event));
        }
    }

    /// Publishes by the form, at a QoS, and goes to the Monitor.
    fn publishes(&mut self, topic: &str, qos: Qos) {
        self.types(&format!("p{topic}<tab>on<tab>{qos}<ctrl-x><esc>m"));
    }

    /// Waits until the broker has read so many packets, and for the figures of the link behind it.
    async fn received(&mut self, broker: &BrokerHandle, n: u64) {
        eventually("packets arrive", || broker.figures().packets_received >= n).await;
        self.pass(REPORT);
    }
}

/// A device whose subscription is granted, and its broker; two packets were received.
async fn watch(faults: impl IntoIterator<Item = Fault>, change: fn(&mut Profile)) -> (Watched, DemoBroker) {
    let hands = Hands::still();
    let broker = broker::start(BrokerOptions::default(), hands.clone()).await.unwrap();
    let mut profile = profile(broker.address(), Version::V5, "watched");
    profile.subscriptions = vec![subscription("other/#", Qos::ExactlyOnce)];
    change(&mut profile);
    broker.handle().set_faults(Faults::new(faults));
    let mut watched = Watched::start(profile, hands);
    watched.types("m");
    watched.sees("online for").await;
    watched.received(&broker.handle(), 2).await;
    watched.sees("other/# 2→").await;
    watched.types("<esc>");
    (watched, broker)
}

#[tokio::test]
async fn a_grant_below_what_was_asked_for_says_what_comes_of_it() {
    let (mut watched, broker) = watch([Fault::GrantAtMost(Qos::AtMostOnce)], |_profile| {}).await;
    watched.types("m");
    watched.sees("other/# 2→0").await;
    watched.sees("QoS 2 was asked for and the broker granted 0: nothing comes above QoS 0 here").await;
    watched.sees("1 subscription below the QoS asked for").await;
    drop(broker);
}

#[tokio::test]
async fn an_acknowledgement_that_does_not_come_is_owed_with_its_age() {
    for (fault, qos, n, owed) in [
        (Fault::NeverSend(PacketKind::PubAck), Qos::AtLeastOnce, 3, "↑ 2 1 PUBACK owed"),
        (Fault::DropSent { kind: PacketKind::PubAck, nth: 1 }, Qos::AtLeastOnce, 3, "↑ 2 1 PUBACK owed"),
        (Fault::NeverSend(PacketKind::PubRec), Qos::ExactlyOnce, 3, "↑ 2 2 PUBREC owed"),
        // It never answers PUBREL.
        (Fault::NeverSend(PacketKind::PubComp), Qos::ExactlyOnce, 4, "↑ 2 2 PUBCOMP owed"),
    ] {
        let (mut watched, broker) = watch([fault], |_profile| {}).await;
        watched.publishes("lamp", qos);
        watched.received(&broker.handle(), n).await;
        watched.sees(&format!("{owed} 100 ms 0 lamp")).await;
        watched.sees("out 1 of 1,024").await;
        watched.pass(4 * SECOND);
        watched.sees(&format!("{owed} 4.1 s 0 lamp")).await;
    }
}

#[tokio::test]
async fn a_pubrec_that_comes_after_three_seconds_is_owed_until_then_and_told_as_slow() {
    let by = 3 * SECOND;
    let (mut watched, broker) = watch([Fault::Delay { kind: PacketKind::PubRec, by }], |_profile| {}).await;
    let handle = broker.handle();
    let before = handle.figures().packets_sent;
    watched.publishes("lamp", Qos::ExactlyOnce);
    // What is held back counts as sent, once it is.
    eventually("PUBREC is held back", || handle.figures().packets_sent == before + 1).await;
    watched.pass(2 * SECOND);
    watched.sees("↑ 2 2 PUBREC owed 2.0 s 0 lamp").await;
    watched.pass(SECOND);
    handle.wake();
    watched.sees("acknowledged p50 3.0 s · p95 3.0 s · max 3.0 s").await;
    watched.pass(REPORT);
    watched.sees("out 0 of 1,024").await;
}

#[tokio::test]
async fn a_publication_that_is_sent_again_says_how_often() {
    let never = [Fault::NeverSend(PacketKind::PubAck)];
    let kept = |profile: &mut Profile| (profile.clean_start, profile.session_expiry_s) = (false, 600);
    let (mut watched, broker) = watch(never, kept).await;
    watched.publishes("lamp", Qos::AtLeastOnce);
    watched.received(&broker.handle(), 3).await;
    watched.sees("PUBACK owed 100 ms 0 lamp").await;
    assert!(broker.handle().strike("watched", &Strike::Close));
    watched.sees("lost while online").await;
    watched.types("c");
    watched.sees("session present").await;
    watched.received(&broker.handle(), 5).await;
    watched.sees("1 lamp").await;
    watched.sees("reconnects 1 since the program began").await;
    watched.sees("dup 1").await;
}

#[tokio::test]
async fn an_acknowledgement_with_a_reason_is_told_in_words() {
    for (code, words) in [
        (0x87, "not authorized (0x87)"),
        (0x90, "topic name invalid (0x90)"),
        (0x97, "quota exceeded (0x97)"),
        (0x99, "payload format invalid (0x99)"),
    ] {
        for qos in [Qos::AtLeastOnce, Qos::ExactlyOnce] {
            let refused = Fault::RefuseTopic { topic: Topic::parse("lamp").unwrap(), reason: Reason(code) };
            let (mut watched, _broker) = watch([refused], |_profile| {}).await;
            watched.publishes("lamp", qos);
            watched.sees(&format!("the broker refused the publication on lamp: {words}")).await;
        }
    }
}

#[tokio::test]
async fn an_acknowledgement_that_comes_twice_is_told_and_harms_nothing() {
    for (kind, name, qos) in
        [(PacketKind::PubAck, "PUBACK", Qos::AtLeastOnce), (PacketKind::PubComp, "PUBCOMP", Qos::ExactlyOnce)]
    {
        let (mut watched, _broker) = watch([Fault::SendTwice(kind)], |_profile| {}).await;
        watched.publishes("lamp", qos);
        watched.sees(&format!("the broker sent {name} for the packet id 2, which waits for none")).await;
        watched.sees("1 publication of late").await;
        watched.sees("online for").await;
    }
}

/// The plug is pulled: nothing comes any more, and nothing says so.
#[tokio::test]
async fn a_broker_that_falls_silent_is_amber_after_two_seconds_and_dead_after_one_and_a_half_keep_alives() {
    let short = |profile: &mut Profile| profile.keep_alive_s = 20;
    let (mut watched, broker) = watch([], short).await;
    broker.handle().set_faults(Faults::new([Fault::Silent]));
    watched.types("m.");
    watched.sees("20 s; under 60 s costs traffic").await;
    watched.received(&broker.handle(), 3).await;
    watched.sees("answer awaited for 100 ms").await;
    watched.pass(2 * SECOND);
    watched.sees("answer OVERDUE for 2.1 s; given up at 30 s").await;
    watched.sees("no answer to our ping for 2.1 s").await;
    watched.pass(30 * SECOND);
    watched.sees("lost while online: the broker was silent for").await;
    watched.sees("keep-alive is 20 s").await;
    watched.sees("was online → lost").await;
    watched.sees("remedy see whether the network on the way and the broker are up").await;
    watched.sees("next try in").await;
}

/// Two programs that answer each other, through a broker: five rounds raise the banner.
#[tokio::test]
async fn a_bouncing_pair_raises_the_banner_and_one_that_only_listens_does_not() {
    for is_bouncing in [true, false] {
        let hears = |profile: &mut Profile| {
            profile.subscriptions.push(subscription("lamp/set", Qos::AtMostOnce));
        };
        let (mut watched, broker) = watch([], hears).await;
        let mut other = Device::start_by(
            Profile {
                subscriptions: vec![subscription("lamp/set", Qos::AtMostOnce)],
                ..profile(broker.address(), Version::V5, "lamp")
            },
            Arc::clone(&watched.device.hands),
        );
        other.granted(1).await;
        watched.types("plamp/set<tab>on<tab>");
        let mut n_heard = 0;
        for round in 1..=5 {
            assert!(!watched.screen().contains("LOOP"), "in round {round}");
            watched.types("<ctrl-x>");
            n_heard += 1;
            watched.heard(n_heard).await;
            if is_bouncing {
                // The other hears ours, and its own answers.
                other.heard(2 * round - 1).await;
                watched.device.hands.turn(Duration::from_millis(20));
                let ticket = u64::try_from(round).unwrap();
                other.publish(ticket, crate::rig::publication("lamp/set", b"off", Qos::AtMostOnce, false));
                other.heard(2 * round).await;
                n_heard += 1;
                watched.heard(n_heard).await;
            }
            watched.device.hands.turn(Duration::from_millis(50));
        }
        let banner = "LOOP: a loop on lamp/set: another client answers each of our publications there";
        assert_eq!(watched.screen().contains(banner), is_bouncing, "{}", watched.screen());
        watched.types("<esc>");
        assert!(!watched.screen().contains("LOOP"), "esc dismisses it");
    }
}
