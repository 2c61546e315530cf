//! Calls in virtual time: the real switchboard, the real participants, real groups; without sound.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it must be"
)]

mod coming;
mod going;
mod setting;
