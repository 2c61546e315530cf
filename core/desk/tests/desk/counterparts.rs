//! Counterparts and their direct lines.

use chancery_desk::{
    act::{Act, CallKind},
    refusal::{Refusal, Thing},
};
use chancery_log::id::{CounterpartId, DirectLineId};

use crate::world::{COUNTERPART, DUTY, IN_CALL, NOTES, OFFICER_A, PRINCIPAL, World, first_device};

const UNKNOWN: CounterpartId = CounterpartId([60; 16]);
const LINE: DirectLineId = DirectLineId([61; 16]);

#[test]
fn a_counterpart_is_added_described_and_retired() {
    let mut world = World::staffed();
    let there = world.trust_refusal(DUTY, Act::CounterpartAdded { counterpart: COUNTERPART });
    assert_eq!(there, Refusal::AlreadyThere(Thing::Counterpart(COUNTERPART)));
    assert!(matches!(
        world.trust_refusal(NOTES, Act::CounterpartAdded { counterpart: UNKNOWN }),
        Refusal::NeedsRole { .. }
    ));
    let described = world.trust(DUTY, Act::CounterpartDescribed { counterpart: COUNTERPART });
    assert_eq!(world.desk.trust.counterparts()[&COUNTERPART].described, described);
    world.trust(DUTY, Act::CounterpartRetired { counterpart: COUNTERPART });
    for act in [
        Act::CounterpartDescribed { counterpart: COUNTERPART },
        Act::CounterpartRetired { counterpart: COUNTERPART },
    ] {
        assert_eq!(world.trust_refusal(DUTY, act), Refusal::UnknownCounterpart(COUNTERPART));
    }
}

#[test]
fn a_retired_counterpart_is_offered_to_nobody_but_the_principal_is_not_refused() {
    let mut world = World::staffed();
    world.trust(DUTY, Act::CounterpartRetired { counterpart: COUNTERPART });
    let request = world.requested(CallKind::Unannounced);
    assert_eq!(world.call_refusal(DUTY, request.clone()), Refusal::UnknownCounterpart(COUNTERPART));
    assert_eq!(world.admitted(&world.said(first_device(PRINCIPAL), IN_CALL, request)), Ok(()));
}

#[test]
fn a_direct_line_is_issued_once_to_one_counterpart_and_dies_once() {
    let mut world = World::staffed();
    let issue = |counterpart| Act::DirectLineIssued { line: LINE, counterpart };
    assert!(matches!(world.trust_refusal(DUTY, issue(COUNTERPART)), Refusal::NeedsRole { .. }));
    assert_eq!(world.trust_refusal(OFFICER_A, issue(UNKNOWN)), Refusal::UnknownCounterpart(UNKNOWN));
    let revoke = Act::DirectLineRevoked { line: LINE };
    assert_eq!(world.trust_refusal(OFFICER_A, revoke.clone()), Refusal::UnknownDirectLine(LINE));
    world.trust(OFFICER_A, issue(COUNTERPART));
    let twice = world.trust_refusal(OFFICER_A, issue(COUNTERPART));
    assert_eq!(twice, Refusal::AlreadyThere(Thing::DirectLine(LINE)));
    world.trust(OFFICER_A, revoke.clone());
    assert_eq!(world.trust_refusal(OFFICER_A, revoke), Refusal::UnknownDirectLine(LINE));
}
