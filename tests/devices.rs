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
