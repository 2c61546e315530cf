//! Withheld trust: revocations that are hidden, left out, or gone round.

use chancery_desk::act::Act;
use chancery_log::{id::Scope, leaf::Leaf};
use chancery_sim::hostile::{
    forged_log::ForgedLog,
    forger::Forger,
    liar::{Liar, twin},
};

use crate::setting::{assert_alarm, assert_no_alarm, call, scene, shown};

const TRUST: Scope = Scope::Trust;

/// Nora's tablet is stolen and revoked, and then Dagny does something in the call.
const THEFT: &str = "Nora revokes Nora's tablet because it is exposed. Dagny sets the level to secret.";

#[test]
fn a_revocation_that_is_withheld_while_later_acts_are_shown_alarms() {
    let mut scene = scene();
    scene.tell("Nora adds a tablet of her own.");
    let known = ForgedLog::honest(scene.world()).head(TRUST).count;
    let (mut nils, mut liar, mut honest_nils, mut honest) = {
        let world = scene.world();
        let (one, other) = (twin(world, "Nils"), twin(world, "Nils"));
        let log = ForgedLog::honest(world);
        (one, Liar::new(world, log.clone()), other, Liar::new(world, log))
    };
    scene.tell(THEFT);
    let log = ForgedLog::honest(scene.world());
    let now = scene.world().now_ms;
    liar.withheld.insert(TRUST, known);
    for (device, server) in [(&mut nils, &mut liar), (&mut honest_nils, &mut honest)] {
        server.log = log.clone();
        server.meet(now, device);
        assert_no_alarm(device);
        // Trust is given some seconds to arrive.
        server.wait(now, 11_000, device);
    }
    assert_no_alarm(&honest_nils);
    assert_alarm(&nils, "trust withheld", "the server delivered");
}

#[test]
fn a_log_that_leaves_a_revocation_out_alarms_by_what_others_saw() {
    let mut scene = scene();
    scene.tell("Nora adds a tablet of her own.");
    let before = ForgedLog::honest(scene.world()).size();
    let (mut nils, mut liar) = {
        let log = ForgedLog::honest(scene.world());
        let world = scene.world();
        (twin(world, "Nils"), Liar::new(world, log))
    };
    scene.tell(THEFT);
    let honest = ForgedLog::honest(scene.world());
    // Everything of the call goes in; the trust scope stays as it was.
    let mut log = ForgedLog::first(scene.world(), before);
    for index in before..honest.size() {
        if honest.entry(index).0.scope == call(&scene) {
            log.log_again(&honest, index);
        }
    }
    liar.log = log;
    let now = scene.world().now_ms;
    liar.meet(now, &mut nils);
    assert_alarm(&nils, "entries withheld", "entries of trust");
}

#[test]
fn a_server_that_falls_silent_about_trust_alarms_within_the_hour() {
    let mut scene = scene();
    let log = ForgedLog::honest(scene.world());
    let (mut nils, mut liar) = shown(&mut scene, "Nils", log);
    let now = scene.world().now_ms;
    liar.wait(now, 61 * 60_000, &mut nils);
    assert_alarm(&nils, "trust stale", "trust is stale");
    // An honest server's observer confirms in time.
    scene.tell("61 minutes pass. Everybody's alarms: none.");
}

/// The stolen tablet acts after it was revoked; the server writes it down as if it had acted before.
#[test]
fn an_act_that_is_judged_at_older_trust_than_stands_before_it_breaks_the_chain() {
    let mut scene = scene();
    scene.tell("Nora adds a tablet of her own. Dagny rings Nora as note-taker.");
    let (scope, said_ms) = (call(&scene), scene.world().now_ms);
    let thief = Forger::holding(scene.world(), "Nora's tablet");
    let before = ForgedLog::honest(scene.world());
    let party = {
        let package = scene.package();
        let held = scene.world().device("Nils").participant.ledger().package(package).expect("Nils reads it");
        *held.parties().keys().next().expect("Nora was rung")
    };
    let arrived = thief.bare(&before, scope, said_ms, &Act::PartyArrived { party });
    let mut honest = before.clone();
    honest.log(scope, arrived.clone(), said_ms);
    let (nils_before, mut liar) = shown(&mut scene, "Nils", honest);
    assert_no_alarm(&nils_before);
    let mut also_before = twin(scene.world(), "Nils");

    scene.tell("Nora revokes Nora's tablet because it is exposed.");
    let after = ForgedLog::honest(scene.world());
    let mut as_it_is = after.clone();
    as_it_is.log(scope, arrived.clone(), said_ms);
    assert_alarm(&shown(&mut scene, "Nils", as_it_is).0, "forbidden act", "was revoked");

    let mut as_before = after.clone();
    let leaf = Leaf { trust_count: before.head(TRUST).count, ..after.next_leaf(scope, &arrived, said_ms) };
    as_before.push(leaf, arrived);
    assert_alarm(&shown(&mut scene, "Nils", as_before.clone()).0, "broken chain", "judged at trust entry");

    // The other way round: the call's entry is shown first, the revocation later.
    liar.log = as_before;
    liar.withheld.insert(TRUST, before.head(TRUST).count);
    liar.meet(said_ms, &mut also_before);
    assert_no_alarm(&also_before);
    liar.withheld.clear();
    liar.talk(said_ms, &mut also_before);
    assert_alarm(&also_before, "broken chain", "entry");
}
