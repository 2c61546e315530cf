//! A chunk is read as far as it was written: a crash costs the record that was under way, a changed byte the record that
//! it stands in.

use chancery_log::id::Digest;
use chancery_seal::tape::{
    chunk::{CHUNK_BYTES_MAX, CHUNK_HEADER_BYTES, CHUNKS_MAX, Chunk, ChunkError, ChunkHeader, ChunkPlace},
    record::{Record, Said, TapedFrame},
    writer::ChunkWriter,
};
use proptest::{prelude::*, test_runner::RngSeed};

use super::fixed::{BEGAN_MS, DESK, PACKAGE, chunk, epoch, frame, frames, leaf};

const FRAME_RECORD: usize = 2 + 1 + 4 + 2 + 120 + 4;

fn first() -> (Vec<u8>, ChunkPlace) {
    chunk(ChunkPlace::first(DESK, PACKAGE))
}

/// Where each record of the chunk ends, in bytes.
fn ends(bytes: &[u8]) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut at = CHUNK_HEADER_BYTES;
    while at < bytes.len() {
        at += 2 + usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]])) + 4;
        ends.push(at);
    }
    ends
}

#[test]
fn a_chunk_comes_back_as_written() {
    let (bytes, next) = first();
    let read = Chunk::read(&bytes).unwrap();
    assert_eq!(read.header, ChunkHeader { place: ChunkPlace::first(DESK, PACKAGE), first_ms: BEGAN_MS });
    let (one, two, three) = (frame(1), frame(2), frame(3));
    let record = |index, after_ms, said| Record { index, after_ms, said };
    let taped = |at, sealed| Said::Frame(TapedFrame { leaf: leaf(at), sealed });
    assert_eq!(
        read.records,
        [
            record(0, 0, Said::Epoch(epoch(3))),
            record(1, 0, taped(0, &one)),
            record(2, 20, taped(1, &two)),
            record(3, 40, taped(0, &three)),
        ]
    );
    assert!(read.ended && read.damaged.is_empty() && read.torn_bytes == 0);
    assert_eq!(read.digest, Digest::of(&bytes));
    assert_eq!(read.next(), next);
    assert_eq!(read.last_ms(), BEGAN_MS + 40);
}

#[test]
fn cut_anywhere_only_the_torn_record_is_lost() {
    let (bytes, _) = first();
    let ends = ends(&bytes);
    for cut in CHUNK_HEADER_BYTES..bytes.len() {
        let read = Chunk::read(&bytes[..cut]).unwrap();
        let whole = ends.iter().filter(|end| **end <= cut).count();
        assert_eq!(read.records.len(), whole, "cut at {cut}");
        let kept = ends[..whole].last().copied().unwrap_or(CHUNK_HEADER_BYTES);
        assert_eq!(read.torn_bytes, cut - kept);
        assert_eq!(read.digest, Digest::of(&bytes[..kept]));
        assert!(!read.ended && read.damaged.is_empty());
    }
}

#[test]
fn cut_within_its_header_there_is_no_chunk() {
    let (bytes, _) = first();
    for cut in 0..CHUNK_HEADER_BYTES {
        assert_eq!(Chunk::read(&bytes[..cut]), Err(ChunkError::Short(cut)));
    }
}

#[test]
fn a_tail_of_zeros_or_of_an_older_file_is_torn_off() {
    let (bytes, _) = first();
    let cut = ends(&bytes)[1] + 50;
    let mut zeros = bytes[..cut].to_vec();
    zeros.resize(cut + 4_096, 0);
    let read = Chunk::read(&zeros).unwrap();
    assert_eq!((frames(&read), read.ended, read.damaged.len()), (vec![1], false, 0));
    // Whole records, but of another chunk: their checks name another header.
    let (other, _) = chunk(ChunkPlace { number: 7, ..ChunkPlace::first(DESK, PACKAGE) });
    let mut stale = bytes[..ends(&bytes)[1]].to_vec();
    stale.extend(&other[ends(&other)[1]..]);
    let read = Chunk::read(&stale).unwrap();
    assert_eq!((frames(&read), read.ended), (vec![1], false));
}

#[test]
fn a_changed_byte_costs_the_record_it_stands_in_and_names_it() {
    let (bytes, next) = first();
    // Within the body of frame 2, which is record 2.
    let mut changed = bytes.clone();
    changed[ends(&bytes)[1] + 30] ^= 1;
    let read = Chunk::read(&changed).unwrap();
    assert_eq!((frames(&read), read.damaged.clone(), read.ended), (vec![1, 3], vec![2], true));
    assert_ne!(read.next(), next);
}

#[test]
fn a_record_taken_out_shows() {
    let (bytes, _) = first();
    let ends = ends(&bytes);
    assert_eq!(ends[2] - ends[1], FRAME_RECORD);
    let without = [&bytes[..ends[1]], &bytes[ends[2]..]].concat();
    let read = Chunk::read(&without).unwrap();
    assert_eq!((frames(&read), read.ended), (vec![1], false));
    assert!(read.torn_bytes > 0);
}

#[test]
fn an_end_that_counts_other_records_is_none() {
    let (bytes, _) = first();
    let ends = ends(&bytes);
    let header = Digest::of(&bytes[..CHUNK_HEADER_BYTES]);
    let body = [&[3_u8][..], &40_u32.to_be_bytes(), &3_u32.to_be_bytes()].concat();
    let label = b"chancery/tape-record/1";
    let check = Digest::of(&[label.as_slice(), &header.0, &4_u32.to_be_bytes(), &body].concat());
    let forged = [&bytes[..ends[3]], &[0, 9], &body, &check.0[..4]].concat();
    assert!(!Chunk::read(&forged).unwrap().ended);
}

#[test]
fn every_changed_byte_of_the_header_is_refused() {
    let (bytes, _) = first();
    for at in 0..CHUNK_HEADER_BYTES {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(matches!(Chunk::read(&changed), Err(ChunkError::Label | ChunkError::Header)), "{at}");
    }
}

#[test]
fn what_follows_the_end_is_counted_and_not_read() {
    let (mut bytes, next) = first();
    bytes.extend([7; 300]);
    let read = Chunk::read(&bytes).unwrap();
    assert_eq!((read.ended, read.torn_bytes, read.next()), (true, 300, next));
}

#[test]
fn too_long_a_chunk_and_too_high_a_number_are_refused() {
    let long = vec![0; CHUNK_BYTES_MAX + 1];
    assert_eq!(Chunk::read(&long), Err(ChunkError::TooLong(CHUNK_BYTES_MAX + 1)));
    // A header of our own making: its check is right.
    let mut header = b"chancery/tape-chunk/1".to_vec();
    header.extend([0xd0; 16]);
    header.extend([0x9a; 16]);
    header.extend(CHUNKS_MAX.to_be_bytes());
    header.extend([0; 32 + 8]);
    let check = Digest::of(&header).0;
    header.extend(&check[..4]);
    assert_eq!(Chunk::read(&header), Err(ChunkError::Number(CHUNKS_MAX)));
}

proptest! {
    // Told its randomness: the same cases in every run, and in wasm.
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (mut chunk, _) = first();
        prop_assert!(Chunk::read(&bytes).is_err());
        chunk.truncate(CHUNK_HEADER_BYTES);
        chunk.extend(&bytes);
        prop_assert_eq!(Chunk::read(&chunk).unwrap().torn_bytes, bytes.len());
    }

    #[test]
    fn any_frames_come_back_as_written(
        sent in proptest::collection::vec((0_u32..4_096, 0_u64..200, proptest::collection::vec(any::<u8>(), 1..300)), 0..40),
    ) {
        let mut bytes = Vec::new();
        let place = ChunkPlace::first(DESK, PACKAGE);
        let mut writer = ChunkWriter::begin(place, BEGAN_MS, &epoch(1), &mut bytes).unwrap();
        let mut now_ms = BEGAN_MS;
        for (at, later_ms, sealed) in &sent {
            now_ms += later_ms;
            writer.frame(now_ms, leaf(*at), sealed, &mut bytes).unwrap();
        }
        let next = writer.end(&mut bytes);
        let read = Chunk::read(&bytes).unwrap();
        prop_assert_eq!(read.records.len(), sent.len() + 1);
        for (record, (at, _, sealed)) in read.records.iter().skip(1).zip(&sent) {
            let taped = TapedFrame { leaf: leaf(*at), sealed };
            prop_assert_eq!(&record.said, &Said::Frame(taped));
        }
        prop_assert_eq!(read.last_ms(), now_ms);
        prop_assert_eq!(read.next(), next);
    }
}
