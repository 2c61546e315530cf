//! A server that was restored from a backup shows less than this device holds. That is an alarm, always. The device goes
//! back with it only when two security officers said so in the restored log, or when its owner, an officer, says so
//! here, to be able to sign that act. What this device did after the restored place is done again.
//!
//! The restored place is that of the backup's checkpoint, which the log's key signed: a size that somebody typed wrongly
//! would do things twice, or not again.

use std::collections::BTreeSet;

use chancery_desk::{
    act::{Act, Role},
    guarded::Restored,
    refusal::Refusal,
    roles::Power,
    said::Place,
};
use chancery_log::{
    act::BodyKind,
    checkpoint::{self, CheckpointError, VerifiedCheckpoint},
    checkpoint_chain::CheckpointChain,
    id::{Digest, PackageId, Scope},
    leaf::EntryBytes,
    proof::{ConsistencyProof, InclusionProof},
};
use chancery_open::{generation::GenerationSecret, keyring::Keyring};
use chancery_wire::{
    to_client::{Advance, Entry as WireEntry, ScopeAt},
    to_server::ToServer,
};

use crate::{
    alarm::Alarm,
    connection::Login,
    deed::{Deed, Words},
    io::Event,
    ledger::{Entry, trust::TrustHistory},
    outbox::Item,
    participant::Participant,
    record::{Record, RecordKey},
};

/// The restored log's trust scope, read from its beginning beside the one that is held.
pub(crate) struct Rewind {
    trust: TrustHistory,
    entries: Vec<WireEntry>,
    checkpoints: CheckpointChain,
    scopes: Vec<ScopeAt>,
    /// How the log differs from the one that is held.
    differs: String,
}

/// Why a checkpoint can not be that of a restored backup.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RestoredError {
    /// Nothing of the desk is here yet.
    #[error("this device has not caught up with its desk yet: connect it and try again")]
    NoTrust,
    /// Not a checkpoint of this log.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl Participant {
    /// The place of a backup, by its checkpoint.
    pub fn restored_place(&mut self, note: &[u8]) -> Result<VerifiedCheckpoint, RestoredError> {
        let origin = self.ledger.trust().ok_or(RestoredError::NoTrust)?.origin().to_owned();
        let mut refused = RestoredError::NoTrust;
        for key in self.log_keys_ever() {
            match checkpoint::verify(note, &origin, &key) {
                Ok(place) => return Ok(place),
                Err(error) => refused = error.into(),
            }
        }
        Err(refused)
    }

    /// Lets this device go back, at its next connection, with a log that was restored at this place, without the officers'
    /// act. For a security officer, before signing that act, and for nobody else: what was logged after the backup is
    /// given up.
    pub fn accept_restored_log(&mut self, place: VerifiedCheckpoint) -> Result<(), Refusal> {
        let me = self.ledger.trust().and_then(|trust| trust.person(self.identity.person));
        let has = me.map(|person| person.roles.clone()).unwrap_or_default();
        if !has.contains(&Role::SecurityOfficer) {
            let needed = [Role::SecurityOfficer].into();
            return Err(Refusal::NeedsRole { power: Power::Guard, needed, has });
        }
        self.accepts_restored = Some(place);
        self.refused_log = None;
        // The next hello asks for the proof that the log extends this place.
        if self.connection.login != Login::Offline {
            self.connection.caught_up = false;
            self.close();
        }
        Ok(())
    }

    /// Why this device does not follow the server's log: it went back, or is another, and nobody stands for that.
    pub fn refused_log(&self) -> Option<&str> {
        self.refused_log.as_deref()
    }

    fn refuse_log(&mut self, differs: String) {
        self.refused_log = Some(differs);
        self.close();
    }

    /// What was lost after this place, by the newest log that this device saw before it went back: its size.
    pub fn lost_size(&self, place: &VerifiedCheckpoint) -> u64 {
        self.lost_size.unwrap_or(0).max(place.size())
    }

    /// The welcome's checkpoint must extend the place at which the log was restored, as its owner said.
    pub(crate) fn rewind_to(&mut self, place: VerifiedCheckpoint, checkpoint: &Advance, scopes: &[ScopeAt]) {
        let proof = ConsistencyProof(checkpoint.consistency.clone());
        let (size, mut checkpoints) = (place.size(), CheckpointChain::start(place));
        let keys = self.log_keys_ever();
        if !keys.iter().any(|key| checkpoints.advance(&checkpoint.note, key, &proof).is_ok()) {
            let detail = format!(
                "the log does not extend the backup of {size} entries: was it restored from another?"
            );
            self.alarm(Alarm::BadCheckpoint { detail: detail.clone() });
            return self.refuse_log(detail);
        }
        if let Some(held) = self.checkpoint().map(VerifiedCheckpoint::size) {
            self.lost_size.get_or_insert(held);
        }
        self.read_again(checkpoints, scopes, format!("the log was restored at {size} entries"));
    }

    /// The welcome's checkpoint does not extend the one held.
    pub(crate) fn begin_rewind(&mut self, checkpoint: VerifiedCheckpoint, held: u64, scopes: &[ScopeAt]) {
        let shown = checkpoint.size();
        let detail = if shown < held {
            format!("the log went back from {held} entries to {shown}: was it restored?")
        } else {
            format!(
                "two histories: the log of {shown} entries does not extend the {held} held: was it restored?"
            )
        };
        self.alarm(Alarm::BadCheckpoint { detail: detail.clone() });
        self.lost_size.get_or_insert(held);
        self.read_again(CheckpointChain::start(checkpoint), scopes, detail);
    }

    fn read_again(&mut self, checkpoints: CheckpointChain, scopes: &[ScopeAt], differs: String) {
        let (trust, entries, scopes) = (TrustHistory::default(), Vec::new(), scopes.to_vec());
        self.rewind = Some(Rewind { trust, entries, checkpoints, scopes, differs });
        self.connection.following.insert(Scope::Trust);
        self.send(&ToServer::Follow { scope: Scope::Trust, head: chancery_log::act::Head::EMPTY });
    }

    /// Trust entries of the restored log, from its beginning.
    pub(crate) fn take_restored(
        &mut self,
        entries: &[WireEntry],
        checkpoint: &Advance,
        inclusion: &InclusionProof,
        count: u64,
    ) {
        let keys = self.log_keys_ever();
        let Some(mut rewind) = self.rewind.take() else { return };
        match self.fold_restored(&mut rewind, &keys, entries, checkpoint, inclusion) {
            Ok(()) if rewind.trust.folded() >= count => self.end_rewind(rewind),
            Ok(()) => self.rewind = Some(rewind),
            Err(alarm) => {
                self.alarm(alarm);
                self.close();
            }
        }
    }

    fn fold_restored(
        &self,
        rewind: &mut Rewind,
        keys: &[[u8; 32]],
        entries: &[WireEntry],
        checkpoint: &Advance,
        inclusion: &InclusionProof,
    ) -> Result<(), Alarm> {
        let proof = ConsistencyProof(checkpoint.consistency.clone());
        let advanced =
            keys.iter().any(|key| rewind.checkpoints.advance(&checkpoint.note, key, &proof).is_ok());
        if !advanced {
            return Err(Alarm::BadCheckpoint {
                detail: "the restored log's checkpoints do not follow".into(),
            });
        }
        let bytes: Vec<EntryBytes<'_>> =
            entries.iter().map(|entry| EntryBytes { leaf: &entry.leaf, act: &entry.act }).collect();
        let leaves = rewind
            .trust
            .chain
            .extend(&bytes, inclusion, rewind.checkpoints.newest())
            .map_err(|error| Alarm::BrokenChain { scope: Scope::Trust, detail: error.to_string() })?;
        for (leaf, entry) in leaves.iter().zip(entries) {
            if rewind.trust.latest().is_none() {
                let said = self.read_genesis(&entry.act)?;
                rewind.trust.found(said, Place::of(leaf.leaf()))?;
            } else {
                rewind.trust.fold(leaf, &entry.act)?;
            }
            rewind.entries.push(entry.clone());
        }
        Ok(())
    }

    /// Where the restored log was cut, if this device may go back there: at the size that was signed, and not after the
    /// first trust entry that differs, as acts may have come between the restore and its signing.
    fn accepted_cut(&self, rewind: &Rewind) -> Option<u64> {
        let known: &[Restored] = self.ledger.trust().map_or(&[], |trust| trust.restored());
        let news = rewind.trust.latest()?.restored().iter().filter(|restored| !known.contains(restored));
        let accepted = self.accepts_restored.as_ref().map(VerifiedCheckpoint::size);
        // The log may have been restored more than once: what the first of them lost is lost.
        let size = news.map(|restored| restored.size).chain(accepted).min()?;
        let ours = self.ledger.trust.entries();
        let differs = (1..)
            .zip(ours)
            .find(|(count, _)| rewind.trust.chain.head_at(*count) != self.ledger.trust.chain.head_at(*count));
        Some(differs.map_or(size, |(_, entry)| size.min(entry.place.index)))
    }

    fn end_rewind(&mut self, rewind: Rewind) {
        let Some(cut) = self.accepted_cut(&rewind) else {
            let (ours, theirs) = (self.ledger.head(Scope::Trust).count, rewind.trust.folded());
            self.alarm(Alarm::Diverged { scope: Scope::Trust, ours, theirs });
            return self.refuse_log(rewind.differs);
        };
        let lost = self.own_after(cut, &rewind);
        (self.accepts_restored, self.refused_log) = (None, None);
        self.replace_trust(&rewind);
        self.drop_packages_after(cut);
        self.checkpoints = Some(rewind.checkpoints);
        if let Some(newest) = self.checkpoints.as_ref().map(|held| held.newest().note().to_vec()) {
            self.keep(&RecordKey::Checkpoint, Some(&Record::Checkpoint { note: newest.into() }));
        }
        self.keep_matching_keys();
        self.logged_counter.clear();
        self.owed.clear();
        self.waiting.clear();
        self.broken.clear();
        self.want_bodies_after(cut);
        let count = lost.len();
        for item in lost {
            self.queue_item(item);
        }
        self.event(Event::Rewound { size: cut, done_again: count });
        for at in rewind.scopes {
            self.follow(at);
        }
    }

    /// This device's own deeds that the restored log does not have, under the date of the first time. A call's own come out
    /// again when its entries come and have them after all.
    fn own_after(&self, cut: u64, rewind: &Rewind) -> Vec<Item> {
        let kept: BTreeSet<Digest> = rewind.entries.iter().map(|entry| Digest::of(&entry.act)).collect();
        let own = self.device();
        let scopes = std::iter::once(Scope::Trust).chain(self.ledger.packages.ids().map(Scope::Package));
        let entries = scopes.flat_map(|scope| self.ledger.entries(scope));
        let lost = entries.filter(|entry| entry.place.index >= cut && entry.said.author == own);
        let lost = lost.filter(|entry| !kept.contains(&entry.said.digest));
        lost.filter_map(|entry| {
            let (date, again) = (self.clock.dated(entry.said.said_ms), Some(entry.said.digest));
            self.deed_of(entry).map(|deed| Item { again, ..Item::new(deed, date) })
        })
        .collect()
    }

    /// The deed behind an own act; none for key work, which is done by itself, and for words that are not open here.
    fn deed_of(&self, entry: &Entry) -> Option<Deed> {
        let said = &entry.said;
        let is_key_work = matches!(
            said.act,
            Act::GenerationMade { .. }
                | Act::ReadersWrapped { .. }
                | Act::SharesDealt { .. }
                | Act::ShareReleased { .. }
        );
        if is_key_work || said.act.opening().is_some() {
            return self.opening_of(entry);
        }
        let words: Option<Vec<Words>> = said
            .bodies
            .iter()
            .zip(0..)
            .map(|(body, at)| match body.kind {
                BodyKind::Sealed(vault, _) => {
                    self.bodies.get(said.digest, at).map(|body| Words { vault, body: body.clone() })
                }
                BodyKind::Wraps(..) | BodyKind::Shares(..) | BodyKind::TapeShares(_) => None,
            })
            .collect();
        Some(Deed::Say { scope: said.scope, act: said.act.clone(), words: words? })
    }

    fn opening_of(&self, entry: &Entry) -> Option<Deed> {
        use crate::deed::Opens;
        let said = &entry.said;
        let Scope::Package(package) = said.scope else { return None };
        #[allow(clippy::wildcard_enum_match_arm, reason = "only these three open a package")]
        let opens = match said.act {
            Act::CallRequested { principal, counterpart, kind, .. } => {
                Opens::Call { principal, counterpart, kind }
            }
            Act::DebriefGiven { principal, .. } => Opens::Debrief { principal },
            Act::PackageImported { record, .. } => Opens::Import { record },
            _ => return None,
        };
        let opening = said.act.opening()?;
        let words = self.bodies.get(said.digest, 1)?.clone();
        let (class, level, readers) = (opening.class, opening.level, opening.readers.clone());
        Some(Deed::Open { package, opens, class, level, readers, words })
    }

    fn replace_trust(&mut self, rewind: &Rewind) {
        let before = self.ledger.head(Scope::Trust).count;
        for index in 0..before {
            self.keep(&RecordKey::Entry(Scope::Trust, index), None);
        }
        for (index, entry) in (0..).zip(&rewind.entries) {
            let record = Record::Entry { leaf: entry.leaf.clone(), act: entry.act.clone() };
            self.keep(&RecordKey::Entry(Scope::Trust, index), Some(&record));
        }
        self.ledger.trust = rewind.trust.clone();
    }

    /// Packages with entries that the restored log lost are forgotten and fetched again.
    fn drop_packages_after(&mut self, cut: u64) {
        let lost: Vec<PackageId> = self
            .ledger
            .packages
            .all()
            .filter(|(_, _, entries)| entries.iter().any(|entry| entry.place.index >= cut))
            .map(|(id, _, _)| id)
            .collect();
        for package in lost {
            let scope = Scope::Package(package);
            for index in 0..self.ledger.head(scope).count {
                self.keep(&RecordKey::Entry(scope, index), None);
            }
            self.ledger.packages.forget(package);
        }
    }

    /// Keeps the secrets of generations that the restored log states; others were of generations that it lost.
    fn keep_matching_keys(&mut self) {
        let mut matching = Keyring::new(self.identity.desk);
        let held: Vec<_> = self
            .keyring
            .all()
            .map(|(vault, number, secret)| (vault, number, GenerationSecret::from_bytes(secret.expose())))
            .collect();
        for (vault, number, secret) in held {
            let stated = self
                .vault_state(vault)
                .and_then(|state| state.generation(number))
                .map(|made| made.generation.clone());
            if let Some(stated) = stated {
                // A secret of another generation under the same number does not match: it is left behind.
                let _is_other = matching.insert(vault, &stated, secret).is_err();
            }
        }
        self.keyring = matching;
    }

    fn want_bodies_after(&mut self, cut: u64) {
        let new: Vec<Entry> = self
            .ledger
            .entries(Scope::Trust)
            .iter()
            .filter(|entry| entry.place.index >= cut)
            .cloned()
            .collect();
        for entry in new {
            self.want_bodies(Scope::Trust, &entry);
        }
    }
}
