//! Coming, staying, coming again.

use chancery_log::id::PersonId;
use chancery_open::shares::CustodianKey;
use chancery_secure_call::{
    group::commit::Plan,
    tape::dealing::{DealingTerms, deal},
};

use crate::{
    call::{Call, join, offered},
    world::{NOW_MS, World},
};

#[test]
fn who_is_added_is_in_the_same_state_as_who_was_there() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 3);
    call.agree();
    assert_eq!(call.members[0].epoch(), 1);
    let late = world.person();
    let moved = call.add(&mut world, 2, &[&late]);
    call.agree();
    assert_eq!(moved.added.iter().map(|seat| seat.device).collect::<Vec<_>>(), [late.id()]);
    assert_eq!(moved.by.device, people[2].id());
    assert_eq!(call.members[3].own().device, late.id());
}

#[test]
fn a_reload_is_remove_and_add_in_one_commit_and_one_epoch() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 3);
    let before = *call.members[1].own();
    let again = join(&mut world, &people[1]);
    let plan = Plan { add: vec![offered(&world, &again)], remove: vec![before.leaf], ..Plan::default() };
    let made = call.members[0].commit(plan, &world.admitted, NOW_MS).unwrap();
    let moved = call.won(&world, 0, &made);
    let group = again.follow(made.welcome.as_ref().unwrap()).unwrap().enter(&world.admitted, NOW_MS).unwrap();
    call.members.push(Box::new(group));
    call.agree();
    assert_eq!((moved.added.len(), moved.removed.as_slice()), (1, [before].as_slice()));
    assert_eq!(call.members.len(), 3);
    assert_ne!(call.members[2].own().leaf_key, before.leaf_key);
    assert_eq!(call.members[2].own().device, before.device);
}

#[test]
fn every_member_would_deal_the_tapes_secret_alike_and_each_epoch_otherwise() {
    let mut world = World::new();
    let (mut call, people) = Call::of(&mut world, 3);
    let custodian = people[0].device.public().receives.clone();
    let deal_of = |call: &Call, number: usize| {
        let member = &call.members[number];
        let of = |number: u8| CustodianKey {
            custodian: PersonId([number; 16]),
            generation: 1,
            receives: &custodian,
        };
        let custodians = [of(1), of(2)];
        let (base, stream) = (member.frame_base().unwrap(), member.dealing_stream().unwrap());
        let name = member.epoch_name().unwrap();
        deal(&DealingTerms { name, base: &base, stream: &stream, needed: 2, custodians: &custodians })
            .unwrap()
    };
    let first = deal_of(&call, 0);
    assert_eq!(deal_of(&call, 1), first);
    assert_eq!(deal_of(&call, 2), first);
    call.update(&world, 1);
    assert_ne!(deal_of(&call, 0).base, first.base);
    assert_eq!(deal_of(&call, 0), deal_of(&call, 2));
}
