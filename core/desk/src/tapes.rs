//! The tape: each epoch's secret dealt to the custodians by somebody on the call, a tape asked for, and shares released
//! for it one custodian at a time.

use std::collections::{BTreeMap, BTreeSet};

use chancery_log::id::{DeviceId, Digest, GenerationNumber, PackageId, PersonId, Vault};
use chancery_seal::vault::Reader;

use crate::{
    act::{Act, ShareDealt, Who},
    calls::OPEN,
    case::{Case, needs_new},
    guarded::{CUSTODIANS_MOST, CUSTODIANS_NEEDED_LEAST},
    package::Package,
    parties::PartyState,
    people,
    refusal::{Refusal, Thing},
    roles::Power,
    said::{Place, Said},
    trust::Trust,
    vaults::Vaults,
};

/// A custodian may be on a journey; a week later the reason to listen has to be given again.
pub const ASK_MS: u64 = 7 * 24 * 60 * 60 * 1_000;

/// One epoch's secret in the custodians' hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochDealing {
    /// SHA-256 of the MLS group id: a call whose devices were all gone has more than one group.
    pub group: Digest,
    /// The epoch.
    pub epoch: u64,
    /// Digest of who had which leaf.
    pub roster: Digest,
    /// How many shares it takes.
    pub needed: u8,
    /// The shares; the first is number 1.
    pub shares: Vec<ShareDealt>,
    /// Binds to the secret.
    pub commitment: Digest,
    /// The device that dealt.
    pub by: DeviceId,
    /// Digest of the act whose body holds the shares.
    pub act: Digest,
}

/// A tape that somebody wants opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TapeAsk {
    /// Of which call.
    pub package: PackageId,
    /// The device that it is to be opened on.
    pub device: DeviceId,
    /// How many custodians it takes.
    pub needed: u8,
    /// Who holds shares of it.
    pub custodians: BTreeSet<PersonId>,
    /// The device that asked.
    pub by: DeviceId,
    /// When that was logged, milliseconds since 1970 UTC.
    pub asked_ms: u64,
    /// Who has released shares, with the digest of the act whose body holds them.
    pub released: BTreeMap<PersonId, Digest>,
}

impl TapeAsk {
    /// Until when shares can be released, milliseconds since 1970 UTC.
    pub fn until_ms(&self) -> u64 {
        self.asked_ms.saturating_add(ASK_MS)
    }

    /// Whether enough custodians have released their shares.
    pub fn is_enough(&self) -> bool {
        self.released.len() >= usize::from(self.needed)
    }
}

/// Whom an epoch's shares must go to and in which order: the custodians by id whose own vaults can receive now. Who can
/// not is left out, as long as enough are left: a tape that was not dealt is lost, and a lost device must not do that.
pub fn shares_to(trust: &Trust) -> Result<Vec<(PersonId, GenerationNumber)>, Refusal> {
    let vaults = Vaults::at(trust, None);
    let all = trust.custodians.people.iter();
    let ready: Vec<_> =
        all.filter_map(|person| Some((*person, vaults.ready(Reader::Person(*person))?))).collect();
    let needed = trust.custodians.needed;
    if ready.len() >= usize::from(needed) {
        return Ok(ready);
    }
    let left_out = trust.custodians.people.iter().find(|person| !ready.iter().any(|(one, _)| one == *person));
    Err(match left_out.map(|person| Vault::Person(*person)) {
        Some(vault) if vaults.state(vault).is_some() => Refusal::RekeyFirst { vault },
        Some(vault) => Refusal::NoVaultYet(vault),
        None => Refusal::SharesExpected(format!("it takes {needed} custodians, and there are fewer")),
    })
}

/// Whether this person's party is on the call; when the call is over, whether it was until the end. The last epoch's
/// dealing may come after the end.
fn is_on(package: &Package, person: PersonId) -> bool {
    let is_open = OPEN.contains(&package.stage);
    package.parties.values().any(|party| {
        party.who == Who::Person(person) && if is_open { party.state == PartyState::On } else { party.stayed }
    })
}

/// The dealing that an act states.
fn dealing(said: &Said) -> Option<EpochDealing> {
    let Act::EpochDealt { group, epoch, roster, needed, shares, commitment } = &said.act else {
        return None;
    };
    Some(EpochDealing {
        group: *group,
        epoch: *epoch,
        roster: *roster,
        needed: *needed,
        shares: shares.clone(),
        commitment: *commitment,
        by: said.author,
        act: said.digest,
    })
}

pub(crate) fn admit_dealt(case: &Case<'_>, package: &Package) -> Result<(), Refusal> {
    let Some(dealt) = dealing(case.said) else { return Ok(()) };
    let person = case.person()?;
    if !is_on(package, person) {
        return Err(Refusal::NotOnTheCall(person));
    }
    if !case.trust.rules.lines.taped {
        return Err(Refusal::NotTaped);
    }
    let expected = shares_to(case.trust)?;
    let got: Vec<_> = dealt.shares.iter().map(|share| (share.custodian, share.generation)).collect();
    if got != expected {
        return Err(Refusal::SharesExpected(format!("expected {expected:?}, got {got:?}")));
    }
    let needed = case.trust.custodians.needed;
    if dealt.needed != needed {
        return Err(Refusal::SharesExpected(format!("it takes {needed} of them, not {}", dealt.needed)));
    }
    // One wrong dealing must not keep the right one out: what is refused is the same again, and a second by one person.
    let mut of_epoch =
        package.dealings.iter().filter(|other| (other.group, other.epoch) == (dealt.group, dealt.epoch));
    let again = |other: &EpochDealing| {
        let same = EpochDealing { by: dealt.by, act: dealt.act, ..other.clone() } == dealt;
        same || case.trust.person_of(other.by) == Some(person)
    };
    needs_new(of_epoch.any(again), Thing::EpochDealt(dealt.epoch))
}

pub(crate) fn admit_asked(
    case: &Case<'_>,
    device: DeviceId,
    needed: u8,
    custodians: &BTreeSet<PersonId>,
) -> Result<(), Refusal> {
    needs_device(case.trust, device)?;
    if case.trust.person_of(device) != case.person().ok() {
        return Err(Refusal::NotYours { power: Power::AskTapes });
    }
    let people = custodians.len();
    let enough = needed >= CUSTODIANS_NEEDED_LEAST && usize::from(needed) <= people;
    if !enough || people > CUSTODIANS_MOST {
        return Err(Refusal::Custodians { needed, people, most: CUSTODIANS_MOST });
    }
    // Somebody who has left may still be among those to whom it was dealt.
    let unknown = custodians.iter().find(|person| !case.trust.people.contains_key(*person));
    unknown.map_or(Ok(()), |person| Err(Refusal::UnknownPerson(*person)))
}

fn needs_device(trust: &Trust, device: DeviceId) -> Result<(), Refusal> {
    let known = trust.devices.get(&device).ok_or(Refusal::UnknownDevice(device))?;
    if known.revoked.is_some() { Err(Refusal::DeviceRevoked(device)) } else { Ok(()) }
}

pub(crate) fn needs_ask(trust: &Trust, asked: Digest) -> Result<&TapeAsk, Refusal> {
    trust.tape_asks.get(&asked).ok_or(Refusal::UnknownTapeAsk(asked))
}

pub(crate) fn admit_released(case: &Case<'_>, asked: Digest) -> Result<(), Refusal> {
    let (ask, person) = (needs_ask(case.trust, asked)?, case.person()?);
    let until_ms = ask.until_ms();
    needs_device(case.trust, ask.device)?;
    let asker = needs_device(case.trust, ask.by).ok().and_then(|()| case.trust.person_of(ask.by));
    let may_ask = asker.is_some_and(|asker| {
        let roles = people::roles_of(case.trust, asker);
        Power::AskTapes.roles().intersection(&roles).next().is_some()
    });
    if case.logged_ms > until_ms || !may_ask {
        return Err(Refusal::TapeAskVoid { until_ms });
    }
    if !ask.custodians.contains(&person) {
        return Err(Refusal::NotACustodian(person));
    }
    needs_new(ask.released.contains_key(&person), Thing::TapeShares(person))
}

impl Package {
    pub(crate) fn apply_epoch_dealt(&mut self, said: &Said) {
        self.dealings.extend(dealing(said));
    }
}

impl Trust {
    pub(crate) fn apply_tape_asked(&mut self, said: &Said, place: &Place) {
        let Act::TapeAsked { package, device, needed, custodians } = &said.act else { return };
        let ask = TapeAsk {
            package: *package,
            device: *device,
            needed: *needed,
            custodians: custodians.clone(),
            by: said.author,
            asked_ms: place.logged_ms,
            released: BTreeMap::new(),
        };
        self.tape_asks.insert(said.digest, ask);
    }

    pub(crate) fn apply_tape_released(&mut self, said: &Said, asked: Digest) {
        let person = self.person_of(said.author);
        if let Some(ask) = self.tape_asks.get_mut(&asked) {
            ask.released.extend(person.map(|person| (person, said.digest)));
        }
    }
}
