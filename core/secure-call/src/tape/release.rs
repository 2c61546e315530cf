//! From custodians to an open tape: each releases the own shares to the device that asked, which gathers them.

use std::collections::BTreeMap;

use chancery_log::id::{DeskId, DeviceId, Digest, GenerationNumber, PackageId, PersonId};
use chancery_open::{
    hybrid::ReceivingKey,
    shares::{self, DealError, OpenedShare, ShareError},
};
use chancery_seal::{
    shares::{ShareName, ShareTo},
    tape::{
        dealt::{CommittedShare, EpochShares, TapeShares, TapeSharesError},
        epoch::EpochPlace,
    },
};
use rand_core::CryptoRng;

use crate::tape::{
    dealing::{self, BaseError},
    opening::EpochSecret,
};

/// A tape that is asked for, and the device that it is to be opened on.
#[derive(Debug, Clone, Copy)]
pub struct TapeAsk<'a> {
    /// The desk.
    pub desk: DeskId,
    /// The call.
    pub package: PackageId,
    /// Digest of the act that asks.
    pub asked: Digest,
    /// The device.
    pub device: DeviceId,
    /// Its receiving key.
    pub receives: &'a [u8],
}

/// Why a custodian's device releases nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    /// No share of the tape is this custodian's.
    #[error("custodian {0} holds no share of this tape")]
    NoShare(PersonId),
    /// The person vault is not open in the generation that the share was sealed to.
    #[error("generation {generation} of the custodian's own vault is not open on this device")]
    VaultClosed {
        /// The generation.
        generation: GenerationNumber,
    },
    /// A share that does not open, or not to what was committed.
    #[error("epoch {epoch}: {why}")]
    Share {
        /// The epoch.
        epoch: u64,
        /// What is wrong with it.
        why: ShareError,
    },
    /// A share that could not be sealed to the device.
    #[error(transparent)]
    Seal(#[from] DealError),
    /// The body.
    #[error(transparent)]
    Body(#[from] TapeSharesError),
}

/// The custodian's shares of these epochs, sealed anew to the device that asked. `key`: of the custodian's person vault in
/// this generation. Epochs of which this custodian has no share are left out.
pub fn release<'k>(
    dealt: &TapeShares,
    ask: &TapeAsk<'_>,
    custodian: PersonId,
    key: impl Fn(GenerationNumber) -> Option<&'k ReceivingKey>,
    rng: &mut impl CryptoRng,
) -> Result<TapeShares, ReleaseError> {
    let mut released = Vec::new();
    for epoch in dealt.epochs() {
        let Some(CommittedShare { commitment, share }) = epoch.of(custodian) else { continue };
        let of = epoch.name(ask.desk, ask.package).into();
        let name = ShareName { of, needed: epoch.needed, custodian, x: share.x };
        let generation = share.to.generation;
        let key = key(generation).ok_or(ReleaseError::VaultClosed { generation })?;
        let to = ShareTo::Custodian { generation };
        let opened = shares::open_sealed(share, &name, to, key, commitment)
            .map_err(|why| ReleaseError::Share { epoch: epoch.epoch, why })?;
        let share = shares::release_sealed(&opened, ask.asked, ask.device, ask.receives, rng)?;
        let shares = vec![CommittedShare { commitment: *commitment, share }];
        released.push(EpochShares { shares, ..without_shares(epoch) });
    }
    if released.is_empty() {
        return Err(ReleaseError::NoShare(custodian));
    }
    Ok(TapeShares::new(released)?)
}

fn without_shares(epoch: &EpochShares) -> EpochShares {
    let EpochShares { group, epoch, roster, needed, base, .. } = *epoch;
    EpochShares { group, epoch, roster, needed, base, shares: Vec::new() }
}

/// What the shares that came give.
#[derive(Default)]
pub struct Gathered {
    /// The epochs that open.
    pub secrets: Vec<EpochSecret>,
    /// The epochs that do not, and why.
    pub closed: BTreeMap<EpochPlace, BaseError>,
    /// Released shares that are not the ones that were dealt, by custodian.
    pub corrupt: Vec<(PersonId, EpochPlace, ShareError)>,
}

/// Opens what the custodians released to this device and puts together every epoch that can be. `dealt`: as the log's acts
/// state it, which is what counts; what a release says about commitments does not. A corrupt share is named, and the
/// others go on without it.
pub fn gather(
    dealt: &[EpochShares],
    ask: &TapeAsk<'_>,
    releases: &[(PersonId, TapeShares)],
    key: &ReceivingKey,
) -> Gathered {
    let mut gathered = Gathered::default();
    for epoch in dealt {
        let (name, place) = (epoch.name(ask.desk, ask.package), epoch.place());
        let mut opened: Vec<OpenedShare> = Vec::new();
        for (custodian, release) in releases {
            match open_released(epoch, ask, *custodian, release, key) {
                None => {}
                Some(Ok(share)) => opened.push(share),
                Some(Err(why)) => gathered.corrupt.push((*custodian, place, why)),
            }
        }
        match dealing::combine(&name, epoch.needed, &epoch.base, &opened) {
            Ok(base) => gathered.secrets.push(EpochSecret { name, base }),
            Err(why) => {
                gathered.closed.insert(place, why);
            }
        }
    }
    gathered
}

/// None when this custodian has no share of the epoch, or released none.
fn open_released(
    epoch: &EpochShares,
    ask: &TapeAsk<'_>,
    custodian: PersonId,
    release: &TapeShares,
    key: &ReceivingKey,
) -> Option<Result<OpenedShare, ShareError>> {
    let own = epoch.of(custodian)?;
    let released = release.epochs().iter().find(|released| released.place() == epoch.place())?;
    let x = own.share.x;
    let of = epoch.name(ask.desk, ask.package).into();
    let name = ShareName { of, needed: epoch.needed, custodian, x };
    let to = ShareTo::Recovering { device: ask.device, recovery: ask.asked };
    let Some(CommittedShare { share, .. }) = released.at(x) else {
        return Some(Err(ShareError::Missing { custodian, x }));
    };
    Some(shares::open_sealed(share, &name, to, key, &own.commitment))
}
