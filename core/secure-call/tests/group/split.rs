//! Two members fed different commits: the first statement from the other side shows it, and silence is named too.

use chancery_secure_call::{
    group::{commit::Plan, message::HearError},
    split::{Compared, EpochStatement, STATED_WITHIN_MS, SplitAlarm, SplitWatch, StatementError},
};

use crate::{
    call::{Call, follow},
    world::{NOW_MS, World},
};

/// A call of three whose server gives each of two commits to somebody else.
fn split() -> (World, Call) {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 3);
    call.members[0].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    let other = call.members[1].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    // It tells each author that its commit won, and the third member of the second one.
    call.members[0].confirm().unwrap();
    call.members[1].confirm().unwrap();
    let third = call.members.pop().unwrap();
    call.members.push(follow(&world, third, &other.commit).0);
    (world, call)
}

#[test]
fn a_split_shows_by_the_first_statement_from_the_other_side() {
    let (_, call) = split();
    let mut watches: Vec<SplitWatch> = call.members.iter().map(|member| SplitWatch::new(member)).collect();
    let said: Vec<EpochStatement> = call
        .members
        .iter()
        .zip(&mut watches)
        .map(|(member, watch)| watch.begin(member, NOW_MS).unwrap().0)
        .collect();
    let device = |number: usize| call.members[number].own().device;
    assert_eq!(watches[0].hear(&said[1]), Err(SplitAlarm::Split { device: device(1), epoch: 2 }));
    assert_eq!(watches[2].hear(&said[0]), Err(SplitAlarm::Split { device: device(0), epoch: 2 }));
    assert_eq!(watches[2].hear(&said[1]), Ok(Compared::Agrees));
}

#[test]
fn a_split_shows_by_the_first_message_that_does_not_open() {
    let (_, mut call) = split();
    let said = call.members[0].say(b"do you read me").unwrap();
    assert!(matches!(call.members[1].hear(&said), Err(HearError::Unreadable(2))));
    let said = call.members[1].say(b"do you read me").unwrap();
    assert!(matches!(call.members[0].hear(&said), Err(HearError::Unreadable(2))));
    assert_eq!(call.members[2].hear(&said).unwrap().words.as_slice(), b"do you read me");
}

#[test]
fn who_states_nothing_is_named_after_a_while() {
    let mut world = World::new();
    let (call, _) = Call::of(&mut world, 3);
    let mut watch = SplitWatch::new(&call.members[0]);
    watch.begin(&call.members[0], NOW_MS).unwrap();
    let mut theirs = SplitWatch::new(&call.members[1]);
    let (said, _) = theirs.begin(&call.members[1], NOW_MS).unwrap();
    assert_eq!(watch.hear(&said), Ok(Compared::Agrees));
    assert_eq!(watch.silent(NOW_MS + STATED_WITHIN_MS - 1), []);
    assert_eq!(watch.silent(NOW_MS + STATED_WITHIN_MS), [*call.members[2].own()]);
}

#[test]
fn a_statement_that_comes_before_its_commit_is_compared_when_the_commit_comes() {
    let mut world = World::new();
    let (mut call, _) = Call::of(&mut world, 2);
    let mut watch = SplitWatch::new(&call.members[1]);
    watch.begin(&call.members[1], NOW_MS).unwrap();
    let made = call.members[0].commit(Plan::default(), &world.admitted, NOW_MS).unwrap();
    call.members[0].confirm().unwrap();
    let mut theirs = SplitWatch::new(&call.members[0]);
    let (said, _) = theirs.begin(&call.members[0], NOW_MS).unwrap();
    assert_eq!(watch.hear(&said), Ok(Compared::Ahead));
    let behind = call.members.pop().unwrap();
    let (group, _) = follow(&world, behind, &made.commit);
    let (_, compared) = watch.begin(&group, NOW_MS).unwrap();
    assert_eq!(compared, [Ok(Compared::Agrees)]);
    assert_eq!(watch.silent(NOW_MS + STATED_WITHIN_MS), []);
}

#[test]
fn a_statement_is_signed_by_the_leaf_that_it_names() {
    let mut world = World::new();
    let (call, _) = Call::of(&mut world, 2);
    let (other, _) = Call::of(&mut world, 2);
    let mut watch = SplitWatch::new(&call.members[0]);
    watch.begin(&call.members[0], NOW_MS).unwrap();
    let (said, _) = SplitWatch::new(&call.members[1]).begin(&call.members[1], NOW_MS).unwrap();
    let device = call.members[1].own().device;
    let forged = Err(SplitAlarm::Forged { device, epoch: 1 });
    let mut changed = said;
    changed.state.0[0] ^= 1;
    assert_eq!(watch.hear(&changed), forged);
    let (foreign, _) = SplitWatch::new(&other.members[1]).begin(&other.members[1], NOW_MS).unwrap();
    assert_eq!(watch.hear(&foreign), forged);
    let nobody = EpochStatement { leaf: 5, ..said };
    assert_eq!(watch.hear(&nobody), Err(SplitAlarm::NoMember { leaf: 5, epoch: 1 }));
    assert_eq!(watch.hear(&said), Ok(Compared::Agrees));
    assert_eq!(watch.hear(&EpochStatement { epoch: 0, ..said }), Ok(Compared::Unknown));
}

#[test]
fn statements_come_back_as_written_and_nothing_else_is_one() {
    let mut world = World::new();
    let (call, _) = Call::of(&mut world, 1);
    let (said, _) = SplitWatch::new(&call.members[0]).begin(&call.members[0], NOW_MS).unwrap();
    let bytes = said.encode().unwrap();
    assert_eq!(EpochStatement::read(&bytes), Ok(said));
    assert!(matches!(EpochStatement::read(&bytes[1..]), Err(StatementError::Cbor(_))));
    assert_eq!(EpochStatement::read(&[0; 257]), Err(StatementError::TooLong(257)));
}
