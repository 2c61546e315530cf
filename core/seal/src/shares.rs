//! A secret dealt to custodians, of a vault's generation or of a call's epoch: the bundle of sealed shares, and what binds
//! each to its place.

use chancery_log::{
    cbor::{self, CborError},
    id::{DeviceId, Digest, PersonId},
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

use crate::{
    sealed::BODY_BYTES_MAX,
    tape::epoch::{EpochName, EpochPlace},
    vault::{GenerationName, Reader, WrappedTo},
    wraps::{ENCAPSULATED_BYTES, WRAPPED_SECRET_BYTES},
};

/// The version of the bundle that this build writes.
pub const SHARES_VERSION: u8 = 1;

/// Shamir over GF(256) has 255 places; a desk with more custodians than this has none.
pub const SHARES_MAX: usize = 64;

/// One share, sealed by HPKE: in a dealing to the custodian's person vault, in a release to the recovering device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedShare {
    /// The share's place on the polynomial: 1 for the first custodian of the dealing, and so on.
    pub x: u8,
    /// To whom.
    pub to: WrappedTo,
    /// HPKE's encapsulated key.
    pub enc: ByteArray<ENCAPSULATED_BYTES>,
    /// HPKE's ciphertext over the 32 bytes y.
    pub sealed: ByteArray<WRAPPED_SECRET_BYTES>,
}

/// The shares of one act: 1, 2, 3 … of a dealing, or the one of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shares {
    version: u8,
    shares: Vec<SealedShare>,
}

/// Why bytes are not the shares that an act names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SharesError {
    /// Larger than any body may be.
    #[error("a body has at most {BODY_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// Not the expected CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// A version that this build does not know.
    #[error("expected shares version {SHARES_VERSION}, got {0}: a newer build wrote them; update this one")]
    Version(u8),
    /// None, or too many.
    #[error("a dealing has 1 to {SHARES_MAX} shares, this one {0}")]
    Count(usize),
    /// Not 1, 2, 3 …, or of a release not one.
    #[error("expected share {expected}, got share {got}")]
    Place {
        /// What should stand there.
        expected: u8,
        /// What stands there.
        got: u8,
    },
    /// To somebody else than the act says.
    #[error("share {x} is sealed to {got:?}, the act says to {expected:?}")]
    To {
        /// The share.
        x: u8,
        /// In the act.
        expected: WrappedTo,
        /// In the body.
        got: WrappedTo,
    },
    /// Fewer or more than the act says.
    #[error("the act names {expected} shares, the body holds {got}")]
    Number {
        /// In the act.
        expected: usize,
        /// In the body.
        got: usize,
    },
}

impl Shares {
    /// Puts shares together, in their order.
    pub fn new(shares: Vec<SealedShare>) -> Result<Self, SharesError> {
        if shares.is_empty() || shares.len() > SHARES_MAX {
            return Err(SharesError::Count(shares.len()));
        }
        Ok(Self { version: SHARES_VERSION, shares })
    }

    /// Reads a body of kind `Shares`, strictly.
    pub fn read(bytes: &[u8]) -> Result<Self, SharesError> {
        if bytes.len() > BODY_BYTES_MAX {
            return Err(SharesError::TooLong(bytes.len()));
        }
        let shares: Self = cbor::decode("a bundle of shares", bytes)?;
        if shares.version != SHARES_VERSION {
            return Err(SharesError::Version(shares.version));
        }
        Self::new(shares.shares)
    }

    /// The body's bytes.
    pub fn encode(&self) -> Result<Vec<u8>, CborError> {
        cbor::encode("a bundle of shares", self)
    }

    /// All of them, in order.
    pub fn all(&self) -> &[SealedShare] {
        &self.shares
    }

    /// The share at this place.
    pub fn at(&self, x: u8) -> Option<&SealedShare> {
        self.shares.iter().find(|share| share.x == x)
    }

    /// Whether this is the dealing that an act names: share 1 to the first custodian, and so on.
    pub fn check_dealing(&self, custodians: &[WrappedTo]) -> Result<(), SharesError> {
        if self.shares.len() != custodians.len() {
            return Err(SharesError::Number { expected: custodians.len(), got: self.shares.len() });
        }
        for ((expected, share), to) in (1..=u8::MAX).zip(&self.shares).zip(custodians) {
            check_place(share, expected, *to)?;
        }
        Ok(())
    }

    /// Whether this is the release that an act names: one share, to the recovering device.
    pub fn check_release(&self, x: u8, device: DeviceId) -> Result<(), SharesError> {
        match self.shares.as_slice() {
            [share] => check_place(share, x, WrappedTo { reader: Reader::Device(device), generation: 0 }),
            shares => Err(SharesError::Number { expected: 1, got: shares.len() }),
        }
    }
}

fn check_place(share: &SealedShare, x: u8, to: WrappedTo) -> Result<(), SharesError> {
    if share.x != x {
        return Err(SharesError::Place { expected: x, got: share.x });
    }
    if share.to == to { Ok(()) } else { Err(SharesError::To { x, expected: to, got: share.to }) }
}

/// Whose secret is dealt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dealt {
    /// Of a person's or office's vault, to recover it.
    Generation(GenerationName),
    /// Of an epoch of a call, to open its tape.
    Epoch(EpochName),
}

impl From<GenerationName> for Dealt {
    fn from(name: GenerationName) -> Self {
        Self::Generation(name)
    }
}

impl From<EpochName> for Dealt {
    fn from(name: EpochName) -> Self {
        Self::Epoch(name)
    }
}

/// A share's name: of which dealt secret, whose, at which place. Bound into its commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareName {
    /// Whose secret is dealt.
    pub of: Dealt,
    /// How many shares it takes.
    pub needed: u8,
    /// The custodian.
    pub custodian: PersonId,
    /// The share's place, from 1.
    pub x: u8,
}

/// To whom a share is sealed, and why: HPKE's info.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareTo {
    /// In a dealing, to the custodian's person vault in this generation.
    Custodian {
        /// Generation of the custodian's person vault.
        generation: u32,
    },
    /// In a release, to the device that recovers a vault or opens a tape.
    Recovering {
        /// The device.
        device: DeviceId,
        /// Digest of the act that asked for it.
        recovery: Digest,
    },
}

const COMMITMENT_LABEL: &str = "chancery/share-commitment/1";
const DEALT_LABEL: &str = "chancery/share-dealt/1";
const RELEASED_LABEL: &str = "chancery/share-released/1";
const TAPE_COMMITMENT_LABEL: &str = "chancery/tape-share-commitment/1";
const TAPE_DEALT_LABEL: &str = "chancery/tape-share-dealt/1";
const TAPE_RELEASED_LABEL: &str = "chancery/tape-share-released/1";

impl ShareName {
    /// What the commitment's hash covers before the share's y: a CBOR array (docs/seal.md, "Shares"; docs/tape.md).
    pub fn committed(&self) -> Result<Vec<u8>, CborError> {
        let Self { of, needed, custodian, x } = self;
        let what = "a share's name";
        match of {
            Dealt::Generation(GenerationName { desk, vault, number }) => {
                cbor::encode(what, &(COMMITMENT_LABEL, desk, vault, number, needed, custodian, x))
            }
            Dealt::Epoch(of) => {
                let EpochName { desk, package, place: EpochPlace { group, epoch }, roster } = of;
                let label = TAPE_COMMITMENT_LABEL;
                cbor::encode(what, &(label, desk, package, group, epoch, roster, needed, custodian, x))
            }
        }
    }

    /// HPKE's info for sealing this share.
    pub fn info(&self, to: ShareTo) -> Result<Vec<u8>, CborError> {
        let Self { of, needed, custodian, x } = self;
        let what = "a share's context";
        match (of, to) {
            (Dealt::Generation(of), ShareTo::Custodian { generation }) => {
                let GenerationName { desk, vault, number } = of;
                cbor::encode(what, &(DEALT_LABEL, desk, vault, number, needed, custodian, x, generation))
            }
            (Dealt::Generation(of), ShareTo::Recovering { device, recovery }) => {
                let GenerationName { desk, vault, number } = of;
                let label = RELEASED_LABEL;
                cbor::encode(what, &(label, desk, vault, number, needed, custodian, x, device, recovery))
            }
            (Dealt::Epoch(of), ShareTo::Custodian { generation }) => {
                let EpochName { desk, package, place: EpochPlace { group, epoch }, roster } = of;
                let label = TAPE_DEALT_LABEL;
                let info = (label, desk, package, group, epoch, roster, needed, custodian, x, generation);
                cbor::encode(what, &info)
            }
            (Dealt::Epoch(of), ShareTo::Recovering { device, recovery }) => {
                let EpochName { desk, package, place: EpochPlace { group, epoch }, roster } = of;
                let label = TAPE_RELEASED_LABEL;
                let info =
                    (label, desk, package, group, epoch, roster, needed, custodian, x, device, recovery);
                cbor::encode(what, &info)
            }
        }
    }

    /// The reader as the bundle names it.
    pub fn reader(&self, to: ShareTo) -> WrappedTo {
        match to {
            ShareTo::Custodian { generation } => {
                WrappedTo { reader: Reader::Person(self.custodian), generation }
            }
            ShareTo::Recovering { device, .. } => WrappedTo { reader: Reader::Device(device), generation: 0 },
        }
    }
}
