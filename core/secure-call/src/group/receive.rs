//! Handshakes of others: opened and staged by OpenMLS, checked against the log, merged only then.

use chancery_call_tree::{
    handshake::{self, Changes, CheckedChanges, HandshakeError},
    leaf::{self, LeafError},
    message::Kind,
    tree::Moved,
};
use chancery_seal::{
    frame_header::LeafIndex,
    leaf_cert::{Admitted, SignedLeafCert},
};
use openmls::prelude::{
    MergeCommitError, ProcessMessageError, ProcessedMessageContent, ProtocolMessage, Sender,
    StageCommitError, StagedCommit,
};

use crate::group::{CallGroup, memory::MemoryError};

/// A commit that won its epoch.
pub enum CommitReceived {
    /// This device's own, which is under way: [`CallGroup::confirm`] it.
    Own,
    /// Another member's.
    Other(Box<UnverifiedCommit>),
}

/// Another member's commit. Its signature and tags hold; whether those whom it adds may be in the group is open.
pub struct UnverifiedCommit {
    staged: StagedCommit,
    sender: Sender,
    beside: Vec<u8>,
    from_epoch: u64,
}

/// Another member's commit, checked against the log.
pub struct VerifiedCommit {
    staged: StagedCommit,
    changes: CheckedChanges,
    from_epoch: u64,
}

/// A commit that is not taken: the log may not have come far enough yet, so it can be checked again.
pub struct Unverifiable {
    /// Why.
    pub why: HandshakeError,
    /// The commit, as unchecked as before.
    pub commit: Box<UnverifiedCommit>,
}

/// What became of the membership.
pub enum Merged {
    /// The device is in the next epoch.
    In {
        /// Its group.
        group: Box<CallGroup>,
        /// What changed.
        moved: Moved,
    },
    /// The device was removed. Its keys are gone.
    Out {
        /// By whom, and who else.
        changes: CheckedChanges,
    },
    /// The commit was checked for another epoch. Nothing changed.
    Stale {
        /// The group as before.
        group: Box<CallGroup>,
    },
    /// OpenMLS lost its way, after all checks. The keys are gone, the device has to join anew.
    Lost {
        /// Its words.
        detail: String,
    },
}

impl std::fmt::Debug for Unverifiable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Unverifiable({:?})", self.why)
    }
}

impl UnverifiedCommit {
    /// The epoch that it begins.
    pub fn epoch(&self) -> u64 {
        self.staged.epoch().as_u64()
    }

    /// Those whom it adds, as they call themselves.
    pub fn added(&self) -> Vec<Result<SignedLeafCert, LeafError>> {
        let leaves = self.staged.add_proposals();
        leaves
            .map(|add| leaf::certificate(add.add_proposal().key_package().leaf_node().credential()))
            .collect()
    }

    /// Whether it removes this device.
    pub fn removes_me(&self) -> bool {
        self.staged.self_removed()
    }
}

impl VerifiedCommit {
    /// Whose it is, whom it adds and removes.
    pub fn changes(&self) -> &CheckedChanges {
        &self.changes
    }

    /// Whether it removes this device.
    pub fn removes_me(&self) -> bool {
        self.staged.self_removed()
    }
}

impl CallGroup {
    /// Opens a commit that the server says won. Refused, it changes nothing.
    pub fn receive_commit(&mut self, bytes: &[u8]) -> Result<CommitReceived, HandshakeError> {
        let message = handshake::read(Kind::Commit, bytes, self.mls.group_id(), self.epoch())?;
        let processed = self.process(message)?;
        let (sender, beside) = (processed.sender().clone(), processed.aad().to_vec());
        match processed.into_content() {
            ProcessedMessageContent::OwnPendingCommit => Ok(CommitReceived::Own),
            ProcessedMessageContent::StagedCommitMessage(staged) => {
                let from_epoch = self.epoch();
                Ok(CommitReceived::Other(Box::new(UnverifiedCommit {
                    staged: *staged,
                    sender,
                    beside,
                    from_epoch,
                })))
            }
            ProcessedMessageContent::ApplicationMessage(_)
            | ProcessedMessageContent::ProposalMessage(_)
            | ProcessedMessageContent::ExternalJoinProposalMessage(_)
            | ProcessedMessageContent::OwnPrivateMessage => Err(Kind::Commit.other().into()),
        }
    }

    /// Opens what the server proposes: the leaf that it would have removed. Whoever is to commit next decides.
    pub fn receive_proposal(&mut self, bytes: &[u8]) -> Result<LeafIndex, HandshakeError> {
        let message = handshake::read(Kind::Proposal, bytes, self.mls.group_id(), self.epoch())?;
        let processed = self.process(message)?;
        if !processed.aad().is_empty() {
            return Err(HandshakeError::Beside(processed.aad().len()));
        }
        match processed.into_content() {
            ProcessedMessageContent::ProposalMessage(proposal) => {
                let leaf = handshake::proposed_removal(&proposal)?;
                self.seat_at(leaf).map(|seat| seat.leaf).ok_or(HandshakeError::NoMember(leaf.number()))
            }
            ProcessedMessageContent::OwnPendingCommit
            | ProcessedMessageContent::StagedCommitMessage(_)
            | ProcessedMessageContent::ApplicationMessage(_)
            | ProcessedMessageContent::ExternalJoinProposalMessage(_)
            | ProcessedMessageContent::OwnPrivateMessage => Err(Kind::Proposal.other().into()),
        }
    }

    pub(super) fn process(
        &mut self,
        message: ProtocolMessage,
    ) -> Result<openmls::prelude::ProcessedMessage, HandshakeError> {
        self.mls.process_message(&self.provider, message).map_err(
            |error: ProcessMessageError<MemoryError>| match error {
                ProcessMessageError::ValidationError(error) => error.into(),
                ProcessMessageError::InvalidCommit(StageCommitError::OwnCommitMismatch) => {
                    HandshakeError::OwnLost
                }
                ProcessMessageError::InvalidCommit(error) => error.into(),
                ProcessMessageError::LibraryError(_)
                | ProcessMessageError::StorageError(_)
                | ProcessMessageError::IncompatibleWireFormat
                | ProcessMessageError::GroupStateError(_)
                | ProcessMessageError::UnauthorizedExternalApplicationMessage
                | ProcessMessageError::UnauthorizedExternalCommitMessage
                | ProcessMessageError::UnsupportedProposalType => HandshakeError::Invalid(error.to_string()),
            },
        )
    }

    /// Checks another's commit against the log: every leaf that it puts into the tree is a device that may be there.
    pub fn verify(
        &self,
        commit: Box<UnverifiedCommit>,
        admitted: &[Admitted],
        now_ms: u64,
    ) -> Result<VerifiedCommit, Unverifiable> {
        let checked = if commit.from_epoch == self.epoch() {
            Changes::of(&commit.sender, &commit.beside, &commit.staged)
                .and_then(|changes| changes.check(&self.seats, &self.place, admitted, now_ms))
        } else {
            Err(HandshakeError::Epoch { expected: self.epoch(), got: commit.from_epoch })
        };
        match checked {
            Ok(changes) => {
                let UnverifiedCommit { staged, from_epoch, .. } = *commit;
                Ok(VerifiedCommit { staged, changes, from_epoch })
            }
            Err(why) => Err(Unverifiable { why, commit }),
        }
    }

    /// Follows another's commit. A commit of this device that was under way is dropped.
    pub fn merge(mut self: Box<Self>, verified: VerifiedCommit) -> Merged {
        if verified.from_epoch != self.epoch() {
            return Merged::Stale { group: self };
        }
        let VerifiedCommit { staged, changes, .. } = verified;
        if staged.self_removed() {
            return Merged::Out { changes };
        }
        let merged = self.mls.merge_staged_commit(&self.provider, staged);
        if let Err(error) = merged {
            let error: MergeCommitError<MemoryError> = error;
            return Merged::Lost { detail: error.to_string() };
        }
        if let Err(error) = self.refresh() {
            return Merged::Lost { detail: error.to_string() };
        }
        let came = |leaf_key: &[u8; 32]| changes.added.iter().any(|cert| *cert.leaf_key == *leaf_key);
        let added = self.seats.iter().filter(|seat| came(&seat.leaf_key)).copied().collect();
        let moved = Moved { epoch: self.epoch(), by: changes.by, added, removed: changes.removed };
        Merged::In { group: self, moved }
    }
}
