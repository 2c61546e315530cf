//! Tests of the tape's secrets, one file for each file of `src/tape/`; `vectors.rs` holds the bytes that must never change.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml lets tests panic, but does not see the functions that tests share"
)]

mod dealing;
mod fixed;
mod opening;
mod release;
mod vectors;
