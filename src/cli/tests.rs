//! The command line as people type it.
use super::*;
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
fn no_argument_means_the_broker_on_this_machine() {
    let profiles = profiles("mqttscope");
    assert_eq!(profiles.len(), 1);
    assert_eq!(profiles[0].address, Address::tcp("127.0.0.1", 1883));
    assert_eq!(profiles[0].version, Version::V5);
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
    let Opened { profiles, warnings, words } = open("mqttscope mqtt://me:hunter2@h").unwrap();
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
        ("mqttscope --mqtt 4", "possible values: 3, 5"),
        ("mqttscope --persistent", "--client-id"),
        ("mqttscope --memory much", "write 512M"),
        ("mqttscope demo --port 0", "0 is not in 1..=65535"),
        ("mqttscope demo --rate fast", "invalid"),
    ] {
        let error = Cli::try_parse_from(line.split(' ')).unwrap_err().to_string();
        assert!(error.contains(expected), "{line}: {error}");
    }
    for (line, expected) in [
        ("mqttscope plant://x", "is not a way to a broker"),
        ("mqttscope wss://x", "not supported yet"),
        ("mqttscope --password-env MQTTSCOPE_NOT_SET h", "not set"),
        ("mqttscope --password-file /nonexistent/file h", "can't be read"),
        ("mqttscope --max-packet 1G h", "256M"),
    ] {
        let error = open(line).unwrap_err().to_string();
        assert!(error.contains(expected), "{line}: {error}");
    }
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
    assert_eq!(opened.words, ["mqtt://127.0.0.1"]);
}

#[test]
fn what_is_not_acted_upon_yet_is_refused_rather_than_passed_over() {
    let with = |line: &str| format!("[connection]\nurl = \"mqtt://h\"\n{line}\n");
    let (_home, devices) = devices(&[
        ("proxied", &with("proxy = \"http://p:1\"")),
        ("commanded", &with("password = { command = \"pass\" }")),
    ]);
    for (name, expected) in
        [("proxied", "a proxy is not supported yet"), ("commanded", "from a command is not")]
    {
        let error = cli(&format!("mqttscope {name}")).open(&devices, &[], 7).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
