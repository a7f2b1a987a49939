//! `mqttscope learn`: the arguments, the device file written, the lines printed and the exit code. Owns which file is
//! meant and what of a connection goes into it; guesses nothing.
use super::device::{absolute, take_name};
use super::run::Failure;
use super::{ConnectionArgs, EXIT_DONE, EXIT_FAILED, EXIT_REFUSED, EXIT_USAGE, Opened, listen};
use crate::config::{
    self,
    device::{DeviceError, DeviceFile, Devices, PlainPassword, plain_secret},
};
use crate::device::learn::{DEFAULT_CAP, Scope};
use crate::headless::learn::{self as headless, Existing, Learnt, Merged, Objects, Options, Summary};
use crate::headless::lines::Marks;
use crate::mqtt::profile::PasswordSource;
use crate::mqtt::{Filter, Profile, Subscription};
use crate::runtime::MachineClock;
use crate::time::Clock;
use crate::time::parse_span;
use clap::Args;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Arguments of learning.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line are independent of each other")]
pub struct LearnArgs {
    /// The broker as URL, or a device by its file's name or path, which then is written into
    #[arg(value_name = "URL|DEVICE")]
    pub device: String,
    /// How long to listen; ctrl-c ends it early and keeps what there is
    #[arg(long = "for", value_name = "TIME", default_value = "30s", value_parser = parse_span)]
    pub lasting: Duration,
    /// Filter whose topics are not learnt; may be given again
    #[arg(long, value_name = "FILTER", value_parser = |text: &str| Filter::parse(text))]
    pub exclude: Vec<Filter>,
    /// Topics to learn at most.
    #[arg(help = "Topics to learn at most; further ones are counted [default: 100000]")]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub cap: Option<u32>,
    /// Take JSON objects apart: a node for each member
    #[arg(long)]
    pub parts: bool,
    /// Device file to write, such as devices/plant.toml
    #[arg(short = 'o', long, value_name = "FILE", conflicts_with = "name")]
    pub output: Option<PathBuf>,
    /// The same by a device's name, in the directory of device files
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Write what was heard over nodes that are kept already; over another broker's connection too
    #[arg(long)]
    pub force: bool,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
    /// Seconds to wait for each answer of the broker
    #[arg(short = 'W', long, value_name = "SECONDS", default_value_t = 8)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=600))]
    pub wait: u16,
    /// Write ASCII characters only; chosen by itself when the locale is not UTF-8
    #[arg(long)]
    pub ascii: bool,
    /// How to connect; for a new file, what is given here is written into it.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

const AFTER_HELP: &str = "\
Nodes that the file keeps already stay as they are unless --force is given. Exits with 0 when the file holds what
was learnt, with 1 when nothing was heard or the file can't be written; 2 wrong arguments, 3 no connection,
4 refused, 27 no answer in time.

  mqttscope learn mqtt://pi.local --filter 'plant/#' --for 30s -o devices/plant.toml
  mqttscope learn plant                    more of the same, into the device's own file";

/// The file to write.
struct Target {
    devices: Devices,
    name: String,
    path: PathBuf,
    /// What it says now.
    old: Option<DeviceFile>,
}

/// Listens, writes the file and prints what was learnt.
pub(super) fn run(
    args: &LearnArgs,
    tokio: &Runtime,
    clock: MachineClock,
    unique: u64,
) -> Result<(), Failure> {
    let devices = Devices::of_user();
    // Told before anybody listens for half an hour.
    let target = target(args, &devices)?;
    let mut opened = listen::open(&args.device, &args.connection, &devices, unique)?;
    let Some(profile) = opened.profiles.first().cloned() else { return Ok(()) };
    let to_save = to_save(args, &target, &mut opened)?;
    let kept = target.old.as_ref().map(|old| old.nodes.clone()).unwrap_or_default();
    let filters = profile.subscriptions.iter().map(|subscription| subscription.filter.clone()).collect();
    let excludes = args.exclude.iter().chain(&profile.excludes).cloned().collect();
    let cap = args.cap.map_or(DEFAULT_CAP, |cap| cap as usize);
    let options = Options {
        scope: Scope { excludes, cap, ..Scope::of(filters) },
        objects: if args.parts { Objects::Parts } else { Objects::Whole },
        patience: Duration::from_secs(u64::from(args.wait)),
        lasting: args.lasting,
    };
    let at = profile.address.to_string();
    let clock: Arc<dyn Clock> = Arc::new(clock);
    let mut line = listen::ProgressLine::new();
    let learnt = tokio.block_on(async {
        let mut tell = |progress| line.tell(&progress);
        headless::learn(profile, &clock, options, &kept, listen::interrupted(), &mut tell).await
    });
    line.clear();
    let learnt = learnt.map_err(|unheard| listen::failure(&unheard))?;
    let existing = if args.force { Existing::Overwrite } else { Existing::Keep };
    let merged = headless::merge(&kept, &learnt.rows, existing);
    let ended = if learnt.rows.is_empty() {
        Err(nothing(&learnt, &at))
    } else {
        save(&target, &to_save, &merged).map(drop).map_err(|error| failure(&error))
    };
    print(args, &learnt, &merged, ended.is_ok().then_some(target.path.as_path()), &ended);
    ended
}

fn print(
    args: &LearnArgs,
    learnt: &Learnt,
    merged: &Merged,
    file: Option<&Path>,
    ended: &Result<(), Failure>,
) {
    let exit = ended.as_ref().map_or_else(|(code, _)| *code, |()| EXIT_DONE);
    let summary = Summary { learnt, merged, file, exit };
    if args.json {
        return listen::say_lines(&headless::json(&summary));
    }
    let marks = if args.ascii || !config::locale_is_utf8() { Marks::Ascii } else { Marks::Unicode };
    if !learnt.rows.is_empty() {
        listen::say_all(&headless::table(&learnt.rows, &merged.rows, marks));
        listen::say_all("\n");
    }
    listen::say_all(&headless::summary(&summary, marks));
}

/// Why there is nothing.
fn nothing(learnt: &Learnt, at: &str) -> Failure {
    let refused: Vec<String> = learnt.heard.refused.iter().map(ToString::to_string).collect();
    if refused.is_empty() {
        let words = "nothing was learnt: nothing was published meanwhile and nothing is retained; give --for more \
                     time, or another --filter (# does not cover topics that begin with $)";
        return (EXIT_FAILED, words.to_owned());
    }
    (EXIT_REFUSED, format!("nothing was learnt: {at} refused {}", refused.join(", ")))
}

/// Which file is meant, and what it says.
fn target(args: &LearnArgs, devices: &Devices) -> Result<Target, Failure> {
    let usage = |words: String| Err((EXIT_USAGE, words));
    let of_word = |word: &str| match devices.open(word) {
        Ok(old) => of_path(&old.path.clone(), Some(old)),
        Err(error) => Err(failure(&error)),
    };
    match (&args.output, &args.name) {
        (Some(path), _) => {
            let is_toml = path.extension().is_some_and(|ending| ending == "toml");
            if !is_toml {
                let shown = path.display();
                return usage(format!("\"{shown}\" is no device file's name; write -o {shown}.toml"));
            }
            let whole = std::path::absolute(path).unwrap_or_else(|_no_directory| path.clone());
            if whole.exists() { of_word(&whole.display().to_string()) } else { of_path(&whole, None) }
        }
        (None, Some(name)) if devices.has(name) => of_word(name),
        (None, Some(name)) => {
            take_name(name)?;
            of_path(&devices.path(name).map_err(|error| failure(&error))?, None)
        }
        (None, None) if devices.knows(&args.device) => of_word(&args.device),
        (None, None) => {
            usage("say where to write what is learnt: -o devices/plant.toml, or --name plant".to_owned())
        }
    }
}

fn of_path(path: &Path, old: Option<DeviceFile>) -> Result<Target, Failure> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let devices = Devices::at(path.parent().map(Path::to_owned));
    // Also refuses what can be no device's name.
    let path = devices.path(&name).map_err(|error| failure(&error))?;
    Ok(Target { devices, name, path, old })
}

/// The connection as the file shall say it.
fn to_save(args: &LearnArgs, target: &Target, opened: &mut Opened) -> Result<Profile, Failure> {
    let Some(mut profile) = opened.profiles.first().cloned() else {
        return Err((EXIT_USAGE, "there is nothing to learn from".to_owned()));
    };
    if let Some(old) = &target.old {
        let is_same = old.profile.address == profile.address;
        if is_same {
            return Ok(with_filters(old.profile.clone(), &profile.subscriptions));
        }
        if !args.force {
            let file = target.path.display();
            let words = format!(
                "{file} is the file of {}, not of {}; write into another, or give --force",
                old.profile.address, profile.address
            );
            return Err((EXIT_USAGE, words));
        }
    }
    let is_made_up = opened.ids_are_made_up.first().copied().unwrap_or_default();
    if is_made_up {
        profile.client_id = args.connection.client_id.clone().unwrap_or_default();
    }
    if let Some(what) = plain_secret(&profile) {
        listen::warn(&format!(
            "{what} is not saved; --password-env, --password-file and --ws-header-env name a place for it"
        ));
    }
    if profile.password_source == PasswordSource::Given {
        profile.password = None;
    }
    profile.ws_headers.clear();
    if let Some((_, password)) = profile.proxy.as_mut().and_then(|proxy| proxy.credentials.as_mut()) {
        *password = crate::mqtt::Secret::new(Vec::new());
    }
    profile.name.clone_from(&target.name);
    absolute(&mut profile);
    Ok(profile)
}

/// The profile of a file, with filters of this session that it did not cover.
fn with_filters(mut profile: Profile, subscriptions: &[Subscription]) -> Profile {
    for subscription in subscriptions {
        let is_covered = profile.subscriptions.iter().any(|old| old.filter.covers(&subscription.filter));
        if !is_covered {
            profile.subscriptions.push(subscription.clone());
        }
    }
    profile
}

fn save(target: &Target, profile: &Profile, merged: &Merged) -> Result<PathBuf, DeviceError> {
    // What stands in a file in plain text stays there; nothing else of that kind comes here.
    target.devices.save_nodes(&target.name, profile, &merged.nodes, PlainPassword::Save)
}

fn failure(error: &DeviceError) -> Failure {
    let code = if matches!(error, DeviceError::Name(_)) { EXIT_USAGE } else { EXIT_FAILED };
    (code, error.to_string())
}
