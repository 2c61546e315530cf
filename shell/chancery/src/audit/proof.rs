//! The receipt of one entry, made from an exported log that was audited.

use std::{fs, path::Path};

use chancery_log::{
    id::{Digest, Scope},
    leaf::LeafBytes,
    receipt::{Expected, Receipt, ReceiptError},
    tiles::{self, TILE_WIDTH, TileError, TileId, TilePath},
    tree::{Tree, TreeError},
};
use serde_bytes::ByteBuf;

use super::Audited;

/// Why there is no receipt.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// Not that long.
    #[error("the log has entries 0 to {last}, not {asked}", last = .size.saturating_sub(1))]
    Beyond {
        /// The entry that was asked for.
        asked: u64,
        /// Size of the log.
        size: u64,
    },
    /// A file.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// A bundle or tile.
    #[error(transparent)]
    Tile(#[from] TileError),
    /// The tree.
    #[error(transparent)]
    Tree(#[from] TreeError<std::io::Error>),
    /// What was made does not hold.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
}

/// A receipt, and what it is for.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The receipt.
    pub receipt: Receipt,
    /// Digest of the act.
    pub act: Digest,
    /// The scope.
    pub scope: Scope,
    /// When it was logged, milliseconds since 1970 UTC.
    pub logged_ms: u64,
}

/// Makes the receipt of one entry, and checks it as its reader will.
pub fn of_entry(export: &Path, audited: &Audited, index: u64) -> Result<Proof, ProofError> {
    let size = audited.sound.size;
    let mut tree = Tree::new();
    let mut found = None;
    for (path, _) in chancery_log::export::bundle_paths(size) {
        let (bytes, width) = (read(export, &path)?, width(&path));
        for leaf in tiles::decode_leaves(&bytes, width)? {
            if tree.size() == index {
                found = Some(leaf.to_vec());
            }
            tree.append(chancery_log::leaf::hash(leaf));
        }
        // They are files already.
        drop(tree.drain_full_tiles());
    }
    let leaf = found.ok_or(ProofError::Beyond { asked: index, size })?;
    let tile = |id: TileId| fs::read(export.join(TilePath::Hashes(id, TILE_WIDTH).to_string()));
    let inclusion = tree.prover(tile).inclusion(index, size)?;
    let placed = LeafBytes::read(&leaf).map_err(ReceiptError::from)?;
    let placed = placed.leaf();
    let (act, scope, logged_ms) = (placed.act, placed.scope, placed.logged_ms);
    let receipt = Receipt {
        leaf: ByteBuf::from(leaf),
        inclusion,
        checkpoint: ByteBuf::from(audited.checkpoint.clone()),
    };
    receipt.verify(Expected { act, scope, origin: &audited.sound.origin, log_key: &audited.log_key })?;
    Ok(Proof { receipt, act, scope, logged_ms })
}

fn width(path: &TilePath) -> u16 {
    match path {
        TilePath::Hashes(_, width) | TilePath::Leaves(_, width) | TilePath::Acts(_, width) => *width,
    }
}

fn read(export: &Path, path: &TilePath) -> Result<Vec<u8>, ProofError> {
    let name = path.to_string();
    fs::read(export.join(&name)).map_err(|e| ProofError::File(name, e))
}
