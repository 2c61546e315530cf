//! Opening packages: with the right readers, under the right id, and never refusing the principal.

use chancery_desk::{
    act::{Act, CallKind, imported_package},
    calls::Stage,
    package::Package,
    refusal::{Refusal, Thing},
};
use chancery_log::id::{CounterpartId, Digest, PackageId, Scope, Vault};
use chancery_seal::{body::mark::Rank, vault::Reader};

use crate::world::{
    CALL, COUNTERPART, CUSTODIAN, DIRECTORY, DUTY, DUTY_DESK, IN_CALL, INTERPRETER, NOTES, OFFICER_A,
    PRINCIPAL, RECORDS, RECORDS_OFFICE, World, first_device, wrapped_to,
};

fn with(change: impl FnOnce(&mut chancery_desk::act::Opening)) -> (World, Act) {
    let world = World::staffed();
    let mut opening = world.opening(World::readers());
    change(&mut opening);
    let kind = CallKind::Unannounced;
    (world, Act::CallRequested { principal: PRINCIPAL, counterpart: COUNTERPART, kind, opening })
}

#[test]
fn a_planned_call_is_requested_and_an_unannounced_one_is_live_at_once() {
    let mut world = World::with_call();
    assert_eq!(world.desk.packages[&CALL].stage(), Stage::Requested);
    let other = Scope::Package(PackageId([2; 16]));
    world.say(first_device(DUTY), other, world.requested(CallKind::Unannounced));
    assert_eq!(world.desk.packages[&PackageId([2; 16])].stage(), Stage::Live);
    let again = world.call_refusal(DUTY, world.requested(CallKind::Unannounced));
    assert_eq!(again, Refusal::AlreadyThere(Thing::Package(CALL)));
}

#[test]
fn the_principal_calls_with_nobody_on_duty_and_nobody_else_ready() {
    let mut world = World::staffed();
    let device = first_device(DUTY);
    world.trust(OFFICER_A, Act::DeviceRevoked { device, because: chancery_desk::act::RevokedBecause::Lost });
    assert!(world.desk.trust.stale(Vault::Office(DUTY_DESK)), "nobody is left to re-key the duty desk");
    world.request(PRINCIPAL, CallKind::Unannounced);
    let package = &world.desk.packages[&CALL];
    assert_eq!(package.stage(), Stage::Live);
    assert!(package.readers().contains(&Reader::Office(DUTY_DESK)), "it reads once it can");
    let wrapped = &package.vault().current().unwrap().wrapped;
    assert!(!wrapped.contains_key(&Reader::Office(DUTY_DESK)));
}

#[test]
fn calls_are_requested_for_a_principal_by_who_may() {
    let world = World::staffed();
    for person in [NOTES, INTERPRETER, RECORDS] {
        let refusal = world.call_refusal(person, world.requested(CallKind::Unannounced));
        assert!(matches!(refusal, Refusal::NeedsRole { .. }), "{refusal}");
    }
    let opening = world.opening(World::readers());
    let kind = CallKind::Unannounced;
    let act =
        Act::CallRequested { principal: DUTY, counterpart: COUNTERPART, kind, opening: opening.clone() };
    assert!(matches!(world.call_refusal(DUTY, act), Refusal::OtherNeedsRole { .. }));
    let counterpart = CounterpartId([60; 16]);
    let act = Act::CallRequested { principal: PRINCIPAL, counterpart, kind, opening };
    assert_eq!(world.call_refusal(PRINCIPAL, act), Refusal::UnknownCounterpart(counterpart));
}

#[test]
fn the_principal_and_the_standing_readers_must_read() {
    for missing in [Reader::Person(PRINCIPAL), Reader::Office(DUTY_DESK)] {
        let world = World::staffed();
        let mut readers = World::readers();
        readers.remove(&missing);
        let opening = world.opening(readers);
        let kind = CallKind::Unannounced;
        let act = Act::CallRequested { principal: PRINCIPAL, counterpart: COUNTERPART, kind, opening };
        assert!(matches!(world.call_refusal(DUTY, act), Refusal::StandingReaders(_)));
    }
}

#[test]
fn a_ghost_reader_does_not_come_in_with_the_opening() {
    let (world, act) = with(|opening| {
        opening.vault.readers.push(wrapped_to(Reader::Person(CUSTODIAN), 1));
        opening.vault.readers.sort();
    });
    assert!(matches!(world.call_refusal(DUTY, act), Refusal::ReadersExpected { .. }));
    let device = Reader::Device(first_device(NOTES));
    let (world, act) = with(|opening| opening.readers.extend([device]));
    assert_eq!(world.call_refusal(DUTY, act), Refusal::WrongReader(device));
    let (world, act) = with(|opening| opening.vault.readers.truncate(3));
    assert!(
        matches!(world.call_refusal(DUTY, act), Refusal::ReadersExpected { .. }),
        "and nobody is left out"
    );
    let (world, act) = with(|opening| opening.vault.readers[0].generation += 1);
    assert!(matches!(world.call_refusal(DUTY, act), Refusal::ReadersExpected { .. }));
}

#[test]
fn the_first_generation_is_the_first_unchained_and_without_a_receiving_key() {
    let (world, act) = with(|opening| opening.vault.number = 2);
    assert!(matches!(world.call_refusal(DUTY, act), Refusal::GenerationExpected { expected: 1, got: 2, .. }));
    let (world, act) = with(|opening| opening.vault.chained = true);
    assert_eq!(world.call_refusal(DUTY, act), Refusal::ChainExpected { expected: false });
    let (world, act) = with(|opening| opening.vault.receives = vec![0; 1216].into());
    assert_eq!(world.call_refusal(DUTY, act), Refusal::ReceiveKey { expected: 0, got: 1216 });
    let (world, act) = with(|opening| opening.level = Rank(9));
    assert!(matches!(world.call_refusal(DUTY, act), Refusal::UnknownLevel { .. }));
}

#[test]
fn who_opens_a_package_reads_it() {
    let mut world = World::staffed();
    let mut rules = world.rules();
    rules.standing_readers.clear();
    world.trust(OFFICER_A, Act::RulesSet(rules));
    let opening = world.opening([Reader::Person(PRINCIPAL)].into());
    let act = Act::CallRequested {
        principal: PRINCIPAL,
        counterpart: COUNTERPART,
        kind: CallKind::Unannounced,
        opening,
    };
    let refusal = world.call_refusal(DUTY, act.clone());
    assert_eq!(refusal, Refusal::NotAReader { person: DUTY, package: CALL });
    world.call(PRINCIPAL, act);
}

#[test]
fn a_debrief_begins_ended() {
    let mut world = World::staffed();
    let opening = world.opening(World::readers());
    world.call(PRINCIPAL, Act::DebriefGiven { principal: PRINCIPAL, opening });
    let package = &world.desk.packages[&CALL];
    assert_eq!((package.stage(), package.principal()), (Stage::Ended, Some(PRINCIPAL)));
    assert_eq!(package.counterpart(), None);
    assert!(matches!(world.call_refusal(DUTY, Act::CallAnswered {}), Refusal::WrongStage { .. }));
}

#[test]
fn a_record_is_imported_once_under_its_own_name_however_old_it_is() {
    let mut world = World::staffed();
    let record = Digest::of(b"telcons\0 12");
    let opening = world.opening([Reader::Office(DUTY_DESK), Reader::Office(RECORDS_OFFICE)].into());
    let act = Act::PackageImported { record, opening };
    let id = imported_package(&record);
    let wrong = world.call_refusal(RECORDS, act.clone());
    assert_eq!(wrong, Refusal::ImportedName { expected: id, got: CALL });
    let scope = Scope::Package(id);
    assert!(matches!(world.refusal(first_device(NOTES), scope, act.clone()), Refusal::NeedsRole { .. }));
    let mut said = world.said(first_device(RECORDS), scope, act.clone());
    said.said_ms = 0;
    assert_eq!(world.admitted(&said), Ok(()));
    world.log(said);
    let package = &world.desk.packages[&id];
    assert_eq!((package.stage(), package.principal()), (Stage::Closed, None));
    assert_eq!(world.refusal(first_device(RECORDS), scope, act), Refusal::AlreadyThere(Thing::Package(id)));
    let note = world.refusal(first_device(DUTY), scope, Act::NoteTaken { instead_of: None });
    assert_eq!(note, Refusal::Imported);
    let telcon = world.refusal(first_device(DUTY), scope, Act::TelconWritten { version: 1 });
    assert!(matches!(telcon, Refusal::WrongStage { .. }));
}

#[test]
fn only_an_opening_act_opens() {
    let world = World::staffed();
    let place = world.log[0].1;
    let said = world.said(first_device(DUTY), IN_CALL, Act::CallAnswered {});
    assert!(Package::open(&said, &place).is_none());
    assert!(world.desk.trust.offices().contains_key(&DIRECTORY));
}
