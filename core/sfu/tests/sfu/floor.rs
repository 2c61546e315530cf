//! Only who may speak is heard.

use chancery_sfu::{
    event::{Cause, Event},
    io::Command,
};

use crate::world::{World, call, device};

#[test]
fn a_listeners_microphone_reaches_nobody_and_is_reported() {
    let mut world = World::with(3, &[1]);
    world.take_events();
    world.talk_ms(&[1, 2], 400);
    world.run_ms(1_500);
    assert_eq!(world.heard(3, 1).len(), 20);
    assert_eq!(world.heard(3, 2), []);
    assert_eq!(world.heard(1, 2), []);
    let dropped: u64 = world
        .take_events()
        .into_iter()
        .map(|event| match event {
            Event::Dropped { call: on, leg, cause, frames } => {
                assert_eq!((on, leg, cause), (call(1), device(2), Cause::MayNotSpeak));
                frames
            }
            _ => 0,
        })
        .sum();
    assert_eq!(dropped, 20);
}

#[test]
fn the_floor_is_given_and_taken_at_once() {
    let mut world = World::with(2, &[]);
    world.talk_ms(&[1], 100);
    world.command(Command::LetSpeak { call: call(1), leg: device(1) });
    world.talk_ms(&[1], 100);
    world.run_ms(10);
    world.command(Command::Silence { call: call(1), leg: device(1) });
    world.talk_ms(&[1], 100);
    world.run_ms(100);
    // 5 ms of network: the frames that were under way are judged when they come.
    assert_eq!(world.heard(2, 1).len(), 5);
}

#[test]
fn who_gets_the_floor_back_is_on_the_same_stream_without_a_gap() {
    let mut world = World::with(2, &[1]);
    world.talk_ms(&[1], 100);
    world.run_ms(10);
    world.command(Command::Silence { call: call(1), leg: device(1) });
    world.talk_ms(&[1], 200);
    world.run_ms(10);
    world.command(Command::LetSpeak { call: call(1), leg: device(1) });
    world.talk_ms(&[1], 100);
    world.run_ms(100);
    let heard = world.heard(2, 1);
    assert_eq!(heard.len(), 10);
    assert_eq!(heard[4].ssrc, heard[5].ssrc);
    assert_eq!(heard[4].sequence + 1, heard[5].sequence);
}

#[test]
fn who_lost_the_floor_goes_on_hearing() {
    let mut world = World::with(2, &[1, 2]);
    world.command(Command::Silence { call: call(1), leg: device(2) });
    world.talk_ms(&[1], 100);
    world.run_ms(100);
    assert_eq!(world.heard(2, 1).len(), 5);
}
