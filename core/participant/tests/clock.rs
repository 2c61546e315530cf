//! A device's clock: wrong, set while it runs, or asleep; and a server that says what it likes.

use chancery_desk::ages::CLOCK_AHEAD_MS;
use chancery_participant::clock::{AHEAD_MAX_MS, Clock, DIFFER_MS, STEP_MAX_MS, SaidAt};

const NOON: u64 = 1_767_268_800_000;
const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A clock that shows this, at noon by the server's.
fn welcomed(shows_ms: u64) -> Clock {
    let mut clock = Clock::new(shows_ms);
    clock.learn(NOON);
    clock
}

#[test]
fn a_right_clock_is_left_alone_and_a_message_takes_its_time() {
    let mut clock = Clock::new(NOON);
    assert_eq!(clock.learn(NOON - 999), None);
    assert_eq!(clock.desk_ms(), NOON);
    assert_eq!(clock.learn(NOON - 1_000), Some(-1_000));
    assert_eq!(clock.learn(NOON), Some(0));
    clock.tell(NOON + MINUTE);
    assert_eq!(clock.desk_ms(), NOON + MINUTE);
}

#[test]
fn a_wrong_clock_says_what_the_server_s_does_from_the_welcome_on() {
    for shows_ms in [NOON + 3 * HOUR, NOON - 9 * HOUR, NOON + 400 * DAY] {
        let mut clock = welcomed(shows_ms);
        assert_eq!(clock.desk_ms(), NOON);
        clock.tell(shows_ms + MINUTE);
        assert_eq!(clock.date_ms(clock.said_at()), NOON + MINUTE);
    }
}

#[test]
fn what_was_said_before_the_welcome_keeps_its_age() {
    let mut clock = Clock::new(NOON + 5 * HOUR);
    let said = clock.said_at();
    assert_eq!(said, SaidAt { own_ms: NOON + 5 * HOUR, desk_ms: None });
    clock.tell(NOON + 7 * HOUR);
    clock.learn(NOON + 2 * HOUR);
    assert_eq!(clock.date_ms(said), NOON);
}

#[test]
fn a_clock_that_is_set_between_saying_and_sending_makes_nothing_too_old_and_nothing_future() {
    // Said an hour ago, by a clock that was then right, an hour ahead, or an hour behind, and is so now.
    let (right, ahead, behind) = (NOON, NOON + HOUR, NOON - HOUR);
    for said_by in [right, ahead, behind] {
        for sent_by in [right, ahead, behind] {
            let known_then = SaidAt { own_ms: said_by, desk_ms: Some(NOON) };
            let unknown_then = SaidAt { own_ms: said_by, desk_ms: None };
            let mut clock = Clock::new(sent_by + HOUR);
            clock.learn(NOON + HOUR);
            let date = clock.date_ms(known_then);
            assert!((NOON..=NOON + HOUR).contains(&date), "{said_by} {sent_by}: {date}");
            assert!(clock.date_ms(unknown_then) <= NOON + HOUR);
        }
    }
}

#[test]
fn a_clock_that_is_set_back_loses_a_moment_and_no_more() {
    let mut clock = welcomed(NOON);
    clock.tell(NOON + MINUTE);
    clock.tell(NOON - DAY);
    clock.tell(NOON - DAY + MINUTE);
    assert_eq!(clock.desk_ms(), NOON + 2 * MINUTE);
    assert_eq!(clock.shown_ms(clock.awake_ms() + 5_000), NOON - DAY + MINUTE + 5_000);
}

#[test]
fn waits_do_not_end_by_a_clock_that_leaps_or_a_device_that_sleeps() {
    let mut clock = Clock::new(NOON);
    let before = clock.awake_ms();
    clock.tell(NOON + 8 * HOUR);
    assert_eq!(clock.awake_ms() - before, STEP_MAX_MS);
    clock.tell(NOON + 8 * HOUR + 3_000);
    assert_eq!(clock.awake_ms() - before, STEP_MAX_MS + 3_000);
    clock.tell(NOON);
    assert_eq!(clock.awake_ms() - before, STEP_MAX_MS + 3_000);
}

#[test]
fn a_small_correction_back_stops_time_and_a_large_one_turns_it() {
    let mut clock = welcomed(NOON);
    let said = clock.date_ms(clock.said_at());
    clock.tell(NOON + 10_000);
    let before = clock.date_ms(clock.said_at());
    assert_eq!(clock.learn(NOON - 20_000), Some(-30_000));
    assert_eq!(clock.date_ms(clock.said_at()), before, "it stands still");
    assert!(said < before);
    clock.tell(NOON + 39_000);
    assert_eq!(clock.desk_ms(), before);
    clock.tell(NOON + 41_000);
    assert_eq!(clock.desk_ms(), before + 1_000);

    let mut clock = welcomed(NOON);
    assert_eq!(clock.learn(NOON - HOUR), Some(-(HOUR.cast_signed())));
    assert_eq!(clock.desk_ms(), NOON - HOUR);
}

#[test]
fn standing_still_stays_within_what_the_rules_take() {
    let mut clock = welcomed(NOON);
    for back_ms in [1_000, 30_000, 60_000, 60_001, 90_000, CLOCK_AHEAD_MS] {
        clock.learn(NOON);
        clock.learn(NOON - back_ms);
        let ahead_ms = clock.desk_ms() - (NOON - back_ms);
        assert!(ahead_ms < CLOCK_AHEAD_MS, "{back_ms}: {ahead_ms}");
    }
}

#[test]
fn a_server_that_turns_its_clock_ahead_is_followed_for_a_day() {
    let mut clock = Clock::new(NOON);
    for lie in [NOON + 2 * DAY, NOON + 4_000 * DAY, u64::MAX] {
        let ahead = clock.learn(lie);
        assert!(ahead.is_some_and(|by_ms| by_ms.unsigned_abs() > DIFFER_MS), "an alarm is due");
        assert_eq!(clock.desk_ms(), NOON + AHEAD_MAX_MS);
        assert_eq!(clock.date_ms(clock.said_at()), NOON + AHEAD_MAX_MS);
    }
}

#[test]
fn a_server_that_turns_its_clock_back_is_not_followed_behind_its_own_log() {
    let mut clock = Clock::new(NOON);
    assert_eq!(clock.saw_logged(NOON - HOUR), None);
    for lie in [NOON - DAY, 0] {
        assert!(clock.learn(lie).is_some());
        assert_eq!(clock.desk_ms(), NOON - HOUR);
    }
}

#[test]
fn a_dead_clock_is_carried_by_the_log() {
    let mut clock = Clock::new(0);
    clock.learn(NOON);
    assert_eq!(clock.desk_ms(), AHEAD_MAX_MS, "the server's word alone is good for a day");
    assert_eq!(clock.saw_logged(NOON - MINUTE), None, "as the server said");
    assert_eq!(clock.desk_ms(), NOON);
}

#[test]
fn a_log_whose_time_runs_ahead_of_all_clocks_is_told_once_and_followed() {
    let mut clock = welcomed(NOON);
    assert_eq!(clock.saw_logged(NOON + DIFFER_MS), None);
    assert_eq!(clock.saw_logged(NOON + HOUR), Some(HOUR.cast_signed()));
    assert_eq!(clock.saw_logged(NOON + HOUR + MINUTE), None);
    assert_eq!(clock.desk_ms(), NOON + HOUR + MINUTE, "the desk would refuse what is older");
}

#[test]
fn what_has_its_date_is_said_again_under_it() {
    let mut clock = welcomed(NOON + 3 * HOUR);
    clock.tell(NOON + 4 * HOUR);
    let again = clock.dated(NOON - 5 * DAY);
    assert_eq!(clock.date_ms(again), NOON - 5 * DAY);
}
