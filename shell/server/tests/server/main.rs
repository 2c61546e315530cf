//! The server with real sockets and a real database.

mod client;
mod disk;
mod knocks;
mod limits;
mod login;
mod logs;
mod offers;
mod pages;
mod rights;
mod stop;
mod streams;
#[path = "../../../store/tests/world/mod.rs"]
mod world;
