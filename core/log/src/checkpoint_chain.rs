//! The newest checkpoint that a client holds: it only ever moves forward, along proofs.

use crate::{
    checkpoint::{self, CheckpointError, VerifiedCheckpoint},
    proof::{ConsistencyProof, TreeHead},
};

/// The newest verified checkpoint of one log, as one client saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointChain {
    newest: VerifiedCheckpoint,
}

/// Why a checkpoint does not follow the one that is held. Each but the first is a server that contradicts itself:
/// both notes are the evidence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AdvanceError {
    /// Not a checkpoint of this log by this key.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Smaller than the one held.
    #[error("the log went back: a checkpoint of {held} leaves is held, one of {got} came")]
    Rollback {
        /// Size held.
        held: u64,
        /// Size that came.
        got: u64,
    },
    /// Another history than the one held.
    #[error("two histories: the checkpoint of {} leaves does not extend the one of {} that is held", got.size, held.size)]
    Fork {
        /// What is held.
        held: TreeHead,
        /// What came.
        got: TreeHead,
    },
}

impl CheckpointChain {
    /// Starts from a checkpoint: the first one ever, or the one that the device kept.
    pub fn start(first: VerifiedCheckpoint) -> Self {
        Self { newest: first }
    }

    /// The newest checkpoint.
    pub fn newest(&self) -> &VerifiedCheckpoint {
        &self.newest
    }

    /// Takes a newer checkpoint with the proof that it extends the one held. The same one again is fine (its proof is
    /// empty). On an error the one held stays.
    pub fn advance(
        &mut self,
        note: &[u8],
        key: &[u8; 32],
        proof: &ConsistencyProof,
    ) -> Result<&VerifiedCheckpoint, AdvanceError> {
        let next = checkpoint::verify(note, self.newest.origin(), key)?;
        let (held, got) = (self.newest.head(), next.head());
        if got.size < held.size {
            return Err(AdvanceError::Rollback { held: held.size, got: got.size });
        }
        proof.verify(held, got).map_err(|_| AdvanceError::Fork { held, got })?;
        self.newest = next;
        Ok(&self.newest)
    }
}
