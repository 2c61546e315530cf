//! What screens show, as plain data: one file for each screen, folded from what this device holds and has opened.

pub mod alarms;
pub mod board;
pub mod names;
pub mod package;
pub mod pending;
pub mod people;
pub mod promises;
