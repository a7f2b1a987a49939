//! `mqttscope device …`: the device files from the shell. Owns the words printed; `config::device` owns the files.
mod presets;
mod transfer;

use super::run::Failure;
use super::{ConnectionArgs, EXIT_FAILED, EXIT_USAGE, mosquitto, profile::check};
use crate::config::device::{
    DeviceError, Devices, Existing, PlainPassword, is_name, plain_secret, proxy_shown, url_of,
};
use crate::decode::escape::sanitize;
use crate::mqtt::address::parse_url;
use crate::mqtt::entry::command_word_flaw;
use crate::mqtt::profile::{PasswordSource, RetainHandling, TlsSettings};
use crate::mqtt::{Profile, Subscription, Version};
use clap::{Args, Subcommand};
use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;

/// Longest text of a file in a line.
const MAX_COLS: usize = 500;

/// What to do with device files.
#[derive(Debug, Args)]
pub struct DeviceArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: DeviceCommand,
}

/// What can be done with device files.
#[derive(Debug, Subcommand)]
pub enum DeviceCommand {
    /// List the device files
    List,
    /// Show what a device file says; never a password
    Show {
        /// The device's name, or the path of its file
        name: String,
    },
    /// Write a device file
    Add(Box<AddArgs>),
    /// Remove a device file; it is kept as NAME.toml~
    Remove {
        /// The device's name
        name: String,
    },
    /// Write a device file from a .device file of ossia score
    Import(transfer::ImportArgs),
    /// Write a device as a .device file of ossia score
    Export(transfer::ExportArgs),
    /// Compare two device files; exits with 1 when they differ
    Diff(transfer::DiffArgs),
    /// List the kinds of brokers that --preset knows, with what they limit and what to have ready
    Presets,
    /// Print where the device files lie, or where one does
    Path {
        /// The device's name
        name: Option<String>,
    },
}

/// What a new device is made from.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The device's name: letters, digits, - and _, and dots but in front
    pub name: String,
    /// The broker, as mqtt://[user@]host[:port] or host[:port]
    #[arg(required_unless_present_any = ["from_url", "from_mosquitto"])]
    pub url: Option<String>,
    /// The broker, as URL
    #[arg(long, value_name = "URL", conflicts_with_all = ["url", "from_mosquitto"])]
    pub from_url: Option<String>,
    /// A mosquitto command line.
    #[arg(
        help = "A mosquitto_sub command line in quotes, such as \"mosquitto_sub -h pi.local -t sensors/#\""
    )]
    #[arg(long, value_name = "LINE", conflicts_with = "url")]
    pub from_mosquitto: Option<String>,
    /// Replace a device of this name; its file is kept as NAME.toml~
    #[arg(long)]
    pub force: bool,
    /// Write passwords and header values that stand in the arguments into the file, in plain text
    #[arg(long)]
    pub save_plain: bool,
    /// How to connect; what is given here is written into the file.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// Does it.
pub(super) fn run(args: &DeviceArgs) -> Result<(), Failure> {
    let devices = Devices::of_user();
    match &args.command {
        DeviceCommand::List => list(&devices),
        DeviceCommand::Show { name } => show(&devices, name),
        DeviceCommand::Add(args) => add(&devices, args),
        DeviceCommand::Remove { name } => {
            let backup = devices.remove(name).map_err(failure)?;
            say(&format!("removed {name}; its file is kept as {}", backup.display()));
            Ok(())
        }
        DeviceCommand::Import(args) => transfer::import(&devices, args),
        DeviceCommand::Export(args) => transfer::export(&devices, args),
        DeviceCommand::Diff(args) => transfer::diff(&devices, args),
        DeviceCommand::Presets => {
            presets::list();
            Ok(())
        }
        DeviceCommand::Path { name } => {
            let path = match name {
                None => devices.directory().map_err(failure)?.to_owned(),
                Some(name) if devices.has(name) => devices.path(name).map_err(failure)?,
                // Says that there is none, and which may have been meant.
                Some(name) => devices.read(name).map(|device| device.path).map_err(failure)?,
            };
            say(&path.display().to_string());
            Ok(())
        }
    }
}

fn list(devices: &Devices) -> Result<(), Failure> {
    let names = devices.names().map_err(failure)?;
    if names.is_empty() {
        warn("there are no devices yet; \"mqttscope device add NAME URL\" makes one");
    }
    let n_cols = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    for name in names {
        let shown = match devices.read(&name) {
            Ok(device) => shown_url(&device.profile),
            Err(error) => format!("can't be opened: {error}"),
        };
        let shown = shown.lines().next().unwrap_or_default();
        say(&format!("{name:n_cols$}  {}", sanitize(shown.as_bytes(), MAX_COLS)));
    }
    for stem in devices.misnamed().map_err(failure)? {
        let file = format!("{stem}.toml");
        warn(&format!("{file:?} is passed over: {}; rename it", DeviceError::Name(stem)));
    }
    Ok(())
}

fn show(devices: &Devices, name: &str) -> Result<(), Failure> {
    let device = devices.open(name).map_err(failure)?;
    for warning in &device.warnings {
        warn(&warning.to_string());
    }
    let profile = &device.profile;
    fact("file", device.path.display());
    fact("url", shown_url(profile));
    presets::show(profile);
    fact(
        "mqtt version",
        match (profile.version_is_fixed, profile.version) {
            (false, _) => "auto: 5, else 3.1.1",
            (true, Version::V5) => "5",
            (true, Version::V3) => "3.1.1",
        },
    );
    let generated = profile.client_id.is_empty();
    fact("client id", if generated { "generated anew each time" } else { &profile.client_id });
    if let Some(username) = &profile.username {
        fact("user name", username);
    }
    match source_words(&profile.password_source) {
        Some(words) => fact("password", words),
        None if profile.password.is_some() => fact("password", "in the file, in plain text"),
        None => {}
    }
    show_session(profile);
    show_way(profile);
    for subscription in &profile.subscriptions {
        fact("subscription", shown_subscription(subscription));
    }
    if !device.nodes.is_empty() {
        fact("kept nodes", device.nodes.len());
    }
    Ok(())
}

fn show_session(profile: &Profile) {
    match profile.keep_alive_s {
        0 => fact("keep-alive", "off"),
        seconds => fact("keep-alive", format!("{seconds} s")),
    }
    if !profile.clean_start || profile.session_expiry_s > 0 {
        let start = if profile.clean_start { "begun anew" } else { "taken up again" };
        fact("session", format!("{start}, kept for {} s after a loss", profile.session_expiry_s));
    }
    if profile.receive_maximum < u16::MAX {
        fact("receive maximum", profile.receive_maximum);
    }
    fact("largest packet", format!("{} bytes", profile.max_packet_bytes));
    if let Some(will) = &profile.will {
        let retained = if will.retain { ", retained" } else { "" };
        let n_bytes = will.payload.0.len();
        fact(
            "last will",
            format!("{n_bytes} bytes to {} at QoS {}{retained}", will.topic.as_str(), will.qos),
        );
    }
}

fn show_way(profile: &Profile) {
    let TlsSettings { ca_file, cert_file, key_file, alpn, server_name, insecure } = &profile.tls;
    let files: [(&str, &Option<PathBuf>); 3] =
        [("authorities", ca_file), ("certificate", cert_file), ("its key", key_file)];
    for (what, path) in files {
        if let Some(path) = path {
            fact(what, path.display());
        }
    }
    if !alpn.is_empty() {
        fact("ALPN", alpn.join(", "));
    }
    if let Some(name) = server_name {
        fact("broker's name", name);
    }
    if *insecure {
        fact("INSECURE", "certificates are not checked");
    }
    for (name, _secret) in &profile.ws_headers {
        fact("header", format!("{name}: …"));
    }
    for (name, source) in &profile.ws_headers_made {
        fact("header", format!("{name}: {}", source_words(source).unwrap_or_default()));
    }
    if let Some(proxy) = &profile.proxy {
        fact("proxy", proxy_shown(proxy));
    }
    if let Some(words) = source_words(&profile.proxy_password_source) {
        fact("its password", words);
    }
}

/// Where a secret comes from; `None` where it was given.
fn source_words(source: &PasswordSource) -> Option<String> {
    match source {
        PasswordSource::Given => None,
        PasswordSource::Variable(name) => Some(format!("from the environment variable {name}")),
        PasswordSource::File(path) => Some(format!("from the file {}", path.display())),
        PasswordSource::Command(_) => Some("from a command, run anew at each connect".into()),
    }
}

fn shown_subscription(subscription: &Subscription) -> String {
    let Subscription { filter, qos, no_local, retain_as_published, retain_handling } = subscription;
    let mut words = vec![format!("{filter} at QoS {qos}")];
    words.extend(no_local.then(|| "without our own messages".to_owned()));
    words.extend((!retain_as_published).then(|| "retain flag cleared when live".to_owned()));
    match retain_handling {
        RetainHandling::Always => {}
        RetainHandling::IfNew => words.push("retained messages only when new".to_owned()),
        RetainHandling::Never => words.push("no retained messages".to_owned()),
    }
    words.join(", ")
}

/// The URL as it may be shown: a query may be a signature.
fn shown_url(profile: &Profile) -> String {
    let url = url_of(&profile.address, profile.username.as_deref());
    match url.split_once('?') {
        Some((url, _)) if profile.address.transport.is_websocket() => format!("{url}?…"),
        Some(_) | None => url,
    }
}

fn add(devices: &Devices, args: &AddArgs) -> Result<(), Failure> {
    let usage = |words: String| (EXIT_USAGE, words);
    take_name(&args.name)?;
    let plain = if args.save_plain { PlainPassword::Save } else { PlainPassword::LeaveOut };
    let (mut profile, warnings) = match (&args.from_mosquitto, args.url.as_ref().or(args.from_url.as_ref())) {
        (Some(line), _) => mosquitto::parse(line).map_err(usage)?,
        (None, url) => of_url(&args.connection.url(url.map_or("", String::as_str)), plain).map_err(usage)?,
    };
    for warning in warnings {
        warn(&warning);
    }
    args.connection.change(&mut profile).map_err(|error| usage(error.to_string()))?;
    if args.connection.password.password_prompt {
        let words =
            "a typed password is not saved; give --password-env, --password-file or --password-command";
        return Err(usage(words.to_owned()));
    }
    if profile.address.path.contains('?') && profile.address.transport.is_websocket() {
        warn("what follows the ? of the URL is saved as it stands; whoever reads the file can use it");
    }
    absolute(&mut profile);
    profile.name.clone_from(&args.name);
    profile.client_id = args.connection.client_id.clone().unwrap_or(profile.client_id);
    check(&profile).map_err(|error| usage(error.to_string()))?;
    let existing = if args.force { Existing::Replace } else { Existing::Refuse };
    if let Some(what) = plain_secret(&profile).filter(|_| plain == PlainPassword::LeaveOut) {
        let words =
            format!("{what} is not saved in plain text; {}, or say so with --save-plain", instead(&profile));
        return Err(usage(words));
    }
    let path = devices.create(&args.name, &profile, plain, existing).map_err(failure)?;
    say(&format!("saved {}; open it with: mqttscope {}", path.display(), args.name));
    Ok(())
}

/// Whether a new device may be called so.
pub(super) fn take_name(name: &str) -> Result<(), Failure> {
    if !is_name(name) {
        return Err(failure(DeviceError::Name(name.to_owned())));
    }
    command_word_flaw(name).map_or(Ok(()), |words| Err((EXIT_USAGE, words)))
}

/// The flag that names the place of a secret which the arguments hold.
fn instead(profile: &Profile) -> &'static str {
    match (profile.password.is_some(), profile.ws_headers.is_empty()) {
        (true, _) => "give --password-env VARIABLE or --password-file FILE instead",
        (false, false) => "give --ws-header-env 'Name=VARIABLE' instead",
        (false, true) => "give --proxy-password-env VARIABLE instead",
    }
}

fn of_url(text: &str, plain: PlainPassword) -> Result<(Profile, Vec<String>), String> {
    let parsed = parse_url(text).map_err(|error| error.to_string())?;
    let mut profile = Profile::new("", parsed.address, String::new());
    profile.version_is_fixed = false;
    profile.username = parsed.username;
    let mut warnings = Vec::new();
    match (parsed.password, plain) {
        (None, _) => {}
        (Some(password), PlainPassword::Save) => profile.password = Some(password),
        (Some(_), PlainPassword::LeaveOut) => {
            let words =
                "the password is not saved; give --password-env VARIABLE or --password-file FILE instead";
            warnings.push(words.to_owned());
        }
    }
    Ok((profile, warnings))
}

/// Files are named from here, and the device file lies elsewhere.
pub(super) fn absolute(profile: &mut Profile) {
    let tls = &mut profile.tls;
    let mut paths: Vec<&mut PathBuf> =
        [&mut tls.ca_file, &mut tls.cert_file, &mut tls.key_file].into_iter().flatten().collect();
    let of_headers = profile.ws_headers_made.iter_mut().map(|(_, source)| source);
    for source in of_headers.chain([&mut profile.password_source, &mut profile.proxy_password_source]) {
        if let PasswordSource::File(path) = source {
            paths.push(path);
        }
    }
    for path in paths {
        if let Ok(whole) = std::path::absolute(&*path) {
            *path = whole;
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err as it stands")]
fn failure(error: DeviceError) -> Failure {
    let code = match error {
        DeviceError::Name(_) => EXIT_USAGE,
        DeviceError::Missing { .. }
        | DeviceError::Exists(_)
        | DeviceError::Broken { .. }
        | DeviceError::Io { .. }
        | DeviceError::Nowhere
        | DeviceError::Unchangeable(_) => EXIT_FAILED,
    };
    (code, error.to_string())
}

fn fact(what: &str, value: impl Display) {
    say(&format!("{what:<16} {}", sanitize(value.to_string().as_bytes(), MAX_COLS)));
}

/// Prints a line; nobody to read it is nothing to fail for.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn warn(words: &str) {
    let _ = writeln!(std::io::stderr(), "mqttscope: {}", sanitize(words.as_bytes(), MAX_COLS));
}
