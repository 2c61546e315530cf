//! The server with real sockets and a real database.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test that fails may panic, in its helpers too"
)]

mod client;
mod disk;
mod knocks;
mod limits;
mod login;
mod logs;
mod observer;
mod offers;
mod pages;
mod rights;
mod stop;
mod streams;
#[path = "../../../store/tests/world/mod.rs"]
mod world;
