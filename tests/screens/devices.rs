//! The Devices screen as whole frames. Owns its pictures; what its keys do is told in `journeys`.
use super::stage::{DEMO, Stage, settings};
use super::{check, two_days_on};
use mqttscope::model::devices::{Answer, Listing, Saved};
use mqttscope::model::opening::{self, Opening, Origin};
use mqttscope::model::{Event, Settings};
use mqttscope::mqtt::address::parse_url;
use mqttscope::mqtt::found::{Found, Sighting};
use mqttscope::mqtt::profile::PasswordSource;
use mqttscope::mqtt::{Filter, Profile, Qos, Subscription};

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
        let opening =
            Opening { profile: profile(name, url), origin, id_is_made_up: true, warnings: Vec::new() };
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
