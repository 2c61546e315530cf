//! Vault generations as the log states them: a commitment to the secret, the readers, and what they were wrapped to.

use chancery_log::id::{DeskId, DeviceId, Digest, GenerationNumber, OfficeId, PersonId, Vault};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::device::RECEIVE_KEY_BYTES;

/// Who can open a vault: a person vault has devices, an office vault persons, a package vault persons and offices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reader {
    /// A device, by its own receiving key.
    Device(DeviceId),
    /// A person, by the receiving key of the person vault.
    Person(PersonId),
    /// An office, by the receiving key of the office vault.
    Office(OfficeId),
}

impl Reader {
    /// The vault whose receiving key this reader's wraps are sealed to; none for a device, which has its own.
    pub fn vault(self) -> Option<Vault> {
        match self {
            Self::Device(_) => None,
            Self::Person(person) => Some(Vault::Person(person)),
            Self::Office(office) => Some(Vault::Office(office)),
        }
    }
}

/// One reader of a generation, and to which generation of the reader's own vault the wrap was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrappedTo {
    /// The reader.
    pub reader: Reader,
    /// Generation of the reader's vault, 0 for a device.
    pub generation: GenerationNumber,
}

/// What the log says about one generation of a vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Generation {
    /// Counted from 1.
    pub number: GenerationNumber,
    /// Binds the maker to one secret (docs/seal.md, "Commitment").
    pub commitment: Digest,
    /// The vault's X-Wing public key in this generation; empty for a package vault, to which nobody wraps.
    pub receives: ByteBuf,
    /// Everybody it is wrapped to, sorted, none twice. The wraps are in the act's body of kind `Wraps`.
    pub readers: Vec<WrappedTo>,
    /// The previous generation's secret is sealed under this one, in the act's body after the wraps.
    /// False for the first generation, and when a reader is added "from now on".
    pub chained: bool,
}

/// The full name of one generation: bound into everything that is derived from its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GenerationName {
    /// The desk.
    pub desk: DeskId,
    /// The vault.
    pub vault: Vault,
    /// The generation, from 1.
    pub number: GenerationNumber,
}

/// What is wrong with a generation, as far as it shows without a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GenerationError {
    /// Generations are counted from 1.
    #[error("generations are counted from 1, got 0")]
    Zero,
    /// Nothing comes before the first.
    #[error("the first generation cannot hold the secret of one before it")]
    FirstChained,
    /// A vault that nobody can open.
    #[error("{0} would have no reader")]
    NoReader(Vault),
    /// More than one act can carry.
    #[error("a generation has at most {READERS_MAX} readers, this one has {0}; put them into an office")]
    TooManyReaders(usize),
    /// Out of order, or twice.
    #[error("readers must be sorted, none twice: {0:?} is not after the one before it")]
    Order(Reader),
    /// A reader that this kind of vault does not have.
    #[error("{vault} cannot be read by {reader:?}")]
    WrongReader {
        /// The vault.
        vault: Vault,
        /// The reader.
        reader: Reader,
    },
    /// A device has no generations, everybody else has them from 1.
    #[error("{reader:?} cannot be wrapped to in generation {generation}")]
    WrongReaderGeneration {
        /// The reader.
        reader: Reader,
        /// What was said.
        generation: GenerationNumber,
    },
    /// The public key's length does not fit the vault.
    #[error("expected a receiving key of {expected} bytes for {vault}, got {got}")]
    Receives {
        /// The vault.
        vault: Vault,
        /// What it must be.
        expected: usize,
        /// What came.
        got: usize,
    },
}

/// The most readers of one vault: their wraps fit one body, and their names one act.
pub const READERS_MAX: usize = 512;

/// Whether a list of readers may stand in an act about this vault.
pub fn check_readers(vault: Vault, readers: &[WrappedTo]) -> Result<(), GenerationError> {
    if readers.is_empty() {
        return Err(GenerationError::NoReader(vault));
    }
    if readers.len() > READERS_MAX {
        return Err(GenerationError::TooManyReaders(readers.len()));
    }
    let mut before: Option<Reader> = None;
    for WrappedTo { reader, generation } in readers.iter().copied() {
        if before.is_some_and(|before| before >= reader) {
            return Err(GenerationError::Order(reader));
        }
        before = Some(reader);
        let fits = match (vault, reader) {
            (Vault::Person(_), Reader::Device(_))
            | (Vault::Office(_), Reader::Person(_))
            | (Vault::Package(_), Reader::Person(_) | Reader::Office(_)) => true,
            (Vault::Person(_), Reader::Person(_) | Reader::Office(_))
            | (Vault::Office(_), Reader::Device(_) | Reader::Office(_))
            | (Vault::Package(_), Reader::Device(_)) => false,
        };
        if !fits {
            return Err(GenerationError::WrongReader { vault, reader });
        }
        if reader.vault().is_some() == (generation == 0) {
            return Err(GenerationError::WrongReaderGeneration { reader, generation });
        }
    }
    Ok(())
}

/// Bytes of the public key that a generation of this vault publishes: nobody wraps to a package.
pub fn receive_key_bytes(vault: Vault) -> usize {
    match vault {
        Vault::Person(_) | Vault::Office(_) => RECEIVE_KEY_BYTES,
        Vault::Package(_) => 0,
    }
}

impl Generation {
    /// Everything that shows without a key: number, readers, length of the public key.
    pub fn check(&self, vault: Vault) -> Result<(), GenerationError> {
        if self.number == 0 {
            return Err(GenerationError::Zero);
        }
        if self.number == 1 && self.chained {
            return Err(GenerationError::FirstChained);
        }
        let (expected, got) = (receive_key_bytes(vault), self.receives.len());
        if expected != got {
            return Err(GenerationError::Receives { vault, expected, got });
        }
        check_readers(vault, &self.readers)
    }
}
