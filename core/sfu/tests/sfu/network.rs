//! A network in virtual time: it delays, loses and reorders datagrams, each direction for itself.

use std::{collections::BTreeMap, net::SocketAddr};

use chancery_sfu::io::Transport;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};

/// A datagram under way.
#[derive(Clone)]
pub(crate) struct Packet {
    pub(crate) over: Transport,
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) bytes: Vec<u8>,
}

/// How datagrams fare.
#[derive(Clone, Copy)]
pub(crate) struct Weather {
    pub(crate) latency_us: u64,
    /// Up to so much more, so that datagrams overtake one another when it is longer than they are apart.
    pub(crate) jitter_us: u64,
    pub(crate) lost_of_1000: u32,
}

/// A local network.
pub(crate) const FAIR: Weather = Weather { latency_us: 5_000, jitter_us: 0, lost_of_1000: 0 };

pub(crate) struct Network {
    pub(crate) weather: Weather,
    under_way: BTreeMap<(u64, u64), Packet>,
    sent: u64,
    random: ChaCha20Rng,
    /// Every datagram that was handed in, for attackers and for counting.
    pub(crate) seen: Vec<(u64, Packet)>,
}

impl Network {
    pub(crate) fn new() -> Self {
        let random = ChaCha20Rng::from_seed([9; 32]);
        Self { weather: FAIR, under_way: BTreeMap::new(), sent: 0, random, seen: Vec::new() }
    }

    pub(crate) fn send(&mut self, now_us: u64, packet: Packet) {
        self.seen.push((now_us, packet.clone()));
        if self.random.next_u32() % 1_000 < self.weather.lost_of_1000 {
            return;
        }
        let jitter_us = match self.weather.jitter_us {
            0 => 0,
            most => u64::from(self.random.next_u32()) % most,
        };
        self.sent += 1;
        self.under_way.insert((now_us + self.weather.latency_us + jitter_us, self.sent), packet);
    }

    pub(crate) fn next_us(&self) -> Option<u64> {
        self.under_way.first_key_value().map(|((at_us, _), _)| *at_us)
    }

    pub(crate) fn arrive(&mut self, now_us: u64) -> Option<Packet> {
        let entry = self.under_way.first_entry()?;
        (entry.key().0 <= now_us).then(|| entry.remove())
    }
}
