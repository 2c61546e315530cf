//! Vault generations as the log states them: a commitment to the secret, the readers, and what they were wrapped to.

use chancery_log::id::{DeviceId, Digest, GenerationNumber, OfficeId, PersonId, Vault};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

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
