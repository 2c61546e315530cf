//! Tests of the desk's rules, one file for each noun. `tests/histories` holds them against a simple model.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "clippy.toml lets tests panic, but does not see the functions that tests share"
)]

mod briefs;
mod calls;
mod closing;
mod counterparts;
mod custody;
mod devices;
mod documents;
mod due_outs;
mod duty;
mod founding;
mod guarded;
mod guests;
mod levels;
mod notes;
mod offices;
mod openings;
mod parties;
mod people;
mod readers;
mod readouts;
mod roles;
mod rules;
mod said;
mod tapes;
mod telcons;
mod vaults;
#[allow(dead_code, reason = "tests/histories uses the rest")]
mod world;
