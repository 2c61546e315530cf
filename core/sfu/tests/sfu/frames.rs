//! Sealed frames as devices make them: a true header, and bytes that only look sealed.

use std::num::NonZeroU8;

use chancery_seal::frame_header::{FrameHeader, KeyId, LeafIndex, TAG_BYTES};

/// All frames are equally long, as at a constant rate.
const SEALED_BYTES: usize = 80 + TAG_BYTES;

/// The n-th frame of a leaf.
pub(crate) fn sealed(leaf: LeafIndex, counter: u64) -> Vec<u8> {
    let key_id = KeyId::new(NonZeroU8::MIN, leaf, 7);
    let mut frame = Vec::new();
    FrameHeader { kid: key_id.number(), counter }.write(&mut frame);
    let start = frame.len();
    frame
        .extend((0..SEALED_BYTES).map(|place| (place as u64 * 31 + counter * 7) as u8 ^ leaf.number() as u8));
    assert!(frame.len() > start);
    frame
}

/// A frame of Opus in the clear: 20 ms, full band, mono, as browsers make it.
pub(crate) fn unsealed(counter: u64) -> Vec<u8> {
    let mut frame = vec![0x78];
    frame.extend((0..80_u64).map(|place| (place * 13 + counter * 5) as u8));
    frame
}

/// A leaf.
pub(crate) fn leaf(number: u32) -> LeafIndex {
    LeafIndex::new(number).unwrap()
}
