//! Guests: a link, a call-back, one key for one call.

use chancery_desk::{
    act::{Act, CallEnd, LineKind, PartyRole, Who},
    parties::PartyState,
    refusal::{Refusal, Thing},
};
use chancery_log::id::{Digest, PartyId};

use crate::world::{
    CALL, COUNTERPART, DUTY, GUEST, IN_CALL, NOTES, PRINCIPAL, World, first_device, keys, observer,
};

const HOUR_MS: u64 = 3_600_000;

fn link(world: &World) -> Act {
    Act::GuestInvited { party: GUEST, secret: Digest([6; 32]), until_ms: world.now_ms + HOUR_MS }
}

fn vouch(number: u16) -> Act {
    Act::GuestVouched { party: GUEST, keys: keys(number) }
}

/// The party whose key this is.
fn guest(world: &World, number: u16) -> Option<PartyId> {
    world.desk.packages[&CALL].guest(keys(number).id()).map(|(party, _)| party)
}

fn invited() -> World {
    let mut world = World::with_live_call();
    let act = link(&world);
    world.call(DUTY, act);
    world
}

#[test]
fn a_guest_comes_by_a_link_and_a_key_that_a_duty_officer_vouches_for() {
    let mut world = invited();
    assert_eq!(guest(&world, 500), None, "a link alone is no key");
    let principal = world.call_refusal(PRINCIPAL, vouch(500));
    assert!(matches!(principal, Refusal::NeedsRole { .. }), "{principal}");
    assert!(matches!(world.call_refusal(NOTES, vouch(500)), Refusal::NeedsRole { .. }));
    assert_eq!(world.refusal(observer(), IN_CALL, vouch(500)), Refusal::ObserverMayNot);
    world.call(DUTY, vouch(500));
    assert_eq!(guest(&world, 500), Some(GUEST));
    let known = &world.desk.packages[&CALL].guests()[&GUEST];
    assert_eq!(known.vouched.as_ref().unwrap().by, first_device(DUTY));
    assert!(known.link.used);
}

#[test]
fn the_principal_may_send_the_link_and_not_vouch() {
    let mut world = World::with_live_call();
    let act = link(&world);
    assert!(matches!(world.call_refusal(NOTES, act.clone()), Refusal::NeedsRole { .. }));
    world.call(PRINCIPAL, act);
    assert!(matches!(world.call_refusal(PRINCIPAL, vouch(500)), Refusal::NeedsRole { .. }));
}

#[test]
fn a_link_brings_one_key_and_only_in_its_time() {
    let mut world = World::with_live_call();
    assert_eq!(world.call_refusal(DUTY, vouch(500)), Refusal::NoGuestLink(GUEST));
    let act = link(&world);
    world.call(DUTY, act);
    world.now_ms += HOUR_MS + 1;
    assert!(matches!(world.call_refusal(DUTY, vouch(500)), Refusal::ExpiredInvitation { .. }));
    let act = link(&world);
    world.call(DUTY, act);
    world.call(DUTY, vouch(500));
    assert_eq!(world.call_refusal(DUTY, vouch(501)), Refusal::NoGuestLink(GUEST));
}

#[test]
fn a_link_lives_no_longer_than_the_rules_say() {
    let world = World::with_live_call();
    let most = world.now_ms + world.desk.trust.rules().invitation_ms + 120_000;
    for until_ms in [world.now_ms, most + 1] {
        let act = Act::GuestInvited { party: GUEST, secret: Digest([6; 32]), until_ms };
        assert!(matches!(world.call_refusal(DUTY, act), Refusal::OutOfRange { .. }));
    }
}

#[test]
fn a_new_key_puts_the_one_before_out_for_good() {
    let mut world = invited();
    world.call(DUTY, vouch(500));
    let act = link(&world);
    world.call(DUTY, act);
    assert_eq!(guest(&world, 500), Some(GUEST), "a new link alone changes no key");
    world.call(DUTY, vouch(501));
    assert_eq!((guest(&world, 500), guest(&world, 501)), (None, Some(GUEST)));
    let act = link(&world);
    world.call(DUTY, act);
    for number in [500, 501] {
        let id = keys(number).id();
        assert_eq!(world.call_refusal(DUTY, vouch(number)), Refusal::AlreadyThere(Thing::Device(id)));
    }
}

#[test]
fn nobody_elses_key_can_be_a_guests() {
    let mut world = invited();
    for known in [first_device(DUTY), observer()] {
        let number = if known == observer() { 1000 } else { u16::from(DUTY.0[0]) };
        assert_eq!(world.call_refusal(DUTY, vouch(number)), Refusal::AlreadyThere(Thing::Device(known)));
    }
    world.call(DUTY, vouch(500));
    let second = PartyId([98; 16]);
    let (who, role, line) = (Who::Counterpart(COUNTERPART), PartyRole::Interpreter, LineKind::Guest);
    world.call(DUTY, Act::PartyInvited { party: second, who, role, line });
    let until_ms = world.now_ms + HOUR_MS;
    world.call(DUTY, Act::GuestInvited { party: second, secret: Digest([6; 32]), until_ms });
    let twice = world.call_refusal(DUTY, Act::GuestVouched { party: second, keys: keys(500) });
    assert_eq!(twice, Refusal::AlreadyThere(Thing::Device(keys(500).id())));
    let mut weak = keys(501);
    weak.signs = [0; 32];
    let refusal = world.call_refusal(DUTY, Act::GuestVouched { party: second, keys: weak });
    assert_eq!(refusal, Refusal::SigningKey);
    let mut short = keys(501);
    short.receives.pop();
    let refusal = world.call_refusal(DUTY, Act::GuestVouched { party: second, keys: short });
    assert!(matches!(refusal, Refusal::ReceiveKey { .. }));
}

#[test]
fn only_the_far_side_on_a_guest_line_has_a_link() {
    let mut world = World::with_live_call();
    let (secret, until_ms) = (Digest([6; 32]), world.now_ms + HOUR_MS);
    let staff = Act::GuestInvited { party: World::party(NOTES), secret, until_ms };
    assert!(matches!(world.call_refusal(DUTY, staff), Refusal::WrongParty(_)));
    let open = PartyId([98; 16]);
    let (who, role, line) = (Who::Counterpart(COUNTERPART), PartyRole::Counterpart, LineKind::Open);
    world.call(DUTY, Act::PartyInvited { party: open, who, role, line });
    let refusal = world.call_refusal(DUTY, Act::GuestInvited { party: open, secret, until_ms });
    assert!(matches!(refusal, Refusal::WrongParty(_)));
    let nobody = PartyId([97; 16]);
    let refusal = world.call_refusal(DUTY, Act::GuestInvited { party: nobody, secret, until_ms });
    assert_eq!(refusal, Refusal::UnknownParty(nobody));
}

#[test]
fn a_guest_comes_back_by_the_same_key_until_the_call_ends() {
    let mut world = invited();
    world.call(DUTY, vouch(500));
    world.call(DUTY, Act::PartyLeft { party: GUEST });
    assert_eq!(guest(&world, 500), Some(GUEST));
    world.call(DUTY, Act::PartyArrived { party: GUEST });
    assert_eq!(world.desk.packages[&CALL].parties()[&GUEST].state, PartyState::Waiting);
    world.call(DUTY, Act::CallEnded { end: CallEnd::Ended });
    assert_eq!(guest(&world, 500), None);
    assert!(world.desk.packages[&CALL].guests()[&GUEST].vouched.is_some(), "who it was stays known");
    let act = link(&world);
    assert!(matches!(world.call_refusal(DUTY, act), Refusal::WrongStage { .. }));
}
