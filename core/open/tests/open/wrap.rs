//! A wrap opens for its reader, in its place, and gives the secret that the log commits to.

use crate::fixed::{ALICE, OFFICE, device, device_key, name, package, rng, secret, stated, to_device};
use chancery_log::id::{PackageId, Vault};
use chancery_open::{
    generation::CommitmentError,
    wrap::{ReaderKey, UnwrapError, WrapError, unwrap, wrap},
};
use chancery_seal::{
    vault::{Reader, WrappedTo},
    wraps::{Wraps, WrapsError},
};

#[test]
fn each_reader_unwraps_the_secret_and_nobody_else_does() {
    let of = name(Vault::Person(ALICE), 1);
    let (one, two, stranger) = (device(1), device(2), device(3));
    let generation = stated(&secret(9), &of, false);
    let wraps = wrap(&secret(9), &of, &[device_key(&one), device_key(&two)], &mut rng(4)).unwrap();
    for reader in [&one, &two] {
        let opened = unwrap(&wraps, &of, to_device(reader), reader.receiving_key(), &generation).unwrap();
        assert_eq!(opened.expose(), secret(9).expose());
    }
    let refused = unwrap(&wraps, &of, to_device(&stranger), stranger.receiving_key(), &generation);
    assert_eq!(refused.err(), Some(UnwrapError::NotToReader(to_device(&stranger))));
    let refused = unwrap(&wraps, &of, to_device(&one), stranger.receiving_key(), &generation);
    assert_eq!(refused.err(), Some(UnwrapError::Cipher));
}

#[test]
fn a_person_reads_an_office_and_through_it_a_package() {
    let (laptop, person, office) = (device(1), name(Vault::Person(ALICE), 1), name(Vault::Office(OFFICE), 1));
    let of = package(1);
    let (person_secret, office_secret, package_secret) = (secret(11), secret(12), secret(13));
    let person_stated = stated(&person_secret, &person, false);
    let office_stated = stated(&office_secret, &office, false);
    let as_alice = WrappedTo { reader: Reader::Person(ALICE), generation: 1 };
    let as_office = WrappedTo { reader: Reader::Office(OFFICE), generation: 1 };
    let mut rng = rng(6);
    let to_laptop = wrap(&person_secret, &person, &[device_key(&laptop)], &mut rng).unwrap();
    let alice_key = ReaderKey { to: as_alice, receives: &person_stated.receives };
    let to_alice = wrap(&office_secret, &office, &[alice_key], &mut rng).unwrap();
    let office_key = ReaderKey { to: as_office, receives: &office_stated.receives };
    let to_office = wrap(&package_secret, &of, &[office_key], &mut rng).unwrap();

    let opened =
        unwrap(&to_laptop, &person, to_device(&laptop), laptop.receiving_key(), &person_stated).unwrap();
    let key = opened.receiving_key(&person).unwrap();
    let opened = unwrap(&to_alice, &office, as_alice, &key, &office_stated).unwrap();
    let key = opened.receiving_key(&office).unwrap();
    let opened = unwrap(&to_office, &of, as_office, &key, &stated(&package_secret, &of, false)).unwrap();
    assert_eq!(opened.expose(), package_secret.expose());
}

#[test]
fn a_wrap_replayed_for_another_vault_generation_or_desk_does_not_open() {
    let reader = device(1);
    let of = package(1);
    let wraps = wrap(&secret(9), &of, &[device_key(&reader)], &mut rng(4)).unwrap();
    let mut other_desk = of;
    other_desk.desk.0[3] ^= 1;
    for elsewhere in [package(2), name(Vault::Package(PackageId([1; 16])), 1), other_desk] {
        let generation = stated(&secret(9), &elsewhere, false);
        let refused = unwrap(&wraps, &elsewhere, to_device(&reader), reader.receiving_key(), &generation);
        assert_eq!(refused.err(), Some(UnwrapError::Cipher));
    }
}

#[test]
fn swapped_readers_in_a_bundle_do_not_open() {
    let of = package(1);
    let (one, two) = (device(1), device(2));
    let wraps = wrap(&secret(9), &of, &[device_key(&one), device_key(&two)], &mut rng(4)).unwrap();
    let mut swapped = wraps.all().to_vec();
    let first = swapped[0].to;
    swapped[0].to = swapped[1].to;
    swapped[1].to = first;
    let swapped = Wraps::new(swapped).unwrap();
    let generation = stated(&secret(9), &of, false);
    for reader in [&one, &two] {
        let refused = unwrap(&swapped, &of, to_device(reader), reader.receiving_key(), &generation);
        assert_eq!(refused.err(), Some(UnwrapError::Cipher));
    }
}

#[test]
fn a_wrap_to_an_older_generation_of_the_reader_is_not_taken_for_the_newer() {
    let (of, office) = (package(1), name(Vault::Office(OFFICE), 1));
    let key = secret(5).receiving_key(&office).unwrap();
    let (older, newer) = (
        WrappedTo { reader: Reader::Office(OFFICE), generation: 1 },
        WrappedTo { reader: Reader::Office(OFFICE), generation: 2 },
    );
    let public = key.public();
    let wraps = wrap(&secret(9), &of, &[ReaderKey { to: older, receives: &public }], &mut rng(4)).unwrap();
    let generation = stated(&secret(9), &of, false);
    let refused = unwrap(&wraps, &of, newer, &key, &generation);
    assert_eq!(refused.err(), Some(UnwrapError::NotToReader(newer)));
    let mut relabelled = wraps.all().to_vec();
    relabelled[0].to = newer;
    let relabelled = Wraps::new(relabelled).unwrap();
    assert_eq!(unwrap(&relabelled, &of, newer, &key, &generation).err(), Some(UnwrapError::Cipher));
}

#[test]
fn a_maker_who_wraps_another_secret_than_the_one_committed_to_is_found_out() {
    let (of, reader) = (package(1), device(1));
    let wraps = wrap(&secret(8), &of, &[device_key(&reader)], &mut rng(4)).unwrap();
    let refused =
        unwrap(&wraps, &of, to_device(&reader), reader.receiving_key(), &stated(&secret(9), &of, false));
    assert_eq!(refused.err(), Some(UnwrapError::Commitment(CommitmentError::Commitment(of))));
}

#[test]
fn a_ghost_reader_in_the_bundle_is_named() {
    let of = package(1);
    let (one, ghost) = (device(1), device(66));
    let wraps = wrap(&secret(9), &of, &[device_key(&one), device_key(&ghost)], &mut rng(4)).unwrap();
    let refused = wraps.check(&[to_device(&one)]);
    assert!(
        matches!(refused, Err(WrapsError::Readers { expected: 1, got: 2, first }) if first == to_device(&ghost)
        || first == to_device(&one))
    );
    let alone = wrap(&secret(9), &of, &[device_key(&one)], &mut rng(4)).unwrap();
    assert_eq!(alone.check(&[to_device(&one)]), Ok(()));
    let mut both = vec![to_device(&one), to_device(&ghost)];
    both.sort();
    assert!(matches!(alone.check(&both), Err(WrapsError::Readers { expected: 2, got: 1, .. })));
}

#[test]
fn a_reader_whose_key_is_no_key_is_named() {
    let of = package(1);
    let one = device(1);
    for broken in [vec![0xff; 1216], vec![], vec![1; 1215]] {
        let reader = ReaderKey { to: to_device(&one), receives: &broken };
        let refused = wrap(&secret(9), &of, &[reader], &mut rng(4));
        assert!(
            matches!(refused, Err(WrapError::Reader { reader: Reader::Device(id), .. }) if id == one.id())
        );
    }
    assert!(matches!(wrap(&secret(9), &of, &[], &mut rng(4)), Err(WrapError::Wraps(WrapsError::Count(0)))));
}

#[test]
fn a_truncated_bundle_does_not_read() {
    let of = package(1);
    let bytes = wrap(&secret(9), &of, &[device_key(&device(1))], &mut rng(4)).unwrap().encode().unwrap();
    for length in 0..bytes.len() {
        assert!(Wraps::read(&bytes[..length]).is_err());
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(Wraps::read(&longer).is_err());
    assert!(Wraps::read(&bytes).is_ok());
}
