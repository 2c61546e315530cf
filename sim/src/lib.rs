//! A whole desk in one process and in virtual time: the real switchboard on the real store, real participants, and
//! between them nothing but messages, which a test may hold back, change or forge.

pub mod device;
pub mod world;
