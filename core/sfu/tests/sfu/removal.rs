//! A leg that is removed is cut at once: nothing more is sent to it or taken from it.

use chancery_sfu::{
    event::{End, Event, Statistics},
    io::Command,
};

use crate::{
    device::USUAL,
    world::{World, call, device},
};

fn left(events: &[Event], number: u8) -> Option<(End, Statistics)> {
    events.iter().find_map(|event| match event {
        Event::Left { leg, because, statistics, .. } if *leg == device(number) => {
            Some((because.clone(), **statistics))
        }
        _ => None,
    })
}

#[test]
fn from_the_removal_on_not_a_datagram_goes_to_the_leg() {
    let mut world = World::with(3, &[1]);
    world.talk_ms(&[1], 100);
    world.command(Command::RemoveLeg { call: call(1), leg: device(2) });
    let address = world.devices[&device(2)].address;
    let before = world.sent_down.len();
    world.talk_ms(&[1], 3_000);
    world.run_ms(5_000);
    // It goes on pinging and reporting, and is not even answered.
    assert!(world.network.seen.iter().rev().take(50).any(|(_, packet)| packet.from == address));
    assert!(world.sent_down[before..].iter().all(|(_, packet)| packet.to != address));
    assert_eq!(left(&world.take_events(), 2).map(|(because, _)| because), Some(End::Removed));
}

#[test]
fn from_the_removal_on_nothing_of_the_leg_is_heard() {
    let mut world = World::with(2, &[1]);
    world.talk_ms(&[1], 100);
    world.run_ms(10);
    world.command(Command::RemoveLeg { call: call(1), leg: device(1) });
    let heard = world.heard(2, 1).len();
    world.talk_ms(&[1], 500);
    world.run_ms(100);
    assert_eq!(heard, 5);
    assert_eq!(world.heard(2, 1).len(), 5);
}

#[test]
fn a_frame_of_a_removed_leg_is_not_sent_again_either() {
    let mut world = World::with(2, &[1]);
    world.talk_ms(&[1], 100);
    // One is lost on the way down, and asked for after its speaker is gone.
    world.network.weather.lost_of_1000 = 1_000;
    world.talk_ms(&[1], 20);
    world.network.weather = crate::network::FAIR;
    world.talk_ms(&[1], 20);
    world.command(Command::RemoveLeg { call: call(1), leg: device(1) });
    world.run_ms(500);
    let heard: Vec<u64> = world.heard(2, 1).iter().map(|heard| heard.sequence).collect();
    assert_eq!(heard.len(), 6, "{heard:?}");
}

#[test]
fn what_was_counted_comes_with_the_news_that_a_leg_is_gone() {
    let mut world = World::with(2, &[1]);
    world.talk_ms(&[1, 2], 200);
    world.run_ms(10);
    world.take_events();
    world.command(Command::RemoveLeg { call: call(1), leg: device(2) });
    let events = world.take_events();
    let (because, statistics) = left(&events, 2).unwrap();
    assert_eq!(because, End::Removed);
    assert_eq!(statistics.frames_down, 10);
    assert_eq!(statistics.may_not_speak, 10);
    let told: u64 = events
        .iter()
        .map(|event| match event {
            Event::Dropped { frames, .. } => *frames,
            _ => 0,
        })
        .sum();
    assert_eq!(told, 9, "the first was told at once, the others at the end");
}

#[test]
fn a_device_that_offers_anew_replaces_its_leg_and_starts_as_a_listener() {
    let mut world = World::with(2, &[1]);
    world.talk_ms(&[1], 100);
    world.run_ms(10);
    world.join(call(1), 1, USUAL);
    assert_eq!(left(&world.take_events(), 1).map(|(because, _)| because), Some(End::Replaced));
    world.run_ms(2_000);
    assert!(world.devices[&device(1)].is_connected);
    world.talk_ms(&[1], 100);
    world.run_ms(10);
    assert_eq!(world.heard(2, 1).len(), 5);
    world.command(Command::LetSpeak { call: call(1), leg: device(1) });
    world.talk_ms(&[1], 100);
    world.run_ms(100);
    assert_eq!(world.heard(2, 1).len(), 10);
    assert_eq!(world.sfu.legs(), 2);
}

#[test]
fn closing_a_call_cuts_all_its_legs_and_leaves_nothing_behind() {
    let mut world = World::with(3, &[1]);
    world.talk_ms(&[1], 100);
    world.command(Command::CloseCall { call: call(1) });
    let before = world.sent_down.len();
    world.talk_ms(&[1], 1_000);
    world.run_ms(5_000);
    assert_eq!(world.sent_down.len(), before);
    assert_eq!((world.sfu.calls(), world.sfu.legs()), (0, 0));
    let events = world.take_events();
    for number in 1..=3 {
        assert_eq!(left(&events, number).map(|(because, _)| because), Some(End::CallClosed));
    }
}
