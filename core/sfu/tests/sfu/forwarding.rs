//! A speaker's frames reach every other leg of its call as they were, and nobody else.

use chancery_sfu::{event::Event, io::Command};

use crate::{
    device::USUAL,
    frames::{leaf, sealed},
    world::{FRAME_US, World, call, device},
};

#[test]
fn a_speakers_frames_reach_all_others_byte_for_byte_and_in_order() {
    let mut world = World::with(3, &[1]);
    world.talk_ms(&[1], 1_000);
    world.run_ms(100);
    for listener in [2, 3] {
        let heard = world.heard(listener, 1);
        let frames: Vec<Vec<u8>> = heard.iter().map(|heard| heard.frame.clone()).collect();
        let said: Vec<Vec<u8>> = (0..50).map(|counter| sealed(leaf(1), counter)).collect();
        assert_eq!(frames, said);
        for pair in heard.windows(2) {
            assert_eq!(pair[0].ssrc, pair[1].ssrc);
            assert_eq!(pair[0].sequence + 1, pair[1].sequence);
            assert_eq!(pair[0].timestamp.wrapping_add(960), pair[1].timestamp);
        }
    }
    assert!(world.devices[&device(1)].heard.is_empty(), "a speaker does not hear itself");
}

#[test]
fn several_speakers_reach_each_listener_on_streams_of_their_own() {
    let mut world = World::with(4, &[1, 2, 3]);
    world.talk_ms(&[1, 2, 3], 400);
    world.run_ms(100);
    let mut streams: Vec<u32> = Vec::new();
    for speaker in [1, 2, 3] {
        let heard = world.heard(4, speaker);
        assert_eq!(heard.len(), 20);
        assert!(heard.iter().all(|frame| frame.ssrc == heard[0].ssrc));
        streams.push(heard[0].ssrc);
    }
    streams.dedup();
    assert_eq!(streams.len(), 3);
    assert_eq!(world.heard(1, 2).len(), 20);
    assert_eq!(world.heard(1, 3).len(), 20);
    assert_eq!(world.devices[&device(1)].heard.len(), 40);
}

#[test]
fn nothing_crosses_from_one_call_to_another() {
    let mut world = World::with(2, &[1]);
    world.command(Command::OpenCall { call: call(2) });
    world.join(call(2), 3, USUAL);
    world.join(call(2), 4, USUAL);
    world.run_ms(2_000);
    world.command(Command::LetSpeak { call: call(2), leg: device(3) });
    world.talk_ms(&[1, 3], 200);
    world.run_ms(100);
    assert_eq!(world.heard(2, 1).len(), 10);
    assert_eq!(world.heard(4, 3).len(), 10);
    assert_eq!(world.devices[&device(2)].heard.len(), 10);
    assert_eq!(world.devices[&device(4)].heard.len(), 10);
}

#[test]
fn the_sfu_adds_no_delay_of_its_own() {
    let mut world = World::with(2, &[1]);
    let said_us = world.now_us;
    world.talk_ms(&[1], 20);
    world.run_ms(100);
    let heard = world.heard(2, 1);
    assert_eq!(heard[0].at_us - said_us, 2 * world.network.weather.latency_us);
}

#[test]
fn after_a_pause_a_listener_counts_on_and_its_time_has_gone_on() {
    let mut world = World::with(2, &[1]);
    world.talk_ms(&[1], 100);
    // The device counts on by 3 s of frames that it does not send, as after a network that stood still.
    world.devices.get_mut(&device(1)).unwrap().skip(150);
    world.run_ms(3_000);
    world.talk_ms(&[1], 100);
    world.run_ms(100);
    let heard = world.heard(2, 1);
    assert_eq!(heard.len(), 10);
    assert_eq!(heard[4].sequence + 1, heard[5].sequence);
    let passed = heard[5].timestamp.wrapping_sub(heard[4].timestamp);
    let expected = ((3_000_000 + FRAME_US) * 48 / 1_000) as u32;
    assert!(passed.abs_diff(expected) < 48, "{passed} samples for {expected}");
    assert!(world.devices[&device(2)].asked.is_empty());
    assert!(world.devices[&device(1)].asked.is_empty(), "a pause is not asked for");
}

#[test]
fn a_leg_says_when_it_is_connected() {
    let mut world = World::with(1, &[]);
    let connected = |event: &Event| match event {
        Event::Connected { call: on, leg, took_us } => {
            (*on, *leg) == (call(1), device(1)) && *took_us < 1_000_000
        }
        _ => false,
    };
    assert_eq!(world.take_events().iter().filter(|event| connected(event)).count(), 1);
}
