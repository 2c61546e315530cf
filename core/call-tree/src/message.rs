//! The five kinds of MLS message that travel, read strictly: length, version, kind and suite before anything else.

use openmls::prelude::{MlsMessageBodyIn, MlsMessageIn};
use tls_codec::Deserialize as _;

use crate::{
    limits::{
        COMMIT_BYTES_MAX, GROUP_INFO_BYTES_MAX, KEY_PACKAGE_BYTES_MAX, MESSAGE_BYTES_MAX, PROPOSAL_BYTES_MAX,
        WELCOME_BYTES_MAX,
    },
    suite::{SUITE_NUMBER, VERSION_NUMBER},
};

/// What a message is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A commit: an MLS PublicMessage.
    Commit,
    /// A proposal of the observer: an MLS PublicMessage.
    Proposal,
    /// What only the group can read: an MLS PrivateMessage.
    Private,
    /// The welcome of those who were added.
    Welcome,
    /// The group's public side.
    GroupInfo,
    /// What a device asks to be added by.
    KeyPackage,
}

/// Why bytes are not the message that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Larger than such a message may be.
    #[error("{kind} has at most {most} bytes, this one has {got}")]
    TooLong {
        /// What was expected.
        kind: Kind,
        /// The limit.
        most: usize,
        /// What came.
        got: usize,
    },
    /// Another version of MLS.
    #[error("{kind} is of MLS version {VERSION_NUMBER}, this one says {got}")]
    Version {
        /// What was expected.
        kind: Kind,
        /// What came.
        got: u16,
    },
    /// Another kind of message.
    #[error("expected {expected}, got wire format {got}")]
    Kind {
        /// What was expected.
        expected: Kind,
        /// RFC 9420 §17.2.
        got: u16,
    },
    /// Another suite.
    #[error("{kind} is of suite {SUITE_NUMBER:#06x}, this one says {got:#06x}")]
    Suite {
        /// What was expected.
        kind: Kind,
        /// RFC 9420 §17.1.
        got: u16,
    },
    /// Not such a message, or something follows it.
    #[error("expected {kind}: {detail}")]
    Malformed {
        /// What was expected.
        kind: Kind,
        /// The decoder's words.
        detail: String,
    },
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Commit => "a commit",
            Self::Proposal => "a proposal",
            Self::Private => "a message inside the group",
            Self::Welcome => "a welcome",
            Self::GroupInfo => "a group's public side",
            Self::KeyPackage => "a key package",
        })
    }
}

impl Kind {
    /// The longest such message.
    pub fn bytes_max(self) -> usize {
        match self {
            Self::Commit => COMMIT_BYTES_MAX,
            Self::Proposal => PROPOSAL_BYTES_MAX,
            Self::Private => MESSAGE_BYTES_MAX,
            Self::Welcome => WELCOME_BYTES_MAX,
            Self::GroupInfo => GROUP_INFO_BYTES_MAX,
            Self::KeyPackage => KEY_PACKAGE_BYTES_MAX,
        }
    }

    /// RFC 9420 §17.2.
    fn wire_format(self) -> u16 {
        match self {
            Self::Commit | Self::Proposal => 1,
            Self::Private => 2,
            Self::Welcome => 3,
            Self::GroupInfo => 4,
            Self::KeyPackage => 5,
        }
    }

    /// Where the suite's number stands, when the message says it (RFC 9420 §12.4.3, §10, §12.4.3.1).
    fn suite_at(self) -> Option<usize> {
        match self {
            Self::Commit | Self::Proposal | Self::Private => None,
            Self::Welcome => Some(4),
            Self::GroupInfo | Self::KeyPackage => Some(6),
        }
    }

    /// Reads one message of this kind. Nothing of it is verified.
    pub fn read(self, bytes: &[u8]) -> Result<MlsMessageBodyIn, MessageError> {
        let (kind, most, got) = (self, self.bytes_max(), bytes.len());
        if got > most {
            return Err(MessageError::TooLong { kind, most, got });
        }
        let number = |at: usize| match bytes.get(at..at + 2) {
            Some([high, low]) => Ok(u16::from_be_bytes([*high, *low])),
            Some(_) | None => {
                Err(MessageError::Malformed { kind, detail: format!("it ends after {got} bytes") })
            }
        };
        let version = number(0)?;
        if version != VERSION_NUMBER {
            return Err(MessageError::Version { kind, got: version });
        }
        let format = number(2)?;
        if format != self.wire_format() {
            return Err(MessageError::Kind { expected: kind, got: format });
        }
        if let Some(at) = self.suite_at() {
            let suite = number(at)?;
            if suite != SUITE_NUMBER {
                return Err(MessageError::Suite { kind, got: suite });
            }
        }
        let message = MlsMessageIn::tls_deserialize_exact(bytes)
            .map_err(|error| MessageError::Malformed { kind, detail: error.to_string() })?;
        Ok(message.extract())
    }

    /// What to say when a message that was read is not of its own kind after all.
    pub fn other(self) -> MessageError {
        MessageError::Malformed { kind: self, detail: "its content is of another kind".into() }
    }
}
