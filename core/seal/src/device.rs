//! The public half of a device: what its approval puts into the log.

use chancery_log::id::{DeviceId, PersonId};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use sha2::{Digest as _, Sha256};

/// Bytes of an X-Wing public key (draft-connolly-cfrg-xwing-kem: ML-KEM-768 1184 ‖ X25519 32).
pub const RECEIVE_KEY_BYTES: usize = 1216;

/// A device's public keys. Its id is computed, never told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceKeys {
    /// Ed25519 public key, 32 bytes: signs acts.
    #[serde(with = "serde_bytes")]
    pub signs: [u8; 32],
    /// X-Wing public key, [`RECEIVE_KEY_BYTES`]: receives wraps.
    pub receives: ByteBuf,
}

/// A device's keys and whose it is: what an approval approves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceCert {
    /// Whose device it is.
    pub person: PersonId,
    /// Its keys.
    pub keys: DeviceKeys,
}

/// What is wrong with a device's public keys, or with something that it should have signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceKeysError {
    /// Not a point of the curve, or one that anybody can sign for.
    #[error("the signing key of device {0} is not an Ed25519 public key")]
    Signs(DeviceId),
    /// Wrong length.
    #[error("expected a receiving key of {RECEIVE_KEY_BYTES} bytes, got {0}")]
    Receives(usize),
    /// Another key's signature, or over other bytes.
    #[error("the answer is not signed by device {0}")]
    Signature(DeviceId),
}

/// How the bytes of a login challenge begin: a CBOR array of six whose first item is the text "chancery/hello/1".
/// What an act's signature covers begins with an array of four and "Signature1", so neither can stand for the other.
pub const CHALLENGE_PREFIX: &[u8] = b"\x86\x70chancery/hello/1";

impl DeviceKeys {
    /// Whether these can be a device's keys at all.
    pub fn check(&self) -> Result<(), DeviceKeysError> {
        if self.receives.len() != RECEIVE_KEY_BYTES {
            return Err(DeviceKeysError::Receives(self.receives.len()));
        }
        self.verifying_key().map(|_| ())
    }

    /// The key that verifies this device's acts.
    pub fn verifying_key(&self) -> Result<VerifyingKey, DeviceKeysError> {
        match VerifyingKey::from_bytes(&self.signs) {
            Ok(key) if !key.is_weak() => Ok(key),
            Ok(_) | Err(_) => Err(DeviceKeysError::Signs(self.id())),
        }
    }

    /// Checks the answer to a login challenge. `challenge` must begin with [`CHALLENGE_PREFIX`].
    pub fn verify_challenge(&self, challenge: &[u8], signature: &[u8; 64]) -> Result<(), DeviceKeysError> {
        let refused = DeviceKeysError::Signature(self.id());
        if !challenge.starts_with(CHALLENGE_PREFIX) {
            return Err(refused);
        }
        self.verifying_key()?.verify_strict(challenge, &Signature::from_bytes(signature)).map_err(|_| refused)
    }

    /// SHA-256("chancery/device/1" ‖ signs ‖ receives): the id is bound to the keys.
    pub fn id(&self) -> DeviceId {
        DeviceId(
            Sha256::new()
                .chain_update(b"chancery/device/1")
                .chain_update(self.signs)
                .chain_update(&self.receives)
                .finalize()
                .into(),
        )
    }
}
