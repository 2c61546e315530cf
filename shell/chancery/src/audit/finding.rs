//! What is wrong with a log, by file and place.

use std::io;

use chancery_desk::refusal::Refusal;
use chancery_log::{
    act::ActError, audit::AuditError, checkpoint::CheckpointError, id::DeviceId, place::PlaceError,
    tiles::TileError,
};

/// What is wrong, and where.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {flaw}")]
pub struct Finding {
    /// File of the folder or of the export.
    pub file: String,
    /// What is wrong in it.
    pub flaw: Box<Flaw>,
}

/// What is wrong in a file.
#[derive(Debug, thiserror::Error)]
pub enum Flaw {
    /// Not there, or not readable.
    #[error("can not be read: {0}")]
    Io(#[from] io::Error),
    /// Not a tile or bundle.
    #[error(transparent)]
    Tile(#[from] TileError),
    /// A tile that is not made of the entries.
    #[error("hash {at} of the tile is not the one that the entries give")]
    OtherHashes {
        /// Which hash of the tile, from 0.
        at: usize,
    },
    /// An entry that is out of place, or a log that is not the checkpoint's.
    #[error(transparent)]
    Log(#[from] AuditError),
    /// Not a checkpoint of this log.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// An entry's act is forged or forbidden.
    #[error("entry {index} of the log: {wrong}")]
    Act {
        /// Its place in the log, from 0.
        index: u64,
        /// What is wrong with it.
        wrong: ActFlaw,
    },
    /// No entry at all.
    #[error("the log is empty: expected a founding act as entry 0")]
    Empty,
}

/// What is wrong with the act of an entry.
#[derive(Debug, thiserror::Error)]
pub enum ActFlaw {
    /// Not an act, or not by the device that it names.
    #[error(transparent)]
    Forged(#[from] ActError),
    /// By a device that nobody approved.
    #[error("it is by device {0}, which no entry before it approved")]
    UnknownDevice(DeviceId),
    /// Its author had seen what was not there yet.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// Against the desk's rules.
    #[error("the desk's rules forbid it: {0}")]
    Forbidden(#[from] Refusal),
    /// Kept under another schedule than the rules say.
    #[error("the leaf says retention class {got}, the rules say {expected}")]
    Class {
        /// By the rules.
        expected: u16,
        /// In the leaf.
        got: u16,
    },
}

impl Flaw {
    /// In this file.
    pub fn of(self, file: impl Into<String>) -> Finding {
        Finding { file: file.into(), flaw: Box::new(self) }
    }
}
