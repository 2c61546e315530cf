//! Guests: a far side without a desk. A link brings them, a duty officer who called back vouches for the key that they
//! made, and the key is good for one party of one call.

use std::collections::BTreeSet;

use chancery_log::id::{DeviceId, Digest, PartyId};
use chancery_seal::device::DeviceKeys;

use crate::{
    act::{LineKind, Who},
    calls::OPEN,
    case::{Case, needs_new},
    devices,
    package::Package,
    parties::{PartyState, needs_party},
    refusal::{Refusal, Thing},
    said::Said,
};

/// The newest link of a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuestLink {
    /// The device that invited.
    pub by: DeviceId,
    /// Digest of the act, beside which the sealed secret is.
    pub act: Digest,
    /// SHA-256 of the one-time secret.
    pub secret: Digest,
    /// Until when, milliseconds since 1970 UTC.
    pub until_ms: u64,
    /// A key came by it: it brings no other.
    pub used: bool,
}

/// A key that a duty officer vouched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    /// The guest's keys.
    pub keys: DeviceKeys,
    /// The duty officer's device.
    pub by: DeviceId,
    /// Digest of the vouching act.
    pub act: Digest,
}

/// What is known of the guest who comes as one party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// The newest link.
    pub link: GuestLink,
    /// The key that is good now; none before the first was vouched for.
    pub vouched: Option<Vouched>,
    /// Keys that were good once and are not any more.
    pub out: BTreeSet<DeviceId>,
}

impl Guest {
    fn had(&self, device: DeviceId) -> bool {
        self.out.contains(&device) || self.vouched.as_ref().is_some_and(|vouched| vouched.keys.id() == device)
    }
}

/// A guest is rung as the party that they are, and can come again after they left.
const ANYWHERE: &[PartyState] =
    &[PartyState::Invited, PartyState::Waiting, PartyState::On, PartyState::Held, PartyState::Left];

fn needs_guest(package: &Package, id: PartyId) -> Result<(), Refusal> {
    let party = needs_party(package, id, ANYWHERE)?;
    match (party.who, party.line) {
        (Who::Counterpart(_), LineKind::Guest) => Ok(()),
        (Who::Counterpart(_), LineKind::Secure | LineKind::Open) | (Who::Person(_), _) => {
            Err(Refusal::WrongParty("a link and a vouched key are for the far side on a guest line".into()))
        }
    }
}

pub(crate) fn admit_invited(
    case: &Case<'_>,
    package: &Package,
    party: PartyId,
    until_ms: u64,
) -> Result<(), Refusal> {
    needs_guest(package, party)?;
    devices::needs_until(case, until_ms)
}

pub(crate) fn admit_vouched(
    case: &Case<'_>,
    package: &Package,
    party: PartyId,
    keys: &DeviceKeys,
) -> Result<(), Refusal> {
    needs_guest(package, party)?;
    let guest = package.guests.get(&party).filter(|guest| !guest.link.used);
    let GuestLink { until_ms, .. } = guest.ok_or(Refusal::NoGuestLink(party))?.link;
    if case.logged_ms > until_ms {
        return Err(Refusal::ExpiredInvitation { until_ms });
    }
    let device = keys.id();
    devices::needs_unknown(case.trust, device)?;
    needs_new(package.guests.values().any(|guest| guest.had(device)), Thing::Device(device))?;
    devices::needs_sound(keys)
}

impl Package {
    /// The guest whose key this is, while the call lasts.
    pub fn guest(&self, device: DeviceId) -> Option<(PartyId, &DeviceKeys)> {
        if !OPEN.contains(&self.stage) {
            return None;
        }
        self.guests.iter().find_map(|(party, guest)| {
            let keys = guest.vouched.as_ref().map(|vouched| &vouched.keys)?;
            (keys.id() == device).then_some((*party, keys))
        })
    }

    pub(crate) fn apply_guest_invited(&mut self, said: &Said, party: PartyId, secret: Digest, until_ms: u64) {
        let link = GuestLink { by: said.author, act: said.digest, secret, until_ms, used: false };
        match self.guests.get_mut(&party) {
            Some(guest) => guest.link = link,
            None => {
                self.guests.insert(party, Guest { link, vouched: None, out: BTreeSet::new() });
            }
        }
    }

    pub(crate) fn apply_vouched(&mut self, said: &Said, party: PartyId, keys: &DeviceKeys) {
        let Some(guest) = self.guests.get_mut(&party) else { return };
        guest.link.used = true;
        let vouched = Vouched { keys: keys.clone(), by: said.author, act: said.digest };
        let before = guest.vouched.replace(vouched);
        guest.out.extend(before.map(|before| before.keys.id()));
    }
}
