//! A leaf: exactly the capabilities, lifetime and credential that ours have, and a certificate that the log vouches for.

use chancery_log::id::{DeviceId, PartyId};
use chancery_seal::{
    frame_header::{LeafIndex, LeafTooHigh},
    leaf_cert::{Admitted, LeafCertError, SignedLeafCert},
};
use openmls::prelude::{BasicCredential, Credential, LeafNode, LeafNodeIndex};
use openmls::treesync::LeafNodeSource;

use crate::suite::{CallPlace, capabilities, lifetime};

/// One member, by its certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Its place in the tree, and its name in media.
    pub leaf: LeafIndex,
    /// As which party.
    pub party: PartyId,
    /// Its device.
    pub device: DeviceId,
    /// The key that signs its handshakes and messages.
    pub leaf_key: [u8; 32],
    /// The end of its certificate, milliseconds since 1970 UTC.
    pub not_after_ms: u64,
}

/// What is wrong with a leaf.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LeafError {
    /// Its number is higher than a key id can say.
    #[error(transparent)]
    Index(#[from] LeafTooHigh),
    /// Its credential is no Basic one.
    #[error("a leaf has a Basic credential, this one has another")]
    Credential,
    /// Its signature key has another length.
    #[error("a leaf's signature key has 32 bytes, this one has {0}")]
    Key(usize),
    /// Its certificate does not hold.
    #[error(transparent)]
    Cert(#[from] LeafCertError),
    /// It can do other things than members can.
    #[error("a leaf states exactly the capabilities of this build, this one states others")]
    Capabilities,
    /// It carries something that leaves do not carry.
    #[error("a leaf has no extensions, this one has some")]
    Extensions,
    /// It states a lifetime of its own.
    #[error("a leaf's lifetime is that of its certificate, this one states another")]
    Lifetime,
}

/// A leaf's number as frames carry it.
pub fn index(leaf: LeafNodeIndex) -> Result<LeafIndex, LeafTooHigh> {
    LeafIndex::new(leaf.u32())
}

/// The certificate of a leaf's credential. It is a claim.
pub fn certificate(credential: &Credential) -> Result<SignedLeafCert, LeafError> {
    let basic = BasicCredential::try_from(credential.clone()).map_err(|_| LeafError::Credential)?;
    Ok(SignedLeafCert::read(basic.identity())?)
}

/// The signature key of a leaf.
pub fn key(leaf: &LeafNode) -> Result<[u8; 32], LeafError> {
    let key = leaf.signature_key().as_slice();
    <[u8; 32]>::try_from(key).map_err(|_| LeafError::Key(key.len()))
}

/// Checks all of a leaf against what the log says; gives its certificate.
pub fn check(
    leaf: &LeafNode,
    place: &CallPlace,
    admitted: &[Admitted],
    now_ms: u64,
) -> Result<SignedLeafCert, LeafError> {
    let signed = certificate(leaf.credential())?;
    signed.check(&place.leaf(key(leaf)?, now_ms), admitted)?;
    if *leaf.capabilities() != capabilities() {
        return Err(LeafError::Capabilities);
    }
    if leaf.extensions().iter().next().is_some() {
        return Err(LeafError::Extensions);
    }
    if let LeafNodeSource::KeyPackage(stated) = leaf.leaf_node_source()
        && *stated != lifetime()
    {
        return Err(LeafError::Lifetime);
    }
    Ok(signed)
}

/// The member that a leaf of a tree is. Whoever put the leaf there checked it.
pub fn seat(number: LeafNodeIndex, leaf: &LeafNode) -> Result<Seat, LeafError> {
    let cert = certificate(leaf.credential())?.cert;
    Ok(Seat {
        leaf: index(number)?,
        party: cert.party,
        device: cert.device,
        leaf_key: key(leaf)?,
        not_after_ms: cert.not_after_ms,
    })
}
