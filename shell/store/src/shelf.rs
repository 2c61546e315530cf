//! Reads checkpoint and hash tiles beside a running server, for witnesses.

use chancery_log::{
    id::Digest,
    leaf,
    tiles::{TILE_BYTES, TILE_WIDTH, TileId},
    tree::Tree,
};

use crate::{
    folder::Folder,
    log_db::{LogDb, LogDbError},
};

/// A reader of the log's public part.
#[derive(Debug)]
pub struct Shelf {
    log: LogDb,
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    /// SQLite's words.
    #[error("log.db: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

impl Shelf {
    /// Opens the log to read, beside the one that writes.
    pub fn open(folder: &Folder) -> Result<Self, LogDbError> {
        Ok(Self { log: LogDb::open_to_read(&folder.log_db())? })
    }

    /// The newest checkpoint, a signed note.
    pub fn checkpoint(&self) -> Result<Option<Vec<u8>>, ShelfError> {
        Ok(self.log.checkpoint()?.map(|checkpoint| checkpoint.note))
    }

    /// A tile of `width` hashes; none when the log is not that long.
    pub fn hashes(&self, id: TileId, width: u16) -> Result<Option<Vec<u8>>, ShelfError> {
        let size = self.log.checkpoint()?.map_or(0, |checkpoint| checkpoint.size);
        let nodes = size.checked_shr(8 * u32::from(id.level)).unwrap_or(0);
        let first = id.index.saturating_mul(u64::from(TILE_WIDTH));
        let Some(there) = nodes.checked_sub(first).filter(|there| *there >= u64::from(width)) else {
            return Ok(None);
        };
        if there >= u64::from(TILE_WIDTH) {
            // A part of a full tile is its beginning.
            let mut bytes = self.log.tile(id)?;
            if let Some(bytes) = &mut bytes {
                bytes.truncate(usize::from(width) * 32);
            }
            return Ok(bytes);
        }
        let mut bytes = Vec::with_capacity(TILE_BYTES);
        for node in first..first + u64::from(width) {
            match self.node(id.level, node)? {
                Some(hash) => bytes.extend(hash.0),
                None => return Ok(None),
            }
        }
        Ok(Some(bytes))
    }

    /// One hash of an unfinished tile: of a leaf, or the root of the full tile below.
    fn node(&self, level: u8, node: u64) -> Result<Option<Digest>, ShelfError> {
        let Some(below) = level.checked_sub(1) else {
            return Ok(self.log.entry(node)?.map(|entry| leaf::hash(&entry.leaf)));
        };
        let Some(tile) = self.log.tile(TileId { level: below, index: node })? else { return Ok(None) };
        let mut tree = Tree::new();
        tile.as_chunks::<32>().0.iter().for_each(|hash| tree.append(Digest(*hash)));
        Ok(Some(tree.root()))
    }
}
