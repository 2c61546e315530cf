//! What the tests share: leaves, trees, and RFC 6962 as it is written, to compare with.

use std::collections::BTreeMap;

use chancery_log::{
    act::{self, ACT_VERSION, Envelope, Head, Seen},
    checkpoint::{self, VerifiedCheckpoint},
    id::{DeskId, DeviceId, Digest, PackageId, Scope},
    leaf::{EntryBytes, Leaf, LeafBytes},
    proof::{ConsistencyProof, InclusionProof},
    tiles::{TILE_BYTES, TileId},
    tree::Tree,
};
use ed25519_dalek::SigningKey;
use proptest::test_runner::{Config, RngSeed};
use serde_bytes::ByteBuf;
use sha2::{Digest as _, Sha256};

/// A tile that the store does not have.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("not stored")]
pub(crate) struct NotStored;

/// A tree, and the full tiles that were taken from it.
#[derive(Default)]
pub(crate) struct Stored {
    pub(crate) tree: Tree,
    pub(crate) tiles: BTreeMap<TileId, Vec<u8>>,
}

impl Stored {
    pub(crate) fn of(leaves: &[Digest]) -> Self {
        let mut stored = Self::default();
        for leaf in leaves {
            stored.tree.append(*leaf);
        }
        stored.keep();
        stored
    }

    pub(crate) fn keep(&mut self) {
        for (id, bytes) in self.tree.drain_full_tiles() {
            assert_eq!(bytes.len(), TILE_BYTES);
            assert!(self.tiles.insert(id, bytes).is_none(), "{id} was given out twice");
        }
    }

    pub(crate) fn read(&self) -> impl FnMut(TileId) -> Result<Vec<u8>, NotStored> {
        |id| self.tiles.get(&id).cloned().ok_or(NotStored)
    }
}

/// The hash of the n-th made-up leaf.
pub(crate) fn leaf(n: u64) -> Digest {
    leaf_hash(&n.to_be_bytes())
}

pub(crate) fn leaves(count: u64) -> Vec<Digest> {
    (0..count).map(leaf).collect()
}

/// RFC 6962 §2.1.
pub(crate) fn leaf_hash(bytes: &[u8]) -> Digest {
    Digest(Sha256::new().chain_update([0]).chain_update(bytes).finalize().into())
}

fn node(left: Digest, right: Digest) -> Digest {
    Digest(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// The largest power of two smaller than `n`.
fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

/// RFC 6962 §2.1: MTH.
pub(crate) fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of(b""),
        [leaf] => *leaf,
        many => {
            let (left, right) = many.split_at(split(many.len()));
            node(root(left), root(right))
        }
    }
}

/// RFC 6962 §2.1.1: PATH.
pub(crate) fn path(index: usize, leaves: &[Digest]) -> Vec<Digest> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut path, other) =
        if index < k { (path(index, left), root(right)) } else { (path(index - k, right), root(left)) };
    path.push(other);
    path
}

/// RFC 6962 §2.1.2: PROOF.
pub(crate) fn consistency(old: usize, leaves: &[Digest]) -> Vec<Digest> {
    subproof(old, leaves, true)
}

fn subproof(old: usize, leaves: &[Digest], whole: bool) -> Vec<Digest> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![root(leaves)] };
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut proof, other) = if old <= k {
        (subproof(old, left, whole), root(right))
    } else {
        (subproof(old - k, right, false), root(left))
    };
    proof.push(other);
    proof
}

/// The origin of the tests' log.
pub(crate) const ORIGIN: &str = "desk.example/log";

/// A package, by number.
pub(crate) fn package(n: u8) -> Scope {
    Scope::Package(PackageId([n; 16]))
}

/// The log's key.
pub(crate) fn log_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub(crate) fn log_public() -> [u8; 32] {
    log_key().verifying_key().to_bytes()
}

/// The key of the one device that writes the tests' acts.
pub(crate) fn device_key() -> SigningKey {
    SigningKey::from_bytes(&[9; 32])
}

pub(crate) fn envelope(scope: Scope, counter: u64, seen: Seen) -> Envelope {
    Envelope {
        version: ACT_VERSION,
        desk: DeskId([1; 16]),
        author: DeviceId(Digest::of(b"the tests' device").0),
        scope,
        counter,
        said_ms: 1_800_000_000_000 + counter,
        seen,
        bodies: Vec::new(),
        content: ByteBuf::from(format!("act {counter} of {scope}")),
    }
}

/// A log as a server without fault writes it.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) stored: Stored,
    pub(crate) entries: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) heads: BTreeMap<Scope, Head>,
}

impl Log {
    /// One entry in each of these scopes, in this order.
    pub(crate) fn of(scopes: &[Scope]) -> Self {
        let mut log = Self::default();
        scopes.iter().for_each(|scope| log.write(*scope));
        log
    }

    pub(crate) fn head(&self, scope: Scope) -> Head {
        self.heads.get(&scope).copied().unwrap_or(Head::EMPTY)
    }

    pub(crate) fn next_leaf(&self, scope: Scope, act: &[u8]) -> Leaf {
        let index = self.entries.len() as u64;
        Leaf {
            index,
            logged_ms: 1_800_000_000_000 + 10 * index,
            scope,
            before: self.head(scope),
            trust_count: self.head(Scope::Trust).count,
            act: Digest::of(act),
            class: 3,
        }
    }

    pub(crate) fn write(&mut self, scope: Scope) {
        let seen = Seen { trust: self.head(Scope::Trust), scope: self.head(scope) };
        let act = act::sign(&envelope(scope, seen.scope.count + 1, seen), &device_key()).unwrap();
        self.put(self.next_leaf(scope, &act), act);
    }

    /// Writes a leaf as it is, right or wrong.
    pub(crate) fn put(&mut self, leaf: Leaf, act: Vec<u8>) {
        let leaf = LeafBytes::write(leaf).unwrap();
        self.heads.insert(leaf.leaf().scope, leaf.after());
        self.stored.tree.append(leaf.hash());
        self.stored.keep();
        self.entries.push((leaf.bytes().to_vec(), act));
    }

    pub(crate) fn leaf(&self, index: usize) -> Leaf {
        LeafBytes::read(&self.entries[index].0).unwrap().leaf().clone()
    }

    pub(crate) fn entries(&self) -> Vec<EntryBytes<'_>> {
        self.entries.iter().map(|(leaf, act)| EntryBytes { leaf, act }).collect()
    }

    pub(crate) fn entries_of(&self, scope: Scope) -> Vec<EntryBytes<'_>> {
        let of = |(index, _): &(usize, &(Vec<u8>, Vec<u8>))| self.leaf(*index).scope == scope;
        self.entries.iter().enumerate().filter(of).map(|(_, (leaf, act))| EntryBytes { leaf, act }).collect()
    }

    pub(crate) fn note(&self) -> Vec<u8> {
        checkpoint::sign(ORIGIN, self.stored.tree.head(), &log_key()).unwrap()
    }

    pub(crate) fn checkpoint(&self) -> VerifiedCheckpoint {
        checkpoint::verify(&self.note(), ORIGIN, &log_public()).unwrap()
    }

    /// The proof of a leaf in the whole log.
    pub(crate) fn inclusion(&self, index: u64) -> InclusionProof {
        let tree = &self.stored.tree;
        tree.prover(self.stored.read()).inclusion(index, tree.size()).unwrap()
    }

    pub(crate) fn consistency(&self, old: u64) -> ConsistencyProof {
        let tree = &self.stored.tree;
        tree.prover(self.stored.read()).consistency(old, tree.size()).unwrap()
    }
}

/// Properties are tried on told randomness, as everything in core: these tests run in wasm too, which has none.
pub(crate) fn told() -> Config {
    Config { rng_seed: RngSeed::Fixed(1), ..Config::default() }
}
