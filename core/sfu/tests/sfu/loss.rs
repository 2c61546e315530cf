//! What the network loses is asked for and sent again, both ways, as it was.

use chancery_sfu::io::Command;

use crate::{
    device::USUAL,
    network::{FAIR, Weather},
    world::{FRAME_US, World, call, device},
};

/// A network that loses one of twenty, each way.
const LOSSY: Weather = Weather { latency_us: 20_000, jitter_us: 0, lost_of_1000: 50 };

/// Two devices, the first one speaks for 10 s. Gives how many frames the second one heard, and how many it would have
/// heard had nothing been sent again.
fn heard_over(weather: Weather) -> (usize, usize, World) {
    let mut world = World::new();
    for number in [1, 2] {
        world.join(call(1), number, USUAL);
    }
    world.run_ms(2_000);
    world.command(Command::LetSpeak { call: call(1), leg: device(1) });
    // Some frames first, so that the end is not lost in the beginning.
    world.talk_ms(&[1], 200);
    world.network.weather = weather;
    world.talk_ms(&[1], 10_000);
    world.network.weather = FAIR;
    world.talk_ms(&[1], 200);
    world.run_ms(1_500);
    let heard = world.heard(2, 1);
    let mut sequences: Vec<u64> = heard.iter().map(|heard| heard.sequence).collect();
    sequences.sort_unstable();
    sequences.dedup();
    assert_eq!(sequences.len(), heard.len(), "a frame came twice");
    // Late ones came later than the network alone takes.
    let first_us = heard[0].at_us;
    let in_time = heard.iter().filter(|heard| {
        let said_us = (heard.sequence - sequences[0]) * FRAME_US;
        heard.at_us - first_us <= said_us + 2 * weather.latency_us + 2 * weather.jitter_us
    });
    let in_time = in_time.count();
    (heard.len(), in_time, world)
}

#[test]
fn lost_frames_are_asked_for_and_come_both_ways() {
    let (heard, in_time, mut world) = heard_over(LOSSY);
    assert!(in_time < 490, "the network lost nothing: {in_time}");
    assert!(heard >= 518, "{heard} of 520 heard, {in_time} in time");
    let up = world.statistics(1);
    assert!(up.lost_up > 10, "{up:?}");
    assert!(up.recovered_up + 2 >= up.lost_up, "{up:?}");
    let down = world.statistics(2);
    assert!(down.repeated_down > 10, "{down:?}");
}

#[test]
fn frames_that_overtake_one_another_are_neither_lost_nor_asked_for() {
    let weather = Weather { latency_us: 20_000, jitter_us: 9_000, lost_of_1000: 0 };
    let (heard, _, world) = heard_over(weather);
    assert_eq!(heard, 520);
    assert!(world.devices[&device(1)].asked.is_empty());
}

#[test]
fn frames_far_out_of_order_are_all_heard_once() {
    let weather = Weather { latency_us: 10_000, jitter_us: 70_000, lost_of_1000: 0 };
    let (heard, ..) = heard_over(weather);
    assert_eq!(heard, 520);
}

#[test]
fn a_network_that_stands_still_for_two_seconds_heals_by_itself() {
    let mut world = World::with(2, &[1, 2]);
    world.talk_ms(&[1, 2], 400);
    world.network.weather.lost_of_1000 = 1_000;
    world.talk_ms(&[1, 2], 2_000);
    world.network.weather = FAIR;
    world.talk_ms(&[1, 2], 400);
    world.run_ms(200);
    for (listener, speaker) in [(1, 2), (2, 1)] {
        let heard = world.heard(listener, speaker);
        let after = heard.iter().filter(|heard| heard.at_us > world.now_us - 600_000).count();
        assert!(after >= 19, "{after} of 20 after the break");
        assert!(heard.len() >= 38);
    }
    assert_eq!(world.sfu.legs(), 2);
}

#[test]
fn a_leg_can_not_make_the_sfu_send_without_end() {
    let (_, _, mut world) = heard_over(Weather { latency_us: 20_000, jitter_us: 0, lost_of_1000: 600 });
    let down = world.statistics(2);
    // 12 s at 100 a second, and 200 at once.
    assert!(down.repeated_down <= 1_500, "{down:?}");
}
