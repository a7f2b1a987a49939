//! TLS, WebSocket, proxy, password and will as arguments. Owns their texts; opens no file and no connection.
use super::ProfileError;
use crate::mqtt::entry::{is_header_name, parse_alpn, parse_header};
use crate::mqtt::profile::{PasswordSource, Proxy, Will};
use crate::mqtt::{Payload, Profile, PublishProperties, Qos, Secret, Topic, Transport};
use crate::terminal::Hidden;
use clap::Args;
use std::path::PathBuf;

/// How to be safe on the way.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "TLS, WebSocket and proxy")]
pub struct TransportArgs {
    /// PEM file of the authorities to trust instead of the system's
    #[arg(long, value_name = "FILE")]
    pub cafile: Option<PathBuf>,
    /// PEM file of our certificate and its chain
    #[arg(long, value_name = "FILE")]
    pub cert: Option<PathBuf>,
    /// PEM file of our certificate's key
    #[arg(help = "PEM file of our certificate's key [default: in the file of --cert]")]
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub key: Option<PathBuf>,
    /// Protocol to offer by ALPN, such as x-amzn-mqtt-ca; may be given again
    #[arg(long, value_name = "PROTOCOL", value_parser = parse_alpn)]
    pub alpn: Vec<String>,
    /// Name in the broker's certificate when it is not the host's
    #[arg(long, value_name = "NAME")]
    pub server_name: Option<String>,
    /// Take any certificate: whoever is on the way can read and change everything
    #[arg(long, conflicts_with = "cafile")]
    pub insecure: bool,
    /// Further header of the WebSocket's request, as 'Name: value'; may be given again
    #[arg(long, value_name = "HEADER", value_parser = parse_header)]
    pub ws_header: Vec<(String, Secret)>,
    /// The same, its value from an environment variable: 'Name=VARIABLE'; may be given again
    #[arg(long, value_name = "NAME=VARIABLE", value_parser = parse_header_source)]
    pub ws_header_env: Vec<(String, String)>,
    /// The same, its value a file's first line: 'Name=path'; may be given again
    #[arg(long, value_name = "NAME=FILE", value_parser = parse_header_source)]
    pub ws_header_file: Vec<(String, String)>,
    /// The same, its value the first line that a command prints, run anew at each connect: 'Name=command'
    #[arg(long, value_name = "NAME=COMMAND", value_parser = parse_header_source)]
    pub ws_header_command: Vec<(String, String)>,
    /// HTTP proxy to go through
    #[arg(help = "HTTP proxy to go through, as http://[user:password@]host:port")]
    #[arg(long, value_name = "URL", value_parser = parse_proxy)]
    pub proxy: Option<ProxyArg>,
    /// Environment variable that holds the proxy's password
    #[arg(long, value_name = "VARIABLE", group = "proxy_password", requires = "proxy")]
    pub proxy_password_env: Option<String>,
    /// File whose first line is the proxy's password
    #[arg(long, value_name = "FILE", group = "proxy_password", requires = "proxy")]
    pub proxy_password_file: Option<PathBuf>,
    /// Command whose first line of output is the proxy's password; run anew at each connect
    #[arg(long, value_name = "COMMAND", group = "proxy_password", requires = "proxy")]
    pub proxy_password_command: Option<String>,
}

/// A proxy, and whether its URL held a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyArg(pub Proxy);

/// What the broker publishes when we vanish.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Last will")]
pub struct WillArgs {
    /// Topic of the message that the broker publishes when we vanish
    #[arg(long, value_name = "TOPIC", value_parser = |text: &str| Topic::parse(text))]
    pub will_topic: Option<Topic>,
    /// Its payload
    #[arg(help = "Its payload [default: empty]")]
    #[arg(long, value_name = "TEXT", requires = "will_topic")]
    pub will_payload: Option<String>,
    /// Its QoS
    #[arg(help = "Its QoS [default: 0]")]
    #[arg(long, value_name = "QOS", requires = "will_topic", value_parser = super::parse_qos)]
    pub will_qos: Option<Qos>,
    /// Have it retained
    #[arg(long, requires = "will_topic")]
    pub will_retain: bool,
    /// Seconds that it waits for us to come back (MQTT 5)
    #[arg(help = "Seconds that it waits for us to come back (MQTT 5) [default: 0]")]
    #[arg(long, value_name = "SECONDS", requires = "will_topic")]
    pub will_delay: Option<u32>,
}

/// Where the password comes from.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Connection")]
pub struct PasswordArgs {
    /// Environment variable that holds the password
    #[arg(long, value_name = "VARIABLE", group = "password_source")]
    pub password_env: Option<String>,
    /// File whose first line is the password
    #[arg(long, value_name = "FILE", group = "password_source")]
    pub password_file: Option<PathBuf>,
    /// Command whose first line of output is the password; run anew at each connect
    #[arg(long, value_name = "COMMAND", group = "password_source")]
    pub password_command: Option<String>,
    /// Ask for the password before the screen opens
    #[arg(short = 'P', long, group = "password_source")]
    pub password_prompt: bool,
}

impl TransportArgs {
    /// Puts what was given into a profile, where its transport has a use for it; the rest stays.
    pub(super) fn apply(&self, profile: &mut Profile) -> Result<(), ProfileError> {
        let transport = profile.address.transport;
        if transport.is_tls() {
            let tls = &mut profile.tls;
            if self.cafile.is_some() {
                tls.ca_file.clone_from(&self.cafile);
            }
            if self.cert.is_some() {
                tls.cert_file.clone_from(&self.cert);
                tls.key_file.clone_from(&self.key);
            }
            if !self.alpn.is_empty() {
                tls.alpn.clone_from(&self.alpn);
            }
            if self.server_name.is_some() {
                tls.server_name.clone_from(&self.server_name);
            }
            tls.insecure |= self.insecure;
        }
        if transport.is_websocket() && self.header_flag().is_some() {
            profile.ws_headers.clone_from(&self.ws_header);
            profile.ws_headers_made = self.headers_made().collect();
        }
        if let Some(ProxyArg(proxy)) = &self.proxy {
            if transport == Transport::Unix {
                return Err(ProfileError::ProxyToSocket);
            }
            profile.proxy = Some(proxy.clone());
            profile.proxy_password_source = self.proxy_password(proxy)?;
        }
        Ok(())
    }

    fn headers_made(&self) -> impl Iterator<Item = (String, PasswordSource)> {
        type Way = (fn(String) -> PasswordSource, Vec<(String, String)>);
        let ways: [Way; 3] = [
            (PasswordSource::Variable, self.ws_header_env.clone()),
            (|path| PasswordSource::File(path.into()), self.ws_header_file.clone()),
            (PasswordSource::Command, self.ws_header_command.clone()),
        ];
        ways.into_iter()
            .flat_map(|(source, headers)| headers.into_iter().map(move |(name, text)| (name, source(text))))
    }

    /// The first of the flags that give a header.
    fn header_flag(&self) -> Option<&'static str> {
        let flags = [
            ("--ws-header", self.ws_header.is_empty()),
            ("--ws-header-env", self.ws_header_env.is_empty()),
            ("--ws-header-file", self.ws_header_file.is_empty()),
            ("--ws-header-command", self.ws_header_command.is_empty()),
        ];
        flags.into_iter().find(|(_, is_empty)| !is_empty).map(|(flag, _)| flag)
    }

    /// Where the proxy's password comes from: it belongs to a user name, and is not given twice.
    fn proxy_password(&self, proxy: &Proxy) -> Result<PasswordSource, ProfileError> {
        let variable = self.proxy_password_env.clone().map(PasswordSource::Variable);
        let file = || self.proxy_password_file.clone().map(PasswordSource::File);
        let command = || self.proxy_password_command.clone().map(PasswordSource::Command);
        let Some(source) = variable.or_else(file).or_else(command) else { return Ok(PasswordSource::Given) };
        match &proxy.credentials {
            None => Err(ProfileError::ProxyPasswordAlone),
            Some((_, password)) if !password.expose().is_empty() => Err(ProfileError::ProxyPasswordTwice),
            Some(_) => Ok(source),
        }
    }

    /// What is given though no broker's transport has a use for it.
    pub(super) fn useless(&self, profiles: &[Profile]) -> Option<ProfileError> {
        let is_none =
            |of: fn(Transport) -> bool| !profiles.iter().any(|profile| of(profile.address.transport));
        let of_tls = [
            ("--cafile", self.cafile.is_some()),
            ("--cert", self.cert.is_some()),
            ("--alpn", !self.alpn.is_empty()),
            ("--server-name", self.server_name.is_some()),
            ("--insecure", self.insecure),
        ];
        let given = of_tls.into_iter().find(|(_, is_given)| *is_given);
        if let Some((flag, _)) = given.filter(|_| is_none(Transport::is_tls)) {
            return Some(ProfileError::Useless(flag, "mqtts:// and wss://"));
        }
        let of_websocket = self.header_flag().filter(|_| is_none(Transport::is_websocket));
        of_websocket.map(|flag| ProfileError::Useless(flag, "ws:// and wss://"))
    }

    /// The flags whose values the process list shows, and those that would keep them out.
    pub(super) fn exposed(&self) -> Option<(&'static str, &'static str)> {
        let credentials = self.proxy.as_ref().and_then(|proxy| proxy.0.credentials.as_ref());
        if credentials.is_some_and(|(_, password)| !password.expose().is_empty()) {
            return Some(("--proxy", "--proxy-password-env"));
        }
        (!self.ws_header.is_empty()).then_some(("--ws-header", "--ws-header-env"))
    }
}

impl WillArgs {
    pub(super) fn will(&self) -> Option<Will> {
        let topic = self.will_topic.clone()?;
        Some(Will {
            topic,
            payload: Payload::from(self.will_payload.as_deref().unwrap_or_default().as_bytes()),
            qos: self.will_qos.unwrap_or(Qos::AtMostOnce),
            retain: self.will_retain,
            delay_s: self.will_delay.unwrap_or_default(),
            properties: PublishProperties::default(),
        })
    }
}

impl PasswordArgs {
    /// The source; one that cannot work is told at once rather than at the first connect.
    pub(super) fn source(&self) -> Result<PasswordSource, ProfileError> {
        if let Some(variable) = &self.password_env {
            if std::env::var_os(variable).is_none() {
                return Err(ProfileError::NoVariable(variable.clone()));
            }
            return Ok(PasswordSource::Variable(variable.clone()));
        }
        if let Some(path) = &self.password_file {
            if let Err(error) = std::fs::File::open(path) {
                return Err(ProfileError::File { path: path.clone(), error });
            }
            return Ok(PasswordSource::File(path.clone()));
        }
        Ok(self.password_command.clone().map_or(PasswordSource::Given, PasswordSource::Command))
    }

    /// Asks for the password where that is wished for. What is typed is not shown.
    pub(super) fn prompt(&self) -> Result<Option<Secret>, ProfileError> {
        if !self.password_prompt {
            return Ok(None);
        }
        let _hidden = Hidden::begin();
        let typed = rpassword::prompt_password("Password: ").map_err(ProfileError::Prompt)?;
        Ok(Some(Secret::new(typed.into_bytes())))
    }
}

/// `Name=where`; no error repeats what stands behind the sign, for it may be a secret by mistake.
fn parse_header_source(text: &str) -> Result<(String, String), String> {
    let is_whole = |(name, place): &(&str, &str)| is_header_name(name) && !place.is_empty();
    let (name, place) = text.split_once('=').filter(is_whole).ok_or_else(|| {
        "write it as 'Name=VARIABLE', 'Name=path' or 'Name=command', such as 'Authorization=TOKEN'".to_owned()
    })?;
    Ok((name.to_owned(), place.to_owned()))
}

/// `http://[user:password@]host:port`; no error repeats the password.
fn parse_proxy(text: &str) -> Result<ProxyArg, String> {
    let wrong = || "write it as http://[user:password@]host:port".to_owned();
    let rest = match text.split_once("://") {
        Some(("http", rest)) => rest,
        Some((scheme, _)) => return Err(format!("{scheme}:// is no proxy spoken here; {}", wrong())),
        None => text,
    };
    // The rules of the authority are the same as for a broker's address.
    let parsed = crate::mqtt::address::parse_url(&format!("mqtt://{rest}")).map_err(|_why| wrong())?;
    let host_port = rest.trim_end_matches('/').rsplit('@').next().unwrap_or_default();
    if !host_port.ends_with(&format!(":{}", parsed.address.port)) {
        return Err(format!("the proxy's port is missing; {}", wrong()));
    }
    let credentials =
        parsed.username.map(|user| (user, parsed.password.unwrap_or_else(|| Secret::new(Vec::new()))));
    Ok(ProxyArg(Proxy { host: parsed.address.host, port: parsed.address.port, credentials }))
}
