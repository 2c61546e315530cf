//! What the sfu tells the server. No address is ever in it.

use chancery_log::id::{DeviceId, PackageId};
use chancery_seal::frame_header::LeafIndex;

use crate::{
    io::{Kind, Transport},
    refusal::Refusal,
};

/// News.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The answer to a leg's offer.
    Answer {
        /// On this call.
        call: PackageId,
        /// For this device.
        leg: DeviceId,
        /// The SDP.
        sdp: String,
    },
    /// A command was not done, and nothing has changed.
    Refused {
        /// On this call.
        call: PackageId,
        /// For this device, if it was about one.
        leg: Option<DeviceId>,
        /// Why.
        because: Refusal,
    },
    /// Keys are there: frames can go both ways.
    Connected {
        /// On this call.
        call: PackageId,
        /// This device.
        leg: DeviceId,
        /// How long it took from the offer.
        took_us: u64,
    },
    /// How the path to a leg is. Once a second for each that is connected.
    Path {
        /// On this call.
        call: PackageId,
        /// To this device.
        leg: DeviceId,
        /// What is known.
        path: Path,
    },
    /// Nothing came from the leg for some seconds. It may come back by itself.
    Quiet {
        /// On this call.
        call: PackageId,
        /// This device.
        leg: DeviceId,
    },
    /// Something came again from a leg that was quiet.
    Back {
        /// On this call.
        call: PackageId,
        /// This device.
        leg: DeviceId,
    },
    /// The leg is gone. The device may make a new one.
    Left {
        /// On this call.
        call: PackageId,
        /// This device.
        leg: DeviceId,
        /// Why.
        because: End,
        /// All that was counted.
        statistics: Box<Statistics>,
    },
    /// Frames of a leg were dropped. Told at once when it begins, then once a second while it goes on.
    Dropped {
        /// On this call.
        call: PackageId,
        /// From this device.
        leg: DeviceId,
        /// Why.
        cause: Cause,
        /// How many since it was told last. Exact.
        frames: u64,
    },
    /// Frames could not be heard by a leg, because none of its slots was free. Told like [`Event::Dropped`].
    NoSlot {
        /// On this call.
        call: PackageId,
        /// The device that did not hear.
        leg: DeviceId,
        /// How many since it was told last.
        frames: u64,
    },
    /// A frame for the tape: as it came, sealed by its device.
    Taped {
        /// On this call.
        call: PackageId,
        /// From this device.
        leg: DeviceId,
        /// In its key id, and the leg's own.
        leaf: LeafIndex,
        /// When it came, in microseconds since 1970 UTC.
        at_us: u64,
        /// The sealed frame.
        frame: Vec<u8>,
    },
    /// All that was counted for a leg so far. Every few seconds.
    Statistics {
        /// On this call.
        call: PackageId,
        /// Of this device.
        leg: DeviceId,
        /// The counts.
        statistics: Box<Statistics>,
    },
}

/// Why a frame of a leg went nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// It has no SFrame header of ours: most likely the device sends in clear.
    Unsealed,
    /// Its key id names another leaf than the leg's: a forgery, or an old epoch.
    OtherLeaf,
    /// The leg's leaf isn't known yet.
    NoLeaf,
    /// The leg is on hold.
    OnHold,
    /// It has neither a role that speaks nor the floor.
    MayNotSpeak,
}

impl Cause {
    /// All of them, in the order in which a frame is judged.
    pub const ALL: [Self; 5] =
        [Self::Unsealed, Self::OtherLeaf, Self::NoLeaf, Self::OnHold, Self::MayNotSpeak];
}

/// Why a leg is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// By command.
    Removed,
    /// The device offered anew.
    Replaced,
    /// Its call was closed.
    CallClosed,
    /// The device closed it.
    Closed,
    /// Nothing came for too long.
    Silent,
    /// It never got as far as keys.
    NeverConnected,
    /// DTLS failed. When it says that another certificate came, somebody stood in between.
    Failed {
        /// What DTLS says.
        why: String,
    },
}

/// How the path to a leg is: always direct, from the sfu to what the device's candidates call the far end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path {
    /// What the far end is.
    pub kind: Kind,
    /// What carries it.
    pub over: Transport,
    /// There and back, if it was measured.
    pub round_trip_us: Option<u32>,
    /// From the device to us, in the last second; none when it sent nothing.
    pub up: Option<Quality>,
    /// From us to the device, as its last report says; none when it heard nobody.
    pub down: Option<Quality>,
}

/// One way of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quality {
    /// Lost on the way, of 1,000; before anything was sent again.
    pub lost_of_1000: u16,
    /// Jitter as RFC 3550 counts it.
    pub jitter_us: u32,
}

/// Everything counted for one leg, from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Datagrams that came, of every kind.
    pub datagrams_up: u64,
    /// Their bytes.
    pub bytes_up: u64,
    /// Datagrams that were not even looked at, because there were too many.
    pub over_rate: u64,
    /// Forged or damaged.
    pub forged: u64,
    /// Came a second time, or too late to tell.
    pub repeated: u64,
    /// Of no kind that was agreed.
    pub strange: u64,
    /// Frames that came and were the leg's own to send.
    pub frames_up: u64,
    /// Frames that were lost on the way up at first.
    pub lost_up: u64,
    /// Of those, how many came when they were asked for.
    pub recovered_up: u64,
    /// Frames dropped: [`Cause::Unsealed`].
    pub unsealed: u64,
    /// [`Cause::OtherLeaf`].
    pub other_leaf: u64,
    /// [`Cause::NoLeaf`].
    pub no_leaf: u64,
    /// [`Cause::OnHold`].
    pub on_hold: u64,
    /// [`Cause::MayNotSpeak`].
    pub may_not_speak: u64,
    /// Frames that the leg was sent.
    pub frames_down: u64,
    /// Bytes that the leg was sent, of every kind.
    pub bytes_down: u64,
    /// Frames that were sent again because the device missed them.
    pub repeated_down: u64,
    /// Frames that the device missed and that were no longer there, or asked for too often.
    pub not_repeated_down: u64,
    /// Frames that it could not hear for want of a slot.
    pub no_slot: u64,
}

impl Statistics {
    pub(crate) fn of_cause(&mut self, cause: Cause) -> &mut u64 {
        match cause {
            Cause::Unsealed => &mut self.unsealed,
            Cause::OtherLeaf => &mut self.other_leaf,
            Cause::NoLeaf => &mut self.no_leaf,
            Cause::OnHold => &mut self.on_hold,
            Cause::MayNotSpeak => &mut self.may_not_speak,
        }
    }

    /// How many frames were dropped for this cause.
    pub fn dropped(&self, cause: Cause) -> u64 {
        match cause {
            Cause::Unsealed => self.unsealed,
            Cause::OtherLeaf => self.other_leaf,
            Cause::NoLeaf => self.no_leaf,
            Cause::OnHold => self.on_hold,
            Cause::MayNotSpeak => self.may_not_speak,
        }
    }
}
