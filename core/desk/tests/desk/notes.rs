//! Notes, wrap-ups and commitments.

use chancery_desk::{
    act::Act,
    refusal::{Refusal, Thing},
};
use chancery_log::id::{CommitmentId, Digest};

use crate::world::{ADVISER, CALL, DUTY, NOTES, PRINCIPAL, World};

const COMMITMENT: CommitmentId = CommitmentId([20; 16]);

fn note(instead_of: Option<Digest>) -> Act {
    Act::NoteTaken { instead_of }
}

#[test]
fn notes_are_taken_from_the_first_word_on_and_also_after_the_closing() {
    let early = World::with_call();
    assert!(matches!(early.call_refusal(NOTES, note(None)), Refusal::WrongStage { .. }));
    let mut world = World::with_ended_call();
    world.call(NOTES, note(None));
    world.call(NOTES, Act::TelconWritten { version: 1 });
    world.call(DUTY, Act::TelconApproved { version: 1 });
    let count = world.desk.packages[&CALL].count();
    world.call(DUTY, Act::PackageClosed { count });
    world.call(NOTES, note(None));
    let package = &world.desk.packages[&CALL];
    assert_eq!(package.notes().len(), 2);
    assert!(package.closed().unwrap().count < package.count(), "it shows that the closing does not hold it");
}

#[test]
fn only_ones_own_note_is_replaced_and_once() {
    let mut world = World::with_live_call();
    let first = world.call(NOTES, note(None));
    let other = world.call_refusal(ADVISER, note(Some(first)));
    assert!(matches!(other, Refusal::NotYours { .. }));
    let unknown = Digest([0; 32]);
    assert_eq!(world.call_refusal(NOTES, note(Some(unknown))), Refusal::UnknownNote(unknown));
    let second = world.call(NOTES, note(Some(first)));
    let twice = world.call_refusal(NOTES, note(Some(first)));
    assert_eq!(twice, Refusal::AlreadyThere(Thing::NoteReplaced(first)));
    let notes = world.desk.packages[&CALL].notes();
    assert!(notes[0].replaced && !notes[1].replaced && notes[1].act == second);
}

#[test]
fn the_principal_wraps_up() {
    let mut world = World::with_ended_call();
    assert!(matches!(world.call_refusal(DUTY, Act::WrapUpGiven {}), Refusal::NeedsRole { .. }));
    world.call(PRINCIPAL, Act::WrapUpGiven {});
    assert_eq!(world.desk.packages[&CALL].wrap_ups().len(), 1);
}

#[test]
fn a_commitment_comes_from_a_note_of_this_package_and_is_settled_once() {
    let mut world = World::with_live_call();
    let from = world.call(NOTES, note(None));
    let make = |note| Act::CommitmentMade { commitment: COMMITMENT, note };
    let settle = Act::CommitmentSettled { commitment: COMMITMENT, kept: true };
    assert_eq!(world.call_refusal(NOTES, settle.clone()), Refusal::UnknownCommitment(COMMITMENT));
    let unknown = Digest([1; 32]);
    assert_eq!(world.call_refusal(NOTES, make(Some(unknown))), Refusal::UnknownNote(unknown));
    world.call(NOTES, make(Some(from)));
    assert_eq!(world.call_refusal(DUTY, make(None)), Refusal::AlreadyThere(Thing::Commitment(COMMITMENT)));
    let settled = world.call(PRINCIPAL, settle.clone());
    let refusal = world.call_refusal(DUTY, settle);
    assert_eq!(refusal, Refusal::AlreadyThere(Thing::CommitmentSettled(COMMITMENT)));
    assert_eq!(world.desk.packages[&CALL].commitments()[&COMMITMENT].settled, Some((true, settled)));
}
