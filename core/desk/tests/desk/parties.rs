//! Parties: who may be on a call, in which role, and who lets whom in.

use chancery_desk::{
    act::{Act, CallEnd, CallKind, LineKind, PartyRole, Who},
    parties::PartyState,
    refusal::{Refusal, Thing},
};
use chancery_log::id::PartyId;
use chancery_seal::body::mark::Rank;

use crate::world::{ADVISER, CALL, COUNTERPART, DUTY, GUEST, INTERPRETER, NOTES, PRINCIPAL, World, observer};

fn state(world: &World, party: PartyId) -> PartyState {
    world.desk.packages[&CALL].parties()[&party].state
}

fn invite(who: Who, role: PartyRole, line: LineKind) -> Act {
    Act::PartyInvited { party: PartyId([50; 16]), who, role, line }
}

#[test]
fn a_party_is_invited_waits_is_admitted_held_resumed_and_leaves() {
    let mut world = World::with_call();
    let party = World::party(NOTES);
    world.invite(NOTES, PartyRole::NoteTaker);
    let steps = [
        (NOTES, Act::PartyArrived { party }, PartyState::Waiting),
        (DUTY, Act::PartyAdmitted { party }, PartyState::On),
        (DUTY, Act::PartyHeld { party }, PartyState::Held),
        (DUTY, Act::PartyResumed { party }, PartyState::On),
        (NOTES, Act::PartyLeft { party }, PartyState::Left),
        (NOTES, Act::PartyArrived { party }, PartyState::Waiting),
    ];
    for (by, act, after) in steps {
        world.call(by, act);
        assert_eq!(state(&world, party), after);
    }
    for act in [Act::PartyHeld { party }, Act::PartyResumed { party }, Act::PartyArrived { party }] {
        assert!(matches!(world.call_refusal(DUTY, act), Refusal::WrongPartyState { .. }));
    }
    let unknown = PartyId([51; 16]);
    assert_eq!(world.call_refusal(DUTY, Act::PartyLeft { party: unknown }), Refusal::UnknownParty(unknown));
}

#[test]
fn each_role_on_a_call_is_for_who_has_it() {
    let world = World::with_call();
    let wrong = [
        invite(Who::Person(NOTES), PartyRole::Adviser, LineKind::Secure),
        invite(Who::Person(DUTY), PartyRole::Principal, LineKind::Secure),
        invite(Who::Person(NOTES), PartyRole::Counterpart, LineKind::Secure),
        invite(Who::Person(NOTES), PartyRole::NoteTaker, LineKind::Guest),
        invite(Who::Counterpart(COUNTERPART), PartyRole::Principal, LineKind::Guest),
        invite(Who::Counterpart(COUNTERPART), PartyRole::DutyOfficer, LineKind::Guest),
        invite(Who::Counterpart(COUNTERPART), PartyRole::Counterpart, LineKind::Secure),
    ];
    for act in wrong {
        let refusal = world.call_refusal(DUTY, act);
        assert!(matches!(refusal, Refusal::OtherNeedsRole { .. } | Refusal::WrongParty(_)), "{refusal}");
    }
    let outsider = invite(Who::Person(INTERPRETER), PartyRole::Interpreter, LineKind::Secure);
    let refusal = world.call_refusal(DUTY, outsider);
    assert_eq!(refusal, Refusal::NotAReader { person: INTERPRETER, package: CALL });
}

#[test]
fn a_stranger_is_let_in_by_a_duty_officer_and_by_nobody_else() {
    let mut world = World::staffed();
    world.request(PRINCIPAL, CallKind::Unannounced);
    let own = World::party(PRINCIPAL);
    let (who, role) = (Who::Person(PRINCIPAL), PartyRole::Principal);
    world.call(PRINCIPAL, Act::PartyInvited { party: own, who, role, line: LineKind::Secure });
    world.call(PRINCIPAL, Act::PartyArrived { party: own });
    world.call(PRINCIPAL, Act::PartyAdmitted { party: own });
    let (who, role) = (Who::Counterpart(COUNTERPART), PartyRole::Counterpart);
    world.call(PRINCIPAL, Act::PartyInvited { party: GUEST, who, role, line: LineKind::Open });
    assert!(matches!(
        world.call_refusal(NOTES, Act::PartyArrived { party: GUEST }),
        Refusal::NeedsRole { .. }
    ));
    world.call(DUTY, Act::PartyArrived { party: GUEST });
    let refusal = world.call_refusal(PRINCIPAL, Act::PartyAdmitted { party: GUEST });
    assert!(matches!(refusal, Refusal::NeedsRole { .. }), "{refusal}");
    world.call(DUTY, Act::PartyAdmitted { party: GUEST });
    assert_eq!(state(&world, GUEST), PartyState::On);
}

#[test]
fn one_comes_and_goes_for_oneself_only() {
    let mut world = World::with_live_call();
    let other = world.call_refusal(NOTES, Act::PartyLeft { party: World::party(PRINCIPAL) });
    assert!(matches!(other, Refusal::NeedsRole { .. }));
    let arrived = world.refusal(observer(), crate::world::IN_CALL, Act::PartyArrived { party: GUEST });
    assert_eq!(arrived, Refusal::ObserverMayNot);
    world.call(NOTES, Act::PartyLeft { party: World::party(NOTES) });
    let twice = world.call_refusal(DUTY, Act::PartyLeft { party: World::party(NOTES) });
    assert!(matches!(twice, Refusal::WrongPartyState { .. }));
    let again = invite(Who::Person(NOTES), PartyRole::NoteTaker, LineKind::Secure);
    world.call(DUTY, again.clone());
    assert_eq!(world.call_refusal(DUTY, again), Refusal::AlreadyThere(Thing::Party(PartyId([50; 16]))));
}

#[test]
fn the_floor_is_given_to_who_only_listens_and_ends_with_the_line() {
    let mut world = World::with_live_call();
    let party = World::party(NOTES);
    let speaker = world.call_refusal(DUTY, Act::FloorGiven { party: World::party(PRINCIPAL) });
    assert!(matches!(speaker, Refusal::WrongParty(_)));
    assert_eq!(
        world.call_refusal(DUTY, Act::FloorTaken { party }),
        Refusal::AlreadyThere(Thing::Floor(party))
    );
    world.call(PRINCIPAL, Act::FloorGiven { party });
    assert_eq!(
        world.call_refusal(DUTY, Act::FloorGiven { party }),
        Refusal::AlreadyThere(Thing::Floor(party))
    );
    world.call(DUTY, Act::PartyLeft { party });
    assert!(!world.desk.packages[&CALL].parties()[&party].floor);
}

#[test]
fn the_weakest_line_sets_the_ceiling_and_an_untested_one_is_the_weakest() {
    let mut world = World::with_live_call();
    let ceiling = |world: &World| world.desk.packages[&CALL].ceiling();
    let report = |party, level| Act::LineReported { party, ceiling: Rank(level) };
    assert_eq!(ceiling(&world), Some(Rank(0)));
    world.call(NOTES, report(World::party(NOTES), 3));
    world.call(PRINCIPAL, report(World::party(PRINCIPAL), 2));
    assert_eq!(ceiling(&world), Some(Rank(0)), "the guest's line has no report");
    world.call(DUTY, report(GUEST, 1));
    assert_eq!(ceiling(&world), Some(Rank(1)));
    world.call(DUTY, Act::PartyHeld { party: GUEST });
    assert_eq!(ceiling(&world), Some(Rank(1)), "who is on hold comes back");
    world.call(DUTY, Act::PartyLeft { party: GUEST });
    assert_eq!(ceiling(&world), Some(Rank(2)));
    let beyond = world.call_refusal(DUTY, report(World::party(NOTES), 9));
    assert!(matches!(beyond, Refusal::UnknownLevel { .. }));
    let others = world.call_refusal(NOTES, report(World::party(PRINCIPAL), 3));
    assert!(matches!(others, Refusal::NeedsRole { .. }));
}

#[test]
fn the_end_of_the_call_is_the_end_of_every_line_and_of_cards() {
    let mut world = World::with_live_call();
    world.call(ADVISER, Act::CardPassed {});
    assert!(matches!(world.call_refusal(NOTES, Act::CardPassed {}), Refusal::NeedsRole { .. }));
    world.call(DUTY, Act::CallEnded { end: CallEnd::Ended });
    let package = &world.desk.packages[&CALL];
    assert!(package.parties().values().all(|party| party.state == PartyState::Left));
    assert_eq!(package.cards().len(), 1);
    assert!(matches!(world.call_refusal(ADVISER, Act::CardPassed {}), Refusal::WrongStage { .. }));
    let rejoin = world.call_refusal(NOTES, Act::PartyArrived { party: World::party(NOTES) });
    assert!(matches!(rejoin, Refusal::WrongStage { .. }));
}
