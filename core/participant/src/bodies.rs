//! Sealed bodies on their way to being read: wanted, fetched, waiting for a key, open.

use std::collections::{BTreeMap, BTreeSet};

use chancery_log::{
    act::BodyRef,
    id::{DeviceId, Digest, GenerationNumber, Scope, Vault},
};
use chancery_seal::body::Body;

/// Where a body stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyPlace {
    /// The scope of its act.
    pub scope: Scope,
    /// Index of its act in that scope.
    pub index: u64,
    /// Digest of its act.
    pub act: Digest,
    /// Author of its act.
    pub author: DeviceId,
    /// Counter of its act.
    pub counter: u64,
    /// Position in the act's bodies.
    pub body: u16,
    /// What the act says about it.
    pub named: BodyRef,
}

/// Bodies asked for at once: so many may be lost with a connection, and are asked for again.
pub const ASKED_MAX: usize = 1024;

/// Bodies that wait for one generation's secret.
type Parked = Vec<(BodyPlace, Vec<u8>)>;

/// All bodies of the scopes that this device follows.
#[derive(Debug, Default)]
pub struct Bodies {
    wanted: BTreeMap<Digest, BodyPlace>,
    asked: BTreeSet<Digest>,
    missing: BTreeSet<Digest>,
    /// Own bodies between the receipt and the entry.
    own: BTreeMap<Digest, Vec<u8>>,
    parked: BTreeMap<(Vault, GenerationNumber), Parked>,
    opened: BTreeMap<(Digest, u16), Body>,
}

impl Bodies {
    /// The open body at this position of an act.
    pub fn get(&self, act: Digest, body: u16) -> Option<&Body> {
        self.opened.get(&(act, body))
    }

    /// How many are open.
    pub fn open_count(&self) -> usize {
        self.opened.len()
    }

    /// How many are still to come.
    pub fn wanted_count(&self) -> usize {
        self.wanted.len()
    }

    /// Whether bodies are still to come that the server may have.
    pub fn is_fetching(&self) -> bool {
        self.wanted.keys().any(|sha256| !self.missing.contains(sha256))
    }

    /// Bodies that the server said it does not have: disposed of, or lost.
    pub fn missing_at_server(&self) -> &BTreeSet<Digest> {
        &self.missing
    }

    /// What is still to come.
    pub(crate) fn wanted(&self) -> Vec<Digest> {
        self.wanted.keys().copied().collect()
    }

    /// Whether this one is still to come, and the server may have it.
    pub(crate) fn awaits(&self, sha256: &Digest) -> bool {
        self.wanted.contains_key(sha256) && !self.missing.contains(sha256)
    }

    pub(crate) fn want(&mut self, place: BodyPlace) {
        self.wanted.insert(place.named.sha256, place);
    }

    /// What to ask for next, by scope, within the limits.
    pub(crate) fn next_to_ask(&mut self, at_once: usize) -> BTreeMap<Scope, Vec<Digest>> {
        let mut ask: BTreeMap<Scope, Vec<Digest>> = BTreeMap::new();
        let mut room = ASKED_MAX.saturating_sub(self.asked.len());
        for (sha256, place) in &self.wanted {
            if room == 0 {
                break;
            }
            if self.asked.contains(sha256) || self.missing.contains(sha256) {
                continue;
            }
            let of_scope = ask.entry(place.scope).or_default();
            if of_scope.len() < at_once {
                of_scope.push(*sha256);
                room -= 1;
            }
        }
        self.asked.extend(ask.values().flatten());
        ask
    }

    pub(crate) fn came(&mut self, sha256: Digest) -> Option<BodyPlace> {
        self.asked.remove(&sha256);
        self.wanted.remove(&sha256)
    }

    pub(crate) fn missing(&mut self, sha256: Digest) {
        self.asked.remove(&sha256);
        self.missing.insert(sha256);
    }

    pub(crate) fn connection_lost(&mut self) {
        self.asked.clear();
        self.missing.clear();
    }

    pub(crate) fn add_own(&mut self, bodies: Vec<Vec<u8>>) {
        self.own.extend(bodies.into_iter().map(|bytes| (Digest::of(&bytes), bytes)));
    }

    pub(crate) fn take_own(&mut self, sha256: Digest) -> Option<Vec<u8>> {
        self.own.remove(&sha256)
    }

    pub(crate) fn park(
        &mut self,
        vault: Vault,
        generation: GenerationNumber,
        place: BodyPlace,
        bytes: Vec<u8>,
    ) {
        self.parked.entry((vault, generation)).or_default().push((place, bytes));
    }

    pub(crate) fn unpark(&mut self, vault: Vault, generation: GenerationNumber) -> Parked {
        self.parked.remove(&(vault, generation)).unwrap_or_default()
    }

    pub(crate) fn opened(&mut self, place: &BodyPlace, body: Body) {
        self.opened.insert((place.act, place.body), body);
    }
}
