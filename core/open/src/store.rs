//! Device secrets at rest: under a passphrase (Argon2id, RFC 9106), or under a key of 32 bytes (passkey PRF).

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use argon2::{Algorithm, Argon2, Params, Version};
use chancery_log::cbor::{self, CborError};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf, Bytes};
use zeroize::Zeroizing;

use crate::{
    derive::{Derived, derive},
    device::{DEVICE_SECRET_BYTES, DeviceSecrets},
    hybrid::HybridError,
    labels,
};

/// The version of the blob that this build writes.
pub const STORE_VERSION: u8 = 1;

/// The largest blob that is read.
pub const STORE_BYTES_MAX: usize = 4096;

/// What a new passphrase costs to try: about 0.2 s and 64 MiB.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;

/// The most that a blob may ask for, so that a changed file cannot stop a device.
const MEMORY_KIB_MAX: u32 = 1024 * 1024;
const PASSES_MAX: u32 = 16;
const LANES_MAX: u32 = 16;

/// What opens the secrets.
#[derive(Clone, Copy)]
pub enum Unlock<'a> {
    /// As typed, UTF-8.
    Passphrase(&'a str),
    /// 32 bytes from a passkey (WebAuthn PRF) or another store of keys.
    Key(&'a [u8; 32]),
}

/// Why secrets could not be put to rest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RestError {
    /// Nothing typed.
    #[error("the passphrase is empty")]
    Empty,
    /// Argon2id could not run.
    #[error("Argon2id with {MEMORY_KIB} KiB could not run: {0}")]
    Argon2(String),
    /// The blob could not be encoded.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// The cipher refused, which it does for no length of ours.
    #[error("AES-256-GCM could not seal")]
    Cipher,
}

/// Why secrets could not be taken up again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WakeError {
    /// Larger than a blob may be.
    #[error("sealed device secrets have at most {STORE_BYTES_MAX} bytes, these have {0}")]
    TooLong(usize),
    /// Not the expected CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// A version that this build does not know.
    #[error("expected sealed device secrets version {STORE_VERSION}, got {0}: update this build")]
    Version(u8),
    /// It asks for more than a device can give.
    #[error(
        "the file asks for {memory_kib} KiB, {passes} passes and {lanes} lanes of Argon2id: it was changed"
    )]
    TooCostly {
        /// Memory.
        memory_kib: u32,
        /// Passes.
        passes: u32,
        /// Lanes.
        lanes: u32,
    },
    /// Argon2id could not run.
    #[error("Argon2id could not run with the file's parameters: {0}")]
    Argon2(String),
    /// The passphrase is not the one.
    #[error("the passphrase is wrong, or the file was changed")]
    WrongPassphrase,
    /// The key is not the one.
    #[error("the key is wrong (another passkey?), or the file was changed")]
    WrongKey,
    /// A key was given.
    #[error("these secrets are sealed by a passphrase, and a key was given")]
    NeedsPassphrase,
    /// A passphrase was given.
    #[error("these secrets are sealed by a key, and a passphrase was given")]
    NeedsKey,
    /// It opened, but holds something else.
    #[error("expected {DEVICE_SECRET_BYTES} bytes of device secrets, got {0}")]
    Length(usize),
    /// The seeds were refused.
    #[error(transparent)]
    Hybrid(#[from] HybridError),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
enum Lock {
    Passphrase { memory_kib: u32, passes: u32, lanes: u32 },
    Key {},
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Blob {
    version: u8,
    lock: Lock,
    salt: ByteArray<32>,
    sealed: ByteBuf,
}

/// Seals a device's secrets for its storage. A fresh salt gives a fresh key each time.
pub fn seal_device(
    device: &DeviceSecrets,
    unlock: Unlock<'_>,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, RestError> {
    let mut salt = [0; 32];
    rng.fill_bytes(&mut salt);
    let (lock, key) = match unlock {
        Unlock::Passphrase("") => return Err(RestError::Empty),
        Unlock::Passphrase(passphrase) => {
            let lock = Lock::Passphrase { memory_kib: MEMORY_KIB, passes: PASSES, lanes: LANES };
            (lock, stretch(passphrase, &salt, MEMORY_KIB, PASSES, LANES).map_err(RestError::Argon2)?)
        }
        Unlock::Key(key) => (Lock::Key {}, Zeroizing::new(*key)),
    };
    let aad = associated_data(lock, &salt)?;
    let sealed = cipher(&key, &salt)?
        .encrypt(&Nonce::default(), Payload { msg: device.export().as_slice(), aad: &aad })
        .map_err(|_| RestError::Cipher)?;
    let blob =
        Blob { version: STORE_VERSION, lock, salt: ByteArray::new(salt), sealed: ByteBuf::from(sealed) };
    Ok(cbor::encode("sealed device secrets", &blob)?)
}

/// Opens what [`seal_device`] made.
pub fn open_device(bytes: &[u8], unlock: Unlock<'_>) -> Result<DeviceSecrets, WakeError> {
    if bytes.len() > STORE_BYTES_MAX {
        return Err(WakeError::TooLong(bytes.len()));
    }
    let blob: Blob = cbor::decode("sealed device secrets", bytes)?;
    if blob.version != STORE_VERSION {
        return Err(WakeError::Version(blob.version));
    }
    let (key, wrong) = match (blob.lock, unlock) {
        (Lock::Passphrase { memory_kib, passes, lanes }, Unlock::Passphrase(passphrase)) => {
            if memory_kib > MEMORY_KIB_MAX || passes > PASSES_MAX || lanes > LANES_MAX {
                return Err(WakeError::TooCostly { memory_kib, passes, lanes });
            }
            let key = stretch(passphrase, blob.salt.as_slice(), memory_kib, passes, lanes)
                .map_err(WakeError::Argon2)?;
            (key, WakeError::WrongPassphrase)
        }
        (Lock::Key {}, Unlock::Key(key)) => (Zeroizing::new(*key), WakeError::WrongKey),
        (Lock::Passphrase { .. }, Unlock::Key(_)) => return Err(WakeError::NeedsPassphrase),
        (Lock::Key {}, Unlock::Passphrase(_)) => return Err(WakeError::NeedsKey),
    };
    let aad = associated_data(blob.lock, &blob.salt)?;
    let opened = cipher(&key, &blob.salt)?
        .decrypt(&Nonce::default(), Payload { msg: &blob.sealed, aad: &aad })
        .map(Zeroizing::new)
        .map_err(|_| wrong)?;
    let secrets = <&[u8; DEVICE_SECRET_BYTES]>::try_from(opened.as_slice())
        .map_err(|_| WakeError::Length(opened.len()))?;
    Ok(DeviceSecrets::import(secrets)?)
}

/// The device id is not bound in: it follows from what is sealed.
fn associated_data(lock: Lock, salt: &[u8; 32]) -> Result<Vec<u8>, CborError> {
    cbor::encode("a store's context", &(labels::STORE_KEY, STORE_VERSION, lock, Bytes::new(salt)))
}

fn cipher(key: &[u8; 32], salt: &[u8; 32]) -> Result<Aes256Gcm, CborError> {
    let key = derive(key, salt, &(labels::STORE_KEY,))?;
    let key = Zeroizing::new(aes_gcm::Key::<Aes256Gcm>::from(*key));
    Ok(Aes256Gcm::new(&key))
}

fn stretch(
    passphrase: &str,
    salt: &[u8],
    memory_kib: u32,
    passes: u32,
    lanes: u32,
) -> Result<Derived, String> {
    let mut key = Zeroizing::new([0; 32]);
    let params = Params::new(memory_kib, passes, lanes, Some(key.len())).map_err(|e| e.to_string())?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, key.as_mut_slice())
        .map_err(|e| e.to_string())?;
    Ok(key)
}
