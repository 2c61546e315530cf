//! Every member deals the same, so a false dealing is seen and said what is false about it.

use chancery_log::id::Digest;
use chancery_open::shares::{CombineError, DealError, OpenedShare, ShareError, open_sealed};
use chancery_seal::{
    shares::{ShareName, ShareTo},
    tape::{
        dealt::EpochShares,
        epoch::{EpochName, EpochPlace},
    },
    vault::{Reader, WrappedTo},
};
use chancery_secure_call::{
    frames::base::FrameBase,
    tape::dealing::{BaseError, DealingTerms, FalseDealing, check, combine, deal, stream_context},
};

use crate::fixed::{
    Custodians, GROUP, NEEDED, VAULT_GENERATION, base, custodian, dealt, dealt_with, name, stream, vault_key,
};

/// What a member of epoch 9 finds about a posted dealing.
fn found(posted: &EpochShares) -> Result<(), FalseDealing> {
    let custodians = Custodians::five();
    let (base, stream) = (base(9), stream(9));
    check(
        posted,
        &DealingTerms {
            name: name(9),
            base: &base,
            stream: &stream,
            needed: NEEDED,
            custodians: &custodians.keys(),
        },
    )
}

fn changed(change: impl FnOnce(&mut EpochShares)) -> FalseDealing {
    let mut posted = dealt(9);
    change(&mut posted);
    found(&posted).unwrap_err()
}

/// Deals epoch 9 by terms that differ from everybody's.
fn dealt_by(change: impl FnOnce(&mut DealingTerms<'_>)) -> Result<EpochShares, DealError> {
    let (custodians, base, stream) = (Custodians::five(), base(9), stream(9));
    let keys = custodians.keys();
    let mut terms =
        DealingTerms { name: name(9), base: &base, stream: &stream, needed: NEEDED, custodians: &keys };
    change(&mut terms);
    deal(&terms)
}

/// Deals epoch 9 to these custodians, with this base.
fn dealt_to(custodians: &Custodians, base: &FrameBase) -> EpochShares {
    let (keys, stream) = (custodians.keys(), stream(9));
    deal(&DealingTerms { name: name(9), base, stream: &stream, needed: NEEDED, custodians: &keys }).unwrap()
}

fn opened(dealt: &EpochShares, x: u8) -> Result<OpenedShare, ShareError> {
    let of = name(dealt.epoch).into();
    let share_name = ShareName { of, needed: NEEDED, custodian: custodian(x), x };
    let committed = dealt.at(x).unwrap();
    let to = ShareTo::Custodian { generation: VAULT_GENERATION };
    open_sealed(&committed.share, &share_name, to, &vault_key(x), &committed.commitment)
}

fn all_opened(dealt: &EpochShares, chosen: &[u8]) -> Vec<OpenedShare> {
    chosen.iter().map(|x| opened(dealt, *x).unwrap()).collect()
}

#[test]
fn every_member_deals_the_same_bytes() {
    assert_eq!(dealt(9), dealt(9));
    assert_eq!(found(&dealt(9)), Ok(()));
}

#[test]
fn any_three_of_five_custodians_give_the_base_back() {
    let dealt = dealt(9);
    for chosen in [[1, 2, 3], [1, 3, 5], [5, 4, 2]] {
        let back = combine(&name(9), NEEDED, &dealt.base, &all_opened(&dealt, &chosen)).unwrap();
        assert_eq!(back.expose(), base(9).expose());
    }
}

#[test]
fn two_custodians_do_not_even_when_one_comes_twice() {
    let dealt = dealt(9);
    let refused = combine(&name(9), NEEDED, &dealt.base, &all_opened(&dealt, &[1, 4, 4]));
    assert_eq!(refused.err(), Some(BaseError::Combine(CombineError::TooFew { needed: 3, got: 2 })));
}

#[test]
fn a_share_or_a_commitment_of_somebody_elses_making_is_named_by_its_custodian() {
    let other = dealt_by(|terms| terms.name.place.epoch = 10).unwrap();
    let false_share = FalseDealing::Share { custodian: custodian(2), x: 2 };
    assert_eq!(changed(|posted| posted.shares[1].share = other.shares[1].share.clone()), false_share);
    assert_eq!(changed(|posted| posted.shares[1].commitment.0[0] ^= 1), false_share);
    assert_eq!(changed(|posted| posted.shares[1].share.sealed[0] ^= 1), false_share);
    assert_eq!(changed(|posted| posted.shares[1].share.enc[0] ^= 1), false_share);
}

#[test]
fn a_ghost_among_the_custodians_is_named() {
    let ghost = WrappedTo { reader: Reader::Person(custodian(9)), generation: VAULT_GENERATION };
    let expected = WrappedTo { reader: Reader::Person(custodian(2)), generation: VAULT_GENERATION };
    let refused = changed(|posted| posted.shares[1].share.to = ghost);
    assert_eq!(refused, FalseDealing::To { x: 2, expected, got: ghost });
    // The server's own vault under a custodian's name: the key is another, so the bytes are.
    let swapped = dealt_to(&Custodians::five().with_key(2, vault_key(9).public()), &base(9));
    assert_eq!(found(&swapped), Err(FalseDealing::Share { custodian: custodian(2), x: 2 }));
}

#[test]
fn an_older_generation_of_a_custodians_vault_is_named() {
    let refused = changed(|posted| posted.shares[4].share.to.generation = 1);
    assert!(matches!(refused, FalseDealing::To { x: 5, .. }));
}

#[test]
fn fewer_needed_and_fewer_or_more_custodians_are_named() {
    assert_eq!(changed(|posted| posted.needed = 1), FalseDealing::Needed { expected: 3, got: 1 });
    let refused = FalseDealing::Custodians { expected: 5, got: 4 };
    assert_eq!(changed(|posted| posted.shares.truncate(4)), refused);
    let refused = FalseDealing::Custodians { expected: 5, got: 6 };
    assert_eq!(changed(|posted| posted.shares.push(posted.shares[0].clone())), refused);
}

#[test]
fn another_base_roster_epoch_or_group_is_named() {
    assert_eq!(changed(|posted| posted.base.0[0] ^= 1), FalseDealing::Base);
    assert_eq!(changed(|posted| posted.roster = Digest([1; 32])), FalseDealing::Roster);
    let epoch = |got| FalseDealing::Epoch { expected: name(9).place, got };
    assert_eq!(changed(|posted| posted.epoch = 10), epoch(EpochPlace { group: GROUP, epoch: 10 }));
    let other = Digest([1; 32]);
    assert_eq!(changed(|posted| posted.group = other), epoch(EpochPlace { group: other, epoch: 9 }));
}

#[test]
fn a_dealing_with_other_randomness_or_another_secret_is_false() {
    let reseeded = dealt_with(9, &stream(10));
    assert_eq!(found(&reseeded), Err(FalseDealing::Share { custodian: custodian(1), x: 1 }));
    assert_eq!(found(&dealt_to(&Custodians::five(), &base(10))), Err(FalseDealing::Base));
}

#[test]
fn a_base_that_was_dealt_falsely_is_found_out_when_it_is_put_together() {
    // Commitments to the shares that fit, of another secret than the dealing commits to.
    let false_one = dealt_to(&Custodians::five(), &base(10));
    let refused = combine(&name(9), NEEDED, &dealt(9).base, &all_opened(&false_one, &[1, 2, 3]));
    assert_eq!(refused.err(), Some(BaseError::Commitment(name(9))));
}

#[test]
fn shares_of_another_epoch_are_not_combined() {
    let dealt = dealt(9);
    let refused = combine(&name(10), NEEDED, &dealt.base, &all_opened(&dealt, &[1, 2, 3]));
    let other = CombineError::OtherDealing { custodian: custodian(1), x: 1 };
    assert_eq!(refused.err(), Some(BaseError::Combine(other)));
}

#[test]
fn a_custodian_opens_no_other_share_and_none_of_another_roster() {
    let dealt = dealt(9);
    let first = dealt.at(1).unwrap();
    let to = ShareTo::Custodian { generation: VAULT_GENERATION };
    let named = |of: EpochName| ShareName { of: of.into(), needed: NEEDED, custodian: custodian(1), x: 1 };
    let refused = open_sealed(&first.share, &named(name(9)), to, &vault_key(2), &first.commitment);
    assert_eq!(refused.err(), Some(ShareError::Cipher { custodian: custodian(1), x: 1 }));
    let other = EpochName { roster: Digest([1; 32]), ..name(9) };
    let refused = open_sealed(&first.share, &named(other), to, &vault_key(1), &first.commitment);
    assert_eq!(refused.err(), Some(ShareError::Cipher { custodian: custodian(1), x: 1 }));
}

#[test]
fn a_dealing_that_nobody_could_combine_is_not_made() {
    let refused = dealt_by(|terms| terms.needed = 6);
    assert_eq!(refused, Err(DealError::Number { needed: 6, custodians: 5 }));
    let refused = dealt_by(|terms| terms.needed = 0);
    assert_eq!(refused, Err(DealError::Number { needed: 0, custodians: 5 }));
}

#[test]
fn each_epoch_call_and_roster_has_a_stream_of_its_own() {
    let own = stream_context(&name(9)).unwrap();
    assert_ne!(stream_context(&name(10)).unwrap(), own);
    assert_ne!(stream_context(&EpochName { roster: Digest([1; 32]), ..name(9) }).unwrap(), own);
    assert_eq!(format!("{:?}", stream(9)), "DealingStream");
}
