//! Tests of sealed frames, one file for each file of `src/frames/`; `attackers.rs` tries what a member, the sfu, or one who
//! was removed could try; `vectors.rs` holds the bytes that must never change.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml lets tests panic, but does not see the functions that tests share"
)]

mod attackers;
mod fixed;
mod opener;
mod sealer;
mod start;
mod vectors;
