//! Payloads that are packed or structured in bytes: what the tree and the inspector make of them, and what keys do.
use crate::story::story;

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
