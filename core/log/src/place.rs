//! Whether a verified act may stand where a leaf puts it. Both the server and its clients ask.

use crate::{
    act::{Head, VerifiedAct},
    id::{Digest, Scope},
    leaf::Leaf,
};

/// Why an act can not stand at a leaf's place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// The leaf places another act.
    #[error("the leaf names act {expected}, the act is {got}")]
    ActMismatch {
        /// In the leaf.
        expected: Digest,
        /// The act's digest.
        got: Digest,
    },
    /// The act was signed for another scope.
    #[error("the act was signed for {expected}, the leaf puts it into {got}")]
    WrongScope {
        /// In the act.
        expected: Scope,
        /// In the leaf.
        got: Scope,
    },
    /// The author says it saw what did not exist yet at this place.
    #[error("its author had seen {saw} entries of {scope}, before this place stand {were}")]
    SawLater {
        /// The scope.
        scope: Scope,
        /// In the act.
        saw: u64,
        /// In the log.
        were: u64,
    },
    /// The author saw another history of the scope.
    #[error("two histories of {scope}: its author saw {saw} as entry {count}, the log has {was}")]
    SawOther {
        /// The scope.
        scope: Scope,
        /// Entries up to the one that differs.
        count: u64,
        /// Hash in the act.
        saw: Digest,
        /// Hash in the log.
        was: Digest,
    },
}

/// Checks digest, scope, and that the author saw nothing later than this place. Older heads that it saw are compared
/// by `ScopeChain::compare`, which knows them.
pub fn check(leaf: &Leaf, act: &VerifiedAct) -> Result<(), PlaceError> {
    let envelope = act.envelope();
    if act.digest() != leaf.act {
        return Err(PlaceError::ActMismatch { expected: leaf.act, got: act.digest() });
    }
    if envelope.scope != leaf.scope {
        return Err(PlaceError::WrongScope { expected: envelope.scope, got: leaf.scope });
    }
    let (scope, saw) = (leaf.scope, envelope.seen.scope);
    let saw_trust = envelope.seen.trust.count;
    if saw_trust > leaf.trust_count {
        return Err(PlaceError::SawLater { scope: Scope::Trust, saw: saw_trust, were: leaf.trust_count });
    }
    if saw.count > leaf.before.count {
        return Err(PlaceError::SawLater { scope, saw: saw.count, were: leaf.before.count });
    }
    for known in [leaf.before, Head::EMPTY] {
        if saw.count == known.count && saw.last != known.last {
            return Err(PlaceError::SawOther { scope, count: saw.count, saw: saw.last, was: known.last });
        }
    }
    Ok(())
}
