//! Sparkplug B: an edge node and a device behind it are born, speak by aliases, are asked for their births, die.
use super::made::{Proto, proto, zlib};
use super::{pictured, story, visited};

const NBIRTH: &str = "spBv1.0/plant/NBIRTH/line1";
const DBIRTH: &str = "spBv1.0/plant/DBIRTH/line1/press";
const DDATA: &str = "spBv1.0/plant/DDATA/line1/press";

const BORN_MS: u64 = 1_763_842_500_000;

/// The edge node's birth: the number of its session, and how to ask for a rebirth.
fn node_birth() -> Vec<u8> {
    proto()
        .n(1, BORN_MS)
        .inside(2, proto().bytes(1, "bdSeq").n(4, 8).n(11, 3))
        .inside(2, proto().bytes(1, "Node Control/Rebirth").n(4, 11).n(14, 0))
        .n(3, 0)
        .0
}

fn property(name: &str, value: Proto) -> Proto {
    proto().bytes(1, name).inside(2, value)
}

/// The device's: a float with unit and range, a count, a word.
fn device_birth() -> Vec<u8> {
    let range = proto()
        .bytes(1, "engUnit")
        .bytes(1, "engLow")
        .bytes(1, "engHigh")
        .inside(2, proto().n(1, 12).bytes(8, "°C"))
        .inside(2, proto().n(1, 9).single(5, 0.0))
        .inside(2, proto().n(1, 9).single(5, 250.0));
    proto()
        .n(1, BORN_MS)
        .inside(2, proto().bytes(1, "Temperature").n(2, 7).n(4, 9).inside(9, range).single(12, 20.0))
        .inside(2, proto().bytes(1, "Parts/Good").n(2, 8).n(4, 4).n(11, 1_204))
        .inside(2, proto().bytes(1, "Mode").n(2, 9).n(4, 12).bytes(15, "auto"))
        .n(3, 1)
        .0
}

/// What follows them: aliases alone, one of the values in doubt.
fn data() -> Proto {
    let stale = property("Quality", proto().n(1, 3).n(3, 500));
    proto()
        .n(1, BORN_MS + 1_000)
        .inside(2, proto().n(2, 7).n(3, BORN_MS + 900).single(12, 21.5))
        .inside(2, proto().n(2, 8).n(11, 1_205))
        .inside(2, proto().n(2, 9).inside(9, stale).n(7, 1))
        .n(3, 12)
}

#[test]
fn a_device_s_data_has_the_names_types_and_units_of_its_birth() {
    let story = story().online().receives(NBIRTH, node_birth()).receives(DBIRTH, device_birth());
    let story = visited(story.receives(DDATA, data().0), DDATA);
    pictured(story, "sparkplug-data")
        .sees("press Temperature 21.5 °C, Parts/Good")
        .sees("3 metrics without a name: the")
        .sees("quality STALE: Mode")
        .sees("\"Temperature\": {")
        .sees("\"datatype\": \"Float\"")
        .types("2")
        .sees("Temperature 21.5 °C");
}

#[test]
fn data_before_any_birth_says_what_is_missing_and_a_birth_mends_it() {
    let story = visited(story().online().receives(DDATA, data().0), DDATA);
    pictured(story, "sparkplug-unborn")
        .sees("alias 7 21.5")
        .sees("aliases 7, 8, 9: no birth of the")
        .sees("device was heard; alt-b asks for")
        .receives(DBIRTH, device_birth())
        .sees("Temperature 21.5 °C")
        .does_not_see("alias 7 21.5");
}

#[test]
fn births_deaths_and_states_are_told_in_words() {
    let story = story().online().receives(NBIRTH, node_birth()).receives(DBIRTH, device_birth());
    let story = visited(story, DBIRTH);
    let story = pictured(story, "sparkplug-birth")
        .sees("press online: Temperature")
        .sees("node \"line1\" came online")
        .sees("\"engUnit\": \"°C\"");
    let death = proto().inside(2, proto().bytes(1, "bdSeq").n(4, 8).n(11, 3)).0;
    let topic = "spBv1.0/plant/NDEATH/line1";
    visited(story.receives(topic, death), topic).sees("line1 offline: bdSeq 3").sees("went offline");
    let online = "{\"online\":true,\"timestamp\":1763842500000}";
    let state = story_of_state("spBv1.0/STATE/scada", online);
    state.sees("host \"scada\" is online");
    story_of_state("STATE/scada", "OFFLINE").sees("scada OFFLINE");
}

fn story_of_state(topic: &str, payload: &str) -> super::Story {
    visited(story().online().receives(topic, payload), topic)
}

#[test]
fn a_compressed_message_is_read_as_what_is_in_it() {
    let algorithm = proto().bytes(1, "algorithm").n(4, 12).bytes(15, "DEFLATE");
    let packed =
        proto().n(3, 12).bytes(4, "SPBV1.0_COMPRESSED").bytes(5, zlib(data().0)).inside(2, algorithm).0;
    let story = story().online().receives(DBIRTH, device_birth()).receives(DDATA, packed);
    visited(story, DDATA).sees("Temperature 21.5 °C").sees("its body was compressed by");
}
