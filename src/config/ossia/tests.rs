//! `.device` files both ways: what survives, what is told, what is refused.
use super::*;
use crate::config::device::tests::any;
use crate::device::{Access, Clip, Codec, Kind, Node, Unit, Value};
use crate::mqtt::{Address, Profile, Topic};
use serde_json::Value as Json;

fn profile() -> Profile {
    let mut profile = Profile::new("plant", Address::tcp("h", 1883), "");
    profile.version_is_fixed = false;
    profile
}

fn node(topic: &str) -> Node {
    Node::new(Topic::parse(topic).unwrap(), Kind::Float)
}

fn exported(nodes: &[Node]) -> (Json, Report) {
    let (text, report) = export("plant", &profile(), nodes);
    (serde_json::from_str(&text).unwrap(), report)
}

/// Written by hand after score's sources.
const OF_SCORE: &str = r#"{ "Device": { "Name": "Stage", "Protocol": "b960ea7e-b4bc-4207-af52-4bf806279b6a",
  "Config": { "Transport": { "TCP": { "Host": "10.0.0.1", "Port": 1884 } } }, "Rate": 20 },
"Children": [ { "Address": { "Name": "lamp", "ClipMode": "Free", "RepetitionFilter": false, "Value": {}, "Domain": {} },
  "Children": [ { "Address": { "Name": "level", "ioType": "->", "ClipMode": "Clip", "Unit": "gain.db",
    "RepetitionFilter": true, "Value": { "Float": 3.5 }, "Domain": { "Float": { "Min": -60, "Max": 6.5 } },
    "Extended": { "description": "how loud", "tags": ["a", "b"], "priority": 2.0, "valueStepSize": 0.5,
      "defaultValue": { "Float": 0 }, "refreshRate": 5 } } },
  { "Address": { "Name": "go", "ClipMode": "Free", "RepetitionFilter": false, "Value": { "Impulse": null },
    "Domain": { "Impulse": null } } } ] } ] }"#;

#[test]
fn what_score_says_is_read() {
    let Imported { name, profile, nodes, report } = import(OF_SCORE).unwrap();
    assert_eq!(
        (name.as_str(), profile.address.host.as_str(), profile.address.port),
        ("Stage", "10.0.0.1", 1_884)
    );
    let mut level = node("/lamp/level");
    level.access = Access::Set;
    level.clip = Clip::Clip;
    level.unit = Some(Unit::new("dB"));
    level.repetition_filter = true;
    (level.domain.min, level.domain.max, level.domain.step) = (Some(-60.0), Some(6.5), Some(0.5));
    level.description = Some("how loud".into());
    level.tags = vec!["a".into(), "b".into()];
    level.priority = 2;
    level.default = Some(Value::Float(0.0));
    let mut go = node("/lamp/go");
    go.kind = Kind::Impulse;
    assert_eq!(nodes, [level, go]);
    assert_eq!(
        report.lines(),
        ["\"refreshRate\" of nodes: 1 (/lamp/level)", "of the device, not imported: 1 (Rate)"]
    );
}

#[test]
fn topics_that_score_has_no_words_for_survive() {
    let topics = ["a/b", "/a/b", "a", "/a", "a//b", "a/b/", "/", "café/é", "$SYS/x y", &"x/".repeat(3_000)];
    let mut nodes: Vec<Node> = topics.iter().map(|topic| node(topic)).collect();
    nodes[0].codec = Codec::parse("$.level").unwrap();
    let (json, report) = exported(&nodes);
    let back = import(&json.to_string()).unwrap().nodes;
    assert_eq!(back.len(), nodes.len());
    assert!(nodes.iter().all(|node| back.contains(node)), "{back:?}");
    let a =
        &json["Children"].as_array().unwrap().iter().find(|child| child["Address"]["Name"] == "a").unwrap();
    assert!(a.get("mqttscope").is_none(), "/a is score's own");
    assert!(a["Children"].as_array().unwrap().iter().any(|child| child["Address"]["Name"] == "b"));
    let told = report.lines().join("\n");
    assert!(
        told.contains("topics that score would change: it knows names with a slash in front alone: 8 ("),
        "{told}"
    );
}

#[test]
fn what_score_has_words_for_is_in_its_words_alone() {
    let mut oven = node("/oven");
    oven.access = Access::Get;
    oven.unit = Some(Unit::new("ms"));
    oven.domain.min = Some(20.0);
    oven.default = Some(Value::Float(21.0));
    let (json, report) = exported(&[oven]);
    assert_eq!(report.lines(), [] as [&str; 0]);
    let expected = r#"{"Device":{"Name":"plant","Protocol":"b960ea7e-b4bc-4207-af52-4bf806279b6a","Config":{"Transport":{"TCP":{"Host":"h","Port":1883,"Broadcast":false}}}},"Children":[{"Address":{"Name":"oven","ioType":"<-","ClipMode":"Free","Unit":"time.ms","RepetitionFilter":false,"Value":{"Float":21.0},"Domain":{"Float":{"Min":20.0}},"Extended":{"defaultValue":{"Float":21.0}}}}]}"#;
    assert_eq!(json, serde_json::from_str::<Json>(expected).unwrap());
}

#[test]
fn what_is_no_mqtt_device_of_score_is_refused_by_name() {
    let osc = r#"{ "DeviceSettings": { "Name": "x", "Protocol": "9a42de4b-f6eb-4bca-9564-01b975f601b9" } }"#;
    for (text, expected) in [
        ("{".to_owned(), "this is no JSON, at line 1"),
        ("[]".to_owned(), "it has no \"Device\""),
        (osc.to_owned(), "another protocol (OSC), \"9a42de4b-f6eb-4bca-9564-01b975f601b9\""),
        (OF_SCORE.replace("\"TCP\"", "\"UDP\""), "names no broker"),
        (OF_SCORE.replace("-60", "60"), "the node \"/lamp/level\": max is 6.5, which is less than min, 60"),
        (OF_SCORE.replace("\"level\"", "\"a+b\""), "cannot hold the wildcard"),
        (OF_SCORE.replace("\"go\"", "\"level\""), "a node before has the same topic"),
        ("[".repeat(100_000), "this is no JSON"),
    ] {
        let told = import(&text).unwrap_err().to_string();
        assert!(told.contains(expected), "{expected}: {told}");
    }
}

#[test]
fn a_connection_goes_as_far_as_score_knows_it_and_shows_no_secret() {
    let address = |url: &str| crate::mqtt::address::parse_url(url).unwrap().address;
    for url in ["mqtt://h:1884", "mqtts://h", "ws://h:9001/mqtt", "wss://h/ws", "mqtt+unix:///run/m.sock"] {
        let mut profile = profile();
        profile.address = address(url);
        let (text, _) = export("plant", &profile, &[]);
        assert_eq!(import(&text).unwrap().profile.address, profile.address, "{url}");
    }
    let mut profile = profile();
    profile.address = address("wss://h/ws?sig=hunter2");
    profile.username = Some("me".into());
    profile.password = Some(crate::mqtt::Secret::new(b"hunter2".to_vec()));
    let (text, report) = export("plant", &profile, &[]);
    let told = report.lines().join("\n");
    assert!(told.contains("username") && told.contains("password"), "{told}");
    assert!(!text.contains("hunter2") && !told.contains("hunter2"), "{text}{told}");
}

proptest::proptest! {
    #[test]
    fn nodes_come_back_from_score_as_they_went(nodes in any::nodes()) {
        let (text, _) = export("plant", &profile(), &nodes);
        let back = import(&text).unwrap().nodes;
        proptest::prop_assert_eq!(back.len(), nodes.len());
        for node in &nodes {
            proptest::prop_assert!(back.contains(node), "{:?} of {}", node, text);
        }
    }
}
