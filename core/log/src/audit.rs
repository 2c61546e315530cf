//! The verifier of a whole log: fed every entry in order, it finds what no client can see from its own scopes.

use std::collections::BTreeMap;

use crate::{
    act::Head,
    checkpoint::VerifiedCheckpoint,
    id::{Digest, Scope},
    leaf::{EntryBytes, Leaf, LeafBytes, LeafError},
    proof::TreeHead,
    tiles::TileId,
    tree::Tree,
};

/// A log as far as it was read. Knows no signatures: the desk's fold, fed with the same acts, checks those.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    tree: Tree,
    scopes: BTreeMap<Scope, Head>,
    logged_ms: u64,
}

/// Where a log is wrong, and how.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// An entry is not what the ones before it demand.
    #[error("entry {index} of the log: {flaw}")]
    Entry {
        /// Its place in the log, from 0.
        index: u64,
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// The log was read to another size than the checkpoint's.
    #[error("the log has {got} leaves, the checkpoint says {expected}")]
    Size {
        /// In the checkpoint.
        expected: u64,
        /// In the log.
        got: u64,
    },
    /// The entries are not those that the checkpoint was signed over.
    #[error("the first {size} leaves have root {got}, the checkpoint says {expected}")]
    Root {
        /// Number of leaves.
        size: u64,
        /// In the checkpoint.
        expected: Digest,
        /// Of the log.
        got: Digest,
    },
}

/// What is wrong with one entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The leaf can't be read.
    #[error(transparent)]
    Leaf(#[from] LeafError),
    /// The leaf names another place in the log.
    #[error("the leaf says that it stands at {0}")]
    Index(u64),
    /// A log starts with its genesis, in the trust scope.
    #[error("the first entry belongs to {0}, a log starts in the trust scope")]
    NoGenesis(Scope),
    /// The leaf names another place in its scope.
    #[error("expected entry {expected} of {scope}, the leaf says {got}")]
    ScopeIndex {
        /// The scope.
        scope: Scope,
        /// Place expected.
        expected: u64,
        /// Place in the leaf.
        got: u64,
    },
    /// The leaf follows another leaf than the scope's last.
    #[error("the last leaf of {scope} is {expected}, this one follows {got}")]
    ScopeChain {
        /// The scope.
        scope: Scope,
        /// Hash of the scope's last leaf.
        expected: Digest,
        /// Hash in the leaf.
        got: Digest,
    },
    /// The leaf names another number of trust leaves before it.
    #[error("{expected} trust entries stand before it, the leaf says {got}")]
    TrustCount {
        /// Counted.
        expected: u64,
        /// In the leaf.
        got: u64,
    },
    /// The server's clock must never go back.
    #[error("it was logged at {got} ms, before the entry before it at {before} ms")]
    TimeWentBack {
        /// Of the entry before.
        before: u64,
        /// Of this one.
        got: u64,
    },
    /// The act is not the one that the leaf names.
    #[error("the leaf names act {expected}, the act beside it is {got}")]
    ActMismatch {
        /// In the leaf.
        expected: Digest,
        /// SHA-256 of the act's bytes.
        got: Digest,
    },
}

impl Audit {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next entry. After an error the audit stands where it stood before that entry.
    pub fn feed(&mut self, entry: EntryBytes<'_>) -> Result<LeafBytes, AuditError> {
        let leaf = self.check(entry).map_err(|flaw| AuditError::Entry { index: self.tree.size(), flaw })?;
        let after = leaf.after();
        self.tree.append(after.last);
        self.scopes.insert(leaf.leaf().scope, after);
        self.logged_ms = leaf.leaf().logged_ms;
        Ok(leaf)
    }

    /// The tiles that became full since the last call, to be compared with stored ones. Until they are taken they stay
    /// in memory: 32 bytes for each leaf.
    pub fn drain_full_tiles(&mut self) -> Vec<(TileId, Vec<u8>)> {
        self.tree.drain_full_tiles()
    }

    /// The right edge as recomputed: goes on as the log's own, or proves.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The head of every scope.
    pub fn scopes(&self) -> &BTreeMap<Scope, Head> {
        &self.scopes
    }

    /// Compares what was read so far with a checkpoint of this size: the newest one at the end, an older one (that a
    /// witness kept, for instance) in passing.
    pub fn compare(&self, checkpoint: &VerifiedCheckpoint) -> Result<(), AuditError> {
        let TreeHead { size, root } = checkpoint.head();
        if self.tree.size() != size {
            return Err(AuditError::Size { expected: size, got: self.tree.size() });
        }
        let got = self.tree.root();
        if got == root { Ok(()) } else { Err(AuditError::Root { size, expected: root, got }) }
    }

    fn check(&self, entry: EntryBytes<'_>) -> Result<LeafBytes, Flaw> {
        let read = LeafBytes::read(entry.leaf)?;
        let Leaf { index, logged_ms, scope, before, trust_count, act, .. } = *read.leaf();
        if index != self.tree.size() {
            return Err(Flaw::Index(index));
        }
        if index == 0 && scope != Scope::Trust {
            return Err(Flaw::NoGenesis(scope));
        }
        let head = self.head(scope);
        if before.count != head.count {
            return Err(Flaw::ScopeIndex { scope, expected: head.count, got: before.count });
        }
        if before.last != head.last {
            return Err(Flaw::ScopeChain { scope, expected: head.last, got: before.last });
        }
        let trust = self.head(Scope::Trust).count;
        if trust_count != trust {
            return Err(Flaw::TrustCount { expected: trust, got: trust_count });
        }
        if logged_ms < self.logged_ms {
            return Err(Flaw::TimeWentBack { before: self.logged_ms, got: logged_ms });
        }
        let got = Digest::of(entry.act);
        if got == act { Ok(read) } else { Err(Flaw::ActMismatch { expected: act, got }) }
    }

    fn head(&self, scope: Scope) -> Head {
        self.scopes.get(&scope).copied().unwrap_or(Head::EMPTY)
    }
}
