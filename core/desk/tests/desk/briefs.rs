//! Briefs: versions in order, cleared by who is asked, issued, read by the principal.

use chancery_desk::{
    act::{Act, CallKind},
    calls::Stage,
    refusal::{Refusal, Thing},
};
use chancery_log::id::{ClearanceId, OfficeId};
use chancery_seal::vault::Reader;

use crate::world::{ADVISER, CALL, COUNSEL, DESK_OFFICER, DIRECTORY, DUTY, NOTES, PRINCIPAL, World};

const CLEARANCE: ClearanceId = ClearanceId([30; 16]);

fn ask(office: OfficeId, version: u32) -> Act {
    Act::ClearanceAsked { clearance: CLEARANCE, office, version }
}

fn give(granted: bool) -> Act {
    Act::ClearanceGiven { clearance: CLEARANCE, granted }
}

#[test]
fn versions_count_from_one_without_gaps() {
    let mut world = World::with_call();
    let expected = |expected, got| Refusal::VersionExpected { expected, got };
    assert_eq!(world.call_refusal(DESK_OFFICER, Act::BriefWritten { version: 0 }), expected(1, 0));
    assert_eq!(world.call_refusal(DESK_OFFICER, Act::BriefWritten { version: 2 }), expected(1, 2));
    world.call(DESK_OFFICER, Act::BriefWritten { version: 1 });
    world.call(ADVISER, Act::BriefWritten { version: 2 });
    assert_eq!(world.call_refusal(DESK_OFFICER, Act::BriefIssued { version: 3 }), expected(2, 3));
    assert!(matches!(world.call_refusal(NOTES, Act::BriefWritten { version: 3 }), Refusal::NeedsRole { .. }));
}

#[test]
fn the_office_that_was_asked_answers_once() {
    let mut world = World::with_call();
    world.call(DESK_OFFICER, Act::BriefWritten { version: 1 });
    assert_eq!(world.call_refusal(ADVISER, give(true)), Refusal::UnknownClearance(CLEARANCE));
    let outside = world.call_refusal(DESK_OFFICER, ask(DIRECTORY, 1));
    assert_eq!(outside, Refusal::ReaderUnknown { reader: Reader::Office(DIRECTORY), package: CALL });
    assert!(matches!(world.call_refusal(DESK_OFFICER, ask(COUNSEL, 2)), Refusal::VersionExpected { .. }));
    world.call(DESK_OFFICER, ask(COUNSEL, 1));
    let twice = world.call_refusal(DESK_OFFICER, ask(COUNSEL, 1));
    assert_eq!(twice, Refusal::AlreadyThere(Thing::Clearance(CLEARANCE)));
    assert_eq!(world.call_refusal(DUTY, give(true)), Refusal::NotAMember { person: DUTY, office: COUNSEL });
    let answer = world.call(ADVISER, give(false));
    assert_eq!(
        world.call_refusal(ADVISER, give(true)),
        Refusal::AlreadyThere(Thing::ClearanceAnswer(CLEARANCE))
    );
    assert_eq!(world.desk.packages[&CALL].clearances()[&CLEARANCE].answer, Some((false, answer)));
}

#[test]
fn the_principal_reads_what_was_issued() {
    let mut world = World::with_call();
    world.call(DESK_OFFICER, Act::BriefWritten { version: 1 });
    let early = world.call_refusal(PRINCIPAL, Act::BriefRead { version: 1 });
    assert_eq!(early, Refusal::VersionExpected { expected: 0, got: 1 });
    world.call(ADVISER, Act::BriefIssued { version: 1 });
    assert_eq!(world.desk.packages[&CALL].stage(), Stage::Briefed);
    let twice = world.call_refusal(ADVISER, Act::BriefIssued { version: 1 });
    assert_eq!(twice, Refusal::AlreadyThere(Thing::BriefIssued(1)));
    assert!(matches!(world.call_refusal(DUTY, Act::BriefRead { version: 1 }), Refusal::NeedsRole { .. }));
    world.call(PRINCIPAL, Act::BriefRead { version: 1 });
    assert_eq!(
        world.call_refusal(PRINCIPAL, Act::BriefRead { version: 1 }),
        Refusal::AlreadyThere(Thing::BriefRead(1))
    );
    assert!(world.desk.packages[&CALL].issued_brief().unwrap().read);
}

#[test]
fn a_flash_brief_does_not_take_a_live_call_back() {
    let mut world = World::staffed();
    world.request(DUTY, CallKind::Unannounced);
    world.call(DUTY, Act::BriefWritten { version: 1 });
    world.call(DUTY, Act::BriefIssued { version: 1 });
    assert_eq!(world.desk.packages[&CALL].stage(), Stage::Live);
}
