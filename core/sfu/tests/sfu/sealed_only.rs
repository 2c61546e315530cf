//! Frames that are not sealed, or under another leg's name, go nowhere, and are told.

use chancery_sfu::{
    event::{Cause, Event},
    io::Command,
};

use crate::{
    device::USUAL,
    frames::{leaf, sealed, unsealed},
    world::{FRAME_US, World, call, device},
};

fn dropped(events: &[Event], of: Cause) -> u64 {
    let frames = events.iter().map(|event| match event {
        Event::Dropped { leg, cause, frames, .. } if *leg == device(1) && *cause == of => *frames,
        _ => 0,
    });
    frames.sum()
}

fn say_each_frame(world: &mut World, frames: impl Iterator<Item = Vec<u8>>) {
    for frame in frames {
        world.say(1, frame);
        world.run_until_us(world.now_us + FRAME_US);
    }
}

#[test]
fn a_frame_in_clear_is_dropped_and_told_at_once() {
    let mut world = World::with(2, &[1]);
    world.take_events();
    world.say(1, unsealed(0));
    world.run_ms(10);
    assert_eq!(dropped(&world.take_events(), Cause::Unsealed), 1);
    world.run_ms(100);
    assert!(world.devices[&device(2)].heard.is_empty());
}

#[test]
fn what_goes_on_being_dropped_is_told_seldom_and_counted_exactly() {
    let mut world = World::with(2, &[1]);
    world.take_events();
    say_each_frame(&mut world, (0..500).map(unsealed));
    world.run_ms(1_500);
    let events = world.take_events();
    assert_eq!(dropped(&events, Cause::Unsealed), 500);
    let told = events.iter().filter(|event| matches!(event, Event::Dropped { .. })).count();
    assert!((8..=13).contains(&told), "told {told} times in 10 s");
}

#[test]
fn a_frame_with_another_leafs_key_id_is_dropped_and_told() {
    let mut world = World::with(3, &[1, 2]);
    world.take_events();
    say_each_frame(&mut world, (0..10).map(|counter| sealed(leaf(2), counter)));
    world.run_ms(1_500);
    assert_eq!(dropped(&world.take_events(), Cause::OtherLeaf), 10);
    assert!(world.devices[&device(3)].heard.is_empty());
}

#[test]
fn a_leg_whose_leaf_is_not_known_is_not_heard_until_it_is() {
    let mut world = World::new();
    world.join(call(1), 1, USUAL);
    world.join(call(1), 2, USUAL);
    world.run_ms(2_000);
    world.command(Command::SetLeaf { call: call(1), leg: device(1), leaf: None });
    world.command(Command::LetSpeak { call: call(1), leg: device(1) });
    world.take_events();
    world.talk_ms(&[1], 100);
    world.run_ms(10);
    world.command(Command::SetLeaf { call: call(1), leg: device(1), leaf: Some(leaf(1)) });
    world.talk_ms(&[1], 100);
    world.run_ms(1_500);
    assert_eq!(world.heard(2, 1).len(), 5);
    assert_eq!(dropped(&world.take_events(), Cause::NoLeaf), 5);
}

#[test]
fn a_leg_with_a_new_leaf_is_heard_under_that_one_only() {
    let mut world = World::with(2, &[1]);
    world.command(Command::SetLeaf { call: call(1), leg: device(1), leaf: Some(leaf(9)) });
    world.take_events();
    world.talk_ms(&[1], 100);
    say_each_frame(&mut world, (0..5).map(|counter| sealed(leaf(9), counter)));
    world.run_ms(1_500);
    assert_eq!(world.heard(2, 9).len(), 5);
    assert_eq!(world.heard(2, 1), []);
    assert_eq!(dropped(&world.take_events(), Cause::OtherLeaf), 5);
}

#[test]
fn frames_of_every_length_that_are_none_are_dropped() {
    let mut world = World::with(2, &[1]);
    world.take_events();
    let whole = sealed(leaf(1), 3);
    // The header alone, and so on up to a frame that lacks its last byte of tag.
    say_each_frame(&mut world, (1..20).map(|length| whole[..length].to_vec()));
    say_each_frame(&mut world, std::iter::once([whole, vec![0; 1_350]].concat()));
    world.run_ms(1_500);
    assert_eq!(dropped(&world.take_events(), Cause::Unsealed), 20);
    assert!(world.devices[&device(2)].heard.is_empty());
}
