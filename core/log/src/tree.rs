//! The Merkle tree's right edge: takes leaf hashes, gives out full tiles, and proves with the help of stored tiles.

use tlog_tiles::tlog::{EMPTY_HASH, Hash, node_hash};

use crate::{
    id::Digest,
    proof::TreeHead,
    prover::Prover,
    tiles::{self, TILE_WIDTH, TileError, TileId, TilePath},
};

/// Levels of the binary tree within one tile.
const TILE_HEIGHT: usize = 8;

/// An append-only tree. Holds the tiles that are not full, and the full ones until they are taken: at most 32 KiB for
/// each factor of 256 leaves. Cloning it is a way to try a batch that may fail.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    size: u64,
    /// By height in the binary tree: the complete nodes within the unfinished tile of that level, left to right.
    rows: Vec<Vec<Digest>>,
    full: Vec<(TileId, Vec<u8>)>,
}

/// Why a tree could not be resumed, or a proof not be made. `E` is what reading a stored tile failed with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError<E: std::error::Error> {
    /// The store's own words.
    #[error("{tile} could not be read: {source}")]
    Read {
        /// The tile.
        tile: TileId,
        /// The store's error.
        source: E,
    },
    /// The stored tile is not one.
    #[error("{tile} is damaged: {source}")]
    Damaged {
        /// The tile.
        tile: TileId,
        /// What is wrong with it.
        source: TileError,
    },
    /// Leaf hashes that do not fit the size.
    #[error("a tree of {size} leaves has {expected} after the last full tile, not {got}")]
    Trailing {
        /// Of the tree.
        size: u64,
        /// Leaves expected.
        expected: u64,
        /// Leaf hashes given.
        got: usize,
    },
    /// A proof about something beyond the tree.
    #[error("asked about {asked} in a tree of {size} leaves")]
    Beyond {
        /// The index or size that was asked about.
        asked: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The library that computes proofs asked for a hash that no tree of this size has.
    #[error("no proof could be computed: {0}")]
    Computation(String),
}

impl Tree {
    /// A tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Rebuilds the right edge of a stored tree from its full tiles and the hashes of the `size % 256` leaves after
    /// the last full tile of level 0. The caller compares [`Tree::head`] with the last checkpoint: until then nothing
    /// says that the stored tiles are the ones that were given out.
    pub fn resume<E: std::error::Error>(
        size: u64,
        trailing: &[Digest],
        mut read: impl FnMut(TileId) -> Result<Vec<u8>, E>,
    ) -> Result<Self, TreeError<E>> {
        let width = u64::from(TILE_WIDTH);
        let expected = size % width;
        if u64::try_from(trailing.len()) != Ok(expected) {
            return Err(TreeError::Trailing { size, expected, got: trailing.len() });
        }
        let mut rows = rows_above(trailing.to_vec());
        let mut below = 0;
        // The number of complete nodes at the level's lowest height: one for each full tile below.
        let mut nodes = size / width;
        while nodes > 0 {
            let mut row = Vec::new();
            for index in nodes - nodes % width..nodes {
                let hashes = read_full(TileId { level: below, index }, &mut read)?;
                row.extend(root_of(hashes));
            }
            rows.extend(rows_above(row));
            below += 1;
            nodes /= width;
        }
        Ok(Self { size, rows, full: Vec::new() })
    }

    /// Adds one leaf. Costs two hashes on average.
    pub fn append(&mut self, leaf_hash: Digest) {
        let mut hash = leaf_hash;
        let mut height = 0;
        loop {
            if self.rows.len() == height {
                self.rows.push(Vec::with_capacity(usize::from(TILE_WIDTH) >> (height % TILE_HEIGHT)));
            }
            let Some(row) = self.rows.get_mut(height) else { break };
            let left = row.last().copied();
            row.push(hash);
            // A 0 bit of the old size: this node is a left child, and waits for its sibling.
            let (Some(left), true) = (left, has_subtree(self.size, height)) else { break };
            hash = node(left, hash);
            height += 1;
        }
        self.size += 1;
        self.cut_full_tiles();
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// RFC 6962 root hash.
    pub fn root(&self) -> Digest {
        // One complete subtree for each 1 bit of the size; the smallest is the rightmost.
        let peaks = self
            .rows
            .iter()
            .enumerate()
            .filter(|(height, _)| has_subtree(self.size, *height))
            .filter_map(|(_, row)| row.last().copied());
        peaks.reduce(|right, left| node(left, right)).unwrap_or(Digest(EMPTY_HASH.0))
    }

    /// Size and root.
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root() }
    }

    /// The tiles that became full since the last call, 8192 bytes each: to be stored in the same commit as their
    /// leaves. Each is given out once.
    pub fn drain_full_tiles(&mut self) -> Vec<(TileId, Vec<u8>)> {
        std::mem::take(&mut self.full)
    }

    /// The tiles that are not full, as an exported log holds them.
    pub fn partial_tiles(&self) -> Vec<(TilePath, Vec<u8>)> {
        let mut tiles = Vec::new();
        for (level, row) in (0_u8..).zip(self.rows.iter().step_by(TILE_HEIGHT)) {
            // An unfinished tile has 1 to 255 hashes: an empty one has no file.
            let (Ok(width), Ok(bytes)) = (u16::try_from(row.len()), tiles::encode_hashes(row)) else {
                continue;
            };
            tiles.push((TilePath::Hashes(TileId { level, index: self.full_tiles(level) }, width), bytes));
        }
        tiles
    }

    /// Something to make proofs with: `read` gives the bytes of stored full tiles, the rest is here. It remembers the
    /// tiles that it read, so one prover for a batch of proofs is cheaper than one for each.
    pub fn prover<E, R>(&self, read: R) -> Prover<'_, R>
    where
        E: std::error::Error,
        R: FnMut(TileId) -> Result<Vec<u8>, E>,
    {
        Prover::new(self, read)
    }

    /// How many full tiles a level has.
    pub(crate) fn full_tiles(&self, level: u8) -> u64 {
        self.size.checked_shr(8 * (u32::from(level) + 1)).unwrap_or(0)
    }

    /// A complete node in an unfinished tile; `place` counts from the tile's left edge at that height.
    pub(crate) fn edge_node(&self, height: u8, place: usize) -> Option<Digest> {
        self.rows.get(usize::from(height)).and_then(|row| row.get(place)).copied()
    }

    /// A full tile that nobody took yet.
    pub(crate) fn waiting_tile(&self, id: TileId) -> Option<&[u8]> {
        self.full.iter().find(|(waiting, _)| *waiting == id).map(|(_, bytes)| bytes.as_slice())
    }

    fn cut_full_tiles(&mut self) {
        let mut level = 0_u8;
        let mut nodes = self.size;
        while nodes.is_multiple_of(u64::from(TILE_WIDTH)) {
            nodes /= u64::from(TILE_WIDTH);
            let first = usize::from(level) * TILE_HEIGHT;
            let mut rows = self.rows.iter_mut().skip(first).take(TILE_HEIGHT);
            let Some(row) = rows.next() else { return };
            let bytes = row.iter().flat_map(|hash| hash.0).collect();
            row.clear();
            rows.for_each(Vec::clear);
            self.full.push((TileId { level, index: nodes - 1 }, bytes));
            level += 1;
        }
    }
}

/// Reads one full tile from a store.
pub(crate) fn read_full<E: std::error::Error>(
    tile: TileId,
    read: &mut impl FnMut(TileId) -> Result<Vec<u8>, E>,
) -> Result<Vec<Digest>, TreeError<E>> {
    let bytes = read(tile).map_err(|source| TreeError::Read { tile, source })?;
    tiles::decode_hashes(&bytes, TILE_WIDTH).map_err(|source| TreeError::Damaged { tile, source })
}

/// The rows of one tile: the given one, and the seven above it, as far as their nodes are complete.
pub(crate) fn rows_above(row: Vec<Digest>) -> Vec<Vec<Digest>> {
    let mut rows = Vec::with_capacity(TILE_HEIGHT);
    let mut row = row;
    while rows.len() < TILE_HEIGHT {
        let above = row.as_chunks::<2>().0.iter().map(|[left, right]| node(*left, *right)).collect();
        rows.push(std::mem::replace(&mut row, above));
    }
    rows
}

/// The root of a full tile.
fn root_of(hashes: Vec<Digest>) -> Option<Digest> {
    let top = rows_above(hashes).pop()?;
    top.as_chunks::<2>().0.first().map(|[left, right]| node(*left, *right))
}

/// Whether the bit is set: then a tree of `size` leaves has one complete subtree of this height that no higher one holds.
fn has_subtree(size: u64, height: usize) -> bool {
    u32::try_from(height).ok().and_then(|height| size.checked_shr(height)).is_some_and(|nodes| nodes & 1 == 1)
}

fn node(left: Digest, right: Digest) -> Digest {
    Digest(node_hash(Hash(left.0), Hash(right.0)).0)
}
