//! Dealing an epoch's frame base to the custodians, so that every member deals the same and sees a false one; putting it
//! together again.

use std::fmt;

use chancery_log::{
    cbor::{self, CborError},
    id::{Digest, PersonId},
};
use chancery_open::shares::{self, CombineError, CustodianKey, DealError, OpenedShare};
use chancery_seal::{
    shares::Dealt,
    tape::{
        dealt::{CommittedShare, EpochShares},
        epoch::{EpochName, EpochPlace},
    },
    vault::WrappedTo,
};
use hkdf::Hkdf;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use serde_bytes::Bytes;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::frames::base::{BASE_BYTES, FrameBase};

/// Label for the MLS exporter; its context is [`stream_context`].
pub const STREAM_LABEL: &str = "chancery tape dealing";

/// What the exporter is asked for: a seed of ChaCha20.
pub const STREAM_BYTES: usize = 32;

const COMMITMENT_LABEL: &str = "chancery/tape-base/1";

/// Context for the MLS exporter: the name of the epoch, so that every item that is dealt for is in the stream.
pub fn stream_context(name: &EpochName) -> Result<Vec<u8>, CborError> {
    let EpochName { desk, package, place, roster } = name;
    cbor::encode("a dealing's context", &(STREAM_LABEL, desk, package, place.group, place.epoch, roster))
}

/// Seed of all randomness of one dealing, the same for all members. Wiped when dropped, in no debug output.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DealingStream([u8; STREAM_BYTES]);

impl DealingStream {
    /// Takes the bytes as exported.
    pub fn from_bytes(bytes: &[u8; STREAM_BYTES]) -> Self {
        Self(*bytes)
    }
}

impl fmt::Debug for DealingStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DealingStream")
    }
}

/// What all members know alike, and from which a dealing follows byte by byte.
pub struct DealingTerms<'a> {
    /// The epoch whose base is dealt.
    pub name: EpochName,
    /// The base.
    pub base: &'a FrameBase,
    /// The seed.
    pub stream: &'a DealingStream,
    /// m: how many together open the tape.
    pub needed: u8,
    /// The custodians' person vaults as they stand where the dealing is logged, in the order of the desk's rules.
    pub custodians: &'a [CustodianKey<'a>],
}

/// Why a posted dealing is not the one that follows from the epoch. Each is an alarm: somebody deals who should not, or to
/// whom should not be dealt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FalseDealing {
    /// Of another epoch or group.
    #[error("expected the dealing of epoch {}, the posted one is of epoch {}", .expected.epoch, .got.epoch)]
    Epoch {
        /// The epoch that the device is in.
        expected: EpochPlace,
        /// What was posted.
        got: EpochPlace,
    },
    /// It names other members.
    #[error("the dealing names other members than the group has")]
    Roster,
    /// Fewer or more are needed than the desk's rules say.
    #[error("the tape is to open with {expected} custodians, it was dealt to open with {got}")]
    Needed {
        /// By the rules.
        expected: u8,
        /// As posted.
        got: u8,
    },
    /// Another number of shares.
    #[error("expected shares for {expected} custodians, got {got}")]
    Custodians {
        /// By the rules.
        expected: usize,
        /// As posted.
        got: usize,
    },
    /// A share goes to somebody else, or to another generation of a vault.
    #[error("share {x} goes to {got:?} instead of {expected:?}")]
    To {
        /// The share's place.
        x: u8,
        /// By the rules.
        expected: WrappedTo,
        /// As posted.
        got: WrappedTo,
    },
    /// Another base.
    #[error("the dealing commits to another base than the epoch's")]
    Base,
    /// A share that does not follow.
    #[error("share {x} of custodian {custodian} is not the one that follows from the epoch")]
    Share {
        /// The custodian.
        custodian: PersonId,
        /// The share's place.
        x: u8,
    },
    /// This device could not deal by itself to compare.
    #[error(transparent)]
    Deal(#[from] DealError),
}

/// Why shares do not give an epoch's base.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BaseError {
    /// Too few, or they do not fit.
    #[error(transparent)]
    Combine(#[from] CombineError),
    /// The shares are as they were dealt, and give another base than was committed to.
    #[error("the shares are as they were dealt, but epoch {} has another base: it was dealt falsely", .0.place.epoch)]
    Commitment(EpochName),
    /// The name could not be encoded.
    #[error(transparent)]
    Cbor(#[from] CborError),
}

/// What binds a dealing to its base (docs/tape.md, "Dealing").
fn commitment(name: &EpochName, base: &FrameBase) -> Result<Digest, CborError> {
    let EpochName { desk, package, place, roster } = name;
    let parts = (COMMITMENT_LABEL, desk, package, place.group, place.epoch, roster);
    let mut derived = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, base.expose())
        .expand(&cbor::encode("a base's derivation", &parts)?, derived.as_mut_slice())
        // RFC 5869 §2.3 forbids more than 8,160 bytes; 32 always go.
        .map_err(|_| CborError::Shape {
            what: "a base's derivation",
            detail: "HKDF refused a length of 32 bytes".into(),
        })?;
    Ok(Digest::of(&cbor::encode("a base's commitment", &(parts, Bytes::new(derived.as_slice())))?))
}

/// Deals: every member gets the same bytes from the same terms. Nothing of it is secret; the committer posts it.
pub fn deal(terms: &DealingTerms<'_>) -> Result<EpochShares, DealError> {
    let DealingTerms { name, base, stream, needed, custodians } = terms;
    let seed = Zeroizing::new(stream.0);
    let mut rng = ChaCha20Rng::from_seed(*seed);
    let dealt = shares::deal_bytes(base.expose(), Dealt::Epoch(*name), *needed, custodians, &mut rng)?;
    let shares = dealt.shares.all().iter().cloned().zip(dealt.commitments);
    Ok(EpochShares {
        group: name.place.group,
        epoch: name.place.epoch,
        roster: name.roster,
        needed: *needed,
        base: commitment(name, base)?,
        shares: shares.map(|(share, commitment)| CommittedShare { commitment, share }).collect(),
    })
}

/// Whether what was posted is the dealing that follows from the terms; says what is false about it.
pub fn check(posted: &EpochShares, terms: &DealingTerms<'_>) -> Result<(), FalseDealing> {
    let own = deal(terms)?;
    if posted.place() != own.place() {
        return Err(FalseDealing::Epoch { expected: own.place(), got: posted.place() });
    }
    if posted.roster != own.roster {
        return Err(FalseDealing::Roster);
    }
    if posted.needed != own.needed {
        return Err(FalseDealing::Needed { expected: own.needed, got: posted.needed });
    }
    let (expected, got) = (own.shares.len(), posted.shares.len());
    if got != expected {
        return Err(FalseDealing::Custodians { expected, got });
    }
    if posted.base != own.base {
        return Err(FalseDealing::Base);
    }
    for ((own, posted), key) in own.shares.iter().zip(&posted.shares).zip(terms.custodians) {
        let (x, expected, got) = (own.share.x, own.share.to, posted.share.to);
        if expected != got {
            return Err(FalseDealing::To { x, expected, got });
        }
        if own != posted {
            return Err(FalseDealing::Share { custodian: key.custodian, x });
        }
    }
    Ok(())
}

/// Puts an epoch's base together from opened shares, each of which was checked when it was opened, and checks the result.
/// `stated`: what the dealing's act commits to.
pub fn combine(
    name: &EpochName,
    needed: u8,
    stated: &Digest,
    shares: &[OpenedShare],
) -> Result<FrameBase, BaseError> {
    let combined: Zeroizing<[u8; BASE_BYTES]> = shares::combine_bytes(Dealt::Epoch(*name), needed, shares)?;
    let base = FrameBase::from_bytes(&combined);
    if bool::from(commitment(name, &base)?.0.ct_eq(&stated.0)) {
        Ok(base)
    } else {
        Err(BaseError::Commitment(*name))
    }
}
