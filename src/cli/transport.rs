//! TLS, WebSocket, proxy, password and will as arguments. Owns their texts; opens no file and no connection.
use super::ProfileError;
use crate::mqtt::entry::{parse_alpn, parse_header};
use crate::mqtt::profile::{PasswordSource, Proxy, Will};
use crate::mqtt::{Payload, Profile, PublishProperties, Qos, Secret, Topic, Transport};
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
    /// HTTP proxy to go through
    #[arg(help = "HTTP proxy to go through, as http://[user:password@]host:port")]
    #[arg(long, value_name = "URL", value_parser = parse_proxy)]
    pub proxy: Option<ProxyArg>,
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
        if transport.is_websocket() && !self.ws_header.is_empty() {
            profile.ws_headers.clone_from(&self.ws_header);
        }
        if let Some(ProxyArg(proxy)) = &self.proxy {
            if transport == Transport::Unix {
                return Err(ProfileError::ProxyToSocket);
            }
            profile.proxy = Some(proxy.clone());
        }
        Ok(())
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
        (!self.ws_header.is_empty() && is_none(Transport::is_websocket))
            .then_some(ProfileError::Useless("--ws-header", "ws:// and wss://"))
    }

    /// The flags whose values the process list shows.
    pub(super) fn exposed(&self) -> Option<&'static str> {
        let proxy_password = self.proxy.as_ref().is_some_and(|proxy| proxy.0.credentials.is_some());
        if proxy_password { Some("--proxy") } else { (!self.ws_header.is_empty()).then_some("--ws-header") }
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
        let typed = rpassword::prompt_password("Password: ").map_err(ProfileError::Prompt)?;
        Ok(Some(Secret::new(typed.into_bytes())))
    }
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
