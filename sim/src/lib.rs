//! A whole desk in one process and in virtual time: the real switchboard on the real store, real participants, and
//! between them nothing but messages, which a test may hold back, change or forge.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this crate is test code only: a panic is how a test ends"
)]

pub mod device;
pub mod disk;
mod enrolment;
pub mod hostile;
pub mod story;
pub mod world;
