//! The tape gets the sealed frames of who may speak, as they came.

use chancery_seal::frame_header::LeafIndex;
use chancery_sfu::{event::Event, io::Command};

use crate::{
    frames::{leaf, sealed, unsealed},
    world::{World, call, device},
};

fn taped(world: &mut World) -> Vec<(LeafIndex, u64, Vec<u8>)> {
    let taped = world.take_events().into_iter().filter_map(|event| match event {
        Event::Taped { call: on, leaf, at_us, frame, .. } => {
            assert_eq!(on, call(1));
            Some((leaf, at_us, frame))
        }
        _ => None,
    });
    taped.collect()
}

#[test]
fn every_frame_that_may_be_heard_is_taped_once_with_its_time_and_leaf() {
    let mut world = World::with(3, &[1, 2]);
    world.command(Command::StartTape { call: call(1) });
    let start_us = world.now_us;
    world.talk_ms(&[1, 2, 3], 200);
    world.run_ms(100);
    let taped = taped(&mut world);
    for number in [1, 2] {
        let of: Vec<_> = taped.iter().filter(|(of, ..)| *of == leaf(number)).collect();
        assert_eq!(of.len(), 10);
        for (counter, (_, at_us, frame)) in (0..).zip(of) {
            assert_eq!(*frame, sealed(leaf(number), counter));
            assert_eq!(*at_us, start_us + counter * 20_000 + 5_000);
        }
    }
    assert_eq!(taped.len(), 20, "the third one only listens");
}

#[test]
fn a_speaker_alone_on_the_call_is_taped() {
    let mut world = World::with(1, &[1]);
    world.command(Command::StartTape { call: call(1) });
    world.talk_ms(&[1], 200);
    world.run_ms(100);
    assert_eq!(taped(&mut world).len(), 10);
}

#[test]
fn nothing_is_taped_without_a_tape_or_from_who_is_on_hold_or_in_clear() {
    let mut world = World::with(2, &[1, 2]);
    world.talk_ms(&[1, 2], 100);
    world.command(Command::StartTape { call: call(1) });
    world.command(Command::Hold { call: call(1), leg: device(2) });
    world.talk_ms(&[2], 100);
    world.say(1, unsealed(0));
    world.run_ms(100);
    world.command(Command::StopTape { call: call(1) });
    world.talk_ms(&[1], 100);
    world.run_ms(100);
    assert_eq!(taped(&mut world), []);
}

#[test]
fn a_frame_that_came_late_is_on_the_tape_too() {
    let mut world = World::with(2, &[1]);
    world.command(Command::StartTape { call: call(1) });
    world.talk_ms(&[1], 100);
    world.network.weather.lost_of_1000 = 1_000;
    world.talk_ms(&[1], 20);
    world.network.weather = crate::network::FAIR;
    world.talk_ms(&[1], 100);
    world.run_ms(500);
    let mut frames: Vec<Vec<u8>> = taped(&mut world).into_iter().map(|(_, _, frame)| frame).collect();
    let mut said: Vec<Vec<u8>> = (0..11).map(|counter| sealed(leaf(1), counter)).collect();
    assert_ne!(frames, said, "in the order in which they came");
    frames.sort();
    said.sort();
    assert_eq!(frames, said);
}
