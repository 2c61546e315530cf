//! A generation that could not be right is refused before anybody looks for a key.

use chancery_log::id::{DeviceId, Digest, OfficeId, PackageId, PersonId, Vault};
use chancery_seal::vault::{Generation, GenerationError, READERS_MAX, Reader, WrappedTo, check_readers};
use serde_bytes::ByteBuf;

const PERSON: Vault = Vault::Person(PersonId([1; 16]));
const OFFICE: Vault = Vault::Office(OfficeId([2; 16]));
const PACKAGE: Vault = Vault::Package(PackageId([3; 16]));

fn device(id: u8) -> WrappedTo {
    WrappedTo { reader: Reader::Device(DeviceId([id; 32])), generation: 0 }
}

fn person(id: u8) -> WrappedTo {
    WrappedTo { reader: Reader::Person(PersonId([id; 16])), generation: 1 }
}

fn office(id: u8) -> WrappedTo {
    WrappedTo { reader: Reader::Office(OfficeId([id; 16])), generation: 3 }
}

fn generation(receives: usize, readers: Vec<WrappedTo>) -> Generation {
    let receives = ByteBuf::from(vec![0; receives]);
    Generation { number: 1, commitment: Digest([0; 32]), receives, readers, chained: false }
}

#[test]
fn each_vault_has_readers_of_its_own_kind() {
    assert_eq!(check_readers(PERSON, &[device(1), device(2)]), Ok(()));
    assert_eq!(check_readers(OFFICE, &[person(1), person(2)]), Ok(()));
    assert_eq!(check_readers(PACKAGE, &[person(1), office(1)]), Ok(()));
    for (vault, wrong) in [
        (PERSON, person(1)),
        (PERSON, office(1)),
        (OFFICE, device(1)),
        (OFFICE, office(1)),
        (PACKAGE, device(1)),
    ] {
        let refused = GenerationError::WrongReader { vault, reader: wrong.reader };
        assert_eq!(check_readers(vault, &[wrong]), Err(refused));
    }
}

#[test]
fn readers_are_sorted_none_twice_at_least_one_and_not_too_many() {
    let order = |readers: &[WrappedTo]| check_readers(PACKAGE, readers);
    assert_eq!(order(&[person(2), person(1)]), Err(GenerationError::Order(person(1).reader)));
    assert_eq!(order(&[person(1), person(1)]), Err(GenerationError::Order(person(1).reader)));
    let newer = WrappedTo { generation: 9, ..person(1) };
    assert_eq!(order(&[person(1), newer]), Err(GenerationError::Order(newer.reader)));
    assert_eq!(order(&[]), Err(GenerationError::NoReader(PACKAGE)));
    let many = vec![person(1); READERS_MAX + 1];
    assert_eq!(order(&many), Err(GenerationError::TooManyReaders(READERS_MAX + 1)));
}

#[test]
fn a_device_has_no_generations_and_everybody_else_has() {
    let odd = WrappedTo { generation: 1, ..device(1) };
    let refused = GenerationError::WrongReaderGeneration { reader: odd.reader, generation: 1 };
    assert_eq!(check_readers(PERSON, &[odd]), Err(refused));
    let odd = WrappedTo { generation: 0, ..person(1) };
    let refused = GenerationError::WrongReaderGeneration { reader: odd.reader, generation: 0 };
    assert_eq!(check_readers(OFFICE, &[odd]), Err(refused));
}

#[test]
fn persons_and_offices_publish_a_receiving_key_and_packages_do_not() {
    assert_eq!(generation(1216, vec![device(1)]).check(PERSON), Ok(()));
    assert_eq!(generation(1216, vec![person(1)]).check(OFFICE), Ok(()));
    assert_eq!(generation(0, vec![person(1)]).check(PACKAGE), Ok(()));
    for (vault, reader, got, expected) in
        [(PERSON, device(1), 0, 1216), (OFFICE, person(1), 1215, 1216), (PACKAGE, person(1), 1216, 0)]
    {
        let refused = GenerationError::Receives { vault, expected, got };
        assert_eq!(generation(got, vec![reader]).check(vault), Err(refused));
    }
}

#[test]
fn numbers_begin_at_one_and_the_first_has_none_before_it() {
    let good = generation(0, vec![person(1)]);
    assert_eq!(Generation { number: 0, ..good.clone() }.check(PACKAGE), Err(GenerationError::Zero));
    let refused = Generation { chained: true, ..good.clone() }.check(PACKAGE);
    assert_eq!(refused, Err(GenerationError::FirstChained));
    assert_eq!(Generation { number: 2, chained: true, ..good }.check(PACKAGE), Ok(()));
}
