//! From entries to state: the chain is checked when they come, each is judged and folded when the trust that it was
//! judged at is here.

use chancery_desk::{
    act::Act,
    said::{Place, Said},
};
use chancery_log::{
    act::{BodyKind, Head, ReceivedAct},
    cbor,
    id::{Digest, Scope},
    leaf::{EntryBytes, LeafBytes},
    proof::InclusionProof,
};
use chancery_wire::{to_client::Advance, to_client::Entry as WireEntry, to_server::ToServer};
use serde_bytes::ByteBuf;

use crate::{
    alarm::Alarm,
    bodies::BodyPlace,
    io::Event,
    ledger::Entry,
    log_key::agreed_keys,
    participant::{Participant, TRUST_WAIT_MS},
    record::{Record, RecordKey},
};

/// An entry whose chain was checked, and which is not folded yet.
#[derive(Debug)]
pub(crate) struct WaitingEntry {
    pub(crate) leaf: LeafBytes,
    pub(crate) act: Vec<u8>,
    pub(crate) since_ms: u64,
}

impl Participant {
    /// The head of what was received of a scope, folded or not.
    pub(crate) fn received_head(&self, scope: Scope) -> Head {
        self.ledger.head(scope)
    }

    pub(crate) fn take_entries(
        &mut self,
        scope: Scope,
        entries: &[WireEntry],
        checkpoint: &Advance,
        inclusion: &InclusionProof,
    ) {
        if self.rewind.is_some() {
            let count = self.connection.behind.get(&scope).map_or(0, |head| head.count);
            if scope == Scope::Trust {
                self.take_restored(entries, checkpoint, inclusion, count);
            }
            return;
        }
        if self.broken.contains(&scope) || !self.connection.following.contains(&scope) {
            return;
        }
        let newest = match (scope, self.ledger.trust().is_some()) {
            (Scope::Trust, true) => self.advance_with(entries, checkpoint),
            (Scope::Package(_), true) => self.advance(checkpoint),
            (_, false) => self.first_checkpoint(scope, entries, checkpoint),
        };
        let Some(newest) = newest else { return };
        let bytes: Vec<EntryBytes<'_>> =
            entries.iter().map(|entry| EntryBytes { leaf: &entry.leaf, act: &entry.act }).collect();
        let chain = match scope {
            Scope::Trust => &mut self.ledger.trust.chain,
            Scope::Package(package) => &mut self.ledger.packages.held(package).chain,
        };
        match chain.extend(&bytes, inclusion, &newest) {
            Ok(leaves) => self.queue_entries(scope, leaves, entries),
            Err(error) => {
                self.alarm(Alarm::BrokenChain { scope, detail: error.to_string() });
                self.break_off(scope);
            }
        }
    }

    fn queue_entries(&mut self, scope: Scope, leaves: Vec<LeafBytes>, entries: &[WireEntry]) {
        let since_ms = self.now_ms();
        for (leaf, entry) in leaves.into_iter().zip(entries) {
            let record = Record::Entry { leaf: entry.leaf.clone(), act: entry.act.clone() };
            self.keep(&RecordKey::Entry(scope, leaf.leaf().before.count), Some(&record));
            let act = entry.act.to_vec();
            self.waiting.entry(scope).or_default().push_back(WaitingEntry { leaf, act, since_ms });
        }
    }

    /// The first message ever: the genesis says whose signature the checkpoints must carry.
    fn first_checkpoint(
        &mut self,
        scope: Scope,
        entries: &[WireEntry],
        checkpoint: &Advance,
    ) -> Option<chancery_log::checkpoint::VerifiedCheckpoint> {
        let genesis = match (scope, entries.first()) {
            (Scope::Trust, Some(first)) => self.read_genesis(&first.act),
            (Scope::Trust, None) | (Scope::Package(_), _) => return None,
        };
        let founded = match genesis {
            Ok(said) => said.act,
            Err(alarm) => {
                self.alarm(alarm);
                self.break_off(scope);
                self.close();
                return None;
            }
        };
        let Act::DeskFounded(genesis) = founded else { return None };
        let mut keys = vec![genesis.log_key];
        keys.extend(agreed_keys(entries));
        if let Some(first) = self.first_note.take() {
            self.advance_under_one_of(&first, &genesis.origin, &keys)?;
        }
        self.advance_under_one_of(checkpoint, &genesis.origin, &keys)
    }

    /// The genesis: its digest is the one from this device's link, and its first officer signed it.
    pub(crate) fn read_genesis(&self, act: &[u8]) -> Result<Said, Alarm> {
        if Digest::of(act) != self.identity.genesis {
            return Err(Alarm::WrongGenesis);
        }
        let forged = |detail: String| Alarm::ForgedAct { scope: Scope::Trust, index: 0, detail };
        let received = ReceivedAct::read(act.to_vec()).map_err(|e| forged(e.to_string()))?;
        let content: Act = cbor::decode("the founding act", received.claimed_content())
            .map_err(|e| forged(e.to_string()))?;
        let Act::DeskFounded(genesis) = content else { return Err(Alarm::WrongGenesis) };
        let first = genesis.officers.first().ok_or(Alarm::WrongGenesis)?;
        let key = first.keys.verifying_key().map_err(|e| forged(e.to_string()))?;
        let verified = received.verify(&key).map_err(|e| forged(e.to_string()))?;
        Said::read(&verified).map_err(|e| forged(e.to_string()))
    }

    /// Folds what can be folded: trust first, then each package as far as its trust is here.
    pub(crate) fn fold_waiting(&mut self) {
        self.fold_scope(Scope::Trust);
        let scopes: Vec<Scope> =
            self.waiting.iter().filter(|(_, waiting)| !waiting.is_empty()).map(|(scope, _)| *scope).collect();
        for scope in scopes {
            self.fold_scope(scope);
        }
    }

    fn fold_scope(&mut self, scope: Scope) {
        let mut changed = false;
        while let Some(entry) = self.next_foldable(scope) {
            let placed = self.ledger.check_place(entry.leaf.leaf());
            let folded = placed.and_then(|()| match scope {
                Scope::Trust if self.ledger.trust().is_none() => self
                    .read_genesis(&entry.act)
                    .and_then(|said| self.ledger.trust.found(said, Place::of(entry.leaf.leaf()))),
                Scope::Trust => self.ledger.trust.fold(&entry.leaf, &entry.act).map(|_| ()),
                Scope::Package(package) => {
                    let count = entry.leaf.leaf().trust_count;
                    match self.ledger.trust.at(count) {
                        Some(trust) => {
                            self.ledger.packages.fold(package, trust, &entry.leaf, &entry.act).map(|_| ())
                        }
                        None => Err(Alarm::TrustWithheld { scope, needed: count, held: 0 }),
                    }
                }
            });
            match folded {
                Ok(()) => {
                    changed = true;
                    self.folded(scope);
                }
                Err(alarm) => {
                    self.alarm(alarm);
                    self.break_off(scope);
                    break;
                }
            }
        }
        if changed {
            self.event(Event::Changed(scope));
        }
    }

    fn next_foldable(&mut self, scope: Scope) -> Option<WaitingEntry> {
        let held = self.ledger.trust.folded();
        let waiting = self.waiting.get_mut(&scope)?;
        let needed = waiting.front()?.leaf.leaf().trust_count;
        if needed > held { None } else { waiting.pop_front() }
    }

    /// What follows from the newest entry of a scope.
    fn folded(&mut self, scope: Scope) {
        let Some(entry) = self.ledger.entries(scope).last() else { return };
        let (said, place) = (entry.said.clone(), entry.place);
        let ahead_of_all = self.clock.saw_logged(place.logged_ms);
        // What a device kept is told by the next welcome.
        if self.connection.is_in() {
            self.alarm_of_clocks(ahead_of_all);
        }
        if scope == Scope::Trust {
            (self.trust_since_ms, self.is_stale_told) = (self.now_ms(), false);
        }
        if let Err(alarm) = self.ledger.compare_seen(&said) {
            self.alarm(alarm);
        }
        if said.author == self.identity.secrets.id() {
            self.logged(said.digest, place.index);
        }
        self.note_dirty(&said);
        self.want_bodies(scope, &Entry { said, place });
    }

    pub(crate) fn want_bodies(&mut self, scope: Scope, entry: &Entry) {
        let Entry { said, place } = entry;
        for (body, named) in (0..).zip(&said.bodies) {
            let (author, counter, act) = (said.author, said.counter, said.digest);
            let place =
                BodyPlace { scope, index: place.scope_count, act, author, counter, body, named: *named };
            match self.bodies.take_own(named.sha256) {
                Some(bytes) => {
                    let record = Record::Body { bytes: ByteBuf::from(bytes.clone()) };
                    self.keep(&RecordKey::Body(named.sha256), Some(&record));
                    self.use_body(place, bytes);
                }
                None if matches!(named.kind, BodyKind::TapeShares(_)) && !self.needs_tape_shares(said) => {}
                None => self.bodies.want(place),
            }
        }
    }

    /// Nothing more of this scope is believed.
    pub(crate) fn break_off(&mut self, scope: Scope) {
        self.broken.insert(scope);
        self.waiting.remove(&scope);
        self.connection.behind.remove(&scope);
        if self.connection.is_in() {
            self.send(&ToServer::Unfollow { scope });
        }
    }

    /// Entries that wait for trust which the server does not deliver.
    pub(crate) fn alarm_of_withheld_trust(&mut self) {
        let (held, now) = (self.ledger.trust.folded(), self.now_ms());
        let alarms: Vec<Alarm> = self
            .waiting
            .iter()
            .filter_map(|(scope, waiting)| waiting.front().map(|front| (*scope, front)))
            .filter(|(_, front)| now.saturating_sub(front.since_ms) > TRUST_WAIT_MS)
            .map(|(scope, front)| Alarm::TrustWithheld { scope, needed: front.leaf.leaf().trust_count, held })
            .collect();
        for alarm in alarms {
            self.alarm(alarm);
        }
    }
}
