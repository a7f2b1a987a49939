//! `[[decoder]]` blocks: what is read, what is written, and what stays as it stood.
use super::*;
use crate::decode::{Choice, Decoder};
use crate::device::Rules;
use proptest::prelude::*;

const HEAD: &str = "[connection]\nurl = \"mqtt://h\"\n";

/// A file as people keep it.
const KEPT: &str = r#"[connection]
url = "mqtt://h"

# the presses speak protobuf
[[decoder]]
filter = "plant/+/press/#"   # all of them
decoder = "protobuf"
schema = "proto/press.proto"
message = "plant.Press"
include = ["proto", "~/lib"]
jq = ".speed"
mine = 4

[[subscription]]
filter = "plant/#"

[[decoder]]
filter = "plant/counter"
decoder = "u16-be"

# the door
[[node]]
topic = "plant/door"
"#;

fn saved(device: &DeviceFile, rules: &[Rule]) -> String {
    device
        .edited_all(&device.profile, Content { rules, ..device.content() }, PlainPassword::LeaveOut)
        .unwrap()
}

#[test]
fn every_key_is_read_and_what_is_not_changed_stays_as_it_stood() {
    let device = read(KEPT);
    assert_eq!(device.warnings.len(), 1, "{:?}", device.warnings);
    let [press, counter] = device.rules.as_slice() else { panic!("{:?}", device.rules) };
    let source = press.schema.as_ref().unwrap();
    assert_eq!((source.file.as_str(), source.message.as_str()), ("proto/press.proto", "plant.Press"));
    assert_eq!(source.include, ["proto", "~/lib"]);
    assert_eq!(press.choice, Choice::By(Decoder::Protobuf));
    assert_eq!((press.jq.as_deref(), counter.jq.as_deref()), (Some(".speed"), None));
    assert_eq!(counter.choice, Choice::By(Decoder::of_name("u16-be").unwrap()));
    assert_eq!(saved(&device, &device.rules), KEPT);
    let mut rules = Rules::of_file(device.rules.clone());
    rules.choose("plant/counter", Choice::Raw).unwrap();
    rules.filter_by("plant/counter", "\"\\(.)\" # it").unwrap();
    let changed = saved(&device, rules.list());
    for line in
        ["decoder = \"raw\"", "# the presses speak protobuf", "   # all of them", "mine = 4", "# the door"]
    {
        assert!(changed.contains(line), "{line}: {changed}");
    }
    assert_eq!(read(&changed).rules, rules.list());
    assert_eq!(saved(&read(&changed), rules.list()), changed);
}

#[test]
fn what_is_chosen_for_a_topic_is_written_in_front_and_taken_away_again() {
    for text in [KEPT.to_owned(), HEAD.to_owned(), format!("{HEAD}\n[[node]]\ntopic = \"a\"\n")] {
        let device = read(&text);
        let mut rules = Rules::of_file(device.rules.clone());
        rules.choose("plant/1/press/x", Choice::By(Decoder::Cbor)).unwrap();
        rules.choose("b \"c\"", Choice::Raw).unwrap();
        rules.filter_by("b \"c\"", ".a | \"\\(.)\"").unwrap();
        rules.filter_by("plant/2/press/x", "").unwrap();
        let more = saved(&device, rules.list());
        let again = read(&more);
        assert_eq!(again.rules, rules.list(), "{more}");
        assert_eq!(again.nodes, device.nodes);
        assert_eq!(saved(&again, &device.rules).matches("[[decoder]]").count(), device.rules.len());
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_a_remedy() {
    for (block, expected) in [
        ("filter = \"a\"\ndecoder = \"jsno\"", "5:11: there is no decoder \"jsno\"; did you mean \"json\"?"),
        (
            "filter = \"a\"\ndecoder = \"elephant\"",
            "5:11: there is no decoder \"elephant\"; decoders are \"auto\", ",
        ),
        ("filter = \"a#\"\ndecoder = \"json\"", "4:10: in \"a#\" the # must stand alone in the last level"),
        ("decoder = \"json\"", "3:1: this [[decoder]] has no filter; write filter = \"sensors/#\""),
        ("filter = \"a\"", "3:1: this [[decoder]] does not say by what; write decoder = \"json\", say"),
        (
            "filter = \"a\"\ndecoder = \"protobuf\"",
            "3:1: protobuf needs a schema; write schema = \"NAME.proto\", or ",
        ),
        (
            "filter = \"a\"\ndecoder = \"json\"\njq = \".a |\"",
            "6:6: this jq program can't be run: column 5: a value or filter should stand here, and the program ends; jq = \"\" is none",
        ),
        (
            "filter = \"a\"\njq = \"env\"",
            "5:6: this jq program can't be run: column 1: env is not offered here: ",
        ),
        ("filter = \"a\"\njq = 4", "5:6: jq must be a text in quotes"),
        ("filter = 4\ndecoder = \"json\"", "4:10: filter must be a text in quotes"),
        (
            "filter = \"a\"\ndecoder = \"json\"\ninclude = \"x\"",
            "6:11: include must be a list such as [\"proto\"]",
        ),
    ] {
        let words = faults(&format!("{HEAD}[[decoder]]\n{block}\n"));
        assert!(words.starts_with(&format!("plant.toml:{expected}")), "{words}");
    }
    let many = "[[decoder]]\nfilter = \"a\"\ndecoder = \"raw\"\n".repeat(1_001);
    assert!(faults(&format!("{HEAD}{many}")).contains("1000 [[decoder]] blocks are the most, 1001 are here"));
    let odd = read(&format!(
        "{HEAD}[[decoder]]\nfilter = \"a\"\ndecoder = \"raw\"\nshcema = \"x\"\nmessage = \"A\"\n"
    ));
    let warnings: Vec<String> = odd.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "/d/plant.toml:6: [[decoder]] has no key \"shcema\"; did you mean \"schema\"?",
            "/d/plant.toml:7: message and include say something of a schema, and there is none",
        ]
    );
}

proptest! {
    #[test]
    fn whatever_is_chosen_comes_back_from_the_file(
        chosen in prop::collection::vec(("[a-c/ \"]{1,4}", prop::sample::select(Choice::all().collect::<Vec<_>>())), 0..12)
    ) {
        let device = read(KEPT);
        let mut rules = Rules::of_file(device.rules.clone());
        for (topic, choice) in &chosen {
            // By a schema where no file names one is nothing to choose.
            if *choice != Choice::By(Decoder::Protobuf) {
                rules.choose(topic, *choice).unwrap();
            }
        }
        let text = saved(&device, rules.list());
        let again = read(&text);
        prop_assert_eq!(&again.rules, rules.list());
        prop_assert_eq!(saved(&again, rules.list()), text);
    }
}
