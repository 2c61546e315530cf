//! Acts that nobody said, or said otherwise, or said once.

use chancery_desk::act::{Act, CallEnd};
use chancery_seal::body::mark::Rank;
use chancery_sim::hostile::{forged_log::ForgedLog, forger::Forger, liar::envelope_of};

use crate::setting::{assert_alarm, assert_no_alarm, call, scene, shown};

const ENDED: Act = Act::CallEnded { end: CallEnd::Ended };

#[test]
fn an_act_in_a_devices_name_that_it_did_not_sign_is_forged() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());

    let mut log = honest.clone();
    let dagny = Forger::holding(scene.world(), "Dagny");
    log.log(scope, dagny.bare(&honest, scope, now, &ENDED), now);
    assert_no_alarm(&shown(&mut scene, "Nora", log).0);

    let mut log = honest.clone();
    let forger = Forger::in_the_name_of(scene.world(), "Dagny");
    log.log(scope, forger.bare(&honest, scope, now, &ENDED), now);
    assert_alarm(&shown(&mut scene, "Nora", log).0, "forged act", "not signed by the device it names");
}

#[test]
fn an_act_that_was_changed_after_it_was_signed_is_forged() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let dagny = Forger::holding(scene.world(), "Dagny");
    let mut act = dagny.bare(&honest, scope, now, &Act::LevelSet { level: Rank(3) });
    let level = act.len() - 64 - 3;
    assert_eq!(act[level], 3, "the level is the payload's last byte, before the signature");
    act[level] = 0;
    let mut log = honest;
    log.log(scope, act, now);
    assert_alarm(&shown(&mut scene, "Nora", log).0, "forged act", "signature");
}

#[test]
fn an_act_that_the_rules_refuse_is_forbidden_though_the_server_logged_it() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let mut log = honest.clone();
    let nils = Forger::holding(scene.world(), "Nils");
    log.log(scope, nils.bare(&honest, scope, now, &ENDED), now);
    assert_alarm(&shown(&mut scene, "Nora", log).0, "forbidden act", "ending a call needs");
}

#[test]
fn what_the_observer_may_not_sign_is_forbidden() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let mut log = honest.clone();
    let observer = Forger::observer(scene.world());
    log.log(scope, observer.bare(&honest, scope, now, &ENDED), now);
    assert_alarm(&shown(&mut scene, "Nora", log).0, "forbidden act", "observer");
}

#[test]
fn an_act_that_stands_in_the_log_twice_is_forbidden() {
    let mut scene = scene();
    scene.tell("Dagny sets the level to secret.");
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let mut log = honest.clone();
    let (_, act) = honest.entry(honest.size() - 1);
    log.log(scope, act.to_vec(), now);
    assert_alarm(&shown(&mut scene, "Nora", log).0, "forbidden act", "expected counter");
}

#[test]
fn two_acts_of_a_device_with_one_counter_are_forbidden() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let dagny = Forger::holding(scene.world(), "Dagny");
    let mut log = honest.clone();
    log.log(scope, dagny.bare(&honest, scope, now, &Act::LevelSet { level: Rank(2) }), now);
    assert_no_alarm(&shown(&mut scene, "Nora", log.clone()).0);
    log.log(scope, dagny.bare(&log, scope, now, &Act::LevelSet { level: Rank(3) }), now);
    assert_alarm(&shown(&mut scene, "Nora", log).0, "forbidden act", "expected counter");
}

#[test]
fn an_act_that_was_put_into_another_call_is_forged() {
    let mut scene = scene();
    let fish = call(&scene);
    scene.tell("Peder asks for President Ilmari now: \"Grain\".");
    let (grain, now) = (call(&scene), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let dagny = Forger::holding(scene.world(), "Dagny");
    let act = dagny.bare(&honest, fish, now, &ENDED);
    let mut log = honest;
    log.log(grain, act, now);
    assert_alarm(&shown(&mut scene, "Nora", log).0, "forged act", "was signed for");
}

#[test]
fn an_act_for_another_desk_is_forbidden() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let dagny = Forger::holding(scene.world(), "Dagny");
    let mut envelope = envelope_of(&dagny.bare(&honest, scope, now, &ENDED));
    envelope.desk = chancery_log::id::DeskId([5; 16]);
    let mut log = honest;
    log.log(scope, dagny.sign(&envelope), now);
    assert_alarm(&shown(&mut scene, "Nora", log).0, "forbidden act", "the act is for desk");
}

#[test]
fn a_leaf_with_another_retention_class_is_forged() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let dagny = Forger::holding(scene.world(), "Dagny");
    let act = dagny.bare(&honest, scope, now, &ENDED);
    let mut leaf = honest.next_leaf(scope, &act, now);
    leaf.class += 1;
    let mut log = honest;
    log.push(leaf, act);
    assert_alarm(&shown(&mut scene, "Nora", log).0, "forged act", "retention class");
}

#[test]
fn an_act_that_was_held_back_beyond_its_greatest_age_is_forbidden() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let dagny = Forger::holding(scene.world(), "Dagny");
    let act = dagny.bare(&honest, scope, now, &ENDED);
    let mut log = honest.clone();
    scene.world().now_ms = now + 9 * 60_000;
    log.log(scope, act.clone(), now + 9 * 60_000);
    assert_no_alarm(&shown(&mut scene, "Nora", log).0);
    let mut log = honest;
    scene.world().now_ms = now + 11 * 60_000;
    log.log(scope, act, now + 11 * 60_000);
    assert_alarm(&shown(&mut scene, "Nora", log).0, "forbidden act", "may be 600000 ms old at most");
}
