//! The desk's profile and standing rules.

use chancery_desk::{act::Act, refusal::Refusal};
use chancery_log::id::PersonId;
use chancery_seal::{body::mark::Rank, vault::Reader};

use crate::world::{DUTY, OFFICER_A, World, first_device};

#[test]
fn rules_are_set_whole_and_by_a_security_officer() {
    let mut world = World::staffed();
    let mut rules = world.rules();
    rules.ring_ms = 30_000;
    assert!(matches!(world.trust_refusal(DUTY, Act::RulesSet(rules.clone())), Refusal::NeedsRole { .. }));
    world.trust(OFFICER_A, Act::RulesSet(rules.clone()));
    assert_eq!(world.desk.trust.rules(), &rules);
}

#[test]
fn rules_that_can_not_work_are_refused() {
    let world = World::staffed();
    let refused = |change: fn(&mut chancery_desk::act::Rules)| {
        let mut rules = world.rules();
        change(&mut rules);
        world.trust_refusal(OFFICER_A, Act::RulesSet(rules))
    };
    let nobody = PersonId([70; 16]);
    assert_eq!(
        refused(|rules| rules.invited_people.extend([PersonId([70; 16])])),
        Refusal::UnknownPerson(nobody)
    );
    let device = Reader::Device(first_device(DUTY));
    assert_eq!(
        refused(|rules| rules.standing_readers.extend([Reader::Device(first_device(DUTY))])),
        Refusal::WrongReader(device)
    );
    for change in [
        (|rules| rules.ring_ms = 1) as fn(&mut chancery_desk::act::Rules),
        |rules| rules.invitation_ms = u64::MAX,
        |rules| rules.trust_stale_ms = 0,
        |rules| rules.lines.score_least = 94,
        |rules| rules.lines.loss_permille = 0,
        |rules| rules.lines.canary_ms = 0,
    ] {
        assert!(matches!(refused(change), Refusal::OutOfRange { .. }));
    }
}

#[test]
fn levels_beyond_the_scheme_are_refused() {
    let mut world = World::with_call();
    assert!(matches!(
        world.trust_refusal(OFFICER_A, Act::ProfileSet { ranks: 0 }),
        Refusal::OutOfRange { .. }
    ));
    let refusal = world.call_refusal(DUTY, Act::LevelSet { level: Rank(4) });
    assert_eq!(refusal, Refusal::UnknownLevel { level: Rank(4), ranks: 4 });
    world.call(DUTY, Act::LevelSet { level: Rank(3) });
    assert_eq!(world.desk.packages[&crate::world::CALL].level(), Rank(3));
}
