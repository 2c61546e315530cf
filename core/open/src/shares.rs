//! Dealing a secret to custodians (Shamir over GF(256)), releasing shares, and combining them: of a vault's generation, or
//! of an epoch of a call.

use std::collections::BTreeSet;

use blahaj::{Share, Sharks};
use chancery_log::{
    cbor::CborError,
    id::{DeviceId, Digest, GenerationNumber, PersonId},
};
use chancery_seal::{
    shares::{Dealt, SHARES_MAX, SealedShare, ShareName, ShareTo, Shares, SharesError},
    vault::{Generation, GenerationName},
};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{
    generation::{CommitmentError, GenerationSecret},
    hybrid::{self, HybridError, ReceivingKey},
};

/// A custodian, and the public key that the log gives for the person vault.
#[derive(Debug, Clone, Copy)]
pub struct CustodianKey<'a> {
    /// The custodian.
    pub custodian: PersonId,
    /// Generation of the custodian's person vault.
    pub generation: GenerationNumber,
    /// The X-Wing public key of that generation.
    pub receives: &'a [u8],
}

/// A dealing: the body, and the commitment of each share in the order of the custodians.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dealing {
    /// The body of the act.
    pub shares: Shares,
    /// One for each custodian, in order.
    pub commitments: Vec<Digest>,
}

/// Why a secret could not be dealt, or a share not be released.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DealError {
    /// Nobody, more than all, or more than can be.
    #[error("cannot deal to {custodians} custodians of whom {needed} are needed (at most {SHARES_MAX})")]
    Number {
        /// m.
        needed: u8,
        /// n.
        custodians: usize,
    },
    /// One person would hold two shares.
    #[error("custodian {0} stands there twice")]
    Twice(PersonId),
    /// A custodian's or device's key is none.
    #[error("cannot seal the share of custodian {custodian}: {why}")]
    Key {
        /// The custodian.
        custodian: PersonId,
        /// What is wrong with the key.
        why: HybridError,
    },
    /// The polynomial gave a share of another length, which it never does.
    #[error("share {0} came out with another length than its secret")]
    Length(u8),
    /// The bundle.
    #[error(transparent)]
    Shares(#[from] SharesError),
    /// A context could not be encoded.
    #[error(transparent)]
    Cbor(#[from] CborError),
}

/// Why a share could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// The bundle has no such share, or it is sealed to somebody else.
    #[error("share {x} of custodian {custodian} is not in the bundle")]
    Missing {
        /// The custodian.
        custodian: PersonId,
        /// The share's place.
        x: u8,
    },
    /// Another key, another place than it was sealed for, or changed bytes.
    #[error("share {x} of custodian {custodian} does not open: another key, another place, or changed bytes")]
    Cipher {
        /// The custodian.
        custodian: PersonId,
        /// The share's place.
        x: u8,
    },
    /// It opened, but is not the share that the dealing committed to.
    #[error("share {x} of custodian {custodian} is corrupt: it is not the one that was dealt")]
    Corrupt {
        /// The custodian.
        custodian: PersonId,
        /// The share's place.
        x: u8,
    },
    /// A context could not be encoded.
    #[error(transparent)]
    Cbor(#[from] CborError),
}

/// Why shares do not give the secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CombineError {
    /// Not enough.
    #[error("it takes {needed} custodians, {got} have released their shares")]
    TooFew {
        /// m.
        needed: u8,
        /// How many different shares came.
        got: usize,
    },
    /// From another dealing.
    #[error("share {x} of custodian {custodian} is from another dealing")]
    OtherDealing {
        /// The custodian.
        custodian: PersonId,
        /// The share's place.
        x: u8,
    },
    /// Shares as dealt that do not fit together.
    #[error("the shares are as they were dealt, but give no secret: the dealer dealt wrongly")]
    Interpolation,
    /// They give another secret than the log's generation commits to.
    #[error("the shares are as they were dealt, but give another secret: {0}")]
    Commitment(#[from] CommitmentError),
}

/// A share in clear, checked against its commitment. In no debug output; wiped when dropped.
pub struct OpenedShare {
    name: ShareName,
    y: Zeroizing<[u8; 32]>,
}

impl OpenedShare {
    /// Whose share of what it is.
    pub fn name(&self) -> &ShareName {
        &self.name
    }

    /// SHA-256 over the share's name and y.
    fn commitment(&self) -> Result<Digest, CborError> {
        let hash = Sha256::new().chain_update(self.name.committed()?).chain_update(self.y.as_slice());
        Ok(Digest(hash.finalize().into()))
    }

    fn seal_to(
        &self,
        to: ShareTo,
        receives: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<SealedShare, DealError> {
        let ShareName { custodian, x, .. } = self.name;
        let capsule = hybrid::seal(&self.y, receives, &self.name.info(to)?, rng)
            .map_err(|why| DealError::Key { custodian, why })?;
        Ok(SealedShare { x, to: self.name.reader(to), enc: capsule.enc, sealed: capsule.sealed })
    }
}

/// Deals a secret: any `needed` of the custodians can give it back, fewer learn nothing. The same `rng` stream gives
/// the same dealing: the polynomials are drawn first, then the encapsulations in order.
pub fn deal(
    secret: &GenerationSecret,
    of: &GenerationName,
    needed: u8,
    custodians: &[CustodianKey<'_>],
    rng: &mut impl CryptoRng,
) -> Result<Dealing, DealError> {
    deal_bytes(secret.expose(), Dealt::Generation(*of), needed, custodians, rng)
}

/// Deals the 32 bytes of any secret that has a name.
pub fn deal_bytes(
    secret: &[u8; 32],
    of: Dealt,
    needed: u8,
    custodians: &[CustodianKey<'_>],
    rng: &mut impl CryptoRng,
) -> Result<Dealing, DealError> {
    let number = custodians.len();
    if needed == 0 || usize::from(needed) > number || number > SHARES_MAX {
        return Err(DealError::Number { needed, custodians: number });
    }
    let mut seen = BTreeSet::new();
    if let Some(twice) = custodians.iter().find(|key| !seen.insert(key.custodian)) {
        return Err(DealError::Twice(twice.custodian));
    }
    let points: Vec<Share> = Sharks(needed).dealer_rng(secret, rng).take(number).collect();
    let mut shares = Vec::with_capacity(number);
    let mut commitments = Vec::with_capacity(number);
    for (point, key) in points.iter().zip(custodians) {
        let x = point.x.0;
        let mut y = Zeroizing::new([0; 32]);
        if point.y.len() != y.len() {
            return Err(DealError::Length(x));
        }
        for (to, from) in y.iter_mut().zip(&point.y) {
            *to = from.0;
        }
        let share = OpenedShare { name: ShareName { of, needed, custodian: key.custodian, x }, y };
        commitments.push(share.commitment()?);
        shares.push(share.seal_to(ShareTo::Custodian { generation: key.generation }, key.receives, rng)?);
    }
    Ok(Dealing { shares: Shares::new(shares)?, commitments })
}

/// Opens one share, dealt or released, and checks it against the commitment that the dealing's act states.
pub fn open_share(
    shares: &Shares,
    name: &ShareName,
    to: ShareTo,
    key: &ReceivingKey,
    commitment: &Digest,
) -> Result<OpenedShare, ShareError> {
    let ShareName { custodian, x, .. } = *name;
    let sealed = shares.at(x).ok_or(ShareError::Missing { custodian, x })?;
    open_sealed(sealed, name, to, key, commitment)
}

/// Opens one share that was found in its bundle, and checks it like [`open_share`].
pub fn open_sealed(
    sealed: &SealedShare,
    name: &ShareName,
    to: ShareTo,
    key: &ReceivingKey,
    commitment: &Digest,
) -> Result<OpenedShare, ShareError> {
    let ShareName { custodian, x, .. } = *name;
    if (sealed.x, sealed.to) != (x, name.reader(to)) {
        return Err(ShareError::Missing { custodian, x });
    }
    let y =
        key.open(&name.info(to)?, &sealed.enc, &sealed.sealed).ok_or(ShareError::Cipher { custodian, x })?;
    let share = OpenedShare { name: *name, y };
    if bool::from(share.commitment()?.0.ct_eq(&commitment.0)) {
        Ok(share)
    } else {
        Err(ShareError::Corrupt { custodian, x })
    }
}

/// Seals a custodian's opened share to the device that recovers or opens. `recovery`: digest of the act that asked for it.
pub fn release(
    share: &OpenedShare,
    recovery: Digest,
    device: DeviceId,
    receives: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Shares, DealError> {
    Ok(Shares::new(vec![release_sealed(share, recovery, device, receives, rng)?])?)
}

/// Like [`release`], for a bundle of another shape.
pub fn release_sealed(
    share: &OpenedShare,
    recovery: Digest,
    device: DeviceId,
    receives: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<SealedShare, DealError> {
    share.seal_to(ShareTo::Recovering { device, recovery }, receives, rng)
}

/// Combines released shares. Each was checked when it was opened; the result is checked against the log's generation.
pub fn combine(
    of: &GenerationName,
    needed: u8,
    shares: &[OpenedShare],
    stated: &Generation,
) -> Result<GenerationSecret, CombineError> {
    let secret = GenerationSecret::from_bytes(&*combine_bytes(Dealt::Generation(*of), needed, shares)?);
    secret.check(of, stated)?;
    Ok(secret)
}

/// Combines released shares of any secret that has a name. **The result is unchecked**: a dealer who dealt wrongly shows
/// only when the caller compares it with what the dealing committed to.
pub fn combine_bytes(
    of: Dealt,
    needed: u8,
    shares: &[OpenedShare],
) -> Result<Zeroizing<[u8; 32]>, CombineError> {
    let mut places = BTreeSet::new();
    let mut points = Vec::with_capacity(shares.len());
    for share in shares {
        let ShareName { custodian, x, .. } = share.name;
        if share.name.of != of || share.name.needed != needed {
            return Err(CombineError::OtherDealing { custodian, x });
        }
        if places.insert(x) {
            let mut bytes = Zeroizing::new(Vec::with_capacity(1 + share.y.len()));
            bytes.push(x);
            bytes.extend_from_slice(share.y.as_slice());
            points.push(Share::try_from(bytes.as_slice()).map_err(|_| CombineError::Interpolation)?);
        }
    }
    // blahaj asks only for as many as it is told, and with too few gives a wrong secret.
    if points.len() < usize::from(needed) || needed == 0 {
        return Err(CombineError::TooFew { needed, got: points.len() });
    }
    let combined =
        Sharks(needed).recover(points.iter()).map(Zeroizing::new).map_err(|_| CombineError::Interpolation)?;
    let mut secret = Zeroizing::new([0; 32]);
    if combined.len() != secret.len() {
        return Err(CombineError::Interpolation);
    }
    secret.copy_from_slice(&combined);
    Ok(secret)
}
