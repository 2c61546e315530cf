//! Telcons: written after the call, the newest approved, nothing older brought back.

use chancery_desk::{
    act::Act,
    calls::Stage,
    refusal::{Refusal, Thing},
};

use crate::world::{ADVISER, CALL, DUTY, NOTES, World, first_device};

#[test]
fn a_telcon_is_written_after_the_call_and_approved_by_who_may() {
    let live = World::with_live_call();
    assert!(matches!(
        live.call_refusal(NOTES, Act::TelconWritten { version: 1 }),
        Refusal::WrongStage { .. }
    ));
    let mut world = World::with_ended_call();
    let none = world.call_refusal(DUTY, Act::TelconApproved { version: 1 });
    assert_eq!(none, Refusal::VersionExpected { expected: 0, got: 1 });
    world.call(NOTES, Act::TelconWritten { version: 1 });
    assert!(matches!(
        world.call_refusal(NOTES, Act::TelconApproved { version: 1 }),
        Refusal::NeedsRole { .. }
    ));
    world.call(ADVISER, Act::TelconApproved { version: 1 });
    let package = &world.desk.packages[&CALL];
    assert_eq!(package.stage(), Stage::WrittenUp);
    assert_eq!(package.approved_telcon().unwrap().approved_by, Some(first_device(ADVISER)));
}

#[test]
fn a_newer_text_needs_its_own_approval_and_an_older_one_gets_none() {
    let mut world = World::with_ended_call();
    for version in [1, 2] {
        world.call(NOTES, Act::TelconWritten { version });
    }
    let older = world.call_refusal(DUTY, Act::TelconApproved { version: 1 });
    assert_eq!(older, Refusal::VersionExpected { expected: 2, got: 1 });
    world.call(DUTY, Act::TelconApproved { version: 2 });
    let twice = world.call_refusal(DUTY, Act::TelconApproved { version: 2 });
    assert_eq!(twice, Refusal::AlreadyThere(Thing::TelconApproved(2)));
    world.call(NOTES, Act::TelconWritten { version: 3 });
    assert_eq!(world.desk.packages[&CALL].approved_telcon().unwrap().version, 2);
}
