//! Checkpoints: rolled back, signed by another key, of another log, of another desk.

use chancery_sim::{
    hostile::{
        forged_log::ForgedLog,
        liar::{Liar, fresh, twin},
    },
    world::World,
};
use chancery_wire::to_client::ToClient;
use ed25519_dalek::SigningKey;

use crate::setting::{assert_alarm, assert_no_alarm, assert_other_history, call, scene, shown, shown_afresh};

#[test]
fn an_older_checkpoint_than_the_one_held_alarms_and_takes_nothing_back() {
    let mut scene = scene();
    let log = ForgedLog::honest(scene.world());
    assert_no_alarm(&shown(&mut scene, "Nora", log.clone()).0);
    let older = ForgedLog::first(scene.world(), log.size() - 3);
    let (nora, _) = shown(&mut scene, "Nora", older);
    assert_other_history(&nora, "the log went back");
    let held = nora.participant.ledger().head(call(&scene)).count;
    assert_eq!(held, log.head(call(&scene)).count);
}

#[test]
fn an_older_checkpoint_in_the_middle_of_a_connection_alarms() {
    let mut scene = scene();
    let older = ForgedLog::first(scene.world(), 20).advance(0);
    scene.world().tamper = Some(Box::new(move |name, message| match message {
        ToClient::Entries { scope, entries, inclusion, head, .. } if name == "Nora" => {
            let checkpoint = older.clone();
            vec![ToClient::Entries { scope, entries, checkpoint, inclusion, head }]
        }
        other => vec![other],
    }));
    scene.tell("Dagny sets the level to secret.");
    assert_alarm(scene.world().device("Nora"), "bad checkpoint", "the log went back");
}

#[test]
fn a_checkpoint_by_another_key_alarms() {
    let mut scene = scene();
    let log = ForgedLog::honest(scene.world()).signed_by(SigningKey::from_bytes(&[4; 32]));
    assert_alarm(&shown(&mut scene, "Nora", log.clone()).0, "bad checkpoint", "not signed with the key");
    assert_alarm(&shown_afresh(&mut scene, "Nora", log).0, "bad checkpoint", "not signed with the key");
}

#[test]
fn a_log_that_is_rewritten_before_the_checkpoint_held_alarms() {
    let mut scene = scene();
    let honest = ForgedLog::honest(scene.world());
    let mut log = ForgedLog::first(scene.world(), honest.size() - 1);
    let (leaf, act) = honest.entry(honest.size() - 1);
    let mut leaf = leaf.clone();
    leaf.logged_ms += 1;
    log.push(leaf, act.to_vec());
    log.log(call(&scene), act.to_vec(), scene.world().now_ms);
    assert_other_history(&shown(&mut scene, "Nora", log).0, "two histories");
}

#[test]
fn a_desk_that_begins_with_another_genesis_is_another_desk() {
    let mut scene = scene();
    let other = World::found(200, &["Asta", "Bodil"]);
    let now = scene.world().now_ms;
    let log = ForgedLog::honest(&other);
    let mut nora = fresh(scene.world(), "Nora");
    Liar::new(&other, log).meet(now, &mut nora);
    assert_alarm(&nora, "wrong desk", "another genesis");
    let honest = ForgedLog::honest(scene.world());
    assert_no_alarm(&shown_afresh(&mut scene, "Nora", honest).0);
}

#[test]
fn a_message_that_can_not_be_read_is_an_alarm_of_its_own() {
    let mut scene = scene();
    let now = scene.world().now_ms;
    let mut nora = twin(scene.world(), "Nora");
    nora.take(now, chancery_participant::io::Input::Connected { host: "desk.example:443".into() });
    nora.take(now, chancery_participant::io::Input::Message(vec![0xff, 0x00]));
    assert_alarm(&nora, "unreadable message", "could not be read");
}
