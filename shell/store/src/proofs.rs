//! Proofs about the committed log, for receipts and for devices that catch up.

use std::fmt;

use chancery_log::{
    id::Digest,
    prover::Prover,
    tiles::TileId,
    tree::{Tree, TreeError},
};

use crate::{
    damage::{Damage, Place},
    folder::LOG_DB,
    log_db::LogDb,
};

type ReadTile<'a> = Box<dyn FnMut(TileId) -> Result<Vec<u8>, TileUnread> + 'a>;

/// Makes proofs for one state of the log; remembers the tiles that it read.
pub struct Proofs<'a> {
    size: u64,
    prover: Prover<'a, ReadTile<'a>>,
}

/// Why a stored tile could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TileUnread(String);

impl fmt::Debug for Proofs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proofs({} entries)", self.size)
    }
}

impl<'a> Proofs<'a> {
    pub(crate) fn new(tree: &'a Tree, log: &'a LogDb) -> Self {
        let read: ReadTile<'a> = Box::new(move |id| match log.tile(id) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(TileUnread("missing".into())),
            Err(error) => Err(TileUnread(error.to_string())),
        });
        Self { size: tree.size(), prover: tree.prover(read) }
    }

    /// Audit path of this entry under the newest checkpoint.
    pub fn inclusion(&mut self, index: u64) -> Result<Vec<Digest>, Damage> {
        self.prover.inclusion(index, self.size).map(|proof| proof.0).map_err(damage)
    }

    /// That the newest checkpoint extends the one of the first `old` entries; empty when it is the same one, or there
    /// is nothing to extend.
    pub fn consistency(&mut self, old: u64) -> Result<Vec<Digest>, Damage> {
        if old == 0 || old >= self.size {
            return Ok(Vec::new());
        }
        self.prover.consistency(old, self.size).map(|proof| proof.0).map_err(damage)
    }
}

fn damage(error: TreeError<TileUnread>) -> Damage {
    let place = match &error {
        TreeError::Read { tile, .. } | TreeError::Damaged { tile, .. } => Place::Tile(tile.level, tile.index),
        TreeError::Trailing { .. } | TreeError::Beyond { .. } | TreeError::Computation(_) => Place::Whole,
    };
    Damage::new(LOG_DB, place, error)
}
