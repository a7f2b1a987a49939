//! From arguments to a running program. Owns the wiring and what a failure's exit code is.
use super::{Cli, ConnectionArgs, DemoArgs, EXIT_FAILED, EXIT_USAGE, Opened, ScreenArgs, Subcommands};
use super::{check, device, doctor, jq, learn, open as opened};
use crate::config::{self, device::Devices};
use crate::demo::plant::PlantOptions;
use crate::demo::{self, DemoOptions};
use crate::model::Settings;
use crate::model::export::Clipboard;
use crate::model::monitor::PingEvery;
use crate::model::opening::{Opening, Origin};
use crate::mqtt::profile::{MAX_EXCLUDES, too_many_excludes};
use crate::mqtt::{Address, Filter, Profile, Secret};
use crate::runtime::{self, Files, MachineClock, Opener, Options};
use crate::terminal;
use crate::time::{Clock, WallOrigin};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tokio::sync::Notify;

/// Threads for the devices' tasks; the loop has the main thread to itself.
const TASK_THREADS: usize = 2;

/// Why the program failed: the exit code and the words for it.
pub type Failure = (u8, String);

/// Runs what the arguments ask for, until its end.
pub fn run(cli: &Cli) -> Result<(), Failure> {
    // A process that is nothing else, and has limits of its own.
    if let Some(Subcommands::JqChild(args)) = &cli.command {
        return jq::run(args);
    }
    let panicked = Arc::new(Notify::new());
    runtime::install(Arc::clone(&panicked));
    // The terminal is restored while the panic unwinds, so that its words stay on the screen.
    match catch_unwind(AssertUnwindSafe(|| run_to_end(cli, panicked))) {
        Ok(ended) => ended,
        Err(_panic) => Err((EXIT_FAILED, runtime::report().unwrap_or_default())),
    }
}

fn run_to_end(cli: &Cli, panicked: Arc<Notify>) -> Result<(), Failure> {
    if let Some(Subcommands::Device(args)) = &cli.command {
        return device::run(args);
    }
    let failed = |words: String| (EXIT_FAILED, words);
    let clock = MachineClock::default();
    let tokio = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(TASK_THREADS)
        .thread_name("task")
        .enable_all()
        .build()
        .map_err(|error| failed(format!("the system refused to start threads: {error}")))?;
    let ended = match &cli.command {
        None | Some(Subcommands::Device(_) | Subcommands::JqChild(_)) => {
            let (mut named, password) = open(cli, &clock)?;
            let openings = named.openings();
            let opener = opener(&cli.connection, &cli.screen, (unique(&clock), openings.len()), password);
            let files = Files {
                devices: Devices::of_user(),
                last: config::last::of_user(),
                undo: config::batch::undo_directory(),
                undoing: None,
                exports: Box::new(config::export::Exports::of_user()),
                sent: config::publications::sent_of_user(),
                saved: config::publications::saved_of_user(),
                opener,
            };
            let options = options(&cli.screen, openings, named.warnings, clock.origin)?;
            tokio.block_on(runtime::explore(options, files, Arc::new(clock), panicked))
        }
        Some(Subcommands::Doctor(args)) => {
            let examined = doctor::run(args, &tokio, clock, unique(&clock));
            tokio.shutdown_background();
            return examined;
        }
        Some(Subcommands::Learn(args)) => {
            let learnt = learn::run(args, &tokio, clock, unique(&clock));
            tokio.shutdown_background();
            return learnt;
        }
        Some(Subcommands::Check(args)) => {
            let checked = check::run(args, &tokio, clock, unique(&clock));
            tokio.shutdown_background();
            return checked;
        }
        Some(Subcommands::Demo(args)) => {
            let (screen, connection) = (&args.screen, &args.connection);
            let options = |address| demo_options(screen, connection, address, &clock);
            return tokio.block_on(run_demo(args, options, Arc::new(clock), panicked));
        }
    };
    // Tasks that still talk to a broker that does not answer are not waited for.
    tokio.shutdown_background();
    ended.map_err(|error| failed(error.to_string()))
}

/// The devices named on the command line, else those that were open last.
fn open(cli: &Cli, clock: &MachineClock) -> Result<(Opened, Option<Secret>), Failure> {
    let (last, warning) = match config::last::of_user() {
        Some(path) if cli.devices.is_empty() => config::last::read(&path),
        Some(_) | None => (config::last::Last::default(), None),
    };
    let mut opened = cli.open(&Devices::of_user(), &last.open, unique(clock)).map_err(usage)?;
    opened.warnings.extend(warning);
    let password = opened.prompt(&cli.connection.password).map_err(usage)?;
    Ok((opened, password))
}

/// Opens devices while the program runs, with the flags of the command line and the password asked for there.
fn opener(
    connection: &ConnectionArgs,
    screen: &ScreenArgs,
    (unique, n_open): (u64, usize),
    password: Option<Secret>,
) -> Opener {
    let (connection, excludes, mut place) = (connection.clone(), screen.excludes.clone(), n_open);
    Box::new(move |origin: &Origin| {
        let words: Vec<String> = origin.word().map(str::to_owned).into_iter().collect();
        place += 1;
        let opened = opened::open_at(&words, &connection, &Devices::of_user(), unique, place);
        let mut opened = opened.map_err(|error| error.to_string())?;
        if password.is_some() {
            opened.answer(password.as_ref());
        }
        let mut opening = opened.openings().pop().ok_or("there is nothing to open")?;
        exclude(&mut opening.profile, &excludes)?;
        opening.origin = origin.clone();
        opening.warnings = std::mem::take(&mut opened.warnings);
        Ok(opening)
    })
}

async fn run_demo(
    args: &DemoArgs,
    options: impl Fn(Address) -> Result<Options, Failure>,
    clock: Arc<MachineClock>,
    panicked: Arc<Notify>,
) -> Result<(), Failure> {
    let plant = PlantOptions {
        n_topics: args.topics.map(|n| n as usize),
        rate_per_s: args.rate.map(f64::from),
        seed: args.seed,
        wall: clock.origin,
    };
    let unique = unique(&clock);
    let clock: Arc<dyn Clock> = clock;
    // Wrong arguments are told before a million topics are set up.
    options(Address::tcp("127.0.0.1", args.port.unwrap_or(1)))?;
    let demo = demo::spawn(DemoOptions { port: args.port, plant }, Arc::clone(&clock))
        .await
        .map_err(|error| (EXIT_FAILED, error.to_string()))?;
    let at = demo.address();
    let options = options(Address::tcp(at.ip().to_string(), at.port()))?;
    let opener = opener(&args.connection, &args.screen, (unique, 1), None);
    // The demo's broker is gone with it: there is nothing to open again.
    let files = Files {
        devices: Devices::of_user(),
        last: None,
        undo: config::batch::undo_directory(),
        undoing: None,
        exports: Box::new(config::export::Exports::of_user()),
        sent: None,
        saved: config::publications::saved_of_user(),
        opener,
    };
    let ended = Box::pin(runtime::explore(options, files, clock, panicked)).await;
    demo.stop().await;
    ended.map_err(|error| (EXIT_FAILED, error.to_string()))
}

fn demo_options(
    screen: &ScreenArgs,
    connection: &ConnectionArgs,
    address: Address,
    clock: &MachineClock,
) -> Result<Options, Failure> {
    let profile = connection.demo_profile(address, unique(clock)).map_err(usage)?;
    options(screen, vec![Opening::of_program(profile)], Vec::new(), clock.origin)
}

/// Has a device drop what the command line says beside what its file does.
fn exclude(profile: &mut Profile, excludes: &[Filter]) -> Result<(), String> {
    for filter in excludes {
        if !profile.excludes.contains(filter) {
            profile.excludes.push(filter.clone());
        }
    }
    let n = profile.excludes.len();
    if n > MAX_EXCLUDES { Err(format!("--exclude: {}", too_many_excludes(n))) } else { Ok(()) }
}

fn options(
    screen: &ScreenArgs,
    mut openings: Vec<Opening>,
    mut warnings: Vec<String>,
    wall: WallOrigin,
) -> Result<Options, Failure> {
    for opening in &mut openings {
        exclude(&mut opening.profile, &screen.excludes).map_err(|words| (EXIT_USAGE, words))?;
    }
    let (keymap, of_keymap) = config::keymap(screen.keymap.as_deref()).map_err(usage)?;
    let (theme, of_theme) = config::theme(&screen.theme);
    warnings.extend(of_keymap.iter().chain(&of_theme).map(ToString::to_string));
    let budget = screen
        .memory
        .map_or_else(config::default_budget_bytes, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
    Ok(Options {
        openings,
        keymap,
        theme,
        settings: Settings {
            ascii: screen.ascii || !config::locale_is_utf8(),
            read_only: screen.read_only,
            keeps_history: !screen.no_history,
            seed: u64::try_from(wall.unix_ms).unwrap_or_default() ^ u64::from(std::process::id()) << 40,
            budget_bytes: budget,
            wall,
            ping_every: PingEvery::from_secs(screen.monitor_ping),
            clipboard: clipboard(),
        },
        warnings,
        max_bytes_per_s: screen.max_bytes_per_second,
        versions: config::versions::Versions::of_user(),
    })
}

/// Whether the terminal is sent texts for its clipboard.
fn clipboard() -> Clipboard {
    let refuses = terminal::no_clipboard(|name| std::env::var(name).ok());
    refuses.map_or(Clipboard::Osc52, Clipboard::Refused)
}

/// What makes a client id unique: the moment and the process.
fn unique(clock: &MachineClock) -> u64 {
    let ms = u64::try_from(clock.origin.unix_ms).unwrap_or_default();
    (ms << 22) ^ u64::from(std::process::id())
}

fn usage(error: impl std::fmt::Display) -> Failure {
    (EXIT_USAGE, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_command_line_excludes_stands_beside_what_the_file_does_within_the_bound() {
        let filter = |n: usize| Filter::parse(&format!("t{n}")).unwrap();
        let mut profile = Profile::new("h", Address::tcp("h", 1), "");
        profile.excludes = (0..60).map(filter).collect();
        exclude(&mut profile, &(58..64).map(filter).collect::<Vec<_>>()).unwrap();
        assert_eq!(profile.excludes.len(), 64);
        let words = exclude(&mut profile, &[filter(99)]).unwrap_err();
        assert!(words.starts_with("--exclude: 64 excludes are the most, 65 are here"), "{words}");
    }
}
