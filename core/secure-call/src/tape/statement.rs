//! What an opened tape gives: each voice frame by frame, and a statement of what is missing.

use std::{collections::BTreeMap, fmt};

use chancery_log::id::{DeviceId, Digest};
use chancery_seal::{
    frame_header::{FrameError, LeafIndex},
    tape::{
        chain::{ChainError, Flaw},
        epoch::EpochPlace,
    },
};
use zeroize::Zeroizing;

/// Who is heard: one leaf of one group, and whose device it was then. A device that came again is another voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Voice {
    /// SHA-256 of the MLS group id.
    pub group: Digest,
    /// The leaf.
    pub leaf: LeafIndex,
    /// Whose it was: none when the tape's roster is not the one that the dealing names.
    pub device: Option<DeviceId>,
}

/// Where a frame stands among those of its voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FramePlace {
    /// The epoch.
    pub epoch: u64,
    /// Which start of the sender in this epoch.
    pub context: u8,
    /// The sender's count of frames.
    pub counter: u64,
}

/// One frame, opened.
#[derive(Clone, PartialEq, Eq)]
pub struct SpokenFrame {
    /// When the server received it, milliseconds since 1970 UTC by its clock. It proves nothing; the order is the sender's.
    pub received_ms: u64,
    /// The Opus frame. Wiped when dropped.
    pub opus: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for SpokenFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpokenFrame({} bytes at {})", self.opus.len(), self.received_ms)
    }
}

/// A tape as far as it opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedTape {
    /// The frames of each voice, in the order in which they were sealed.
    pub voices: BTreeMap<Voice, BTreeMap<FramePlace, SpokenFrame>>,
    /// Everything that is missing or wrong.
    pub gaps: Vec<Gap>,
}

/// What is missing or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Gap {
    /// Of the chunks.
    #[error(transparent)]
    Tape(Flaw),
    /// A chunk that was not taken.
    #[error("a chunk was left out: {0}")]
    LeftOut(ChainError),
    /// An epoch whose secret is not there: it was not dealt, or too few custodians have released it.
    #[error("epoch {} has no secret: {frames} frames between {from_ms} and {to_ms} stay sealed", .place.epoch)]
    NoSecret {
        /// The epoch.
        place: EpochPlace,
        /// When the first frame came.
        from_ms: u64,
        /// When the last one came.
        to_ms: u64,
        /// How many.
        frames: u64,
    },
    /// The tape names other members than the dealing.
    #[error("in epoch {} the tape names other members than the dealing: nobody's name stands for sure", .0.epoch)]
    Roster(EpochPlace),
    /// Frames that the sender sealed and the tape does not have: lost on the way, or sent while the line might not speak.
    #[error("{} lacks frames {from} to {to} of epoch {}", .voice.leaf, .epoch)]
    Counters {
        /// Whose.
        voice: Voice,
        /// In which epoch.
        epoch: u64,
        /// Of which start.
        context: u8,
        /// The first missing counter.
        from: u64,
        /// The last one.
        to: u64,
        /// When the next frame that is there came.
        until_ms: u64,
    },
    /// A frame that is on the tape and does not open.
    #[error("a frame of {leaf} in chunk {chunk} is not heard: {fault}")]
    Frame {
        /// The chunk.
        chunk: u32,
        /// Whose line it came from.
        leaf: LeafIndex,
        /// When it came.
        at_ms: u64,
        /// Why it is not heard.
        fault: FrameFault,
    },
}

/// Why a taped frame is not heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameFault {
    /// No sealed frame.
    #[error("{0}")]
    Malformed(FrameError),
    /// Its key id names another leaf than the line that it came from: the sfu should have dropped it.
    #[error("its key id names {0}")]
    OtherLeaf(LeafIndex),
    /// The tape does not say of which epoch it is.
    #[error("it is of an epoch that the tape does not name")]
    UnknownEpoch,
    /// Nobody had this leaf in its epoch.
    #[error("the leaf is nobody's in its epoch")]
    NotMember,
    /// The cipher refused.
    #[error("it was changed, or sealed with another key")]
    Tampered,
    /// The same frame is there before.
    #[error("it is there before")]
    Repeated,
}
