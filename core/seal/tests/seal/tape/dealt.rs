//! The shares of a tape are those that an act names, or they are refused by name.

use chancery_log::id::{DeviceId, Digest, PersonId};
use chancery_seal::{
    shares::{SHARES_MAX, SealedShare},
    tape::{
        dealt::{CommittedShare, EPOCHS_MAX, EpochShares, StatedDealing, TapeShares, TapeSharesError},
        epoch::EpochPlace,
    },
    vault::{Reader, WrappedTo},
};
use serde_bytes::ByteArray;

use super::fixed::GROUP;

fn custodian(x: u8) -> WrappedTo {
    WrappedTo { reader: Reader::Person(PersonId([x; 16])), generation: 2 }
}

fn to_device(byte: u8) -> WrappedTo {
    WrappedTo { reader: Reader::Device(DeviceId([byte; 32])), generation: 0 }
}

fn share(x: u8, to: WrappedTo) -> CommittedShare {
    let share = SealedShare { x, to, enc: ByteArray::new([1; 1120]), sealed: ByteArray::new([2; 48]) };
    CommittedShare { commitment: Digest([x; 32]), share }
}

fn epoch(epoch: u64, shares: Vec<CommittedShare>) -> EpochShares {
    EpochShares { group: GROUP, epoch, roster: Digest([4; 32]), needed: 2, base: Digest([5; 32]), shares }
}

fn dealing() -> EpochShares {
    epoch(9, (1..=3).map(|x| share(x, custodian(x))).collect())
}

fn stated() -> Vec<(WrappedTo, Digest)> {
    (1..=3).map(|x| (custodian(x), Digest([x; 32]))).collect()
}

fn differs(change: impl FnOnce(&mut EpochShares)) -> &'static str {
    let mut dealt = dealing();
    change(&mut dealt);
    let shares = stated();
    let stated = StatedDealing {
        place: EpochPlace { group: GROUP, epoch: 9 },
        needed: 2,
        base: Digest([5; 32]),
        shares: &shares,
    };
    match TapeShares::new(vec![dealt]).unwrap().check_dealing(&stated) {
        Ok(_) => "nothing",
        Err(TapeSharesError::Stated { epoch: 9, what }) => what,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn they_come_back_as_written_and_by_epoch() {
    let made = TapeShares::new(vec![epoch(12, vec![share(1, custodian(1))]), dealing()]).unwrap();
    let read = TapeShares::read(&made.encode().unwrap()).unwrap();
    assert_eq!(read, made);
    let epochs: Vec<u64> = read.epochs().iter().map(|epoch| epoch.epoch).collect();
    assert_eq!(epochs, [9, 12]);
    assert_eq!(read.epochs()[0].of(PersonId([2; 16])), Some(&share(2, custodian(2))));
    assert_eq!(read.epochs()[0].of(PersonId([4; 16])), None);
}

#[test]
fn a_dealing_is_the_one_that_its_act_states() {
    assert_eq!(differs(|_| {}), "nothing");
    assert_eq!(differs(|dealt| dealt.epoch = 10), "the epochs");
    assert_eq!(differs(|dealt| dealt.group = Digest([1; 32])), "the epochs");
    assert_eq!(differs(|dealt| dealt.needed = 1), "the numbers of custodians");
    assert_eq!(differs(|dealt| dealt.base = Digest([1; 32])), "the commitments to the base");
    assert_eq!(differs(|dealt| dealt.shares[1].share.to = custodian(7)), "the shares");
    assert_eq!(differs(|dealt| dealt.shares[1].commitment = Digest([7; 32])), "the shares");
    assert_eq!(differs(|dealt| dealt.shares[2].share.x = 4), "the shares");
    assert_eq!(differs(|dealt| dealt.shares.truncate(2)), "the shares");
    assert_eq!(differs(|dealt| dealt.shares.push(share(4, custodian(4)))), "the shares");
}

#[test]
fn a_release_is_one_share_of_each_epoch_to_the_device_that_asked() {
    let device = DeviceId([8; 32]);
    let release = |shares| TapeShares::new(vec![epoch(9, shares), epoch(10, vec![share(2, to_device(8))])]);
    assert_eq!(release(vec![share(2, to_device(8))]).unwrap().check_release(device), Ok(()));
    let elsewhere = release(vec![share(2, to_device(7))]).unwrap();
    assert_eq!(elsewhere.check_release(device), Err(TapeSharesError::NotToAsker { epoch: 9, x: 2 }));
    let two = release(vec![share(1, to_device(8)), share(2, to_device(8))]).unwrap();
    assert_eq!(two.check_release(device), Err(TapeSharesError::NotOne { epoch: 9, got: 2 }));
}

#[test]
fn none_too_many_and_doubles_are_refused() {
    assert_eq!(TapeShares::new(vec![]), Err(TapeSharesError::Epochs(0)));
    let many = vec![dealing(); EPOCHS_MAX + 1];
    assert_eq!(TapeShares::new(many), Err(TapeSharesError::Epochs(EPOCHS_MAX + 1)));
    assert_eq!(TapeShares::new(vec![dealing(), dealing()]), Err(TapeSharesError::EpochOrder(9)));
    let none = TapeShares::new(vec![epoch(9, vec![])]);
    assert_eq!(none, Err(TapeSharesError::Count { epoch: 9, got: 0 }));
    let many = TapeShares::new(vec![epoch(9, vec![share(1, custodian(1)); SHARES_MAX + 1])]);
    assert_eq!(many, Err(TapeSharesError::Count { epoch: 9, got: SHARES_MAX + 1 }));
    let twice = TapeShares::new(vec![epoch(9, vec![share(1, custodian(1)), share(1, custodian(2))])]);
    assert_eq!(twice, Err(TapeSharesError::ShareOrder { epoch: 9, x: 1 }));
}
