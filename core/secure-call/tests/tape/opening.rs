//! A tape gives back what was said, voice by voice, and says what is missing.

use chancery_log::id::{DeskId, Digest};
use chancery_seal::{
    frame_header::LeafIndex,
    tape::{
        chain::{ChainError, Flaw, TapeEnd},
        chunk::{Chunk, ChunkPlace},
        epoch::{EpochName, EpochPlace, EpochStated, Roster},
    },
};
use chancery_secure_call::tape::{
    opening::{EpochSecret, SecretsError, TapeOpening},
    statement::{FrameFault, FramePlace, Gap, OpenedTape, Voice},
};

use crate::fixed::{
    BEGAN_MS, DESK, GROUP, Item, PACKAGE, base, chunk, device, first, leaf, name, place, roster, seal,
    sealer, secret, stated, words,
};

const VOICE_0: (u32, u8) = (0, 0xa1);
const VOICE_1: (u32, u8) = (1, 0xb2);

fn voice((at, byte): (u32, u8)) -> Voice {
    Voice { group: GROUP, leaf: leaf(at), device: Some(device(byte)) }
}

fn opened(chunks: &[Vec<u8>], secrets: Vec<EpochSecret>, end: Option<TapeEnd>) -> OpenedTape {
    let mut opening = TapeOpening::new(DESK, PACKAGE, secrets).unwrap();
    for (number, bytes) in (0..).zip(chunks) {
        opening.chunk(number, bytes).unwrap();
    }
    opening.finish(end)
}

/// The frames of a voice as the bytes they were made of, in order.
fn heard(tape: &OpenedTape, voice: &Voice) -> Vec<u8> {
    tape.voices.get(voice).into_iter().flatten().map(|(_, frame)| frame.opus[1]).collect()
}

/// Frames from one sealer, one byte each.
fn said(from: u32, epoch: u64, bytes: impl IntoIterator<Item = u8>) -> Vec<Item> {
    let mut sealer = sealer(from, epoch);
    bytes.into_iter().map(|byte| Item::Frame(from, seal(&mut sealer, byte))).collect()
}

fn one_chunk(epoch: u64, items: &[Item]) -> Vec<Vec<u8>> {
    vec![chunk(first(), epoch, items).0]
}

fn fault(tape: &OpenedTape) -> Vec<FrameFault> {
    let fault = |gap: &Gap| match gap {
        Gap::Frame { fault, .. } => Some(*fault),
        Gap::Tape(_) | Gap::LeftOut(_) | Gap::NoSecret { .. } | Gap::Roster(_) | Gap::Counters { .. } => None,
    };
    tape.gaps.iter().filter_map(fault).collect()
}

#[test]
fn what_was_said_comes_back_frame_by_frame_with_its_times() {
    let mut items = Vec::new();
    for (one, other) in said(0, 3, 1..=5).into_iter().zip(said(1, 3, 11..=15)) {
        items.extend([one, other]);
    }
    let (bytes, next) = chunk(first(), 3, &items);
    let tape = opened(&[bytes], vec![secret(3)], Some(next.into()));
    assert_eq!(tape.gaps, []);
    assert_eq!(tape.voices.len(), 2);
    assert_eq!(heard(&tape, &voice(VOICE_0)), [1, 2, 3, 4, 5]);
    assert_eq!(heard(&tape, &voice(VOICE_1)), [11, 12, 13, 14, 15]);
    let frame = &tape.voices[&voice(VOICE_1)][&FramePlace { epoch: 3, context: 1, counter: 4 }];
    assert_eq!((frame.received_ms, frame.opus.as_slice()), (BEGAN_MS + 180, words(15).as_slice()));
    assert_eq!(format!("{frame:?}"), format!("SpokenFrame(80 bytes at {})", BEGAN_MS + 180));
}

#[test]
fn voices_go_on_over_chunks_and_epochs() {
    let (one, next) = chunk(first(), 3, &said(0, 3, 1..=2));
    let mut items = vec![Item::Epoch(stated(4))];
    items.extend(said(0, 4, 3..=4));
    let (two, next) = chunk(next, 3, &items);
    let (three, next) = chunk(next, 4, &said(1, 4, 5..=6));
    let tape = opened(&[one, two, three], vec![secret(3), secret(4)], Some(next.into()));
    assert_eq!(tape.gaps, []);
    assert_eq!(heard(&tape, &voice(VOICE_0)), [1, 2, 3, 4]);
    assert_eq!(heard(&tape, &voice(VOICE_1)), [5, 6]);
}

#[test]
fn frames_of_the_epoch_before_are_heard_after_the_change_and_one_too_early_waits() {
    let (mut old, mut new) = (sealer(0, 3), sealer(1, 4));
    let items = [
        Item::Frame(0, seal(&mut old, 1)),
        Item::Frame(1, seal(&mut new, 11)),
        Item::Epoch(stated(4)),
        Item::Frame(0, seal(&mut old, 2)),
        Item::Frame(1, seal(&mut new, 12)),
    ];
    let tape = opened(&one_chunk(3, &items), vec![secret(3), secret(4)], None);
    assert_eq!(tape.gaps, []);
    assert_eq!(heard(&tape, &voice(VOICE_0)), [1, 2]);
    assert_eq!(heard(&tape, &voice(VOICE_1)), [11, 12]);
}

#[test]
fn epochs_with_the_same_low_bits_are_told_apart_by_what_the_tape_names() {
    let (one, next) = chunk(first(), 3, &said(0, 3, [1]));
    let (two, _) = chunk(next, 259, &said(0, 259, [2]));
    let tape = opened(&[one, two], vec![secret(3), secret(259)], None);
    assert_eq!(heard(&tape, &voice(VOICE_0)), [1, 2]);
    assert_eq!(tape.gaps, []);
}

#[test]
fn a_second_group_that_counts_from_the_start_is_another_voice() {
    let group = Digest([0x77; 32]);
    let again = EpochStated { place: EpochPlace { group, epoch: 3 }, roster: roster() };
    let mut items = said(0, 3, [1]);
    items.push(Item::Epoch(again.clone()));
    // The same leaf and epoch, under another base.
    let other = EpochSecret { name: EpochName { place: again.place, ..name(3) }, base: base(77) };
    let mut starts = chancery_secure_call::frames::start::SealerStarts::new(leaf(0));
    starts.enter(3, base(77)).unwrap();
    let mut sealer = chancery_secure_call::frames::sealer::FrameSealer::new(starts.start().unwrap()).unwrap();
    items.push(Item::Frame(0, seal(&mut sealer, 2)));
    let tape = opened(&one_chunk(3, &items), vec![secret(3), other], None);
    assert_eq!(tape.gaps, []);
    assert_eq!(heard(&tape, &voice(VOICE_0)), [1]);
    assert_eq!(heard(&tape, &Voice { group, ..voice(VOICE_0) }), [2]);
}

#[test]
fn an_epoch_without_a_secret_stays_sealed_and_is_stated() {
    let mut items = said(0, 3, 1..=2);
    items.push(Item::Epoch(stated(4)));
    items.extend(said(0, 4, 3..=5));
    let tape = opened(&one_chunk(3, &items), vec![secret(3)], None);
    assert_eq!(heard(&tape, &voice(VOICE_0)), [1, 2]);
    let gap = Gap::NoSecret { place: place(4), from_ms: BEGAN_MS + 60, to_ms: BEGAN_MS + 100, frames: 3 };
    assert_eq!(tape.gaps, [gap]);
}

#[test]
fn frames_that_never_came_are_stated_by_their_counters() {
    let mut items = said(0, 3, 0..=9);
    for lost in [7, 6, 3, 0] {
        items.remove(lost);
    }
    let tape = opened(&one_chunk(3, &items), vec![secret(3)], None);
    assert_eq!(heard(&tape, &voice(VOICE_0)), [1, 2, 4, 5, 8, 9]);
    let gap = |from, to, until_ms| Gap::Counters {
        voice: voice(VOICE_0),
        epoch: 3,
        context: 1,
        from,
        to,
        until_ms: BEGAN_MS + until_ms,
    };
    assert_eq!(tape.gaps, [gap(0, 0, 0), gap(3, 3, 40), gap(6, 7, 80)]);
}

#[test]
fn frames_that_came_out_of_order_are_put_in_order() {
    let mut items = said(0, 3, 0..=5);
    items.swap(1, 4);
    items.swap(0, 5);
    let tape = opened(&one_chunk(3, &items), vec![secret(3)], None);
    assert_eq!(heard(&tape, &voice(VOICE_0)), [0, 1, 2, 3, 4, 5]);
    assert_eq!(tape.gaps, []);
}

#[test]
fn a_crash_costs_the_torn_record_and_is_stated() {
    let (whole, _) = chunk(first(), 3, &said(0, 3, 1..=4));
    let torn = whole[..whole.len() - 40].to_vec();
    let found = Chunk::read(&torn).unwrap();
    let torn_bytes = found.torn_bytes;
    let (resumed, next) = chunk(found.next(), 3, &said(1, 3, [11]));
    let tape = opened(&[torn, resumed], vec![secret(3)], Some(next.into()));
    assert_eq!(heard(&tape, &voice(VOICE_0)), [1, 2, 3]);
    assert_eq!(heard(&tape, &voice(VOICE_1)), [11]);
    let flaw = Flaw::Torn { number: 0, torn_bytes, last_ms: BEGAN_MS + 40 };
    assert_eq!(tape.gaps, [Gap::Tape(flaw)]);
}

#[test]
fn chunks_missing_swapped_unreadable_or_of_another_call_are_stated_and_the_rest_is_heard() {
    let mut all = Vec::new();
    let mut at = first();
    for (from, byte) in [(0, 1), (1, 2), (5, 3)] {
        let (bytes, next) = chunk(at, 3, &said(from, 3, [byte]));
        all.push(bytes);
        at = next;
    }
    let swapped = [all[0].clone(), all[2].clone(), all[1].clone()];
    let tape = opened(&swapped, vec![secret(3)], None);
    assert_eq!(tape.voices.len(), 2);
    let left_out = Gap::LeftOut(ChainError::Order { expected: 3, got: 1 });
    assert_eq!(tape.gaps, [Gap::Tape(Flaw::Missing { from: 1, to: 1 }), left_out]);

    let mut unreadable = all.clone();
    unreadable[1].truncate(10);
    let tape = opened(&unreadable, vec![secret(3)], None);
    assert_eq!(tape.voices.len(), 2);
    assert!(matches!(tape.gaps[..], [Gap::Tape(Flaw::Unreadable { number: 1, .. })]));

    let (foreign, _) = chunk(ChunkPlace::first(DeskId([1; 16]), PACKAGE), 3, &said(0, 3, [9]));
    let tape = opened(&[foreign], vec![secret(3)], None);
    assert_eq!((tape.voices.len(), tape.gaps), (0, vec![Gap::LeftOut(ChainError::OtherTape(0))]));
}

#[test]
fn a_frame_changed_on_the_tape_is_named_and_not_heard() {
    let mut items = said(0, 3, 1..=3);
    let Item::Frame(_, sealed) = &mut items[1] else { panic!() };
    sealed[50] ^= 1;
    let tape = opened(&one_chunk(3, &items), vec![secret(3)], None);
    assert_eq!(heard(&tape, &voice(VOICE_0)), [1, 3]);
    assert_eq!(
        tape.gaps[0],
        Gap::Frame { chunk: 0, leaf: leaf(0), at_ms: BEGAN_MS + 20, fault: FrameFault::Tampered }
    );
}

#[test]
fn frames_swapped_between_lines_repeated_or_unsealed_are_named() {
    let mut swapped = said(0, 3, [1]);
    let Item::Frame(line, _) = &mut swapped[0] else { panic!() };
    *line = 1;
    let tape = opened(&one_chunk(3, &swapped), vec![secret(3)], None);
    assert_eq!((fault(&tape), tape.voices.len()), (vec![FrameFault::OtherLeaf(leaf(0))], 0));

    let mut items = said(0, 3, 1..=2);
    let Item::Frame(_, first) = &items[0] else { panic!() };
    items.push(Item::Frame(0, first.clone()));
    items.push(Item::Frame(0, words(9)));
    let tape = opened(&one_chunk(3, &items), vec![secret(3)], None);
    assert_eq!(heard(&tape, &voice(VOICE_0)), [1, 2]);
    assert!(matches!(fault(&tape)[..], [FrameFault::Repeated, FrameFault::Malformed(_)]));
}

#[test]
fn a_leaf_that_is_nobodys_is_not_heard() {
    let tape = opened(&one_chunk(3, &said(9, 3, [1])), vec![secret(3)], None);
    assert_eq!((fault(&tape), tape.voices.len()), (vec![FrameFault::NotMember], 0));
}

#[test]
fn an_epoch_that_the_tape_never_names_is_not_guessed() {
    let tape = opened(&one_chunk(3, &said(0, 9, [1])), vec![secret(3), secret(9)], None);
    assert_eq!((fault(&tape), tape.voices.len()), (vec![FrameFault::UnknownEpoch], 0));
}

#[test]
fn a_roster_that_the_server_made_up_gives_nobody_a_name() {
    let members: Vec<(LeafIndex, _)> = vec![(leaf(0), device(0xb2)), (leaf(1), device(0xa1))];
    let made_up =
        EpochStated { place: place(4), roster: Roster::new(members.into_iter().collect()).unwrap() };
    let mut items = vec![Item::Epoch(made_up)];
    items.extend(said(0, 4, [1]));
    let tape = opened(&one_chunk(3, &items), vec![secret(3), secret(4)], None);
    assert_eq!(tape.gaps, [Gap::Roster(place(4))]);
    assert_eq!(heard(&tape, &Voice { device: None, ..voice(VOICE_0) }), [1]);
}

#[test]
fn a_tape_cut_short_shows_by_what_the_log_says() {
    let (one, next) = chunk(first(), 3, &said(0, 3, [1]));
    let (_, next) = chunk(next, 3, &said(0, 3, [2]));
    let tape = opened(&[one], vec![secret(3)], Some(next.into()));
    assert_eq!(tape.gaps, [Gap::Tape(Flaw::End { expected: 2, got: 1 })]);
}

#[test]
fn secrets_of_another_call_or_twice_for_one_epoch_are_refused() {
    let other = EpochName { desk: DeskId([1; 16]), ..name(3) };
    let foreign = vec![EpochSecret { name: other, base: base(3) }];
    assert_eq!(TapeOpening::new(DESK, PACKAGE, foreign).err(), Some(SecretsError::OtherCall(other)));
    let twice = TapeOpening::new(DESK, PACKAGE, vec![secret(3), secret(3)]);
    assert_eq!(twice.err(), Some(SecretsError::Twice(place(3))));
}
