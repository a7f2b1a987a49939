//! Writing what is published: lines, formats, what is wrong with them. Owns the stories of the form's fields.
use super::story::{Story, story, story_of};
use mqttscope::model::devices::{Answer, Errand};
use mqttscope::model::form::deeds::Wanted;
use mqttscope::model::text::MAX_BYTES;
use mqttscope::model::{Effect, Event, Settings};
use mqttscope::mqtt::packet::ConnAck;
use mqttscope::mqtt::port::Online;
use mqttscope::mqtt::{BrokerEvent, Preset, Publication, PublishProperties, Qos, Version};

fn payloads(story: &mut Story) -> Vec<String> {
    let published = story.published();
    published.iter().map(|one| String::from_utf8_lossy(&one.payload.0).into_owned()).collect()
}

#[test]
fn a_payload_of_several_lines_is_pasted_written_and_sent_whole() {
    let mut story = story().online().receives("a", "1").types("jp").pastes("{\n  \"on\": true\n}\n");
    // Enter goes on in lines now; the arrows stay in the text.
    story = story.types("<enter>x<up><home>  <ctrl-x>");
    assert_eq!(payloads(&mut story), ["{\n  \"on\": true\n  }\nx"]);
    // From one line to several, and by undoing back again.
    let mut story = story.types("<esc>p<ctrl-home>").types("<alt-u><alt-u><alt-u><ctrl-x>");
    assert_eq!(payloads(&mut story), ["{\n  \"on\": true\n}"]);
    let mut story =
        self::story().online().receives("a", "1").types("jpone<ctrl-j>two<alt-enter>three<ctrl-x>");
    assert_eq!(payloads(&mut story), ["one\ntwo\nthree"]);
}

#[test]
fn json_is_checked_while_it_is_typed_and_laid_out_by_key() {
    let mut story = story().online().receives("a", "1").types("jp<ctrl-f>{\"b\":1.50,\"a\":[}");
    story = story.sees("as JSON").sees("not JSON: line 1 column 16: expected value").types("<ctrl-x>");
    assert!(story.published().is_empty());
    story = story.types("<backspace>12345678901234567890]}<ctrl-t><ctrl-x>");
    assert_eq!(payloads(&mut story), ["{\n  \"b\": 1.50,\n  \"a\": [\n    12345678901234567890\n  ]\n}"]);
    story = story.types("<ctrl-t><enter>");
    assert_eq!(payloads(&mut story), ["{\"b\":1.50,\"a\":[12345678901234567890]}"]);
}

#[test]
fn hex_and_base64_become_bytes_or_words() {
    let mut story =
        story().online().receives("a", "1").types("jp<tab><tab><tab><space><space>").sees("as hex");
    story = story
        .types("<tab><tab>de ag")
        .sees("'g' at line 1 column 5 is no hexadecimal digit")
        .types("<enter>");
    assert!(story.published().is_empty());
    story = story.types("<backspace><enter>").sees("an odd number of hexadecimal digits");
    assert!(story.published().is_empty());
    story = story.types("d<enter>");
    assert_eq!(&*story.published()[0].payload.0, [0xde, 0xad]);
    // Two spellings of the same bytes.
    story = story.types("<ctrl-f>").sees("as base64").sees("3q0=").types("<enter>");
    assert_eq!(&*story.published()[0].payload.0, [0xde, 0xad]);
    story = story.types("!").sees("is not of base64").types("<enter>");
    assert!(story.published().is_empty());
}

/// Fills every property in, from the payload on.
const PROPERTIES: &str =
    "<ctrl-v><tab><tab><tab><tab>text/plain<tab>60<tab>answers/me<tab>0x01ff<tab>y<tab>a=1<tab>a=2=3";

#[test]
fn the_properties_of_section_3_3_2_3_are_unfolded_walked_and_sent() {
    let mut story = story().online().receives("a", "1").types("jp21.5").types(PROPERTIES).types("<ctrl-x>");
    let sent = story.published();
    let expected = PublishProperties {
        payload_is_utf8: Some(true),
        message_expiry_s: Some(60),
        response_topic: Some("answers/me".into()),
        correlation_data: Some(vec![1, 0xff]),
        user: vec![("a".into(), "1".into()), ("a".into(), "2=3".into())],
        content_type: Some("text/plain".into()),
        ..PublishProperties::default()
    };
    assert_eq!(sent[0].properties, expected);
    assert_eq!(&*sent[0].payload.0, b"21.5");
    // Folded they are counted, and come back with what was sent before; another topic begins without.
    story = story
        .types("<ctrl-v>")
        .sees("7 properties")
        .types("<esc>")
        .receives("b", "1")
        .types("jp")
        .does_not_see("7 prop");
    story = story.types("<up>").sees("7 properties").types("<ctrl-x>");
    assert_eq!(story.published()[0].properties, expected);
}

#[test]
fn a_property_that_is_wrong_is_named_while_it_is_typed_and_nothing_goes() {
    for (keys, words) in [
        ("<tab><tab><tab><tab><tab>soon", "expires after: \"soon\" is no whole number of seconds"),
        ("<tab><tab><tab><tab><tab><tab>a/#", "response topic: a topic cannot hold the wildcard '#'"),
        ("<tab><tab><tab><tab><tab><tab><tab>0x1", "correlation: an odd number of hexadecimal digits"),
        ("<shift-tab><shift-tab><shift-tab>name", "user property: \"name\" has no ="),
    ] {
        let mut story = story().online().receives("a", "1").types("jp1<ctrl-v>").types(keys).sees(words);
        story = story.types("<ctrl-x>");
        assert!(story.published().is_empty(), "{keys}");
    }
    let story = story().online().receives("a", "1").types("jp<ctrl-f><ctrl-f>ff<ctrl-v>");
    story.types("<tab><tab><tab><tab><tab><tab><tab><tab>y").sees("says UTF-8: the payload is not UTF-8");
}

#[test]
fn on_3_1_1_properties_are_shown_as_missing_and_refused_instead_of_dropped() {
    let v3 = || BrokerEvent::Online(Box::new(Online { version: Version::V3, ..Online::default() }));
    let mut story = story()
        .online()
        .hears(v3())
        .receives("a", "1")
        .types("jp1<ctrl-v>")
        .sees("not available on MQTT 3.1.1");
    story = story.types("<ctrl-x>");
    assert_eq!(story.published().len(), 1);
    story =
        story.types("<tab><tab><tab><tab>text/plain").sees("MQTT 3.1.1 has no properties").types("<ctrl-x>");
    assert!(story.published().is_empty());
    // What was held for MQTT 5 does not go without them either.
    let mut story =
        self::story().receives("a", "1").types("jp1<ctrl-v><tab><tab><tab><tab>text/plain<ctrl-x>");
    story = story.sees("1 held").hears(v3()).sees("not published on a: MQTT 3.1.1 has no properties");
    assert!(story.published().is_empty());
}

#[test]
fn the_size_is_told_against_the_limit_in_force_and_too_much_is_refused_with_who_says_so() {
    let connack = ConnAck { max_packet_bytes: Some(20), ..ConnAck::default() };
    let mut story = story().online_as(connack).receives("a", "1").types("jp12345");
    story = story.sees("5 B, packet 11 B of 20 B (the broker's CONNACK)").types("6789012345<enter>");
    story = story.sees("at most 20 bytes, as its CONNACK says; this one has 21");
    assert!(story.published().is_empty());
    let mut story = self::story();
    story.model.devices[0].profile.preset = Some(Preset::AwsIotCore);
    let mut story = story.online().receives("a", "1").types("jp").pastes(&"x".repeat(140_000));
    story = story
        .sees("140 kB of 131 kB (AWS IoT Core)")
        .types("<enter>")
        .sees("AWS IoT Core takes packets of at most");
    assert!(story.published().is_empty());
}

#[test]
fn a_topic_that_cannot_be_is_told_before_anything_goes() {
    for (topic, words) in [
        ("a/+", "did you mean a filter?"),
        ("", "a topic cannot be empty"),
        ("$SYS/broker/uptime", "$SYS is the broker's own"),
    ] {
        let mut story = story().online().types("p").types(topic).types("<tab>1<ctrl-x>").sees(words);
        assert!(story.published().is_empty(), "{topic}");
    }
    let mut story = story().online().types("p").pastes(&"x".repeat(70_000)).types("<tab>1<ctrl-x>");
    story = story.sees("a topic is at most 65,535 bytes long; this one has 70000");
    assert!(story.published().is_empty());
}

#[test]
fn what_the_server_has_not_is_refused_before_it_goes() {
    let connack =
        || ConnAck { max_qos: Some(Qos::AtLeastOnce), retain_available: Some(false), ..ConnAck::default() };
    for (keys, words) in [
        ("<tab>2", "takes QoS 1 at most"),
        ("<tab><tab>y", "keeps no retained messages, as its CONNACK says"),
    ] {
        let mut story = story().online_as(connack()).receives("a", "1").types("jp1").types(keys).sees(words);
        story = story.types("<ctrl-x>");
        assert!(story.published().is_empty());
    }
}

#[test]
fn a_read_only_form_says_so_when_it_is_opened() {
    let settings = Settings { read_only: true, budget_bytes: 1 << 20, ..Settings::default() };
    let mut story =
        story_of(&["demo"], settings).online().receives("a", "1").types("jp").sees("read-only: nothing");
    story = story.types("1<ctrl-x>").sees("this is a read-only run");
    assert!(story.published().is_empty());
}

#[test]
fn while_offline_what_is_sent_is_held_and_counted_or_refused_as_chosen() {
    let story = story().receives("a", "1").types("jp").sees("offline: what is sent is held");
    let mut story = story.types("1<enter>").sees("offline: 1 held").types("2<enter>").sees("offline: 2 held");
    story = story
        .types("<ctrl-v><shift-tab><shift-tab>r")
        .sees("while offline refuse")
        .sees("nothing is sent, 2 held");
    story = story.types("<ctrl-x>").sees("the form refuses while offline").sees("2 held").online();
    let sent: Vec<Publication> = story.published();
    assert_eq!(sent.len(), 2, "held before, and young enough");
    story = story.types("<ctrl-x>");
    assert_eq!(story.published().len(), 1);
}

#[test]
fn a_file_becomes_the_payload_as_text_or_as_bytes_and_never_half() {
    let asked = Effect::Disk(Box::new(Errand::ReadFile { path: "~/x.json".into(), max_bytes: MAX_BYTES }));
    let answer = |read: Result<&[u8], &str>| {
        let read = read.map(<[u8]>::to_vec).map_err(str::to_owned);
        Event::Disk(Box::new(Answer::FileRead("~/x.json".into(), read)))
    };
    let story = || story().online().receives("a", "1").types("jpdraft<ctrl-o>~/x.json<enter>").does(&asked);
    let mut story_of_text =
        story().happens(answer(Ok(b"{\"a\":1}"))).sees("7 B of \"~/x.json\", as JSON").types("<ctrl-x>");
    assert_eq!(payloads(&mut story_of_text), ["{\"a\":1}"]);
    let mut story_of_bytes =
        story().happens(answer(Ok(b"\xff\x00"))).sees("which is no text, as hex").types("<enter>");
    assert_eq!(&*story_of_bytes.published()[0].payload.0, [0xff, 0]);
    let large = vec![0; MAX_BYTES];
    for (read, words) in [
        (Err("\"~/x.json\" is a directory; name a file"), "is a directory; name a file"),
        (Ok(&large[..]), "as base64 are more than is edited here"),
    ] {
        let mut story = story().happens(answer(read)).sees(words).types("<ctrl-x>");
        assert_eq!(payloads(&mut story), ["draft"]);
    }
    story().types("<ctrl-o><enter>").sees("name a file");
}

#[test]
fn the_value_received_last_is_filled_in_by_key_and_taken_back() {
    let mut story = story().online().receives("a", "{\"on\":true}").types("jpdraft<ctrl-l>");
    story = story.sees("11 B of the value received last, as JSON").types("<enter>");
    assert_eq!(payloads(&mut story), ["{\"on\":true}"]);
    story = story.types("<alt-u>").sees("payload draft");
    let story = story.types("<shift-tab><ctrl-u>b<ctrl-l>");
    story.sees("nothing was received on this topic yet");
}

#[test]
fn what_the_user_s_own_editor_leaves_is_the_payload_or_the_words_why_not() {
    let wanted = Wanted { text: "{}".into(), extension: "json" };
    let story = story().online().receives("a", "1").types("jp<ctrl-f>{}<ctrl-e>");
    let story = story.does(&Effect::EditText(Box::new(wanted)));
    let story = story.happens(Event::Edited(Err("\"vi\" ended with exit status: 1".into())));
    let mut story = story.sees("exit status: 1; the payload is as it was").types("<ctrl-x>");
    assert_eq!(payloads(&mut story), ["{}"]);
    let story = story.happens(Event::Edited(Ok("{\n}".into()))).sees("as the editor left it");
    let mut story = story.types("<ctrl-x>");
    assert_eq!(payloads(&mut story), ["{\n}"]);
}

#[test]
fn what_sending_would_change_is_compared_before_it_goes() {
    let mut story = story().online().receives("a", "{\"on\":true,\"level\":20}");
    story = story.types("jp<ctrl-f>{\"level\":21.0,\"on\":true}<ctrl-d>");
    story = story.sees("a: - received last, + to be sent · JSON: -0 +0 ~1").sees("~ $.level 20 → 21.0");
    story = story.does_not_see("$.on").types("<ctrl-x>");
    assert!(story.published().is_empty(), "what is read over the panes sends nothing");
    let mut story = story.types("<esc>").does_not_see("received last").types("<ctrl-x>");
    assert_eq!(payloads(&mut story).len(), 1);
    story.types("<ctrl-l><ctrl-d>").sees("the same bytes");
    let story = self::story().online().receives("a", b"\xff\x01").types("jp<ctrl-f><ctrl-f>ff 02<ctrl-d>");
    story.sees("bytes: -1 +1").sees("- 0000000 ff 01").sees("+ 0000000 ff 02");
    let lines = (0..100).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n");
    let story = self::story()
        .online()
        .receives("a", lines)
        .types("jpx<ctrl-d>")
        .sees("text: -100 +1")
        .sees("- line 0");
    story.types("G").sees("+ x").types("q").does_not_see("received last");
    self::story().online().types("pnever/heard<ctrl-d>").sees("nothing was received on this topic yet");
}
