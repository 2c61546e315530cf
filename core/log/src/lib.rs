//! The log: signed acts, the leaves that place them, the Merkle tree over the leaves, checkpoints and proofs.
//! Pure: told bytes and time, touches nothing. Formats stand in docs/log.md.

pub mod act;
pub mod audit;
pub mod cbor;
pub mod chain;
pub mod checkpoint;
pub mod checkpoint_chain;
pub mod export;
pub mod id;
pub mod leaf;
pub mod place;
pub mod proof;
pub mod prover;
pub mod receipt;
pub mod tiles;
pub mod tree;
