//! The distribution list: who is added, who is removed, and what a stranger to it is refused.

use chancery_desk::{
    act::Act,
    readers::may_read,
    refusal::{Refusal, Thing},
};
use chancery_seal::vault::Reader;

use crate::world::{
    CALL, COUNSEL, CUSTODIAN, DUTY, DUTY_DESK, INTERPRETER, NOTES, OFFICER_A, PRINCIPAL, RECORDS_OFFICE,
    World, first_device,
};

fn added(reader: Reader) -> Act {
    Act::ReadersAdded { readers: [reader].into(), from_now: false }
}

fn removed(reader: Reader) -> Act {
    Act::ReadersRemoved { readers: [reader].into() }
}

#[test]
fn who_does_not_read_a_package_does_not_act_in_it() {
    let world = World::with_live_call();
    let outsider = world.call_refusal(INTERPRETER, Act::PartyArrived { party: World::party(INTERPRETER) });
    assert!(matches!(outsider, Refusal::NeedsRole { .. } | Refusal::NotAReader { .. }));
    let mut world = world;
    world.trust(
        OFFICER_A,
        Act::RolesSet { person: INTERPRETER, roles: [chancery_desk::act::Role::NoteTaker].into() },
    );
    let note = world.call_refusal(INTERPRETER, Act::NoteTaken { instead_of: None });
    assert_eq!(note, Refusal::NotAReader { person: INTERPRETER, package: CALL });
}

#[test]
fn readers_are_persons_by_name_and_members_of_offices() {
    let mut world = World::with_call();
    let reads = |world: &World, person| may_read(&world.desk.trust, &world.desk.packages[&CALL], person);
    assert!(reads(&world, PRINCIPAL) && reads(&world, DUTY) && !reads(&world, INTERPRETER));
    world.trust(OFFICER_A, Act::OfficeMemberAdded { office: COUNSEL, person: INTERPRETER });
    assert!(reads(&world, INTERPRETER));
    world.trust(OFFICER_A, Act::PersonLeft { person: INTERPRETER });
    assert!(!reads(&world, INTERPRETER));
}

#[test]
fn readers_are_added_once_and_must_exist() {
    let mut world = World::with_call();
    let device = Reader::Device(first_device(INTERPRETER));
    assert_eq!(world.call_refusal(DUTY, added(device)), Refusal::WrongReader(device));
    let known = Reader::Person(NOTES);
    assert_eq!(world.call_refusal(DUTY, added(known)), Refusal::AlreadyThere(Thing::Reader(known)));
    let nobody = Act::ReadersAdded { readers: [].into(), from_now: false };
    assert!(matches!(world.call_refusal(DUTY, nobody), Refusal::OutOfRange { .. }));
    assert!(matches!(
        world.call_refusal(NOTES, added(Reader::Person(INTERPRETER))),
        Refusal::NeedsRole { .. }
    ));
    world.call(DUTY, added(Reader::Person(INTERPRETER)));
    assert!(world.desk.packages[&CALL].readers().contains(&Reader::Person(INTERPRETER)));
}

#[test]
fn the_principal_is_never_removed_and_others_only_when_they_are_there() {
    let mut world = World::with_call();
    let principal = Reader::Person(PRINCIPAL);
    assert_eq!(world.call_refusal(DUTY, removed(principal)), Refusal::WrongReader(principal));
    let stranger = Reader::Person(CUSTODIAN);
    assert_eq!(
        world.call_refusal(DUTY, removed(stranger)),
        Refusal::ReaderUnknown { reader: stranger, package: CALL }
    );
    world.call(PRINCIPAL, removed(Reader::Office(DUTY_DESK)));
    let gone = world.call_refusal(DUTY, Act::CallCleared {});
    assert_eq!(gone, Refusal::NotAReader { person: DUTY, package: CALL });
    assert!(world.desk.packages[&CALL].readers().contains(&Reader::Office(RECORDS_OFFICE)));
}
