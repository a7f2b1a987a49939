//! Messages that follow a birth, or come without one.
use std::io::Write;
use std::sync::Arc;

use super::super::super::value::Preview;
use super::*;

/// A device's birth: names, aliases, types, a unit.
fn born() -> Vec<u8> {
    let unit = made().bytes(1, "engUnit").inside(2, made().n(1, 12).bytes(8, "°C"));
    made()
        .n(1, LEAP_MS)
        .inside(2, made().bytes(1, "Temperature").n(2, 7).n(4, 9).inside(9, unit).single(12, 20.0))
        .inside(2, made().bytes(1, "Offset").n(2, 8).n(4, 1).n(10, 3))
        .inside(2, made().bytes(1, "Running").n(2, 9).n(4, 11).n(14, 1))
        .n(3, 1)
        .0
}

fn of_birth(birth: &[u8]) -> Heard {
    Heard::Yes(Arc::new(Birth::read(birth)))
}

fn told(topic: &str, node: Heard, device: Heard) -> Told {
    Told { topic: topic.into(), births: Births { node, device } }
}

const DDATA: &str = "spBv1.0/plant/DDATA/edge/press";

/// Two metrics by their aliases alone, one of them with a sign that only its type tells.
fn by_alias() -> Vec<u8> {
    made().inside(2, made().n(2, 7).single(12, 21.5)).inside(2, made().n(2, 8).n(10, 0xfe)).n(3, 12).0
}

fn json(sheet: &Sheet) -> &str {
    std::str::from_utf8(&sheet.json).unwrap()
}

fn shown(told: &Told, bytes: &[u8], cols: usize) -> String {
    let Preview { line, .. } = preview(told, bytes, cols).unwrap();
    line.text()
}

#[test]
fn aliases_have_the_names_and_types_of_the_birth() {
    let told = told(DDATA, Heard::No, of_birth(&born()));
    let sheet = decode(&by_alias(), &told, &Bounds::default()).unwrap();
    assert_eq!(
        json(&sheet),
        concat!(
            r#"{"metrics":{"Temperature":{"alias":7,"datatype":"Float","value":21.5},"#,
            r#""Offset":{"alias":8,"datatype":"Int8","value":-2}},"seq":12}"#
        )
    );
    assert_eq!(sheet.notes, ["2 metrics without a name: the names are from the birth"]);
    assert_eq!(shown(&told, &by_alias(), 80), "Temperature 21.5 °C, Offset -2 · DDATA seq 12");
    assert_eq!(shown(&told, &by_alias(), 28), "Temperature 21.5 °C, +1");
    assert_eq!(shown(&told, &by_alias(), 12), "Temperature…");
}

#[test]
fn a_rebirth_replaces_what_an_alias_stands_for() {
    let again = made().inside(2, made().bytes(1, "Pressure").n(2, 7).n(4, 10)).0;
    let told = told(DDATA, Heard::No, of_birth(&again));
    assert_eq!(shown(&told, &by_alias(), 80), "Pressure 21.5, alias 8 254 · DDATA seq 12");
}

#[test]
fn the_node_s_own_birth_helps_where_the_device_s_does_not() {
    let node = made().inside(2, made().bytes(1, "Load").n(2, 8).n(4, 1)).0;
    let told = told(DDATA, of_birth(&node), Heard::No);
    assert_eq!(shown(&told, &by_alias(), 80), "alias 7 21.5, Load -2 · DDATA seq 12");
}

#[test]
fn what_nobody_has_explained_says_how_to_ask_for_it() {
    let words = |heard| {
        let sheet = decode(&by_alias(), &told(DDATA, Heard::No, heard), &Bounds::default()).unwrap();
        sheet.notes.join("\n")
    };
    assert_eq!(
        words(Heard::No),
        "aliases 7, 8: no birth of the device was heard; alt-b asks for it: Node Control/Rebirth = true to \
         spBv1.0/plant/NCMD/edge"
    );
    assert!(words(Heard::Evicted).contains("dropped to stay within the memory budget"));
    let other = made().inside(2, made().bytes(1, "a").n(2, 1)).0;
    assert!(words(of_birth(&other)).contains("the last birth does not have it"));
    assert!(words(of_birth(b"\x12\xff\x0f")).contains("too long, or not well formed"));
}

#[test]
fn births_and_deaths_are_told_in_words() {
    let session = |n| made().inside(2, made().bytes(1, "bdSeq").n(4, 8).n(11, n)).0;
    let notes = |topic: &str, bytes: &[u8], node| {
        decode(bytes, &told(topic, node, Heard::No), &Bounds::default()).unwrap().notes.join("\n")
    };
    let death = "spBv1.0/plant/NDEATH/edge";
    assert_eq!(
        notes(death, &session(3), of_birth(&session(3))),
        "death: edge node \"edge\" of group \"plant\" went offline, all its metrics and devices are stale \
         (session 3 by bdSeq)"
    );
    assert_eq!(
        notes(death, &session(2), of_birth(&session(3))),
        "death of an earlier session: it ended bdSeq 2, and edge node \"edge\" of group \"plant\" was born \
         again as 3"
    );
    assert_eq!(
        notes("spBv1.0/plant/DDEATH/edge/press", b"\x18\x04", Heard::No),
        "death: device \"press\" of edge node \"edge\" went offline, all its metrics are stale"
    );
    assert_eq!(
        notes("spBv1.0/plant/NBIRTH/edge", &session(3), Heard::No),
        "birth: edge node \"edge\" of group \"plant\" came online (session 3 by bdSeq)"
    );
    let rebirth = made().inside(2, made().bytes(1, "Node Control/Rebirth").n(4, 11).n(14, 1)).0;
    assert_eq!(
        notes("spBv1.0/plant/NCMD/edge", &rebirth, Heard::No),
        "command: edge node \"edge\" of group \"plant\" is asked for its births again"
    );
}

#[test]
fn quality_history_and_null_are_told() {
    let quality = |n| made().bytes(1, "Quality").inside(2, made().n(1, 3).n(3, n));
    let bytes = made()
        .inside(2, made().bytes(1, "a").n(4, 9).inside(9, quality(500)).n(7, 1))
        .inside(2, made().bytes(1, "b").n(4, 3).n(5, 1).inside(9, quality(192)).n(10, 1))
        .0;
    let told = told(DDATA, Heard::No, Heard::No);
    let sheet = decode(&bytes, &told, &Bounds::default()).unwrap();
    assert_eq!(
        json(&sheet),
        concat!(
            r#"{"metrics":{"a":{"datatype":"Float","properties":{"Quality":{"value":500,"means":"STALE"}},"#,
            r#""is_null":true,"value":null},"b":{"datatype":"Int32","is_historical":true,"#,
            r#""properties":{"Quality":{"value":192,"means":"GOOD"}},"value":1}}}"#
        )
    );
    assert_eq!(sheet.notes, ["quality STALE: a", "1 value of the past, not of now"]);
    assert_eq!(shown(&told, &bytes, 80), "a null STALE, b 1");
}

#[test]
fn a_compressed_payload_is_read_as_what_is_in_it() {
    let gzip = |bytes: &[u8]| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    let zlib = |bytes: &[u8]| {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    };
    let algorithm = |word: &str| made().bytes(1, "algorithm").n(4, 12).bytes(15, word);
    let outer = || made().n(3, 12).bytes(4, "SPBV1.0_COMPRESSED");
    let told = told(DDATA, Heard::No, of_birth(&born()));
    for bytes in [
        outer().bytes(5, gzip(&by_alias())).inside(2, algorithm("GZIP")).0,
        outer().bytes(5, zlib(&by_alias())).inside(2, algorithm("DEFLATE")).0,
        outer().bytes(5, zlib(&by_alias())).0,
    ] {
        assert_eq!(shown(&told, &bytes, 80), "Temperature 21.5 °C, Offset -2 · DDATA seq 12");
        let sheet = decode(&bytes, &told, &Bounds::default()).unwrap();
        assert!(sheet.notes.first().unwrap().starts_with("its body was compressed by "), "{:?}", sheet.notes);
        assert!(json(&sheet).starts_with(r#"{"metrics":{"Temperature":"#));
    }
    let bomb = outer().bytes(5, zlib(&vec![0; 1 << 20])).0;
    let bounds = Bounds { max_out_bytes: 1_000, ..Bounds::default() };
    let flaw = decode(&bomb, &told, &bounds).unwrap_err();
    assert!(flaw.is_bound() && flaw.words.contains("more than 1000 bytes"), "{}", flaw.words);
    let broken = outer().bytes(5, "abc").0;
    assert_eq!(decode(&broken, &told, &Bounds::default()).unwrap_err().words, "corrupt deflate stream");
    let strange = outer().bytes(5, "abc").inside(2, algorithm("LZMA")).0;
    let flaw = decode(&strange, &told, &Bounds::default()).unwrap_err();
    assert_eq!(flaw.words, "the algorithm of the body is neither DEFLATE nor GZIP");
}

#[test]
fn topics_are_told_apart_and_lead_to_each_other() {
    let route = Route::parse(DDATA).unwrap();
    assert_eq!((route.group, route.edge, route.device), ("plant", "edge", Some("press")));
    assert_eq!(route.of_node(Message::NodeBirth), "spBv1.0/plant/NBIRTH/edge");
    let birth = route.of_device(Message::DeviceBirth);
    assert_eq!(birth.as_deref(), Some("spBv1.0/plant/DBIRTH/edge/press"));
    assert_eq!((host("spBv1.0/STATE/scada"), host("STATE/scada")), (Some("scada"), Some("scada")));
    assert_eq!((host("STATE/a/b"), host("STATE/"), host("tele/STATE")), (None, None, None));
}
