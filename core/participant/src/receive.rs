//! What the server says, message by message. Nothing that it says is believed without its proof.

use chancery_desk::refusal::Refusal;
use chancery_log::{
    checkpoint::{self, VerifiedCheckpoint},
    checkpoint_chain::CheckpointChain,
    id::{Digest, Scope},
    proof::{ConsistencyProof, InclusionProof},
    receipt,
};
use chancery_seal::invitation::Knock;
use chancery_wire::{
    hello::Challenge,
    limits::CREDIT,
    to_client::{Advance, Deferral, ScopeAt, ToClient},
    to_server::ToServer,
};
use rand_core::Rng;

use crate::{
    alarm::Alarm,
    connection::Login,
    io::Event,
    outbox::Ticket,
    participant::Participant,
    record::{Record, RecordKey},
};

/// A deed that the server asked to wait for is sent again after this long.
const DEFERRED_MS: u64 = 2_000;

/// A deed is signed anew at most so often because the desk changed under it.
pub(crate) const TRIES_MAX: u32 = 12;

impl Participant {
    pub(crate) fn receive(&mut self, bytes: &[u8]) {
        let message = match ToClient::read(bytes) {
            Ok(message) => message,
            Err(error) => {
                self.alarm(Alarm::Unreadable { detail: error.to_string() });
                return self.close();
            }
        };
        match message {
            ToClient::Challenge { server_nonce } => self.answer(server_nonce.into_array()),
            ToClient::Welcome { server_ms, checkpoint, scopes } => {
                self.welcome(server_ms, checkpoint, &scopes)
            }
            ToClient::Entries { scope, entries, checkpoint, inclusion, head } => {
                self.taken();
                self.connection.behind.insert(scope, head);
                self.take_entries(scope, &entries, &checkpoint, &InclusionProof(inclusion));
            }
            ToClient::Diverged { scope, head } => {
                let (ours, theirs) = (self.ledger.head(scope).count, head.count);
                self.broken.insert(scope);
                self.alarm(Alarm::Diverged { scope, ours, theirs });
            }
            ToClient::ScopeOpened(at) => self.follow(at),
            ToClient::ScopeShut { scope } => {
                self.connection.following.remove(&scope);
                self.connection.behind.remove(&scope);
            }
            ToClient::Receipt { act, leaf, inclusion, checkpoint } => {
                self.take_receipt(act, &leaf, &InclusionProof(inclusion), &checkpoint);
            }
            ToClient::Refused { act, refusal } => self.take_refusal(act, *refusal),
            ToClient::Deferred { act, because } => self.take_deferral(act, because),
            ToClient::Body { sha256, bytes } => {
                self.taken();
                self.take_body(sha256, bytes.into_vec());
            }
            ToClient::BodyMissing { sha256 } => {
                self.taken();
                self.bodies.missing(sha256);
            }
            ToClient::Knocks { knocks } => {
                self.knocks = knocks.iter().filter_map(|bytes| Knock::read(bytes).ok()).collect();
                self.event(Event::Knocks);
            }
            ToClient::Call { package, say } => self.call_down(package, say),
            ToClient::KnockHeard { .. } | ToClient::Approved {} | ToClient::Pong {} => {}
            ToClient::Closing { because } => {
                self.event(Event::Closing(because));
                self.close();
            }
        }
    }

    fn answer(&mut self, server_nonce: [u8; 32]) {
        let Login::Hello { host } = &self.connection.login else { return };
        let host = host.clone();
        let mut device_nonce = [0; 32];
        self.rng.fill_bytes(&mut device_nonce);
        let (desk, device) = (self.identity.desk, self.device());
        let challenge = Challenge { desk, device, host, server_nonce, device_nonce };
        let signature = challenge
            .signed_bytes()
            .map_err(|e| e.to_string())
            .and_then(|bytes| self.identity.secrets.sign_challenge(&bytes).map_err(|e| e.to_string()));
        match signature {
            Ok(signature) => {
                self.connection.login = Login::Answered;
                self.send(&ToServer::Answer {
                    device_nonce: device_nonce.into(),
                    signature: signature.into(),
                });
            }
            Err(detail) => self.alarm(Alarm::Unreadable { detail }),
        }
    }

    fn welcome(&mut self, server_ms: u64, checkpoint: Advance, scopes: &[ScopeAt]) {
        if self.connection.login != Login::Answered {
            return;
        }
        self.connection.login = Login::In;
        self.compare_clocks(server_ms);
        if let Some(place) = self.connection.rewinds_to.take() {
            return self.rewind_to(place, &checkpoint, scopes);
        }
        if self.went_back(&checkpoint, scopes) {
            return;
        }
        let trust_count = scopes.iter().find(|at| at.scope == Scope::Trust).map_or(0, |at| at.head.count);
        if !self.advance_at_welcome(checkpoint, trust_count) {
            return;
        }
        self.event(Event::Welcome);
        self.resume_calls();
        for at in scopes {
            self.follow(*at);
        }
    }

    /// Whether the server's log, signed as it must be, does not extend the one that this device knows. Then it was
    /// restored, as officers may say in it, or the server shows two histories.
    fn went_back(&mut self, checkpoint: &Advance, scopes: &[ScopeAt]) -> bool {
        let Some(mut held) = self.checkpoints.clone() else { return false };
        let Some(origin) = self.ledger.trust().map(|trust| trust.origin().to_owned()) else { return false };
        let before = held.newest().size();
        let proof = ConsistencyProof(checkpoint.consistency.clone());
        for key in self.log_keys_ever() {
            let Ok(verified) = checkpoint::verify(&checkpoint.note, &origin, &key) else { continue };
            if held.advance(&checkpoint.note, &key, &proof).is_err() {
                self.begin_rewind(verified, before, scopes);
                return true;
            }
            return false;
        }
        false
    }

    pub(crate) fn follow(&mut self, at: ScopeAt) {
        self.connection.behind.insert(at.scope, at.head);
        if self.connection.following.insert(at.scope) {
            let head = self.received_head(at.scope);
            self.send(&ToServer::Follow { scope: at.scope, head });
        }
    }

    fn taken(&mut self) {
        self.connection.taken += 1;
        if self.connection.taken >= CREDIT / 4 {
            let messages = std::mem::take(&mut self.connection.taken);
            self.send(&ToServer::Taken { messages });
        }
    }

    /// Takes a checkpoint with its proof; none, with an alarm and a closed connection, when it does not follow.
    pub(crate) fn advance(&mut self, advance: &Advance) -> Option<VerifiedCheckpoint> {
        let (origin, key) = {
            let trust = self.ledger.trust()?;
            (trust.origin().to_owned(), *trust.log_key())
        };
        self.advance_under_one_of(advance, &origin, &[key])
    }

    pub(crate) fn advance_under_one_of(
        &mut self,
        advance: &Advance,
        origin: &str,
        keys: &[[u8; 32]],
    ) -> Option<VerifiedCheckpoint> {
        let mut detail = "there is no key to check it with".to_owned();
        for key in keys {
            match self.try_advance(advance, origin, key) {
                Ok(newest) => return Some(newest),
                Err(why) => detail = why,
            }
        }
        self.alarm(Alarm::BadCheckpoint { detail });
        self.close();
        None
    }

    fn try_advance(
        &mut self,
        advance: &Advance,
        origin: &str,
        key: &[u8; 32],
    ) -> Result<VerifiedCheckpoint, String> {
        let before = self.checkpoints.as_ref().map(|held| held.newest().size());
        let newest = match self.checkpoints.as_mut() {
            Some(held) => {
                let proof = ConsistencyProof(advance.consistency.clone());
                held.advance(&advance.note, key, &proof).map_err(|e| e.to_string())?.clone()
            }
            None => {
                let first = checkpoint::verify(&advance.note, origin, key).map_err(|e| e.to_string())?;
                self.checkpoints = Some(CheckpointChain::start(first.clone()));
                first
            }
        };
        if before != Some(newest.size()) {
            self.keep(&RecordKey::Checkpoint, Some(&Record::Checkpoint { note: advance.note.clone() }));
        }
        Ok(newest)
    }

    fn take_receipt(&mut self, act: Digest, leaf: &[u8], inclusion: &InclusionProof, checkpoint: &Advance) {
        let Some(newest) = self.advance(checkpoint) else { return };
        let Some(ticket) = self.outbox.by_digest(act) else { return };
        let Some(scope) = self.outbox.item(ticket).map(|item| item.deed.scope()) else { return };
        match receipt::verify_under(leaf, inclusion, newest, act, scope) {
            Ok(receipt) => {
                self.owed.insert(scope, (receipt.leaf().after().count, self.now_ms()));
                self.logged(act, receipt.leaf().leaf().index);
            }
            Err(error) => self.alarm(Alarm::FalseReceipt { act, detail: error.to_string() }),
        }
    }

    /// An act of this device is in the log, by receipt or by its entry, whichever comes first.
    pub(crate) fn logged(&mut self, act: Digest, index: u64) {
        let Some(ticket) = self.outbox.by_digest(act) else { return };
        let Some(item) = self.outbox.remove(ticket) else { return };
        self.keep(&RecordKey::Deed(ticket), None);
        if let Some(signed) = item.signed {
            let newest = self.logged_counter.entry(item.deed.scope()).or_insert(0);
            *newest = (*newest).max(signed.counter);
            self.bodies.add_own(signed.bodies);
        }
        self.event(Event::Logged { ticket, act, index });
    }

    fn take_refusal(&mut self, act: Digest, refusal: Refusal) {
        let Some(ticket) = self.outbox.by_digest(act) else { return };
        let is_dated_anew = self.is_dated_anew(ticket, &refusal);
        let now = self.now_ms();
        let Some(item) = self.outbox.item(ticket) else { return };
        let scope = item.deed.scope();
        let counter = item.signed.as_ref().map_or(0, |signed| signed.counter);
        let is_keeping = item.deed.keeps().is_some();
        if (desk_changed(&refusal) || is_dated_anew) && !is_keeping && item.tries < TRIES_MAX {
            item.tries += 1;
            item.not_before_ms = now + 20 * u64::from(item.tries);
            if let Refusal::RekeyFirst { vault } = refusal {
                self.want_generation(vault);
            }
        } else if is_keeping {
            // Another device was faster, or it is not for this one to do: keeping looks again.
            self.drop_key_work(ticket);
        } else {
            self.refuse(ticket, refusal);
        }
        self.outbox.unsign_from(scope, counter);
    }

    /// A refusal for its date says what time it is at the desk: one of the clocks was set since the welcome. Whether the
    /// deed gets another date by that.
    fn is_dated_anew(&mut self, ticket: Ticket, refusal: &Refusal) -> bool {
        let Some(said_ms) = self.outbox.get(ticket).and_then(|item| item.signed.as_ref()?.said_ms()) else {
            return false;
        };
        #[allow(clippy::wildcard_enum_match_arm, reason = "only these two are about the date")]
        match refusal {
            Refusal::ClockAhead { ahead_ms, .. } => {
                self.compare_clocks(said_ms.saturating_sub(*ahead_ms));
                true
            }
            Refusal::TooOld { age_ms, .. } => self.compare_clocks(said_ms.saturating_add(*age_ms)),
            _ => false,
        }
    }

    pub(crate) fn refuse(&mut self, ticket: u64, refusal: Refusal) {
        self.outbox.refuse(ticket, refusal.clone());
        self.keep(&RecordKey::Deed(ticket), None);
        self.event(Event::Refused { ticket, refusal });
    }

    fn take_deferral(&mut self, act: Digest, because: Deferral) {
        let now = self.now_ms();
        let Some(ticket) = self.outbox.by_digest(act) else { return };
        if let Some(item) = self.outbox.item(ticket) {
            item.sent_ms = None;
            item.not_before_ms = now + DEFERRED_MS;
            self.event(Event::Waits { ticket, because });
        }
    }

    pub(crate) fn notice_caught_up(&mut self) {
        if !self.connection.is_in() || self.rewind.is_some() {
            return;
        }
        let ledger = &self.ledger;
        let broken = &self.broken;
        self.connection
            .behind
            .retain(|scope, head| ledger.head(*scope).count < head.count && !broken.contains(scope));
        let is_waiting = self.waiting.values().any(|entries| !entries.is_empty());
        if !self.connection.caught_up
            && self.connection.following.contains(&Scope::Trust)
            && self.connection.behind.is_empty()
            && !is_waiting
            && self.has_backlog_opened()
        {
            self.connection.caught_up = true;
            self.event(Event::CaughtUp);
        }
    }

    /// Bodies of what came after the backlog do not count: where many write, some are always on their way.
    fn has_backlog_opened(&mut self) -> bool {
        let bodies = &self.bodies;
        let backlog = self.connection.backlog.get_or_insert_with(|| bodies.wanted());
        while backlog.pop_if(|sha256| !bodies.awaits(sha256)).is_some() {}
        backlog.is_empty()
    }
}

/// Refusals that say that the desk moved on while the act was on its way: it is made anew on the newer state.
fn desk_changed(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::CounterExpected { .. }
            | Refusal::RekeyFirst { .. }
            | Refusal::GenerationExpected { .. }
            | Refusal::ReadersExpected { .. }
            | Refusal::BodiesExpected { .. }
            | Refusal::CountExpected { .. }
    )
}
