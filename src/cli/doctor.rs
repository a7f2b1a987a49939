//! `mqttscope doctor`: the arguments, the lines printed and the exit code. Owns no check.
use super::run::Failure;
use super::{ConnectionArgs, EXIT_FAILED, EXIT_NO_CONNECTION, EXIT_REFUSED, EXIT_TIMED_OUT, listen};
use crate::config::{self, device::Devices};
use crate::headless::doctor::{self, Marks, Options, Publish};
use crate::mqtt::{Finding, Verdict};
use crate::runtime::MachineClock;
use clap::Args;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Arguments of the doctor.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line are independent of each other")]
pub struct DoctorArgs {
    /// The device file's name or path, or the broker as mqtt://[user[:password]@]host[:port] or host[:port]
    #[arg(value_name = "DEVICE|URL")]
    pub device: String,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
    /// Send no messages; otherwise one for each QoS goes to mqttscope/doctor/…, not retained
    #[arg(long)]
    pub no_publish: bool,
    /// The same: what publishes refuses
    #[arg(long)]
    pub read_only: bool,
    /// Seconds to wait for each answer of the broker
    #[arg(short = 'W', long, value_name = "SECONDS", default_value_t = 8)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=600))]
    pub wait: u16,
    /// Draw with ASCII characters only; chosen by itself when the locale is not UTF-8
    #[arg(long)]
    pub ascii: bool,
    /// How to connect.
    #[command(flatten)]
    pub connection: ConnectionArgs,
}

/// Examines the broker and prints what is found.
pub(super) fn run(
    args: &DoctorArgs,
    tokio: &Runtime,
    clock: MachineClock,
    unique: u64,
) -> Result<(), Failure> {
    let opened = listen::open(&args.device, &args.connection, &Devices::of_user(), unique)?;
    let Some(profile) = opened.profiles.into_iter().next() else { return Ok(()) };
    let at = profile.address.to_string();
    let marks = if args.ascii || !config::locale_is_utf8() { Marks::Ascii } else { Marks::Unicode };
    let publish = match (args.no_publish, args.read_only) {
        (true, _) => Publish::Nothing,
        (false, true) => Publish::ReadOnly,
        (false, false) => Publish::RoundTrips,
    };
    let patience = Duration::from_secs(u64::from(args.wait));
    let options = Options { patience, publish, origin: clock.origin };
    let is_json = args.json;
    let mut tell = move |finding: &Finding| {
        say(&if is_json { doctor::json(finding) } else { doctor::line(finding, marks) });
    };
    let verdict = tokio.block_on(doctor::examine(profile, Arc::new(clock), options, &mut tell));
    let words = || format!("{at} {}", verdict.words());
    let ended = match verdict {
        Verdict::Healthy => Ok(()),
        Verdict::Failed => Err((EXIT_FAILED, words())),
        Verdict::TimedOut => Err((EXIT_TIMED_OUT, words())),
        Verdict::Refused => Err((EXIT_REFUSED, words())),
        Verdict::CannotConnect => Err((EXIT_NO_CONNECTION, format!("there is no connection to {at}"))),
    };
    if is_json {
        let code = ended.as_ref().map_or_else(|(code, _)| *code, |()| super::EXIT_DONE);
        say(&format!("{{\"check\":\"verdict\",\"ok\":{},\"exit\":{code}}}", code == super::EXIT_DONE));
    }
    ended
}

/// Prints a line; nobody to read it is nothing to fail for.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
