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
    id::{DeviceId, Digest, PackageId, Scope},
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

/// A head that another device signed it saw, further on than this device holds: the server owes the entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Owed {
    author: DeviceId,
    scope: Scope,
    head: Head,
    since_ms: u64,
}

/// How many owed heads are remembered: each is checked off as soon as the scope has caught up.
const OWED_MAX: usize = 256;

/// Everything that this device holds.
#[derive(Debug, Default)]
pub struct Ledger {
    /// The trust scope.
    pub trust: TrustHistory,
    /// Packages.
    pub packages: Packages,
    owed: Vec<Owed>,
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

    /// Compares what an author saw with what this device holds; what is further on is remembered as owed.
    pub fn compare_seen(&mut self, said: &Said, now_ms: u64) -> Result<(), Alarm> {
        for (scope, head) in [(Scope::Trust, said.seen.trust), (said.scope, said.seen.scope)] {
            match self.hash_at(scope, head.count) {
                Some(ours) if ours == head.last => {}
                Some(_) => return Err(Alarm::TwoHistories { author: said.author, scope, count: head.count }),
                None if self.owed.len() < OWED_MAX => {
                    self.owed.push(Owed { author: said.author, scope, head, since_ms: now_ms });
                }
                None => {}
            }
        }
        Ok(())
    }

    /// Checks owed heads off; alarms for those that differ, and for those that stay out longer than `limit_ms`.
    pub fn settle_owed(&mut self, now_ms: u64, limit_ms: u64) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        let owed = std::mem::take(&mut self.owed);
        for debt in owed {
            let Owed { author, scope, head, since_ms } = debt;
            match self.hash_at(scope, head.count) {
                Some(ours) if ours == head.last => {}
                Some(_) => alarms.push(Alarm::TwoHistories { author, scope, count: head.count }),
                None if now_ms.saturating_sub(since_ms) > limit_ms => {
                    alarms.push(Alarm::Withheld {
                        author,
                        scope,
                        seen: head.count,
                        held: self.head(scope).count,
                    });
                }
                None => self.owed.push(debt),
            }
        }
        alarms
    }

    /// When the next owed head is due.
    pub fn owed_since(&self) -> Option<u64> {
        self.owed.iter().map(|debt| debt.since_ms).min()
    }
}
