//! What members say to each other: MLS application messages. The server sees who speaks to whom, when, and how much,
//! rounded up.

use chancery_call_tree::{
    leaf::Seat,
    limits::MESSAGE_BYTES_MAX,
    message::{Kind, MessageError},
};
use openmls::framing::errors::MessageDecryptionError;
use openmls::prelude::{
    ContentType, MlsMessageBodyIn, ProcessMessageError, ProcessedMessageContent, Sender, ValidationError,
};
use zeroize::Zeroizing;

use crate::group::{CallGroup, PADDING_BYTES, memory::MemoryError};

/// The most bytes of one message: what MLS puts around them, and padding, fit into the rest.
pub const WORDS_BYTES_MAX: usize = MESSAGE_BYTES_MAX - 2 * PADDING_BYTES - 512;

/// One message of another member. Its author is the one who holds that leaf's key.
pub struct Heard {
    /// Who.
    pub from: Seat,
    /// What.
    pub words: Zeroizing<Vec<u8>>,
}

/// Why a message was not sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SayError {
    /// Longer than a message may be.
    #[error("a message inside the group has at most {WORDS_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// OpenMLS refuses.
    #[error("the message can not be sealed: {0}")]
    Mls(String),
}

/// Why a message was not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HearError {
    /// Not such a message.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// For another group.
    #[error("the message is for another group")]
    Group,
    /// Of an epoch that is over: its keys are gone. Its author says it again if it still matters.
    #[error("the message is of epoch {got}, which is over: the group is in epoch {expected}")]
    Past {
        /// The group's epoch.
        expected: u64,
        /// The message's.
        got: u64,
    },
    /// Of an epoch whose commit is not there yet: it can be opened after the commit.
    #[error("the message is of epoch {got}, the group is in epoch {expected}")]
    Ahead {
        /// The group's epoch.
        expected: u64,
        /// The message's.
        got: u64,
    },
    /// This device's own, come back.
    #[error("the message is this device's own")]
    Own,
    /// Opened before.
    #[error("the message was opened before, or came too late")]
    Replayed,
    /// Of this epoch by its number, and yet sealed with other keys, or changed: the group may be split.
    #[error("the message is of epoch {0} and does not open: it was changed, or the group is split")]
    Unreadable(u64),
    /// Valid against the rules of RFC 9420 in no other way.
    #[error("the message is not valid: {0}")]
    Invalid(String),
}

impl CallGroup {
    /// Seals a message for the members of the present epoch.
    pub fn say(&mut self, words: &[u8]) -> Result<Vec<u8>, SayError> {
        if words.len() > WORDS_BYTES_MAX {
            return Err(SayError::TooLong(words.len()));
        }
        let message = self.mls.create_message(&self.provider, &self.signer, words);
        let message = message.map_err(|error| SayError::Mls(error.to_string()))?;
        message.to_bytes().map_err(|error| SayError::Mls(error.to_string()))
    }

    /// Opens a message of another member.
    pub fn hear(&mut self, bytes: &[u8]) -> Result<Heard, HearError> {
        let kind = Kind::Private;
        let MlsMessageBodyIn::PrivateMessage(message) = kind.read(bytes)? else {
            return Err(kind.other().into());
        };
        if message.group_id() != self.mls.group_id() {
            return Err(HearError::Group);
        }
        let (expected, got) = (self.epoch(), message.epoch().as_u64());
        if got < expected {
            return Err(HearError::Past { expected, got });
        }
        if got > expected {
            return Err(HearError::Ahead { expected, got });
        }
        if message.content_type() != ContentType::Application {
            return Err(kind.other().into());
        }
        let processed = self
            .mls
            .process_message(&self.provider, openmls::prelude::ProtocolMessage::from(message))
            .map_err(|error| refusal(error, expected))?;
        let Sender::Member(leaf) = processed.sender().clone() else {
            return Err(HearError::Invalid("it comes from outside".into()));
        };
        match processed.into_content() {
            ProcessedMessageContent::ApplicationMessage(words) => {
                let from = self.seats.iter().find(|seat| seat.leaf.number() == leaf.u32());
                let from = *from.ok_or_else(|| HearError::Invalid("nobody is at its leaf".into()))?;
                Ok(Heard { from, words: Zeroizing::new(words.into_bytes()) })
            }
            ProcessedMessageContent::OwnPrivateMessage => Err(HearError::Own),
            ProcessedMessageContent::OwnPendingCommit
            | ProcessedMessageContent::StagedCommitMessage(_)
            | ProcessedMessageContent::ProposalMessage(_)
            | ProcessedMessageContent::ExternalJoinProposalMessage(_) => Err(kind.other().into()),
        }
    }
}

#[allow(clippy::wildcard_enum_match_arm, reason = "an enum of OpenMLS, most of which is one thing to us")]
fn refusal(error: ProcessMessageError<MemoryError>, epoch: u64) -> HearError {
    let ProcessMessageError::ValidationError(ValidationError::UnableToDecrypt(why)) = error else {
        return match error {
            ProcessMessageError::ValidationError(ValidationError::InvalidSignature) => {
                HearError::Unreadable(epoch)
            }
            other => HearError::Invalid(other.to_string()),
        };
    };
    match why {
        // A key that was used is deleted. OpenMLS names what it looked for, not why it is gone.
        MessageDecryptionError::SecretTreeError(_) | MessageDecryptionError::GenerationOutOfBound => {
            HearError::Replayed
        }
        MessageDecryptionError::AeadError
        | MessageDecryptionError::MalformedContent
        | MessageDecryptionError::WrongWireFormat
        | MessageDecryptionError::LibraryError(_) => HearError::Unreadable(epoch),
    }
}
