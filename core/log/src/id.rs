//! The names of things: random or derived bytes, never words, so that the log says nothing to who reads it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What is wrong with the text of an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} hexadecimal characters for a {what}, got {got:?}")]
pub struct IdText {
    /// The type of id that was expected.
    pub what: &'static str,
    /// How many hexadecimal characters it has.
    pub expected: usize,
    /// The text that came, cut to 80 characters.
    pub got: String,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = IdText;
            fn from_str(text: &str) -> Result<Self, IdText> {
                let mut bytes = [0; $len];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| IdText {
                    what: stringify!($name),
                    expected: $len * 2,
                    got: text.chars().take(80).collect(),
                })?;
                Ok(Self(bytes))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                if to.is_human_readable() {
                    to.collect_str(self)
                } else {
                    to.serialize_bytes(&self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                if from.is_human_readable() {
                    String::deserialize(from)?.parse().map_err(de::Error::custom)
                } else {
                    let bytes = serde_bytes::ByteBuf::deserialize(from)?;
                    <[u8; $len]>::try_from(bytes.as_slice()).map(Self).map_err(|_| {
                        de::Error::invalid_length(bytes.len(), &concat!($len, " bytes"))
                    })
                }
            }
        }
    };
}

id!(
    /// One installation. Drawn at random when the desk is founded.
    DeskId, 16
);
id!(
    /// One person of the desk's staff, principals and custodians included.
    PersonId, 16
);
id!(
    /// One device: the SHA-256 of its public keys (docs/seal.md, "Device keys"), so an id cannot be put on other keys.
    DeviceId, 32
);
id!(
    /// One invitation for a new device.
    InvitationId, 16
);
id!(
    /// One office: a named group of people who read the same things.
    OfficeId, 16
);
id!(
    /// One counterpart.
    CounterpartId, 16
);
id!(
    /// One direct line handed to a counterpart.
    DirectLineId, 16
);
id!(
    /// One call package or debrief package.
    PackageId, 16
);
id!(
    /// One party on one call.
    PartyId, 16
);
id!(
    /// One commitment.
    CommitmentId, 16
);
id!(
    /// One due-out.
    DueOutId, 16
);
id!(
    /// One clearance asked of an office.
    ClearanceId, 16
);
id!(
    /// One readout.
    ReadoutId, 16
);
id!(
    /// A SHA-256 digest. Of an act: of the received COSE_Sign1 bytes. Of a leaf: the RFC 6962 leaf hash.
    Digest, 32
);

impl Digest {
    /// All zeros: stands where there is no previous leaf.
    pub const NONE: Self = Self([0; 32]);

    /// SHA-256 of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(bytes).into())
    }
}

/// The chain of acts that a device must hold whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// People, devices, roles, offices, rules, duty, counterparts.
    Trust,
    /// Everything of one call or one debrief.
    Package(PackageId),
}

/// A set of readers and the key they share. A vault has no id of its own: it is named by what it belongs to,
/// so that one can not be passed off as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Vault {
    /// Read by that person's devices.
    Person(PersonId),
    /// Read by the office's members through their person vaults.
    Office(OfficeId),
    /// Read by persons and offices.
    Package(PackageId),
}

/// The key of a vault changes by generations, counted from 1.
pub type GenerationNumber = u32;

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trust => f.write_str("trust"),
            Self::Package(package) => write!(f, "package {package}"),
        }
    }
}

impl fmt::Display for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(person) => write!(f, "the vault of person {person}"),
            Self::Office(office) => write!(f, "the vault of office {office}"),
            Self::Package(package) => write!(f, "the vault of package {package}"),
        }
    }
}
