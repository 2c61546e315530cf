//! An opener goes with the group: it opens the epoch that it is in, for a while those before, and nobody who is gone.

use chancery_seal::frame_header::KeyId;
use chancery_secure_call::frames::opener::{
    EARLIER_MAX, EnterError, EpochEntry, FrameOpener, NotOpened, OVERLAP_MS, RefusedFrames,
};

use crate::fixed::{
    NOW_MS, base, entry, leaf, leaves, open, open_at, opener, restarted, seal, sealer, words,
};

fn unknown(key_id: KeyId) -> NotOpened {
    NotOpened::UnknownKey(key_id)
}

#[test]
fn frames_out_of_order_are_each_opened_once() {
    let (mut sealer, mut opener) = (sealer(1, 7), opener(7));
    let sent: Vec<_> = (0..10).map(|byte| seal(&mut sealer, &words(byte))).collect();
    for byte in [3, 1, 0, 2, 9, 5, 4, 8, 7, 6_u8] {
        assert_eq!(open(&mut opener, &sent[usize::from(byte)]).unwrap().1, words(byte));
    }
    assert_eq!(opener.refused(), RefusedFrames::default());
}

#[test]
fn the_epoch_before_is_opened_for_two_seconds_and_not_a_moment_longer() {
    let (mut old, mut new, mut opener) = (sealer(1, 7), sealer(1, 8), opener(7));
    opener.enter(entry(8), NOW_MS + 500).unwrap();
    let last_ms = NOW_MS + 500 + OVERLAP_MS - 1;
    assert_eq!(opener.due_ms(), Some(last_ms + 1));
    assert_eq!(open_at(&mut opener, &seal(&mut old, &words(1)), last_ms).unwrap().0.epoch, 7);
    assert_eq!(open_at(&mut opener, &seal(&mut new, &words(2)), last_ms).unwrap().0.epoch, 8);
    let late = open_at(&mut opener, &seal(&mut old, &words(3)), last_ms + 1);
    assert_eq!(late, Err(unknown(old.key_id())));
    assert_eq!(opener.due_ms(), None);
    assert_eq!(open_at(&mut opener, &seal(&mut new, &words(4)), last_ms + 1).unwrap().0.epoch, 8);
}

#[test]
fn a_time_that_goes_back_opens_nothing_that_was_wiped() {
    let (mut old, mut opener) = (sealer(1, 7), opener(7));
    opener.enter(entry(8), NOW_MS).unwrap();
    opener.forget(NOW_MS + OVERLAP_MS);
    let refused = open_at(&mut opener, &seal(&mut old, &words(1)), NOW_MS);
    assert_eq!(refused, Err(unknown(old.key_id())));
}

#[test]
fn two_commits_within_a_round_trip_cut_nobody_off() {
    let mut opener = opener(7);
    for number in 8..=11 {
        opener.enter(entry(number), NOW_MS + 10 * number).unwrap();
    }
    for number in 7..=11 {
        assert_eq!(open(&mut opener, &seal(&mut sealer(1, number), &words(1))).unwrap().0.epoch, number);
    }
    // One more than may overlap: the oldest goes.
    opener.enter(entry(12), NOW_MS + 120).unwrap();
    assert_eq!(EARLIER_MAX, 4);
    let mut oldest = restarted(2, 7, 1);
    assert_eq!(open(&mut opener, &seal(&mut oldest, &words(1))), Err(unknown(oldest.key_id())));
    assert!(open(&mut opener, &seal(&mut sealer(2, 8), &words(1))).is_ok());
}

#[test]
fn a_removed_member_is_not_heard_from_the_same_moment_on() {
    let (mut gone, mut stays, mut opener) = (sealer(2, 7), sealer(1, 7), opener(7));
    let under_way = seal(&mut gone, &words(1));
    assert!(open(&mut opener, &seal(&mut gone, &words(2))).is_ok());
    let members = leaves([0, 1, 3]);
    opener.enter(EpochEntry { number: 8, base: base(8), members, removed: leaves([2]) }, NOW_MS).unwrap();
    assert_eq!(open(&mut opener, &under_way), Err(unknown(gone.key_id())));
    assert!(open(&mut opener, &seal(&mut stays, &words(3))).is_ok());
}

#[test]
fn a_leaf_that_somebody_else_got_in_the_same_commit_is_closed_in_the_epoch_before() {
    let (mut gone, mut came, mut opener) = (sealer(2, 7), sealer(2, 8), opener(7));
    opener.enter(EpochEntry { removed: leaves([2]), ..entry(8) }, NOW_MS).unwrap();
    assert_eq!(open(&mut opener, &seal(&mut gone, &words(1))), Err(unknown(gone.key_id())));
    assert!(open(&mut opener, &seal(&mut came, &words(2))).is_ok());
}

#[test]
fn a_removal_closes_every_epoch_that_is_still_open() {
    let mut opener = opener(7);
    opener.enter(entry(8), NOW_MS).unwrap();
    opener.enter(EpochEntry { removed: leaves([2]), ..entry(9) }, NOW_MS).unwrap();
    for epoch in [7, 8] {
        let mut gone = sealer(2, epoch);
        assert_eq!(open(&mut opener, &seal(&mut gone, &words(1))), Err(unknown(gone.key_id())));
        assert!(open(&mut opener, &seal(&mut sealer(1, epoch), &words(1))).is_ok());
    }
}

#[test]
fn epochs_only_go_forward_and_the_device_must_be_in_them() {
    let mut opener = opener(7);
    for got in [7, 6] {
        assert_eq!(opener.enter(entry(got), NOW_MS), Err(EnterError::Backwards { entered: 7, got }));
    }
    let without = EpochEntry { members: leaves([1, 2]), ..entry(8) };
    assert_eq!(opener.enter(without, NOW_MS), Err(EnterError::NotMember(leaf(0))));
    // What was refused changed nothing.
    assert!(open(&mut opener, &seal(&mut sealer(1, 7), &words(1))).is_ok());
}

#[test]
fn epochs_with_the_same_low_bits_are_not_confused() {
    let (mut old, mut opener) = (sealer(1, 7), opener(7));
    opener.enter(entry(7 + 256), NOW_MS).unwrap();
    let refused = open(&mut opener, &seal(&mut old, &words(1)));
    assert!(matches!(refused, Err(NotOpened::Tampered { .. })));
    let (opened, _) = open(&mut opener, &seal(&mut sealer(1, 7 + 256), &words(2))).unwrap();
    assert_eq!(opened.epoch, 263);
}

#[test]
fn a_sender_that_started_again_is_heard_and_what_it_sent_before_is_not_any_more() {
    let (mut first, mut second, mut opener) = (sealer(1, 7), restarted(1, 7, 2), opener(7));
    let late = seal(&mut first, &words(1));
    assert!(open(&mut opener, &seal(&mut first, &words(2))).is_ok());
    assert_eq!(open(&mut opener, &seal(&mut second, &words(3))).unwrap().0.counter, 0);
    let key_id = first.key_id();
    assert_eq!(open(&mut opener, &late), Err(NotOpened::TooOld { key_id, counter: 0 }));
    assert!(open(&mut opener, &seal(&mut second, &words(4))).is_ok());
}

#[test]
fn before_the_first_epoch_and_after_leaving_nothing_opens() {
    let mut sender = sealer(1, 7);
    let key_id = sender.key_id();
    let mut early = FrameOpener::new(leaf(0));
    assert_eq!(open(&mut early, &seal(&mut sender, &words(1))), Err(unknown(key_id)));
    let mut opener = opener(7);
    opener.enter(entry(8), NOW_MS).unwrap();
    opener.leave();
    for epoch in [7, 8] {
        assert!(matches!(
            open(&mut opener, &seal(&mut sealer(1, epoch), &words(1))),
            Err(NotOpened::UnknownKey(_))
        ));
    }
    assert_eq!(opener.due_ms(), None);
}

#[test]
fn each_cause_of_refusal_is_counted_apart() {
    let (mut sender, mut opener) = (sealer(1, 7), opener(7));
    let frame = seal(&mut sender, &words(1));
    for _ in 0..300 {
        open(&mut opener, &seal(&mut sender, &words(2))).unwrap();
    }
    let newest = seal(&mut sender, &words(3));
    open(&mut opener, &newest).unwrap();
    let mut own = sealer(0, 7);
    let mut stranger = sealer(9, 7);
    let next = seal(&mut sender, &words(4));
    let mut tampered = next.clone();
    tampered[20] ^= 1;
    for (refused, times) in [
        (&newest, 1),
        (&frame, 2),
        (&tampered, 3),
        (&seal(&mut own, &words(1)), 4),
        (&seal(&mut stranger, &words(1)), 5),
        (&words(1), 6),
    ] {
        for _ in 0..times {
            assert!(open(&mut opener, refused).is_err());
        }
    }
    let expected =
        RefusedFrames { replayed: 1, too_old: 2, tampered: 3, reflected: 4, unknown_key: 5, malformed: 6 };
    assert_eq!(opener.refused(), expected);
}

#[test]
fn opening_again_into_one_buffer_reserves_no_memory() {
    let (mut sender, mut opener, mut buffer) = (sealer(1, 7), opener(7), Vec::with_capacity(200));
    let at = buffer.as_ptr();
    for _ in 0..1_000 {
        opener.open(&seal(&mut sender, &words(1)), &mut buffer, NOW_MS).unwrap();
    }
    assert_eq!((buffer.as_ptr(), buffer.capacity()), (at, 200));
}
