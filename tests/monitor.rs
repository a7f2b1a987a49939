//! Stories of the Monitor: keys and events in, words on the screen out. Owns no broker; those are `broker`'s.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
#[path = "common/story.rs"]
mod story;

use mqttscope::model::devices::{Answer, Errand};
use mqttscope::model::monitor::PingEvery;
use mqttscope::model::{Effect, Event, Settings};
use mqttscope::mqtt::packet::ConnAck;
use mqttscope::mqtt::port::{CameBy, InFlight, InFlightStage, LinkStatus, Refusal, Step};
use mqttscope::mqtt::profile::RetainHandling;
use mqttscope::mqtt::{
    Batch, BrokerEvent, BrokerRequest, Filter, MessageRef, PacketId, Qos, Queued, Reason, Retained, Stage,
    Subscription, Tally, Topic,
};
use mqttscope::time::Timestamp;
use std::time::Duration;
use story::Story;

fn subscription(text: &str, qos: Qos) -> Subscription {
    Subscription::new(Filter::parse(text).unwrap(), qos)
}

/// Wide enough that no sentence is folded.
fn story() -> Story {
    story::story().sized(200, 60)
}

fn granted(story: Story, text: &str, asked: Qos, granted: Result<Qos, Refusal>) -> Story {
    story.hears(BrokerEvent::Subscribed { subscription: subscription(text, asked), granted })
}

/// The Monitor with a panel that hears the keys, so many tabs behind the first.
fn monitor(tabs: usize) -> Story {
    let mut story = story().online().types("m");
    story.effects.clear();
    story.types(&"<tab>".repeat(tabs))
}

fn message(payload: &[u8], received: Timestamp) -> MessageRef<'_> {
    MessageRef {
        topic: "",
        payload,
        properties: &[],
        qos: Qos::AtMostOnce,
        retained: Retained::No,
        dup: false,
        queued: Queued::No,
        packet_id: None,
        received,
    }
}

const SUBSCRIPTIONS: usize = 4;
const LOG: usize = 8;

#[test]
fn m_opens_it_and_m_or_esc_goes_back() {
    let story = story().online().types("m").sees("Keep-alive").sees("Subscriptions").types("m");
    let story = story.does_not_see("Keep-alive").sees("Topics").types("m").sees("Keep-alive");
    story.types("<esc>").does_not_see("Keep-alive").sees("Topics");
}

#[test]
fn the_state_machine_names_its_step_its_failure_and_its_remedy() {
    let story = story().types("m");
    let now = story.now;
    let story = story.hears(BrokerEvent::StepBegun(Step::Connect, now)).after(1_200);
    let story = story.sees("CONNECT: sent, CONNACK is awaited for 1.2 s");
    let story = story.sees("resolve✓ → TCP✓ → CONNECT… → online");
    let story = story.lost("nothing listens on 127.0.0.1:1883", Some("start a broker there"));
    let story = story.sees("failed at TCP: nothing listens on 127.0.0.1:1883").sees("start a broker there");
    let story = story.sees("in 4 s, after 1 failure").sees("resolve✓ → TCP✗ → CONNECT → online");
    let story = story.online().after(61_000).sees("online for 1 min 1 s");
    story.sees("last failure at TCP, 1 min 1 s ago: nothing listens on 127.0.0.1:1883");
}

#[test]
fn it_pings_every_five_seconds_while_it_is_open_and_only_then() {
    let mut story = story().online().types("m").asks(&[BrokerRequest::Ping]);
    story = story.after(4_900).asks(&[]).after(100).asks(&[BrokerRequest::Ping]);
    story = story.after(5_000).asks(&[BrokerRequest::Ping]);
    story = story.types(".").asks(&[BrokerRequest::Ping]);
    story.types("m").after(60_000).asks(&[]);
}

#[test]
fn how_often_it_pings_is_chosen_by_key_and_by_option() {
    let mut story = monitor(0).types("i").sees("every 15 s while this is open");
    story.effects.clear();
    story = story.after(14_900).asks(&[]).after(100).asks(&[BrokerRequest::Ping]);
    story = story.types("ii").sees("pings: none but the keep-alive's while this is open");
    story.effects.clear();
    story = story.after(60_000).asks(&[]);
    story.types("i").asks(&[BrokerRequest::Ping]).sees("every 1 s while this is open");
    let ping_every = PingEvery::from_secs(0);
    let settings = Settings { budget_bytes: 1 << 20, ping_every, ..Settings::default() };
    story::story_of(&["demo"], settings).online().types("m").asks(&[]).after(60_000).asks(&[]);
}

#[test]
fn it_pings_nobody_while_offline() {
    story().types("m").lost("gone", None).after(10_000).asks(&[]);
}

#[test]
fn round_trips_come_to_percentiles_of_the_last_hour() {
    let mut story = monitor(0);
    for ms in 1..=100 {
        let at = story.now;
        story = story.hears(BrokerEvent::Pong { round_trip: Duration::from_millis(ms), at });
    }
    let story = story.sees("p50 50 ms · p95 95 ms · max 100 ms").sees("100 pings");
    story.after(3_700_000).does_not_see("100 pings");
}

#[test]
fn a_pingresp_that_is_late_is_told_as_overdue() {
    let story = monitor(0);
    let link = LinkStatus { at: story.now, ping_sent: Some(story.now), ..LinkStatus::default() };
    let story = story.hears(BrokerEvent::Link(link)).after(1_900).sees("awaited for 1.9 s");
    story.after(200).sees("OVERDUE for 2.1 s; given up at 90 s");
}

#[test]
fn the_bar_of_the_header_turns_amber_with_an_overdue_answer() {
    let story = story().online();
    let (at, next_ping) = (story.now, Some(story.now + Duration::from_secs(60)));
    let link = LinkStatus { at, next_ping, ping_sent: Some(at), ..LinkStatus::default() };
    let mut story = story.hears(BrokerEvent::Link(link)).after(1_900);
    let amber = story.theme[mqttscope::theme::Role::StatusConnecting].fg;
    let colour = |story: &mut Story| {
        let buffer = story.buffer();
        let bar = buffer.content.iter().find(|cell| cell.symbol() == "▰");
        bar.map(|cell| cell.fg)
    };
    assert_ne!(colour(&mut story), amber);
    assert_eq!(colour(&mut story.after(100)), amber);
}

#[test]
fn a_keep_alive_beyond_the_advice_says_so() {
    let mut story = story();
    story.model.devices[0].profile.keep_alive_s = 20;
    story.online().types("m").sees("60 s (the broker's; ours is 20 s)");
}

#[test]
fn a_downgrade_and_a_refusal_are_told_in_words() {
    let refusal = Refusal { reason: Reason(0x87), words: Some("ask the plant's admin".into()) };
    let story = granted(monitor(SUBSCRIPTIONS), "plant/#", Qos::ExactlyOnce, Ok(Qos::AtMostOnce));
    let story = granted(story, "secret/#", Qos::AtLeastOnce, Err(refusal));
    let story = story.after(20_000).sees("plant/# 2→0").sees("nothing comes above QoS 0 here");
    let story = story.sees("secret/# 1→✗").sees("not authorized (0x87): ask the plant's admin");
    story.sees("1 subscription below the QoS asked for");
}

#[test]
fn a_shared_subscription_is_shown_as_such_and_options_in_words() {
    let story = granted(monitor(SUBSCRIPTIONS), "$share/crew/a/#", Qos::AtMostOnce, Ok(Qos::AtMostOnce));
    let story = story.sees("shared by group crew");
    let quiet = Subscription { no_local: true, ..subscription("b/#", Qos::AtMostOnce) };
    let story = story.hears(BrokerEvent::Subscribed { subscription: quiet, granted: Ok(Qos::AtMostOnce) });
    story.sees("no local: our own messages are left out");
}

#[test]
fn messages_count_for_each_subscription_that_matches_while_it_is_open() {
    let story = granted(story().online(), "plant/#", Qos::AtMostOnce, Ok(Qos::AtMostOnce));
    let story = story.receives("plant/before", "not counted").types("m");
    let story = story.receives("plant/a", "1").receives("plant/b", "1").receives("other", "1");
    story.sees("# 0→0 3").sees("plant/# 0→0 2").sees("counted by matching since this opened");
}

/// Figures that a broker's ids tell.
fn told(story: &Story, came: &[(u32, &str, [u64; 3])], n_without_id: u64) -> LinkStatus {
    let came_by = came.iter().map(|(id, filter, by_qos)| CameBy {
        id: *id,
        filter: Filter::parse(filter).unwrap(),
        tally: Tally { by_qos: *by_qos, ..Tally::default() },
        n_bytes: 1_200,
    });
    LinkStatus { at: story.now, came_by: came_by.collect(), n_without_id, ..LinkStatus::default() }
}

#[test]
fn what_a_broker_tells_by_ids_is_counted_also_while_the_monitor_is_closed() {
    let story = granted(story().online(), "plant/#", Qos::ExactlyOnce, Ok(Qos::ExactlyOnce));
    let link = told(&story, &[(1, "#", [4, 0, 0]), (2, "plant/#", [2, 0, 1])], 0);
    let story = story.hears(BrokerEvent::Link(link)).types("m");
    let story = story.sees("2 · counted by the broker's ids").does_not_see("by matching");
    let story = story.sees("# 0→0 4").sees("plant/# 2→2 3");
    // Why a subscription at QoS 2 delivers QoS 0.
    let story =
        story.sees("2 of 3 came below QoS 2, for they were published so: the lower of both is delivered");
    let story = story.sees("# covers it too: messages may come twice");
    let link = told(&story, &[(1, "#", [4, 0, 0])], 3);
    let story = story.hears(BrokerEvent::Link(link)).receives("plant/a", "1");
    story.sees("ids; ~ by matching · 3 messages came without").sees("plant/# 2→2 ~1");
}

#[test]
fn a_message_says_which_subscription_it_came_by_and_why_at_its_qos() {
    let story = granted(story().online(), "plant/#", Qos::ExactlyOnce, Ok(Qos::ExactlyOnce));
    let story = granted(story, "low/#", Qos::ExactlyOnce, Ok(Qos::AtMostOnce));
    let link = told(&story, &[(7, "#", [1, 0, 0]), (9, "plant/#", [1, 0, 0])], 0);
    let story = story.hears(BrokerEvent::Link(link));
    let mut batch = Batch::default();
    for (topic, properties) in [("plant/a", &[0x0B, 7, 0x0B, 9][..]), ("low/b", &[]), ("old", &[0x0B, 5])] {
        batch.push(&MessageRef { topic, properties, ..message(b"1", story.now) });
    }
    let story = story.hears(BrokerEvent::Messages(batch)).types("4<ctrl-g>plant/a<enter>");
    let story = story.sees("came by # (id 7)").sees("came by plant/# (id 9)");
    let story = story.sees("it was published at QoS 0: the subscription is granted 2");
    let story =
        story.types("<ctrl-g>low/b<enter>").sees("came by #, low/# (these match; the broker tells no id)");
    let story = story.sees("the broker granted QoS 0, though 2 was asked for");
    story.types("<ctrl-g>old<enter>").sees("came by a subscription that is no more (id 5)");
}

#[test]
fn queues_and_what_was_cut_are_told() {
    let story = story().online();
    let link =
        LinkStatus { at: story.now, n_unread: 4_096, n_queued: 7, n_stalls: 3, ..LinkStatus::default() };
    let story =
        story.hears(BrokerEvent::Link(link)).receives("big", "x".repeat(300_000)).receives("big", "x");
    let story = story.types("m").sees("4,096 to be shown · 7 to be sent · 0 held here");
    story.sees("3 times, for our queue was full").sees("1 payload of history cut to 262 kB");
}

#[test]
fn a_subscription_is_dropped_and_the_undo_brings_it_back() {
    let plant = subscription("plant/#", Qos::AtLeastOnce);
    let story = granted(monitor(SUBSCRIPTIONS), "plant/#", Qos::AtLeastOnce, Ok(Qos::AtLeastOnce));
    let story = story.types("jd").asks(&[BrokerRequest::Unsubscribe(plant.filter.clone())]);
    story.types("u").asks(&[BrokerRequest::Subscribe(plant)]);
}

#[test]
fn a_subscription_pauses_is_remembered_and_resumes() {
    let all = subscription("#", Qos::AtMostOnce);
    let story = monitor(SUBSCRIPTIONS).types("<space>");
    let story = story.asks(&[BrokerRequest::Unsubscribe(all.filter.clone())]).sees("# paused");
    let gone = BrokerEvent::Unsubscribed { filter: all.filter.clone(), reason: Reason::SUCCESS };
    let story = story.hears(gone).sees("# paused").sees("space asks for it again");
    let story = story.types("<space>").asks(&[BrokerRequest::Subscribe(all.clone())]);
    let again = BrokerEvent::Subscribed { subscription: all.clone(), granted: Ok(Qos::AtMostOnce) };
    let story = story.hears(again).sees("# 0→0").does_not_see("# paused");
    story.types("u").asks(&[BrokerRequest::Unsubscribe(all.filter)]).sees("# paused");
}

#[test]
fn a_subscription_is_edited_in_its_own_words() {
    let story = monitor(SUBSCRIPTIONS).types("e").sees("# 0");
    let asked = Subscription { no_local: true, ..subscription("#", Qos::ExactlyOnce) };
    story.types("<backspace>2 no-local<enter>").asks(&[BrokerRequest::Subscribe(asked)]);
}

#[test]
fn from_another_panel_the_hand_is_shown_before_a_key_drops_anything() {
    let story = monitor(0).types("d").asks(&[]).sees("this is the subscription under the hand");
    story.types("d").asks(&[BrokerRequest::Unsubscribe(Filter::parse("#").unwrap())]);
}

fn in_flight(outbound: bool, id: u16, qos: Qos, stage: InFlightStage, story: &Story) -> InFlight {
    InFlight {
        outbound,
        packet_id: PacketId::new(id).unwrap(),
        topic: Topic::parse("plant/oven").ok(),
        qos,
        stage,
        since: story.now,
        n_resent: 1,
    }
}

#[test]
fn what_is_in_flight_shows_its_stage_and_age_both_ways() {
    let story = monitor(0);
    let exchanges = [
        (true, 7, Qos::AtLeastOnce, InFlightStage::Publish, "↑ 7 1 PUBACK owed 3.1 s 1 plant/oven"),
        (true, 8, Qos::ExactlyOnce, InFlightStage::Publish, "↑ 8 2 PUBREC owed 3.1 s 1 plant/oven"),
        (true, 9, Qos::ExactlyOnce, InFlightStage::PubRel, "↑ 9 2 PUBCOMP owed 3.1 s 1 plant/oven"),
        (false, 3, Qos::ExactlyOnce, InFlightStage::PubRec, "↓ 3 2 PUBREL owed 3.1 s 1 plant/oven"),
    ];
    let link = LinkStatus {
        at: story.now,
        in_flight: exchanges
            .iter()
            .map(|(outbound, id, qos, stage, _)| in_flight(*outbound, *id, *qos, *stage, &story))
            .collect(),
        received: Tally { by_qos: [1_000, 20, 3], n_dup: 4, n_retain: 5 },
        n_places_out: 3,
        n_places_in: 1,
        ..LinkStatus::default()
    };
    let mut story = story.hears(BrokerEvent::Link(link)).after(3_100);
    for (.., words) in exchanges {
        story = story.sees(words);
    }
    story.sees("QoS 0 1,000 · 1 20 · 2 3 · dup 4 · R 5").sees("out 3 of 65,535").sees("in 1 of 65,535");
}

#[test]
fn a_receive_maximum_that_is_used_up_is_a_limit_hit() {
    let connack = ConnAck { receive_maximum: Some(2), ..ConnAck::default() };
    let story = story().online_as(connack).types("m");
    let link = LinkStatus { at: story.now, n_places_out: 2, n_queued: 5, ..LinkStatus::default() };
    let story = story.hears(BrokerEvent::Link(link)).sees("the broker's receive maximum is used up");
    story.sees("2; HIT by 5 publications of late");
}

#[test]
fn acknowledgements_come_to_percentiles() {
    let mut story = story().online().types("plamp<tab>1<tab>");
    for ticket in 1..=2 {
        story =
            story.types("<ctrl-x>").stage(ticket, Stage::Sent { packet_id: PacketId::new(1), resent: false });
        story = story.after(10 * ticket).stage(ticket, Stage::Acknowledged(Reason::SUCCESS));
    }
    story.types("<esc>m").sees("p50 10 ms · p95 20 ms · max 20 ms").sees("2 publications of late");
}

#[test]
fn topics_that_stand_out_are_named() {
    let story = story().online().receives("plant/large", "x".repeat(5_000)).after(60_000);
    let story = story.receives("plant/small", "1").types("m");
    story.sees("largest 5 kB plant/large").sees("silent for 1 min 0 s plant/large");
}

#[test]
fn the_log_is_narrowed_and_copied() {
    let story = monitor(LOG).lost("nothing listens there", None).sees("nothing listens there");
    let story = story.sees("online after 2.0 ms").types("/error<enter>");
    let mut story =
        story.sees("nothing listens there").does_not_see("online after 2.0 ms").sees("only error");
    story.effects.clear();
    let story = story.types("y");
    let wanted = "error demo: nothing listens there";
    let is_line = |effect: &Effect| matches!(effect, Effect::Copy(text) if text.contains(wanted));
    assert!(story.effects.iter().any(is_line), "{:?}", story.effects);
    story.types("<esc>").sees("online after 2.0 ms").sees("Keep-alive");
}

#[test]
fn the_log_is_saved_oldest_first_with_nothing_that_a_terminal_would_obey() {
    let mut story = monitor(LOG).lost("the broker said \u{1b}[2J", None).lost("nothing listens there", None);
    story.effects.clear();
    let mut story = story.types("/error<enter>w").sees("save the log as").sees("2 lines").types("<enter>");
    let saved = story.effects.drain(..).find_map(|effect| {
        let Effect::Disk(errand) = effect else { return None };
        Some(*errand)
    });
    let Some(Errand::SaveLog { path: None, name, text }) = saved else { panic!("{saved:?}") };
    assert_eq!(name, "log-1970-01-01-000001.txt");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "1970-01-01 00:00:01.000 error demo: the broker said \\x1b[2J",
            "1970-01-01 00:00:01.000 error demo: nothing listens there",
        ]
    );
    let told = Answer::LogSaved(None, Ok("/home/me/.local/state/mqttscope/log.txt".into()));
    let story = story.happens(Event::Disk(Box::new(told))).sees("the log is in /home/me/.local/state");
    // A name that is taken is asked for again.
    let words = "there is a file plant.log already; name another";
    let taken = Answer::LogSaved(Some("plant.log".into()), Err(words.into()));
    story.happens(Event::Disk(Box::new(taken))).sees("save the log as: plant.log").sees(words);
}

#[test]
fn the_help_explains_what_a_loop_is() {
    let story = monitor(0).types("?<end>").sees("Loops").sees("makes no loop alone");
    story.sees("within 200 ms").sees("No local");
}

#[test]
fn options_of_a_subscription_are_said_while_they_are_typed() {
    let story = monitor(SUBSCRIPTIONS).types("S").sees("no-local no-rap if-new|never");
    let story =
        story.types("a/# 1 no-local never").sees("our own messages are left out; no retained messages");
    let asked = Subscription {
        no_local: true,
        retain_handling: RetainHandling::Never,
        ..subscription("a/#", Qos::AtLeastOnce)
    };
    let mut story = story;
    story.effects.clear();
    story.types("<enter>").asks(&[BrokerRequest::Subscribe(asked)]);
}

#[test]
fn a_pause_outlives_the_connection() {
    let all = subscription("#", Qos::AtMostOnce);
    let gone = BrokerEvent::Unsubscribed { filter: all.filter.clone(), reason: Reason::SUCCESS };
    let story = monitor(SUBSCRIPTIONS).types("<space>").hears(gone).lost("nothing listens there", None);
    let story = story.sees("# paused").hears(BrokerEvent::Online(Box::default()));
    let mut story = story.sees("# paused").sees("through reconnects, until the device is closed");
    story.effects.clear();
    story.types("<space>").asks(&[BrokerRequest::Subscribe(all)]);
}

#[test]
fn the_brokers_own_figures_are_named_and_its_drops_reach_the_header() {
    let dropped = "$SYS/broker/publish/messages/dropped";
    let story = monitor(0).receives("$SYS/broker/version", "mosquitto version 2.0.11");
    let story = story.receives(dropped, "40").sees("mosquitto version 2.0.11").does_not_see("broker dropped");
    let story = story.receives(dropped, "43").sees("broker dropped 3").sees("3 more since we listen");
    story.types("m").sees("broker dropped 3");
}

#[test]
fn a_bouncing_pair_raises_a_banner_that_names_the_topic() {
    let mut story = story().online().types("plamp/set<tab>on<tab>");
    for ticket in 1..=5 {
        story = story.does_not_see("LOOP").types("<ctrl-x>");
        story = story.stage(ticket, Stage::Sent { packet_id: None, resent: false });
        story = story.after(5).receives("lamp/set", "on").after(20).receives("lamp/set", "off").after(100);
    }
    let story = story.sees("LOOP: a loop on lamp/set").types("<esc><esc>").does_not_see("LOOP");
    story.types("m").sees("a loop on lamp/set: another client answers");
}

#[test]
fn our_own_echoes_raise_no_banner() {
    let mut story = story().online().types("plamp/set<tab>on<tab>");
    for ticket in 1..=20 {
        story = story.types("<ctrl-x>").stage(ticket, Stage::Sent { packet_id: None, resent: false });
        story = story.after(5).receives("lamp/set", "on").after(20);
    }
    story.does_not_see("LOOP");
}

#[test]
fn pages_are_walked_by_tab_on_smaller_screens() {
    let story = monitor(0).sized(80, 24).sees("Monitor 1/4 · Connection").sees("Session");
    let story =
        story.does_not_see("Limits").types("<tab><tab><tab>").sees("Monitor 2/4 · QoS").sees("Subscriptions");
    let story = story.sized(60, 15).sees("Monitor 4/9 · QoS").does_not_see("Subscriptions ─");
    story.types("<shift-tab>").sees("Monitor 3/9 · Session").sees("client id");
}

#[test]
fn a_hostile_name_reaches_the_screen_escaped() {
    let story = granted(monitor(SUBSCRIPTIONS), "evil/\u{202e}gpj", Qos::AtMostOnce, Ok(Qos::AtMostOnce));
    let mut story = story.receives("evil/\u{1b}]0;owned\u{7}", "x".repeat(9_000)).after(10_000);
    let screen = story.screen();
    assert!(!screen.contains(['\u{202e}', '\u{1b}', '\u{7}']), "{screen}");
}
