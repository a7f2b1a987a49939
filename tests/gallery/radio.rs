//! Radio networks: Meshtastic in JSON and in protobuf, The Things Stack.
use super::made::proto;
use super::{opened, pictured};

#[test]
fn meshtastic_s_json_is_read_member_by_member() {
    let json = r#"{"channel":0,"from":2130636288,"hop_start":3,"hops_away":0,"id":452664778,"payload":{"air_util_tx":0.0569,"battery_level":87,"channel_utilization":3.8,"uptime_seconds":3600,"voltage":4.05},"rssi":-61,"sender":"!7efeee00","snr":6.25,"timestamp":1763842500,"to":4294967295,"type":"telemetry"}"#;
    pictured(opened("msh/EU_868/2/json/LongFast/!7efeee00", json), "meshtastic-json")
        .sees("\"battery_level\": 87")
        .sees("\"type\": \"telemetry\"");
}

#[test]
fn meshtastic_s_protobuf_is_read_by_its_names_without_a_setting() {
    let text = proto().n(1, 1).bytes(2, "hello mesh");
    let packet = proto()
        .fixed(1, 2_130_636_288)
        .fixed(2, u32::MAX)
        .inside(4, text)
        .fixed(6, 452_664_778)
        .fixed(7, 1_763_842_500)
        .single(8, 6.25)
        .n(9, 3);
    let envelope = proto().inside(1, packet).bytes(2, "LongFast").bytes(3, "!7efeee00").0;
    pictured(opened("msh/EU_868/2/e/LongFast/!7efeee00", envelope), "meshtastic-protobuf")
        .sees("decoder Meshtastic")
        .sees("\"portnum\": \"TEXT_MESSAGE_APP\"")
        .sees("\"payload\": \"hello mesh\"")
        .sees("LongFast");
}

#[test]
fn the_things_stack_s_uplink_is_read_with_what_it_decoded() {
    let uplink = r#"{"end_device_ids":{"device_id":"soil-7","application_ids":{"application_id":"garden"},"dev_eui":"70B3D57ED0001234","join_eui":"70B3D57ED0000001","dev_addr":"260B1234"},"correlation_ids":["gs:uplink:01HF"],"received_at":"2026-11-22T20:15:00.123456789Z","uplink_message":{"session_key_id":"AYxk","f_port":2,"f_cnt":1042,"frm_payload":"AQoXcA==","decoded_payload":{"battery":3.02,"moisture":41.5,"temperature":12.25},"rx_metadata":[{"gateway_ids":{"gateway_id":"roof","eui":"B827EBFFFE000001"},"rssi":-97,"channel_rssi":-97,"snr":8.5}],"settings":{"data_rate":{"lora":{"bandwidth":125000,"spreading_factor":7,"coding_rate":"4/5"}},"frequency":"868100000"},"consumed_airtime":"0.061696s"}}"#;
    pictured(opened("v3/garden@ttn/devices/soil-7/up", uplink), "the-things-stack")
        .sees("\"device_id\": \"soil-7\"")
        .sees("\"frm_payload\": \"AQoXcA==\"")
        .sees("\"moisture\": 41.5");
}
