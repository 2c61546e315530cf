//! What the tests share: leaves, trees, and RFC 6962 as it is written, to compare with.

use std::collections::BTreeMap;

use chancery_log::{
    id::Digest,
    tiles::{TILE_BYTES, TileId},
    tree::Tree,
};
use sha2::{Digest as _, Sha256};

/// A tile that the store does not have.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("not stored")]
pub(crate) struct NotStored;

/// A tree, and the full tiles that were taken from it.
#[derive(Default)]
pub(crate) struct Stored {
    pub(crate) tree: Tree,
    pub(crate) tiles: BTreeMap<TileId, Vec<u8>>,
}

impl Stored {
    pub(crate) fn of(leaves: &[Digest]) -> Self {
        let mut stored = Self::default();
        for leaf in leaves {
            stored.tree.append(*leaf);
        }
        stored.keep();
        stored
    }

    pub(crate) fn keep(&mut self) {
        for (id, bytes) in self.tree.drain_full_tiles() {
            assert_eq!(bytes.len(), TILE_BYTES);
            assert!(self.tiles.insert(id, bytes).is_none(), "{id} was given out twice");
        }
    }

    pub(crate) fn read(&self) -> impl FnMut(TileId) -> Result<Vec<u8>, NotStored> {
        |id| self.tiles.get(&id).cloned().ok_or(NotStored)
    }
}

/// The hash of the n-th made-up leaf.
pub(crate) fn leaf(n: u64) -> Digest {
    leaf_hash(&n.to_be_bytes())
}

pub(crate) fn leaves(count: u64) -> Vec<Digest> {
    (0..count).map(leaf).collect()
}

/// RFC 6962 §2.1.
pub(crate) fn leaf_hash(bytes: &[u8]) -> Digest {
    Digest(Sha256::new().chain_update([0]).chain_update(bytes).finalize().into())
}

fn node(left: Digest, right: Digest) -> Digest {
    Digest(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// The largest power of two smaller than `n`.
fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

/// RFC 6962 §2.1: MTH.
pub(crate) fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of(b""),
        [leaf] => *leaf,
        many => {
            let (left, right) = many.split_at(split(many.len()));
            node(root(left), root(right))
        }
    }
}

/// RFC 6962 §2.1.1: PATH.
pub(crate) fn path(index: usize, leaves: &[Digest]) -> Vec<Digest> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut path, other) =
        if index < k { (path(index, left), root(right)) } else { (path(index - k, right), root(left)) };
    path.push(other);
    path
}

/// RFC 6962 §2.1.2: PROOF.
pub(crate) fn consistency(old: usize, leaves: &[Digest]) -> Vec<Digest> {
    subproof(old, leaves, true)
}

fn subproof(old: usize, leaves: &[Digest], whole: bool) -> Vec<Digest> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![root(leaves)] };
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut proof, other) = if old <= k {
        (subproof(old, left, whole), root(right))
    } else {
        (subproof(old - k, right, false), root(left))
    };
    proof.push(other);
    proof
}
