//! One chunk of a tape: its header, its records, and where it was torn.

use chancery_log::id::{DeskId, Digest, PackageId};

use crate::tape::record::{self, CHECK_BYTES, LENGTH_BYTES, RECORD_BYTES_MAX, Record, Said};

/// The longest chunk: ten seconds of everybody speaking, with room.
pub const CHUNK_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How long a chunk is written to. What a lost file costs.
pub const CHUNK_MS_MAX: u64 = 10_000;

/// Chunks of one tape: more than a month. Who asks for more has another problem.
pub const CHUNKS_MAX: u32 = 300_000;

const LABEL: &[u8; 21] = b"chancery/tape-chunk/1";

/// Bytes of a header.
pub const CHUNK_HEADER_BYTES: usize = LABEL.len() + 16 + 16 + 4 + 32 + 8 + CHECK_BYTES;

/// Where a chunk stands in its tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkPlace {
    /// The desk.
    pub desk: DeskId,
    /// The call.
    pub package: PackageId,
    /// From 0.
    pub number: u32,
    /// [`Chunk::digest`] of the one before; [`Digest::NONE`] for the first.
    pub before: Digest,
}

impl ChunkPlace {
    /// The place of a tape's first chunk.
    pub fn first(desk: DeskId, package: PackageId) -> Self {
        Self { desk, package, number: 0, before: Digest::NONE }
    }
}

/// What stands at a chunk's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkHeader {
    /// Its place.
    pub place: ChunkPlace,
    /// When its first record came, milliseconds since 1970 UTC by the server's clock.
    pub first_ms: u64,
}

/// Why bytes are not a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    /// Longer than a writer makes them.
    #[error("a chunk has at most {CHUNK_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// Torn within the header: nothing was kept of it.
    #[error("a chunk's header has {CHUNK_HEADER_BYTES} bytes, here are {0} in all")]
    Short(usize),
    /// Something else, or a version that this build does not know.
    #[error("this is no chunk of a tape, or a newer build wrote it")]
    Label,
    /// The header was changed, or not written whole.
    #[error("the header of the chunk is damaged")]
    Header,
    /// More chunks than a tape has.
    #[error("a tape has at most {CHUNKS_MAX} chunks, this one has number {0}")]
    Number(u32),
}

/// A chunk as read. What is torn off its end, and what is damaged within, is said; the rest is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// Its header.
    pub header: ChunkHeader,
    /// Every whole record, without the end.
    pub records: Vec<Record<'a>>,
    /// Places of records that were changed, with whole ones after them.
    pub damaged: Vec<u32>,
    /// Whether the writer ended it.
    pub ended: bool,
    /// Bytes that come after the last whole record.
    pub torn_bytes: usize,
    /// SHA-256 of all bytes up to there: what the next chunk names.
    pub digest: Digest,
}

impl ChunkHeader {
    pub(super) fn write(&self) -> Vec<u8> {
        let ChunkPlace { desk, package, number, before } = self.place;
        let mut bytes = Vec::with_capacity(CHUNK_HEADER_BYTES);
        bytes.extend(LABEL);
        bytes.extend(desk.0);
        bytes.extend(package.0);
        bytes.extend(number.to_be_bytes());
        bytes.extend(before.0);
        bytes.extend(self.first_ms.to_be_bytes());
        let [a, b, c, d, ..] = Digest::of(&bytes).0;
        bytes.extend([a, b, c, d]);
        bytes
    }

    fn read(bytes: &[u8; CHUNK_HEADER_BYTES]) -> Result<Self, ChunkError> {
        let rest = bytes.strip_prefix(LABEL).ok_or(ChunkError::Label)?;
        let header = Self::parts(rest).ok_or(ChunkError::Header)?;
        // There is one encoding, and its check is part of it.
        if header.write() != bytes {
            return Err(ChunkError::Header);
        }
        let number = header.place.number;
        if number < CHUNKS_MAX { Ok(header) } else { Err(ChunkError::Number(number)) }
    }

    fn parts(bytes: &[u8]) -> Option<Self> {
        let (desk, rest) = bytes.split_first_chunk()?;
        let (package, rest) = rest.split_first_chunk()?;
        let (number, rest) = rest.split_first_chunk()?;
        let (before, rest) = rest.split_first_chunk()?;
        let (first_ms, _) = rest.split_first_chunk()?;
        let place = ChunkPlace {
            desk: DeskId(*desk),
            package: PackageId(*package),
            number: u32::from_be_bytes(*number),
            before: Digest(*before),
        };
        Some(Self { place, first_ms: u64::from_be_bytes(*first_ms) })
    }
}

impl<'a> Chunk<'a> {
    /// Reads a chunk, torn or not.
    pub fn read(bytes: &'a [u8]) -> Result<Self, ChunkError> {
        if bytes.len() > CHUNK_BYTES_MAX {
            return Err(ChunkError::TooLong(bytes.len()));
        }
        let (head, mut rest) = bytes.split_first_chunk().ok_or(ChunkError::Short(bytes.len()))?;
        let header = ChunkHeader::read(head)?;
        let name = Digest::of(head);
        let mut chunk = Self {
            header,
            records: Vec::new(),
            damaged: Vec::new(),
            ended: false,
            torn_bytes: 0,
            digest: name,
        };
        let mut torn = rest;
        // Not known to be damaged until a whole one follows: perhaps they are the torn end.
        let mut suspect = Vec::new();
        let mut index = 0;
        while let Some((body, check, after)) = framed(rest).filter(|_| !chunk.ended) {
            let sound = record::check(&name, index, body) == *check;
            match record::read(index, body).filter(|record| sound && record.fits(index)) {
                Some(record) => {
                    chunk.damaged.append(&mut suspect);
                    match record.said {
                        Said::End { .. } => chunk.ended = true,
                        Said::Frame(_) | Said::Epoch(_) => chunk.records.push(record),
                    }
                    torn = after;
                }
                None => suspect.push(index),
            }
            rest = after;
            index += 1;
        }
        chunk.torn_bytes = torn.len();
        chunk.digest = Digest::of(bytes.get(..bytes.len() - torn.len()).unwrap_or(bytes));
        Ok(chunk)
    }

    /// The place of the chunk after this one, also when this one is torn: what was torn off is not counted on.
    pub fn next(&self) -> ChunkPlace {
        let ChunkPlace { desk, package, number, .. } = self.header.place;
        ChunkPlace { desk, package, number: number.saturating_add(1), before: self.digest }
    }

    /// When its last whole record came, milliseconds since 1970 UTC.
    pub fn last_ms(&self) -> u64 {
        let after = self.records.last().map_or(0, |record| record.after_ms);
        self.header.first_ms.saturating_add(after.into())
    }
}

impl Record<'_> {
    /// An end must count what it ends.
    fn fits(&self, index: u32) -> bool {
        match self.said {
            Said::End { records } => records == index,
            Said::Frame(_) | Said::Epoch(_) => true,
        }
    }
}

/// One record's body, its check, and what comes after.
fn framed(bytes: &[u8]) -> Option<(&[u8], &[u8; CHECK_BYTES], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<LENGTH_BYTES>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length == 0 || length > RECORD_BYTES_MAX {
        return None;
    }
    let (body, rest) = rest.split_at_checked(length)?;
    let (check, after) = rest.split_first_chunk::<CHECK_BYTES>()?;
    Some((body, check, after))
}
