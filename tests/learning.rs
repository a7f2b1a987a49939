//! What people do while they learn: tick, keep, discard, undo, look elsewhere. Owns the stories; no file but one in a
//! folder of its own, no socket.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
#[path = "common/story.rs"]
mod story;

use mqttscope::config::device::Devices;
use mqttscope::demo::plant::{Plant, PlantOptions};
use mqttscope::device::{Kind, Node};
use mqttscope::model::devices::Errand;
use mqttscope::model::{Effect, nodes};
use mqttscope::mqtt::port::Refusal;
use mqttscope::mqtt::{
    Batch, BrokerEvent, BrokerRequest, Filter, MessageRef, Publication, Qos, Queued, Reason, Retained,
    Subscription, Topic,
};
use mqttscope::time::Timestamp;
use std::time::Duration;
use story::{Story, story};

fn filter(text: &str) -> Filter {
    Filter::parse(text).unwrap()
}

/// A device that heard a lamp, a sensor and a door.
fn house() -> Story {
    let mut story = story().online();
    for number in 0..12_u32 {
        story = story.after(1_000).receives("house/sensor/temperature", format!("2{}.5 °C", number % 4));
        story = story.receives("house/lamp", if number % 2 == 0 { "ON" } else { "OFF" });
    }
    story.receives_retained("house/door", "closed").receives_retained("garden/pump", "7")
}

fn kept(story: &Story) -> Vec<Node> {
    story.model.devices.first().unwrap().kept.iter().cloned().collect()
}

fn topics(story: &Story) -> Vec<String> {
    kept(story).iter().map(|node| node.topic.as_str().to_owned()).collect()
}

fn says(publications: &[Publication], retained: bool, at: Timestamp) -> Batch {
    let mut batch = Batch::default();
    for said in publications {
        batch.push(&MessageRef {
            topic: said.topic.as_str(),
            payload: &said.payload.0,
            properties: &[],
            qos: said.qos,
            retained: if retained || said.retain { Retained::Yes } else { Retained::No },
            dup: false,
            queued: Queued::No,
            packet_id: None,
            received: at,
        });
    }
    batch
}

/// The demo's plant, lived through for so many seconds.
fn plant(mut story: Story, seconds: u64) -> Story {
    let mut plant = Plant::new(&PlantOptions { seed: 7, ..PlantOptions::default() }, story.now);
    let mut out = Vec::new();
    while plant.furnish(1_000, &mut out) {}
    let batch = says(&out, true, story.now);
    story = story.hears(BrokerEvent::Messages(batch));
    let end = story.now + Duration::from_secs(seconds);
    while let Some(due) = plant.due().filter(|due| *due <= end) {
        story.now = story.now.max(due);
        out.clear();
        plant.step(story.now, &mut out);
        let batch = says(&out, false, story.now);
        story = story.hears(BrokerEvent::Messages(batch));
    }
    story
}

#[test]
fn the_demo_plant_is_learnt_by_four_keys_and_saved_as_expected() {
    let story = plant(story().online(), 5);
    let mut story = plant(story.types("L").sees("107 new").sees("plant/hall1/oven"), 40)
        .types("A")
        .sees("Keep all 107 candidates as nodes?")
        .types("y")
        .sees("kept 112 nodes; u undoes, w saves")
        .sees("w save")
        .types("w")
        // "mqttscope demo" is the demo itself and would never open the file.
        .sees("save as: demo-device")
        .types("<backspace><backspace><backspace><backspace><backspace><backspace><backspace><enter>")
        .sees("is a command of mqttscope")
        .types("-device")
        .types("<enter>");
    let errands = story.effects.drain(..);
    let mut saving =
        errands.filter_map(|effect| if let Effect::Disk(errand) = effect { Some(*errand) } else { None });
    let Some(Errand::Save(saving)) = saving.next_back() else { panic!("nothing is saved") };
    let home = tempfile::tempdir().unwrap();
    let devices = Devices::at(Some(home.path().to_owned()));
    let nodes = saving.of.unwrap().nodes;
    let plain = mqttscope::config::device::PlainPassword::LeaveOut;
    let path = devices.save_nodes("demo", &saving.profile, &nodes, plain).unwrap();
    insta::assert_snapshot!("learnt-demo", std::fs::read_to_string(path).unwrap());
    assert_eq!(devices.read("demo").unwrap().nodes, nodes, "it is read back as it was learnt");
}

#[test]
fn enter_keeps_the_ticked_rows_else_the_row_under_the_hand_and_u_undoes() {
    let mut story =
        house().types("L").sees("4 new").sees("space tick").types("g").types("<space>").types("j<space>");
    story = story.sees("2 ticked").types("<enter>").sees("kept 2 nodes; u undoes, w saves").sees("2 kept");
    assert_eq!(kept(&story).len(), 2);
    let first = story.model.learning.as_ref().unwrap().shown.rows.first().unwrap().topic.clone();
    story = story.types("g<enter>").sees("kept 1 node");
    assert!(topics(&story).contains(&first));
    story = story.types("u").sees("undone: keeping 1 node").types("u");
    assert_eq!(topics(&story), <[&str; 0]>::default());
    story.sees("4 new");
}

#[test]
fn what_is_kept_has_type_unit_and_codec() {
    let mut story = house().types("LAy");
    let node = |story: &Story, topic: &str| {
        kept(story).into_iter().find(|node| node.topic.as_str() == topic).unwrap()
    };
    let temperature = node(&story, "house/sensor/temperature");
    assert_eq!((temperature.kind, temperature.unit.as_ref().unwrap().as_str()), (Kind::Float, "°C"));
    assert_eq!(temperature.cadence_ms, Some(1_000));
    assert_eq!(node(&story, "house/lamp").kind, Kind::Bool);
    story = story.receives("house/lamp", "ON").receives("house/sensor/temperature", "23.0 °C");
    story.types("<esc>L").sees("learning ended; 0 candidates not kept; w saves");
}

#[test]
fn a_branch_is_learnt_alone_and_the_scope_says_so() {
    house()
        .types("/garden<enter>L")
        .sees("Learn ─ garden/#")
        .sees("1 new")
        .receives("house/new", "1")
        .receives("garden/new", "1")
        .after(1_000)
        .sees("2 new");
}

#[test]
fn nothing_is_modal_and_values_keep_flowing() {
    house()
        .types("L<esc>")
        .sees("L end learning")
        .receives("house/other", "1")
        .types("/other<enter>")
        .sees("house/other")
        .sees("5 new")
        .types("p2<ctrl-x>")
        .receives("house/other", "2")
        .sees("other 2")
        .types("<esc>L")
        .does_not_see("Learn ─");
}

#[test]
fn what_moves_comes_to_the_top_and_keys_hold_the_rows_still() {
    let top = |story: &mut Story| {
        story.screen();
        story.model.learning.as_ref().unwrap().shown.rows.first().unwrap().topic.clone()
    };
    let mut story = house().types("L").after(2_500).receives("garden/pump", "8").after(1_100);
    assert_eq!(top(&mut story), "garden/pump");
    story = story.receives("house/door", "open").after(1_100);
    assert_eq!(top(&mut story), "house/door");
    story = story.types("jk").receives("garden/pump", "9").after(1_500);
    assert_eq!(top(&mut story), "house/door", "a key was pressed a moment ago");
    story = story.after(600);
    assert_eq!(top(&mut story), "garden/pump");
    story = story.types("f").sees("held still").receives("house/lamp", "ON").after(60_000);
    assert_eq!(top(&mut story), "garden/pump");
    story = story.types("f");
    assert_eq!(top(&mut story), "house/lamp");
}

#[test]
fn the_hand_stays_on_its_row_while_others_speak() {
    let mut story = house().types("Ljj");
    let under_hand = |story: &Story| story.model.learning.as_ref().unwrap().under_hand().unwrap();
    let before = under_hand(&story);
    for number in 0..30 {
        story = story.after(500).receives("house/lamp", "ON").receives(&format!("late/{number}"), "1");
        story.screen();
        let learning = story.model.learning.as_ref().unwrap();
        assert_eq!(under_hand(&story), before);
        let row = learning.shown.rows.get(learning.shown.cursor_row).unwrap();
        assert_eq!(row.id, before, "it is on screen");
    }
}

#[test]
fn discarding_asks_and_can_be_undone_and_done_again() {
    house()
        .types("Lj<space><space>x")
        .sees("Discard 2 candidates?")
        .types("n")
        .sees("4 new")
        .types("xy")
        .sees("2 candidates discarded; u brings back")
        .sees("2 new · 2 discarded")
        .types("u")
        .sees("4 new")
        .does_not_see("2 discarded ─")
        .types("<ctrl-r>")
        .sees("2 new · 2 discarded")
        .types("h")
        .sees("enter bring back")
        .types("<enter>")
        .sees("3 new · 1 discarded");
}

#[test]
fn attributes_are_edited_before_keeping() {
    let mut story = house()
        .types("L")
        .types("G")
        .types("e")
        .sees("keep as:")
        .types("<ctrl-u>wrong words here")
        .sees("the unit stands there already")
        .types("<ctrl-u>float get bar 0..16 as pump pressure<enter>")
        .sees("pump pressure")
        .types("<enter>");
    let nodes = kept(&story);
    let node = nodes.first().unwrap();
    assert_eq!((node.kind, node.alias.as_deref()), (Kind::Float, Some("pump pressure")));
    assert_eq!((node.domain.min, node.domain.max), (Some(0.0), Some(16.0)));
    assert_eq!(node.unit.as_ref().unwrap().as_str(), "bar");
    story = story.types("u");
    assert_eq!(kept(&story).len(), 0);
}

#[test]
fn parts_of_an_object_are_kept_one_by_one() {
    let story = story()
        .online()
        .receives("a/sensor", r#"{"power": 41.5, "power_unit": "W", "on": true}"#)
        .types("Lo")
        .sees("parts of a/sensor")
        .sees("$.power float 41.5 W")
        .types("<space>j<space><enter>")
        .sees("kept 2 nodes");
    let paths: Vec<String> = kept(&story).iter().map(|node| node.path().unwrap().to_string()).collect();
    assert_eq!(paths, ["$.on", "$.power"]);
    story.types("h").sees("1 kept");
}

#[test]
fn learning_again_offers_changes_of_kept_nodes_and_makes_none_unasked() {
    let topic = |text: &str| Topic::parse(text).unwrap();
    let own = Node { description: Some("mine".into()), ..Node::new(topic("a/level"), Kind::Int) };
    let mut story = story().online();
    nodes::load(story.model.devices.first_mut().unwrap(), vec![own]);
    story = story.receives("a/level", "1").receives("a/other", "x").receives("a/level", "2.5");
    story = story.types("L").sees("1 new · 1 kept").types("Ay");
    let level =
        |story: &Story| kept(story).into_iter().find(|node| node.topic.as_str() == "a/level").unwrap();
    assert_eq!(level(&story).kind, Kind::Int);
    story = story.types("l").sees("int±").types("j").sees("heard otherwise: int becomes float").types("A");
    story = story.sees("Change 1 kept node to what was heard?").sees("a/level: int").types("n");
    assert_eq!(level(&story).kind, Kind::Int);
    story = story.types("Ay").sees("1 node changed; u undoes");
    assert_eq!((level(&story).kind, level(&story).description.as_deref()), (Kind::Float, Some("mine")));
    story = story.types("u");
    assert_eq!(level(&story).kind, Kind::Int);
}

#[test]
fn known_nodes_go_on_updating_under_a_thousand_messages_a_second() {
    let mut story = house().types("LAy<esc>/house/sensor<enter>");
    for number in 0..1_000_u32 {
        story = story.receives("house/sensor/temperature", format!("{number}.5 °C"));
        story.now = story.now + Duration::from_millis(1);
    }
    story.sees("999.5 °C").sees("0 new");
}

#[test]
fn only_what_is_not_heard_is_subscribed_and_only_that_is_given_back() {
    let subscribes = |text: &str| BrokerRequest::Subscribe(Subscription::new(filter(text), Qos::AtMostOnce));
    let mut story = house().types("L").asks(&[]);
    story = story.types("s<ctrl-u>$SYS/# house/#<enter>").asks(&[subscribes("$SYS/#")]);
    story = story.types("L").asks(&[BrokerRequest::Unsubscribe(filter("$SYS/#"))]);
    // What the person subscribed meanwhile stays.
    story = story.types("Ls<ctrl-u>$SYS/#<enter>").asks(&[subscribes("$SYS/#")]);
    story = story.types("<esc>S$SYS/#<enter>").asks(&[subscribes("$SYS/#")]);
    story.types("L").asks(&[]);
}

#[test]
fn the_scope_narrows_excludes_caps_and_ends() {
    house()
        .types("Ls")
        .sees("learn: #")
        .types("<ctrl-u>house/# cap")
        .sees("behind cap stands how many")
        .types("<ctrl-u>house/# -house/door cap 3 for 60s<enter>")
        .sees("2 candidates beyond this scope went to the discarded")
        .sees("2 new · 60 s left")
        .receives("house/three", "1")
        .receives("house/four", "1")
        .receives("house/five", "1")
        .after(1_000)
        .sees("beyond the cap")
        .after(60_000)
        .sees("time over")
        .receives("house/six", "1")
        .types("s")
        .sees("learn: house/# -house/door cap 3");
}

#[test]
fn silence_is_explained() {
    let story = story().online().types("L").sees("Listening to #").after(3_000);
    story
        .sees("Nothing was published on # since we connected")
        .sees("nothing there is retained")
        .sees("# does not cover topics that begin with $");
}

#[test]
fn a_refused_filter_is_told_with_the_brokers_reason() {
    let refusal = Refusal { reason: Reason(0x87), words: Some("readers only".into()) };
    let subscription = Subscription::new(filter("#"), Qos::AtMostOnce);
    story()
        .online()
        .hears(BrokerEvent::Subscribed { subscription, granted: Err(refusal) })
        .types("L")
        .after(3_500)
        .sees("The broker refused #: not authorized")
        .sees("readers only");
}

#[test]
fn ending_with_ticks_asks() {
    house()
        .types("L<space>L")
        .sees("1 ticked row not kept yet. End learning all the same?")
        .types("n")
        .sees("1 ticked")
        .types("Ly")
        .sees("learning ended; 4 candidates not kept")
        .does_not_see("Learn ─");
}

#[test]
fn twenty_thousand_candidates_are_moved_about_and_nothing_runs_off_the_end() {
    let mut story = story().online().types("L");
    let mut batch = Batch::default();
    for number in 0..20_000 {
        batch.push(&MessageRef {
            topic: &format!("many/{number}"),
            payload: b"1",
            properties: &[],
            qos: Qos::AtMostOnce,
            retained: Retained::No,
            dup: false,
            queued: Queued::No,
            packet_id: None,
            received: story.now,
        });
    }
    story = story.hears(BrokerEvent::Messages(batch)).after(1_000).sees("20,000 new").sees("many/19999");
    story = story.types("G").sees("many/0").types("jj<pgdn>k").sees("many/1").types("g").sees("many/19999");
    story.types("k<pgup>").sees("many/19999");
}

#[test]
fn what_devices_tell_of_themselves_names_the_nodes() {
    let discovery = r#"{"name":"Boiler","state_topic":"cellar/boiler","unit_of_measurement":"°C","device_class":"temperature"}"#;
    let mut story = story()
        .online()
        .receives("homeassistant/sensor/boiler/config", discovery)
        .receives("homeassistant/sensor/broken/config", "{")
        .types("L")
        .sees("cellar/boiler")
        .sees("not heard yet")
        .sees("1 discovery messages ignored")
        .types("<enter>");
    let nodes = kept(&story);
    let node = nodes.first().unwrap();
    assert_eq!((node.topic.as_str(), node.alias.as_deref()), ("cellar/boiler", Some("Boiler")));
    story = story.receives("cellar/boiler", "61.0");
    story.sees("1 kept");
}
