//! What a handshake may do: a member's commit adds, removes and renews its own path; the observer proposes to remove.
//! Members and server hold the same rules.

use std::collections::BTreeSet;

use chancery_log::id::DeviceId;
use chancery_seal::{
    frame_header::LeafIndex,
    leaf_cert::{Admitted, LeafCert},
};
use openmls::prelude::{
    ContentType, GroupId, KeyPackage, LeafNode, MlsMessageBodyIn, Proposal, ProposalOrRefType,
    ProtocolMessage, PublicMessageIn, QueuedProposal, Sender, StageCommitError, StagedCommit,
    ValidationError,
};

use crate::{
    key_package::{self, KeyPackageError},
    leaf::{self, LeafError, Seat},
    limits::MEMBERS_MAX,
    message::{Kind, MessageError},
    suite::CallPlace,
};

/// Why a handshake is not taken. Nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeError {
    /// Not the message that was expected.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// For another group, of this call or of another.
    #[error("the handshake is for another group")]
    Group,
    /// For an epoch that is over, or not there yet.
    #[error("the group is in epoch {expected}, the handshake is for epoch {got}")]
    Epoch {
        /// The group's epoch.
        expected: u64,
        /// The handshake's.
        got: u64,
    },
    /// From somebody who may not say such a thing.
    #[error("{kind} does not come from {from}")]
    Sender {
        /// What came.
        kind: Kind,
        /// From whom.
        from: &'static str,
    },
    /// From a leaf that is empty.
    #[error("there is no member at leaf {0}")]
    NoMember(u32),
    /// Handed in by another device than the one that made it.
    #[error("the commit is by device {by}, device {handed_in_by} handed it in")]
    NotOwn {
        /// Whose leaf signed it.
        by: DeviceId,
        /// Who brought it.
        handed_in_by: DeviceId,
    },
    /// Forged, or changed on the way.
    #[error("the handshake's signature does not verify")]
    Signature,
    /// Not made by somebody who holds this epoch's secrets.
    #[error("the handshake's membership tag does not verify: its author does not hold this epoch's secrets")]
    MembershipTag,
    /// It leads to other secrets than its author says.
    #[error("the commit's confirmation tag does not verify: it leads its author elsewhere than this device")]
    ConfirmationTag,
    /// It removes somebody who is on the call and there.
    #[error("the commit removes device {0}, which is on the call")]
    PutsOut(DeviceId),
    /// It does something that no handshake of a call does.
    #[error("a commit adds and removes, this one holds a proposal of type {0}")]
    Proposal(u16),
    /// It rests on a proposal that is not in it.
    #[error("a commit holds its own proposals, this one refers to another message")]
    Reference,
    /// It renews nobody's keys.
    #[error("a commit renews its author's path, this one does not")]
    NoPath,
    /// It carries something beside.
    #[error("a handshake carries no data beside, this one carries {0} bytes")]
    Beside(usize),
    /// A leaf of it is not taken.
    #[error(transparent)]
    Leaf(#[from] LeafError),
    /// A key package of it is not taken.
    #[error(transparent)]
    KeyPackage(#[from] KeyPackageError),
    /// A member put another device's certificate, or another key, on its own leaf.
    #[error("leaf {leaf} is of device {expected}, the commit puts device {got} or another key there")]
    OtherLeaf {
        /// Which leaf.
        leaf: LeafIndex,
        /// Whose it is.
        expected: DeviceId,
        /// Who is named.
        got: DeviceId,
    },
    /// One device at two leaves: the older was not removed.
    #[error("device {0} would be in the group twice")]
    DeviceTwice(DeviceId),
    /// More members than a group may have.
    #[error("a call has at most {MEMBERS_MAX} members, the commit makes {0}")]
    Full(usize),
    /// Those who are added, and those who are welcomed, are not the same.
    #[error("the commit adds {added} devices, its welcome is for others, or for {welcomed}")]
    Welcome {
        /// How many it adds.
        added: usize,
        /// How many are welcomed.
        welcomed: usize,
    },
    /// This device made it and then gave it up: it can not open what it sealed to the others.
    #[error("the commit is this device's own, and was given up: the device has to join anew")]
    OwnLost,
    /// Against the rules of RFC 9420 in another way.
    #[error("the handshake is not valid: {0}")]
    Invalid(String),
}

impl From<ValidationError> for HandshakeError {
    #[allow(clippy::wildcard_enum_match_arm, reason = "an enum of OpenMLS, most of which is one thing to us")]
    fn from(error: ValidationError) -> Self {
        match error {
            ValidationError::InvalidSignature => Self::Signature,
            ValidationError::InvalidMembershipTag | ValidationError::MissingMembershipTag => {
                Self::MembershipTag
            }
            other => Self::Invalid(other.to_string()),
        }
    }
}

impl From<StageCommitError> for HandshakeError {
    #[allow(clippy::wildcard_enum_match_arm, reason = "an enum of OpenMLS, most of which is one thing to us")]
    fn from(error: StageCommitError) -> Self {
        match error {
            StageCommitError::ConfirmationTagMismatch => Self::ConfirmationTag,
            StageCommitError::MissingProposal => Self::Reference,
            other => Self::Invalid(other.to_string()),
        }
    }
}

/// Reads a handshake for this group and this epoch, from somebody who may make such a one. Nothing of it is verified.
pub fn read(
    kind: Kind,
    bytes: &[u8],
    group: &GroupId,
    epoch: u64,
) -> Result<ProtocolMessage, HandshakeError> {
    let MlsMessageBodyIn::PublicMessage(message) = kind.read(bytes)? else {
        return Err(kind.other().into());
    };
    if message.group_id() != group {
        return Err(HandshakeError::Group);
    }
    let got = message.epoch().as_u64();
    if got != epoch {
        return Err(HandshakeError::Epoch { expected: epoch, got });
    }
    if (message.content_type() == ContentType::Commit) != (kind == Kind::Commit) {
        return Err(kind.other().into());
    }
    needs_sender(kind, &message)?;
    Ok(message.into())
}

fn needs_sender(kind: Kind, message: &PublicMessageIn) -> Result<(), HandshakeError> {
    let from = match message.sender() {
        Sender::Member(_) if kind == Kind::Commit => return Ok(()),
        Sender::External(_) if kind == Kind::Proposal => return Ok(()),
        Sender::Member(_) => "a member",
        Sender::External(_) => "the observer",
        Sender::NewMemberProposal | Sender::NewMemberCommit => "somebody outside",
    };
    Err(HandshakeError::Sender { kind, from })
}

/// Which member the observer proposes to remove.
#[allow(clippy::wildcard_enum_match_arm, reason = "an enum of OpenMLS; removal is all that is taken")]
pub fn proposed_removal(proposal: &QueuedProposal) -> Result<LeafIndex, HandshakeError> {
    match proposal.proposal() {
        Proposal::Remove(remove) => Ok(leaf::index(remove.removed()).map_err(LeafError::from)?),
        other => Err(HandshakeError::Proposal(other.proposal_type().into())),
    }
}

/// What a commit does, whose signature holds.
#[derive(Debug)]
pub struct Changes<'a> {
    by: LeafIndex,
    added: Vec<&'a KeyPackage>,
    removed: Vec<LeafIndex>,
    path: &'a LeafNode,
}

/// What a commit does, checked against the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedChanges {
    /// Whose commit it is; the end of its certificate is the renewed one.
    pub by: Seat,
    /// Who is added. They have their leaves once the commit is merged.
    pub added: Vec<LeafCert>,
    /// Who is removed.
    pub removed: Vec<Seat>,
}

impl<'a> Changes<'a> {
    /// Reads a staged commit: adds and removals in it, by its author, and a path.
    #[allow(clippy::wildcard_enum_match_arm, reason = "an enum of OpenMLS; these two are all that is taken")]
    pub fn of(sender: &Sender, beside: &[u8], staged: &'a StagedCommit) -> Result<Self, HandshakeError> {
        let Sender::Member(author) = sender else {
            return Err(HandshakeError::Sender { kind: Kind::Commit, from: "somebody outside" });
        };
        if !beside.is_empty() {
            return Err(HandshakeError::Beside(beside.len()));
        }
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        for queued in staged.queued_proposals() {
            if !matches!(queued.proposal_or_ref_type(), ProposalOrRefType::Proposal)
                || queued.sender() != sender
            {
                return Err(HandshakeError::Reference);
            }
            match queued.proposal() {
                Proposal::Add(add) => added.push(add.key_package()),
                Proposal::Remove(_) => removed.push(proposed_removal(queued)?),
                other => return Err(HandshakeError::Proposal(other.proposal_type().into())),
            }
        }
        let path = staged.update_path_leaf_node().ok_or(HandshakeError::NoPath)?;
        Ok(Self { by: leaf::index(*author).map_err(LeafError::from)?, added, removed, path })
    }

    /// The key packages that it adds.
    pub fn added(&self) -> &[&'a KeyPackage] {
        &self.added
    }

    /// Checks every leaf that it puts into the tree. `seats` are the members before it.
    pub fn check(
        &self,
        seats: &[Seat],
        place: &CallPlace,
        admitted: &[Admitted],
        now_ms: u64,
    ) -> Result<CheckedChanges, HandshakeError> {
        let by = self.author(seats, place, admitted, now_ms)?;
        let mut added = Vec::new();
        for package in &self.added {
            added.push(key_package::check(package, place, admitted, now_ms)?.cert);
        }
        let removed = self.removed.iter().map(|leaf| member(seats, *leaf)).collect::<Result<Vec<_>, _>>()?;
        let stay = seats.iter().filter(|seat| !self.removed.contains(&seat.leaf)).map(|seat| seat.device);
        let mut devices = BTreeSet::new();
        for device in stay.chain(added.iter().map(|cert| cert.device)) {
            if !devices.insert(device) {
                return Err(HandshakeError::DeviceTwice(device));
            }
        }
        if devices.len() > MEMBERS_MAX {
            return Err(HandshakeError::Full(devices.len()));
        }
        Ok(CheckedChanges { by, added, removed })
    }

    /// Its author's leaf stays the same device's, with the same key; only the certificate may be a newer one.
    fn author(
        &self,
        seats: &[Seat],
        place: &CallPlace,
        admitted: &[Admitted],
        now_ms: u64,
    ) -> Result<Seat, HandshakeError> {
        let seat = member(seats, self.by)?;
        let cert = leaf::check(self.path, place, admitted, now_ms)?.cert;
        let same = cert.device == seat.device && cert.party == seat.party && *cert.leaf_key == seat.leaf_key;
        if same {
            Ok(Seat { not_after_ms: cert.not_after_ms, ..seat })
        } else {
            Err(HandshakeError::OtherLeaf { leaf: self.by, expected: seat.device, got: cert.device })
        }
    }
}

fn member(seats: &[Seat], leaf: LeafIndex) -> Result<Seat, HandshakeError> {
    seats.iter().find(|seat| seat.leaf == leaf).copied().ok_or(HandshakeError::NoMember(leaf.number()))
}
