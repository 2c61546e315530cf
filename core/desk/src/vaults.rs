//! Vaults as the log states them: who has authority to read, who was wrapped to, what is stale and what is due.
//!
//! A vault is stale when somebody who lost the authority could still hold its newest secret: a reader was removed, or
//! a reader's own vault is stale or was re-keyed since. Stale is computed from the acts and stored nowhere.
//! A reader is ready when its own vault has a generation and is not stale. Nothing is wrapped to who is not ready;
//! whoever becomes ready later is wrapped to then. So a lost device never blocks the others.

use std::collections::{BTreeMap, BTreeSet};

use chancery_log::id::{DeviceId, Digest, GenerationNumber, PersonId, Vault};
use chancery_seal::vault::{Generation, Reader, WrappedTo};

use crate::{custody::Dealing, package::Package, trust::Trust};

/// One wrap of a generation's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrapped {
    /// The generation of the reader's own vault that it was sealed to, 0 for a device.
    pub generation: GenerationNumber,
    /// Digest of the act whose first body holds the wrap.
    pub act: Digest,
}

/// One generation with all that were wrapped to it, then or later.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// As its maker stated it.
    pub generation: Generation,
    /// The device that made it.
    pub by: DeviceId,
    /// Digest of the act that made it.
    pub act: Digest,
    /// Everybody it was wrapped to.
    pub wrapped: BTreeMap<Reader, Wrapped>,
}

/// The generations of one vault.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VaultState {
    pub(crate) made: Vec<Made>,
    /// Readers who were added "from now on", and the first generation that is theirs.
    pub(crate) since: BTreeMap<Reader, GenerationNumber>,
    /// Somebody was added "from now on": the next generation is not chained.
    pub(crate) unchained_due: bool,
    pub(crate) dealt: Option<Dealing>,
}

/// Whether a new generation carries the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// It must.
    Must,
    /// It must not: it is the first, or somebody reads only from here on.
    MustNot,
    /// Nobody who holds the one before is left: it may, after a recovery, or start anew.
    Either,
}

/// What a new generation must look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextGeneration {
    /// Its number.
    pub number: GenerationNumber,
    /// Exactly whom it is wrapped to.
    pub readers: Vec<WrappedTo>,
    /// Whether the one before is sealed under it.
    pub chain: Chain,
}

impl VaultState {
    /// The newest generation.
    pub fn current(&self) -> Option<&Made> {
        self.made.last()
    }

    /// The newest generation's number, 0 when there is none.
    pub fn number(&self) -> GenerationNumber {
        self.current().map_or(0, |made| made.generation.number)
    }

    /// All generations, the first one first.
    pub fn generations(&self) -> &[Made] {
        &self.made
    }

    /// One generation.
    pub fn generation(&self, number: GenerationNumber) -> Option<&Made> {
        let place = usize::try_from(number).ok()?.checked_sub(1)?;
        self.made.get(place)
    }

    /// The last dealing to the custodians.
    pub fn dealt(&self) -> Option<&Dealing> {
        self.dealt.as_ref()
    }

    /// Whether who has generation `from` can open `to`: same or older, and no chain broken between.
    pub fn opens(&self, from: GenerationNumber, to: GenerationNumber) -> bool {
        let between =
            self.made.iter().filter(|made| made.generation.number > to && made.generation.number <= from);
        to >= 1
            && to <= from
            && from <= self.number()
            && between.into_iter().all(|made| made.generation.chained)
    }

    /// The newest generation, and each earlier one that the next is not chained to: who has these has them all.
    pub fn tops(&self) -> impl Iterator<Item = &Made> {
        let next = self.made.iter().skip(1).map(|made| made.generation.chained).chain([false]);
        self.made.iter().zip(next).filter(|(_, chained)| !chained).map(|(made, _)| made)
    }
}

/// All vaults at one place of the log: those of the trust scope, and one package's.
#[derive(Debug, Clone, Copy)]
pub struct Vaults<'a> {
    trust: &'a Trust,
    package: Option<&'a Package>,
}

impl<'a> Vaults<'a> {
    /// The vaults of persons and offices, and of this package if any.
    pub fn at(trust: &'a Trust, package: Option<&'a Package>) -> Self {
        Self { trust, package }
    }

    fn package(&self, vault: Vault) -> Option<&'a Package> {
        self.package.filter(|package| Vault::Package(package.id) == vault)
    }

    /// One vault; none while it has no generation.
    pub fn state(&self, vault: Vault) -> Option<&'a VaultState> {
        match vault {
            Vault::Person(_) | Vault::Office(_) => self.trust.vaults.get(&vault),
            Vault::Package(_) => self.package(vault).map(|package| &package.vault),
        }
    }

    /// Everybody who is to read, ready or not: a person's devices, an office's members, a package's readers.
    pub fn authority(&self, vault: Vault) -> BTreeSet<Reader> {
        match vault {
            Vault::Person(person) => {
                self.trust.devices_of(person).map(|(id, _)| Reader::Device(id)).collect()
            }
            Vault::Office(office) => self.trust.members(office).into_iter().map(Reader::Person).collect(),
            Vault::Package(_) => self
                .package(vault)
                .into_iter()
                .flat_map(|package| package.readers.iter().copied())
                .filter(|reader| self.may(vault, *reader))
                .collect(),
        }
    }

    fn may(&self, vault: Vault, reader: Reader) -> bool {
        match (vault, reader) {
            (Vault::Person(person), Reader::Device(device)) => self
                .trust
                .device(device)
                .is_some_and(|device| device.revoked.is_none() && device.cert.person == person),
            (Vault::Office(office), Reader::Person(person)) => {
                self.trust.offices.get(&office).is_some_and(|office| office.members.contains(&person))
            }
            (Vault::Package(_), Reader::Person(person)) => {
                self.trust.at_desk(person)
                    && self.package(vault).is_some_and(|package| package.readers.contains(&reader))
            }
            (Vault::Package(_), Reader::Office(_)) => {
                self.package(vault).is_some_and(|package| package.readers.contains(&reader))
            }
            (Vault::Person(_), Reader::Person(_) | Reader::Office(_))
            | (Vault::Office(_), Reader::Device(_) | Reader::Office(_))
            | (Vault::Package(_), Reader::Device(_)) => false,
        }
    }

    /// Whether its newest secret could be with somebody who may not have it. Nothing may be sealed under it then.
    pub fn stale(&self, vault: Vault) -> bool {
        let Some(current) = self.state(vault).and_then(VaultState::current) else { return false };
        current.wrapped.iter().any(|(reader, wrapped)| {
            !self.may(vault, *reader)
                || reader.vault().is_some_and(|own| {
                    self.state(own).is_none_or(|state| state.number() != wrapped.generation)
                        || self.stale(own)
                })
        })
    }

    /// The generation to wrap to for this reader, 0 for a device; none while the reader is not ready.
    pub fn ready(&self, reader: Reader) -> Option<GenerationNumber> {
        match (reader, reader.vault()) {
            (Reader::Device(device), _) => {
                self.trust.device(device).filter(|device| device.revoked.is_none()).map(|_| 0)
            }
            (Reader::Person(_) | Reader::Office(_), Some(own)) => {
                self.state(own).filter(|_| !self.stale(own)).map(VaultState::number)
            }
            (Reader::Person(_) | Reader::Office(_), None) => None,
        }
    }

    /// Those of these readers who are ready, as a generation states them.
    pub fn wrapped_to(&self, readers: impl IntoIterator<Item = Reader>) -> Vec<WrappedTo> {
        let ready = readers
            .into_iter()
            .filter_map(|reader| self.ready(reader).map(|generation| WrappedTo { reader, generation }));
        ready.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whether a new generation is due: there is none, it is stale, or somebody reads only from the next one on.
    pub fn needs_new_generation(&self, vault: Vault) -> bool {
        self.state(vault).is_none_or(|state| state.made.is_empty() || state.unchained_due)
            || self.stale(vault)
    }

    /// What the next generation must look like.
    pub fn next_generation(&self, vault: Vault) -> NextGeneration {
        let (number, due) =
            self.state(vault).map_or((0, false), |state| (state.number(), state.unchained_due));
        let chain = match (number, due, self.anyone_holds(vault)) {
            (0, _, _) | (_, true, _) => Chain::MustNot,
            (_, false, true) => Chain::Must,
            (_, false, false) => Chain::Either,
        };
        NextGeneration { number: number + 1, readers: self.wrapped_to(self.authority(vault)), chain }
    }

    /// Readers with authority, ready, whom a generation that is theirs was not wrapped to; by generation. While a new
    /// generation is due the newest is left out: the new one is wrapped to everybody.
    pub fn readers_missing_wraps(&self, vault: Vault) -> Vec<(GenerationNumber, Vec<WrappedTo>)> {
        let Some(state) = self.state(vault) else { return Vec::new() };
        let due = self.needs_new_generation(vault);
        let authority = self.authority(vault);
        state
            .tops()
            .filter(|made| !due || made.generation.number != state.number())
            .map(|made| (made.generation.number, self.missing(state, made, &authority)))
            .filter(|(_, missing)| !missing.is_empty())
            .collect()
    }

    fn missing(&self, state: &VaultState, made: &Made, authority: &BTreeSet<Reader>) -> Vec<WrappedTo> {
        let theirs = |reader: &Reader| {
            !made.wrapped.contains_key(reader)
                && state.since.get(reader).is_none_or(|since| *since <= made.generation.number)
        };
        self.wrapped_to(authority.iter().copied().filter(theirs))
    }

    /// Whether this device can open a generation by wraps it can reach, as far as the log tells.
    pub fn holds(&self, device: DeviceId, vault: Vault, number: GenerationNumber) -> bool {
        let Some(state) = self.state(vault) else { return false };
        let Some(person) = self.trust.person_of(device) else { return false };
        state.made.iter().filter(|made| state.opens(made.generation.number, number)).any(|made| {
            made.wrapped
                .iter()
                .any(|(reader, wrapped)| self.is_reader(device, person, *reader, wrapped.generation))
        })
    }

    fn is_reader(
        &self,
        device: DeviceId,
        person: PersonId,
        reader: Reader,
        generation: GenerationNumber,
    ) -> bool {
        match reader {
            Reader::Device(own) => {
                own == device && self.trust.device(own).is_some_and(|device| device.revoked.is_none())
            }
            Reader::Person(own) => own == person && self.holds(device, Vault::Person(own), generation),
            Reader::Office(office) => {
                self.trust.members(office).contains(&person)
                    && self.holds(device, Vault::Office(office), generation)
            }
        }
    }

    /// Whether any device that may still read holds the newest generation.
    pub fn anyone_holds(&self, vault: Vault) -> bool {
        let Some(state) = self.state(vault) else { return false };
        self.can_open(vault, state.number())
    }

    fn can_open(&self, vault: Vault, number: GenerationNumber) -> bool {
        let Some(state) = self.state(vault) else { return false };
        state.made.iter().filter(|made| state.opens(made.generation.number, number)).any(|made| {
            made.wrapped.iter().any(|(reader, wrapped)| {
                self.may(vault, *reader)
                    && reader.vault().is_none_or(|own| self.can_open(own, wrapped.generation))
            })
        })
    }

    /// Whether this person reads the vault by authority.
    pub fn may_read(&self, vault: Vault, person: PersonId) -> bool {
        match vault {
            Vault::Person(own) => own == person && self.trust.at_desk(person),
            Vault::Office(_) => self.may(vault, Reader::Person(person)),
            Vault::Package(_) => {
                self.package(vault).is_some_and(|package| package.may_read(self.trust, person))
            }
        }
    }
}

impl Trust {
    /// Whether a person's or an office's vault is stale; see [`Vaults::stale`].
    pub fn stale(&self, vault: Vault) -> bool {
        Vaults::at(self, None).stale(vault)
    }
}
