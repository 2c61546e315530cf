//! Guarded changes: two security officers, within a day, or nothing.

use std::collections::BTreeSet;

use chancery_desk::{
    act::{Act, Custodians, Guarded, RevokedBecause, Role},
    guarded::ASK_MS,
    refusal::{Refusal, Thing},
};
use chancery_log::id::{Digest, PersonId, Scope};

use crate::world::{
    ADVISER, CUSTODIAN, DUTY, OFFICER_A, OFFICER_B, World, cert, first_device, keys, observer,
};

#[test]
fn a_change_counts_once_another_officer_agrees() {
    let mut world = World::staffed();
    let asked = world.trust(OFFICER_A, Act::GuardedAsked(Guarded::SecurityOfficer(ADVISER)));
    assert!(!world.desk.trust.people()[&ADVISER].roles.contains(&Role::SecurityOfficer));
    assert_eq!(world.desk.trust.guarded_pending(world.now_ms).count(), 1);
    let agree = Act::GuardedAgreed { asked };
    assert_eq!(world.trust_refusal(OFFICER_A, agree.clone()), Refusal::NeedsSecondOfficer);
    assert!(matches!(world.trust_refusal(DUTY, agree.clone()), Refusal::NeedsRole { .. }));
    world.trust(OFFICER_B, agree.clone());
    assert!(world.desk.trust.people()[&ADVISER].roles.contains(&Role::SecurityOfficer));
    assert_eq!(world.trust_refusal(ADVISER, agree), Refusal::UnknownAsk(asked), "it counts once");
    assert_eq!(world.desk.trust.guarded_pending(world.now_ms).count(), 0);
}

#[test]
fn a_second_device_of_the_asker_is_not_a_second_officer() {
    let mut world = World::staffed();
    world.enrol(OFFICER_A, 208);
    let asked = world.trust(OFFICER_A, Act::GuardedAsked(Guarded::LogKey([3; 32])));
    let refusal = world.refusal(keys(208).id(), Scope::Trust, Act::GuardedAgreed { asked });
    assert_eq!(refusal, Refusal::NeedsSecondOfficer);
}

#[test]
fn an_ask_is_void_after_a_day_or_when_its_asker_is_out() {
    let mut world = World::staffed();
    let asked = world.trust(OFFICER_A, Act::GuardedAsked(Guarded::LogKey([3; 32])));
    let mut late = world.clone();
    late.now_ms += ASK_MS + 1;
    assert!(matches!(late.trust_refusal(OFFICER_B, Act::GuardedAgreed { asked }), Refusal::AskVoid { .. }));
    let device = first_device(OFFICER_A);
    world.trust(OFFICER_B, Act::DeviceRevoked { device, because: RevokedBecause::Exposed });
    assert!(matches!(world.trust_refusal(OFFICER_B, Act::GuardedAgreed { asked }), Refusal::AskVoid { .. }));
}

#[test]
fn what_became_impossible_between_asking_and_agreeing_is_refused() {
    let mut world = World::staffed();
    let asked = world.trust(OFFICER_A, Act::GuardedAsked(Guarded::SecurityOfficer(DUTY)));
    world.trust(OFFICER_A, Act::PersonLeft { person: DUTY });
    let refusal = world.trust_refusal(OFFICER_B, Act::GuardedAgreed { asked });
    assert_eq!(refusal, Refusal::PersonHasLeft(DUTY));
}

#[test]
fn custodians_are_enough_known_and_not_too_many() {
    let mut world = World::staffed();
    let ask = |needed, people: &[PersonId]| {
        Act::GuardedAsked(Guarded::Custodians(Custodians {
            needed,
            people: people.iter().copied().collect(),
        }))
    };
    for (needed, people) in [(1, vec![DUTY, ADVISER]), (3, vec![DUTY, ADVISER]), (2, vec![DUTY])] {
        assert!(matches!(world.trust_refusal(OFFICER_A, ask(needed, &people)), Refusal::Custodians { .. }));
    }
    let nobody = PersonId([80; 16]);
    assert_eq!(world.trust_refusal(OFFICER_A, ask(2, &[DUTY, nobody])), Refusal::UnknownPerson(nobody));
    let asked = world.trust(OFFICER_A, ask(2, &[DUTY, ADVISER]));
    world.trust(OFFICER_B, Act::GuardedAgreed { asked });
    assert_eq!(world.desk.trust.custodians().people, BTreeSet::from([DUTY, ADVISER]));
    world.trust(OFFICER_A, Act::PersonLeft { person: CUSTODIAN });
}

#[test]
fn the_observers_and_the_logs_keys_rotate_and_the_old_ones_sign_no_more() {
    let mut world = World::staffed();
    let same = Act::GuardedAsked(Guarded::LogKey(*world.desk.trust.log_key()));
    assert_eq!(world.trust_refusal(OFFICER_A, same), Refusal::AlreadyThere(Thing::LogKey));
    let devices = Act::GuardedAsked(Guarded::ObserverKeys(keys(2)));
    assert_eq!(world.trust_refusal(OFFICER_A, devices), Refusal::AlreadyThere(Thing::Observer));
    for change in [Guarded::LogKey([3; 32]), Guarded::ObserverKeys(keys(1001))] {
        let asked = world.trust(OFFICER_A, Act::GuardedAsked(change));
        world.trust(OFFICER_B, Act::GuardedAgreed { asked });
    }
    assert_eq!(world.desk.trust.log_key(), &[3; 32]);
    let old = world.refusal(observer(), Scope::Trust, Act::TrustConfirmed {});
    assert_eq!(old, Refusal::UnknownDevice(observer()));
    assert!(world.desk.trust.verifying_key(observer()).is_some(), "what it signed before stays verifiable");
    world.say(keys(1001).id(), Scope::Trust, Act::TrustConfirmed {});
}

#[test]
fn a_recovery_brings_one_device_in_and_puts_the_lost_ones_out() {
    let mut world = World::staffed();
    let asked = world.trust(OFFICER_A, Act::GuardedAsked(Guarded::Recovery(cert(DUTY, 220))));
    let agreed = world.trust(OFFICER_B, Act::GuardedAgreed { asked });
    let devices: Vec<_> = world.desk.trust.devices_of(DUTY).map(|(id, _)| id).collect();
    assert_eq!(devices, [keys(220).id()]);
    let old = world.desk.trust.device(first_device(DUTY)).unwrap();
    assert_eq!(old.revoked.unwrap().act, agreed);
}

#[test]
fn a_restore_names_more_than_it_kept() {
    let world = World::staffed();
    let restored = Guarded::Restored { size: 10, root: Digest([0; 32]), lost_size: 9 };
    assert!(matches!(
        world.trust_refusal(OFFICER_A, Act::GuardedAsked(restored)),
        Refusal::OutOfRange { .. }
    ));
}

#[test]
fn an_ask_by_who_is_no_officer_any_more_is_void() {
    let mut world = World::staffed();
    let third = world.trust(OFFICER_A, Act::GuardedAsked(Guarded::SecurityOfficer(ADVISER)));
    world.trust(OFFICER_B, Act::GuardedAgreed { asked: third });
    let asked = world.trust(OFFICER_A, Act::GuardedAsked(Guarded::LogKey([3; 32])));
    world.trust(OFFICER_B, Act::RolesSet { person: OFFICER_A, roles: BTreeSet::new() });
    let refusal = world.trust_refusal(OFFICER_B, Act::GuardedAgreed { asked });
    assert!(matches!(refusal, Refusal::AskVoid { .. }), "{refusal}");
}
