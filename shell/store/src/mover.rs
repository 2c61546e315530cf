//! Moves bodies from the inbox in `log.db` to `bodies/`. It only reads `log.db`: the one writer takes a body out of the
//! inbox once it is told that the body is safe.

use chancery_log::id::Digest;

use crate::{
    bodies::{Bodies, BodyError, checked},
    folder::Folder,
    log_db::{LogDb, LogDbError},
};

/// A body that is on the disk in `bodies/` and may leave the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    pub(crate) id: i64,
    pub(crate) sha256: Digest,
}

/// Moves bodies; made for a thread of its own, beside the one that owns the store.
#[derive(Debug)]
pub struct Mover {
    log: LogDb,
    bodies: Bodies,
}

/// Why a mover could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MoverError {
    /// The log could not be opened to read.
    #[error(transparent)]
    Log(#[from] LogDbError),
    /// The folder of bodies could not be opened.
    #[error(transparent)]
    Bodies(#[from] crate::bodies::BodiesError),
}

impl Mover {
    pub(crate) fn open(folder: &Folder) -> Result<Self, MoverError> {
        Ok(Self { log: LogDb::open_to_read(&folder.log_db())?, bodies: Bodies::open(&folder.bodies())? })
    }

    /// Copies up to `most` bodies, oldest first. What it returns must reach [`crate::store::Store::forget_moved`];
    /// when it does not (a crash), the same bodies are copied again onto themselves.
    pub fn run(&self, most: usize) -> Result<Vec<Moved>, BodyError> {
        let mut moved = Vec::new();
        for row in self.log.inbox()?.into_iter().take(most) {
            let Some(bytes) = self.log.inbox_bytes(row.id)? else { continue };
            // A damaged row stays where it is, to be found by `chancery check`.
            let bytes = checked(row.sha256, bytes)?;
            self.bodies.put(row.sha256, bytes)?;
            moved.push(Moved { id: row.id, sha256: row.sha256 });
        }
        Ok(moved)
    }
}
