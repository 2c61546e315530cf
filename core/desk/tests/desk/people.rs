//! People: added, given roles, gone; and the desk is never locked out.

use std::collections::BTreeSet;

use chancery_desk::{
    act::{Act, Post, Role},
    refusal::{Refusal, Thing},
};
use chancery_log::id::{PersonId, Scope, Vault};

use crate::world::{CUSTODIAN, DIRECTORY, DUTY, IN_CALL, NOTES, OFFICER_A, OFFICER_B, World, first_device};

const NEW: PersonId = PersonId([40; 16]);

#[test]
fn a_person_is_added_once_and_by_a_security_officer() {
    let mut world = World::staffed();
    let add = |roles: &[Role]| Act::PersonAdded { person: NEW, roles: roles.iter().copied().collect() };
    assert!(matches!(world.trust_refusal(DUTY, add(&[])), Refusal::NeedsRole { .. }));
    assert_eq!(world.trust_refusal(OFFICER_A, add(&[Role::SecurityOfficer])), Refusal::NeedsSecondOfficer);
    world.trust(OFFICER_A, add(&[Role::Adviser]));
    assert_eq!(world.trust_refusal(OFFICER_A, add(&[])), Refusal::AlreadyThere(Thing::Person(NEW)));
}

#[test]
fn roles_change_whole_and_take_the_post_along() {
    let mut world = World::staffed();
    world.trust(NOTES, Act::DutyTaken { post: Post::NoteTaker });
    let roles = BTreeSet::from([Role::Adviser]);
    world.trust(OFFICER_A, Act::RolesSet { person: NOTES, roles: roles.clone() });
    assert_eq!(world.desk.trust.people()[&NOTES].roles, roles);
    assert!(!world.desk.trust.is_on_duty(NOTES, Post::NoteTaker));
    let unknown = Act::RolesSet { person: NEW, roles };
    assert_eq!(world.trust_refusal(OFFICER_A, unknown), Refusal::UnknownPerson(NEW));
}

#[test]
fn nobody_becomes_a_security_officer_by_one_officers_word() {
    let world = World::staffed();
    let roles = BTreeSet::from([Role::DutyOfficer, Role::SecurityOfficer]);
    let refusal = world.trust_refusal(OFFICER_A, Act::RolesSet { person: DUTY, roles });
    assert_eq!(refusal, Refusal::NeedsSecondOfficer);
}

#[test]
fn the_last_two_security_officers_can_not_be_removed() {
    let world = World::staffed();
    let expected = Refusal::LastSecurityOfficer { left: 1, needed: 2 };
    let demoted = Act::RolesSet { person: OFFICER_B, roles: BTreeSet::new() };
    assert_eq!(world.trust_refusal(OFFICER_A, demoted), expected);
    let left = world.trust_refusal(OFFICER_A, Act::PersonLeft { person: OFFICER_B });
    assert_eq!(left, Refusal::StillCustodian(OFFICER_B), "and is a custodian too");
}

#[test]
fn who_leaves_is_out_of_everything() {
    let mut world = World::with_live_call();
    world.trust(NOTES, Act::DutyTaken { post: Post::NoteTaker });
    world.trust(OFFICER_A, Act::PersonLeft { person: NOTES });
    let trust = &world.desk.trust;
    assert!(!trust.at_desk(NOTES) && trust.devices_of(NOTES).next().is_none());
    assert!(!trust.members(DIRECTORY).contains(&NOTES));
    assert_eq!(trust.on_duty(Post::NoteTaker).count(), 0);
    assert!(trust.stale(Vault::Person(NOTES)) && trust.stale(Vault::Office(DIRECTORY)));
    let note = world.refusal(first_device(NOTES), IN_CALL, Act::NoteTaken { instead_of: None });
    assert_eq!(note, Refusal::PersonHasLeft(NOTES));
    let again = world.trust_refusal(OFFICER_A, Act::PersonLeft { person: NOTES });
    assert_eq!(again, Refusal::PersonHasLeft(NOTES));
}

#[test]
fn a_custodian_stays_until_others_are_agreed() {
    let world = World::staffed();
    let refusal = world.trust_refusal(OFFICER_A, Act::PersonLeft { person: CUSTODIAN });
    assert_eq!(refusal, Refusal::StillCustodian(CUSTODIAN));
}

#[test]
fn one_describes_oneself_and_a_security_officer_everybody() {
    let mut world = World::staffed();
    let described = world.trust(DUTY, Act::PersonDescribed { person: DUTY });
    assert_eq!(world.desk.trust.people()[&DUTY].described, Some(described));
    assert!(matches!(
        world.trust_refusal(DUTY, Act::PersonDescribed { person: NOTES }),
        Refusal::NeedsRole { .. }
    ));
    world.trust(OFFICER_B, Act::PersonDescribed { person: CUSTODIAN });
    let outside =
        world.refusal(first_device(CUSTODIAN), Scope::Trust, Act::PersonDescribed { person: CUSTODIAN });
    assert_eq!(outside, Refusal::NotAMember { person: CUSTODIAN, office: DIRECTORY });
}
