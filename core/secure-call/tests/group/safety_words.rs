//! Safety words: the same for all members, others for everybody else, and not to be chosen by anyone.

use std::collections::{BTreeSet, VecDeque};

use chancery_seal::frame_header::LeafIndex;
use chancery_secure_call::safety_words::{
    SafetyPlace, SafetyRefusal, SafetyRound, SafetySaid, SafetyStep, SafetyWords, SaidError, commitment,
    words_of,
};
use serde_bytes::ByteArray;

use crate::{call::Call, world::World};

/// Everybody says everything to everybody, in turn.
fn agree(world: &mut World, call: &Call) -> Vec<SafetyWords> {
    let mut rounds = Vec::new();
    let mut said = VecDeque::new();
    for member in &call.members {
        let (round, first) = SafetyRound::begin(member, &mut world.rng).unwrap();
        said.push_back((member.own().leaf, first));
        rounds.push(round);
    }
    while let Some((from, step)) = said.pop_front() {
        for (member, round) in call.members.iter().zip(&mut rounds) {
            if member.own().leaf == from {
                continue;
            }
            if let Some(next) = round.hear(from, &step).unwrap() {
                said.push_back((member.own().leaf, next));
            }
        }
    }
    rounds.iter().map(|round| round.words().unwrap().unwrap()).collect()
}

fn leaf(number: u32) -> LeafIndex {
    LeafIndex::new(number).unwrap()
}

#[test]
fn all_members_see_the_same_words_and_each_roster_has_its_own() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 3);
    let first = agree(&mut world, &call);
    assert!(first.iter().all(|words| words == &first[0]), "{first:?}");
    let late = world.person();
    call.add(&mut world, 0, &[&late]);
    let second = agree(&mut world, &call);
    assert!(second.iter().all(|words| words == &second[0]) && second[0] != first[0]);
    assert_ne!(agree(&mut world, &call)[0], second[0]);
}

#[test]
fn somebody_between_two_groups_can_not_make_their_words_equal() {
    let mut world = World::new();
    let (alices, _) = Call::of(&mut world, 2);
    let (bobs, _) = Call::of(&mut world, 2);
    let (mut alice, _) = SafetyRound::begin(&alices.members[0], &mut world.rng).unwrap();
    let (mut bob, _) = SafetyRound::begin(&bobs.members[0], &mut world.rng).unwrap();
    // Sits at leaf 1 of both groups. Alice tells her nonce once he is bound to one...
    let device = alices.members[1].own().device;
    let place = |call: &Call| SafetyPlace {
        desk: world.place.desk,
        package: world.place.package,
        group: call.members[0].id().to_vec(),
        epoch: 1,
    };
    let bind = |call: &Call, nonce: [u8; 32], device| SafetySaid {
        since_epoch: 1,
        step: SafetyStep::Commitment(commitment(&place(call), leaf(1), device, &nonce).unwrap()),
    };
    let tell =
        |nonce: [u8; 32]| SafetySaid { since_epoch: 1, step: SafetyStep::Nonce(ByteArray::new(nonce)) };
    assert!(alice.hear(leaf(1), &bind(&alices, [1; 32], device)).unwrap().is_some());
    alice.hear(leaf(1), &tell([1; 32])).unwrap();
    // ...and Bob as well, before he could search for a nonce that fits.
    let to_bob = bobs.members[1].own().device;
    assert!(bob.hear(leaf(1), &bind(&bobs, [2; 32], to_bob)).unwrap().is_some());
    for tried in 0..200_u8 {
        let mut nonce = [3; 32];
        nonce[0] = tried;
        assert_eq!(bob.hear(leaf(1), &tell(nonce)), Err(SafetyRefusal::OtherNonce(leaf(1))));
    }
    assert_eq!(bob.hear(leaf(1), &bind(&bobs, [4; 32], to_bob)), Err(SafetyRefusal::Changed(leaf(1))));
    bob.hear(leaf(1), &tell([2; 32])).unwrap();
    assert_ne!(alice.words().unwrap().unwrap(), bob.words().unwrap().unwrap());
}

#[test]
fn nobody_hears_a_nonce_before_it_is_bound_to_its_own() {
    let mut world = World::new();
    let (call, _) = Call::of(&mut world, 3);
    let (mut first, _) = SafetyRound::begin(&call.members[0], &mut world.rng).unwrap();
    let (_, second) = SafetyRound::begin(&call.members[1], &mut world.rng).unwrap();
    let (_, third) = SafetyRound::begin(&call.members[2], &mut world.rng).unwrap();
    assert_eq!(first.hear(leaf(1), &second).unwrap(), None);
    assert_eq!(first.waits_for(), [leaf(0), leaf(1), leaf(2)]);
    assert_eq!(first.words().unwrap(), None);
    // Somebody else's commitment is no help either: it binds its own leaf.
    let copied = first.hear(leaf(2), &third).unwrap().unwrap();
    assert!(matches!(copied.step, SafetyStep::Nonce(_)));
    assert_eq!(first.waits_for(), [leaf(1), leaf(2)]);
    let nonce = SafetySaid { since_epoch: 1, step: SafetyStep::Nonce(ByteArray::new([1; 32])) };
    let (mut fresh, _) = SafetyRound::begin(&call.members[0], &mut world.rng).unwrap();
    assert_eq!(fresh.hear(leaf(1), &nonce), Err(SafetyRefusal::NotCommitted(leaf(1))));
    assert_eq!(fresh.hear(leaf(7), &nonce), Err(SafetyRefusal::NoMember(leaf(7))));
}

#[test]
fn a_commitment_copied_from_another_member_binds_nobody() {
    let mut world = World::new();
    let (call, _) = Call::of(&mut world, 3);
    let (mut round, own) = SafetyRound::begin(&call.members[0], &mut world.rng).unwrap();
    let (_, honest) = SafetyRound::begin(&call.members[1], &mut world.rng).unwrap();
    round.hear(leaf(1), &honest).unwrap();
    // Leaf 2 repeats what this device said, to repeat its nonce too.
    let revealed = round.hear(leaf(2), &own).unwrap().unwrap();
    assert_eq!(round.hear(leaf(2), &revealed), Err(SafetyRefusal::OtherNonce(leaf(2))));
}

#[test]
fn an_agreement_goes_on_when_an_epoch_ends_in_its_middle() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 2);
    let (mut first, from_first) = SafetyRound::begin(&call.members[0], &mut world.rng).unwrap();
    let (mut second, _) = SafetyRound::begin(&call.members[1], &mut world.rng).unwrap();
    // The second hears the commitment and answers with its nonce; its own commitment and the nonce are lost.
    assert!(second.hear(leaf(0), &from_first).unwrap().is_some());
    call.update(&world, 0);
    for said in second.said() {
        if let Some(answer) = first.hear(leaf(1), &said).unwrap() {
            second.hear(leaf(0), &answer).unwrap();
        }
    }
    for said in first.said() {
        second.hear(leaf(0), &said).unwrap();
    }
    assert_eq!(first.words().unwrap(), second.words().unwrap());
    assert!(first.words().unwrap().is_some() && first.waits_for().is_empty());
    let old = SafetySaid { since_epoch: 7, ..from_first };
    assert_eq!(second.hear(leaf(0), &old), Err(SafetyRefusal::OtherRound { expected: 1, got: 7 }));
}

#[test]
fn alone_there_are_no_words() {
    let mut world = World::new();
    let (call, _) = Call::of(&mut world, 1);
    let (round, _) = SafetyRound::begin(&call.members[0], &mut world.rng).unwrap();
    assert_eq!(round.words().unwrap(), None);
}

#[test]
fn words_follow_from_every_nonce_and_from_the_secret() {
    let nonces = [(leaf(0), [1; 32]), (leaf(1), [2; 32])];
    let words = words_of(&[5; 32], &nonces).unwrap();
    let others = [
        words_of(&[6; 32], &nonces).unwrap(),
        words_of(&[5; 32], &[(leaf(0), [1; 32]), (leaf(1), [3; 32])]).unwrap(),
        words_of(&[5; 32], &[(leaf(0), [1; 32]), (leaf(2), [2; 32])]).unwrap(),
        words_of(&[5; 32], &nonces[..1]).unwrap(),
    ];
    let different: BTreeSet<_> = others.iter().chain([&words]).collect();
    assert_eq!(different.len(), 5);
}

#[test]
fn steps_come_back_as_written_and_nothing_else_is_one() {
    let step = SafetySaid { since_epoch: u64::MAX, step: SafetyStep::Nonce(ByteArray::new([7; 32])) };
    let bytes = step.encode().unwrap();
    assert_eq!(SafetySaid::read(&bytes), Ok(step));
    assert!(matches!(SafetySaid::read(&bytes[1..]), Err(SaidError::Cbor(_))));
    assert_eq!(SafetySaid::read(&[0; 129]), Err(SaidError::TooLong(129)));
}
