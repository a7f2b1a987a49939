//! The Devices screen as whole frames. Owns its pictures; what its keys do is told in `journeys`.
use super::stage::{DEMO, Stage, settings};
use super::{check, two_days_on};
use mqttscope::model::devices::exam::Told;
use mqttscope::model::devices::{Answer, Listing, Saved};
use mqttscope::model::opening::{self, Opening, Origin};
use mqttscope::model::{Event, Settings};
use mqttscope::mqtt::address::parse_url;
use mqttscope::mqtt::found::{Found, Sighting};
use mqttscope::mqtt::port::Step;
use mqttscope::mqtt::profile::PasswordSource;
use mqttscope::mqtt::{Check, Filter, Finding, Outcome, Profile, Qos, Subscription, Verdict};
use std::time::Duration;

fn profile(name: &str, url: &str) -> Profile {
    let parsed = parse_url(url).expect("a URL");
    let mut profile = Profile::new(name, parsed.address, "");
    profile.username = parsed.username;
    profile.version_is_fixed = false;
    let filter = Filter::parse("plant/#").expect("a filter");
    profile.subscriptions = vec![Subscription::new(filter, Qos::AtLeastOnce)];
    profile
}

fn saved(name: &str, url: &str, used_unix_s: Option<i64>) -> Saved {
    let mut profile = profile(name, url);
    profile.password_source = PasswordSource::Variable("PLANT_PASSWORD".into());
    Saved { name: name.into(), profile: Ok(Box::new(profile)), used_unix_s, warnings: Vec::new() }
}

fn listing() -> Listing {
    let broken = "/home/me/.config/mqttscope/devices/attic.toml:3:7: \"url\" must be a text in quotes";
    let broken =
        Saved { name: "attic".into(), profile: Err(broken.into()), used_unix_s: None, warnings: Vec::new() };
    let saved = vec![
        broken,
        saved("cloud", "wss://me@broker.example.com/mqtt", Some(0)),
        saved("hall", "mqtt://10.0.0.5", Some(172_000)),
        saved("press", "mqtts://press.plant.example.com", None),
    ];
    Listing { saved, unusable: vec!["my \u{1b}[31mdevice.toml".into()], n_more: 0 }
}

fn begun(listing: Listing) -> Stage {
    let mut stage = Stage::new(&[], Settings { wall: two_days_on(), ..settings() });
    stage.event(Event::Disk(Box::new(Answer::Listed(Ok(listing)))));
    stage
}

/// One online, one failing, one of a URL, one found on the network.
fn busy() -> Stage {
    let mut stage = begun(listing());
    for (name, url, origin) in [
        ("hall", "mqtt://10.0.0.5", Origin::File("hall".into())),
        ("press", "mqtts://press.plant.example.com", Origin::File("press".into())),
        ("pi.local", "mqtt://pi.local", Origin::Url("mqtt://pi.local".into())),
    ] {
        let opening = Opening {
            profile: profile(name, url),
            nodes: Vec::new(),
            rules: Vec::new(),
            filters: Vec::new(),
            origin,
            id_is_made_up: true,
            warnings: Vec::new(),
        };
        let now = stage.now;
        opening::open(&mut stage.model, now, opening, &mut stage.effects);
    }
    stage.online(DEMO);
    let cause = "the certificate of press.plant.example.com has expired on 2026-01-31";
    stage.lost(mqttscope::model::DeviceId(1), cause, Some("have it renewed there"));
    let addresses = ["192.0.2.7".parse().expect("an address")];
    let found = Found::new(
        ("Plant broker._mqtt._tcp.local.", "Plant broker"),
        "broker.local.",
        1_883,
        addresses,
        false,
        None,
    );
    stage.model.shelf.nearby.take(Sighting::Appeared(found.expect("somewhere to connect to")));
    stage
}

#[test]
fn the_devices_are_listed_with_their_state_and_last_use() {
    check("devices-screen", || {
        let mut stage = busy();
        stage.keys("g j j j");
        stage
    });
}

#[test]
fn a_broken_file_shows_its_error_and_what_to_do() {
    check("devices-broken", || {
        let mut stage = busy();
        stage.keys("g");
        stage
    });
}

#[test]
fn without_any_device_the_broker_of_this_machine_is_one_key_away() {
    check("devices-empty", || begun(Listing::default()));
}

#[test]
fn an_examination_tells_what_it_finds_line_by_line() {
    let good = |check, took_us, note: &str| Finding {
        check,
        outcome: Outcome::Good,
        took: Some(Duration::from_micros(took_us)),
        note: note.into(),
    };
    let bad = |check, meaning, remedy: &str, note: &str| Finding {
        check,
        outcome: Outcome::Bad { meaning, remedy: Some(remedy.into()) },
        took: None,
        note: note.into(),
    };
    let findings = [
        good(Check::Step(Step::Resolve), 310, "fd00::5, 10.0.0.5"),
        bad(
            Check::Step(Step::Tcp),
            "one address of several is no use; those who try it first have to wait for another",
            "start a broker there, or check that 8883 is its port",
            "nothing listens on [fd00::5]:8883",
        ),
        good(Check::Step(Step::Tcp), 900, "10.0.0.5:8883 · goes on with this one"),
        good(Check::Step(Step::Tls), 12_000, "TLS 1.3 · TLS13_AES_256_GCM_SHA384"),
        Finding {
            took: None,
            ..good(
                Check::Certificate,
                0,
                "hall.example · issued by Plant CA · for hall.example · 12 days left",
            )
        },
        bad(
            Check::Step(Step::Connect),
            "the broker was reached, speaks MQTT, and did not let us in",
            "check --username and the password",
            "the broker refused us: bad user name or password",
        ),
    ];
    check("devices-exam", || {
        let mut stage = busy();
        stage.keys("g j j j t");
        for finding in findings.clone() {
            stage.event(Event::Examined(1, Box::new(Told::Found(finding))));
        }
        stage.event(Event::Examined(1, Box::new(Told::Done(Verdict::Refused, 0))));
        stage
    });
}
