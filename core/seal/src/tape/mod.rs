//! The tape of a call: sealed frames as they came, in chunks that survive a crash and show what is missing. Whoever writes
//! or checks it needs no secret. The format stands in docs/tape.md.

pub mod chain;
pub mod chunk;
pub mod dealt;
pub mod epoch;
pub mod record;
pub mod writer;
