//! What a person does on a device, before it is an act: the words are still open, the counter not yet drawn, and the
//! key work (wraps, generations) not yet done. A deed waits in the outbox until it can be signed.

use std::collections::BTreeSet;

use chancery_desk::act::{Act, CallKind, imported_package};
use chancery_log::{
    id::{CounterpartId, Digest, GenerationNumber, PackageId, PersonId, Scope, Vault},
    leaf::RetentionClass,
};
use chancery_seal::{
    body::{Body, mark::Rank},
    vault::Reader,
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// One body of an act, open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Words {
    /// The vault it is sealed to, in its newest generation.
    pub vault: Vault,
    /// The words.
    pub body: Body,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "deeds are few and short-lived; a box would only hide them")]
pub enum Deed {
    /// An act with words, or without.
    Say {
        /// Where it belongs.
        scope: Scope,
        /// The act.
        act: Act,
        /// Its bodies, in order.
        words: Vec<Words>,
    },
    /// A new package with its vault.
    Open {
        /// Its id.
        package: PackageId,
        /// What opens it.
        opens: Opens,
        /// Retention class.
        class: RetentionClass,
        /// Level of its mark.
        level: Rank,
        /// Who reads.
        readers: BTreeSet<Reader>,
        /// The request, the debrief or the closed package.
        words: Body,
    },
    /// A new generation of a vault, wrapped to all who read it now.
    MakeGeneration {
        /// The vault.
        vault: Vault,
    },
    /// Wraps for readers who have none yet.
    WrapReaders {
        /// The vault.
        vault: Vault,
    },
    /// The newest generation's secret, dealt to the custodians.
    DealShares {
        /// The vault.
        vault: Vault,
    },
    /// An act about a call's tape, with shares that were sealed before (docs/tape.md).
    SayTape {
        /// Where it belongs.
        scope: Scope,
        /// The act.
        act: Act,
        /// Whose tape.
        package: PackageId,
        /// The body.
        shares: ByteBuf,
    },
    /// A custodian gives out this custodian's share of a vault for an agreed recovery.
    ReleaseShare {
        /// Digest of the asking act.
        recovery: Digest,
        /// The vault.
        vault: Vault,
        /// The generation that was dealt.
        generation: GenerationNumber,
    },
}

/// What opens a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Opens {
    /// A call.
    Call {
        /// Whose call.
        principal: PersonId,
        /// With whom.
        counterpart: CounterpartId,
        /// How it came about.
        kind: CallKind,
    },
    /// A debrief of an off-channel contact.
    Debrief {
        /// Whose contact.
        principal: PersonId,
    },
    /// A record from elsewhere.
    Import {
        /// SHA-256 of "source NUL id".
        record: Digest,
    },
}

impl Deed {
    /// An act without words.
    pub fn bare(scope: Scope, act: Act) -> Self {
        Self::Say { scope, act, words: Vec::new() }
    }

    /// An act of a package with one body, sealed to the package.
    pub fn in_package(package: PackageId, act: Act, body: Body) -> Self {
        let words = vec![Words { vault: Vault::Package(package), body }];
        Self::Say { scope: Scope::Package(package), act, words }
    }

    /// An act of a package without words.
    pub fn bare_in_package(package: PackageId, act: Act) -> Self {
        Self::bare(Scope::Package(package), act)
    }

    /// A record from elsewhere; its package id follows from the record.
    pub fn import(
        record: Digest,
        level: Rank,
        class: RetentionClass,
        readers: BTreeSet<Reader>,
        words: Body,
    ) -> Self {
        Self::Open {
            package: imported_package(&record),
            opens: Opens::Import { record },
            class,
            level,
            readers,
            words,
        }
    }

    /// The scope that the act will stand in.
    pub fn scope(&self) -> Scope {
        match self {
            Self::Say { scope, .. } | Self::SayTape { scope, .. } => *scope,
            Self::Open { package, .. } => Scope::Package(*package),
            Self::MakeGeneration { vault } | Self::WrapReaders { vault } | Self::DealShares { vault } => {
                scope_of(*vault)
            }
            Self::ReleaseShare { .. } => Scope::Trust,
        }
    }

    /// The vault that this deed keeps in order; key work is dropped silently when another device was faster.
    pub fn keeps(&self) -> Option<Vault> {
        match self {
            Self::MakeGeneration { vault } | Self::WrapReaders { vault } | Self::DealShares { vault } => {
                Some(*vault)
            }
            Self::Say { .. } | Self::SayTape { .. } | Self::Open { .. } | Self::ReleaseShare { .. } => None,
        }
    }
}

/// The scope in which a vault's generations stand.
pub fn scope_of(vault: Vault) -> Scope {
    match vault {
        Vault::Person(_) | Vault::Office(_) => Scope::Trust,
        Vault::Package(package) => Scope::Package(package),
    }
}
