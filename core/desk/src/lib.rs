//! The desk: who may do what. `Trust` and `Package` are folded from acts; `admit` says yes or names the refusal.
//! Pure; the same code runs in the server, to refuse early, and in every client, to check the server.

pub mod act;
