//! Speakers on the slots of a listener: kept while they speak, given on when they leave.

use chancery_sfu::{event::Event, io::Command, refusal::Refusal};

use crate::{
    device::{Make, USUAL},
    world::{World, call, device},
};

#[test]
fn the_slot_of_who_left_goes_to_who_comes_and_counts_on() {
    let mut world = World::new();
    world.join(call(1), 1, USUAL);
    world.join(call(1), 2, Make { slots: 1, ..USUAL });
    world.run_ms(2_000);
    world.command(Command::LetSpeak { call: call(1), leg: device(1) });
    world.talk_ms(&[1], 100);
    world.run_ms(10);
    world.command(Command::RemoveLeg { call: call(1), leg: device(1) });
    world.join(call(1), 3, USUAL);
    world.run_ms(2_000);
    world.command(Command::LetSpeak { call: call(1), leg: device(3) });
    world.talk_ms(&[3], 100);
    world.run_ms(100);
    let (before, after) = (world.heard(2, 1), world.heard(2, 3));
    assert_eq!((before.len(), after.len()), (5, 5));
    assert_eq!(before[4].ssrc, after[0].ssrc);
    assert_eq!(before[4].sequence + 1, after[0].sequence);
    let passed_us = after[0].at_us - before[4].at_us;
    let passed = after[0].timestamp.wrapping_sub(before[4].timestamp);
    assert!(passed.abs_diff((passed_us * 48 / 1_000) as u32) <= 960, "{passed} samples in {passed_us} µs");
}

#[test]
fn a_speaker_keeps_its_slot_while_others_come_and_go() {
    let mut world = World::with(4, &[1, 2]);
    world.talk_ms(&[1, 2], 100);
    let ssrc = world.heard(4, 1)[0].ssrc;
    world.command(Command::RemoveLeg { call: call(1), leg: device(2) });
    world.command(Command::LetSpeak { call: call(1), leg: device(3) });
    world.talk_ms(&[1, 3], 100);
    world.run_ms(100);
    let heard = world.heard(4, 1);
    assert_eq!(heard.len(), 10);
    assert!(heard.iter().all(|frame| frame.ssrc == ssrc));
    assert!(world.heard(4, 3).iter().all(|frame| frame.ssrc != ssrc));
}

#[test]
fn who_lost_the_floor_gives_up_its_slot_when_it_is_needed() {
    let mut world = World::new();
    world.join(call(1), 1, USUAL);
    world.join(call(1), 2, Make { slots: 1, ..USUAL });
    world.join(call(1), 3, USUAL);
    world.run_ms(2_000);
    world.command(Command::LetSpeak { call: call(1), leg: device(1) });
    world.talk_ms(&[1], 100);
    world.run_ms(10);
    world.command(Command::Silence { call: call(1), leg: device(1) });
    world.command(Command::LetSpeak { call: call(1), leg: device(3) });
    world.talk_ms(&[3], 100);
    world.run_ms(100);
    assert_eq!(world.heard(2, 3).len(), 5);
}

#[test]
fn frames_for_which_no_slot_is_free_are_told() {
    let mut world = World::new();
    world.join(call(1), 1, USUAL);
    world.join(call(1), 2, Make { slots: 1, ..USUAL });
    world.join(call(1), 3, USUAL);
    world.run_ms(2_000);
    for number in [1, 3] {
        world.command(Command::LetSpeak { call: call(1), leg: device(number) });
    }
    world.take_events();
    world.talk_ms(&[1], 100);
    world.talk_ms(&[1, 3], 200);
    world.run_ms(1_500);
    assert_eq!(world.heard(2, 1).len(), 15);
    assert_eq!(world.heard(2, 3), []);
    let unheard: u64 = world
        .take_events()
        .into_iter()
        .map(|event| match event {
            Event::NoSlot { leg, frames, .. } if leg == device(2) => frames,
            _ => 0,
        })
        .sum();
    assert_eq!(unheard, 10);
}

#[test]
fn eight_speak_and_all_hear_them_and_a_ninth_is_refused() {
    let mut world = World::with(10, &[1, 2, 3, 4, 5, 6, 7, 8]);
    world.take_events();
    world.command(Command::LetSpeak { call: call(1), leg: device(9) });
    let (call, leg) = (call(1), Some(device(9)));
    assert_eq!(world.take_events(), [Event::Refused { call, leg, because: Refusal::TooManySpeakers }]);
    world.talk_ms(&[1, 2, 3, 4, 5, 6, 7, 8], 100);
    world.run_ms(100);
    for speaker in 1..=8 {
        assert_eq!(world.devices[&device(speaker)].heard.len(), 35);
    }
    for listener in [9, 10] {
        assert_eq!(world.devices[&device(listener)].heard.len(), 40);
    }
}
