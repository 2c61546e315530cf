//! An sfu, devices and a network between them, in one thread and in virtual time.

use std::{collections::BTreeMap, net::SocketAddr, time::Instant};

use chancery_log::id::{DeviceId, PackageId};
use chancery_seal::frame_header::LeafIndex;
use chancery_sfu::{
    certificate::Certificate,
    event::{Event, Statistics},
    io::{Address, Command, Datagram, Input, Output, Transport},
    sfu::{Settings, Sfu},
};

use crate::{
    device::{Device, Heard, Make, USUAL},
    frames::{leaf, sealed},
    network::{Network, Packet},
    privacy::LISTENING,
};

/// Where the sfu is. Addresses for documentation (RFC 5737), so that they show when they turn up where they should not.
pub(crate) const SFU: &str = "203.0.113.1:3478";

/// November 2026, in microseconds.
const START_US: u64 = 1_795_000_000_000_000;

/// Frames are 20 ms long.
pub(crate) const FRAME_US: u64 = 20_000;

pub(crate) struct World {
    pub(crate) sfu: Sfu,
    pub(crate) now_us: u64,
    start: Instant,
    wake_us: u64,
    pub(crate) network: Network,
    pub(crate) devices: BTreeMap<DeviceId, Device>,
    leaves: BTreeMap<DeviceId, LeafIndex>,
    pub(crate) events: Vec<(u64, Event)>,
    /// What the sfu sent, before the network had its way with it.
    pub(crate) sent_down: Vec<(u64, Packet)>,
    /// Takes what is logged while the sfu is at work.
    pub(crate) watched: Option<tracing::Dispatch>,
    answers: BTreeMap<DeviceId, String>,
}

/// A call by its number.
pub(crate) fn call(number: u8) -> PackageId {
    PackageId([number; 16])
}

/// A device by its number. Its leaf has the same.
pub(crate) fn device(number: u8) -> DeviceId {
    DeviceId([number; 32])
}

impl World {
    /// One call is open, nobody is on it.
    pub(crate) fn new() -> Self {
        Self::at(&[Address { over: Transport::Udp, at: SFU.parse().unwrap() }])
    }

    pub(crate) fn at(addresses: &[Address]) -> Self {
        let certificate = Certificate::generate().unwrap();
        let settings = Settings { certificate, addresses: addresses.to_vec(), seed: [5; 32] };
        let mut world = Self {
            sfu: Sfu::new(settings, START_US),
            now_us: START_US,
            start: Instant::now(),
            wake_us: u64::MAX,
            network: Network::new(),
            devices: BTreeMap::new(),
            leaves: BTreeMap::new(),
            events: Vec::new(),
            sent_down: Vec::new(),
            watched: None,
            answers: BTreeMap::new(),
        };
        world.command(Command::OpenCall { call: call(1) });
        world
    }

    /// One call with devices 1 to `count`, all connected, of whom those named may speak.
    pub(crate) fn with(count: u8, speakers: &[u8]) -> Self {
        let mut world = Self::new();
        for number in 1..=count {
            world.join(call(1), number, USUAL);
        }
        world.run_ms(2_000);
        for number in 1..=count {
            assert!(world.devices[&device(number)].is_connected, "device {number} did not connect");
        }
        for number in speakers {
            world.command(Command::LetSpeak { call: call(1), leg: device(*number) });
        }
        world
    }

    /// A device offers; when the answer comes it pings.
    pub(crate) fn join(&mut self, call: PackageId, number: u8, make: Make) {
        self.join_as(call, number, make, str::to_owned);
    }

    /// As [`Self::join`], but what arrives is another offer.
    pub(crate) fn join_as(
        &mut self,
        call: PackageId,
        number: u8,
        make: Make,
        change: impl FnOnce(&str) -> String,
    ) {
        let address: SocketAddr = format!("198.51.100.{number}:50{number:03}").parse().unwrap();
        let id = device(number);
        let new = Device::new(self.start, START_US, self.now_us, address, make);
        let offer = change(&new.offer);
        self.devices.insert(id, new);
        self.leaves.insert(id, leaf(number.into()));
        self.command(Command::AddLeg { call, leg: id, leaf: Some(leaf(number.into())), offer });
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.take(Input::Command(command));
    }

    /// A datagram arrives at the sfu.
    pub(crate) fn arrive(&mut self, packet: &Packet) {
        let Packet { over, from, to, bytes } = packet;
        let datagram = Datagram { over: *over, from: *from, to: *to, bytes };
        self.take(Input::Datagram(datagram));
    }

    pub(crate) fn take(&mut self, input: Input<'_>) {
        let now_us = self.now_us;
        let is_time = matches!(input, Input::Time);
        match self.watched.clone() {
            Some(watch) => {
                LISTENING.set(true);
                tracing::dispatcher::with_default(&watch, || self.sfu.take(now_us, input));
                LISTENING.set(false);
            }
            None => self.sfu.take(now_us, input),
        }
        self.drain();
        assert!(!is_time || self.wake_us > self.now_us, "a timer that never ends");
    }

    fn drain(&mut self) {
        let mut answers = Vec::new();
        loop {
            match self.sfu.next_output() {
                Output::Wait { until_us } => {
                    self.wake_us = until_us;
                    break;
                }
                Output::Transmit(sent) => {
                    let packet = Packet { over: sent.over, from: sent.from, to: sent.to, bytes: sent.bytes };
                    self.sent_down.push((self.now_us, packet.clone()));
                    self.network.send(self.now_us, packet);
                }
                Output::Event(event) => {
                    if let Event::Answer { leg, sdp, .. } = &event {
                        answers.push((*leg, sdp.clone()));
                        self.answers.insert(*leg, sdp.clone());
                    }
                    self.events.push((self.now_us, event));
                }
            }
        }
        for (id, sdp) in answers {
            let mut sent = Vec::new();
            // An attacker's offer has no device that waits for the answer.
            if let Some(device) = self.devices.get_mut(&id) {
                device.accept(&sdp, self.now_us, &mut sent);
            }
            self.send_up(sent);
        }
    }

    fn send_up(&mut self, sent: Vec<Packet>) {
        for packet in sent {
            self.network.send(self.now_us, packet);
        }
    }

    /// Time goes on, and whatever is due happens.
    pub(crate) fn run_ms(&mut self, ms: u64) {
        self.run_until_us(self.now_us + ms * 1_000);
    }

    pub(crate) fn run_until_us(&mut self, end_us: u64) {
        loop {
            let devices_us = self.devices.values().map(|device| device.wake_us).min();
            let next_us =
                [self.network.next_us(), devices_us, Some(self.wake_us)].into_iter().flatten().min();
            match next_us {
                Some(next_us) if next_us <= end_us => self.now_us = self.now_us.max(next_us),
                Some(_) | None => break,
            }
            self.step();
        }
        self.now_us = end_us;
    }

    fn step(&mut self) {
        let sfu: SocketAddr = SFU.parse().unwrap();
        while let Some(packet) = self.network.arrive(self.now_us) {
            if packet.to.ip() == sfu.ip() {
                self.arrive(&packet);
                continue;
            }
            let mut sent = Vec::new();
            let to = self.devices.values_mut().find(|device| device.address == packet.to);
            if let Some(device) = to {
                device.take(self.now_us, &packet, &mut sent);
            }
            self.send_up(sent);
        }
        let mut sent = Vec::new();
        for device in self.devices.values_mut().filter(|device| device.wake_us <= self.now_us) {
            device.pass(self.now_us, &mut sent);
        }
        self.send_up(sent);
        if self.wake_us <= self.now_us {
            self.take(Input::Time);
        }
    }

    /// A device sends these bytes as a frame.
    pub(crate) fn say(&mut self, number: u8, frame: Vec<u8>) {
        let mut sent = Vec::new();
        self.devices.get_mut(&device(number)).unwrap().say(frame, self.now_us, &mut sent);
        self.send_up(sent);
    }

    /// These devices talk for so long, each with its own sealed frames.
    pub(crate) fn talk_ms(&mut self, numbers: &[u8], ms: u64) {
        for _ in 0..ms * 1_000 / FRAME_US {
            for number in numbers {
                let counter = self.devices[&device(*number)].said;
                self.say(*number, sealed(leaf((*number).into()), counter));
            }
            self.run_until_us(self.now_us + FRAME_US);
        }
    }

    /// What a device heard of another one, by the key ids of the frames.
    pub(crate) fn heard(&self, listener: u8, speaker: u8) -> Vec<Heard> {
        let of = |heard: &&Heard| {
            let frame = chancery_seal::frame_header::SealedFrame::read(&heard.frame).unwrap();
            frame.key_id.leaf == leaf(speaker.into())
        };
        self.devices[&device(listener)].heard.iter().filter(of).cloned().collect()
    }

    /// A device says good-bye.
    pub(crate) fn close(&mut self, number: u8) {
        let mut sent = Vec::new();
        self.devices.get_mut(&device(number)).unwrap().close(self.now_us, &mut sent);
        self.send_up(sent);
    }

    /// The newest answer to a device.
    pub(crate) fn answer_of(&self, number: u8) -> String {
        self.answers[&device(number)].clone()
    }

    /// The events since the last call of this.
    pub(crate) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events).into_iter().map(|(_, event)| event).collect()
    }

    /// All that was counted for a device's leg, as of the end of its next 5 s.
    pub(crate) fn statistics(&mut self, number: u8) -> Statistics {
        self.run_ms(6_000);
        let of = |event: &Event| match event {
            Event::Statistics { leg, statistics, .. } if *leg == device(number) => Some(**statistics),
            _ => None,
        };
        self.events.iter().rev().find_map(|(_, event)| of(event)).expect("statistics every 5 s")
    }

    /// Frames that a device was sent again, or missed in vain.
    pub(crate) fn sent_again(&mut self, number: u8) -> u64 {
        let statistics = self.statistics(number);
        statistics.repeated_down + statistics.not_repeated_down
    }
}
