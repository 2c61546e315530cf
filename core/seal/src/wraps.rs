//! The wraps of one generation: its secret, sealed to each reader's receiving key, as one body.

use chancery_log::cbor::{self, CborError};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use crate::{
    sealed::BODY_BYTES_MAX,
    vault::{GenerationName, READERS_MAX, WrappedTo},
};

/// The version of the bundle that this build writes.
pub const WRAPS_VERSION: u8 = 1;

/// Bytes of an X-Wing ciphertext: ML-KEM-768 1088 ‖ X25519 32.
pub const ENCAPSULATED_BYTES: usize = 1120;

/// Bytes of a 32-byte secret under AES-256-GCM.
pub const WRAPPED_SECRET_BYTES: usize = 48;

/// One secret of 32 bytes under HPKE to one receiving key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wrap {
    /// To whom.
    pub to: WrappedTo,
    /// HPKE's encapsulated key.
    pub enc: ByteArray<ENCAPSULATED_BYTES>,
    /// HPKE's ciphertext.
    pub sealed: ByteArray<WRAPPED_SECRET_BYTES>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bundle {
    version: u8,
    wraps: Vec<Wrap>,
}

/// All wraps that one act brings, sorted by reader, none twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wraps(Vec<Wrap>);

/// Why bytes are not the wraps that an act names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrapsError {
    /// Larger than any body may be.
    #[error("a body has at most {BODY_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// Not the expected CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// A version that this build does not know.
    #[error("expected wraps version {WRAPS_VERSION}, got {0}: a newer build wrote them; update this one")]
    Version(u8),
    /// More than one act can name.
    #[error("an act brings 1 to {READERS_MAX} wraps, this one {0}")]
    Count(usize),
    /// Out of order, or twice.
    #[error("wraps must be sorted by reader, none twice: {0:?} is not after the one before it")]
    Order(WrappedTo),
    /// The act names other readers.
    #[error("the act names {} readers, the wraps are to {got}; first difference: {first:?}", .expected)]
    Readers {
        /// How many the act names.
        expected: usize,
        /// How many wraps came.
        got: usize,
        /// The first reader that stands in one list only.
        first: WrappedTo,
    },
}

impl Wraps {
    /// Takes wraps in any order.
    pub fn new(mut wraps: Vec<Wrap>) -> Result<Self, WrapsError> {
        wraps.sort_by_key(|wrap| wrap.to);
        Self::checked(wraps)
    }

    fn checked(wraps: Vec<Wrap>) -> Result<Self, WrapsError> {
        if wraps.is_empty() || wraps.len() > READERS_MAX {
            return Err(WrapsError::Count(wraps.len()));
        }
        for (before, wrap) in wraps.iter().zip(wraps.iter().skip(1)) {
            if before.to.reader >= wrap.to.reader {
                return Err(WrapsError::Order(wrap.to));
            }
        }
        Ok(Self(wraps))
    }

    /// Reads a body of kind `Wraps`, strictly.
    pub fn read(bytes: &[u8]) -> Result<Self, WrapsError> {
        if bytes.len() > BODY_BYTES_MAX {
            return Err(WrapsError::TooLong(bytes.len()));
        }
        let bundle: Bundle = cbor::decode("a bundle of wraps", bytes)?;
        if bundle.version != WRAPS_VERSION {
            return Err(WrapsError::Version(bundle.version));
        }
        Self::checked(bundle.wraps)
    }

    /// The body's bytes.
    pub fn encode(&self) -> Result<Vec<u8>, CborError> {
        cbor::encode("a bundle of wraps", &Bundle { version: WRAPS_VERSION, wraps: self.0.clone() })
    }

    /// Whether these are wraps to exactly the readers that the act names, sorted as it must name them.
    pub fn check(&self, named: &[WrappedTo]) -> Result<(), WrapsError> {
        let mut came = self.0.iter().map(|wrap| wrap.to);
        let mut wanted = named.iter().copied();
        loop {
            let first = match (wanted.next(), came.next()) {
                (None, None) => return Ok(()),
                (Some(wanted), Some(came)) if wanted == came => continue,
                (Some(wanted), Some(came)) => wanted.min(came),
                (Some(one), None) | (None, Some(one)) => one,
            };
            return Err(WrapsError::Readers { expected: named.len(), got: self.0.len(), first });
        }
    }

    /// All of them, sorted by reader.
    pub fn all(&self) -> &[Wrap] {
        &self.0
    }

    /// The wrap to this reader in this generation of the reader's vault.
    pub fn to(&self, to: WrappedTo) -> Option<&Wrap> {
        self.0.iter().find(|wrap| wrap.to == to)
    }
}

/// What a wrap is of, and to whom: HPKE's info.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrapContext {
    /// The generation whose secret is wrapped.
    pub of: GenerationName,
    /// The reader.
    pub to: WrappedTo,
}

/// Starts the info of every wrap.
const CONTEXT_LABEL: &str = "chancery/wrap/1";

impl WrapContext {
    /// The info: a CBOR array (docs/seal.md, "Wraps").
    pub fn info(&self) -> Result<Vec<u8>, CborError> {
        cbor::encode(
            "a wrap's context",
            &(CONTEXT_LABEL, self.of.desk, self.of.vault, self.of.number, self.to.reader, self.to.generation),
        )
    }
}
