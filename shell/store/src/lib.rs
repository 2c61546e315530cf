//! The store: `log.db` is the truth, `views.db` can be deleted, `bodies/` holds ciphertext. One writer, one durable
//! commit for each batch of acts. The data folder stands in docs/store.md.

pub mod backup;
mod batch;
pub mod bodies;
pub mod check;
pub mod create;
pub mod damage;
pub mod export;
mod folded;
pub mod folder;
pub mod log_db;
pub mod mover;
pub mod offer;
pub mod places;
pub mod proofs;
mod replay;
pub mod server_keys;
pub mod shelf;
mod sqlite;
pub mod store;
mod stored;
pub mod views;
