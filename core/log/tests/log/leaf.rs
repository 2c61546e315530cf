//! The leaf has one encoding.

use chancery_log::{
    act::Head,
    id::{Digest, Scope},
    leaf::{self, Leaf, LeafBytes, LeafError},
};
use proptest::prelude::*;

use crate::world::package;

fn one() -> Leaf {
    Leaf {
        index: 5,
        logged_ms: 1_800_000_000_000,
        scope: package(4),
        before: Head { count: 2, last: Digest([6; 32]) },
        trust_count: 3,
        act: Digest([8; 32]),
        class: 3,
    }
}

#[test]
fn every_changed_byte_gives_another_leaf_or_none() {
    let bytes = LeafBytes::write(one()).unwrap();
    for place in 0..bytes.bytes().len() {
        let mut changed = bytes.bytes().to_vec();
        changed[place] ^= 1;
        if let Ok(read) = LeafBytes::read(&changed) {
            assert_ne!(*read.leaf(), one(), "byte {place}");
            assert_ne!(read.hash(), bytes.hash());
        }
        assert!(LeafBytes::read(&bytes.bytes()[..place]).is_err(), "cut at {place}");
    }
}

#[test]
fn a_longer_spelling_of_the_same_numbers_is_refused() {
    let bytes = LeafBytes::write(one()).unwrap().bytes().to_vec();
    // The index, 5, after the array's head and the version.
    assert_eq!(bytes[..3], [0x89, 1, 5]);
    let mut long = bytes.clone();
    long.splice(2..3, [0x18, 5]);
    assert_eq!(LeafBytes::read(&long), Err(LeafError::Encoding));
    let mut trailing = bytes;
    trailing.push(0);
    assert!(matches!(LeafBytes::read(&trailing), Err(LeafError::Cbor(_))));
}

#[test]
fn a_newer_version_says_what_to_do() {
    let mut bytes = LeafBytes::write(one()).unwrap().bytes().to_vec();
    bytes[1] = 2;
    let refused = LeafBytes::read(&bytes).unwrap_err();
    assert_eq!(refused, LeafError::Version(2));
    assert!(refused.to_string().contains("update this one"));
}

#[test]
fn a_leaf_that_claims_the_last_place_there_is_does_no_harm() {
    let before = Head { count: u64::MAX, last: Digest::NONE };
    let leaf = LeafBytes::write(Leaf { before, ..one() }).unwrap();
    assert_eq!(leaf.after().count, u64::MAX);
}

proptest! {
    #![proptest_config(crate::world::told())]

    #[test]
    fn what_is_written_reads_back(
        index: u64, logged_ms: u64, trust: bool, count: u64, last: [u8; 32], trust_count: u64, class: u16,
    ) {
        let scope = if trust { Scope::Trust } else { package(9) };
        let before = Head { count, last: Digest(last) };
        let leaf = Leaf { index, logged_ms, scope, before, trust_count, act: Digest([1; 32]), class };
        let written = LeafBytes::write(leaf.clone()).unwrap();
        let read = LeafBytes::read(written.bytes()).unwrap();
        prop_assert_eq!(read.leaf(), &leaf);
        prop_assert_eq!(read.hash(), leaf::hash(written.bytes()));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(LeafBytes::read(&bytes).is_err());
    }
}
