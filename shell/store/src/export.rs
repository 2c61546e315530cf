//! Writes the log as static files (C2SP tlog-tiles), for auditors; works beside a running server.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use chancery_log::{
    export::{Export, ExportedFile},
    leaf::EntryBytes,
    tiles::{CHECKPOINT_PATH, TileError},
};

use crate::{
    folder::{self, Folder},
    log_db::{LogDb, LogDbError},
};

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// Entries.
    pub size: u64,
    /// Files, the checkpoint included.
    pub files: u64,
}

/// Why the log could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Something is there.
    #[error("{}: not empty; name a new folder", .0.display())]
    Occupied(PathBuf),
    /// A file can't be written.
    #[error("{}: {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The log can't be opened.
    #[error(transparent)]
    Log(#[from] LogDbError),
    /// The log can't be read.
    #[error("log.db: {0}")]
    Read(#[from] rusqlite::Error),
    /// An entry does not fit a bundle.
    #[error(transparent)]
    Tile(#[from] TileError),
    /// The log has no checkpoint.
    #[error("log.db: checkpoint: missing; `chancery check` says more")]
    NoCheckpoint,
}

/// Exports the log of `from` into the new folder `to`. The entries are not judged: `chancery log verify` reads what was
/// exported and does. `progress` is told how many entries were written.
pub fn export(from: &Folder, to: &Path, mut progress: impl FnMut(u64)) -> Result<Exported, ExportError> {
    let write = |path: &Path, error| ExportError::Write { path: path.to_owned(), error };
    if folder::is_occupied(to).map_err(|error| write(to, error))? {
        return Err(ExportError::Occupied(to.to_owned()));
    }
    let log = LogDb::open_to_read(&from.log_db())?;
    // One snapshot: what is committed meanwhile is not in it.
    log.hold_snapshot()?;
    let checkpoint = log.checkpoint()?.ok_or(ExportError::NoCheckpoint)?;
    let mut export = Export::new();
    let mut files = 0;
    log.entries_from(0, |row| {
        if row.index < checkpoint.size {
            files += write_all(to, export.add(EntryBytes { leaf: &row.leaf, act: &row.act })?)?;
            if row.index % 4096 == 0 {
                progress(row.index);
            }
        }
        Ok::<_, ExportError>(())
    })?;
    let (_, last) = export.finish()?;
    files += write_all(to, last)?;
    // The checkpoint last: an export that was cut short has none.
    write_file(&to.join(CHECKPOINT_PATH), &checkpoint.note)?;
    progress(checkpoint.size);
    Ok(Exported { size: checkpoint.size, files: files + 1 })
}

fn write_all(to: &Path, files: Vec<ExportedFile>) -> Result<u64, ExportError> {
    let mut written = 0;
    for (path, bytes) in files {
        write_file(&to.join(path.to_string()), &bytes)?;
        written += 1;
    }
    Ok(written)
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    let failed = |error| ExportError::Write { path: path.to_owned(), error };
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    fs::write(path, bytes).map_err(failed)
}
