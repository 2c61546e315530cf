//! One record of a chunk: a frame, an epoch, or the end. Each is framed and checked by itself.

use std::collections::BTreeMap;

use chancery_log::id::{DeviceId, Digest};
use sha2::{Digest as _, Sha256};

use crate::{
    frame_header::{LeafIndex, SEALED_FRAME_BYTES_MAX},
    tape::epoch::{EpochPlace, EpochStated, ROSTER_MAX, Roster},
};

const CHECK_LABEL: &[u8] = b"chancery/tape-record/1";

/// Bytes of a record's length, before it.
pub(super) const LENGTH_BYTES: usize = 2;

/// Bytes of a record's check, after it.
pub(super) const CHECK_BYTES: usize = 4;

const KIND_FRAME: u8 = 1;
const KIND_EPOCH: u8 = 2;
const KIND_END: u8 = 3;

/// Kind and time.
const HEAD_BYTES: usize = 1 + 4;
const LEAF_BYTES: usize = 2;
const MEMBER_BYTES: usize = LEAF_BYTES + 32;
const EPOCH_BYTES: usize = HEAD_BYTES + 32 + 8;

/// The longest record: an epoch with the largest roster.
pub(super) const RECORD_BYTES_MAX: usize = EPOCH_BYTES + ROSTER_MAX * MEMBER_BYTES;

/// A frame as it came from a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TapedFrame<'a> {
    /// Whose line it came from.
    pub leaf: LeafIndex,
    /// The sealed frame.
    pub sealed: &'a [u8],
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said<'a> {
    /// A frame came.
    Frame(TapedFrame<'a>),
    /// The group is in this epoch.
    Epoch(EpochStated),
    /// The chunk ends here, as it should.
    End {
        /// How many records come before.
        records: u32,
    },
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its place in the chunk, from 0.
    pub index: u32,
    /// When it came: milliseconds after the chunk's first.
    pub after_ms: u32,
    /// What it says.
    pub said: Said<'a>,
}

/// Tells a record that was written whole from a torn or stale one. It is no secret: it protects from crashes, not from
/// who can write the tape.
pub(super) fn check(header: &Digest, index: u32, body: &[u8]) -> [u8; CHECK_BYTES] {
    let hash = Sha256::new()
        .chain_update(CHECK_LABEL)
        .chain_update(header.0)
        .chain_update(index.to_be_bytes())
        .chain_update(body);
    let [a, b, c, d, ..] = <[u8; 32]>::from(hash.finalize());
    [a, b, c, d]
}

/// Takes what was framed and checked apart; none when it is not what a writer writes.
pub(super) fn read(index: u32, body: &[u8]) -> Option<Record<'_>> {
    let (kind, rest) = body.split_first()?;
    let (after, rest) = rest.split_first_chunk::<4>()?;
    let after_ms = u32::from_be_bytes(*after);
    let said = match *kind {
        KIND_FRAME => {
            let (leaf, sealed) = read_leaf(rest)?;
            if sealed.is_empty() || sealed.len() > SEALED_FRAME_BYTES_MAX {
                return None;
            }
            Said::Frame(TapedFrame { leaf, sealed })
        }
        KIND_EPOCH => Said::Epoch(read_epoch(rest)?),
        KIND_END => Said::End { records: u32::from_be_bytes(<[u8; 4]>::try_from(rest).ok()?) },
        _ => return None,
    };
    Some(Record { index, after_ms, said })
}

fn read_leaf(bytes: &[u8]) -> Option<(LeafIndex, &[u8])> {
    let (leaf, rest) = bytes.split_first_chunk::<LEAF_BYTES>()?;
    Some((LeafIndex::new(u16::from_be_bytes(*leaf).into()).ok()?, rest))
}

fn read_epoch(bytes: &[u8]) -> Option<EpochStated> {
    let (group, rest) = bytes.split_first_chunk::<32>()?;
    let (epoch, rest) = rest.split_first_chunk::<8>()?;
    let (members, []) = rest.as_chunks::<MEMBER_BYTES>() else { return None };
    let mut roster = BTreeMap::new();
    for member in members {
        let (leaf, device) = read_leaf(member)?;
        // Ascending, none twice: there is one encoding only.
        if roster.last_key_value().is_some_and(|(last, _)| *last >= leaf) {
            return None;
        }
        roster.insert(leaf, DeviceId(<[u8; 32]>::try_from(device).ok()?));
    }
    let place = EpochPlace { group: Digest(*group), epoch: u64::from_be_bytes(*epoch) };
    Some(EpochStated { place, roster: Roster::new(roster).ok()? })
}

fn head(kind: u8, after_ms: u32, to: &mut Vec<u8>) {
    to.push(kind);
    to.extend(after_ms.to_be_bytes());
}

fn write_leaf(leaf: LeafIndex, to: &mut Vec<u8>) {
    let [.., high, low] = leaf.number().to_be_bytes();
    to.extend([high, low]);
}

/// The record's body, without length and check.
pub(super) fn write(after_ms: u32, said: &Said<'_>, to: &mut Vec<u8>) {
    match said {
        Said::Frame(TapedFrame { leaf, sealed }) => {
            head(KIND_FRAME, after_ms, to);
            write_leaf(*leaf, to);
            to.extend(*sealed);
        }
        Said::Epoch(EpochStated { place, roster }) => {
            head(KIND_EPOCH, after_ms, to);
            to.extend(place.group.0);
            to.extend(place.epoch.to_be_bytes());
            for (leaf, device) in roster.members() {
                write_leaf(leaf, to);
                to.extend(device.0);
            }
        }
        Said::End { records } => {
            head(KIND_END, after_ms, to);
            to.extend(records.to_be_bytes());
        }
    }
}
