//! The shares of a tape as a body: of one epoch where it is dealt, of many where a tape is asked for or shares are released.

use chancery_log::{
    cbor::{self, CborError},
    id::{DeskId, DeviceId, Digest, PackageId, PersonId},
};
use serde::{Deserialize, Serialize};

use crate::{
    sealed::BODY_BYTES_MAX,
    shares::{SHARES_MAX, SealedShare},
    tape::epoch::{EpochName, EpochPlace},
    vault::{Reader, WrappedTo},
};

/// The version of the body that this build writes.
pub const TAPE_SHARES_VERSION: u8 = 1;

/// Epochs of one body. A longer tape is asked for in parts.
pub const EPOCHS_MAX: usize = 2_048;

/// One share, and what binds the dealer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommittedShare {
    /// Binds to the share in clear (docs/tape.md, "Dealing").
    pub commitment: Digest,
    /// The share, sealed to a custodian's vault or, when released, to a device.
    pub share: SealedShare,
}

/// The shares of one epoch: all of them as dealt, or the one that a custodian releases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochShares {
    /// SHA-256 of the MLS group id.
    pub group: Digest,
    /// The epoch.
    pub epoch: u64,
    /// Digest of the epoch's roster.
    pub roster: Digest,
    /// m.
    pub needed: u8,
    /// Binds to the epoch's base.
    pub base: Digest,
    /// In the order of their places.
    pub shares: Vec<CommittedShare>,
}

/// A body of kind `TapeShares`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TapeShares {
    version: u8,
    epochs: Vec<EpochShares>,
}

/// What an act states about one epoch's dealing.
#[derive(Debug, Clone, Copy)]
pub struct StatedDealing<'a> {
    /// Group and epoch.
    pub place: EpochPlace,
    /// m.
    pub needed: u8,
    /// Binds to the base.
    pub base: Digest,
    /// To whom, in order, and what binds to each share.
    pub shares: &'a [(WrappedTo, Digest)],
}

/// Why bytes are not the shares that an act names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TapeSharesError {
    /// Larger than any body may be.
    #[error("a body has at most {BODY_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// Not the expected CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// A version that this build does not know.
    #[error(
        "expected tape shares version {TAPE_SHARES_VERSION}, got {0}: a newer build wrote them; update this one"
    )]
    Version(u8),
    /// None, or too many.
    #[error("a body has shares of 1 to {EPOCHS_MAX} epochs, this one of {0}")]
    Epochs(usize),
    /// None, or too many.
    #[error("epoch {epoch} has 1 to {SHARES_MAX} shares, here are {got}")]
    Count {
        /// The epoch.
        epoch: u64,
        /// How many.
        got: usize,
    },
    /// Out of order, or twice.
    #[error("epochs must be sorted, none twice: {0} is not after the one before it")]
    EpochOrder(u64),
    /// Out of order, or twice.
    #[error("shares of epoch {epoch} must be sorted, none twice: {x} is not after the one before it")]
    ShareOrder {
        /// The epoch.
        epoch: u64,
        /// The place.
        x: u8,
    },
    /// It is not what the act states.
    #[error("the body is not the dealing of epoch {epoch} that the act states: {what} differ")]
    Stated {
        /// The epoch that the act states.
        epoch: u64,
        /// What differs.
        what: &'static str,
    },
    /// A share of a release goes to somebody else than the device that asked.
    #[error("share {x} of epoch {epoch} is not to the device that asked")]
    NotToAsker {
        /// The epoch.
        epoch: u64,
        /// The place.
        x: u8,
    },
    /// A release with more than the releasing custodian's share.
    #[error("a release has one share of epoch {epoch}, this one has {got}")]
    NotOne {
        /// The epoch.
        epoch: u64,
        /// How many.
        got: usize,
    },
}

impl EpochShares {
    /// Group and epoch.
    pub fn place(&self) -> EpochPlace {
        EpochPlace { group: self.group, epoch: self.epoch }
    }

    /// The epoch's full name, in this call.
    pub fn name(&self, desk: DeskId, package: PackageId) -> EpochName {
        EpochName { desk, package, place: self.place(), roster: self.roster }
    }

    /// The share of this custodian, in a dealing.
    pub fn of(&self, custodian: PersonId) -> Option<&CommittedShare> {
        self.shares.iter().find(|dealt| dealt.share.to.reader == Reader::Person(custodian))
    }

    /// The share at this place.
    pub fn at(&self, x: u8) -> Option<&CommittedShare> {
        self.shares.iter().find(|dealt| dealt.share.x == x)
    }

    fn check(&self) -> Result<(), TapeSharesError> {
        let (epoch, got) = (self.epoch, self.shares.len());
        if got == 0 || got > SHARES_MAX {
            return Err(TapeSharesError::Count { epoch, got });
        }
        let mut before = 0;
        for CommittedShare { share: SealedShare { x, .. }, .. } in &self.shares {
            if *x <= before {
                return Err(TapeSharesError::ShareOrder { epoch, x: *x });
            }
            before = *x;
        }
        Ok(())
    }
}

impl TapeShares {
    /// Takes epochs in any order.
    pub fn new(mut epochs: Vec<EpochShares>) -> Result<Self, TapeSharesError> {
        epochs.sort_by_key(EpochShares::place);
        Self::checked(epochs)
    }

    fn checked(epochs: Vec<EpochShares>) -> Result<Self, TapeSharesError> {
        if epochs.is_empty() || epochs.len() > EPOCHS_MAX {
            return Err(TapeSharesError::Epochs(epochs.len()));
        }
        for epoch in &epochs {
            epoch.check()?;
        }
        for (before, next) in epochs.iter().zip(epochs.iter().skip(1)) {
            if before.place() >= next.place() {
                return Err(TapeSharesError::EpochOrder(next.epoch));
            }
        }
        Ok(Self { version: TAPE_SHARES_VERSION, epochs })
    }

    /// Reads a body of kind `TapeShares`, strictly.
    pub fn read(bytes: &[u8]) -> Result<Self, TapeSharesError> {
        if bytes.len() > BODY_BYTES_MAX {
            return Err(TapeSharesError::TooLong(bytes.len()));
        }
        let body: Self = cbor::decode("the shares of a tape", bytes)?;
        if body.version != TAPE_SHARES_VERSION {
            return Err(TapeSharesError::Version(body.version));
        }
        Self::checked(body.epochs)
    }

    /// The body's bytes.
    pub fn encode(&self) -> Result<Vec<u8>, TapeSharesError> {
        let bytes = cbor::encode("the shares of a tape", self)?;
        if bytes.len() > BODY_BYTES_MAX { Err(TapeSharesError::TooLong(bytes.len())) } else { Ok(bytes) }
    }

    /// By group and epoch.
    pub fn epochs(&self) -> &[EpochShares] {
        &self.epochs
    }

    /// Whether this is the one dealing that an act states.
    pub fn check_dealing(&self, stated: &StatedDealing<'_>) -> Result<&EpochShares, TapeSharesError> {
        let differs = |what| TapeSharesError::Stated { epoch: stated.place.epoch, what };
        let [dealt] = self.epochs.as_slice() else { return Err(differs("the epochs")) };
        if dealt.place() != stated.place {
            return Err(differs("the epochs"));
        }
        if dealt.needed != stated.needed {
            return Err(differs("the numbers of custodians"));
        }
        if dealt.base != stated.base {
            return Err(differs("the commitments to the base"));
        }
        let shares = dealt.shares.iter().map(|dealt| (dealt.share.x, dealt.share.to, dealt.commitment));
        let expected = (1..=u8::MAX).zip(stated.shares).map(|(x, (to, commitment))| (x, *to, *commitment));
        if dealt.shares.len() != stated.shares.len() || shares.ne(expected) {
            return Err(differs("the shares"));
        }
        Ok(dealt)
    }

    /// Whether this is a custodian's release to this device: one share of each epoch.
    pub fn check_release(&self, device: DeviceId) -> Result<(), TapeSharesError> {
        let to = WrappedTo { reader: Reader::Device(device), generation: 0 };
        for EpochShares { epoch, shares, .. } in &self.epochs {
            let [released] = shares.as_slice() else {
                return Err(TapeSharesError::NotOne { epoch: *epoch, got: shares.len() });
            };
            if released.share.to != to {
                return Err(TapeSharesError::NotToAsker { epoch: *epoch, x: released.share.x });
            }
        }
        Ok(())
    }
}
