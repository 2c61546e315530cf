//! A split group: the server gave different commits to different members, who now sit in two groups under one roof. Each
//! member states what it has agreed on, signed by its leaf's key, so that the statement holds outside the group's own
//! encryption too, which does not cross a split.

use std::collections::{BTreeMap, VecDeque};

use chancery_call_tree::leaf::Seat;
use chancery_log::{
    cbor::{self, CborError},
    id::{DeskId, DeviceId, Digest, PackageId},
};
use chancery_seal::frame_header::LeafIndex;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, Bytes};

use crate::group::{
    CallGroup,
    export::{EpochAuthenticator, ExportError},
};

/// The most bytes of a statement.
pub const STATEMENT_BYTES_MAX: usize = 256;

/// After this time in an epoch, who has stated nothing about it is named: it may be late, or in another group.
pub const STATED_WITHIN_MS: u64 = 2_000;

/// Epochs that are over and still compared: a member that lags says what it had.
const PAST_EPOCHS: usize = 8;

const STATEMENT_LABEL: &str = "chancery/epoch-state/1";
const STATE_LABEL: &str = "chancery/epoch-authenticator/1";

/// What one member says of one epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochStatement {
    /// Whose leaf.
    pub leaf: u32,
    /// Which epoch.
    pub epoch: u64,
    /// A hash of the epoch's authenticator: equal for all in the same state, and of no use to who sees it.
    pub state: Digest,
    /// Ed25519, by the leaf's key, over [`covered`].
    pub signature: ByteArray<64>,
}

/// Which group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitPlace {
    /// The desk.
    pub desk: DeskId,
    /// The call.
    pub package: PackageId,
    /// MLS group id.
    pub group: Vec<u8>,
}

/// Why bytes are not a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Longer than a statement.
    #[error("a statement of an epoch has at most {STATEMENT_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// Not the expected CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
}

/// What a statement says next to the own state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// The same state.
    Agrees,
    /// Of an epoch whose commit is not here yet; it is compared when it comes.
    Ahead,
    /// Of an epoch that this device does not remember, or was not in.
    Unknown,
}

/// Why a statement is an alarm, or worth nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SplitAlarm {
    /// The same epoch, another state: two groups under one name.
    #[error("the group is split: device {device} is in another epoch {epoch} than this device")]
    Split {
        /// Who is in the other group.
        device: DeviceId,
        /// Since which epoch, at the latest.
        epoch: u64,
    },
    /// From a leaf that was empty in that epoch.
    #[error("there was nobody at leaf {leaf} in epoch {epoch}")]
    NoMember {
        /// The leaf.
        leaf: u32,
        /// The epoch.
        epoch: u64,
    },
    /// Not signed by the leaf that it names, or for another group.
    #[error("the statement of epoch {epoch} is not signed by device {device} for this group")]
    Forged {
        /// Who is named.
        device: DeviceId,
        /// The epoch.
        epoch: u64,
    },
    /// Something has no CBOR form.
    #[error(transparent)]
    Cbor(#[from] CborError),
}

/// Why the own state can not be stated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The group gives no authenticator.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// Something has no CBOR form.
    #[error(transparent)]
    Cbor(#[from] CborError),
}

struct Own {
    epoch: u64,
    state: Digest,
    since_ms: u64,
    seats: Vec<Seat>,
    agreed: Vec<LeafIndex>,
}

/// Compares statements with what this device was in.
pub struct SplitWatch {
    place: SplitPlace,
    own: VecDeque<Own>,
    /// The newest statement of each leaf about an epoch to come.
    ahead: BTreeMap<u32, EpochStatement>,
}

impl EpochStatement {
    /// Reads a statement, strictly. It is a claim until it is heard.
    pub fn read(bytes: &[u8]) -> Result<Self, StatementError> {
        if bytes.len() > STATEMENT_BYTES_MAX {
            return Err(StatementError::TooLong(bytes.len()));
        }
        Ok(cbor::decode("a statement of an epoch", bytes)?)
    }

    /// The bytes to hand out.
    pub fn encode(&self) -> Result<Vec<u8>, CborError> {
        cbor::encode("a statement of an epoch", self)
    }
}

/// What a statement says of a state.
pub fn state_of(authenticator: &EpochAuthenticator) -> Result<Digest, CborError> {
    let state = (STATE_LABEL, Bytes::new(authenticator.expose()));
    Ok(Digest::of(&cbor::encode("an epoch's state", &state)?))
}

/// What a statement's signature covers: a CBOR array of seven.
pub fn covered(place: &SplitPlace, leaf: u32, epoch: u64, state: &Digest) -> Result<Vec<u8>, CborError> {
    let SplitPlace { desk, package, group } = place;
    let whole = (STATEMENT_LABEL, desk, package, Bytes::new(group), leaf, epoch, state);
    cbor::encode("an epoch's statement", &whole)
}

impl SplitWatch {
    /// For one group.
    pub fn new(group: &CallGroup) -> Self {
        let place = SplitPlace {
            desk: group.place().desk,
            package: group.place().package,
            group: group.id().to_vec(),
        };
        Self { place, own: VecDeque::new(), ahead: BTreeMap::new() }
    }

    /// An epoch began. Gives the own statement, to be said inside the group and handed to the server, and what follows
    /// from statements that came before.
    pub fn begin(
        &mut self,
        group: &CallGroup,
        now_ms: u64,
    ) -> Result<(EpochStatement, Vec<Result<Compared, SplitAlarm>>), StateError> {
        let (epoch, leaf) = (group.epoch(), group.own().leaf);
        let state = state_of(&group.authenticator()?)?;
        let signature = group.sign_beside(&covered(&self.place, leaf.number(), epoch, &state)?);
        let (seats, agreed) = (group.seats().to_vec(), vec![leaf]);
        self.own.push_front(Own { epoch, state, since_ms: now_ms, seats, agreed });
        self.own.truncate(PAST_EPOCHS);
        let waited: Vec<EpochStatement> = self.ahead.values().copied().collect();
        self.ahead.retain(|_, statement| statement.epoch > epoch);
        let due = waited.into_iter().filter(|statement| statement.epoch <= epoch);
        let compared = due.map(|statement| self.hear(&statement)).collect();
        let statement =
            EpochStatement { leaf: leaf.number(), epoch, state, signature: ByteArray::new(signature) };
        Ok((statement, compared))
    }

    /// Compares what somebody stated, whichever way it came.
    pub fn hear(&mut self, statement: &EpochStatement) -> Result<Compared, SplitAlarm> {
        let EpochStatement { leaf, epoch, state, signature } = *statement;
        let Some(newest) = self.own.front() else { return Ok(Compared::Unknown) };
        if epoch > newest.epoch {
            // Verified when its epoch is here: whose leaf it will be is not known before. Only members' leaves are kept,
            // so nobody can fill this.
            if newest.seats.iter().any(|seat| seat.leaf.number() == leaf) {
                self.ahead.insert(leaf, *statement);
            }
            return Ok(Compared::Ahead);
        }
        let Some(own) = self.own.iter_mut().find(|own| own.epoch == epoch) else {
            return Ok(Compared::Unknown);
        };
        let seat = own.seats.iter().find(|seat| seat.leaf.number() == leaf);
        let seat = *seat.ok_or(SplitAlarm::NoMember { leaf, epoch })?;
        let device = seat.device;
        let forged = SplitAlarm::Forged { device, epoch };
        let key = VerifyingKey::from_bytes(&seat.leaf_key).map_err(|_| forged.clone())?;
        key.verify_strict(&covered(&self.place, leaf, epoch, &state)?, &Signature::from_bytes(&signature))
            .map_err(|_| forged)?;
        if state != own.state {
            return Err(SplitAlarm::Split { device, epoch });
        }
        if !own.agreed.contains(&seat.leaf) {
            own.agreed.push(seat.leaf);
        }
        Ok(Compared::Agrees)
    }

    /// Who has stated nothing about the present epoch, though it had the time. Late, off the socket, or in another group:
    /// whoever withholds statements makes members show up here.
    pub fn silent(&self, now_ms: u64) -> Vec<Seat> {
        let Some(own) = self.own.front() else { return Vec::new() };
        if now_ms.saturating_sub(own.since_ms) < STATED_WITHIN_MS {
            return Vec::new();
        }
        own.seats.iter().filter(|seat| !own.agreed.contains(&seat.leaf)).copied().collect()
    }
}
