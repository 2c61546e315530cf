//! The parts of the one executable that can be tested apart from it.

pub mod audit;
pub mod closing;
pub mod columns;
pub mod command;
pub mod demo;
pub mod doctor;
pub mod import;
pub mod init;
pub mod lookup;
pub mod outcome;
pub mod output;
pub mod page;
pub mod settled;
pub mod terminal;
pub mod time;
pub mod utc;
