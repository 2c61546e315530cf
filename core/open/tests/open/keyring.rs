//! A keyring holds only what the log commits to, finds the key for each reader, and forgets when told.

use chancery_log::id::Vault;
use chancery_open::{generation::CommitmentError, keyring::Keyring};
use chancery_seal::vault::{Reader, WrappedTo};

use crate::fixed::{ALICE, DESK, OFFICE, PACKAGE, device, name, package, secret, stated, to_device};

#[test]
fn the_newest_generation_is_the_highest_number_whatever_came_last() {
    let mut keyring = Keyring::new(DESK);
    let vault = Vault::Package(PACKAGE);
    for number in [2_u8, 3, 1] {
        let generation = stated(&secret(number), &package(u32::from(number)), false);
        keyring.insert(vault, &generation, secret(number)).unwrap();
    }
    let (number, newest) = keyring.newest(vault).unwrap();
    assert_eq!((number, newest.expose()), (3, secret(3).expose()));
    assert_eq!(keyring.get(vault, 1).unwrap().expose(), secret(1).expose());
    assert!(keyring.get(vault, 4).is_none());
    assert_eq!(keyring.all().count(), 3);
}

#[test]
fn a_secret_that_the_log_does_not_commit_to_stays_out() {
    let mut keyring = Keyring::new(DESK);
    let generation = stated(&secret(1), &package(1), false);
    let refused = keyring.insert(Vault::Package(PACKAGE), &generation, secret(2));
    assert_eq!(refused, Err(CommitmentError::Commitment(package(1))));
    assert!(keyring.newest(Vault::Package(PACKAGE)).is_none());
}

#[test]
fn each_reader_finds_its_own_key_and_a_stranger_none() {
    let (own, stranger) = (device(1), device(2));
    let mut keyring = Keyring::new(DESK);
    let office = Vault::Office(OFFICE);
    let generation = stated(&secret(1), &name(office, 2), false);
    keyring.insert(office, &generation, secret(1)).unwrap();
    let as_office = |generation| WrappedTo { reader: Reader::Office(OFFICE), generation };
    assert_eq!(keyring.key_for(&own, as_office(2)).unwrap().public(), generation.receives);
    assert!(keyring.key_for(&own, as_office(1)).is_none());
    assert_eq!(keyring.key_for(&own, to_device(&own)).unwrap().public(), own.public().receives);
    assert!(keyring.key_for(&own, to_device(&stranger)).is_none());
    let as_alice = WrappedTo { reader: Reader::Person(ALICE), generation: 2 };
    assert!(keyring.key_for(&own, as_alice).is_none());
}

#[test]
fn a_forgotten_vault_is_gone_in_every_generation_and_the_others_stay() {
    let mut keyring = Keyring::new(DESK);
    for number in [1, 2] {
        let generation = stated(&secret(number), &package(u32::from(number)), false);
        keyring.insert(Vault::Package(PACKAGE), &generation, secret(number)).unwrap();
    }
    let person = Vault::Person(ALICE);
    keyring.insert(person, &stated(&secret(1), &name(person, 1), false), secret(1)).unwrap();
    keyring.forget(Vault::Package(PACKAGE));
    assert_eq!(keyring.all().map(|(vault, _, _)| vault).collect::<Vec<_>>(), [person]);
}
