//! Devices: no ghost comes in, and what is out is out.

use chancery_desk::{
    act::{Act, RevokedBecause},
    ages::CLOCK_AHEAD_MS,
    refusal::{Refusal, Thing},
};
use chancery_log::{
    act::BodyKind,
    id::{Digest, InvitationId, PersonId, Scope, Vault},
};

use crate::world::{
    CUSTODIAN, DUTY, NOTES, OFFICER_A, OFFICER_B, SECURITY, World, body, cert, first_device, keys, observer,
};

const INVITATION: InvitationId = InvitationId([77; 16]);

fn invite(world: &World, person: PersonId) -> Act {
    let until_ms = world.now_ms + 60_000;
    Act::DeviceInvited { invitation: INVITATION, person, secret: Digest([1; 32]), until_ms }
}

fn approve(person: PersonId, number: u16) -> Act {
    Act::DeviceApproved { invitation: INVITATION, cert: cert(person, number) }
}

fn revoke(number: u16) -> Act {
    Act::DeviceRevoked { device: keys(number).id(), because: RevokedBecause::Lost }
}

#[test]
fn an_owner_brings_a_second_device_in_and_its_acts_count() {
    let mut world = World::staffed();
    world.trust(DUTY, invite(&world, DUTY));
    world.trust(DUTY, approve(DUTY, 200));
    let device = world.desk.trust.device(keys(200).id()).unwrap();
    assert_eq!((device.cert.person, device.by), (DUTY, first_device(DUTY)));
    assert!(world.desk.trust.verifying_key(keys(200).id()).is_some());
    world.keep_vaults();
    world.say(keys(200).id(), Scope::Trust, Act::PersonDescribed { person: DUTY });
}

#[test]
fn only_the_owner_or_a_security_officer_invites_and_approves() {
    let mut world = World::staffed();
    assert!(matches!(world.trust_refusal(NOTES, invite(&world, DUTY)), Refusal::NeedsRole { .. }));
    world.trust(OFFICER_A, invite(&world, DUTY));
    assert!(matches!(world.trust_refusal(NOTES, approve(DUTY, 200)), Refusal::NeedsRole { .. }));
    let for_oneself = world.trust_refusal(NOTES, approve(NOTES, 200));
    assert!(matches!(for_oneself, Refusal::NotYours { .. }), "an invitation names its person");
    world.trust(OFFICER_B, approve(DUTY, 200));
}

#[test]
fn the_secret_is_sealed_to_who_may_approve() {
    let world = World::staffed();
    let mut own = world.said(first_device(DUTY), Scope::Trust, invite(&world, DUTY));
    own.bodies = vec![body(BodyKind::Sealed(Vault::Office(SECURITY), 1))];
    assert!(matches!(world.admitted(&own), Err(Refusal::BodiesExpected { .. })));
    let officers = world.said(first_device(OFFICER_A), Scope::Trust, invite(&world, DUTY));
    assert_eq!(officers.bodies[0].kind, BodyKind::Sealed(Vault::Office(SECURITY), 1));
    assert_eq!(world.admitted(&officers), Ok(()));
}

#[test]
fn an_invitation_works_once_in_time_and_until_withdrawn() {
    let mut world = World::staffed();
    let unknown = world.trust_refusal(OFFICER_A, approve(DUTY, 200));
    assert_eq!(unknown, Refusal::UnknownInvitation(INVITATION));
    world.trust(OFFICER_A, invite(&world, DUTY));
    let twice = world.trust_refusal(OFFICER_A, invite(&world, DUTY));
    assert_eq!(twice, Refusal::AlreadyThere(Thing::Invitation(INVITATION)));

    let mut late = world.clone();
    late.now_ms += 60_001;
    assert!(matches!(late.trust_refusal(OFFICER_A, approve(DUTY, 200)), Refusal::ExpiredInvitation { .. }));

    let mut withdrawn = world.clone();
    withdrawn.trust(DUTY, Act::InvitationWithdrawn { invitation: INVITATION });
    let gone = Refusal::InvitationGone(INVITATION);
    assert_eq!(withdrawn.trust_refusal(OFFICER_A, approve(DUTY, 200)), gone);

    world.trust(OFFICER_A, approve(DUTY, 200));
    assert_eq!(world.trust_refusal(OFFICER_A, approve(DUTY, 201)), gone);
    assert_eq!(world.trust_refusal(OFFICER_A, Act::InvitationWithdrawn { invitation: INVITATION }), gone);
}

#[test]
fn an_invitation_lives_no_longer_than_the_rules_say() {
    let world = World::staffed();
    let act = |until_ms| Act::DeviceInvited {
        invitation: INVITATION,
        person: DUTY,
        secret: Digest([1; 32]),
        until_ms,
    };
    let most = world.now_ms + world.desk.trust.rules().invitation_ms + CLOCK_AHEAD_MS;
    let long = world.trust_refusal(DUTY, act(most + 1));
    assert!(matches!(long, Refusal::OutOfRange { .. }), "{long}");
    assert!(matches!(world.trust_refusal(DUTY, act(world.now_ms)), Refusal::OutOfRange { .. }));
    assert_eq!(world.admitted(&world.said(first_device(DUTY), Scope::Trust, act(most))), Ok(()));
}

#[test]
fn keys_that_are_known_or_unsound_are_not_approved() {
    let mut world = World::staffed();
    world.trust(OFFICER_A, invite(&world, DUTY));
    let known = first_device(NOTES);
    let refusal = world.trust_refusal(OFFICER_A, approve(DUTY, 3));
    assert_eq!(refusal, Refusal::AlreadyThere(Thing::Device(known)), "nobody takes over another's device");
    let refusal = world.trust_refusal(OFFICER_A, approve(DUTY, 1000));
    assert_eq!(refusal, Refusal::AlreadyThere(Thing::Device(observer())));
    let mut weak = cert(DUTY, 200);
    weak.keys.signs = [0; 32];
    let act = Act::DeviceApproved { invitation: INVITATION, cert: weak };
    assert_eq!(world.trust_refusal(OFFICER_A, act), Refusal::SigningKey);
    let mut short = cert(DUTY, 200);
    short.keys.receives.clear();
    let act = Act::DeviceApproved { invitation: INVITATION, cert: short };
    assert_eq!(world.trust_refusal(OFFICER_A, act), Refusal::ReceiveKey { expected: 1216, got: 0 });
}

#[test]
fn a_revoked_device_says_nothing_more_and_never_comes_back() {
    let mut world = World::staffed();
    assert!(matches!(world.trust_refusal(NOTES, revoke(2)), Refusal::NeedsRole { .. }));
    world.trust(DUTY, invite(&world, DUTY));
    world.trust(OFFICER_A, revoke(2));
    let device = first_device(DUTY);
    assert_eq!(world.trust_refusal(DUTY, approve(DUTY, 200)), Refusal::DeviceRevoked(device));
    assert_eq!(world.trust_refusal(OFFICER_A, revoke(2)), Refusal::DeviceRevoked(device));
    let same = world.trust_refusal(OFFICER_A, approve(DUTY, 2));
    assert_eq!(same, Refusal::AlreadyThere(Thing::Device(device)));
    assert!(world.desk.trust.verifying_key(device).is_some(), "what it said before stays verifiable");
    assert_eq!(world.trust_refusal(OFFICER_A, revoke(300)), Refusal::UnknownDevice(keys(300).id()));
}

#[test]
fn a_stolen_officers_device_can_be_revoked_but_not_the_last_officers_device() {
    let mut world = World::staffed();
    world.trust(OFFICER_A, revoke(9));
    let last = world.trust_refusal(OFFICER_A, revoke(8));
    assert_eq!(last, Refusal::LastSecurityOfficer { left: 0, needed: 1 });
    world.keep_vaults();
    world.trust(OFFICER_A, invite(&world, OFFICER_B));
    world.trust(OFFICER_A, approve(OFFICER_B, 201));
    world.say(keys(201).id(), Scope::Trust, revoke(8));
    assert_eq!(world.desk.trust.devices_of(OFFICER_A).count(), 0);
    assert!(world.desk.trust.at_desk(CUSTODIAN));
}

#[test]
fn an_approval_that_was_held_back_past_the_invitations_end_is_refused() {
    let mut world = World::staffed();
    world.trust(OFFICER_A, invite(&world, DUTY));
    let in_time = world.said(first_device(OFFICER_A), Scope::Trust, approve(DUTY, 200));
    world.now_ms += 60_001;
    let refusal = world.admitted(&in_time).unwrap_err();
    assert!(matches!(refusal, Refusal::ExpiredInvitation { .. }), "the log's time counts: {refusal}");
}
