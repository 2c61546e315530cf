//! Generations and wraps: no ghost reads, who is out is out from the next generation on, and nobody blocks the others.

use chancery_desk::{
    act::{Act, RevokedBecause},
    refusal::{Refusal, Thing},
    vaults::Chain,
};
use chancery_log::id::{DeviceId, PersonId, Scope, Vault};
use chancery_seal::vault::{Generation, Reader};

use crate::world::{
    ADVISER, CALL, COUNSEL, DIRECTORY, DUTY, DUTY_DESK, IN_CALL, INTERPRETER, NOTES, OFFICER_A, PRINCIPAL,
    World, first_device, keys, made, wrapped_to,
};

const PACKAGE: Vault = Vault::Package(CALL);

fn revoke(world: &mut World, person: PersonId) {
    let device = first_device(person);
    world.trust(OFFICER_A, Act::DeviceRevoked { device, because: RevokedBecause::Lost });
}

fn wrap(vault: Vault, generation: u32, readers: &[(Reader, u32)]) -> Act {
    let readers = readers.iter().map(|(reader, generation)| wrapped_to(*reader, *generation)).collect();
    Act::ReadersWrapped { vault, generation, readers }
}

fn add(world: &mut World, person: PersonId, from_now: bool) {
    world.call(DUTY, Act::ReadersAdded { readers: [Reader::Person(person)].into(), from_now });
}

fn remove(world: &mut World, person: PersonId) {
    world.call(DUTY, Act::ReadersRemoved { readers: [Reader::Person(person)].into() });
}

/// A generation as it should be, changed.
fn changed(world: &World, vault: Vault, change: impl FnOnce(&mut Generation)) -> Act {
    let mut generation = world.next_generation(vault);
    change(&mut generation);
    made(vault, generation)
}

#[test]
fn a_new_device_of_a_person_needs_one_wrap_and_then_reads_all() {
    let mut world = World::with_call();
    world.enrol(NOTES, 203);
    let device = keys(203).id();
    assert_eq!(world.desk.trust.vault(Vault::Person(NOTES)).unwrap().number(), 1, "no new generation for it");
    for vault in [Vault::Person(NOTES), Vault::Office(DIRECTORY), PACKAGE] {
        assert!(world.vaults(vault).holds(device, vault, 1), "{vault}");
    }
}

#[test]
fn a_revoked_device_makes_all_that_it_read_stale_until_each_is_re_keyed() {
    let mut world = World::with_live_call();
    world.enrol(NOTES, 203);
    let note = Act::NoteTaken { instead_of: None };
    revoke(&mut world, NOTES);
    for vault in [Vault::Person(NOTES), Vault::Office(DIRECTORY), PACKAGE] {
        assert!(world.vaults(vault).stale(vault), "{vault}");
    }
    let second = keys(203).id();
    assert_eq!(world.refusal(second, IN_CALL, note.clone()), Refusal::RekeyFirst { vault: PACKAGE });
    let early = world.refusal(second, IN_CALL, made(PACKAGE, world.next_generation(PACKAGE)));
    assert_eq!(early, Refusal::RekeyFirst { vault: Vault::Person(NOTES) }, "its own vault comes first");
    world.make_generation(second, Vault::Person(NOTES));
    assert!(world.vaults(PACKAGE).stale(PACKAGE), "it was wrapped to the older generation");
    world.make_generation(second, PACKAGE);
    world.say(second, IN_CALL, note);
    let current = world.desk.packages[&CALL].vault().current().unwrap();
    assert_eq!(current.wrapped[&Reader::Person(NOTES)].generation, 2);
}

#[test]
fn a_lost_only_device_blocks_nobody_else() {
    let mut world = World::with_live_call();
    revoke(&mut world, ADVISER);
    assert!(world.vaults(PACKAGE).stale(PACKAGE));
    let own = Vault::Person(ADVISER);
    assert_eq!(world.vaults(own).next_generation(own).chain, Chain::Either);
    world.make_generation(first_device(DUTY), Vault::Office(DIRECTORY));
    world.make_generation(first_device(NOTES), PACKAGE);
    let readers: Vec<Reader> =
        world.desk.packages[&CALL].vault().current().unwrap().wrapped.keys().copied().collect();
    assert!(!readers.contains(&Reader::Person(ADVISER)) && !readers.contains(&Reader::Office(COUNSEL)));
    world.call(NOTES, Act::NoteTaken { instead_of: None });
    world.enrol(ADVISER, 205);
    let begun = world.desk.trust.vault(Vault::Person(ADVISER)).unwrap().current().unwrap();
    assert!(begun.generation.number == 2 && !begun.generation.chained, "nobody held the one before");
    assert!(world.vaults(PACKAGE).holds(keys(205).id(), PACKAGE, 1), "and reads again, all of it");
}

#[test]
fn generations_follow_each_other_and_carry_the_one_before() {
    let mut world = World::with_call();
    let device = first_device(DUTY);
    let refused = |world: &World, change: fn(&mut Generation)| {
        world.refusal(device, IN_CALL, changed(world, PACKAGE, change))
    };
    let skipped = refused(&world, |generation| generation.number = 3);
    assert_eq!(skipped, Refusal::GenerationExpected { vault: PACKAGE, expected: 2, got: 3 });
    let again = refused(&world, |generation| generation.number = 1);
    assert!(matches!(again, Refusal::GenerationExpected { .. }), "an older one is never shown as the newest");
    let cut = refused(&world, |generation| generation.chained = false);
    assert_eq!(cut, Refusal::ChainExpected { expected: true });
    let ghost = refused(&world, |generation| {
        generation.readers.push(wrapped_to(Reader::Person(INTERPRETER), 1));
        generation.readers.sort();
    });
    assert!(matches!(ghost, Refusal::ReadersExpected { .. }));
    let twice = refused(&world, |generation| {
        let first = generation.readers[0];
        generation.readers.insert(0, first);
    });
    assert!(matches!(twice, Refusal::ReadersExpected { .. }));
    let office = Vault::Office(DIRECTORY);
    let keyless =
        world.trust_refusal(DUTY, changed(&world, office, |generation| generation.receives.clear()));
    assert_eq!(keyless, Refusal::ReceiveKey { expected: 1216, got: 0 });
    world.make_generation(device, PACKAGE);
    let mut late = world.said(device, IN_CALL, changed(&world, PACKAGE, |generation| generation.number = 2));
    late.counter = world.desk.next_counter(device, IN_CALL);
    assert!(matches!(world.admitted(&late), Err(Refusal::GenerationExpected { .. })), "the first one counts");
}

#[test]
fn only_who_reads_and_holds_makes_a_generation() {
    let mut world = World::with_call();
    let office = Vault::Office(DUTY_DESK);
    let outsider = world.trust_refusal(NOTES, made(office, world.next_generation(office)));
    assert_eq!(outsider, Refusal::NotAMember { person: NOTES, office: DUTY_DESK });
    let person = Vault::Person(DUTY);
    let other = world.trust_refusal(NOTES, made(person, world.next_generation(person)));
    assert!(matches!(other, Refusal::NotYours { .. }));
    world.trust(OFFICER_A, Act::OfficeMemberAdded { office: DUTY_DESK, person: NOTES });
    let early = world.trust_refusal(NOTES, made(office, world.next_generation(office)));
    assert!(matches!(early, Refusal::NotAHolder { .. }), "a new member is wrapped to first");
}

#[test]
fn the_first_generation_of_a_vault_is_made_by_one_of_its_own() {
    let world = World::founded();
    let vault = Vault::Person(OFFICER_A);
    world.refusal(keys(9).id(), Scope::Trust, made(vault, world.next_generation(vault)));
    let device: DeviceId = keys(8).id();
    let act = changed(&world, vault, |generation| generation.chained = true);
    assert_eq!(world.refusal(device, Scope::Trust, act), Refusal::ChainExpected { expected: false });
    let act = made(vault, world.next_generation(vault));
    assert_eq!(world.admitted(&world.said(device, Scope::Trust, act)), Ok(()));
}

#[test]
fn a_removed_reader_has_no_part_in_the_next_generation() {
    let mut world = World::with_live_call();
    remove(&mut world, ADVISER);
    world.call(DUTY, Act::ReadersRemoved { readers: [Reader::Office(COUNSEL)].into() });
    let note = world.call_refusal(NOTES, Act::NoteTaken { instead_of: None });
    assert_eq!(note, Refusal::RekeyFirst { vault: PACKAGE });
    world.make_generation(first_device(NOTES), PACKAGE);
    world.call(NOTES, Act::NoteTaken { instead_of: None });
    let wraps = world.call_refusal(NOTES, wrap(PACKAGE, 2, &[(Reader::Person(ADVISER), 1)]));
    assert_eq!(wraps, Refusal::WrongReader(Reader::Person(ADVISER)));
}

#[test]
fn an_added_reader_is_wrapped_to_by_who_holds_and_once() {
    let mut world = World::with_live_call();
    let reader = Reader::Person(INTERPRETER);
    let act = wrap(PACKAGE, 1, &[(reader, 1)]);
    assert_eq!(world.call_refusal(DUTY, act.clone()), Refusal::WrongReader(reader), "authority comes first");
    add(&mut world, INTERPRETER, false);
    let own = world.refusal(first_device(INTERPRETER), IN_CALL, act.clone());
    assert!(matches!(own, Refusal::NotAHolder { .. }), "nobody wraps to oneself what one does not hold");
    let stale = world.call_refusal(DUTY, wrap(PACKAGE, 1, &[(reader, 2)]));
    assert!(matches!(stale, Refusal::ReadersExpected { .. }));
    let none = world.call_refusal(DUTY, wrap(PACKAGE, 1, &[]));
    assert!(matches!(none, Refusal::ReadersExpected { .. }));
    let other = world.call_refusal(DUTY, wrap(PACKAGE, 2, &[(reader, 1)]));
    assert!(matches!(other, Refusal::GenerationExpected { .. }));
    world.call(DUTY, act.clone());
    assert_eq!(world.call_refusal(DUTY, act), Refusal::AlreadyThere(Thing::Reader(reader)));
    assert!(world.vaults(PACKAGE).holds(first_device(INTERPRETER), PACKAGE, 1));
}

#[test]
fn nothing_is_wrapped_to_a_person_who_must_re_key_first() {
    let mut world = World::with_live_call();
    add(&mut world, INTERPRETER, false);
    world.enrol(INTERPRETER, 204);
    let readers = world.vaults(PACKAGE).readers_missing_wraps(PACKAGE);
    assert!(readers.is_empty(), "the keeping of vaults saw to it: {readers:?}");
    let mut world = World::with_live_call();
    add(&mut world, INTERPRETER, false);
    revoke(&mut world, INTERPRETER);
    let act = wrap(PACKAGE, 1, &[(Reader::Person(INTERPRETER), 1)]);
    let own = Vault::Person(INTERPRETER);
    assert_eq!(world.call_refusal(DUTY, act), Refusal::RekeyFirst { vault: own });
}

#[test]
fn from_now_on_means_a_generation_that_is_not_chained() {
    let mut world = World::with_live_call();
    add(&mut world, INTERPRETER, true);
    assert!(world.vaults(PACKAGE).readers_missing_wraps(PACKAGE).is_empty());
    let early = world.call_refusal(DUTY, wrap(PACKAGE, 1, &[(Reader::Person(INTERPRETER), 1)]));
    assert_eq!(early, Refusal::WrongReader(Reader::Person(INTERPRETER)), "not what came before");
    let note = world.call_refusal(NOTES, Act::NoteTaken { instead_of: None });
    assert_eq!(note, Refusal::RekeyFirst { vault: PACKAGE });
    let act = changed(&world, PACKAGE, |generation| generation.chained = true);
    assert_eq!(world.call_refusal(DUTY, act), Refusal::ChainExpected { expected: false });
    world.make_generation(first_device(DUTY), PACKAGE);
    let device = first_device(INTERPRETER);
    let vaults = world.vaults(PACKAGE);
    assert!(vaults.holds(device, PACKAGE, 2) && !vaults.holds(device, PACKAGE, 1));
    assert!(vaults.holds(first_device(NOTES), PACKAGE, 1));
}

#[test]
fn who_comes_after_a_cut_chain_gets_each_part_of_it() {
    let mut world = World::with_live_call();
    add(&mut world, INTERPRETER, true);
    world.make_generation(first_device(DUTY), PACKAGE);
    add(&mut world, OFFICER_A, false);
    let missing = world.vaults(PACKAGE).readers_missing_wraps(PACKAGE);
    let to = vec![wrapped_to(Reader::Person(OFFICER_A), 1)];
    assert_eq!(missing, vec![(1, to.clone()), (2, to)], "one wrap for each part of the chain");
    world.keep_vaults();
    let vaults = world.vaults(PACKAGE);
    for generation in [1, 2] {
        assert!(vaults.holds(first_device(OFFICER_A), PACKAGE, generation));
    }
    assert!(
        !vaults.holds(first_device(INTERPRETER), PACKAGE, 1),
        "and the other still reads from then on only"
    );
    assert!(vaults.anyone_holds(PACKAGE) && vaults.holds(first_device(PRINCIPAL), PACKAGE, 2));
}

#[test]
fn an_ordinary_reader_added_after_it_does_not_undo_from_now_on() {
    let mut world = World::with_live_call();
    add(&mut world, INTERPRETER, true);
    add(&mut world, OFFICER_A, false);
    assert_eq!(world.vaults(PACKAGE).next_generation(PACKAGE).chain, Chain::MustNot);
    let act = changed(&world, PACKAGE, |generation| generation.chained = true);
    assert_eq!(world.call_refusal(DUTY, act), Refusal::ChainExpected { expected: false });
}
