//! An epoch of the call's group as the tape and the custodians' shares name it, and who was in the group then.

use std::collections::BTreeMap;

use chancery_log::{
    cbor::{self, CborError},
    id::{DeskId, DeviceId, Digest, PackageId},
};

use crate::frame_header::LeafIndex;

/// The most devices of one call: their names fit one record of the tape.
pub const ROSTER_MAX: usize = 1_024;

const ROSTER_LABEL: &str = "chancery/tape-roster/1";

/// A group has more members than the tape can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a roster has 1 to {ROSTER_MAX} devices, this one has {0}")]
pub struct RosterError(pub usize);

/// The devices of the group in one epoch, by leaf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster(BTreeMap<LeafIndex, DeviceId>);

impl Roster {
    /// Takes the members as the group's tree has them.
    pub fn new(members: BTreeMap<LeafIndex, DeviceId>) -> Result<Self, RosterError> {
        if members.is_empty() || members.len() > ROSTER_MAX {
            return Err(RosterError(members.len()));
        }
        Ok(Self(members))
    }

    /// By leaf, ascending.
    pub fn members(&self) -> impl ExactSizeIterator<Item = (LeafIndex, DeviceId)> + '_ {
        self.0.iter().map(|(leaf, device)| (*leaf, *device))
    }

    /// Whose leaf it is.
    pub fn device(&self, leaf: LeafIndex) -> Option<DeviceId> {
        self.0.get(&leaf).copied()
    }

    /// What the name of an epoch holds of it: SHA-256 of a CBOR array.
    pub fn digest(&self) -> Result<Digest, CborError> {
        let members: Vec<(u32, DeviceId)> = self.members().map(|(leaf, of)| (leaf.number(), of)).collect();
        Ok(Digest::of(&cbor::encode("a roster", &(ROSTER_LABEL, members))?))
    }
}

/// Which epoch: a call may have several groups one after another, and each counts from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EpochPlace {
    /// SHA-256 of the MLS group id.
    pub group: Digest,
    /// The epoch, as MLS counts it.
    pub epoch: u64,
}

/// The full name of an epoch whose secret is dealt: bound into every share. Through the roster's digest it says who had
/// which leaf, which no frame proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EpochName {
    /// The desk.
    pub desk: DeskId,
    /// The call.
    pub package: PackageId,
    /// Group and epoch.
    pub place: EpochPlace,
    /// [`Roster::digest`] of the epoch.
    pub roster: Digest,
}

/// What the tape says about an epoch: from here on it is the group's. The server says it as its public tree shows it;
/// what it says about the roster counts only when it has the digest that the epoch's name has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochStated {
    /// Group and epoch.
    pub place: EpochPlace,
    /// The devices.
    pub roster: Roster,
}
