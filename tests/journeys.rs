//! What people do with the explorer, from key to screen. Owns the stories; no socket, no clock.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
#[path = "journeys/chart.rs"]
mod chart;
#[path = "journeys/composing.rs"]
mod composing;
#[path = "journeys/copying.rs"]
mod copying;
#[path = "journeys/decoding.rs"]
mod decoding;
#[path = "journeys/devices.rs"]
mod devices;
#[path = "journeys/exam.rs"]
mod exam;
#[path = "journeys/excluded.rs"]
mod excluded;
#[path = "journeys/filter.rs"]
mod filter;
#[path = "journeys/find.rs"]
mod find;
#[path = "journeys/jq.rs"]
mod jq;
#[path = "journeys/named.rs"]
mod named;
#[path = "journeys/past.rs"]
mod past;
#[path = "journeys/runs.rs"]
mod runs;
#[path = "journeys/sifted.rs"]
mod sifted;
#[path = "journeys/sparkplug.rs"]
mod sparkplug;
#[path = "common/story.rs"]
mod story;
#[path = "journeys/structure.rs"]
mod structure;
#[path = "journeys/table.rs"]
mod table;

use mqttscope::model::{Effect, Settings};
use mqttscope::mqtt::packet::ConnAck;
use mqttscope::mqtt::port::{Notice, Refusal};
use mqttscope::mqtt::{
    BrokerEvent, BrokerRequest, Filter, PacketId, Preset, Qos, Reason, Retained, Stage, Subscription,
};
use story::{story, story_of};

#[test]
fn a_message_becomes_a_row_with_its_value_and_its_exact_topic() {
    story()
        .online()
        .receives("/sensors/temperature", "23.5")
        .types("jo")
        .sees("∅")
        .sees("temperature 23.5")
        .types("jj")
        .sees("23.5")
        .sees("/sensors/temperature");
}

#[test]
fn topics_that_differ_by_a_slash_alone_are_all_there() {
    story()
        .online()
        .receives("a", "1")
        .receives("/a", "2")
        .receives("a/", "3")
        .receives("a//b", "4")
        .receives("café/é", "5")
        .receives("a b/c&d", "6")
        .types("o")
        .sees("6 topics · 6 msgs")
        .sees("café")
        .sees("a b")
        .sees("c&d");
}

#[test]
fn a_silent_broker_is_explained_after_three_seconds_and_names_the_retain_flag() {
    story()
        .online()
        .does_not_see("nothing came")
        .after(2_900)
        .does_not_see("nothing came")
        .after(200)
        .sees("nothing came")
        .sees("mosquitto_pub -r")
        .receives("$SYS/broker/uptime", "1 seconds")
        .sees("nothing came")
        .receives("/sensors/temperature", "23.5")
        .does_not_see("nothing came");
}

#[test]
fn a_refused_filter_is_told_in_the_spec_s_words() {
    let subscription = Subscription::new(Filter::parse("#").unwrap(), Qos::AtMostOnce);
    let refusal = Refusal { reason: Reason::NOT_AUTHORIZED, words: Some("ask the admin".into()) };
    story()
        .online()
        .hears(BrokerEvent::Subscribed { subscription, granted: Err(refusal) })
        .sees("not authorized")
        .sees("ask the admin");
}

#[test]
fn publishing_from_the_form_sends_exactly_what_stands_there_and_follows_its_life() {
    let mut story = story().online().receives("/controls/lighting", "0.5").types("jojjp0.75<enter>");
    let published = story.published();
    assert_eq!(published.len(), 1);
    assert_eq!(published[0].topic.as_str(), "/controls/lighting");
    assert_eq!(&*published[0].payload.0, b"0.75");
    assert!(!published[0].retain);
    let sent = Stage::Sent { packet_id: PacketId::new(3), resent: false };
    story
        .stage(1, Stage::Queued)
        .sees("queued")
        .stage(1, sent)
        .sees("sent (id 3)")
        .after(2)
        .stage(1, Stage::Acknowledged(Reason::SUCCESS))
        .sees("acknowledged 2.0 ms")
        .after(1)
        .receives("/controls/lighting", "0.75")
        .sees("acknowledged 2.0 ms · echo 3.0 ms");
}

#[test]
fn a_publication_that_nobody_here_hears_says_so() {
    let subscription = Subscription::new(Filter::parse("#").unwrap(), Qos::AtMostOnce);
    let filter = subscription.filter.clone();
    story()
        .online()
        .receives("a", "1")
        .hears(BrokerEvent::Unsubscribed { filter, reason: Reason::SUCCESS })
        .hears(BrokerEvent::Subscribed {
            subscription: Subscription::new(Filter::parse("b").unwrap(), Qos::AtMostOnce),
            granted: Ok(Qos::AtMostOnce),
        })
        .types("jpx<enter>")
        .stage(1, Stage::Sent { packet_id: None, resent: false })
        .sees("no subscription hears this topic");
}

#[test]
fn aws_shadow_topics_can_be_published_and_subscribed_though_no_hash_covers_them() {
    let topic = "$aws/things/x/shadow/update";
    let filter = Filter::parse(topic).unwrap();
    let mut story = story()
        .online()
        .types(&format!("S{topic}<enter>"))
        .asks(&[BrokerRequest::Subscribe(Subscription::new(filter, Qos::AtMostOnce))])
        .types(&format!("p{topic}<tab>"));
    story = story.types("{}<enter>");
    assert_eq!(story.published()[0].topic.as_str(), topic);
}

#[test]
fn a_wrong_topic_or_filter_is_refused_with_its_offender_before_it_goes() {
    let mut story = story().online().types("pa/+<tab>1<enter>").sees("did you mean a filter?");
    assert!(story.published().is_empty());
    let mut story = story.types("<esc>Sa/#/b<enter>").sees("must stand alone in the last level");
    assert!(story.published().is_empty());
}

#[test]
fn what_the_broker_does_not_take_is_refused_with_its_limit() {
    let connack = ConnAck { max_qos: Some(Qos::AtMostOnce), ..ConnAck::default() };
    let mut story = story().online_as(connack).receives("a", "1").types("jp1<tab><space>");
    story = story.types("<ctrl-x>").sees("the broker takes QoS 0 at most");
    assert!(story.published().is_empty());
}

#[test]
fn what_its_kind_of_broker_does_not_take_is_refused_however_it_is_asked_for() {
    let azure = || {
        let mut story = story();
        story.model.devices[0].profile.preset = Some(Preset::AzureIotHub);
        story
    };
    // From the form, online and not; by clearing; by an undo of what was cleared before the preset was chosen.
    for story in [azure(), azure().online()] {
        let mut story = story.receives("a", "1").types("jp1<tab><tab><space>");
        story = story.types("<ctrl-x>").sees("Azure IoT Hub keeps no retained messages");
        assert!(story.published().is_empty());
    }
    let mut story = azure().online().receives_retained("a", "on").types("jXy");
    assert!(story.published().is_empty());
    story.sees("not published on a: Azure IoT Hub keeps no").types("u").sees("nothing to undo");
    let mut story = self::story().online().receives_retained("a", "on").types("jXy");
    assert_eq!(story.published().len(), 1);
    story.model.devices[0].profile.preset = Some(Preset::AzureIotHub);
    story = story.types("u").sees("Azure IoT Hub keeps no retained");
    assert!(story.published().is_empty());
}

#[test]
fn read_only_refuses_every_command_that_publishes() {
    let settings = Settings { read_only: true, budget_bytes: 1 << 20, ..Settings::default() };
    let mut story = story_of(&["demo"], settings)
        .online()
        .receives_retained("a", "1")
        .types("jp1<enter>")
        .sees("read-only");
    assert!(story.published().is_empty());
    let mut story = story.types("<esc>X").sees("read-only");
    assert!(story.published().is_empty());
}

#[test]
fn clearing_a_retained_message_asks_first_and_can_be_undone() {
    let mut story =
        story().online().receives_retained("a", "on").types("jX").sees("Delete the retained message of a");
    assert!(story.published().is_empty());
    story = story.types("<enter>");
    assert!(story.published().is_empty(), "enter does not answer what cannot be taken back");
    story = story.types("y");
    let cleared = story.published();
    assert_eq!((&*cleared[0].payload.0, cleared[0].retain), (&b""[..], true));
    story = story.types("u");
    let restored = story.published();
    assert_eq!((&*restored[0].payload.0, restored[0].retain), (&b"on"[..], true));
    story = story.types("<ctrl-r>");
    assert!(story.published()[0].payload.0.is_empty());
}

#[test]
fn search_follows_the_letters_and_escape_leads_back() {
    let story = story()
        .online()
        .receives("plant/hall1/oven1/door", "open")
        .receives("plant/hall1/oven2/door", "closed")
        .receives("plant/hall2/oven10/door", "open")
        .types("/oven1");
    let story = story.sees("match 1 of 2").sees("plant/hall1/oven1");
    let story = story.types("<enter>n").sees("plant/hall2/oven10").types("N").sees("plant/hall1/oven1");
    story.types("/oven2").sees("match 1 of 1").types("<esc>").sees("plant/hall1/oven1");
}

#[test]
fn going_to_a_topic_by_name_is_remembered_and_a_wrong_one_is_told() {
    story()
        .online()
        .receives("a/b/c", "1")
        .types("<ctrl-g>a/b/c<enter>")
        .sees("a/b/c")
        .types("<ctrl-g>a/b/x<enter>")
        .sees("no topic \"a/b/x\" was heard so far")
        .types("<esc>[")
        .sees("mqttscope1");
}

#[test]
fn a_frozen_picture_stands_still_while_messages_are_counted() {
    story()
        .online()
        .receives("a", "1")
        .types("jz")
        .sees("FROZEN")
        .receives("a", "2")
        .sees("a 1")
        .types("z")
        .sees("a 2")
        .sees("2 msgs");
}

#[test]
fn a_paste_into_the_tree_runs_nothing() {
    let mut story = story().online().receives("a", "1").pastes("q").sees("pasted text is not run as keys");
    assert!(!story.effects.contains(&Effect::Quit));
    story = story.types("jp").pastes("line one\n").types("<enter>");
    assert_eq!(&*story.published()[0].payload.0, b"line one");
}

#[test]
fn quitting_asks_while_a_publication_is_unacknowledged() {
    let story = story().online().receives("a", "1").types("jp1<enter><esc>q").sees("not acknowledged");
    let story = story.types("n");
    assert!(!story.effects.contains(&Effect::Quit));
    let sent = Stage::Sent { packet_id: PacketId::new(1), resent: false };
    story.stage(1, sent).stage(1, Stage::Acknowledged(Reason::SUCCESS)).types("q").does(&Effect::Quit);
}

#[test]
fn ctrl_c_asks_the_first_time_and_quits_the_second() {
    let story = story().online().types("<ctrl-c>").sees("ctrl-c again quits");
    assert!(!story.effects.contains(&Effect::Quit));
    let story = story.types("j<ctrl-c>");
    assert!(!story.effects.contains(&Effect::Quit), "another key in between begins anew");
    story.types("<ctrl-c>").does(&Effect::Quit);
}

#[test]
fn a_lost_connection_says_why_what_to_do_and_when_it_is_tried_again() {
    story()
        .lost("nothing listens on 127.0.0.1:1883", Some("start a broker there, such as mosquitto"))
        .sees("nothing listens on 127.0.0.1:1883")
        .sees("start a broker there")
        .sees("next try in")
        .types("c")
        .asks(&[BrokerRequest::Connect]);
}

#[test]
fn a_disconnection_that_was_asked_for_is_no_alarm() {
    let story = story().online().receives("a", "1").types("c").asks(&[BrokerRequest::Disconnect]);
    let lost = mqttscope::mqtt::port::Lost {
        step: None,
        cause: "disconnected, as you asked".into(),
        remedy: None,
        reason: None,
        at: story.now,
        retry_at: None,
        n_attempts: 0,
    };
    story
        .hears(BrokerEvent::Lost(lost))
        .sees("demo is disconnected; c connects")
        .sees("a 1")
        .types("c")
        .asks(&[BrokerRequest::Connect]);
}

#[test]
fn what_was_shown_stays_when_the_connection_is_lost() {
    story()
        .online()
        .receives("a", "42")
        .lost("the broker closed the connection", None)
        .sees("a 42")
        .sees("the broker closed the connection");
}

#[test]
fn two_devices_are_two_roots_and_the_header_follows_the_cursor() {
    let settings = Settings { budget_bytes: 1 << 20, ..Settings::default() };
    let mut story = story_of(&["one", "two"], settings).online().receives("a", "1");
    story = story.lost("gone", None).sees("one").sees("two");
    let header = |story: &mut story::Story| story.screen().lines().next().unwrap().to_owned();
    assert!(header(&mut story).contains("one"));
    story = story.types("G");
    assert!(header(&mut story).contains("two"));
}

#[test]
fn nothing_from_the_wire_reaches_the_screen_raw() {
    let mut story = story()
        .online()
        .receives("evil\u{1b}[2J/\u{202e}x", "\u{1b}]0;owned\u{7}\u{200b}\u{9b}31m")
        .receives("bytes", [0xff, 0xfe, 0x00, 0x1b])
        .types("ojjj");
    let screen = story.screen();
    let hidden = |c: &char| (c.is_control() && *c != '\n') || ('\u{200b}'..='\u{202e}').contains(c);
    assert_eq!(screen.chars().find(hidden), None, "{screen}");
    assert!(screen.contains("\\x1b"), "{screen}");
}

#[test]
fn what_was_left_out_is_counted_and_named() {
    let words = "it has 20 MB, and --max-packet is 16 MB".to_owned();
    let refused = Notice::MessageRefused { topic: "big\u{1b}".into(), n_bytes: 20_000_000, words };
    story().online().hears(BrokerEvent::Notice(refused)).sees("--max-packet is 16 MB").sees("1 dropped");
}

#[test]
fn an_overfull_store_counts_what_it_does_not_take() {
    let settings = Settings { budget_bytes: 200_000, ..Settings::default() };
    let mut story = story_of(&["demo"], settings).online();
    for n in 0..5_000 {
        story = story.receives(&format!("flood/{n}"), "x");
    }
    let counts = story.model.devices[0].store.counts();
    assert_eq!(counts.n_messages, 5_000);
    assert!(counts.n_messages_refused > 0);
    story.sees("5,000 msgs").sees("dropped");
}

#[test]
fn history_holds_still_while_it_is_scrolled_back() {
    let mut story = story().online();
    for n in 0..100 {
        story = story.after(10).receives("a", format!("v{n:03}"));
    }
    let mut story = story.types("j2<tab><ctrl-d>").sees("v08");
    let past = |story: &mut story::Story| -> Vec<String> {
        let screen = story.screen();
        screen.split_whitespace().filter(|word| word.starts_with("v0")).skip(1).map(str::to_owned).collect()
    };
    let before = past(&mut story);
    assert!(before.len() > 5, "{before:?}");
    let mut story = story.receives("a", "new");
    assert_eq!(past(&mut story)[..5], before[1..6], "the row of the tree shows no old value any more");
}

#[test]
fn a_number_has_a_sparkline_with_its_bounds() {
    let mut story = story().online();
    for n in 0..20 {
        story = story.after(100).receives("t", format!("{}.5 °C", n % 7));
    }
    story.types("j").sees("min 0.5").sees("max 6.5").sees("▁");
}

#[test]
fn whether_3_1_1_kept_a_message_is_unknown_rather_than_no() {
    story().online().message("a", b"1", Retained::Unknown).types("j4").sees("unknown");
}

#[test]
fn copying_tells_what_was_done_and_no_more() {
    story()
        .online()
        .receives("a/b", "42")
        .types("ojjy")
        .sees("sent to the terminal's clipboard")
        .does(&Effect::Copy("a/b".into()))
        .types("Y")
        .does(&Effect::Copy("42".into()));
}

#[test]
fn help_lists_every_key_that_works() {
    let mut story = story().online().sized(120, 40).types("?");
    let mut seen = String::new();
    for _ in 0..20 {
        seen.push_str(&story.screen());
        story = story.types("<pgdn>");
    }
    for command in mqttscope::command::Command::ALL {
        assert!(seen.contains(command.help()), "{} is missing:\n{seen}", command.name());
    }
    story.types("<esc>").does_not_see("Show or hide the keys");
}
