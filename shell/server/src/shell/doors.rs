//! Who may come in, and how fast: connections and token buckets by address and by device. Nothing of the desk is in here.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use chancery_log::id::DeviceId;

use crate::limits::{Limits, REMEMBERED_MAX, Rate};

/// An address as far as limits go: all of an IPv6 site's 2^64 addresses are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Address(IpAddr);

/// The doors of the server.
#[derive(Debug)]
pub(crate) struct Doors {
    limits: Limits,
    // A few integers, held for no longer than it takes to count: no state of the desk.
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    connections: usize,
    per_address: HashMap<Address, usize>,
    connects: HashMap<Address, Bucket>,
    requests: HashMap<Address, Bucket>,
    by_address: HashMap<Address, Bucket>,
    by_device: HashMap<DeviceId, Bucket>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

/// One connection's place; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Pass {
    doors: Arc<Doors>,
    address: Address,
}

impl Address {
    pub(crate) fn of(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(_) => Self(ip),
            IpAddr::V6(six) => match six.to_ipv4_mapped() {
                Some(four) => Self(IpAddr::V4(four)),
                None => Self(IpAddr::V6((six.to_bits() >> 64 << 64).into())),
            },
        }
    }
}

impl Doors {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, counts: Mutex::default() })
    }

    /// A place for one more connection; none when there is none, or this address comes too often.
    pub(crate) fn enter(self: &Arc<Self>, address: Address) -> Option<Pass> {
        let mut counts = self.counts();
        if counts.connections >= self.limits.connections
            || !draw(&mut counts.connects, address, self.limits.connects)
        {
            return None;
        }
        let here = counts.per_address.entry(address).or_default();
        if *here >= self.limits.connections_per_address {
            return None;
        }
        *here += 1;
        counts.connections += 1;
        Some(Pass { doors: Arc::clone(self), address })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // Counting can't leave the numbers half changed.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass {
    /// Whether this address may ask for one more page now.
    pub(crate) fn may_request(&self) -> bool {
        draw(&mut self.doors.counts().requests, self.address, self.doors.limits.requests)
    }

    /// Whether one more message may come now from this address, and from this device if it is known.
    pub(crate) fn may_send(&self, device: Option<DeviceId>) -> bool {
        let (mut counts, limits) = (self.doors.counts(), &self.doors.limits);
        let address = draw(&mut counts.by_address, self.address, limits.messages_per_address);
        match device {
            Some(device) => draw(&mut counts.by_device, device, limits.messages_per_device) && address,
            None => address,
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut counts = self.doors.counts();
        counts.connections = counts.connections.saturating_sub(1);
        if let Some(here) = counts.per_address.get_mut(&self.address) {
            *here = here.saturating_sub(1);
            if *here == 0 {
                counts.per_address.remove(&self.address);
            }
        }
    }
}

fn draw<K: Copy + Eq + Hash>(buckets: &mut HashMap<K, Bucket>, key: K, rate: Rate) -> bool {
    let now = Instant::now();
    let full = |bucket: &Bucket| refilled(bucket, rate, now) >= rate.burst;
    if buckets.len() >= REMEMBERED_MAX && !buckets.contains_key(&key) {
        // A full bucket says nothing that a new one would not.
        buckets.retain(|_, bucket| !full(bucket));
    }
    let bucket = buckets.entry(key).or_insert(Bucket { tokens: rate.burst, at: now });
    *bucket = Bucket { tokens: refilled(bucket, rate, now), at: now };
    let enough = bucket.tokens >= 1.0;
    if enough {
        bucket.tokens -= 1.0;
    }
    enough
}

fn refilled(bucket: &Bucket, rate: Rate, now: Instant) -> f64 {
    let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
    (bucket.tokens + passed * rate.per_second).min(rate.burst)
}
