//! Devices whose clocks are wrong, at an honest server: what they do is dated by the desk's time. What a lying server can
//! do with that stands in `tests/hostile/clocks.rs`; `a_phone_with_a_wrong_clock.story` tells it as a story.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it must be"
)]

use chancery_desk::act::{Act, Post};
use chancery_log::id::Scope;
use chancery_participant::deed::Deed;
use chancery_sim::world::World;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

fn duty(taken: bool) -> Deed {
    let post = Post::DutyOfficer;
    Deed::bare(Scope::Trust, if taken { Act::DutyTaken { post } } else { Act::DutyLeft { post } })
}

/// A desk with a duty officer whose clock is off by this much when it connects.
fn desk(off_ms: i64) -> World {
    let mut world = World::found(60, &["Asta", "Bodil"]);
    world.join("Asta", "Dagny", &[chancery_desk::act::Role::DutyOfficer]);
    world.disconnect("Dagny");
    world.device("Dagny").clock_off_ms = off_ms;
    world.restart_device("Dagny");
    world
}

/// When the newest act of a device was said, as another device holds it.
fn said_ms(world: &mut World, author: &str) -> u64 {
    let author = world.device(author).participant.device();
    let asta = &world.device("Asta").participant;
    let entries = asta.ledger().entries(Scope::Trust);
    entries.iter().rev().find(|entry| entry.said.author == author).unwrap().said.said_ms
}

#[track_caller]
fn assert_near(date_ms: u64, meant_ms: u64) {
    assert!(date_ms.abs_diff(meant_ms) < 2_000, "{} ms off", date_ms.abs_diff(meant_ms));
}

#[test]
fn a_phone_that_is_minutes_hours_or_years_off_is_refused_nothing() {
    let years = 3 * 365 * DAY.cast_signed();
    let hours = 5 * HOUR.cast_signed();
    for off_ms in [hours, -hours, years, -years, 3 * MINUTE.cast_signed()] {
        let mut world = desk(off_ms);
        world.connect("Dagny");
        world.run();
        let taken = world.act("Dagny", duty(true));
        assert!(taken.is_ok(), "{off_ms}: {taken:?}");
        let now_ms = world.now_ms;
        assert_near(said_ms(&mut world, "Dagny"), now_ms);
        assert_eq!(world.device("Dagny").alarm_names(), ["clocks differ"], "{off_ms}");
        assert_eq!(world.device("Asta").alarm_names(), [""; 0]);
    }
}

#[test]
fn what_was_queued_offline_by_a_wrong_clock_has_the_date_at_which_it_was_done() {
    for off_ms in [9 * HOUR.cast_signed(), -(9 * HOUR.cast_signed())] {
        for starts_anew in [false, true] {
            let mut world = desk(off_ms);
            world.restart_device("Dagny");
            let done_ms = world.now_ms;
            let ticket = world.queue("Dagny", duty(true));
            world.device("Dagny").drain();
            world.advance(2 * HOUR);
            if starts_anew {
                world.restart_device("Dagny");
            }
            world.connect("Dagny");
            world.run();
            if !starts_anew {
                assert!(world.outcome("Dagny", ticket).is_ok());
            }
            assert_near(said_ms(&mut world, "Dagny"), done_ms);
        }
    }
}

#[test]
fn a_clock_that_is_set_while_the_phone_is_connected_costs_one_more_try() {
    let mut world = desk(0);
    world.connect("Dagny");
    world.run();
    for off_ms in [7 * DAY.cast_signed(), -(7 * DAY.cast_signed()), 0, 10 * MINUTE.cast_signed()] {
        world.device("Dagny").clock_off_ms = off_ms;
        let taken = world.act("Dagny", duty(true));
        assert!(taken.is_ok(), "{off_ms}: {taken:?}");
        let now_ms = world.now_ms;
        assert_near(said_ms(&mut world, "Dagny"), now_ms);
        world.act("Dagny", duty(false)).unwrap();
        world.advance(5 * MINUTE);
    }
    let alarms = world.device("Dagny").alarm_names();
    assert!(alarms.iter().all(|name| *name == "clocks differ"), "{alarms:?}");
}

#[test]
fn the_dates_of_a_device_follow_each_other_while_the_server_s_clock_is_corrected() {
    let mut world = desk(40_000);
    world.connect("Dagny");
    world.run();
    let mut before_ms = 0;
    // Each time that it connects its clock runs faster: what it learns goes back, and what it says does not.
    for round in 0..6 {
        world.act("Dagny", duty(round % 2 == 0)).unwrap();
        let date_ms = said_ms(&mut world, "Dagny");
        assert!(before_ms <= date_ms, "round {round}: {before_ms} then {date_ms}");
        before_ms = date_ms;
        world.disconnect("Dagny");
        world.device("Dagny").clock_off_ms += 20_000;
        world.advance(1_000);
        world.connect("Dagny");
        world.run();
    }
}

#[test]
fn a_phone_that_wakes_up_or_whose_clock_leaps_raises_no_alarm_of_silence() {
    let mut world = desk(0);
    world.connect("Dagny");
    world.run();
    let dagny = world.device("Dagny");
    dagny.clock_off_ms = 10 * HOUR.cast_signed();
    let now_ms = world.now_ms;
    // An act is on its way at the moment of the leap.
    world.queue("Dagny", duty(true));
    let dagny = world.device("Dagny");
    dagny.take(now_ms, chancery_participant::io::Input::Tick);
    assert_eq!(dagny.alarm_names(), [""; 0]);
    world.run();
    let alarms = world.device("Dagny").alarm_names();
    assert!(alarms.iter().all(|name| *name == "clocks differ"), "{alarms:?}");
}
