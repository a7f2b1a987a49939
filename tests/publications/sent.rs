//! The list of what was published, and what its keys do. Owns no words of the shell; those are `shell`'s.
use super::story::{Story, story, story_of};
use mqttscope::model::{Effect, Settings};
use mqttscope::mqtt::{PacketId, Publication, Qos, Reason, Stage};

/// Published by the form at a QoS, each with the next ticket.
pub fn publishes(story: Story, topic: &str, payload: &str, qos: Qos) -> Story {
    let mut story = story.receives(topic, "0").types("<ctrl-g>").types(topic).types("<enter>p");
    story.model.form.qos = qos;
    story.model.form.payload.set("");
    story.types(payload).types("<enter><esc>")
}

fn requests(story: &mut Story) -> Vec<Publication> {
    story.published()
}

fn sent(story: Story, ticket: u64) -> Story {
    story.stage(ticket, Stage::Sent { packet_id: PacketId::new(7), resent: false })
}

#[test]
fn an_empty_screen_says_how_to_begin() {
    let story = story().online().types("P").sees("nothing publishes by itself");
    let story = story.sees("nothing was published yet: p on a topic opens the form");
    let story = story.types("r").sees("nothing was published yet; p on a topic publishes");
    story.types("P").does_not_see("Running").sees("Topics");
}

#[test]
fn each_stage_is_told_with_its_time_until_the_echo() {
    let story = publishes(story().online(), "lamp", "on", Qos::ExactlyOnce).types("P");
    let story = story.sees("lamp").sees("queued");
    let story = sent(story, 1).sees("sent, PUBREC owed").after(2).stage(1, Stage::Received);
    let story = story.sees("PUBREC 2.0 ms, PUBCOMP owed").after(1);
    let story = story.stage(1, Stage::Acknowledged(Reason::SUCCESS)).sees("PUBCOMP 3.0 ms");
    let story = story.after(1).receives("lamp", "on").sees("PUBCOMP 3.0 ms · echo 4.0 ms");
    let story =
        story.sees("sent with packet id 7").sees("PUBREC: the broker has it; PUBREL was sent · 2.0 ms later");
    story.sees("PUBCOMP: acknowledged · 1.0 ms later").sees("echo: 4.0 ms after it was sent");
}

#[test]
fn what_was_held_says_for_how_long_and_what_for() {
    let mut story = story().lost("gone", None);
    story = publishes(story, "lamp", "on", Qos::AtLeastOnce).types("P").sees("queued: no connection");
    story = story.sees("queued: there was no connection").after(4_000).online();
    sent(story, 1).sees("held 4.0 s").sees("sent with packet id 7 · 4.0 s later");
}

#[test]
fn the_newest_stands_on_top_and_the_hand_stays_where_it_was_put() {
    let mut story = story().online();
    for payload in ["one", "two", "three"] {
        story = publishes(story, "lamp", payload, Qos::AtMostOnce);
    }
    story = story.types("Pj").sees("payload two · 3 bytes");
    story = story.types("<esc>");
    story = publishes(story, "lamp", "four", Qos::AtMostOnce).types("P").sees("payload four");
    let story = story.types("jj").sees("payload two").types("G").sees("payload one");
    story.types("g").sees("payload four");
}

#[test]
fn enter_or_p_puts_it_into_the_form_as_it_was() {
    let story = publishes(story().online(), "lamp", "on", Qos::ExactlyOnce);
    let story = publishes(story, "fan", "off", Qos::AtMostOnce).types("Pj");
    for key in ["<enter>", "p"] {
        let story = story_at(&story, key);
        assert_eq!(story.0, ("lamp".to_owned(), "on".to_owned(), Qos::ExactlyOnce));
    }
}

/// What the form holds after a key. A story is used up by its keys, so the model is copied by its texts.
fn story_at(story: &Story, key: &str) -> ((String, String, Qos),) {
    let mut again = super::story::story().online();
    again.model.lives = story.model.lives.clone();
    let again = again.types("Pj").types(key);
    let form = &again.model.form;
    ((form.topic.text().to_owned(), form.payload.text().to_owned(), form.qos),)
}

#[test]
fn r_sends_it_again_as_a_new_publication() {
    let mut story = publishes(story().online(), "lamp", "on", Qos::AtLeastOnce);
    let first = requests(&mut story);
    story = story.types("Pr");
    assert_eq!(requests(&mut story), first);
    let story = sent(story, 2).sees("sent, PUBACK owed");
    assert_eq!(story.model.lives.len(), 2);
}

#[test]
fn a_read_only_run_sends_nothing_again_and_says_so() {
    let settings = Settings { read_only: true, budget_bytes: 64 << 20, ..Settings::default() };
    let writer = publishes(story().online(), "lamp", "on", Qos::AtLeastOnce);
    let mut story = story_of(&["demo"], settings).online();
    story.model.lives = writer.model.lives.clone();
    story.effects.clear();
    story.types("Pr").sees("read-only run").asks(&[]);
}

#[test]
fn a_refusal_is_told_with_its_reason_and_the_broker_s_own_words() {
    let story = publishes(story().online(), "lamp", "on", Qos::AtLeastOnce);
    let refused = Stage::Refused(Reason(0x87), Some("lamps are ours".into()));
    let story = sent(story, 1).stage(1, refused).types("P").after(20_000);
    story.sees("refused: not authorized (0x87)").sees("(lamps are ours)");
}

#[test]
fn every_reason_of_an_acknowledgement_stands_in_words_with_what_helps() {
    for (code, words, remedy) in [
        (0x80, "unspecified error (0x80)", "its log may"),
        (0x83, "implementation specific error (0x83)", "a rule of its own"),
        (0x87, "not authorized (0x87)", "access rules (ACL)"),
        (0x90, "topic name invalid (0x90)", "takes no such topic"),
        (0x91, "packet identifier in use (0x91)", "connect anew"),
        (0x97, "quota exceeded (0x97)", "wait, or send less"),
        (0x99, "payload format invalid (0x99)", "format indicator"),
        (0xEE, "reason 0xEE, which MQTT 5.0 does not name", ""),
    ] {
        let story = publishes(story().online(), "lamp", "on", Qos::AtLeastOnce);
        let story = sent(story, 1).stage(1, Stage::Refused(Reason(code), None)).types("P").after(20_000);
        let mut story = story.sees(&format!("refused: {words}")).sees(remedy);
        assert_eq!(story.published().len(), 1, "nothing is sent again by itself");
    }
    let story = publishes(story().online(), "lamp", "on", Qos::AtLeastOnce);
    let story = sent(story, 1).stage(1, Stage::Acknowledged(Reason::NO_MATCHING_SUBSCRIBERS)).types("P");
    story.sees("PUBACK: no matching subscribers").sees("nobody subscribes to this topic now");
}

#[test]
fn the_payload_goes_to_the_clipboard() {
    let story = publishes(story().online(), "lamp", "on", Qos::AtMostOnce).types("P");
    let copied = story.types("Y").sees("sent to the terminal's clipboard");
    copied.does(&Effect::Copy("on".into()));
}

#[test]
fn tab_walks_the_sections_and_esc_goes_back_to_where_one_was() {
    let story = story().sized(60, 15).online().types("mP").sees("Publications · Sent");
    let story = story.types("<tab>").sees("Publications · Publication").types("<tab>");
    let story = story.sees("Publications · Running").types("<shift-tab>").sees("Publication");
    story.types("<esc>").sees("Monitor 1/9");
}
