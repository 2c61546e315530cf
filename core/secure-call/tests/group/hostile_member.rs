//! What a member's program may not do, though it holds the group's keys and signs properly.

use std::collections::BTreeSet;

use chancery_call_tree::{handshake::HandshakeError, leaf::LeafError, suite::SUITE};
use chancery_seal::leaf_cert::LeafCertError;
use chancery_secure_call::group::memory::Memory;
use openmls::prelude::{
    Capabilities, CommitBuilder, CommitMessageBundle, Extensions, Initial, LeafNodeIndex, LeafNodeParameters,
    OpenMlsProvider as _,
};

use crate::{
    call::Call,
    rogue::{OTHER, Rogue, both_refuse, bytes},
    world::{NOW_MS, Person, World},
};

fn insider() -> (World, Call, Person, Rogue) {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 2);
    let insider = world.person();
    let rogue = Rogue::in_call(&mut world, &mut call, &insider);
    (world, call, insider, rogue)
}

/// A commit by hand, given up at once so that the next can be made.
fn commit(
    rogue: &mut Rogue,
    shape: impl FnOnce(CommitBuilder<'_, Initial>) -> CommitBuilder<'_, Initial>,
) -> Vec<u8> {
    let (mls, provider, signer) = rogue.group();
    let built = shape(mls.commit_builder()).load_psks(provider.storage()).unwrap();
    let built = built.build(provider.rand(), provider.crypto(), signer, |_| true).unwrap();
    let bundle: CommitMessageBundle = built.stage_commit(provider).unwrap();
    mls.clear_pending_commit::<Memory>(provider.storage()).unwrap();
    bytes(bundle.into_commit())
}

#[test]
fn a_member_does_not_change_what_the_group_agreed_on() {
    let (world, mut call, insider, mut rogue) = insider();
    // No observer any more, or somebody else in its place.
    let made = commit(&mut rogue, |builder| {
        builder.propose_group_context_extensions(Extensions::default()).unwrap()
    });
    let (at_server, at_member) = both_refuse(&world, &mut call, &insider, &made, None);
    assert_eq!(at_server, HandshakeError::Proposal(7));
    assert_eq!(at_server, at_member);
}

#[test]
fn a_commit_renews_its_authors_keys() {
    let (mut world, mut call, insider, mut rogue) = insider();
    let guest = world.person();
    let package = Rogue::new(&mut world).honest(&world, &guest);
    // An Add alone may go without a path by RFC 9420, and then renews nothing.
    let made = commit(&mut rogue, |builder| builder.propose_adds([package]));
    let (at_server, at_member) = both_refuse(&world, &mut call, &insider, &made, None);
    assert_eq!((at_server, at_member), (HandshakeError::NoPath, HandshakeError::NoPath));
}

#[test]
fn a_commit_rests_on_nothing_that_is_not_in_it() {
    let (world, mut call, insider, mut rogue) = insider();
    let leaf = call.server.seats()[1].leaf;
    let (mls, provider, signer) = rogue.group();
    let index = LeafNodeIndex::new(leaf.number());
    let (proposal, _) = mls.propose_remove_member(provider, signer, index).unwrap();
    // A member's proposal by itself is nothing that members take.
    let refused = call.members[0].receive_proposal(&bytes(proposal)).unwrap_err();
    assert!(matches!(refused, HandshakeError::Sender { from: "a member", .. }), "{refused}");
    let made = commit(&mut rogue, |builder| builder);
    let (at_server, at_member) = both_refuse(&world, &mut call, &insider, &made, None);
    assert_eq!((at_server, at_member), (HandshakeError::Reference, HandshakeError::Reference));
}

#[test]
fn a_commit_carries_nothing_beside() {
    let (world, mut call, insider, mut rogue) = insider();
    rogue.mls.as_mut().unwrap().set_aad(b"psst".to_vec());
    let made = commit(&mut rogue, |builder| builder.force_self_update(true));
    let (at_server, at_member) = both_refuse(&world, &mut call, &insider, &made, None);
    assert_eq!((at_server, at_member), (HandshakeError::Beside(4), HandshakeError::Beside(4)));
}

#[test]
fn a_member_does_not_put_another_device_on_its_leaf() {
    let (mut world, mut call, insider, mut rogue) = insider();
    let other = world.person();
    // Another admitted device certifies the insider's key: two people in league.
    let signed = other.device.certify_leaf(rogue.cert(&world, &other)).unwrap();
    let credential = rogue.credential(signed.encode().unwrap());
    let parameters = LeafNodeParameters::builder().with_credential_with_key(credential).build();
    let made = commit(&mut rogue, |builder| builder.leaf_node_parameters(parameters));
    let (at_server, at_member) = both_refuse(&world, &mut call, &insider, &made, None);
    let leaf = call.server.seat_of(insider.id()).unwrap().leaf;
    let expected = HandshakeError::OtherLeaf { leaf, expected: insider.id(), got: other.id() };
    assert_eq!(at_server, expected);
    assert_eq!(at_member, expected);
}

#[test]
fn a_member_does_not_keep_its_leaf_with_a_certificate_that_is_none() {
    let (world, mut call, insider, mut rogue) = insider();
    let credential = rogue.credential(b"trust me".to_vec());
    let parameters = LeafNodeParameters::builder().with_credential_with_key(credential).build();
    let made = commit(&mut rogue, |builder| builder.leaf_node_parameters(parameters));
    let (at_server, at_member) = both_refuse(&world, &mut call, &insider, &made, None);
    assert!(
        matches!(at_server, HandshakeError::Leaf(LeafError::Cert(LeafCertError::Cbor(_)))),
        "{at_server}"
    );
    assert_eq!(at_server, at_member);
}

#[test]
fn a_member_does_not_change_what_it_can() {
    let (world, mut call, insider, mut rogue) = insider();
    let more = Capabilities::builder().ciphersuites(vec![SUITE, OTHER]).build();
    let parameters = LeafNodeParameters::builder().with_capabilities(more).build();
    let made = commit(&mut rogue, |builder| builder.leaf_node_parameters(parameters));
    let (at_server, at_member) = both_refuse(&world, &mut call, &insider, &made, None);
    assert_eq!(at_server, HandshakeError::Leaf(LeafError::Capabilities));
    assert_eq!(at_server, at_member);
}

#[test]
fn members_do_not_update_by_proposal() {
    let (_, mut call, _, mut rogue) = insider();
    let (mls, provider, signer) = rogue.group();
    let (proposal, _) = mls.propose_self_update(provider, signer, LeafNodeParameters::default()).unwrap();
    let refused = call.members[0].receive_proposal(&bytes(proposal)).unwrap_err();
    assert!(matches!(refused, HandshakeError::Sender { from: "a member", .. }), "{refused}");
}

#[test]
fn what_a_removed_insider_signed_before_is_void() {
    let (world, mut call, insider, mut rogue) = insider();
    let made = commit(&mut rogue, |builder| builder.force_self_update(true));
    let leaf = call.server.seat_of(insider.id()).unwrap().leaf;
    call.remove(&world, 0, leaf);
    let (at_server, at_member) = both_refuse(&world, &mut call, &insider, &made, None);
    assert!(matches!(at_server, HandshakeError::Epoch { .. }), "{at_server}");
    assert_eq!(at_server, at_member);
}

/// Said openly: the server sees no secret, so it takes an insider's commit that leads nowhere. Members do not follow, and
/// name the author; the call goes on in a new group without it.
#[test]
fn a_commit_that_leads_nowhere_is_caught_by_members_alone() {
    let (world, mut call, insider, mut rogue) = insider();
    let mut made = commit(&mut rogue, |builder| builder.force_self_update(true));
    // The last byte of the membership tag.
    *made.last_mut().unwrap() ^= 1;
    let moved =
        call.server.take(&made, None, insider.id(), &world.admitted, &BTreeSet::new(), NOW_MS).unwrap();
    assert_eq!(moved.by.device, insider.id());
    let refused = call.members[0].receive_commit(&made).err().unwrap();
    assert_eq!(refused, HandshakeError::MembershipTag);
}
