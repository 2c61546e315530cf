//! One leaf of the log's Merkle tree: digests, numbers and a retention class. No name, no ciphertext.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    act::Head,
    cbor::{self, CborError},
    id::{Digest, Scope},
};

/// The version of the leaf that this build writes.
pub const LEAF_VERSION: u8 = 1;

/// Says under which schedule an act's bodies are kept; the desk's rules say what each number means.
pub type RetentionClass = u16;

/// What the server says about one act: where in the log it stands. Encoded as a CBOR array in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Place in the whole log, from 0.
    pub index: u64,
    /// The server's clock when it was admitted, milliseconds since 1970 UTC; never less than the leaf before.
    pub logged_ms: u64,
    /// The act's scope.
    pub scope: Scope,
    /// What the scope held before this leaf: `count` is this leaf's index in its scope.
    pub before: Head,
    /// How many leaves the trust scope had before this one: authority is judged there.
    pub trust_count: u64,
    /// SHA-256 of the act's bytes.
    pub act: Digest,
    /// The retention class.
    pub class: RetentionClass,
}

type Wire = (u8, u64, u64, Scope, u64, Digest, u64, Digest, RetentionClass);

/// A leaf with the bytes it came in, which are what the tree hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafBytes {
    bytes: Vec<u8>,
    leaf: Leaf,
}

/// One entry of the log as it travels: a leaf and the act that it places, both as received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryBytes<'a> {
    /// The leaf.
    pub leaf: &'a [u8],
    /// The act.
    pub act: &'a [u8],
}

/// Why bytes are not a leaf.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LeafError {
    /// Not the array that was expected.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// A version that this build does not know.
    #[error("expected leaf version {LEAF_VERSION}, got {0}: a newer build wrote it; update this one")]
    Version(u8),
    /// The same numbers in other bytes: there is one encoding only.
    #[error("the leaf is not in its shortest encoding")]
    Encoding,
}

#[derive(Serialize, Deserialize)]
struct Fields(Wire);

impl LeafBytes {
    /// Encodes a leaf.
    pub fn write(leaf: Leaf) -> Result<Self, LeafError> {
        let wire = Fields((
            LEAF_VERSION,
            leaf.index,
            leaf.logged_ms,
            leaf.scope,
            leaf.before.count,
            leaf.before.last,
            leaf.trust_count,
            leaf.act,
            leaf.class,
        ));
        Ok(Self { bytes: cbor::encode("a leaf", &wire)?, leaf })
    }

    /// Decodes a leaf; only the one canonical encoding is taken.
    pub fn read(bytes: &[u8]) -> Result<Self, LeafError> {
        let Fields((version, index, logged_ms, scope, count, last, trust_count, act, class)) =
            cbor::decode("a leaf", bytes)?;
        if version != LEAF_VERSION {
            return Err(LeafError::Version(version));
        }
        let before = Head { count, last };
        let read = Self::write(Leaf { index, logged_ms, scope, before, trust_count, act, class })?;
        if read.bytes == bytes { Ok(read) } else { Err(LeafError::Encoding) }
    }

    /// The leaf.
    pub fn leaf(&self) -> &Leaf {
        &self.leaf
    }

    /// The bytes that the tree hashes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// RFC 6962 §2.1 leaf hash.
    pub fn hash(&self) -> Digest {
        hash(&self.bytes)
    }

    /// The head of the scope after this leaf.
    pub fn after(&self) -> Head {
        // A leaf from outside may claim any count: what follows it is then refused, not a panic here.
        Head { count: self.leaf.before.count.saturating_add(1), last: self.hash() }
    }
}

/// RFC 6962 §2.1 leaf hash: SHA-256(0x00 ‖ bytes).
pub fn hash(bytes: &[u8]) -> Digest {
    Digest(Sha256::new().chain_update([0]).chain_update(bytes).finalize().into())
}
