//! A whole desk, folded: what the server and an auditor hold. One act at a time: admit, log, apply.

use std::collections::BTreeMap;

use chancery_log::id::{DeviceId, PackageId, Scope};

use crate::{
    admit,
    package::Package,
    refusal::Refusal,
    said::{Place, Said},
    trust::Trust,
};

/// The trust scope and every package.
#[derive(Debug, Clone, PartialEq)]
pub struct Desk {
    /// The trust scope.
    pub trust: Trust,
    /// The packages.
    pub packages: BTreeMap<PackageId, Package>,
}

impl Desk {
    /// The desk that the first act of a log founds.
    pub fn found(said: &Said) -> Result<Self, Refusal> {
        Ok(Self { trust: Trust::found(said)?, packages: BTreeMap::new() })
    }

    /// Whether this act may be logged at this time; see [`admit::admit`].
    pub fn admit(&self, said: &Said, logged_ms: u64) -> Result<(), Refusal> {
        admit::admit(&self.trust, self.package_of(said), said, logged_ms)
    }

    /// Takes in an admitted act at its place in the log.
    pub fn apply(&mut self, said: &Said, place: &Place) {
        match said.scope {
            Scope::Trust => self.trust.apply(said, place),
            Scope::Package(id) => match self.packages.get_mut(&id) {
                Some(package) => package.apply(said, place),
                None => self.packages.extend(Package::open(said, place).map(|package| (id, package))),
            },
        }
    }

    /// The package of the act's scope, if it was opened.
    pub fn package_of(&self, said: &Said) -> Option<&Package> {
        said.package().and_then(|id| self.packages.get(&id))
    }

    /// The counter that this device's next act in this scope must carry.
    pub fn next_counter(&self, device: DeviceId, scope: Scope) -> u64 {
        match scope {
            Scope::Trust => self.trust.next_counter(device),
            Scope::Package(id) => self.packages.get(&id).map_or(1, |package| package.next_counter(device)),
        }
    }
}
