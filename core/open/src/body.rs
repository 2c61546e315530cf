//! Sealing and opening bodies: padded plaintext under AES-256-GCM, one key per body.

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use chancery_log::{
    act::{BodyKind, BodyRef},
    cbor::{self, CborError},
    id::{GenerationNumber, Vault},
};
use chancery_seal::{
    body::Body,
    sealed::{self, BODY_BYTES_MAX, BodyContext, SALT_BYTES, SEALED_OVERHEAD_BYTES, SealedBody, SealedError},
};
use rand_core::CryptoRng;
use zeroize::{Zeroize, Zeroizing};

use crate::generation::GenerationSecret;

/// Bytes before the plaintext that say its length, big-endian.
const LENGTH_BYTES: usize = 4;

/// Up to here padded lengths are multiples of [`SMALL_STEP_BYTES`].
const SMALL_MAX_BYTES: usize = 1024;
const SMALL_STEP_BYTES: usize = 64;

/// Above it a power of two is divided into this many steps: at most an eighth is padding.
const STEPS_PER_DOUBLING: usize = 8;

/// The longest plaintext of a body: the largest padded length that leaves a body under [`BODY_BYTES_MAX`].
pub const PLAINTEXT_BYTES_MAX: usize = BODY_BYTES_MAX / 16 * 15 - LENGTH_BYTES;

const _: () = assert!(PLAINTEXT_BYTES_MAX + LENGTH_BYTES + SEALED_OVERHEAD_BYTES <= BODY_BYTES_MAX);

/// Why a body could not be sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// More words than a body holds.
    #[error("a body holds at most {PLAINTEXT_BYTES_MAX} bytes, this text has {0}: split it")]
    TooLong(usize),
    /// The body or its context could not be encoded.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// The cipher refused, which it does for no length of ours.
    #[error("AES-256-GCM could not seal")]
    Cipher,
    /// What came out is not a sealed body.
    #[error(transparent)]
    Sealed(#[from] SealedError),
}

/// Why a body does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Other bytes than the act names.
    #[error(transparent)]
    Sealed(#[from] SealedError),
    /// The act says that the body is something else, or sealed elsewhere.
    #[error("expected a body sealed under generation {generation} of {vault}, the act names {got:?}")]
    Kind {
        /// Expected.
        vault: Vault,
        /// Expected.
        generation: GenerationNumber,
        /// In the act.
        got: BodyKind,
    },
    /// Another key, another place in the log, or changed bytes: nobody can tell which.
    #[error("the body does not open: another key, another place than it was sealed for, or changed bytes")]
    Cipher,
    /// It opened, but its author did not pad it as everybody does.
    #[error("the body opened, but its padding is not as it must be")]
    Padding,
    /// It opened, but holds something else.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// It holds a vault's earlier secret, which is not for reading: `chain.rs` opens it.
    #[error("the body holds an earlier secret of a vault, where words were expected")]
    NotWords,
}

/// The padded length for this many bytes: so that a body's length tells little about its words.
fn padded(bytes: usize) -> usize {
    if bytes <= SMALL_MAX_BYTES {
        return bytes.max(1).next_multiple_of(SMALL_STEP_BYTES);
    }
    bytes.next_multiple_of(bytes.next_power_of_two() / 2 / STEPS_PER_DOUBLING)
}

/// Seals words. The salt comes from `rng`, and with it a key for this body alone.
pub fn seal(
    secret: &GenerationSecret,
    context: &BodyContext,
    body: &Body,
    rng: &mut impl CryptoRng,
) -> Result<SealedBody, SealError> {
    seal_bytes(secret, context, &Zeroizing::new(cbor::encode("a body", body)?), rng)
}

/// Seals bytes that are not a [`Body`].
pub fn seal_bytes(
    secret: &GenerationSecret,
    context: &BodyContext,
    plaintext: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<SealedBody, SealError> {
    let length = match u32::try_from(plaintext.len()) {
        Ok(length) if plaintext.len() <= PLAINTEXT_BYTES_MAX => length,
        Ok(_) | Err(_) => return Err(SealError::TooLong(plaintext.len())),
    };
    let size = padded(LENGTH_BYTES + plaintext.len());
    let mut message = Zeroizing::new(Vec::with_capacity(size));
    message.extend_from_slice(&length.to_be_bytes());
    message.extend_from_slice(plaintext);
    message.resize(size, 0);

    let mut salt = [0; SALT_BYTES];
    rng.fill_bytes(&mut salt);
    let aad = context.associated_data()?;
    let ciphertext = cipher(secret, context, &salt)?
        .encrypt(&Nonce::default(), Payload { msg: &message, aad: &aad })
        .map_err(|_| SealError::Cipher)?;
    Ok(SealedBody::assemble(salt, &ciphertext)?)
}

/// Opens words: first the bytes against the act, then the key, then the shape.
pub fn open(
    secret: &GenerationSecret,
    context: &BodyContext,
    body: &SealedBody,
    named: &BodyRef,
) -> Result<Body, OpenError> {
    let plaintext = open_bytes(secret, context, body, named)?;
    let mut body = cbor::decode("a body", &plaintext)?;
    if let Body::PreviousGeneration(secret) = &mut body {
        secret.zeroize();
        return Err(OpenError::NotWords);
    }
    Ok(body)
}

/// Opens bytes that are not a [`Body`].
pub fn open_bytes(
    secret: &GenerationSecret,
    context: &BodyContext,
    body: &SealedBody,
    named: &BodyRef,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (vault, generation) = (context.under.vault, context.under.number);
    if named.kind != BodyKind::Sealed(vault, generation) {
        return Err(OpenError::Kind { vault, generation, got: named.kind });
    }
    sealed::check(body.bytes(), named)?;
    let aad = context.associated_data()?;
    let message = cipher(secret, context, body.salt())?
        .decrypt(&Nonce::default(), Payload { msg: body.ciphertext(), aad: &aad })
        .map(Zeroizing::new)
        .map_err(|_| OpenError::Cipher)?;
    let (length, rest) = message.split_first_chunk::<LENGTH_BYTES>().ok_or(OpenError::Padding)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| OpenError::Padding)?;
    let (plaintext, padding) = rest.split_at_checked(length).ok_or(OpenError::Padding)?;
    if padding.iter().any(|byte| *byte != 0) || message.len() != padded(LENGTH_BYTES + length) {
        return Err(OpenError::Padding);
    }
    Ok(Zeroizing::new(plaintext.to_vec()))
}

fn cipher(
    secret: &GenerationSecret,
    context: &BodyContext,
    salt: &[u8; SALT_BYTES],
) -> Result<Aes256Gcm, CborError> {
    let key = secret.body_key(salt, &context.under)?;
    let key = Zeroizing::new(aes_gcm::Key::<Aes256Gcm>::from(*key));
    Ok(Aes256Gcm::new(&key))
}
