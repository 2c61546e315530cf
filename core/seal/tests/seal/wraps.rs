//! A bundle of wraps holds each reader once, in order, and exactly the readers that its act names.

use chancery_log::id::DeviceId;
use chancery_seal::{
    vault::{READERS_MAX, Reader, WrappedTo},
    wraps::{Wrap, Wraps, WrapsError},
};
use serde_bytes::ByteArray;

fn to(number: usize) -> WrappedTo {
    let mut id = [0; 32];
    id[0] = u8::try_from(number / 256).unwrap();
    id[1] = u8::try_from(number % 256).unwrap();
    WrappedTo { reader: Reader::Device(DeviceId(id)), generation: 0 }
}

fn wrap(number: usize) -> Wrap {
    Wrap { to: to(number), enc: ByteArray::new([1; 1120]), sealed: ByteArray::new([2; 48]) }
}

pub(crate) fn bundle(readers: usize) -> Wraps {
    Wraps::new((0..readers).rev().map(wrap).collect()).unwrap()
}

#[test]
fn wraps_are_sorted_and_come_back_as_written() {
    let made = bundle(3);
    assert_eq!(made.all().iter().map(|wrap| wrap.to).collect::<Vec<_>>(), [to(0), to(1), to(2)]);
    assert_eq!(Wraps::read(&made.encode().unwrap()), Ok(made.clone()));
    assert!(made.to(to(1)).is_some() && made.to(to(3)).is_none());
}

#[test]
fn the_act_must_name_exactly_the_readers_of_the_bundle() {
    let made = bundle(3);
    assert_eq!(made.check(&[to(0), to(1), to(2)]), Ok(()));
    let missing = made.check(&[to(0), to(1), to(2), to(3)]);
    assert_eq!(missing, Err(WrapsError::Readers { expected: 4, got: 3, first: to(3) }));
    let ghost = made.check(&[to(0), to(2)]);
    assert_eq!(ghost, Err(WrapsError::Readers { expected: 2, got: 3, first: to(1) }));
    let other_generation = WrappedTo { generation: 1, ..to(1) };
    assert!(made.check(&[to(0), other_generation, to(2)]).is_err());
    assert!(made.check(&[]).is_err());
}

#[test]
fn a_reader_twice_is_refused_also_under_two_generations() {
    assert_eq!(Wraps::new(vec![wrap(1), wrap(1)]), Err(WrapsError::Order(to(1))));
    let mut newer = wrap(1);
    newer.to.generation = 1;
    assert!(matches!(Wraps::new(vec![wrap(1), newer]), Err(WrapsError::Order(_))));
}

#[test]
fn none_and_too_many_are_refused_and_the_most_fit_one_body() {
    assert_eq!(Wraps::new(vec![]), Err(WrapsError::Count(0)));
    let most = bundle(READERS_MAX).encode().unwrap();
    assert!(Wraps::read(&most).is_ok());
    let more = Wraps::new((0..=READERS_MAX).map(wrap).collect());
    assert_eq!(more, Err(WrapsError::Count(READERS_MAX + 1)));
}
