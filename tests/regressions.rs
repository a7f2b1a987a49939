//! Stories of what went wrong once. Owns what would have caught it.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
#[path = "common/story.rs"]
mod story;

use mqttscope::decode::{Ink, Line};
use mqttscope::model::{Effect, Settings};
use mqttscope::mqtt::packet::ConnAck;
use mqttscope::mqtt::port::{Notice, Online};
use mqttscope::mqtt::{
    Batch, BrokerEvent, BrokerRequest, MessageRef, PacketId, Qos, Queued, Reason, Retained, Stage,
};
use mqttscope::time::Timestamp;
use std::time::Duration;
use story::{Story, story, story_of};

fn online_again(story: Story, session_present: bool) -> Story {
    let connack = ConnAck { session_present, ..ConnAck::default() };
    let online =
        Online { connack, client_id: "x".into(), keep_alive_s: 60, at: story.now, ..Online::default() };
    story.hears(BrokerEvent::Online(Box::new(online)))
}

fn small(budget_bytes: usize) -> Settings {
    Settings { budget_bytes, ..Settings::default() }
}

#[test]
fn a_session_that_was_kept_keeps_its_subscriptions_heard() {
    let story = story().online().receives("a", "1").lost("gone", None);
    online_again(story, true)
        .types("jpx<enter>")
        .stage(1, Stage::Sent { packet_id: None, resent: false })
        .does_not_see("no subscription hears")
        .receives("a", "x")
        .sees("sent · echo");
}

#[test]
fn an_echo_is_awaited_while_the_broker_has_not_answered_the_filter() {
    let story = story().online().receives("a", "1").lost("gone", None);
    online_again(story, false)
        .types("jpx<enter>")
        .stage(1, Stage::Sent { packet_id: None, resent: false })
        .does_not_see("no subscription hears")
        .receives("a", "x")
        .sees("sent · echo");
}

#[test]
fn what_waited_long_for_the_connection_asks_before_it_goes() {
    let story = story().online().receives("valve", "0").lost("gone", None);
    let mut story = story.types("jpopen<enter>").sees("queued");
    assert!(story.published().is_empty());
    let mut story =
        online_again(story.types("<esc>").after(11_000), false).sees("Send now what was meant then?");
    assert!(story.published().is_empty(), "nothing goes unasked");
    let mut story = story.types("n").sees("discarded as you chose");
    assert!(story.published().is_empty());
}

#[test]
fn what_waited_long_goes_after_a_yes_and_what_is_young_goes_at_once() {
    let story = story().online().receives("valve", "0").lost("gone", None).types("jpopen<enter>");
    let story = story.after(11_000).types("shut<enter>");
    let mut story = online_again(story, false);
    let young = story.published();
    assert_eq!(young.len(), 1);
    assert_eq!(&*young[0].payload.0, b"openshut");
    let mut story = story.types("y");
    let old = story.published();
    assert_eq!(&*old[0].payload.0, b"open");
}

#[test]
fn undoing_never_makes_a_retained_message_that_was_none() {
    let mut story = story().online().receives("a", "live").types("jXy");
    assert_eq!(story.published().len(), 1);
    let mut story = story.types("u").sees("nothing to undo");
    assert!(story.published().is_empty());
}

#[test]
fn a_cleared_topic_does_not_claim_to_be_retained() {
    let story = story().online().receives_retained("a", "on").types("jXy");
    let sent = Stage::Sent { packet_id: PacketId::new(1), resent: false };
    let mut story = story
        .stage(1, sent)
        .stage(1, Stage::Acknowledged(Reason::SUCCESS))
        .sees("the broker keeps nothing on a any more")
        .receives_retained("a", "")
        .sees("(cleared)");
    let screen = story.screen();
    let row = screen.lines().find(|line| line.contains("(cleared)")).unwrap();
    let row = row.split('│').find(|pane| pane.contains("(cleared)")).unwrap();
    assert!(!row.trim_end().ends_with('R'), "{row}");
}

#[test]
fn keys_of_the_panes_do_nothing_behind_a_text_field_a_prompt_or_a_question() {
    let mut story = story().online().receives_retained("a", "on").types("jXyu");
    story.published();
    let mut story = story.types("pabc<ctrl-r>");
    assert!(story.published().is_empty(), "ctrl-r in a text field");
    let mut story = story.types("<esc>/a<tab><ctrl-r><f1>").sees("match 1 of 1");
    assert!(story.published().is_empty(), "ctrl-r in a prompt");
    assert_eq!(story.model.focus, mqttscope::model::layout::Pane::Topics);
    let mut story = story.types("<esc>X<ctrl-r><tab>u").sees("Delete the retained message");
    assert!(story.published().is_empty(), "keys behind a question");
}

#[test]
fn enter_on_a_choice_sends_what_was_chosen_and_steps_nothing() {
    let mut story = story().online().receives("a", "1").types("jp1<tab>2<tab><space><enter>");
    let sent = story.published();
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].qos.bits(), sent[0].retain), (2, true));
}

#[test]
fn a_draft_for_another_topic_is_one_key_away() {
    story()
        .online()
        .receives("a", "1")
        .receives("b", "1")
        .types("jphalf<esc>jp")
        .does_not_see("half")
        .types("<up>")
        .sees("half");
}

#[test]
fn publishing_on_a_branch_begins_with_its_topic_s_end() {
    let mut story = story().online().receives("lamp/state", "on").types("jp/set<tab>off<enter>");
    assert_eq!(story.published()[0].topic.as_str(), "lamp/set");
}

#[test]
fn a_wider_screen_shows_more_of_a_value() {
    let mut story = story().sized(60, 15).online().receives("a", "x".repeat(100));
    story.screen();
    let mut story = story.sized(200, 40);
    assert!(story.screen().contains(&"x".repeat(75)));
}

#[test]
fn what_is_read_is_not_evicted() {
    let mut story = story_of(&["demo"], small(200_000)).sized(60, 15).online();
    story = story.receives("a", "y".repeat(500)).types("j<tab>").sees("yyyy");
    for n in 0..3_000 {
        story = story.receives(&format!("flood/{n}"), "z".repeat(300));
        if n % 50 == 0 {
            story.screen();
        }
    }
    story.sees("yyyy");
}

#[test]
fn an_age_in_the_inspector_alone_steps_as_well() {
    let mut story = story().sized(60, 15).online().receives("a", "1").types("j<tab>").after(5_000);
    story.screen();
    assert!(story.model.deadline().unwrap() <= story.now + Duration::from_secs(5));
}

#[test]
fn a_jump_after_going_back_begins_a_new_trail() {
    let story = story().online().receives("a", "1").receives("b", "1").receives("c", "1").receives("d", "1");
    let story = story.types("o<ctrl-g>a<enter><ctrl-g>b<enter><ctrl-g>c<enter>[k<ctrl-g>d<enter>]");
    let cursor = story.model.cursor;
    assert_eq!(story.model.device(cursor.device).unwrap().store.level(cursor.node), "d");
}

#[test]
fn a_re_send_may_yet_be_echoed() {
    let sent = |resent| Stage::Sent { packet_id: PacketId::new(3), resent };
    story()
        .online()
        .receives("a", "1")
        .types("jp7<enter>")
        .stage(1, sent(false))
        .after(6_000)
        .sees("no echo after 5 s")
        .stage(1, sent(true))
        .stage(1, Stage::Acknowledged(Reason::SUCCESS))
        .receives("a", "7")
        .does_not_see("no echo");
}

#[test]
fn a_frozen_picture_can_be_walked_and_read() {
    let mut story = story().online();
    for n in 0..30 {
        story = story.after(10).receives("a", format!("old{n:02}")).receives("b", "1");
    }
    story = story.types("j2z");
    for _ in 0..30 {
        story = story.after(10).receives("a", "new");
    }
    story
        .types("jk<tab>jk")
        .sees("FROZEN +30")
        .sees("old29")
        .does_not_see("new")
        .sees("60 msgs")
        .types("z")
        .sees("90 msgs");
}

#[test]
fn a_subscription_made_by_key_can_be_undone() {
    let story = story().online().types("Sa/#<enter>");
    let mut story = story.types("u");
    let asked: Vec<_> = story.effects.drain(..).collect();
    assert!(
        matches!(&asked[1], Effect::Request(_, BrokerRequest::Unsubscribe(filter)) if filter.as_str() == "a/#")
    );
}

#[test]
fn long_foreign_texts_cost_a_line_not_a_second() {
    let mut line = Line::default();
    // 60 kB, piece by piece as sanitizing hands them on: quadratic measuring took forty seconds.
    for _ in 0..30_000 {
        line.push(Ink::Text, "ж");
    }
    assert_eq!(line.cols, 30_000);
    let topic = "ж".repeat(30_000);
    let refused = Notice::MessageRefused { topic, n_bytes: 9, words: "bad".into() };
    story().online().hears(BrokerEvent::Notice(refused)).sees("was left out");
}

#[test]
fn messages_of_one_read_keep_their_own_values_in_the_history() {
    let mut story = story().online();
    for payload in ["v11", "v22", "v33"] {
        story = story.receives("a", payload);
    }
    story.types("j2").sees("v33").receives("b", "1").sees("v33").sees("v22").sees("v11");
}

#[test]
fn spaces_at_a_level_s_end_are_seen() {
    story()
        .online()
        .receives("h/ lead", "1")
        .receives("h/trail ", "1")
        .types("o")
        .sees("␠lead")
        .sees("trail␠");
}

#[test]
fn keys_of_the_tree_work_in_the_inspector_too() {
    story()
        .online()
        .receives("a", "1")
        .receives("b", "2")
        .types("j<tab>/b<enter>")
        .sees("2 number")
        .types("Sx/#<enter>")
        .asks(&[BrokerRequest::Subscribe(mqttscope::mqtt::Subscription::new(
            mqttscope::mqtt::Filter::parse("x/#").unwrap(),
            Qos::AtMostOnce,
        ))]);
}

/// A walk of many steps: whatever comes and goes, the cursor stays among the rows that scroll, the rows fit,
/// and preparing a frame twice changes nothing.
#[test]
fn the_cursor_never_leaves_the_screen() {
    let mut seed = 12_345_u64;
    let mut random = |n: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % n
    };
    let keys = [
        "j", "j", "k", "k", "g", "G", "o", "O", "l", "h", "<enter>", "<ctrl-d>", "<ctrl-u>", "[", "]", "n",
        "<tab>", "<esc>",
    ];
    for run in 0..25 {
        let mut story = story_of(&["one", "two"], small(8 << 20)).online();
        for step in 0..100 {
            story = match random(20) {
                0..=5 => {
                    let topic: Vec<String> = (0..=random(13)).map(|_| random(3).to_string()).collect();
                    story.receives(&topic.join("/"), "1")
                }
                6 => story
                    .sized(60 + u16::try_from(random(100)).unwrap(), 15 + u16::try_from(random(30)).unwrap()),
                7 => story.after(random(400)),
                _ => story.types(keys[usize::try_from(random(keys.len() as u64)).unwrap()]),
            };
            story.screen();
            let (anchor, cursor) = (story.model.anchor, story.model.cursor);
            let rows: Vec<_> = story.model.picture.rows.iter().map(|row| row.id).collect();
            let n_rows = usize::from(story.model.layout().topics.inner().rows);
            if n_rows > 0 {
                assert!(rows.len() <= n_rows);
                assert!(rows[story.model.picture.n_sticky..].contains(&cursor), "run {run}, step {step}");
            }
            story.screen();
            assert_eq!((anchor, cursor), (story.model.anchor, story.model.cursor), "run {run}, step {step}");
        }
    }
}

#[test]
fn a_message_that_was_queued_while_we_were_away_says_so() {
    for (queued, words) in
        [(Queued::Likely, "likely, while we were away"), (Queued::Certainly, "while we were away: DUP tells")]
    {
        let mut batch = Batch::default();
        batch.push(&MessageRef {
            topic: "a",
            payload: b"1",
            properties: &[],
            qos: Qos::AtLeastOnce,
            retained: Retained::No,
            dup: false,
            queued,
            packet_id: PacketId::new(1),
            received: Timestamp::from_millis(1_000),
        });
        let story = story().online().hears(BrokerEvent::Messages(batch)).types("j4");
        story.sees(words).receives("a", "2").does_not_see(words);
    }
}

#[test]
fn a_lone_value_is_shown_as_soon_as_nothing_more_comes() {
    let mut story = story().online().receives("a/b/c", "23.5");
    assert!(!story.screen().contains("23.5"), "more may come at once");
    story = story.after(10);
    assert!(story.model.is_unfolding(story.now), "whoever connects waits for this frame");
    story = story.sees("c 23.5");
    assert!(!story.model.is_unfolding(story.now));
}

#[test]
fn kept_nodes_of_a_silent_broker_are_unfolded() {
    let mut story = story();
    let topic = mqttscope::mqtt::Topic::parse("a/b").unwrap();
    let node = mqttscope::device::Node::new(topic, mqttscope::device::Kind::Float);
    mqttscope::model::nodes::load(story.model.devices.first_mut().unwrap(), vec![node]);
    story.sees("◆ b not heard yet");
}
