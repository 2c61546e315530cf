//! A server that lies: it has its own keys, every message and every stolen device, and writes the log that it likes. What
//! it does not have is anybody else's key.

pub mod forged_log;
pub mod forger;
pub mod liar;
