//! This device's own commits. One is under way at a time; it counts when it comes back as the first of its epoch, and is
//! dropped when another won.

use chancery_call_tree::{
    handshake::{Changes, CheckedChanges, HandshakeError},
    key_package::VerifiedKeyPackage,
    leaf::LeafError,
    tree::Moved,
};
use chancery_seal::{
    frame_header::LeafIndex,
    leaf_cert::{Admitted, SignedLeafCert},
};
use openmls::prelude::{LeafNodeIndex, LeafNodeParameters, MergePendingCommitError, Sender};
use openmls_traits::OpenMlsProvider as _;

use crate::group::{CallGroup, memory::MemoryError};

/// What a commit is to do. Whatever it does, it renews the author's keys.
#[derive(Debug, Default)]
pub struct Plan {
    /// Whom to add.
    pub add: Vec<VerifiedKeyPackage>,
    /// Whom to remove; with their new key package in `add`, those who come again.
    pub remove: Vec<LeafIndex>,
    /// A newer certificate for the own leaf, when the present one is soon to end.
    pub certificate: Option<SignedLeafCert>,
}

/// A commit to hand in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The epoch that it begins when it wins.
    pub epoch: u64,
    /// MLS PublicMessage.
    pub commit: Vec<u8>,
    /// MLS Welcome for those whom it adds; none when it adds nobody.
    pub welcome: Option<Vec<u8>>,
}

/// Why no commit was made. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Another of this device is under way.
    #[error("a commit of this device is under way: it has to win or be dropped first")]
    Pending,
    /// It would be refused by everybody.
    #[error(transparent)]
    Refused(#[from] HandshakeError),
    /// OpenMLS refuses.
    #[error("the commit can not be made: {0}")]
    Mls(String),
}

/// Why the own commit can not be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmError {
    /// None is under way.
    #[error("no commit of this device is under way")]
    None,
    /// OpenMLS lost its way; the device has to join anew.
    #[error("the group can not follow its own commit, this device has to join anew: {0}")]
    Mls(String),
    /// A leaf of it can not be read, which was checked before.
    #[error(transparent)]
    Leaf(#[from] LeafError),
}

impl CallGroup {
    /// Makes a commit for the group's present epoch. `admitted`: the devices that the log has on the call; what others
    /// would refuse is refused here.
    pub fn commit(
        &mut self,
        plan: Plan,
        admitted: &[Admitted],
        now_ms: u64,
    ) -> Result<Committed, CommitError> {
        if self.mls.pending_commit().is_some() {
            return Err(CommitError::Pending);
        }
        let made = self.build(plan)?;
        match self.pending_changes(admitted, now_ms) {
            Ok(_) => Ok(made),
            Err(refused) => {
                self.drop_commit();
                Err(refused)
            }
        }
    }

    fn build(&mut self, plan: Plan) -> Result<Committed, CommitError> {
        let failed = |error: String| CommitError::Mls(error);
        let mut parameters = LeafNodeParameters::default();
        if let Some(signed) = plan.certificate {
            let credential = crate::group::credential(&signed).map_err(|error| failed(error.to_string()))?;
            parameters = LeafNodeParameters::builder().with_credential_with_key(credential).build();
        }
        let bundle = self
            .mls
            .commit_builder()
            .consume_proposal_store(false)
            .force_self_update(true)
            .leaf_node_parameters(parameters)
            .propose_removals(plan.remove.iter().map(|leaf| LeafNodeIndex::new(leaf.number())))
            .propose_adds(plan.add.into_iter().map(VerifiedKeyPackage::into_package))
            .load_psks(self.provider.storage())
            .map_err(|error| failed(error.to_string()))?
            .create_group_info(false)
            .build(self.provider.rand(), self.provider.crypto(), &self.signer, |_| true)
            .map_err(|error| failed(error.to_string()))?
            .stage_commit(&self.provider)
            .map_err(|error| failed(error.to_string()))?;
        let (commit, welcome, _) = bundle.into_messages();
        let written = |message: openmls::prelude::MlsMessageOut| {
            message.to_bytes().map_err(|error| failed(error.to_string()))
        };
        Ok(Committed {
            epoch: self.epoch() + 1,
            commit: written(commit)?,
            welcome: welcome.map(written).transpose()?,
        })
    }

    /// What the commit under way does, checked as others will check it.
    fn pending_changes(&self, admitted: &[Admitted], now_ms: u64) -> Result<CheckedChanges, CommitError> {
        let staged = self.mls.pending_commit().ok_or(CommitError::Pending)?;
        let sender = Sender::Member(self.mls.own_leaf_index());
        Ok(Changes::of(&sender, &[], staged)?.check(&self.seats, &self.place, admitted, now_ms)?)
    }

    /// The epoch that the commit under way would begin.
    pub fn pending(&self) -> Option<u64> {
        self.mls.pending_commit().map(|staged| staged.epoch().as_u64())
    }

    /// Another commit won, or the server refused the own one.
    pub fn drop_commit(&mut self) {
        // The memory keeps no group state, so there is nothing that could fail.
        drop(self.mls.clear_pending_commit(self.provider.storage()));
    }

    /// The own commit won: from here on its epoch counts.
    pub fn confirm(&mut self) -> Result<Moved, ConfirmError> {
        let staged = self.mls.pending_commit().ok_or(ConfirmError::None)?;
        let removed: Vec<u32> =
            staged.remove_proposals().map(|remove| remove.remove_proposal().removed().u32()).collect();
        let removed =
            self.seats.iter().filter(|seat| removed.contains(&seat.leaf.number())).copied().collect();
        let keys: Vec<Vec<u8>> = staged
            .add_proposals()
            .map(|add| add.add_proposal().key_package().leaf_node().signature_key().as_slice().to_vec())
            .collect();
        self.mls
            .merge_pending_commit(&self.provider)
            .map_err(|error: MergePendingCommitError<MemoryError>| ConfirmError::Mls(error.to_string()))?;
        self.refresh()?;
        let added =
            self.seats.iter().filter(|seat| keys.iter().any(|key| *key == seat.leaf_key)).copied().collect();
        Ok(Moved { epoch: self.epoch(), by: self.own, added, removed })
    }
}
