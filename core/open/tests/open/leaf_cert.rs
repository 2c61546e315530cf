//! A leaf's certificate holds for the device, the call and the leaf that it names, and for nothing else.

use chancery_log::id::{DeskId, DeviceId, PackageId, PartyId};
use chancery_open::device::SignError;
use chancery_seal::{
    device::CHALLENGE_PREFIX,
    leaf_cert::{
        Admitted, LEAF_CERT_BYTES_MAX, LEAF_CERT_MS_MAX, LEAF_CERT_PREFIX, LEAF_CERT_SKEW_MS_MAX, LeafCert,
        LeafCertError, LeafPlace, SignedLeafCert,
    },
};
use serde_bytes::ByteArray;

use crate::fixed::{DESK, device};

const NOW_MS: u64 = 1_800_000_000_000;

const PLACE: LeafPlace =
    LeafPlace { desk: DESK, package: PackageId([2; 16]), leaf_key: [4; 32], now_ms: NOW_MS };

const PARTY: PartyId = PartyId([3; 16]);

fn cert(of: DeviceId) -> LeafCert {
    LeafCert {
        desk: DESK,
        package: PackageId([2; 16]),
        party: PARTY,
        device: of,
        leaf_key: ByteArray::new([4; 32]),
        not_after_ms: NOW_MS + LEAF_CERT_MS_MAX,
    }
}

fn admitted(number: u8) -> Admitted {
    Admitted::new(PARTY, device(number).public().clone())
}

#[test]
fn a_certificate_comes_back_as_written_and_holds_where_it_says() {
    let signed = device(1).certify_leaf(cert(device(1).id())).unwrap();
    let bytes = signed.encode().unwrap();
    assert_eq!(SignedLeafCert::read(&bytes), Ok(signed));
    assert_eq!(signed.check(&PLACE, &[admitted(2), admitted(1)]), Ok(()));
    let refused = signed.check(&PLACE, &[admitted(2)]);
    assert_eq!(refused, Err(LeafCertError::NotAdmitted(device(1).id())));
}

#[test]
fn a_device_certifies_its_own_leaves_only() {
    let refused = device(1).certify_leaf(cert(device(2).id()));
    assert_eq!(refused, Err(SignError::NotOwnLeaf { own: device(1).id(), named: device(2).id() }));
}

#[test]
fn every_field_is_under_the_signature() {
    let own = device(1).id();
    let signed = device(1).certify_leaf(cert(own)).unwrap();
    let other = SignedLeafCert { cert: cert(device(2).id()), ..signed };
    let refused = other.check(&PLACE, &[admitted(2)]);
    assert_eq!(refused, Err(LeafCertError::Signature(device(2).id())));
    let changes: [fn(&mut LeafCert, &mut LeafPlace, &mut PartyId); 5] = [
        |cert, place, _| (cert.desk, place.desk) = (DeskId([9; 16]), DeskId([9; 16])),
        |cert, place, _| (cert.package, place.package) = (PackageId([9; 16]), PackageId([9; 16])),
        |cert, _, party| (cert.party, *party) = (PartyId([9; 16]), PartyId([9; 16])),
        |cert, place, _| (cert.leaf_key, place.leaf_key) = (ByteArray::new([9; 32]), [9; 32]),
        |cert, _, _| cert.not_after_ms -= 1,
    ];
    for change in changes {
        let (mut changed, mut place, mut party) = (signed, PLACE, PARTY);
        change(&mut changed.cert, &mut place, &mut party);
        let known = Admitted::new(party, device(1).public().clone());
        assert_eq!(changed.check(&place, &[known]), Err(LeafCertError::Signature(own)));
    }
}

#[test]
fn a_certificate_ends_and_can_not_be_made_to_last() {
    let own = device(1).id();
    let end = |not_after_ms: u64| {
        let signed = device(1).certify_leaf(LeafCert { not_after_ms, ..cert(own) }).unwrap();
        signed.check(&PLACE, &[admitted(1)])
    };
    assert_eq!(end(NOW_MS), Ok(()));
    let over = NOW_MS - 1;
    assert_eq!(end(over), Err(LeafCertError::Expired { device: own, not_after_ms: over, now_ms: NOW_MS }));
    let longest = NOW_MS + LEAF_CERT_MS_MAX + LEAF_CERT_SKEW_MS_MAX;
    assert_eq!(end(longest), Ok(()));
    let (not_after_ms, now_ms) = (longest + 1, NOW_MS);
    assert_eq!(end(longest + 1), Err(LeafCertError::TooFar { device: own, not_after_ms, now_ms }));
}

#[test]
fn what_a_certificate_signs_is_neither_an_act_nor_a_challenge() {
    let covered = cert(device(1).id()).covered().unwrap();
    assert!(covered.starts_with(LEAF_CERT_PREFIX) && !covered.starts_with(CHALLENGE_PREFIX));
    assert!(!covered.starts_with(b"\x84\x6aSignature1"));
    assert_eq!(device(1).sign_challenge(&covered), Err(SignError::NotAChallenge));
}

#[test]
fn bytes_that_are_no_certificate_are_refused() {
    let bytes = device(1).certify_leaf(cert(device(1).id())).unwrap().encode().unwrap();
    for cut in [0, 1, bytes.len() - 1] {
        assert!(matches!(SignedLeafCert::read(&bytes[..cut]), Err(LeafCertError::Cbor(_))));
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert!(matches!(SignedLeafCert::read(&longer), Err(LeafCertError::Cbor(_))));
    let huge = vec![0; LEAF_CERT_BYTES_MAX + 1];
    assert_eq!(SignedLeafCert::read(&huge), Err(LeafCertError::TooLong(LEAF_CERT_BYTES_MAX + 1)));
}
