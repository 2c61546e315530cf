//! A participant without a browser: a folder with its keys and records, a socket, and a task that runs it. For tests,
//! load, the command line and gateways; it has no back door, and joins as any device does.

pub mod enrol;
pub mod folder;
pub mod running;
pub mod socket;
