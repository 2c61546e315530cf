//! Sealing what one device says, in one epoch, from one start on.

use chancery_seal::frame_header::{FRAME_BYTES_MAX, KeyId};
use sframe::{
    error::SframeError,
    frame::{FrameCounter, MediaFrameView, MonotonicCounter},
    key::EncryptionKey,
};
use zeroize::Zeroize;

use crate::frames::start::SealerStart;

/// Frames of one start. At 50 a second it is never reached in an epoch; it keeps counters to four bytes.
pub const FRAMES_MAX: u64 = 1 << 32;

/// Why a frame was not sealed. Nothing is in the buffer then, and nothing may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Empty, or longer than any Opus frame.
    #[error("a frame has 1 to {FRAME_BYTES_MAX} bytes, this one has {0}")]
    Length(usize),
    /// Every counter is used up.
    #[error("a sealer seals at most {FRAMES_MAX} frames: start another")]
    Exhausted,
    /// The cipher refused, which it does for no input of ours.
    #[error("the cipher could not seal")]
    Cipher,
}

/// Seals the frames of one device under one key: its counters only go up, and no other sealer has its key.
pub struct FrameSealer {
    key: EncryptionKey,
    key_id: KeyId,
    epoch: u64,
    counter: MonotonicCounter,
    sealed: u64,
}

impl FrameSealer {
    /// Uses up a start. For the next epoch there is another sealer.
    pub fn new(start: SealerStart) -> Result<Self, SealError> {
        let key_id = start.key_id();
        let key = start.base.sealing_key(key_id).map_err(|_| SealError::Cipher)?;
        Ok(Self {
            key,
            key_id,
            epoch: start.epoch,
            counter: MonotonicCounter::new(FRAMES_MAX - 1),
            sealed: 0,
        })
    }

    /// Seals one frame into the buffer, whatever that held, and gives its counter.
    pub fn seal(&mut self, frame: &[u8], sealed: &mut Vec<u8>) -> Result<u64, SealError> {
        let counter = self.seal_next(frame, sealed);
        match counter {
            // Only what left sealed counts; it is compared with what the browser says it sent.
            Ok(_) => self.sealed += 1,
            Err(_) => sealed.zeroize(),
        }
        counter
    }

    fn seal_next(&mut self, frame: &[u8], sealed: &mut Vec<u8>) -> Result<u64, SealError> {
        if frame.is_empty() || frame.len() > FRAME_BYTES_MAX {
            return Err(SealError::Length(frame.len()));
        }
        // The counter is used up before the cipher runs: whatever happens then, it never comes again.
        let counter = self.counter.try_next().map_err(|_| SealError::Exhausted)?;
        MediaFrameView::new(&mut Once(counter), frame)
            .encrypt_into(&self.key, sealed)
            .map_err(|_: SframeError| SealError::Cipher)?;
        Ok(counter)
    }

    /// What the frames' headers name.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The epoch that it seals for.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// How many frames it has sealed.
    pub fn sealed(&self) -> u64 {
        self.sealed
    }
}

/// The counter of one frame, in the shape that the sframe crate asks for.
struct Once(u64);

impl FrameCounter for Once {
    type Error = std::convert::Infallible;

    fn try_next(&mut self) -> Result<u64, Self::Error> {
        Ok(self.0)
    }
}
