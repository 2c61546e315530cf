//! Everything that goes into a participant, and everything that comes out.

use chancery_desk::refusal::Refusal;
use chancery_log::id::{Digest, PackageId, Scope};
use chancery_wire::to_client::{Closing, Deferral};

use crate::{alarm::Alarm, call::CallOut, outbox::Ticket};

/// What a participant is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The socket is open. `host`: host and port as dialled.
    Connected {
        /// "desk.example:8443"
        host: String,
    },
    /// One message from the server.
    Message(Vec<u8>),
    /// The socket is gone.
    Disconnected,
    /// Time has passed.
    Tick,
}

/// What a participant wants. The shell writes all `Keep`s of one drain to disk before it carries out the `Send`s.
#[derive(Debug)]
pub enum Output {
    /// Send this message.
    Send(Vec<u8>),
    /// Write this record, or take it away. Both are bytes; the value is sealed.
    Keep {
        /// The key.
        key: Vec<u8>,
        /// The sealed value, none to take it away.
        value: Option<Vec<u8>>,
    },
    /// Close the socket: what came over it can't be trusted or read.
    Close,
    /// To whatever has the microphone and the loudspeaker of a call.
    Call {
        /// The call.
        package: PackageId,
        /// What.
        say: CallOut,
    },
    /// Something happened that people and programs may want to know.
    Event(Event),
}

/// News.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The server let this device in.
    Welcome,
    /// Every scope is as far as the server said at the welcome, and every body that can be opened is.
    CaughtUp,
    /// Something of this scope changed.
    Changed(Scope),
    /// A call that this device is on changed: members, epoch, lines.
    Call(PackageId),
    /// The deed is in the log: on the server's disk, proved.
    Logged {
        /// Whose deed.
        ticket: Ticket,
        /// Digest of its act.
        act: Digest,
        /// Index in the log.
        index: u64,
    },
    /// The deed was refused.
    Refused {
        /// Whose deed.
        ticket: Ticket,
        /// Why, and what would be needed.
        refusal: Refusal,
    },
    /// The server's log was restored from a backup, and this device went back with it.
    Rewound {
        /// Size of the restored log.
        size: u64,
        /// Deeds of this device that are done again.
        done_again: usize,
    },
    /// The deed waits, for this reason; it is sent again by itself.
    Waits {
        /// Whose deed.
        ticket: Ticket,
        /// Why.
        because: Deferral,
    },
    /// Devices wait for approval.
    Knocks,
    /// The server closed the connection.
    Closing(Closing),
    /// Something that must not happen.
    Alarm(Alarm),
}
