//! A pasted `mosquitto_sub …` line as a device. Owns which of its flags mean what; saves nothing.
use crate::mqtt::address::parse_url;
use crate::mqtt::profile::{KEPT_SESSION_EXPIRY_S, Will};
use crate::mqtt::{
    Address, Filter, Payload, Profile, PublishProperties, Qos, Subscription, Topic, Transport, Version,
};
use std::path::{Path, PathBuf};

/// Flags with a value that mean nothing to a device; their values must not be taken for flags.
const PASSED_OVER_WITH_VALUE: [&str; 27] = [
    "-A",
    "-C",
    "-F",
    "-I",
    "-f",
    "-m",
    "-M",
    "-o",
    "-T",
    "-U",
    "-W",
    "--capath",
    "--ciphers",
    "--keyform",
    "--proxy",
    "--psk",
    "--psk-identity",
    "--tls-engine",
    "--tls-engine-kpass-sha1",
    "--tls-keyform",
    "--tls-version",
    "--filter-out",
    "--unsubscribe",
    "--message",
    "--file",
    "--repeat",
    "--repeat-delay",
];

/// What a line says, gathered before it is known which address it makes.
#[derive(Debug, Default)]
struct Line {
    host: Option<String>,
    port: Option<u16>,
    url: Option<String>,
    unix: Option<String>,
    topics: Vec<String>,
    qos: Qos,
    is_tls: bool,
    is_pub: bool,
    will_topic: Option<String>,
    will: (String, Qos, bool),
    expiry_s: Option<u32>,
    warnings: Vec<String>,
}

/// The profile of a line, and what of it was not taken over; the error is for whoever pasted it.
pub(super) fn parse(text: &str) -> Result<(Profile, Vec<String>), String> {
    let words = shell_words::split(text)
        .map_err(|_unbalanced| "the quotes of the mosquitto line don't match; paste it whole".to_owned())?;
    let mut words = words.into_iter().peekable();
    let mut line = Line::default();
    if let Some(program) = words.next_if(|word| !word.starts_with('-')) {
        let program = Path::new(&program).file_name().unwrap_or_default().to_string_lossy().into_owned();
        line.is_pub = program == "mosquitto_pub";
        if !matches!(program.as_str(), "mosquitto_sub" | "mosquitto_pub" | "mosquitto_rr") {
            return Err(format!("{program:?} is not mosquitto_sub; paste its whole command line"));
        }
    }
    let mut profile = Profile::new("", Address::tcp("127.0.0.1", 1883), String::new());
    profile.version_is_fixed = false;
    while let Some(flag) = words.next() {
        line.flag(&flag, &mut words, &mut profile)?;
    }
    line.finish(profile)
}

impl Line {
    fn flag(
        &mut self,
        flag: &str,
        words: &mut impl Iterator<Item = String>,
        profile: &mut Profile,
    ) -> Result<(), String> {
        let mut value = || words.next().ok_or_else(|| format!("{flag} has no value; paste the whole line"));
        match flag {
            "-h" | "--host" => self.host = Some(value()?),
            "-p" | "--port" => self.port = Some(number(flag, &value()?)?),
            "-L" | "--url" => self.url = Some(value()?),
            "--unix" => self.unix = Some(value()?),
            "-t" | "--topic" => self.topics.push(value()?),
            "-q" | "--qos" => self.qos = qos(flag, &value()?)?,
            "-u" | "--username" => profile.username = Some(value()?),
            "-P" | "--pw" => {
                value()?;
                self.warn("the password is not saved; write password = { env = \"VARIABLE\" } into the file");
            }
            "-i" | "--id" => profile.client_id = value()?,
            "-k" | "--keepalive" => profile.keep_alive_s = number(flag, &value()?)?,
            "-c" | "--disable-clean-session" => profile.clean_start = false,
            "-x" | "--session-expiry-interval" => self.expiry_s = Some(number(flag, &value()?)?),
            "-V" | "--protocol-version" => match value()?.as_str() {
                "5" | "mqttv5" => (profile.version, profile.version_is_fixed) = (Version::V5, true),
                "311" | "mqttv311" => (profile.version, profile.version_is_fixed) = (Version::V3, true),
                other => self.warn(&format!("-V {other} is passed over; MQTT 3.1.1 and 5 are spoken")),
            },
            "--cafile" => (profile.tls.ca_file, self.is_tls) = (Some(path(&value()?)), true),
            "--cert" => (profile.tls.cert_file, self.is_tls) = (Some(path(&value()?)), true),
            "--key" => (profile.tls.key_file, self.is_tls) = (Some(path(&value()?)), true),
            "--tls-use-os-certs" => self.is_tls = true,
            "--tls-alpn" => profile.tls.alpn.push(value()?),
            "--insecure" => {
                profile.tls.insecure = true;
                self.warn("--insecure: certificates will not be checked; take tls.insecure out when you can");
            }
            "--will-topic" => self.will_topic = Some(value()?),
            "--will-payload" => self.will.0 = value()?,
            "--will-qos" => self.will.1 = qos(flag, &value()?)?,
            "--will-retain" => self.will.2 = true,
            _ if PASSED_OVER_WITH_VALUE.contains(&flag) => {
                value()?;
                self.is_tls |= flag == "--capath";
                self.warn(&format!("{flag} is passed over"));
            }
            // Three words: which packet, which property, and its value; a user property has a fourth.
            "-D" | "--property" => {
                for _ in 0..2 {
                    value()?;
                }
                self.warn("-D is passed over");
            }
            _ if flag.starts_with('-') => self.warn(&format!("{} is passed over", name_of(flag))),
            // A word behind a flag that was passed over; it may be a secret.
            _word => {}
        }
        Ok(())
    }

    fn warn(&mut self, text: &str) {
        self.warnings.push(text.to_owned());
    }

    fn finish(mut self, mut profile: Profile) -> Result<(Profile, Vec<String>), String> {
        if let Some(url) = self.url.take() {
            self.take_url(&url, &mut profile)?;
        } else if let Some(path) = self.unix.take() {
            profile.address = Address { transport: Transport::Unix, host: String::new(), port: 0, path };
        } else {
            // As mosquitto_sub does since 2.0.
            let is_tls = self.is_tls || self.port == Some(Transport::Tls.default_port());
            let transport = if is_tls { Transport::Tls } else { Transport::Tcp };
            let host = self.host.take().unwrap_or_else(|| "127.0.0.1".to_owned());
            let port = self.port.unwrap_or(transport.default_port());
            profile.address = Address { transport, host, port, path: String::new() };
        }
        if self.is_pub && !self.topics.is_empty() {
            self.topics.clear();
            self.warn("-t of mosquitto_pub is where it publishes, so it makes no subscription");
        }
        for topic in &self.topics {
            let filter = Filter::parse(topic).map_err(|error| error.to_string())?;
            profile.subscriptions.push(Subscription::new(filter, self.qos));
        }
        if let Some(topic) = self.will_topic.take() {
            let topic = Topic::parse(&topic).map_err(|error| error.to_string())?;
            let (payload, qos, retain) = std::mem::take(&mut self.will);
            let payload = Payload::from(payload.into_bytes());
            let properties = PublishProperties::default();
            profile.will = Some(Will { topic, payload, qos, retain, delay_s: 0, properties });
        }
        if !profile.clean_start && profile.client_id.is_empty() {
            profile.clean_start = true;
            self.warn("-c is passed over: a session that is kept needs a client id, -i");
        }
        profile.session_expiry_s = match (profile.clean_start, self.expiry_s) {
            (true, seconds) => seconds.unwrap_or(0),
            (false, seconds) => seconds.unwrap_or(KEPT_SESSION_EXPIRY_S),
        };
        Ok((profile, self.warnings))
    }

    /// `mqtt(s)://[user[:password]@]host[:port]/topic`: the path is a topic here.
    fn take_url(&mut self, url: &str, profile: &mut Profile) -> Result<(), String> {
        let scheme_end = url.find("://").map_or(0, |at| at + 3);
        let (scheme, rest) = url.split_at_checked(scheme_end).unwrap_or((url, ""));
        let (authority, topic) = rest.split_once('/').unwrap_or((rest, ""));
        let parsed = parse_url(&format!("{scheme}{authority}")).map_err(|error| error.to_string())?;
        if parsed.password.is_some() {
            self.warn("the password is not saved; write password = { env = \"VARIABLE\" } into the file");
        }
        profile.address = parsed.address;
        profile.username = parsed.username.or(profile.username.take());
        if !topic.is_empty() {
            self.topics.push(topic.to_owned());
        }
        Ok(())
    }
}

/// A flag without a value that may be stuck to it, for that may be a secret.
fn name_of(flag: &str) -> &str {
    match flag.strip_prefix("--") {
        Some(_) => flag.split('=').next().unwrap_or_default(),
        None => flag.char_indices().nth(2).and_then(|(end, _)| flag.get(..end)).unwrap_or(flag),
    }
}

fn number<T: std::str::FromStr>(flag: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_not_a_number| format!("{flag} {text:?} is no number that fits"))
}

fn qos(flag: &str, text: &str) -> Result<Qos, String> {
    Qos::from_bits(number(flag, text)?).ok_or_else(|| format!("{flag} {text:?} is no QoS; it is 0, 1 or 2"))
}

/// Files are named from here, and the device file lies elsewhere.
fn path(text: &str) -> PathBuf {
    std::path::absolute(text).unwrap_or_else(|_no_directory| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_line_becomes_a_device() {
        let (profile, warnings) = parse(
            "mosquitto_sub -h pi.local -p 1884 -t 'sensors/#' -t home/+/t -q 1 -u me -P hunter2 -i desk -k 30 \
             -c -V mqttv5 -v --will-topic gone --will-payload 'so long' -F '%t %p' -C 3 --new=hunter2 -Phunter2",
        )
        .unwrap();
        assert_eq!(profile.address, Address::tcp("pi.local", 1884));
        assert_eq!((profile.username.as_deref(), profile.client_id.as_str()), (Some("me"), "desk"));
        assert_eq!((profile.keep_alive_s, profile.clean_start), (30, false));
        assert!(profile.version_is_fixed && profile.password.is_none());
        let heard: Vec<_> =
            profile.subscriptions.iter().map(|known| (known.filter.as_str(), known.qos)).collect();
        assert_eq!(heard, [("sensors/#", Qos::AtLeastOnce), ("home/+/t", Qos::AtLeastOnce)]);
        assert_eq!(&*profile.will.unwrap().payload.0, b"so long");
        let warnings = warnings.join("\n");
        for named in ["password is not saved", "-v is passed over", "-F is", "-C is", "--new is", "-P is"] {
            assert!(warnings.contains(named), "{named}: {warnings}");
        }
        assert!(!warnings.contains("hunter2"));
    }

    #[test]
    fn the_way_to_the_broker_is_found() {
        for (line, expected) in [
            ("mosquitto_sub", "127.0.0.1:1883"),
            ("-h h", "h:1883"),
            ("mosquitto_sub -h h --cafile ca.pem", "mqtts://h:8883"),
            ("mosquitto_sub -h h -p 8883", "mqtts://h:8883"),
            ("/usr/bin/mosquitto_sub -L mqtts://u:p@h/a/b", "mqtts://h:8883"),
            ("mosquitto_sub --unix /run/m.sock -t x", "mqtt+unix:///run/m.sock"),
        ] {
            assert_eq!(parse(line).unwrap().0.address.to_string(), expected, "{line}");
        }
        let (profile, warnings) = parse("mosquitto_sub -L mqtts://u:hunter2@h/a/b").unwrap();
        assert_eq!(profile.subscriptions[0].filter.as_str(), "a/b");
        assert_eq!((profile.username.as_deref(), warnings.len()), (Some("u"), 1));
    }

    #[test]
    fn a_line_that_makes_no_device_is_told_why() {
        for (line, expected) in [
            ("mosquitto_sub -t 'a", "quotes"),
            ("curl http://x", "is not mosquitto_sub"),
            ("mosquitto_sub -p many", "-p \"many\""),
            ("mosquitto_sub -h", "-h has no value"),
            ("mosquitto_sub -q 3", "0, 1 or 2"),
            ("mosquitto_sub -t a#", "must stand alone"),
        ] {
            let error = parse(line).unwrap_err();
            assert!(error.contains(expected), "{line}: {error}");
        }
    }
}
