//! Tests of the private side, one file for each file of `src/`; `vectors.rs` holds the bytes that must never change.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml lets tests panic, but does not see the functions that tests share"
)]

mod body;
mod chain;
mod device;
mod fixed;
mod generation;
mod keyring;
mod knock;
mod leaf_cert;
mod record;
mod shares;
mod store;
mod vectors;
mod wrap;
