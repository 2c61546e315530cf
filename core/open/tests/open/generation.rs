//! A generation's secret is the one that the log commits to, with the receiving key that follows from it.

use crate::fixed::{ALICE, OFFICE, name, package, secret, stated};
use chancery_log::id::{Digest, PackageId, Vault};
use chancery_open::generation::CommitmentError;
use chancery_seal::device::RECEIVE_KEY_BYTES;

#[test]
fn a_stated_generation_accepts_its_own_secret_and_no_other() {
    let of = package(1);
    let generation = stated(&secret(1), &of, false);
    assert_eq!(secret(1).check(&of, &generation), Ok(()));
    assert_eq!(secret(2).check(&of, &generation), Err(CommitmentError::Commitment(of)));
}

#[test]
fn a_commitment_holds_for_one_desk_vault_and_number_only() {
    let of = package(1);
    let generation = stated(&secret(1), &of, false);
    let mut other_desk = of;
    other_desk.desk.0[0] ^= 1;
    for elsewhere in [other_desk, name(Vault::Package(PackageId([1; 16])), 1)] {
        assert_eq!(secret(1).check(&elsewhere, &generation), Err(CommitmentError::Commitment(elsewhere)));
    }
    let mut renumbered = generation.clone();
    renumbered.number = 2;
    assert_eq!(secret(1).check(&package(2), &renumbered), Err(CommitmentError::Commitment(package(2))));
}

#[test]
fn an_older_generation_shown_as_the_newest_is_refused() {
    let (old, new) = (secret(1), secret(2));
    let newest = stated(&new, &package(2), true);
    assert_eq!(old.check(&package(2), &newest), Err(CommitmentError::Commitment(package(2))));
    assert_eq!(
        old.check(&package(1), &newest),
        Err(CommitmentError::Number { expected: 1, got: 2 }),
        "what is said about generation 2 does not count for generation 1"
    );
}

#[test]
fn a_receiving_key_that_somebody_else_holds_is_refused() {
    let of = name(Vault::Person(ALICE), 1);
    let mut generation = stated(&secret(1), &of, false);
    assert_eq!(generation.receives.len(), RECEIVE_KEY_BYTES);
    generation.receives = secret(2).receiving_key(&of).unwrap().public();
    assert_eq!(secret(1).check(&of, &generation), Err(CommitmentError::Receives(of)));
}

#[test]
fn packages_publish_no_receiving_key_and_everybody_else_does() {
    assert!(stated(&secret(1), &package(1), false).receives.is_empty());
    let office = name(Vault::Office(OFFICE), 1);
    assert_eq!(stated(&secret(1), &office, false).receives.len(), RECEIVE_KEY_BYTES);
}

#[test]
fn the_same_secret_gives_different_keys_in_different_vaults() {
    let (person, office) = (name(Vault::Person(ALICE), 1), name(Vault::Office(OFFICE), 1));
    let secret = secret(1);
    assert_ne!(
        secret.receiving_key(&person).unwrap().public(),
        secret.receiving_key(&office).unwrap().public()
    );
    assert_ne!(secret.commitment(&person), secret.commitment(&office));
    assert_ne!(secret.commitment(&person).unwrap(), Digest::of(secret.expose()));
}
