//! A server that lies about the time: what a device says under it is dated within bounds, and the lie is seen.

use chancery_desk::act::Act;
use chancery_log::id::Scope;
use chancery_participant::{clock::AHEAD_MAX_MS, deed::Deed};
use chancery_seal::body::mark::Rank;
use chancery_sim::{
    device::SimDevice,
    hostile::{
        forged_log::ForgedLog,
        forger::Forger,
        liar::{Liar, Takes, envelope_of, twin},
    },
    story::telling::Scene,
};

use crate::setting::{assert_alarm, scene, shown};

const HOUR: u64 = 60 * 60_000;
const DAY: u64 = 24 * HOUR;

/// Dagny, told another time by the server, sets the level; how that is dated.
fn dated(scene: &mut Scene, clock_off_ms: i64) -> (SimDevice, u64) {
    let package = scene.package();
    let now_ms = scene.world().now_ms;
    let log = ForgedLog::honest(scene.world());
    let mut dagny = twin(scene.world(), "Dagny");
    let mut liar = Liar::new(scene.world(), log);
    liar.clock_off_ms = clock_off_ms;
    liar.takes = Takes::Silently;
    liar.meet(now_ms, &mut dagny);
    dagny.participant.act(now_ms, Deed::bare_in_package(package, Act::LevelSet { level: Rank(3) }));
    liar.talk(now_ms, &mut dagny);
    let (act, _) = liar.got.first().expect("the device proposed an act");
    (dagny, envelope_of(act).said_ms)
}

#[test]
fn an_act_is_good_for_a_day_longer_at_most_and_the_lie_is_an_alarm() {
    for days in [2_u64, 30, 4_000] {
        let mut scene = scene();
        let now_ms = scene.world().now_ms;
        let (dagny, date_ms) = dated(&mut scene, (days * DAY).cast_signed());
        assert_eq!(date_ms, now_ms + AHEAD_MAX_MS);
        assert_alarm(&dagny, "clocks differ", "from this device's");
    }
}

#[test]
fn an_act_is_not_dated_before_what_the_log_holds() {
    let mut scene = scene();
    let newest_ms = {
        let log = ForgedLog::honest(scene.world());
        log.entry(log.size() - 1).0.logged_ms
    };
    let (dagny, date_ms) = dated(&mut scene, -(400 * DAY).cast_signed());
    assert_eq!(date_ms, newest_ms);
    assert_alarm(&dagny, "clocks differ", "from this device's");
}

#[test]
fn a_log_that_is_dated_ahead_of_every_clock_is_an_alarm() {
    let mut scene = scene();
    let (scope, now_ms) = (Scope::Package(scene.package()), scene.world().now_ms);
    let honest = ForgedLog::honest(scene.world());
    let dagny = Forger::holding(scene.world(), "Dagny");
    let mut log = honest.clone();
    log.log(scope, dagny.bare(&honest, scope, now_ms, &Act::LevelSet { level: Rank(2) }), now_ms + 20 * HOUR);
    assert_alarm(&shown(&mut scene, "Nora", log).0, "clocks differ", "72000000 ms from this device's");
}

#[test]
fn trust_that_stands_still_is_noticed_although_the_server_turned_its_clock_back() {
    let mut scene = scene();
    let log = ForgedLog::honest(scene.world());
    let now_ms = scene.world().now_ms + 3 * HOUR;
    scene.world().now_ms = now_ms;
    let mut nils = twin(scene.world(), "Nils");
    let mut liar = Liar::new(scene.world(), log);
    liar.clock_off_ms = -(3 * HOUR).cast_signed();
    liar.meet(now_ms, &mut nils);
    assert_alarm(&nils, "clocks differ", "-10800000 ms");
    liar.wait(now_ms, HOUR + 60_000, &mut nils);
    let names = nils.alarm_names();
    assert_eq!(names, ["clocks differ", "trust stale"]);
}
