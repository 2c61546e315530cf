//! Headers of sealed frames against the vectors of RFC 9605, which are read where they lie and not copied.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "clippy.toml lets tests panic, but does not see the functions that tests share"
)]

use std::{
    fs,
    io::{self, Write},
};

use chancery_seal::frame_header::FrameHeader;
use serde_json::Value;

const VECTORS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/spikes/sframe/rfc9605-vectors.json");

/// None when the file is not there, which is said past the test runner that would swallow it.
fn vectors() -> Option<Value> {
    match fs::read(VECTORS) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).unwrap()),
        Err(why) => {
            let note = format!("NOT TESTED against RFC 9605: {VECTORS}: {why}\n");
            io::stderr().write_all(note.as_bytes()).unwrap();
            None
        }
    }
}

#[test]
fn every_header_of_the_rfc_is_written_and_read_in_its_bytes() {
    let Some(vectors) = vectors() else { return };
    let headers = vectors["header"].as_array().unwrap();
    assert!(headers.len() > 100, "{}", headers.len());
    for vector in headers {
        let number = |name: &str| vector[name].as_u64().unwrap();
        let header = FrameHeader { kid: number("kid"), counter: number("ctr") };
        let mut bytes = Vec::new();
        header.write(&mut bytes);
        assert_eq!(hex::encode(&bytes), vector["encoded"].as_str().unwrap());
        assert_eq!(FrameHeader::read(&bytes), Ok(header));
        assert_eq!(header.width(), bytes.len());
    }
}

#[test]
fn every_sealed_frame_of_the_rfc_shows_its_key_id_and_counter() {
    let Some(vectors) = vectors() else { return };
    let frames = vectors["sframe"].as_array().unwrap();
    assert_eq!(frames.len(), 5);
    for vector in frames {
        let bytes = hex::decode(vector["ct"].as_str().unwrap()).unwrap();
        let number = |name: &str| vector[name].as_u64().unwrap();
        let header = FrameHeader { kid: number("kid"), counter: number("ctr") };
        assert_eq!(FrameHeader::read(&bytes), Ok(header));
    }
}
