//! Payloads by a schema as whole frames. Owns their pictures; what the keys do is told in `journeys`.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
use super::check_at;
use super::stage::{DEMO, Stage};
use mqttscope::config::schema::compile_all;
use mqttscope::decode::{Choice, Decoder};
use mqttscope::device::Rule;
use mqttscope::device::rule::Source;
use mqttscope::mqtt::{Filter, Retained};
use std::fs;

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 40)];

const PRESS: &str = "\
syntax = \"proto3\";
package plant;
import \"google/protobuf/timestamp.proto\";
import \"google/protobuf/duration.proto\";
message Press {
  enum State { IDLE = 0; PRESSING = 1; }
  message Tool { string name = 1; uint64 strokes = 2; }
  google.protobuf.Timestamp at = 1;
  State state = 2;
  float bar = 3;
  repeated Tool tools = 4;
  map<string, sint32> offsets = 5;
  google.protobuf.Duration cycle = 6;
  bytes signature = 7;
}
";

/// 2026-01-01, pressing, 182.5 bar, two tools, an offset, 1.5 s, a signature, and a field that the schema lacks.
const PAYLOAD: &[u8] = b"\x0a\x06\x08\x80\xd3\xd8\xca\x06\x10\x01\x1d\x00\x80\x36\x43\x22\x11\x0a\x05upper\x10\xff\xff\xff\xff\
    \xff\xff\xff\xff\x7f\x22\x07\x0a\x05lower\x2a\x05\x0a\x01x\x10\x03\x32\x08\x08\x01\x10\x80\xca\xb5\xee\x01\x3a\x02\xca\
    \xfe\x62\x03new";

fn pressing(payload: &[u8]) -> Stage {
    let mut stage = Stage::plant();
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("press.proto"), PRESS).unwrap();
    let source = Source {
        file: "press.proto".into(),
        message: "plant.Press".into(),
        include: Vec::new(),
        compiled: None,
    };
    let filter = Filter::parse("press/+").unwrap();
    let mut rules = [Rule { filter, choice: Choice::By(Decoder::Protobuf), schema: Some(source), jq: None }];
    assert_eq!(compile_all(&directory.path().join("plant.toml"), &mut rules), [""; 0]);
    stage.model.devices.first_mut().unwrap().rules.load(rules.to_vec());
    stage.hear(DEMO, "press/1", payload, Retained::Unknown);
    stage.keys("ctrl-g");
    stage.types("press/1");
    stage.keys("enter");
    stage
}

#[test]
fn a_payload_by_a_schema_is_shown_with_names() {
    check_at(&SIZES, "protobuf", || pressing(PAYLOAD));
}

#[test]
fn a_payload_that_does_not_fit_its_schema_is_shown_without() {
    check_at(&SIZES, "protobuf-misfit", || pressing(b"\x0a\x06\x08\x80\xd3\xd8\xca\x06\x18\x07\x22\x02hi"));
}
