//! Seals and opens a million frames, to be timed from outside: docs/frames.md says how, natively and in wasm.
#![allow(clippy::unwrap_used, reason = "a measurement that goes wrong must stop")]

use std::hint::black_box;

use chancery_seal::frame_header::LeafIndex;
use chancery_secure_call::frames::{
    base::FrameBase,
    opener::{EpochEntry, FrameOpener},
    sealer::FrameSealer,
    start::SealerStarts,
};

const FRAMES: u64 = 1_000_000;

/// An Opus frame of 20 ms at 48 kbit/s.
const FRAME_BYTES: usize = 120;

fn main() {
    let (speaker, listener) = (LeafIndex::new(1).unwrap(), LeafIndex::new(0).unwrap());
    let base = FrameBase::from_bytes(&[7; 32]);
    let mut starts = SealerStarts::new(speaker);
    starts.enter(7, base.clone()).unwrap();
    let mut sealer = FrameSealer::new(starts.start().unwrap()).unwrap();
    let mut opener = FrameOpener::new(listener);
    let entry = EpochEntry { number: 7, base, members: [listener, speaker].into(), removed: [].into() };
    opener.enter(entry, 0).unwrap();
    let frame = [0x5a; FRAME_BYTES];
    let (mut sealed, mut opened) = (Vec::new(), Vec::new());
    for counter in 0..FRAMES {
        sealer.seal(black_box(&frame), &mut sealed).unwrap();
        let heard = opener.open(black_box(&sealed), &mut opened, 0).unwrap();
        assert!(heard.counter == counter && opened == frame);
    }
}
