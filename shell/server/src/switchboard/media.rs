//! What the switchboard and the sfu's thread say to each other.

use chancery_log::id::{DeviceId, PackageId};
use chancery_seal::frame_header::LeafIndex;
use chancery_wire::call::{CallRefusal, DropCause, MediaSeen};

/// To the sfu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToMedia {
    /// A device offers a media connection, in place of its old one.
    Open {
        /// The call.
        package: PackageId,
        /// The device.
        device: DeviceId,
        /// Its leaf, when it has one.
        leaf: Option<LeafIndex>,
        /// Whether it may be heard.
        speaks: bool,
        /// Whether it is on hold.
        held: bool,
        /// The offer.
        sdp: String,
    },
    /// The key ids of this line's frames carry this leaf, and no other.
    SetLeaf {
        /// The call.
        package: PackageId,
        /// The device.
        device: DeviceId,
        /// The leaf; none: nothing of it is forwarded.
        leaf: Option<LeafIndex>,
    },
    /// Whether this line may be heard, and whether it is on hold.
    MaySpeak {
        /// The call.
        package: PackageId,
        /// The device.
        device: DeviceId,
        /// Whether it may be heard.
        speaks: bool,
        /// Whether it is on hold: neither hears nor is heard.
        held: bool,
    },
    /// Nothing more goes to or comes from this line.
    Close {
        /// The call.
        package: PackageId,
        /// The device.
        device: DeviceId,
    },
    /// The call is over.
    Over {
        /// The call.
        package: PackageId,
    },
}

/// From the sfu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromMedia {
    /// The answer to an offer.
    Answer {
        /// The call.
        package: PackageId,
        /// The device.
        device: DeviceId,
        /// SDP.
        sdp: String,
    },
    /// An offer that can't be answered.
    Refused {
        /// The call.
        package: PackageId,
        /// The device.
        device: DeviceId,
        /// Why.
        because: CallRefusal,
    },
    /// A media connection changed.
    Seen {
        /// The call.
        package: PackageId,
        /// The device.
        device: DeviceId,
        /// How it is.
        media: MediaSeen,
    },
    /// Frames were not forwarded.
    Dropped {
        /// The call.
        package: PackageId,
        /// Whose.
        device: DeviceId,
        /// Why.
        because: DropCause,
        /// How many since the call began.
        frames: u64,
    },
}
