//! Metrics of Sparkplug that are written: from the tree of the value, as kept nodes, by generators; and births that are
//! asked for. Owns the stories; how bytes are put down, the decoder's own tests hold.
use super::story::{Story, story, story_of};
use mqttscope::decode::sparkplug::{Made, made};
use mqttscope::model::Settings;
use mqttscope::mqtt::{Publication, Qos};

const NBIRTH: &str = "spBv1.0/plant/NBIRTH/line1";
const DBIRTH: &str = "spBv1.0/plant/DBIRTH/line1/press";
const DDATA: &str = "spBv1.0/plant/DDATA/line1/press";

fn metric(name: &str, alias: u64, kind: u64) -> Made {
    made().bytes(1, name).n(2, alias).n(4, kind)
}

fn device_birth() -> Vec<u8> {
    let unit = made().bytes(1, "engUnit").inside(2, made().n(1, 12).bytes(8, "°C"));
    made()
        .n(1, 1_763_842_500_000)
        .inside(2, metric("Setpoint", 7, 9).inside(9, unit).single(12, 180.0))
        .inside(2, metric("Parts/Good", 8, 4).n(11, 1_204))
        .inside(2, metric("Running", 9, 11).n(14, 1))
        .inside(2, made().bytes(1, "Recipe").n(4, 12).bytes(15, "plain"))
        .inside(2, metric("Shape", 11, 19))
        .n(3, 1)
        .0
}

fn node_birth() -> Vec<u8> {
    made().inside(2, made().bytes(1, "Node Control/Rebirth").n(4, 11).n(14, 0)).n(3, 0).0
}

fn data(value: f32) -> Vec<u8> {
    made().n(1, 1_763_842_501_000).inside(2, made().n(2, 7).single(12, value)).n(3, 2).0
}

/// Births were heard, then data by aliases; somebody looks at the data.
fn born() -> Story {
    let story = story().online().receives(NBIRTH, node_birth()).receives(DBIRTH, device_birth());
    gone_to(story.receives(DDATA, data(181.5)), DDATA)
}

fn gone_to(story: Story, topic: &str) -> Story {
    story.types("<ctrl-g>").pastes(topic).types("<enter>")
}

/// With the hand on a member of the value's tree.
fn at(story: Story, member: &str) -> Story {
    story.types("1<tab>/").pastes(member).types("<enter>")
}

/// The metric of the only publication: where it went, the fields, decoded by name.
fn sent(story: &mut Story) -> Publication {
    let mut published = story.published();
    assert_eq!(published.len(), 1, "{published:?}");
    let publication = published.remove(0);
    assert_eq!((publication.qos, publication.retain), (Qos::AtMostOnce, false));
    publication
}

/// A command with the time of the story's clock.
fn command(unix_ms: u64, metric: Made) -> Vec<u8> {
    made().n(1, unix_ms).inside(2, metric).0
}

#[test]
fn a_metric_under_the_hand_is_edited_by_its_type_and_goes_as_a_command() {
    let story = at(born(), "Setpoint").types("e").sees("Edit Setpoint at spBv1.0/").sees("float · °C");
    let mut story = story.sees("181.5").types("190.25").sees("as Setpoint as Float by its alias 7");
    story = story.sees("spBv1.0/plant/DCMD/line1/press · QoS 0 · not retained").types("<enter>");
    let publication = sent(&mut story);
    assert_eq!(publication.topic.as_str(), "spBv1.0/plant/DCMD/line1/press");
    assert_eq!(*publication.payload.0, *command(1_000, made().n(2, 7).n(4, 9).single(12, 190.25)));
    // It comes back as everything that is published does, and is read by name.
    let story = story.receives("spBv1.0/plant/DCMD/line1/press", &publication.payload.0);
    gone_to(story.types("<esc>"), "spBv1.0/plant/DCMD/line1/press").sees("Setpoint 190.25 °C");
}

#[test]
fn p_on_a_metric_writes_it_too_and_a_value_that_does_not_fit_is_refused_in_words() {
    let mut story = at(gone_to(born(), DBIRTH), "Parts/Good").types("p").sees("Edit Parts/Good");
    story = story.types("2.5").sees("no ").types("<enter>");
    assert!(story.published().is_empty());
    story = story.types("<ctrl-u>-3<enter>");
    let expected = command(1_000, made().n(2, 8).n(4, 4).n(11, (-3_i64).cast_unsigned()));
    assert_eq!(*sent(&mut story).payload.0, *expected);
    // Without an alias it goes by its name.
    story = at(gone_to(story.types("<esc>"), DBIRTH), "Recipe").types("e").sees("plain");
    story = story.types("<ctrl-u>rough<enter>");
    let expected = command(1_000, made().bytes(1, "Recipe").n(4, 12).bytes(15, "rough"));
    assert_eq!(*sent(&mut story).payload.0, *expected);
    at(gone_to(story.types("<esc>"), DBIRTH), "Shape")
        .types("e")
        .sees("the type Template are read, and not written");
}

#[test]
fn births_are_asked_for_by_key_and_what_lacks_them_says_so() {
    let story = gone_to(story().online().receives(DDATA, data(20.0)), DDATA);
    let story = story.sees("was heard; alt-b asks for it:").sees("alt-b ask for births");
    let story =
        at(story, "alias 7").types("e").sees("and only that tells the metric's type; alt-b asks for it");
    let mut story =
        story.types("<alt-b>").sees("asked edge node \"line1\" of group \"plant\" for its births");
    let publication = sent(&mut story);
    assert_eq!(publication.topic.as_str(), "spBv1.0/plant/NCMD/line1");
    let rebirth = made().bytes(1, "Node Control/Rebirth").n(4, 11).n(14, 1);
    assert_eq!(*publication.payload.0, *command(1_000, rebirth));
    story = story.receives(DBIRTH, device_birth()).sees("Setpoint").types("<esc>");
    let mut story = gone_to(story.receives("elsewhere", "1"), "elsewhere").types("<alt-b>");
    assert!(story.published().is_empty());
    story.sees("births are told by edge nodes of Sparkplug");
}

#[test]
fn a_run_that_reads_only_asks_nothing_and_writes_nothing() {
    let settings = Settings { read_only: true, budget_bytes: 64 << 20, ..Settings::default() };
    let story = story_of(&["demo"], settings).online().receives(DBIRTH, device_birth());
    let mut story = at(gone_to(story, DBIRTH), "Setpoint").types("e<esc>p<esc><alt-b>").sees("read-only run");
    assert!(story.published().is_empty());
}

#[test]
fn a_metric_kept_from_its_value_reads_by_alias_and_writes() {
    let story = at(born(), "Setpoint").types("a").sees("kept $.metrics.Setpoint.value");
    // It is where the data come, with the type and unit of the birth, whatever message it was kept from.
    let story = gone_to(story.types("<esc>"), DDATA).types("5").sees("type float").sees("unit °C");
    let story = story.receives(DDATA, data(182.25)).sees("value 182.25 °C");
    let mut story = story.types("1<esc>e").sees("Edit Setpoint at").types("200<enter>");
    let expected = command(1_000, made().n(2, 7).n(4, 9).single(12, 200.0));
    assert_eq!(*sent(&mut story).payload.0, *expected);
    at(gone_to(story.types("<esc>"), DBIRTH), "Setpoint").types("a").sees("is kept already");
}

#[test]
fn the_parts_to_choose_from_are_metrics_by_their_names_with_their_types() {
    let story = born().types("5<tab>a").sees("$.metrics.Setpoint.value").sees("181.5");
    // What the data did not hold is known from the birth.
    story.sees("$.metrics['Parts/Good'].value").sees("1204").sees("$.metrics.Running.value");
}

#[test]
fn a_generator_writes_a_metric_again_and_again() {
    let mut story = at(born(), "Setpoint").types("e<ctrl-g>").sees("Repeat").types("<right>").sees("ramp");
    story = story.types("<enter>").after(1_000);
    let published = story.published();
    assert!(published.iter().all(|one| one.topic.as_str() == "spBv1.0/plant/DCMD/line1/press"));
    let ramp = [(1_000, 0.0), (2_000, 10.0)];
    let expected = ramp.map(|(ms, value)| command(ms, made().n(2, 7).n(4, 9).single(12, value)));
    assert_eq!(published.iter().map(|one| one.payload.0.to_vec()).collect::<Vec<_>>(), expected);
}

#[test]
fn past_messages_are_compared_by_names() {
    let story = born().receives(DDATA, data(190.0)).types("2<tab>=");
    story.sees("Setpoint").sees("181.5").sees("190").does_not_see("alias 7");
}

#[test]
fn the_next_number_of_a_chart_is_a_metric_s_value() {
    let story = gone_to(born(), DBIRTH).types("3<tab>o");
    story.sees("$.metrics['Parts/Good'].value").does_not_see("alias");
}
