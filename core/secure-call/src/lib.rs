//! What only the devices on a call hold: the call's group and its secrets, the keys of frames, the dealing of the
//! tape. The server is never built with this crate. The constructions stand in docs/group.md, docs/frames.md and
//! docs/tape.md.

pub mod frames;
pub mod group;
pub mod safety_words;
pub mod split;
pub mod tape;
