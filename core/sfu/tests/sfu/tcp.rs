//! ICE over TCP: the sfu offers where it can be reached, and says over what each datagram goes.

use chancery_sfu::{
    event::Event,
    io::{Address, Command, Transport},
};

use crate::{
    device::{Make, USUAL},
    world::{SFU, World, call, device},
};

const BOTH: [Transport; 2] = [Transport::Udp, Transport::Tcp];

#[test]
fn answers_name_the_addresses_in_their_order() {
    let mut world = World::at(&BOTH.map(|over| Address { over, at: SFU.parse().unwrap() }));
    world.join(call(1), 1, USUAL);
    let events = world.take_events();
    let Event::Answer { sdp, .. } = &events[0] else { panic!("{events:?}") };
    let candidates: Vec<&str> = sdp.lines().filter(|line| line.starts_with("a=candidate:")).collect();
    assert_eq!(
        candidates,
        [
            "a=candidate:1 1 udp 2130706431 203.0.113.1 3478 typ host",
            "a=candidate:2 1 tcp 1526726399 203.0.113.1 3478 typ host tcptype passive",
        ]
    );
}

#[test]
fn a_device_that_has_only_tcp_speaks_and_hears_over_it() {
    let mut world = World::at(&BOTH.map(|over| Address { over, at: SFU.parse().unwrap() }));
    world.join(call(1), 1, Make { over: Transport::Tcp, ..USUAL });
    world.join(call(1), 2, USUAL);
    world.run_ms(2_000);
    for number in [1, 2] {
        world.command(Command::LetSpeak { call: call(1), leg: device(number) });
    }
    world.talk_ms(&[1, 2], 1_500);
    world.run_ms(100);
    assert_eq!(world.heard(2, 1).len(), 75);
    assert_eq!(world.heard(1, 2).len(), 75);
    let (first, second) = (world.devices[&device(1)].address, world.devices[&device(2)].address);
    for (_, packet) in &world.sent_down {
        let expected = if packet.to == first { Transport::Tcp } else { Transport::Udp };
        assert!(packet.to == first || packet.to == second);
        assert_eq!(packet.over, expected);
    }
    let paths: Vec<Transport> = world
        .take_events()
        .into_iter()
        .filter_map(|event| match event {
            Event::Path { leg, path, .. } if leg == device(1) => Some(path.over),
            _ => None,
        })
        .collect();
    assert!(!paths.is_empty() && paths.iter().all(|over| *over == Transport::Tcp));
}
