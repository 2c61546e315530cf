//! The act's envelope, and what attackers send instead.

use chancery_log::{
    act::{self, ACT_BYTES_MAX, ActError, Head, ReceivedAct, Seen},
    cbor::CborError,
    id::{DeviceId, Digest, Scope},
};
use ciborium::Value;
use coset::{CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, iana};
use ed25519_dalek::{Signer, SigningKey};
use proptest::prelude::*;
use serde_bytes::ByteBuf;

use crate::world::{device_key, envelope, package};

const NOTHING_SEEN: Seen = Seen { trust: Head::EMPTY, scope: Head::EMPTY };

/// A CBOR map, in the order of its bytes.
type Fields = Vec<(Value, Value)>;

fn signed() -> Vec<u8> {
    act::sign(&envelope(Scope::Trust, 1, NOTHING_SEEN), &device_key()).unwrap()
}

fn cose_error(bytes: Vec<u8>) -> String {
    match ReceivedAct::read(bytes) {
        Err(ActError::Cose(why)) => why,
        other => panic!("expected a refusal of the COSE form, got {other:?}"),
    }
}

/// Signs as `act::sign` does, but lets the test change what is signed.
fn sign_otherwise(change: impl FnOnce(CoseSign1Builder) -> CoseSign1Builder, aad: &[u8]) -> Vec<u8> {
    let original = CoseSign1::from_slice(&signed()).unwrap();
    let header = HeaderBuilder::new()
        .algorithm(iana::Algorithm::EdDSA)
        .key_id(original.protected.header.key_id.clone())
        .build();
    let builder = CoseSign1Builder::new().protected(header).payload(original.payload.unwrap());
    let key = device_key();
    change(builder).create_signature(aad, |text| key.sign(text).to_bytes().to_vec()).build().to_vec().unwrap()
}

#[test]
fn a_signed_act_reads_back_and_keeps_its_bytes() {
    let bytes = signed();
    let received = ReceivedAct::read(bytes.clone()).unwrap();
    let expected = envelope(Scope::Trust, 1, NOTHING_SEEN);
    assert_eq!(received.claimed_author(), expected.author);
    assert_eq!(received.claimed_content(), expected.content.as_slice());
    let verified = received.verify(&device_key().verifying_key()).unwrap();
    assert_eq!(verified.bytes(), bytes);
    assert_eq!(verified.digest(), Digest::of(&bytes));
    assert_eq!(*verified.envelope(), expected);
}

#[test]
fn another_devices_signature_is_refused() {
    let received = ReceivedAct::read(signed()).unwrap();
    let author = received.claimed_author();
    let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
    assert_eq!(received.verify(&other), Err(ActError::Signature(author)));
}

#[test]
fn every_changed_byte_and_every_cut_is_refused() {
    let bytes = signed();
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let read = ReceivedAct::read(changed).and_then(|act| act.verify(&device_key().verifying_key()));
        assert!(read.is_err(), "byte {place} changed");
        assert!(ReceivedAct::read(bytes[..place].to_vec()).is_err(), "cut at {place}");
    }
    let mut longer = bytes;
    longer.push(0);
    assert!(ReceivedAct::read(longer).is_err());
}

#[test]
fn the_same_act_in_another_spelling_is_refused() {
    let bytes = signed();
    // An array of indefinite length, closed by a break: the same COSE_Sign1 to a lenient reader.
    let mut indefinite = bytes.clone();
    indefinite[0] = 0x9f;
    indefinite.push(0xff);
    assert_eq!(cose_error(indefinite), "not in its shortest encoding");
}

#[test]
fn a_signature_made_for_something_else_is_not_an_act() {
    let bytes = sign_otherwise(|builder| builder, b"chancery/hello/1");
    let received = ReceivedAct::read(bytes).unwrap();
    let author = received.claimed_author();
    assert_eq!(received.verify(&device_key().verifying_key()), Err(ActError::Signature(author)));
}

#[test]
fn the_signature_names_the_author() {
    let other = DeviceId([5; 32]);
    let header = HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).key_id(other.0.to_vec()).build();
    let bytes = sign_otherwise(|builder| builder.protected(header), b"chancery/act/1");
    let author = envelope(Scope::Trust, 1, NOTHING_SEEN).author;
    assert_eq!(ReceivedAct::read(bytes).unwrap_err(), ActError::AuthorMismatch { kid: other, author });
}

#[test]
fn other_algorithms_and_further_headers_are_refused() {
    let kid = envelope(Scope::Trust, 1, NOTHING_SEEN).author.0.to_vec();
    let es256 = HeaderBuilder::new().algorithm(iana::Algorithm::ES256).key_id(kid.clone()).build();
    let bytes = sign_otherwise(|builder| builder.protected(es256), b"chancery/act/1");
    assert_eq!(cose_error(bytes), "another algorithm");

    let unprotected = HeaderBuilder::new().key_id(kid.clone()).build();
    let bytes = sign_otherwise(|builder| builder.unprotected(unprotected), b"chancery/act/1");
    assert_eq!(cose_error(bytes), "header parameters beyond alg and kid");

    for more in [
        HeaderBuilder::new().add_critical(iana::HeaderParameter::Kid),
        HeaderBuilder::new().text_value("x".into(), Value::Null),
        HeaderBuilder::new().content_type("text/plain".into()),
        HeaderBuilder::new().iv(vec![1]),
    ] {
        let header = more.algorithm(iana::Algorithm::EdDSA).key_id(kid.clone()).build();
        let bytes = sign_otherwise(|builder| builder.protected(header), b"chancery/act/1");
        assert_eq!(cose_error(bytes), "header parameters beyond alg and kid");
    }
}

#[test]
fn a_payload_with_an_unknown_field_or_a_newer_version_is_refused() {
    let payload = |change: fn(&mut Fields)| {
        let original = CoseSign1::from_slice(&signed()).unwrap().payload.unwrap();
        let Value::Map(mut fields) = ciborium::from_reader(original.as_slice()).unwrap() else {
            panic!("no map")
        };
        change(&mut fields);
        let mut bytes = Vec::new();
        ciborium::into_writer(&Value::Map(fields), &mut bytes).unwrap();
        ReceivedAct::read(sign_otherwise(|builder| builder.payload(bytes), b"chancery/act/1")).unwrap_err()
    };
    let extra = payload(|fields| fields.push((Value::from("more"), Value::from(1))));
    assert!(matches!(extra, ActError::Cbor(CborError::Shape { .. })), "{extra:?}");
    let newer = payload(|fields| fields[0].1 = Value::from(2));
    assert_eq!(newer, ActError::Version(2));
    assert!(newer.to_string().contains("update this one"));
}

#[test]
fn an_act_has_a_greatest_length() {
    let mut long = envelope(package(1), 1, NOTHING_SEEN);
    long.content = ByteBuf::from(vec![0; ACT_BYTES_MAX]);
    let Err(ActError::TooLong(got)) = act::sign(&long, &device_key()) else { panic!("it was signed") };
    assert!(got > ACT_BYTES_MAX);
    let read = ReceivedAct::read(vec![0; ACT_BYTES_MAX + 1]);
    assert_eq!(read.unwrap_err(), ActError::TooLong(ACT_BYTES_MAX + 1));
}

proptest! {
    #![proptest_config(crate::world::told())]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(ReceivedAct::read(bytes).is_err());
    }
}
