//! The parts of the one executable that can be tested apart from it.

pub mod demo;
pub mod import;
