//! A call's life, and how it ends.

use chancery_desk::{
    act::{Act, CallEnd, CallKind},
    calls::Stage,
    package::Nature,
    refusal::{Refusal, Thing},
};

use crate::world::{CALL, DUTY, IN_CALL, NOTES, PRINCIPAL, START_MS, World, first_device, observer};

fn stage(world: &World) -> Stage {
    world.desk.packages[&CALL].stage()
}

fn ended(end: CallEnd) -> Act {
    Act::CallEnded { end }
}

#[test]
fn a_call_goes_from_requested_to_closed() {
    let mut world = World::with_call();
    let mut stages = vec![stage(&world)];
    world.call(DUTY, Act::BriefWritten { version: 1 });
    let steps = [
        (DUTY, Act::BriefIssued { version: 1 }),
        (DUTY, Act::CallAnswered {}),
        (PRINCIPAL, ended(CallEnd::Ended)),
    ];
    for (by, act) in steps {
        world.call(by, act);
        stages.push(stage(&world));
    }
    world.call(NOTES, Act::TelconWritten { version: 1 });
    world.call(DUTY, Act::TelconApproved { version: 1 });
    stages.push(stage(&world));
    let count = world.desk.packages[&CALL].count();
    world.call(DUTY, Act::PackageClosed { count });
    stages.push(stage(&world));
    use Stage::{Briefed, Closed, Ended, Live, Requested, WrittenUp};
    assert_eq!(stages, [Requested, Briefed, Live, Ended, WrittenUp, Closed]);
}

#[test]
fn they_talk_once() {
    let mut world = World::with_live_call();
    assert_eq!(world.call_refusal(DUTY, Act::CallAnswered {}), Refusal::AlreadyThere(Thing::Answer(CALL)));
    world.call(DUTY, ended(CallEnd::Ended));
    assert!(matches!(world.call_refusal(DUTY, Act::CallAnswered {}), Refusal::WrongStage { .. }));
    assert!(matches!(world.call_refusal(DUTY, ended(CallEnd::Ended)), Refusal::WrongStage { .. }));
}

#[test]
fn each_end_has_its_time() {
    let before = World::with_call();
    assert!(matches!(before.call_refusal(DUTY, ended(CallEnd::Ended)), Refusal::WrongStage { .. }));
    for end in [CallEnd::Declined, CallEnd::Missed, CallEnd::Cancelled, CallEnd::Failed] {
        let mut world = before.clone();
        world.call(DUTY, ended(end));
        assert_eq!(world.desk.packages[&CALL].end(), Some((end, world.now_ms)));
        assert_eq!(stage(&world), Stage::Ended);
    }
    let live = World::with_live_call();
    assert!(matches!(live.call_refusal(DUTY, ended(CallEnd::Cancelled)), Refusal::WrongStage { .. }));
    for end in [CallEnd::Declined, CallEnd::Missed] {
        assert_eq!(live.call_refusal(DUTY, ended(end)), Refusal::AlreadyThere(Thing::Answer(CALL)));
    }
    assert!(matches!(live.call_refusal(NOTES, ended(CallEnd::Ended)), Refusal::NeedsRole { .. }));
}

#[test]
fn a_reason_for_declining_may_stand_beside_it() {
    let world = World::with_call();
    let mut said = world.said(first_device(PRINCIPAL), IN_CALL, ended(CallEnd::Declined));
    assert_eq!(world.admitted(&said), Ok(()));
    let words = world.said(first_device(PRINCIPAL), IN_CALL, Act::WrapUpGiven {}).bodies;
    said.bodies = words.clone();
    assert_eq!(world.admitted(&said), Ok(()));
    said.act = ended(CallEnd::Failed);
    assert!(matches!(world.admitted(&said), Err(Refusal::BodiesExpected { .. })));
}

#[test]
fn the_observer_says_missed_after_it_rang_long_enough() {
    let mut world = World::with_call();
    let missed = || ended(CallEnd::Missed);
    world.now_ms += 3_600_000;
    assert!(
        matches!(world.refusal(observer(), IN_CALL, missed()), Refusal::StillRinging { .. }),
        "it never rang"
    );
    world.invite_guest();
    assert!(matches!(world.refusal(observer(), IN_CALL, missed()), Refusal::StillRinging { .. }));
    world.now_ms += world.desk.trust.rules().ring_ms;
    for end in [CallEnd::Declined, CallEnd::Failed, CallEnd::Cancelled] {
        assert_eq!(world.refusal(observer(), IN_CALL, ended(end)), Refusal::ObserverMayNot);
    }
    world.say(observer(), IN_CALL, missed());
    assert_eq!(stage(&world), Stage::Ended);
}

#[test]
fn a_planned_call_moves_until_it_begins() {
    let mut world = World::with_call();
    world.call(DUTY, Act::CallMoved { at_ms: START_MS + 9 });
    let kind = CallKind::Planned { at_ms: START_MS + 9 };
    assert!(matches!(world.desk.packages[&CALL].nature(), Nature::Call { kind: now, .. } if now == kind));
    world.call(DUTY, Act::CallAnswered {});
    assert!(matches!(world.call_refusal(DUTY, Act::CallMoved { at_ms: 1 }), Refusal::WrongStage { .. }));
}

#[test]
fn a_stuck_call_is_cleared_away_by_a_duty_officer() {
    let mut world = World::with_live_call();
    assert!(matches!(world.call_refusal(PRINCIPAL, Act::CallCleared {}), Refusal::NeedsRole { .. }));
    world.call(DUTY, Act::CallCleared {});
    let package = &world.desk.packages[&CALL];
    assert!(package.cleared() && package.stage() == Stage::Ended);
    assert!(matches!(world.call_refusal(DUTY, Act::CallCleared {}), Refusal::WrongStage { .. }));
}
