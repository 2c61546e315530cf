//! Writing a chunk, record by record, into bytes that the caller appends to a file as it sees fit.

use chancery_log::id::Digest;
use sha2::{Digest as _, Sha256};

use crate::{
    frame_header::{LeafIndex, SEALED_FRAME_BYTES_MAX},
    tape::{
        chunk::{CHUNK_BYTES_MAX, CHUNK_MS_MAX, CHUNKS_MAX, ChunkHeader, ChunkPlace},
        epoch::EpochStated,
        record::{self, CHECK_BYTES, LENGTH_BYTES, RECORD_BYTES_MAX, Said, TapedFrame},
    },
};

/// Bytes that an end takes: always kept free.
const END_BYTES: usize = LENGTH_BYTES + 1 + 4 + 4 + CHECK_BYTES;

/// Above this a chunk counts as full, so that whatever comes next still fits.
const FULL_BYTES: usize = CHUNK_BYTES_MAX - END_BYTES - LENGTH_BYTES - RECORD_BYTES_MAX - CHECK_BYTES;

/// Why something is not written. The chunk is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// No frame of a call.
    #[error("a sealed frame has 1 to {SEALED_FRAME_BYTES_MAX} bytes, this one has {0}")]
    Length(usize),
    /// Its time or its bytes are used up.
    #[error("the chunk is full: end it and begin the next")]
    Full,
    /// The tape is as long as a tape may be.
    #[error("a tape has at most {CHUNKS_MAX} chunks")]
    TapeFull,
}

/// Writes one chunk. Everything is appended to the caller's buffer in whole records: what of it is on disk after a crash
/// is a chunk, torn at worst.
pub struct ChunkWriter {
    place: ChunkPlace,
    first_ms: u64,
    name: Digest,
    hash: Sha256,
    bytes: usize,
    records: u32,
    last_after_ms: u32,
}

impl ChunkWriter {
    /// Begins a chunk, with the epoch that the group is in: each chunk can be understood without the one before.
    pub fn begin(
        place: ChunkPlace,
        first_ms: u64,
        epoch: &EpochStated,
        to: &mut Vec<u8>,
    ) -> Result<Self, WriteError> {
        if place.number >= CHUNKS_MAX {
            return Err(WriteError::TapeFull);
        }
        let header = ChunkHeader { place, first_ms }.write();
        let mut writer = Self {
            place,
            first_ms,
            name: Digest::of(&header),
            hash: Sha256::new(),
            bytes: 0,
            records: 0,
            last_after_ms: 0,
        };
        writer.append(&header, to);
        writer.epoch(first_ms, epoch, to)?;
        Ok(writer)
    }

    /// Whether the next record belongs into the next chunk.
    pub fn is_full(&self, now_ms: u64) -> bool {
        self.bytes > FULL_BYTES || now_ms.saturating_sub(self.first_ms) >= CHUNK_MS_MAX
    }

    /// The group is in another epoch.
    pub fn epoch(&mut self, now_ms: u64, epoch: &EpochStated, to: &mut Vec<u8>) -> Result<(), WriteError> {
        self.record(now_ms, &Said::Epoch(epoch.clone()), to)
    }

    /// A frame came from the line of this leaf.
    pub fn frame(
        &mut self,
        now_ms: u64,
        leaf: LeafIndex,
        sealed: &[u8],
        to: &mut Vec<u8>,
    ) -> Result<(), WriteError> {
        if sealed.is_empty() || sealed.len() > SEALED_FRAME_BYTES_MAX {
            return Err(WriteError::Length(sealed.len()));
        }
        self.record(now_ms, &Said::Frame(TapedFrame { leaf, sealed }), to)
    }

    /// Ends the chunk and gives the place of the next. After the last one, that is the tape's end: how many chunks it has,
    /// and the digest that fixes them all.
    pub fn end(mut self, to: &mut Vec<u8>) -> ChunkPlace {
        let end = Said::End { records: self.records };
        self.framed(self.last_after_ms, &end, to);
        let ChunkPlace { desk, package, number, .. } = self.place;
        let before = Digest(self.hash.finalize().into());
        ChunkPlace { desk, package, number: number.saturating_add(1), before }
    }

    fn record(&mut self, now_ms: u64, said: &Said<'_>, to: &mut Vec<u8>) -> Result<(), WriteError> {
        if self.is_full(now_ms) {
            return Err(WriteError::Full);
        }
        let after_ms = u32::try_from(now_ms.saturating_sub(self.first_ms)).map_err(|_| WriteError::Full)?;
        // A clock that was set back does not make the records run backwards.
        self.framed(after_ms.max(self.last_after_ms), said, to);
        Ok(())
    }

    fn framed(&mut self, after_ms: u32, said: &Said<'_>, to: &mut Vec<u8>) {
        let start = to.len();
        to.extend([0; LENGTH_BYTES]);
        record::write(after_ms, said, to);
        let body = to.get(start + LENGTH_BYTES..).unwrap_or_default();
        // The longest record's length has 16 bits; the roster and the frame were measured before.
        let length = u16::try_from(body.len()).unwrap_or(u16::MAX).to_be_bytes();
        let check = record::check(&self.name, self.records, body);
        for (to, from) in to.iter_mut().skip(start).zip(length) {
            *to = from;
        }
        to.extend(check);
        self.records += 1;
        self.last_after_ms = after_ms;
        let written = to.get(start..).unwrap_or_default();
        self.hash.update(written);
        self.bytes += written.len();
    }

    fn append(&mut self, bytes: &[u8], to: &mut Vec<u8>) {
        to.extend(bytes);
        self.hash.update(bytes);
        self.bytes += bytes.len();
    }
}
