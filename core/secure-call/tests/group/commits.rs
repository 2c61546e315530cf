//! One commit wins each epoch; everybody else's is void and nothing of it stays.

use std::collections::BTreeSet;

use chancery_call_tree::handshake::HandshakeError;
use chancery_secure_call::group::{
    commit::{CommitError, ConfirmError, Plan},
    receive::{CommitReceived, Merged},
};

use crate::{
    call::{Call, follow, join, offered},
    world::{NOW_MS, World},
};

#[test]
fn of_two_commits_the_first_wins_and_the_others_author_follows_it() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 3);
    let late = call.members[1].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    assert_eq!(call.members[1].pending(), Some(2));
    call.update(&world, 0);
    call.agree();
    assert_eq!(call.members[1].pending(), None);
    let author = call.members[1].own().device;
    let refused =
        call.server.take(&late.commit, None, author, &world.admitted, &BTreeSet::new(), NOW_MS).unwrap_err();
    assert_eq!(refused, HandshakeError::Epoch { expected: 2, got: 1 });
    assert_eq!(call.members[1].confirm(), Err(ConfirmError::None));
    call.update(&world, 1);
    call.agree();
}

#[test]
fn a_second_commit_waits_for_the_first() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 2);
    call.members[0].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    let refused = call.members[0].commit(Plan::default(), &world.admitted, NOW_MS);
    assert_eq!(refused, Err(CommitError::Pending));
    call.members[0].drop_commit();
    call.update(&world, 0);
    call.agree();
}

#[test]
fn a_commit_counts_for_its_author_when_it_comes_back() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 2);
    let made = call.members[0].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    let before = call.members[0].frame_base().unwrap();
    assert!(matches!(call.members[0].receive_commit(&made.commit), Ok(CommitReceived::Own)));
    assert_eq!(call.members[0].frame_base().unwrap().expose(), before.expose());
    call.won(&world, 0, &made);
    call.agree();
    assert_ne!(call.members[0].frame_base().unwrap().expose(), before.expose());
}

#[test]
fn a_commit_that_its_author_gave_up_and_that_wins_nevertheless_is_named() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 2);
    let made = call.members[0].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    call.members[0].drop_commit();
    assert!(matches!(call.members[0].receive_commit(&made.commit), Err(HandshakeError::OwnLost)));
}

#[test]
fn what_others_would_refuse_is_not_even_proposed() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 2);
    let guest = world.person();
    let joining = join(&mut world, &guest);
    let add = vec![offered(&world, &joining)];
    // The log says that the guest is off the call before the commit is made.
    world.off(&guest);
    let refused = call.members[0].commit(Plan { add, ..Plan::default() }, &world.admitted, NOW_MS);
    assert!(matches!(refused, Err(CommitError::Refused(HandshakeError::KeyPackage(_)))), "{refused:?}");
    let again = join(&mut world, &people[1]);
    let add = vec![offered(&world, &again)];
    let refused = call.members[0].commit(Plan { add, ..Plan::default() }, &world.admitted, NOW_MS);
    let twice = CommitError::Refused(HandshakeError::DeviceTwice(people[1].id()));
    assert_eq!(refused, Err(twice));
    call.update(&world, 0);
    call.agree();
}

#[test]
fn nobody_removes_itself() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 2);
    let plan = Plan { remove: vec![call.members[0].own().leaf], ..Plan::default() };
    let refused = call.members[0].commit(plan, &world.admitted, NOW_MS);
    assert!(matches!(refused, Err(CommitError::Mls(_))), "{refused:?}");
    call.update(&world, 0);
    call.agree();
}

#[test]
fn a_certificate_is_renewed_on_the_way() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 2);
    let later = NOW_MS + 60_000;
    let cert = call.members[1].renewed_cert(later);
    let certificate = Some(people[1].device.certify_leaf(cert).unwrap());
    let plan = Plan { certificate, ..Plan::default() };
    let made = call.members[1].commit(plan, &world.admitted, NOW_MS).unwrap();
    let moved = call.won(&world, 1, &made);
    call.agree();
    assert_eq!(moved.by.not_after_ms, cert.not_after_ms);
    assert!(call.members[1].own().not_after_ms > call.members[0].own().not_after_ms);
}

#[test]
fn who_is_off_the_call_commits_nothing_more() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 3);
    let made = call.members[1].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    world.off(&people[1]);
    let refused =
        call.server.take(&made.commit, None, people[1].id(), &world.admitted, &BTreeSet::new(), NOW_MS);
    assert!(matches!(refused, Err(HandshakeError::Leaf(_))), "{refused:?}");
    let Ok(CommitReceived::Other(received)) = call.members[0].receive_commit(&made.commit) else { panic!() };
    let refused = call.members[0].verify(received, &world.admitted, NOW_MS).err().unwrap();
    assert!(matches!(refused.why, HandshakeError::Leaf(_)), "{refused:?}");
}

#[test]
fn a_commit_that_the_log_does_not_explain_yet_is_checked_again_later() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 2);
    let guest = world.person();
    let joining = join(&mut world, &guest);
    let add = vec![offered(&world, &joining)];
    let made = call.members[0].commit(Plan { add, ..Plan::default() }, &world.admitted, NOW_MS).unwrap();
    let known = world.admitted.clone();
    world.off(&guest);
    let Ok(CommitReceived::Other(received)) = call.members[1].receive_commit(&made.commit) else { panic!() };
    let early = call.members[1].verify(received, &world.admitted, NOW_MS).err().unwrap();
    assert!(matches!(early.why, HandshakeError::KeyPackage(_)), "{early:?}");
    let verified = call.members[1].verify(early.commit, &known, NOW_MS).unwrap();
    assert_eq!(verified.changes().added.len(), 1);
}

#[test]
fn a_commit_checked_in_one_epoch_is_not_merged_in_another() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 3);
    let one = call.members[0].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    let two = call.members[1].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    let mut third = call.members.pop().unwrap();
    let Ok(CommitReceived::Other(kept)) = third.receive_commit(&two.commit) else { panic!() };
    let verified = third.verify(kept, &world.admitted, NOW_MS).unwrap();
    let (third, _) = follow(&world, third, &one.commit);
    let Merged::Stale { group } = third.merge(verified) else { panic!("merged") };
    assert_eq!(group.epoch(), 2);
}

#[test]
fn epochs_leave_no_keys_behind() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 3);
    let before: Vec<usize> = call.members.iter().map(|member| member.kept_keys().unwrap()).collect();
    for by in [0, 1, 2, 0, 1, 2] {
        call.update(&world, by);
    }
    let after: Vec<usize> = call.members.iter().map(|member| member.kept_keys().unwrap()).collect();
    assert_eq!((before, after), (vec![1, 1, 1], vec![1, 1, 1]));
}
