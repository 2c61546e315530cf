//! The call's group: what members agree on, whom they let in, what an attacker gets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml lets tests panic, but does not see the functions that tests share"
)]

mod call;
mod coming;
mod commits;
mod forged;
mod ghosts;
mod hostile_member;
mod messages;
mod removal;
mod rogue;
mod safety_words;
mod split;
mod suite;
mod vectors;
mod world;
