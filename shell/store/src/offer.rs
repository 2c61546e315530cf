//! An act that a device offers for the log, with its bodies, checked as far as that goes without knowing the desk.

use chancery_desk::{refusal::Refusal, said::Said};
use chancery_log::{
    act::{ActError, ReceivedAct, VerifiedAct},
    id::Digest,
};
use ed25519_dalek::VerifyingKey;

/// The largest body that travels beside an act. A closed package of a long call has 1 MiB; tapes do not come this way.
pub const BODY_BYTES_MAX: usize = 5 * 1024 * 1024;

/// An act whose signature was checked, and the bodies that it lists. Can only be made by [`Offer::check`], so that
/// nothing else reaches the store.
#[derive(Debug, Clone)]
pub struct Offer {
    act: VerifiedAct,
    said: Said,
    bodies: Vec<Vec<u8>>,
}

/// Why bytes are not an act that could be offered.
#[derive(Debug, thiserror::Error)]
pub enum OfferError {
    /// Not an act by the device with this key.
    #[error(transparent)]
    Act(#[from] ActError),
    /// The content is not an act that this build knows.
    #[error("{}", .0.1)]
    Content(Box<(Digest, Refusal)>),
    /// Fewer or more bodies than the act lists.
    #[error("the act lists {listed} bodies, {came} came")]
    BodyCount {
        /// In the act.
        listed: usize,
        /// Beside it.
        came: usize,
    },
    /// Longer than a body may be.
    #[error("body {index} has {len} bytes, at most {BODY_BYTES_MAX} may")]
    BodyTooLong {
        /// Which.
        index: usize,
        /// Its bytes.
        len: usize,
    },
    /// Other bytes than the act lists.
    #[error("body {index} is not the one that the act lists: expected SHA-256 {expected}, got {got}")]
    BodyMismatch {
        /// Which.
        index: usize,
        /// In the act.
        expected: Digest,
        /// Of what came.
        got: Digest,
    },
}

impl Offer {
    /// Checks signature, content and bodies. Costs a signature check and a hash over everything: call it where it does
    /// not hold up others.
    pub fn check(act: Vec<u8>, bodies: Vec<Vec<u8>>, key: &VerifyingKey) -> Result<Self, OfferError> {
        let act = ReceivedAct::read(act)?.verify(key)?;
        let listed = &act.envelope().bodies;
        if listed.len() != bodies.len() {
            return Err(OfferError::BodyCount { listed: listed.len(), came: bodies.len() });
        }
        for (index, (reference, bytes)) in listed.iter().zip(&bodies).enumerate() {
            if bytes.len() > BODY_BYTES_MAX {
                return Err(OfferError::BodyTooLong { index, len: bytes.len() });
            }
            let got = Digest::of(bytes);
            if got != reference.sha256 || usize::try_from(reference.len) != Ok(bytes.len()) {
                return Err(OfferError::BodyMismatch { index, expected: reference.sha256, got });
            }
        }
        let said =
            Said::read(&act).map_err(|refusal| OfferError::Content(Box::new((act.digest(), refusal))))?;
        Ok(Self { act, said, bodies })
    }

    /// SHA-256 of the act's bytes.
    pub fn digest(&self) -> Digest {
        self.act.digest()
    }

    /// What it says.
    pub fn said(&self) -> &Said {
        &self.said
    }

    /// The act as it came.
    pub fn act(&self) -> &VerifiedAct {
        &self.act
    }

    /// Bytes that it will take in the log and the inbox.
    pub fn bytes(&self) -> usize {
        self.act.bytes().len() + self.bodies.iter().map(Vec::len).sum::<usize>()
    }

    pub(crate) fn into_parts(self) -> (VerifiedAct, Said, Vec<Vec<u8>>) {
        (self.act, self.said, self.bodies)
    }
}
