//! The command line as people type it.
use super::*;
use crate::mqtt::profile::PasswordSource;
use crate::mqtt::{Address, Profile, Version};

fn cli(line: &str) -> Cli {
    Cli::try_parse_from(line.split(' ')).unwrap()
}

fn open(line: &str) -> Result<Opened, ProfileError> {
    cli(line).open(&Devices::at(None), &[], 7)
}

fn profiles(line: &str) -> Vec<Profile> {
    open(line).unwrap().profiles
}

#[test]
fn the_words_that_no_device_may_be_called_are_the_commands() {
    use clap::CommandFactory;
    let commands = Cli::command();
    let mut names: Vec<_> = commands.get_subcommands().map(clap::Command::get_name).chain(["help"]).collect();
    let mut words = crate::mqtt::entry::COMMAND_WORDS.to_vec();
    names.sort_unstable();
    words.sort_unstable();
    assert_eq!(names, words);
}

#[test]
fn no_argument_means_no_broker_and_an_address_alone_has_every_default() {
    assert!(profiles("mqttscope").is_empty(), "the Devices screen has the broker of this machine");
    let profiles = profiles("mqttscope 127.0.0.1");
    assert_eq!(profiles[0].address, Address::tcp("127.0.0.1", 1883));
    assert_eq!((profiles[0].version, profiles[0].version_is_fixed), (Version::V5, false));
    let heard: Vec<_> =
        profiles[0].subscriptions.iter().map(|known| known.filter.as_str().to_owned()).collect();
    assert_eq!(heard, ["#"], "$SYS only when asked for");
}

#[test]
fn several_brokers_get_client_ids_of_their_own() {
    let profiles = profiles("mqttscope mqtt://a mqtt://b:1884 c");
    let names: Vec<_> = profiles.iter().map(|profile| profile.name.as_str()).collect();
    assert_eq!(names, ["a:1883", "b:1884", "c:1883"]);
    assert_ne!(profiles[0].client_id, profiles[1].client_id);
    assert!(profiles[0].client_id.len() <= 23);
    assert!(profiles[0].client_id.bytes().all(|byte| byte.is_ascii_alphanumeric()));
}

#[test]
fn a_password_in_a_url_is_taken_with_a_warning_that_does_not_repeat_it() {
    let Opened { profiles, warnings, words, .. } = open("mqttscope mqtt://me:hunter2@h").unwrap();
    assert_eq!(words, ["mqtt://me@h"], "and it is not remembered");
    assert_eq!(profiles[0].password.as_ref().unwrap().expose(), b"hunter2");
    assert_eq!(warnings.len(), 1);
    assert!(!warnings[0].contains("hunter2"));
    assert!(!format!("{profiles:?}").contains("hunter2"));
}

#[test]
fn wrong_flags_name_the_offender_and_the_remedy() {
    for (line, expected) in [
        ("mqttscope -t a/#/b", "the # must stand alone"),
        ("mqttscope --qos 3", "0, 1 or 2"),
        ("mqttscope --mqtt 4", "possible values: 3, 5, auto"),
        ("mqttscope --persistent", "--client-id"),
        ("mqttscope --memory much", "write 512M"),
        ("mqttscope --key x mqtts://h", "--cert"),
        ("mqttscope --insecure --cafile x mqtts://h", "cannot be used with"),
        ("mqttscope --ws-header nonsense ws://h", "'Name: value'"),
        ("mqttscope --ws-header-env Authorization ws://h", "'Name=VARIABLE'"),
        ("mqttscope --proxy-password-env X h", "--proxy <URL>"),
        ("mqttscope --proxy socks5://h:1 h", "socks5:// is no proxy spoken here"),
        ("mqttscope --proxy http://h h", "the proxy's port is missing"),
        ("mqttscope --will-qos 1 h", "--will-topic"),
        ("mqttscope --will-topic a/# h", "wildcard"),
        ("mqttscope --receive-maximum 0 h", "1..=65535"),
        ("mqttscope --password-env A --password-file b h", "cannot be used with"),
        ("mqttscope demo --port 0", "0 is not in 1..=65535"),
        ("mqttscope demo --rate fast", "invalid"),
        ("mqttscope --preset aws-iot-cor h", "did you mean \"aws-iot-core\"?"),
    ] {
        let error = Cli::try_parse_from(line.split(' ')).unwrap_err().to_string();
        assert!(error.contains(expected), "{line}: {error}");
    }
    for (line, expected) in [
        ("mqttscope plant://x", "is not a way to a broker"),
        ("mqttscope --insecure mqtt://x", "--insecure is for mqtts:// and wss://"),
        ("mqttscope --ws-header A:b mqtts://x", "--ws-header is for ws:// and wss://"),
        ("mqttscope --ws-header-env A=B mqtts://x", "--ws-header-env is for ws:// and wss://"),
        ("mqttscope --proxy http://p:1 mqtt+unix:///x", "leave --proxy out"),
        ("mqttscope --proxy http://p:1 --proxy-password-env X h", "needs a user name"),
        ("mqttscope --proxy http://me:x@p:1 --proxy-password-env X h", "holds a password already"),
        ("mqttscope --persistent --client-id= h", "--client-id that is not empty"),
        ("mqttscope --mqtt 3 --password-command x h", "\"h:1883\" has none; add --username"),
        ("mqttscope --mqtt 3 --password-prompt h", "add --username"),
        ("mqttscope --mqtt 3 mqtt://:secret@h", "add --username"),
        ("mqttscope --password-env MQTTSCOPE_NOT_SET h", "not set"),
        (
            "mqttscope --password-file /nonexistent/file h",
            "password file \"/nonexistent/file\" can't be read",
        ),
        ("mqttscope --max-packet 1G h", "256M"),
        ("mqttscope --preset aws-iot-core --keep-alive 10 h", "a keep-alive of 30 to 1200 s; 10 is outside"),
        (
            "mqttscope --preset aws-iot-core --will-topic w --will-qos 2 h",
            "the last will: AWS IoT Core takes QoS 1",
        ),
        (
            "mqttscope --preset aws-iot-core mqtt://h",
            "AWS IoT Core does not take mqtt://; write mqtts:// or wss://",
        ),
        ("mqttscope --preset azure-iot-hub h", "Azure IoT Hub knows a device by its client id; give it"),
        ("mqttscope --preset azure-iot-hub --client-id p --mqtt 5 h", "speaks mqtt 3.1.1 alone"),
        ("mqttscope --preset google-iot-core --client-id p --will-topic w h", "takes no last will"),
    ] {
        let error = open(line).unwrap_err().to_string();
        assert!(error.contains(expected), "{line}: {error}");
    }
}

#[test]
fn a_url_s_own_credentials_win_as_a_pair_and_the_flags_are_for_the_others() {
    let (flag, given) = (PasswordSource::Command("x".into()), PasswordSource::Given);
    let both = "-u all --password-command x";
    for (flags, url, username, password, source) in [
        (both, "h", Some("all"), None, &flag),
        (both, "me:mine@h", Some("me"), Some("mine"), &given),
        (both, "me@h", Some("me"), None, &given),
        (both, ":mine@h", None, Some("mine"), &given),
        ("--password-command x", "me@h", Some("me"), None, &flag),
        ("--password-command x", "me:mine@h", Some("me"), Some("mine"), &given),
        ("-u all", "me@h", Some("me"), None, &given),
        ("-u all", "h", Some("all"), None, &given),
    ] {
        let profile = profiles(&format!("mqttscope {flags} mqtt://{url}")).remove(0);
        let shown =
            profile.password.as_ref().map(|secret| String::from_utf8_lossy(secret.expose()).into_owned());
        let found = (profile.username.as_deref(), shown.as_deref(), &profile.password_source);
        assert_eq!(found, (username, password, source), "{flags} {url}");
    }
    let asked = open("mqttscope -P -u all one me:mine@two mqtt://you@three four").unwrap().asking;
    assert_eq!(asked, [0, 3], "what is typed goes to those that name nobody");
    assert_eq!(open("mqttscope -P mqtt://me@h mqtt://me:mine@h").unwrap().asking, [0]);
}

#[test]
fn a_password_without_a_user_name_is_refused_from_a_device_file_too() {
    let text = "[connection]\nurl = \"mqtt://h\"\nmqtt_version = \"3.1.1\"\npassword = { command = \"x\" }\n";
    let (_home, devices) = devices(&[("plant", text)]);
    let error = cli("mqttscope plant").open(&devices, &[], 7).unwrap_err().to_string();
    assert!(error.contains("\"plant\" has none"), "{error}");
    cli("mqttscope plant -u me").open(&devices, &[], 7).unwrap();
    cli("mqttscope plant --mqtt 5").open(&devices, &[], 7).unwrap();
}

#[test]
fn a_session_that_is_kept_needs_a_client_id_from_flags_and_files_alike() {
    let text = "[connection]\nurl = \"mqtt://h\"\nclient_id = \"desk\"\nclean_start = false\n";
    let (_home, devices) = devices(&[("plant", text), ("nameless", &text.replace("desk", ""))]);
    let open = |line| cli(line).open(&devices, &[], 7).map(|opened| opened.profiles[0].client_id.clone());
    assert_eq!(open("mqttscope plant").unwrap(), "desk");
    assert_eq!(open("mqttscope plant --client-id other").unwrap(), "other");
    for (line, words) in [
        ("mqttscope plant --client-id=", "not empty: the broker keeps the session by it"),
        ("mqttscope --persistent --client-id= h", "not empty: the broker keeps the session by it"),
        ("mqttscope nameless", "clean_start = false needs a client_id"),
    ] {
        let error = open(line).unwrap_err().to_string();
        assert!(error.contains(words), "{line}: {error}");
    }
    // Without a session to keep, an empty id is for the broker to fill in.
    assert_eq!(open("mqttscope --client-id= h").unwrap(), "");
}

#[test]
fn the_demo_s_broker_asks_for_no_password() {
    for flag in ["-P", "--password-env X", "--password-file x", "--password-command x"] {
        let cli = cli(&format!("mqttscope demo {flag}"));
        let Some(Subcommands::Demo(demo)) = &cli.command else { panic!("{cli:?}") };
        let refused = demo.connection.demo_profile(Address::tcp("127.0.0.1", 1), 7).unwrap_err().to_string();
        assert!(refused.contains("asks for no password"), "{flag}: {refused}");
    }
}

#[test]
fn each_flag_reaches_the_profile_and_no_debug_shows_a_secret() {
    let cli =
        cli("mqttscope --cafile ca.pem --cert c.pem --key k.pem --alpn one --alpn two --server-name n \
                   --ws-header Authorization:hunter1 --proxy http://me:hunter2@p:3128 --password-command x \
                   --will-topic w --will-payload gone --will-qos 1 --will-retain --will-delay 5 -u me \
                   --receive-maximum 10 --mqtt auto wss://h/ws mqtt://you:hunter3@plain");
    let Opened { profiles, warnings, .. } = cli.open(&Devices::at(None), &[], 1).unwrap();
    let [secure, plain] = &profiles[..] else { panic!("{profiles:?}") };
    assert_eq!(secure.tls.ca_file, Some("ca.pem".into()));
    assert_eq!((&secure.tls.cert_file, &secure.tls.key_file), (&Some("c.pem".into()), &Some("k.pem".into())));
    assert_eq!((secure.tls.alpn.join(" "), secure.tls.server_name.as_deref()), ("one two".into(), Some("n")));
    assert_eq!(secure.ws_headers[0].1.expose(), b"hunter1");
    let proxy = secure.proxy.as_ref().unwrap();
    let (user, password) = proxy.credentials.as_ref().unwrap();
    assert_eq!((proxy.host.as_str(), proxy.port, user.as_str()), ("p", 3128, "me"));
    assert_eq!(password.expose(), b"hunter2");
    assert_eq!(secure.password_source, PasswordSource::Command("x".into()));
    let will = secure.will.as_ref().unwrap();
    assert_eq!((will.topic.as_str(), will.delay_s, will.retain, will.qos), ("w", 5, true, Qos::AtLeastOnce));
    assert_eq!((secure.receive_maximum, secure.version_is_fixed), (10, false));
    assert!(plain.tls.ca_file.is_none() && plain.ws_headers.is_empty() && plain.proxy.is_some());
    assert!(warnings.iter().any(|warning| warning.contains("--proxy")), "{warnings:?}");
    assert!(!format!("{cli:?}{profiles:?}{warnings:?}").contains("hunter"));
}

#[test]
fn a_preset_fills_in_before_the_other_flags() {
    let open = |line| cli(line).open(&Devices::at(None), &[], 7).unwrap().profiles.remove(0);
    let aws = open("mqttscope --preset aws-iot-core --cert c.pem --key k.pem x.amazonaws.com:443");
    assert_eq!(aws.address.to_string(), "mqtts://x.amazonaws.com:443");
    assert_eq!((aws.tls.alpn.join(" ").as_str(), aws.preset), ("x-amzn-mqtt-ca", Some(Preset::AwsIotCore)));
    assert_eq!(open("mqttscope --preset aws-iot-core --alpn mine h:443").tls.alpn, ["mine"]);
    let azure = open("mqttscope --preset azure-iot-hub --client-id pump --password-command sas hub.example");
    assert_eq!(azure.username.as_deref(), Some("hub.example/pump/?api-version=2021-04-12"));
    assert_eq!(azure.subscriptions[0].filter.as_str(), "devices/pump/messages/devicebound/#");
    let filtered = open("mqttscope --preset azure-iot-hub --client-id pump -t $iothub/methods/POST/# hub");
    assert_eq!(filtered.subscriptions.len(), 1);
    assert_eq!(open("mqttscope --preset hivemq-cloud wss://x.hivemq.cloud").address.port, 8884);
    assert_eq!(open("mqttscope --preset local").address.to_string(), "127.0.0.1:1883");
}

#[test]
fn headers_and_the_proxy_s_password_come_from_elsewhere() {
    let opened = open(
        "mqttscope --ws-header X:one --ws-header-env A=MQTTSCOPE_NOT_SET --ws-header-file B=f \
         --ws-header-command C=echo=x --proxy http://me@p:1 --proxy-password-command y ws://h",
    )
    .unwrap();
    let profile = &opened.profiles[0];
    let made: Vec<_> = profile.ws_headers_made.iter().map(|(name, source)| (name.as_str(), source)).collect();
    let variable = PasswordSource::Variable("MQTTSCOPE_NOT_SET".into());
    let (file, command) = (PasswordSource::File("f".into()), PasswordSource::Command("echo=x".into()));
    assert_eq!(made, [("A", &variable), ("B", &file), ("C", &command)]);
    assert_eq!((profile.ws_headers.len(), profile.ws_headers[0].0.as_str()), (1, "X"));
    assert_eq!(profile.proxy_password_source, PasswordSource::Command("y".into()));
    let told = opened.warnings.join("\n");
    assert!(told.contains("\"MQTTSCOPE_NOT_SET\" with the header \"A\" is not set"), "{told}");
    assert!(
        told.contains("what --ws-header says") && told.contains("--ws-header-env keeps it out"),
        "{told}"
    );
}

#[test]
fn the_arguments_hold_together() {
    use clap::CommandFactory;
    Cli::command().debug_assert();
}

/// A directory with device files of these names and texts.
fn devices(files: &[(&str, &str)]) -> (tempfile::TempDir, Devices) {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(home.path().join(format!("{name}.toml")), text).unwrap();
    }
    let devices = Devices::at(Some(home.path().to_owned()));
    (home, devices)
}

const PLANT: &str = "[connection]\nurl = \"mqtt://me@10.0.0.1:1884\"\nclient_id = \"desk\"\nkeep_alive_s = 30\n\
    mqtt_version = \"3.1.1\"\n[[subscription]]\nfilter = \"plant/#\"\nqos = 1\n";

#[test]
fn a_device_file_wins_over_a_host_and_mixes_with_urls() {
    let (_home, devices) = devices(&[("plant", PLANT)]);
    let opened = cli("mqttscope plant mqtt://two three plant").open(&devices, &[], 7).unwrap();
    let addresses: Vec<_> = opened.profiles.iter().map(|profile| profile.address.to_string()).collect();
    assert_eq!(addresses, ["10.0.0.1:1884", "two:1883", "three:1883"]);
    assert_eq!(opened.words, ["plant", "mqtt://two", "mqtt://three"]);
    assert_eq!(opened.profiles[0].name, "plant");
    assert!(opened.warnings[0].contains("named twice"), "{:?}", opened.warnings);
}

#[test]
fn flags_take_the_place_of_a_file_only_where_they_are_given() {
    let (_home, devices) = devices(&[("plant", PLANT)]);
    let open = |line| cli(line).open(&devices, &[], 7).unwrap().profiles.remove(0);
    let as_filed = open("mqttscope plant");
    assert_eq!((as_filed.version, as_filed.keep_alive_s), (Version::V3, 30));
    assert_eq!((as_filed.username.as_deref(), as_filed.client_id.as_str()), (Some("me"), "desk"));
    assert_eq!(as_filed.subscriptions[0].qos, Qos::AtLeastOnce);
    let changed = open("mqttscope plant --mqtt 5 -u you --client-id other -t a/# --max-packet 1Mi");
    assert_eq!((changed.version, changed.keep_alive_s), (Version::V5, 30));
    assert_eq!((changed.username.as_deref(), changed.client_id.as_str()), (Some("you"), "other"));
    assert_eq!((changed.subscriptions.len(), changed.max_packet_bytes), (1, 1 << 20));
    assert_eq!(open("mqttscope plant --qos 2").subscriptions[0].qos, Qos::ExactlyOnce);
    assert_eq!(open("mqttscope plant --sys").subscriptions.len(), 2);
}

#[test]
fn what_may_be_a_slip_is_opened_with_a_hint() {
    let (_home, devices) = devices(&[("plant", PLANT)]);
    let opened = cli("mqttscope plnat").open(&devices, &[], 7).unwrap();
    assert_eq!(opened.profiles[0].address, Address::tcp("plnat", 1883));
    assert!(opened.warnings[0].contains("did you mean the device \"plant\"?"), "{:?}", opened.warnings);
    let missing = PLANT.replace("[[sub", "password = { env = \"MQTTSCOPE_NOT_SET\" }\n[[sub");
    std::fs::write(devices.path("plant").unwrap(), missing).unwrap();
    let warnings = cli("mqttscope plant").open(&devices, &[], 7).unwrap().warnings;
    assert!(warnings[0].contains("\"MQTTSCOPE_NOT_SET\" with its password is not set"), "{warnings:?}");
    assert!(cli("mqttscope pi.local").open(&devices, &[], 7).unwrap().warnings.is_empty());
}

#[test]
fn without_a_name_the_last_devices_are_opened_as_far_as_they_are_there() {
    let (_home, devices) = devices(&[("plant", PLANT), ("broken", "[connection")]);
    let last = ["plant", "mqtt://two", "gone", "broken"].map(str::to_owned);
    let opened = cli("mqttscope").open(&devices, &last, 7).unwrap();
    assert_eq!(opened.words, ["plant", "mqtt://two"]);
    assert!(opened.warnings[0].contains("\"gone\", open last, is no more"), "{:?}", opened.warnings);
    assert!(opened.warnings[1].contains("broken.toml:1:"), "{:?}", opened.warnings);
    let opened = cli("mqttscope three").open(&devices, &last, 7).unwrap();
    assert_eq!(opened.words, ["mqtt://three"]);
    let opened = cli("mqttscope").open(&devices, &last[2..3], 7).unwrap();
    assert!(opened.words.is_empty(), "the Devices screen is next");
}
