//! Acts in another order, histories that differ, times that go back.

use chancery_desk::act::Act;
use chancery_log::{id::Scope, leaf::Leaf};
use chancery_seal::body::mark::Rank;
use chancery_sim::hostile::{
    forged_log::ForgedLog,
    forger::Forger,
    liar::{Liar, twin},
};
use chancery_wire::to_client::ToClient;

use crate::setting::{assert_alarm, assert_no_alarm, assert_other_history, call, scene, shown};

fn level(level: u8) -> Act {
    Act::LevelSet { level: Rank(level) }
}

#[test]
fn entries_that_are_delivered_in_another_order_break_the_chain() {
    for swaps in [false, true] {
        let mut scene = scene();
        let scope = call(&scene);
        scene.world().disconnect("Nora");
        scene.tell("Dagny sets the level to secret. Dagny sets the level to restricted.");
        scene.world().tamper = Some(Box::new(move |name, message| match message {
            ToClient::Entries { scope: of, mut entries, checkpoint, inclusion, head }
                if name == "Nora" && of == scope && swaps =>
            {
                entries.swap(0, 1);
                vec![ToClient::Entries { scope: of, entries, checkpoint, inclusion, head }]
            }
            other => vec![other],
        }));
        scene.world().connect("Nora");
        scene.world().run();
        let nora = scene.world().device("Nora");
        if swaps {
            assert_alarm(nora, "broken chain", "out of order");
        } else {
            assert_no_alarm(nora);
        }
    }
}

#[test]
fn an_entry_that_is_left_out_breaks_the_chain() {
    let mut scene = scene();
    let scope = call(&scene);
    scene.world().disconnect("Nora");
    scene.tell("Dagny sets the level to secret. Dagny sets the level to restricted.");
    scene.world().tamper = Some(Box::new(move |name, message| match message {
        ToClient::Entries { scope: of, mut entries, checkpoint, inclusion, head }
            if name == "Nora" && of == scope =>
        {
            entries.remove(0);
            vec![ToClient::Entries { scope: of, entries, checkpoint, inclusion, head }]
        }
        other => vec![other],
    }));
    scene.world().connect("Nora");
    scene.world().run();
    assert_alarm(scene.world().device("Nora"), "broken chain", "entries are missing");
}

#[test]
fn a_leaf_that_was_changed_on_the_way_breaks_the_chain() {
    let mut scene = scene();
    let scope = call(&scene);
    scene.world().disconnect("Nora");
    scene.tell("Dagny sets the level to secret.");
    scene.world().tamper = Some(Box::new(move |name, message| match message {
        ToClient::Entries { scope: of, mut entries, checkpoint, inclusion, head }
            if name == "Nora" && of == scope =>
        {
            let last = entries[0].leaf.len() - 1;
            entries[0].leaf[last] ^= 1;
            vec![ToClient::Entries { scope: of, entries, checkpoint, inclusion, head }]
        }
        other => vec![other],
    }));
    scene.world().connect("Nora");
    scene.world().run();
    assert_alarm(scene.world().device("Nora"), "broken chain", "does not lead from leaf");
}

#[test]
fn acts_of_one_device_in_another_order_are_forbidden() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let (one, other) = {
        let dagny = Forger::holding(scene.world(), "Dagny");
        let one = dagny.envelope(&honest, scope, now, &level(2), Vec::new());
        let mut other = dagny.envelope(&honest, scope, now, &level(3), Vec::new());
        other.counter += 1;
        (dagny.sign(&one), dagny.sign(&other))
    };
    let mut log = honest.clone();
    log.log(scope, one.clone(), now);
    log.log(scope, other.clone(), now);
    assert_no_alarm(&shown(&mut scene, "Nora", log).0);
    let mut log = honest;
    log.log(scope, other, now);
    log.log(scope, one, now);
    assert_alarm(&shown(&mut scene, "Nora", log).0, "forbidden act", "expected counter");
}

#[test]
fn an_act_before_one_that_its_author_had_seen_shows_what_is_withheld() {
    let mut scene = scene();
    let scope = call(&scene);
    let before = ForgedLog::honest(scene.world()).size();
    let mut nora = twin(scene.world(), "Nora");
    scene.tell("Dagny sets the level to secret. Nils notes a remark: \"It is secret now\".");
    let honest = ForgedLog::honest(scene.world());
    let indexes: Vec<u64> = honest.indexes(scope).into_iter().filter(|index| *index >= before).collect();
    let mut log = ForgedLog::first(scene.world(), before);
    for index in indexes.iter().rev() {
        log.log_again(&honest, *index);
    }
    let now = scene.world().now_ms;
    Liar::new(scene.world(), log).meet(now, &mut nora);
    assert_alarm(&nora, "entries withheld", "before its act");
}

#[test]
fn two_histories_for_two_people_show_as_soon_as_an_act_crosses_over() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    // Dagny and Nils write at the same time; the server shows one order to Nils and another one to Nora.
    let dagny = Forger::holding(scene.world(), "Dagny").bare(&honest, scope, now, &level(3));
    let peder = Forger::holding(scene.world(), "Peder").bare(&honest, scope, now, &level(2));
    let mut to_nils = honest.clone();
    to_nils.log(scope, dagny.clone(), now);
    to_nils.log(scope, peder.clone(), now);
    let mut to_nora = honest;
    to_nora.log(scope, peder, now);
    to_nora.log(scope, dagny, now);
    let (nils, mut liar) = shown(&mut scene, "Nils", to_nils.clone());
    assert_no_alarm(&nils);
    let (mut nora, mut other) = shown(&mut scene, "Nora", to_nora.clone());
    assert_no_alarm(&nora);

    // Nora writes; her act says what she has seen, and reaches Nils.
    let package = scene.package();
    let deed = chancery_participant::deed::Deed::in_package(
        package,
        Act::NoteTaken { instead_of: None },
        chancery_seal::body::Body::Note(chancery_seal::body::call::Note {
            at_ms: now,
            mark: chancery_seal::body::call::NoteMark::Remark,
            text: "From the other side".into(),
        }),
    );
    nora.participant.act(now, deed);
    other.talk(now, &mut nora);
    let (act, bodies) = other.got.last().expect("Nora's device wrote the note").clone();
    assert_eq!(bodies.len(), 1);
    let mut nils = nils;
    liar.log.log(scope, act, now);
    liar.talk(now, &mut nils);
    assert_alarm(&nils, "two histories", "saw another package");

    // When Nora's device meets the other history, it does not go over to it.
    let mut again = Liar::new(scene.world(), liar.log.clone());
    again.meet(now, &mut nora);
    assert_other_history(&nora, "two histories");
}

#[test]
fn checkpoints_of_two_histories_do_not_extend_each_other() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let dagny = Forger::holding(scene.world(), "Dagny");
    let (mut one, mut other) = (honest.clone(), honest.clone());
    one.log(scope, dagny.bare(&honest, scope, now, &level(3)), now);
    other.log(scope, dagny.bare(&honest, scope, now, &level(2)), now);
    let (nils, _) = shown(&mut scene, "Nils", one.clone());
    let (nora, _) = shown(&mut scene, "Nora", other);
    let (same, _) = shown(&mut scene, "Dagny", one);
    let held = |device: &chancery_sim::device::SimDevice| {
        let held = device.participant.checkpoint().expect("a checkpoint is held");
        (held.size(), held.root())
    };
    assert_eq!(held(&nils), held(&same));
    assert_eq!(held(&nils).0, held(&nora).0);
    assert_ne!(held(&nils).1, held(&nora).1, "the same size with another root is the proof of two histories");
}

#[test]
fn a_server_that_denies_an_entry_which_a_device_holds_has_diverged() {
    let mut scene = scene();
    let scope = call(&scene);
    scene.world().disconnect("Nora");
    scene.tell("Dagny sets the level to secret.");
    scene.world().tamper = Some(Box::new(move |name, message| match message {
        ToClient::Entries { scope: of, head, .. } if name == "Nora" && of == scope => {
            vec![ToClient::Diverged { scope, head }]
        }
        other => vec![other],
    }));
    scene.world().connect("Nora");
    scene.world().run();
    assert_alarm(scene.world().device("Nora"), "diverged", "another history");
}

#[test]
fn a_time_before_the_entry_before_breaks_the_chain() {
    let mut scene = scene();
    let (scope, now) = (call(&scene), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let dagny = Forger::holding(scene.world(), "Dagny");
    let act = dagny.bare(&honest, scope, now, &level(3));
    let mut log = honest.clone();
    log.push(Leaf { logged_ms: now - 60_000, ..honest.next_leaf(scope, &act, now) }, act);
    assert_alarm(&shown(&mut scene, "Nora", log).0, "broken chain", "was logged at");
}

#[test]
fn a_time_before_that_of_the_trust_it_is_judged_by_breaks_the_chain() {
    let mut scene = scene();
    let scope = call(&scene);
    let last_ms = scene.world().now_ms;
    // The scope is silent for 20 minutes, trust is not; an admission that was held back is dated before that.
    let honest = ForgedLog::honest(scene.world());
    let dagny = Forger::holding(scene.world(), "Dagny");
    let act = dagny.bare(&honest, scope, last_ms, &level(3));
    scene.tell("25 minutes pass.");
    let later = ForgedLog::honest(scene.world());
    assert!(later.head(Scope::Trust).count > honest.head(Scope::Trust).count, "trust was confirmed");
    let mut log = later.clone();
    log.push(Leaf { logged_ms: last_ms, ..later.next_leaf(scope, &act, last_ms) }, act);
    assert_alarm(&shown(&mut scene, "Nora", log).0, "broken chain", "trust");
}

#[test]
fn a_server_whose_clock_is_far_off_is_noticed() {
    let mut scene = scene();
    let now = scene.world().now_ms;
    let log = ForgedLog::honest(scene.world());
    let mut nora = twin(scene.world(), "Nora");
    let mut liar = Liar::new(scene.world(), log);
    liar.clock_off_ms = 10 * 60_000;
    liar.meet(now, &mut nora);
    assert_alarm(&nora, "clocks differ", "600000 ms from this device's");
}
