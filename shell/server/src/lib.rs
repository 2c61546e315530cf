//! The server: a switchboard that decides, and a thin shell of sockets, threads and TLS around it.

pub mod limits;
pub mod logs;
pub mod shell;
pub mod switchboard;
