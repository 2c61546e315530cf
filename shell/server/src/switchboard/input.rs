//! Everything that goes into the switchboard.

use chancery_store::{
    mover::Moved,
    offer::{Offer, OfferError},
};
use chancery_wire::to_server::ToServer;

use super::media::FromMedia;

/// One connection, numbered by whoever accepted it; a number is never used twice. The only name that logs use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// One thing that happened outside.
#[derive(Debug)]
pub enum Input {
    /// A device connected.
    Connected {
        /// The new connection.
        connection: ConnectionId,
        /// Host and port that it dialled, lower case ("desk.example:8443"): the challenge is bound to it. The caller has
        /// checked that it is a name of this server.
        host: String,
    },
    /// A message came. An act in it is checked here; a caller with threads checks it first and hands in an
    /// [`Input::Offered`], so that the log thread verifies no signature.
    Message {
        /// On this connection.
        connection: ConnectionId,
        /// What it said.
        message: ToServer,
    },
    /// An act came, and was checked with the key that [`crate::switchboard::output::Output::LetIn`] named.
    Offered {
        /// On this connection.
        connection: ConnectionId,
        /// The act with its bodies.
        offer: Box<Offer>,
    },
    /// What came as an act could not be checked.
    Unreadable {
        /// On this connection.
        connection: ConnectionId,
        /// Why.
        error: Box<OfferError>,
    },
    /// The connection is gone.
    Gone {
        /// This one.
        connection: ConnectionId,
    },
    /// Bodies were moved from the inbox to the body store.
    Moved(Vec<Moved>),
    /// The sfu said something.
    Media(FromMedia),
    /// The sfu is gone, or there never was one.
    MediaGone,
    /// Time passed: at least once a second.
    Tick,
    /// Take nothing new, say good-bye to all.
    Stop,
}
