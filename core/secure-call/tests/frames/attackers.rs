//! What a member, the sfu, somebody removed or somebody added late could try with frames; and the one thing that only the
//! sfu can stop.

use chancery_seal::frame_header::{FrameError, FrameHeader, KeyId, SealedFrame};
use chancery_secure_call::frames::{
    base::FrameBase,
    opener::{EpochEntry, FrameOpener, NotOpened, OVERLAP_MS},
    sealer::FrameSealer,
    start::SealerStarts,
};
use proptest::prelude::*;

use crate::fixed::{
    NOW_MS, base, entry, leaf, leaves, open, open_at, opener, restarted, seal, sealer, words,
};

/// The same ciphertext under a header that says something else.
fn relabelled(sealed: &[u8], change: impl FnOnce(&mut KeyId, &mut u64)) -> Vec<u8> {
    let frame = SealedFrame::read(sealed).unwrap();
    let (mut key_id, mut counter) = (frame.key_id, frame.counter);
    let old = FrameHeader { kid: key_id.number(), counter };
    change(&mut key_id, &mut counter);
    let mut bytes = Vec::new();
    FrameHeader { kid: key_id.number(), counter }.write(&mut bytes);
    bytes.extend(&sealed[old.width()..]);
    bytes
}

fn is_tampered(outcome: &Result<impl Sized, NotOpened>) -> bool {
    matches!(outcome, Err(NotOpened::Tampered { .. }))
}

#[test]
fn a_frame_under_another_key_does_not_open() {
    let mut starts = SealerStarts::new(leaf(1));
    starts.enter(7, FrameBase::from_bytes(&[0xee; 32])).unwrap();
    let mut outsider = FrameSealer::new(starts.start().unwrap()).unwrap();
    assert!(is_tampered(&open(&mut opener(7), &seal(&mut outsider, &words(1)))));
}

#[test]
fn a_frame_cut_anywhere_does_not_open() {
    let sealed = seal(&mut sealer(1, 7), &words(1));
    let mut opener = opener(7);
    // Header of four bytes, one byte of words, tag.
    for end in 0..sealed.len() {
        let refused = open(&mut opener, &sealed[..end]);
        if end < 4 + 1 + 16 {
            assert!(matches!(refused, Err(NotOpened::Malformed(FrameError::Short { .. }))), "{end}");
        } else {
            assert!(is_tampered(&refused), "{end}");
        }
    }
    assert!(open(&mut opener, &sealed).is_ok());
}

#[test]
fn a_frame_with_any_bit_turned_does_not_open_and_moves_nothing() {
    let mut sender = sealer(1, 7);
    let sealed = seal(&mut sender, &words(1));
    let mut opener = opener(7);
    for at in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[at / 8] ^= 1 << (at % 8);
        assert!(open(&mut opener, &changed).is_err(), "bit {at}");
    }
    assert!(open(&mut opener, &sealed).is_ok());
}

#[test]
fn a_frame_sent_again_is_not_heard_again() {
    let (mut sender, mut opener) = (sealer(1, 7), opener(7));
    let sealed = seal(&mut sender, &words(1));
    let key_id = sender.key_id();
    open(&mut opener, &sealed).unwrap();
    assert_eq!(open(&mut opener, &sealed), Err(NotOpened::Replayed { key_id, counter: 0 }));
    for _ in 0..256 {
        open(&mut opener, &seal(&mut sender, &words(2))).unwrap();
    }
    assert_eq!(open(&mut opener, &sealed), Err(NotOpened::TooOld { key_id, counter: 0 }));
}

#[test]
fn a_frame_kept_by_the_sfu_across_an_epoch_is_not_heard_again() {
    let (mut sender, mut opener) = (sealer(1, 7), opener(7));
    let sealed = seal(&mut sender, &words(1));
    let key_id = sender.key_id();
    open(&mut opener, &sealed).unwrap();
    opener.enter(entry(8), NOW_MS).unwrap();
    assert_eq!(open(&mut opener, &sealed), Err(NotOpened::Replayed { key_id, counter: 0 }));
    let late = open_at(&mut opener, &sealed, NOW_MS + OVERLAP_MS);
    assert_eq!(late, Err(NotOpened::UnknownKey(key_id)));
}

#[test]
fn two_speakers_swapped_by_the_sfu_do_not_take_each_others_place() {
    let sealed = seal(&mut sealer(1, 7), &words(1));
    let swapped = relabelled(&sealed, |key_id, _| key_id.leaf = leaf(2));
    assert!(is_tampered(&open(&mut opener(7), &swapped)));
    // On another line it is still heard as whose it is.
    assert_eq!(open(&mut opener(7), &sealed).unwrap().0.leaf, leaf(1));
}

#[test]
fn a_frame_moved_to_another_epoch_start_or_counter_does_not_open() {
    let sealed = seal(&mut sealer(1, 7), &words(1));
    let mut opener = opener(7);
    opener.enter(entry(8), NOW_MS).unwrap();
    let epoch = relabelled(&sealed, |key_id, _| key_id.epoch_bits = 8);
    let start = relabelled(&sealed, |key_id, _| key_id.context = key_id.context.checked_add(1).unwrap());
    let counter = relabelled(&sealed, |_, counter| *counter = 1);
    for moved in [epoch, start, counter] {
        assert!(is_tampered(&open(&mut opener, &moved)));
    }
    assert!(open(&mut opener, &sealed).is_ok());
}

#[test]
fn the_own_frame_sent_back_is_not_heard() {
    let mut own = sealer(0, 7);
    assert_eq!(open(&mut opener(7), &seal(&mut own, &words(1))), Err(NotOpened::Reflected));
}

#[test]
fn a_frame_from_after_a_removal_is_heard_by_nobody() {
    // The removed member holds the old base and goes on sealing with it.
    let mut gone = sealer(2, 7);
    let mut opener = opener(7);
    let members = leaves([0, 1, 3]);
    opener.enter(EpochEntry { number: 8, base: base(8), members, removed: leaves([2]) }, NOW_MS).unwrap();
    let key_id = gone.key_id();
    for now_ms in [NOW_MS, NOW_MS + 1, NOW_MS + OVERLAP_MS] {
        let after = seal(&mut gone, &words(1));
        assert_eq!(open_at(&mut opener, &after, now_ms), Err(NotOpened::UnknownKey(key_id)));
    }
    // Under the new epoch's name, whose base it lacks, and as a leaf that is a member.
    let after = seal(&mut gone, &words(1));
    let renamed = relabelled(&after, |key_id, _| (key_id.epoch_bits, key_id.leaf) = (8, leaf(1)));
    assert!(is_tampered(&open(&mut opener, &renamed)));
}

#[test]
fn somebody_added_late_opens_nothing_from_before() {
    let mut late = FrameOpener::new(leaf(4));
    let members = leaves([0, 1, 2, 3, 4]);
    late.enter(EpochEntry { number: 8, base: base(8), members, removed: leaves([]) }, NOW_MS).unwrap();
    let mut before = sealer(1, 7);
    let sealed = seal(&mut before, &words(1));
    assert_eq!(open(&mut late, &sealed), Err(NotOpened::UnknownKey(before.key_id())));
    let renamed = relabelled(&sealed, |key_id, _| key_id.epoch_bits = 8);
    assert!(is_tampered(&open(&mut late, &renamed)));
}

#[test]
fn a_member_who_speaks_as_a_leaf_that_nobody_has_is_not_heard() {
    let mut nobody = sealer(9, 7);
    let refused = open(&mut opener(7), &seal(&mut nobody, &words(1)));
    assert_eq!(refused, Err(NotOpened::UnknownKey(nobody.key_id())));
}

/// Not caught here: every member holds the base. The sfu drops it, because the leaf in the header is not the leaf of the
/// line that the frame came from; a forger needs the sfu (docs/frames.md).
#[test]
fn a_frame_forged_by_another_member_opens_and_is_for_the_sfu_to_drop() {
    let mut forged_by_2_as_1 = sealer(1, 7);
    let forged = seal(&mut forged_by_2_as_1, &words(1));
    let (opened, _) = open(&mut opener(7), &forged).unwrap();
    assert_eq!(opened.leaf, leaf(1));
    let line_it_came_from = leaf(2);
    assert_ne!(SealedFrame::read(&forged).unwrap().key_id.leaf, line_it_came_from);
}

#[test]
fn a_flood_of_forged_frames_silences_nobody() {
    let (mut sender, mut opener) = (sealer(1, 7), opener(7));
    open(&mut opener, &seal(&mut sender, &words(1))).unwrap();
    for start in 1..=255_u8 {
        let mut noise = vec![0xaa; 100];
        let mut header = Vec::new();
        let key_id = KeyId { context: start.try_into().unwrap(), ..sender.key_id() };
        FrameHeader { kid: key_id.number(), counter: u64::MAX }.write(&mut header);
        noise.splice(..0, header);
        assert!(is_tampered(&open(&mut opener, &noise)));
    }
    assert!(open(&mut opener, &seal(&mut sender, &words(2))).is_ok());
    assert!(open(&mut opener, &seal(&mut restarted(1, 7, 2), &words(3))).is_ok());
}

#[test]
fn a_frame_that_was_not_sealed_is_not_heard() {
    let mut opener = opener(7);
    for toc in 0..=u8::MAX {
        let mut plain = words(0x55);
        plain[0] = toc;
        assert!(open(&mut opener, &plain).is_err());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_refused_and_leave_the_opener_working(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut opener = opener(7);
        prop_assert!(open(&mut opener, &bytes).is_err());
        prop_assert!(open(&mut opener, &seal(&mut sealer(1, 7), &words(1))).is_ok());
    }
}
