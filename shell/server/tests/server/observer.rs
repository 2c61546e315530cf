//! What the server itself sees: driven without sockets, so that the clock can be told.

use std::collections::BTreeSet;

use chancery_desk::{
    act::{Act, CallEnd, CallKind},
    due_outs::DueOutState,
};
use chancery_log::{
    act::BodyKind,
    id::{DueOutId, PackageId, Scope, Vault},
};
use chancery_server::switchboard::{Switchboard, input::Input};
use chancery_store::store::Store;

use crate::world::{self, COUNTERPART, DEBRIEF, DIRECTORY, World, start_ms};

const CALL: PackageId = PackageId([55; 16]);

fn tick(switchboard: &mut Switchboard, now_ms: u64) {
    switchboard.take(now_ms, Input::Tick);
    while switchboard.next_output().is_some() {}
}

/// A desk with a counterpart, and a call that rings from the start.
fn ringing() -> (World, Store) {
    let (world, mut store) = World::at_work();
    let (office, person) = (DIRECTORY, world.duty.person);
    world.officer.say(&mut store, Scope::Trust, &Act::OfficeMemberAdded { office, person }, Vec::new());
    let sealed = BodyKind::Sealed(Vault::Office(DIRECTORY), 1);
    let counterpart = Act::CounterpartAdded { counterpart: COUNTERPART };
    world.duty.say(&mut store, Scope::Trust, &counterpart, vec![(sealed, b"a name, sealed")]);
    let readers = [world.principal.person, world.duty.person];
    let call = Act::CallRequested {
        principal: world.principal.person,
        counterpart: COUNTERPART,
        kind: CallKind::Unannounced,
        opening: world::opening(&store, &readers),
    };
    world.duty.say(&mut store, Scope::Package(CALL), &call, world::opening_words(CALL));
    store.commit().unwrap();
    (world, store)
}

#[test]
fn a_call_that_nobody_answers_is_missed_when_it_has_rung_long_enough_and_not_before() {
    let (_world, store) = ringing();
    let ring_ms = store.desk().trust.rules().ring_ms;
    let mut switchboard = Switchboard::new(store, [1; 32]);
    let rung_ms = start_ms() + 1_000;
    tick(&mut switchboard, rung_ms + ring_ms - 1);
    assert_eq!(switchboard.store().desk().packages[&CALL].end(), None);
    tick(&mut switchboard, rung_ms + ring_ms);
    let end = switchboard.store().desk().packages[&CALL].end().unwrap();
    assert_eq!(end.0, CallEnd::Missed);
    // Once.
    let size = switchboard.store().size();
    tick(&mut switchboard, rung_ms + ring_ms + 1);
    assert_eq!(switchboard.store().size(), size);
}

#[test]
fn a_call_that_was_answered_is_never_missed() {
    let (world, mut store) = ringing();
    world.duty.say(&mut store, Scope::Package(CALL), &Act::CallAnswered {}, Vec::new());
    store.commit().unwrap();
    let ring_ms = store.desk().trust.rules().ring_ms;
    let mut switchboard = Switchboard::new(store, [1; 32]);
    tick(&mut switchboard, start_ms() + 1_000 + ring_ms * 2);
    assert_eq!(switchboard.store().desk().packages[&CALL].end(), None);
}

#[test]
fn a_due_out_whose_date_passed_is_late_also_after_a_restart() {
    let (world, mut store) = World::at_work();
    let (due_out, due_ms) = (DueOutId([6; 16]), start_ms() + 60_000);
    let act = Act::DueOutTasked { due_out, commitment: None, owner: world.duty.person, due_ms };
    let sealed = BodyKind::Sealed(Vault::Package(DEBRIEF), 1);
    world.duty.say(&mut store, Scope::Package(DEBRIEF), &act, vec![(sealed, b"a task, sealed")]);
    store.commit().unwrap();
    drop(store);
    let mut switchboard = Switchboard::new(Store::open(&world.folder()).unwrap(), [1; 32]);
    let state =
        |switchboard: &Switchboard| switchboard.store().desk().packages[&DEBRIEF].due_outs()[&due_out].state;
    tick(&mut switchboard, due_ms);
    assert_eq!(state(&switchboard), DueOutState::Open);
    tick(&mut switchboard, due_ms + 1);
    assert_eq!(state(&switchboard), DueOutState::Late);
}

#[test]
fn a_silent_trust_scope_is_confirmed_before_clients_would_alarm() {
    let (_world, store) = World::at_work();
    let trust = &store.desk().trust;
    let (confirmed_ms, stale_ms) = (trust.confirmed_ms(), trust.rules().trust_stale_ms);
    let mut switchboard = Switchboard::new(store, [1; 32]);
    let mut gaps = BTreeSet::new();
    let mut before = confirmed_ms;
    for second in 0..stale_ms * 3 / 1_000 {
        tick(&mut switchboard, confirmed_ms + second * 1_000);
        let now = switchboard.store().desk().trust.confirmed_ms();
        if now > before {
            gaps.insert(now - before);
            before = now;
        }
    }
    assert!(!gaps.is_empty() && gaps.iter().all(|gap| *gap < stale_ms), "{gaps:?}");
}
