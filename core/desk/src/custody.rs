//! Custodians: generations dealt to them in shares, and shares released one by one for an agreed recovery.

use chancery_log::id::{DeviceId, Digest, GenerationNumber, PersonId, Vault};

use crate::{
    act::{Guarded, ShareDealt},
    case::{Case, needs_new},
    refusal::{Refusal, Thing},
    said::Said,
    trust::Trust,
    vaults::VaultState,
};

/// One generation's secret in the custodians' hands.
#[derive(Debug, Clone, PartialEq)]
pub struct Dealing {
    /// The generation.
    pub generation: GenerationNumber,
    /// How many shares it takes.
    pub needed: u8,
    /// The shares; the first is number 1.
    pub shares: Vec<ShareDealt>,
    /// The device that dealt.
    pub by: DeviceId,
    /// Digest of the act whose body holds the shares.
    pub act: Digest,
}

/// One share that was released for a recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Released {
    /// Of which vault.
    pub vault: Vault,
    /// Of which generation.
    pub generation: GenerationNumber,
    /// Which share, from 1.
    pub share: u8,
    /// Digest of the act whose body holds it.
    pub act: Digest,
}

/// Whom shares of a vault must go to and in which order: the custodians by id, as their own vaults stand.
/// Refused while one of them could not receive.
pub fn shares_to(trust: &Trust) -> Result<Vec<(PersonId, GenerationNumber)>, Refusal> {
    let vaults = crate::vaults::Vaults::at(trust, None);
    let ready = trust.custodians.people.iter().map(|person| {
        let own = Vault::Person(*person);
        match vaults.ready(chancery_seal::vault::Reader::Person(*person)) {
            Some(generation) => Ok((*person, generation)),
            None if vaults.state(own).is_some() => Err(Refusal::RekeyFirst { vault: own }),
            None => Err(Refusal::NoVaultYet(own)),
        }
    });
    ready.collect()
}

pub(crate) fn admit_dealt(
    case: &Case<'_>,
    vault: Vault,
    generation: GenerationNumber,
    needed: u8,
    shares: &[ShareDealt],
) -> Result<(), Refusal> {
    let (vaults, device) = (case.vaults(), case.device());
    let state = vaults.state(vault).ok_or(Refusal::NoVaultYet(vault))?;
    if generation != state.number() {
        return Err(Refusal::GenerationExpected { vault, expected: state.number(), got: generation });
    }
    if !vaults.may_read(vault, case.person()?) || !vaults.holds(device, vault, generation) {
        return Err(Refusal::NotAHolder { device, vault, generation });
    }
    let expected = shares_to(case.trust)?;
    let got: Vec<_> = shares.iter().map(|share| (share.custodian, share.generation)).collect();
    if got != expected {
        return Err(Refusal::SharesExpected(format!("expected {expected:?}, got {got:?}")));
    }
    let most = case.trust.custodians.needed;
    if needed != most {
        return Err(Refusal::SharesExpected(format!("it takes {most} of them, not {needed}")));
    }
    let to = |share: &ShareDealt| (share.custodian, share.generation);
    let again = state.dealt.as_ref().is_some_and(|dealt| {
        dealt.generation == generation
            && dealt.needed == needed
            && dealt.shares.iter().map(to).eq(shares.iter().map(to))
    });
    needs_new(again, Thing::Shares(vault, generation))
}

pub(crate) fn admit_released(
    case: &Case<'_>,
    recovery: Digest,
    vault: Vault,
    generation: GenerationNumber,
    share: u8,
) -> Result<(), Refusal> {
    let person = case.person()?;
    let ask = case.trust.asks.get(&recovery).filter(|ask| ask.agreed.is_some());
    let ask = ask.ok_or(Refusal::UnknownAsk(recovery))?;
    let Guarded::Recovery(cert) = &ask.change else { return Err(Refusal::UnknownAsk(recovery)) };
    let device = cert.keys.id();
    if case.trust.device(device).is_none_or(|device| device.revoked.is_some()) {
        return Err(Refusal::DeviceRevoked(device));
    }
    let theirs = match vault {
        Vault::Person(owner) => owner == cert.person,
        Vault::Office(office) => case.trust.members(office).contains(&cert.person),
        Vault::Package(_) => false,
    };
    let dealt = case.vaults().state(vault).and_then(VaultState::dealt).filter(|_| theirs);
    let dealt = dealt.ok_or_else(|| Refusal::SharesExpected(format!("none of {vault} for that recovery")))?;
    if dealt.generation != generation {
        return Err(Refusal::GenerationExpected { vault, expected: dealt.generation, got: generation });
    }
    let own = usize::from(share).checked_sub(1).and_then(|place| dealt.shares.get(place));
    if own.is_none_or(|own| own.custodian != person) {
        return Err(Refusal::NotACustodian(person));
    }
    let again = |released: &Released| {
        released.vault == vault && released.generation == generation && released.share == share
    };
    needs_new(ask.released.iter().any(again), Thing::Share(share))
}

impl Trust {
    pub(crate) fn apply_dealt(
        &mut self,
        said: &Said,
        vault: Vault,
        generation: GenerationNumber,
        needed: u8,
        shares: &[ShareDealt],
    ) {
        if let Some(state) = self.vaults.get_mut(&vault) {
            let (by, act) = (said.author, said.digest);
            state.dealt = Some(Dealing { generation, needed, shares: shares.to_vec(), by, act });
        }
    }

    pub(crate) fn apply_released(
        &mut self,
        said: &Said,
        recovery: Digest,
        vault: Vault,
        generation: GenerationNumber,
        share: u8,
    ) {
        if let Some(ask) = self.asks.get_mut(&recovery) {
            ask.released.insert(Released { vault, generation, share, act: said.digest });
        }
    }
}
