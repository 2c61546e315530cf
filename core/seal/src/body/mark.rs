//! A mark of the desk's classification scheme, as carried by words.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The rank of a level in the desk's scheme: 0 is the lowest. The only part of a mark that the server sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Rank(pub u8);

/// A level with its compartments, caveats and releasability, by the ids of the scheme's categories and values.
/// A category that is missing says nothing; one that is there and empty ("releasable to" nobody) says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The level.
    pub level: Rank,
    /// Category id → value ids.
    pub categories: BTreeMap<String, BTreeSet<String>>,
}
