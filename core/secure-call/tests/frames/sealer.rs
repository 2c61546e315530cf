//! A sealer counts up, names its key, and seals frames of sound only.

use chancery_seal::frame_header::{FRAME_BYTES_MAX, SEALED_FRAME_BYTES_MAX, SealedFrame};
use chancery_secure_call::frames::sealer::SealError;

use crate::fixed::{open, opener, seal, sealer, words};

#[test]
fn what_one_member_says_another_hears() {
    let (mut sealer, mut opener) = (sealer(2, 7), opener(7));
    for byte in 0..100 {
        let (opened, heard) = open(&mut opener, &seal(&mut sealer, &words(byte))).unwrap();
        assert_eq!(heard, words(byte));
        assert_eq!((opened.leaf.number(), opened.epoch, opened.counter), (2, 7, byte.into()));
    }
}

#[test]
fn counters_go_up_by_one_and_stand_in_the_header() {
    let mut sealer = sealer(2, 7);
    for expected in 0..1_000 {
        let mut sealed = Vec::new();
        let counter = sealer.seal(&words(1), &mut sealed).unwrap();
        let shown = SealedFrame::read(&sealed).unwrap();
        assert_eq!((counter, shown.counter, shown.key_id), (expected, expected, sealer.key_id()));
    }
    assert_eq!(sealer.sealed(), 1_000);
}

#[test]
fn the_same_words_never_give_the_same_bytes() {
    let mut sealer = sealer(2, 7);
    assert_ne!(seal(&mut sealer, &words(1))[5..], seal(&mut sealer, &words(1))[5..]);
}

#[test]
fn what_is_no_frame_of_sound_is_refused_uses_no_counter_and_leaves_nothing_in_the_buffer() {
    let mut sealer = sealer(2, 7);
    for length in [0, FRAME_BYTES_MAX + 1] {
        let mut buffer = words(9);
        assert_eq!(sealer.seal(&vec![1; length], &mut buffer), Err(SealError::Length(length)));
        assert!(buffer.is_empty());
    }
    assert_eq!(sealer.sealed(), 0);
    assert_eq!(sealer.seal(&words(1), &mut Vec::new()), Ok(0));
}

#[test]
fn the_longest_frame_and_the_shortest_go_through() {
    let (mut sealer, mut opener) = (sealer(3, 7), opener(7));
    for length in [1, FRAME_BYTES_MAX] {
        let sealed = seal(&mut sealer, &vec![5; length]);
        assert!(sealed.len() <= SEALED_FRAME_BYTES_MAX);
        assert_eq!(open(&mut opener, &sealed).unwrap().1, vec![5; length]);
    }
}

#[test]
fn sealing_again_into_one_buffer_reserves_no_memory() {
    let (mut sealer, mut buffer) = (sealer(2, 7), Vec::new());
    sealer.seal(&words(1), &mut buffer).unwrap();
    buffer.reserve(16);
    let (at, capacity) = (buffer.as_ptr(), buffer.capacity());
    for _ in 0..1_000 {
        sealer.seal(&words(1), &mut buffer).unwrap();
    }
    assert_eq!((buffer.as_ptr(), buffer.capacity()), (at, capacity));
}
