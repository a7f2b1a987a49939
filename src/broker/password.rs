//! Secrets, made anew for each connect. Owns their sources and their words; no sentence repeats a secret.
use super::loss::{Loss, quoted, system_words};
use crate::mqtt::port::Step;
use crate::mqtt::profile::PasswordSource;
use crate::mqtt::{Profile, Secret};
use std::fmt;
use std::io::{self, Read};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// How long a command may take: a token service on the other side of the world answers in two.
const COMMAND_WITHIN: Duration = Duration::from_secs(10);
/// The longest password (MQTT 5.0 section 1.5.6), and a line end behind it.
const MAX_BYTES: usize = 65_535 + 2;
/// Bytes of a command's complaint that are repeated.
const MAX_COMPLAINT_BYTES: u64 = 300;

/// What is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted<'a> {
    Password,
    ProxyPassword,
    /// The value of the header of this name.
    Header(&'a str),
}

impl fmt::Display for Wanted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password => f.write_str("the password"),
            Self::ProxyPassword => f.write_str("the proxy's password"),
            Self::Header(name) => write!(f, "the header {name:?}"),
        }
    }
}

impl Wanted<'_> {
    /// A source of it, such as "the password file".
    fn source(self, kind: &str) -> String {
        match self {
            Self::Password => format!("the password {kind}"),
            Self::ProxyPassword => format!("the proxy password {kind}"),
            Self::Header(name) => format!("the {kind} for the header {name:?}"),
        }
    }

    fn failed(self, cause: String, remedy: &str) -> Loss {
        let step = match self {
            Self::Password => Step::Connect,
            Self::ProxyPassword => Step::Proxy,
            Self::Header(_) => Step::WebSocket,
        };
        Loss::new(Some(step), cause, Some(remedy))
    }
}

/// The profile for this connect, with every secret that it needs.
pub(super) async fn fill(profile: &Profile) -> Result<Profile, Loss> {
    let mut filled = profile.clone();
    if let Some((_, password)) = filled.proxy.as_mut().and_then(|proxy| proxy.credentials.as_mut())
        && let Some(made) = of_source(Wanted::ProxyPassword, &profile.proxy_password_source).await?
    {
        *password = made;
    }
    if profile.address.transport.is_websocket() {
        for (name, source) in &profile.ws_headers_made {
            let made = of_source(Wanted::Header(name), source).await?;
            filled.ws_headers.extend(made.map(|value| (name.clone(), value)));
        }
    }
    if let Some(made) = of_source(Wanted::Password, &profile.password_source).await? {
        filled.password = Some(made);
    }
    Ok(filled)
}

/// The secret of a source; `None` where it was given at the start.
async fn of_source(wanted: Wanted<'_>, source: &PasswordSource) -> Result<Option<Secret>, Loss> {
    match source {
        PasswordSource::Given => Ok(None),
        PasswordSource::Variable(name) => match std::env::var_os(name) {
            Some(value) => Ok(Some(Secret::new(value.into_encoded_bytes()))),
            None => Err(wanted.failed(
                format!("the environment variable {name:?}, which holds {wanted}, is not set"),
                "set it before mqttscope starts",
            )),
        },
        PasswordSource::File(path) => {
            let of_file = {
                let path = path.clone();
                tokio::task::spawn_blocking(move || read_start(&path))
            };
            let read = of_file.await.unwrap_or_else(|error| Err(io::Error::other(error)));
            of_file_read(wanted, path, read).map(Some)
        }
        PasswordSource::Command(line) => of_command(wanted, line, COMMAND_WITHIN).await.map(Some),
    }
}

/// The start of a file, as far as a secret can reach.
fn read_start(path: &Path) -> io::Result<Secret> {
    let mut bytes = Vec::with_capacity(MAX_BYTES + 64);
    let read = std::fs::File::open(path).and_then(|file| file.take(MAX_BYTES as u64).read_to_end(&mut bytes));
    let bytes = Secret::new(bytes);
    read.map(|_| bytes)
}

/// A file's first line.
fn of_file_read(wanted: Wanted<'_>, path: &Path, read: io::Result<Secret>) -> Result<Secret, Loss> {
    let file = format!("{} {}", wanted.source("file"), quoted(path));
    let bytes = read.map_err(|error| {
        let cause = format!("{file} can't be read: {}", system_words(&error));
        wanted.failed(cause, "check the path, and that you may read it")
    })?;
    let secret = first_line(&bytes);
    if secret.expose().is_empty() {
        return Err(wanted.failed(format!("{file} is empty"), &format!("write {wanted} into it")));
    }
    Ok(secret)
}

/// The first line of what a command prints.
async fn of_command(wanted: Wanted<'_>, line: &str, within: Duration) -> Result<Secret, Loss> {
    let command = wanted.source("command");
    let remedy = format!("run {command} in a shell to see what it does");
    let failed = |cause: String| wanted.failed(cause, &remedy);
    let spawned = Command::new("sh")
        .arg("-c")
        .arg(line)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // A group of its own, so that what it starts can be ended with it.
        .process_group(0)
        .kill_on_drop(true)
        .spawn();
    let mut child =
        spawned.map_err(|error| failed(format!("{command} can't be started: {}", system_words(&error))))?;
    let mut group = Group(child.id());
    let (printed, complaint, status) = match timeout(within, output(&mut child)).await {
        Ok(Ok(ran)) => {
            // It has ended: its number may be another's by now.
            group.0 = None;
            ran
        }
        Ok(Err(error)) => {
            return Err(failed(format!("{command} failed: {}", system_words(&error))));
        }
        Err(_elapsed) => {
            return Err(failed(format!("{command} did not end within {} s", within.as_secs())));
        }
    };
    if !status.success() {
        let complaint = complaint.lines().next().unwrap_or_default().trim().to_owned();
        let said = if complaint.is_empty() { String::new() } else { format!("; it says {complaint:?}") };
        return Err(failed(format!("{command} failed ({status}){said}")));
    }
    let password = first_line(&printed);
    if password.expose().is_empty() {
        return Err(failed(format!("{command} printed nothing")));
    }
    Ok(password)
}

async fn output(child: &mut Child) -> io::Result<(Secret, String, std::process::ExitStatus)> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let printing = async move {
        let mut printed = Vec::with_capacity(MAX_BYTES + 64);
        if let Some(stdout) = stdout {
            stdout.take(MAX_BYTES as u64).read_to_end(&mut printed).await?;
        }
        io::Result::Ok(Secret::new(printed))
    };
    let complaining = async move {
        let mut complaint = Vec::new();
        if let Some(mut stderr) = stderr {
            (&mut stderr).take(MAX_COMPLAINT_BYTES).read_to_end(&mut complaint).await?;
            // The rest is let go, so that the command does not wait for a reader.
            tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await?;
        }
        io::Result::Ok(String::from_utf8_lossy(&complaint).into_owned())
    };
    let (printed, complaint, status) = tokio::try_join!(printing, complaining, child.wait())?;
    Ok((printed, complaint, status))
}

fn first_line(bytes: &Secret) -> Secret {
    let line = bytes.expose().split(|byte| matches!(byte, b'\n' | b'\r')).next();
    Secret::new(line.unwrap_or_default().to_vec())
}

/// Ends a command with all that it started.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        let id = self.0.and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        if let Some(id) = id {
            // It may have ended this moment; then there is nobody to tell.
            let _ = rustix::process::kill_process_group(id, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::profile::Proxy;
    use crate::mqtt::{Address, Transport};

    #[tokio::test]
    async fn a_command_s_first_line_is_the_password() {
        for (line, expected) in
            [("echo token", "token"), ("printf 'a b\\nsecond'", "a b"), ("printf 'x'; echo noise >&2", "x")]
        {
            let password = of_command(Wanted::Password, line, PATIENCE).await.unwrap();
            assert_eq!(String::from_utf8_lossy(password.expose()), expected, "{line}");
        }
    }

    const PATIENCE: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn a_command_that_fails_or_prints_nothing_is_told() {
        for (line, words) in [
            ("exit 3", "the password command failed (exit status: 3)"),
            ("echo no such key >&2; exit 1", "it says \"no such key\""),
            ("true", "the password command printed nothing"),
            ("kill -9 $$", "the password command failed (signal: 9"),
        ] {
            let loss = of_command(Wanted::Password, line, PATIENCE).await.unwrap_err();
            assert!(loss.cause.contains(words), "{line}: {}", loss.cause);
            assert!(loss.remedy.is_some());
        }
        let loss = of_command(Wanted::Password, "sleep 100; echo never", Duration::from_millis(20)).await;
        assert!(loss.unwrap_err().cause.contains("did not end within"));
    }

    #[tokio::test]
    async fn a_file_gives_its_first_line_and_wrong_ones_are_named() {
        let files = tempfile::TempDir::new().unwrap();
        let path = files.path().join("secret");
        let source = PasswordSource::File(path.clone());
        let made = async || of_source(Wanted::Header("Authorization"), &source).await;
        for (contents, words) in [(None, "can't be read"), (Some("\n"), "is empty")] {
            if let Some(contents) = contents {
                std::fs::write(&path, contents).unwrap();
            }
            let loss = made().await.unwrap_err();
            assert!(loss.cause.starts_with("the file for the header \"Authorization\""), "{}", loss.cause);
            assert!(loss.cause.contains(words), "{}", loss.cause);
            assert_eq!(loss.step, Some(Step::WebSocket));
        }
        std::fs::write(&path, "hunter2\nmore").unwrap();
        assert_eq!(made().await.unwrap().unwrap().expose(), b"hunter2");
    }

    #[tokio::test]
    async fn every_secret_is_made_where_it_is_needed_and_named_where_it_is_not() {
        let command = |line: &str| PasswordSource::Command(line.into());
        let mut profile = Profile::new("t", Address::tcp("h", 1), "x");
        profile.ws_headers = vec![("A".into(), Secret::new(b"given".to_vec()))];
        profile.ws_headers_made =
            vec![("B".into(), command("echo Bearer x")), ("C".into(), command("exit 1"))];
        let credentials = Some(("me".to_owned(), Secret::new(Vec::new())));
        profile.proxy = Some(Proxy { host: "p".into(), port: 1, credentials });
        profile.proxy_password_source = command("echo secret");
        let filled = fill(&profile).await.unwrap();
        assert_eq!(filled.ws_headers.len(), 1, "TCP sends no headers, so that none is made");
        assert_eq!(filled.proxy.unwrap().credentials.unwrap().1.expose(), b"secret");
        profile.address.transport = Transport::WebSocket;
        let loss = fill(&profile).await.unwrap_err();
        assert_eq!(loss.cause, "the command for the header \"C\" failed (exit status: 1)");
        profile.ws_headers_made.pop();
        let headers = fill(&profile).await.unwrap().ws_headers;
        assert_eq!((headers[1].0.as_str(), headers[1].1.expose()), ("B", &b"Bearer x"[..]));
        profile.password_source = PasswordSource::Variable("MQTTSCOPE_NOT_SET".into());
        let loss = fill(&profile).await.unwrap_err();
        assert!(loss.cause.contains("\"MQTTSCOPE_NOT_SET\", which holds the password"), "{}", loss.cause);
    }
}
