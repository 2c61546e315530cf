//! Tests of the sfu, one behaviour in each file, in virtual time. The devices are str0m's own clients, on a network that
//! delays, loses and reorders.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "clippy.toml lets tests panic, but does not see the functions that tests share; tests look for one event among many"
)]

mod attackers;
mod commands;
mod device;
mod floor;
mod forwarding;
mod frames;
mod hold;
mod hostile_sdp;
mod leaving;
mod limits;
mod loss;
mod network;
mod path;
mod privacy;
mod random;
mod removal;
mod reports;
mod sealed_only;
mod slots;
mod tape;
mod tcp;
mod world;
