//! Proofs by RFC 6962 §2.1: that a leaf is in a tree, and that a tree extends an older one.

use serde::{Deserialize, Serialize};
use tlog_tiles::tlog::{EMPTY_HASH, Hash, check_record, check_tree};

use crate::id::Digest;

/// A proof has at most one hash for each level of the tree, and one more: longer ones are refused unread.
pub const PROOF_HASHES_MAX: usize = 65;

/// The size and root of a tree. Whose word it is, is another matter: see `checkpoint.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// Number of leaves.
    pub size: u64,
    /// RFC 6962 root hash.
    pub root: Digest,
}

impl TreeHead {
    /// The tree without leaves.
    pub const EMPTY: Self = Self { size: 0, root: Digest(EMPTY_HASH.0) };
}

/// An audit path (RFC 6962 §2.1.1), from the leaf's sibling up to the root's child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InclusionProof(pub Vec<Digest>);

/// A consistency proof (RFC 6962 §2.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConsistencyProof(pub Vec<Digest>);

/// Why a leaf is not proven to be in a tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InclusionError {
    /// The tree is too small for it.
    #[error("leaf {index} can not be in a tree of {size} leaves")]
    BeyondTree {
        /// Of the leaf.
        index: u64,
        /// Of the tree.
        size: u64,
    },
    /// The hashes do not lead from the leaf to the root.
    #[error("the proof does not lead from leaf {index} to the root of the tree of {size} leaves")]
    Broken {
        /// Of the leaf.
        index: u64,
        /// Of the tree.
        size: u64,
    },
}

/// Why a tree is not proven to extend an older one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConsistencyError {
    /// The supposedly newer one is smaller.
    #[error("a tree of {new} leaves can not extend one of {old}")]
    Smaller {
        /// Size of the older tree.
        old: u64,
        /// Size of the newer one.
        new: u64,
    },
    /// The hashes do not lead to both roots.
    #[error("the proof does not show that the tree of {new} leaves extends the one of {old}")]
    Broken {
        /// Size of the older tree.
        old: u64,
        /// Size of the newer one.
        new: u64,
    },
}

impl InclusionProof {
    /// Checks that the leaf with this hash stands at `index` in the tree.
    pub fn verify(&self, leaf: Digest, index: u64, tree: TreeHead) -> Result<(), InclusionError> {
        let TreeHead { size, root } = tree;
        if index >= size {
            return Err(InclusionError::BeyondTree { index, size });
        }
        let broken = InclusionError::Broken { index, size };
        if self.0.len() > PROOF_HASHES_MAX {
            return Err(broken);
        }
        check_record(&hashes(&self.0), size, Hash(root.0), index, Hash(leaf.0)).map_err(|_| broken)
    }
}

impl ConsistencyProof {
    /// Checks that `new` holds everything that `old` holds, in the same order, at the same places.
    pub fn verify(&self, old: TreeHead, new: TreeHead) -> Result<(), ConsistencyError> {
        if new.size < old.size {
            return Err(ConsistencyError::Smaller { old: old.size, new: new.size });
        }
        let broken = ConsistencyError::Broken { old: old.size, new: new.size };
        if self.0.len() > PROOF_HASHES_MAX {
            return Err(broken);
        }
        if old.size == 0 {
            // Every tree extends the empty one: there is nothing to prove, and RFC 6962 defines no proof.
            return if old == TreeHead::EMPTY && self.0.is_empty() { Ok(()) } else { Err(broken) };
        }
        check_tree(&hashes(&self.0), new.size, Hash(new.root.0), old.size, Hash(old.root.0))
            .map_err(|_| broken)
    }
}

fn hashes(digests: &[Digest]) -> Vec<Hash> {
    digests.iter().map(|digest| Hash(digest.0)).collect()
}
