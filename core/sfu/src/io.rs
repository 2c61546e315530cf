//! Everything that goes into the sfu, and everything that comes out.

use core::net::SocketAddr;
use std::fmt;

use chancery_log::id::{DeviceId, PackageId};
use chancery_seal::frame_header::LeafIndex;

use crate::event::Event;

/// What carries a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// UDP.
    Udp,
    /// TCP, each datagram after its length in two bytes (RFC 4571). The shell frames and unframes; the sfu sees datagrams.
    Tcp,
}

/// Where devices can reach the sfu: a host candidate of every answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Address {
    /// UDP, or TCP on which the shell accepts connections.
    pub over: Transport,
    /// As devices see it.
    pub at: SocketAddr,
}

/// How a device's candidates say that it is reached, and so how a path's far end is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The device's own address.
    Host,
    /// The address of what translates for it.
    ServerReflexive,
    /// A relay's.
    Relayed,
    /// Not among the candidates of the offer: behind a translation that nobody asked, or found later.
    Unlisted,
}

/// One thing that happened outside.
#[derive(Debug)]
pub enum Input<'a> {
    /// A datagram came.
    Datagram(Datagram<'a>),
    /// The server wants something.
    Command(Command),
    /// The time of the last [`Output::Wait`] has come. Any other input tells the time too.
    Time,
}

/// A datagram as it came.
#[derive(Clone, Copy)]
pub struct Datagram<'a> {
    /// What carried it.
    pub over: Transport,
    /// From whom.
    pub from: SocketAddr,
    /// To which of ours. Answers go out from there.
    pub to: SocketAddr,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// What the server wants. Whatever can't be done comes back as [`Event::Refused`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A call begins.
    OpenCall {
        /// Its package.
        call: PackageId,
    },
    /// It is over: all its legs are cut.
    CloseCall {
        /// Its package.
        call: PackageId,
    },
    /// A device offers to join. It listens and is not on hold, until commands say otherwise. If it has a leg already, that
    /// one is cut first.
    AddLeg {
        /// On this call.
        call: PackageId,
        /// The device.
        leg: DeviceId,
        /// Its leaf in the call's group; none while it is not in it yet.
        leaf: Option<LeafIndex>,
        /// Its SDP.
        offer: String,
    },
    /// The device's leaf changed, or is known now, or is none any more.
    SetLeaf {
        /// On this call.
        call: PackageId,
        /// The device.
        leg: DeviceId,
        /// Its leaf.
        leaf: Option<LeafIndex>,
    },
    /// The leg is cut at once: from here on nothing is sent to it or taken from it.
    RemoveLeg {
        /// On this call.
        call: PackageId,
        /// The device.
        leg: DeviceId,
    },
    /// By role or because it has the floor: its frames are forwarded.
    LetSpeak {
        /// On this call.
        call: PackageId,
        /// The device.
        leg: DeviceId,
    },
    /// Its frames are dropped. It goes on hearing.
    Silence {
        /// On this call.
        call: PackageId,
        /// The device.
        leg: DeviceId,
    },
    /// It hears nobody and nobody hears it. Its right to speak stays what it is.
    Hold {
        /// On this call.
        call: PackageId,
        /// The device.
        leg: DeviceId,
    },
    /// The hold is over.
    Resume {
        /// On this call.
        call: PackageId,
        /// The device.
        leg: DeviceId,
    },
    /// Each frame that is forwarded, or would be if somebody listened, comes out as [`Event::Taped`].
    StartTape {
        /// Of this call.
        call: PackageId,
    },
    /// No more.
    StopTape {
        /// Of this call.
        call: PackageId,
    },
}

/// One thing to be done outside.
#[derive(Debug)]
pub enum Output {
    /// Send this.
    Transmit(Transmit),
    /// Something happened that the server may want to know.
    Event(Event),
    /// Nothing more, until something comes or this time is told.
    Wait {
        /// Microseconds since 1970 UTC.
        until_us: u64,
    },
}

/// A datagram to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Transmit {
    /// What carries it. Over TCP: on the connection that `to` made to `from`; when it is gone, nowhere.
    pub over: Transport,
    /// From which of ours.
    pub from: SocketAddr,
    /// To whom.
    pub to: SocketAddr,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Addresses say where people are; they are shown to nobody.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({:?})", self.over)
    }
}

impl fmt::Debug for Datagram<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Datagram({:?}, {} bytes)", self.over, self.bytes.len())
    }
}

impl fmt::Debug for Transmit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transmit({:?}, {} bytes)", self.over, self.bytes.len())
    }
}
