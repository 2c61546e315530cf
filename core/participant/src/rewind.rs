//! A server that was restored from a backup shows less than this device holds. That is an alarm, always. The device goes
//! back with it only when two security officers said so in the restored log, or when its owner, an officer, says so
//! here, to be able to sign that act. What this device did after the restored place is done again.

use chancery_desk::{
    act::{Act, Guarded},
    guarded::Restored,
    said::Place,
};
use chancery_log::{
    act::BodyKind,
    checkpoint::VerifiedCheckpoint,
    checkpoint_chain::CheckpointChain,
    id::{PackageId, Scope},
    leaf::EntryBytes,
    proof::{ConsistencyProof, InclusionProof, TreeHead},
};
use chancery_open::{generation::GenerationSecret, keyring::Keyring};
use chancery_wire::{
    to_client::{Advance, Entry as WireEntry, ScopeAt},
    to_server::ToServer,
};

use crate::{
    alarm::Alarm,
    deed::{Deed, Words},
    io::Event,
    ledger::{Entry, trust::TrustHistory},
    participant::Participant,
    record::{Record, RecordKey},
};

/// The restored log's trust scope, read from its beginning beside the one that is held.
pub(crate) struct Rewind {
    trust: TrustHistory,
    entries: Vec<WireEntry>,
    checkpoints: CheckpointChain,
    scopes: Vec<ScopeAt>,
}

/// A log that went back, as it was first seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WentBack {
    head: TreeHead,
    lost_size: u64,
}

impl Participant {
    /// Lets this device go back with a restored log without the officers' act. For a security officer, before signing
    /// that act, and for nobody else: what was logged after the backup is given up.
    pub fn accept_restored_log(&mut self) {
        self.accepts_restored = true;
    }

    /// What an officer signs about a restored log, as this device first saw it: its size and root, and the size of the
    /// last checkpoint that the device had seen before.
    pub fn restored_statement(&self) -> Option<Guarded> {
        let WentBack { head, lost_size } = self.went_back?;
        Some(Guarded::Restored { size: head.size, root: head.root, lost_size })
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
        self.alarm(Alarm::BadCheckpoint { detail });
        self.went_back.get_or_insert(WentBack { head: checkpoint.head(), lost_size: held });
        let checkpoints = CheckpointChain::start(checkpoint);
        let scopes = scopes.to_vec();
        self.rewind =
            Some(Rewind { trust: TrustHistory::default(), entries: Vec::new(), checkpoints, scopes });
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
        let signed =
            rewind.trust.latest()?.restored().iter().rev().find(|restored| !known.contains(restored));
        let size = match signed {
            Some(restored) => restored.size,
            None if self.accepts_restored => rewind.checkpoints.newest().size(),
            None => return None,
        };
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
            return self.close();
        };
        let lost = self.own_after(cut);
        self.accepts_restored = false;
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
        for (deed, said_ms) in lost {
            self.queue_said(deed, said_ms);
        }
        self.event(Event::Rewound { size: cut, done_again: count });
        for at in rewind.scopes {
            self.follow(at);
        }
    }

    /// This device's own deeds that the restored log does not have, with the time at which they were done.
    fn own_after(&self, cut: u64) -> Vec<(Deed, u64)> {
        let own = self.device();
        let scopes = std::iter::once(Scope::Trust).chain(self.ledger.packages.ids().map(Scope::Package));
        let entries = scopes.flat_map(|scope| self.ledger.entries(scope));
        let lost = entries.filter(|entry| entry.place.index >= cut && entry.said.author == own);
        lost.filter_map(|entry| self.deed_of(entry).map(|deed| (deed, entry.said.said_ms))).collect()
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
