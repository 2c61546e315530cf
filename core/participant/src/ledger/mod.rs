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
    leaf::Leaf,
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

    /// Each scope is a chain of its own; that all stand in one log, in one order and at times that fit, is checked here.
    /// Without it an act could be judged at trust as it was before a revocation that stands before the act.
    pub fn check_place(&self, leaf: &Leaf) -> Result<(), Alarm> {
        let (before, after) = match leaf.scope {
            // Every package leaf that is folded was judged at trust entries before this one.
            Scope::Trust => (self.packages.newest(), None),
            Scope::Package(_) => {
                let at = |count: u64| self.trust.entries().get(usize::try_from(count).ok()?);
                let place = |entry: &Entry| (entry.place.index, entry.place.logged_ms);
                (leaf.trust_count.checked_sub(1).and_then(at).map(place), at(leaf.trust_count).map(place))
            }
        };
        let follows = before.is_none_or(|(index, ms)| index < leaf.index && ms <= leaf.logged_ms);
        let precedes = after.is_none_or(|(index, ms)| leaf.index < index && leaf.logged_ms <= ms);
        if follows && precedes {
            return Ok(());
        }
        let detail = format!(
            "entry {} stands at {} of the log, logged at {} ms, and is judged at trust entry {}: the entries around \
             that say otherwise",
            leaf.before.count, leaf.index, leaf.logged_ms, leaf.trust_count
        );
        Err(Alarm::BrokenChain { scope: leaf.scope, detail })
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
