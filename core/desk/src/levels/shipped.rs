//! The schemes that come with the desk. Another is a file (docs/levels.md).

use super::scheme::{Scheme, SchemeError};

/// A scheme that comes with the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shipped {
    /// Nobody's own: four levels, compartments, caveats, releasability.
    Neutral,
    /// Traffic Light Protocol 2.0 of FIRST.
    Tlp2,
}

impl Shipped {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Neutral, Self::Tlp2];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Tlp2 => "tlp2",
        }
    }

    /// Its file.
    pub fn json(self) -> &'static str {
        match self {
            Self::Neutral => include_str!("../../schemes/neutral.json"),
            Self::Tlp2 => include_str!("../../schemes/tlp2.json"),
        }
    }

    /// Read and checked.
    pub fn scheme(self) -> Result<Scheme, SchemeError> {
        Scheme::read(self.json())
    }
}
