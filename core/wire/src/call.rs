//! What is said about a call in progress: the group's handshakes, which the server puts in order and can not forge, the
//! offer and answer of the media connection, and what the server saw of the lines. Nothing of it is logged.
//! The handshakes' formats stand in docs/group.md, the order of things in docs/call.md.

use chancery_log::id::{DeviceId, PartyId};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// What a device says about a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum CallUp {
    /// Here is this party's device: whoever commits next may add it. Said again after a reload, with a fresh key package.
    Join {
        /// As which party.
        party: PartyId,
        /// MLS KeyPackage message (RFC 9420 §10), used once.
        key_package: ByteBuf,
    },
    /// The device is still in the group at this epoch, and its connection is new.
    Resume {
        /// Its epoch.
        epoch: u64,
    },
    /// The group's public side: from its creator, or when the server asks for it.
    Group {
        /// MLS GroupInfo message with the ratchet tree (RFC 9420 §12.4.3).
        group_info: ByteBuf,
    },
    /// A commit. It counts when it comes back as [`CallDown::Committed`].
    Commit {
        /// MLS PublicMessage.
        commit: ByteBuf,
        /// MLS Welcome message for those whom it adds; none when it adds nobody.
        welcome: Option<ByteBuf>,
    },
    /// A message that only the group can read.
    Say {
        /// MLS PrivateMessage.
        message: ByteBuf,
    },
    /// A new media connection in place of the old one, if any.
    Offer {
        /// SDP (RFC 8866).
        sdp: String,
    },
    /// Off the call; the act that says so follows, or went before.
    Leave {},
}

/// What the server says about a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum CallDown {
    /// Nobody is in a group: make one, and give its public side.
    Begin {},
    /// The server holds no public side of the group that this device is in: give it.
    Tell {},
    /// Nobody of the desk is left in the group: join anew, with a fresh key package.
    Anew {},
    /// These wait to be added: the whole list each time it changes.
    Waiting {
        /// In the order in which they came.
        waiting: Vec<Waiting>,
    },
    /// This commit won its epoch.
    Committed {
        /// Whose.
        by: DeviceId,
        /// MLS PublicMessage.
        commit: ByteBuf,
    },
    /// This device was added.
    Welcome {
        /// MLS Welcome message.
        welcome: ByteBuf,
    },
    /// The device's commit is void, another was faster or it does not fit; what won comes, or came.
    Late {
        /// The epoch that the group is in.
        epoch: u64,
    },
    /// The server proposes what it may propose: to remove somebody.
    Proposed {
        /// MLS PublicMessage with an external Remove proposal.
        proposal: ByteBuf,
    },
    /// A message that only the group can read.
    Said {
        /// From this device, as far as the server knows; the group's encryption says it for certain.
        from: DeviceId,
        /// MLS PrivateMessage.
        message: ByteBuf,
    },
    /// The media connection that was offered.
    Answer {
        /// SDP.
        sdp: String,
    },
    /// The lines as the server sees them: the whole list each time it changes.
    Lines {
        /// By device.
        lines: Vec<LineSeen>,
    },
    /// Frames of a line were not forwarded.
    Dropped {
        /// Whose.
        device: DeviceId,
        /// Why.
        because: DropCause,
        /// How many since the call began.
        frames: u64,
    },
    /// What the device asked for was not done.
    Refused {
        /// Why, and what would be needed.
        because: CallRefusal,
    },
    /// This device is off the call: held keys and connections are worth nothing any more.
    Over {},
}

/// A device that waits to be added to the group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// As which party.
    pub party: PartyId,
    /// The device.
    pub device: DeviceId,
    /// MLS KeyPackage message.
    pub key_package: ByteBuf,
}

/// A line as the server sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineSeen {
    /// Whose line.
    pub device: DeviceId,
    /// As which party.
    pub party: PartyId,
    /// Its leaf in the group; none before it was added.
    pub leaf: Option<u32>,
    /// Whether its frames can flow.
    pub media: MediaSeen,
}

/// A media connection as the server sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MediaSeen {
    /// None was offered, or it is being set up.
    Absent,
    /// Connected.
    Connected {
        /// How its packets come.
        path: PathKind,
    },
    /// It was connected and nothing comes any more.
    Lost,
}

/// How a line's packets come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PathKind {
    /// From the device's own or its router's address.
    Direct,
    /// Through somebody's relay.
    Relayed,
}

/// Why a frame was not forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, thiserror::Error)]
pub enum DropCause {
    /// No SFrame header (RFC 9605 §4.3): perhaps it was not sealed at all.
    #[error("it carries no seal")]
    Unsealed,
    /// Its key id is another line's.
    #[error("it carries another line's key id")]
    OtherKey,
    /// The line may not speak.
    #[error("the line may not speak now")]
    NoFloor,
    /// The line is on hold.
    #[error("the line is on hold")]
    OnHold,
}

/// Why something asked about a call was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum CallRefusal {
    /// No such call, or it is over.
    #[error("there is no such call, or it is over")]
    NoCall,
    /// The party is not on the call.
    #[error("this party is not on the call: it has to be admitted first")]
    NotAdmitted,
    /// The device is not the party's.
    #[error("this device does not belong to that party")]
    NotYours,
    /// The device is not in the call's group.
    #[error("this device is not in the call's group: it has to join first")]
    NotIn,
    /// The message can't be taken.
    #[error("the call's group can not take this: {0}")]
    Group(String),
    /// The media connection can't be made.
    #[error("the media connection can not be made: {0}")]
    Media(String),
    /// The call is as large as calls may be.
    #[error("this call has {most} lines, as many as a call may")]
    Full {
        /// How many.
        most: u32,
    },
    /// More at once than may be.
    #[error("too many lines are being connected: try again in {retry_ms} ms")]
    TooMany {
        /// When to try again.
        retry_ms: u64,
    },
    /// This server carries no calls.
    #[error("this server was started without calls")]
    NoMedia,
}
