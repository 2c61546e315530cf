//! Tests of the log's public side, one file for each file of `src/`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml lets tests panic, but does not see the functions that tests share"
)]

mod act;
mod audit;
mod cbor;
mod chain;
mod checkpoint;
mod checkpoint_chain;
mod export;
mod golden;
mod id;
mod leaf;
mod place;
mod receipt;
mod tiles;
mod tree;
mod world;
