//! Device files as people write them, and what becomes of them.
pub(crate) mod any;
mod decoders;
mod excludes;
mod filters;
mod kept;

use super::*;
use crate::mqtt::profile::PasswordSource;
use crate::mqtt::{Address, Filter, Qos, Secret, Subscription, Version};

fn read(text: &str) -> DeviceFile {
    parse("plant", Path::new("/d/plant.toml"), text.to_owned()).unwrap()
}

fn faults(text: &str) -> String {
    parse("plant", Path::new("plant.toml"), text.to_owned()).unwrap_err().to_string()
}

#[test]
fn uncommenting_the_default_file_gives_the_defaults() {
    let is_key = |line: &str| {
        let mut chars = line.chars();
        chars.next() == Some('#') && chars.next().is_some_and(|c| c.is_ascii_lowercase() || c == '[')
    };
    let uncommented: Vec<&str> = DEFAULT
        .lines()
        .map(|line| if is_key(line) { line.strip_prefix('#').unwrap() } else { line })
        .collect();
    let (short, long) = (read("[connection]\nurl = \"mqtt://127.0.0.1\""), read(&uncommented.join("\n")));
    assert_eq!(long.warnings, []);
    assert_eq!(long.profile, short.profile);
    let keys = read::CONNECTION.iter().chain(read::SUBSCRIPTION).chain(secret::PASSWORD);
    for key in keys.chain(decoder::KEYS).chain(filter::KEYS) {
        assert!(DEFAULT.contains(key), "{key} is not documented");
    }
    for (table, keys) in [("tls", read::TLS), ("ws", read::WS), ("will", will::KEYS)] {
        for key in keys {
            assert!(DEFAULT.contains(&format!("{table}.{key}")), "{table}.{key} is not documented");
        }
    }
}

const RICH: &str = r#"# my plant
[connection]
url = "wss://me@plant.local/ws"   # behind nginx
mqtt_version = "3.1.1"
client_id = "desk"
password = { env = "PLANT" } # never in here
keep_alive_s = 0x20
clean_start = false
session_expiry_s = 60
receive_maximum = 10
max_packet_bytes = 1_000_000
proxy = "http://me@proxy:3128"
proxy_password = { file = "proxy.secret" }
tls = { ca = "ca.pem", alpn = ["mqtt"], insecure = true }
ws.headers = { X-Tenant = "one", Authorization = { command = "token" } }
will.topic = "plant/gone"
will.payload = "1"
will.user = [["a", "b"], ["a", "c"]]

# the ovens
[[subscription]]
filter = "plant/+/oven"
qos = 1

[[subscription]]
filter = "$SYS/#"
retain_handling = "never"   # noise

[[node]]
topic = "plant/x"
type = "float"
"#;

#[test]
fn every_key_is_read() {
    let device = read(RICH);
    let profile = &device.profile;
    assert_eq!(device.warnings, []);
    assert_eq!(profile.address.to_string(), "wss://plant.local:443/ws");
    assert_eq!((profile.version, profile.version_is_fixed), (Version::V3, true));
    assert_eq!((profile.username.as_deref(), profile.client_id.as_str()), (Some("me"), "desk"));
    assert_eq!(profile.password_source, PasswordSource::Variable("PLANT".into()));
    assert_eq!((profile.keep_alive_s, profile.clean_start, profile.session_expiry_s), (32, false, 60));
    assert_eq!((profile.receive_maximum, profile.max_packet_bytes), (10, 1_000_000));
    assert_eq!(profile.proxy.as_ref().unwrap().port, 3_128);
    assert_eq!(profile.tls.ca_file.as_deref(), Some(Path::new("/d/ca.pem")));
    assert!(profile.tls.insecure && profile.tls.alpn == ["mqtt"]);
    assert_eq!(profile.proxy_password_source, PasswordSource::File("/d/proxy.secret".into()));
    assert_eq!((profile.ws_headers.len(), profile.ws_headers[0].1.expose()), (1, &b"one"[..]));
    let made = ("Authorization".to_owned(), PasswordSource::Command("token".into()));
    assert_eq!(profile.ws_headers_made, [made]);
    assert_eq!(profile.will.as_ref().unwrap().properties.user.len(), 2);
    let heard: Vec<_> = profile.subscriptions.iter().map(|known| known.filter.as_str()).collect();
    assert_eq!(heard, ["plant/+/oven", "$SYS/#"]);
}

#[test]
fn what_did_not_change_stays_byte_for_byte() {
    let device = read(RICH);
    assert_eq!(device.edited(&device.profile, PlainPassword::LeaveOut).unwrap(), RICH);
    let mut profile = device.profile.clone();
    profile.keep_alive_s = 30;
    profile.subscriptions[1].qos = Qos::ExactlyOnce;
    profile.tls.insecure = false;
    let expected = RICH
        .replace("0x20", "30")
        .replace(
            "retain_handling = \"never\"   # noise\n",
            "retain_handling = \"never\"   # noise\nqos = 2\n",
        )
        .replace(", insecure = true }", "}");
    assert_eq!(device.edited(&profile, PlainPassword::LeaveOut).unwrap(), expected);
}

#[test]
fn secrets_written_by_hand_stay_and_are_not_written_by_themselves() {
    let text = "[connection]\nurl = \"mqtt://h\"\nusername = \"me\"\npassword = { plain = \"hunter2\" }\n\
        proxy = \"http://me:hunter2@p:1\"\n";
    let device = read(text);
    let mut profile = device.profile.clone();
    assert_eq!(device.edited(&profile, PlainPassword::LeaveOut).unwrap(), text);
    profile.keep_alive_s = 5;
    assert_eq!(
        device.edited(&profile, PlainPassword::LeaveOut).unwrap(),
        format!("{text}keep_alive_s = 5\n")
    );
    profile.password = Some(Secret::new(b"other".to_vec()));
    assert!(!device.edited(&profile, PlainPassword::LeaveOut).unwrap().contains("other"));
    assert!(device.edited(&profile, PlainPassword::Save).unwrap().contains("{ plain = \"other\" }"));
    profile.password = None;
    assert!(!device.edited(&profile, PlainPassword::LeaveOut).unwrap().contains("plain"));
}

#[test]
fn a_header_s_value_is_written_by_hand_or_not_at_all() {
    let text = "[connection]\nurl = \"ws://h\"\n";
    let device = read(text);
    let mut profile = device.profile.clone();
    profile.ws_headers = vec![("X".into(), Secret::new(b"hunter2".to_vec()))];
    profile.ws_headers_made = vec![("Authorization".into(), PasswordSource::Variable("TOKEN".into()))];
    let made = "Authorization = { env = \"TOKEN\" }";
    let held_back = device.edited(&profile, PlainPassword::LeaveOut).unwrap();
    assert_eq!(held_back, format!("{text}ws.headers = {{ {made} }}\n"));
    let saved = device.edited(&profile, PlainPassword::Save).unwrap();
    assert_eq!(saved, format!("{text}ws.headers = {{ X = \"hunter2\", {made} }}\n"));
    // What stands there by hand stays, and is not changed by itself.
    let by_hand = read(&saved);
    profile.ws_headers[0].1 = Secret::new(b"hunter3".to_vec());
    profile.ws_headers_made.clear();
    let expected = format!("{text}ws.headers = {{ X = \"hunter2\" }}\n");
    assert_eq!(by_hand.edited(&profile, PlainPassword::LeaveOut).unwrap(), expected);
    profile.ws_headers.clear();
    assert_eq!(by_hand.edited(&profile, PlainPassword::LeaveOut).unwrap(), text);
}

#[test]
fn a_new_file_says_only_what_differs_from_the_defaults() {
    let mut profile = Profile::new("x", Address::tcp("h", 1883), "");
    profile.version_is_fixed = false;
    profile.subscriptions = default_subscriptions();
    let text = |profile: &Profile| write::edited(None, profile, PlainPassword::LeaveOut).unwrap();
    assert_eq!(text(&profile), "[connection]\nurl = \"mqtt://h\"\n");
    profile.tls.ca_file = Some("/ca.pem".into());
    profile.tls.server_name = Some("b".into());
    profile.username = Some("me".into());
    profile.password = Some(Secret::new(b"hunter2".to_vec()));
    profile.subscriptions.push(Subscription::new(Filter::parse("a/#").unwrap(), Qos::AtLeastOnce));
    let expected = "[connection]\nurl = \"mqtt://h\"\nusername = \"me\"\ntls.ca = \"/ca.pem\"\n\
        tls.server_name = \"b\"\n\n[[subscription]]\nfilter = \"#\"\n\n[[subscription]]\nfilter = \"a/#\"\nqos = 1\n";
    assert_eq!(text(&profile), expected, "and never a password in plain text by itself");
    let plain = write::edited(None, &profile, PlainPassword::Save).unwrap();
    assert!(plain.contains("password = { plain = \"hunter2\" }"), "{plain}");
}

#[test]
fn a_preset_means_what_the_file_leaves_out_and_nothing_of_it_is_written() {
    let azure = "[connection]\nurl = \"mqtts://hub.azure-devices.net\"\npreset = \"azure-iot-hub\"\n\
        client_id = \"pump\"\npassword = { command = \"sas\" }\n";
    let profile = read(azure).profile;
    assert_eq!((profile.version, profile.version_is_fixed), (Version::V3, true));
    assert_eq!(profile.username.as_deref(), Some("hub.azure-devices.net/pump/?api-version=2021-04-12"));
    assert_eq!(profile.subscriptions[0].filter.as_str(), "devices/pump/messages/devicebound/#");
    let text = |profile: &Profile| write::edited(None, profile, PlainPassword::LeaveOut).unwrap();
    assert_eq!(text(&profile), azure);
    let aws = "[connection]\nurl = \"mqtts://x.amazonaws.com:443\"\npreset = \"aws-iot-core\"\n\
        keep_alive_s = 30\ntls.cert = \"/c.pem\"\n";
    let profile = read(aws).profile;
    assert_eq!((profile.keep_alive_s, profile.version_is_fixed), (30, false));
    assert_eq!(profile.tls.alpn, ["x-amzn-mqtt-ca"], "as port 443 wants it");
    assert_eq!(text(&profile), aws);
    // From one kind to another: what was meant by the first is not what is meant by the second.
    let file = read(aws);
    let mut other = file.profile.clone();
    other.preset = Some(crate::mqtt::Preset::AzureIotHub);
    other.client_id = "pump".into();
    assert!(file.edited(&other, PlainPassword::LeaveOut).is_err(), "it would not be opened again");
    (other.version, other.version_is_fixed) = (Version::V3, true);
    let edited = file.edited(&other, PlainPassword::LeaveOut).unwrap();
    assert!(!edited.contains("mqtt_version") && edited.contains("filter = \"#\""), "{edited}");
    assert!(edited.contains("alpn = [\"x-amzn-mqtt-ca\"]"), "{edited}");
    let unset = Profile { preset: None, ..file.profile.clone() };
    let edited = file.edited(&unset, PlainPassword::LeaveOut).unwrap();
    assert_eq!(read(&edited).profile, unset, "{edited}");
}

#[test]
fn a_profile_comes_back_as_it_was_written() {
    let (rich, bare) = (read(RICH), read("[connection]\nurl = \"mqtt://h\"\n"));
    let text = bare.edited(&rich.profile, PlainPassword::Save).unwrap();
    assert_eq!(read(&text).profile, rich.profile);
    let back = rich.edited(&bare.profile, PlainPassword::LeaveOut).unwrap();
    assert_eq!(read(&back).profile, bare.profile);
    assert!(back.contains("# my plant") && back.contains("topic = \"plant/x\""), "{back}");
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_remedy() {
    let connection = |line: &str| format!("[connection]\nurl = \"mqtt://h\"\n{line}\n");
    for (text, expected) in [
        (String::new(), "plant.toml:1:1: there is no [connection]"),
        ("[connection]".to_owned(), "has no url"),
        ("[connection".to_owned(), "plant.toml:1:12: this is no TOML"),
        (
            connection("keep_alive_s = 70000"),
            "plant.toml:3:16: keep_alive_s must be a number from 0 to 65535",
        ),
        (connection("keep_alive_s = \"60\""), "3:16: keep_alive_s must be a number"),
        (connection("clean_start = 1"), "3:15: clean_start must be true or false"),
        (connection("clean_start = false"), "needs a client_id"),
        (connection("mqtt_version = \"4\""), "\"auto\", \"5\" or \"3.1.1\""),
        (connection("password = \"hunter2\""), "3:12: password must be { env ="),
        (connection("password = { env = \"A\", file = \"b\" }"), "one way alone"),
        (connection("proxy_password = { env = \"A\" }"), "needs a proxy with a user name"),
        (
            connection("proxy = \"http://me:hunter2@p:1\"\nproxy_password = { env = \"A\" }"),
            "holds a password already",
        ),
        (connection("ws.headers = { A = 1 }"), "the header \"A\" must be a text in quotes, { env ="),
        (connection("ws.headers = { A = { env = \"A\", file = \"b\" } }"), "A comes one way alone"),
        (connection("tls = 1"), "tls must be a table"),
        (connection("tls.alpn = \"x\""), "alpn must be a list"),
        (connection("proxy = \"socks://x\""), "a proxy is written http://"),
        (connection("will.payload = \"x\""), "the will has no topic"),
        (connection("will.topic = \"a/#\""), "wildcard"),
        (connection("[[subscription]]\nqos = 1"), "3:1: this [[subscription]] has no filter"),
        (connection("[[subscription]]\nfilter = \"a#\""), "4:10: in \"a#\" the # must stand alone"),
        (connection("url = \"mqtt://x\""), "duplicate key"),
        (
            connection("preset = \"aws-iot-cor\""),
            "3:10: there is no preset \"aws-iot-cor\"; did you mean \"aws",
        ),
        (connection("preset = \"ibm\""), "there is no preset \"ibm\"; there are local, home-assistant"),
        (connection("preset = \"aws-iot-core\""), "3:10: AWS IoT Core does not take mqtt://; write mqtts://"),
        (
            "[connection]\nurl = \"mqtts://h\"\npreset = \"aws-iot-core\"\nkeep_alive_s = 10".to_owned(),
            "AWS IoT Core takes a keep-alive of 30 to 1200 s; 10 is outside",
        ),
        (
            "[connection]\nurl = \"mqtts://h\"\npreset = \"azure-iot-hub\"".to_owned(),
            "Azure IoT Hub knows a device by its client id; give it",
        ),
        ("[connection]\nurl = \"http://h\"".to_owned(), "2:7: \"http://\" is not a way to a broker"),
    ] {
        let told = faults(&text);
        assert!(told.contains(expected), "{text:?}: {told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn unknown_keys_are_warnings_with_a_guess() {
    let device = read("[connection]\nurl = \"mqtt://h\"\nusernam = \"x\"\ntls.cafile = \"x\"\n\n[extra]\n");
    let told: Vec<String> = device.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(told[0], "/d/plant.toml:3: [connection] has no key \"usernam\"; did you mean \"username\"?");
    assert!(told[1].contains("tls has no key \"cafile\"") && told[2].contains("\"extra\""), "{told:?}");
}

#[test]
fn a_name_is_a_stem_and_leads_nowhere_else() {
    for name in ["plant", "cloud-2", "broker.local", "küche", "_x"] {
        assert!(is_name(name), "{name}");
    }
    for name in ["", ".", "..", ".hidden", "../x", "a/b", "a\\b", "a b", "a\0", "-x", "x~", &"x".repeat(61)] {
        assert!(!is_name(name), "{name}");
        assert!(Devices::at(Some("/d".into())).path(name).is_err());
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_panic_and_what_it_reads_is_kept(
        at in 0..RICH.len(),
        n in 0_usize..20,
        noise in "[\\PC\n]{0,12}",
    ) {
        let cut = RICH.char_indices().map(|(place, _)| place);
        let place = |from: usize| cut.clone().find(|place| *place >= from).unwrap_or(RICH.len());
        let text = format!("{}{noise}{}", RICH.get(..place(at)).unwrap(), RICH.get(place(at + n)..).unwrap());
        if let Ok(device) = parse("plant", Path::new("/d/plant.toml"), text.clone()) {
            let same = device.edited(&device.profile, PlainPassword::LeaveOut).unwrap();
            proptest::prop_assert_eq!(same, text);
        }
    }
}
