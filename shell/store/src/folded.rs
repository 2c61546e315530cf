//! What the log adds up to in memory: the desk and where everything stands. The same steps at start and in work.

use chancery_desk::{
    desk::Desk,
    refusal::Refusal,
    said::{Place, Said},
    trust::Trust,
};
use chancery_log::{
    id::{Digest, Scope},
    leaf::{Leaf, LeafBytes},
};

use crate::places::Places;

/// The desk, the places, the newest time. Only entries in their order change it.
#[derive(Debug)]
pub(crate) struct Folded {
    pub(crate) desk: Desk,
    pub(crate) places: Places,
    pub(crate) logged_ms: u64,
    /// Keys that signed checkpoints, oldest first; the last one signs.
    pub(crate) log_keys: Vec<[u8; 32]>,
}

/// What is wrong with a leaf that should be the next one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OutOfPlace {
    #[error("the leaf should say {expected:?}, it says {got:?}")]
    Leaf { expected: Box<Leaf>, got: Box<Leaf> },
    #[error("it was logged at {got} ms, before the entry before it at {before} ms")]
    TimeWentBack { before: u64, got: u64 },
}

impl Folded {
    /// The desk that a log's first entry founds.
    pub(crate) fn found(said: &Said, leaf: &LeafBytes, hash: Digest) -> Result<Self, Refusal> {
        let desk = Desk::found(said)?;
        let mut places = Places::default();
        places.push(said.scope, said.author, leaf.leaf().index, hash);
        let log_keys = vec![*desk.trust.log_key()];
        Ok(Self { desk, places, logged_ms: leaf.leaf().logged_ms, log_keys })
    }

    /// The leaf that this act gets as entry `index`.
    pub(crate) fn next_leaf(&self, said: &Said, index: u64, now_ms: u64) -> Leaf {
        Leaf {
            index,
            // A clock that was set back must not make time run backwards in the log.
            logged_ms: now_ms.max(self.logged_ms),
            scope: said.scope,
            before: self.places.head(said.scope),
            trust_count: self.places.head(Scope::Trust).count,
            act: said.digest,
            class: said.class_of(self.desk.package_of(said)),
        }
    }

    /// Whether a stored leaf is the one that this act should have got.
    pub(crate) fn check_leaf(&self, said: &Said, leaf: &Leaf) -> Result<(), OutOfPlace> {
        if leaf.logged_ms < self.logged_ms {
            return Err(OutOfPlace::TimeWentBack { before: self.logged_ms, got: leaf.logged_ms });
        }
        let expected = self.next_leaf(said, leaf.index, leaf.logged_ms);
        if expected == *leaf {
            Ok(())
        } else {
            Err(OutOfPlace::Leaf { expected: Box::new(expected), got: Box::new(leaf.clone()) })
        }
    }

    /// Takes in the next entry.
    pub(crate) fn take(&mut self, said: &Said, leaf: &LeafBytes, hash: Digest) {
        self.desk.apply(said, &Place::of(leaf.leaf()));
        self.places.push(said.scope, said.author, leaf.leaf().index, hash);
        self.logged_ms = leaf.leaf().logged_ms;
        let key = self.desk.trust.log_key();
        if self.log_keys.last() != Some(key) {
            self.log_keys.push(*key);
        }
    }

    /// Forgets a scope as far as it goes beyond the first `size` entries of the log, and folds nothing of it any more:
    /// [`Self::refold`] follows with the entries that are left.
    pub(crate) fn forget(&mut self, scope: Scope, size: u64) {
        self.places.truncate(scope, size);
        if let Scope::Package(package) = scope {
            self.desk.packages.remove(&package);
        }
    }

    /// Folds an entry again whose place is already known. Scopes fold independently of each other.
    pub(crate) fn refold(&mut self, said: &Said, leaf: &LeafBytes) -> Result<(), Refusal> {
        if leaf.leaf().index == 0 {
            self.desk.trust = Trust::found(said)?;
        } else {
            self.desk.apply(said, &Place::of(leaf.leaf()));
        }
        Ok(())
    }
}
