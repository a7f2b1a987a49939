//! `mqttscope device import`, `export` and `diff`. Owns their arguments and the words printed; the formats are
//! `config`'s.
use super::{failure, say, take_name, warn};
use crate::cli::run::Failure;
use crate::cli::{EXIT_FAILED, EXIT_USAGE};
use crate::config::device::{Content, Devices, Existing, PlainPassword, diff, is_name};
use crate::config::ossia::{self, Imported, Report};
use crate::decode::escape::sanitize;
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Longest line of a difference: a topic and what is said of it.
const MAX_COLS: usize = 2_000;

/// What to import.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The .device file of ossia score
    #[arg(value_name = "FILE.device")]
    pub file: PathBuf,
    /// What to call the device instead of the name in the file
    #[arg(long)]
    pub name: Option<String>,
    /// Replace a device of this name; its file is kept as NAME.toml~
    #[arg(long)]
    pub force: bool,
}

/// What to export.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The device's name, or the path of its file
    pub name: String,
    /// Where to; standard output when not given
    #[arg(value_name = "FILE.device")]
    pub file: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
}

/// What to compare.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// A device's name, or the path of its file
    #[arg(value_name = "A")]
    pub one: String,
    /// Another's
    #[arg(value_name = "B")]
    pub other: String,
    /// One JSON object a line
    #[arg(long)]
    pub json: bool,
}

pub(super) fn import(devices: &Devices, args: &ImportArgs) -> Result<(), Failure> {
    let shown = args.file.display();
    let text = ossia::load(&args.file).map_err(failure)?;
    let Imported { name, mut profile, nodes, report } = ossia::import(&text)
        .map_err(|error| (EXIT_FAILED, in_lines(&shown.to_string(), &error.to_string())))?;
    let stem = || args.file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = args.name.clone().unwrap_or_else(|| if is_name(&name) { name } else { stem() });
    take_name(&name)?;
    profile.name.clone_from(&name);
    let existing = if args.force { Existing::Replace } else { Existing::Refuse };
    let path = devices
        .create_with(
            &name,
            &profile,
            Content { nodes: &nodes, ..Content::default() },
            PlainPassword::LeaveOut,
            existing,
        )
        .map_err(failure)?;
    tell(&report, "not imported");
    say(&format!("saved {} with {} nodes; open it with: mqttscope {name}", path.display(), nodes.len()));
    Ok(())
}

pub(super) fn export(devices: &Devices, args: &ExportArgs) -> Result<(), Failure> {
    let device = devices.open(&args.name).map_err(failure)?;
    let (text, report) = ossia::export(&device.name, &device.profile, &device.nodes);
    match &args.file {
        None => {
            let _ = std::io::stdout().write_all(text.as_bytes());
        }
        Some(file) => write(file, &text, args.force)?,
    }
    tell(&report, "kept for mqttscope alone, or not exported");
    Ok(())
}

fn write(file: &Path, text: &str, is_forced: bool) -> Result<(), Failure> {
    let shown = file.display();
    if file.exists() && !is_forced {
        return Err((EXIT_FAILED, format!("{shown} exists already; --force replaces it")));
    }
    ossia::save(file, text).map_err(|error| (EXIT_FAILED, format!("{shown} can't be written: {error}")))?;
    say(&format!("saved {shown}"));
    Ok(())
}

pub(super) fn diff(devices: &Devices, args: &DiffArgs) -> Result<(), Failure> {
    let open = |word: &str| devices.open(word).map_err(|error| (EXIT_USAGE, error.to_string()));
    let (one, other) = (open(&args.one)?, open(&args.other)?);
    let changes = diff::diff(&one, &other);
    for change in &changes {
        if args.json {
            say(&change.json());
        } else {
            change.lines().iter().for_each(|line| say(&sanitize(line.as_bytes(), MAX_COLS)));
        }
    }
    match changes.len() {
        0 => Ok(()),
        1 => Err((EXIT_FAILED, "the devices differ in 1 place".to_owned())),
        n => Err((EXIT_FAILED, format!("the devices differ in {n} places"))),
    }
}

/// What has no counterpart, and how sure the format is.
fn tell(report: &Report, what: &str) {
    for line in report.lines() {
        warn(&format!("{what}: {line}"));
    }
    warn(ossia::PROVENANCE);
}

fn in_lines(file: &str, words: &str) -> String {
    let line = |line: &str| format!("{file}: {}", sanitize(line.as_bytes(), MAX_COLS));
    words.lines().map(line).collect::<Vec<_>>().join("\n")
}
