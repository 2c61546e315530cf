//! What this device holds of the log: scopes as checked chains, and what is folded from them. Nothing is folded that
//! was not signed, proved, and admitted by the desk's rules at its place.

pub mod judge;
pub mod packages;
pub mod trust;

use chancery_desk::{
    package::Package,
    said::{Place, Said},
    trust::Trust,
};
use chancery_log::{
    act::{Head, Seen},
    id::{Digest, PackageId, Scope},
};

use crate::alarm::Alarm;

use self::{packages::Packages, trust::TrustHistory};

/// One entry as folded: what was said, and where it stands.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What was said.
    pub said: Said,
    /// Where.
    pub place: Place,
}

/// Everything that this device holds.
#[derive(Debug, Default)]
pub struct Ledger {
    /// The trust scope.
    pub trust: TrustHistory,
    /// Packages.
    pub packages: Packages,
}

impl Ledger {
    /// The head of a scope here.
    pub fn head(&self, scope: Scope) -> Head {
        match scope {
            Scope::Trust => self.trust.head(),
            Scope::Package(package) => self.packages.head(package),
        }
    }

    /// What this device has seen, to sign.
    pub fn seen(&self, scope: Scope) -> Seen {
        Seen { trust: self.trust.head(), scope: self.head(scope) }
    }

    /// Trust as folded up to now; none before the genesis came.
    pub fn trust(&self) -> Option<&Trust> {
        self.trust.latest()
    }

    /// A package as folded up to now.
    pub fn package(&self, package: PackageId) -> Option<&Package> {
        self.packages.state(package)
    }

    /// The entries of a scope, in order.
    pub fn entries(&self, scope: Scope) -> &[Entry] {
        match scope {
            Scope::Trust => self.trust.entries(),
            Scope::Package(package) => self.packages.entries(package),
        }
    }

    fn hash_at(&self, scope: Scope, count: u64) -> Option<Digest> {
        match scope {
            Scope::Trust => self.trust.chain.head_at(count),
            Scope::Package(package) => self.packages.hash_at(package, count),
        }
    }

    /// Compares what an author saw with what this device holds. That nobody saw anything later than the act's own place
    /// was checked when it was judged.
    pub fn compare_seen(&self, said: &Said) -> Result<(), Alarm> {
        for (scope, head) in [(Scope::Trust, said.seen.trust), (said.scope, said.seen.scope)] {
            if self.hash_at(scope, head.count) != Some(head.last) {
                return Err(Alarm::TwoHistories { author: said.author, scope, count: head.count });
            }
        }
        Ok(())
    }
}
