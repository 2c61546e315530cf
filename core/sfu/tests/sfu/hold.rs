//! A leg on hold hears nobody, and nobody hears it.

use chancery_sfu::{
    event::{Cause, Event},
    io::Command,
};

use crate::world::{World, call, device};

#[test]
fn a_held_leg_neither_hears_nor_is_heard() {
    let mut world = World::with(3, &[1, 2]);
    world.command(Command::Hold { call: call(1), leg: device(2) });
    world.take_events();
    world.talk_ms(&[1, 2], 200);
    world.run_ms(1_500);
    assert_eq!(world.heard(2, 1), []);
    assert_eq!(world.heard(1, 2), []);
    assert_eq!(world.heard(3, 2), []);
    assert_eq!(world.heard(3, 1).len(), 10);
    let dropped: u64 = world
        .take_events()
        .into_iter()
        .map(|event| match event {
            Event::Dropped { leg, cause: Cause::OnHold, frames, .. } if leg == device(2) => frames,
            _ => 0,
        })
        .sum();
    assert_eq!(dropped, 10);
}

#[test]
fn after_a_hold_both_sides_go_on_without_a_gap_and_nothing_of_it_is_asked_for() {
    let mut world = World::with(2, &[1, 2]);
    world.talk_ms(&[1, 2], 100);
    world.run_ms(10);
    world.command(Command::Hold { call: call(1), leg: device(2) });
    world.talk_ms(&[1, 2], 400);
    world.run_ms(10);
    world.command(Command::Resume { call: call(1), leg: device(2) });
    world.talk_ms(&[1, 2], 100);
    world.run_ms(500);
    for (listener, speaker) in [(1, 2), (2, 1)] {
        let heard = world.heard(listener, speaker);
        assert_eq!(heard.len(), 10, "{listener} of {speaker}");
        assert_eq!(heard[4].sequence + 1, heard[5].sequence);
    }
    for number in [1, 2] {
        let asked = &world.devices[&device(number)].asked;
        assert!(asked.is_empty(), "{number} was asked for {asked:?}");
    }
    let repeats = world.sent_again(1) + world.sent_again(2);
    assert_eq!(repeats, 0, "frames of the hold were sent again");
}
