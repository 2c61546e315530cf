//! m custodians release their shares to one device, which opens the epochs; a corrupt share is named and the others go on.

use chancery_log::id::Digest;
use chancery_open::{
    hybrid::ReceivingKey,
    shares::{CombineError, ShareError},
};
use chancery_seal::tape::dealt::{EpochShares, TapeShares};
use chancery_secure_call::tape::{
    dealing::BaseError,
    release::{Gathered, ReleaseError, TapeAsk, gather, release},
};

use crate::fixed::{
    ASKED, VAULT_GENERATION, ask, asker, base, custodian, dealt, dealt_with, name, place, rng, stream,
    vault_key,
};

const EPOCHS: [u64; 3] = [9, 10, 11];

fn tape() -> TapeShares {
    TapeShares::new(EPOCHS.map(dealt).to_vec()).unwrap()
}

fn key_of<'k>(key: &'k ReceivingKey) -> impl Fn(u32) -> Option<&'k ReceivingKey> {
    move |generation| Some(key).filter(|_| generation == VAULT_GENERATION)
}

/// What custodian x releases of these epochs for this asking, as it comes off the wire.
fn released_of(dealt: &TapeShares, ask: &TapeAsk<'_>, x: u8) -> TapeShares {
    let key = vault_key(x);
    let released = release(dealt, ask, custodian(x), key_of(&key), &mut rng(x)).unwrap();
    let released = TapeShares::read(&released.encode().unwrap()).unwrap();
    released.check_release(ask.device).unwrap();
    released
}

fn gathered(dealt: &[EpochShares], custodians: &[u8]) -> Gathered {
    let asker = asker();
    let ask = ask(&asker);
    let releases: Vec<_> =
        custodians.iter().map(|x| (custodian(*x), released_of(&tape(), &ask, *x))).collect();
    gather(dealt, &ask, &releases, asker.receiving_key())
}

fn opened(gathered: &Gathered) -> Vec<u64> {
    gathered.secrets.iter().map(|secret| secret.name.place.epoch).collect()
}

#[test]
fn three_custodians_open_every_epoch() {
    let gathered = gathered(tape().epochs(), &[5, 1, 3]);
    assert!(gathered.closed.is_empty() && gathered.corrupt.is_empty());
    for (secret, epoch) in gathered.secrets.iter().zip(EPOCHS) {
        assert_eq!((secret.name, secret.base.expose()), (name(epoch), base(epoch).expose()));
    }
    assert_eq!(opened(&gathered), EPOCHS);
}

#[test]
fn two_custodians_open_none() {
    let gathered = gathered(tape().epochs(), &[5, 1]);
    assert!(opened(&gathered).is_empty());
    let too_few = BaseError::Combine(CombineError::TooFew { needed: 3, got: 2 });
    assert_eq!(gathered.closed[&place(10)], too_few);
    assert_eq!(gathered.closed.len(), 3);
}

#[test]
fn a_custodian_counts_once_however_often_the_release_comes() {
    assert!(opened(&gathered(tape().epochs(), &[5, 1, 1, 1])).is_empty());
}

#[test]
fn a_corrupt_share_is_named_and_one_more_custodian_makes_up_for_it() {
    let asker = asker();
    let ask = ask(&asker);
    let mut false_tape = tape().epochs().to_vec();
    // A custodian who seals some other bytes: the shares of another dealing, with commitments that fit them.
    false_tape[1] = dealt_with(10, &stream(99));
    let false_tape = TapeShares::new(false_tape).unwrap();
    let mut releases: Vec<_> =
        [1, 2].into_iter().map(|x| (custodian(x), released_of(&tape(), &ask, x))).collect();
    releases.push((custodian(3), released_of(&false_tape, &ask, 3)));
    let three = gather(tape().epochs(), &ask, &releases, asker.receiving_key());
    let corrupt = (custodian(3), place(10), ShareError::Corrupt { custodian: custodian(3), x: 3 });
    assert_eq!(three.corrupt, [corrupt]);
    assert_eq!(opened(&three), [9, 11]);
    assert!(three.closed.contains_key(&place(10)));
    releases.push((custodian(4), released_of(&tape(), &ask, 4)));
    let four = gather(tape().epochs(), &ask, &releases, asker.receiving_key());
    assert_eq!((opened(&four), four.corrupt.len()), (EPOCHS.to_vec(), 1));
}

#[test]
fn an_epoch_with_a_false_base_in_the_log_stays_closed_and_is_named() {
    let mut stated = tape().epochs().to_vec();
    stated[2].base = Digest([1; 32]);
    let gathered = gathered(&stated, &[1, 2, 3]);
    assert_eq!(opened(&gathered), [9, 10]);
    assert_eq!(gathered.closed[&place(11)], BaseError::Commitment(name(11)));
}

#[test]
fn a_share_released_for_another_asking_or_device_does_not_open() {
    let (asker, other) = (asker(), chancery_open::device::DeviceSecrets::draw(&mut rng(9)).unwrap());
    let before = TapeAsk { asked: Digest([0x4d; 32]), ..ask(&asker) };
    let replayed: Vec<_> = (1..=3).map(|x| (custodian(x), released_of(&tape(), &before, x))).collect();
    let ask = ask(&asker);
    assert_eq!(ask.asked, ASKED);
    let gathered = gather(tape().epochs(), &ask, &replayed, asker.receiving_key());
    assert_eq!((opened(&gathered), gathered.corrupt.len()), (vec![], 9));
    let to_asker: Vec<_> = (1..=3).map(|x| (custodian(x), released_of(&tape(), &ask, x))).collect();
    let gathered = gather(tape().epochs(), &ask, &to_asker, other.receiving_key());
    assert!(opened(&gathered).is_empty());
}

#[test]
fn a_custodian_cannot_pass_off_anothers_release() {
    let asker = asker();
    let ask = ask(&asker);
    let releases: Vec<_> = [(1, 1), (2, 2), (3, 2)]
        .into_iter()
        .map(|(says, x)| (custodian(says), released_of(&tape(), &ask, x)))
        .collect();
    let gathered = gather(tape().epochs(), &ask, &releases, asker.receiving_key());
    let missing = ShareError::Missing { custodian: custodian(3), x: 3 };
    assert_eq!(gathered.corrupt[0], (custodian(3), place(9), missing));
    assert!(opened(&gathered).is_empty());
}

#[test]
fn an_epoch_without_this_custodian_is_left_out() {
    let mut some = tape().epochs().to_vec();
    some[0].shares.remove(1);
    let some = TapeShares::new(some).unwrap();
    let asker = asker();
    let released = released_of(&some, &ask(&asker), 2);
    let epochs: Vec<u64> = released.epochs().iter().map(|epoch| epoch.epoch).collect();
    assert_eq!(epochs, [10, 11]);
}

#[test]
fn who_holds_no_share_or_no_open_vault_releases_nothing() {
    let asker = asker();
    let ask = ask(&asker);
    let key = vault_key(7);
    let refused = release(&tape(), &ask, custodian(7), key_of(&key), &mut rng(1));
    assert_eq!(refused.err(), Some(ReleaseError::NoShare(custodian(7))));
    let refused = release(&tape(), &ask, custodian(1), |_| None, &mut rng(1));
    assert_eq!(refused.err(), Some(ReleaseError::VaultClosed { generation: VAULT_GENERATION }));
}

#[test]
fn a_share_of_another_call_is_not_released_under_this_ones_name() {
    let asker = asker();
    let other = TapeAsk { package: chancery_log::id::PackageId([1; 16]), ..ask(&asker) };
    let key = vault_key(1);
    let refused = release(&tape(), &other, custodian(1), key_of(&key), &mut rng(1));
    let why = ShareError::Cipher { custodian: custodian(1), x: 1 };
    assert_eq!(refused.err(), Some(ReleaseError::Share { epoch: 9, why }));
}
