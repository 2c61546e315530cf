//! Writing: whole records only, a chunk of a bounded size and time, and going on after a crash.

use chancery_seal::{
    frame_header::SEALED_FRAME_BYTES_MAX,
    tape::{
        chain::{Flaw, TapeChain},
        chunk::{CHUNK_BYTES_MAX, CHUNK_MS_MAX, CHUNKS_MAX, Chunk, ChunkPlace},
        writer::{ChunkWriter, WriteError},
    },
};

use super::fixed::{BEGAN_MS, DESK, PACKAGE, chunk, epoch, frame, leaf, roster};

fn begun(bytes: &mut Vec<u8>) -> ChunkWriter {
    ChunkWriter::begin(ChunkPlace::first(DESK, PACKAGE), BEGAN_MS, &epoch(3), bytes).unwrap()
}

#[test]
fn a_chunk_is_full_after_its_time_and_takes_nothing_more() {
    let mut bytes = Vec::new();
    let mut writer = begun(&mut bytes);
    let last_ms = BEGAN_MS + CHUNK_MS_MAX - 1;
    assert!(!writer.is_full(last_ms));
    writer.frame(last_ms, leaf(0), &frame(1), &mut bytes).unwrap();
    let before = bytes.len();
    assert!(writer.is_full(last_ms + 1));
    assert_eq!(writer.frame(last_ms + 1, leaf(0), &frame(1), &mut bytes), Err(WriteError::Full));
    assert_eq!(writer.epoch(last_ms + 1, &epoch(4), &mut bytes), Err(WriteError::Full));
    assert_eq!(bytes.len(), before);
}

#[test]
fn a_chunk_that_is_filled_to_the_brim_can_still_be_ended_and_read() {
    let mut bytes = Vec::new();
    let mut writer = begun(&mut bytes);
    let longest = vec![9; SEALED_FRAME_BYTES_MAX];
    let everybody: Vec<(u32, u8)> = (0..1_024).map(|at| (at, 1)).collect();
    let mut largest = epoch(4);
    largest.roster = roster(&everybody);
    while !writer.is_full(BEGAN_MS) {
        writer.frame(BEGAN_MS, leaf(0), &longest, &mut bytes).unwrap();
        if !writer.is_full(BEGAN_MS) {
            writer.epoch(BEGAN_MS, &largest, &mut bytes).unwrap();
        }
    }
    let next = writer.end(&mut bytes);
    assert!(bytes.len() <= CHUNK_BYTES_MAX);
    let read = Chunk::read(&bytes).unwrap();
    assert!(read.ended);
    assert_eq!(read.next(), next);
}

#[test]
fn what_is_no_sealed_frame_is_refused_and_nothing_is_written() {
    let mut bytes = Vec::new();
    let mut writer = begun(&mut bytes);
    let before = bytes.clone();
    for length in [0, SEALED_FRAME_BYTES_MAX + 1] {
        let refused = writer.frame(BEGAN_MS, leaf(0), &vec![1; length], &mut bytes);
        assert_eq!(refused, Err(WriteError::Length(length)));
    }
    assert_eq!(bytes, before);
}

#[test]
fn a_tape_is_not_longer_than_a_tape_may_be() {
    let place = ChunkPlace { number: CHUNKS_MAX, ..ChunkPlace::first(DESK, PACKAGE) };
    let refused = ChunkWriter::begin(place, BEGAN_MS, &epoch(3), &mut Vec::new());
    assert_eq!(refused.err(), Some(WriteError::TapeFull));
}

#[test]
fn a_clock_that_is_set_back_does_not_make_the_records_run_backwards() {
    let mut bytes = Vec::new();
    let mut writer = begun(&mut bytes);
    for now_ms in [BEGAN_MS + 100, BEGAN_MS + 40, 0, BEGAN_MS + 120] {
        writer.frame(now_ms, leaf(0), &frame(1), &mut bytes).unwrap();
    }
    let read = Chunk::read(&bytes).unwrap();
    let times: Vec<u32> = read.records.iter().map(|record| record.after_ms).collect();
    assert_eq!(times, [0, 100, 100, 100, 120]);
}

#[test]
fn after_a_crash_the_tape_goes_on_and_says_where_it_broke() {
    let (whole, _) = chunk(ChunkPlace::first(DESK, PACKAGE));
    let torn = &whole[..whole.len() - 60];
    let found = Chunk::read(torn).unwrap();
    let (resumed, _) = chunk(found.next());
    let mut chain = TapeChain::new(DESK, PACKAGE);
    chain.follow(&found).unwrap();
    chain.follow(&Chunk::read(&resumed).unwrap()).unwrap();
    let last_ms = BEGAN_MS + 20;
    let torn_bytes = found.torn_bytes;
    assert!(torn_bytes > 0);
    assert_eq!(chain.finish(None), [Flaw::Torn { number: 0, torn_bytes, last_ms }]);
}

#[test]
fn two_writes_of_one_chunk_can_be_appended_as_they_come() {
    let (at_once, _) = chunk(ChunkPlace::first(DESK, PACKAGE));
    let (mut file, mut buffer) = (Vec::new(), Vec::new());
    let mut writer = begun(&mut buffer);
    for (after_ms, from, byte) in [(0, 0, 1), (20, 1, 2), (40, 0, 3)] {
        writer.frame(BEGAN_MS + after_ms, leaf(from), &frame(byte), &mut buffer).unwrap();
        file.append(&mut buffer);
    }
    writer.end(&mut file);
    assert_eq!(file, at_once);
}
