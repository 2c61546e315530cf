//! The desk: who may do what. `Trust` and `Package` are folded from acts; `admit` says yes or names the refusal.
//! Pure; the same code runs in the server, to refuse early, and in every client, to check the server.

pub mod act;
pub mod admit;
pub mod ages;
mod apply;
mod bodies;
pub mod briefs;
pub mod calls;
mod case;
pub mod closing;
pub mod commitments;
pub mod counterparts;
pub mod custody;
pub mod desk;
pub mod devices;
pub mod due_outs;
pub mod duty;
mod founding;
mod generations;
pub mod guarded;
pub mod levels;
pub mod notes;
pub mod offices;
pub mod openings;
pub mod package;
pub mod parties;
pub mod people;
pub mod readers;
pub mod readouts;
pub mod refusal;
pub mod roles;
pub mod rules;
pub mod said;
pub mod telcons;
pub mod trust;
pub mod vaults;
