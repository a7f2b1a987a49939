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
        ("mqttscope --mqtt 4", "possible values: 3, 5, auto"),
        ("mqttscope --persistent", "--client-id"),
        ("mqttscope --memory much", "write 512M"),
        ("mqttscope --key x mqtts://h", "--cert"),
        ("mqttscope --insecure --cafile x mqtts://h", "cannot be used with"),
        ("mqttscope --ws-header nonsense ws://h", "'Name: value'"),
        ("mqttscope --proxy socks5://h:1 h", "socks5:// is no proxy spoken here"),
        ("mqttscope --proxy http://h h", "the proxy's port is missing"),
        ("mqttscope --will-qos 1 h", "--will-topic"),
        ("mqttscope --will-topic a/# h", "wildcard"),
        ("mqttscope --receive-maximum 0 h", "1..=65535"),
        ("mqttscope --password-env A --password-file b h", "cannot be used with"),
        ("mqttscope demo --port 0", "0 is not in 1..=65535"),
        ("mqttscope demo --rate fast", "invalid"),
    ] {
        let error = Cli::try_parse_from(line.split(' ')).unwrap_err().to_string();
        assert!(error.contains(expected), "{line}: {error}");
    }
    for (line, expected) in [
        ("mqttscope plant://x", "is not a way to a broker"),
        ("mqttscope --insecure mqtt://x", "--insecure is for mqtts:// and wss://"),
        ("mqttscope --ws-header A:b mqtts://x", "--ws-header is for ws:// and wss://"),
        ("mqttscope --proxy http://p:1 mqtt+unix:///x", "leave --proxy out"),
        ("mqttscope --persistent --client-id= h", "--client-id that is not empty"),
        ("mqttscope --mqtt 3 --password-command x h", "add --username"),
        ("mqttscope --password-env MQTTSCOPE_NOT_SET h", "not set"),
        ("mqttscope --password-file /nonexistent/file h", "can't be read"),
        ("mqttscope --max-packet 1G h", "256M"),
    ] {
        let error = cli(line).profiles(1).unwrap_err().to_string();
        assert!(error.contains(expected), "{line}: {error}");
    }
}

#[test]
fn each_flag_reaches_the_profile_and_no_debug_shows_a_secret() {
    let cli =
        cli("mqttscope --cafile ca.pem --cert c.pem --key k.pem --alpn one --alpn two --server-name n \
                   --ws-header Authorization:hunter1 --proxy http://me:hunter2@p:3128 --password-command x \
                   --will-topic w --will-payload gone --will-qos 1 --will-retain --will-delay 5 -u me \
                   --receive-maximum 10 --mqtt auto wss://h/ws mqtt://you:hunter3@plain");
    let (profiles, warnings) = cli.profiles(1).unwrap();
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
fn the_arguments_hold_together() {
    use clap::CommandFactory;
    Cli::command().debug_assert();
}
