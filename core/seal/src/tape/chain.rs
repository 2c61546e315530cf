//! All chunks of a tape, one after another: whether one is missing, changed, torn or of another tape. No key is needed.

use chancery_log::id::{DeskId, Digest, PackageId};

use crate::tape::chunk::{Chunk, ChunkError, ChunkPlace};

/// What shows of a tape that is not as its writer left it, or that the writer could not finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Chunks are not there.
    #[error("chunks {from} to {to} are missing")]
    Missing {
        /// The first.
        from: u32,
        /// The last.
        to: u32,
    },
    /// A chunk is there that cannot be read.
    #[error("chunk {number} cannot be read: {why}")]
    Unreadable {
        /// Which one.
        number: u32,
        /// What is wrong with it.
        why: ChunkError,
    },
    /// The chunk after it names another one.
    #[error("chunk {0} is not the one that was followed by chunk {after}", after = .0.saturating_add(1))]
    Changed(u32),
    /// The writer stopped within it: a crash.
    #[error("chunk {number} was not ended: the server stopped while it wrote; {torn_bytes} bytes are torn")]
    Torn {
        /// Which one.
        number: u32,
        /// Bytes after its last whole record.
        torn_bytes: usize,
        /// When its last whole record came.
        last_ms: u64,
    },
    /// Bytes after the end.
    #[error("chunk {number} goes on for {bytes} bytes after its end")]
    Trailing {
        /// Which one.
        number: u32,
        /// How many.
        bytes: usize,
    },
    /// A record was changed.
    #[error("record {record} of chunk {number} is damaged")]
    Damaged {
        /// Which chunk.
        number: u32,
        /// Which record of it.
        record: u32,
    },
    /// The end that was stated when the call ended is another.
    #[error("the tape ends after {got} chunks, the log says {expected}, or the last one is another")]
    End {
        /// Chunks, as stated.
        expected: u32,
        /// Chunks that are there.
        got: u32,
    },
}

/// The chunk is not one that can come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// Of another desk or another call.
    #[error("chunk {0} is of another tape")]
    OtherTape(u32),
    /// Twice, or out of order.
    #[error("expected chunk {expected} or a later one, got chunk {got}")]
    Order {
        /// The earliest that can come.
        expected: u32,
        /// What came.
        got: u32,
    },
}

/// Follows the chunks of one tape in their order and notes what is wrong with it.
#[derive(Debug, Clone)]
pub struct TapeChain {
    next: ChunkPlace,
    /// Whether the chunk before the next one was there and could be read.
    unbroken: bool,
    flaws: Vec<Flaw>,
}

impl TapeChain {
    /// For the tape of this call.
    pub fn new(desk: DeskId, package: PackageId) -> Self {
        Self { next: ChunkPlace::first(desk, package), unbroken: true, flaws: Vec::new() }
    }

    /// Takes the next chunk that is there.
    pub fn follow(&mut self, chunk: &Chunk<'_>) -> Result<(), ChainError> {
        let place = chunk.header.place;
        let ChunkPlace { desk, package, number, before } = place;
        if (desk, package) != (self.next.desk, self.next.package) {
            return Err(ChainError::OtherTape(number));
        }
        if number < self.next.number {
            return Err(ChainError::Order { expected: self.next.number, got: number });
        }
        self.missing_before(number);
        if self.unbroken && before != self.next.before {
            // The first chunk has none before it: then it is itself not the one that was written.
            self.flaws.push(Flaw::Changed(number.saturating_sub(1)));
        }
        self.flaws.extend(chunk.damaged.iter().map(|record| Flaw::Damaged { number, record: *record }));
        match (chunk.ended, chunk.torn_bytes) {
            (true, 0) => {}
            (true, bytes) => self.flaws.push(Flaw::Trailing { number, bytes }),
            (false, torn_bytes) => {
                self.flaws.push(Flaw::Torn { number, torn_bytes, last_ms: chunk.last_ms() });
            }
        }
        self.next = chunk.next();
        self.unbroken = true;
        Ok(())
    }

    /// A chunk of this number is there, but cannot be read.
    pub fn unreadable(&mut self, number: u32, why: ChunkError) -> Result<(), ChainError> {
        if number < self.next.number {
            return Err(ChainError::Order { expected: self.next.number, got: number });
        }
        self.missing_before(number);
        self.flaws.push(Flaw::Unreadable { number, why });
        self.next.number = number.saturating_add(1);
        self.unbroken = false;
        Ok(())
    }

    /// What is wrong so far, in the tape's order.
    pub fn flaws(&self) -> &[Flaw] {
        &self.flaws
    }

    /// Ends it: with the end that the log states, when it states one. Without it a cut-off end does not show.
    pub fn finish(mut self, stated: Option<TapeEnd>) -> Vec<Flaw> {
        let got = TapeEnd { chunks: self.next.number, last: self.next.before };
        if let Some(expected) = stated.filter(|stated| *stated != got || !self.unbroken) {
            self.flaws.push(Flaw::End { expected: expected.chunks, got: got.chunks });
        }
        self.flaws
    }

    fn missing_before(&mut self, number: u32) {
        if number > self.next.number {
            self.flaws.push(Flaw::Missing { from: self.next.number, to: number - 1 });
            self.unbroken = false;
        }
    }
}

/// The end of a tape, for the log: fixes every chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TapeEnd {
    /// How many chunks.
    pub chunks: u32,
    /// [`Chunk::digest`] of the last; [`Digest::NONE`] when there is none.
    pub last: Digest,
}

impl From<ChunkPlace> for TapeEnd {
    /// The place where the next chunk would stand, taken as the end.
    fn from(next: ChunkPlace) -> Self {
        Self { chunks: next.number, last: next.before }
    }
}
