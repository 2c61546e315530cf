//! One device on one call: its connection, its place in the call, what comes from it and what goes to it.

pub(crate) mod down;
pub(crate) mod dtls;
pub(crate) mod ice;
mod kept;
mod missing;
mod reception;
mod reports;
mod told;
pub(crate) mod up;

use std::collections::VecDeque;

use chancery_log::id::{DeviceId, PackageId};
use chancery_seal::frame_header::{LeafIndex, SealedFrame};

use self::{
    down::Down,
    dtls::Dtls,
    ice::Ice,
    told::Told,
    up::{Frame, Unreceived, Up},
};
use crate::{
    event::{Cause, Event, Statistics},
    io::{Output, Transmit},
    leg::ice::PathAddress,
    limits::{
        DATAGRAMS_BURST, DATAGRAMS_PER_SECOND, HANDSHAKE_BURST, HANDSHAKE_PER_SECOND, REPEATS_BURST,
        REPEATS_PER_SECOND, REPORT_US, STATISTICS_US,
    },
    rate::Rate,
    sdp::offer::{Asks, Echo},
    srtp::{Srtp, window::Window},
};

/// Where a leg is kept, and which one it is: places are used again, numbers never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LegAt {
    pub(crate) place: usize,
    pub(crate) number: u64,
}

/// Whether a leg's frames are forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Floor {
    Speaks,
    Listens,
}

/// Whether it takes part at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    On,
    Off,
}

/// How far its connection is.
pub(crate) enum Connection {
    /// No keys yet.
    Joining,
    /// Frames go both ways.
    Connected(Box<Srtp>),
    /// As before, but nothing came for a while.
    Quiet(Box<Srtp>),
}

/// One device on one call.
pub(crate) struct Leg {
    pub(crate) at: LegAt,
    pub(crate) call: PackageId,
    pub(crate) device: DeviceId,

    // Its place in the call, by commands.
    pub(crate) leaf: Option<LeafIndex>,
    pub(crate) floor: Floor,
    pub(crate) hold: Hold,

    // Its connection.
    pub(crate) ice: Ice,
    pub(crate) dtls: Dtls,
    pub(crate) connection: Connection,
    pub(crate) joined_us: u64,
    pub(crate) heard_us: u64,
    rate: Rate,
    pub(crate) handshake_rate: Rate,

    // What goes through it.
    pub(crate) up: Up,
    pub(crate) down: Down,
    asks: Asks,
    echo: Echo,
    repeats_rate: Rate,
    reporters: Vec<(u32, Window)>,
    round_trip_us: Option<u32>,

    // What is told of it.
    pub(crate) statistics: Statistics,
    told: [Told; Cause::ALL.len()],
    told_no_slot: Told,
    told_up: Sums,
    told_down: Sums,
    pub(crate) next_report_us: u64,
    pub(crate) next_statistics_us: u64,
    /// When it is looked at next, as the timers know it.
    pub(crate) due_us: u64,
}

/// Frames of one way, and how many of them did not come at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sums {
    frames: u64,
    lost: u64,
}

/// What a leg begins with.
pub(crate) struct Joining {
    pub(crate) at: LegAt,
    pub(crate) call: PackageId,
    pub(crate) device: DeviceId,
    pub(crate) leaf: Option<LeafIndex>,
    pub(crate) ice: Ice,
    pub(crate) dtls: Dtls,
    pub(crate) up: Up,
    pub(crate) down: Down,
    pub(crate) asks: Asks,
    pub(crate) echo: Echo,
}

impl Leg {
    /// It listens and waits for the first ping.
    pub(crate) fn new(joining: Joining, now_us: u64) -> Self {
        let Joining { at, call, device, leaf, ice, dtls, up, down, asks, echo } = joining;
        Self {
            at,
            call,
            device,
            leaf,
            floor: Floor::Listens,
            hold: Hold::Off,
            ice,
            dtls,
            connection: Connection::Joining,
            joined_us: now_us,
            heard_us: now_us,
            rate: Rate::new(DATAGRAMS_PER_SECOND, DATAGRAMS_BURST, now_us),
            handshake_rate: Rate::new(HANDSHAKE_PER_SECOND, HANDSHAKE_BURST, now_us),
            up,
            down,
            asks,
            echo,
            repeats_rate: Rate::new(REPEATS_PER_SECOND, REPEATS_BURST, now_us),
            reporters: Vec::new(),
            round_trip_us: None,
            statistics: Statistics::default(),
            told: [Told::default(); Cause::ALL.len()],
            told_no_slot: Told::default(),
            told_up: Sums::default(),
            told_down: Sums::default(),
            next_report_us: now_us + REPORT_US,
            next_statistics_us: now_us + STATISTICS_US,
            due_us: now_us + REPORT_US,
        }
    }

    /// When it must be looked at, whatever comes.
    pub(crate) fn next_due_us(&self, now_us: u64) -> u64 {
        let others = [self.dtls.due_us(), self.up.missing.due_us()];
        let first = others.into_iter().flatten().fold(self.next_report_us, u64::min);
        first.max(now_us + 1)
    }

    /// The keys of its media, once it has them.
    pub(crate) fn srtp(&mut self) -> Option<&mut Srtp> {
        match &mut self.connection {
            Connection::Joining => None,
            Connection::Connected(srtp) | Connection::Quiet(srtp) => Some(srtp),
        }
    }

    /// Something came that only the device can have sent.
    pub(crate) fn heard(&mut self, now_us: u64, to: &mut VecDeque<Output>) {
        self.heard_us = now_us;
        match std::mem::replace(&mut self.connection, Connection::Joining) {
            Connection::Quiet(srtp) => {
                self.connection = Connection::Connected(srtp);
                to.push_back(Output::Event(Event::Back { call: self.call, leg: self.device }));
            }
            other @ (Connection::Joining | Connection::Connected(_)) => self.connection = other,
        }
    }

    /// Nothing came for a while.
    pub(crate) fn fall_quiet(&mut self, to: &mut VecDeque<Output>) {
        match std::mem::replace(&mut self.connection, Connection::Joining) {
            Connection::Connected(srtp) => {
                self.connection = Connection::Quiet(srtp);
                to.push_back(Output::Event(Event::Quiet { call: self.call, leg: self.device }));
            }
            other @ (Connection::Joining | Connection::Quiet(_)) => self.connection = other,
        }
    }

    /// Sends on the path that the device uses.
    pub(crate) fn send(&mut self, bytes: Vec<u8>, to: &mut VecDeque<Output>) {
        if let Some(path) = self.ice.used() {
            self.send_on(path, bytes, to);
        }
    }

    /// Sends on one of its paths.
    pub(crate) fn send_on(&mut self, path: PathAddress, bytes: Vec<u8>, to: &mut VecDeque<Output>) {
        self.statistics.bytes_down += bytes.len() as u64;
        let PathAddress { over, local, remote } = path;
        to.push_back(Output::Transmit(Transmit { over, from: local, to: remote, bytes }));
    }

    /// Whether it may send one more; to be asked only of what is authentic.
    pub(crate) fn is_within_rate(&mut self, now_us: u64) -> bool {
        let is_within = self.rate.take(now_us);
        if !is_within {
            self.statistics.over_rate += 1;
        }
        is_within
    }

    /// Opens a datagram of media into `buffer`.
    pub(crate) fn receive(&mut self, packet: &[u8], now_us: u64, buffer: &mut [u8]) -> Option<Frame> {
        let srtp = match &mut self.connection {
            Connection::Joining => None,
            Connection::Connected(srtp) | Connection::Quiet(srtp) => Some(srtp),
        };
        // Before the keys nothing can be told of it.
        let srtp = srtp?;
        match self.up.receive(srtp, packet, now_us, buffer) {
            Ok(frame) => self.is_within_rate(now_us).then_some(frame),
            Err(Unreceived::Strange) => {
                self.statistics.strange += 1;
                None
            }
            Err(Unreceived::Repeated) => {
                self.statistics.repeated += 1;
                None
            }
            Err(Unreceived::Forged) => {
                self.statistics.forged += 1;
                None
            }
        }
    }

    /// Whether a frame of this leg may go on. The sfu can not open it; that its key id is not a lie only who opens it knows.
    pub(crate) fn judge(&self, frame: &[u8]) -> Result<LeafIndex, Cause> {
        let sealed = SealedFrame::read(frame).map_err(|_| Cause::Unsealed)?;
        let leaf = self.leaf.ok_or(Cause::NoLeaf)?;
        if sealed.key_id.leaf != leaf {
            return Err(Cause::OtherLeaf);
        }
        match (self.hold, self.floor) {
            (Hold::On, _) => Err(Cause::OnHold),
            (Hold::Off, Floor::Listens) => Err(Cause::MayNotSpeak),
            (Hold::Off, Floor::Speaks) => Ok(leaf),
        }
    }

    /// A frame of this leg goes nowhere.
    pub(crate) fn drop_frame(&mut self, cause: Cause, now_us: u64, to: &mut VecDeque<Output>) {
        *self.statistics.of_cause(cause) += 1;
        self.tell_dropped(now_us, to);
    }

    /// Tells what was dropped, if it just begins.
    fn tell_dropped(&mut self, now_us: u64, to: &mut VecDeque<Output>) {
        self.tell(to, |told, counted| told.news(counted, now_us));
    }

    /// Tells all that was dropped and not told yet.
    pub(crate) fn tell_rest(&mut self, now_us: u64, to: &mut VecDeque<Output>) {
        self.tell(to, |told, counted| told.rest(counted, now_us));
    }

    fn tell(&mut self, to: &mut VecDeque<Output>, news: impl Fn(&mut Told, u64) -> Option<u64>) {
        let (call, leg) = (self.call, self.device);
        for (cause, told) in Cause::ALL.into_iter().zip(&mut self.told) {
            if let Some(frames) = news(told, self.statistics.dropped(cause)) {
                to.push_back(Output::Event(Event::Dropped { call, leg, cause, frames }));
            }
        }
        if let Some(frames) = news(&mut self.told_no_slot, self.statistics.no_slot) {
            to.push_back(Output::Event(Event::NoSlot { call, leg, frames }));
        }
    }

    /// Hears a frame of a speaker.
    pub(crate) fn hear(
        &mut self,
        speaker: LegAt,
        frame: &Frame,
        payload: &[u8],
        now_us: u64,
        to: &mut VecDeque<Output>,
    ) {
        let srtp = match (self.hold, &mut self.connection) {
            (Hold::On, _) | (Hold::Off, Connection::Joining) => return,
            (Hold::Off, Connection::Connected(srtp) | Connection::Quiet(srtp)) => srtp,
        };
        let Some(slot) = self.down.slot_of(speaker) else {
            self.statistics.no_slot += 1;
            self.tell_dropped(now_us, to);
            return;
        };
        if let Some(packet) = slot.send(srtp, frame, payload, now_us) {
            self.statistics.frames_down += 1;
            self.send(packet, to);
        }
    }

    /// All that was counted.
    pub(crate) fn counted(&self) -> Box<Statistics> {
        let missing = &self.up.missing;
        Box::new(Statistics { lost_up: missing.lost, recovered_up: missing.recovered, ..self.statistics })
    }
}
