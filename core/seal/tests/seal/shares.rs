//! A bundle of shares is the dealing or the release that its act names.

use chancery_log::id::{DeviceId, PersonId};
use chancery_seal::{
    shares::{SHARES_MAX, SealedShare, Shares, SharesError},
    vault::{Reader, WrappedTo},
};
use serde_bytes::ByteArray;

fn custodian(x: u8) -> WrappedTo {
    WrappedTo { reader: Reader::Person(PersonId([x; 16])), generation: 1 }
}

fn share(x: u8, to: WrappedTo) -> SealedShare {
    SealedShare { x, to, enc: ByteArray::new([1; 1120]), sealed: ByteArray::new([2; 48]) }
}

pub(crate) fn dealing(custodians: u8) -> Shares {
    Shares::new((1..=custodians).map(|x| share(x, custodian(x))).collect()).unwrap()
}

#[test]
fn a_dealing_comes_back_as_written_and_fits_its_act() {
    let made = dealing(3);
    let read = Shares::read(&made.encode().unwrap()).unwrap();
    assert_eq!(read, made);
    assert_eq!(read.check_dealing(&[custodian(1), custodian(2), custodian(3)]), Ok(()));
    assert!(read.at(3).is_some() && read.at(4).is_none());
}

#[test]
fn a_dealing_to_others_or_out_of_place_is_refused() {
    let named = [custodian(1), custodian(2), custodian(3)];
    let to = WrappedTo { generation: 2, ..custodian(2) };
    let moved = Shares::new(vec![share(1, custodian(1)), share(2, to), share(3, custodian(3))]).unwrap();
    let refused = SharesError::To { x: 2, expected: custodian(2), got: to };
    assert_eq!(moved.check_dealing(&named), Err(refused));
    let twice = Shares::new(vec![share(1, custodian(1)), share(1, custodian(2)), share(3, custodian(3))]);
    let refused = SharesError::Place { expected: 2, got: 1 };
    assert_eq!(twice.unwrap().check_dealing(&named), Err(refused));
    assert_eq!(dealing(2).check_dealing(&named), Err(SharesError::Number { expected: 3, got: 2 }));
}

#[test]
fn a_release_is_one_share_to_the_recovering_device() {
    let device = DeviceId([7; 32]);
    let to = WrappedTo { reader: Reader::Device(device), generation: 0 };
    let release = Shares::new(vec![share(2, to)]).unwrap();
    assert_eq!(release.check_release(2, device), Ok(()));
    assert_eq!(release.check_release(3, device), Err(SharesError::Place { expected: 3, got: 2 }));
    assert!(matches!(release.check_release(2, DeviceId([8; 32])), Err(SharesError::To { .. })));
    assert_eq!(dealing(2).check_release(1, device), Err(SharesError::Number { expected: 1, got: 2 }));
}

#[test]
fn none_and_too_many_are_refused() {
    assert_eq!(Shares::new(vec![]), Err(SharesError::Count(0)));
    let many = vec![share(1, custodian(1)); SHARES_MAX + 1];
    assert_eq!(Shares::new(many), Err(SharesError::Count(SHARES_MAX + 1)));
}
