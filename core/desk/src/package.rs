//! One package, folded: a call, a debrief or an imported record, with its readers, its vault and all that belongs to it.

use std::collections::{BTreeMap, BTreeSet};

use chancery_log::{
    id::{
        ClearanceId, CommitmentId, CounterpartId, DeviceId, Digest, DueOutId, PackageId, PartyId, PersonId,
        ReadoutId, Vault,
    },
    leaf::RetentionClass,
};
use chancery_seal::{body::mark::Rank, vault::Reader};

use crate::{
    act::{CallEnd, CallKind},
    briefs::{Brief, Clearance},
    calls::Stage,
    closing::Closed,
    commitments::Commitment,
    due_outs::DueOut,
    guests::Guest,
    notes::{Note, WrapUp},
    parties::{Card, Party},
    readouts::Readout,
    said::Place,
    tapes::EpochDealing,
    telcons::Telcon,
    vaults::VaultState,
};

/// How a package came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// A call.
    Call {
        /// Whose call.
        principal: PersonId,
        /// With whom.
        counterpart: CounterpartId,
        /// Planned or not, with the time as last moved.
        kind: CallKind,
    },
    /// An account of an off-channel contact.
    Debrief {
        /// Whose contact.
        principal: PersonId,
    },
    /// A record from elsewhere.
    Imported {
        /// SHA-256 of "source NUL id".
        record: Digest,
    },
}

/// What the acts of one package add up to.
#[derive(Debug, Clone, PartialEq)]
pub struct Package {
    pub(crate) id: PackageId,
    pub(crate) nature: Nature,
    pub(crate) opened: Place,
    pub(crate) opened_by: DeviceId,
    pub(crate) opening: Digest,
    pub(crate) class: RetentionClass,
    pub(crate) level: Rank,
    pub(crate) readers: BTreeSet<Reader>,
    pub(crate) vault: VaultState,
    pub(crate) stage: Stage,
    pub(crate) answered_ms: Option<u64>,
    pub(crate) end: Option<CallEnd>,
    pub(crate) ended_ms: Option<u64>,
    pub(crate) cleared: bool,
    pub(crate) briefs: Vec<Brief>,
    pub(crate) clearances: BTreeMap<ClearanceId, Clearance>,
    pub(crate) parties: BTreeMap<PartyId, Party>,
    pub(crate) guests: BTreeMap<PartyId, Guest>,
    pub(crate) rung_ms: Option<u64>,
    pub(crate) dealings: Vec<EpochDealing>,
    pub(crate) cards: Vec<Card>,
    pub(crate) notes: Vec<Note>,
    pub(crate) wrap_ups: Vec<WrapUp>,
    pub(crate) telcons: Vec<Telcon>,
    pub(crate) commitments: BTreeMap<CommitmentId, Commitment>,
    pub(crate) due_outs: BTreeMap<DueOutId, DueOut>,
    pub(crate) readouts: BTreeMap<ReadoutId, Readout>,
    pub(crate) closed: Option<Closed>,
    pub(crate) counters: BTreeMap<DeviceId, u64>,
    pub(crate) count: u64,
}

impl Package {
    /// Its id.
    pub fn id(&self) -> PackageId {
        self.id
    }

    /// How it came to be.
    pub fn nature(&self) -> Nature {
        self.nature
    }

    /// Whose package it is; an imported record is nobody's.
    pub fn principal(&self) -> Option<PersonId> {
        match self.nature {
            Nature::Call { principal, .. } | Nature::Debrief { principal } => Some(principal),
            Nature::Imported { .. } => None,
        }
    }

    /// With whom, for a call.
    pub fn counterpart(&self) -> Option<CounterpartId> {
        match self.nature {
            Nature::Call { counterpart, .. } => Some(counterpart),
            Nature::Debrief { .. } | Nature::Imported { .. } => None,
        }
    }

    /// Where its first act stands.
    pub fn opened(&self) -> Place {
        self.opened
    }

    /// The device that opened it.
    pub fn opened_by(&self) -> DeviceId {
        self.opened_by
    }

    /// Digest of its first act, beside which the request, the debrief or the imported record is.
    pub fn opening(&self) -> Digest {
        self.opening
    }

    /// Retention class of every act of this scope.
    pub fn class(&self) -> RetentionClass {
        self.class
    }

    /// The level's rank.
    pub fn level(&self) -> Rank {
        self.level
    }

    /// Who may read, by name: persons and offices.
    pub fn readers(&self) -> &BTreeSet<Reader> {
        &self.readers
    }

    /// The package's vault.
    pub fn vault(&self) -> &VaultState {
        &self.vault
    }

    /// The vault's name.
    pub fn vault_name(&self) -> Vault {
        Vault::Package(self.id)
    }

    /// Where in its life it is.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// When they talked, if they did.
    pub fn answered_ms(&self) -> Option<u64> {
        self.answered_ms
    }

    /// How the call ended and when it was logged; none while it has not.
    pub fn end(&self) -> Option<(CallEnd, u64)> {
        self.end.zip(self.ended_ms)
    }

    /// Cleared away by a duty officer because it was stuck.
    pub fn cleared(&self) -> bool {
        self.cleared
    }

    /// The versions of the brief; the first is version 1.
    pub fn briefs(&self) -> &[Brief] {
        &self.briefs
    }

    /// What offices were asked to clear.
    pub fn clearances(&self) -> &BTreeMap<ClearanceId, Clearance> {
        &self.clearances
    }

    /// The parties, those who left too.
    pub fn parties(&self) -> &BTreeMap<PartyId, Party> {
        &self.parties
    }

    /// The guests' links and keys, by party; also when the call is over.
    pub fn guests(&self) -> &BTreeMap<PartyId, Guest> {
        &self.guests
    }

    /// The secrets of the tape's epochs as they were dealt, in the order of the log.
    pub fn dealings(&self) -> &[EpochDealing] {
        &self.dealings
    }

    /// The cards in the order they were passed.
    pub fn cards(&self) -> &[Card] {
        &self.cards
    }

    /// The notes in the order of the log, replaced ones too.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The wrap-ups in the order of the log.
    pub fn wrap_ups(&self) -> &[WrapUp] {
        &self.wrap_ups
    }

    /// The versions of the telcon; the first is version 1.
    pub fn telcons(&self) -> &[Telcon] {
        &self.telcons
    }

    /// Commitments.
    pub fn commitments(&self) -> &BTreeMap<CommitmentId, Commitment> {
        &self.commitments
    }

    /// Due-outs.
    pub fn due_outs(&self) -> &BTreeMap<DueOutId, DueOut> {
        &self.due_outs
    }

    /// Readouts.
    pub fn readouts(&self) -> &BTreeMap<ReadoutId, Readout> {
        &self.readouts
    }

    /// The closing, once closed.
    pub fn closed(&self) -> Option<&Closed> {
        self.closed.as_ref()
    }

    /// Leaves of this scope so far.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The counter that this device's next act in this scope must carry.
    pub fn next_counter(&self, device: DeviceId) -> u64 {
        self.counters.get(&device).copied().map_or(1, |last| last + 1)
    }
}
