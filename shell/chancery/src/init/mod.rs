//! Founding a desk: from answers to a data folder for the server, a device folder for each founding officer, and a log
//! that already holds what comes first.

pub mod answers;
pub mod make;
pub mod names;
pub mod questions;
