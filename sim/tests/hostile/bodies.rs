//! Bodies: exchanged, changed, repeated in another place, not given out.

use chancery_desk::act::Act;
use chancery_log::id::{Digest, Scope};
use chancery_sim::hostile::{
    forged_log::ForgedLog,
    forger::Forger,
    liar::{Liar, envelope_of, twin},
};
use chancery_wire::to_client::ToClient;

use crate::setting::{SECRET, assert_alarm, assert_no_alarm, call, scene};

#[test]
fn two_bodies_of_one_vault_that_are_exchanged_are_swapped() {
    for swaps in [false, true] {
        let mut scene = scene();
        scene.world().disconnect("Nora");
        scene.tell("Nils notes a remark: \"First\". Nils notes a remark: \"Secnd\".");
        // Both are sealed to the same vault, under the same key, by the same device.
        let mut bytes = Vec::new();
        let honest = ForgedLog::honest(scene.world());
        for index in honest.indexes(call(&scene)).into_iter().rev().take(2) {
            let sha256 = envelope_of(honest.entry(index).1).bodies[0].sha256;
            let store = scene.world().switchboard.as_ref().expect("up").store();
            bytes.push((sha256, store.body(sha256).expect("the body is there")));
        }
        assert_eq!(bytes[0].1.len(), bytes[1].1.len());
        scene.world().tamper = Some(Box::new(move |name, message| match message {
            ToClient::Body { sha256, .. } if name == "Nora" && swaps && sha256 == bytes[0].0 => {
                vec![ToClient::Body { sha256, bytes: bytes[1].1.clone().into() }]
            }
            ToClient::Body { sha256, .. } if name == "Nora" && swaps && sha256 == bytes[1].0 => {
                vec![ToClient::Body { sha256, bytes: bytes[0].1.clone().into() }]
            }
            other => vec![other],
        }));
        scene.world().connect("Nora");
        scene.world().run();
        let names = scene.world().device("Nora").alarm_names();
        if swaps {
            assert_eq!(names, ["swapped body", "swapped body"]);
            assert!(!scene.can_read("Nora", "First") && !scene.can_read("Nora", "Secnd"));
        } else {
            assert_eq!(names, Vec::<&str>::new());
            assert!(scene.can_read("Nora", "First") && scene.can_read("Nora", "Secnd"));
        }
    }
}

#[test]
fn a_body_that_was_cut_short_is_swapped() {
    let mut scene = scene();
    scene.world().disconnect("Nora");
    scene.tell("Nils notes a remark: \"Whole\".");
    scene.world().tamper = Some(Box::new(move |name, message| match message {
        ToClient::Body { sha256, mut bytes } if name == "Nora" => {
            bytes.pop();
            vec![ToClient::Body { sha256, bytes }]
        }
        other => vec![other],
    }));
    scene.world().connect("Nora");
    scene.world().run();
    assert_alarm(scene.world().device("Nora"), "swapped body", "other bytes");
    assert!(!scene.can_read("Nora", "Whole"));
}

/// A device that conspires with the server lists somebody's earlier body as its own new note.
#[test]
fn a_body_that_an_act_lists_in_another_place_does_not_open() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let note = *honest.indexes(scope).last().expect("the call has entries");
    let body = envelope_of(honest.entry(note).1).bodies;
    let nils = Forger::holding(scene.world(), "Nils");
    let act = nils.envelope(&honest, scope, now, &Act::NoteTaken { instead_of: None }, body);
    let mut log = honest.clone();
    log.log(scope, nils.sign(&act), now);
    let mut nora = twin(scene.world(), "Nora");
    assert_no_alarm(&nora);
    Liar::new(scene.world(), log).meet(now, &mut nora);
    assert_alarm(&nora, "body does not open", "does not open");
}

/// The server, or somebody with it, seals garbage where words of a reader should be.
#[test]
fn a_body_of_garbage_does_not_open() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let note = *honest.indexes(scope).last().expect("the call has entries");
    let mut body = envelope_of(honest.entry(note).1).bodies[0];
    let garbage = vec![1; 300];
    body.sha256 = Digest::of(&garbage);
    body.len = 300;
    let nils = Forger::holding(scene.world(), "Nils");
    let act = nils.envelope(&honest, scope, now, &Act::NoteTaken { instead_of: None }, vec![body]);
    let mut log = honest;
    log.log(scope, nils.sign(&act), now);
    let mut nora = twin(scene.world(), "Nora");
    let mut liar = Liar::new(scene.world(), log);
    liar.bodies.insert(body.sha256, garbage);
    liar.meet(now, &mut nora);
    assert_alarm(&nora, "body does not open", "of package");
}

#[test]
fn bodies_for_everybody_open_for_readers_only() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let Scope::Package(_) = scope else { panic!("the call is a package") };
    // The server hands the whole call with all its bodies to Asta, who is no reader, and to Nora, who is.
    let log = ForgedLog::honest(scene.world());
    for (name, reads) in [("Asta", false), ("Nora", true)] {
        let mut device = chancery_sim::hostile::liar::fresh(scene.world(), name);
        Liar::new(scene.world(), log.clone()).meet(now, &mut device);
        assert_no_alarm(&device);
        let act = chancery_log::id::Digest::of(log.entry(*log.indexes(scope).last().expect("entries")).1);
        let opened = device.participant.bodies().get(act, 0).map(|body| format!("{body:?}"));
        assert_eq!(opened.is_some_and(|body| body.contains(SECRET)), reads, "{name}");
    }
}

/// Whoever held a device before it was revoked, with the server's whole help.
#[test]
fn a_revoked_device_that_gets_everything_opens_nothing_that_was_sealed_after() {
    let mut scene = scene();
    scene.tell(
        "Nora adds a tablet of her own. Nora revokes Nora's tablet because it is exposed.
         Nils notes a remark: \"Sealed after the theft\". Nora sees the note \"Sealed after the theft\".
         Peder asks for President Ilmari now: \"A new call after the theft\".",
    );
    let now = scene.world().now_ms;
    let log = ForgedLog::honest(scene.world());
    for (name, reads) in [("Nora's tablet", false), ("Nora", true)] {
        let mut device = chancery_sim::hostile::liar::fresh(scene.world(), name);
        Liar::new(scene.world(), log.clone()).meet(now, &mut device);
        let mut all = String::new();
        for index in 0..log.size() {
            let act = Digest::of(log.entry(index).1);
            let bodies = (0..3).filter_map(|at| device.participant.bodies().get(act, at));
            all.extend(bodies.map(|body| format!("{body:?}")));
        }
        assert!(all.contains(SECRET), "{name} read what was sealed before");
        assert_eq!(all.contains("Sealed after the theft"), reads, "{name}");
        assert_eq!(all.contains("A new call after the theft"), reads, "{name}");
    }
}
