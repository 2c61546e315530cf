//! Closing: summed up to the last leaf, agreed by somebody else, and never waiting for commitments.

use chancery_desk::{
    act::{Act, CallEnd},
    calls::Stage,
    refusal::{Refusal, Thing},
};
use chancery_log::id::{CommitmentId, Digest};

use crate::world::{CALL, DUTY, NOTES, PRINCIPAL, World};

fn written_up() -> World {
    let mut world = World::with_ended_call();
    world.call(NOTES, Act::TelconWritten { version: 1 });
    world.call(DUTY, Act::TelconApproved { version: 1 });
    world
}

fn close(world: &World) -> Act {
    Act::PackageClosed { count: world.desk.packages[&CALL].count() }
}

#[test]
fn open_commitments_do_not_hold_the_closing_up_and_go_on_after_it() {
    let mut world = written_up();
    let commitment = CommitmentId([1; 16]);
    world.call(NOTES, Act::CommitmentMade { commitment, note: None });
    world.call(DUTY, close(&world));
    assert_eq!(world.desk.packages[&CALL].stage(), Stage::Closed);
    world.call(DUTY, Act::CommitmentSettled { commitment, kept: false });
}

#[test]
fn the_closing_sums_up_exactly_what_there_is() {
    let mut world = written_up();
    let count = world.desk.packages[&CALL].count();
    world.call(NOTES, Act::NoteTaken { instead_of: None });
    let refusal = world.call_refusal(DUTY, Act::PackageClosed { count });
    assert_eq!(refusal, Refusal::CountExpected { expected: count + 1, got: count });
    world.call(DUTY, close(&world));
    assert!(matches!(world.call_refusal(DUTY, close(&world)), Refusal::WrongStage { .. }));
}

#[test]
fn a_call_they_talked_on_is_written_up_first_and_one_that_never_was_is_not() {
    let world = World::with_ended_call();
    assert!(matches!(world.call_refusal(DUTY, close(&world)), Refusal::WrongStage { .. }));
    let mut missed = World::with_call();
    assert!(matches!(missed.call_refusal(DUTY, close(&missed)), Refusal::WrongStage { .. }));
    missed.call(DUTY, Act::CallEnded { end: CallEnd::Missed });
    missed.call(DUTY, close(&missed));
    let mut cleared = World::with_live_call();
    cleared.call(DUTY, Act::CallCleared {});
    assert!(
        matches!(cleared.call_refusal(DUTY, close(&cleared)), Refusal::WrongStage { .. }),
        "they had talked"
    );
}

#[test]
fn another_reader_agrees_once() {
    let mut world = written_up();
    let early = world.call_refusal(NOTES, Act::ClosedAgreed { closed: Digest([1; 32]) });
    assert_eq!(early, Refusal::UnknownClosing(Digest([1; 32])));
    let closed = world.call(DUTY, close(&world));
    let agree = || Act::ClosedAgreed { closed };
    assert_eq!(world.call_refusal(DUTY, agree()), Refusal::NeedsAnotherReader);
    world.call(NOTES, agree());
    assert_eq!(world.call_refusal(NOTES, agree()), Refusal::AlreadyThere(Thing::ClosedAgreed(NOTES)));
    world.call(PRINCIPAL, agree());
    assert_eq!(world.desk.packages[&CALL].closed().unwrap().agreed.len(), 2);
}
