//! Nobody comes in whom the log has not on the call: not by the server, not by a member, not by a borrowed certificate.

use chancery_call_tree::{
    handshake::HandshakeError, key_package::KeyPackageError, leaf::LeafError, message::Kind, suite::SUITE,
    tree::check_key_package,
};
use chancery_log::id::{DeskId, PackageId, PartyId};
use chancery_seal::leaf_cert::{LeafCert, LeafCertError, SignedLeafCert};
use chancery_secure_call::group::{commit::Plan, memory::Memory, provider::Provider};
use openmls::prelude::{
    Capabilities, ExternalProposal, GroupId, JoinProposal, KeyPackage, Lifetime, OpenMlsProvider as _,
    SenderExtensionIndex,
};
use serde_bytes::ByteArray;

use crate::{
    call::Call,
    rogue::{OTHER, Odd, Rogue, both_refuse, bytes},
    world::{NOW_MS, ObserverSigner, Person, World},
};

/// A commit by a member's program that adds whatever it is given.
fn add(rogue: &mut Rogue, package: KeyPackage) -> (Vec<u8>, Vec<u8>) {
    let (mls, provider, signer) = rogue.group();
    let (commit, welcome, _) = mls.add_members(provider, signer, &[package]).unwrap();
    mls.clear_pending_commit(provider.storage()).unwrap();
    (bytes(commit), bytes(welcome))
}

/// What server and member say when a member adds this key package.
fn added(world: &mut World, make: impl FnOnce(&Rogue, &World, &Person) -> KeyPackage) -> HandshakeError {
    let (mut call, _) = Call::of(world, 2);
    let insider = world.person();
    let mut rogue = Rogue::in_call(world, &mut call, &insider);
    let ghost = world.stranger();
    let outside = Rogue::new(world);
    let package = make(&outside, world, &ghost);
    let alone = check_key_package(&bytes(package.clone().into()), &world.place, &world.admitted, NOW_MS);
    let (commit, welcome) = add(&mut rogue, package);
    let (at_server, at_member) = both_refuse(world, &mut call, &insider, &commit, Some(&welcome));
    assert_eq!(at_server, at_member);
    // The server refuses the same key package before anybody is asked to add it.
    assert_eq!(HandshakeError::KeyPackage(alone.unwrap_err()), at_server);
    at_server
}

fn because(cert: LeafCertError) -> HandshakeError {
    HandshakeError::KeyPackage(KeyPackageError::Leaf(LeafError::Cert(cert)))
}

/// An admitted person's certificate, changed, and signed anew by whoever.
fn changed(world: &mut World, change: impl FnOnce(&mut LeafCert)) -> (HandshakeError, Person) {
    let person = world.person();
    let refused = added(world, |rogue, world, _| {
        let mut cert = rogue.cert(world, &person);
        change(&mut cert);
        rogue.package(rogue.odd(&person.device.certify_leaf(cert).unwrap()))
    });
    (refused, person)
}

#[test]
fn a_device_that_the_log_has_not_on_the_call_is_not_added() {
    let mut world = World::new();
    let mut ghost = None;
    let refused = added(&mut world, |rogue, world, person| {
        ghost = Some(person.id());
        rogue.honest(world, person)
    });
    assert_eq!(refused, because(LeafCertError::NotAdmitted(ghost.unwrap())));
}

#[test]
fn a_certificate_that_the_device_did_not_sign_is_worth_nothing() {
    let mut world = World::new();
    let person = world.person();
    let refused = added(&mut world, |rogue, world, ghost| {
        // The ghost signs what only the person's device could.
        let cert = rogue.cert(world, &person);
        let own = ghost.device.certify_leaf(rogue.cert(world, ghost)).unwrap();
        rogue.package(rogue.odd(&SignedLeafCert { cert, signature: own.signature }))
    });
    assert_eq!(refused, because(LeafCertError::Signature(person.id())));
}

#[test]
fn a_certificate_of_one_leaf_does_not_hold_on_another() {
    let mut world = World::new();
    let person = world.person();
    let refused = added(&mut world, |rogue, world, _| {
        let cert = LeafCert { leaf_key: ByteArray::new([5; 32]), ..rogue.cert(world, &person) };
        rogue.package(rogue.odd(&person.device.certify_leaf(cert).unwrap()))
    });
    assert_eq!(refused, because(LeafCertError::LeafKey(person.id())));
}

#[test]
fn a_certificate_for_another_party_desk_or_call_is_refused() {
    let mut world = World::new();
    let other = PartyId([4; 16]);
    let (refused, person) = changed(&mut world, |cert| cert.party = other);
    let expected = because(LeafCertError::Party { device: person.id(), expected: person.party, got: other });
    assert_eq!(refused, expected);
    let mut world = World::new();
    let (refused, _) = changed(&mut world, |cert| cert.desk = DeskId([4; 16]));
    assert_eq!(refused, because(LeafCertError::Desk { expected: world.place.desk, got: DeskId([4; 16]) }));
    let mut world = World::new();
    let (refused, _) = changed(&mut world, |cert| cert.package = PackageId([4; 16]));
    let (expected, got) = (world.place.package, PackageId([4; 16]));
    assert_eq!(refused, because(LeafCertError::Package { expected, got }));
}

#[test]
fn a_certificate_that_ended_or_never_would_is_refused() {
    let mut world = World::new();
    let (refused, person) = changed(&mut world, |cert| cert.not_after_ms = NOW_MS - 1);
    let device = person.id();
    assert_eq!(refused, because(LeafCertError::Expired { device, not_after_ms: NOW_MS - 1, now_ms: NOW_MS }));
    let mut world = World::new();
    let (refused, person) = changed(&mut world, |cert| cert.not_after_ms = u64::MAX);
    let device = person.id();
    assert_eq!(refused, because(LeafCertError::TooFar { device, not_after_ms: u64::MAX, now_ms: NOW_MS }));
}

#[test]
fn a_leaf_with_other_capabilities_lifetime_or_extensions_is_refused() {
    let mut world = World::new();
    let person = world.person();
    let odd = |rogue: &Rogue, world: &World| {
        rogue.odd(&person.device.certify_leaf(rogue.cert(world, &person)).unwrap())
    };
    let refused = added(&mut world, |rogue, world, _| {
        let more = Capabilities::builder().ciphersuites(vec![SUITE, OTHER]).build();
        rogue.package(Odd { capabilities: more, ..odd(rogue, world) })
    });
    assert_eq!(refused, HandshakeError::KeyPackage(KeyPackageError::Leaf(LeafError::Capabilities)));
    let mut world = World::new();
    world.admitted.push(person.admitted());
    let refused = added(&mut world, |rogue, world, _| {
        // Valid whatever the clock says, and yet not the one lifetime that ours have.
        rogue.package(Odd { lifetime: Lifetime::init(0, u64::MAX - 1), ..odd(rogue, world) })
    });
    assert_eq!(refused, HandshakeError::KeyPackage(KeyPackageError::Leaf(LeafError::Lifetime)));
    // One that may be used more than once: OpenMLS refuses it already, for the capabilities do not name that.
    let rogue = Rogue::new(&mut world);
    let twice = rogue.package(Odd { last_resort: true, ..odd(&rogue, &world) });
    let refused = check_key_package(&bytes(twice.into()), &world.place, &world.admitted, NOW_MS);
    assert!(matches!(refused, Err(KeyPackageError::Verify(_))), "{refused:?}");
}

#[test]
fn a_device_is_not_added_beside_itself() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 2);
    let insider = world.person();
    let mut rogue = Rogue::in_call(&mut world, &mut call, &insider);
    let package = Rogue::new(&mut world).honest(&world, &people[1]);
    let (commit, welcome) = add(&mut rogue, package);
    let (at_server, at_member) = both_refuse(&world, &mut call, &insider, &commit, Some(&welcome));
    assert_eq!(at_server, HandshakeError::DeviceTwice(people[1].id()));
    assert_eq!(at_server, at_member);
}

#[test]
fn the_observer_may_not_propose_to_add() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 2);
    let ghost = world.person();
    let package = Rogue::new(&mut world).honest(&world, &ghost);
    let proposal = ExternalProposal::new_add::<Provider>(
        package,
        GroupId::from_slice(call.members[0].id()),
        call.members[0].epoch().into(),
        &ObserverSigner(&world.observer),
        SenderExtensionIndex::new(0),
    );
    let refused = call.members[0].receive_proposal(&bytes(proposal.unwrap())).unwrap_err();
    assert_eq!(refused, HandshakeError::Proposal(1));
    call.agree();
}

#[test]
fn nobody_proposes_itself_from_outside() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 2);
    let guest = world.person();
    let outside = Rogue::new(&mut world);
    let proposal = JoinProposal::new::<Memory>(
        outside.honest(&world, &guest),
        GroupId::from_slice(call.members[0].id()),
        call.members[0].epoch().into(),
        &outside.signer,
    );
    let refused = call.members[0].receive_proposal(&bytes(proposal.unwrap())).unwrap_err();
    let from = "somebody outside";
    assert_eq!(refused, HandshakeError::Sender { kind: Kind::Proposal, from });
    call.agree();
}

#[test]
fn whoever_has_the_groups_public_side_can_not_let_itself_in() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 2);
    let made = call.members[0].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    call.members[0].drop_commit();
    // The same commit as one by which a newcomer lets itself in (RFC 9420 §12.4.3.2): another sender, no membership tag.
    let sender = 4 + 1 + call.members[0].id().len() + 8;
    let mut commit = made.commit;
    commit.truncate(commit.len() - 49);
    commit.splice(sender..sender + 5, [4]);
    let (at_server, at_member) = both_refuse(&world, &mut call, &people[0], &commit, None);
    let from = "somebody outside";
    assert_eq!(at_server, HandshakeError::Sender { kind: Kind::Commit, from });
    assert_eq!(at_server, at_member);
}
