//! The call's MLS group as one device holds it: who is in it, what they agreed on, what they say to each other. What came
//! in is another type than what was checked, and only that is merged. The constructions stand in docs/group.md.

pub mod commit;
pub mod crypto;
pub mod export;
pub mod found;
pub mod join;
pub mod memory;
pub mod message;
pub mod provider;
pub mod receive;

use chancery_call_tree::{
    leaf::{self, LeafError, Seat},
    suite::{CallPlace, SUITE, capabilities, certificate_end_ms, lifetime},
};
use chancery_log::id::{DeviceId, PartyId};
use chancery_open::device::{DeviceSecrets, SignError};
use chancery_seal::{
    frame_header::LeafIndex,
    leaf_cert::{LeafCert, SignedLeafCert},
};
use openmls::prelude::{
    BasicCredential, CredentialWithKey, MlsGroup, MlsGroupCreateConfig, MlsGroupJoinConfig,
    PURE_PLAINTEXT_WIRE_FORMAT_POLICY, SenderRatchetConfiguration,
};
use serde_bytes::ByteArray;

use openmls_traits::OpenMlsProvider as _;

use crate::group::{
    memory::MemoryError,
    provider::{LeafSigner, Provider},
};

/// A member commits at least this often: within an epoch there is no forward secrecy.
pub const UPDATE_EVERY_MS: u64 = 5 * 60 * 1000;

/// Messages inside the group are padded to a multiple of this, so that their lengths say little.
pub const PADDING_BYTES: usize = 256;

/// Messages of one sender that may come late, and for which keys are kept: the socket keeps their order.
const LATE_MAX: u32 = 5;

/// Messages of one sender that may be missing before the next: the server lost them, or withheld them.
const MISSING_MAX: u32 = 1000;

/// One device's membership in one group. Dropping it wipes what it held.
pub struct CallGroup {
    mls: MlsGroup,
    provider: Provider,
    signer: LeafSigner,
    place: CallPlace,
    seats: Vec<Seat>,
    own: Seat,
}

impl std::fmt::Debug for CallGroup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallGroup")
            .field("epoch", &self.epoch())
            .field("own", &self.own)
            .finish_non_exhaustive()
    }
}

impl CallGroup {
    /// The epoch that the group is in.
    pub fn epoch(&self) -> u64 {
        self.mls.epoch().as_u64()
    }

    /// Which group of which call: its MLS id.
    pub fn id(&self) -> &[u8] {
        self.mls.group_id().as_slice()
    }

    /// Which call's, and whose key may propose to remove.
    pub fn place(&self) -> &CallPlace {
        &self.place
    }

    /// All members, by leaf: exactly those who hold this epoch's keys.
    pub fn seats(&self) -> &[Seat] {
        &self.seats
    }

    /// This device's own.
    pub fn own(&self) -> &Seat {
        &self.own
    }

    /// The member that a device is.
    pub fn seat_of(&self, device: DeviceId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.device == device)
    }

    /// The member at a leaf.
    pub fn seat_at(&self, leaf: LeafIndex) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.leaf == leaf)
    }

    /// A certificate for the own leaf that ends later, for the device to sign: for [`commit::Plan::certificate`].
    pub fn renewed_cert(&self, now_ms: u64) -> LeafCert {
        LeafCert { not_after_ms: certificate_end_ms(now_ms), ..cert(&self.place, &self.own) }
    }

    /// How many sets of private keys are kept beside the group: one, however many epochs there were.
    pub fn kept_keys(&self) -> Result<usize, MemoryError> {
        self.provider.storage().count()
    }

    /// Reads the members anew after a merge.
    fn refresh(&mut self) -> Result<(), LeafError> {
        self.seats = seats_of(&self.mls)?;
        if let Some(own) = self.seats.iter().find(|seat| seat.leaf == self.own.leaf) {
            self.own = *own;
        }
        Ok(())
    }
}

fn seats_of(mls: &MlsGroup) -> Result<Vec<Seat>, LeafError> {
    mls.treesync().full_leaves().map(|(number, leaf)| leaf::seat(number, leaf)).collect()
}

/// The seat whose key the signer holds, at the leaf that OpenMLS calls the own one.
fn own_of(seats: &[Seat], mls: &MlsGroup, signer: &LeafSigner) -> Option<Seat> {
    let (number, key) = (mls.own_leaf_index().u32(), signer.public());
    seats.iter().find(|seat| seat.leaf.number() == number && seat.leaf_key == key).copied()
}

fn cert(place: &CallPlace, seat: &Seat) -> LeafCert {
    LeafCert {
        desk: place.desk,
        package: place.package,
        party: seat.party,
        device: seat.device,
        leaf_key: ByteArray::new(seat.leaf_key),
        not_after_ms: seat.not_after_ms,
    }
}

/// Has the device certify a fresh leaf key.
fn certify(
    place: &CallPlace,
    party: PartyId,
    device: &DeviceSecrets,
    leaf_key: [u8; 32],
    now_ms: u64,
) -> Result<SignedLeafCert, SignError> {
    device.certify_leaf(LeafCert {
        desk: place.desk,
        package: place.package,
        party,
        device: device.id(),
        leaf_key: ByteArray::new(leaf_key),
        not_after_ms: certificate_end_ms(now_ms),
    })
}

/// The MLS credential that holds a certificate, with the key that it certifies.
fn credential(signed: &SignedLeafCert) -> Result<CredentialWithKey, SignError> {
    Ok(CredentialWithKey {
        credential: BasicCredential::new(signed.encode()?).into(),
        signature_key: signed.cert.leaf_key.as_slice().into(),
    })
}

/// Handshakes in the open, for the server to check; messages sealed; nothing of an epoch that is over.
fn join_config() -> MlsGroupJoinConfig {
    MlsGroupJoinConfig::builder()
        .wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
        .padding_size(PADDING_BYTES)
        .max_past_epochs(0)
        .number_of_resumption_psks(0)
        .use_ratchet_tree_extension(true)
        .sender_ratchet_configuration(SenderRatchetConfiguration::new(LATE_MAX, MISSING_MAX))
        .build()
}

/// The same, with what only the creator decides.
fn create_config(place: &CallPlace) -> Result<MlsGroupCreateConfig, String> {
    let extensions =
        openmls::prelude::Extensions::single(place.extension()).map_err(|error| error.to_string())?;
    Ok(MlsGroupCreateConfig::builder()
        .ciphersuite(SUITE)
        .capabilities(capabilities())
        .lifetime(lifetime())
        .wire_format_policy(PURE_PLAINTEXT_WIRE_FORMAT_POLICY)
        .padding_size(PADDING_BYTES)
        .max_past_epochs(0)
        .number_of_resumption_psks(0)
        .use_ratchet_tree_extension(true)
        .sender_ratchet_configuration(SenderRatchetConfiguration::new(LATE_MAX, MISSING_MAX))
        .with_group_context_extensions(extensions)
        .build())
}
