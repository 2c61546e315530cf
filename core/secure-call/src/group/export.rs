//! What an epoch's members agree on without saying it: the base of the frames' keys, the stream that the tape's dealing is
//! drawn from, the authenticator, the secret of the safety words, the group's public side.

use std::fmt;

use chancery_log::{cbor::CborError, id::Digest};
use chancery_seal::tape::epoch::{EpochName, EpochPlace, Roster, RosterError};
use openmls_traits::OpenMlsProvider as _;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    frames::base::{BASE_BYTES, BASE_LABEL, FrameBase},
    group::CallGroup,
    tape::dealing::{DealingStream, STREAM_BYTES, STREAM_LABEL, stream_context},
};

/// An authenticator is a SHA-384 output (RFC 9420 §8.7).
pub const AUTHENTICATOR_BYTES: usize = 48;

/// Equal for all who are in the same state of the same group, and for nobody else. It opens nothing, and is still kept
/// from outsiders: they could compare.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct EpochAuthenticator([u8; AUTHENTICATOR_BYTES]);

impl EpochAuthenticator {
    /// Takes the bytes as MLS derives them.
    pub fn from_bytes(bytes: [u8; AUTHENTICATOR_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes, for comparing.
    pub fn expose(&self) -> &[u8; AUTHENTICATOR_BYTES] {
        &self.0
    }
}

impl fmt::Debug for EpochAuthenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EpochAuthenticator(…)")
    }
}

/// Why nothing is exported: a fault of this build, each of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// OpenMLS gives nothing.
    #[error("the group exports nothing: {0}")]
    Mls(String),
    /// Another length than asked for.
    #[error("expected {expected} exported bytes, got {got}")]
    Length {
        /// Asked for.
        expected: usize,
        /// What came.
        got: usize,
    },
    /// The members can not be named.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// Something has no CBOR form.
    #[error(transparent)]
    Cbor(#[from] CborError),
}

impl CallGroup {
    /// MLS-Exporter (RFC 9420 §8.5), 32 bytes.
    pub fn export(&self, label: &str, context: &[u8]) -> Result<Zeroizing<[u8; 32]>, ExportError> {
        let exported = self.mls.export_secret(self.provider.crypto(), label, context, 32);
        let exported = Zeroizing::new(exported.map_err(|error| ExportError::Mls(error.to_string()))?);
        let mut secret = Zeroizing::new([0; 32]);
        if exported.len() != secret.len() {
            return Err(ExportError::Length { expected: secret.len(), got: exported.len() });
        }
        secret.copy_from_slice(&exported);
        Ok(secret)
    }

    /// The secret from which the keys of this epoch's frames follow (RFC 9605 §5.2).
    pub fn frame_base(&self) -> Result<FrameBase, ExportError> {
        let base: Zeroizing<[u8; BASE_BYTES]> = self.export(BASE_LABEL, &[])?;
        Ok(FrameBase::from_bytes(&base))
    }

    /// This epoch as the tape and the custodians' shares name it.
    pub fn epoch_name(&self) -> Result<EpochName, ExportError> {
        let members = self.seats.iter().map(|seat| (seat.leaf, seat.device)).collect();
        Ok(EpochName {
            desk: self.place.desk,
            package: self.place.package,
            place: EpochPlace { group: Digest::of(self.id()), epoch: self.epoch() },
            roster: Roster::new(members)?.digest()?,
        })
    }

    /// The seed from which every member deals this epoch's frame base alike.
    pub fn dealing_stream(&self) -> Result<DealingStream, ExportError> {
        let context = stream_context(&self.epoch_name()?)?;
        let seed: Zeroizing<[u8; STREAM_BYTES]> = self.export(STREAM_LABEL, &context)?;
        Ok(DealingStream::from_bytes(&seed))
    }

    /// What all members of this epoch have alike.
    pub fn authenticator(&self) -> Result<EpochAuthenticator, ExportError> {
        let found = self.mls.epoch_authenticator().as_slice();
        <[u8; AUTHENTICATOR_BYTES]>::try_from(found)
            .map(EpochAuthenticator)
            .map_err(|_| ExportError::Length { expected: AUTHENTICATOR_BYTES, got: found.len() })
    }

    /// Signs something of ours with the leaf's key: a statement that holds outside the group. It begins with a label of
    /// its own, as no MLS signature does.
    pub(crate) fn sign_beside(&self, covered: &[u8]) -> [u8; 64] {
        self.signer.sign_beside(covered)
    }

    /// The group's public side for the server: an MLS GroupInfo with the tree.
    pub fn group_info(&self) -> Result<Vec<u8>, ExportError> {
        let info = self.mls.export_group_info(self.provider.crypto(), &self.signer, true);
        let info = info.map_err(|error| ExportError::Mls(error.to_string()))?;
        info.to_bytes().map_err(|error| ExportError::Mls(error.to_string()))
    }
}
