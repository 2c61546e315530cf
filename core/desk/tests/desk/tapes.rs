//! The tape: who deals its secrets, to whom; who asks for it, and who releases shares.

use std::collections::BTreeSet;

use chancery_desk::{
    act::{Act, CallEnd, PartyRole, RevokedBecause, Role, Rules, ShareDealt},
    lines::rules::LineRules,
    refusal::{Refusal, Thing},
    tapes::shares_to,
};
use chancery_log::{
    act::BodyKind,
    id::{Digest, PersonId, Scope, Vault},
};

use crate::world::{
    ADVISER, CALL, CUSTODIAN, DUTY, IN_CALL, NOTES, OFFICER_A, OFFICER_B, PRINCIPAL, RECORDS, World,
    first_device, observer,
};

fn dealings(world: &World) -> usize {
    world.desk.packages[&CALL].dealings().len()
}

/// A dealing of an epoch, bent in how many are needed, its shares or its commitment.
fn bent(world: &World, bend: impl FnOnce(&mut u8, &mut Vec<ShareDealt>, &mut Digest)) -> Act {
    let mut act = world.deal_epoch(1);
    if let Act::EpochDealt { needed, shares, commitment, .. } = &mut act {
        bend(needed, shares, commitment);
    }
    act
}

fn ask(device: PersonId) -> Act {
    let custodians = BTreeSet::from([OFFICER_A, OFFICER_B, CUSTODIAN]);
    Act::TapeAsked { package: CALL, device: first_device(device), needed: 2, custodians }
}

fn asked() -> (World, Digest) {
    let mut world = World::with_ended_call();
    let asked = world.trust(RECORDS, ask(RECORDS));
    (world, asked)
}

#[test]
fn whoever_is_on_the_call_deals_an_epoch_to_the_custodians() {
    let mut world = World::with_live_call();
    world.call(NOTES, world.deal_epoch(1));
    world.call(PRINCIPAL, world.deal_epoch(2));
    let dealt = &world.desk.packages[&CALL].dealings()[0];
    assert_eq!((dealt.epoch, dealt.needed, dealt.by), (1, 2, first_device(NOTES)));
    let to: Vec<PersonId> = dealt.shares.iter().map(|share| share.custodian).collect();
    assert_eq!(to, [OFFICER_A, OFFICER_B, CUSTODIAN]);
    let off = world.call_refusal(ADVISER, world.deal_epoch(3));
    assert_eq!(off, Refusal::NotOnTheCall(ADVISER));
    assert_eq!(world.refusal(observer(), IN_CALL, world.deal_epoch(3)), Refusal::ObserverMayNot);
}

#[test]
fn who_is_on_hold_or_gone_deals_nothing() {
    let mut world = World::with_live_call();
    let party = World::party(NOTES);
    world.call(DUTY, Act::PartyHeld { party });
    assert_eq!(world.call_refusal(NOTES, world.deal_epoch(1)), Refusal::NotOnTheCall(NOTES));
    world.call(DUTY, Act::PartyLeft { party });
    assert_eq!(world.call_refusal(NOTES, world.deal_epoch(1)), Refusal::NotOnTheCall(NOTES));
    world.call(DUTY, Act::CallEnded { end: CallEnd::Ended });
    assert_eq!(world.call_refusal(NOTES, world.deal_epoch(1)), Refusal::NotOnTheCall(NOTES));
}

#[test]
fn the_last_epoch_may_be_dealt_after_the_end_by_who_stayed_to_it() {
    let mut world = World::with_ended_call();
    world.call(NOTES, world.deal_epoch(7));
    assert_eq!(dealings(&world), 1);
    assert_eq!(world.call_refusal(DUTY, world.deal_epoch(8)), Refusal::NotOnTheCall(DUTY));
    world.now_ms += 11 * 60_000;
    let mut late = world.said(first_device(NOTES), IN_CALL, world.deal_epoch(8));
    late.said_ms -= 11 * 60_000;
    assert!(matches!(world.admitted(&late), Err(Refusal::TooOld { .. })));
}

#[test]
fn shares_go_to_the_custodians_who_can_receive_and_to_nobody_else() {
    let world = World::with_live_call();
    let wrong = [
        bent(&world, |_, shares, _| shares.truncate(1)),
        bent(&world, |_, shares, _| shares[0].generation += 1),
        bent(&world, |_, shares, _| shares[0].custodian = NOTES),
        bent(&world, |_, shares, _| shares.reverse()),
        bent(&world, |needed, _, _| *needed = 1),
    ];
    for act in wrong {
        let refusal = world.call_refusal(NOTES, act);
        assert!(matches!(refusal, Refusal::SharesExpected(_)), "{refusal}");
    }
}

#[test]
fn a_custodian_without_a_device_is_left_out_while_enough_are_left() {
    let mut world = World::with_live_call();
    let revoke = |device| Act::DeviceRevoked { device, because: RevokedBecause::Lost };
    world.trust(OFFICER_A, revoke(first_device(CUSTODIAN)));
    let to: Vec<PersonId> = shares_to(&world.desk.trust).unwrap().into_iter().map(|(to, _)| to).collect();
    assert_eq!(to, [OFFICER_A, OFFICER_B]);
    world.call(NOTES, world.deal_epoch(1));
    world.trust(OFFICER_A, revoke(first_device(OFFICER_B)));
    let vault = Vault::Person(OFFICER_B);
    assert_eq!(shares_to(&world.desk.trust), Err(Refusal::RekeyFirst { vault }));
    assert_eq!(world.call_refusal(NOTES, world.deal_epoch(2)), Refusal::RekeyFirst { vault });
}

#[test]
fn a_false_dealing_does_not_keep_the_right_one_out() {
    let mut world = World::with_live_call();
    let other = bent(&world, |_, _, commitment| *commitment = Digest([66; 32]));
    world.call(PRINCIPAL, other.clone());
    assert_eq!(world.call_refusal(NOTES, other), Refusal::AlreadyThere(Thing::EpochDealt(1)));
    let again = world.call_refusal(PRINCIPAL, world.deal_epoch(1));
    assert_eq!(again, Refusal::AlreadyThere(Thing::EpochDealt(1)));
    world.call(NOTES, world.deal_epoch(1));
    assert_eq!(dealings(&world), 2);
}

#[test]
fn where_calls_are_not_taped_nothing_is_dealt() {
    let mut world = World::with_live_call();
    let lines = LineRules { taped: false, ..LineRules::default() };
    world.trust(OFFICER_A, Act::RulesSet(Rules { lines, ..world.rules() }));
    assert_eq!(world.call_refusal(NOTES, world.deal_epoch(1)), Refusal::NotTaped);
}

#[test]
fn the_shares_travel_beside_the_act_as_shares_of_this_tape() {
    let world = World::with_live_call();
    let mut said = world.said(first_device(NOTES), IN_CALL, world.deal_epoch(1));
    assert_eq!(said.bodies[0].kind, BodyKind::TapeShares(CALL));
    said.bodies[0].kind = BodyKind::Shares(Vault::Package(CALL), 1);
    assert!(matches!(world.admitted(&said), Err(Refusal::BodiesExpected { .. })));
    said.bodies.clear();
    assert!(matches!(world.admitted(&said), Err(Refusal::BodiesExpected { .. })));
}

#[test]
fn a_principal_or_a_records_officer_asks_on_a_device_of_their_own() {
    let mut world = World::with_ended_call();
    for by in [DUTY, NOTES, OFFICER_A] {
        assert!(matches!(world.trust_refusal(by, ask(by)), Refusal::NeedsRole { .. }));
    }
    let others = world.trust_refusal(RECORDS, ask(PRINCIPAL));
    assert!(matches!(others, Refusal::NotYours { .. }), "{others}");
    let in_call = world.refusal(first_device(RECORDS), IN_CALL, ask(RECORDS));
    assert!(matches!(in_call, Refusal::WrongScope { .. }));
    world.trust(PRINCIPAL, ask(PRINCIPAL));
    let asked = world.trust(RECORDS, ask(RECORDS));
    let known = &world.desk.trust.tape_asks()[&asked];
    assert_eq!((known.package, known.device, known.by), (CALL, first_device(RECORDS), first_device(RECORDS)));
    assert!(!known.is_enough());
}

#[test]
fn an_ask_names_those_who_can_open_it_together() {
    let world = World::with_ended_call();
    let with = |needed, custodians: &[PersonId]| {
        let (package, device) = (CALL, first_device(RECORDS));
        Act::TapeAsked { package, device, needed, custodians: custodians.iter().copied().collect() }
    };
    for wrong in [with(1, &[OFFICER_A, OFFICER_B]), with(3, &[OFFICER_A, OFFICER_B]), with(2, &[])] {
        assert!(matches!(world.trust_refusal(RECORDS, wrong), Refusal::Custodians { .. }));
    }
    let stranger = PersonId([77; 16]);
    let refusal = world.trust_refusal(RECORDS, with(2, &[OFFICER_A, stranger]));
    assert_eq!(refusal, Refusal::UnknownPerson(stranger));
}

#[test]
fn custodians_release_their_shares_once_each_until_it_is_enough() {
    let (mut world, asked) = asked();
    let release = || Act::TapeShareReleased { asked };
    assert_eq!(world.trust_refusal(DUTY, release()), Refusal::NotACustodian(DUTY));
    let act = world.trust(OFFICER_A, release());
    let again = world.trust_refusal(OFFICER_A, release());
    assert_eq!(again, Refusal::AlreadyThere(Thing::TapeShares(OFFICER_A)));
    assert!(!world.desk.trust.tape_asks()[&asked].is_enough());
    world.trust(CUSTODIAN, release());
    let known = &world.desk.trust.tape_asks()[&asked];
    assert!(known.is_enough());
    assert_eq!(known.released[&OFFICER_A], act);
    let unknown = Digest([1; 32]);
    let refusal = world.trust_refusal(OFFICER_A, Act::TapeShareReleased { asked: unknown });
    assert_eq!(refusal, Refusal::UnknownTapeAsk(unknown));
}

#[test]
fn an_ask_is_void_after_a_week() {
    let (mut world, asked) = asked();
    let until_ms = world.desk.trust.tape_asks()[&asked].until_ms();
    world.now_ms = until_ms;
    world.trust(OFFICER_A, Act::TapeShareReleased { asked });
    world.now_ms = until_ms + 1;
    let late = world.trust_refusal(OFFICER_B, Act::TapeShareReleased { asked });
    assert_eq!(late, Refusal::TapeAskVoid { until_ms });
}

#[test]
fn nothing_is_released_to_a_device_that_is_out_or_for_one_who_may_no_longer_ask() {
    let (world, asked) = asked();
    let device = first_device(RECORDS);
    let mut stolen = world.clone();
    stolen.trust(OFFICER_A, Act::DeviceRevoked { device, because: RevokedBecause::Lost });
    let refusal = stolen.trust_refusal(OFFICER_B, Act::TapeShareReleased { asked });
    assert_eq!(refusal, Refusal::DeviceRevoked(device));
    let mut moved = world.clone();
    moved.trust(OFFICER_A, Act::RolesSet { person: RECORDS, roles: [Role::NoteTaker].into() });
    let refusal = moved.trust_refusal(OFFICER_B, Act::TapeShareReleased { asked });
    assert!(matches!(refusal, Refusal::TapeAskVoid { .. }));
}

#[test]
fn the_releases_bodies_are_shares_of_the_tape_that_was_asked_for() {
    let (world, asked) = asked();
    let mut said = world.said(first_device(OFFICER_A), Scope::Trust, Act::TapeShareReleased { asked });
    assert_eq!(said.bodies[0].kind, BodyKind::TapeShares(CALL));
    said.bodies[0].kind = BodyKind::TapeShares(chancery_log::id::PackageId([8; 16]));
    assert!(matches!(world.admitted(&said), Err(Refusal::BodiesExpected { .. })));
}

#[test]
fn who_comes_later_deals_while_there() {
    let mut world = World::with_live_call();
    world.on_call(ADVISER, PartyRole::Adviser);
    world.call(ADVISER, world.deal_epoch(1));
    world.call(ADVISER, Act::PartyLeft { party: World::party(ADVISER) });
    assert_eq!(world.call_refusal(ADVISER, world.deal_epoch(2)), Refusal::NotOnTheCall(ADVISER));
}
