//! Publications as lines for a shell: what stands in them, and that a shell reads them right.
use super::story::{Story, story};
use mqttscope::model::Effect;
use mqttscope::mqtt::{Payload, Publication, PublishProperties, Qos, Secret, Topic};
use std::process::Command;

fn publication(topic: &str, payload: &[u8]) -> Publication {
    Publication {
        topic: Topic::parse(topic).unwrap(),
        payload: Payload::from(payload),
        qos: Qos::AtLeastOnce,
        retain: true,
        properties: PublishProperties::default(),
    }
}

fn copied(mut story: Story, publication: Publication) -> (Story, String) {
    let now = story.now;
    let id = story.model.devices[0].id;
    mqttscope::model::publish::publish(&mut story.model, now, id, publication, &mut story.effects);
    let mut story = story.types("Py");
    let line = story.effects.drain(..).find_map(|effect| match effect {
        Effect::Copy(text) => Some(text),
        Effect::Request(..)
        | Effect::Open(..)
        | Effect::Close(_)
        | Effect::Disk(_)
        | Effect::Examine(_)
        | Effect::StopExamining
        | Effect::Decode(..)
        | Effect::RunJq(_)
        | Effect::Compare(_)
        | Effect::EditText(_)
        | Effect::Suspend
        | Effect::Quit => None,
    });
    (story, line.unwrap_or_default())
}

/// What a shell makes of a line: the words after `mosquitto_pub` and what it is fed.
fn read_by_a_shell(line: &str) -> (Vec<String>, Vec<u8>) {
    let fake = r#"mosquitto_pub() { for word in "$@"; do printf 'W%s\0' "$word"; done; printf 'E\0'; case " $* " in *" -s "*) cat;; esac; }"#;
    let output = Command::new("sh").arg("-c").arg(format!("{fake}\n{line}")).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{line}: {output:?}");
    let end = output.stdout.windows(2).position(|two| two == b"E\0").unwrap();
    let words = output.stdout.get(..end).unwrap().split(|byte| *byte == 0).filter(|word| !word.is_empty());
    let words = words.map(|word| String::from_utf8(word.get(1..).unwrap().to_vec()).unwrap()).collect();
    (words, output.stdout.get(end + 2..).unwrap().to_vec())
}

#[test]
fn a_shell_reads_the_line_as_it_was_meant() {
    for (topic, payload) in [
        ("a b/c&d", &b"it's $HOME `x` \"y\" \\\\"[..]),
        ("caf\u{e9}/\u{e9}", "cr\u{e8}me".as_bytes()),
        ("-x/~", b"-n"),
        ("!ab", b"100 % sure"),
        ("esc/\u{1b}[31m", b"two\nlines\n"),
        ("bytes", b"-\x00\xff%s'\\\x1b7\n"),
    ] {
        let (_, line) = copied(story().online(), publication(topic, payload));
        assert!(!line.chars().any(char::is_control), "{line:?}");
        let (words, fed) = read_by_a_shell(&line);
        let of = |name: &str| words.iter().position(|word| word == name).map(|at| words[at + 1].clone());
        assert_eq!(of("-t").as_deref(), Some(topic), "{line}");
        assert_eq!((of("-q").as_deref(), words.contains(&"-r".to_owned())), (Some("1"), true));
        assert_eq!(of("-h").as_deref(), Some("127.0.0.1"));
        assert_eq!((of("-p").as_deref(), of("-V").as_deref()), (Some("1883"), Some("5")));
        match of("-m") {
            Some(text) => assert_eq!(text.as_bytes(), payload, "{line}"),
            None => assert_eq!(fed, payload, "{line}"),
        }
    }
}

#[test]
fn an_empty_payload_and_the_properties_have_their_options() {
    let properties = PublishProperties {
        payload_is_utf8: Some(true),
        message_expiry_s: Some(60),
        content_type: Some("text/plain; x=1".into()),
        response_topic: Some("re/ply".into()),
        correlation_data: Some(b"7 up".to_vec()),
        user: vec![("who am".into(), "I".into())],
        ..PublishProperties::default()
    };
    let (_, line) = copied(story().online(), Publication { properties, ..publication("a", b"") });
    let (words, _) = read_by_a_shell(&line);
    assert_eq!(words.last().map(String::as_str), Some("-n"));
    let all = words.join("|");
    for part in [
        "-D|publish|payload-format-indicator|1",
        "-D|publish|message-expiry-interval|60",
        "-D|publish|content-type|text/plain; x=1",
        "-D|publish|response-topic|re/ply",
        "-D|publish|correlation-data|7 up",
        "-D|publish|user-property|who am|I",
    ] {
        assert!(all.contains(part), "{part} is not in {all}");
    }
}

#[test]
fn no_secret_is_in_the_line_and_that_is_told() {
    let mut story = story();
    let profile = &mut story.model.devices[0].profile;
    profile.address.transport = mqttscope::mqtt::Transport::Tls;
    profile.username = Some("gate keeper".into());
    profile.password = Some(Secret::new(b"hunter2".to_vec()));
    profile.tls.ca_file = Some("/etc/my ca.pem".into());
    profile.tls.cert_file = Some("/etc/c.pem".into());
    profile.tls.key_file = Some("/etc/k.pem".into());
    let (story, line) = copied(story.online(), publication("a", b"1"));
    assert!(!line.contains("hunter2") && !line.contains("mqttscope1"), "{line}");
    let expected = "-u 'gate keeper' --cafile '/etc/my ca.pem' --cert /etc/c.pem --key /etc/k.pem";
    assert!(line.contains(expected), "{line}");
    story.sees("the password is left out: add it with -P");
}

#[test]
fn what_mosquitto_pub_can_t_do_is_told() {
    let mut story = story();
    story.model.devices[0].profile.address.transport = mqttscope::mqtt::Transport::WebSocket;
    let (story, line) = copied(story.online(), publication("a", b"1"));
    assert_eq!(line, "");
    story.sees("mosquitto_pub does not speak WebSocket");
}
