//! Wrapping a generation's secret to its readers, and unwrapping it.

use chancery_log::cbor::CborError;
use chancery_seal::{
    vault::{Generation, GenerationName, Reader, WrappedTo},
    wraps::{Wrap, WrapContext, Wraps, WrapsError},
};
use rand_core::CryptoRng;

use crate::{
    generation::{CommitmentError, GenerationSecret},
    hybrid::{self, HybridError, ReceivingKey},
};

/// A reader and the public key that the log gives for it.
#[derive(Debug, Clone, Copy)]
pub struct ReaderKey<'a> {
    /// The reader, and the generation of its vault.
    pub to: WrappedTo,
    /// The X-Wing public key of that device or generation.
    pub receives: &'a [u8],
}

/// Why a secret could not be wrapped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrapError {
    /// One reader's key is none.
    #[error("cannot wrap to {reader:?}: {why}")]
    Reader {
        /// The reader.
        reader: Reader,
        /// What is wrong with the key.
        why: HybridError,
    },
    /// No reader, too many, or one twice.
    #[error(transparent)]
    Wraps(#[from] WrapsError),
    /// The context could not be encoded.
    #[error(transparent)]
    Cbor(#[from] CborError),
}

/// Why a secret could not be unwrapped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnwrapError {
    /// The bundle holds no wrap to this reader in this generation.
    #[error("there is no wrap to {:?} in generation {}", .0.reader, .0.generation)]
    NotToReader(WrappedTo),
    /// Another key, another vault, generation or reader than it was made for, or changed bytes.
    #[error("the wrap does not open: another key, another place than it was made for, or changed bytes")]
    Cipher,
    /// It opened, but the log's generation commits to another secret.
    #[error(transparent)]
    Commitment(#[from] CommitmentError),
    /// The context could not be encoded.
    #[error(transparent)]
    Cbor(#[from] CborError),
}

/// Wraps one generation's secret to each of these readers.
pub fn wrap(
    secret: &GenerationSecret,
    of: &GenerationName,
    readers: &[ReaderKey<'_>],
    rng: &mut impl CryptoRng,
) -> Result<Wraps, WrapError> {
    let mut wraps = Vec::with_capacity(readers.len());
    for reader in readers {
        let info = WrapContext { of: *of, to: reader.to }.info()?;
        let capsule = hybrid::seal(secret.expose(), reader.receives, &info, rng)
            .map_err(|why| WrapError::Reader { reader: reader.to.reader, why })?;
        wraps.push(Wrap { to: reader.to, enc: capsule.enc, sealed: capsule.sealed });
    }
    Ok(Wraps::new(wraps)?)
}

/// Opens the wrap to this reader with its key, and checks the secret against the log's generation: from here on it is
/// the secret, not a claim.
pub fn unwrap(
    wraps: &Wraps,
    of: &GenerationName,
    to: WrappedTo,
    key: &ReceivingKey,
    stated: &Generation,
) -> Result<GenerationSecret, UnwrapError> {
    let wrap = wraps.to(to).ok_or(UnwrapError::NotToReader(to))?;
    let info = WrapContext { of: *of, to }.info()?;
    let opened = key.open(&info, &wrap.enc, &wrap.sealed).ok_or(UnwrapError::Cipher)?;
    let secret = GenerationSecret::from_bytes(&opened);
    secret.check(of, stated)?;
    Ok(secret)
}
