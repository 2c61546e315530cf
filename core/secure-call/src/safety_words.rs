//! Safety words: five words that all members of a group see alike, and that two groups with somebody in between do not.
//! Each member commits to a nonce before it hears the others', so nobody can search for a match. docs/group.md has the
//! construction.

use std::{collections::BTreeMap, fmt};

use chancery_call_tree::leaf::Seat;
use chancery_log::{
    cbor::{self, CborError},
    id::{DeskId, DeviceId, Digest, PackageId},
};
use chancery_seal::{frame_header::LeafIndex, words::WORDS};
use hmac::{Hmac, KeyInit as _, Mac};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, Bytes};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::group::{CallGroup, export::ExportError};

/// How many words are read out: 40 bits, and one try for each agreement that everybody sees begin.
pub const SAFETY_WORDS: usize = 5;

/// Label for the MLS exporter; its context is [`roster_context`].
pub const EXPORT_LABEL: &str = "chancery safety words";

/// The most bytes of one message of an agreement.
pub const SAID_BYTES_MAX: usize = 128;

const ROSTER_LABEL: &str = "chancery/safety-roster/1";
const NONCE_LABEL: &str = "chancery/safety-nonce/1";
const WORDS_LABEL: &str = "chancery/safety-words/1";

/// The words.
pub type SafetyWords = [&'static str; SAFETY_WORDS];

/// What members say to each other to agree on words, inside the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SafetySaid {
    /// The epoch in which the roster changed. Later epochs of the same roster go on with the same agreement.
    pub since_epoch: u64,
    /// What is said.
    pub step: SafetyStep,
}

/// First the one, and when all have said it, the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SafetyStep {
    /// Binds its author to a nonce.
    Commitment(Digest),
    /// The nonce.
    Nonce(ByteArray<32>),
}

/// Why bytes are not such a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SaidError {
    /// Longer than such a message.
    #[error("a step of the safety words has at most {SAID_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// Not the expected CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
}

/// Why a step is not taken. But for the first each is an alarm: a member tries to choose the words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SafetyRefusal {
    /// Of another agreement: it began before, or has not begun here.
    #[error("the step belongs to the agreement of epoch {got}, the present one is that of epoch {expected}")]
    OtherRound {
        /// The present agreement's epoch.
        expected: u64,
        /// The step's.
        got: u64,
    },
    /// From a leaf that is not in this agreement.
    #[error("{0} is not in this agreement")]
    NoMember(LeafIndex),
    /// A second, different commitment or nonce.
    #[error("device at {0} changed what it had said for the safety words")]
    Changed(LeafIndex),
    /// A nonce before its author was bound to it.
    #[error("device at {0} told its nonce before it committed to one")]
    NotCommitted(LeafIndex),
    /// A nonce other than the one that its author was bound to.
    #[error("device at {0} told another nonce than it had committed to")]
    OtherNonce(LeafIndex),
    /// Something has no CBOR form.
    #[error(transparent)]
    Cbor(#[from] CborError),
}

/// Why no agreement begins.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BeginError {
    /// The group gives no secret.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// Something has no CBOR form.
    #[error(transparent)]
    Cbor(#[from] CborError),
}

/// Where an agreement belongs: bound into every commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafetyPlace {
    /// The desk.
    pub desk: DeskId,
    /// The call.
    pub package: PackageId,
    /// MLS group id.
    pub group: Vec<u8>,
    /// The epoch in which the roster changed.
    pub epoch: u64,
}

/// What one member has said.
#[derive(Clone, Copy)]
enum Told {
    Nothing,
    Commitment(Digest),
    Nonce { commitment: Digest, nonce: [u8; 32] },
}

/// One agreement: of one roster.
pub struct SafetyRound {
    place: SafetyPlace,
    own: LeafIndex,
    own_nonce: Zeroizing<[u8; 32]>,
    secret: Zeroizing<[u8; 32]>,
    members: BTreeMap<LeafIndex, (DeviceId, Told)>,
}

impl SafetySaid {
    /// Reads a step, strictly.
    pub fn read(bytes: &[u8]) -> Result<Self, SaidError> {
        if bytes.len() > SAID_BYTES_MAX {
            return Err(SaidError::TooLong(bytes.len()));
        }
        Ok(cbor::decode("a step of the safety words", bytes)?)
    }

    /// The bytes to say.
    pub fn encode(&self) -> Result<Vec<u8>, CborError> {
        cbor::encode("a step of the safety words", self)
    }
}

/// Context for the MLS exporter: who is in the group, at which leaf, with which key.
pub fn roster_context(place: &SafetyPlace, seats: &[Seat]) -> Result<Digest, CborError> {
    let SafetyPlace { desk, package, group, epoch } = place;
    let rows: Vec<_> = seats
        .iter()
        .map(|seat| (seat.leaf.number(), seat.party, seat.device, ByteArray::new(seat.leaf_key)))
        .collect();
    let roster = (ROSTER_LABEL, desk, package, Bytes::new(group), epoch, rows);
    Ok(Digest::of(&cbor::encode("a roster for safety words", &roster)?))
}

/// What a member says before it tells its nonce.
pub fn commitment(
    place: &SafetyPlace,
    leaf: LeafIndex,
    device: DeviceId,
    nonce: &[u8; 32],
) -> Result<Digest, CborError> {
    let SafetyPlace { desk, package, group, epoch } = place;
    let bound =
        (NONCE_LABEL, desk, package, Bytes::new(group), epoch, leaf.number(), device, Bytes::new(nonce));
    Ok(Digest::of(&cbor::encode("a commitment to a nonce", &bound)?))
}

/// The words that follow from an epoch's exported secret and all nonces, by leaf.
pub fn words_of(secret: &[u8; 32], nonces: &[(LeafIndex, [u8; 32])]) -> Result<SafetyWords, CborError> {
    let nonces: Vec<_> = nonces.iter().map(|(leaf, nonce)| (leaf.number(), ByteArray::new(*nonce))).collect();
    let said = cbor::encode("nonces", &(WORDS_LABEL, nonces))?;
    // HMAC takes keys of every length.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| CborError::Shape {
        what: "a secret",
        detail: "HMAC refused a key of 32 bytes".into(),
    })?;
    mac.update(&said);
    let mut words = [""; SAFETY_WORDS];
    for (word, byte) in words.iter_mut().zip(mac.finalize().into_bytes()) {
        *word = WORDS.get(usize::from(byte)).copied().unwrap_or_default();
    }
    Ok(words)
}

impl SafetyRound {
    /// Begins when the roster has changed, in the epoch in which it did; gives what is to be said first.
    pub fn begin(group: &CallGroup, rng: &mut impl CryptoRng) -> Result<(Self, SafetySaid), BeginError> {
        let place = SafetyPlace {
            desk: group.place().desk,
            package: group.place().package,
            group: group.id().to_vec(),
            epoch: group.epoch(),
        };
        let secret = group.export(EXPORT_LABEL, &roster_context(&place, group.seats())?.0)?;
        let mut own_nonce = Zeroizing::new([0; 32]);
        rng.fill_bytes(own_nonce.as_mut_slice());
        let own = group.own();
        let bound = commitment(&place, own.leaf, own.device, &own_nonce)?;
        let mut members: BTreeMap<_, _> =
            group.seats().iter().map(|seat| (seat.leaf, (seat.device, Told::Nothing))).collect();
        members.insert(own.leaf, (own.device, Told::Commitment(bound)));
        let said = SafetySaid { since_epoch: place.epoch, step: SafetyStep::Commitment(bound) };
        Ok((Self { place, own: own.leaf, own_nonce, secret, members }, said))
    }

    /// The epoch in which the roster changed.
    pub fn since_epoch(&self) -> u64 {
        self.place.epoch
    }

    /// Takes what another member said inside the group; gives what is to be said now, if anything.
    pub fn hear(&mut self, from: LeafIndex, said: &SafetySaid) -> Result<Option<SafetySaid>, SafetyRefusal> {
        if said.since_epoch != self.place.epoch {
            return Err(SafetyRefusal::OtherRound { expected: self.place.epoch, got: said.since_epoch });
        }
        let (device, told) = *self.members.get(&from).ok_or(SafetyRefusal::NoMember(from))?;
        let told = match (told, said.step) {
            (Told::Nothing, SafetyStep::Commitment(new)) => Told::Commitment(new),
            (Told::Nothing, SafetyStep::Nonce(_)) => return Err(SafetyRefusal::NotCommitted(from)),
            (
                Told::Commitment(bound) | Told::Nonce { commitment: bound, .. },
                SafetyStep::Commitment(again),
            ) => {
                if again == bound {
                    told
                } else {
                    return Err(SafetyRefusal::Changed(from));
                }
            }
            (Told::Commitment(bound), SafetyStep::Nonce(new)) => {
                if commitment(&self.place, from, device, &new)? != bound {
                    return Err(SafetyRefusal::OtherNonce(from));
                }
                Told::Nonce { commitment: bound, nonce: *new }
            }
            (Told::Nonce { nonce, .. }, SafetyStep::Nonce(again)) => {
                if nonce == *again {
                    told
                } else {
                    return Err(SafetyRefusal::Changed(from));
                }
            }
        };
        self.members.insert(from, (device, told));
        Ok(self.reveal())
    }

    /// The own nonce goes out once everybody is bound, and not before: whoever commits last has heard none.
    fn reveal(&mut self) -> Option<SafetySaid> {
        if self.members.values().any(|(_, told)| matches!(told, Told::Nothing)) {
            return None;
        }
        let (device, own) = *self.members.get(&self.own)?;
        let Told::Commitment(commitment) = own else { return None };
        self.members.insert(self.own, (device, Told::Nonce { commitment, nonce: *self.own_nonce }));
        Some(self.nonce())
    }

    fn nonce(&self) -> SafetySaid {
        SafetySaid { since_epoch: self.place.epoch, step: SafetyStep::Nonce(ByteArray::new(*self.own_nonce)) }
    }

    /// What this device has said so far: to be said again when an epoch began before all had heard it.
    pub fn said(&self) -> Vec<SafetySaid> {
        let since_epoch = self.place.epoch;
        match self.members.get(&self.own) {
            Some((_, Told::Commitment(bound))) => {
                vec![SafetySaid { since_epoch, step: SafetyStep::Commitment(*bound) }]
            }
            Some((_, Told::Nonce { commitment, .. })) => {
                vec![SafetySaid { since_epoch, step: SafetyStep::Commitment(*commitment) }, self.nonce()]
            }
            Some((_, Told::Nothing)) | None => Vec::new(),
        }
    }

    /// Who has not said everything yet.
    pub fn waits_for(&self) -> Vec<LeafIndex> {
        let open = |told: &Told| !matches!(told, Told::Nonce { .. });
        self.members.iter().filter(|(_, (_, told))| open(told)).map(|(leaf, _)| *leaf).collect()
    }

    /// The words, once everybody has told its nonce. Alone there is nobody to compare them with.
    pub fn words(&self) -> Result<Option<SafetyWords>, CborError> {
        let mut nonces = Vec::new();
        for (leaf, (_, told)) in &self.members {
            match told {
                Told::Nonce { nonce, .. } => nonces.push((*leaf, *nonce)),
                Told::Nothing | Told::Commitment(_) => return Ok(None),
            }
        }
        if nonces.len() < 2 { Ok(None) } else { Ok(Some(words_of(&self.secret, &nonces)?)) }
    }
}

impl fmt::Debug for SafetyRound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SafetyRound").field("since_epoch", &self.place.epoch).finish_non_exhaustive()
    }
}
