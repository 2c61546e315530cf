//! Where everything of a scope stands, in memory: found again from the log at start, 44 bytes for each entry.

use std::collections::HashMap;

use chancery_log::{
    act::Head,
    id::{DeviceId, Digest, Scope},
};

/// The places of all scopes.
#[derive(Debug, Default)]
pub struct Places {
    scopes: HashMap<Scope, ScopePlaces>,
    /// By author and scope: for each counter, from 1, the place in the scope.
    counters: HashMap<(DeviceId, Scope), Vec<u32>>,
}

#[derive(Debug, Default)]
struct ScopePlaces {
    indexes: Vec<u64>,
    hashes: Vec<Digest>,
}

impl Places {
    /// The head of a scope; empty when nothing is in it.
    pub fn head(&self, scope: Scope) -> Head {
        self.scopes.get(&scope).map_or(Head::EMPTY, |places| Head {
            count: count(places.indexes.len()),
            last: places.hashes.last().copied().unwrap_or(Digest::NONE),
        })
    }

    /// Index in the log of the entry at this place in its scope.
    pub fn index(&self, scope: Scope, place: u64) -> Option<u64> {
        self.scopes.get(&scope)?.indexes.get(usize::try_from(place).ok()?).copied()
    }

    /// Whether this head is one that the scope once had: whoever names it holds the same history as we.
    pub fn was_head(&self, scope: Scope, head: Head) -> bool {
        match head.count.checked_sub(1) {
            None => head == Head::EMPTY,
            Some(last) => self.hash(scope, last) == Some(head.last),
        }
    }

    /// Index in the log of an author's act in a scope, by its counter from 1.
    pub fn by_counter(&self, author: DeviceId, scope: Scope, counter: u64) -> Option<u64> {
        let place =
            self.counters.get(&(author, scope))?.get(usize::try_from(counter.checked_sub(1)?).ok()?)?;
        self.index(scope, u64::from(*place))
    }

    /// Every scope that has an entry.
    pub fn scopes(&self) -> impl Iterator<Item = Scope> {
        self.scopes.keys().copied()
    }

    /// Indexes in the log of everything in a scope, in order.
    pub fn indexes(&self, scope: Scope) -> &[u64] {
        self.scopes.get(&scope).map_or(&[], |places| &places.indexes)
    }

    /// Forgets what a scope has beyond the first `size` entries of the log.
    pub(crate) fn truncate(&mut self, scope: Scope, size: u64) {
        let Some(places) = self.scopes.get_mut(&scope) else { return };
        let kept = places.indexes.partition_point(|index| *index < size);
        places.indexes.truncate(kept);
        places.hashes.truncate(kept);
        if kept == 0 {
            self.scopes.remove(&scope);
        }
        let kept = u32::try_from(kept).unwrap_or(u32::MAX);
        for counters in
            self.counters.iter_mut().filter(|((_, of), _)| *of == scope).map(|(_, counters)| counters)
        {
            counters.truncate(counters.partition_point(|place| *place < kept));
        }
        self.counters.retain(|_, counters| !counters.is_empty());
    }

    fn hash(&self, scope: Scope, place: u64) -> Option<Digest> {
        self.scopes.get(&scope)?.hashes.get(usize::try_from(place).ok()?).copied()
    }

    /// Takes the next entry of a scope. Its counter must be the author's next, which the desk's rules saw to.
    pub(crate) fn push(&mut self, scope: Scope, author: DeviceId, index: u64, hash: Digest) {
        let places = self.scopes.entry(scope).or_default();
        // A scope with 2^32 entries would need decades of an act each millisecond.
        let place = u32::try_from(places.indexes.len()).unwrap_or(u32::MAX);
        places.indexes.push(index);
        places.hashes.push(hash);
        self.counters.entry((author, scope)).or_default().push(place);
    }
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
