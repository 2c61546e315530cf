//! Formats of what is sealed: bodies, vault generations, wraps, shares; and what can be checked of them without a
//! private key. The constructions stand in docs/seal.md.

pub mod body;
pub mod device;
pub mod frame_header;
pub mod invitation;
pub mod leaf_cert;
pub mod sealed;
pub mod shares;
pub mod tape;
pub mod vault;
pub mod words;
pub mod wraps;
