//! `mqttscope check`: the arguments, the lines printed and the exit code. Owns no comparison.
use super::open::Said;
use super::run::Failure;
use super::{ConnectionArgs, EXIT_DONE, EXIT_FAILED, EXIT_NO_CONNECTION, EXIT_REFUSED, EXIT_USAGE, listen};
use crate::config::{self, device::Devices};
use crate::decode::figures::counted;
use crate::headless::check::{self as headless, Checked, Options, Strictness};
use crate::headless::lines::Marks;
use crate::mqtt::Filter;
use crate::runtime::MachineClock;
use crate::time::Clock;
use crate::time::parse_span;
use clap::Args;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Arguments of the check.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct CheckArgs {
    /// The device file's name or path
    #[arg(value_name = "DEVICE|FILE")]
    pub device: String,
    /// How long to listen
    #[arg(long = "for", value_name = "TIME", default_value = "60s", value_parser = parse_span)]
    pub lasting: Duration,
    /// Filter whose topics are no news
    #[arg(long, value_name = "FILTER", value_parser = |text: &str| Filter::parse(text))]
    pub exclude: Vec<Filter>,
    /// Take nodes that nobody can judge for faults: those that were silent without a cadence, or too briefly
    #[arg(long)]
    pub strict: bool,
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
    /// How to connect.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

const AFTER_HELP: &str = "\
Exits with 0 when the traffic is as the file says, and with 1 when topics are new, missing or stale, or values
of another type or out of range; 2 wrong arguments, 3 no connection, 4 refused, 27 no answer in time.

With --filter only the file's nodes within the filters are checked.

  mqttscope check plant --for 2m
  mqttscope check devices/plant.toml --json";

/// Checks, and prints what is found.
pub(super) fn run(
    args: &CheckArgs,
    tokio: &Runtime,
    clock: MachineClock,
    unique: u64,
) -> Result<(), Failure> {
    let devices = Devices::of_user();
    if !devices.knows(&args.device) {
        let words = match devices.open(&args.device) {
            Err(error) => error.to_string(),
            Ok(_) => format!("{:?} is no device file", args.device),
        };
        return Err((
            EXIT_USAGE,
            format!("{words}; check wants a device file, which \"mqttscope learn\" writes"),
        ));
    }
    let mut opened = listen::open(&args.device, &args.connection, &devices, unique)?;
    let (Some(profile), Some(Said { mut nodes, .. })) = (opened.profiles.pop(), opened.said.pop()) else {
        return Ok(());
    };
    let n_all = nodes.len();
    let filters = &args.connection.filters;
    if !filters.is_empty() {
        nodes.retain(|node| filters.iter().any(|filter| filter.matches(node.topic.as_str())));
    }
    if nodes.is_empty() {
        let words = match n_all {
            0 => format!("{:?} keeps no nodes to check; \"mqttscope learn {0}\" finds some", args.device),
            n => format!("none of the {} in {:?} is within --filter", counted(n as u64, "node"), args.device),
        };
        return Err((EXIT_FAILED, words));
    }
    let at = profile.address.to_string();
    let clock: Arc<dyn Clock> = Arc::new(clock);
    let options = Options {
        excludes: args.exclude.iter().chain(&profile.excludes).cloned().collect(),
        strictness: if args.strict { Strictness::Strict } else { Strictness::Lenient },
        patience: Duration::from_secs(u64::from(args.wait)),
        lasting: args.lasting,
    };
    let mut line = listen::ProgressLine::new();
    let checked = tokio.block_on(async {
        let mut tell = |progress| line.tell(&progress);
        headless::check(profile, nodes, &clock, options, listen::interrupted(), &mut tell).await
    });
    line.clear();
    let checked = checked.map_err(|unheard| listen::failure(&unheard))?;
    let ended = verdict(&checked, &at);
    if args.json {
        let code = ended.as_ref().map_or_else(|(code, _)| *code, |()| EXIT_DONE);
        listen::say_lines(&headless::json(&checked, code));
    } else {
        let marks = if args.ascii || !config::locale_is_utf8() { Marks::Ascii } else { Marks::Unicode };
        listen::say_all(&headless::lines(&checked, marks));
    }
    ended
}

fn verdict(checked: &Checked, at: &str) -> Result<(), Failure> {
    let heard = &checked.heard;
    if !heard.refused.is_empty() {
        let n = counted(heard.refused.len() as u64, "filter");
        return Err((EXIT_REFUSED, format!("{at} refused {n}, so not everything could be heard")));
    }
    if !heard.is_online {
        return Err((EXIT_NO_CONNECTION, format!("the connection to {at} was lost and did not come back")));
    }
    if checked.is_clean() {
        return Ok(());
    }
    if checked.is_mute() && checked.report.is_clean() {
        return Err((EXIT_FAILED, format!("nothing was heard from {at}; a longer --for may hear more")));
    }
    Err((EXIT_FAILED, format!("{at} is not as the device file says")))
}
