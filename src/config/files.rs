//! Writing the user's files so that none is ever half written. Owns the temporary file, the fsync and the rename.
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Names tried for the temporary file: more than there can be left-overs of crashes with our process id.
const MAX_TRIES: u32 = 100;

/// Writes a whole file beside the old one, then puts it in its place: after a crash there is the old file or
/// the new one, never a part of one. Nobody else can read it (mode 0600). A link is followed, not replaced.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_not_there| path.to_owned());
    let directory = path.parent().unwrap_or(Path::new("."));
    let (mut file, temporary) = create_beside(&path, directory)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    drop(file);
    if let Err(error) = written.and_then(|()| fs::rename(&temporary, &path)) {
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    // The rename itself must outlive a power cut; a file system that can't promise it is not an error.
    let _ = File::open(directory).and_then(|directory| directory.sync_all());
    Ok(())
}

/// Writes a file that is not there yet; nobody else can read it (mode 0600). What was begun is taken away again.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private().open(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}

/// How a file is made that only its owner can read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Gives a file a second name that takes another's place, and makes it private. For a file that is about to be
/// replaced: what is written into it later shows under both names.
pub(super) fn link_private(path: &Path, beside: &Path) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let name = beside.file_name().unwrap_or_default().to_string_lossy();
    let temporary = beside.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    fs::hard_link(&path, &temporary)?;
    #[cfg(unix)]
    let made_private = fs::set_permissions(&temporary, std::os::unix::fs::PermissionsExt::from_mode(0o600));
    #[cfg(not(unix))]
    let made_private = Ok(());
    let linked = made_private.and_then(|()| fs::rename(&temporary, beside));
    // A rename onto another name of the same file does nothing and leaves both.
    let _ = fs::remove_file(&temporary);
    linked
}

/// Makes a directory and those above it; others can't look into those that are new.
pub(super) fn make_directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

pub(super) fn create_beside(path: &Path, directory: &Path) -> io::Result<(File, PathBuf)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let options = private();
    let mut tries = 0;
    loop {
        let temporary = directory.join(format!(".{name}.{}.{tries}.tmp", std::process::id()));
        match options.open(&temporary) {
            Ok(file) => return Ok((file, temporary)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tries < MAX_TRIES => tries += 1,
            Err(error) => return Err(error),
        }
    }
}

/// Whether others than the owner may read a file.
pub(super) fn is_open_to_others(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(path).is_ok_and(|metadata| metadata.mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}
