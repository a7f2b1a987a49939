//! Nodes in device files: what is read, what is written, and what stays as it stood.
use super::any;
use super::*;
use crate::device::{Access, Clip, Codec, Kind, Node, Unit, Value};
use crate::mqtt::Topic;

const HEAD: &str = "[connection]\nurl = \"mqtt://h\"\n";

/// A file as people keep it: comments, an own order, a table in a node, a key of somebody else's.
const KEPT: &str = r#"# my plant
[connection]
url = "mqtt://h"   # here

# ---- hall 2 ----

# the door, see drawing 4
[[node]]
topic = "hall2/door"
type = "bool"
codec = { on = "open", off = "closed" }   # as it says
mine = 4

# free words

[[node]]
topic = "hall1/oven"
# degrees
type = "float"
unit = "°C"
min = 20
max = 0x12C

# of the oven, too
[[node]]
topic = "hall1/oven"
[node.codec]
suffix = " °C"
"#;

/// The second oven keeps only a part of its topic.
fn kept() -> String {
    KEPT.replace("[node.codec]\nsuffix = \" °C\"\n", "codec = \"$.door\"\n")
}

fn topic(text: &str) -> Topic {
    Topic::parse(text).unwrap()
}

fn save(device: &DeviceFile, nodes: &[Node]) -> String {
    device.edited_with(&device.profile, nodes, PlainPassword::LeaveOut).unwrap()
}

#[test]
fn every_key_of_a_node_is_read() {
    let text = format!(
        "{HEAD}[[node]]\ntopic = \"a/b\"\nalias = \"x\"\ndescription = \"y\"\ntags = [\"p\", \"q\"]\ntype = \"int\"\n\
         access = \"set\"\nunit = \"%\"\ndefault = 5\nmin = 0\nmax = 10.5\nstep = 0.5\nvalues = [5, 7]\nclip = \"fold\"\n\
         codec = \"u16-be\"\nqos = 2\nretain = true\nrate_limit_ms = 50\nrepetition_filter = true\npriority = -3\n\
         cadence_ms = 1_000\n"
    );
    let device = read(&text);
    assert_eq!(device.warnings, []);
    let node = &device.nodes[0];
    assert_eq!((node.topic.as_str(), node.alias.as_deref()), ("a/b", Some("x")));
    assert_eq!((node.kind, node.access, node.clip), (Kind::Int, Access::Set, Clip::Fold));
    assert_eq!((node.domain.min, node.domain.max, node.domain.step), (Some(0.0), Some(10.5), Some(0.5)));
    assert_eq!(node.domain.values, [Value::Int(5), Value::Int(7)]);
    assert_eq!((node.default.clone(), node.unit.clone()), (Some(Value::Int(5)), Some(Unit::new("%"))));
    assert_eq!(node.codec, Codec::parse("u16-be").unwrap());
    assert_eq!((node.qos.bits(), node.retain, node.rate_limit_ms), (2, true, Some(50)));
    assert_eq!((node.repetition_filter, node.priority, node.cadence_ms), (true, -3, Some(1_000)));
    assert_eq!(node.tags, ["p", "q"]);
    assert_eq!(read(&format!("{HEAD}[[node]]\ntopic = \"a\"")).nodes, [Node::new(topic("a"), Kind::String)]);
}

#[test]
fn values_are_written_as_their_type_wants_them() {
    for (kind, written, expected) in [
        ("bool", "true", Value::Bool(true)),
        ("float", "20", Value::Float(20.0)),
        ("string", "\"20\"", Value::String("20".into())),
        ("vec3", "[0, 0.5, 1]", Value::Vec3([0.0, 0.5, 1.0])),
        (
            "list",
            "[1, \"a\", { b = true }]",
            Value::List(serde_json::from_str("[1,\"a\",{\"b\":true}]").unwrap()),
        ),
        ("list", "'[1e400, null]'", Value::List(serde_json::from_str("[1e400, null]").unwrap())),
        ("map", "'{\"b\":1,\"a\":2}'", Value::Map(serde_json::from_str("{\"b\":1,\"a\":2}").unwrap())),
        ("bytes", "\"00ff\"", Value::Bytes(vec![0, 255].into())),
    ] {
        let text = format!("{HEAD}[[node]]\ntopic = \"a\"\ntype = \"{kind}\"\ndefault = {written}\n");
        assert_eq!(read(&text).nodes[0].default, Some(expected), "{text}");
    }
}

#[test]
fn a_new_node_says_only_what_differs_from_the_defaults() {
    let mut node = Node::new(topic("plant/oven"), Kind::Float);
    node.unit = Some(Unit::new("°C"));
    node.domain.min = Some(20.0);
    node.domain.max = Some(250.5);
    node.codec = Codec::Suffix(" °C".into());
    node.default = Some(Value::Float(21.0));
    let plain = Node::new(topic("plant/door"), Kind::String);
    let expected = format!(
        "{HEAD}\n[[node]]\ntopic = \"plant/door\"\n\n[[node]]\ntopic = \"plant/oven\"\ntype = \"float\"\nunit = \"°C\"\n\
         default = 21\nmin = 20\nmax = 250.5\ncodec = {{ suffix = \" °C\" }}\n"
    );
    let device = read(HEAD);
    assert_eq!(save(&device, &[node.clone(), plain.clone()]), expected);
    let nodes = read(&expected).nodes;
    assert_eq!(nodes, [plain, node]);
    for key in node::KEYS.iter().chain(node::CODEC) {
        assert!(DEFAULT.contains(key), "{key} is not documented");
    }
}

#[test]
fn only_the_block_of_a_node_that_changed_is_written_anew() {
    let text = kept();
    let device = read(&text);
    assert_eq!(save(&device, &device.nodes), text);
    let mut nodes = device.nodes.clone();
    nodes.reverse();
    assert_eq!(save(&device, &nodes), text, "the order of those who ask does not matter");
    nodes[2].access = Access::Set;
    nodes[1].domain.max = Some(350.0);
    nodes[1].unit = None;
    let expected = text
        .replace("mine = 4\n", "mine = 4\naccess = \"set\"\n")
        .replace("unit = \"°C\"\n", "")
        .replace("0x12C", "350");
    assert_eq!(save(&device, &nodes), expected);
}

#[test]
fn nodes_are_put_in_their_place_and_taken_out_with_their_own_comments() {
    let text = kept();
    let device = read(&text);
    let new = |name: &str| Node::new(topic(name), Kind::String);
    let without = &device.nodes[1..];
    let left = save(&device, without);
    assert!(
        !left.contains("drawing 4") && left.contains("# free words\n\n[[node]]\ntopic = \"hall1/oven\""),
        "{left}"
    );
    assert!(left.contains("# ---- hall 2 ----\n\n"), "{left}");
    assert_eq!(save(&device, &[]).matches("[[node]]").count(), 0);
    let sorted = format!("{HEAD}\n[[node]]\ntopic = \"dev2\"\n\n[[node]]\ntopic = \"dev10/a\"\n");
    let device = read(&sorted);
    let nodes: Vec<Node> = device.nodes.iter().cloned().chain(["dev1", "dev9", "dev11"].map(new)).collect();
    let topics: Vec<String> =
        read(&save(&device, &nodes)).nodes.iter().map(|node| node.topic.to_string()).collect();
    assert_eq!(topics, ["dev1", "dev2", "dev9", "dev10/a", "dev11"]);
    let only: Vec<Node> = nodes.iter().filter(|node| node.topic.as_str() != "dev10/a").cloned().collect();
    assert!(save(&device, &only).ends_with("topic = \"dev11\"\n"));
    assert_eq!(save(&device, &device.nodes[..1]), sorted.replace("\n[[node]]\ntopic = \"dev10/a\"\n", ""));
}

#[test]
fn connection_and_nodes_change_in_one_go() {
    for text in [kept(), format!("{}\n[[subscription]]\nfilter = \"a/#\"\n", kept())] {
        let device = read(&text);
        let mut profile = device.profile.clone();
        profile.keep_alive_s = 5;
        let nodes = &device.nodes[..2];
        let saved = device.edited_with(&profile, nodes, PlainPassword::LeaveOut).unwrap();
        assert_eq!((read(&saved).profile, read(&saved).nodes.as_slice()), (profile, nodes));
        assert!(saved.contains("url = \"mqtt://h\"   # here\nkeep_alive_s = 5\n"), "{saved}");
    }
}

#[test]
fn what_is_wrong_with_a_node_is_told_with_its_place_and_remedy() {
    let long = "x".repeat(65_536);
    let node = |lines: &str| format!("{HEAD}[[node]]\n{lines}\n");
    let typed = |kind: &str, lines: &str| node(&format!("topic = \"a\"\ntype = \"{kind}\"\n{lines}"));
    for (text, expected) in [
        (node("type = \"int\""), "plant.toml:3:1: this [[node]] has no topic"),
        (node("topic = \"a/#\""), "4:9: a topic cannot hold the wildcard '#'; did you mean a filter?"),
        (
            node(&format!("topic = \"{long}\"")),
            "4:9: a topic is at most 65,535 bytes long; this one has 65536",
        ),
        (node("topic = 4"), "4:9: topic must be a text"),
        (node("topic = \"a\"\ntype = \"flaot\""), "5:8: \"flaot\" is no type; there are impulse, bool"),
        (node("topic = \"a\"\ntype = \"flaot\""), "did you mean \"float\"?"),
        (typed("float", "min = 5\nmax = 4"), "7:7: max is 4, which is less than min, 5"),
        (typed("float", "max = inf"), "6:7: max must be a number"),
        (typed("string", "min = 5"), "6:7: min is for numbers, and the type is string"),
        (typed("int", "step = 0"), "6:8: step must be greater than 0"),
        (typed("float", "default = 30\nmax = 20"), "6:11: default is 30, which is more than max, 20"),
        (typed("int", "default = 3\nvalues = [1, 2]"), "6:11: default is none of the values"),
        (typed("int", "values = [1, 2]\nmin = 2"), "6:11: this value is 1, which is less than min, 2"),
        (typed("int", "default = 1.5"), "default must be a whole number, since the type is int"),
        (typed("vec2", "default = [1, 2, 3]"), "default must be two numbers"),
        (typed("impulse", "default = 1"), "default must be left out"),
        (typed("bool", "codec = { on = \"a\" }"), "6:9: a codec in braces is { on ="),
        (typed("bool", "codec = { on = \"a\", off = \"a\" }"), "two different words"),
        (typed("bool", "codec = \"jason\""), "6:9: \"jason\" is no codec"),
        (typed("bool", "qos = 3"), "6:7: qos must be a whole number from 0 to 2"),
        (typed("bool", "access = \"read\""), "\"read\" is no access; there are get, set, both"),
        (typed("bool", "tags = \"a\""), "tags must be a list"),
        (typed("bool", "retain = 2020-01-01"), "retain must be true or false"),
        (typed("bool", "[[node]]\ntopic = \"a\""), "7:9: the node of line 3 has the topic \"a\" too"),
        (typed("bool", "qos = 1\nqos = 2"), "duplicate key"),
        (format!("node = 3\n{HEAD}"), "node must be tables, each headed [[node]]"),
        (format!("{HEAD}[node]\ntopic = \"a\""), "node must be tables"),
        (format!("node = [{{ topic = \"a/+\" }}]\n{HEAD}"), "1:19: a topic cannot hold"),
    ] {
        let told = faults(&text);
        let shown: String = text.chars().take(300).collect();
        let words: String = told.chars().take(600).collect();
        assert!(told.contains(expected), "{shown:?}: {words}");
        assert!(told.len() < 1_000, "{expected}: {} bytes", told.len());
    }
    let told = faults(&typed("int", "min = 3\nmax = 2\nqos = 7\n[[node]]\ntopic = \"+\""));
    assert_eq!(told.lines().count(), 3, "all at once: {told}");
    let many = faults(&format!("{HEAD}{}", "[[node]]\nqos = 1\n".repeat(1_000)));
    assert_eq!(many.lines().count(), 51);
    assert!(many.ends_with("950 more faults are not shown; mend these first"), "{many}");
}

#[test]
fn an_unknown_key_of_a_node_is_a_warning_with_a_guess() {
    let device = read(&format!(
        "{HEAD}[[node]]\ntopic = \"a\"\ntpye = \"int\"\ncodec = {{ sufix = \"\", suffix = \"x\" }}\n"
    ));
    let told: Vec<String> = device.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(told[0], "/d/plant.toml:5: [[node]] has no key \"tpye\"; did you mean \"type\"?");
    assert!(told[1].contains("codec has no key \"sufix\"; did you mean \"suffix\"?"), "{told:?}");
}

#[test]
fn nodes_in_one_line_are_read_and_not_spoilt() {
    let device = read(&format!("node = [{{ topic = \"a\" }}]\n{HEAD}"));
    assert_eq!(device.nodes.len(), 1);
    let error = device.edited_with(&device.profile, &[], PlainPassword::LeaveOut).unwrap_err().to_string();
    assert!(error.contains("change it by hand"), "{error}");
}

proptest::proptest! {
    #[test]
    fn nodes_come_back_as_they_were_written(one in any::nodes(), other in any::nodes()) {
        let text = save(&read(HEAD), &one);
        let device = read(&text);
        proptest::prop_assert!(nodes::are_same(&device.nodes, &one), "{}", text);
        proptest::prop_assert_eq!(save(&device, &one), text.clone());
        let changed = save(&device, &other);
        proptest::prop_assert!(nodes::are_same(&read(&changed).nodes, &other), "{}", changed);
        let kept = read(&kept());
        let mixed: Vec<Node> = kept.nodes.iter().cloned().chain(other).collect();
        let text = save(&kept, &mixed);
        proptest::prop_assert!(nodes::are_same(&read(&text).nodes, &mixed), "{}", text);
        proptest::prop_assert_eq!(save(&read(&text), &kept.nodes), self::kept());
    }

    #[test]
    fn whatever_is_read_is_kept_byte_for_byte(
        at in 0..KEPT.len(),
        n in 0_usize..20,
        noise in "(\\PC|\n|\\[\\[node\\]\\]\n|\"\"\"|#){0,6}",
    ) {
        let text = kept();
        let place = |from: usize| text.char_indices().map(|(at, _)| at).find(|at| *at >= from).unwrap_or(text.len());
        let text = format!("{}{noise}{}", text.get(..place(at)).unwrap(), text.get(place(at + n)..).unwrap());
        if let Ok(device) = parse("plant", Path::new("/d/plant.toml"), text.clone()) {
            proptest::prop_assert_eq!(save(&device, &device.nodes), text);
            if let Ok(less) = device.edited_with(&device.profile, &[], PlainPassword::LeaveOut) {
                proptest::prop_assert_eq!(read(&less).nodes, []);
            }
        }
    }
}
