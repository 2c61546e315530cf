//! The storage that OpenMLS asks for: it keeps nothing. A tree lives in memory, and after a restart a member gives its
//! group's public side again.

use std::convert::Infallible;

use openmls_traits::{
    public_storage::PublicStorageProvider,
    storage::{
        CURRENT_VERSION,
        traits::{
            ConfirmationTag, GroupContext, GroupId, InterimTranscriptHash, ProposalRef, QueuedProposal,
            TreeSync,
        },
    },
};

const V: u16 = CURRENT_VERSION;

type Done = Result<(), Infallible>;

/// Keeps nothing.
pub(crate) struct Unkept;

impl PublicStorageProvider<V> for Unkept {
    type PublicError = Infallible;

    fn write_tree<G: GroupId<V>, T: TreeSync<V>>(&self, _: &G, _: &T) -> Done {
        Ok(())
    }

    fn write_interim_transcript_hash<G: GroupId<V>, T: InterimTranscriptHash<V>>(
        &self,
        _: &G,
        _: &T,
    ) -> Done {
        Ok(())
    }

    fn write_context<G: GroupId<V>, T: GroupContext<V>>(&self, _: &G, _: &T) -> Done {
        Ok(())
    }

    fn write_confirmation_tag<G: GroupId<V>, T: ConfirmationTag<V>>(&self, _: &G, _: &T) -> Done {
        Ok(())
    }

    fn queue_proposal<G: GroupId<V>, R: ProposalRef<V>, T: QueuedProposal<V>>(
        &self,
        _: &G,
        _: &R,
        _: &T,
    ) -> Done {
        Ok(())
    }

    fn queued_proposals<G: GroupId<V>, R: ProposalRef<V>, T: QueuedProposal<V>>(
        &self,
        _: &G,
    ) -> Result<Vec<(R, T)>, Infallible> {
        Ok(Vec::new())
    }

    fn tree<G: GroupId<V>, T: TreeSync<V>>(&self, _: &G) -> Result<Option<T>, Infallible> {
        Ok(None)
    }

    fn group_context<G: GroupId<V>, T: GroupContext<V>>(&self, _: &G) -> Result<Option<T>, Infallible> {
        Ok(None)
    }

    fn interim_transcript_hash<G: GroupId<V>, T: InterimTranscriptHash<V>>(
        &self,
        _: &G,
    ) -> Result<Option<T>, Infallible> {
        Ok(None)
    }

    fn confirmation_tag<G: GroupId<V>, T: ConfirmationTag<V>>(&self, _: &G) -> Result<Option<T>, Infallible> {
        Ok(None)
    }

    fn delete_tree<G: GroupId<V>>(&self, _: &G) -> Done {
        Ok(())
    }

    fn delete_confirmation_tag<G: GroupId<V>>(&self, _: &G) -> Done {
        Ok(())
    }

    fn delete_context<G: GroupId<V>>(&self, _: &G) -> Done {
        Ok(())
    }

    fn delete_interim_transcript_hash<G: GroupId<V>>(&self, _: &G) -> Done {
        Ok(())
    }

    fn remove_proposal<G: GroupId<V>, R: ProposalRef<V>>(&self, _: &G, _: &R) -> Done {
        Ok(())
    }

    fn clear_proposal_queue<G: GroupId<V>, R: ProposalRef<V>>(&self, _: &G) -> Done {
        Ok(())
    }
}
