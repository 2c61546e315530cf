//! The trust scope, folded: people, devices, offices, vaults, duty, counterparts, rules. All authority is judged by it.

use std::collections::{BTreeMap, BTreeSet};

use chancery_log::id::{
    CounterpartId, DeskId, DeviceId, Digest, DirectLineId, InvitationId, OfficeId, PersonId, Vault,
};
use chancery_seal::device::DeviceKeys;
use ed25519_dalek::VerifyingKey;

use crate::{
    act::{Custodians, OfficePurpose, Post, Rules},
    counterparts::{Counterpart, DirectLine},
    devices::{Device, Invitation},
    duty::Watch,
    guarded::{Ask, Restored},
    offices::Office,
    people::Person,
    rules,
    tapes::TapeAsk,
    vaults::VaultState,
};

/// What the acts of the trust scope add up to. A clone is a snapshot of it at one place of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Trust {
    pub(crate) desk: DeskId,
    pub(crate) origin: String,
    pub(crate) log_key: [u8; 32],
    pub(crate) genesis: Digest,
    pub(crate) observer: DeviceId,
    pub(crate) observers: BTreeMap<DeviceId, DeviceKeys>,
    pub(crate) custodians: Custodians,
    pub(crate) ranks: u8,
    pub(crate) profile: Option<Digest>,
    pub(crate) rules: Rules,
    pub(crate) people: BTreeMap<PersonId, Person>,
    pub(crate) devices: BTreeMap<DeviceId, Device>,
    pub(crate) invitations: BTreeMap<InvitationId, Invitation>,
    pub(crate) offices: BTreeMap<OfficeId, Office>,
    pub(crate) vaults: BTreeMap<Vault, VaultState>,
    pub(crate) watches: BTreeMap<(Post, PersonId), Watch>,
    pub(crate) counterparts: BTreeMap<CounterpartId, Counterpart>,
    pub(crate) lines: BTreeMap<DirectLineId, DirectLine>,
    pub(crate) asks: BTreeMap<Digest, Ask>,
    pub(crate) tape_asks: BTreeMap<Digest, TapeAsk>,
    pub(crate) restored: Vec<Restored>,
    pub(crate) confirmed_ms: u64,
    pub(crate) counters: BTreeMap<DeviceId, u64>,
    pub(crate) count: u64,
}

impl Trust {
    /// The desk's id.
    pub fn desk(&self) -> DeskId {
        self.desk
    }

    /// The log's origin.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Ed25519 public key that signs checkpoints.
    pub fn log_key(&self) -> &[u8; 32] {
        &self.log_key
    }

    /// Digest of the founding act: the hash that links carry.
    pub fn genesis(&self) -> Digest {
        self.genesis
    }

    /// The observer's device id.
    pub fn observer(&self) -> DeviceId {
        self.observer
    }

    /// Leaves of the trust scope so far.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// When the observer last confirmed the trust scope, or the last act of it was logged.
    pub fn confirmed_ms(&self) -> u64 {
        self.confirmed_ms
    }

    /// A device that was ever approved, revoked or not.
    pub fn device(&self, device: DeviceId) -> Option<&Device> {
        self.devices.get(&device)
    }

    /// All devices that were ever approved.
    pub fn devices(&self) -> &BTreeMap<DeviceId, Device> {
        &self.devices
    }

    /// The key that this device's acts are verified with, also when it is revoked: what it said before stays said.
    /// Present and past observers included.
    pub fn verifying_key(&self, device: DeviceId) -> Option<VerifyingKey> {
        let keys = self
            .devices
            .get(&device)
            .map(|device| &device.cert.keys)
            .or_else(|| self.observers.get(&device))?;
        VerifyingKey::from_bytes(&keys.signs).ok()
    }

    /// Whose device it is.
    pub fn person_of(&self, device: DeviceId) -> Option<PersonId> {
        self.devices.get(&device).map(|device| device.cert.person)
    }

    /// The devices of a person that are not revoked.
    pub fn devices_of(&self, person: PersonId) -> impl Iterator<Item = (DeviceId, &Device)> {
        self.devices
            .iter()
            .filter(move |(_, device)| device.cert.person == person && device.revoked.is_none())
            .map(|(id, device)| (*id, device))
    }

    /// One person, also who has left.
    pub fn person(&self, person: PersonId) -> Option<&Person> {
        self.people.get(&person)
    }

    /// Everybody who ever was of the staff.
    pub fn people(&self) -> &BTreeMap<PersonId, Person> {
        &self.people
    }

    /// Invitations, open and past.
    pub fn invitations(&self) -> &BTreeMap<InvitationId, Invitation> {
        &self.invitations
    }

    /// Offices.
    pub fn offices(&self) -> &BTreeMap<OfficeId, Office> {
        &self.offices
    }

    /// The first office made for a purpose.
    pub fn office_by_purpose(&self, purpose: OfficePurpose) -> Option<OfficeId> {
        self.offices
            .iter()
            .filter(|(_, office)| office.purpose == purpose)
            .min_by_key(|(_, office)| office.made_index)
            .map(|(id, _)| *id)
    }

    /// A person's or an office's vault; none while it has no generation. A package's vault is in its package.
    pub fn vault(&self, vault: Vault) -> Option<&VaultState> {
        self.vaults.get(&vault)
    }

    /// Counterparts, retired ones too.
    pub fn counterparts(&self) -> &BTreeMap<CounterpartId, Counterpart> {
        &self.counterparts
    }

    /// Direct lines, revoked ones too.
    pub fn direct_lines(&self) -> &BTreeMap<DirectLineId, DirectLine> {
        &self.lines
    }

    /// The standing rules; before they are first set, [`rules::standing`].
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// How many levels the scheme has: marks have ranks below this.
    pub fn ranks(&self) -> u8 {
        self.ranks
    }

    /// Digest of the act whose body is the desk's profile.
    pub fn profile(&self) -> Option<Digest> {
        self.profile
    }

    /// Who holds a post, in the order of their ids.
    pub fn on_duty(&self, post: Post) -> impl Iterator<Item = PersonId> {
        self.watches.keys().filter(move |(held, _)| *held == post).map(|(_, person)| *person)
    }

    /// All posts held, with when they were taken and the act of the hand-over.
    pub fn watches(&self) -> &BTreeMap<(Post, PersonId), Watch> {
        &self.watches
    }

    /// The custodians.
    pub fn custodians(&self) -> &Custodians {
        &self.custodians
    }

    /// Guarded changes by the digest of the act that asked, agreed ones too.
    pub fn guarded(&self) -> &BTreeMap<Digest, Ask> {
        &self.asks
    }

    /// Guarded changes that were asked and neither agreed nor void at this time.
    pub fn guarded_pending(&self, now_ms: u64) -> impl Iterator<Item = (Digest, &Ask)> {
        self.asks
            .iter()
            .filter(move |(_, ask)| ask.agreed.is_none() && now_ms <= ask.until_ms())
            .map(|(digest, ask)| (*digest, ask))
    }

    /// Tapes that were asked for, by the digest of the asking act, and who has released shares; those of the past too.
    pub fn tape_asks(&self) -> &BTreeMap<Digest, TapeAsk> {
        &self.tape_asks
    }

    /// Restores from a backup, in order.
    pub fn restored(&self) -> &[Restored] {
        &self.restored
    }

    /// The counter that this device's next act in the trust scope must carry.
    pub fn next_counter(&self, device: DeviceId) -> u64 {
        self.counters.get(&device).copied().map_or(1, |last| last + 1)
    }

    /// The members of an office who are still at the desk.
    pub fn members(&self, office: OfficeId) -> BTreeSet<PersonId> {
        self.offices.get(&office).map_or_else(BTreeSet::new, |office| office.members.clone())
    }

    /// At the desk: added and not gone.
    pub fn at_desk(&self, person: PersonId) -> bool {
        self.people.get(&person).is_some_and(|person| !person.left)
    }
}

pub(crate) fn empty(desk: DeskId, genesis: Digest, founded: crate::act::Genesis) -> Trust {
    let observer = founded.observer.id();
    Trust {
        desk,
        origin: founded.origin,
        log_key: founded.log_key,
        genesis,
        observer,
        observers: BTreeMap::from([(observer, founded.observer)]),
        custodians: founded.custodians,
        ranks: 1,
        profile: None,
        rules: rules::standing(),
        people: BTreeMap::new(),
        devices: BTreeMap::new(),
        invitations: BTreeMap::new(),
        offices: BTreeMap::new(),
        vaults: BTreeMap::new(),
        watches: BTreeMap::new(),
        counterparts: BTreeMap::new(),
        lines: BTreeMap::new(),
        asks: BTreeMap::new(),
        tape_asks: BTreeMap::new(),
        restored: Vec::new(),
        confirmed_ms: 0,
        counters: BTreeMap::new(),
        count: 1,
    }
}
