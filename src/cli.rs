//! The command line. Owns arguments, their errors and exit codes; runs nothing itself.
use crate::config::device::{DeviceError, Devices};
use crate::mqtt::address::{AddressError, ParsedUrl};
use crate::mqtt::profile::PasswordSource;
use crate::mqtt::{Address, Filter, Profile, Qos, Secret, Subscription, Transport, Version};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};

mod amounts;
mod doctor;
mod open;
mod run;

pub use amounts::parse_bytes;
pub use open::Opened;
pub use run::run;

/// Done.
pub const EXIT_DONE: u8 = 0;
/// Failed.
pub const EXIT_FAILED: u8 = 1;
/// The arguments are wrong.
pub const EXIT_USAGE: u8 = 2;
/// There is no connection to the broker.
pub const EXIT_NO_CONNECTION: u8 = 3;
/// The broker refused us, or what we asked for.
pub const EXIT_REFUSED: u8 = 4;
/// An answer did not come in time.
pub const EXIT_TIMED_OUT: u8 = 27;

/// Browse the topics of an MQTT broker in the terminal, inspect values, publish test values
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = AFTER_HELP)]
pub struct Cli {
    /// Something else than the explorer on a broker.
    #[command(subcommand)]
    pub command: Option<Subcommands>,
    /// Devices to open.
    #[arg(
        value_name = "DEVICE|URL",
        help = "Devices to open: names of device files, or brokers as mqtt://[user[:password]@]host[:port] or host[:port]"
    )]
    pub devices: Vec<String>,
    /// What every way of running takes.
    #[command(flatten)]
    pub connection: ConnectionArgs,
    /// What the screen takes.
    #[command(flatten)]
    pub screen: ScreenArgs,
}

const AFTER_HELP: &str = "\
Without a name or URL mqttscope opens what was open last, at first mqtt://127.0.0.1:1883.

  mqttscope demo                                a living plant, nothing to install
  mqttscope mqtt://127.0.0.1:1883               a broker on this machine
  mqttscope -t 'sensors/#' -t 'home/+/temperature' mqtt://pi.local
  mqttscope plant mqtt://two                    a device file and a broker side by side";

/// What to run instead of the explorer on a broker.
#[derive(Debug, Subcommand)]
pub enum Subcommands {
    /// Explore an embedded broker with a living plant of simulated devices
    Demo(DemoArgs),
    /// Connect step by step and say what is wrong: resolve, TCP, TLS, CONNECT, limits, subscribe, round trips
    Doctor(doctor::DoctorArgs),
}

/// Arguments of the demo.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Port of the embedded broker on 127.0.0.1; chosen by the system when not given
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub port: Option<u16>,
    /// Topics of the plant, 1,000,000 at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub topics: Option<u32>,
    /// Messages a second that the plant publishes, 50,000 at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=50_000))]
    pub rate: Option<u32>,
    /// Makes the plant repeatable
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// What every way of running takes.
    #[command(flatten)]
    pub connection: ConnectionArgs,
    /// What the screen takes.
    #[command(flatten)]
    pub screen: ScreenArgs,
}

/// How to connect.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Connection")]
pub struct ConnectionArgs {
    /// Filters to subscribe to.
    #[arg(help = "Filter to subscribe to; may be given again [default: #]")]
    #[arg(short = 't', long = "filter", value_name = "FILTER", value_parser = |text: &str| Filter::parse(text))]
    pub filters: Vec<Filter>,
    /// Highest QoS to be delivered at.
    #[arg(long, help = "Highest QoS to be delivered at [default: 0]", value_parser = parse_qos)]
    pub qos: Option<Qos>,
    /// Subscribe to $SYS/# as well: what the broker tells of itself
    #[arg(long)]
    pub sys: bool,
    /// User name
    #[arg(short = 'u', long)]
    pub username: Option<String>,
    /// Environment variable that holds the password
    #[arg(long, value_name = "VARIABLE")]
    pub password_env: Option<String>,
    /// File that holds the password; a line end behind it is left out
    #[arg(long, value_name = "FILE", conflicts_with = "password_env")]
    pub password_file: Option<PathBuf>,
    /// Client id; generated when not given
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// Keep-alive in seconds.
    #[arg(long, value_name = "SECONDS", help = "Keep-alive in seconds; 0 switches it off [default: 60]")]
    pub keep_alive: Option<u16>,
    /// Keep the session on the broker when the connection ends (clean session off)
    #[arg(long, requires = "client_id")]
    pub persistent: bool,
    /// Seconds that the broker shall keep the session for.
    #[arg(
        help = "Seconds that the broker shall keep the session for, with --persistent (MQTT 5) [default: 3600]"
    )]
    #[arg(long, value_name = "SECONDS", requires = "persistent")]
    pub session_expiry: Option<u32>,
    /// Protocol version.
    #[arg(long, value_name = "VERSION", help = "Protocol version [default: 5]")]
    pub mqtt: Option<VersionArg>,
    /// Largest packet to receive.
    #[arg(help = "Largest packet to receive, such as 1Mi; the protocol ends at 256Mi [default: 16Mi]")]
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes)]
    pub max_packet: Option<u64>,
}

/// What the screen takes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Screen")]
pub struct ScreenArgs {
    /// Refuse every command that publishes
    #[arg(long)]
    pub read_only: bool,
    /// Theme: default, light, ansi16 or one of your own
    #[arg(long, default_value = "default")]
    pub theme: String,
    /// Draw with ASCII characters only; chosen by itself when the locale is not UTF-8
    #[arg(long)]
    pub ascii: bool,
    /// Memory for topics and history.
    #[arg(
        help = "Memory for topics and history, such as 512M [default: a quarter of the machine's, 512M at most]"
    )]
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes)]
    pub memory: Option<u64>,
    /// Bytes a second sent to the terminal for what changes by itself
    #[arg(long, value_name = "BYTES", default_value = "8k", value_parser = parse_bytes)]
    pub max_bytes_per_second: u64,
    /// Keymap file instead of the one in the configuration directory
    #[arg(long, value_name = "FILE")]
    pub keymap: Option<PathBuf>,
}

/// The protocol version as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum VersionArg {
    /// MQTT 3.1.1
    #[value(name = "3", alias = "3.1.1", alias = "311")]
    V3,
    /// MQTT 5.0
    #[value(name = "5", alias = "5.0")]
    V5,
}

/// Why the arguments do not make a profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Not a broker's address.
    #[error("{0}")]
    Address(#[from] AddressError),
    /// Not a device file that can be used.
    #[error("{0}")]
    Device(#[from] DeviceError),
    /// The variable of `--password-env` is not there.
    #[error("the environment variable {0:?} of --password-env is not set")]
    NoVariable(String),
    /// The file of `--password-file` cannot be read.
    #[error("the password file {} can't be read: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A password without a user name, which 3.1.1 forbids (MQTT 3.1.1 section 3.1.2.9).
    #[error("MQTT 3.1.1 sends no password without a user name; add --username")]
    PasswordAlone,
    /// A transport that is planned and not there yet.
    #[error("{0}:// is not supported yet; only mqtt:// (plain TCP) is")]
    NotYet(&'static str),
    /// A bound outside the protocol's.
    #[error("--max-packet must be 1k to 256Mi; the protocol ends there")]
    MaxPacket,
}

fn parse_qos(text: &str) -> Result<Qos, String> {
    let bits: u8 = text.parse().map_err(|_not_a_number| format!("{text:?} is no QoS; it is 0, 1 or 2"))?;
    Qos::from_bits(bits).ok_or_else(|| format!("there is no QoS {bits}; it is 0, 1 or 2"))
}

impl Cli {
    /// The devices to open: those named, else the `last` ones. `unique` makes client ids unique.
    pub fn open(&self, devices: &Devices, last: &[String], unique: u64) -> Result<Opened, ProfileError> {
        if self.devices.is_empty() && !last.is_empty() {
            return open::reopen(last, &self.connection, devices, unique);
        }
        open::open(&self.devices, &self.connection, devices, unique)
    }
}

/// Refuses what a profile can't be used with.
fn check(profile: &Profile) -> Result<(), ProfileError> {
    if profile.address.transport != Transport::Tcp {
        return Err(ProfileError::NotYet(profile.address.transport.scheme()));
    }
    let has_password = profile.password.is_some() || profile.password_source != PasswordSource::Given;
    if profile.version == Version::V3 && has_password && profile.username.is_none() {
        return Err(ProfileError::PasswordAlone);
    }
    Ok(())
}

/// A password file's contents; a line end behind them is left out.
fn read_password(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = std::fs::read(path)?;
    while bytes.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
        bytes.pop();
    }
    Ok(bytes)
}

impl ConnectionArgs {
    /// The profile of one broker; `place` is its place on the command line.
    pub fn profile(&self, url: ParsedUrl, unique: u64, place: usize) -> Result<Profile, ProfileError> {
        let mut profile = Profile::new(url.address.to_string(), url.address, String::new());
        (profile.username, profile.password) = (url.username, url.password);
        self.change(&mut profile)?;
        self.identify(&mut profile, unique, place);
        self.resolve(&mut profile)?;
        check(&profile)?;
        Ok(profile)
    }

    /// Puts what was given on the command line in the place of what a profile says; the rest stays.
    pub fn change(&self, profile: &mut Profile) -> Result<(), ProfileError> {
        if let Some(version) = self.mqtt {
            profile.version_is_fixed = true;
            profile.version = match version {
                VersionArg::V3 => Version::V3,
                VersionArg::V5 => Version::V5,
            };
        }
        profile.username = self.username.clone().or(profile.username.take());
        if let Some(source) = self.password_source() {
            (profile.password, profile.password_source) = (None, source);
        }
        profile.keep_alive_s = self.keep_alive.unwrap_or(profile.keep_alive_s);
        if self.persistent {
            profile.clean_start = false;
            profile.session_expiry_s = self.session_expiry.unwrap_or(3_600);
        }
        if let Some(bytes) = self.max_packet {
            let most = u64::from(crate::mqtt::profile::PROTOCOL_MAX_PACKET_BYTES);
            profile.max_packet_bytes = match bytes {
                bytes @ 1_000.. if bytes <= most => u32::try_from(bytes).unwrap_or(u32::MAX),
                _ => return Err(ProfileError::MaxPacket),
            };
        }
        self.subscribe(profile);
        Ok(())
    }

    /// Gives a profile its client id: the one from the command line, its own, or a new one.
    pub fn identify(&self, profile: &mut Profile, unique: u64, place: usize) {
        if self.client_id.is_some() || profile.client_id.is_empty() {
            profile.client_id = self.client_id(unique, place);
        }
    }

    /// The profile of the demo's own broker.
    pub fn demo_profile(&self, address: Address, unique: u64) -> Result<Profile, ProfileError> {
        let url = ParsedUrl { address, username: None, password: None };
        let mut profile = self.profile(url, unique, 0)?;
        profile.name = "demo".into();
        Ok(profile)
    }

    /// Filters given take the place of the profile's; `#` is heard when there are none at all.
    fn subscribe(&self, profile: &mut Profile) {
        let parse = |text| Filter::parse(text).ok();
        let new = |filter| Subscription::new(filter, Qos::default());
        if !self.filters.is_empty() {
            profile.subscriptions = self.filters.iter().cloned().map(new).collect();
        } else if profile.subscriptions.is_empty() {
            profile.subscriptions.extend(parse("#").map(new));
        }
        if self.sys {
            profile.subscriptions.extend(parse("$SYS/#").map(new));
        }
        let mut seen = std::collections::HashSet::new();
        profile.subscriptions.retain(|subscription| seen.insert(subscription.filter.clone()));
        if let Some(qos) = self.qos {
            profile.subscriptions.iter_mut().for_each(|subscription| subscription.qos = qos);
        }
    }

    /// Where the command line says that the password comes from.
    fn password_source(&self) -> Option<PasswordSource> {
        let variable = self.password_env.clone().map(PasswordSource::Variable);
        variable.or_else(|| self.password_file.clone().map(PasswordSource::File))
    }

    /// Takes the password that the command line names; one that isn't there is an error now rather than later.
    fn resolve(&self, profile: &mut Profile) -> Result<(), ProfileError> {
        let bytes = match self.password_source() {
            Some(PasswordSource::Variable(name)) => {
                let value = std::env::var_os(&name).ok_or(ProfileError::NoVariable(name))?;
                value.into_encoded_bytes()
            }
            Some(PasswordSource::File(path)) => {
                read_password(&path).map_err(|error| ProfileError::File { path, error })?
            }
            Some(PasswordSource::Command(_) | PasswordSource::Given) | None => return Ok(()),
        };
        profile.password = Some(Secret::new(bytes));
        Ok(())
    }

    /// At most 23 letters and digits: what every broker must take (MQTT 3.1.1 section 3.1.3.1).
    fn client_id(&self, unique: u64, place: usize) -> String {
        match &self.client_id {
            Some(id) if place == 0 => id.clone(),
            Some(id) => format!("{id}-{place}"),
            None => {
                let mixed = unique.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17) ^ (place as u64) << 40;
                format!("mqttscope{:012x}", mixed & 0xFFFF_FFFF_FFFF)
            }
        }
    }
}

#[cfg(test)]
mod tests;
