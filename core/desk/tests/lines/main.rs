//! Tests of the line test in virtual time: planted faults are found by name, clean lines are left alone.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy.toml lets tests panic, but does not see the functions that tests share"
)]

mod ceiling;
mod clean;
mod faults;
mod line;
mod report;
mod rules;
mod score;
mod silence;
