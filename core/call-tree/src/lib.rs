//! What can be checked of a call's group without any secret: by the server, which puts handshakes in order, and by the
//! devices before they look at secrets. The checks and what they can not catch stand in docs/group.md.

pub mod handshake;
pub mod key_package;
pub mod leaf;
pub mod limits;
pub mod message;
pub mod public_crypto;
mod removal;
pub mod suite;
pub mod tree;
mod unkept;
