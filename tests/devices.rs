//! Device files by the real binary, in a home of their own. Owns the journeys from `device add` to opening.
#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing there")]
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A home with nothing in it.
struct Home(tempfile::TempDir);

/// What a run came to.
#[derive(Debug)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn devices(&self) -> PathBuf {
        self.0.path().join("config/mqttscope/devices")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.devices().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.devices()).unwrap();
        fs::write(self.file(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_mqttscope"))
            .args(arguments)
            .current_dir(self.0.path())
            .env("HOME", self.0.path())
            .env("XDG_CONFIG_HOME", self.0.path().join("config"))
            .env("XDG_STATE_HOME", self.0.path().join("state"))
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    fn done(&self, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
        ran
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).unwrap().mode() & 0o777
}

#[test]
fn a_device_is_added_listed_shown_and_removed() {
    let home = Home::new();
    let ran = home.done(&["device", "list"]);
    assert!(ran.out.is_empty() && ran.err.contains("no devices yet"), "{ran:?}");
    let add = ["device", "add", "plant", "mqtts://me@plant.local", "-t", "plant/#", "--qos", "1"];
    let ran = home.done(&[&add[..], &["--password-env", "PLANT", "--keep-alive", "30"]].concat());
    assert!(ran.out.contains("open it with: mqttscope plant"), "{ran:?}");
    let expected = "[connection]\nurl = \"mqtts://plant.local\"\nusername = \"me\"\n\
        password = { env = \"PLANT\" }\nkeep_alive_s = 30\n\n[[subscription]]\nfilter = \"plant/#\"\nqos = 1\n";
    assert_eq!(home.read("plant.toml"), expected);
    #[cfg(unix)]
    assert_eq!((mode(&home.file("plant.toml")), mode(&home.devices())), (0o600, 0o700));
    home.done(&["device", "add", "a", "h"]);
    assert_eq!(home.done(&["device", "list"]).out, "a      mqtt://h\nplant  mqtts://me@plant.local\n");
    let ran = home.done(&["device", "show", "plant"]);
    for words in ["environment variable PLANT", "30 s", "plant/# at QoS 1", "generated anew"] {
        assert!(ran.out.contains(words), "{words}: {ran:?}");
    }
    let path = home.done(&["device", "path", "plant"]).out;
    assert_eq!(Path::new(path.trim_end()), home.file("plant.toml"));
    assert_eq!(Path::new(home.done(&["device", "path"]).out.trim_end()), home.devices());
    home.done(&["device", "remove", "plant"]);
    assert_eq!(home.read("plant.toml~"), expected);
    let ran = home.run(&["device", "show", "plant"]);
    assert!(ran.code == 1 && ran.err.contains("there is no device \"plant\""), "{ran:?}");
    let left: Vec<_> =
        fs::read_dir(home.devices()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "no temporary file is left: {left:?}");
}

#[test]
fn nothing_is_replaced_without_force_and_nothing_is_lost_with_it() {
    let home = Home::new();
    home.write("plant.toml", "[connection\n# months of work\n");
    let ran = home.run(&["device", "add", "plant", "h"]);
    assert!(ran.code == 1 && ran.err.contains("exists already; --force replaces it"), "{ran:?}");
    assert!(home.read("plant.toml").contains("months of work"));
    home.done(&["device", "add", "plant", "h", "--force"]);
    assert!(home.read("plant.toml~").contains("months of work"));
    #[cfg(unix)]
    assert_eq!(mode(&home.file("plant.toml~")), 0o600);
}

#[test]
fn a_password_is_neither_saved_nor_shown() {
    let home = Home::new();
    let ran = home.done(&["device", "add", "plant", "mqtt://me:hunter2@h"]);
    assert!(ran.err.contains("the password is not saved"), "{ran:?}");
    let pasted = "mosquitto_sub -h pi -p 1884 -u me -P hunter2 -t 'a/#' --cafile ca.pem --frobnicate -v";
    let ran = home.done(&["device", "add", "pasted", "--from-mosquitto", pasted]);
    assert!(ran.err.contains("--frobnicate is passed over") && ran.err.contains("not saved"), "{ran:?}");
    let pasted = home.read("pasted.toml");
    let ca = home.0.path().canonicalize().unwrap().join("ca.pem");
    assert!(
        pasted.contains("url = \"mqtts://pi:1884\"") && pasted.contains(ca.to_str().unwrap()),
        "{pasted}"
    );
    home.done(&["device", "add", "from", "--from-url", "mqtt://h:1884"]);
    for name in ["plant.toml", "pasted.toml", "from.toml"] {
        assert!(!home.read(name).contains("hunter2"));
    }
    let secrets = "[connection]\nurl = \"wss://h/mqtt?sig=hunter2\"\npassword = { plain = \"hunter2\" }\n\
        username = \"me\"\nproxy = \"http://me:hunter2@p:1\"\nws.headers = { A = \"hunter2\" }\n";
    home.write("secret.toml", secrets);
    let (shown, listed) = (home.done(&["device", "show", "secret"]), home.done(&["device", "list"]));
    for ran in [&shown, &listed] {
        assert!(!ran.out.contains("hunter2") && !ran.err.contains("hunter2"), "{ran:?}");
    }
    #[cfg(unix)]
    assert!(shown.err.contains("chmod 600"), "a file that others can read: {shown:?}");
}

#[test]
fn a_name_leads_nowhere_else_and_hides_no_command() {
    let home = Home::new();
    for (name, expected) in
        [("../evil", "can't be a device's name"), (".x", "can't be"), ("demo", "is a command of mqttscope")]
    {
        let ran = home.run(&["device", "add", name, "h"]);
        assert!(ran.code == 2 && ran.err.contains(expected), "{name}: {ran:?}");
    }
    assert!(!home.devices().exists());
}

#[test]
fn a_broken_file_is_told_with_line_and_column_and_stays_as_it_is() {
    let home = Home::new();
    let text = "[connection]\nurl = \"mqtt://h\"\nkeep_alive_s = 70000\nqos = 1\n";
    home.write("plant.toml", text);
    for arguments in [&["plant"][..], &["doctor", "plant"], &["device", "show", "plant"]] {
        let ran = home.run(arguments);
        assert!(ran.code != 0, "{ran:?}");
        assert!(
            ran.err.contains("plant.toml:3:16: keep_alive_s must be a number from 0 to 65535"),
            "{ran:?}"
        );
    }
    assert_eq!(home.read("plant.toml"), text);
    home.write("plant.toml", "[connection]\nurl = \"mqtt://h\"\nkeepalive_s = 7\n");
    let ran = home.done(&["device", "show", "plant"]);
    assert!(ran.err.contains("plant.toml:3: [connection] has no key \"keepalive_s\""), "{ran:?}");
    assert!(ran.err.contains("did you mean \"keep_alive_s\"?"), "{ran:?}");
    fs::write(home.file("plant.toml"), b"[connection]\n# \xff\n").unwrap();
    let ran = home.run(&["device", "show", "plant"]);
    assert!(ran.err.contains("plant.toml:2:3: this byte is no UTF-8"), "{ran:?}");
}

#[test]
fn saving_changes_what_changed_and_keeps_the_older_version() {
    use mqttscope::config::device::{Devices, PlainPassword};
    let home = Home::new();
    let text = "# mine\n[connection]\nurl = \"mqtt://h\" # here\nodd = 1\n\n[[node]]\ntopic = \"a\"\n";
    home.write("plant.toml", text);
    let devices = Devices::at(Some(home.devices()));
    let mut profile = devices.read("plant").unwrap().profile;
    devices.save("plant", &profile, PlainPassword::LeaveOut).unwrap();
    assert!(!home.file("plant.toml~").exists(), "nothing changed, so nothing is written");
    profile.keep_alive_s = 5;
    devices.save("plant", &profile, PlainPassword::LeaveOut).unwrap();
    assert_eq!(home.read("plant.toml~"), text);
    assert_eq!(home.read("plant.toml"), text.replace("odd = 1\n", "odd = 1\nkeep_alive_s = 5\n"));
    assert_eq!(devices.read("plant").unwrap().profile, profile);
    #[cfg(unix)]
    assert_eq!(mode(&home.file("plant.toml")), 0o600);
}

/// A device of the shell's, by a word and the words of a file.
fn nodes(text: &str) -> Vec<mqttscope::device::Node> {
    let path = Path::new("/d/x.toml");
    mqttscope::config::device::parse("x", path, format!("[connection]\nurl = \"mqtt://h\"\n{text}"))
        .unwrap()
        .nodes
}

#[test]
fn a_device_goes_to_ossia_score_and_comes_back() {
    let home = Home::new();
    let text = "[connection]\nurl = \"mqtt://h:1884\"\nusername = \"me\"\npassword = { plain = \"hunter2\" }\n\n[[node]]\n\
        topic = \"plant/oven\"\ntype = \"float\"\nunit = \"°C\"\nqos = 1\n\n[[node]]\ntopic = \"/lamp\"\ntype = \"bool\"\n";
    home.write("plant.toml", text);
    let ran = home.done(&["device", "export", "plant", "out.device"]);
    for words in
        ["known from ossia score's sources", "unit: 1 (plant/oven)", "of the connection, not exported: 2"]
    {
        assert!(ran.err.contains(words), "{words}: {ran:?}");
    }
    let ran = home.run(&["device", "export", "plant", "out.device"]);
    assert!(ran.code == 1 && ran.err.contains("--force replaces it"), "{ran:?}");
    let shown = home.done(&["device", "export", "plant"]).out;
    assert!(shown.contains("b960ea7e-b4bc-4207-af52-4bf806279b6a") && !shown.contains("hunter2"), "{shown}");
    let ran = home.run(&["device", "import", "out.device"]);
    assert!(ran.code == 1 && ran.err.contains("exists already"), "{ran:?}");
    let ran = home.done(&["device", "import", "out.device", "--name", "back"]);
    assert!(ran.out.contains("with 2 nodes"), "{ran:?}");
    let (one, other) = (home.read("plant.toml"), home.read("back.toml"));
    let of = |text: &str| nodes(text.split_once("\n\n").unwrap().1);
    assert!(of(&one).iter().all(|node| of(&other).contains(node)), "{other}");
    assert!(home.done(&["device", "show", "back"]).out.contains("kept nodes       2"));
    fs::write(home.0.path().join("osc.device"), r#"{"Device":{"Protocol":"x"}}"#).unwrap();
    let ran = home.run(&["device", "import", "osc.device"]);
    assert!(
        ran.code == 1 && ran.err.contains("osc.device: this device speaks another protocol, \"x\""),
        "{ran:?}"
    );
}

#[test]
fn two_devices_are_compared_and_no_secret_is_shown() {
    let home = Home::new();
    let head = "[connection]\nurl = \"mqtt://h\"\nusername = \"me\"\n";
    let one = format!(
        "{head}password = {{ plain = \"hunter2\" }}\n\n[[node]]\ntopic = \"a\"\n\n[[node]]\ntopic = \"b\"\ntype = \"int\"\n"
    );
    let other = format!(
        "{head}password = {{ plain = \"hunter3\" }}\nkeep_alive_s = 5\n\n[[subscription]]\nfilter = \"x/#\"\n\n[[node]]\n\
         topic = \"b\"\nmax = 5\ntype = \"float\"\n\n[[node]]\ntopic = \"c\"\n"
    );
    home.write("one.toml", &one);
    fs::write(home.0.path().join("other.toml"), other).unwrap();
    let same = home.done(&["device", "diff", "one", "one"]);
    assert_eq!((same.out.as_str(), same.err.as_str()), ("", ""));
    let ran = home.run(&["device", "diff", "one", "./other.toml"]);
    let expected = "~ connection\n    password: differs\n    keep_alive_s: default → 5\n- subscription #\n\
        + subscription x/#\n- node a\n~ node b\n    type: \"int\" → \"float\"\n    max: default → 5\n+ node c\n";
    assert_eq!((ran.code, ran.out.as_str()), (1, expected));
    assert!(ran.err.contains("differ in 6 places"), "{ran:?}");
    let ran = home.run(&["device", "diff", "one", "other.toml", "--json"]);
    assert!(ran.out.contains(r#"{"what":"node","name":"c","is":"added"}"#), "{ran:?}");
    assert!(ran.out.contains(r#"{"key":"password"}"#) && !ran.out.contains("hunter"), "{ran:?}");
    let ran = home.run(&["device", "diff", "one", "./nothing.toml"]);
    assert!(ran.code == 2 && ran.err.contains("nothing.toml can't be read"), "{ran:?}");
}

#[test]
fn a_device_is_named_by_the_path_of_its_file_too() {
    let home = Home::new();
    fs::write(home.0.path().join("near.toml"), "[connection]\nurl = \"mqtt://h\"\nkeep_alive_s = 70000\n")
        .unwrap();
    for arguments in
        [&["near.toml"][..], &["./near.toml"], &["doctor", "near.toml"], &["device", "show", "near.toml"]]
    {
        let ran = home.run(arguments);
        assert!(
            ran.code != 0 && ran.err.contains("near.toml:3:16: keep_alive_s must be"),
            "{arguments:?}: {ran:?}"
        );
    }
}

#[test]
fn half_a_file_never_replaces_a_whole_one() {
    use mqttscope::config::device::{DeviceError, Devices, PlainPassword};
    let home = Home::new();
    let text = "[connection]\nurl = \"mqtt://h\"\n\n[[node]]\ntopic = \"a\"\nalias = \"b\"\n";
    home.write("plant.toml", text);
    let devices = Devices::at(Some(home.devices()));
    let profile = devices.read("plant").unwrap().profile;
    let new = nodes("[[node]]\ntopic = \"c\"\n");
    let save = || devices.save_nodes("plant", &profile, &new, PlainPassword::LeaveOut);
    // A directory in the place of the backup: what has no room for it has none for the file.
    fs::create_dir(home.file("plant.toml~")).unwrap();
    assert!(matches!(save(), Err(DeviceError::Io { .. })));
    assert_eq!(home.read("plant.toml"), text);
    fs::remove_dir(home.file("plant.toml~")).unwrap();
    for n_bytes in [text.len() - 2, 40, 5] {
        let half = text.get(..n_bytes).unwrap();
        home.write("plant.toml", half);
        let told = save().unwrap_err().to_string();
        assert!(told.contains("plant.toml:"), "{half}: {told}");
        assert_eq!(home.read("plant.toml"), half, "what is left may be mended by hand");
    }
    home.write("plant.toml", text);
    save().unwrap();
    assert_eq!(home.read("plant.toml~"), text);
    let left = fs::read_dir(home.devices()).unwrap().count();
    assert_eq!(left, 2, "no temporary file is left");
}

#[test]
fn what_was_not_saved_is_recovered_and_is_no_device_of_its_own() {
    use mqttscope::config::device::{Content, Devices};
    use mqttscope::decode::{Choice, Decoder};
    use mqttscope::device::Rule;
    use mqttscope::mqtt::Filter;
    use mqttscope::sift::named::Named;
    let home = Home::new();
    home.write("plant.toml", "[connection]\nurl = \"mqtt://h\"\npassword = { plain = \"hunter2\" }\n");
    let devices = Devices::at(Some(home.devices()));
    assert!(devices.recovered("plant").unwrap().is_none());
    let profile = devices.read("plant").unwrap().profile;
    let filters = [Named { name: "hot".into(), text: "value:>200".into() }];
    let unsaved = nodes("[[node]]\ntopic = \"a\"\ntype = \"int\"\n");
    let (filter, choice) = (Filter::parse("a").unwrap(), Choice::By(Decoder::Cbor));
    let rules = [Rule { filter, choice, schema: None, jq: None }];
    devices
        .recover("plant", &profile, Content { nodes: &unsaved, filters: &filters, rules: &rules })
        .unwrap();
    let recovered = devices.recovered("plant").unwrap().unwrap();
    assert_eq!((recovered.nodes, recovered.filters), (unsaved, filters.to_vec()));
    assert_eq!(recovered.rules, rules);
    let text = home.read("plant.recovered.toml");
    assert!(
        text.starts_with("# Nodes, view filters and decoders that were not saved")
            && !text.contains("hunter2"),
        "{text}"
    );
    #[cfg(unix)]
    assert_eq!(mode(&home.file("plant.recovered.toml")), 0o600);
    assert_eq!(devices.names().unwrap(), ["plant"]);
    assert_eq!(devices.all_recovered().unwrap(), ["plant"]);
    assert_eq!(home.done(&["device", "list"]).out, "plant  mqtt://h\n");
    devices.recover("plant", &profile, Content::default()).unwrap();
    assert!(home.read("plant.recovered.toml~").contains("topic = \"a\""), "the older one is kept");
    devices.forget_recovered("plant").unwrap();
    devices.forget_recovered("plant").unwrap();
    assert!(devices.recovered("plant").unwrap().is_none());
}

#[test]
fn a_query_that_is_saved_with_the_url_is_warned_of() {
    let home = Home::new();
    let ran = home.done(&["device", "add", "signed", "wss://h/ws?sig=hunter2"]);
    assert!(ran.err.contains("what follows the ? of the URL is saved"), "{ran:?}");
    assert!(!ran.err.contains("hunter2") && !ran.out.contains("hunter2"), "{ran:?}");
    let ran = home.done(&["device", "add", "plain", "wss://h/ws"]);
    assert_eq!(ran.err, "");
}

#[test]
fn aws_is_added_by_preset_with_three_fields() {
    let home = Home::new();
    let preset = ["--preset", "aws-iot-core", "--cert", "/d/pump.crt", "--key", "/d/pump.key"];
    home.done(&[&["device", "add", "cloud", "x-ats.iot.eu-west-1.amazonaws.com"][..], &preset].concat());
    let expected = "[connection]\nurl = \"mqtts://x-ats.iot.eu-west-1.amazonaws.com\"\n\
        preset = \"aws-iot-core\"\ntls.cert = \"/d/pump.crt\"\ntls.key = \"/d/pump.key\"\n";
    assert_eq!(home.read("cloud.toml"), expected);
    let shown = home.done(&["device", "show", "cloud"]).out;
    assert!(shown.contains("QoS up to 1") && shown.contains("8 filters in a SUBSCRIBE"), "{shown}");
    let ran = home.run(&["device", "add", "other", "h", "--preset", "aws-iot-core", "--keep-alive", "5"]);
    assert!(ran.code == 2 && ran.err.contains("AWS IoT Core takes a keep-alive of 30 to 1200 s"), "{ran:?}");
}

#[test]
fn the_presets_are_listed_with_what_they_limit() {
    let listed = Home::new().done(&["device", "presets"]).out;
    for words in [
        "aws-iot-core     AWS IoT Core",
        "asks for: host, certificate, key",
        "8 filters in a SUBSCRIBE",
        "retired by Google on 2023-08-16",
        "devices/ID/messages/devicebound/#",
    ] {
        assert!(listed.contains(words), "{words}: {listed}");
    }
}

#[test]
fn secrets_of_headers_and_proxies_are_not_saved_in_plain_text_unless_told_to() {
    let home = Home::new();
    let add = ["device", "add", "cloud", "wss://me:hunter1@h"];
    for (flags, words) in [
        (["--ws-header", "Authorization: hunter2"], "the value of the header \"Authorization\" is not saved"),
        (["--proxy", "http://me:hunter3@p:1"], "the proxy's password is not saved"),
    ] {
        let ran = home.run(&[&add[..], &flags[..]].concat());
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(words) && ran.err.contains("--save-plain"), "{ran:?}");
        assert!(!home.file("cloud.toml").exists() && !ran.err.contains("hunter"), "{ran:?}");
    }
    let secrets = ["--ws-header-env", "Authorization=TOKEN", "--ws-header-file", "X=token"];
    let proxy = ["--proxy", "http://me@p:1", "--proxy-password-command", "pass p"];
    home.done(&[&add[..], &secrets[..], &proxy[..]].concat());
    let text = home.read("cloud.toml");
    assert!(text.contains("Authorization = { env = \"TOKEN\" }, X = { file = \"/"), "absolute: {text}");
    assert!(text.contains("proxy_password = { command = \"pass p\" }") && !text.contains("hunter"), "{text}");
    let shown = home.done(&["device", "show", "cloud"]).out;
    assert!(shown.contains("Authorization: from the environment variable TOKEN"), "{shown}");
    home.done(&[&add[..], &["--force", "--save-plain", "--ws-header", "Authorization: hunter2"]].concat());
    let text = home.read("cloud.toml");
    assert!(
        text.contains("{ plain = \"hunter1\" }") && text.contains("Authorization = \"hunter2\""),
        "{text}"
    );
    assert!(!home.done(&["device", "show", "cloud"]).out.contains("hunter"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        home.write("open.toml", "[connection]\nurl = \"ws://h\"\nws.headers = { A = \"hunter4\" }\n");
        fs::set_permissions(home.file("open.toml"), fs::Permissions::from_mode(0o644)).unwrap();
        let warned = home.done(&["device", "show", "open"]).err;
        assert!(
            warned.contains("others can read the value of the header \"A\" in this file; chmod 600"),
            "{warned}"
        );
    }
}

#[test]
fn files_whose_names_are_none_are_told_by_the_list() {
    let home = Home::new();
    home.write("plant.toml", "[connection]\nurl = \"mqtt://h\"\n");
    home.write("my plant.toml", "[connection]\nurl = \"mqtt://h\"\n");
    home.write("plant.toml~", "");
    let ran = home.done(&["device", "list"]);
    assert_eq!(ran.out.lines().count(), 1, "{ran:?}");
    assert!(ran.err.contains("\"my plant.toml\" is passed over") && ran.err.contains("rename it"), "{ran:?}");
    assert_eq!(ran.err.lines().count(), 1, "a backup is nothing to tell: {ran:?}");
}
