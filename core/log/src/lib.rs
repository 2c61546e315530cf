//! The log: signed acts, the leaves that place them, the Merkle tree over the leaves, checkpoints and proofs.
//! Pure: told bytes and time, touches nothing. Formats stand in docs/log.md.

pub mod act;
pub mod cbor;
pub mod id;
pub mod leaf;
