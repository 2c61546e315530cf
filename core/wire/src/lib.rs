//! What travels on the socket between a device and its desk's server: one CBOR item per WebSocket message.
//! Formats and limits stand in docs/wire.md.

pub mod call;
pub mod hello;
pub mod limits;
pub mod to_client;
pub mod to_server;
