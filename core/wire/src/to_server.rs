//! What a device says to the server.

use chancery_log::{
    act::Head,
    cbor::{self, CborError},
    id::{DeskId, DeviceId, Digest, PackageId, Scope},
};
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

use crate::call::CallUp;

/// One message from a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum ToServer {
    /// The first message of a known device.
    Hello {
        /// [`crate::limits::WIRE_VERSION`].
        version: u8,
        /// The desk it belongs to.
        desk: DeskId,
        /// The device.
        device: DeviceId,
        /// Size of the newest checkpoint it has checked, 0 for none: the server proves that its log extends it.
        log_size: u64,
    },
    /// The answer to the challenge.
    Answer {
        /// Drawn by the device.
        device_nonce: ByteArray<32>,
        /// Ed25519 over [`crate::hello::Challenge::signed_bytes`].
        signature: ByteArray<64>,
    },
    /// The only message of a device that is not approved: CBOR of `chancery_seal::invitation::Knock`.
    Knock {
        /// The knock.
        knock: ByteBuf,
    },
    /// Send this scope from here on, and go on sending what is added to it.
    Follow {
        /// The scope.
        scope: Scope,
        /// What the device holds of it.
        head: Head,
    },
    /// Stop sending this scope.
    Unfollow {
        /// The scope.
        scope: Scope,
    },
    /// An act for the log.
    Propose {
        /// COSE_Sign1 bytes; its author must be this connection's device.
        act: ByteBuf,
        /// The sealed bodies, in the order in which the act lists them.
        bodies: Vec<ByteBuf>,
    },
    /// Send these bodies of a scope.
    Fetch {
        /// The scope whose acts list them.
        scope: Scope,
        /// Their digests.
        bodies: Vec<Digest>,
    },
    /// So many messages with entries or bodies were taken: as many more may come.
    Taken {
        /// How many.
        messages: u32,
    },
    /// About a call in progress.
    Call {
        /// Which.
        package: PackageId,
        /// What.
        say: CallUp,
    },
    /// Still here.
    Ping {},
}

impl ToServer {
    /// Reads one message.
    pub fn read(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::decode("a message to the server", bytes)
    }

    /// Writes one message.
    pub fn write(&self) -> Result<Vec<u8>, CborError> {
        cbor::encode("a message to the server", self)
    }
}
