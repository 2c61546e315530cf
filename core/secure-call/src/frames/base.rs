//! The secret of one epoch from which the key of every frame of that epoch follows (RFC 9605 §5.2).

use std::fmt;

use chancery_seal::frame_header::KeyId;
use sframe::{
    CipherSuite,
    error::SframeError,
    key::{DecryptionKey, EncryptionKey},
};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Label for the MLS exporter, with an empty context (RFC 9605 §5.2).
pub const BASE_LABEL: &str = "SFrame 1.0 Base Key";

/// What the exporter is asked for: the suite's key (RFC 9605 §4.5).
pub const BASE_BYTES: usize = 32;

/// AES-256-GCM with SHA-512 and nothing else.
const SUITE: CipherSuite = CipherSuite::AesGcm256Sha512;

/// The epoch's secret, the same for all members. Wiped when dropped, in no debug output.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct FrameBase([u8; BASE_BYTES]);

impl FrameBase {
    /// Takes the bytes as exported, or as the custodians' shares gave them.
    pub fn from_bytes(bytes: &[u8; BASE_BYTES]) -> Self {
        Self(*bytes)
    }

    /// The bytes, for dealing them and for handing them to the frame worker; for nothing else.
    pub fn expose(&self) -> &[u8; BASE_BYTES] {
        &self.0
    }

    pub(super) fn sealing_key(&self, id: KeyId) -> Result<EncryptionKey, SframeError> {
        EncryptionKey::derive_from(SUITE, id.number(), self.0.as_slice())
    }

    pub(crate) fn opening_key(&self, id: KeyId) -> Result<DecryptionKey, SframeError> {
        DecryptionKey::derive_from(SUITE, id.number(), self.0.as_slice())
    }
}

impl fmt::Debug for FrameBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FrameBase")
    }
}
