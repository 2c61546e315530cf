//! Due-outs: owned by a reader, done by the owner, late when the observer says so.

use chancery_desk::{
    act::Act,
    due_outs::DueOutState,
    refusal::{Refusal, Thing},
};
use chancery_log::id::{CommitmentId, DueOutId, PersonId};

use crate::world::{CALL, DESK_OFFICER, DUTY, IN_CALL, INTERPRETER, NOTES, World, observer};

const DUE_OUT: DueOutId = DueOutId([10; 16]);

fn task(owner: PersonId, due_ms: u64, commitment: Option<CommitmentId>) -> Act {
    Act::DueOutTasked { due_out: DUE_OUT, commitment, owner, due_ms }
}

fn state(world: &World) -> DueOutState {
    world.desk.packages[&CALL].due_outs()[&DUE_OUT].state
}

#[test]
fn a_due_out_needs_an_owner_who_can_read_it() {
    let mut world = World::with_ended_call();
    let refusal = world.call_refusal(DUTY, task(INTERPRETER, 1, None));
    assert_eq!(refusal, Refusal::NotAReader { person: INTERPRETER, package: CALL });
    let unknown = CommitmentId([1; 16]);
    let refusal = world.call_refusal(DUTY, task(NOTES, 1, Some(unknown)));
    assert_eq!(refusal, Refusal::UnknownCommitment(unknown));
    world.call(DUTY, task(NOTES, 1, None));
    assert_eq!(world.call_refusal(DUTY, task(NOTES, 1, None)), Refusal::AlreadyThere(Thing::DueOut(DUE_OUT)));
    let moved = Act::DueOutMoved { due_out: DUE_OUT, owner: INTERPRETER, due_ms: 5 };
    assert!(matches!(world.call_refusal(DUTY, moved), Refusal::NotAReader { .. }));
}

#[test]
fn its_owner_says_that_it_is_done_and_others_do_not() {
    let mut world = World::with_ended_call();
    world.call(DUTY, task(NOTES, 1, None));
    let unknown = DueOutId([11; 16]);
    assert_eq!(
        world.call_refusal(DUTY, Act::DueOutDone { due_out: unknown }),
        Refusal::UnknownDueOut(unknown)
    );
    let done = world.call(NOTES, Act::DueOutDone { due_out: DUE_OUT });
    assert_eq!(state(&world), DueOutState::Done(done));
    for act in [
        Act::DueOutDone { due_out: DUE_OUT },
        Act::DueOutDropped { due_out: DUE_OUT },
        Act::DueOutMoved { due_out: DUE_OUT, owner: DUTY, due_ms: 9 },
    ] {
        assert_eq!(world.call_refusal(DUTY, act), Refusal::AlreadyThere(Thing::DueOutEnd(DUE_OUT)));
    }
    let mut other = World::with_ended_call();
    other.call(DUTY, task(DESK_OFFICER, 1, None));
    assert!(matches!(
        other.call_refusal(NOTES, Act::DueOutDone { due_out: DUE_OUT }),
        Refusal::NeedsRole { .. }
    ));
    other.call(NOTES, Act::DueOutDropped { due_out: DUE_OUT });
    assert!(!other.desk.packages[&CALL].due_outs()[&DUE_OUT].is_open());
}

#[test]
fn the_observer_says_late_once_for_each_date() {
    let mut world = World::with_ended_call();
    let due_ms = world.now_ms + 1_000;
    world.call(DUTY, task(NOTES, due_ms, None));
    let late = || Act::DueOutLate { due_out: DUE_OUT };
    assert_eq!(world.call_refusal(DUTY, late()), Refusal::OnlyObserver);
    world.now_ms += 1_000;
    let early = world.refusal(observer(), IN_CALL, late());
    assert_eq!(early, Refusal::NotLateYet { due_ms, logged_ms: due_ms });
    world.now_ms += 1;
    world.say(observer(), IN_CALL, late());
    assert_eq!(state(&world), DueOutState::Late);
    assert_eq!(world.refusal(observer(), IN_CALL, late()), Refusal::AlreadyThere(Thing::DueOutLate(DUE_OUT)));
    world.call(DUTY, Act::DueOutMoved { due_out: DUE_OUT, owner: DUTY, due_ms: world.now_ms });
    assert_eq!(state(&world), DueOutState::Open);
}
