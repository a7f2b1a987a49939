//! Houses: zigbee2mqtt, Tasmota, Home Assistant, `ESPHome`, Frigate, and whoever compresses.
use super::{made, opened, pictured, story, visited};

#[test]
fn zigbee2mqtt_s_state_is_read_member_by_member() {
    let state = r#"{"battery":97,"humidity":48.31,"linkquality":120,"pressure":1009.4,"temperature":21.47,"update":{"installed_version":16777241,"latest_version":16777241,"state":"idle"},"voltage":3005}"#;
    let story = opened("zigbee2mqtt/kitchen_climate", state);
    pictured(story, "zigbee2mqtt")
        .sees("kitchen_climate {7 keys} {\"ba")
        .sees("\"temperature\": 21.47")
        .sees("\"state\": \"idle\"")
        .types("4")
        .sees("decoder JSON")
        .sees("{\"battery\":97,\"humidity\":48.31");
    opened("zigbee2mqtt/bridge/state", r#"{"state":"online"}"#).sees("state {1 key} {\"state\":\"online\"}");
    opened("zigbee2mqtt/bridge/logging", r#"{"level":"info","message":"MQTT publish: topic 'zigbee2mqtt/lamp', payload '{\"state\":\"ON\"}'","namespace":"z2m:mqtt"}"#)
        .sees(r#""message": "MQTT publish: topic"#);
}

#[test]
fn tasmota_s_telemetry_and_its_plain_words_are_read() {
    let sensor = r#"{"Time":"2026-11-22T20:15:00","ENERGY":{"TotalStartTime":"2025-01-04T11:38:46","Total":263.812,"Yesterday":1.204,"Today":0.871,"Period":5,"Power":61,"ApparentPower":74,"ReactivePower":42,"Factor":0.82,"Voltage":231,"Current":0.321}}"#;
    pictured(opened("tele/washer/SENSOR", sensor), "tasmota")
        .sees("SENSOR {2 keys} {\"Time\":\"2026")
        .sees("\"ENERGY\": {")
        .sees("\"Power\": 61")
        .sees("\"Total\": 263.812");
    opened("stat/washer/POWER", "ON").sees("POWER ON").types("4").sees("decoder text");
    opened("tele/washer/LWT", "Online").sees("LWT Online");
}

#[test]
fn home_assistant_s_discovery_is_laid_out_and_its_states_are_values() {
    let config = r#"{"name":"Temperature","uniq_id":"0x00158d_temperature","stat_t":"zigbee2mqtt/kitchen_climate","val_tpl":"{{ value_json.temperature }}","unit_of_meas":"°C","dev_cla":"temperature","stat_cla":"measurement","dev":{"ids":["zigbee2mqtt_0x00158d"],"mf":"Aqara","mdl":"WSDCGQ11LM","name":"kitchen_climate"},"avty":[{"t":"zigbee2mqtt/bridge/state","val_tpl":"{{ value_json.state }}"}]}"#;
    let topic = "homeassistant/sensor/0x00158d/temperature/config";
    pictured(opened(topic, config), "home-assistant")
        .sees("\"unit_of_meas\": \"°C\"")
        .sees("\"val_tpl\": \"{{ value_json.temperature }}\"")
        .sees("\"mdl\": \"WSDCGQ11LM\"");
    opened("homeassistant/status", "online").sees("status online");
    opened("homeassistant/sensor/living_room_temperature/state", "21.4").sees("state 21.4");
}

#[test]
fn esphome_s_states_are_values_and_its_log_can_be_read() {
    opened("livingroom/sensor/temperature/state", "21.4").sees("21.4");
    opened("livingroom/status", "online").sees("status online");
    let log = "\x1b[0;36m[D][sensor:093]: 'Temperature': Sending state 21.40000 °C with 1 decimals of accuracy\x1b[0m";
    pictured(opened("livingroom/debug", log), "esphome-log")
        .sees("[D][sensor:093]: 'Temperature'")
        .sees("ng state 21.40000 °C with 1 decimals")
        .types("4")
        .sees("decoder text");
    let config = r#"{"dev_cla":"temperature","unit_of_meas":"°C","stat_cla":"measurement","name":"Temperature","stat_t":"livingroom/sensor/temperature/state","avty_t":"livingroom/status","uniq_id":"ESPsensortemperature","dev":{"ids":"a4cf12f0aabb","name":"livingroom","sw":"esphome v2026.10.1","mdl":"esp32dev","mf":"Espressif"}}"#;
    opened("homeassistant/sensor/livingroom/temperature/config", config)
        .sees("\"sw\": \"esphome v2026.10.1\"");
}

#[test]
fn frigate_s_snapshot_is_a_picture_with_its_size_and_its_events_are_json() {
    let jpeg = made::jpeg(640, 480, 6_000);
    let story = opened("frigate/front_door/person/snapshot", jpeg);
    pictured(story, "frigate-snapshot")
        .sees("snapshot JPEG 640x480 6 kB")
        .sees("picture JPEG, 640 x 480 pixels, 6 kB")
        .sees("ff d8 ff e0");
    let event = r#"{"type":"new","before":{"id":"1763842500.123456-abcdef","camera":"front_door","frame_time":1763842500.123456,"label":"person","sub_label":null,"top_score":0.0,"false_positive":true,"start_time":1763842500.123456,"end_time":null,"score":0.7109375,"box":[424,500,536,712],"area":23744,"region":[264,450,667,853],"current_zones":[],"entered_zones":[],"has_snapshot":false,"has_clip":false,"stationary":false},"after":{"id":"1763842500.123456-abcdef","camera":"front_door","frame_time":1763842501.2,"label":"person","top_score":0.78125,"false_positive":false,"score":0.78125,"box":[424,500,536,712],"current_zones":["porch"],"entered_zones":["porch"],"has_snapshot":true,"has_clip":true}}"#;
    opened("frigate/events", event).sees("\"type\": \"new\"").sees("\"camera\": \"front_door\"");
    opened("frigate/front_door/person", "1").sees("person 1");
    opened("frigate/available", "online").sees("available online");
}

#[test]
fn json_that_was_compressed_is_read_as_json() {
    let json = r#"{"ts":1763842500,"values":{"flow":12.5,"level":0.731,"pump":"on"}}"#;
    for (name, packed) in [("gzip", made::gzip(json)), ("zlib", made::zlib(json))] {
        let story = opened("gateway/telemetry", packed);
        let story = if name == "gzip" { pictured(story, "gzip-json") } else { story };
        story
            .sees(&format!("telemetry {name} JSON {{2 keys}} {{\"ts\""))
            .sees("\"flow\": 12.5")
            .sees(&format!("decoder {name} → JSON"))
            .types("x")
            .sees("decoder text, chosen");
    }
}

#[test]
fn the_same_topics_side_by_side_are_told_apart_in_the_tree() {
    let story = story()
        .online()
        .receives("tele/washer/LWT", "Online")
        .receives("frigate/front_door/person/snapshot", made::jpeg(320, 180, 2_000))
        .receives("livingroom/debug", "\x1b[0;32m[I][app:102]: ESPHome version 2026.10.1\x1b[0m")
        .receives("gateway/telemetry", made::gzip("{\"a\":1}"));
    let topics =
        ["tele/washer/LWT", "frigate/front_door/person/snapshot", "livingroom/debug", "gateway/telemetry"];
    topics
        .into_iter()
        .fold(story, visited)
        .sees("JPEG 320x180")
        .sees("[I][app:102]")
        .sees("gzip JSON {1 key}")
        .sees("LWT Online");
}
