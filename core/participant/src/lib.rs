//! One device of one person: signs acts, opens what is sealed to it, folds what its screens show, keeps vaults in order,
//! and checks everything that the server says. Told messages and time; it touches nothing itself.

pub mod alarm;
pub mod bodies;
pub mod call;
pub mod clock;
pub mod connection;
pub mod custody;
pub mod deed;
pub mod enrol;
mod folding;
pub mod founding;
pub mod io;
mod keep;
mod keeping;
pub mod ledger;
mod log_key;
mod opening;
pub mod outbox;
pub mod participant;
mod receive;
pub mod record;
pub mod rewind;
mod signing;
mod tapes;
pub mod view;
