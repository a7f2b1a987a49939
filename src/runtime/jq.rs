//! jq programs in a process of their own. Owns both its ends: how it is started, waited for and judged, and how it
//! confines itself first thing. A program may never end, or want all memory there is, and only a process can be
//! stopped for it.
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use crate::decode::bounds::MAX_OUT_BYTES;
use crate::decode::figures;
use crate::decode::jq::request::Request;
use crate::decode::jq::{self, Limits, Outcome, STACK_BYTES};
use crate::model::inspector::filtered::Ran;

/// Most that the process has to say of itself when it breaks off.
const MAX_LAST_WORDS: u64 = 4 << 10;

/// Most bytes of an answer: the outputs and the line before them.
const MAX_ANSWER_BYTES: u64 = MAX_OUT_BYTES as u64 + (64 << 10);

/// The subcommand that is the process; nobody types it.
pub const SUBCOMMAND: &str = "jq-child";

/// What confines the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confines {
    /// The program to start: this one.
    pub executable: PathBuf,
    /// Seconds of the processor.
    pub seconds: u64,
    /// Bytes of address space, its own code and stacks included.
    pub memory: u64,
    /// How long it may take in all; a busy machine has it wait for the processor.
    pub patience: Duration,
}

impl Default for Confines {
    fn default() -> Self {
        Self { executable: own_executable(), seconds: 2, memory: 512 << 20, patience: Duration::from_secs(6) }
    }
}

/// This program, also when the file that it was started from has made room for a newer one.
fn own_executable() -> PathBuf {
    let link = Path::new("/proc/self/exe");
    if link.exists() {
        return link.to_owned();
    }
    std::env::current_exe().unwrap_or_else(|_unknown| "mqttscope".into())
}

/// Runs a program in a process. Given up, it is killed.
pub async fn run(request: &Request, confines: &Confines) -> Ran {
    let spawned = Command::new(&confines.executable)
        .args([
            SUBCOMMAND,
            "--seconds",
            &confines.seconds.to_string(),
            "--memory",
            &confines.memory.to_string(),
        ])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let mut child = match spawned {
        Ok(child) => child,
        Err(error) => return Ran::Stopped(format!("jq can't be started: {error}")),
    };
    let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut input), Some(output), Some(errors)) = (input, output, errors) else {
        return Ran::Stopped("jq can't be started: it has no pipes".to_owned());
    };
    let (mut answer, mut last_words) = (Vec::new(), Vec::new());
    let done = async {
        let write = async {
            // Whoever is stopped reads no more.
            let _ = input.write_all(request.bytes()).await;
            drop(input);
        };
        let (mut output, mut errors) = (output.take(MAX_ANSWER_BYTES), errors.take(MAX_LAST_WORDS));
        let reads = (output.read_to_end(&mut answer), errors.read_to_end(&mut last_words));
        let _ = tokio::join!(write, reads.0, reads.1);
        child.wait().await
    };
    match tokio::time::timeout(confines.patience, done).await {
        Err(_late) => Ran::Stopped(format!("jq was stopped after {}", figures::span(confines.patience))),
        Ok(Err(error)) => Ran::Stopped(format!("jq is lost: {error}")),
        Ok(Ok(_status)) => match Outcome::of_bytes(&answer) {
            Some(outcome) => Ran::Done(outcome),
            None => Ran::Stopped(why(&String::from_utf8_lossy(&last_words), confines)),
        },
    }
}

/// Why the process did not answer, from what it said last.
fn why(last_words: &str, confines: &Confines) -> String {
    if last_words.contains("memory allocation of") || last_words.contains("capacity overflow") {
        return format!("jq was stopped: it wanted more than {} of memory", figures::bytes(confines.memory));
    }
    if last_words.contains("overflowed its stack") {
        return "jq was stopped: the program or the value goes too deep".to_owned();
    }
    if last_words.contains("panicked at") {
        return "jq broke off by a fault of its own".to_owned();
    }
    let seconds = figures::span(Duration::from_secs(confines.seconds));
    format!("jq was stopped after {seconds} of work")
}

/// The process itself: confined first, then the program read, run and answered for.
///
/// # Errors
/// Where the limits can't be set, the input is no request or nobody takes the answer.
pub fn serve(seconds: u64, memory: u64) -> io::Result<()> {
    confine(seconds, memory)?;
    let mut request = Vec::new();
    io::stdin().lock().read_to_end(&mut request)?;
    let answering = thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        Request::read(&request).map(|(program, input)| jq::run(program, input, Limits::default()).to_bytes())
    });
    let answer = answering?.join().map_err(|_panic| io::Error::other("jq broke off"))?;
    let answer = answer.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut out = io::stdout().lock();
    out.write_all(&answer)?;
    out.flush()
}

#[cfg(unix)]
fn confine(seconds: u64, memory: u64) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let at_most = |n: u64| Rlimit { current: Some(n), maximum: Some(n) };
    // A payload may be secret: nothing of it is to end up in a file.
    setrlimit(Resource::Core, at_most(0))?;
    setrlimit(Resource::Cpu, at_most(seconds))?;
    setrlimit(Resource::As, at_most(memory))?;
    // Where memory runs short, this process is the one to go; elsewhere than on Linux there is no such file.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    Ok(())
}

#[cfg(not(unix))]
fn confine(_seconds: u64, _memory: u64) -> io::Result<()> {
    Ok(())
}
