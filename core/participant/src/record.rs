//! What a device keeps of its own between starts: checked entries, bodies as stored, deeds not yet in the log.
//! The shell stores bytes under keys and gives them back; each value is sealed under a key of the device.

use chancery_log::{
    cbor::{self, CborError},
    id::{Digest, Scope},
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::deed::Deed;

/// Under what a record is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RecordKey {
    /// One entry of a scope, by its index there.
    Entry(Scope, u64),
    /// One body as stored at the server, by its digest.
    Body(Digest),
    /// One deed that is not in the log yet, by its ticket.
    Deed(u64),
    /// The newest checkpoint that was checked.
    Checkpoint,
}

/// What is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(clippy::large_enum_variant, reason = "decoded one at a time")]
pub enum Record {
    /// An entry: leaf and act as received.
    Entry {
        /// The leaf.
        leaf: ByteBuf,
        /// The act.
        act: ByteBuf,
    },
    /// A body as stored at the server.
    Body {
        /// Ciphertext.
        bytes: ByteBuf,
    },
    /// A deed.
    Deed {
        /// The deed.
        deed: Deed,
        /// When it was done, milliseconds since 1970 UTC by the device's own clock.
        said_ms: u64,
        /// The same by the desk's clock, if it was known.
        #[serde(default)]
        desk_ms: Option<u64>,
        /// The act by which it was done before the log was restored from a backup.
        #[serde(default)]
        again: Option<Digest>,
        /// The signed act and its bodies once it was sent: it is sent again as it was.
        signed: Option<(ByteBuf, Vec<ByteBuf>)>,
    },
    /// A checkpoint note.
    Checkpoint {
        /// The note.
        note: ByteBuf,
    },
}

impl RecordKey {
    /// The key as bytes; entries of a scope sort by their index.
    pub fn bytes(&self) -> Result<Vec<u8>, CborError> {
        cbor::encode("a record key", self)
    }

    /// Reads a key.
    pub fn read(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::decode("a record key", bytes)
    }
}

impl Record {
    /// The record as bytes, open: to be sealed.
    pub fn bytes(&self) -> Result<Vec<u8>, CborError> {
        cbor::encode("a record", self)
    }

    /// Reads an opened record.
    pub fn read(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::decode("a record", bytes)
    }
}
