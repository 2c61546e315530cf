//! Private keys: device keys, opening and sealing bodies, wrapping, dealing and combining shares. Nothing that the
//! server may use leads here. All randomness is told; the constructions stand in docs/seal.md.

pub mod body;
mod derive;
pub mod device;
pub mod generation;
pub mod hybrid;
mod labels;
pub mod wrap;
