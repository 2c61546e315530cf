//! Packages as held here: each a checked chain and the state folded from it.

use std::collections::BTreeMap;

use chancery_desk::{package::Package, said::Place, trust::Trust};
use chancery_log::{
    act::Head,
    chain::ScopeChain,
    id::{Digest, PackageId, Scope},
    leaf::LeafBytes,
};

use crate::{
    alarm::Alarm,
    ledger::{Entry, judge},
};

/// One package.
#[derive(Debug)]
pub struct Held {
    /// Every leaf, checked as a chain.
    pub chain: ScopeChain,
    /// Folded; none before the opening act.
    pub state: Option<Package>,
    /// In order.
    pub entries: Vec<Entry>,
}

/// All packages that this device follows.
#[derive(Debug, Default)]
pub struct Packages {
    held: BTreeMap<PackageId, Held>,
    newest: Option<(u64, u64)>,
}

impl Packages {
    /// The ids, in order of id.
    pub fn ids(&self) -> impl Iterator<Item = PackageId> + '_ {
        self.held.keys().copied()
    }

    /// Every package with its state.
    pub fn all(&self) -> impl Iterator<Item = (PackageId, &Package, &[Entry])> + '_ {
        self.held
            .iter()
            .filter_map(|(id, held)| held.state.as_ref().map(|state| (*id, state, held.entries.as_slice())))
    }

    /// The folded state.
    pub fn state(&self, package: PackageId) -> Option<&Package> {
        self.held.get(&package)?.state.as_ref()
    }

    /// The entries, in order.
    pub fn entries(&self, package: PackageId) -> &[Entry] {
        self.held.get(&package).map_or(&[], |held| &held.entries)
    }

    /// The head of the chain.
    pub fn head(&self, package: PackageId) -> Head {
        self.held.get(&package).map_or(Head::EMPTY, |held| held.chain.head())
    }

    /// The hash of the last leaf when the package had `count` entries.
    pub fn hash_at(&self, package: PackageId, count: u64) -> Option<Digest> {
        match self.held.get(&package) {
            Some(held) => held.chain.head_at(count),
            None if count == 0 => Some(Digest::NONE),
            None => None,
        }
    }

    /// The package's place, made when it is first heard of.
    pub fn held(&mut self, package: PackageId) -> &mut Held {
        self.held.entry(package).or_insert_with(|| Held {
            chain: ScopeChain::new(Scope::Package(package)),
            state: None,
            entries: Vec::new(),
        })
    }

    /// Lets go of a package.
    pub fn forget(&mut self, package: PackageId) {
        self.held.remove(&package);
        let last = self.held.values().filter_map(|held| held.entries.last());
        self.newest = last.map(|entry| (entry.place.index, entry.place.logged_ms)).max();
    }

    /// Index in the log and time of the newest folded entry over all packages.
    pub fn newest(&self) -> Option<(u64, u64)> {
        self.newest
    }

    /// Judges and folds one entry whose chain was checked. `trust`: as it stood at the entry's place.
    pub fn fold(
        &mut self,
        package: PackageId,
        trust: &Trust,
        leaf: &LeafBytes,
        act: &[u8],
    ) -> Result<&Entry, Alarm> {
        let leaf = leaf.leaf();
        let said = judge::judge(trust, self.state(package), leaf, act)?;
        let place = Place::of(leaf);
        self.newest = self.newest.max(Some((place.index, place.logged_ms)));
        let held = self.held(package);
        match held.state.as_mut() {
            Some(state) => state.apply(&said, &place),
            None => held.state = Package::open(&said, &place),
        }
        held.entries.push(Entry { said, place });
        held.entries.last().ok_or(Alarm::WrongGenesis)
    }
}
