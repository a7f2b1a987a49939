//! Publishing again and again: started by keys, watched, stopped, refused. Owns the stories; no socket, no clock.
use crate::story::{Story, story, story_of};
use mqttscope::device::{Domain, Kind, Node};
use mqttscope::model::{Effect, Event, Settings};
use mqttscope::mqtt::{BrokerRequest, PacketId, Publication, Reason, Stage, Ticket, Topic};
use std::time::Duration;

/// Ticks as they fall due, for so many milliseconds; what was published since the last look. All of it leaves at once.
fn runs_for(story: &mut Story, ms: u64) -> Vec<(Ticket, Publication)> {
    let end = story.now + Duration::from_millis(ms);
    let mut published = leaves(story);
    while let Some(at) = story.model.tick().filter(|at| *at <= end) {
        story.now = story.now.max(at);
        mqttscope::model::update(&mut story.model, story.now, Event::Tick, &mut story.effects);
        published.extend(leaves(story));
    }
    story.now = story.now.max(end);
    published
}

/// What was asked for leaves.
fn leaves(story: &mut Story) -> Vec<(Ticket, Publication)> {
    let mut published = Vec::new();
    for effect in std::mem::take(&mut story.effects) {
        if let Effect::Request(_, BrokerRequest::Publish(ticket, publication)) = effect {
            sent(story, ticket);
            published.push((ticket, publication));
        }
    }
    published
}

/// It left, at QoS 0.
fn sent(story: &mut Story, ticket: Ticket) {
    tell(story, ticket, Stage::Sent { packet_id: None, resent: false });
}

fn tell(story: &mut Story, ticket: Ticket, stage: Stage) {
    let event = mqttscope::mqtt::BrokerEvent::Publication { ticket, stage, at: story.now };
    let event = Event::Broker(mqttscope::model::DeviceId(0), event);
    mqttscope::model::update(&mut story.model, story.now, event, &mut story.effects);
}

fn payloads(published: &[(Ticket, Publication)]) -> Vec<String> {
    published
        .iter()
        .map(|(_, publication)| String::from_utf8(publication.payload.0.to_vec()).unwrap())
        .collect()
}

/// A node is kept at a topic that was heard, and the cursor is on it.
fn keeping(story: Story, node: Node) -> Story {
    let topic = node.topic.clone();
    let mut story = story.receives(topic.as_str(), "1");
    let device = story.model.devices.first_mut().unwrap();
    let place = device.store.find(topic.as_str());
    device.kept.put(&mut device.store, node).unwrap();
    assert!(place.is_some());
    story.types("j")
}

fn node(topic: &str, kind: Kind) -> Node {
    Node::new(Topic::parse(topic).unwrap(), kind)
}

#[test]
fn the_form_s_payload_is_repeated_as_often_as_asked() {
    let mut story = story()
        .online()
        .receives("a", "1")
        .types("jpping<ctrl-g>")
        .sees("Repeat on a")
        .sees("shape constant");
    story = story.types("<tab><ctrl-u>10<tab>3").sees("constant, 10/s, 3 times").types("<enter>");
    story = story.sees("the generator on a runs as number 1").sees("▶ 1 running");
    assert_eq!(payloads(&runs_for(&mut story, 0)), ["ping"], "the first goes at once");
    assert_eq!(payloads(&runs_for(&mut story, 1_000)), ["ping", "ping"]);
    story.sees("is done: 3 sent").does_not_see("running");
}

#[test]
fn a_wave_goes_into_the_slot_of_the_form_s_text() {
    let mut story = story().online().receives("a", "1").types("jp{\"v\": {value}}<ctrl-g><right>");
    story = story.sees("shape ramp").sees("ramp 0..100 over 10 s in the payload's {value}");
    // From min over max and period and step to the rate.
    story = story.types("<tab><tab><tab><ctrl-u>4s<tab><tab><ctrl-u>1<tab>4<enter>");
    let seen = payloads(&runs_for(&mut story, 10_000));
    assert_eq!(seen, ["{\"v\": 0}", "{\"v\": 25}", "{\"v\": 50}", "{\"v\": 75}"]);
}

#[test]
fn placeholders_are_replaced_anew_in_each_publication_of_a_repeat() {
    let mut story = story().online().receives("a", "1").types("jp{n} {now:ms} {random:0..9} {uuid}<ctrl-g>");
    story = story.sees("constant, placeholders anew each time").types("<tab><ctrl-u>10<tab>3<enter>");
    let seen = payloads(&runs_for(&mut story, 1_000));
    let words: Vec<Vec<&str>> = seen.iter().map(|payload| payload.split(' ').collect()).collect();
    let column = |at: usize| -> Vec<&str> { words.iter().map(|words| words[at]).collect() };
    assert_eq!(column(0), ["1", "2", "3"]);
    let times: Vec<i64> = column(1).iter().map(|time| time.parse().unwrap()).collect();
    assert_eq!([times[1] - times[0], times[2] - times[1]], [100, 100]);
    assert!(column(2).iter().all(|random| random.len() == 1), "{seen:?}");
    assert!(column(3)[0] != column(3)[1] && column(3)[1] != column(3)[2], "{seen:?}");
    // The form counts on where the repeat ended.
    story = story.types("<enter>");
    assert!(payloads(&leaves(&mut story))[0].starts_with("4 "));
}

#[test]
fn placeholders_stand_beside_the_slot_of_a_wave_and_in_the_topic() {
    let keys = "jp<shift-tab><ctrl-u>t/{n}<tab>{n}:{value}<ctrl-g><right>";
    let mut story = story().online().receives("a", "1").types(keys).sees("Repeat on t/{n}");
    story = story.types("<tab><tab><tab><ctrl-u>4s<tab><tab><ctrl-u>1<tab>3<enter>");
    let published = runs_for(&mut story, 10_000);
    assert_eq!(payloads(&published), ["1:0", "2:25", "3:50"]);
    let topics: Vec<&str> = published.iter().map(|(_, publication)| publication.topic.as_str()).collect();
    assert_eq!(topics, ["t/1", "t/2", "t/3"]);
}

#[test]
fn a_repeat_goes_as_it_is_written_where_the_form_says_so() {
    let mut story = story().online().receives("a", "1").types("jp{n}<alt-p><ctrl-g><tab><ctrl-u>10<tab>2");
    story = story.does_not_see("anew each time").types("<enter>");
    assert_eq!(payloads(&runs_for(&mut story, 1_000)), ["{n}", "{n}"]);
}

#[test]
fn a_kept_node_is_moved_within_its_domain_and_in_its_codec() {
    let mut setpoint = node("setpoint", Kind::Int);
    setpoint.domain = Domain { min: Some(10.0), max: Some(30.0), step: Some(5.0), values: Vec::new() };
    let mut story = keeping(story().online(), setpoint).types("E<right><right><right>");
    story = story.sees("Repeat on setpoint").sees("triangle 10..30 over 10 s, 1/s, until it is stopped");
    story = story.types("<enter>");
    let seen = payloads(&runs_for(&mut story, 8_000));
    assert_eq!(seen, ["10", "15", "20", "20", "25", "30", "25", "20", "20"]);
    story.types("P").sees("setpoint · triangle 10..30 over 10 s");
}

#[test]
fn on_and_off_are_cycled_and_equal_values_left_out_where_the_node_says_so() {
    let mut lamp = node("lamp", Kind::Bool);
    lamp.repetition_filter = true;
    let mut story =
        keeping(story().online(), lamp).types("E<right><right><right><right>").sees("shape square");
    story = story.types("<tab><ctrl-u>2s<tab><ctrl-u>4<tab>3<enter>");
    assert_eq!(payloads(&runs_for(&mut story, 10_000)), ["false", "true", "false"]);
    story.types("P").sees("left out as equal").sees("3 of 3");
}

#[test]
fn what_can_not_run_is_said_before_it_starts() {
    let mut read_only = node("ro", Kind::Float);
    read_only.access = mqttscope::device::Access::Get;
    let mut slow = node("slow", Kind::Float);
    slow.rate_limit_ms = Some(2_000);
    for (node, keys, words) in [
        (node("name", Kind::String), "E<right>", "a ramp makes numbers, and name is a node of type string"),
        (node("lamp", Kind::Bool), "E<right>", "of on and off only square, random and constant"),
        (read_only, "E", "access is get"),
        (slow, "E", "the node takes a value every 2000 ms at most"),
        (node("x", Kind::Float), "E<tab><tab><ctrl-u>1001", "\"1001\" is no rate: a number from 0.1 to 1000"),
        (node("x", Kind::Float), "E<tab><tab><ctrl-u>fast", "\"fast\" is no rate"),
        (node("x", Kind::Float), "E<tab><tab><tab>soon", "is no length of time"),
        (node("x", Kind::Float), "E<tab><tab><tab>0", "\"0\" is no count"),
        (node("x", Kind::Float), "E<right><tab><ctrl-u>200", "min 200 must lie below max 100"),
        (node("x", Kind::Float), "E<right><tab><ctrl-u>low", "min \"low\" is no number"),
        (node("x", Kind::Float), "E<right><tab><tab><tab><ctrl-u>0s", "no time at all"),
        (node("x", Kind::Int), "E<tab><ctrl-u>many", "many"),
    ] {
        let mut story =
            keeping(story().online(), node).types(keys).sees(words).types("<enter>").sees("Repeat on");
        assert_eq!(story.model.runs.n_running(), 0, "{words}");
        assert!(story.published().is_empty());
    }
}

#[test]
fn nothing_runs_where_nothing_may_or_can_be_published() {
    let settings = Settings { read_only: true, budget_bytes: 64 << 20, ..Settings::default() };
    story_of(&["demo"], settings)
        .online()
        .receives("a", "1")
        .types("jE")
        .sees("nothing is published")
        .does_not_see("Repeat on");
    story().online().receives("a", "1").types("jE").sees("not kept, so nothing is known of its values");
    story()
        .receives("a", "1")
        .types("jpx<ctrl-g><enter>")
        .sees("demo is not connected, and nothing runs without");
    story().online().types("p<tab><ctrl-g>").does_not_see("Repeat on");
}

/// Two generators run, ten a second each.
fn two() -> Story {
    let story =
        story().online().receives("a", "1").types("jp1<ctrl-g><tab><ctrl-u>10<enter><ctrl-g><enter><esc>");
    let mut story = story.sees("▶ 2 running");
    assert_eq!(leaves(&mut story).len(), 2);
    story
}

#[test]
fn one_is_stopped_under_the_hand_and_taken_off_the_list() {
    let mut story = two().types("P<shift-tab>").sees("Running ─ 2").sees("▶ 2  a · constant").types("jd");
    story = story.sees("the generator on a still runs; s stops it").sees("▶ 2 running").types("s");
    story = story.sees("stopped").sees("you stopped it").sees("▶ 1 running").sees("Running ─ 1 · 1 ended");
    assert_eq!(runs_for(&mut story, 1_000).iter().filter(|(ticket, _)| ticket.run() == Some(1)).count(), 0);
    story = story.types("s").sees("has ended already; d takes it").sees("1 ended");
    story.types("d").sees("took the generator on a, number 1, off the list").sees("Running ─ 1 ");
}

#[test]
fn one_key_stops_all_on_every_screen() {
    for keys in ["!", "P!", "m!", "D!", "?<f8>", "p<f8>", "S<f8>", "q<f8>", "pE<ctrl-g><f8>"] {
        let mut story = two().types(keys);
        assert_eq!(story.model.runs.n_running(), 0, "{keys}");
        assert_eq!(runs_for(&mut story, 1_000), []);
    }
    two().types("p!").sees("▶ 2 running").sees("payload 1!");
    two().types("!").sees("stopped 2 runs");
    story().online().types("!").sees("nothing runs");
}

#[test]
fn leaving_asks_while_something_runs() {
    two().types("q").sees("2 runs still publish").sees("Quit all the same?").types("n").sees("▶ 2 running");
    let mut story = two().types("c").sees("2 runs still publish. Disconnect all the same?").types("y");
    assert_eq!(runs_for(&mut story, 1_000), []);
    story.types("P").sees("its device was disconnected");
    two().types("Dx").sees("2 runs still publish. Close it all the same?").types("y").does_not_see("running");
}

#[test]
fn a_lost_connection_stops_them_with_words() {
    let mut story = two().lost("the broker went away", None);
    assert_eq!(runs_for(&mut story, 1_000), []);
    story.types("P").sees("its connection ended").does_not_see("▶");
}

#[test]
fn a_loop_stops_the_repeats_on_its_topic_and_no_others() {
    let mut story =
        two().types("p<tab><tab><tab><tab><ctrl-u>b<tab>2<ctrl-g><enter><esc>").sees("▶ 3 running");
    for _ in 0..12 {
        let ran = runs_for(&mut story, 100);
        for (_, publication) in &ran {
            // Our own echo, and then another client's answer.
            let payload = publication.payload.0.to_vec();
            let topic = publication.topic.as_str().to_owned();
            story = story.receives(&topic, payload);
            if topic == "a" {
                story = story.receives("a", "9");
            }
        }
    }
    story = story.sees("a loop on a: another client answers").sees("▶ 1 running");
    story.types("P").sees("another client answers each of its publications, which is a loop");
}

#[test]
fn the_list_tells_rate_lateness_and_acknowledgements() {
    let mut story = story().online().receives("a", "1").types("jpx<ctrl-g><tab><ctrl-u>2<enter><esc>P");
    story.effects.clear();
    let mut tickets = vec![Ticket::of_run(1, 0)];
    for _ in 0..6 {
        for ticket in std::mem::take(&mut tickets) {
            story.now = story.now + Duration::from_millis(1);
            tell(&mut story, ticket, Stage::Sent { packet_id: PacketId::new(1), resent: false });
            story.now = story.now + Duration::from_millis(4);
            tell(&mut story, ticket, Stage::Acknowledged(Reason::SUCCESS));
        }
        let at = story.model.tick().unwrap();
        story.now = at;
        mqttscope::model::update(&mut story.model, at, Event::Tick, &mut story.effects);
        tickets.extend(story.effects.drain(..).filter_map(|effect| {
            if let Effect::Request(_, BrokerRequest::Publish(ticket, _)) = effect {
                Some(ticket)
            } else {
                None
            }
        }));
    }
    story
        .sees("2.00/s of 2/s · 6 sent, 6 acknowledged · 1 under way")
        .sees("late p50 1.0 p95 1.0 max 1.0 ms · acknowledged in p50 4.0 p95 4.0 max 4.0 ms");
}

#[test]
fn the_settings_take_a_value_of_the_node_s_type() {
    let mut dimmer = node("dimmer", Kind::Float);
    dimmer.domain = Domain { min: Some(0.0), max: Some(1.0), ..Domain::default() };
    let mut story = keeping(story().online(), dimmer).types("E<tab><ctrl-u>2").sees("its clip mode is none");
    story = story.types("<ctrl-u>0.5<tab><ctrl-u>5<tab>2<enter>");
    assert_eq!(payloads(&runs_for(&mut story, 1_000)), ["0.5", "0.5"]);
}
