//! Deeds on their way into the log: waiting, sent, refused. A deed is signed when it is sent; what was sent is sent
//! again unchanged until a receipt or a refusal answers it, so that a lost connection doubles nothing.

use std::collections::{BTreeMap, VecDeque};

use chancery_desk::refusal::Refusal;
use chancery_log::{
    act::ReceivedAct,
    id::{Digest, Scope, Vault},
};
use serde_bytes::ByteBuf;
use zeroize::Zeroizing;

use crate::{clock::SaidAt, deed::Deed, record::Record};

/// This device's name for one deed.
pub type Ticket = u64;

/// Deeds of one scope that may be on the way at once: a lost connection repeats at most these.
pub const SENT_PER_SCOPE_MAX: usize = 16;

/// Refused deeds that are kept for the screen; older ones go.
const REFUSED_MAX: usize = 200;

/// A signed act with its sealed bodies, as sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Digest of the act.
    pub digest: Digest,
    /// COSE_Sign1 bytes.
    pub act: Vec<u8>,
    /// Sealed bodies.
    pub bodies: Vec<Vec<u8>>,
    /// The counter that was signed.
    pub counter: u64,
}

impl Signed {
    /// The date that was signed.
    pub fn said_ms(&self) -> Option<u64> {
        ReceivedAct::read(self.act.clone()).ok().map(|act| act.claimed_said_ms())
    }
}

/// One deed and how far it is.
#[derive(Debug)]
pub struct Item {
    /// The deed.
    pub deed: Deed,
    /// When it was done.
    pub said: SaidAt,
    /// The act by which it was done before the log was restored from a backup: not again, if that comes back.
    pub again: Option<Digest>,
    /// What was signed, once it was.
    pub signed: Option<Signed>,
    /// When it was last sent on this connection.
    pub sent_ms: Option<u64>,
    /// A secret that was made for this deed (a new vault's), so that signing again uses the same one.
    pub secret: Option<Zeroizing<[u8; 32]>>,
    /// Not before this time: the server asked to wait.
    pub not_before_ms: u64,
    /// How often it was signed anew because the desk changed under it.
    pub tries: u32,
}

impl Item {
    /// A deed that was just done.
    pub fn new(deed: Deed, said: SaidAt) -> Self {
        Self {
            deed,
            said,
            again: None,
            signed: None,
            sent_ms: None,
            secret: None,
            not_before_ms: 0,
            tries: 0,
        }
    }

    /// What is kept of it.
    pub fn record(&self) -> Record {
        let bodies = |signed: &Signed| signed.bodies.iter().cloned().map(ByteBuf::from).collect();
        Record::Deed {
            deed: self.deed.clone(),
            said_ms: self.said.own_ms,
            desk_ms: self.said.desk_ms,
            again: self.again,
            signed: self.signed.as_ref().map(|signed| (ByteBuf::from(signed.act.clone()), bodies(signed))),
        }
    }
}

/// A deed that the desk's rules refused.
#[derive(Debug, Clone)]
pub struct RefusedDeed {
    /// Its ticket.
    pub ticket: Ticket,
    /// The deed.
    pub deed: Deed,
    /// Why, and what would be needed.
    pub refusal: Refusal,
}

/// All deeds that are not in the log.
#[derive(Debug, Default)]
pub struct Outbox {
    next: Ticket,
    items: BTreeMap<Ticket, Item>,
    refused: VecDeque<RefusedDeed>,
}

impl Outbox {
    /// Takes a deed.
    pub fn push(&mut self, item: Item) -> Ticket {
        let ticket = self.next;
        self.insert(ticket, item);
        ticket
    }

    /// Takes a deed back from the records.
    pub fn insert(&mut self, ticket: Ticket, item: Item) {
        self.next = self.next.max(ticket + 1);
        self.items.insert(ticket, item);
    }

    /// The deeds, oldest first.
    pub fn items(&self) -> impl Iterator<Item = (Ticket, &Item)> {
        self.items.iter().map(|(ticket, item)| (*ticket, item))
    }

    /// One deed, to look at.
    pub fn get(&self, ticket: Ticket) -> Option<&Item> {
        self.items.get(&ticket)
    }

    /// One deed.
    pub fn item(&mut self, ticket: Ticket) -> Option<&mut Item> {
        self.items.get_mut(&ticket)
    }

    /// The deed whose act has this digest.
    pub fn by_digest(&self, digest: Digest) -> Option<Ticket> {
        let has = |item: &Item| item.signed.as_ref().is_some_and(|signed| signed.digest == digest);
        self.items.iter().find(|(_, item)| has(item) || item.again == Some(digest)).map(|(ticket, _)| *ticket)
    }

    /// Deeds of a scope that are signed and not answered.
    pub fn signed_in(&self, scope: Scope) -> usize {
        self.items.values().filter(|item| item.signed.is_some() && item.deed.scope() == scope).count()
    }

    /// Whether some deed already keeps this vault in order.
    pub fn keeps(&self, vault: Vault) -> bool {
        self.items.values().any(|item| item.deed.keeps() == Some(vault))
    }

    /// Takes a deed out: it is in the log, or pointless.
    pub fn remove(&mut self, ticket: Ticket) -> Option<Item> {
        self.items.remove(&ticket)
    }

    /// Moves a deed to the refused ones.
    pub fn refuse(&mut self, ticket: Ticket, refusal: Refusal) {
        let Some(item) = self.items.remove(&ticket) else { return };
        if self.refused.len() == REFUSED_MAX {
            self.refused.pop_front();
        }
        self.refused.push_back(RefusedDeed { ticket, deed: item.deed, refusal });
    }

    /// The refused deeds, oldest first.
    pub fn refused(&self) -> impl Iterator<Item = &RefusedDeed> {
        self.refused.iter()
    }

    /// The connection is gone: everything that was sent is to be sent again, as it was.
    pub fn connection_lost(&mut self) {
        for item in self.items.values_mut() {
            item.sent_ms = None;
        }
    }

    /// An act's counter was taken by another: everything signed in this scope from this counter on is signed anew.
    pub fn unsign_from(&mut self, scope: Scope, counter: u64) -> Vec<Ticket> {
        let mut unsigned = Vec::new();
        for (ticket, item) in &mut self.items {
            if item.deed.scope() == scope
                && item.signed.as_ref().is_some_and(|signed| signed.counter >= counter)
            {
                item.signed = None;
                item.sent_ms = None;
                unsigned.push(*ticket);
            }
        }
        unsigned
    }
}
