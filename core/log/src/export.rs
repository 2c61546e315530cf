//! The log as static files (C2SP tlog-tiles): told every entry in order, gives the files of an exported log.

use crate::{
    leaf::{self, EntryBytes},
    proof::TreeHead,
    tiles::{self, TILE_WIDTH, TileError, TileId, TilePath},
    tree::Tree,
};

/// A file of an exported log: where it lies under the export's folder, and its bytes.
pub type ExportedFile = (TilePath, Vec<u8>);

/// An export under way. Holds at most one bundle of entries and the right edge of the tree.
#[derive(Debug, Default)]
pub struct Export {
    tree: Tree,
    leaves: Vec<Vec<u8>>,
    acts: Vec<Vec<u8>>,
}

impl Export {
    /// Nothing exported yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next entry, and gives the files that it completes. The entry is not judged: `audit.rs` does that.
    pub fn add(&mut self, entry: EntryBytes<'_>) -> Result<Vec<ExportedFile>, TileError> {
        self.tree.append(leaf::hash(entry.leaf));
        self.leaves.push(entry.leaf.to_vec());
        self.acts.push(entry.act.to_vec());
        if self.leaves.len() < usize::from(TILE_WIDTH) {
            return Ok(Vec::new());
        }
        let mut files = self.bundles()?;
        let hashes = self.tree.drain_full_tiles().into_iter();
        files.extend(hashes.map(|(id, bytes)| (TilePath::Hashes(id, TILE_WIDTH), bytes)));
        Ok(files)
    }

    /// Gives the files that are not full, and what the checkpoint beside them ([`tiles::CHECKPOINT_PATH`]) must say.
    pub fn finish(mut self) -> Result<(TreeHead, Vec<ExportedFile>), TileError> {
        let mut files = if self.leaves.is_empty() { Vec::new() } else { self.bundles()? };
        files.extend(self.tree.partial_tiles());
        Ok((self.tree.head(), files))
    }

    fn bundles(&mut self) -> Result<Vec<ExportedFile>, TileError> {
        let (leaves, acts) = (std::mem::take(&mut self.leaves), std::mem::take(&mut self.acts));
        let width = u16::try_from(leaves.len()).map_err(|_| TileError::Width(leaves.len()))?;
        let index = (self.tree.size() - u64::from(width)) / u64::from(TILE_WIDTH);
        Ok(vec![
            (TilePath::Leaves(index, width), tiles::encode_leaves(&leaves)?),
            (TilePath::Acts(index, width), tiles::encode_acts(&acts)?),
        ])
    }
}

/// The bundles of an exported log of `size` leaves, in order: leaves, and the acts beside them.
pub fn bundle_paths(size: u64) -> impl Iterator<Item = (TilePath, TilePath)> {
    tiles_of(size).map(|(index, width)| (TilePath::Leaves(index, width), TilePath::Acts(index, width)))
}

/// The tiles of hashes of an exported log of `size` leaves, lowest level first.
pub fn hash_paths(size: u64) -> impl Iterator<Item = TilePath> {
    let levels = (0..=tiles::TILE_LEVEL_MAX).map(move |level| (level, size >> (8 * u32::from(level))));
    levels.flat_map(|(level, nodes)| {
        tiles_of(nodes).map(move |(index, width)| TilePath::Hashes(TileId { level, index }, width))
    })
}

/// Full tiles of so many items, and the one that is not full.
fn tiles_of(items: u64) -> impl Iterator<Item = (u64, u16)> {
    let full = items / u64::from(TILE_WIDTH);
    // A remainder of 256 always fits.
    let rest = u16::try_from(items % u64::from(TILE_WIDTH)).ok().filter(|width| *width > 0);
    (0..full).map(|index| (index, TILE_WIDTH)).chain(rest.map(|width| (full, width)))
}
