//! Formats of what is sealed: bodies, vault generations, wraps, shares; and what can be checked of them without a
//! private key. The constructions stand in docs/seal.md.

pub mod body;
pub mod device;
pub mod vault;
