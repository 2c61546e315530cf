//! The sfu without its sockets: one enum in, one enum out, time told. It forwards sealed frames between the legs of a call;
//! it holds no key that opens one. Each `Sfu` owns its calls alone, so a machine runs several side by side.
//!
//! **Drain [`Sfu::next_output`] until [`Output::Wait`] after each batch of inputs**, and tell the time when it has come.

mod commands;
mod datagrams;
mod forward;
mod legs;
mod passing;

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    fmt,
};

use chancery_log::id::{DeviceId, PackageId};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use self::legs::Legs;
use crate::{
    certificate::Certificate,
    clock::Clock,
    event::{End, Event},
    io::{Address, Input, Output},
    leg::{Leg, ice::PathAddress},
    limits::{DATAGRAM_BYTES_MAX, JOINS_BURST, JOINS_PER_SECOND},
    rate::Rate,
};

/// What an sfu starts with.
#[derive(Clone)]
pub struct Settings {
    /// For DTLS; one for all the process.
    pub certificate: Certificate,
    /// Where devices can reach it, in the order in which they should try.
    pub addresses: Vec<Address>,
    /// 32 random bytes, of this sfu alone: names and passwords of pings come from it.
    pub seed: [u8; 32],
}

/// One call.
#[derive(Debug, Default)]
struct Call {
    /// Places of its legs.
    legs: Vec<usize>,
    tape: Tape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Tape {
    On,
    #[default]
    Off,
}

/// Forwards sealed frames between the legs of its calls.
pub struct Sfu {
    certificate: Certificate,
    addresses: Vec<Address>,
    random: ChaCha20Rng,
    clock: Clock,
    now_us: u64,

    calls: HashMap<PackageId, Call>,
    legs: Legs,
    /// By our part of the name in a leg's pings.
    by_fragment: HashMap<String, usize>,
    /// By where a leg's datagrams come from, once a ping proved it.
    by_path: HashMap<PathAddress, usize>,
    /// When each leg is looked at, the next one first.
    timers: BTreeSet<(u64, usize)>,

    joins: Rate,
    strangers: u64,
    outputs: VecDeque<Output>,
    /// Where a frame is opened to.
    buffer: Vec<u8>,
}

impl Sfu {
    /// Without calls. `now_us`: microseconds since 1970 UTC, by a clock that does not go back.
    pub fn new(settings: Settings, now_us: u64) -> Self {
        let Settings { certificate, addresses, seed } = settings;
        Self {
            certificate,
            addresses,
            random: ChaCha20Rng::from_seed(seed),
            clock: Clock::starting(now_us),
            now_us,
            calls: HashMap::new(),
            legs: Legs::default(),
            by_fragment: HashMap::new(),
            by_path: HashMap::new(),
            timers: BTreeSet::new(),
            joins: Rate::new(JOINS_PER_SECOND, JOINS_BURST, now_us),
            strangers: 0,
            outputs: VecDeque::new(),
            buffer: vec![0; DATAGRAM_BYTES_MAX],
        }
    }

    /// Takes one input.
    pub fn take(&mut self, now_us: u64, input: Input<'_>) {
        self.now_us = self.now_us.max(now_us);
        match input {
            Input::Datagram(datagram) => self.datagram(&datagram),
            Input::Command(command) => self.command(command),
            Input::Time => self.pass(),
        }
    }

    /// What is to be done outside; [`Output::Wait`] when there is nothing more.
    pub fn next_output(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or_else(|| Output::Wait {
            until_us: self.timers.first().map_or(u64::MAX, |(due_us, _)| *due_us),
        })
    }

    /// Calls that are open.
    pub fn calls(&self) -> usize {
        self.calls.len()
    }

    /// Legs on all calls.
    pub fn legs(&self) -> usize {
        self.legs.count()
    }

    /// Datagrams that belonged to no leg.
    pub fn strangers(&self) -> u64 {
        self.strangers
    }

    fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    /// The place of a device's leg.
    fn place(&self, call: PackageId, device: DeviceId) -> Option<usize> {
        let mut legs = self.calls.get(&call)?.legs.iter().copied();
        legs.find(|place| self.legs.get(*place).is_some_and(|leg| leg.device == device))
    }

    /// Something of a leg has changed: when it is to be looked at, too.
    fn schedule(&mut self, place: usize) {
        let Some(leg) = self.legs.get_mut(place) else { return };
        let due_us = leg.next_due_us(self.now_us);
        if due_us != leg.due_us {
            self.timers.remove(&(leg.due_us, place));
            self.timers.insert((due_us, place));
            leg.due_us = due_us;
        }
    }

    /// Takes a leg away at once: no name, path or place of it is left, and nothing of it in the slots of the others.
    fn cut(&mut self, place: usize, because: End) {
        let Some(mut leg) = self.legs.take(place) else { return };
        leg.tell_rest(self.now_us, &mut self.outputs);
        let Leg { at, call, device, ice, due_us, .. } = &*leg;
        self.timers.remove(&(*due_us, place));
        self.by_fragment.remove(&ice.credentials.fragment);
        for path in ice.paths() {
            // It may be another leg's by now.
            if self.by_path.get(path) == Some(&place) {
                self.by_path.remove(path);
            }
        }
        if let Some(known) = self.calls.get_mut(call) {
            known.legs.retain(|other| *other != place);
            for other in &known.legs {
                if let Some(other) = self.legs.get_mut(*other) {
                    other.down.free(*at);
                }
            }
        }
        self.outputs.push_back(Output::Event(Event::Left {
            call: *call,
            leg: *device,
            because,
            statistics: leg.counted(),
        }));
    }
}

/// Keys and addresses are in it; they are shown to nobody.
impl fmt::Debug for Sfu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sfu({} calls, {} legs)", self.calls(), self.legs())
    }
}
