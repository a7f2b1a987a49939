//! The command line as people type it.
use super::*;

fn cli(line: &str) -> Cli {
    Cli::try_parse_from(line.split(' ')).unwrap()
}

fn profiles(line: &str) -> Vec<Profile> {
    cli(line).profiles(7).unwrap().0
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
    let (profiles, warnings) = cli("mqttscope mqtt://me:hunter2@h").profiles(1).unwrap();
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
        let error = cli(line).profiles(1).unwrap_err().to_string();
        assert!(error.contains(expected), "{line}: {error}");
    }
}

#[test]
fn the_arguments_hold_together() {
    use clap::CommandFactory;
    Cli::command().debug_assert();
}
