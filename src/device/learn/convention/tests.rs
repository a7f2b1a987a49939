//! Real-looking messages of each convention, and hostile ones of none. To add a convention: its messages go into
//! these tables.
#[cfg(feature = "sparkplug")]
mod sparkplug;

use super::super::*;
use super::{MAX_DISCOVERY_BYTES, MAX_HINTS_PER_MESSAGE};
use crate::device::{Access, Codec, Kind, Node};
use crate::mqtt::{Qos, Retained};
use std::fmt::Write;

fn heard(messages: &[(&str, &str)]) -> Learn {
    let mut learn = Learn::new(Scope::of(vec![Filter::parse("#").unwrap()]));
    for (n, (topic, payload)) in (0..).zip(messages) {
        let message = MessageRef {
            topic,
            payload: payload.as_bytes(),
            properties: &[],
            qos: Qos::AtMostOnce,
            retained: Retained::Yes,
            dup: false,
            packet_id: None,
            received: Timestamp::from_millis(n),
            queued: crate::mqtt::message::Queued::No,
        };
        learn.observe(&message, |_| false);
    }
    learn
}

fn nodes(learn: &Learn, topic: &str, payload: Option<&str>) -> Vec<Node> {
    let id = learn.find(topic).unwrap_or_else(|| panic!("{topic} is no candidate"));
    learn.candidate(id).unwrap().nodes(payload.map(str::as_bytes))
}

/// A node in one line: what a convention can say of it.
fn line(node: &Node) -> String {
    let mut line = format!("{} {}", node.kind, node.access);
    let domain = &node.domain;
    if let Some(path) = node.path() {
        write!(line, " {path}").unwrap();
    }
    if let Some(alias) = &node.alias {
        write!(line, " {alias:?}").unwrap();
    }
    if let Some(unit) = &node.unit {
        write!(line, " in {unit}").unwrap();
    }
    if let (Some(min), Some(max)) = (domain.min, domain.max) {
        write!(line, " {min}..{max}").unwrap();
    }
    if let Some(step) = domain.step {
        write!(line, " by {step}").unwrap();
    }
    if !domain.values.is_empty() {
        let words: Vec<_> = domain
            .values
            .iter()
            .map(|value| format!("{value:?}").replace("String(", "").replace(')', ""))
            .collect();
        write!(line, " of {}", words.join(" ")).unwrap();
    }
    if let Codec::Words { on, off } = &node.codec {
        write!(line, " as {on}/{off}").unwrap();
    }
    line
}

fn expect(messages: &[(&str, &str)], expected: &[(&str, &[&str])]) {
    let learn = heard(messages);
    assert_eq!(learn.counts().n_discoveries_ignored, 0, "{messages:?}");
    for (topic, lines) in expected {
        let payload = messages.iter().rev().find(|(known, _)| known == topic).map(|(_, payload)| *payload);
        let found: Vec<_> = nodes(&learn, topic, payload).iter().map(line).collect();
        assert_eq!(found, *lines, "{topic}");
    }
}

#[test]
fn home_assistant_sensors_and_switches_are_understood() {
    expect(
        &[
            (
                "homeassistant/sensor/0x00158d0001_temperature/config",
                r#"{"name":"Temperature","uniq_id":"0x1_t","~":"garden/shed","stat_t":"~/state","dev_cla":"temperature",
                    "unit_of_meas":"°C","val_tpl":"{{ value_json.temperature | float }}","dev":{"ids":["0x1"],"name":"Shed"}}"#,
            ),
            (
                "homeassistant/sensor/shed/humidity/config",
                r#"{"name":"Shed humidity","state_topic":"garden/shed/state","unit_of_measurement":"%",
                    "value_template":"{{ value_json['humidity'] }}","device":{"name":"Shed"}}"#,
            ),
            (
                "homeassistant/binary_sensor/shed/door/config",
                r#"{"name":"Door","stat_t":"garden/shed/door","pl_on":"OPEN","pl_off":"SHUT","dev_cla":"door"}"#,
            ),
            (
                "homeassistant/switch/pump/config",
                r#"{"name":"Pump","stat_t":"garden/pump/state","cmd_t":"garden/pump/cmnd","pl_on":"1","pl_off":"0","ret":true,
                    "avty_t":"garden/pump/LWT","pl_avail":"Online","pl_not_avail":"Offline"}"#,
            ),
            (
                "homeassistant/sensor/mode/config",
                r#"{"name":null,"stat_t":"garden/mode","options":["eco","boost"],"device":{"name":"Boiler"}}"#,
            ),
            ("garden/shed/state", r#"{"temperature":7.5,"humidity":81,"lqi":120}"#),
            ("garden/shed/door", "SHUT"),
            ("garden/pump/state", "1"),
        ],
        &[
            (
                "garden/shed/state",
                &[
                    "float get $.temperature \"Shed Temperature\" in °C",
                    "float get $.humidity \"Shed humidity\" in %",
                ],
            ),
            ("garden/shed/door", &["bool get \"Door\" as OPEN/SHUT"]),
            ("garden/pump/state", &["bool get \"Pump\" as 1/0"]),
            ("garden/pump/cmnd", &["bool set \"Pump set\" as 1/0"]),
            ("garden/pump/LWT", &["string get of \"Online\" \"Offline\""]),
            ("garden/mode", &["string get \"Boiler\" of \"eco\" \"boost\""]),
        ],
    );
}

#[test]
fn home_assistant_lights_numbers_climates_and_covers_are_understood() {
    expect(
        &[
            (
                "homeassistant/light/desk/config",
                r#"{"name":"Desk","stat_t":"desk/state","cmd_t":"desk/set","bri_stat_t":"desk/bri","bri_cmd_t":"desk/bri/set",
                    "bri_scl":100,"rgb_cmd_t":"desk/rgb/set","fx_cmd_t":"desk/fx/set","fx_list":["rainbow","fire"]}"#,
            ),
            (
                "homeassistant/light/strip/config",
                r#"{"schema":"json","name":"Strip","stat_t":"strip","cmd_t":"strip/set","brightness":true}"#,
            ),
            (
                "homeassistant/number/flow/config",
                r#"{"name":"Flow","stat_t":"flow","cmd_t":"flow/set","min":10,"max":80,"step":0.5,"unit_of_meas":"L/min"}"#,
            ),
            ("homeassistant/select/mode/config", r#"{"name":"Mode","cmd_t":"mode/set","ops":["a","b"]}"#),
            ("homeassistant/button/restart/config", r#"{"name":"Restart","cmd_t":"restart","pl_prs":"NOW"}"#),
            ("homeassistant/text/label/config", r#"{"name":"Label","cmd_t":"label/set"}"#),
            (
                "homeassistant/cover/blind/config",
                r#"{"name":"Blind","cmd_t":"blind/set","pos_t":"blind/pos","set_pos_t":"blind/pos/set"}"#,
            ),
            (
                "homeassistant/climate/hvac/config",
                r#"{"name":"Heating","temp_cmd_t":"hvac/target/set","temp_stat_t":"hvac/target","min_temp":5,"max_temp":35,
                    "temp_step":0.5,"temp_unit":"C","curr_temp_t":"hvac/now","mode_cmd_t":"hvac/mode/set","modes":["off","heat"]}"#,
            ),
            (
                "homeassistant/device/box/config",
                r#"{"dev":{"name":"Box"},"o":{"name":"x"},"state_topic":"box/state","cmps":{
                    "t":{"p":"sensor","name":"Heat","unit_of_measurement":"K","value_template":"{{ value_json.t }}"},
                    "v":{"p":"vacuum","name":"?"}}}"#,
            ),
        ],
        &[
            ("desk/state", &["bool get \"Desk\" as ON/OFF"]),
            ("desk/bri/set", &["int set \"Desk brightness set\" 0..100"]),
            ("desk/rgb/set", &["vec3 set \"Desk colour\" 0..255"]),
            ("desk/fx/set", &["string set \"Desk effect\" of \"rainbow\" \"fire\""]),
            (
                "strip/set",
                &[
                    "string set $.state \"Strip set\" of \"OFF\" \"ON\"",
                    "int set $.brightness \"Strip brightness set\" 0..255",
                ],
            ),
            ("flow/set", &["float set \"Flow set\" in L/min 10..80 by 0.5"]),
            ("mode/set", &["string set \"Mode\" of \"a\" \"b\""]),
            ("restart", &["string set \"Restart\" of \"NOW\""]),
            ("label/set", &["string set \"Label\""]),
            ("blind/set", &["string set \"Blind\" of \"CLOSE\" \"OPEN\" \"STOP\""]),
            ("blind/pos", &["int get \"Blind position\" 0..100"]),
            ("hvac/target/set", &["float set \"Heating target set\" in °C 5..35 by 0.5"]),
            ("hvac/now", &["float get \"Heating temperature\" in °C"]),
            ("hvac/mode/set", &["string set \"Heating mode\" of \"off\" \"heat\""]),
            ("box/state", &["float get $.t \"Box Heat\" in K"]),
        ],
    );
}

#[test]
fn tasmota_is_understood_by_its_topics_and_members() {
    expect(
        &[
            ("tele/plug/LWT", "Online"),
            (
                "tele/plug/SENSOR",
                r#"{"Time":"2026-11-22T12:00:00","ENERGY":{"Total":12.3,"Power":45,"Voltage":231},"SI7021":{"Temperature":21.5,"Humidity":40.1},"TempUnit":"C"}"#,
            ),
            ("stat/plug/POWER", "ON"),
            ("cmnd/plug/POWER1", "1"),
            ("cmnd/plug/DIMMER", "40"),
        ],
        &[
            ("tele/plug/LWT", &["string get of \"Offline\" \"Online\""]),
            (
                "tele/plug/SENSOR",
                &[
                    "float get $.ENERGY.Total in kWh",
                    "int get $.ENERGY.Power in W",
                    "int get $.ENERGY.Voltage in V",
                    "float get $.SI7021.Temperature in °C",
                    "float get $.SI7021.Humidity in % 0..100",
                ],
            ),
            ("stat/plug/POWER", &["bool get as ON/OFF"]),
            ("cmnd/plug/POWER1", &["bool set as 1/0"]),
            ("cmnd/plug/DIMMER", &["int set in % 0..100"]),
        ],
    );
}

#[test]
fn zigbee2mqtt_exposes_are_understood() {
    let devices = r#"[
        {"ieee_address":"0x1","type":"Coordinator","friendly_name":"Coordinator","definition":null},
        {"ieee_address":"0x2","type":"Router","friendly_name":"kitchen/lamp","definition":{"model":"LED1","vendor":"X",
          "description":"LED bulb","exposes":[
            {"type":"light","features":[
              {"type":"binary","name":"state","property":"state","access":7,"value_on":"ON","value_off":"OFF","value_toggle":"TOGGLE","label":"State"},
              {"type":"numeric","name":"brightness","property":"brightness","access":7,"value_min":0,"value_max":254,"label":"Brightness"},
              {"type":"composite","name":"color_xy","property":"color","access":7,"features":[
                 {"type":"numeric","name":"x","property":"x","access":7},{"type":"numeric","name":"y","property":"y","access":7}]}]},
            {"type":"enum","name":"effect","property":"effect","access":2,"values":["blink","breathe"],"label":"Effect"},
            {"type":"numeric","name":"power","property":"power","access":1,"unit":"W","label":"Power"},
            {"type":"binary","name":"locked","property":"locked","access":1,"value_on":true,"value_off":false},
            {"type":"numeric","name":"linkquality","property":"linkquality","access":1,"unit":"lqi","value_min":0,"value_max":255}]}}]"#;
    expect(
        &[
            ("zigbee2mqtt/bridge/devices", devices),
            ("zigbee2mqtt/bridge/state", r#"{"state":"online"}"#),
            (
                "zigbee2mqtt/kitchen/lamp",
                r#"{"state":"ON","brightness":120,"color":{"x":0.3,"y":0.4},"power":4.2,"locked":false,"linkquality":99}"#,
            ),
            ("zigbee2mqtt/unknown", r#"{"linkquality":12,"contact":true}"#),
        ],
        &[
            (
                "zigbee2mqtt/kitchen/lamp",
                &[
                    "bool get $.state \"kitchen/lamp State\"",
                    "float get $.brightness \"kitchen/lamp Brightness\" 0..254",
                    "float get $.color.x \"kitchen/lamp x\"",
                    "float get $.color.y \"kitchen/lamp y\"",
                    "float get $.power \"kitchen/lamp Power\" in W",
                    "bool get $.locked \"kitchen/lamp locked\"",
                    "float get $.linkquality \"kitchen/lamp linkquality\" in lqi 0..255",
                ],
            ),
            (
                "zigbee2mqtt/kitchen/lamp/set",
                &[
                    "string set $.state \"kitchen/lamp State\" of \"OFF\" \"ON\"",
                    "float set $.brightness \"kitchen/lamp Brightness\" 0..254",
                    "float set $.color.x \"kitchen/lamp x\"",
                    "float set $.color.y \"kitchen/lamp y\"",
                    "string set $.effect \"kitchen/lamp Effect\" of \"blink\" \"breathe\"",
                ],
            ),
            ("zigbee2mqtt/unknown", &["int get $.linkquality in lqi 0..255"]),
        ],
    );
}

#[test]
fn another_base_than_zigbee2mqtt_is_followed() {
    let devices =
        r#"[{"friendly_name":"d","definition":{"exposes":[{"type":"text","property":"t","access":1}]}}]"#;
    expect(&[("home/z2m/bridge/devices", devices)], &[("home/z2m/d", &["string get $.t \"d t\""])]);
}

#[test]
fn samples_that_contradict_a_convention_widen_the_type_and_lower_the_confidence() {
    let config = r#"{"name":"T","stat_t":"t","unit_of_meas":"°C"}"#;
    let topic = "homeassistant/sensor/t/config";
    for (payloads, kind, is_widened) in [
        (&[][..], Kind::Float, false),
        (&["21"], Kind::Float, false),
        (&["21", "unavailable"], Kind::String, true),
        (&["{\"a\":1}"], Kind::String, true),
    ] {
        let mut messages = vec![(topic, config)];
        messages.extend(payloads.iter().map(|payload| ("t", *payload)));
        let learn = heard(&messages);
        let guess = learn.candidate(learn.find("t").unwrap()).unwrap().guess();
        assert_eq!((guess.kind, guess.is_widened), (kind, is_widened), "{payloads:?}");
        assert_eq!(guess.confidence <= 0.5, is_widened, "{payloads:?} {}", guess.confidence);
        assert_eq!(guess.source, Some("home assistant"));
    }
    let bounded = r#"{"name":"N","stat_t":"n","cmd_t":"n/set","min":0,"max":10}"#;
    let learn = heard(&[("homeassistant/number/n/config", bounded), ("n", "55")]);
    assert_eq!(nodes(&learn, "n", None)[0].domain, crate::device::Domain::default());
}

#[test]
fn hostile_descriptions_are_ignored_and_counted() {
    let big = format!("{{\"stat_t\":\"a\",\"x\":\"{}\"}}", "x".repeat(5_000_000));
    let deep = format!("{{\"stat_t\":\"a\",\"x\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let many = format!(
        "[{}]",
        vec![
            r#"{"friendly_name":"d","definition":{"exposes":[{"type":"text","property":"p","access":3}]}}"#;
            3_000
        ]
        .join(",")
    );
    let nested = format!(
        r#"[{{"friendly_name":"d","definition":{{"exposes":[{}{{"type":"text","property":"p","access":1}}{}]}}}}]"#,
        r#"{"type":"light","features":["#.repeat(50),
        "]}".repeat(50),
    );
    for payload in [
        "not json",
        "[1,2]",
        "{",
        "{}",
        "null",
        r#"{"~":"~/~","stat_t":"~/x"}"#,
        r#"{"~":5,"stat_t":"~/x"}"#,
        r#"{"stat_t":"a/#"}"#,
        r#"{"stat_t":""}"#,
        r#"{"stat_t":{"stat_t":"a"}}"#,
        big.as_str(),
        deep.as_str(),
    ] {
        let learn = heard(&[("homeassistant/sensor/x/config", payload)]);
        let counts = learn.counts();
        let head: String = payload.chars().take(40).collect();
        assert_eq!((counts.n_discoveries_ignored, counts.n_hints, counts.n_new), (1, 0, 0), "{head}");
    }
    assert!(many.len() < MAX_DISCOVERY_BYTES && 3_000 * 3 > MAX_HINTS_PER_MESSAGE);
    for payload in ["{}", "[1]", many.as_str()] {
        assert_eq!(heard(&[("zigbee2mqtt/bridge/devices", payload)]).counts().n_discoveries_ignored, 1);
    }
    let learn = heard(&[("zigbee2mqtt/bridge/devices", &nested)]);
    assert_eq!(learn.counts().n_hints, 1, "the device alone");
    let unknown = heard(&[("homeassistant/vacuum/x/config", r#"{"stat_t":"a"}"#)]);
    assert_eq!(unknown.counts().n_discoveries_ignored, 1);
    let taken_back = heard(&[("homeassistant/sensor/x/config", "")]);
    assert_eq!(taken_back.counts().n_discoveries_ignored, 0);
}

#[test]
fn a_flood_of_descriptions_ends_at_its_bound_and_is_counted() {
    let mut learn = heard(&[]);
    let config = |n: usize| {
        let cmps: Vec<_> =
            (0..100).map(|c| format!(r#""{c}":{{"p":"sensor","name":"s","stat_t":"f/{n}/{c}"}}"#)).collect();
        format!(r#"{{"cmps":{{{}}}}}"#, cmps.join(","))
    };
    for n in 0..200_usize {
        let (topic, payload) = (format!("homeassistant/device/d{n}/config"), config(n));
        let message = MessageRef {
            topic: &topic,
            payload: payload.as_bytes(),
            properties: &[],
            qos: Qos::AtMostOnce,
            retained: Retained::Yes,
            dup: false,
            packet_id: None,
            received: Timestamp::ZERO,
            queued: crate::mqtt::message::Queued::No,
        };
        learn.observe(&message, |_| false);
    }
    let counts = learn.counts();
    assert_eq!(counts.n_hints, MAX_HINTS);
    assert_eq!(counts.n_hints_refused, 20_000 - MAX_HINTS as u64);
    assert_eq!(learn.candidate(learn.find("f/0/0").unwrap()).unwrap().node().access, Access::Get);
}
