//! The command line. Owns arguments, their errors and exit codes; runs nothing itself.
use crate::config::device::{DeviceError, Devices};
use crate::mqtt::address::AddressError;
use crate::mqtt::{Filter, Preset, Qos};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::fmt;
use std::path::PathBuf;

mod amounts;
mod check;
mod device;
mod doctor;
mod jq;
mod learn;
mod listen;
mod mosquitto;
mod open;
mod preset;
mod profile;
mod run;
mod transport;

pub use amounts::parse_bytes;
pub use open::Opened;
pub use run::run;
pub use transport::{PasswordArgs, ProxyArg, TransportArgs, WillArgs};

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
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = AFTER_HELP)]
pub struct Cli {
    /// Something else than the explorer on a broker.
    #[command(subcommand)]
    pub command: Option<Subcommands>,
    /// Devices to open.
    #[arg(
        value_name = "DEVICE|URL",
        help = "Devices to open: names or paths of device files, or brokers as mqtt://[user[:password]@]host[:port] or host[:port]; mqtts://, ws:// and wss://host[:port][/path], mqtt+unix:///path"
    )]
    pub devices: Vec<String>,
    /// What every way of running takes.
    #[command(flatten)]
    pub connection: ConnectionArgs,
    /// What the screen takes.
    #[command(flatten)]
    pub screen: ScreenArgs,
}

/// A URL may hold a password.
impl fmt::Debug for Cli {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { command, devices, connection, screen } = self;
        f.debug_struct("Cli")
            .field("command", command)
            .field("n_devices", &devices.len())
            .field("connection", connection)
            .field("screen", screen)
            .finish()
    }
}

const AFTER_HELP: &str = "\
Without a name or URL mqttscope opens what was open last, at first the Devices screen.

  mqttscope demo                                a living plant, nothing to install
  mqttscope mqtt://127.0.0.1:1883               a broker on this machine
  mqttscope --cafile ca.pem mqtts://pi.local    TLS with an authority of your own
  mqttscope wss://broker.example/mqtt           through a web server
  mqttscope -t 'sensors/#' -t 'home/+/temperature' mqtt://pi.local
  mqttscope plant mqtt://two                    a device file and a broker side by side
  mqttscope learn pi.local --name plant         what is heard becomes a device file";

/// What to run instead of the explorer on a broker.
#[derive(Debug, Subcommand)]
pub enum Subcommands {
    /// Explore an embedded broker with a living plant of simulated devices
    Demo(DemoArgs),
    /// List, show, add, remove, compare, import and export device files
    Device(device::DeviceArgs),
    /// Connect step by step and say what is wrong: resolve, TCP, TLS, CONNECT, limits, subscribe, round trips
    Doctor(doctor::DoctorArgs),
    /// Listen for a while and write what was heard as typed nodes into a device file
    Learn(Box<learn::LearnArgs>),
    /// Run a jq program over a value, both from the standard input: what the explorer starts for itself
    #[command(hide = true)]
    JqChild(jq::JqArgs),
    /// Hold live traffic against a device file: new, missing or stale topics, wrong types, values out of range
    Check(Box<check::CheckArgs>),
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
    /// Kind of broker: what it wants is filled in, what it does not take is refused
    #[arg(long, value_name = "KEY", value_parser = preset::parse_preset)]
    pub preset: Option<Preset>,
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
    /// Where the password comes from.
    #[command(flatten)]
    pub password: PasswordArgs,
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
    #[arg(help = "Protocol version; auto tries 5 first, then 3.1.1 [default: auto]")]
    #[arg(long, value_name = "VERSION")]
    pub mqtt: Option<VersionArg>,
    /// QoS 1 and 2 messages that may be under way to us at once (MQTT 5)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub receive_maximum: Option<u16>,
    /// Largest packet to receive.
    #[arg(help = "Largest packet to receive, such as 1Mi; the protocol ends at 256Mi [default: 16Mi]")]
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes)]
    pub max_packet: Option<u64>,
    /// What the broker publishes when we vanish.
    #[command(flatten)]
    pub will: WillArgs,
    /// How to be safe on the way.
    #[command(flatten)]
    pub transport: TransportArgs,
}

/// What the screen takes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Screen")]
pub struct ScreenArgs {
    /// Filters of what is dropped as it comes.
    #[arg(help = "Filter of topics to drop as they come, and only count; may be given again")]
    #[arg(long = "exclude", value_name = "FILTER", value_parser = |text: &str| Filter::parse(text))]
    pub excludes: Vec<Filter>,
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
    /// Neither read nor write down what was published in earlier runs
    #[arg(long)]
    pub no_history: bool,
    /// Seconds between two pings while the Monitor is open; 0 leaves them to the keep-alive
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub monitor_ping: u16,
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
    /// 5 first, then 3.1.1
    #[value(name = "auto")]
    Auto,
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
    /// Not what a broker of the preset's kind takes.
    #[error("{0}")]
    Preset(String),
    /// The variable of `--password-env` is not there.
    #[error("the environment variable {0:?} of --password-env is not set")]
    NoVariable(String),
    /// The file of `--password-file` cannot be read.
    #[error(
        "the password file {path:?} can't be read: {error}; name one that is there, or use --password-env"
    )]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A password without a user name, which 3.1.1 forbids (MQTT 3.1.1 section 3.1.2.9).
    #[error(
        "MQTT 3.1.1 sends no password without a user name, and {0:?} has none; add --username, or user@ to its URL"
    )]
    PasswordAlone(String),
    /// The demo's broker takes whoever comes.
    #[error("the demo's own broker asks for no password; leave the --password-… flags out")]
    DemoPassword,
    /// A flag that no broker's transport has a use for.
    #[error("{0} is for {1}; the address says otherwise")]
    Useless(&'static str, &'static str),
    /// A proxy on the way to a Unix socket.
    #[error("a Unix socket is on this machine; leave --proxy out")]
    ProxyToSocket,
    /// A proxy's password without the user name that it belongs to.
    #[error("the proxy's password needs a user name; write --proxy http://user@host:port")]
    ProxyPasswordAlone,
    /// Two passwords for one proxy.
    #[error("--proxy holds a password already; leave it out or the --proxy-password-… flag")]
    ProxyPasswordTwice,
    /// A session is kept by its client id.
    #[error("--persistent needs a --client-id that is not empty: the broker keeps the session by it")]
    NoClientId,
    /// The password could not be asked for.
    #[error("the password can't be asked for: {0}")]
    Prompt(std::io::Error),
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
        let mut opened = match self.connection.only_host() {
            Some(host) if self.devices.is_empty() => {
                open::open(&[host.to_owned()], &self.connection, devices, unique)?
            }
            None if self.devices.is_empty() && !last.is_empty() => {
                open::reopen(last, &self.connection, devices, unique)?
            }
            Some(_) | None => open::open(&self.devices, &self.connection, devices, unique)?,
        };
        // What is opened later may have a use for it.
        let useless = self.connection.transport.useless(&opened.profiles);
        if let Some(useless) = useless.filter(|_| !opened.profiles.is_empty()) {
            return Err(useless);
        }
        if let Some((flag, instead)) = self.connection.transport.exposed() {
            opened
                .warnings
                .push(format!("what {flag} says can be read in the process list; {instead} keeps it out"));
        }
        Ok(opened)
    }
}

#[cfg(test)]
mod tests;
