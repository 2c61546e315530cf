//! A lying server tries everything it can. Each try is refused, or a named alarm goes off on the right device; and the
//! same steps done honestly raise none.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it must be"
)]
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "a liar changes one sort of message and lets every other pass"
)]

mod acts;
mod bodies;
mod checkpoints;
mod clocks;
mod custody;
mod devices;
mod hello;
mod order;
mod readers;
mod receipts;
mod setting;
mod trust;
