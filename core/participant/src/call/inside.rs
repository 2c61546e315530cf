//! What members say to each other inside the group: the server carries it and can not read it.

use chancery_log::{
    cbor::{self, CborError},
    id::Digest,
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteArray;

/// One message inside the group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Inside {
    /// What this member holds: said once in each epoch, and compared by all others.
    Holds {
        /// The epoch's authenticator (RFC 9420 §8.7).
        authenticator: ByteArray<48>,
        /// The newest checkpoint that it has checked: size and root; none when it has none.
        checkpoint: Option<(u64, Digest)>,
    },
    /// This member was away: say again what you hold.
    Asks {},
}

impl Inside {
    /// Reads one message.
    pub fn read(bytes: &[u8]) -> Result<Self, CborError> {
        cbor::decode("a message inside a call's group", bytes)
    }

    /// Writes one message.
    pub fn write(&self) -> Result<Vec<u8>, CborError> {
        cbor::encode("a message inside a call's group", self)
    }
}
