//! Makes proofs from a tree's right edge and its stored full tiles.

use std::{cell::RefCell, collections::BTreeMap};

use tlog_tiles::tlog::{
    Error, Hash, HashReader, prove_record, prove_tree, split_stored_hash_index, tree_hash,
};

use crate::{
    id::Digest,
    proof::{ConsistencyProof, InclusionProof, TreeHead},
    tiles::{self, TILE_WIDTH, TileId},
    tree::{Tree, TreeError, read_full, rows_above},
};

/// Tiles that a prover remembers, 16 KiB each: a thousand proofs of near leaves touch fewer.
const TILES_MAX: usize = 64;

/// Makes proofs for one state of a tree.
#[derive(Debug)]
pub struct Prover<'t, R> {
    tree: &'t Tree,
    read: R,
    rows: BTreeMap<TileId, Vec<Vec<Digest>>>,
}

/// `tlog_tiles` reads through a shared reference and has no error of ours: both are kept here meanwhile.
struct Nodes<'p, 't, R, E: std::error::Error> {
    prover: RefCell<&'p mut Prover<'t, R>>,
    failed: RefCell<Option<TreeError<E>>>,
}

impl<'t, E, R> Prover<'t, R>
where
    E: std::error::Error,
    R: FnMut(TileId) -> Result<Vec<u8>, E>,
{
    pub(crate) fn new(tree: &'t Tree, read: R) -> Self {
        Self { tree, read, rows: BTreeMap::new() }
    }

    /// Proves that leaf `index` is in the tree of the first `size` leaves.
    pub fn inclusion(&mut self, index: u64, size: u64) -> Result<InclusionProof, TreeError<E>> {
        self.within(size)?;
        if index >= size {
            return Err(TreeError::Beyond { asked: index, size });
        }
        let path = self.compute(|nodes| prove_record(size, index, nodes))?;
        Ok(InclusionProof(digests(path)))
    }

    /// Proves that the tree of the first `new` leaves extends the one of the first `old`.
    pub fn consistency(&mut self, old: u64, new: u64) -> Result<ConsistencyProof, TreeError<E>> {
        self.within(new)?;
        if old > new {
            return Err(TreeError::Beyond { asked: old, size: new });
        }
        if old == 0 {
            return Ok(ConsistencyProof(Vec::new()));
        }
        let path = self.compute(|nodes| prove_tree(new, old, nodes))?;
        Ok(ConsistencyProof(digests(path)))
    }

    /// What the tree was when it had `size` leaves.
    pub fn head_at(&mut self, size: u64) -> Result<TreeHead, TreeError<E>> {
        self.within(size)?;
        let root = self.compute(|nodes| tree_hash(size, nodes))?;
        Ok(TreeHead { size, root: Digest(root.0) })
    }

    fn within(&self, asked: u64) -> Result<(), TreeError<E>> {
        let size = self.tree.size();
        if asked <= size { Ok(()) } else { Err(TreeError::Beyond { asked, size }) }
    }

    fn compute<T>(
        &mut self,
        work: impl FnOnce(&Nodes<'_, 't, R, E>) -> Result<T, Error>,
    ) -> Result<T, TreeError<E>> {
        let nodes = Nodes { prover: RefCell::new(self), failed: RefCell::new(None) };
        let done = work(&nodes);
        match nodes.failed.into_inner() {
            Some(failed) => Err(failed),
            None => done.map_err(|e| TreeError::Computation(e.to_string())),
        }
    }

    /// The complete node at `height` above the leaves, `place` from the left.
    fn node(&mut self, height: u8, place: u64) -> Result<Digest, TreeError<E>> {
        let (level, within) = (height / 8, height % 8);
        // How many nodes of this height one tile has: 256 at its bottom, 2 in its highest row.
        let nodes = u64::from(TILE_WIDTH) >> within;
        let tile = TileId { level, index: place / nodes };
        let missing = || TreeError::Computation(format!("node {place} of height {height} is not complete"));
        let place = usize::try_from(place % nodes).map_err(|_| missing())?;
        if tile.index >= self.tree.full_tiles(level) {
            return self.tree.edge_node(height, place).ok_or_else(missing);
        }
        let row = self.rows_of(tile)?.get(usize::from(within));
        row.and_then(|row| row.get(place)).copied().ok_or_else(missing)
    }

    fn rows_of(&mut self, tile: TileId) -> Result<&[Vec<Digest>], TreeError<E>> {
        if !self.rows.contains_key(&tile) {
            let hashes = match self.tree.waiting_tile(tile) {
                Some(bytes) => tiles::decode_hashes(bytes, TILE_WIDTH)
                    .map_err(|source| TreeError::Damaged { tile, source })?,
                None => read_full(tile, &mut self.read)?,
            };
            if self.rows.len() == TILES_MAX {
                self.rows.clear();
            }
            self.rows.insert(tile, rows_above(hashes));
        }
        Ok(self.rows.get(&tile).map_or(&[], Vec::as_slice))
    }
}

impl<E, R> HashReader for Nodes<'_, '_, R, E>
where
    E: std::error::Error,
    R: FnMut(TileId) -> Result<Vec<u8>, E>,
{
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, Error> {
        let mut prover = self.prover.borrow_mut();
        let mut hashes = Vec::with_capacity(indexes.len());
        for index in indexes {
            let (height, place) = split_stored_hash_index(*index);
            match prover.node(height, place) {
                Ok(hash) => hashes.push(Hash(hash.0)),
                Err(e) => {
                    self.failed.replace(Some(e));
                    return Err(Error::IndexesNotInTree);
                }
            }
        }
        Ok(hashes)
    }
}

fn digests(hashes: Vec<Hash>) -> Vec<Digest> {
    hashes.into_iter().map(|hash| Digest(hash.0)).collect()
}
