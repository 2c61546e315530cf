//! The thin part: sockets, threads, TLS, pages. It decides nothing but who is too fast, too large or too slow.

mod accept;
pub mod config;
mod doors;
mod gauge;
mod log_thread;
mod media_thread;
mod mover_thread;
mod pages;
pub mod running;
mod socket;
mod tls;
