//! The parts of the one executable that can be tested apart from it.

pub mod audit;
pub mod demo;
pub mod import;
pub mod outcome;
pub mod output;
