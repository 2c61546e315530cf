//! The data folder: which file is where, and the lock that keeps a second server out. The layout stands in docs/store.md.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

/// A place in the data folder, as an error or a finding names it.
pub const LOG_DB: &str = "log.db";
/// The deletable views.
pub const VIEWS_DB: &str = "views.db";
/// The bodies, each under its SHA-256.
pub const BODIES: &str = "bodies";
/// The server's own signing keys.
pub const SERVER_KEYS: &str = "server.keys";
/// Held by whoever has the folder open.
pub const LOCK: &str = "lock";

/// A desk's data folder.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

/// Held while a store is open; the operating system releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

/// Why the folder could not be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error("{}: another server has this desk open; stop it first", .0.display())]
    Held(PathBuf),
    /// The file could not be made or locked.
    #[error("{}: the lock could not be taken: {error}", path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl Folder {
    /// Names a folder; touches nothing.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `log.db`, the truth.
    pub fn log_db(&self) -> PathBuf {
        self.root.join(LOG_DB)
    }

    /// `views.db`, deletable.
    pub fn views_db(&self) -> PathBuf {
        self.root.join(VIEWS_DB)
    }

    /// `bodies/`.
    pub fn bodies(&self) -> PathBuf {
        self.root.join(BODIES)
    }

    /// `server.keys`.
    pub fn server_keys(&self) -> PathBuf {
        self.root.join(SERVER_KEYS)
    }

    /// `tls/`: certificate and key, when the server made its own.
    pub fn tls(&self) -> PathBuf {
        self.root.join("tls")
    }

    /// Takes the folder for this process alone.
    pub fn lock(&self) -> Result<FolderLock, LockError> {
        let path = self.root.join(LOCK);
        let file = match File::options().create(true).truncate(false).write(true).open(&path) {
            Ok(file) => file,
            Err(error) => return Err(LockError::Io { path, error }),
        };
        match file.try_lock() {
            Ok(()) => Ok(FolderLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Held(path)),
            Err(TryLockError::Error(error)) => Err(LockError::Io { path, error }),
        }
    }
}

/// Whether a folder is there and has something in it.
pub(crate) fn is_occupied(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_some()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes a folder that only its owner can enter, and its parents.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    restrict(folder, 0o700)
}

/// Makes names that were added to or removed from a folder survive a loss of power.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Writes a file whole, for its owner only, durably: the old content or the new one is there after a crash, never half.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write as _;
    let staged = path.with_extension("new");
    let mut file = private_file(&staged)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&staged, path)?;
    match path.parent() {
        Some(parent) => sync_folder(parent),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().create(true).truncate(true).write(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<File> {
    File::create(path)
}

#[cfg(unix)]
pub(crate) fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
pub(crate) fn restrict(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}
