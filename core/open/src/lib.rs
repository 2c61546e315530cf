//! Private keys: device keys, opening and sealing bodies, wrapping, dealing and combining shares. Nothing that the
//! server may use leads here. All randomness is told; the constructions stand in docs/seal.md.

pub mod body;
pub mod chain;
mod derive;
pub mod device;
pub mod generation;
pub mod hybrid;
pub mod keyring;
pub mod knock;
mod labels;
pub mod record;
pub mod shares;
pub mod store;
pub mod wrap;
