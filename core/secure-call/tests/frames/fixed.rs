//! A call that is the same in every run: members, bases, and what they say.

use std::collections::BTreeSet;

use chancery_seal::frame_header::LeafIndex;
use chancery_secure_call::frames::{
    base::FrameBase,
    opener::{EpochEntry, FrameOpener, NotOpened, Opened},
    sealer::FrameSealer,
    start::SealerStarts,
};

pub(crate) const NOW_MS: u64 = 1_000_000;

pub(crate) fn leaf(index: u32) -> LeafIndex {
    LeafIndex::new(index).unwrap()
}

pub(crate) fn leaves<const N: usize>(indices: [u32; N]) -> BTreeSet<LeafIndex> {
    indices.into_iter().map(leaf).collect()
}

/// Every epoch has another base.
pub(crate) fn base(epoch: u64) -> FrameBase {
    let mut bytes = [0x5b; 32];
    bytes[..8].copy_from_slice(&epoch.to_be_bytes());
    FrameBase::from_bytes(&bytes)
}

/// Members 0 to 3, nobody removed.
pub(crate) fn entry(number: u64) -> EpochEntry {
    EpochEntry { number, base: base(number), members: leaves([0, 1, 2, 3]), removed: BTreeSet::new() }
}

/// Member 0's opener in this epoch.
pub(crate) fn opener(epoch: u64) -> FrameOpener {
    let mut opener = FrameOpener::new(leaf(0));
    opener.enter(entry(epoch), NOW_MS).unwrap();
    opener
}

/// A first start of this member in this epoch.
pub(crate) fn sealer(from: u32, epoch: u64) -> FrameSealer {
    restarted(from, epoch, 1)
}

/// The start with this number.
pub(crate) fn restarted(from: u32, epoch: u64, start: u8) -> FrameSealer {
    let mut starts = SealerStarts::new(leaf(from));
    starts.enter(epoch, base(epoch)).unwrap();
    for _ in 1..start {
        starts.start().unwrap();
    }
    FrameSealer::new(starts.start().unwrap()).unwrap()
}

/// Something that looks like an Opus frame of 20 ms.
pub(crate) fn words(byte: u8) -> Vec<u8> {
    let mut frame = vec![byte; 80];
    frame[0] = 0x78;
    frame
}

pub(crate) fn seal(sealer: &mut FrameSealer, words: &[u8]) -> Vec<u8> {
    let mut sealed = Vec::new();
    sealer.seal(words, &mut sealed).unwrap();
    sealed
}

/// Opens at [`NOW_MS`]; a refused frame must leave nothing behind.
pub(crate) fn open(opener: &mut FrameOpener, sealed: &[u8]) -> Result<(Opened, Vec<u8>), NotOpened> {
    open_at(opener, sealed, NOW_MS)
}

pub(crate) fn open_at(
    opener: &mut FrameOpener,
    sealed: &[u8],
    now_ms: u64,
) -> Result<(Opened, Vec<u8>), NotOpened> {
    let mut words = b"what the buffer held before".to_vec();
    match opener.open(sealed, &mut words, now_ms) {
        Ok(opened) => Ok((opened, words)),
        Err(why) => {
            assert!(words.is_empty(), "{why} left {} bytes", words.len());
            Err(why)
        }
    }
}
