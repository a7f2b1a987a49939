//! Payloads that are packed or structured in bytes: what the tree and the inspector make of them, and what keys do.
use crate::story::{Story, story};
use mqttscope::config::device::{Content, DeviceFile, Devices, Existing, PlainPassword};
use mqttscope::config::schema;
use mqttscope::model::Effect;
use mqttscope::model::devices::{Errand, NodesSaving};
use mqttscope::model::opening::Origin;
use std::fs;

/// `{"t":21.5}`, gzip'd.
const GZIPPED: &[u8] = &[
    31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 171, 86, 42, 81, 178, 50, 50, 212, 51, 173, 5, 0, 215, 255, 221, 185,
    10, 0, 0, 0,
];

/// `{"temperature":21,"on":true}` in `MessagePack`.
const PACKED: &[u8] = b"\x82\xabtemperature\x15\xa2on\xc3";

#[test]
fn a_packed_payload_is_read_and_its_decoders_are_named_and_raw_is_one_key_away() {
    story()
        .online()
        .receives("a", GZIPPED)
        .types("j1")
        .sees("gzip JSON {1 key} {\"t\":21.5}")
        .sees("\"t\": 21.5")
        .types("4")
        .sees("gzip → JSON (30 B → 10 B)")
        .sees("\"t\": 21.5")
        .types("x")
        .sees("decoder: raw")
        .sees("1f 8b 08 00")
        .types("x")
        .sees("decoder: automatic")
        .sees("gzip → JSON");
}

#[test]
fn keys_turn_to_the_decoders_that_suit_and_back() {
    story()
        .online()
        .receives("a", PACKED)
        .types("j4")
        .sees("MessagePack (18 B → 28 B)")
        .sees("\"temperature\": 21,")
        .types("bb")
        .sees("text, chosen")
        .types("bb")
        .sees("hex, chosen")
        .types("BBBB")
        .sees("decoder: automatic");
}

#[test]
fn what_a_decoder_cannot_read_is_told_with_its_place_and_shown_as_it_came() {
    story()
        .online()
        .receives("a", b"{\"a\": tru}")
        .types("j4")
        .sees("JSON fails at byte 9:")
        .sees("{\"a\": tru}");
    story()
        .online()
        .receives("a", &GZIPPED[..20])
        .types("j4")
        .sees("gzip fails at byte 20:")
        .sees("1f 8b 08 00");
}

#[test]
fn a_picture_tells_its_kind_and_measures() {
    story()
        .online()
        .receives("cam", b"GIF89a\x40\x01\xf0\x00\x00\x00\x00")
        .sees("GIF 320x240")
        .types("j4")
        .sees("GIF, 320 x 240 pixels, 13 B");
}

/// Sparkplug's data of one metric: alias 7, the float 21.5, sequence 4.
const SPARKPLUG: &[u8] = b"\x12\x07\x10\x07\x65\0\0\xac\x41\x18\x04";

#[test]
fn sparkplug_is_read_on_its_own_topics_and_elsewhere_by_choice() {
    story()
        .online()
        .receives("spBv1.0/plant/NDATA/edge", SPARKPLUG)
        .types("joG1")
        .sees("Sparkplug B (11 B")
        .sees("\"alias 7\": {")
        .sees("\"value\": 21.5")
        .types("x")
        .sees("12 07 10 07");
    story()
        .online()
        .receives("elsewhere", SPARKPLUG)
        .types("j4")
        .sees("12 07 10 07")
        .types("bbb")
        .sees("decoder: Sparkplug B")
        .sees("Sparkplug B (11 B")
        .types("b")
        .sees("decoder: protobuf fields")
        .sees("\"3\": 4");
}

#[test]
fn a_topic_of_sparkplug_with_something_else_on_it_says_so_and_shows_it() {
    story()
        .online()
        .receives("spBv1.0/plant/NDATA/edge", &SPARKPLUG[..8])
        .types("joG4")
        .sees("Sparkplug B fails at byte 2: 7")
        .sees("12 07 10 07");
}

#[test]
fn xml_is_laid_out_and_one_with_entities_of_its_own_says_why_not() {
    story()
        .online()
        .receives("a", b"<?xml version=\"1.0\"?><a><b>1 &lt; 2</b><c/></a>")
        .types("j4")
        .sees("XML (47 B")
        .sees("   <b>1 &lt; 2</b> ")
        .sees("   <c/> ");
    story()
        .online()
        .receives("a", b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY l \"ha\">]><a>&l;</a>")
        .types("j4")
        .sees("XML fails at byte")
        .sees("<a>&l;</a>");
}

/// A device with a file of its own, with what follows in it; the file's name is `plant`.
pub fn of_file(more: &str) -> (Story, Devices, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    let devices = Devices::at(Some(home.path().to_owned()));
    let story = story().online();
    let profile = &story.model.devices[0].profile;
    let path = devices.create("plant", profile, PlainPassword::LeaveOut, Existing::Refuse).unwrap();
    fs::write(&path, fs::read_to_string(&path).unwrap() + more).unwrap();
    (opened_from(story, &devices), devices, home)
}

/// The story's device as it is when its file was read.
pub fn opened_from(mut story: Story, devices: &Devices) -> Story {
    let DeviceFile { mut rules, path, warnings, .. } = devices.read("plant").unwrap();
    assert_eq!(warnings, []);
    for warning in schema::compile_all(&path, &mut rules) {
        story.model.devices[0].log(mqttscope::time::Timestamp::ZERO, warning);
    }
    let device = &mut story.model.devices[0];
    device.origin = Origin::File("plant".into());
    device.rules.load(rules);
    story
}

/// Writes what the story asked to be written.
pub fn written(story: &mut Story, devices: &Devices) -> String {
    let mut saved = None;
    for effect in story.effects.drain(..) {
        if let Effect::Disk(errand) = effect
            && let Errand::SaveNodes(saving) = *errand
        {
            let NodesSaving { nodes, rules, filters, .. } = &*saving;
            let content = Content { nodes, rules, filters };
            let path = devices.keep(&saving.name, content).unwrap();
            saved = Some(fs::read_to_string(path).unwrap());
        }
    }
    saved.expect("something is saved")
}

#[test]
fn a_decoder_chosen_by_key_is_saved_with_the_device_and_read_back() {
    let (story, devices, _home) = of_file("");
    let mut story = story
        .receives("a/b", b"\x01\x02")
        .types("joj4x")
        .sees("decoder: raw; w saves it")
        .sees("◆ unsaved")
        .types("xbbb")
        .types("q")
        .sees("The decoders of")
        .types("n")
        .types("w");
    let text = written(&mut story, &devices);
    let chosen = story.model.devices[0].rules.list().to_vec();
    assert!(text.contains("[[decoder]]\nfilter = \"a/b\"\n"), "{text}");
    let story = opened_from(crate::story::story().online(), &devices).receives("a/b", b"\x01\x02");
    assert_eq!(story.model.devices[0].rules.list(), chosen);
    story.types("joj4").sees(", chosen").does_not_see("unsaved");
}

#[test]
fn a_look_at_a_device_without_a_file_asks_nothing() {
    story()
        .online()
        .receives("a", "1")
        .types("jx")
        .sees("decoder: raw")
        .does_not_see("unsaved")
        .types("q")
        .does(&Effect::Quit);
}

#[test]
fn meshtastic_opens_without_a_setting() {
    story()
        .online()
        .receives("msh/EU_868/2/e/LongFast/!a1", b"\x0a\x0d\x22\x0b\x08\x43\x12\x07\x12\x05\x15\0\0\x80\x40")
        .types("joG4")
        .sees("Meshtastic (15 B")
        .sees("\"portnum\": \"TELEMETRY_APP\"")
        .sees("\"voltage\": 4.0");
}

#[cfg(feature = "protobuf")]
#[test]
fn protobuf_is_read_by_the_schema_that_the_device_file_names() {
    let more = "\n[[decoder]]\nfilter = \"plant/#\"\ndecoder = \"protobuf\"\nschema = \"plant.proto\"\n";
    let home = tempfile::tempdir().unwrap();
    let devices = Devices::at(Some(home.path().to_owned()));
    let story = story().online();
    let profile = &story.model.devices[0].profile;
    let path = devices.create("plant", profile, PlainPassword::LeaveOut, Existing::Refuse).unwrap();
    fs::write(&path, fs::read_to_string(&path).unwrap() + more).unwrap();
    fs::write(
        home.path().join("plant.proto"),
        "syntax = \"proto3\"; message Oven { float celsius = 1; State state = 2; enum State { OFF = 0; HEATING = 1; } }",
    )
    .unwrap();
    opened_from(story, &devices)
        .receives("plant/oven", b"\x0d\0\0\xac\x41\x10\x01")
        .receives("else", b"\x0d\0\0\xac\x41\x10\x01")
        .types("jjoj")
        .sees("protobuf {2 keys} {\"celsius\":")
        .types("4")
        .sees("\"state\": \"HEATING\"")
        .types("x")
        .sees("decoder: raw")
        .types("x")
        .sees("decoder: protobuf")
        .does_not_see("unsaved")
        .receives("plant/oven", b"\x08\x07")
        .sees("protobuf fails at byte 0:")
        .sees("celsius")
        .sees("\"1\": 7");
}
