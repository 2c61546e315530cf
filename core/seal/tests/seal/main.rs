//! Tests of what can be checked of sealed things without a private key, one file for each file of `src/`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml lets tests panic, but does not see the functions that tests share"
)]

mod body;
mod frame_header;
mod hostile;
mod invitation;
mod sealed;
mod shares;
mod tape;
mod vault;
mod words;
mod wraps;
