//! A tape that is the same in every run.

use chancery_log::id::{DeskId, DeviceId, Digest, PackageId};
use chancery_seal::{
    frame_header::LeafIndex,
    tape::{
        chunk::{Chunk, ChunkPlace},
        epoch::{EpochPlace, EpochStated, Roster},
        record::{Record, Said, TapedFrame},
        writer::ChunkWriter,
    },
};

pub(crate) const DESK: DeskId = DeskId([0xd0; 16]);
pub(crate) const PACKAGE: PackageId = PackageId([0x9a; 16]);
pub(crate) const GROUP: Digest = Digest([0x66; 32]);
pub(crate) const BEGAN_MS: u64 = 1_700_000_000_000;

pub(crate) fn leaf(index: u32) -> LeafIndex {
    LeafIndex::new(index).unwrap()
}

pub(crate) fn roster(devices: &[(u32, u8)]) -> Roster {
    Roster::new(devices.iter().map(|(at, byte)| (leaf(*at), DeviceId([*byte; 32]))).collect()).unwrap()
}

pub(crate) fn epoch(number: u64) -> EpochStated {
    let place = EpochPlace { group: GROUP, epoch: number };
    EpochStated { place, roster: roster(&[(0, 0xa1), (1, 0xb2), (5, 0xc3)]) }
}

/// Bytes in place of a sealed frame: whoever writes the tape cannot tell.
pub(crate) fn frame(byte: u8) -> Vec<u8> {
    vec![byte; 120]
}

/// A chunk of three frames, and the place of the next.
pub(crate) fn chunk(place: ChunkPlace) -> (Vec<u8>, ChunkPlace) {
    let mut bytes = Vec::new();
    let first_ms = BEGAN_MS + u64::from(place.number) * 10_000;
    let mut writer = ChunkWriter::begin(place, first_ms, &epoch(3), &mut bytes).unwrap();
    writer.frame(first_ms, leaf(0), &frame(1), &mut bytes).unwrap();
    writer.frame(first_ms + 20, leaf(1), &frame(2), &mut bytes).unwrap();
    writer.frame(first_ms + 40, leaf(0), &frame(3), &mut bytes).unwrap();
    let next = writer.end(&mut bytes);
    (bytes, next)
}

/// So many chunks, one after another, and where the tape ends.
pub(crate) fn tape(chunks: u32) -> (Vec<Vec<u8>>, ChunkPlace) {
    let mut place = ChunkPlace::first(DESK, PACKAGE);
    let mut all = Vec::new();
    for _ in 0..chunks {
        let (bytes, next) = chunk(place);
        all.push(bytes);
        place = next;
    }
    (all, place)
}

/// The first bytes of the frames that a chunk holds.
pub(crate) fn frames(chunk: &Chunk<'_>) -> Vec<u8> {
    let sealed = |record: &Record<'_>| match record.said {
        Said::Frame(TapedFrame { sealed, .. }) => sealed.first().copied(),
        Said::Epoch(_) | Said::End { .. } => None,
    };
    chunk.records.iter().filter_map(sealed).collect()
}
