//! Everything that comes out of the switchboard.

use chancery_log::id::DeviceId;
use chancery_wire::to_client::{Closing, ToClient};
use ed25519_dalek::VerifyingKey;

use super::{input::ConnectionId, media::ToMedia};

/// One thing to be done outside.
#[derive(Debug)]
pub enum Output {
    /// Send this.
    Send {
        /// On this connection.
        connection: ConnectionId,
        /// The message.
        message: Box<ToClient>,
    },
    /// The device proved who it is: from here on larger messages may come, and its acts are checked with this key.
    LetIn {
        /// This connection.
        connection: ConnectionId,
        /// The device.
        device: DeviceId,
        /// The key of its acts.
        key: VerifyingKey,
    },
    /// Send this reason, then close. Nothing more comes out for the connection, and whatever it still says is ignored.
    Close {
        /// This connection.
        connection: ConnectionId,
        /// Why.
        because: Closing,
    },
    /// Tell the sfu.
    Media(Box<ToMedia>),
    /// The store can't go on. Nothing more is taken: end the process, and start it again.
    Broken {
        /// What happened.
        because: String,
    },
}
