//! What can be read of a sealed frame without a key: its header (RFC 9605 §4.3) and the parts of its key id (§5.2).
//! The constructions stand in docs/frames.md.

use std::{fmt, num::NonZeroU8};

/// Low bits of a key id: of the epoch, so that two epochs side by side have other keys.
pub const EPOCH_BITS: u32 = 8;

/// Bits of a key id above the epoch's: the sender's leaf in the call's group.
pub const LEAF_BITS: u32 = 12;

/// Bits of a key id above the leaf's: which start of this sender in this epoch.
pub const CONTEXT_BITS: u32 = 8;

/// Leaves that a key id can name.
pub const LEAVES_MAX: u32 = 1 << LEAF_BITS;

/// The longest header: one byte, 8 of the key id, 8 of the counter.
pub const HEADER_BYTES_MAX: usize = 17;

/// AES-256-GCM's tag, at the end of each sealed frame.
pub const TAG_BYTES: usize = 16;

/// The longest Opus frame (RFC 6716 §3.2.1).
pub const FRAME_BYTES_MAX: usize = 1_275;

/// The longest sealed frame.
pub const SEALED_FRAME_BYTES_MAX: usize = HEADER_BYTES_MAX + FRAME_BYTES_MAX + TAG_BYTES;

/// Values below it stand in the first byte itself.
const IN_FIRST_BYTE: u64 = 8;

/// A device's place in the call's group, and its name in media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeafIndex(u16);

/// A leaf that no key id can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a call has {LEAVES_MAX} leaves, counted from 0; got {0}")]
pub struct LeafTooHigh(pub u32);

impl LeafIndex {
    /// Takes the index as MLS counts it.
    pub fn new(index: u32) -> Result<Self, LeafTooHigh> {
        match u16::try_from(index) {
            Ok(narrow) if index < LEAVES_MAX => Ok(Self(narrow)),
            Ok(_) | Err(_) => Err(LeafTooHigh(index)),
        }
    }

    /// The index as MLS counts it.
    pub fn number(self) -> u32 {
        self.0.into()
    }
}

impl fmt::Display for LeafIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "leaf {}", self.0)
    }
}

/// Which key a frame is sealed with (RFC 9605 §5.2): context ‖ leaf ‖ low bits of the epoch.
///
/// Contexts count from 1. So the header of every frame of ours takes three bytes for the key id, and a frame that was not
/// sealed at all does not pass for one of leaf 0 by what its first byte happens to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId {
    /// Which start of this sender in this epoch, from 1: no start reuses another's counters.
    pub context: NonZeroU8,
    /// The sender.
    pub leaf: LeafIndex,
    /// The epoch's low bits.
    pub epoch_bits: u8,
}

/// The low bits of an epoch, as a key id carries them.
pub fn epoch_bits(epoch: u64) -> u8 {
    let [.., low] = epoch.to_be_bytes();
    low
}

impl KeyId {
    /// The key id of one start of one sender in one epoch.
    pub fn new(context: NonZeroU8, leaf: LeafIndex, epoch: u64) -> Self {
        Self { context, leaf, epoch_bits: epoch_bits(epoch) }
    }

    /// The number that stands in the header.
    pub fn number(self) -> u64 {
        u64::from(self.context.get()) << (LEAF_BITS + EPOCH_BITS)
            | u64::from(self.leaf.0) << EPOCH_BITS
            | u64::from(self.epoch_bits)
    }

    /// Splits the number of a header; none when no sender of ours makes such a one.
    pub fn split(number: u64) -> Option<Self> {
        let [.., epoch_bits] = number.to_be_bytes();
        let leaf = u32::try_from(number >> EPOCH_BITS & u64::from(LEAVES_MAX - 1)).ok()?;
        let context = NonZeroU8::new(u8::try_from(number >> (LEAF_BITS + EPOCH_BITS)).ok()?)?;
        Some(Self { context, leaf: LeafIndex::new(leaf).ok()?, epoch_bits })
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "start {} of {} in an epoch …{}", self.context, self.leaf, self.epoch_bits)
    }
}

/// The header of RFC 9605 §4.3: any key id, ours or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameHeader {
    /// KID.
    pub kid: u64,
    /// CTR.
    pub counter: u64,
}

/// Why bytes are not a sealed frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// It ends within the header, or holds no sealed byte and tag after it.
    #[error("expected at least {expected} bytes, got {got}")]
    Short {
        /// What the header asks for.
        expected: usize,
        /// What came.
        got: usize,
    },
    /// Longer than any Opus frame can be when sealed.
    #[error("a sealed frame has at most {SEALED_FRAME_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// The same numbers in other bytes: there is one encoding only.
    #[error("the header is not in its shortest encoding")]
    NotShortest,
    /// A key id that no sender of a call makes.
    #[error("key id {0:#x} is none of a call")]
    KeyId(u64),
}

/// Bytes of one number: none when it stands in the first byte.
fn width(number: u64) -> usize {
    if number < IN_FIRST_BYTE { 0 } else { (u64::BITS - number.leading_zeros()).div_ceil(8) as usize }
}

/// One number of the header: its three bits of the first byte, extended or not, and what follows.
fn number(bits: u8, extended: bool, rest: &[u8]) -> Option<(u64, &[u8])> {
    if !extended {
        return Some((bits.into(), rest));
    }
    let (bytes, rest) = rest.split_at_checked(usize::from(bits) + 1)?;
    Some((bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)), rest))
}

impl FrameHeader {
    /// Reads the header at the start of a sealed frame; only the shortest encoding is taken.
    pub fn read(frame: &[u8]) -> Result<Self, FrameError> {
        let got = frame.len();
        let Some((first, rest)) = frame.split_first() else {
            return Err(FrameError::Short { expected: 1, got });
        };
        let (k, c) = (first >> 4 & 7, first & 7);
        let (long_kid, long_counter) = (first & 0x80 != 0, first & 0x08 != 0);
        let bytes = |bits: u8, extended| if extended { usize::from(bits) + 1 } else { 0 };
        let expected = 1 + bytes(k, long_kid) + bytes(c, long_counter);
        let short = FrameError::Short { expected, got };
        let (kid, rest) = number(k, long_kid, rest).ok_or(short)?;
        let (counter, _) = number(c, long_counter, rest).ok_or(short)?;
        let header = Self { kid, counter };
        if header.width() == expected { Ok(header) } else { Err(FrameError::NotShortest) }
    }

    /// How many bytes it takes.
    pub fn width(&self) -> usize {
        1 + width(self.kid) + width(self.counter)
    }

    /// Appends its bytes.
    pub fn write(&self, to: &mut Vec<u8>) {
        let field = |number: u64| match width(number) {
            // The number itself, below 8.
            0 => (number & 7) as u8,
            // Extended, and its width less one.
            width => 8 | (width - 1) as u8,
        };
        to.push(field(self.kid) << 4 | field(self.counter));
        for number in [self.kid, self.counter] {
            let skipped = size_of::<u64>() - width(number);
            to.extend(number.to_be_bytes().into_iter().skip(skipped));
        }
    }
}

/// A sealed frame of a call, as far as it shows without a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedFrame<'a> {
    /// The parts of its key id. They are a claim until the frame opens.
    pub key_id: KeyId,
    /// Its counter.
    pub counter: u64,
    /// All of it, as it came.
    pub bytes: &'a [u8],
}

impl<'a> SealedFrame<'a> {
    /// Reads a frame as it came. This is what the sfu forwards by, and all that it can know.
    pub fn read(bytes: &'a [u8]) -> Result<Self, FrameError> {
        let got = bytes.len();
        if got > SEALED_FRAME_BYTES_MAX {
            return Err(FrameError::TooLong(got));
        }
        let header = FrameHeader::read(bytes)?;
        let expected = header.width() + 1 + TAG_BYTES;
        if got < expected {
            return Err(FrameError::Short { expected, got });
        }
        let key_id = KeyId::split(header.kid).ok_or(FrameError::KeyId(header.kid))?;
        Ok(Self { key_id, counter: header.counter, bytes })
    }
}
