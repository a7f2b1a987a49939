//! Quitting with unsaved nodes, and nodes of an earlier run that were not saved. Owns its stories.
use super::{errands, keeping, node, saving};
use mqttscope::device::{Kind, Node};
use mqttscope::model::devices::{Answer, Errand};
use mqttscope::model::event::DeviceId;
use mqttscope::model::nodes::recovered::{Recovered, name_of};
use mqttscope::model::opening::Origin;
use mqttscope::model::{Effect, Event};
use mqttscope::sift::named::Named;

use super::story::{Story, story};

fn of_file(mut story: Story) -> Story {
    story.model.devices.first_mut().unwrap().origin = Origin::File("plant".into());
    story
}

fn found(story: Story, nodes: Vec<Node>) -> Story {
    let recovered = Recovered { device: DeviceId(0), name: "plant".into(), nodes, filters: Vec::new() };
    story.happens(Event::Disk(Box::new(Answer::Recovered(Ok(recovered)))))
}

#[test]
fn filters_that_were_not_saved_are_offered_too() {
    let hot = Named { name: "hot".into(), text: "value:>200".into() };
    let recovered = Recovered {
        device: DeviceId(0),
        name: "plant".into(),
        nodes: vec![node("a", Kind::Int)],
        filters: vec![hot],
    };
    of_file(keeping(vec![node("a", Kind::Int)]))
        .happens(Event::Disk(Box::new(Answer::Recovered(Ok(recovered.clone())))))
        .sees("1 filter of demo was not saved when")
        .types("y")
        .sees("1 filter taken over; w saves")
        .sees("◆ unsaved")
        .types("<alt-f>")
        .sees("hot value:>200");
    of_file(keeping(Vec::new()))
        .happens(Event::Disk(Box::new(Answer::Recovered(Ok(recovered)))))
        .sees("1 node and 1 filter of demo were");
}

fn is_unsaved(story: &Story) -> bool {
    story.model.devices.first().unwrap().kept.is_changed()
}

#[test]
fn nodes_that_were_not_saved_are_offered_and_taken_over_unsaved_and_undoable() {
    let was = vec![node("a", Kind::Int), node("gone", Kind::Int)];
    let now = vec![node("a", Kind::Float), node("new", Kind::Bool)];
    let mut story = found(of_file(keeping(was.clone())), now.clone());
    story = story.sees("3 nodes of demo were not saved when").types("y");
    story = story.sees("3 nodes taken over; w saves, u undoes");
    assert_eq!(story.model.devices[0].kept.iter().cloned().collect::<Vec<_>>(), now);
    assert!(is_unsaved(&story));
    assert!(errands(&mut story).contains(&Errand::ForgetRecovered("plant".into())));
    story = story.types("u");
    assert_eq!(story.model.devices[0].kept.iter().cloned().collect::<Vec<_>>(), was);
    assert!(!is_unsaved(&story));
}

#[test]
fn a_no_keeps_them_from_being_offered_again() {
    let mut story = found(of_file(keeping(Vec::new())), vec![node("a", Kind::Int)]);
    story = story.sees("1 node of demo was not saved").types("n");
    assert!(errands(&mut story).contains(&Errand::ForgetRecovered("plant".into())));
    assert!(!is_unsaved(&story) && story.model.devices[0].kept.is_empty());
}

#[test]
fn what_is_in_the_file_by_now_is_not_offered() {
    let mut story = found(of_file(keeping(vec![node("a", Kind::Int)])), vec![node("a", Kind::Int)]);
    assert!(errands(&mut story).contains(&Errand::ForgetRecovered("plant".into())));
    story.does_not_see("Take");
}

#[test]
fn the_offer_waits_for_another_question() {
    let story = keeping(vec![node("a", Kind::Int), node("b", Kind::Int)]).types("gd").sees("no longer?");
    found(story, vec![node("c", Kind::Int)])
        .does_not_see("Take them over")
        .types("n")
        .sees("3 nodes of demo were not saved");
}

#[test]
fn every_device_has_a_name_for_what_is_recovered() {
    let mut story = story();
    for (origin, expected) in [
        (Origin::File("plant".into()), "plant"),
        (Origin::File("./my plant.toml".into()), "my-plant"),
        (Origin::File("/tmp/.toml".into()), "device"),
        (Origin::Url("mqtt://x".into()), "127.0.0.1-1883"),
        (Origin::Program, "demo"),
    ] {
        let device = story.model.devices.first_mut().unwrap();
        device.origin = origin;
        assert_eq!(name_of(device), expected);
    }
}

#[test]
fn the_question_whether_to_quit_saves_first_by_key() {
    let mut story = of_file(keeping(Vec::new())).types("alamp<enter>q").sees("w save first").types("w");
    let saving = saving(&mut story).unwrap();
    assert!(!story.effects.contains(&Effect::Quit), "not before it is on the disk");
    let answer = Answer::NodesSaved(Box::new(saving), Ok(()));
    story.happens(Event::Disk(Box::new(answer))).does(&Effect::Quit);
}

#[test]
fn what_could_not_be_saved_does_not_quit() {
    let mut story = of_file(keeping(Vec::new())).types("alamp<enter>qw");
    let saving = saving(&mut story).unwrap();
    let answer = Answer::NodesSaved(Box::new(saving), Err("the disk is full".into()));
    story = story.happens(Event::Disk(Box::new(answer))).sees("the disk is full");
    assert!(!story.effects.contains(&Effect::Quit) && is_unsaved(&story));
}

#[test]
fn a_device_without_a_file_is_asked_for_its_name_before_quitting() {
    let mut story = keeping(Vec::new()).types("alamp<enter>qw").sees("save as:").types("<esc>");
    assert!(!story.effects.contains(&Effect::Quit));
    story = story.types("qwplant<enter>");
    assert_eq!(saving(&mut story).unwrap().nodes.len(), 1);
}

#[test]
fn a_quit_that_was_confirmed_leaves_nothing_to_recover() {
    let story = keeping(Vec::new()).types("alamp<enter>q");
    assert!(is_unsaved(&story));
    let story = story.types("y");
    assert!(!is_unsaved(&story));
    story.does(&Effect::Quit);
}

#[test]
fn ctrl_c_twice_leaves_it_to_be_recovered() {
    let story = keeping(Vec::new()).types("alamp<enter><ctrl-c><ctrl-c>");
    assert!(is_unsaved(&story));
    story.does(&Effect::Quit);
}
