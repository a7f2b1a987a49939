//! What people do to set a node's value by its type, and what goes then. Owns the stories; no file, no socket.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
#[path = "common/story.rs"]
mod story;

use mqttscope::decode::{Choice, Decoder};
use mqttscope::device::{
    Access, Clip, Codec, Domain, JsonPath, Kind, Node, Number, Order, Rule, Unit, Value,
};
use mqttscope::model::{Settings, nodes};
use mqttscope::mqtt::packet::ConnAck;
use mqttscope::mqtt::{Filter, Qos, Topic};
use mqttscope::theme::{ColorDepth, Theme};
use proptest::prelude::*;
use story::{Story, story, story_of};

const TOPIC: &str = "n";

fn node(kind: Kind) -> Node {
    Node::new(Topic::parse(TOPIC).unwrap(), kind)
}

fn within(min: f64, max: f64, step: Option<f64>) -> Domain {
    Domain { min: Some(min), max: Some(max), step, values: Vec::new() }
}

/// An oven's setpoint, clipped to 0 to 100 °C in steps of a half.
fn setpoint() -> Node {
    Node {
        unit: Some(Unit::new("°C")),
        domain: within(0.0, 100.0, Some(0.5)),
        clip: Clip::Clip,
        ..node(Kind::Float)
    }
}

fn on(mut story: Story, nodes: Vec<Node>) -> Story {
    nodes::load(story.model.devices.first_mut().unwrap(), nodes);
    story.types("gj")
}

/// A story in which these are kept, the cursor on their topic.
fn keeping(nodes: Vec<Node>) -> Story {
    on(story().online(), nodes)
}

fn sent(story: &mut Story) -> Vec<String> {
    let published = story.published().into_iter();
    published.map(|publication| String::from_utf8_lossy(&publication.payload.0).into_owned()).collect()
}

#[track_caller]
fn sends(mut story: Story, expected: &[&str]) -> Story {
    assert_eq!(sent(&mut story), expected);
    story
}

#[test]
fn a_number_is_typed_or_stepped_within_its_domain_and_shown_before_it_goes() {
    let story = keeping(vec![setpoint()])
        .receives(TOPIC, "20.0")
        .types("e")
        .sees("Edit n · float · °C")
        .sees("value 20 °C step 0.5")
        .sees("goes 20 °C")
        .sees("QoS 0 · not retained")
        .types("130")
        .sees("goes 130 → 100 °C, clipped")
        .sees("as 100 · 3 bytes")
        .types("<enter>");
    let story = sends(story, &["100"]).types("+").sees("goes 100 °C").types("--").sees("goes 99 °C");
    let story = sends(story.types("<enter>"), &["99"]).types("<down><pgdn>").sees("goes 93.5 °C");
    let story = story.types("<home>").sees("goes 0 °C").types("<end><pgup>").sees("goes 100 °C");
    let story = sends(story.types("<enter>"), &["100"]).types("20.3").sees("20.3 → 20.5 °C, to its step");
    let story = sends(story.types("<enter>"), &["20.5"]).types("<ctrl-u>-5e-1").sees("-0.5 → 0 °C, clipped");
    sends(story.types("<enter><esc>"), &["0"]).does_not_see("Edit n");
}

#[test]
fn a_value_goes_in_the_form_that_the_topics_payloads_have() {
    let path = Codec::JsonPath(JsonPath::parse("$.power").unwrap());
    let power = Node { codec: path, ..node(Kind::Int) };
    // {"power":1200,"state":"idle"} in CBOR.
    let cbor = b"\xa2\x65power\x19\x04\xb0\x65state\x64idle";
    let mut story = keeping(vec![power.clone()])
        .receives(TOPIC, cbor)
        .types("e")
        .sees("value 1200")
        .types("<ctrl-u>1500")
        .sees("· CBOR")
        .types("<enter>");
    let published = story.published();
    assert_eq!(*published[0].payload.0, *b"\xa1\x65power\x19\x05\xdc", "{published:?}");
    // What is looked at raw is no other form for the device.
    let mut story = story.types("<esc><tab>x").sees("decoder: raw").types("e<ctrl-u>7<enter>");
    assert_eq!(*story.published()[0].payload.0, *b"\xa1\x65power\x07");
    // Plain topics are plain as ever.
    let story = keeping(vec![power]).receives(TOPIC, "{\"power\":1}").types("e<ctrl-u>9<enter>");
    sends(story, &["{\"power\":9}"]);
}

#[test]
fn a_form_that_is_only_read_is_refused_with_the_remedy_and_nothing_goes() {
    let mut story = keeping(vec![node(Kind::Float)]);
    let rule = Rule {
        filter: Filter::parse(TOPIC).unwrap(),
        choice: Choice::By(Decoder::ProtobufFields),
        schema: None,
        jq: None,
    };
    story.model.devices.first_mut().unwrap().rules.load(vec![rule]);
    let story = story.types("e21").sees("payloads here are protobuf fields, and").types("<enter>");
    sends(story, &[]).sees("read but not written");
}

#[test]
fn a_whole_number_steps_by_ones_and_takes_no_fraction() {
    let story = keeping(vec![Node { domain: within(0.0, 3.0, None), ..node(Kind::Int) }]).types("e");
    let story = sends(story.types("++<enter>"), &["2"]).types("1.5").sees("is no whole number");
    let story = sends(story.types("<enter>"), &[]).types("<ctrl-u>7").sees("outside the domain 0..3");
    sends(story.types("<enter>"), &[]).sees("its clip mode is none");
}

#[test]
fn a_bool_is_toggled_and_goes_in_the_node_s_words() {
    let words = Codec::Words { on: "OPEN".into(), off: "SHUT".into() };
    let story = keeping(vec![Node { codec: words, ..node(Kind::Bool) }])
        .receives(TOPIC, "SHUT")
        .types("e")
        .sees("[SHUT] OPEN")
        .types("<space>")
        .sees("SHUT [OPEN]")
        .sees("as OPEN · 4 bytes")
        .types("<enter>");
    sends(sends(story, &["OPEN"]).types("0<enter>1<enter>"), &["SHUT", "OPEN"]);
}

#[test]
fn a_choice_is_made_among_the_domain_s_values() {
    let values = ["off", "auto", "heat"].map(|text| Value::String(text.into()));
    let domain = Domain { values: values.to_vec(), ..Domain::default() };
    let story = keeping(vec![Node { domain, ..node(Kind::String) }])
        .types("e")
        .sees("none of the domain's values is chosen yet")
        .types("<down><down>")
        .sees("off [auto] heat")
        .sees("2 of 3")
        .types("<enter>h<enter><home><enter>");
    sends(story, &["auto", "heat", "off"]);
}

#[test]
fn the_choice_stays_in_sight_in_a_list_longer_than_the_screen() {
    let values = (0..30).map(|n| Value::String(format!("mode{n}").into())).collect();
    let domain = Domain { values, ..Domain::default() };
    let mut story = keeping(vec![Node { domain, ..node(Kind::String) }]).sized(60, 15).types("e");
    for at in 0..30 {
        story = story.types("<down>").sees(&format!("[mode{at}]")).sees(&format!("{} of 30", at + 1));
    }
}

#[test]
fn a_text_is_typed_and_up_brings_back_what_was_sent() {
    let story = keeping(vec![node(Kind::String)]).types("equick u<enter>").types("<ctrl-u>second<enter>");
    let story = sends(story, &["quick u", "second"]).types("<up><up>").sees("goes quick u");
    sends(story.types("<down>").sees("goes second").types("<enter>"), &["second"]);
}

#[test]
fn json_is_checked_while_it_is_typed_with_the_place_of_the_error() {
    let story = keeping(vec![Node { codec: Codec::Json, ..node(Kind::Map) }])
        .types("e<ctrl-u>{\"a\": ]")
        .sees("expected value at line 1 column 7")
        .sees("^")
        .types("<backspace>1}")
        .does_not_see("^")
        .sees("as {\"a\":1} · 7 bytes")
        .types("<enter>");
    sends(story, &["{\"a\":1}"]);
}

#[test]
fn the_components_of_a_vec_are_stepped_one_by_one() {
    let story = keeping(vec![Node { domain: within(-1.0, 1.0, Some(0.1)), ..node(Kind::Vec3) }])
        .types("e")
        .sees("x 0")
        .types("+<tab>--<tab>0.5")
        .sees("goes 0.1, -0.2, 0.5")
        .types("<enter>");
    sends(story.types("<shift-tab><end>").sees("goes 0.1, 1, 0.5"), &["0.1,-0.2,0.5"]);
}

#[test]
fn a_colour_shows_its_patch_and_takes_its_digits_and_without_colours_the_digits_stay() {
    let lamp =
        Node { unit: Some(Unit::new("color.rgb")), domain: within(0.0, 1.0, None), ..node(Kind::Vec3) };
    let mut story =
        keeping(vec![lamp]).types("e#ff0080").sees("r 1 g 0 b 0.501").sees("#ff0080").types("<enter>");
    let has_patch = |story: &mut Story| {
        let mut cells = story.buffer().content.into_iter();
        cells.any(|cell| {
            cell.symbol() == " "
                && cell.bg == cell.fg
                && format!("{:?}", cell.bg).starts_with("Rgb(255, 0, 128")
        })
    };
    assert!(has_patch(&mut story));
    let read: Vec<f64> = sent(&mut story)[0].split(',').map(|part| part.parse().unwrap()).collect();
    assert_eq!(read, [1.0, 0.0, 128.0 / 255.0]);
    story.theme = Theme::load("default", &|_| None, ColorDepth::None).0;
    assert!(!has_patch(&mut story));
    story.sees("#ff0080");
}

#[test]
fn an_impulse_is_sent_by_enter_and_bytes_in_hexadecimal_digits() {
    let bell = Node { codec: Codec::Words { on: "RING".into(), off: "".into() }, ..node(Kind::Impulse) };
    sends(keeping(vec![bell]).types("e").sees("the moment alone").types("<enter><enter>"), &["RING", "RING"]);
    let mut story =
        keeping(vec![node(Kind::Bytes)]).types("e<ctrl-u>0x1f8").sees("in pairs").types("b<enter>");
    assert_eq!(*story.published()[0].payload.0, [0x1f, 0x8b]);
}

#[test]
fn where_several_nodes_are_kept_one_is_chosen() {
    let part = |path: &str, kind| Node { codec: Codec::parse(path).unwrap(), ..node(kind) };
    let state = Node { access: Access::Get, ..part("$.state", Kind::Bool) };
    let story = keeping(vec![part("$.level", Kind::Int), state])
        .receives(TOPIC, r#"{"state":"ON","level":54}"#)
        .types("e")
        .sees("Edit which?")
        .sees("> level at $.level · int · both")
        .types("<down><enter>")
        .sees("access is get")
        .types("<up><enter>")
        .sees("value 54")
        .types("+<enter>");
    sends(story, &[r#"{"level":55}"#]);
}

#[test]
fn a_topic_that_is_not_kept_opens_the_form_and_says_what_keeping_would_give() {
    story()
        .online()
        .receives(TOPIC, "1")
        .types("gje")
        .sees("e edits it by its type then")
        .types("2")
        .sees("payload 2");
}

#[test]
fn what_can_not_go_is_refused_in_words() {
    let plain = ConnAck::default;
    let qos = ConnAck { max_qos: Some(Qos::AtMostOnce), ..ConnAck::default() };
    let retain = ConnAck { retain_available: Some(false), ..ConnAck::default() };
    let raw = Codec::Raw(Number::U8, Order::Big);
    let celsius = Node { unit: Some(Unit::new("°C")), ..node(Kind::Float) };
    let element = Node { codec: Codec::parse("$[3]").unwrap(), ..node(Kind::Int) };
    let bounded = Node { domain: within(0.0, 9.0, None), ..node(Kind::Int) };
    for (connack, node, keys, words) in [
        (
            plain(),
            Node { access: Access::Get, ..node(Kind::Int) },
            "e",
            "access is get: we listen to this node",
        ),
        (qos, Node { qos: Qos::AtLeastOnce, ..node(Kind::Int) }, "e<enter>", "takes QoS 0 at most"),
        (retain, Node { retain: true, ..node(Kind::Int) }, "e<enter>", "keeps no retained messages"),
        (plain(), node(Kind::Int), "exyz<enter>", "is no number"),
        (plain(), celsius, "e68 °F<enter>", "is not in °C"),
        (plain(), Node { codec: raw, ..node(Kind::Int) }, "e256<enter>", "256 does not fit u8"),
        (plain(), bounded, "e10<enter>", "outside the domain 0..9"),
        (plain(), element, "e1<enter>", "one of several elements"),
    ] {
        sends(on(story().online_as(connack), vec![node]).types(keys).sees(words), &[]);
    }
    let settings = Settings { budget_bytes: 64 << 20, read_only: true, ..Settings::default() };
    let story = on(story_of(&["demo"], settings).online(), vec![node(Kind::Int)]);
    sends(story.types("e").sees("this is a read-only run"), &[]);
}

#[test]
fn within_the_rate_limit_the_newest_value_waits_and_the_others_are_counted() {
    let limited = Node { rate_limit_ms: Some(500), ..node(Kind::Int) };
    let story = keeping(vec![limited]).types("e1<enter>2<enter>3<enter>").sees("waits for the rate limit");
    let story = sends(story.types("4<enter>").sees("2 replaced"), &["1"]);
    assert_eq!(story.model.spacing.deadline().unwrap(), story.now + std::time::Duration::from_millis(500));
    let story = sends(story.after(499), &[]).types("<esc>");
    let story = sends(story.after(1), &["4"]).types("e").does_not_see("waits for").sees("2 replaced");
    sends(sends(story.after(499).types("5<enter>"), &[]).after(1), &["5"]);
}

#[test]
fn an_equal_value_is_not_sent_again_where_the_node_says_so_and_that_is_told() {
    let once = Node { repetition_filter: true, rate_limit_ms: Some(100), ..node(Kind::Int) };
    let story = sends(keeping(vec![once]).types("e1<enter>").after(200), &["1"]);
    let story = sends(story.types("1<enter>").sees("not sent again").sees("1 not repeated"), &[]);
    let story = sends(story.types("2<enter>3<enter>").after(50), &["2"]).types("2<enter>");
    let story = sends(story.after(200), &[]).sees("1 replaced").sees("2 not repeated");
    // What the broker refused is not there.
    let story = story.stage(2, mqttscope::mqtt::Stage::NotSent("no room".into()));
    sends(story.types("2<enter>"), &["2"]);
}

#[test]
fn of_values_that_wait_the_one_of_higher_priority_goes_first() {
    let named = |topic: &str, priority| Node {
        rate_limit_ms: Some(100),
        priority,
        ..Node::new(Topic::parse(topic).unwrap(), Kind::Int)
    };
    let mut story = on(story().online(), vec![named("a", 1), named("b", 5)]);
    story = story.types("e1<enter>2<enter><esc>je3<enter>4<enter>").after(200);
    sends(story, &["1", "3", "4", "2"]);
}

#[test]
fn offline_the_newest_of_a_limited_node_is_held_and_priorities_hold_when_it_goes() {
    let named = |topic: &str, rate_limit_ms, priority| Node {
        rate_limit_ms,
        priority,
        ..Node::new(Topic::parse(topic).unwrap(), Kind::Int)
    };
    let mut story = on(story().online(), vec![named("a", None, 0), named("b", Some(100), 5)]);
    story = story.lost("gone", None).types("e1<enter>2<enter><esc>je3<enter>").after(100).types("4<enter>");
    story = story.after(100).types("5<enter>").sees("2 replaced");
    story = sends(story, &[]).online();
    story = sends(story, &["5", "1", "2"]).types("6<enter>");
    sends(sends(story, &[]).after(100), &["6"]);
}

#[test]
fn in_live_mode_each_step_goes_but_no_faster_than_keys_should() {
    let story = keeping(vec![setpoint()]).receives(TOPIC, "20").types("e<ctrl-t>").sees("LIVE").types("+++");
    let story = sends(story, &["20.5"]).after(50);
    sends(sends(story, &["21.5"]).types("<ctrl-t>-").after(100), &[]);
}

#[test]
fn a_waiting_value_is_asked_about_before_quitting_and_a_removed_node_closes_the_editor() {
    let limited = Node { rate_limit_ms: Some(60_000), ..node(Kind::Int) };
    keeping(vec![limited])
        .types("e1<enter>2<enter><esc>q")
        .sees("value waits for a node's rate limit.")
        .types("n")
        .types("e<tab>d")
        .sees("the editor is closed: its node is kept no longer");
}

#[test]
fn what_was_published_can_not_be_undone_and_the_editor_says_so() {
    keeping(vec![node(Kind::Bool)]).types("e<enter>u").sees("can't be undone").sees("Edit n");
}

#[test]
fn the_editor_is_whole_on_every_screen_in_ascii_and_without_colours() {
    let place = Node { domain: within(0.0, 1.0, None), ..node(Kind::Vec4) };
    let place = Node { unit: Some(Unit::new("color.rgba")), rate_limit_ms: Some(100), ..place };
    for (cols, rows) in [(60, 15), (80, 24), (200, 60)] {
        for ascii in [false, true] {
            let settings = Settings { ascii, budget_bytes: 64 << 20, ..Settings::default() };
            let mut story = on(story_of(&["demo"], settings).online(), vec![place.clone()]).sized(cols, rows);
            story.theme = Theme::load("default", &|_| None, ColorDepth::None).0;
            story = story
                .types("e0.5<tab>7")
                .sees("g 7")
                .sees("a 0")
                .sees("outside the domain")
                .sees("100 ms apart");
            assert!(!ascii || story.screen().is_ascii());
        }
    }
}

/// Nodes of every type that is set by a line, with codecs that carry it.
fn arbitrary_node() -> impl Strategy<Value = Node> {
    let kinds = prop::sample::select(vec![Kind::Int, Kind::Float, Kind::String, Kind::Bytes, Kind::List]);
    let codecs = prop::sample::select(vec!["text", "json", "$.a.b", "f32-be", "i16-le", "u8"]);
    let clips = prop::sample::select(Clip::ALL.to_vec());
    let bounds = prop::option::of((-500_i32..500, 1_i32..500, prop::option::of(1_u8..50)));
    (kinds, codecs, clips, bounds).prop_filter_map("carried", |(kind, codec, clip, bounds)| {
        let codec = Codec::parse(codec).unwrap();
        let domain = bounds.filter(|_| kind.is_number()).map(|(min, range, step)| {
            within(min.into(), (min + range).into(), step.map(|step| f64::from(step) / 10.0))
        });
        let domain = domain.unwrap_or_default();
        codec.carries(kind).then(|| Node { codec, clip, domain, ..node(kind) })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]
    #[test]
    fn values_are_never_closer_than_the_limit_and_the_last_one_arrives(
        wishes in prop::collection::vec((0_u64..300, 0_u8..4), 1..12),
        online in prop::collection::vec(any::<bool>(), 12),
    ) {
        let limited = Node { rate_limit_ms: Some(200), ..node(Kind::Int) };
        let mut story = keeping(vec![limited]).types("e");
        let mut went = Vec::new();
        let mut note = |story: &mut Story| {
            let now = story.now;
            went.extend(sent(story).into_iter().map(|payload| (now, payload)));
        };
        for ((wait, value), is_online) in wishes.iter().zip(online) {
            story = story.after(*wait);
            let was_online = story.model.devices[0].online().is_some();
            story = match (was_online, is_online) {
                (true, false) => story.lost("gone", None),
                (false, true) => story.online(),
                (true, true) | (false, false) => story,
            };
            story = story.types(&format!("<ctrl-u>{value}<enter>"));
            note(&mut story);
        }
        story = if story.model.devices[0].online().is_some() { story } else { story.online() };
        note(&mut story);
        for _ in 0..2 {
            story = story.after(200);
            note(&mut story);
        }
        let gaps = went.windows(2).map(|pair| pair[1].0.since(pair[0].0).as_millis());
        prop_assert!(gaps.min().is_none_or(|least| least >= 200), "{went:?}");
        prop_assert_eq!(&went.last().unwrap().1, &wishes.last().unwrap().1.to_string());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn what_goes_is_read_back_as_what_was_shown(
        node in arbitrary_node(),
        text in prop_oneof!["-?[0-9]{1,4}", "-?[0-9]{1,3}\\.[0-9]{1,3}", "[a-f0-9]{0,8}", "\\[[0-9]\\]"],
    ) {
        let mut story = keeping(vec![node.clone()]).types("e<ctrl-u>").pastes(&text);
        let editor = story.model.editor.as_ref().unwrap();
        let goes = editor.goes(&story.model);
        story.effects.clear();
        story = story.types("<enter>");
        let published = story.published();
        match goes {
            Err(_) => prop_assert!(published.is_empty()),
            Ok(goes) => {
                prop_assert_eq!(published.len(), 1);
                let read = node.read(&published[0].payload.0).unwrap();
                prop_assert!(node.judge(&read).is_ok() || node.codec == Codec::parse("f32-be").unwrap());
                let shown = format!("goes {}", goes.words(&node));
                prop_assert_eq!(read, goes.value);
                let shown: String = shown.chars().take(40).collect();
                story.sees(&shown);
            }
        }
    }
}
