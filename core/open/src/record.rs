//! What a device keeps of its own between starts, sealed under a key of the device: docs/seal.md, "Records".

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use chancery_log::cbor::CborError;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{derive::derive, device::DeviceSecrets, labels};

/// The version of sealed records that this build writes.
pub const RECORD_VERSION: u8 = 1;

const SALT_BYTES: usize = 32;

/// Why a record could not be sealed or does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Cut off.
    #[error("a sealed record has more than {SALT_BYTES} bytes, this one has {0}")]
    TooShort(usize),
    /// A version that this build does not know.
    #[error("expected record version {RECORD_VERSION}, got {0}: a newer build wrote it; update this one")]
    Version(u8),
    /// Another device's, under another key, or changed.
    #[error("the record is not this device's, was moved to another place, or was changed")]
    Cipher,
    /// The context could not be encoded.
    #[error(transparent)]
    Cbor(#[from] CborError),
}

/// Seals a record. `place`: the key that it is kept under, bound in, so that records can not be swapped.
pub fn seal(
    secrets: &DeviceSecrets,
    place: &[u8],
    record: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, RecordError> {
    let mut salt = [0; SALT_BYTES];
    rng.fill_bytes(&mut salt);
    let payload = Payload { msg: record, aad: place };
    let sealed =
        cipher(secrets, &salt)?.encrypt(&Nonce::default(), payload).map_err(|_| RecordError::Cipher)?;
    let mut bytes = Vec::with_capacity(1 + SALT_BYTES + sealed.len());
    bytes.push(RECORD_VERSION);
    bytes.extend_from_slice(&salt);
    bytes.extend_from_slice(&sealed);
    Ok(bytes)
}

/// Opens a record from the place that it was kept under.
pub fn open(secrets: &DeviceSecrets, place: &[u8], bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, RecordError> {
    let short = RecordError::TooShort(bytes.len());
    let Some((version, rest)) = bytes.split_first() else { return Err(short) };
    if *version != RECORD_VERSION {
        return Err(RecordError::Version(*version));
    }
    let Some((salt, sealed)) = rest.split_first_chunk::<SALT_BYTES>() else { return Err(short) };
    cipher(secrets, salt)?
        .decrypt(&Nonce::default(), Payload { msg: sealed, aad: place })
        .map(Zeroizing::new)
        .map_err(|_| RecordError::Cipher)
}

/// One key for each record: the salt is random, the nonce stays zero.
fn cipher(secrets: &DeviceSecrets, salt: &[u8; SALT_BYTES]) -> Result<Aes256Gcm, CborError> {
    let key = derive(secrets.export().as_slice(), salt, &(labels::RECORD_KEY, secrets.id()))?;
    let key = Zeroizing::new(aes_gcm::Key::<Aes256Gcm>::from(*key));
    Ok(Aes256Gcm::new(&key))
}
