//! Who is removed hears nothing from then on; who comes late, nothing from before.

use chancery_call_tree::handshake::HandshakeError;
use chancery_seal::frame_header::LeafIndex;
use chancery_secure_call::{
    frames::base::BASE_LABEL,
    group::{
        commit::Plan,
        provider::Provider,
        receive::{CommitReceived, Merged},
    },
};
use ed25519_dalek::SigningKey;
use openmls::prelude::{
    ExternalProposal, GroupId, LeafNodeIndex, MlsGroup, OpenMlsProvider as _, ProcessedMessageContent,
    SenderExtensionIndex,
};

use crate::{
    call::Call,
    rogue::{Rogue, bytes, protocol},
    world::{NOW_MS, ObserverSigner, World},
};

fn without(leaf: LeafIndex) -> Plan {
    Plan { remove: vec![leaf], ..Plan::default() }
}

#[test]
fn a_removed_device_has_no_group_left() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 3);
    let mut removed = call.members.pop().unwrap();
    let (leaf, before) = (removed.own().leaf, removed.frame_base().unwrap());
    let made = call.members[0].commit(without(leaf), &world.admitted, NOW_MS).unwrap();
    let moved = call.won(&world, 0, &made);
    call.agree();
    assert_eq!(moved.removed, [*removed.own()]);
    let Ok(CommitReceived::Other(received)) = removed.receive_commit(&made.commit) else { panic!() };
    assert!(received.removes_me());
    let verified = removed.verify(received, &world.admitted, NOW_MS).unwrap();
    assert!(matches!(removed.merge(verified), Merged::Out { .. }));
    assert_ne!(call.members[0].frame_base().unwrap().expose(), before.expose());
}

#[test]
fn a_removed_device_whose_program_keeps_everything_derives_nothing() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 2);
    let traitor = world.person();
    let mut rogue = Rogue::in_call(&mut world, &mut call, &traitor);
    let leaf = call.members[0].seat_of(traitor.id()).unwrap().leaf;
    let base =
        |mls: &MlsGroup, provider: &Provider| mls.export_secret(provider.crypto(), BASE_LABEL, b"", 32);
    let (mls, provider, _) = rogue.group();
    assert_eq!(base(mls, provider).unwrap(), call.members[0].frame_base().unwrap().expose());
    let made = call.members[0].commit(without(leaf), &world.admitted, NOW_MS).unwrap();
    call.won(&world, 0, &made);
    call.agree();
    let now = call.members[0].frame_base().unwrap();
    let said = call.members[0].say(b"after you").unwrap();
    // With every secret of the epoch before, and the commit in hand.
    assert!(mls.process_message(provider, protocol(&said)).is_err());
    assert_ne!(base(mls, provider).unwrap(), now.expose());
    let processed = mls.process_message(provider, protocol(&made.commit)).unwrap();
    let ProcessedMessageContent::StagedCommitMessage(staged) = processed.into_content() else { panic!() };
    assert!(staged.export_secret(provider.crypto(), BASE_LABEL, b"", 32).is_err());
    mls.merge_staged_commit(provider, *staged).unwrap();
    assert!(mls.process_message(provider, protocol(&said)).is_err());
    assert!(base(mls, provider).is_err());
}

#[test]
fn who_comes_late_opens_nothing_from_before() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 2);
    let before = call.members[0].say(b"before you came").unwrap();
    let base = call.members[0].frame_base().unwrap();
    let late = world.person();
    let mut rogue = Rogue::in_call(&mut world, &mut call, &late);
    let (mls, provider, _) = rogue.group();
    assert!(mls.process_message(provider, protocol(&before)).is_err());
    let own = mls.export_secret(provider.crypto(), BASE_LABEL, b"", 32);
    let now = call.members[0].frame_base().unwrap();
    assert_eq!(own.unwrap(), now.expose());
    assert_ne!(now.expose(), base.expose());
}

#[test]
fn the_observer_proposes_a_removal_and_a_member_commits_it() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 3);
    let leaf = call.server.seat_of(people[2].id()).unwrap().leaf;
    let proposal = call.server.propose_removal(leaf, &world.observer).unwrap();
    // What the server writes by hand is what OpenMLS writes.
    let theirs = ExternalProposal::new_remove::<Provider>(
        LeafNodeIndex::new(leaf.number()),
        GroupId::from_slice(call.members[0].id()),
        call.members[0].epoch().into(),
        &ObserverSigner(&world.observer),
        SenderExtensionIndex::new(0),
    );
    assert_eq!(proposal, bytes(theirs.unwrap()));
    for member in &mut call.members {
        assert_eq!(member.receive_proposal(&proposal).unwrap(), leaf);
    }
    call.agree();
    assert_eq!(call.remove(&world, 0, leaf).removed[0].device, people[2].id());
    call.agree();
    let refused = call.members[0].receive_proposal(&proposal).unwrap_err();
    assert_eq!(refused, HandshakeError::Epoch { expected: 2, got: 1 });
}

#[test]
fn nobody_but_the_observer_proposes_a_removal() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 2);
    let leaf = call.server.seat_of(people[1].id()).unwrap().leaf;
    let other = SigningKey::from_bytes(&[8; 32]);
    assert!(call.server.propose_removal(leaf, &other).is_err());
    let forged = ExternalProposal::new_remove::<Provider>(
        LeafNodeIndex::new(leaf.number()),
        GroupId::from_slice(call.members[0].id()),
        call.members[0].epoch().into(),
        &ObserverSigner(&other),
        SenderExtensionIndex::new(0),
    );
    let refused = call.members[0].receive_proposal(&bytes(forged.unwrap())).unwrap_err();
    assert_eq!(refused, HandshakeError::Signature);
    call.agree();
}
