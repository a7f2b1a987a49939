//! Logs that are saved on request, in `$XDG_STATE_HOME/mqttscope/` unless a path is named. Owns where they go; the
//! lines are the model's.
use super::files;
use etcetera::{BaseStrategy, choose_base_strategy};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The user's directory of state; `None` without a home.
pub fn of_user() -> Option<PathBuf> {
    choose_base_strategy().ok()?.state_dir().map(|state| state.join("mqttscope"))
}

/// Writes a log to a path of the user's, else under a name of ours. Never over a file that is there.
pub fn save(state: Option<&Path>, path: Option<&str>, name: &str, text: &str) -> Result<PathBuf, String> {
    let path = match (path, state) {
        (Some(path), _) => PathBuf::from(path),
        (None, Some(state)) => {
            let failed = |error| format!("the directory {} can't be made: {error}", state.display());
            files::make_directory(state).map_err(failed)?;
            state.join(name)
        }
        (None, None) => return Err("there is no home directory; name a file".into()),
    };
    match files::write_new(&path, text.as_bytes()) {
        Ok(()) => Ok(path),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(format!("there is a file {} already; name another", path.display()))
        }
        Err(error) => Err(format!("{} can't be written: {error}; name another file", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_log_goes_where_it_is_told_and_never_over_a_file() {
        let home = tempfile::tempdir().unwrap();
        let state = home.path().join("state/mqttscope");
        let ours = save(Some(&state), None, "log-1.txt", "one\n").unwrap();
        assert_eq!((fs::read_to_string(&ours).unwrap().as_str(), ours), ("one\n", state.join("log-1.txt")));
        let named = home.path().join("named.log");
        let theirs = save(Some(&state), named.to_str(), "log-1.txt", "two\n").unwrap();
        assert_eq!((fs::read_to_string(&named).unwrap().as_str(), &theirs), ("two\n", &named));
        let words = save(Some(&state), named.to_str(), "log-1.txt", "three\n").unwrap_err();
        assert!(words.contains("named.log already; name another"), "{words}");
        assert_eq!(fs::read_to_string(&named).unwrap(), "two\n");
        let nowhere = home.path().join("no/such/directory");
        let words = save(None, nowhere.to_str(), "log-1.txt", "four\n").unwrap_err();
        assert!(words.contains("no/such/directory can't be written"), "{words}");
        assert!(save(None, None, "log-1.txt", "").unwrap_err().contains("name a file"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&theirs).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "nobody else reads it");
        }
    }
}
