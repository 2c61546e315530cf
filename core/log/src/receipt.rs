//! A receipt: what proves that an act is in the log.

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::{
    checkpoint::{self, CheckpointError, VerifiedCheckpoint},
    id::{Digest, Scope},
    leaf::{LeafBytes, LeafError},
    proof::{InclusionError, InclusionProof},
};

/// The answer to an act, as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The leaf that places the act.
    pub leaf: ByteBuf,
    /// Its audit path in the checkpoint's tree.
    pub inclusion: InclusionProof,
    /// The signed note.
    pub checkpoint: ByteBuf,
}

/// What the holder of a receipt knows by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected<'a> {
    /// SHA-256 of the act's bytes.
    pub act: Digest,
    /// The act's scope.
    pub scope: Scope,
    /// The log's origin.
    pub origin: &'a str,
    /// The log's Ed25519 public key.
    pub log_key: &'a [u8; 32],
}

/// A receipt that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedReceipt {
    leaf: LeafBytes,
    checkpoint: VerifiedCheckpoint,
}

/// Why bytes do not prove that the act is in the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The leaf can't be read.
    #[error(transparent)]
    Leaf(#[from] LeafError),
    /// A receipt for another act.
    #[error("the receipt is for act {got}, not for {expected}")]
    ActMismatch {
        /// The act that was sent.
        expected: Digest,
        /// The act in the leaf.
        got: Digest,
    },
    /// The act was put somewhere else.
    #[error("the act of {expected} was put into {got}")]
    WrongScope {
        /// The act's scope.
        expected: Scope,
        /// The leaf's.
        got: Scope,
    },
    /// The checkpoint is not one of this log.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The leaf is not proven to be in the checkpoint's tree.
    #[error(transparent)]
    NotIncluded(#[from] InclusionError),
}

impl Receipt {
    /// Checks that the expected act is in the log under the receipt's checkpoint. That this checkpoint belongs to the
    /// history one holds is for [`crate::checkpoint_chain::CheckpointChain`] to say.
    pub fn verify(&self, expected: Expected<'_>) -> Result<VerifiedReceipt, ReceiptError> {
        let checkpoint = checkpoint::verify(&self.checkpoint, expected.origin, expected.log_key)?;
        verify_under(&self.leaf, &self.inclusion, checkpoint, expected.act, expected.scope)
    }
}

/// The same, under a checkpoint that was verified already.
pub fn verify_under(
    leaf: &[u8],
    inclusion: &InclusionProof,
    checkpoint: VerifiedCheckpoint,
    act: Digest,
    scope: Scope,
) -> Result<VerifiedReceipt, ReceiptError> {
    let leaf = LeafBytes::read(leaf)?;
    let placed = leaf.leaf();
    if placed.act != act {
        return Err(ReceiptError::ActMismatch { expected: act, got: placed.act });
    }
    if placed.scope != scope {
        return Err(ReceiptError::WrongScope { expected: scope, got: placed.scope });
    }
    inclusion.verify(leaf.hash(), placed.index, checkpoint.head())?;
    Ok(VerifiedReceipt { leaf, checkpoint })
}

impl VerifiedReceipt {
    /// Where the act stands.
    pub fn leaf(&self) -> &LeafBytes {
        &self.leaf
    }

    /// The checkpoint that covers it.
    pub fn checkpoint(&self) -> &VerifiedCheckpoint {
        &self.checkpoint
    }
}
