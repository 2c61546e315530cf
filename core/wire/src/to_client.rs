//! What the server says to a device.

use chancery_desk::refusal::Refusal;
use chancery_log::{
    act::Head,
    cbor::{self, CborError},
    id::{Digest, PackageId, Scope},
};
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

use crate::call::CallDown;

/// One message to a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum ToClient {
    /// Sign this.
    Challenge {
        /// Drawn for this connection.
        server_nonce: ByteArray<32>,
    },
    /// The device is in.
    Welcome {
        /// The server's clock, milliseconds since 1970 UTC: a device whose own is far off says so.
        server_ms: u64,
        /// The newest checkpoint, consistent with the one that the device holds.
        checkpoint: Advance,
        /// Every scope that this device may follow, with what it holds.
        scopes: Vec<ScopeAt>,
    },
    /// The next entries of a followed scope, in order.
    Entries {
        /// The scope.
        scope: Scope,
        /// In order, without gaps.
        entries: Vec<Entry>,
        /// The checkpoint under which `inclusion` proves the last of them.
        checkpoint: Advance,
        /// RFC 6962 audit path of the last entry; the chain of leaves covers the others.
        inclusion: Vec<Digest>,
        /// The scope's head at the server: how far this device is behind.
        head: Head,
    },
    /// The head that the device named is not in this log: it holds another history.
    Diverged {
        /// The scope.
        scope: Scope,
        /// What this log holds.
        head: Head,
    },
    /// A scope that this device may follow from now on.
    ScopeOpened(ScopeAt),
    /// A scope that this device may no longer follow.
    ScopeShut {
        /// The scope.
        scope: Scope,
    },
    /// The act is in the log, on disk.
    Receipt {
        /// Digest of the act.
        act: Digest,
        /// The leaf.
        leaf: ByteBuf,
        /// Audit path of the leaf.
        inclusion: Vec<Digest>,
        /// The checkpoint that covers it.
        checkpoint: Advance,
    },
    /// The act is not in the log and never will be; its counter is free.
    Refused {
        /// Digest of the act.
        act: Digest,
        /// Why, and what would be needed.
        refusal: Box<Refusal>,
    },
    /// The act could not be taken now; it may be sent again as it is.
    Deferred {
        /// Digest of the act.
        act: Digest,
        /// Why.
        because: Deferral,
    },
    /// A body that was asked for.
    Body {
        /// Its digest.
        sha256: Digest,
        /// The ciphertext.
        bytes: ByteBuf,
    },
    /// A body that was asked for and is not to be had.
    BodyMissing {
        /// Its digest.
        sha256: Digest,
    },
    /// New devices that wait for approval by this one's owner; the whole list each time it changes.
    Knocks {
        /// CBOR of `chancery_seal::invitation::Knock` each.
        knocks: Vec<ByteBuf>,
    },
    /// To a device that knocked: it was heard, and waits for somebody to approve it.
    KnockHeard {
        /// The device that invited it: the comparison words come from its id and the newcomer's.
        inviter: chancery_log::id::DeviceId,
    },
    /// To a device that knocked: it is approved; say hello.
    Approved {},
    /// About a call in progress.
    Call {
        /// Which.
        package: PackageId,
        /// What.
        say: CallDown,
    },
    /// Answer to a ping.
    Pong {},
    /// The server closes this connection.
    Closing {
        /// Why.
        because: Closing,
    },
}

/// A checkpoint, and the proof that it extends the one sent or named before it on this connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    /// The signed note (C2SP tlog-checkpoint).
    pub note: ByteBuf,
    /// RFC 6962 consistency proof from the checkpoint before; empty when it is the same, or the device held none.
    pub consistency: Vec<Digest>,
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The leaf.
    pub leaf: ByteBuf,
    /// The act as received.
    pub act: ByteBuf,
}

/// A scope and what the server holds of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeAt {
    /// The scope.
    pub scope: Scope,
    /// Its head.
    pub head: Head,
}

/// Why an act could not be taken now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Deferral {
    /// No room to write it down safely.
    #[error(
        "the server's disk is full: nothing was lost; the act is kept here and sent again when there is room"
    )]
    DiskFull,
    /// The disk failed.
    #[error("the server could not write to its disk: the act is kept here and sent again")]
    DiskTrouble,
    /// More acts than may wait for a receipt.
    #[error("too many acts at once: the act is kept here and sent again")]
    TooMany,
}

/// Why the server closes a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Closing {
    /// A message that can't be read, or out of turn.
    #[error("a message could not be read: {0}")]
    Malformed(String),
    /// Larger than may be.
    #[error("a message of {got} bytes came, at most {limit} may")]
    TooLarge {
        /// Bytes that came.
        got: u64,
        /// Bytes that may.
        limit: u64,
    },
    /// Faster than may be.
    #[error("more messages than this device may send; connect again in {retry_ms} ms")]
    TooFast {
        /// When to come again.
        retry_ms: u64,
    },
    /// The server is full.
    #[error("the server has as many connections as it takes; connect again in {retry_ms} ms")]
    Full {
        /// When to come again.
        retry_ms: u64,
    },
    /// Not a device of this desk (any more), or a wrong answer to the challenge.
    #[error("this device is not approved at this desk: ask a security officer for a new link")]
    NotApproved,
    /// The device's owner left, or it was revoked while connected.
    #[error("this device was revoked")]
    Revoked,
    /// The knock could not be taken.
    #[error("the link is not valid (any more): ask for a new one")]
    KnockRefused,
    /// Another desk's device, or another version.
    #[error("this server speaks version {version} of the protocol for desk {desk}")]
    OtherDesk {
        /// The version it speaks.
        version: u8,
        /// The desk it serves.
        desk: chancery_log::id::DeskId,
    },
    /// The same device connected again.
    #[error("this device connected again from elsewhere")]
    Replaced,
    /// Silent for too long, or too slow to take what is sent.
    #[error("nothing came from this device for too long")]
    Idle,
    /// The server stops; acts on the way are kept by their devices.
    #[error("the server is stopping; connect again in a moment")]
    Stopping,
}

impl ToClient {
    /// Reads one message.
    pub fn read(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::decode("a message from the server", bytes)
    }

    /// Writes one message.
    pub fn write(&self) -> Result<Vec<u8>, CborError> {
        cbor::encode("a message from the server", self)
    }
}
