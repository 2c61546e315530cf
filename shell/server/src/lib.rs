//! The server: a switchboard that decides, and a thin shell of sockets, threads and TLS around it.

pub mod switchboard;
