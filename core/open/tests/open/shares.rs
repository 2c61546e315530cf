//! m custodians together recover a secret; fewer do not; a corrupt share is named.

use chancery_log::id::{Digest, PersonId, Vault};
use chancery_open::{
    generation::{CommitmentError, GenerationSecret},
    hybrid::ReceivingKey,
    shares::{
        CombineError, CustodianKey, DealError, Dealing, OpenedShare, ShareError, combine, deal, open_share,
        release,
    },
};
use chancery_seal::{
    shares::{ShareName, ShareTo, Shares, SharesError},
    vault::{Generation, GenerationName, Reader, WrappedTo},
};

use crate::fixed::{ALICE, BRUNO, CLARA, device, name, rng, secret, stated};

const CUSTODIANS: [PersonId; 5] = [ALICE, BRUNO, CLARA, PersonId([4; 16]), PersonId([5; 16])];
const NEEDED: u8 = 3;
const DEALT: ShareTo = ShareTo::Custodian { generation: 2 };
const RECOVERY: Digest = Digest([0x4e; 32]);

fn of() -> GenerationName {
    name(Vault::Person(PersonId([0x77; 16])), 4)
}

fn generation() -> Generation {
    stated(&secret(50), &of(), true)
}

/// The receiving key of each custodian's person vault in generation 2.
fn custodian_keys() -> Vec<ReceivingKey> {
    (60..65)
        .zip(CUSTODIANS)
        .map(|(seed, person)| secret(seed).receiving_key(&name(Vault::Person(person), 2)).unwrap())
        .collect()
}

fn dealt(secret: &GenerationSecret) -> Dealing {
    let publics: Vec<_> = custodian_keys().iter().map(ReceivingKey::public).collect();
    let keys: Vec<_> = CUSTODIANS
        .iter()
        .zip(&publics)
        .map(|(custodian, receives)| CustodianKey { custodian: *custodian, generation: 2, receives })
        .collect();
    deal(secret, &of(), NEEDED, &keys, &mut rng(40)).unwrap()
}

fn share_name(index: usize) -> ShareName {
    let x = u8::try_from(index + 1).unwrap();
    ShareName { of: of().into(), needed: NEEDED, custodian: CUSTODIANS[index], x }
}

fn opened(dealing: &Dealing, index: usize) -> Result<OpenedShare, ShareError> {
    let key = &custodian_keys()[index];
    open_share(&dealing.shares, &share_name(index), DEALT, key, &dealing.commitments[index])
}

#[test]
fn any_three_of_five_custodians_recover_the_secret_on_the_recovering_device() {
    let dealing = dealt(&secret(50));
    let newcomer = device(8);
    let to = ShareTo::Recovering { device: newcomer.id(), recovery: RECOVERY };
    for chosen in [[0, 1, 2], [0, 2, 4], [4, 3, 1]] {
        let released: Vec<OpenedShare> = chosen
            .into_iter()
            .map(|index| {
                let share = opened(&dealing, index).unwrap();
                let sent = release(&share, RECOVERY, newcomer.id(), &newcomer.public().receives, &mut rng(1))
                    .unwrap();
                let sent = Shares::read(&sent.encode().unwrap()).unwrap();
                sent.check_release(share.name().x, newcomer.id()).unwrap();
                open_share(&sent, share.name(), to, newcomer.receiving_key(), &dealing.commitments[index])
                    .unwrap()
            })
            .collect();
        let recovered = combine(&of(), NEEDED, &released, &generation()).unwrap();
        assert_eq!(recovered.expose(), secret(50).expose());
    }
}

#[test]
fn two_of_three_needed_are_too_few_even_when_one_comes_twice() {
    let dealing = dealt(&secret(50));
    let two: Vec<_> = [0, 1, 1].into_iter().map(|index| opened(&dealing, index).unwrap()).collect();
    let refused = combine(&of(), NEEDED, &two, &generation());
    assert_eq!(refused.err(), Some(CombineError::TooFew { needed: 3, got: 2 }));
}

#[test]
fn more_custodians_than_needed_are_as_good() {
    let dealing = dealt(&secret(50));
    let all: Vec<_> = (0..5).map(|index| opened(&dealing, index).unwrap()).collect();
    assert_eq!(combine(&of(), NEEDED, &all, &generation()).unwrap().expose(), secret(50).expose());
}

#[test]
fn a_corrupt_share_is_named_by_its_custodian() {
    let dealing = dealt(&secret(50));
    let mut false_commitment = dealing.commitments[2];
    false_commitment.0[0] ^= 1;
    let refused = open_share(&dealing.shares, &share_name(2), DEALT, &custodian_keys()[2], &false_commitment);
    assert_eq!(refused.err(), Some(ShareError::Corrupt { custodian: CLARA, x: 3 }));
}

#[test]
fn a_custodian_who_releases_another_share_is_named() {
    // Another dealing of the same secret: well-formed shares, not those of the act.
    let (dealing, mut other) = (dealt(&secret(50)), rng(41));
    let publics: Vec<_> = custodian_keys().iter().map(ReceivingKey::public).collect();
    let keys: Vec<_> = CUSTODIANS
        .iter()
        .zip(&publics)
        .map(|(custodian, receives)| CustodianKey { custodian: *custodian, generation: 2, receives })
        .collect();
    let other = deal(&secret(50), &of(), NEEDED, &keys, &mut other).unwrap();
    let false_share = opened(&other, 1).unwrap();
    let newcomer = device(8);
    let sent =
        release(&false_share, RECOVERY, newcomer.id(), &newcomer.public().receives, &mut rng(1)).unwrap();
    let to = ShareTo::Recovering { device: newcomer.id(), recovery: RECOVERY };
    let refused =
        open_share(&sent, false_share.name(), to, newcomer.receiving_key(), &dealing.commitments[1]);
    assert_eq!(refused.err(), Some(ShareError::Corrupt { custodian: BRUNO, x: 2 }));
}

#[test]
fn a_dealer_who_dealt_another_secret_is_found_out_at_the_end() {
    let dealing = dealt(&secret(51));
    let three: Vec<_> = (0..3).map(|index| opened(&dealing, index).unwrap()).collect();
    let refused = combine(&of(), NEEDED, &three, &generation());
    assert_eq!(refused.err(), Some(CombineError::Commitment(CommitmentError::Commitment(of()))));
}

#[test]
fn a_custodian_opens_no_other_share_and_no_stranger_opens_any() {
    let dealing = dealt(&secret(50));
    let keys = custodian_keys();
    let refused = open_share(&dealing.shares, &share_name(0), DEALT, &keys[1], &dealing.commitments[0]);
    assert_eq!(refused.err(), Some(ShareError::Cipher { custodian: ALICE, x: 1 }));
    let swapped = ShareName { custodian: BRUNO, ..share_name(0) };
    let refused = open_share(&dealing.shares, &swapped, DEALT, &keys[0], &dealing.commitments[0]);
    assert_eq!(refused.err(), Some(ShareError::Missing { custodian: BRUNO, x: 1 }));
}

#[test]
fn a_share_released_for_one_recovery_does_not_open_for_another() {
    let dealing = dealt(&secret(50));
    let share = opened(&dealing, 0).unwrap();
    let newcomer = device(8);
    let sent = release(&share, RECOVERY, newcomer.id(), &newcomer.public().receives, &mut rng(1)).unwrap();
    let to = ShareTo::Recovering { device: newcomer.id(), recovery: Digest([0x4f; 32]) };
    let refused = open_share(&sent, share.name(), to, newcomer.receiving_key(), &dealing.commitments[0]);
    assert_eq!(refused.err(), Some(ShareError::Cipher { custodian: ALICE, x: 1 }));
}

#[test]
fn shares_of_another_generation_are_not_combined() {
    let dealing = dealt(&secret(50));
    let three: Vec<_> = (0..3).map(|index| opened(&dealing, index).unwrap()).collect();
    let newer = GenerationName { number: 5, ..of() };
    let refused = combine(&newer, NEEDED, &three, &stated(&secret(50), &newer, true));
    assert_eq!(refused.err(), Some(CombineError::OtherDealing { custodian: ALICE, x: 1 }));
    let refused = combine(&of(), 2, &three, &generation());
    assert_eq!(refused.err(), Some(CombineError::OtherDealing { custodian: ALICE, x: 1 }));
}

#[test]
fn the_same_stream_gives_the_same_dealing() {
    assert_eq!(dealt(&secret(50)), dealt(&secret(50)));
}

#[test]
fn a_bundle_that_differs_from_its_act_is_refused() {
    let dealing = dealt(&secret(50));
    let mut named: Vec<WrappedTo> = CUSTODIANS
        .iter()
        .map(|person| WrappedTo { reader: Reader::Person(*person), generation: 2 })
        .collect();
    assert_eq!(dealing.shares.check_dealing(&named), Ok(()));
    named.swap(0, 1);
    assert!(matches!(dealing.shares.check_dealing(&named), Err(SharesError::To { x: 1, .. })));
    named.swap(0, 1);
    named.pop();
    assert_eq!(dealing.shares.check_dealing(&named), Err(SharesError::Number { expected: 4, got: 5 }));
}

#[test]
fn a_dealing_that_nobody_could_combine_is_not_made() {
    let public = custodian_keys()[0].public();
    let key = |custodian| CustodianKey { custodian, generation: 2, receives: &public };
    for (needed, keys) in [(0, vec![key(ALICE)]), (2, vec![key(ALICE)]), (1, vec![])] {
        let refused = deal(&secret(50), &of(), needed, &keys, &mut rng(1));
        assert_eq!(refused, Err(DealError::Number { needed, custodians: keys.len() }));
    }
    let twice = deal(&secret(50), &of(), 2, &[key(ALICE), key(ALICE)], &mut rng(1));
    assert_eq!(twice, Err(DealError::Twice(ALICE)));
    let broken = CustodianKey { custodian: BRUNO, generation: 2, receives: &[0; 3] };
    let refused = deal(&secret(50), &of(), 1, &[key(ALICE), broken], &mut rng(1));
    assert!(matches!(refused, Err(DealError::Key { custodian, .. }) if custodian == BRUNO));
}
