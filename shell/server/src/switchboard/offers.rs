//! Acts that devices propose: judged at once, answered after the commit.

use std::ops::Range;

use chancery_desk::refusal::Refusal;
use chancery_log::id::{Digest, Scope};
use chancery_store::{
    offer::{Offer, OfferError},
    proofs::Proofs,
    store::{Admitted, CommitError, NotAdmitted, Store},
};
use chancery_wire::{
    limits::PROPOSED_MAX,
    to_client::{Advance, Closing, Deferral, ToClient},
};
use serde_bytes::ByteBuf;
use tracing::{error, warn};

use super::{Switchboard, input::ConnectionId, rights};

/// Acts in one commit: a larger batch gains nothing, because writing them then takes longer than the sync.
const BATCH_ACTS_MAX: usize = 512;

/// Bytes in one commit: what a failed commit throws away, and what memory holds for it.
const BATCH_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What the devices of the open batch are to be told.
#[derive(Debug, Default)]
pub(super) struct Answers {
    list: Vec<Answer>,
    /// Scopes that get entries.
    touched: Vec<Scope>,
    acts: usize,
    bytes: usize,
}

#[derive(Debug)]
struct Answer {
    connection: ConnectionId,
    act: Digest,
    what: What,
}

#[derive(Debug)]
enum What {
    /// It is this entry.
    Logged(u64),
    /// The rules said no, by a state of which the open batch may be a part.
    Refused(Box<Refusal>),
}

impl Switchboard {
    /// An act that nobody checked yet.
    pub(super) fn proposed(&mut self, connection: ConnectionId, act: ByteBuf, bodies: Vec<ByteBuf>) {
        let Some(line) = self.line(connection) else { return };
        let device = line.device;
        let Some(key) = self.store.desk().trust.verifying_key(device) else { return };
        let bodies = bodies.into_iter().map(ByteBuf::into_vec).collect();
        match Offer::check(act.into_vec(), bodies, &key) {
            Ok(offer) => self.offered(connection, offer),
            Err(error) => self.not_an_offer(connection, error),
        }
    }

    /// What came was no act of this device that could be judged.
    pub(super) fn not_an_offer(&mut self, connection: ConnectionId, error: OfferError) {
        match error {
            OfferError::Content(unreadable) => {
                let (act, refusal) = *unreadable;
                self.send(connection, ToClient::Refused { act, refusal: Box::new(refusal) });
            }
            OfferError::Act(_)
            | OfferError::BodyCount { .. }
            | OfferError::BodyTooLong { .. }
            | OfferError::BodyMismatch { .. } => {
                self.close(connection, Closing::Malformed(error.to_string()))
            }
        }
    }

    /// An act whose signature was checked.
    pub(super) fn offered(&mut self, connection: ConnectionId, offer: Offer) {
        let Some(line) = self.line(connection) else { return };
        if offer.said().author != line.device {
            return self.malformed(connection, "an act of another device");
        }
        let act = offer.digest();
        if line.proposed >= PROPOSED_MAX {
            return self.send(connection, ToClient::Deferred { act, because: Deferral::TooMany });
        }
        line.proposed += 1;
        match self.admit(offer) {
            Ok(Admitted::New(index) | Admitted::Known(index)) => {
                self.answers.push(connection, act, What::Logged(index))
            }
            Err(NotAdmitted::Refused(refusal)) => {
                self.answers.push(connection, act, What::Refused(Box::new(refusal)));
            }
            Err(NotAdmitted::Diverged { scope, head }) => {
                if let Some(line) = self.line(connection) {
                    line.proposed -= 1;
                }
                self.send(connection, ToClient::Diverged { scope, head });
            }
            Err(NotAdmitted::Leaf(error)) => self.broken(error.to_string()),
            Err(NotAdmitted::Damage(damage)) => self.broken(damage.to_string()),
        }
        if self.answers.acts >= BATCH_ACTS_MAX || self.answers.bytes >= BATCH_BYTES_MAX {
            self.commit();
        }
    }

    /// Takes an act into the open batch: a device's, or the observer's own.
    pub(super) fn admit(&mut self, offer: Offer) -> Result<Admitted, NotAdmitted> {
        let (scope, bytes) = (offer.said().scope, offer.bytes());
        let effects = rights::effects_of(offer.said());
        let admitted = self.store.admit(offer, self.now_ms)?;
        if let Admitted::New(_) = admitted {
            self.answers.acts += 1;
            self.answers.bytes += bytes;
            self.answers.touched.push(scope);
            self.effects.extend(effects);
        }
        Ok(admitted)
    }

    /// Whether something waits for a commit, or for an answer that comes with one.
    pub(super) fn has_batch(&self) -> bool {
        self.store.is_batch_open() || !self.answers.list.is_empty()
    }

    /// Commits the open batch; then, and not before, receipts go out and followers get the entries.
    pub(super) fn commit(&mut self) {
        let answers = std::mem::take(&mut self.answers);
        let effects = std::mem::take(&mut self.effects);
        match self.store.commit() {
            Ok(Range { .. }) => {
                self.trouble = None;
                self.reply(answers.list);
                for scope in answers.touched {
                    self.mark_behind(scope);
                }
                self.carry_out(&effects);
            }
            Err(CommitError::Full) => self.put_off(answers, Deferral::DiskFull),
            Err(CommitError::Disk(_)) => self.put_off(answers, Deferral::DiskTrouble),
            Err(error @ (CommitError::NoKey | CommitError::Checkpoint(_))) => {
                error!(%error, "acts are put off");
                self.put_off(answers, Deferral::DiskTrouble);
            }
            Err(CommitError::Broken(because)) => self.broken(because),
        }
    }

    fn put_off(&mut self, answers: Answers, because: Deferral) {
        if self.trouble != Some(because) {
            warn!(reason = %because, "acts are put off");
        }
        self.trouble = Some(because);
        for Answer { connection, act, .. } in answers.list {
            if let Some(line) = self.line(connection) {
                line.proposed -= 1;
                self.send(connection, ToClient::Deferred { act, because });
            }
        }
    }

    fn reply(&mut self, answers: Vec<Answer>) {
        // One prover for all: the tiles at the right edge are read once.
        let mut replies = Vec::with_capacity(answers.len());
        let mut proofs = self.store.proofs();
        let mut damage = None;
        for Answer { connection, act, what } in answers {
            let Some(known) = self.connections.get_mut(&connection) else { continue };
            let super::State::In(line) = &mut known.state else { continue };
            line.proposed -= 1;
            let message = match what {
                What::Refused(refusal) => Ok(ToClient::Refused { act, refusal }),
                What::Logged(index) => {
                    receipt(&self.store, &mut proofs, &mut line.checkpoint_size, act, index)
                }
            };
            match message {
                Ok(message) => replies.push((connection, message)),
                Err(found) => damage = Some(found),
            }
        }
        drop(proofs);
        for (connection, message) in replies {
            self.send(connection, message);
        }
        if let Some(damage) = damage {
            self.broken(damage.to_string());
        }
    }

    /// The newest checkpoint for this connection, with the proof from the one before; none when the store is broken.
    pub(super) fn advance(&mut self, connection: ConnectionId) -> Option<Advance> {
        let super::State::In(line) = &mut self.connections.get_mut(&connection)?.state else { return None };
        let advanced = advance(&self.store, &mut self.store.proofs(), &mut line.checkpoint_size);
        match advanced {
            Ok(advance) => Some(advance),
            Err(damage) => {
                self.broken(damage.to_string());
                None
            }
        }
    }
}

impl Answers {
    fn push(&mut self, connection: ConnectionId, act: Digest, what: What) {
        self.list.push(Answer { connection, act, what });
    }
}

type Damage = chancery_store::damage::Damage;

fn receipt(
    store: &Store,
    proofs: &mut Proofs<'_>,
    checkpoint_size: &mut u64,
    act: Digest,
    index: u64,
) -> Result<ToClient, Damage> {
    let leaf = ByteBuf::from(store.entry(index)?.leaf);
    let inclusion = proofs.inclusion(index)?;
    Ok(ToClient::Receipt { act, leaf, inclusion, checkpoint: advance(store, proofs, checkpoint_size)? })
}

/// The newest checkpoint, for a connection whose last one had `checkpoint_size` entries.
pub(super) fn advance(
    store: &Store,
    proofs: &mut Proofs<'_>,
    checkpoint_size: &mut u64,
) -> Result<Advance, Damage> {
    let consistency = proofs.consistency(*checkpoint_size)?;
    *checkpoint_size = store.size();
    Ok(Advance { note: ByteBuf::from(store.checkpoint()), consistency })
}
