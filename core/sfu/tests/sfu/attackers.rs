//! What somebody in the network, or a device with a grudge, sends instead.

use std::net::SocketAddr;

use chancery_sfu::io::Transport;
use str0m::ice::{StunMessage, TransId};

use crate::{
    network::Packet,
    world::{FRAME_US, SFU, World, device},
};

/// The newest datagram of media that a device sent.
fn newest_frame(world: &World, number: u8) -> Packet {
    let from = world.devices[&device(number)].address;
    let mut sent = world.network.seen.iter().rev().map(|(_, packet)| packet);
    let is_frame = |packet: &&Packet| {
        packet.from == from && packet.bytes[0] & 0xc0 == 0x80 && packet.bytes[1] & 0x7f == 111
    };
    sent.find(is_frame).unwrap().clone()
}

#[test]
fn a_frame_that_comes_again_is_heard_once() {
    let mut world = World::with(2, &[1]);
    world.talk_ms(&[1], 200);
    world.run_ms(20);
    let recorded: Vec<Packet> = world.network.seen.iter().map(|(_, packet)| packet.clone()).collect();
    for packet in recorded.iter().filter(|packet| packet.to == SFU.parse().unwrap()) {
        world.arrive(packet);
        world.arrive(packet);
    }
    world.run_ms(100);
    assert_eq!(world.heard(2, 1).len(), 10);
    assert!(world.statistics(1).repeated >= 20);
}

#[test]
fn a_frame_with_any_bit_changed_is_not_heard() {
    let mut world = World::with(2, &[1]);
    world.talk_ms(&[1], 100);
    world.network.weather.lost_of_1000 = 1_000;
    world.talk_ms(&[1], 20);
    let frame = newest_frame(&world, 1);
    world.network.weather = crate::network::FAIR;
    for byte in 0..frame.bytes.len() {
        let mut changed = frame.clone();
        changed.bytes[byte] ^= 1 << (byte % 8);
        world.arrive(&changed);
    }
    world.run_ms(5);
    assert_eq!(world.heard(2, 1).len(), 5);
    world.arrive(&frame);
    world.run_ms(100);
    assert_eq!(world.heard(2, 1).len(), 6, "the true one is still taken");
}

#[test]
fn a_frame_from_an_address_that_no_ping_proved_is_not_heard() {
    let mut world = World::with(2, &[1]);
    world.talk_ms(&[1], 100);
    world.network.weather.lost_of_1000 = 1_000;
    world.talk_ms(&[1], 20);
    world.network.weather = crate::network::FAIR;
    let elsewhere = Packet { from: "192.0.2.66:6666".parse().unwrap(), ..newest_frame(&world, 1) };
    world.arrive(&elsewhere);
    world.run_ms(5);
    assert_eq!(world.heard(2, 1).len(), 5);
}

#[test]
fn one_leg_can_not_pass_off_its_frames_as_anothers_datagrams() {
    let mut world = World::with(3, &[1, 2]);
    world.talk_ms(&[1, 2], 100);
    world.run_ms(20);
    // Device 2's datagrams, as if they came from device 1.
    let from: SocketAddr = world.devices[&device(1)].address;
    let before = world.devices[&device(3)].heard.len();
    let own = world.devices[&device(2)].address;
    let recorded: Vec<Packet> = world.network.seen.iter().map(|(_, packet)| packet.clone()).collect();
    for packet in recorded.into_iter().filter(|packet| packet.from == own) {
        world.arrive(&Packet { from, ..packet });
    }
    world.run_ms(5);
    assert_eq!(world.devices[&device(3)].heard.len(), before);
}

/// A ping with the right names, made with this password, from this address.
fn ping(world: &World, number: u8, password: &str, from: SocketAddr) -> Packet {
    let value = |sdp: &str, name: &str| {
        sdp.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned)).unwrap()
    };
    let ours = value(&world.answer_of(number), "a=ice-ufrag:");
    let theirs = value(&world.devices[&device(number)].offer, "a=ice-ufrag:");
    let name = format!("{ours}:{theirs}");
    let message = StunMessage::binding_request(&name, TransId::new(), true, 1, 1, true);
    let mut bytes = vec![0; 300];
    let crypto = str0m::crypto::from_feature_flags();
    let length = message
        .to_bytes(Some(password.as_bytes()), &mut bytes, |key, parts| {
            crypto.sha1_hmac_provider.sha1_hmac(key, parts)
        })
        .unwrap();
    bytes.truncate(length);
    Packet { over: Transport::Udp, from, to: SFU.parse().unwrap(), bytes }
}

fn password(world: &World, number: u8) -> String {
    let answer = world.answer_of(number);
    answer.lines().find_map(|line| line.strip_prefix("a=ice-pwd:")).unwrap().to_owned()
}

#[test]
fn a_ping_with_a_wrong_password_is_not_answered_and_moves_nothing() {
    let mut world = World::with(2, &[1]);
    let thief = "192.0.2.66:6666".parse().unwrap();
    let before = world.sent_down.len();
    for guess in ["", "wrong", &password(&world, 1)] {
        let forged = ping(&world, 2, guess, thief);
        world.arrive(&forged);
    }
    assert_eq!(world.sent_down.len(), before);
    world.talk_ms(&[1], 100);
    world.run_ms(100);
    assert_eq!(world.heard(2, 1).len(), 5);
    assert!(world.sent_down[before..].iter().all(|(_, packet)| packet.to != thief));
}

#[test]
fn a_leg_can_not_claim_the_address_of_another_one_that_is_there() {
    let mut world = World::with(3, &[1]);
    // Device 3 pings with its own, true password, as if from where device 1 is.
    let victim = world.devices[&device(1)].address;
    let claim = ping(&world, 3, &password(&world, 3), victim);
    world.arrive(&claim);
    world.talk_ms(&[1], 200);
    world.run_ms(100);
    assert_eq!(world.heard(2, 1).len(), 10);
    assert_eq!(world.heard(3, 1).len(), 10, "its own path is what it was");
}

#[test]
fn an_address_passes_to_another_leg_once_its_own_is_silent() {
    let mut world = World::with(2, &[2]);
    let address = world.devices[&device(1)].address;
    world.devices.remove(&device(1));
    world.run_ms(6_000);
    // The network gives the address to another device's translation.
    world.devices.get_mut(&device(2)).unwrap().move_to(address);
    world.run_ms(6_000);
    let before = world.sent_down.len();
    world.talk_ms(&[2], 1_100);
    world.run_ms(100);
    assert!(world.sent_down[before..].iter().any(|(_, packet)| packet.to == address));
    assert_eq!(world.sfu.legs(), 2);
}

#[test]
fn frames_before_the_keys_and_dtls_before_a_ping_reach_nobody() {
    let mut world = World::with(2, &[1]);
    world.talk_ms(&[1], 100);
    let (strangers, sent) = (world.sfu.strangers(), world.sent_down.len());
    let from = "192.0.2.66:6666".parse().unwrap();
    let hello = world.network.seen.iter().map(|(_, packet)| packet).find(|packet| packet.bytes[0] == 22);
    let hello = Packet { from, ..hello.unwrap().clone() };
    world.arrive(&hello);
    assert_eq!(world.sfu.strangers(), strangers + 1);
    assert_eq!(world.sent_down.len(), sent);
    world.run_until_us(world.now_us + FRAME_US);
}
