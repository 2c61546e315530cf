//! Frames of sound: sealed for the call by the device that speaks, opened by the devices that listen (RFC 9605). The
//! constructions stand in docs/frames.md.

pub mod base;
pub mod opener;
pub mod sealer;
pub mod start;
mod window;
