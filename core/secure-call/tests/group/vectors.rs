//! The bytes of every construction that is ours, made once from fixed inputs and committed, and known answers of the
//! cryptography beneath. Changed bytes here mean a new version.

use chancery_call_tree::leaf::Seat;
use chancery_log::id::{DeskId, DeviceId, PackageId, PartyId};
use chancery_open::device::DeviceSecrets;
use chancery_seal::{
    frame_header::LeafIndex,
    leaf_cert::{LEAF_CERT_BYTES_MAX, LEAF_CERT_PREFIX, LeafCert},
};
use chancery_secure_call::{
    frames::base::BASE_LABEL,
    group::{crypto::SeededCrypto, export::EpochAuthenticator},
    safety_words::{EXPORT_LABEL, SafetyPlace, commitment, roster_context, words_of},
    split::{SplitPlace, covered, state_of},
};
use openmls_traits::{
    crypto::OpenMlsCrypto,
    types::{AeadType, HashType},
};
use serde_bytes::ByteArray;
use serde_json::{Value, json};

use crate::{call::Call, world::World};

/// Compiled in: these tests run in wasm too.
const FILE: &str = include_str!("../vectors/group.json");

fn vector() -> Value {
    serde_json::from_str(FILE).unwrap()
}

fn array<const N: usize>(of: &Value) -> [u8; N] {
    hex::decode(of.as_str().unwrap()).unwrap().try_into().unwrap()
}

fn place() -> SafetyPlace {
    let v = &vector()["safety_words"];
    SafetyPlace {
        desk: DeskId(array(&v["desk"])),
        package: PackageId(array(&v["package"])),
        group: hex::decode(v["group"].as_str().unwrap()).unwrap(),
        epoch: v["epoch"].as_u64().unwrap(),
    }
}

fn seat(row: &Value) -> Seat {
    Seat {
        leaf: LeafIndex::new(u32::try_from(row["leaf"].as_u64().unwrap()).unwrap()).unwrap(),
        party: PartyId(array(&row["party"])),
        device: DeviceId(array(&row["device"])),
        leaf_key: array(&row["leaf_key"]),
        not_after_ms: 0,
    }
}

#[test]
fn a_leaf_certificate_has_the_committed_bytes() {
    let v = &vector()["leaf_cert"];
    let device = DeviceSecrets::import(&array(&v["device_secret"])).unwrap();
    let cert = LeafCert {
        desk: DeskId(array(&v["desk"])),
        package: PackageId(array(&v["package"])),
        party: PartyId(array(&v["party"])),
        device: DeviceId(array(&v["device"])),
        leaf_key: ByteArray::new(array(&v["leaf_key"])),
        not_after_ms: v["not_after_ms"].as_u64().unwrap(),
    };
    let bytes = device.certify_leaf(cert).unwrap().encode().unwrap();
    assert!(cert.covered().unwrap().starts_with(LEAF_CERT_PREFIX) && bytes.len() <= LEAF_CERT_BYTES_MAX);
    assert_eq!(json!(hex::encode(cert.covered().unwrap())), v["covered"]);
    assert_eq!(json!(hex::encode(bytes)), v["bytes"]);
}

#[test]
fn safety_words_have_the_committed_bytes() {
    let v = &vector()["safety_words"];
    let place = place();
    let seats: Vec<Seat> = v["roster"].as_array().unwrap().iter().map(seat).collect();
    assert_eq!(json!(EXPORT_LABEL), v["exporter_label"]);
    assert_eq!(json!(hex::encode(roster_context(&place, &seats).unwrap().0)), v["exporter_context"]);
    let nonces: Vec<_> = seats
        .iter()
        .zip(v["nonces"].as_array().unwrap())
        .map(|(seat, nonce)| (seat.leaf, array(nonce)))
        .collect();
    for (number, (seat, (leaf, nonce))) in seats.iter().zip(&nonces).enumerate() {
        let bound = commitment(&place, *leaf, seat.device, nonce).unwrap();
        assert_eq!(json!(hex::encode(bound.0)), v["commitments"][number]);
    }
    assert_eq!(json!(words_of(&array(&v["secret"]), &nonces).unwrap()), v["words"]);
}

#[test]
fn an_epochs_statement_has_the_committed_bytes() {
    let v = &vector()["epoch_statement"];
    let state = state_of(&EpochAuthenticator::from_bytes(array(&v["authenticator"]))).unwrap();
    assert_eq!(json!(hex::encode(state.0)), v["state"]);
    let SafetyPlace { desk, package, group, .. } = place();
    let leaf = u32::try_from(v["leaf"].as_u64().unwrap()).unwrap();
    let bytes =
        covered(&SplitPlace { desk, package, group }, leaf, v["epoch"].as_u64().unwrap(), &state).unwrap();
    assert_eq!(json!(hex::encode(bytes)), v["covered"]);
}

#[test]
fn the_frames_base_is_the_exporters_by_rfc_9605() {
    let mut world = World::new();
    let (call, _) = Call::of(&mut world, 2);
    assert_eq!(BASE_LABEL, "SFrame 1.0 Base Key");
    let member = &call.members[1];
    assert_eq!(member.frame_base().unwrap().expose(), &*member.export("SFrame 1.0 Base Key", b"").unwrap());
    assert_ne!(member.frame_base().unwrap().expose(), &*member.export("SFrame 1.0 Base Key", b"x").unwrap());
    assert_ne!(member.frame_base().unwrap().expose(), &*member.export(EXPORT_LABEL, b"").unwrap());
}

/// RFC 4231 §4.3: HMAC-SHA-384 with key "Jefe".
#[test]
fn hmac_and_hash_give_the_rfcs_answers() {
    let crypto = SeededCrypto::draw(&mut World::new().rng);
    let tag = crypto.hmac(HashType::Sha2_384, b"Jefe", b"what do ya want for nothing?").unwrap();
    assert_eq!(
        hex::encode(tag.as_slice()),
        "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"
    );
    // FIPS 180-4, "abc".
    assert_eq!(
        hex::encode(crypto.hash(HashType::Sha2_384, b"abc").unwrap()),
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
    );
}

/// RFC 5869 §2.2 and §2.3 say what extract and expand are in terms of HMAC.
#[test]
fn hkdf_is_the_hmac_that_the_rfc_says() {
    let crypto = SeededCrypto::draw(&mut World::new().rng);
    let hash = HashType::Sha2_384;
    let prk = crypto.hkdf_extract(hash, b"the salt", b"the secret").unwrap();
    assert_eq!(prk, crypto.hmac(hash, b"the salt", b"the secret").unwrap());
    let first = crypto.hmac(hash, prk.as_slice(), b"info\x01").unwrap();
    let second = crypto.hmac(hash, prk.as_slice(), &[first.as_slice(), b"info\x02"].concat()).unwrap();
    let expanded = crypto.hkdf_expand(hash, prk.as_slice(), b"info", 60).unwrap();
    assert_eq!(expanded.as_slice(), &[first.as_slice(), second.as_slice()].concat()[..60]);
}

/// Test case 16 of McGrew and Viega, "The Galois/Counter Mode of Operation".
#[test]
fn aes_256_gcm_gives_the_authors_answer() {
    let crypto = SeededCrypto::draw(&mut World::new().rng);
    let key = hex::decode("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308").unwrap();
    let nonce = hex::decode("cafebabefacedbaddecaf888").unwrap();
    let aad = hex::decode("feedfacedeadbeeffeedfacedeadbeefabaddad2").unwrap();
    let words = hex::decode(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525\
         b16aedf5aa0de657ba637b39",
    )
    .unwrap();
    let sealed = crypto.aead_encrypt(AeadType::Aes256Gcm, &key, &words, &nonce, &aad).unwrap();
    assert_eq!(
        hex::encode(&sealed),
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838\
         c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
    );
    assert_eq!(crypto.aead_decrypt(AeadType::Aes256Gcm, &key, &sealed, &nonce, &aad).unwrap(), words);
    assert!(crypto.aead_decrypt(AeadType::Aes256Gcm, &key, &sealed, &nonce, b"").is_err());
}
