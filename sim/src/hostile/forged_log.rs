//! A log as a lying server writes it: the honest one up to some entry, and then anything, with a sound tree and
//! checkpoints under the real key.

use std::collections::BTreeMap;

use chancery_log::{
    act::Head,
    checkpoint,
    id::{Digest, Scope},
    leaf::{Leaf, LeafBytes, RetentionClass},
    tiles::TileId,
    tree::Tree,
};
use chancery_wire::to_client::{Advance, Entry, ToClient};
use ed25519_dalek::SigningKey;
use serde_bytes::ByteBuf;

use crate::world::World;

/// A log that nobody admitted.
#[derive(Clone)]
pub struct ForgedLog {
    origin: String,
    key: SigningKey,
    leaves: Vec<LeafBytes>,
    acts: Vec<Vec<u8>>,
    tree: Tree,
    tiles: BTreeMap<TileId, Vec<u8>>,
}

impl ForgedLog {
    /// An empty log in the name of the world's.
    pub fn empty(world: &World) -> Self {
        let store = world.switchboard.as_ref().expect("the server is up").store();
        Self {
            origin: store.desk().trust.origin().to_owned(),
            key: SigningKey::from_bytes(&world.log_seed),
            leaves: Vec::new(),
            acts: Vec::new(),
            tree: Tree::new(),
            tiles: BTreeMap::new(),
        }
    }

    /// The honest log, whole.
    pub fn honest(world: &World) -> Self {
        let size = world.switchboard.as_ref().expect("the server is up").store().size();
        Self::first(world, size)
    }

    /// The first entries of the honest log.
    pub fn first(world: &World, size: u64) -> Self {
        let store = world.switchboard.as_ref().expect("the server is up").store();
        let mut log = Self::empty(world);
        for index in 0..size {
            let entry = store.entry(index).expect("the honest log can be read");
            let leaf = LeafBytes::read(&entry.leaf).expect("an honest leaf can be read");
            log.push(leaf.leaf().clone(), entry.act);
        }
        log
    }

    /// With another key under the checkpoints.
    pub fn signed_by(mut self, key: SigningKey) -> Self {
        self.key = key;
        self
    }

    /// Number of entries.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// One entry.
    pub fn entry(&self, index: u64) -> (&Leaf, &[u8]) {
        let at = usize::try_from(index).expect("a test's log is short");
        (self.leaves[at].leaf(), &self.acts[at])
    }

    /// The head of a scope.
    pub fn head(&self, scope: Scope) -> Head {
        self.head_before(scope, self.size())
    }

    /// The head of a scope as it was before an entry.
    pub fn head_before(&self, scope: Scope, index: u64) -> Head {
        let before = self.leaves.iter().take(usize::try_from(index).expect("a test's log is short"));
        before.rfind_of(scope).map_or(Head::EMPTY, LeafBytes::after)
    }

    /// The leaf that an honest server would write next.
    pub fn next_leaf(&self, scope: Scope, act: &[u8], logged_ms: u64) -> Leaf {
        Leaf {
            index: self.size(),
            logged_ms,
            scope,
            before: self.head(scope),
            trust_count: self.head(Scope::Trust).count,
            act: Digest::of(act),
            class: self.class(scope),
        }
    }

    fn class(&self, scope: Scope) -> RetentionClass {
        self.leaves.iter().rfind_of(scope).map_or(0, |leaf| leaf.leaf().class)
    }

    /// Writes any leaf at all; its place in the log.
    pub fn push(&mut self, leaf: Leaf, act: Vec<u8>) -> u64 {
        let leaf = LeafBytes::write(leaf).expect("a leaf can be written");
        self.tree.append(leaf.hash());
        self.tiles.extend(self.tree.drain_full_tiles());
        self.leaves.push(leaf);
        self.acts.push(act);
        self.size() - 1
    }

    /// Writes an act as an honest server would.
    pub fn log(&mut self, scope: Scope, act: Vec<u8>, logged_ms: u64) -> u64 {
        let leaf = self.next_leaf(scope, &act, logged_ms);
        self.push(leaf, act)
    }

    /// Writes an entry of another log here, as if it had come next; its time and class stay.
    pub fn log_again(&mut self, other: &Self, index: u64) -> u64 {
        let (leaf, act) = other.entry(index);
        let again = Leaf { class: leaf.class, ..self.next_leaf(leaf.scope, act, leaf.logged_ms) };
        self.push(again, act.to_vec())
    }

    /// The entries of a scope, by their places in the log.
    pub fn indexes(&self, scope: Scope) -> Vec<u64> {
        let of_scope = (0..).zip(&self.leaves).filter(|(_, leaf)| leaf.leaf().scope == scope);
        of_scope.map(|(index, _)| index).collect()
    }

    /// The newest checkpoint, for a device that holds one of `held` entries.
    pub fn advance(&self, held: u64) -> Advance {
        let note =
            checkpoint::sign(&self.origin, self.tree.head(), &self.key).expect("a checkpoint can be signed");
        // A device that holds more than there is gets what can be said: nothing.
        let consistency =
            self.prover(|prover| prover.consistency(held.min(self.size()), self.size()).map(|p| p.0));
        Advance { note: ByteBuf::from(note), consistency }
    }

    fn prover<T>(
        &self,
        prove: impl FnOnce(
            &mut chancery_log::prover::Prover<'_, &mut dyn FnMut(TileId) -> Result<Vec<u8>, NoTile>>,
        ) -> Result<T, chancery_log::tree::TreeError<NoTile>>,
    ) -> T {
        let mut read = |tile| self.tiles.get(&tile).cloned().ok_or(NoTile);
        let mut prover = self.tree.prover(&mut read as &mut dyn FnMut(TileId) -> Result<Vec<u8>, NoTile>);
        prove(&mut prover).expect("the tree is whole")
    }

    /// The audit path of an entry.
    pub fn inclusion(&self, index: u64) -> Vec<Digest> {
        self.prover(|prover| prover.inclusion(index, self.size()).map(|proof| proof.0))
    }

    /// The message with entries `from..to` of a scope.
    pub fn entries(&self, scope: Scope, from: u64, to: u64, held: u64) -> ToClient {
        let (from, to) = (usize::try_from(from), usize::try_from(to));
        let (from, to) = (from.expect("short"), to.expect("short"));
        let indexes = &self.indexes(scope)[from..to];
        let entries = indexes.iter().map(|index| {
            let at = usize::try_from(*index).expect("a test's log is short");
            let leaf = ByteBuf::from(self.leaves[at].bytes().to_vec());
            Entry { leaf, act: ByteBuf::from(self.acts[at].clone()) }
        });
        let last = *indexes.last().expect("there are entries to send");
        ToClient::Entries {
            scope,
            entries: entries.collect(),
            checkpoint: self.advance(held),
            inclusion: self.inclusion(last),
            head: self.head(scope),
        }
    }

    /// A receipt for the act at this place.
    pub fn receipt(&self, index: u64, held: u64) -> ToClient {
        let at = usize::try_from(index).expect("a test's log is short");
        ToClient::Receipt {
            act: self.leaves[at].leaf().act,
            leaf: ByteBuf::from(self.leaves[at].bytes().to_vec()),
            inclusion: self.inclusion(index),
            checkpoint: self.advance(held),
        }
    }
}

/// No tile: the tests' logs have all they need in memory.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("no such tile")]
pub struct NoTile;

trait LastOf<'l> {
    fn rfind_of(self, scope: Scope) -> Option<&'l LeafBytes>;
}

impl<'l, I: Iterator<Item = &'l LeafBytes>> LastOf<'l> for I {
    fn rfind_of(self, scope: Scope) -> Option<&'l LeafBytes> {
        self.filter(|leaf| leaf.leaf().scope == scope).last()
    }
}
