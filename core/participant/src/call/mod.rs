//! Calls that this device is on: it comes, brings others into the group, puts out whom the log puts out, and hands the keys
//! of each epoch to whatever seals and opens frames. The order of things stands in docs/call.md.

mod coming;
mod committing;
mod epochs;
pub mod inside;
mod said;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
};

use chancery_call_tree::leaf::Seat;
use chancery_log::id::{DeviceId, Digest, PackageId, PartyId};
use chancery_seal::frame_header::LeafIndex;
use chancery_secure_call::{
    frames::{
        base::FrameBase,
        start::{SealerStart, SealerStarts},
    },
    group::{
        CallGroup,
        join::{Joining, Welcomed},
    },
};
use chancery_wire::call::{CallDown, CallRefusal, CallUp, DropCause, LineSeen, Waiting};

use crate::participant::Participant;

/// What a call's shell is told: whatever has the microphone and the loudspeaker.
pub enum CallOut {
    /// The keys of the group's present epoch.
    Epoch(Box<EpochKeys>),
    /// Nothing more may be sealed until the next epoch: somebody was put out and the group has not followed yet.
    Cease,
    /// The media connection that was offered.
    Answer(String),
    /// The server did not do what was asked.
    Refused(CallRefusal),
    /// The device is off the call.
    Over,
}

/// What frames of one epoch are sealed and opened with.
pub struct EpochKeys {
    /// The epoch.
    pub epoch: u64,
    /// The secret of its frames.
    pub base: FrameBase,
    /// This device's leaf.
    pub own: LeafIndex,
    /// Every leaf of the group.
    pub members: BTreeSet<LeafIndex>,
    /// Leaves whose member was removed since the epoch before.
    pub removed: BTreeSet<LeafIndex>,
    /// For the sealer.
    pub start: SealerStart,
}

/// One call that this device is on, or is coming to.
pub struct OnCall {
    pub(crate) party: PartyId,
    pub(crate) membership: Membership,
    /// What the server said and could not be taken yet, in order: entries of the log that it rests on are on their way.
    pub(crate) inbox: VecDeque<CallDown>,
    pub(crate) blocked_since_ms: Option<u64>,
    pub(crate) waiting: Vec<Waiting>,
    /// Since when somebody is to be brought in or put out.
    pub(crate) due_since_ms: Option<u64>,
    /// When the resumption was said, while nothing answered it.
    pub(crate) resumed_ms: Option<u64>,
    pub(crate) lines: Vec<LineSeen>,
    pub(crate) dropped: BTreeMap<(DeviceId, DropCause), u64>,
    pub(crate) refused: Option<CallRefusal>,
    /// Nothing is committed before: the last commit was refused.
    pub(crate) not_before_ms: u64,
    /// Deeds that were queued by itself, so that none is queued twice.
    pub(crate) arrived: bool,
    pub(crate) admitted: BTreeSet<PartyId>,
}

/// How far this device is into the group.
pub(crate) enum Membership {
    /// Not, and not asked for.
    Out,
    /// Its key package is with the server.
    Joining(Box<Joining>),
    /// Welcomed into a group whose members the log does not vouch for yet.
    Welcomed(Box<Welcomed>),
    /// A member.
    In(Box<In>),
}

/// A membership.
pub(crate) struct In {
    pub(crate) group: Box<CallGroup>,
    pub(crate) starts: SealerStarts,
    pub(crate) since_ms: u64,
    /// The commit that is with the server: the epoch that it would begin.
    pub(crate) handed_in: Option<u64>,
    /// It came by a welcome and has renewed nothing yet.
    pub(crate) is_new: bool,
    /// Frames are not sealed until the next epoch.
    pub(crate) ceased: bool,
    /// Members whose epoch authenticator was the same.
    pub(crate) agreed: BTreeSet<DeviceId>,
}

impl fmt::Debug for CallOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Epoch(keys) => write!(f, "Epoch({})", keys.epoch),
            Self::Cease => f.write_str("Cease"),
            Self::Answer(_) => f.write_str("Answer"),
            Self::Refused(because) => write!(f, "Refused({because})"),
            Self::Over => f.write_str("Over"),
        }
    }
}

impl OnCall {
    pub(crate) fn new(party: PartyId) -> Self {
        Self {
            party,
            membership: Membership::Out,
            inbox: VecDeque::new(),
            blocked_since_ms: None,
            waiting: Vec::new(),
            due_since_ms: None,
            resumed_ms: None,
            lines: Vec::new(),
            dropped: BTreeMap::new(),
            refused: None,
            not_before_ms: 0,
            arrived: false,
            admitted: BTreeSet::new(),
        }
    }

    /// As which party.
    pub fn party(&self) -> PartyId {
        self.party
    }

    /// The key holders of the call; none while this device is not one.
    pub fn seats(&self) -> &[Seat] {
        self.member().map_or(&[], |member| member.group.seats())
    }

    /// The group's epoch, while this device is in it.
    pub fn epoch(&self) -> Option<u64> {
        self.member().map(|member| member.group.epoch())
    }

    /// Whether this member said inside the group that it is in the same epoch of the same group.
    pub fn agrees(&self, device: DeviceId) -> bool {
        self.member().is_some_and(|member| member.agreed.contains(&device))
    }

    /// The lines as the server sees them.
    pub fn lines(&self) -> &[LineSeen] {
        &self.lines
    }

    /// Frames that the server did not forward, by line and cause.
    pub fn dropped(&self) -> &BTreeMap<(DeviceId, DropCause), u64> {
        &self.dropped
    }

    /// What the server refused last.
    pub fn refused(&self) -> Option<&CallRefusal> {
        self.refused.as_ref()
    }

    pub(crate) fn member(&self) -> Option<&In> {
        match &self.membership {
            Membership::In(member) => Some(member),
            Membership::Out | Membership::Joining(_) | Membership::Welcomed(_) => None,
        }
    }

    pub(crate) fn member_mut(&mut self) -> Option<&mut In> {
        match &mut self.membership {
            Membership::In(member) => Some(member),
            Membership::Out | Membership::Joining(_) | Membership::Welcomed(_) => None,
        }
    }
}

impl Participant {
    /// Comes to a call as this party: arrives, is admitted, joins the group, and stays until it leaves or is put out.
    pub fn enter_call(&mut self, now_ms: u64, package: PackageId, party: PartyId) {
        self.clock.tell(now_ms);
        self.calls.entry(package).or_insert_with(|| OnCall::new(party));
        self.work();
    }

    /// Off the call: nothing of its group is kept. That the party left is an act of its own.
    pub fn leave_call(&mut self, now_ms: u64, package: PackageId) {
        self.clock.tell(now_ms);
        if self.calls.remove(&package).is_some() {
            self.call_up(package, CallUp::Leave {});
            self.call_out(package, CallOut::Over);
        }
        self.work();
    }

    /// Offers a media connection.
    pub fn offer_media(&mut self, now_ms: u64, package: PackageId, sdp: String) {
        self.clock.tell(now_ms);
        self.call_up(package, CallUp::Offer { sdp });
    }

    /// Another start for a sealer, after its worker started again; none while the device is in no group.
    pub fn start_sealer(&mut self, package: PackageId) -> Option<SealerStart> {
        let member = self.calls.get_mut(&package)?.member_mut()?;
        if member.ceased { None } else { member.starts.start().ok() }
    }

    /// A call that this device is on.
    pub fn call(&self, package: PackageId) -> Option<&OnCall> {
        self.calls.get(&package)
    }

    /// All calls that this device is on.
    pub fn calls(&self) -> impl Iterator<Item = (PackageId, &OnCall)> {
        self.calls.iter().map(|(package, call)| (*package, call))
    }

    pub(crate) fn call_up(&mut self, package: PackageId, say: CallUp) {
        if self.connection.is_in() {
            self.send(&chancery_wire::to_server::ToServer::Call { package, say });
        }
    }

    pub(crate) fn call_out(&mut self, package: PackageId, say: CallOut) {
        self.output(crate::io::Output::Call { package, say });
    }

    /// The size and root of the newest checkpoint, for the others to compare.
    pub(crate) fn newest_checkpoint(&self) -> Option<(u64, Digest)> {
        self.checkpoint().map(|newest| (newest.size(), newest.root()))
    }
}
