//! A publication as a `mosquitto_pub` line for a shell. Owns the quoting and what is left out; runs nothing.
use crate::decode::escape::is_hidden;
use crate::model::device::Device;
use crate::mqtt::{Address, Profile, Publication, PublishProperties, Transport, Version};
use std::fmt::Write as _;
use std::path::Path;

/// A line, and what a person must add to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// One line, whatever the payload holds.
    pub text: String,
    /// What is not in it, in words.
    pub left_out: Vec<String>,
}

/// The line that publishes the same to the same broker. Neither the client id, which would end our own session,
/// nor any secret is in it.
pub fn line(device: &Device, publication: &Publication) -> Result<Line, String> {
    let profile = &device.profile;
    let mut left_out = Vec::new();
    let mut words = vec!["mosquitto_pub".to_owned()];
    address(&mut words, &profile.address)?;
    let version = device.online().map_or(profile.version, |online| online.version);
    option(&mut words, "-V", if version == Version::V5 { "5" } else { "311" });
    if let Some(name) = &profile.username {
        option(&mut words, "-u", name);
    }
    if profile.password.is_some() {
        left_out.push("the password is left out: add it with -P".to_owned());
    }
    if profile.address.transport.is_tls() {
        tls(&mut words, profile, &mut left_out)?;
    }
    if profile.proxy.is_some() {
        left_out.push("the HTTP proxy is left out: mosquitto_pub knows SOCKS5 only".to_owned());
    }
    let topic = publication.topic.as_str();
    if topic.ends_with('\n') {
        return Err("the topic ends in a line end, which a shell drops: there is no such line".to_owned());
    }
    option(&mut words, "-t", topic);
    option(&mut words, "-q", &publication.qos.to_string());
    if publication.retain {
        words.push("-r".to_owned());
    }
    if version == Version::V5 {
        properties(&mut words, &publication.properties, &mut left_out);
    }
    let payload = &*publication.payload.0;
    let text = match std::str::from_utf8(payload) {
        Ok("") => format!("{} -n", words.join(" ")),
        Ok(text) if !text.contains(is_unsafe) => {
            option(&mut words, "-m", text);
            words.join(" ")
        }
        Ok(_) | Err(_) => format!("printf '{}' | {} -s", octal(payload), words.join(" ")),
    };
    Ok(Line { text, left_out })
}

fn address(words: &mut Vec<String>, address: &Address) -> Result<(), String> {
    match address.transport {
        Transport::WebSocket | Transport::SecureWebSocket => {
            return Err("mosquitto_pub does not speak WebSocket; y works for mqtt:// and mqtts://".to_owned());
        }
        Transport::Unix => option(words, "--unix", &address.path),
        Transport::Tcp | Transport::Tls => {
            option(words, "-h", &address.host);
            option(words, "-p", &address.port.to_string());
        }
    }
    Ok(())
}

fn tls(words: &mut Vec<String>, profile: &Profile, left_out: &mut Vec<String>) -> Result<(), String> {
    let tls = &profile.tls;
    let mut file = |name: &str, path: &Path| {
        let path = path.to_str().ok_or_else(|| format!("the path of {name} is no UTF-8 text"))?;
        option(words, name, path);
        Ok::<(), String>(())
    };
    if let Some(path) = &tls.ca_file {
        file("--cafile", path)?;
    }
    if let Some(path) = &tls.cert_file {
        file("--cert", path)?;
    }
    if let Some(path) = &tls.key_file {
        file("--key", path)?;
    }
    if tls.ca_file.is_none() {
        words.push("--tls-use-os-certs".to_owned());
    }
    if tls.insecure {
        words.push("--insecure".to_owned());
    }
    if let Some(protocol) = tls.alpn.first() {
        option(words, "--tls-alpn", protocol);
    }
    if tls.server_name.is_some() {
        left_out.push("the TLS server name is left out: mosquitto_pub checks the host's".to_owned());
    }
    Ok(())
}

fn properties(words: &mut Vec<String>, properties: &PublishProperties, left_out: &mut Vec<String>) {
    let mut property = |name: &str, values: &[&str]| {
        words.extend(["-D", "publish", name].map(str::to_owned));
        words.extend(values.iter().map(|value| quoted(value)));
    };
    if let Some(is_utf8) = properties.payload_is_utf8 {
        property("payload-format-indicator", &[if is_utf8 { "1" } else { "0" }]);
    }
    if let Some(seconds) = properties.message_expiry_s {
        property("message-expiry-interval", &[&seconds.to_string()]);
    }
    if let Some(content_type) = &properties.content_type {
        property("content-type", &[content_type]);
    }
    if let Some(topic) = &properties.response_topic {
        property("response-topic", &[topic]);
    }
    if let Some(data) = &properties.correlation_data {
        match std::str::from_utf8(data) {
            Ok(text) if !text.contains('\0') => property("correlation-data", &[text]),
            Ok(_) | Err(_) => left_out.push("the correlation data is left out: it is no text".to_owned()),
        }
    }
    for (name, value) in &properties.user {
        property("user-property", &[name, value]);
    }
}

fn option(words: &mut Vec<String>, name: &str, value: &str) {
    words.push(name.to_owned());
    words.push(quoted(value));
}

/// What a terminal may take for a command when it is pasted, or what is not seen there.
fn is_unsafe(c: char) -> bool {
    c.is_control() || is_hidden(c)
}

/// One word of the shell. Characters that must not stand in a line are written by its `printf`.
fn quoted(text: &str) -> String {
    if text.contains(is_unsafe) {
        format!("\"$(printf '{}')\"", octal(text.as_bytes()))
    } else {
        shell_words::quote(text).into_owned()
    }
}

/// Bytes within a `printf` format in single quotes: printable ASCII as it is, the rest in octal digits.
fn octal(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            // No option of printf's.
            b'-' if at == 0 => text.push_str("\\055"),
            b'%' => text.push_str("%%"),
            b'\\' => text.push_str("\\\\"),
            b' '..=b'~' if *byte != b'\'' => text.push(char::from(*byte)),
            _ => {
                // Writing to a String does not fail.
                let _ = write!(text, "\\{byte:03o}");
            }
        }
    }
    text
}
