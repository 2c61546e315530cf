//! The public half of a device: what its approval puts into the log.

use chancery_log::id::{DeviceId, PersonId};
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

impl DeviceKeys {
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
