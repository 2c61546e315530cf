//! Sealed frames against the vectors of RFC 9605, which are read where they lie and not copied.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "clippy.toml lets tests panic, but does not see the functions that tests share"
)]

use std::{
    fs,
    io::{self, Write},
};

use serde_json::Value;
use sframe::{
    CipherSuite,
    frame::{EncryptedFrameView, MediaFrameView, SingleUseCounter},
    key::{DecryptionKey, EncryptionKey},
};

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

fn bytes(vector: &Value, name: &str) -> Vec<u8> {
    hex::decode(vector[name].as_str().unwrap()).unwrap()
}

/// The cipher that the crate brings, in the release that is pinned: an earlier one failed every vector.
#[test]
fn every_suite_of_the_rfc_seals_and_opens_in_its_bytes() {
    let Some(vectors) = vectors() else { return };
    let frames = vectors["sframe"].as_array().unwrap();
    assert_eq!(frames.len(), 5);
    for vector in frames {
        let suite = match vector["cipher_suite"].as_u64().unwrap() {
            1 => CipherSuite::AesCtr128HmacSha256_80,
            2 => CipherSuite::AesCtr128HmacSha256_64,
            3 => CipherSuite::AesCtr128HmacSha256_32,
            4 => CipherSuite::AesGcm128Sha256,
            _ => CipherSuite::AesGcm256Sha512,
        };
        let (kid, counter) = (vector["kid"].as_u64().unwrap(), vector["ctr"].as_u64().unwrap());
        let (words, metadata, sealed) = (bytes(vector, "pt"), bytes(vector, "metadata"), bytes(vector, "ct"));
        let key = EncryptionKey::derive_from(suite, kid, bytes(vector, "base_key")).unwrap();
        let mut once = SingleUseCounter::new(counter);
        let frame = MediaFrameView::try_with_meta_data(&mut once, &words, &metadata).unwrap();
        let mut made = Vec::new();
        frame.encrypt_into(&key, &mut made).unwrap();
        assert_eq!(made, [metadata.as_slice(), &sealed].concat(), "{suite}");

        let key = DecryptionKey::derive_from(suite, kid, bytes(vector, "base_key")).unwrap();
        let mut opened = Vec::new();
        let frame = EncryptedFrameView::try_with_meta_data(&sealed, &metadata).unwrap();
        assert_eq!(frame.decrypt_into(&key, &mut opened).unwrap().payload(), words, "{suite}");
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        let frame = EncryptedFrameView::try_with_meta_data(&changed, &metadata).unwrap();
        assert!(frame.decrypt_into(&key, &mut opened).is_err(), "{suite}");
    }
}
