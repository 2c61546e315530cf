//! One call's group as the server sees it: who is in it, in which epoch; the first valid commit of an epoch wins.

use std::{collections::BTreeSet, convert::Infallible};

use chancery_log::id::{DeviceId, Digest};
use chancery_seal::{
    frame_header::LeafIndex,
    leaf_cert::Admitted,
    tape::epoch::{EpochPlace, EpochStated, Roster, RosterError},
};
use ed25519_dalek::SigningKey;
use openmls::prelude::{
    CreationFromExternalError, KeyPackageRef, MergeCommitError, MlsMessageBodyIn, ProcessedMessageContent,
    ProposalStore, PublicGroup, PublicProcessMessageError, StagedCommit,
};

use crate::{
    handshake::{self, Changes, HandshakeError},
    key_package::{KeyPackageError, VerifiedKeyPackage},
    leaf::{self, LeafError, Seat},
    limits::MEMBERS_MAX,
    message::{Kind, MessageError},
    public_crypto::PublicCrypto,
    removal,
    suite::CallPlace,
    unkept::Unkept,
};

/// The public side of a call's group. It holds no secret: it can neither join, nor add, nor read.
#[derive(Debug)]
pub struct CallTree {
    place: CallPlace,
    group: PublicGroup,
    seats: Vec<Seat>,
}

/// What a commit changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The epoch that it began.
    pub epoch: u64,
    /// Whose commit it was.
    pub by: Seat,
    /// Who came, at their leaves.
    pub added: Vec<Seat>,
    /// Who went, from their leaves. A leaf may have gone to somebody who came.
    pub removed: Vec<Seat>,
}

/// Why a group's public side is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GroupInfoError {
    /// Not such a message, or of another suite.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// Of another call.
    #[error("the group is of another call")]
    Group,
    /// The tree is not in it.
    #[error("the group's public side comes with its tree, this one without")]
    NoTree,
    /// Somebody else may propose, or something else is agreed.
    #[error(
        "a call's group has the observer as its only external sender and no other extension, this one has others"
    )]
    Extensions,
    /// A member is none of this call.
    #[error(transparent)]
    Leaf(#[from] LeafError),
    /// One device at two leaves.
    #[error("device {0} is in the group twice")]
    DeviceTwice(DeviceId),
    /// More members than a group may have.
    #[error("a call has at most {MEMBERS_MAX} members, this group has {0}")]
    Full(usize),
    /// Against the rules of RFC 9420.
    #[error("the group's public side is not valid: {0}")]
    Invalid(String),
}

/// Why no removal can be proposed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProposeError {
    /// Nobody is there.
    #[error("there is no member at {0}")]
    NoMember(LeafIndex),
    /// The group has named another key.
    #[error("the group's observer has another key")]
    Observer,
    /// It cannot be encoded.
    #[error("the proposal cannot be written: {0}")]
    Write(String),
}

/// Checks a device's key package before it is passed on to those who may add it.
pub fn check_key_package(
    bytes: &[u8],
    place: &CallPlace,
    admitted: &[Admitted],
    now_ms: u64,
) -> Result<VerifiedKeyPackage, KeyPackageError> {
    VerifiedKeyPackage::read(bytes, place, admitted, now_ms, &PublicCrypto)
}

impl CallTree {
    /// Begins with the public side that the group's creator gave, or a member after a restart. `admitted`: the devices
    /// that the log has on the call.
    pub fn open(
        group_info: &[u8],
        place: CallPlace,
        admitted: &[Admitted],
        now_ms: u64,
    ) -> Result<Self, GroupInfoError> {
        let kind = Kind::GroupInfo;
        let MlsMessageBodyIn::GroupInfo(read) = kind.read(group_info)? else {
            return Err(kind.other().into());
        };
        if !place.has_group(read.group_id()) {
            return Err(GroupInfoError::Group);
        }
        let tree = read.extensions().ratchet_tree().ok_or(GroupInfoError::NoTree)?.ratchet_tree().clone();
        let (group, _) = PublicGroup::from_external(&PublicCrypto, &Unkept, tree, read, ProposalStore::new())
            .map_err(|error: CreationFromExternalError<Infallible>| {
                GroupInfoError::Invalid(error.to_string())
            })?;
        if !place.has_extensions(group.group_context().extensions()) {
            return Err(GroupInfoError::Extensions);
        }
        let mut opened = Self { place, group, seats: Vec::new() };
        for (_, leaf) in opened.group.treesync().full_leaves() {
            leaf::check(leaf, &place, admitted, now_ms)?;
        }
        opened.seats = opened.read_seats()?;
        if opened.seats.len() > MEMBERS_MAX {
            return Err(GroupInfoError::Full(opened.seats.len()));
        }
        match twice(&opened.seats) {
            Some(device) => Err(GroupInfoError::DeviceTwice(device)),
            None => Ok(opened),
        }
    }

    /// The epoch that the group is in.
    pub fn epoch(&self) -> u64 {
        self.group.group_context().epoch().as_u64()
    }

    /// The members, by leaf.
    pub fn seats(&self) -> &[Seat] {
        &self.seats
    }

    /// The member that a device is.
    pub fn seat_of(&self, device: DeviceId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.device == device)
    }

    /// The epoch and its members, for the tape.
    pub fn epoch_stated(&self) -> Result<EpochStated, RosterError> {
        let group = Digest::of(self.group.group_id().as_slice());
        let members = self.seats.iter().map(|seat| (seat.leaf, seat.device)).collect();
        Ok(EpochStated { place: EpochPlace { group, epoch: self.epoch() }, roster: Roster::new(members)? })
    }

    /// Takes a commit when it is valid and the first of its epoch. `by`: the device that handed it in;
    /// `staying`: those whom nobody may put out. What is refused
    /// changes nothing. Membership tag, confirmation tag and what the path encrypts can not be checked without a secret.
    pub fn take(
        &mut self,
        commit: &[u8],
        welcome: Option<&[u8]>,
        by: DeviceId,
        admitted: &[Admitted],
        staying: &BTreeSet<DeviceId>,
        now_ms: u64,
    ) -> Result<Moved, HandshakeError> {
        let message = handshake::read(Kind::Commit, commit, self.group.group_id(), self.epoch())?;
        let processed = self.group.process_message(&PublicCrypto, message).map_err(refusal)?;
        let (sender, beside) = (processed.sender().clone(), processed.aad().to_vec());
        let ProcessedMessageContent::StagedCommitMessage(staged) = processed.into_content() else {
            return Err(Kind::Commit.other().into());
        };
        let changes = Changes::of(&sender, &beside, &staged)?;
        let checked = changes.check(&self.seats, &self.place, admitted, now_ms)?;
        if checked.by.device != by {
            return Err(HandshakeError::NotOwn { by: checked.by.device, handed_in_by: by });
        }
        if let Some(seat) = checked.removed.iter().find(|seat| staying.contains(&seat.device)) {
            return Err(HandshakeError::PutsOut(seat.device));
        }
        needs_welcome(&changes, welcome)?;
        self.merge(*staged)?;
        let came = |seat: &&Seat| checked.added.iter().any(|cert| *cert.leaf_key == seat.leaf_key);
        Ok(Moved {
            epoch: self.epoch(),
            by: checked.by,
            added: self.seats.iter().filter(came).copied().collect(),
            removed: checked.removed,
        })
    }

    /// From here on nothing is refused: all leaves were read before.
    fn merge(&mut self, staged: StagedCommit) -> Result<(), HandshakeError> {
        self.group
            .merge_commit(&Unkept, staged)
            .map_err(|error: MergeCommitError<Infallible>| HandshakeError::Invalid(error.to_string()))?;
        self.seats = self.read_seats()?;
        Ok(())
    }

    fn read_seats(&self) -> Result<Vec<Seat>, LeafError> {
        self.group.treesync().full_leaves().map(|(number, leaf)| leaf::seat(number, leaf)).collect()
    }

    /// Proposes to the group that a member be removed: an MLS PublicMessage for all members.
    pub fn propose_removal(&self, leaf: LeafIndex, observer: &SigningKey) -> Result<Vec<u8>, ProposeError> {
        if observer.verifying_key().to_bytes() != self.place.observer {
            return Err(ProposeError::Observer);
        }
        if !self.seats.iter().any(|seat| seat.leaf == leaf) {
            return Err(ProposeError::NoMember(leaf));
        }
        removal::message(self.group.group_id(), self.epoch(), leaf.number(), observer)
            .map_err(|error| ProposeError::Write(error.to_string()))
    }
}

/// The first device that is at two leaves.
pub fn twice(seats: &[Seat]) -> Option<DeviceId> {
    let mut devices = BTreeSet::new();
    seats.iter().map(|seat| seat.device).find(|device| !devices.insert(*device))
}

fn refusal(error: PublicProcessMessageError) -> HandshakeError {
    match error {
        PublicProcessMessageError::ValidationError(error) => error.into(),
        PublicProcessMessageError::InvalidCommit(error) => error.into(),
        PublicProcessMessageError::LibraryError(_)
        | PublicProcessMessageError::IncompatibleWireFormat
        | PublicProcessMessageError::UnauthorizedExternalApplicationMessage
        | PublicProcessMessageError::UnauthorizedExternalCommitMessage
        | PublicProcessMessageError::UnsupportedProposalType => HandshakeError::Invalid(error.to_string()),
    }
}

/// A welcome goes with a commit that adds, and is for exactly those whom it adds.
fn needs_welcome(changes: &Changes<'_>, welcome: Option<&[u8]>) -> Result<(), HandshakeError> {
    let mut added = Vec::new();
    for package in changes.added() {
        let known_as = package.hash_ref(&PublicCrypto);
        added.push(known_as.map_err(|error| HandshakeError::Invalid(error.to_string()))?);
    }
    let mut welcomed: Vec<KeyPackageRef> = Vec::new();
    if let Some(bytes) = welcome {
        let kind = Kind::Welcome;
        let MlsMessageBodyIn::Welcome(read) = kind.read(bytes)? else {
            return Err(kind.other().into());
        };
        welcomed = read.secrets().iter().map(|secret| secret.new_member()).collect();
    }
    added.sort();
    welcomed.sort();
    if added == welcomed && welcome.is_some() != added.is_empty() {
        Ok(())
    } else {
        Err(HandshakeError::Welcome { added: added.len(), welcomed: welcomed.len() })
    }
}
