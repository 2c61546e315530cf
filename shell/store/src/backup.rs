//! A backup of a whole data folder while its server runs, and the way back. It holds the server's keys: it is guarded as
//! the server is. It holds no key of any vault.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use chancery_log::id::Digest;
use rusqlite::{Connection, backup::Backup};
use serde::{Deserialize, Serialize};

use crate::{
    bodies::{self, Bodies, BodiesError, BodyError},
    damage::Damage,
    folder::{self, Folder, LOG_DB, SERVER_KEYS},
    log_db::{LogDb, LogDbError},
    store::{OpenError, Store},
    stored,
};

/// The file that makes a folder a finished backup.
pub const MANIFEST: &str = "manifest.json";

/// The format of backups that this build writes and reads.
const FORMAT: u32 = 1;

/// Pages copied before progress is told.
const PAGES_AT_ONCE: i32 = 4096;

/// Small files beside the log that a restored server needs, when they are there.
const TLS_FILES: [&str; 2] = ["tls/cert.pem", "tls/key.pem"];

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// 1.
    pub format: u32,
    /// When it was made, milliseconds since 1970 UTC.
    pub made_ms: u64,
    /// Entries of the log.
    pub size: u64,
    /// The signed checkpoint over them.
    pub checkpoint: String,
    /// Bodies in `bodies/`; each is named by its SHA-256. Those in the inbox are inside `log.db`.
    pub bodies: u64,
    /// The other files, with their SHA-256.
    pub files: Vec<ManifestFile>,
}

/// One file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// Its path in the folder.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
}

/// How far a backup or a restore is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Pages of `log.db`, of so many.
    Pages(u64, u64),
    /// Bodies, of so many.
    Bodies(u64, u64),
}

/// Why a backup could not be made or restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Something is there.
    #[error("{}: not empty; name a new folder", .0.display())]
    Occupied(PathBuf),
    /// A file can't be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The log can't be opened.
    #[error(transparent)]
    Log(#[from] LogDbError),
    /// The log can't be copied.
    #[error("log.db: {0}")]
    Copy(#[from] rusqlite::Error),
    /// The log has no checkpoint.
    #[error("log.db: checkpoint: missing; `chancery check` says more")]
    NoCheckpoint,
    /// The log is damaged.
    #[error(transparent)]
    Damage(#[from] Damage),
    /// A body is missing or damaged.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The bodies' folder.
    #[error(transparent)]
    Bodies(#[from] BodiesError),
    /// No backup, or one that was not finished.
    #[error("manifest.json: not a finished backup: {0}")]
    Manifest(String),
    /// A file that is not the one that was backed up.
    #[error("{name}: expected SHA-256 {expected}, got {got}: the backup is damaged")]
    Changed {
        /// The file.
        name: String,
        /// In the manifest.
        expected: Digest,
        /// Of the file.
        got: Digest,
    },
    /// Bodies are missing from the backup.
    #[error("bodies/: the backup says {expected}, {got} are there")]
    BodyCount {
        /// In the manifest.
        expected: u64,
        /// In the folder.
        got: u64,
    },
    /// What was restored does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
}

fn file_error(path: &Path) -> impl Fn(io::Error) -> BackupError + '_ {
    |error| BackupError::File { path: path.to_owned(), error }
}

/// Copies the desk in `from` into the new folder `to`: the log at one point, and every body up to there. The server may
/// run. `now_ms`: milliseconds since 1970 UTC.
pub fn backup(
    from: &Folder,
    to: &Path,
    now_ms: u64,
    mut progress: impl FnMut(Progress),
) -> Result<Manifest, BackupError> {
    needs_empty(to)?;
    let target = Folder::new(to);
    folder::make_private(to).map_err(file_error(to))?;
    copy_log(from, &target, &mut progress)?;
    let copy = LogDb::open_to_read(&target.log_db())?;
    let checkpoint = copy.checkpoint()?.ok_or(BackupError::NoCheckpoint)?;
    let bodies = copy_bodies(from, &target, &copy, &mut progress)?;
    drop(copy);
    let mut files = vec![describe(&target, LOG_DB)?];
    for name in [SERVER_KEYS].into_iter().chain(TLS_FILES) {
        let source = from.root().join(name);
        if name == SERVER_KEYS || source.exists() {
            let bytes = fs::read(&source).map_err(file_error(&source))?;
            put_private(&to.join(name), &bytes)?;
            files.push(ManifestFile { name: name.into(), sha256: Digest::of(&bytes) });
        }
    }
    let manifest = Manifest {
        format: FORMAT,
        made_ms: now_ms,
        size: checkpoint.size,
        checkpoint: String::from_utf8_lossy(&checkpoint.note).into_owned(),
        bodies,
        files,
    };
    let text = serde_json::to_vec_pretty(&manifest).map_err(|e| BackupError::Manifest(e.to_string()))?;
    // COMMIT POINT. Without the manifest the folder is no backup: a crash before this leaves one to be thrown away.
    put_private(&to.join(MANIFEST), &text)?;
    Ok(manifest)
}

/// Puts a backup into the new folder `to`, checking every byte, and opens it once. What happened after the backup is
/// not in it: two security officers must say so before devices go on (docs/operations.md).
pub fn restore(from: &Path, to: &Path, mut progress: impl FnMut(Progress)) -> Result<Manifest, BackupError> {
    needs_empty(to)?;
    let manifest = read_manifest(from)?;
    folder::make_private(to).map_err(file_error(to))?;
    let (source, target) = (Folder::new(from), Folder::new(to));
    for ManifestFile { name, sha256: expected } in &manifest.files {
        let known = [LOG_DB, SERVER_KEYS].contains(&name.as_str()) || TLS_FILES.contains(&name.as_str());
        if !known {
            return Err(BackupError::Manifest(format!("it names a file {name:?} that no desk has")));
        }
        let path = from.join(name);
        let bytes = fs::read(&path).map_err(file_error(&path))?;
        let got = Digest::of(&bytes);
        if got != *expected {
            return Err(BackupError::Changed { name: name.clone(), expected: *expected, got });
        }
        put_private(&to.join(name), &bytes)?;
    }
    let (stored, kept) = (Bodies::open(&source.bodies())?, Bodies::open(&target.bodies())?);
    let listed = stored.list()?;
    let total = count(listed.len());
    if total < manifest.bodies {
        return Err(BackupError::BodyCount { expected: manifest.bodies, got: total });
    }
    for (done, sha256) in (1..).zip(listed) {
        kept.put(sha256, stored.get(sha256)?)?;
        progress(Progress::Bodies(done, total));
    }
    // Reads and checks the whole log, and folds its views.
    drop(Store::open(to)?);
    Ok(manifest)
}

/// What a finished backup says that it holds.
pub fn read_manifest(folder: &Path) -> Result<Manifest, BackupError> {
    let path = folder.join(MANIFEST);
    let text = fs::read(&path).map_err(file_error(&path))?;
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|e| BackupError::Manifest(e.to_string()))?;
    if manifest.format == FORMAT {
        Ok(manifest)
    } else {
        Err(BackupError::Manifest(format!(
            "format {}, this build reads {FORMAT}; update it",
            manifest.format
        )))
    }
}

fn needs_empty(folder: &Path) -> Result<(), BackupError> {
    match folder::is_occupied(folder) {
        Ok(false) => Ok(()),
        Ok(true) => Err(BackupError::Occupied(folder.to_owned())),
        Err(error) => Err(file_error(folder)(error)),
    }
}

fn copy_log(from: &Folder, to: &Folder, progress: &mut impl FnMut(Progress)) -> Result<(), BackupError> {
    let log = LogDb::open_to_read(&from.log_db())?;
    // Inside a snapshot the copy is of one point of the log, and commits beside it do not start it anew.
    log.hold_snapshot()?;
    let mut copy = Connection::open(to.log_db())?;
    {
        let backup = Backup::new(log.connection(), &mut copy)?;
        loop {
            let done = backup.step(PAGES_AT_ONCE)? == rusqlite::backup::StepResult::Done;
            let pages = backup.progress();
            let number = |pages: i32| u64::try_from(pages).unwrap_or(0);
            progress(Progress::Pages(number(pages.pagecount - pages.remaining), number(pages.pagecount)));
            if done {
                break;
            }
        }
    }
    // One file that lies still needs no write-ahead file beside it.
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    copy.close().map_err(|(_, error)| error)?;
    folder::restrict(&to.log_db(), 0o600).map_err(file_error(&to.log_db()))?;
    File::open(to.log_db()).and_then(|file| file.sync_all()).map_err(file_error(&to.log_db()))
}

/// Copies every body that the copied log lists and does not hold in its inbox.
fn copy_bodies(
    from: &Folder,
    to: &Folder,
    copy: &LogDb,
    progress: &mut impl FnMut(Progress),
) -> Result<u64, BackupError> {
    let inbox: BTreeSet<Digest> = copy.inbox()?.into_iter().map(|row| row.sha256).collect();
    let mut needed = BTreeSet::new();
    copy.entries_from(0, |row| {
        let entry = stored::read(row)?;
        needed.extend(entry.said.bodies.iter().map(|body| body.sha256).filter(|body| !inbox.contains(body)));
        Ok::<_, BackupError>(())
    })?;
    let (stored, kept) = (Bodies::open(&from.bodies())?, Bodies::open(&to.bodies())?);
    let total = count(needed.len());
    for (done, sha256) in (1..).zip(needed) {
        kept.put(sha256, stored.get(sha256)?)?;
        progress(Progress::Bodies(done, total));
    }
    Ok(total)
}

fn describe(folder: &Folder, name: &str) -> Result<ManifestFile, BackupError> {
    let path = folder.root().join(name);
    let mut file = File::open(&path).map_err(file_error(&path))?;
    let sha256 = bodies::digest_of(&mut file).map_err(file_error(&path))?;
    Ok(ManifestFile { name: name.into(), sha256 })
}

fn put_private(path: &Path, bytes: &[u8]) -> Result<(), BackupError> {
    if let Some(parent) = path.parent() {
        folder::make_private(parent).map_err(file_error(parent))?;
    }
    folder::write_private(path, bytes).map_err(file_error(path))
}

fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}
