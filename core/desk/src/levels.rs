//! The classification scheme, which is data (docs/levels.md): what marks there are, how they read, how they combine.

pub mod join;
pub mod scheme;
pub mod shipped;
pub mod text;
