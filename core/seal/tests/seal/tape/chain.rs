//! A chunk that is missing, changed, swapped or of another tape shows without any key.

use chancery_log::id::{DeskId, Digest, PackageId};
use chancery_seal::tape::{
    chain::{ChainError, Flaw, TapeChain, TapeEnd},
    chunk::{Chunk, ChunkError, ChunkPlace},
};

use super::fixed::{BEGAN_MS, DESK, PACKAGE, chunk, tape};

fn followed<'a>(chunks: impl IntoIterator<Item = &'a Vec<u8>>) -> TapeChain {
    let mut chain = TapeChain::new(DESK, PACKAGE);
    for bytes in chunks {
        chain.follow(&Chunk::read(bytes).unwrap()).unwrap();
    }
    chain
}

#[test]
fn a_whole_tape_has_no_flaw_and_ends_as_stated() {
    let (chunks, next) = tape(4);
    let end = TapeEnd::from(next);
    assert_eq!(end.chunks, 4);
    assert_eq!(followed(&chunks).finish(Some(end)), []);
    assert_eq!(followed(&[]).finish(Some(TapeEnd { chunks: 0, last: Digest::NONE })), []);
}

#[test]
fn a_missing_chunk_is_named() {
    let (chunks, next) = tape(6);
    let rest = chunks.iter().enumerate().filter(|(at, _)| ![2, 3].contains(at)).map(|(_, bytes)| bytes);
    assert_eq!(followed(rest).finish(Some(next.into())), [Flaw::Missing { from: 2, to: 3 }]);
    assert_eq!(followed(&chunks[1..]).finish(Some(next.into())), [Flaw::Missing { from: 0, to: 0 }]);
}

#[test]
fn missing_chunks_at_the_end_show_by_what_the_log_says() {
    let (chunks, next) = tape(4);
    assert_eq!(followed(&chunks[..3]).finish(None), []);
    let shown = followed(&chunks[..3]).finish(Some(next.into()));
    assert_eq!(shown, [Flaw::End { expected: 4, got: 3 }]);
}

#[test]
fn a_chunk_written_anew_is_named() {
    let (mut chunks, next) = tape(3);
    // Somebody who can write: a chunk in itself whole, with one frame less.
    let mut forged = Vec::new();
    let place = Chunk::read(&chunks[1]).unwrap().header.place;
    chancery_seal::tape::writer::ChunkWriter::begin(place, BEGAN_MS, &super::fixed::epoch(3), &mut forged)
        .unwrap()
        .end(&mut forged);
    chunks[1] = forged;
    assert_eq!(followed(&chunks).finish(Some(next.into())), [Flaw::Changed(1)]);
}

#[test]
fn the_last_chunk_written_anew_shows_by_what_the_log_says() {
    let (mut chunks, next) = tape(2);
    let cut = chunks[1].len() - 200;
    chunks[1].truncate(cut);
    let flaws = followed(&chunks).finish(Some(next.into()));
    assert!(matches!(flaws[..], [Flaw::Torn { number: 1, .. }, Flaw::End { expected: 2, got: 2 }]));
}

#[test]
fn a_first_chunk_that_was_not_the_first_is_named() {
    let place = ChunkPlace { before: Digest([1; 32]), ..ChunkPlace::first(DESK, PACKAGE) };
    let (bytes, _) = chunk(place);
    assert_eq!(followed([&bytes]).finish(None), [Flaw::Changed(0)]);
}

#[test]
fn swapped_chunks_and_one_given_twice_are_not_taken() {
    let (chunks, _) = tape(3);
    let mut chain = followed(&chunks[..1]);
    chain.follow(&Chunk::read(&chunks[2]).unwrap()).unwrap();
    let refused = chain.follow(&Chunk::read(&chunks[1]).unwrap());
    assert_eq!(refused, Err(ChainError::Order { expected: 3, got: 1 }));
    assert_eq!(chain.flaws(), [Flaw::Missing { from: 1, to: 1 }]);
    let mut chain = followed(&chunks[..2]);
    let refused = chain.follow(&Chunk::read(&chunks[1]).unwrap());
    assert_eq!(refused, Err(ChainError::Order { expected: 2, got: 1 }));
}

#[test]
fn a_chunk_of_another_desk_or_call_is_not_taken() {
    for place in [ChunkPlace::first(DeskId([1; 16]), PACKAGE), ChunkPlace::first(DESK, PackageId([1; 16]))] {
        let (bytes, _) = chunk(place);
        let refused = TapeChain::new(DESK, PACKAGE).follow(&Chunk::read(&bytes).unwrap());
        assert_eq!(refused, Err(ChainError::OtherTape(0)));
    }
}

#[test]
fn a_chunk_that_cannot_be_read_is_named_and_the_tape_goes_on() {
    let (chunks, next) = tape(3);
    let mut chain = followed(&chunks[..1]);
    chain.unreadable(1, ChunkError::Header).unwrap();
    chain.follow(&Chunk::read(&chunks[2]).unwrap()).unwrap();
    assert_eq!(chain.finish(Some(next.into())), [Flaw::Unreadable { number: 1, why: ChunkError::Header }]);
    let mut chain = followed(&chunks);
    let refused = chain.unreadable(1, ChunkError::Header);
    assert_eq!(refused, Err(ChainError::Order { expected: 3, got: 1 }));
}

#[test]
fn an_unreadable_last_chunk_is_not_the_end_that_the_log_says() {
    let (chunks, next) = tape(3);
    let mut chain = followed(&chunks[..2]);
    chain.unreadable(2, ChunkError::Header).unwrap();
    let flaws = chain.finish(Some(next.into()));
    assert!(matches!(flaws[..], [Flaw::Unreadable { number: 2, .. }, Flaw::End { expected: 3, got: 3 }]));
}

#[test]
fn a_damaged_record_and_bytes_after_the_end_are_named() {
    let (mut chunks, _) = tape(1);
    let middle = chunks[0].len() - 200;
    chunks[0][middle] ^= 1;
    chunks[0].extend([0; 9]);
    let flaws = followed(&chunks).finish(None);
    assert!(matches!(flaws[..], [Flaw::Damaged { number: 0, .. }, Flaw::Trailing { number: 0, bytes: 9 }]));
}
