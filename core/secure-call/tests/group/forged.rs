//! Handshakes that nobody made, that were made before, or for something else: refused by name, and nothing changes.

use std::collections::BTreeSet;

use chancery_call_tree::{
    handshake::HandshakeError,
    message::{Kind, MessageError},
    tree::{CallTree, GroupInfoError},
};
use chancery_secure_call::group::{commit::Plan, join::WelcomeRefusal};

use crate::{
    call::{Call, join, offered},
    rogue::both_refuse,
    world::{NOW_MS, World},
};

#[test]
fn a_commit_that_was_changed_anywhere_is_refused() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 3);
    let made = call.members[0].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    call.members[0].drop_commit();
    // The confirmation tag and the membership tag end it, 48 bytes and a length each: the server can not check them.
    let (whole, tags) = (made.commit.len(), made.commit.len() - 2 * 49);
    for at in (0..tags).step_by(53) {
        let mut changed = made.commit.clone();
        changed[at] ^= 1;
        both_refuse(&world, &mut call, &people[0], &changed, None);
    }
    for (at, named) in [(tags + 7, HandshakeError::MembershipTag), (whole - 1, HandshakeError::MembershipTag)]
    {
        let mut changed = made.commit.clone();
        changed[at] ^= 1;
        assert_eq!(call.members[2].receive_commit(&changed).err(), Some(named), "byte {at}");
    }
    call.agree();
}

#[test]
fn a_commit_comes_once() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 2);
    let made = call.members[0].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    call.won(&world, 0, &made);
    let (at_server, at_member) = both_refuse(&world, &mut call, &people[0], &made.commit, None);
    assert_eq!(at_server, HandshakeError::Epoch { expected: 2, got: 1 });
    assert_eq!(at_server, at_member);
}

#[test]
fn a_commit_of_another_group_is_refused_also_of_the_same_call() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 2);
    let (mut other, _) = Call::of(&mut world, 2);
    let foreign = other.members[0].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    let (at_server, at_member) = both_refuse(&world, &mut call, &people[0], &foreign.commit, None);
    assert_eq!((at_server, at_member), (HandshakeError::Group, HandshakeError::Group));
}

#[test]
fn a_commit_is_handed_in_by_who_made_it() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 2);
    let made = call.members[0].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    let refused = call
        .server
        .take(&made.commit, None, people[1].id(), &world.admitted, &BTreeSet::new(), NOW_MS)
        .unwrap_err();
    let (by, handed_in_by) = (people[0].id(), people[1].id());
    assert_eq!(refused, HandshakeError::NotOwn { by, handed_in_by });
    call.won(&world, 0, &made);
    call.agree();
}

#[test]
fn a_welcome_is_for_exactly_those_who_are_added() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 2);
    let guest = world.person();
    let joining = join(&mut world, &guest);
    let add = vec![offered(&world, &joining)];
    let made = call.members[0].commit(Plan { add, ..Plan::default() }, &world.admitted, NOW_MS).unwrap();
    let take = |call: &mut Call, welcome: Option<&[u8]>| {
        call.server
            .take(&made.commit, welcome, people[0].id(), &world.admitted, &BTreeSet::new(), NOW_MS)
            .unwrap_err()
    };
    assert_eq!(take(&mut call, None), HandshakeError::Welcome { added: 1, welcomed: 0 });
    let mut elsewhere = World::new();
    let first = elsewhere.person();
    let second = elsewhere.person();
    let mut other = Call::begin(&mut elsewhere, &first);
    let joining = join(&mut elsewhere, &second);
    let add = vec![offered(&elsewhere, &joining)];
    let foreign =
        other.members[0].commit(Plan { add, ..Plan::default() }, &elsewhere.admitted, NOW_MS).unwrap();
    let refused = take(&mut call, foreign.welcome.as_deref());
    assert_eq!(refused, HandshakeError::Welcome { added: 1, welcomed: 1 });
    call.won(&world, 0, &made);
}

#[test]
fn a_welcome_for_another_device_leaves_the_key_package_as_it_was() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 1);
    let (guest, other) = (world.person(), world.person());
    let (joining, waiting) = (join(&mut world, &guest), join(&mut world, &other));
    let add = vec![offered(&world, &joining)];
    let made = call.members[0].commit(Plan { add, ..Plan::default() }, &world.admitted, NOW_MS).unwrap();
    call.won(&world, 0, &made);
    let welcome = made.welcome.unwrap();
    let refused = waiting.follow(&welcome).err().unwrap();
    assert_eq!(refused.why, WelcomeRefusal::NotForMe);
    let add = vec![offered(&world, refused.still.as_ref().unwrap())];
    let made = call.members[0].commit(Plan { add, ..Plan::default() }, &world.admitted, NOW_MS).unwrap();
    assert!(refused.still.unwrap().follow(&made.welcome.unwrap()).is_ok());
    // A changed welcome uses the key package up.
    let mut changed = welcome;
    *changed.last_mut().unwrap() ^= 1;
    let refused = joining.follow(&changed).err().unwrap();
    assert!(matches!(refused.why, WelcomeRefusal::Open(_)) && refused.still.is_none(), "{refused:?}");
}

#[test]
fn bytes_that_are_nothing_are_refused_by_name() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 2);
    let made = call.members[0].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    call.members[0].drop_commit();
    let kind = Kind::Commit;
    for cut in [0, 1, 3, 40, made.commit.len() - 1] {
        let (at_server, at_member) = both_refuse(&world, &mut call, &people[0], &made.commit[..cut], None);
        assert!(matches!(at_server, HandshakeError::Message(MessageError::Malformed { .. })), "{at_server}");
        assert_eq!(at_server, at_member);
    }
    let longer = [made.commit.as_slice(), &[0]].concat();
    let (at_server, _) = both_refuse(&world, &mut call, &people[0], &longer, None);
    assert!(matches!(at_server, HandshakeError::Message(MessageError::Malformed { .. })), "{at_server}");
    let huge = vec![0; kind.bytes_max() + 1];
    let (at_server, _) = both_refuse(&world, &mut call, &people[0], &huge, None);
    let too_long = MessageError::TooLong { kind, most: kind.bytes_max(), got: huge.len() };
    assert_eq!(at_server, HandshakeError::Message(too_long));
    let said = call.members[0].say(b"words").unwrap();
    let (at_server, _) = both_refuse(&world, &mut call, &people[0], &said, None);
    assert_eq!(at_server, HandshakeError::Message(MessageError::Kind { expected: kind, got: 2 }));
}

#[test]
fn a_group_of_another_call_or_with_a_ghost_in_it_is_not_opened() {
    let mut world = World::new();
    let (call, people) = Call::of(&mut world, 2);
    let info = call.members[0].group_info().unwrap();
    let mut other = world.place;
    other.package.0[0] ^= 1;
    let refused = CallTree::open(&info, other, &world.admitted, NOW_MS).unwrap_err();
    assert_eq!(refused, GroupInfoError::Group);
    let mut observed = world.place;
    observed.observer[0] ^= 1;
    let refused = CallTree::open(&info, observed, &world.admitted, NOW_MS).unwrap_err();
    assert_eq!(refused, GroupInfoError::Extensions);
    world.off(&people[1]);
    let refused = CallTree::open(&info, world.place, &world.admitted, NOW_MS).unwrap_err();
    assert!(matches!(refused, GroupInfoError::Leaf(_)), "{refused}");
    let mut changed = info;
    *changed.last_mut().unwrap() ^= 1;
    world.admitted.push(people[1].admitted());
    let refused = CallTree::open(&changed, world.place, &world.admitted, NOW_MS).unwrap_err();
    assert!(matches!(refused, GroupInfoError::Invalid(_)), "{refused}");
}

#[test]
fn a_server_that_starts_again_goes_on_from_what_a_member_gives() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 3);
    call.update(&world, 1);
    let info = call.members[2].group_info().unwrap();
    call.server = CallTree::open(&info, world.place, &world.admitted, NOW_MS).unwrap();
    call.agree();
    call.update(&world, 0);
    call.agree();
    assert!(matches!(
        call.members[0].receive_commit(&info),
        Err(HandshakeError::Message(MessageError::Kind { .. }))
    ));
}
