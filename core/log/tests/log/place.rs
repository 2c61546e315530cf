//! An act stands only where it may.

use chancery_log::{
    act::{self, Head, ReceivedAct, Seen, VerifiedAct},
    id::{Digest, Scope},
    leaf::Leaf,
    place::{self, PlaceError},
};

use crate::world::{Log, device_key, envelope, package};

fn act(scope: Scope, seen: Seen) -> VerifiedAct {
    let bytes = act::sign(&envelope(scope, 1, seen), &device_key()).unwrap();
    ReceivedAct::read(bytes).unwrap().verify(&device_key().verifying_key()).unwrap()
}

/// A log with two trust entries and one of a package, the heads there, and the leaf of an act that saw `seen`.
fn place(change: impl FnOnce(&mut Seen)) -> (Leaf, VerifiedAct) {
    let log = Log::of(&[Scope::Trust, Scope::Trust, package(1)]);
    let mut seen = Seen { trust: log.head(Scope::Trust), scope: log.head(package(1)) };
    change(&mut seen);
    let act = act(package(1), seen);
    (log.next_leaf(package(1), act.bytes()), act)
}

fn check(change: impl FnOnce(&mut Seen)) -> Result<(), PlaceError> {
    let (leaf, act) = place(change);
    place::check(&leaf, &act)
}

#[test]
fn an_act_that_saw_what_was_there_may_stand() {
    assert_eq!(check(|_| ()), Ok(()));
    assert_eq!(check(|seen| *seen = Seen { trust: Head::EMPTY, scope: Head::EMPTY }), Ok(()));
}

#[test]
fn an_act_that_saw_the_future_may_not() {
    let later = |scope, saw, were| Err(PlaceError::SawLater { scope, saw, were });
    assert_eq!(check(|seen| seen.trust.count = 3), later(Scope::Trust, 3, 2));
    assert_eq!(check(|seen| seen.scope.count = 2), later(package(1), 2, 1));
}

#[test]
fn an_act_that_saw_another_history_may_not() {
    let other = Digest([4; 32]);
    let refused = check(|seen| seen.scope.last = other).unwrap_err();
    assert!(matches!(refused, PlaceError::SawOther { count: 1, saw, .. } if saw == other), "{refused:?}");
    let refused = check(|seen| seen.scope = Head { count: 0, last: other }).unwrap_err();
    assert_eq!(refused, PlaceError::SawOther { scope: package(1), count: 0, saw: other, was: Digest::NONE });
}

#[test]
fn another_act_or_scope_than_the_leafs_may_not() {
    let (leaf, act) = place(|_| ());
    let moved = Leaf { scope: package(2), ..leaf.clone() };
    let wrong = PlaceError::WrongScope { expected: package(1), got: package(2) };
    assert_eq!(place::check(&moved, &act), Err(wrong));
    let expected = Digest([5; 32]);
    let other = Leaf { act: expected, ..leaf };
    assert_eq!(place::check(&other, &act), Err(PlaceError::ActMismatch { expected, got: act.digest() }));
}
