//! The tape: each epoch's secret dealt to the custodians, and taped frames opened with secrets put together again. The
//! constructions stand in docs/tape.md.

pub mod dealing;
pub mod opening;
pub mod release;
pub mod statement;
