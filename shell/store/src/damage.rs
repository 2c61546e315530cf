//! What is wrong with a data folder, by file and place.

use std::fmt;

/// One damaged place. Its text names the file first, then the place, then what was expected and what is there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {place}: {what}")]
pub struct Damage {
    /// The file in the data folder.
    pub file: String,
    /// Where in it.
    pub place: Place,
    /// What was expected and what is there.
    pub what: String,
}

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    Whole,
    /// One entry of the log.
    Entry(u64),
    /// One tile: level and number.
    Tile(u8, u64),
    /// The stored checkpoint.
    Checkpoint,
    /// One body that an entry lists: the entry, and the body's index in it.
    Body(u64, usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("the whole file"),
            Self::Entry(index) => write!(f, "entry {index}"),
            Self::Tile(level, number) => write!(f, "tile {level}/{number}"),
            Self::Checkpoint => f.write_str("checkpoint"),
            Self::Body(entry, body) => write!(f, "body {body} of entry {entry}"),
        }
    }
}

impl Damage {
    /// A damaged place.
    pub fn new(file: impl Into<String>, place: Place, what: impl fmt::Display) -> Self {
        Self { file: file.into(), place, what: what.to_string() }
    }
}
