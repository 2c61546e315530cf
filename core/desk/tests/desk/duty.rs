//! Duty: posts are taken, left and handed over, and the standing rules invite who is on duty.

use chancery_desk::{
    act::{Act, PartyRole, Post, Role},
    duty::invited,
    refusal::{Refusal, Thing},
};
use chancery_log::id::PersonId;

use crate::world::{
    ADVISER, CALL, DUTY, DUTY_DESK, INTERPRETER, NOTES, OFFICER_A, PRINCIPAL, RECORDS, SECOND, World,
    first_device, post_of,
};

fn with_second_duty_officer() -> World {
    let mut world = World::staffed();
    world.trust(OFFICER_A, Act::PersonAdded { person: SECOND, roles: [Role::DutyOfficer].into() });
    world.enrol(SECOND, 30);
    world.trust(OFFICER_A, Act::OfficeMemberAdded { office: DUTY_DESK, person: SECOND });
    world.keep_vaults();
    world
}

#[test]
fn a_post_is_taken_by_who_has_its_role_and_left_again() {
    let mut world = World::staffed();
    let take = Act::DutyTaken { post: Post::DutyOfficer };
    assert!(matches!(world.trust_refusal(NOTES, take.clone()), Refusal::OtherNeedsRole { .. }));
    world.trust(DUTY, take.clone());
    assert_eq!(
        world.trust_refusal(DUTY, take),
        Refusal::AlreadyThere(Thing::OnDuty(DUTY, Post::DutyOfficer))
    );
    world.trust(DUTY, Act::DutyLeft { post: Post::DutyOfficer });
    assert_eq!(
        world.trust_refusal(DUTY, Act::DutyLeft { post: Post::DutyOfficer }),
        Refusal::NotOnDuty(DUTY)
    );
}

#[test]
fn a_hand_over_leaves_exactly_the_other_on_duty() {
    let mut world = with_second_duty_officer();
    let hand_over = Act::DutyHandedOver { post: Post::DutyOfficer, to: SECOND };
    assert_eq!(world.trust_refusal(DUTY, hand_over.clone()), Refusal::NotOnDuty(DUTY));
    world.trust(DUTY, Act::DutyTaken { post: Post::DutyOfficer });
    let to_adviser = Act::DutyHandedOver { post: Post::DutyOfficer, to: ADVISER };
    assert!(matches!(world.trust_refusal(DUTY, to_adviser), Refusal::OtherNeedsRole { .. }));
    let said = world.trust(DUTY, hand_over);
    let on: Vec<PersonId> = world.desk.trust.on_duty(Post::DutyOfficer).collect();
    assert_eq!(on, [SECOND]);
    let watch = world.desk.trust.watches()[&(Post::DutyOfficer, SECOND)];
    assert_eq!(watch.handed_over, Some(said), "what is pending stands beside that act");
}

#[test]
fn a_new_call_invites_who_is_on_duty_and_who_the_rules_name() {
    let mut world = World::with_call();
    for person in [DUTY, NOTES] {
        world.trust(person, Act::DutyTaken { post: post_of(person) });
    }
    let mut rules = world.rules();
    rules.invited_people = [ADVISER, INTERPRETER, RECORDS].into();
    world.trust(OFFICER_A, Act::RulesSet(rules));
    let expected =
        vec![(DUTY, PartyRole::DutyOfficer), (NOTES, PartyRole::NoteTaker), (ADVISER, PartyRole::Adviser)];
    let package = &world.desk.packages[&CALL];
    assert_eq!(invited(&world.desk.trust, package), expected, "who does not read the package is not invited");
    world.invite(NOTES, PartyRole::NoteTaker);
    let package = &world.desk.packages[&CALL];
    assert!(!invited(&world.desk.trust, package).contains(&(NOTES, PartyRole::NoteTaker)));
}

#[test]
fn with_nobody_on_duty_nobody_is_invited_and_the_principals_call_goes_through() {
    let mut world = World::staffed();
    world.request(PRINCIPAL, chancery_desk::act::CallKind::Unannounced);
    let package = &world.desk.packages[&CALL];
    assert!(invited(&world.desk.trust, package).is_empty());
    assert_eq!(package.opened_by(), first_device(PRINCIPAL));
}
