//! What shows of a sealed frame without a key: header, key id and its parts; everything else is refused by name.

use std::num::NonZeroU8;

use chancery_seal::frame_header::{
    FrameError, FrameHeader, KeyId, LEAVES_MAX, LeafIndex, LeafTooHigh, SEALED_FRAME_BYTES_MAX, SealedFrame,
    TAG_BYTES,
};
use proptest::{prelude::*, test_runner::RngSeed};

fn key_id(context: u8, leaf: u32, epoch: u64) -> KeyId {
    KeyId::new(NonZeroU8::new(context).unwrap(), LeafIndex::new(leaf).unwrap(), epoch)
}

fn written(kid: u64, counter: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    FrameHeader { kid, counter }.write(&mut bytes);
    bytes
}

fn frame(kid: u64, counter: u64) -> Vec<u8> {
    let mut bytes = written(kid, counter);
    bytes.extend([0xee; 80 + TAG_BYTES]);
    bytes
}

#[test]
fn small_numbers_stand_in_the_first_byte_and_large_ones_after_it() {
    assert_eq!(hex::encode(written(0, 0)), "00");
    assert_eq!(hex::encode(written(7, 7)), "77");
    assert_eq!(hex::encode(written(8, 8)), "880808");
    assert_eq!(hex::encode(written(0x0123, 0x4567_89ab)), "9b0123456789ab");
    assert_eq!(written(u64::MAX, u64::MAX).len(), 17);
}

#[test]
fn a_key_id_is_context_leaf_and_the_epochs_low_bits() {
    let id = key_id(1, 0x0abc, 0x0123_4567);
    assert_eq!(id.number(), 0x001a_bc67);
    assert_eq!(KeyId::split(0x001a_bc67), Some(id));
    assert_eq!(id.epoch_bits, 0x67);
}

#[test]
fn a_frame_shows_its_sender_and_counter() {
    let sent = frame(key_id(2, 5, 300).number(), 1_000);
    let read = SealedFrame::read(&sent).unwrap();
    assert_eq!((read.key_id, read.counter, read.bytes), (key_id(2, 5, 300), 1_000, sent.as_slice()));
}

#[test]
fn a_leaf_that_no_key_id_can_name_is_refused() {
    assert_eq!(LeafIndex::new(LEAVES_MAX), Err(LeafTooHigh(LEAVES_MAX)));
    assert_eq!(LeafIndex::new(u32::MAX), Err(LeafTooHigh(u32::MAX)));
    assert_eq!(LeafIndex::new(LEAVES_MAX - 1).unwrap().number(), 4_095);
}

#[test]
fn a_key_id_without_a_context_or_with_too_many_bits_is_none_of_a_call() {
    for kid in [0, 7, 0xf_ffff, 1 << 28, u64::MAX] {
        assert_eq!(SealedFrame::read(&frame(kid, 0)), Err(FrameError::KeyId(kid)), "{kid:#x}");
    }
}

#[test]
fn an_opus_frame_that_was_not_sealed_does_not_pass_for_one_of_leaf_0() {
    // Every first byte that Opus has (RFC 6716 §3.1), before sound of the usual kind and before a run of one byte.
    for toc in 0..=u8::MAX {
        for filler in [0x00, 0x01, 0x55, 0xff] {
            let mut plain = vec![filler; 80];
            plain[0] = toc;
            let leaf_0 = SealedFrame::read(&plain).ok().filter(|frame| frame.key_id.leaf.number() == 0);
            assert_eq!(leaf_0, None, "{toc:#x} {filler:#x}");
        }
    }
}

#[test]
fn a_frame_cut_anywhere_before_its_first_sealed_byte_is_refused() {
    let header = written(key_id(1, 5, 3).number(), 1_000);
    let mut sent = header.clone();
    sent.extend([0xee; 1 + TAG_BYTES]);
    assert!(SealedFrame::read(&sent).is_ok());
    for end in 0..sent.len() {
        assert!(matches!(SealedFrame::read(&sent[..end]), Err(FrameError::Short { got, .. }) if got == end));
    }
}

#[test]
fn a_frame_longer_than_any_opus_frame_is_refused() {
    let mut sent = frame(key_id(1, 5, 3).number(), 1_000);
    sent.resize(SEALED_FRAME_BYTES_MAX, 0);
    assert!(SealedFrame::read(&sent).is_ok());
    sent.push(0);
    assert_eq!(SealedFrame::read(&sent), Err(FrameError::TooLong(SEALED_FRAME_BYTES_MAX + 1)));
}

#[test]
fn a_second_encoding_of_the_same_numbers_is_refused() {
    // 5 as one byte after the first; 0x08 with a zero before it.
    for longer in ["8005", "08 05", "910008", "190008"] {
        let bytes = hex::decode(longer.replace(' ', "")).unwrap();
        assert_eq!(FrameHeader::read(&bytes), Err(FrameError::NotShortest), "{longer}");
    }
}

proptest! {
    // Told its randomness: the same cases in every run, and in wasm.
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn every_header_comes_back_as_written(kid: u64, counter: u64, shift_kid in 0..64, shift_counter in 0..64) {
        let header = FrameHeader { kid: kid >> shift_kid, counter: counter >> shift_counter };
        let bytes = written(header.kid, header.counter);
        prop_assert_eq!(bytes.len(), header.width());
        prop_assert_eq!(FrameHeader::read(&bytes), Ok(header));
    }

    #[test]
    fn what_is_read_from_any_bytes_is_written_in_the_same(bytes in proptest::collection::vec(any::<u8>(), 0..24)) {
        if let Ok(header) = FrameHeader::read(&bytes) {
            prop_assert_eq!(&written(header.kid, header.counter), &bytes[..header.width()]);
        }
    }
}
