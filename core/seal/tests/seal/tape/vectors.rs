//! The bytes of a tape, made once and committed. Changed bytes here mean a new version of the format.

use chancery_seal::tape::{
    chain::TapeEnd,
    chunk::{Chunk, ChunkPlace},
};
use serde_json::{Value, json};

use super::fixed::{DESK, PACKAGE, epoch, frames, tape};

/// Compiled in: these tests run in wasm too.
const FILE: &str = include_str!("../../vectors/tape.json");

#[test]
fn a_tape_of_two_chunks() {
    let (chunks, next) = tape(2);
    let end = TapeEnd::from(next);
    let made = json!({
        "desk": DESK.to_string(),
        "package": PACKAGE.to_string(),
        "roster": epoch(3).roster.digest().unwrap().to_string(),
        "chunks": chunks.iter().map(hex::encode).collect::<Vec<_>>(),
        "end": { "chunks": end.chunks, "last": end.last.to_string() },
    });
    let committed: Value = serde_json::from_str(FILE).unwrap();
    assert_eq!(committed, made);
    let bytes = hex::decode(committed["chunks"][1].as_str().unwrap()).unwrap();
    let read = Chunk::read(&bytes).unwrap();
    assert_eq!(frames(&read), [1, 2, 3]);
    let first = ChunkPlace::first(DESK, PACKAGE);
    assert_eq!((read.header.place.desk, read.header.place.number), (first.desk, 1));
}
