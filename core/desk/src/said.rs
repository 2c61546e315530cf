//! One act as the rules see it: signature checked, content decoded. And where in the log it stands.

use chancery_log::{
    act::{BodyRef, Seen, VerifiedAct},
    cbor,
    id::{DeskId, DeviceId, Digest, PackageId, Scope},
    leaf::{Leaf, RetentionClass},
};

use crate::{act::Act, package::Package, refusal::Refusal};

/// The retention class of every act of the trust scope: it is kept for as long as the desk is.
pub const TRUST_CLASS: RetentionClass = 0;

/// What one device said.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// SHA-256 of the act's bytes: its name in other acts.
    pub digest: Digest,
    /// The desk it is for.
    pub desk: DeskId,
    /// The device that signed.
    pub author: DeviceId,
    /// Where it belongs.
    pub scope: Scope,
    /// The author's counter in this scope.
    pub counter: u64,
    /// The author's clock, milliseconds since 1970 UTC.
    pub said_ms: u64,
    /// What the author had seen.
    pub seen: Seen,
    /// The bodies beside it.
    pub bodies: Vec<BodyRef>,
    /// What happened.
    pub act: Act,
}

/// Where an act stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// In the whole log, from 0.
    pub index: u64,
    /// The server's clock, milliseconds since 1970 UTC.
    pub logged_ms: u64,
    /// Leaves of the trust scope before it.
    pub trust_count: u64,
    /// Leaves of its own scope before it.
    pub scope_count: u64,
}

impl Said {
    /// Decodes the content of a verified act. Content of an unknown shape is refused: nobody folds what nobody knows.
    pub fn read(act: &VerifiedAct) -> Result<Self, Refusal> {
        let envelope = act.envelope();
        Ok(Self {
            digest: act.digest(),
            desk: envelope.desk,
            author: envelope.author,
            scope: envelope.scope,
            counter: envelope.counter,
            said_ms: envelope.said_ms,
            seen: envelope.seen,
            bodies: envelope.bodies.clone(),
            act: cbor::decode("an act's content", &envelope.content)
                .map_err(|e| Refusal::Unreadable(e.to_string()))?,
        })
    }

    /// The package whose scope it is in, none for the trust scope.
    pub fn package(&self) -> Option<PackageId> {
        match self.scope {
            Scope::Trust => None,
            Scope::Package(package) => Some(package),
        }
    }

    /// The retention class that this act's leaf must carry. `package`: the package as it was before this act.
    pub fn class_of(&self, package: Option<&Package>) -> RetentionClass {
        match (self.act.opening(), package) {
            (Some(opening), _) => opening.class,
            (None, Some(package)) => package.class(),
            (None, None) => TRUST_CLASS,
        }
    }
}

impl Place {
    /// As the leaf says.
    pub fn of(leaf: &Leaf) -> Self {
        Self {
            index: leaf.index,
            logged_ms: leaf.logged_ms,
            trust_count: leaf.trust_count,
            scope_count: leaf.before.count,
        }
    }
}
