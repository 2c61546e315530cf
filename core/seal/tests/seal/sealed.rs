//! Stored bytes are those that an act names, or are refused with both numbers.

use chancery_log::{
    act::{ACT_VERSION, BodyKind, Envelope, Head, Seen},
    id::{DeskId, DeviceId, Digest, PackageId, Scope, Vault},
};
use chancery_seal::{
    sealed::{BODY_BYTES_MAX, BodyContext, SEALED_OVERHEAD_BYTES, SealedBody, SealedError, check, reference},
    vault::GenerationName,
};
use serde_bytes::ByteBuf;

const VAULT: Vault = Vault::Package(PackageId([1; 16]));

#[test]
fn bytes_are_checked_by_length_and_digest() {
    let named = reference(BodyKind::Wraps(VAULT, 1), b"bundle").unwrap();
    assert_eq!(check(b"bundle", &named), Ok(()));
    assert_eq!(check(b"bundl", &named), Err(SealedError::Length { expected: 6, got: 5 }));
    let got = Digest::of(b"bungle");
    assert_eq!(check(b"bungle", &named), Err(SealedError::Sha256 { expected: named.sha256, got }));
}

#[test]
fn the_largest_body_is_named_and_a_larger_one_is_not() {
    let largest = vec![0; BODY_BYTES_MAX];
    assert!(reference(BodyKind::Wraps(VAULT, 1), &largest).is_ok());
    let larger = vec![0; BODY_BYTES_MAX + 1];
    let refused = SealedError::TooLong(BODY_BYTES_MAX + 1);
    assert_eq!(reference(BodyKind::Wraps(VAULT, 1), &larger), Err(refused));
}

#[test]
fn a_body_is_read_in_its_parts_and_a_shorter_one_or_another_version_is_refused() {
    let body = SealedBody::assemble([7; 32], &[9; 20]).unwrap();
    assert_eq!((body.salt(), body.ciphertext()), (&[7; 32], [9; 20].as_slice()));
    assert_eq!(SealedBody::read(body.bytes().to_vec()), Ok(body.clone()));
    let mut other = body.into_bytes();
    other[0] = 2;
    assert_eq!(SealedBody::read(other), Err(SealedError::Version(2)));
    let short = vec![1; SEALED_OVERHEAD_BYTES - 1];
    assert_eq!(SealedBody::read(short.clone()), Err(SealedError::TooShort(short.len())));
    assert_eq!(SealedBody::read(vec![]), Err(SealedError::TooShort(0)));
}

#[test]
fn a_bodys_place_is_read_from_its_act() {
    let sealed = reference(BodyKind::Sealed(VAULT, 3), b"x").unwrap();
    let wraps = reference(BodyKind::Wraps(VAULT, 3), b"y").unwrap();
    let act = Envelope {
        version: ACT_VERSION,
        desk: DeskId([8; 16]),
        author: DeviceId([9; 32]),
        scope: Scope::Package(PackageId([1; 16])),
        counter: 12,
        said_ms: 0,
        seen: Seen { trust: Head::EMPTY, scope: Head::EMPTY },
        bodies: vec![wraps, sealed],
        content: ByteBuf::new(),
    };
    let place = BodyContext::in_act(&act, 1).unwrap();
    let under = GenerationName { desk: act.desk, vault: VAULT, number: 3 };
    let expected = BodyContext { under, author: act.author, scope: act.scope, counter: 12, index: 1 };
    assert_eq!(place, expected);
    assert_eq!(BodyContext::in_act(&act, 0), None, "wraps are not words");
    assert_eq!(BodyContext::in_act(&act, 2), None, "there is no third body");
}

#[test]
fn no_two_places_have_the_same_associated_data() {
    let under = GenerationName { desk: DeskId([8; 16]), vault: VAULT, number: 3 };
    let here = BodyContext { under, author: DeviceId([9; 32]), scope: Scope::Trust, counter: 12, index: 1 };
    let places = [
        here,
        BodyContext { under: GenerationName { desk: DeskId([0; 16]), ..under }, ..here },
        BodyContext { under: GenerationName { number: 4, ..under }, ..here },
        BodyContext { author: DeviceId([0; 32]), ..here },
        BodyContext { scope: Scope::Package(PackageId([1; 16])), ..here },
        BodyContext { counter: 13, ..here },
        BodyContext { index: 2, ..here },
    ];
    let data: std::collections::BTreeSet<_> =
        places.iter().map(|place| place.associated_data().unwrap()).collect();
    assert_eq!(data.len(), places.len());
}
