//! Every way the sfu says no to a command.

use crate::{
    limits::{CALLS_MAX, LEGS_PER_CALL_MAX, SPEAKERS_MAX},
    sdp::error::OfferError,
};

/// Why a command was not done. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It was never opened, or is closed.
    #[error("the call is not open here")]
    UnknownCall,
    /// It never joined, or is gone.
    #[error("the device has no leg on this call")]
    UnknownLeg,
    /// Opened twice.
    #[error("the call is open already")]
    OpenAlready,
    /// More calls than one media thread carries.
    #[error("a media thread carries at most {CALLS_MAX} calls")]
    TooManyCalls,
    /// More legs than a call can have.
    #[error("a call has at most {LEGS_PER_CALL_MAX} legs")]
    TooManyLegs,
    /// More would not be heard by all.
    #[error("at most {SPEAKERS_MAX} legs of a call may speak at a time; silence another one first")]
    TooManySpeakers,
    /// Joins cost too much to do them all at once.
    #[error("too many devices join at once; try again in {retry_us} µs")]
    TooManyJoins {
        /// When there is room for another one.
        retry_us: u64,
    },
    /// The offer is not what a device of ours sends.
    #[error("{0}")]
    Offer(#[from] OfferError),
}
