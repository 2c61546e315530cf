//! What flows to a device: entries of the scopes that it follows, bodies that it asked for, as far as its credit goes.

use chancery_log::{
    act::Head,
    id::{Digest, Scope},
};
use chancery_store::{bodies::BodyError, damage::Damage};
use chancery_wire::{
    limits::{ENTRIES_BYTES, ENTRIES_MAX, FETCH_MAX},
    to_client::{Closing, Entry, ToClient},
};
use serde_bytes::ByteBuf;
use tracing::error;

use super::{
    Switchboard,
    connection::{Line, State},
    input::ConnectionId,
    offers,
};

/// Bodies that one device may have asked for and not got: sixteen full messages.
const FETCHES_MAX: usize = 16 * FETCH_MAX;

/// When a device that asked for too much may come again.
const RETRY_MS: u64 = 1_000;

/// One thing sent from a line, and the bytes that it weighs.
struct Parcel {
    message: ToClient,
    bytes: usize,
}

impl Switchboard {
    pub(super) fn follow(&mut self, connection: ConnectionId, scope: Scope, head: Head) {
        let places = self.store.places();
        let (ours, known) = (places.head(scope), places.was_head(scope, head));
        let Some(line) = self.line(connection) else { return };
        if !line.may_follow(scope) {
            return self.send(connection, ToClient::ScopeShut { scope });
        }
        if !known {
            return self.send(connection, ToClient::Diverged { scope, head: ours });
        }
        line.follows.insert(scope, head.count);
        line.behind.insert(scope);
        self.followers.entry(scope).or_default().insert(connection);
        self.to_pump.insert(connection);
    }

    pub(super) fn unfollow(&mut self, connection: ConnectionId, scope: Scope) {
        if let Some(line) = self.line(connection) {
            line.follows.remove(&scope);
            line.behind.remove(&scope);
        }
        self.drop_follower(scope, connection);
    }

    pub(super) fn fetch(&mut self, connection: ConnectionId, scope: Scope, bodies: Vec<Digest>) {
        let Some(line) = self.line(connection) else { return };
        if bodies.len() > FETCH_MAX {
            return self.malformed(connection, "more bodies asked for than one message may");
        }
        if line.fetches.len() + bodies.len() > FETCHES_MAX {
            return self.close(connection, Closing::TooFast { retry_ms: RETRY_MS });
        }
        line.fetches.extend(bodies.into_iter().map(|sha256| (scope, sha256)));
        self.to_pump.insert(connection);
    }

    /// This scope got entries.
    pub(super) fn mark_behind(&mut self, scope: Scope) {
        let Some(followers) = self.followers.get(&scope) else { return };
        for connection in followers {
            let Some(known) = self.connections.get_mut(connection) else { continue };
            if let State::In(line) = &mut known.state {
                line.behind.insert(scope);
                self.to_pump.insert(*connection);
            }
        }
    }

    /// Sends one message to this device, if it has work and credit, and comes back when there is more. One at a time, so
    /// that a device that catches up does not hold up those that are up to date.
    pub(super) fn pump(&mut self, connection: ConnectionId) {
        let Some(known) = self.connections.get_mut(&connection) else { return };
        let State::In(line) = &mut known.state else { return };
        if !line.has_work() || !line.has_credit() {
            return;
        }
        let parcel = if line.behind.is_empty() {
            match line.fetches.pop_front() {
                Some((scope, sha256)) => Ok(Some(self.body(connection, scope, sha256))),
                None => Ok(None),
            }
        } else {
            self.entries(connection)
        };
        match parcel {
            Ok(Some(Parcel { message, bytes })) => {
                if let Some(line) = self.line(connection)
                    && bytes > 0
                {
                    line.sent(bytes);
                }
                self.send(connection, message);
            }
            Ok(None) => {}
            Err(damage) => return self.broken(damage.to_string()),
        }
        if self.line(connection).is_some_and(|line| line.has_work()) {
            self.to_pump.insert(connection);
        }
    }

    /// The next entries of the first scope that is behind.
    fn entries(&mut self, connection: ConnectionId) -> Result<Option<Parcel>, Damage> {
        let Some(known) = self.connections.get_mut(&connection) else { return Ok(None) };
        let State::In(line) = &mut known.state else { return Ok(None) };
        let Some((scope, from)) = first_behind(line) else { return Ok(None) };
        let store = &self.store;
        let head = store.places().head(scope);
        let (mut entries, mut bytes, mut last, mut next) = (Vec::new(), 0, None, from);
        while next < head.count && entries.len() < ENTRIES_MAX && bytes < ENTRIES_BYTES {
            let Some(index) = store.places().index(scope, next) else { break };
            let row = store.entry(index)?;
            bytes += row.leaf.len() + row.act.len();
            entries.push(Entry { leaf: ByteBuf::from(row.leaf), act: ByteBuf::from(row.act) });
            last = Some(index);
            next += 1;
        }
        let Some(last) = last else {
            line.behind.remove(&scope);
            return Ok(None);
        };
        line.follows.insert(scope, next);
        if next >= head.count {
            line.behind.remove(&scope);
        }
        let mut proofs = store.proofs();
        let inclusion = proofs.inclusion(last)?;
        let checkpoint = offers::advance(store, &mut proofs, &mut line.checkpoint_size)?;
        Ok(Some(Parcel { message: ToClient::Entries { scope, entries, checkpoint, inclusion, head }, bytes }))
    }

    /// A body that was asked for; that it is missing weighs nothing.
    fn body(&mut self, connection: ConnectionId, scope: Scope, sha256: Digest) -> Parcel {
        let may = self.line(connection).is_some_and(|line| line.may_follow(scope));
        let listed = may
            && self.store.is_listed(scope, sha256).unwrap_or_else(|error| {
                error!(%error, "the views can not be read");
                false
            });
        let missing = Parcel { message: ToClient::BodyMissing { sha256 }, bytes: 0 };
        if !listed {
            return missing;
        }
        match self.store.body(sha256) {
            Ok(bytes) => Parcel {
                bytes: bytes.len().max(1),
                message: ToClient::Body { sha256, bytes: ByteBuf::from(bytes) },
            },
            Err(BodyError::Missing(_)) => missing,
            Err(error) => {
                error!(error = error.kind(), "a body could not be read; `chancery check` names it");
                missing
            }
        }
    }
}

fn first_behind(line: &Line) -> Option<(Scope, u64)> {
    let scope = *line.behind.first()?;
    Some((scope, line.follows.get(&scope).copied()?))
}
