//! Receipts that prove nothing, and receipts that never come.

use chancery_desk::act::Act;
use chancery_log::id::Digest;
use chancery_participant::deed::Deed;
use chancery_seal::body::mark::Rank;
use chancery_sim::hostile::{
    forged_log::ForgedLog,
    liar::{Liar, Takes, twin},
};
use chancery_wire::to_client::ToClient;

use crate::setting::{assert_alarm, assert_no_alarm, scene};

#[test]
fn a_receipt_for_another_act_is_false() {
    let mut scene = scene();
    let log = ForgedLog::honest(scene.world());
    let other = match log.receipt(log.size() - 1, log.size()) {
        ToClient::Receipt { leaf, .. } => leaf,
        message => panic!("expected a receipt, got {message:?}"),
    };
    scene.world().tamper = Some(Box::new(move |name, message| match message {
        ToClient::Receipt { act, inclusion, checkpoint, .. } if name == "Dagny" => {
            vec![ToClient::Receipt { act, leaf: other.clone(), inclusion, checkpoint }]
        }
        other => vec![other],
    }));
    let package = scene.package();
    scene.world().queue("Dagny", Deed::bare_in_package(package, Act::LevelSet { level: Rank(3) }));
    scene.world().run();
    assert_alarm(scene.world().device("Dagny"), "false receipt", "the receipt is for act");
}

#[test]
fn a_receipt_whose_proof_leads_nowhere_is_false() {
    let mut scene = scene();
    scene.world().tamper = Some(Box::new(move |name, message| match message {
        ToClient::Receipt { act, leaf, mut inclusion, checkpoint } if name == "Dagny" => {
            inclusion[0] = Digest([1; 32]);
            vec![ToClient::Receipt { act, leaf, inclusion, checkpoint }]
        }
        other => vec![other],
    }));
    let package = scene.package();
    scene.world().queue("Dagny", Deed::bare_in_package(package, Act::LevelSet { level: Rank(3) }));
    scene.world().run();
    assert_alarm(scene.world().device("Dagny"), "false receipt", "does not lead from leaf");
}

#[test]
fn an_act_that_is_dropped_without_a_word_alarms_its_author() {
    let mut scene = scene();
    let now = scene.world().now_ms;
    let package = scene.package();
    for takes in [Takes::Everything, Takes::Silently] {
        let log = ForgedLog::honest(scene.world());
        let mut dagny = twin(scene.world(), "Dagny");
        let mut liar = Liar::new(scene.world(), log);
        liar.takes = takes;
        liar.meet(now, &mut dagny);
        dagny.participant.act(now, Deed::bare_in_package(package, Act::LevelSet { level: Rank(3) }));
        liar.talk(now, &mut dagny);
        liar.wait(now, 31_000, &mut dagny);
        match takes {
            Takes::Everything => assert_no_alarm(&dagny),
            Takes::Silently => assert_alarm(&dagny, "no receipt", "was sent"),
        }
    }
}
