//! Limits hold, and are told by name.

use chancery_log::id::{DeviceId, PackageId};
use chancery_sfu::{
    event::Event,
    io::Command,
    limits::{
        CALLS_MAX, DATAGRAMS_BURST, DATAGRAMS_PER_SECOND, JOINS_BURST, JOINS_PER_SECOND, LEGS_PER_CALL_MAX,
    },
    refusal::Refusal,
};

use crate::{
    frames::{leaf, sealed},
    network::Packet,
    world::{SFU, World, call, device},
};

fn refusals(world: &mut World) -> Vec<Refusal> {
    let refusals = world.take_events().into_iter().filter_map(|event| match event {
        Event::Refused { because, .. } => Some(because),
        _ => None,
    });
    refusals.collect()
}

fn offer(world: &mut World, call: PackageId, leg: u16) {
    let mut id = [0; 32];
    id[..2].copy_from_slice(&leg.to_be_bytes());
    let offer = world.devices[&device(1)].offer.clone();
    world.command(Command::AddLeg { call, leg: DeviceId(id), leaf: None, offer });
}

#[test]
fn a_call_has_so_many_legs_and_no_more() {
    let mut world = World::with(1, &[]);
    for leg in 1..LEGS_PER_CALL_MAX as u16 {
        offer(&mut world, call(1), 0x100 + leg);
    }
    assert_eq!(refusals(&mut world), []);
    offer(&mut world, call(1), 0x300);
    assert_eq!(refusals(&mut world), [Refusal::TooManyLegs]);
    assert_eq!(world.sfu.legs(), LEGS_PER_CALL_MAX);
    // One that offers anew takes the place of its old leg.
    offer(&mut world, call(1), 0x101);
    assert_eq!(refusals(&mut world), []);
    assert_eq!(world.sfu.legs(), LEGS_PER_CALL_MAX);
}

#[test]
fn an_sfu_has_so_many_calls_and_no_more() {
    let mut world = World::new();
    for number in 1..CALLS_MAX as u32 {
        let mut id = [7; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        world.command(Command::OpenCall { call: PackageId(id) });
    }
    assert_eq!(refusals(&mut world), []);
    world.command(Command::OpenCall { call: call(2) });
    assert_eq!(refusals(&mut world), [Refusal::TooManyCalls]);
    world.command(Command::CloseCall { call: call(1) });
    world.command(Command::OpenCall { call: call(2) });
    assert_eq!(refusals(&mut world), []);
}

#[test]
fn joins_are_slowed_and_the_refusal_says_until_when() {
    let mut world = World::with(1, &[]);
    world.run_ms(5_000);
    for number in 2..=9 {
        world.command(Command::OpenCall { call: call(number) });
    }
    world.take_events();
    for leg in 0..JOINS_BURST as u16 {
        offer(&mut world, call(2 + (leg / 60) as u8), 0x100 + leg);
    }
    assert_eq!(refusals(&mut world), []);
    offer(&mut world, call(9), 0x900);
    let refused = refusals(&mut world);
    let [Refusal::TooManyJoins { retry_us }] = refused.as_slice() else { panic!("{refused:?}") };
    assert_eq!(*retry_us, 1_000_000 / JOINS_PER_SECOND);
    world.run_until_us(world.now_us + retry_us);
    offer(&mut world, call(9), 0x900);
    assert_eq!(refusals(&mut world), []);
}

#[test]
fn a_leg_that_floods_is_heard_no_more_than_its_share_and_nobody_else_suffers() {
    let mut world = World::with(3, &[1, 2]);
    for counter in 0..5_000 {
        world.say(1, sealed(leaf(1), counter));
    }
    world.talk_ms(&[2], 1_000);
    world.run_ms(100);
    assert_eq!(world.heard(3, 2).len(), 50);
    let heard = world.heard(3, 1).len() as u64;
    assert!(heard <= DATAGRAMS_BURST + 2 * DATAGRAMS_PER_SECOND, "{heard}");
    let counted = world.statistics(1);
    assert!(counted.over_rate > 4_000, "{counted:?}");
    // And it recovers.
    world.talk_ms(&[1], 200);
    world.run_ms(100);
    assert_eq!(world.heard(3, 1).len() as u64, heard + 10);
}

#[test]
fn what_is_forged_in_a_legs_name_does_not_silence_it() {
    let mut world = World::with(2, &[1]);
    let before = world.network.seen.len();
    world.talk_ms(&[1], 20);
    let mut forged: Packet = world.network.seen[before].1.clone();
    let tag = forged.bytes.len() - 1;
    for number in 0..5_000_u16 {
        forged.bytes[2..4].copy_from_slice(&(20_000 + number).to_be_bytes());
        forged.bytes[tag] ^= 0x55;
        world.arrive(&forged);
    }
    world.talk_ms(&[1], 980);
    world.run_ms(100);
    assert_eq!(world.heard(2, 1).len(), 50);
    let counted = world.statistics(1);
    assert_eq!((counted.forged, counted.over_rate), (5_000, 0));
}

#[test]
fn datagrams_that_are_too_long_or_from_nobody_are_counted_and_not_answered() {
    let mut world = World::with(1, &[1]);
    let known = world.devices[&device(1)].address;
    let before = (world.sent_down.len(), world.sfu.strangers());
    let to = SFU.parse().unwrap();
    let over = chancery_sfu::io::Transport::Udp;
    world.arrive(&Packet { over, from: known, to, bytes: vec![0x80; 1_501] });
    for first in 0..=255 {
        let bytes = vec![first; 60];
        world.arrive(&Packet { over, from: "192.0.2.9:9".parse().unwrap(), to, bytes });
    }
    assert_eq!(world.sfu.strangers() - before.1, 257);
    assert_eq!(world.sent_down.len(), before.0);
}
