//! The client's verifier of one scope: takes its entries in order and finds gaps, forks and reordering.

use crate::{
    act::Head,
    checkpoint::VerifiedCheckpoint,
    id::{Digest, Scope},
    leaf::{EntryBytes, Leaf, LeafBytes, LeafError},
    proof::{InclusionError, InclusionProof},
};

/// One scope as far as this client has verified it: every leaf hash, so that what others saw can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeChain {
    scope: Scope,
    hashes: Vec<Digest>,
    last: Option<Leaf>,
}

/// Why entries do not continue a scope. `place` counts in the scope, from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// A leaf that can't be read.
    #[error("entry {place} of {scope}: {source}")]
    Leaf {
        /// The scope.
        scope: Scope,
        /// Place expected for it.
        place: u64,
        /// What is wrong.
        source: LeafError,
    },
    /// A leaf of another scope.
    #[error("expected an entry of {expected}, got one of {got}")]
    WrongScope {
        /// The chain's.
        expected: Scope,
        /// The leaf's.
        got: Scope,
    },
    /// Entries are missing.
    #[error("entries are missing from {scope}: expected entry {expected}, got {got}")]
    Gap {
        /// The scope.
        scope: Scope,
        /// Place expected.
        expected: u64,
        /// Place that came.
        got: u64,
    },
    /// An entry that belongs further back, or whose turn comes later among those given.
    #[error("entries of {scope} are out of order: expected entry {expected}, got {got}")]
    Reordered {
        /// The scope.
        scope: Scope,
        /// Place expected.
        expected: u64,
        /// Place that came.
        got: u64,
    },
    /// The entry follows another history than ours.
    #[error("two histories of {scope}: entry {place} follows {got}, ours ends with {expected}")]
    Fork {
        /// The scope.
        scope: Scope,
        /// Place of the entry.
        place: u64,
        /// The hash of our last leaf.
        expected: Digest,
        /// The hash that the entry follows.
        got: Digest,
    },
    /// The act is not the one that the leaf names.
    #[error("entry {place} of {scope} names act {expected}, the act that came is {got}")]
    ActMismatch {
        /// The scope.
        scope: Scope,
        /// Place of the entry.
        place: u64,
        /// In the leaf.
        expected: Digest,
        /// SHA-256 of the bytes that came.
        got: Digest,
    },
    /// The server's clock must never go back.
    #[error("entry {place} of {scope} was logged at {got} ms, before the entry before it at {before} ms")]
    TimeWentBack {
        /// The scope.
        scope: Scope,
        /// Place of the entry.
        place: u64,
        /// Of the entry before.
        before: u64,
        /// Of this one.
        got: u64,
    },
    /// A scope's entries stand in the log in their order.
    #[error("entry {place} of {scope} has index {got} in the log, expected {least} or more")]
    IndexNotIncreasing {
        /// The scope.
        scope: Scope,
        /// Place of the entry.
        place: u64,
        /// The least index that it can have.
        least: u64,
        /// The index it has.
        got: u64,
    },
    /// The trust scope only grows.
    #[error("entry {place} of {scope} is judged at trust entry {got}, the entry before it at {before}")]
    TrustCountDecreasing {
        /// The scope.
        scope: Scope,
        /// Place of the entry.
        place: u64,
        /// Of the entry before.
        before: u64,
        /// Of this one.
        got: u64,
    },
    /// More trust leaves than leaves, or, in the trust scope, another number than its own place.
    #[error("entry {place} of {scope} at index {index} can not be judged at trust entry {got}")]
    TrustCountImpossible {
        /// The scope.
        scope: Scope,
        /// Place of the entry.
        place: u64,
        /// Its index in the log.
        index: u64,
        /// The trust count it has.
        got: u64,
    },
    /// The newest entry lies beyond the checkpoint that came with it.
    #[error("entry {place} of {scope} has index {index}, the checkpoint covers {size} leaves only")]
    BeyondCheckpoint {
        /// The scope.
        scope: Scope,
        /// Place of the entry.
        place: u64,
        /// Its index in the log.
        index: u64,
        /// Of the checkpoint.
        size: u64,
    },
    /// The newest entry is not proven to be in the log.
    #[error("entry {place} of {scope}: {source}")]
    NotIncluded {
        /// The scope.
        scope: Scope,
        /// Place of the entry.
        place: u64,
        /// What the proof lacks.
        source: InclusionError,
    },
}

/// What a head that somebody else saw says about the own chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeenError {
    /// They saw more: entries are on their way, or withheld.
    #[error("others saw {theirs} entries of {scope}, here are {ours}")]
    Behind {
        /// The scope.
        scope: Scope,
        /// Entries here.
        ours: u64,
        /// Entries there.
        theirs: u64,
    },
    /// They saw another history.
    #[error("two histories of {scope}: entry {count} is {theirs} for others and {ours} here")]
    Fork {
        /// The scope.
        scope: Scope,
        /// Entries up to the one that differs.
        count: u64,
        /// Its hash here.
        ours: Digest,
        /// Its hash there.
        theirs: Digest,
    },
}

impl ScopeChain {
    /// A scope of which nothing is known yet.
    pub fn new(scope: Scope) -> Self {
        Self { scope, hashes: Vec::new(), last: None }
    }

    /// A scope as this device stored it after verifying it: the links are checked again, the proofs are not.
    pub fn reload<B: AsRef<[u8]>>(scope: Scope, leaves: &[B]) -> Result<Self, ChainError> {
        let mut chain = Self::new(scope);
        let leaves = chain.read(leaves.iter().map(AsRef::as_ref))?;
        chain.link(&leaves)?;
        chain.take(&leaves);
        Ok(chain)
    }

    /// The scope.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Number of entries.
    pub fn count(&self) -> u64 {
        // A Vec never has more than u64::MAX items on any machine there is.
        u64::try_from(self.hashes.len()).unwrap_or(u64::MAX)
    }

    /// The head: what acts say they have seen.
    pub fn head(&self) -> Head {
        Head { count: self.count(), last: self.hashes.last().copied().unwrap_or(Digest::NONE) }
    }

    /// The hash of the last leaf when the scope had `count` entries; none when it never had as many.
    pub fn head_at(&self, count: u64) -> Option<Digest> {
        match count.checked_sub(1) {
            None => Some(Digest::NONE),
            Some(place) => self.hashes.get(usize::try_from(place).ok()?).copied(),
        }
    }

    /// Compares a head that another device saw (in an act's `seen`, or told inside a call) with this chain.
    pub fn compare(&self, seen: Head) -> Result<(), SeenError> {
        let scope = self.scope;
        match self.head_at(seen.count) {
            None => Err(SeenError::Behind { scope, ours: self.count(), theirs: seen.count }),
            Some(ours) if ours == seen.last => Ok(()),
            Some(ours) => Err(SeenError::Fork { scope, count: seen.count, ours, theirs: seen.last }),
        }
    }

    /// Takes the next entries. `inclusion` proves the newest of them under the checkpoint; the chain of hashes covers
    /// the others. On an error nothing of them is taken. Gives the leaves, in order.
    pub fn extend(
        &mut self,
        entries: &[EntryBytes<'_>],
        inclusion: &InclusionProof,
        checkpoint: &VerifiedCheckpoint,
    ) -> Result<Vec<LeafBytes>, ChainError> {
        let leaves = self.read(entries.iter().map(|entry| entry.leaf))?;
        self.link(&leaves)?;
        for (leaf, entry) in leaves.iter().zip(entries) {
            let got = Digest::of(entry.act);
            let Leaf { act: expected, before, .. } = *leaf.leaf();
            if got != expected {
                let place = before.count;
                return Err(ChainError::ActMismatch { scope: self.scope, place, expected, got });
            }
        }
        if let Some(newest) = leaves.last() {
            self.check_included(newest, inclusion, checkpoint)?;
        }
        self.take(&leaves);
        Ok(leaves)
    }

    fn read<'a>(&self, leaves: impl Iterator<Item = &'a [u8]>) -> Result<Vec<LeafBytes>, ChainError> {
        let scope = self.scope;
        (self.count()..)
            .zip(leaves)
            .map(|(place, bytes)| {
                LeafBytes::read(bytes).map_err(|source| ChainError::Leaf { scope, place, source })
            })
            .collect()
    }

    fn link(&self, leaves: &[LeafBytes]) -> Result<(), ChainError> {
        let mut head = self.head();
        let mut last = self.last.as_ref();
        for leaf in leaves {
            self.check_place(leaf.leaf(), head, leaves)?;
            self.check_order(leaf.leaf(), last)?;
            head = leaf.after();
            last = Some(leaf.leaf());
        }
        Ok(())
    }

    fn check_place(&self, leaf: &Leaf, head: Head, given: &[LeafBytes]) -> Result<(), ChainError> {
        let scope = self.scope;
        if leaf.scope != scope {
            return Err(ChainError::WrongScope { expected: scope, got: leaf.scope });
        }
        let (expected, got) = (head.count, leaf.before.count);
        if got != expected {
            let comes_later = given.iter().any(|other| other.leaf().before.count == expected);
            return Err(if got < expected || comes_later {
                ChainError::Reordered { scope, expected, got }
            } else {
                ChainError::Gap { scope, expected, got }
            });
        }
        if leaf.before.last != head.last {
            return Err(ChainError::Fork { scope, place: got, expected: head.last, got: leaf.before.last });
        }
        Ok(())
    }

    fn check_order(&self, leaf: &Leaf, last: Option<&Leaf>) -> Result<(), ChainError> {
        let (scope, place) = (self.scope, leaf.before.count);
        let least = last.map_or(place, |last| last.index.saturating_add(1));
        if leaf.index < least {
            return Err(ChainError::IndexNotIncreasing { scope, place, least, got: leaf.index });
        }
        if let Some(last) = last {
            if leaf.logged_ms < last.logged_ms {
                let (before, got) = (last.logged_ms, leaf.logged_ms);
                return Err(ChainError::TimeWentBack { scope, place, before, got });
            }
            if leaf.trust_count < last.trust_count {
                let (before, got) = (last.trust_count, leaf.trust_count);
                return Err(ChainError::TrustCountDecreasing { scope, place, before, got });
            }
        }
        // Before this leaf stand `index` leaves: those of trust, and, in a package, `place` others at least.
        let possible = match scope {
            Scope::Trust => leaf.trust_count == place,
            Scope::Package(_) => leaf.trust_count.checked_add(place).is_some_and(|least| least <= leaf.index),
        };
        if possible {
            Ok(())
        } else {
            Err(ChainError::TrustCountImpossible { scope, place, index: leaf.index, got: leaf.trust_count })
        }
    }

    fn check_included(
        &self,
        newest: &LeafBytes,
        inclusion: &InclusionProof,
        checkpoint: &VerifiedCheckpoint,
    ) -> Result<(), ChainError> {
        let scope = self.scope;
        let Leaf { index, before, .. } = *newest.leaf();
        inclusion.verify(newest.hash(), index, checkpoint.head()).map_err(|source| match source {
            InclusionError::BeyondTree { index, size } => {
                ChainError::BeyondCheckpoint { scope, place: before.count, index, size }
            }
            InclusionError::Broken { .. } => ChainError::NotIncluded { scope, place: before.count, source },
        })
    }

    fn take(&mut self, leaves: &[LeafBytes]) {
        self.hashes.extend(leaves.iter().map(LeafBytes::hash));
        if let Some(newest) = leaves.last() {
            self.last = Some(newest.leaf().clone());
        }
    }
}
