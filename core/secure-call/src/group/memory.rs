//! What OpenMLS has kept between its calls: private keys, in memory, wiped when they go. The group itself is not kept
//! beside: it is in memory already, and never anywhere else.

use std::{collections::BTreeMap, io, sync::Mutex};

use chancery_log::cbor::{self, CborError};
use openmls_traits::storage::{
    CURRENT_VERSION, StorageProvider,
    traits::{
        ConfirmationTag, EncryptionKey, EpochKey, GroupContext, GroupEpochSecrets, GroupId, GroupState,
        HashReference, HpkeKeyPair, InterimTranscriptHash, KeyPackage, LeafNode, LeafNodeIndex,
        MessageSecrets, MlsGroupJoinConfig, ProposalRef, PskBundle, PskId, QueuedProposal,
        ResumptionPskStore, SignatureKeyPair, SignaturePublicKey, TreeSync,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

const V: u16 = CURRENT_VERSION;

type Done = Result<(), MemoryError>;
type Found<T> = Result<Option<T>, MemoryError>;

/// Private keys by what they are asked for. A lock, because OpenMLS asks through a shared reference.
#[derive(Default)]
pub struct Memory {
    kept: Mutex<BTreeMap<Vec<u8>, Zeroizing<Vec<u8>>>>,
}

/// Why a key was not kept or not found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MemoryError {
    /// Something that OpenMLS keeps has no CBOR form.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// Something panicked in the middle.
    #[error("the group's keys are broken: the device has to join anew")]
    Broken,
}

/// What a key is kept for: no two kinds share a place.
#[derive(Clone, Copy, Serialize)]
enum Kind {
    KeyPackage,
    LeafKey,
    EpochKeys,
}

/// Grows by copying into a larger buffer and wiping the smaller.
struct Wiped(Zeroizing<Vec<u8>>);

impl io::Write for Wiped {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        let needed = self.0.len() + more.len();
        if needed > self.0.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.next_power_of_two()));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Memory {
    fn keep(&self, kind: Kind, key: &impl Serialize, value: &(impl Serialize + ?Sized)) -> Done {
        let mut bytes = Wiped(Zeroizing::new(Vec::with_capacity(4096)));
        ciborium::into_writer(value, &mut bytes)
            .map_err(|error| CborError::Shape { what: "a key to keep", detail: error.to_string() })?;
        let place = cbor::encode("a key's place", &(kind, key))?;
        self.kept.lock().map_err(|_| MemoryError::Broken)?.insert(place, bytes.0);
        Ok(())
    }

    fn find<T: DeserializeOwned>(&self, kind: Kind, key: &impl Serialize) -> Found<T> {
        let place = cbor::encode("a key's place", &(kind, key))?;
        match self.kept.lock().map_err(|_| MemoryError::Broken)?.get(&place) {
            Some(bytes) => Ok(Some(cbor::decode("a kept key", bytes)?)),
            None => Ok(None),
        }
    }

    fn wipe(&self, kind: Kind, key: &impl Serialize) -> Done {
        let place = cbor::encode("a key's place", &(kind, key))?;
        self.kept.lock().map_err(|_| MemoryError::Broken)?.remove(&place);
        Ok(())
    }

    /// How many keys there are: epochs that are over leave none behind.
    pub fn count(&self) -> Result<usize, MemoryError> {
        Ok(self.kept.lock().map_err(|_| MemoryError::Broken)?.len())
    }
}

impl StorageProvider<V> for Memory {
    type Error = MemoryError;

    fn write_key_package<R: HashReference<V>, T: KeyPackage<V>>(&self, at: &R, value: &T) -> Done {
        self.keep(Kind::KeyPackage, at, value)
    }

    fn key_package<R: HashReference<V>, T: KeyPackage<V>>(&self, at: &R) -> Found<T> {
        self.find(Kind::KeyPackage, at)
    }

    fn delete_key_package<R: HashReference<V>>(&self, at: &R) -> Done {
        self.wipe(Kind::KeyPackage, at)
    }

    fn write_encryption_key_pair<K: EncryptionKey<V>, T: HpkeKeyPair<V>>(&self, at: &K, value: &T) -> Done {
        self.keep(Kind::LeafKey, at, value)
    }

    fn encryption_key_pair<T: HpkeKeyPair<V>, K: EncryptionKey<V>>(&self, at: &K) -> Found<T> {
        self.find(Kind::LeafKey, at)
    }

    fn delete_encryption_key_pair<K: EncryptionKey<V>>(&self, at: &K) -> Done {
        self.wipe(Kind::LeafKey, at)
    }

    fn write_encryption_epoch_key_pairs<G: GroupId<V>, E: EpochKey<V>, T: HpkeKeyPair<V>>(
        &self,
        group: &G,
        epoch: &E,
        leaf: u32,
        value: &[T],
    ) -> Done {
        self.keep(Kind::EpochKeys, &(group, epoch, leaf), value)
    }

    fn encryption_epoch_key_pairs<G: GroupId<V>, E: EpochKey<V>, T: HpkeKeyPair<V>>(
        &self,
        group: &G,
        epoch: &E,
        leaf: u32,
    ) -> Result<Vec<T>, MemoryError> {
        Ok(self.find(Kind::EpochKeys, &(group, epoch, leaf))?.unwrap_or_else(Vec::new))
    }

    fn delete_encryption_epoch_key_pairs<G: GroupId<V>, E: EpochKey<V>>(
        &self,
        group: &G,
        epoch: &E,
        leaf: u32,
    ) -> Done {
        self.wipe(Kind::EpochKeys, &(group, epoch, leaf))
    }

    // All below would let a group be loaded again, or belongs to what no call uses.

    fn write_mls_join_config<G: GroupId<V>, T: MlsGroupJoinConfig<V>>(&self, _: &G, _: &T) -> Done {
        Ok(())
    }

    fn append_own_leaf_node<G: GroupId<V>, T: LeafNode<V>>(&self, _: &G, _: &T) -> Done {
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

    fn write_group_state<T: GroupState<V>, G: GroupId<V>>(&self, _: &G, _: &T) -> Done {
        Ok(())
    }

    fn write_message_secrets<G: GroupId<V>, T: MessageSecrets<V>>(&self, _: &G, _: &T) -> Done {
        Ok(())
    }

    fn write_resumption_psk_store<G: GroupId<V>, T: ResumptionPskStore<V>>(&self, _: &G, _: &T) -> Done {
        Ok(())
    }

    fn write_own_leaf_index<G: GroupId<V>, T: LeafNodeIndex<V>>(&self, _: &G, _: &T) -> Done {
        Ok(())
    }

    fn write_group_epoch_secrets<G: GroupId<V>, T: GroupEpochSecrets<V>>(&self, _: &G, _: &T) -> Done {
        Ok(())
    }

    fn write_signature_key_pair<K: SignaturePublicKey<V>, T: SignatureKeyPair<V>>(
        &self,
        _: &K,
        _: &T,
    ) -> Done {
        Ok(())
    }

    fn write_psk<I: PskId<V>, T: PskBundle<V>>(&self, _: &I, _: &T) -> Done {
        Ok(())
    }

    fn mls_group_join_config<G: GroupId<V>, T: MlsGroupJoinConfig<V>>(&self, _: &G) -> Found<T> {
        Ok(None)
    }

    fn own_leaf_nodes<G: GroupId<V>, T: LeafNode<V>>(&self, _: &G) -> Result<Vec<T>, MemoryError> {
        Ok(Vec::new())
    }

    fn queued_proposal_refs<G: GroupId<V>, R: ProposalRef<V>>(&self, _: &G) -> Result<Vec<R>, MemoryError> {
        Ok(Vec::new())
    }

    fn queued_proposals<G: GroupId<V>, R: ProposalRef<V>, T: QueuedProposal<V>>(
        &self,
        _: &G,
    ) -> Result<Vec<(R, T)>, MemoryError> {
        Ok(Vec::new())
    }

    fn tree<G: GroupId<V>, T: TreeSync<V>>(&self, _: &G) -> Found<T> {
        Ok(None)
    }

    fn group_context<G: GroupId<V>, T: GroupContext<V>>(&self, _: &G) -> Found<T> {
        Ok(None)
    }

    fn interim_transcript_hash<G: GroupId<V>, T: InterimTranscriptHash<V>>(&self, _: &G) -> Found<T> {
        Ok(None)
    }

    fn confirmation_tag<G: GroupId<V>, T: ConfirmationTag<V>>(&self, _: &G) -> Found<T> {
        Ok(None)
    }

    fn group_state<T: GroupState<V>, G: GroupId<V>>(&self, _: &G) -> Found<T> {
        Ok(None)
    }

    fn message_secrets<G: GroupId<V>, T: MessageSecrets<V>>(&self, _: &G) -> Found<T> {
        Ok(None)
    }

    fn resumption_psk_store<G: GroupId<V>, T: ResumptionPskStore<V>>(&self, _: &G) -> Found<T> {
        Ok(None)
    }

    fn own_leaf_index<G: GroupId<V>, T: LeafNodeIndex<V>>(&self, _: &G) -> Found<T> {
        Ok(None)
    }

    fn group_epoch_secrets<G: GroupId<V>, T: GroupEpochSecrets<V>>(&self, _: &G) -> Found<T> {
        Ok(None)
    }

    fn signature_key_pair<K: SignaturePublicKey<V>, T: SignatureKeyPair<V>>(&self, _: &K) -> Found<T> {
        Ok(None)
    }

    fn psk<T: PskBundle<V>, I: PskId<V>>(&self, _: &I) -> Found<T> {
        Ok(None)
    }

    fn remove_proposal<G: GroupId<V>, R: ProposalRef<V>>(&self, _: &G, _: &R) -> Done {
        Ok(())
    }

    fn delete_own_leaf_nodes<G: GroupId<V>>(&self, _: &G) -> Done {
        Ok(())
    }

    fn delete_group_config<G: GroupId<V>>(&self, _: &G) -> Done {
        Ok(())
    }

    fn delete_tree<G: GroupId<V>>(&self, _: &G) -> Done {
        Ok(())
    }

    fn delete_confirmation_tag<G: GroupId<V>>(&self, _: &G) -> Done {
        Ok(())
    }

    fn delete_group_state<G: GroupId<V>>(&self, _: &G) -> Done {
        Ok(())
    }

    fn delete_context<G: GroupId<V>>(&self, _: &G) -> Done {
        Ok(())
    }

    fn delete_interim_transcript_hash<G: GroupId<V>>(&self, _: &G) -> Done {
        Ok(())
    }

    fn delete_message_secrets<G: GroupId<V>>(&self, _: &G) -> Done {
        Ok(())
    }

    fn delete_all_resumption_psk_secrets<G: GroupId<V>>(&self, _: &G) -> Done {
        Ok(())
    }

    fn delete_own_leaf_index<G: GroupId<V>>(&self, _: &G) -> Done {
        Ok(())
    }

    fn delete_group_epoch_secrets<G: GroupId<V>>(&self, _: &G) -> Done {
        Ok(())
    }

    fn clear_proposal_queue<G: GroupId<V>, R: ProposalRef<V>>(&self, _: &G) -> Done {
        Ok(())
    }

    fn delete_signature_key_pair<K: SignaturePublicKey<V>>(&self, _: &K) -> Done {
        Ok(())
    }

    fn delete_psk<I: PskId<V>>(&self, _: &I) -> Done {
        Ok(())
    }
}
