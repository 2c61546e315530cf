//! What an epoch's members agree on without saying it: the base of the frames' keys, the stream that the tape's dealing is
//! drawn from, the authenticator, the secret of the safety words, the group's public side.

use std::fmt;

use openmls_traits::OpenMlsProvider as _;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    frames::base::{BASE_BYTES, BASE_LABEL, FrameBase},
    group::CallGroup,
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

/// OpenMLS exports nothing: a fault of this build.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the group exports nothing: {0}")]
pub struct ExportError(String);

impl CallGroup {
    /// MLS-Exporter (RFC 9420 §8.5), 32 bytes.
    pub fn export(&self, label: &str, context: &[u8]) -> Result<Zeroizing<[u8; 32]>, ExportError> {
        let exported = self.mls.export_secret(self.provider.crypto(), label, context, 32);
        let exported = Zeroizing::new(exported.map_err(|error| ExportError(error.to_string()))?);
        let mut secret = Zeroizing::new([0; 32]);
        if exported.len() != secret.len() {
            return Err(ExportError(format!("expected 32 bytes, got {}", exported.len())));
        }
        secret.copy_from_slice(&exported);
        Ok(secret)
    }

    /// The secret from which the keys of this epoch's frames follow (RFC 9605 §5.2).
    pub fn frame_base(&self) -> Result<FrameBase, ExportError> {
        let base: Zeroizing<[u8; BASE_BYTES]> = self.export(BASE_LABEL, &[])?;
        Ok(FrameBase::from_bytes(&base))
    }

    /// What all members of this epoch have alike.
    pub fn authenticator(&self) -> Result<EpochAuthenticator, ExportError> {
        let found = self.mls.epoch_authenticator().as_slice();
        <[u8; AUTHENTICATOR_BYTES]>::try_from(found)
            .map(EpochAuthenticator)
            .map_err(|_| ExportError(format!("expected {AUTHENTICATOR_BYTES} bytes, got {}", found.len())))
    }

    /// The group's public side for the server: an MLS GroupInfo with the tree.
    pub fn group_info(&self) -> Result<Vec<u8>, ExportError> {
        let info = self.mls.export_group_info(self.provider.crypto(), &self.signer, true);
        let info = info.map_err(|error| ExportError(error.to_string()))?;
        info.to_bytes().map_err(|error| ExportError(error.to_string()))
    }
}
