//! One device of the invented desk: a real signing key, and a receiving key of the right length that nobody wraps to.

use chancery_log::id::{DeviceId, PersonId};
use chancery_seal::device::{DeviceCert, DeviceKeys, RECEIVE_KEY_BYTES};
use ed25519_dalek::SigningKey;
use serde_bytes::ByteBuf;

/// A person with one device.
pub(crate) struct Voice {
    pub(crate) person: PersonId,
    pub(crate) device: DeviceId,
    pub(crate) key: SigningKey,
    keys: DeviceKeys,
}

impl Voice {
    /// The same person and device for the same number, in every run.
    pub(crate) fn new(number: u16) -> Self {
        let [high, low] = number.to_be_bytes();
        let key = SigningKey::from_bytes(&filled(high, low));
        let mut receives = vec![0; RECEIVE_KEY_BYTES];
        receives.splice(..2, [high, low]);
        let keys = DeviceKeys { signs: key.verifying_key().to_bytes(), receives: ByteBuf::from(receives) };
        Self { person: PersonId(filled(high, low)), device: keys.id(), key, keys }
    }

    /// What an approval approves.
    pub(crate) fn cert(&self) -> DeviceCert {
        DeviceCert { person: self.person, keys: self.keys.clone() }
    }

    /// The public half.
    pub(crate) fn keys(&self) -> DeviceKeys {
        self.keys.clone()
    }
}

/// Bytes that begin with a number.
pub(crate) fn filled<const N: usize>(high: u8, low: u8) -> [u8; N] {
    let mut bytes = [1; N];
    for (to, from) in bytes.iter_mut().zip([high, low]) {
        *to = from;
    }
    bytes
}
