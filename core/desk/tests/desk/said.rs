//! What is asked of every act, whatever it says: desk, scope, author, counter, age, bodies.

use chancery_desk::{
    act::{Act, CallKind, Guarded},
    ages::{CLOCK_AHEAD_MS, NOW_MS, RESEND_MS},
    refusal::Refusal,
    said::{Said, TRUST_CLASS},
};
use chancery_log::{
    act::{ACT_VERSION, BodyKind, Envelope, Head, ReceivedAct, Seen, sign},
    cbor,
    id::{DeskId, Digest, PackageId, Scope, Vault},
};
use ed25519_dalek::SigningKey;
use serde_bytes::ByteBuf;

use crate::world::{
    CALL, DESK, DUTY, IN_CALL, NOTES, OFFICER_A, OFFICER_B, PRINCIPAL, START_MS, World, body, first_device,
    keys, observer,
};

fn note() -> Act {
    Act::NoteTaken { instead_of: None }
}

fn envelope(content: Vec<u8>) -> Envelope {
    let mut seed = [0; 32];
    seed[1] = 2;
    let key = SigningKey::from_bytes(&seed);
    let author = keys(2).id();
    assert_eq!(key.verifying_key().to_bytes(), keys(2).signs);
    Envelope {
        version: ACT_VERSION,
        desk: DESK,
        author,
        scope: IN_CALL,
        counter: 4,
        said_ms: START_MS,
        seen: Seen { trust: Head::EMPTY, scope: Head::EMPTY },
        bodies: vec![body(BodyKind::Sealed(Vault::Package(CALL), 1))],
        content: ByteBuf::from(content),
    }
}

fn verified(content: Vec<u8>) -> chancery_log::act::VerifiedAct {
    let mut seed = [0; 32];
    seed[1] = 2;
    let key = SigningKey::from_bytes(&seed);
    let bytes = sign(&envelope(content), &key).unwrap();
    ReceivedAct::read(bytes).unwrap().verify(&key.verifying_key()).unwrap()
}

#[test]
fn a_verified_act_becomes_what_was_said() {
    let act = verified(cbor::encode("an act", &note()).unwrap());
    let said = Said::read(&act).unwrap();
    assert_eq!((said.digest, said.counter, said.package()), (act.digest(), 4, Some(CALL)));
    assert_eq!(said.act, note());
}

#[test]
fn content_that_a_newer_build_wrote_is_named_as_such() {
    let newer = cbor::encode("an act", &std::collections::BTreeMap::from([("CallTeleported", 1)])).unwrap();
    let refusal = Said::read(&verified(newer)).unwrap_err();
    assert!(matches!(&refusal, Refusal::Unreadable(_)));
    assert!(refusal.to_string().contains("newer build"), "{refusal}");
}

#[test]
fn an_act_for_another_desk_is_refused() {
    let world = World::with_call();
    let mut said = world.said(first_device(DUTY), IN_CALL, Act::CallAnswered {});
    said.desk = DeskId([0; 16]);
    assert!(matches!(world.admitted(&said), Err(Refusal::WrongDesk { .. })));
}

#[test]
fn each_act_has_its_scope() {
    let world = World::with_call();
    let package = world.trust_refusal(DUTY, Act::CallAnswered {});
    assert!(matches!(package, Refusal::WrongScope { got: Scope::Trust, .. }));
    let trust = world.call_refusal(OFFICER_A, Act::ProfileSet { ranks: 3 });
    assert!(matches!(trust, Refusal::WrongScope { .. }));
    let vault = Vault::Package(PackageId([2; 16]));
    let other = world.call_refusal(DUTY, crate::world::made(vault, world.next_generation(vault)));
    assert!(matches!(other, Refusal::WrongScope { .. }));
    let unknown = Scope::Package(PackageId([2; 16]));
    let nowhere = world.refusal(first_device(DUTY), unknown, Act::CallAnswered {});
    assert_eq!(nowhere, Refusal::UnknownPackage(PackageId([2; 16])));
}

#[test]
fn who_was_never_approved_says_nothing() {
    let world = World::with_call();
    let refusal = world.refusal(keys(77).id(), IN_CALL, note());
    assert_eq!(refusal, Refusal::UnknownDevice(keys(77).id()));
}

#[test]
fn a_counter_is_neither_skipped_nor_used_twice() {
    let mut world = World::with_live_call();
    let mut said = world.said(first_device(NOTES), IN_CALL, note());
    world.log(said.clone());
    let expected = said.counter + 1;
    assert_eq!(
        world.admitted(&said),
        Err(Refusal::CounterExpected { expected, got: said.counter }),
        "a replayed act is refused"
    );
    said.counter += 2;
    assert!(matches!(world.admitted(&said), Err(Refusal::CounterExpected { .. })));
    said.counter -= 1;
    assert_eq!(world.admitted(&said), Ok(()));
}

#[test]
fn a_refusal_uses_no_counter() {
    let mut world = World::with_live_call();
    let before = world.desk.next_counter(first_device(NOTES), IN_CALL);
    world.call_refusal(NOTES, Act::CallCleared {});
    assert_eq!(world.desk.next_counter(first_device(NOTES), IN_CALL), before);
    world.call(NOTES, note());
    assert_eq!(world.desk.next_counter(first_device(NOTES), IN_CALL), before + 1);
}

#[test]
fn a_held_back_admission_is_refused_and_a_late_note_is_taken() {
    let mut world = World::with_live_call();
    let hold = world.said(first_device(DUTY), IN_CALL, Act::PartyHeld { party: World::party(NOTES) });
    let late = world.said(first_device(NOTES), IN_CALL, note());
    world.now_ms += NOW_MS;
    assert_eq!(world.admitted(&hold), Ok(()), "to the last millisecond");
    world.now_ms += 1;
    assert_eq!(world.admitted(&hold), Err(Refusal::TooOld { limit_ms: NOW_MS, age_ms: NOW_MS + 1 }));
    world.now_ms += 365 * 24 * 3_600_000;
    assert_eq!(world.admitted(&late), Ok(()), "written offline, however long ago");
}

#[test]
fn a_clock_far_ahead_is_refused() {
    let world = World::with_live_call();
    let mut said = world.said(first_device(NOTES), IN_CALL, note());
    said.said_ms = world.now_ms + CLOCK_AHEAD_MS;
    assert_eq!(world.admitted(&said), Ok(()));
    said.said_ms += 1;
    assert!(matches!(world.admitted(&said), Err(Refusal::ClockAhead { .. })));
}

#[test]
fn after_a_restore_what_was_lost_can_be_sent_again() {
    let mut world = World::with_live_call();
    let lost = world.said(first_device(DUTY), IN_CALL, Act::PartyHeld { party: World::party(NOTES) });
    world.now_ms += 5 * NOW_MS;
    let restored = Guarded::Restored { size: 10, root: Digest([1; 32]), lost_size: 12 };
    let asked = world.trust(OFFICER_A, Act::GuardedAsked(restored));
    assert!(matches!(world.admitted(&lost), Err(Refusal::TooOld { .. })), "one officer's word is not enough");
    world.trust(OFFICER_B, Act::GuardedAgreed { asked });
    assert_eq!(world.admitted(&lost), Ok(()));
    world.now_ms += RESEND_MS + 1;
    assert!(matches!(world.admitted(&lost), Err(Refusal::TooOld { .. })));
}

#[test]
fn bodies_are_exactly_what_the_act_needs() {
    let world = World::with_live_call();
    let right = world.said(first_device(NOTES), IN_CALL, note());
    let vault = Vault::Package(CALL);
    let wrong = [
        vec![],
        vec![BodyKind::Sealed(vault, 2)],
        vec![BodyKind::Sealed(Vault::Person(NOTES), 1)],
        vec![BodyKind::Sealed(vault, 1), BodyKind::Sealed(vault, 1)],
        vec![BodyKind::Wraps(vault, 1)],
    ];
    for kinds in wrong {
        let mut said = right.clone();
        said.bodies = kinds.iter().copied().map(body).collect();
        let refusal = world.admitted(&said).unwrap_err();
        assert!(matches!(refusal, Refusal::BodiesExpected { .. }), "{kinds:?}: {refusal}");
    }
    let mut bare = world.said(first_device(DUTY), IN_CALL, Act::CallAnswered {});
    bare.bodies.push(body(BodyKind::Sealed(vault, 1)));
    assert!(world.admitted(&bare).is_err());
}

#[test]
fn the_retention_class_is_the_packages() {
    let mut world = World::staffed();
    let opening = world.said(first_device(DUTY), IN_CALL, world.requested(CallKind::Unannounced));
    assert_eq!(opening.class_of(None), 3);
    world.log(opening);
    let said = world.said(first_device(DUTY), IN_CALL, Act::CallAnswered {});
    assert_eq!(said.class_of(world.desk.package_of(&said)), 3);
    let trust = world.said(first_device(DUTY), Scope::Trust, Act::TrustConfirmed {});
    assert_eq!(trust.class_of(None), TRUST_CLASS);
}

#[test]
fn the_observer_signs_only_what_it_sees() {
    let mut world = World::with_live_call();
    world.say(observer(), Scope::Trust, Act::TrustConfirmed {});
    world.say(observer(), IN_CALL, Act::PartyLeft { party: World::party(NOTES) });
    for act in
        [note(), Act::CallAnswered {}, Act::PartyAdmitted { party: World::party(NOTES) }, Act::CallCleared {}]
    {
        assert_eq!(world.refusal(observer(), IN_CALL, act), Refusal::ObserverMayNot);
    }
    assert_eq!(world.trust_refusal(PRINCIPAL, Act::TrustConfirmed {}), Refusal::OnlyObserver);
}
