//! Datagrams at random, and true ones with bytes changed, from strangers and from legs: the sfu goes on.

use std::net::SocketAddr;

use chancery_sfu::io::Transport;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};

use crate::{
    network::Packet,
    world::{FRAME_US, SFU, World, device},
};

/// First bytes of each kind of datagram, so that not all end at the first look.
const KINDS: [&[u8]; 8] = [
    &[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42],
    &[1, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42],
    &[22, 0xfe, 0xfd, 0, 0, 0, 0, 0],
    &[21, 0xfe, 0xfd, 0, 0, 0, 0, 0],
    &[23, 0xfe, 0xfd, 0, 1, 0, 0, 0],
    &[0x80, 111],
    &[0x81, 201, 0, 7],
    &[0xbf, 205, 0xff, 0xff],
];

fn noise(random: &mut ChaCha20Rng) -> Vec<u8> {
    let mut bytes = vec![0; random.next_u32() as usize % 1_501];
    random.fill_bytes(&mut bytes);
    let kind = KINDS.get(random.next_u32() as usize % 10).copied().unwrap_or(&[]);
    for (to, from) in bytes.iter_mut().zip(kind) {
        *to = *from;
    }
    bytes
}

#[test]
fn noise_from_anywhere_ends_nothing() {
    let mut world = World::with(3, &[1, 2]);
    let mut random = ChaCha20Rng::from_seed([1; 32]);
    let addresses: Vec<SocketAddr> = (1..=3)
        .map(|number| world.devices[&device(number)].address)
        .chain([SFU.parse().unwrap(), "192.0.2.1:1".parse().unwrap()])
        .collect();
    for round in 0..20_000_u32 {
        let from = addresses[random.next_u32() as usize % addresses.len()];
        let over = if round % 7 == 0 { Transport::Tcp } else { Transport::Udp };
        let bytes = noise(&mut random);
        world.arrive(&Packet { over, from, to: SFU.parse().unwrap(), bytes });
        if round % 100 == 0 {
            // So that the legs' share of datagrams comes back, and noise is looked at.
            world.run_until_us(world.now_us + 1_000_000);
        }
    }
    assert_eq!(world.sfu.legs(), 3);
    world.run_ms(5_000);
    world.talk_ms(&[1], 200);
    world.run_ms(200);
    assert!(world.heard(3, 1).len() >= 10);
}

#[test]
fn true_datagrams_with_bytes_changed_end_nothing() {
    let mut world = World::with(2, &[1, 2]);
    world.talk_ms(&[1, 2], 2_000);
    let mut random = ChaCha20Rng::from_seed([2; 32]);
    let to: SocketAddr = SFU.parse().unwrap();
    // Pings, frames and reports; handshakes that are over, too.
    let sent: Vec<Packet> = world
        .network
        .seen
        .iter()
        .map(|(_, packet)| packet.clone())
        .filter(|packet| packet.to == to)
        .collect();
    for round in 0..20_000 {
        let mut packet = sent[random.next_u32() as usize % sent.len()].clone();
        for _ in 0..=random.next_u32() % 4 {
            let place = random.next_u32() as usize % packet.bytes.len();
            packet.bytes[place] = random.next_u32() as u8;
        }
        if random.next_u32() % 4 == 0 {
            packet.bytes.truncate(1 + random.next_u32() as usize % packet.bytes.len());
        }
        world.arrive(&packet);
        if round % 100 == 0 {
            world.run_until_us(world.now_us + 1_000_000);
        }
    }
    assert_eq!(world.sfu.legs(), 2);
    world.run_ms(5_000);
    world.talk_ms(&[1], 200);
    world.run_ms(200);
    let heard = world.heard(2, 1);
    assert!(heard.iter().filter(|heard| heard.at_us + 500_000 > world.now_us).count() >= 10);
}

#[test]
fn handshakes_with_bytes_changed_end_their_own_leg_at_most() {
    for seed in 0..20 {
        let mut world = World::with(2, &[1, 2]);
        let mut random = ChaCha20Rng::from_seed([seed; 32]);
        world.join(crate::world::call(1), 3, crate::device::USUAL);
        let joining = world.devices[&device(3)].address;
        for _ in 0..200 {
            let before = world.network.seen.len();
            world.run_until_us(world.now_us + FRAME_US);
            let handshakes: Vec<Packet> = world.network.seen[before..]
                .iter()
                .map(|(_, packet)| packet.clone())
                .filter(|packet| packet.from == joining && (20..64).contains(&packet.bytes[0]))
                .collect();
            for mut packet in handshakes {
                let place = random.next_u32() as usize % packet.bytes.len();
                packet.bytes[place] ^= 1 << (random.next_u32() % 8);
                world.arrive(&packet);
            }
        }
        world.talk_ms(&[1], 100);
        world.run_ms(100);
        assert_eq!(world.heard(2, 1).len(), 5);
    }
}
