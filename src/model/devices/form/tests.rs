//! The form as somebody fills it in: by keys and pastes.
use super::*;
use crate::mqtt::Secret;
use crate::mqtt::profile::PasswordSource;

impl DeviceForm {
    /// Goes to a field and fills it in anew, as fingers do.
    fn fill_in(mut self, field: Field, text: &str) -> Self {
        self.go(field);
        assert_eq!(self.focus, field, "{field:?} is not shown");
        match field.kind() {
            Kind::Text => {
                press(&mut self, "ctrl-a ctrl-k");
                for letter in text.chars() {
                    let chord = if letter == ' ' { "space".to_owned() } else { letter.to_string() };
                    press(&mut self, &chord);
                }
            }
            Kind::Choice(words) => {
                let n = words.iter().position(|word| word.starts_with(text)).unwrap();
                while self.state.pick(field) != n {
                    self.command(Command::ToggleChoice);
                }
            }
        }
        self
    }

    fn words(&self, field: Field) -> String {
        self.remark(field).map(|remark| remark.words.clone()).unwrap_or_default()
    }

    fn saved(&self) -> Saved {
        self.profile().unwrap()
    }
}

fn press(form: &mut DeviceForm, chords: &str) {
    for chord in chords.split(' ') {
        form.key(chord.parse().unwrap());
    }
}

fn plant() -> DeviceForm {
    DeviceForm::new(None).fill_in(Field::Host, "plant.local")
}

#[test]
fn aws_is_added_by_its_preset_with_three_fields() {
    let mut form = DeviceForm::new(None);
    while form.preset() != Some(Preset::AwsIotCore) {
        form.command(Command::ToggleChoice);
    }
    assert_eq!(form.command(Command::AcceptField), Heard::Stays);
    for (field, text) in [
        (Field::Host, "abc-ats.iot.eu-west-1.amazonaws.com"),
        (Field::CertFile, "/keys/device.pem.crt"),
        (Field::KeyFile, "/keys/private.pem.key"),
    ] {
        assert_eq!(form.focus, field);
        form = form.fill_in(field, text);
        assert_eq!(form.command(Command::AcceptField), Heard::Stays);
    }
    let Saved { name, profile, plain_password } = form.saved();
    assert_eq!((name.as_str(), plain_password), ("aws-iot-core", false));
    assert_eq!(profile.address.to_string(), "mqtts://abc-ats.iot.eu-west-1.amazonaws.com:8883");
    assert_eq!(profile.preset, Some(Preset::AwsIotCore));
    assert_eq!(profile.tls.cert_file.as_deref(), Some("/keys/device.pem.crt".as_ref()));
    assert_eq!(profile.tls.key_file.as_deref(), Some("/keys/private.pem.key".as_ref()));
    let form = form.fill_in(Field::Port, "443");
    assert_eq!(form.saved().profile.tls.alpn, ["x-amzn-mqtt-ca"]);
}

#[test]
fn what_a_preset_makes_of_host_and_client_id_follows_them() {
    let form = DeviceForm::new(Some(Preset::AzureIotHub))
        .fill_in(Field::Host, "hub.azure-devices.net")
        .fill_in(Field::ClientId, "oven3")
        .fill_in(Field::PasswordCommand, "make-sas");
    let profile = form.saved().profile;
    assert!(profile.username.as_deref().unwrap().starts_with("hub.azure-devices.net/oven3/"));
    assert_eq!(profile.subscriptions[0].filter.as_str(), "devices/oven3/messages/devicebound/#");
    let form = form.fill_in(Field::Username, "mine").fill_in(Field::ClientId, "oven4");
    assert_eq!(form.saved().profile.username.as_deref(), Some("mine"));
}

#[test]
fn what_the_user_typed_stays_when_the_preset_is_another() {
    let form = plant().fill_in(Field::KeepAlive, "90").fill_in(Field::Subscription(0), "a/# 1");
    let form = form.fill_in(Field::Preset, "HiveMQ").fill_in(Field::Preset, "EMQX");
    let profile = form.saved().profile;
    assert_eq!((profile.address.host.as_str(), profile.keep_alive_s), ("plant.local", 90));
    assert_eq!(profile.subscriptions[0].filter.as_str(), "a/#");
    let form = form.fill_in(Field::Preset, "none");
    assert_eq!(form.saved().profile.address.to_string(), "plant.local:1883");
}

#[test]
fn a_url_pasted_into_the_host_is_taken_apart() {
    for (pasted, host, url, user) in [
        ("mqtts://me:hunter2@cloud.example:8884", "cloud.example", "mqtts://cloud.example:8884", Some("me")),
        ("wss://cloud.example/ws?sig=hunter2", "cloud.example", "wss://cloud.example:443/ws?…", None),
        ("pi.local:1884", "pi.local", "mqtt://pi.local:1884", None),
        ("[::1]:1884", "::1", "mqtt://[::1]:1884", None),
        ("mqtt+unix:///run/m.sock", "", "mqtt+unix:///run/m.sock", None),
    ] {
        let mut form = DeviceForm::new(None);
        form.go(Field::Host);
        assert_eq!(form.paste(pasted), 0);
        assert_eq!(form.state.text(Field::Host), host, "{pasted}");
        assert_eq!(form.url().as_deref(), Some(url), "{pasted}");
        assert!(!format!("{form:?}").contains("hunter2"), "{pasted}");
        let form = form.fill_in(Field::Name, "x");
        let profile = form.saved().profile;
        assert_eq!(profile.username.as_deref(), user, "{pasted}");
        assert_eq!(profile.password.is_some(), user.is_some(), "{pasted}");
    }
}

#[test]
fn a_url_that_is_typed_is_taken_apart_when_the_cursor_goes_on() {
    let mut form = DeviceForm::new(None).fill_in(Field::Host, "ws://pi.local:9001");
    assert_eq!(form.state.text(Field::Host), "ws://pi.local:9001");
    assert_eq!(form.saved().profile.address.to_string(), "ws://pi.local:9001/mqtt");
    form.command(Command::NextField);
    assert_eq!((form.state.text(Field::Host), form.state.text(Field::Port)), ("pi.local", "9001"));
    assert_eq!(form.focus, Field::Port);
    assert_eq!(form.state.text(Field::Name), "pi");
}

#[test]
fn the_port_follows_the_transport_until_it_is_typed() {
    let form = plant().fill_in(Field::Transport, "mqtts");
    assert_eq!(form.url().unwrap(), "mqtts://plant.local:8883");
    let form = form.fill_in(Field::Transport, "wss");
    assert_eq!(form.url().unwrap(), "wss://plant.local:443/mqtt");
    let form = form.fill_in(Field::Port, "9001").fill_in(Field::Transport, "ws");
    assert_eq!(form.url().unwrap(), "ws://plant.local:9001/mqtt");
}

#[test]
fn what_is_wrong_is_said_while_it_is_typed() {
    for (field, text, expected) in [
        (Field::Name, "", "has no name"),
        (Field::Name, "my plant", "\"my plant\" can't be a device's name"),
        (Field::Host, "", "there is no host"),
        (Field::Host, "a b", "a host is a name"),
        (Field::Host, "http://h", "\"http://\" is not a way to a broker"),
        (Field::Host, "h:70000", "70000 is no port"),
        (Field::Port, "70000", "\"70000\" is no port; ports are 1 to 65535"),
        (Field::Port, "0", "is no port"),
        (Field::KeepAlive, "65536", "\"65536\" does not fit; type a number, 0 to 65535"),
        (Field::KeepAlive, "x", "\"x\" does not fit"),
        (Field::SessionExpiry, "", "type a number, 0 to 4294967295"),
        (Field::ReceiveMaximum, "0", "1 to 65535"),
        (Field::MaxPacket, "999", "1000 to 268435460"),
        (Field::MaxPacket, "268435461", "1000 to 268435460"),
        (Field::Proxy, "proxy:3128", "a proxy is written http://"),
        (Field::WillTopic, "a/+", "cannot hold the wildcard '+'"),
        (Field::Subscription(0), "a#", "the # must stand alone"),
        (Field::Subscription(0), "", "nothing would be heard"),
        (Field::Subscription(0), "$share/g 1", "lacks a part"),
    ] {
        let form = plant().fill_in(Field::Name, "plant").fill_in(field, text);
        assert!(form.words(field).contains(expected), "{text:?}: {}", form.words(field));
        let faults = form.profile().unwrap_err();
        assert!(faults.iter().all(|fault| fault.field == field), "{text:?}: {faults:?}");
    }
}

#[test]
fn what_is_wrong_with_a_transports_own_fields_is_said() {
    for (transport, field, text, expected) in [
        ("wss", Field::Path, "mqtt", "begins with a slash"),
        ("wss", Field::Path, "/a b", "%20"),
        ("wss", Field::Header(0), "Bearer hunter2", "'Name: value'"),
        ("mqtt+unix", Field::Path, "", "/run/mosquitto.sock"),
        ("mqtts", Field::KeyFile, "key.pem", ""),
    ] {
        let form = plant().fill_in(Field::Transport, transport).fill_in(field, text);
        let words = form.words(field);
        assert!(words.contains(expected) && !words.contains("hunter2"), "{text:?}: {words}");
        assert!(form.profile().is_err(), "{text:?}");
    }
    let form = plant().fill_in(Field::Transport, "wss").fill_in(Field::Path, "/ws?sig=hunter2");
    assert!(form.words(Field::Path).contains("is saved as it stands") && form.profile().is_ok());
    let form = plant().fill_in(Field::Transport, "wss").fill_in(Field::Header(0), "A: 1");
    let form = form.fill_in(Field::Header(1), "A: 2");
    assert!(form.words(Field::Header(1)).contains("\"A\" stands here twice"));
    let form = plant().fill_in(Field::Transport, "mqtts").fill_in(Field::Alpn, &"x".repeat(256));
    assert!(form.words(Field::Alpn).contains("1 to 255 bytes"));
}

#[test]
fn what_does_not_go_together_is_said_at_one_of_both() {
    let kept = plant().fill_in(Field::CleanStart, "no");
    assert!(kept.words(Field::ClientId).contains("keeps the session by the client id"));
    assert_eq!(kept.state.text(Field::SessionExpiry), "3600");
    assert!(kept.fill_in(Field::ClientId, "desk").profile().is_ok());

    let tls = plant().fill_in(Field::Transport, "mqtts");
    let key = tls.clone().fill_in(Field::KeyFile, "key.pem");
    assert!(key.words(Field::CertFile).contains("a key without its certificate"));
    let cert = tls.clone().fill_in(Field::CertFile, "cert.pem");
    assert!(cert.words(Field::KeyFile).contains("must hold the key"));
    assert!(cert.profile().is_ok());
    let insecure = tls.fill_in(Field::CaFile, "ca.pem").fill_in(Field::Insecure, "yes");
    assert!(insecure.words(Field::CaFile).contains("no use while insecure"));

    let old = plant().fill_in(Field::Version, "3.1.1");
    let alone = old.clone().fill_in(Field::PasswordSource, "typed").fill_in(Field::Password, "x");
    assert!(alone.words(Field::Username).contains("no password without a user name"));
    let expiry = old.fill_in(Field::SessionExpiry, "60");
    assert!(expiry.words(Field::SessionExpiry).contains("3.1.1 knows no session expiry"));
    assert!(expiry.profile().is_ok());

    let twice = plant().fill_in(Field::Subscription(0), "a/# 1").fill_in(Field::Subscription(1), "a/# 0");
    assert!(twice.words(Field::Subscription(1)).contains("stands here twice"));
    let twice = plant().fill_in(Field::Exclude(0), "a/#").fill_in(Field::Exclude(1), "a/#");
    assert!(twice.words(Field::Exclude(1)).contains("stands here twice"));
    let taken = plant().with_taken(["plant".to_owned()]);
    assert_eq!(taken.state.text(Field::Name), "plant-2");
    let taken = taken.fill_in(Field::Name, "plant");
    assert!(taken.words(Field::Name).contains("there is a device \"plant\" already"));
}

#[test]
fn excludes_are_rows_of_filters_and_no_more_than_each_message_can_be_held_against() {
    let mut form = plant().fill_in(Field::Exclude(0), "plant/debug/#").fill_in(Field::Exclude(1), "$SYS/#");
    let texts = |form: &DeviceForm| -> Vec<String> {
        form.saved().profile.excludes.iter().map(ToString::to_string).collect()
    };
    assert_eq!(texts(&form), ["plant/debug/#", "$SYS/#"]);
    assert_eq!(form.fields(Section::Excludes).len(), 3, "one is empty, for adding");
    assert!(
        form.clone().fill_in(Field::Exclude(2), "a#").words(Field::Exclude(2)).contains("# must stand alone")
    );
    form = form.fill_in(Field::Exclude(0), "");
    form.go(Field::Name);
    assert_eq!(texts(&form), ["$SYS/#"]);
    for place in 1..64 {
        form = form.fill_in(Field::Exclude(place), &format!("t{place}"));
    }
    assert!(form.profile().is_ok());
    form = form.fill_in(Field::Exclude(64), "one/more");
    assert!(form.words(Field::Exclude(64)).contains("64 excludes are the most"));
}

#[test]
fn keep_alives_beyond_the_usual_are_advised_against_and_taken() {
    for (seconds, expected) in
        [("10", "costs traffic"), ("60", ""), ("300", ""), ("301", "late"), ("0", "silent")]
    {
        let form = plant().fill_in(Field::KeepAlive, seconds);
        let words = form.words(Field::KeepAlive);
        assert_eq!(words.is_empty(), expected.is_empty(), "{seconds}: {words}");
        assert!(words.contains(expected), "{seconds}: {words}");
        assert_eq!(form.saved().profile.keep_alive_s.to_string(), seconds);
    }
}

#[test]
fn what_the_presets_broker_does_not_take_is_said() {
    let aws = || DeviceForm::new(Some(Preset::AwsIotCore)).fill_in(Field::Host, "x.amazonaws.com");
    for (field, text, weight, expected) in [
        (Field::KeepAlive, "10", Weight::Fault, "30 to 1200 s"),
        (Field::Transport, "ws", Weight::Fault, "does not take ws; choose mqtts or wss"),
        (Field::Subscription(0), "a/# 2", Weight::Advice, "takes QoS 1 at most; 1 is asked for instead"),
        (Field::Subscription(0), "1/2/3/4/5/6/7/8/9 1", Weight::Fault, "at most 7 slashes"),
        (Field::CertFile, "", Weight::Advice, "AWS IoT Core asks for this"),
    ] {
        let form = aws().fill_in(field, text);
        let remark = form.remark(field).unwrap_or_else(|| panic!("{text}: nothing is said"));
        assert!(remark.words.contains(expected), "{}", remark.words);
        assert_eq!(remark.weight, weight, "{text}");
    }
    let will = aws().fill_in(Field::WillTopic, "gone").fill_in(Field::WillQos, "2");
    assert!(will.words(Field::WillQos).contains("QoS 2 would end the connection"));
    let azure = DeviceForm::new(Some(Preset::AzureIotHub)).fill_in(Field::Version, "5");
    assert!(azure.words(Field::Version).contains("speaks mqtt 3.1.1 alone"));
    let azure = azure.fill_in(Field::Subscription(0), "#");
    assert!(azure.words(Field::Subscription(0)).contains("takes no \"#\""));
}

#[test]
fn only_fields_that_apply_are_shown_and_what_is_hidden_breaks_nothing() {
    let form = plant().fill_in(Field::Transport, "wss").fill_in(Field::Path, "wrong");
    assert!(form.profile().is_err());
    let form = form.fill_in(Field::Transport, "mqtt");
    assert!(form.profile().is_ok());
    assert!(form.fields(Section::Tls).is_empty());
    assert!(!form.fields(Section::WebSocket).contains(&Field::Header(0)));
    assert_eq!(form.fields(Section::Will), [Field::WillTopic]);
}

#[test]
fn rows_are_added_at_the_end_and_go_when_they_are_emptied() {
    let mut form = plant().fill_in(Field::Subscription(1), "a/+ 1").fill_in(Field::Subscription(2), "b");
    assert_eq!(form.fields(Section::Subscriptions).len(), 4);
    form = form.fill_in(Field::Subscription(1), "");
    form.command(Command::NextField);
    let saved = form.saved().profile.subscriptions;
    let heard: Vec<&str> = saved.iter().map(|known| known.filter.as_str()).collect();
    assert_eq!(heard, ["#", "b"]);
    assert_eq!(form.fields(Section::Subscriptions).len(), 3);
}

#[test]
fn the_last_field_saves_and_what_was_changed_is_known() {
    let profile = plant().saved().profile;
    let mut form = DeviceForm::of("plant", &profile);
    assert!(!form.changed());
    form.go(Field::Subscription(0));
    assert_eq!(form.command(Command::AcceptField), Heard::Stays);
    assert_eq!(form.focus, Field::Subscription(1));
    assert_eq!(form.command(Command::AcceptField), Heard::Stays);
    assert_eq!(form.focus, Field::Exclude(0));
    assert_eq!(form.command(Command::AcceptField), Heard::Save);
    assert_eq!(form.command(Command::Leave), Heard::Leave);
    assert!(!form.changed());
    form.go(Field::Port);
    press(&mut form, "1");
    assert!(form.changed());
    press(&mut form, "backspace");
    assert!(!form.changed());
}

#[test]
fn a_password_is_saved_only_when_that_is_chosen() {
    let form = plant().fill_in(Field::PasswordSource, "typed").fill_in(Field::Password, "hunter2");
    let saved = form.saved();
    assert_eq!(
        (saved.profile.password.clone(), saved.plain_password),
        (Some(Secret::new(b"hunter2".into())), false)
    );
    assert!(!format!("{form:?} {saved:?}").contains("hunter2"));
    assert!(form.fill_in(Field::Saving, "yes").saved().plain_password);
    for (choice, field, text, expected) in [
        ("environment", Field::Variable, "PLANT", PasswordSource::Variable("PLANT".into())),
        ("file", Field::PasswordFile, "/p", PasswordSource::File("/p".into())),
        ("command", Field::PasswordCommand, "pass mqtt", PasswordSource::Command("pass mqtt".into())),
    ] {
        let form = plant().fill_in(Field::PasswordSource, choice);
        assert!(form.profile().is_err(), "{choice}");
        assert_eq!(form.fill_in(field, text).saved().profile.password_source, expected);
    }
}

#[test]
fn the_first_letter_chooses() {
    let mut form = plant();
    form.go(Field::Transport);
    press(&mut form, "w");
    assert_eq!(form.choice(Field::Transport), "ws");
    press(&mut form, "w");
    assert_eq!(form.choice(Field::Transport), "wss");
    press(&mut form, "m");
    assert_eq!(form.choice(Field::Transport), "mqtt+unix");
}

#[test]
fn a_broker_that_was_found_needs_but_a_name_and_is_offered_one() {
    let form = DeviceForm::at(Address::tcp("pi.local", 1883)).with_taken(["pi".to_owned()]);
    assert!(!form.changed());
    let Saved { name, profile, .. } = form.saved();
    assert_eq!((name.as_str(), profile.address), ("pi-2", Address::tcp("pi.local", 1883)));
    assert!(!profile.version_is_fixed && profile.client_id.is_empty());
    assert_eq!(profile.subscriptions[0].filter.as_str(), "#");
}
