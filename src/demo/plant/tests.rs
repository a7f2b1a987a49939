//! Laws of the plant: as many topics as asked for, as fast as asked for, the same for the same seed.
use super::*;
use std::collections::BTreeSet;

fn plant(n_topics: Option<usize>, rate_per_s: Option<f64>, seed: u64) -> Plant {
    Plant::new(&PlantOptions { n_topics, rate_per_s, seed, ..PlantOptions::default() }, Timestamp::ZERO)
}

fn furnished(plant: &mut Plant) -> Vec<Publication> {
    let mut all = Vec::new();
    let mut part = Vec::new();
    loop {
        let more = plant.furnish(100, &mut part);
        assert!(part.len() <= 100 + 5, "{}", part.len());
        all.append(&mut part);
        if !more {
            return all;
        }
    }
}

/// Steps a plant whenever it is due, as whoever runs it does.
fn live(plant: &mut Plant, seconds: u64) -> Vec<Publication> {
    let mut out = Vec::new();
    while let Some(due) = plant.due().filter(|due| due.whole_seconds() < seconds) {
        plant.step(due, &mut out);
    }
    out
}

fn answers(plant: &mut Plant, topic: &str, payload: &str) -> Vec<(String, String)> {
    let heard = Publication {
        topic: crate::mqtt::Topic::parse(topic).unwrap(),
        payload: payload.as_bytes().into(),
        qos: crate::mqtt::Qos::AtMostOnce,
        retain: false,
        properties: crate::mqtt::PublishProperties::default(),
    };
    assert!(plant.ears().iter().any(|filter| filter.matches(topic)), "nobody hears {topic}");
    let mut out = Vec::new();
    plant.hear(Timestamp::from_millis(1), &heard, &mut out);
    out.iter().map(shown).collect()
}

fn shown(publication: &Publication) -> (String, String) {
    let payload = String::from_utf8_lossy(&publication.payload.0).into_owned();
    (publication.topic.as_str().to_owned(), payload)
}

#[test]
fn there_are_exactly_as_many_topics_as_asked_for_all_of_them_retained() {
    for n_topics in [None, Some(0), Some(1), Some(7), Some(60), Some(119), Some(500), Some(12_345)] {
        let mut plant = plant(n_topics, None, 3);
        let state = furnished(&mut plant);
        let topics: BTreeSet<_> = state.iter().map(|publication| publication.topic.clone()).collect();
        assert_eq!((topics.len(), topics.len()), (state.len(), plant.n_topics()), "each once");
        assert_eq!(n_topics.unwrap_or(topics.len()), topics.len());
        assert!(state.iter().all(|publication| publication.retain && !publication.payload.0.is_empty()));
        if n_topics.is_none() {
            assert!((60..=125).contains(&topics.len()), "{}", topics.len());
            for publication in live(&mut plant, 300) {
                // Of what edge nodes of Sparkplug tell, nothing is retained.
                let is_of_edge = publication.topic.as_str().starts_with("spBv1.0/");
                assert_eq!(is_of_edge, !topics.contains(&publication.topic), "{}", publication.topic);
                assert!(!(is_of_edge && publication.retain), "{}", publication.topic);
            }
        }
    }
}

#[test]
fn every_topic_of_the_page_and_every_awkward_one_is_there() {
    let mut plant = plant(None, None, 0);
    let topics: Vec<String> =
        furnished(&mut plant).iter().map(|publication| publication.topic.as_str().to_owned()).collect();
    for topic in [
        "home/livingroom/lights/brightness",
        "industrial/sensor01/pressure/value",
        "score/performance/cue_state",
        "home/lights/living_room",
        "home/thermostat/target",
        "/sensors/temperature",
        "/controls/lighting",
        "plant/hall1/oven3/temperature",
        "/leading",
        "plant//odd",
        "plant/trailing/",
        "café/é",
        "odd/with space/a b&c",
    ] {
        assert!(topics.iter().any(|known| known == topic), "{topic}");
    }
    for text in ["sensors/+/temperature", "sensors/+/humidity", "home/+/temperature"] {
        let filter = Filter::parse(text).unwrap();
        assert!(topics.iter().filter(|topic| filter.matches(topic)).count() > 1, "{text}");
    }
}

#[test]
fn the_pace_is_the_one_asked_for() {
    let seconds = 120;
    for (n_topics, rate_per_s, expected) in [
        (None, None, 20.0..45.0),
        (None, Some(0.0), 0.0..0.01),
        (None, Some(5.0), 4.5..5.5),
        (None, Some(500.0), 480.0..520.0),
        (Some(2_000), Some(3_000.0), 2_900.0..3_100.0),
        (Some(10), Some(100.0), 90.0..110.0),
        (None, Some(f64::NAN), 20.0..45.0),
        (None, Some(-3.0), 0.0..0.01),
    ] {
        let mut plant = plant(n_topics, rate_per_s, 1);
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let rate = live(&mut plant, seconds).len() as f64 / 120.0;
        assert!(expected.contains(&rate), "{n_topics:?} {rate_per_s:?}: {rate} a second");
    }
}

#[test]
fn the_same_seed_is_the_same_plant() {
    let story = |seed| {
        let mut plant = plant(Some(300), Some(200.0), seed);
        let mut all = furnished(&mut plant);
        all.append(&mut live(&mut plant, 20));
        all
    };
    assert_eq!(story(5), story(5));
    assert_ne!(story(5), story(6));
}

#[test]
fn being_late_costs_nothing_and_a_long_sleep_makes_no_flood() {
    let mut plant = plant(None, Some(1_000.0), 1);
    let mut out = Vec::new();
    plant.step(Timestamp::from_millis(500), &mut out);
    assert!((450..550).contains(&out.len()), "{}", out.len());
    out.clear();
    plant.step(Timestamp::from_millis(3_600_000), &mut out);
    assert!(out.len() < 1_200, "{}", out.len());
}

#[test]
fn a_light_obeys_and_answers_but_never_where_it_was_asked() {
    let mut plant = plant(None, None, 0);
    for (topic, payload, state, brightness) in [
        ("home/lights/living_room/set", "off", Some("off"), Some("0")),
        ("home/lights/living_room/set", "TRUE", Some("on"), Some("70")),
        ("home/lights/living_room/set", "35", Some("on"), Some("35")),
        ("home/lights/living_room/set", "0.5", Some("on"), Some("50")),
        ("home/lights/living_room/set", "0", Some("off"), Some("0")),
        ("home/lights/living_room/set", "1", Some("on"), Some("50")),
        ("home/lights/living_room", "false", None, Some("0")),
        ("home/livingroom/lights/brightness", "80", Some("on"), None),
    ] {
        let answers = answers(&mut plant, topic, payload);
        let find = |topic: &str| {
            answers.iter().find(|(answered, _)| answered == topic).map(|(_, payload)| payload.as_str())
        };
        assert_eq!(find("home/lights/living_room"), state, "{topic} {payload}");
        assert_eq!(find("home/livingroom/lights/brightness"), brightness, "{topic} {payload}");
        assert!(answers.iter().all(|(answered, _)| answered != topic));
    }
    for nonsense in ["purple", "101", "-1", "", "NaN"] {
        let answers = answers(&mut plant, "home/lights/hall/set", nonsense);
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0].0, "home/lights/hall/error", "{nonsense}");
    }
}

#[test]
fn an_oven_follows_its_setpoint_slowly() {
    let mut plant = plant(None, None, 0);
    let answers = answers(&mut plant, "plant/hall1/oven3/setpoint", "250.0 °C");
    assert_eq!(answers, [("plant/hall1/oven3/state".to_owned(), "heating".to_owned())]);
    let story = live(&mut plant, 120);
    let temperatures: Vec<f64> = story
        .iter()
        .filter(|publication| publication.topic.as_str() == "plant/hall1/oven3/temperature")
        .filter_map(|publication| device::number(&publication.payload.0))
        .collect();
    assert!(temperatures[0] < 200.0, "{temperatures:?}");
    assert!(temperatures.iter().any(|temperature| *temperature > 230.0), "{temperatures:?}");
}

/// What Sparkplug's messages said, each on its topic and in one line, named by the births before them.
#[cfg(feature = "sparkplug")]
fn sparkplug(said: &[Publication]) -> Vec<(String, String)> {
    use crate::decode::sparkplug::{Registry, Told, preview};
    let mut births = Registry::default();
    let mut lines = Vec::new();
    for publication in said {
        let topic = publication.topic.as_str();
        births.observe(topic, &publication.payload.0);
        let told = Told { topic: topic.into(), births: births.births(topic) };
        if let Some(line) = preview(&told, &publication.payload.0, 400) {
            lines.push((topic.rsplit_once("/line1").unwrap().0.to_owned(), line.line.text()));
        }
    }
    lines
}

#[cfg(feature = "sparkplug")]
#[test]
fn an_edge_node_is_born_tells_by_aliases_and_obeys_commands() {
    use crate::decode::sparkplug::{Births, Content, Heard, Route, command, rebirth, stamped};
    let mut plant = plant(None, None, 0);
    let mut said = live(&mut plant, 10);
    let births = {
        let birth = said.iter().find(|one| one.topic.as_str().contains("/DBIRTH/")).unwrap();
        let birth = crate::decode::sparkplug::Birth::read(&birth.payload.0);
        Births { device: Heard::Yes(birth.into()), ..Births::default() }
    };
    let press = "spBv1.0/plant/DDATA/line1/press";
    let mut say = |command: crate::decode::sparkplug::Command| {
        let heard = Publication {
            topic: crate::mqtt::Topic::parse(&command.topic).unwrap(),
            payload: stamped(&command.payload, 10_000).into(),
            qos: crate::mqtt::Qos::AtMostOnce,
            retain: false,
            properties: crate::mqtt::PublishProperties::default(),
        };
        assert!(plant.ears().iter().any(|filter| filter.matches(heard.topic.as_str())));
        plant.hear(Timestamp::from_millis(10_000), &heard, &mut said);
    };
    say(command(press, &births, "Setpoint", Content::Number(210.5)).unwrap());
    say(command(press, &births, "Setpoint", Content::Number(999.0)).unwrap());
    say(command(press, &births, "Running", Content::Truth(false)).unwrap());
    say(rebirth(&Route::parse(press).unwrap()));
    let lines = sparkplug(&said);
    let on = |level: &str| {
        let topic = format!("spBv1.0/plant/{level}");
        lines.iter().filter(|(on, _)| *on == topic).map(|(_, line)| line.as_str()).collect::<Vec<_>>()
    };
    let [first, again] = on("NBIRTH")[..] else { panic!("{lines:?}") };
    assert!(
        first.starts_with("online: bdSeq 0, Node Control/Rebirth false, Load ")
            && again.ends_with("NBIRTH seq 0")
    );
    assert!(
        on("DBIRTH")[0]
            .starts_with("online: Temperature 168.5 °C, Setpoint 180.0 °C, Running true, Parts/Good 1204")
    );
    assert!(on("DBIRTH")[1].contains("Setpoint 210.5 °C, Running false"), "{lines:?}");
    let data = on("DDATA");
    assert!(data[0].starts_with("Temperature ") && data[0].contains(" °C"), "{data:?}");
    let [.., set, stopped] = data[..] else { panic!("{data:?}") };
    assert!(set.starts_with("Setpoint 210.5 °C, Mode heating"), "what is out of range is not taken: {set}");
    assert!(stopped.starts_with("Running false, Mode stopped"), "{stopped}");
}

#[test]
fn heating_and_stage_lighting_react() {
    let mut plant = plant(None, None, 0);
    for (topic, payload, expected) in [
        ("home/thermostat/target", "24", ("home/hvac/state", "heating")),
        ("home/thermostat/target", "15.5", ("home/hvac/state", "cooling")),
        ("/controls/lighting", "0.75", ("/controls/lighting/state", "75 %")),
    ] {
        let answers = answers(&mut plant, topic, payload);
        assert_eq!(answers, [(expected.0.to_owned(), expected.1.to_owned())], "{topic} {payload}");
    }
    for nonsense in ["warm", "99"] {
        assert!(answers(&mut plant, "home/thermostat/target", nonsense).is_empty());
    }
}

#[test]
fn a_device_goes_silent_and_comes_back() {
    let mut plant = plant(None, None, 2);
    let words: Vec<String> = live(&mut plant, 3_600)
        .iter()
        .map(shown)
        .filter(|(topic, _)| topic == "plant/hall2/beacon/status")
        .map(|(_, payload)| payload)
        .collect();
    assert!(words.len() > 10, "{words:?}");
    for (at, word) in words.iter().enumerate() {
        assert_eq!(word, ["offline", "online"][at % 2]);
    }
}
