//! Opening what the others say: one key for each sender and epoch, each frame once, and nothing that cannot be named.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU8,
};

use chancery_seal::frame_header::{FrameError, KeyId, LeafIndex, SealedFrame, epoch_bits};
use sframe::{error::SframeError, frame::EncryptedFrameView, key::DecryptionKey};
use zeroize::Zeroize;

use crate::frames::{
    base::FrameBase,
    window::{Place, ReplayWindow},
};

/// How long an epoch that was left is still opened: what was sealed before its sender had the commit is under way.
pub const OVERLAP_MS: u64 = 2_000;

/// Epochs that may overlap: a join is two commits within one round trip, and some have to spare.
pub const EARLIER_MAX: usize = 4;

/// What the group says about an epoch that the device enters.
pub struct EpochEntry {
    /// The epoch.
    pub number: u64,
    /// Its secret.
    pub base: FrameBase,
    /// Every leaf of the group in this epoch.
    pub members: BTreeSet<LeafIndex>,
    /// Leaves whose member was removed since the epoch before, also where somebody else has the leaf since.
    pub removed: BTreeSet<LeafIndex>,
}

/// Why an epoch is not entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnterError {
    /// The windows of an epoch begin once.
    #[error("epochs only go forward: expected one after {entered}, got {got}")]
    Backwards {
        /// The epoch that was entered last.
        entered: u64,
        /// The epoch that should be entered.
        got: u64,
    },
    /// The own leaf is not in the group.
    #[error("{0}, which is this device's own, is no member of the epoch")]
    NotMember(LeafIndex),
}

/// A frame that opened. Its words are in the buffer. Any member can seal as any leaf: that the sending line is this
/// leaf's is for the sfu to see to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Who sealed it.
    pub leaf: LeafIndex,
    /// In which epoch.
    pub epoch: u64,
    /// The sender's count of frames.
    pub counter: u64,
}

/// Why a frame was not opened. Nothing is in the buffer then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// No sealed frame at all.
    #[error("not a sealed frame: {0}")]
    Malformed(FrameError),
    /// Sealed by this device, or as if: the sfu sends nobody the own frames.
    #[error("a frame of this device's own came back")]
    Reflected,
    /// Of an epoch that is not open, or of a leaf that is not, or no longer, in it.
    #[error("there is no key for {0}")]
    UnknownKey(KeyId),
    /// Opened before.
    #[error("frame {counter} of {key_id} was opened before")]
    Replayed {
        /// Its key.
        key_id: KeyId,
        /// Its counter.
        counter: u64,
    },
    /// So far behind the sender's newest frame, or of an earlier start, that it may have been opened before.
    #[error("frame {counter} of {key_id} is too far behind")]
    TooOld {
        /// Its key.
        key_id: KeyId,
        /// Its counter.
        counter: u64,
    },
    /// The cipher refused: changed bytes, or sealed with another key.
    #[error("frame {counter} of {key_id} was changed, or sealed with another key")]
    Tampered {
        /// The key that its header names.
        key_id: KeyId,
        /// Its counter.
        counter: u64,
    },
}

/// How many frames were not opened, by cause.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RefusedFrames {
    /// [`NotOpened::Malformed`].
    pub malformed: u64,
    /// [`NotOpened::Reflected`].
    pub reflected: u64,
    /// [`NotOpened::UnknownKey`].
    pub unknown_key: u64,
    /// [`NotOpened::Replayed`].
    pub replayed: u64,
    /// [`NotOpened::TooOld`].
    pub too_old: u64,
    /// [`NotOpened::Tampered`].
    pub tampered: u64,
}

impl RefusedFrames {
    fn count(&mut self, why: NotOpened) {
        let count = match why {
            NotOpened::Malformed(_) => &mut self.malformed,
            NotOpened::Reflected => &mut self.reflected,
            NotOpened::UnknownKey(_) => &mut self.unknown_key,
            NotOpened::Replayed { .. } => &mut self.replayed,
            NotOpened::TooOld { .. } => &mut self.too_old,
            NotOpened::Tampered { .. } => &mut self.tampered,
        };
        *count += 1;
    }
}

/// One sender in one epoch, from its first frame that opened: only its newest start counts.
struct Heard {
    context: NonZeroU8,
    key: DecryptionKey,
    window: ReplayWindow,
}

struct Epoch {
    number: u64,
    base: FrameBase,
    members: BTreeSet<LeafIndex>,
    heard: BTreeMap<LeafIndex, Heard>,
}

struct Earlier {
    epoch: Epoch,
    until_ms: u64,
}

/// Opens the frames of a call for one device. Told the time in milliseconds of any clock that does not go back.
pub struct FrameOpener {
    own: LeafIndex,
    last: Option<u64>,
    current: Option<Epoch>,
    /// Newest first.
    earlier: Vec<Earlier>,
    refused: RefusedFrames,
}

impl FrameOpener {
    /// For a device with this leaf. Opens nothing until an epoch is entered.
    pub fn new(own: LeafIndex) -> Self {
        Self { own, last: None, current: None, earlier: Vec::new(), refused: RefusedFrames::default() }
    }

    /// From here on frames of this epoch open, those of the one before for [`OVERLAP_MS`] more, and those of removed
    /// members no longer.
    pub fn enter(&mut self, entry: EpochEntry, now_ms: u64) -> Result<(), EnterError> {
        if let Some(entered) = self.last.filter(|last| *last >= entry.number) {
            return Err(EnterError::Backwards { entered, got: entry.number });
        }
        if !entry.members.contains(&self.own) {
            return Err(EnterError::NotMember(self.own));
        }
        self.forget(now_ms);
        if let Some(epoch) = self.current.take() {
            self.earlier.insert(0, Earlier { epoch, until_ms: now_ms.saturating_add(OVERLAP_MS) });
        }
        self.earlier.truncate(EARLIER_MAX);
        // An epoch with the same low bits could not be told from the new one.
        self.earlier.retain(|earlier| epoch_bits(earlier.epoch.number) != epoch_bits(entry.number));
        for Earlier { epoch, .. } in &mut self.earlier {
            epoch.members.retain(|leaf| entry.members.contains(leaf) && !entry.removed.contains(leaf));
            let members = &epoch.members;
            epoch.heard.retain(|leaf, _| members.contains(leaf));
        }
        self.last = Some(entry.number);
        self.current = Some(Epoch {
            number: entry.number,
            base: entry.base,
            members: entry.members,
            heard: BTreeMap::new(),
        });
        Ok(())
    }

    /// Opens nothing more: the device left or was removed. Wipes every secret.
    pub fn leave(&mut self) {
        self.current = None;
        self.earlier.clear();
    }

    /// Wipes the epochs whose time is over. Opening a frame does the same first; this is for when none comes.
    pub fn forget(&mut self, now_ms: u64) {
        self.earlier.retain(|earlier| now_ms < earlier.until_ms);
    }

    /// When [`Self::forget`] has something to do next.
    pub fn due_ms(&self) -> Option<u64> {
        self.earlier.iter().map(|earlier| earlier.until_ms).min()
    }

    /// How many frames were not opened so far, by cause.
    pub fn refused(&self) -> RefusedFrames {
        self.refused
    }

    /// Opens one frame into the buffer, whatever that held. One key is tried, the one that the header names.
    pub fn open(&mut self, frame: &[u8], opened: &mut Vec<u8>, now_ms: u64) -> Result<Opened, NotOpened> {
        self.forget(now_ms);
        let outcome = self.open_named(frame, opened);
        if let Err(why) = outcome {
            self.refused.count(why);
            opened.zeroize();
        }
        outcome
    }

    fn open_named(&mut self, frame: &[u8], opened: &mut Vec<u8>) -> Result<Opened, NotOpened> {
        let frame = SealedFrame::read(frame).map_err(NotOpened::Malformed)?;
        if frame.key_id.leaf == self.own {
            return Err(NotOpened::Reflected);
        }
        self.current
            .iter_mut()
            .chain(self.earlier.iter_mut().map(|earlier| &mut earlier.epoch))
            .find(|epoch| epoch_bits(epoch.number) == frame.key_id.epoch_bits)
            .ok_or(NotOpened::UnknownKey(frame.key_id))?
            .open(&frame, opened)
    }
}

impl Epoch {
    fn open(&mut self, frame: &SealedFrame<'_>, opened: &mut Vec<u8>) -> Result<Opened, NotOpened> {
        let SealedFrame { key_id, counter, bytes } = *frame;
        let KeyId { context, leaf, .. } = key_id;
        if !self.members.contains(&leaf) {
            return Err(NotOpened::UnknownKey(key_id));
        }
        match self.heard.get_mut(&leaf).filter(|heard| heard.context >= context) {
            // What an earlier start sealed may have been opened before its window was dropped.
            Some(heard) if heard.context > context => return Err(NotOpened::TooOld { key_id, counter }),
            Some(heard) => {
                match heard.window.place(counter) {
                    Place::Fresh => {}
                    Place::Seen => return Err(NotOpened::Replayed { key_id, counter }),
                    Place::TooOld => return Err(NotOpened::TooOld { key_id, counter }),
                }
                open_with(&heard.key, bytes, opened).map_err(|_| NotOpened::Tampered { key_id, counter })?;
                heard.window.record(counter);
            }
            // A first frame, or a newer start: nothing is kept of it unless it opens.
            None => {
                let tampered = |_: SframeError| NotOpened::Tampered { key_id, counter };
                let key = self.base.opening_key(key_id).map_err(tampered)?;
                open_with(&key, bytes, opened).map_err(tampered)?;
                let mut window = ReplayWindow::default();
                window.record(counter);
                self.heard.insert(leaf, Heard { context, key, window });
            }
        }
        Ok(Opened { leaf, epoch: self.number, counter })
    }
}

/// Opens one sealed frame with the key that its header names.
pub(crate) fn open_with(key: &DecryptionKey, frame: &[u8], opened: &mut Vec<u8>) -> Result<(), SframeError> {
    EncryptedFrameView::try_new(frame)?.decrypt_into(key, opened).map(|_| ())
}
