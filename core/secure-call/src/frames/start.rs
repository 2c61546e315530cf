//! One start of a sealer: what a frame worker is given, once, so that no two starts ever seal under one nonce.

use std::num::NonZeroU8;

use chancery_seal::frame_header::{KeyId, LeafIndex};
use zeroize::Zeroizing;

use crate::frames::base::{BASE_BYTES, FrameBase};

/// Bytes of a start on its way to the frame worker: base ‖ epoch ‖ leaf ‖ context.
pub const START_BYTES: usize = BASE_BYTES + 8 + 4 + 1;

/// Starts in one epoch: contexts 1 to 255.
pub const STARTS_MAX: u8 = u8::MAX;

/// Why a sealer cannot be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// Counters would begin again under the same keys.
    #[error("epochs only go forward: expected one after {entered}, got {got}")]
    Backwards {
        /// The epoch that was entered last.
        entered: u64,
        /// The epoch that should be entered.
        got: u64,
    },
    /// No epoch was entered, or the call was left.
    #[error("there is no epoch to seal for")]
    NoEpoch,
    /// Every context is used up.
    #[error("a sealer starts at most {STARTS_MAX} times in epoch {0}: commit, and start in the next one")]
    Exhausted(u64),
}

/// Why bytes are not a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StartBytesError {
    /// Of another length.
    #[error("expected {START_BYTES} bytes, got {0}")]
    Length(usize),
    /// Contexts count from 1, leaves up to what a key id can name.
    #[error("the start names a leaf or a context that no call has")]
    Names,
}

struct Entered {
    number: u64,
    base: FrameBase,
    /// None when all are used up.
    next: Option<NonZeroU8>,
}

/// Hands out the starts of one device's sealers in one group. It lives where the group lives, outlives any frame worker,
/// and is lost only together with the group's secrets: then the device comes back under another epoch.
pub struct SealerStarts {
    leaf: LeafIndex,
    last: Option<u64>,
    entered: Option<Entered>,
}

impl SealerStarts {
    /// For the own leaf, which stays the same as long as the device is in the group.
    pub fn new(leaf: LeafIndex) -> Self {
        Self { leaf, last: None, entered: None }
    }

    /// From here on starts are for this epoch. An epoch is entered once.
    pub fn enter(&mut self, epoch: u64, base: FrameBase) -> Result<(), StartError> {
        if let Some(entered) = self.last.filter(|last| *last >= epoch) {
            return Err(StartError::Backwards { entered, got: epoch });
        }
        self.last = Some(epoch);
        self.entered = Some(Entered { number: epoch, base, next: Some(NonZeroU8::MIN) });
        Ok(())
    }

    /// Nothing more is started: the device left, was removed, or lacks a commit for too long. Wipes the secret.
    pub fn leave(&mut self) {
        self.entered = None;
    }

    /// The next start in the entered epoch: another context each time.
    pub fn start(&mut self) -> Result<SealerStart, StartError> {
        let entered = self.entered.as_mut().ok_or(StartError::NoEpoch)?;
        let context = entered.next.ok_or(StartError::Exhausted(entered.number))?;
        entered.next = context.checked_add(1);
        Ok(SealerStart { base: entered.base.clone(), epoch: entered.number, leaf: self.leaf, context })
    }
}

/// What one sealer starts with. There is no second copy: a sealer or an export uses it up.
pub struct SealerStart {
    pub(super) base: FrameBase,
    pub(super) epoch: u64,
    leaf: LeafIndex,
    context: NonZeroU8,
}

impl SealerStart {
    pub(super) fn key_id(&self) -> KeyId {
        KeyId::new(self.context, self.leaf, self.epoch)
    }

    /// For the message to the frame worker. The bytes are imported once and kept nowhere.
    pub fn export(self) -> Zeroizing<[u8; START_BYTES]> {
        let mut bytes = Zeroizing::new([0; START_BYTES]);
        let parts: [&[u8]; 4] = [
            self.base.expose(),
            &self.epoch.to_be_bytes(),
            &self.leaf.number().to_be_bytes(),
            &[self.context.get()],
        ];
        for (to, from) in bytes.iter_mut().zip(parts.into_iter().flatten()) {
            *to = *from;
        }
        bytes
    }

    /// In the frame worker.
    pub fn import(bytes: &[u8]) -> Result<Self, StartBytesError> {
        let wrong = StartBytesError::Length(bytes.len());
        let (base, rest) = bytes.split_first_chunk::<BASE_BYTES>().ok_or(wrong)?;
        let (epoch, rest) = rest.split_first_chunk::<8>().ok_or(wrong)?;
        let (leaf, rest) = rest.split_first_chunk::<4>().ok_or(wrong)?;
        let [context] = rest else { return Err(wrong) };
        Ok(Self {
            base: FrameBase::from_bytes(base),
            epoch: u64::from_be_bytes(*epoch),
            leaf: LeafIndex::new(u32::from_be_bytes(*leaf)).map_err(|_| StartBytesError::Names)?,
            context: NonZeroU8::new(*context).ok_or(StartBytesError::Names)?,
        })
    }
}
