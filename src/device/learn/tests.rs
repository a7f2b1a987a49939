//! Stories of learning: what is proposed for which traffic, in which order, at which cost.
use super::*;
use crate::demo::plant::{Plant, PlantOptions};
use crate::device::{Access, Codec, Domain, Kind, Node, Unit, Value};
use crate::mqtt::{Qos, Retained};

fn filters(texts: &[&str]) -> Vec<Filter> {
    texts.iter().map(|text| Filter::parse(text).unwrap()).collect()
}

/// A session over everything, told messages one second apart.
struct Story {
    learn: Learn,
    ms: u64,
    kept: Vec<String>,
}

fn story() -> Story {
    Story { learn: Learn::new(Scope::of(filters(&["#"]))), ms: 0, kept: Vec::new() }
}

impl Story {
    fn hears(mut self, topic: &str, payloads: &[&str]) -> Self {
        for payload in payloads {
            self.tell(topic, payload.as_bytes(), Retained::No);
        }
        self
    }

    fn tell(&mut self, topic: &str, payload: &[u8], retained: Retained) {
        self.ms += 1_000;
        let message = MessageRef {
            topic,
            payload,
            properties: &[],
            qos: Qos::AtLeastOnce,
            retained,
            dup: false,
            packet_id: None,
            received: Timestamp::from_millis(self.ms),
            queued: crate::mqtt::message::Queued::No,
        };
        let kept = &self.kept;
        self.learn.observe(&message, |topic| kept.iter().any(|kept| kept == topic));
    }

    fn at(&self, topic: &str) -> Candidate<'_> {
        self.learn.candidate(self.learn.find(topic).unwrap()).unwrap()
    }

    fn order(&self, lane: Lane) -> Vec<&str> {
        self.learn.window(lane, None).map(|id| self.learn.candidate(id).unwrap().topic().as_str()).collect()
    }
}

fn words(on: &str, off: &str) -> Codec {
    Codec::Words { on: on.into(), off: off.into() }
}

#[test]
fn traffic_makes_types_codecs_and_units() {
    let suffix = |text: &str| Codec::Suffix(text.into());
    for (topic, payloads, kind, codec, unit) in [
        ("a/t", &["20.0 °C", "21 °C"][..], Kind::Float, suffix(" °C"), Some("°C")),
        ("a/t", &["20.0 °C", "21°C"], Kind::Float, Codec::Text, Some("°C")),
        ("a/t", &["20 °C", "21"], Kind::Int, Codec::Text, Some("°C")),
        ("a/t", &["20 °C", "68 °F"], Kind::String, Codec::Text, None),
        ("a/h", &["55%"], Kind::Int, suffix("%"), Some("%")),
        ("a/n", &["1", "2", "2.5"], Kind::Float, Codec::Text, None),
        ("a/n", &["1", "0"], Kind::Int, Codec::Text, None),
        ("a/door", &["1", "0"], Kind::Bool, words("1", "0"), None),
        ("a/door", &["1", "0", "2"], Kind::Int, Codec::Text, None),
        ("a/door", &["open"], Kind::Bool, words("open", "closed"), None),
        ("a/door", &["open", "closed", "opening"], Kind::String, Codec::Text, None),
        ("a/lamp", &["ON", "OFF"], Kind::Bool, words("ON", "OFF"), None),
        ("a/lamp", &["Off"], Kind::Bool, words("On", "Off"), None),
        ("a/lamp", &["true", "false"], Kind::Bool, Codec::Text, None),
        ("a/lamp", &["ON", "on", "off"], Kind::Bool, Codec::Text, None),
        ("a/lamp", &["ON", "1"], Kind::String, Codec::Text, None),
        ("a/switch", &["ON", "1"], Kind::Bool, Codec::Text, None),
        ("a/s", &["idle", "busy"], Kind::String, Codec::Text, None),
        ("a/s", &["\"idle\""], Kind::String, Codec::Json, None),
        ("a/bell", &["", ""], Kind::Impulse, Codec::Text, None),
        ("a/n", &["", "5", "null"], Kind::Int, Codec::Text, None),
        ("a/v", &["[1,2,3]", "[4,5.5,6]"], Kind::Vec3, Codec::Json, None),
        ("a/v", &["12,34,56"], Kind::Vec3, Codec::Text, None),
        ("a/v", &["[1,2,3]", "[1,2]"], Kind::List, Codec::Json, None),
        ("a/o", &["{\"a\":1}"], Kind::Map, Codec::Json, None),
        ("a/x", &["{\"a\":1}", "5"], Kind::String, Codec::Text, None),
        ("a/b", &["a\0b"], Kind::Bytes, Codec::Text, None),
    ] {
        let story = story().hears(topic, payloads);
        let node = story.at(topic).node();
        let found = (node.kind, node.codec, node.unit);
        assert_eq!(found, (kind, codec, unit.map(Unit::new)), "{topic} {payloads:?}");
    }
}

#[test]
fn an_object_with_value_and_unit_is_proposed_as_its_value() {
    let story =
        story().hears("hall/t", &[r#"{"value":24.1,"unit":"°C","time":1}"#, r#"{"value":23,"unit":"°C"}"#]);
    let node = story.at("hall/t").node();
    assert_eq!((node.kind, node.path().unwrap().to_string().as_str()), (Kind::Float, "$.value"));
    assert_eq!(node.unit, Some(Unit::new("°C")));
    assert_eq!(story.at("hall/t").guess().observed, Some((23.0, 24.1)));
    let story = story.hears("hall/t", &[r#"{"error":"gone"}"#]);
    assert_eq!(story.at("hall/t").node().kind, Kind::Map);
}

#[test]
fn domains_are_proposed_only_where_they_are_sound() {
    let few = &["12", "47", "80"][..];
    let bounds = |min, max| Domain { min: Some(min), max: Some(max), ..Domain::default() };
    let of = |texts: &[&str]| Domain {
        values: texts.iter().map(|text| Value::String((*text).into())).collect(),
        ..Domain::default()
    };
    for (topic, payloads, expected) in [
        ("a/humidity", &["12 %", "99.5 %"][..], bounds(0.0, 100.0)),
        ("a/load", &["12 %", "140 %"], Domain::default()),
        ("a/temperature", few, Domain::default()),
        ("lamp/brightness", &["0", "254"], bounds(0.0, 255.0)),
        ("lamp/brightness", few, Domain::default()),
        ("fader/level", &["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8"], bounds(0.0, 1.0)),
        ("fader/level", &["0.1", "0.2"], Domain::default()),
        ("par/rgb", &["[255,0,17]"], bounds(0.0, 255.0)),
        ("cue/state", &["idle", "run", "idle", "run", "idle", "idle"], of(&["idle", "run"])),
        ("cue/state", &["idle", "run"], Domain::default()),
    ] {
        assert_eq!(story().hears(topic, payloads).at(topic).node().domain, expected, "{topic} {payloads:?}");
    }
}

#[test]
fn neighbours_tell_the_way_and_the_unit() {
    let story = story()
        .hears("home/lamp", &["on"])
        .hears("home/other", &["on"])
        .hears("home/lamp/set", &["on"])
        .hears("tank/pressure/value", &["6.2"])
        .hears("tank/pressure/unit", &["bar"]);
    let access = |topic| story.at(topic).node().access;
    assert_eq!(access("home/lamp"), Access::Get);
    assert_eq!(access("home/lamp/set"), Access::Set);
    assert_eq!(access("home/other"), Access::Both);
    assert_eq!(story.at("tank/pressure/value").node().unit, Some(Unit::new("bar")));
}

#[test]
fn a_guess_grows_surer_and_says_when_samples_disagree() {
    let sure = |payloads: &[&str]| story().hears("a/n", payloads).at("a/n").guess();
    let steady = ["5", "6", "7", "5", "6", "7", "5", "6", "7"];
    assert!(sure(&["5"]).confidence < sure(&["5", "6"]).confidence);
    assert_eq!(sure(&steady).sureness(), Sureness::Sure);
    assert_eq!(sure(&["0", "1", "0", "1", "0", "1"]).sureness(), Sureness::Perhaps);
    let torn = sure(&["5", "6", "auto", "5", "6", "5", "6", "5"]);
    assert!(torn.is_widened && torn.sureness() == Sureness::Perhaps, "{torn:?}");
    assert!(!sure(&["5", "6.5"]).is_widened);
}

#[test]
fn a_steady_topic_has_a_cadence_and_a_retained_one_is_published_retained() {
    let mut story = story();
    for payload in ["1.5", "2.5", "3.5", "4.5", "5.5", "6.5"] {
        story.tell("oven/setpoint", payload.as_bytes(), Retained::Yes);
    }
    let node = story.at("oven/setpoint").node();
    assert_eq!((node.cadence_ms, node.retain, node.qos), (Some(1_000), true, Qos::AtLeastOnce));
}

#[test]
fn the_newest_is_on_top_until_held_and_then_again() {
    let mut story = story().hears("a", &["1"]).hears("b", &["1"]).hears("c", &["1"]);
    assert_eq!(story.order(Lane::New), ["c", "b", "a"]);
    story = story.hears("a", &["1"]);
    assert_eq!(story.order(Lane::New), ["a", "c", "b"]);
    story.learn.hold();
    story = story.hears("b", &["1"]).hears("d", &["1"]).hears("c", &["1"]);
    assert_eq!(story.order(Lane::New), ["d", "a", "c", "b"]);
    story.learn.release();
    assert_eq!(story.order(Lane::New), ["c", "d", "b", "a"]);
    assert_eq!(story.learn.len(Lane::New), 4);
    let b = story.learn.find("b").unwrap();
    let below: Vec<_> = story.learn.window(Lane::New, Some(b)).collect();
    assert_eq!(below, [b, story.learn.find("a").unwrap()]);
    assert_eq!(story.learn.newer(b), story.learn.find("d"));
}

#[test]
fn keeping_discarding_and_taking_back_move_between_lists() {
    let mut story = story().hears("a", &["1"]).hears("b", &["1"]).hears("c", &["1"]);
    let [a, b] = ["a", "b"].map(|topic| story.learn.find(topic).unwrap());
    story.learn.put(a, Lane::Kept);
    story.learn.put(b, Lane::Discarded);
    story = story.hears("a", &["2"]).hears("b", &["2"]);
    assert_eq!([Lane::New, Lane::Kept, Lane::Discarded].map(|lane| story.order(lane)), [["c"], ["a"], ["b"]]);
    story.learn.put(b, Lane::New);
    story.learn.put(b, Lane::New);
    assert_eq!(story.order(Lane::New), ["b", "c"]);
    assert!(story.learn.is_empty(Lane::Discarded) && story.learn.oldest(Lane::Kept) == Some(a));
}

#[test]
fn what_is_kept_already_is_no_candidate_but_may_be_widened() {
    let mut story = story();
    story.kept.push("tank/level".into());
    let story = story.hears("tank/level", &["50", "120.5"]).hears("tank/new", &["1"]);
    assert_eq!(story.order(Lane::New), ["tank/new"]);
    let candidate = story.at("tank/level");
    let mut kept = Node::new(candidate.topic().clone(), Kind::Int);
    kept.alias = Some("Level".into());
    kept.domain = Domain { min: Some(0.0), max: Some(100.0), ..Domain::default() };
    let update = candidate.update_of(&kept).unwrap();
    assert_eq!((update.kind, update.alias.as_deref()), (Kind::Float, Some("Level")));
    assert_eq!((update.domain.min, update.domain.max), (Some(0.0), None));
    kept.kind = Kind::Float;
    kept.domain.max = None;
    assert_eq!(candidate.update_of(&kept), None);
    let other = Node::new(Topic::parse("x").unwrap(), Kind::Int);
    assert_eq!(candidate.update_of(&other), None);
}

#[test]
fn scope_excludes_cap_and_time_are_kept_and_what_is_passed_over_is_counted() {
    let mut scope = Scope::of(filters(&["plant/#", "home/+/t"]));
    scope.excludes = filters(&["plant/secret/#"]);
    scope.cap = 2;
    scope.until = Some(Timestamp::from_millis(8_000));
    let story = Story { learn: Learn::new(scope), ..story() }
        .hears("plant/a", &["1"])
        .hears("plant/secret/b", &["1"])
        .hears("office/t", &["1"])
        .hears("home/x/t", &["1"])
        .hears("plant/c", &["1", "2"])
        .hears("plant/d", &["1"])
        .hears("plant/a", &["late"]);
    assert_eq!(story.order(Lane::New), ["home/x/t", "plant/a"]);
    let counts = story.learn.counts();
    assert_eq!((counts.n_new, counts.n_topics_refused, counts.n_messages), (2, 2, 2));
    assert_eq!(story.at("plant/a").guess().kind, Kind::Int);
    assert!(story.learn.wants("plant/z") && !story.learn.wants("office/t"));
    assert!(story.learn.wants("homeassistant/sensor/x/config"));
}

#[test]
fn a_fast_topic_is_sampled_and_says_so_a_slow_one_is_seen_whole() {
    let mut fast = Learn::new(Scope::of(filters(&["#"])));
    let mut slow = Learn::new(Scope::of(filters(&["#"])));
    for n in 0..1_000_u64 {
        for (learn, ms) in [(&mut fast, n), (&mut slow, n * 60)] {
            let payload = n.to_string();
            let message = MessageRef {
                topic: "a",
                payload: payload.as_bytes(),
                properties: &[],
                qos: Qos::AtMostOnce,
                retained: Retained::No,
                dup: false,
                packet_id: None,
                received: Timestamp::from_millis(ms),
                queued: crate::mqtt::message::Queued::No,
            };
            learn.observe(&message, |_| false);
        }
    }
    let guess = |learn: &Learn| learn.candidate(learn.find("a").unwrap()).unwrap().guess();
    let (fast, slow) = (guess(&fast), guess(&slow));
    assert_eq!((slow.n_messages, slow.n_samples), (1_000, 1_000));
    assert!(
        (980..=1_000).contains(&fast.n_messages),
        "all but those since the last look: {}",
        fast.n_messages
    );
    assert!((16..100).contains(&fast.n_samples), "{}", fast.n_samples);
    assert_eq!(slow.observed, Some((0.0, 999.0)));
}

#[test]
fn a_candidate_takes_at_most_400_bytes() {
    let mut story = story();
    for n in 0..20_000 {
        let topic = format!("plant/hall{}/machine{}/unit{}/value{n}", n / 10_000, n / 100 % 100, n / 10 % 10);
        for word in ["running", "stopping", "stopped", "starting", "in maintenance"] {
            story.tell(&topic, word.as_bytes(), Retained::No);
        }
    }
    let empty = Learn::new(Scope::of(Vec::new())).counts().n_bytes;
    let per_candidate = (story.learn.counts().n_bytes - empty) / 20_000;
    assert!(per_candidate <= 400, "{per_candidate} bytes");
    assert!(per_candidate >= size_of::<Record>(), "something is not counted: {per_candidate} bytes");
}

#[test]
fn members_of_an_object_are_listed_within_bounds_and_can_be_nodes() {
    let payload = br#"{"uptime_s":5,"heater":{"duty":0.4,"zones":[1,2,3]},"on":true,"fw":"2.4.1","none":null,
        "power":3,"power_unit":"kW","deep":{"a":{"b":{"c":1}}}}"#;
    let story = story().hears("oven/telemetry", &[std::str::from_utf8(payload).unwrap()]);
    let candidate = story.at("oven/telemetry");
    let parts = candidate.parts(payload);
    let found: Vec<_> = parts.list.iter().map(|part| (part.path.to_string(), part.kind)).collect();
    let expected = [
        ("$.uptime_s", Kind::Int),
        ("$.heater.duty", Kind::Float),
        ("$.heater.zones", Kind::Vec3),
        ("$.on", Kind::Bool),
        ("$.fw", Kind::String),
        ("$.power", Kind::Int),
        ("$.power_unit", Kind::String),
    ];
    assert_eq!(found, expected.map(|(path, kind)| (path.to_owned(), kind)));
    assert_eq!(parts.n_more, 1);
    let node = parts.list[5].node(candidate.topic());
    assert_eq!((node.path().unwrap().to_string().as_str(), node.unit), ("$.power", Some(Unit::new("kW"))));
    let many: Vec<_> = (0..100).map(|n| format!("\"m{n}\":{n}")).collect();
    let many = candidate.parts(format!("{{{}}}", many.join(",")).as_bytes());
    assert_eq!((many.list.len(), many.n_more), (MAX_PARTS, 68));
    assert_eq!(candidate.parts(&vec![b'{'; 70_000]), Parts::default());
}

/// The demo's plant for a minute, as its broker would deliver it.
fn plant_learnt() -> (Learn, Vec<(String, Vec<u8>)>) {
    let mut plant = Plant::new(&PlantOptions { seed: 7, ..PlantOptions::default() }, Timestamp::ZERO);
    let mut learn = Learn::new(Scope::of(filters(&["#"])));
    let mut said = Vec::new();
    let (mut now, mut is_furnished) = (Timestamp::ZERO, false);
    while now.whole_seconds() < 60 {
        let mut out = Vec::new();
        if is_furnished {
            now = plant.due().unwrap();
            plant.step(now, &mut out);
        } else {
            is_furnished = !plant.furnish(usize::MAX, &mut out);
        }
        for publication in out {
            let retained = if now == Timestamp::ZERO { Retained::Yes } else { Retained::No };
            learn.observe(
                &MessageRef {
                    topic: publication.topic.as_str(),
                    payload: &publication.payload.0,
                    properties: &[],
                    qos: publication.qos,
                    retained,
                    dup: false,
                    packet_id: None,
                    received: now,
                    queued: crate::mqtt::message::Queued::No,
                },
                |_| false,
            );
            said.push((publication.topic.as_str().to_owned(), publication.payload.0.to_vec()));
        }
    }
    (learn, said)
}

#[test]
fn the_demo_s_plant_is_learnt_and_every_message_fits_what_is_proposed() {
    let (learn, said) = plant_learnt();
    let node = |topic: &str| learn.candidate(learn.find(topic).unwrap()).unwrap().node();
    // Births propose metrics, which are another test's.
    for (topic, payload) in said.iter().filter(|(topic, _)| !topic.starts_with("spBv1.0/")) {
        let node = node(topic);
        if !payload.is_empty() {
            let value = node.read(payload).unwrap_or_else(|misfit| panic!("{topic}: {misfit}"));
            assert!(node.domain.judge(&value).is_ok(), "{topic} {value:?}");
        }
    }
    for (topic, kind, unit) in [
        ("plant/hall1/oven3/temperature", Kind::Float, Some("°C")),
        ("plant/hall1/oven3/setpoint", Kind::Float, None),
        ("plant/hall1/oven3/door", Kind::Bool, None),
        ("plant/hall1/oven3/telemetry", Kind::Map, None),
        ("plant/hall1/temperature", Kind::Float, Some("°C")),
        ("plant/hall1/noise", Kind::Int, Some("dB")),
        ("plant/energy/total", Kind::Int, Some("kWh")),
        ("industrial/sensor01/pressure/value", Kind::Float, Some("bar")),
        ("home/lights/hall", Kind::Bool, None),
        ("home/kitchen/humidity", Kind::Int, Some("%")),
        ("plant/hall2/beacon/status", Kind::String, None),
    ] {
        let node = node(topic);
        assert_eq!((node.kind, node.unit), (kind, unit.map(Unit::new)), "{topic}");
    }
    let oven = node("plant/hall1/oven3/temperature");
    assert!(oven.cadence_ms.is_some_and(|ms| (900..1_100).contains(&ms)), "{:?}", oven.cadence_ms);
}
