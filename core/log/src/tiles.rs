//! Tiles by C2SP tlog-tiles: names (paths) and bytes of hash tiles and of bundles of leaves and acts.

use std::fmt;

use crate::{act::ACT_BYTES_MAX, id::Digest};

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// Bytes of a full tile.
pub const TILE_BYTES: usize = 256 * 32;

/// The highest tile level: eight levels of 256 hold 2^64 leaves.
pub const TILE_LEVEL_MAX: u8 = 7;

/// Where a checkpoint lies in an exported log.
pub const CHECKPOINT_PATH: &str = "checkpoint";

/// A tile of hashes: `level` 0 holds leaf hashes, each level above holds the roots of the full tiles below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// 0 for leaf hashes, at most [`TILE_LEVEL_MAX`].
    pub level: u8,
    /// Place in the level, from 0.
    pub index: u64,
}

/// One file of an exported log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TilePath {
    /// `tile/L/N`: hashes, 32 bytes each.
    Hashes(TileId, u16),
    /// `tile/entries/N`: leaves, each after its length.
    Leaves(u64, u16),
    /// `acts/N`: acts in the order of the leaves, each after its length. Ours, beside what C2SP asks for.
    Acts(u64, u16),
}

/// Why a path or a file is not a tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// Not a path of an exported log.
    #[error(
        "{0:?} is not the path of a tile: expected tile/<level>/<number>, tile/entries/<number> or acts/<number>"
    )]
    Path(String),
    /// More or fewer items than asked for, or a count that no tile has.
    #[error("a tile holds 1 to {TILE_WIDTH} items, not {0}")]
    Width(usize),
    /// A tile of hashes with another length.
    #[error("a tile of {width} hashes has {expected} bytes, this one has {got}")]
    Length {
        /// Hashes expected.
        width: u16,
        /// Bytes expected.
        expected: usize,
        /// Bytes found.
        got: usize,
    },
    /// A bundle that stops in the middle of an item.
    #[error("the bundle ends within item {0}")]
    Truncated(u16),
    /// A bundle with more than the items expected.
    #[error("{extra} bytes follow the last of {width} items of the bundle")]
    Trailing {
        /// Items expected.
        width: u16,
        /// Bytes after them.
        extra: usize,
    },
    /// An item that is longer than it may be.
    #[error("an item of a bundle has at most {limit} bytes, this one has {got}")]
    ItemTooLong {
        /// Bytes allowed.
        limit: usize,
        /// Bytes found.
        got: usize,
    },
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/{}", self.level, numbered(self.index))
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = match self {
            Self::Hashes(id, width) => {
                write!(f, "{id}")?;
                *width
            }
            Self::Leaves(index, width) => {
                write!(f, "tile/entries/{}", numbered(*index))?;
                *width
            }
            Self::Acts(index, width) => {
                write!(f, "acts/{}", numbered(*index))?;
                *width
            }
        };
        if width == TILE_WIDTH { Ok(()) } else { write!(f, ".p/{width}") }
    }
}

impl TilePath {
    /// Reads a path; only the one spelling that [`fmt::Display`] writes is taken.
    pub fn read(path: &str) -> Result<Self, TileError> {
        let wrong = || TileError::Path(path.chars().take(80).collect());
        let (name, width) = match path.split_once(".p/") {
            Some((name, width)) => (name, width.parse().map_err(|_| wrong())?),
            None => (path, TILE_WIDTH),
        };
        let (kind, number) = if let Some(number) = name.strip_prefix("acts/") {
            ("acts", number)
        } else {
            name.strip_prefix("tile/").and_then(|rest| rest.split_once('/')).ok_or_else(wrong)?
        };
        let index = read_number(number).ok_or_else(wrong)?;
        let read = match kind {
            "acts" => Self::Acts(index, width),
            "entries" => Self::Leaves(index, width),
            level => Self::Hashes(TileId { level: level.parse().map_err(|_| wrong())?, index }, width),
        };
        let level_fits = !matches!(read, Self::Hashes(id, _) if id.level > TILE_LEVEL_MAX);
        let width_fits = (1..=TILE_WIDTH).contains(&width);
        if level_fits && width_fits && read.to_string() == path { Ok(read) } else { Err(wrong()) }
    }
}

/// `1234067` is `x001/x234/067`: no directory gets more than a thousand of each kind.
fn numbered(index: u64) -> String {
    let mut text = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        text = format!("x{:03}/{text}", rest % 1000);
        rest /= 1000;
    }
    text
}

fn read_number(text: &str) -> Option<u64> {
    text.split('/').try_fold(0_u64, |number, group| {
        let group: u64 = group.strip_prefix('x').unwrap_or(group).parse().ok()?;
        number.checked_mul(1000)?.checked_add(group)
    })
}

/// The bytes of a tile: its hashes one after the other.
pub fn encode_hashes(hashes: &[Digest]) -> Result<Vec<u8>, TileError> {
    width_of(hashes.len())?;
    Ok(hashes.iter().flat_map(|hash| hash.0).collect())
}

/// Reads a tile of `width` hashes.
pub fn decode_hashes(bytes: &[u8], width: u16) -> Result<Vec<Digest>, TileError> {
    width_of(usize::from(width))?;
    let expected = usize::from(width) * 32;
    if bytes.len() != expected {
        return Err(TileError::Length { width, expected, got: bytes.len() });
    }
    Ok(bytes.as_chunks::<32>().0.iter().map(|hash| Digest(*hash)).collect())
}

/// A bundle of leaves (C2SP tlog-tiles, "Log entries"): each after its length as a big-endian uint16.
pub fn encode_leaves<B: AsRef<[u8]>>(leaves: &[B]) -> Result<Vec<u8>, TileError> {
    width_of(leaves.len())?;
    let mut bundle = Vec::new();
    for leaf in leaves {
        let leaf = leaf.as_ref();
        let len = u16::try_from(leaf.len())
            .map_err(|_| TileError::ItemTooLong { limit: usize::from(u16::MAX), got: leaf.len() })?;
        bundle.extend(len.to_be_bytes());
        bundle.extend(leaf);
    }
    Ok(bundle)
}

/// Reads a bundle of exactly `width` leaves.
pub fn decode_leaves(bundle: &[u8], width: u16) -> Result<Vec<&[u8]>, TileError> {
    decode_items::<2>(bundle, width, usize::from(u16::MAX), |len| usize::from(u16::from_be_bytes(len)))
}

/// A bundle of acts: each after its length as a big-endian uint32.
pub fn encode_acts<B: AsRef<[u8]>>(acts: &[B]) -> Result<Vec<u8>, TileError> {
    width_of(acts.len())?;
    let mut bundle = Vec::new();
    for act in acts {
        let act = act.as_ref();
        let len = u32::try_from(act.len())
            .ok()
            .filter(|_| act.len() <= ACT_BYTES_MAX)
            .ok_or(TileError::ItemTooLong { limit: ACT_BYTES_MAX, got: act.len() })?;
        bundle.extend(len.to_be_bytes());
        bundle.extend(act);
    }
    Ok(bundle)
}

/// Reads a bundle of exactly `width` acts.
pub fn decode_acts(bundle: &[u8], width: u16) -> Result<Vec<&[u8]>, TileError> {
    // A length that does not fit a 32-bit usize is over the limit anyway.
    decode_items::<4>(bundle, width, ACT_BYTES_MAX, |len| {
        usize::try_from(u32::from_be_bytes(len)).unwrap_or(usize::MAX)
    })
}

fn decode_items<const N: usize>(
    bundle: &[u8],
    width: u16,
    limit: usize,
    len_of: impl Fn([u8; N]) -> usize,
) -> Result<Vec<&[u8]>, TileError> {
    width_of(usize::from(width))?;
    let mut rest = bundle;
    let mut items = Vec::with_capacity(usize::from(width));
    for item in 0..width {
        let (len, after) = rest.split_first_chunk::<N>().ok_or(TileError::Truncated(item))?;
        let len = len_of(*len);
        if len > limit {
            return Err(TileError::ItemTooLong { limit, got: len });
        }
        let (bytes, after) = after.split_at_checked(len).ok_or(TileError::Truncated(item))?;
        items.push(bytes);
        rest = after;
    }
    if rest.is_empty() { Ok(items) } else { Err(TileError::Trailing { width, extra: rest.len() }) }
}

fn width_of(items: usize) -> Result<u16, TileError> {
    u16::try_from(items).ok().filter(|width| (1..=TILE_WIDTH).contains(width)).ok_or(TileError::Width(items))
}
