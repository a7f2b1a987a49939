//! Files whose content is published. Owns how a path is read, and the words for what can't be.
use std::fs::{self, File};
use std::io::Read;
use std::path::PathBuf;

/// Reads a file whole: a plain one, no larger than so many bytes. A `~` at the beginning is the home directory.
pub fn read(path: &str, max_bytes: usize) -> Result<Vec<u8>, String> {
    let full = with_home(path)?;
    let failed = |error: std::io::Error| format!("{path:?} can't be read: {error}");
    // A pipe or a device may have no end, and opening one may wait for ever.
    let about = fs::metadata(&full).map_err(failed)?;
    if about.is_dir() {
        return Err(format!("{path:?} is a directory; name a file"));
    }
    if !about.is_file() {
        return Err(format!("{path:?} is no plain file"));
    }
    let too_large = |n: u64| format!("{path:?} has {n} bytes; {max_bytes} are taken at most");
    if about.len() > max_bytes as u64 {
        return Err(too_large(about.len()));
    }
    let mut bytes = Vec::new();
    let file = File::open(&full).map_err(failed)?;
    file.take(max_bytes as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    // It may have grown meanwhile.
    if bytes.len() > max_bytes { Err(too_large(bytes.len() as u64)) } else { Ok(bytes) }
}

fn with_home(path: &str) -> Result<PathBuf, String> {
    let inside = match path.strip_prefix('~') {
        Some("") => "",
        Some(rest) if rest.starts_with('/') => rest.trim_start_matches('/'),
        Some(_) | None => return Ok(PathBuf::from(path)),
    };
    let home = etcetera::home_dir().map_err(|_unset| format!("{path:?}: there is no home directory"))?;
    Ok(home.join(inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whole_or_the_reason_is_told() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
        fs::write(path("four"), b"1\xff23").unwrap();
        assert_eq!(read(&path("four"), 4).as_deref(), Ok(&b"1\xff23"[..]));
        assert!(read(&path("four"), 3).unwrap_err().contains("has 4 bytes; 3 are taken at most"));
        assert!(read(&path("five"), 3).unwrap_err().contains("five\" can't be read"));
        assert!(read(&path(""), 3).unwrap_err().contains("is a directory"));
        assert!(read("/dev/zero", 3).unwrap_err().contains("no plain file"));
        assert!(read("~nobody/x", 3).unwrap_err().contains("can't be read"));
        let own = etcetera::home_dir().unwrap();
        assert_eq!(with_home("~/a/b").unwrap(), own.join("a/b"));
        assert_eq!(with_home("~").unwrap(), own);
    }
}
