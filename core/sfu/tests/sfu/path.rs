//! What is told of the path to each leg.

use chancery_sfu::{
    event::{Event, Path},
    io::{Kind, Transport},
};

use crate::{
    device::USUAL,
    network::{FAIR, Weather},
    world::{World, call, device},
};

fn newest(world: &mut World, number: u8) -> Path {
    let events = world.take_events();
    let of = |event: &Event| match event {
        Event::Path { leg, path, .. } if *leg == device(number) => Some(*path),
        _ => None,
    };
    events.iter().rev().find_map(of).expect("a path every second")
}

#[test]
fn a_path_has_its_round_trip_jitter_and_loss_both_ways() {
    let mut world = World::with(2, &[1, 2]);
    world.network.weather = Weather { latency_us: 30_000, jitter_us: 0, lost_of_1000: 0 };
    world.talk_ms(&[1, 2], 20_000);
    let fair = newest(&mut world, 1);
    assert_eq!(fair.over, Transport::Udp);
    let round_trip_us = fair.round_trip_us.unwrap();
    assert!(round_trip_us.abs_diff(60_000) < 5_000, "{round_trip_us} µs");
    let (up, down) = (fair.up.unwrap(), fair.down.unwrap());
    assert_eq!((up.lost_of_1000, down.lost_of_1000), (0, 0));
    assert!(up.jitter_us < 1_000 && down.jitter_us < 1_000, "{up:?} {down:?}");

    world.network.weather = Weather { latency_us: 30_000, jitter_us: 30_000, lost_of_1000: 200 };
    let (mut lost_up, mut lost_down, mut jitter_up) = (0, 0, 0);
    for _ in 0..20 {
        world.talk_ms(&[1, 2], 1_000);
        let foul = newest(&mut world, 1);
        lost_up += u32::from(foul.up.unwrap().lost_of_1000);
        lost_down += u32::from(foul.down.map_or(0, |down| down.lost_of_1000));
        jitter_up = foul.up.unwrap().jitter_us.max(jitter_up);
    }
    // Of 20 seconds with 200 of 1,000 each; some are only out of order.
    assert!((2_000..7_000).contains(&lost_up), "{lost_up} up");
    assert!(lost_down > 500, "{lost_down} down");
    assert!((5_000..30_000).contains(&jitter_up), "{jitter_up} µs");
}

#[test]
fn a_leg_that_nobody_speaks_to_has_a_path_without_a_way_down() {
    let mut world = World::with(2, &[]);
    world.run_ms(2_000);
    let path = newest(&mut world, 2);
    assert_eq!((path.up, path.down), (None, None));
}

#[test]
fn the_far_end_is_what_the_devices_candidates_say() {
    for (typ, kind) in [
        ("host", Kind::Host),
        ("srflx raddr 0.0.0.0 rport 9", Kind::ServerReflexive),
        ("relay raddr 0.0.0.0 rport 9", Kind::Relayed),
        ("unheard-of", Kind::Unlisted),
    ] {
        let mut world = World::new();
        world.join_as(call(1), 1, USUAL, |offer| offer.replace("typ host", &format!("typ {typ}")));
        world.run_ms(3_000);
        assert_eq!(newest(&mut world, 1).kind, kind);
    }
}

#[test]
fn a_leg_without_a_network_falls_quiet_and_comes_back() {
    let mut world = World::with(2, &[1]);
    world.take_events();
    world.network.weather.lost_of_1000 = 1_000;
    world.run_ms(9_000);
    world.network.weather = FAIR;
    let quiet = world.take_events();
    for number in [1, 2] {
        let told = Event::Quiet { call: call(1), leg: device(number) };
        assert_eq!(quiet.iter().filter(|event| **event == told).count(), 1);
    }
    world.run_ms(8_000);
    let back = world.take_events();
    for number in [1, 2] {
        let told = Event::Back { call: call(1), leg: device(number) };
        assert_eq!(back.iter().filter(|event| **event == told).count(), 1);
    }
    world.talk_ms(&[1], 100);
    world.run_ms(100);
    assert_eq!(world.heard(2, 1).len(), 5);
}

#[test]
fn media_follow_a_device_to_its_new_address() {
    let mut world = World::with(2, &[1]);
    let old = world.devices[&device(2)].address;
    let new = "192.0.2.77:4000".parse().unwrap();
    world.devices.get_mut(&device(2)).unwrap().move_to(new);
    world.run_ms(10_000);
    let before = world.sent_down.len();
    world.talk_ms(&[1], 100);
    world.run_ms(100);
    assert_eq!(world.heard(2, 1).len(), 5);
    assert!(world.sent_down[before..].iter().all(|(_, packet)| packet.to != old));
}
