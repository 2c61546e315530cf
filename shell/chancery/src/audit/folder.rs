//! A desk's data folder, beside a running server or without one: its log is written out as an auditor would get it, into
//! a folder that is gone afterwards, and that is audited.

use std::path::Path;

use chancery_store::{
    export::{self, ExportError},
    folder::{Folder, LOG_DB},
};
use tempfile::TempDir;

use super::{Audited, export as exported, finding::Finding};

/// A log as static files that go when this goes.
#[derive(Debug)]
pub struct Export {
    folder: TempDir,
}

/// Why a data folder's log is not sound, or could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// No room for the files, or the log can't be read.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// No temporary folder.
    #[error("no temporary folder could be made: {0}")]
    Temporary(std::io::Error),
    /// Something is wrong with the log.
    #[error(transparent)]
    Finding(#[from] Finding),
}

impl FolderError {
    /// Whether the log is to blame, and not the room for its copy.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Finding(_)
            | Self::Export(
                ExportError::Log(_) | ExportError::Read(_) | ExportError::Tile(_) | ExportError::NoCheckpoint,
            ) => true,
            Self::Temporary(_) | Self::Export(ExportError::Occupied(_) | ExportError::Write { .. }) => false,
        }
    }
}

/// Writes the log of a data folder out.
pub fn written_out(folder: &Path) -> Result<Export, FolderError> {
    let target = TempDir::new().map_err(FolderError::Temporary)?;
    export::export(&Folder::new(folder), target.path(), |_| {})?;
    Ok(Export { folder: target })
}

impl Export {
    /// Where the files are.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Audits the log of a data folder. `progress` is told how many entries were read.
pub fn audit(folder: &Path, progress: impl FnMut(u64)) -> Result<Audited, FolderError> {
    let export = written_out(folder)?;
    // The files are ours; what is wrong in them is wrong in the database that they were written from.
    let in_log = |finding: Finding| Finding { file: LOG_DB.to_owned(), ..finding };
    Ok(exported::audit(export.path(), progress).map_err(in_log)?)
}
