//! The password, made anew for each connect. Owns its sources and their words; no sentence repeats a secret.
use super::loss::{Loss, quoted, system_words};
use crate::mqtt::port::Step;
use crate::mqtt::profile::PasswordSource;
use crate::mqtt::{Profile, Secret};
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

/// The password for this connect.
pub(super) async fn resolve(profile: &Profile) -> Result<Option<Secret>, Loss> {
    match &profile.password_source {
        PasswordSource::Given => Ok(profile.password.clone()),
        PasswordSource::Variable(name) => match std::env::var_os(name) {
            Some(value) => Ok(Some(Secret::new(value.into_encoded_bytes()))),
            None => Err(failed(
                format!("the environment variable {name:?}, which holds the password, is not set"),
                "set it before mqttscope starts",
            )),
        },
        PasswordSource::File(path) => {
            let path = path.clone();
            let read = tokio::task::spawn_blocking(move || of_file(&path)).await;
            read.unwrap_or_else(|error| Err(failed(error.to_string(), "try again"))).map(Some)
        }
        PasswordSource::Command(line) => of_command(line, COMMAND_WITHIN).await.map(Some),
    }
}

fn failed(cause: String, remedy: &str) -> Loss {
    Loss::new(Some(Step::Connect), cause, Some(remedy))
}

/// A file's first line.
fn of_file(path: &Path) -> Result<Secret, Loss> {
    let mut bytes = Vec::with_capacity(MAX_BYTES + 64);
    let read = std::fs::File::open(path).and_then(|file| {
        std::io::Read::read_to_end(&mut std::io::Read::take(file, MAX_BYTES as u64), &mut bytes)
    });
    let bytes = Secret::new(bytes);
    if let Err(error) = read {
        let cause = format!("the password file {} can't be read: {}", quoted(path), system_words(&error));
        return Err(failed(cause, "check the path, and that you may read it"));
    }
    let password = first_line(&bytes);
    if password.expose().is_empty() {
        return Err(failed(
            format!("the password file {} is empty", quoted(path)),
            "write the password into it",
        ));
    }
    Ok(password)
}

/// The first line of what a command prints.
async fn of_command(line: &str, within: Duration) -> Result<Secret, Loss> {
    let remedy = "run the password command in a shell to see what it does";
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
    let mut child = spawned.map_err(|error| {
        failed(format!("the password command can't be started: {}", system_words(&error)), remedy)
    })?;
    let mut group = Group(child.id());
    let (printed, complaint, status) = match timeout(within, output(&mut child)).await {
        Ok(Ok(ran)) => {
            // It has ended: its number may be another's by now.
            group.0 = None;
            ran
        }
        Ok(Err(error)) => {
            return Err(failed(format!("the password command failed: {}", system_words(&error)), remedy));
        }
        Err(_elapsed) => {
            let cause = format!("the password command did not end within {} s", within.as_secs());
            return Err(failed(cause, remedy));
        }
    };
    if !status.success() {
        let complaint = complaint.lines().next().unwrap_or_default().trim().to_owned();
        let said = if complaint.is_empty() { String::new() } else { format!("; it says {complaint:?}") };
        return Err(failed(format!("the password command failed ({status}){said}"), remedy));
    }
    let password = first_line(&printed);
    if password.expose().is_empty() {
        return Err(failed("the password command printed nothing".into(), remedy));
    }
    Ok(password)
}

async fn output(child: &mut Child) -> std::io::Result<(Secret, String, std::process::ExitStatus)> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let printing = async move {
        let mut printed = Vec::with_capacity(MAX_BYTES + 64);
        if let Some(stdout) = stdout {
            stdout.take(MAX_BYTES as u64).read_to_end(&mut printed).await?;
        }
        std::io::Result::Ok(Secret::new(printed))
    };
    let complaining = async move {
        let mut complaint = Vec::new();
        if let Some(mut stderr) = stderr {
            (&mut stderr).take(MAX_COMPLAINT_BYTES).read_to_end(&mut complaint).await?;
            // The rest is let go, so that the command does not wait for a reader.
            tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await?;
        }
        std::io::Result::Ok(String::from_utf8_lossy(&complaint).into_owned())
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

    #[tokio::test]
    async fn a_command_s_first_line_is_the_password() {
        for (line, expected) in
            [("echo token", "token"), ("printf 'a b\\nsecond'", "a b"), ("printf 'x'; echo noise >&2", "x")]
        {
            let password = of_command(line, PATIENCE).await.unwrap();
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
            let loss = of_command(line, PATIENCE).await.unwrap_err();
            assert!(loss.cause.contains(words), "{line}: {}", loss.cause);
            assert!(loss.remedy.is_some());
        }
        let loss = of_command("echo started; sleep 100; echo never", Duration::from_millis(20)).await;
        assert!(loss.unwrap_err().cause.contains("did not end within"));
    }

    #[tokio::test]
    async fn a_file_gives_its_first_line_and_wrong_ones_are_named() {
        let files = tempfile::TempDir::new().unwrap();
        let path = files.path().join("secret");
        std::fs::write(&path, "hunter2\n").unwrap();
        assert_eq!(of_file(&path).unwrap().expose(), b"hunter2");
        std::fs::write(&path, "\n").unwrap();
        assert!(of_file(&path).unwrap_err().cause.contains("is empty"));
        assert!(of_file(&files.path().join("none")).unwrap_err().cause.contains("can't be read"));
    }

    #[tokio::test]
    async fn a_variable_that_is_not_set_is_named() {
        let mut profile = Profile::new("t", crate::mqtt::Address::tcp("h", 1), "x");
        profile.password_source = PasswordSource::Variable("MQTTSCOPE_NOT_SET".into());
        let loss = resolve(&profile).await.unwrap_err();
        assert!(loss.cause.contains("\"MQTTSCOPE_NOT_SET\""), "{}", loss.cause);
    }
}
