//! Calls in progress: who is on each, the order of their group's handshakes, and what the sfu is told. Who may be on a call
//! is read off the log; nothing of this is logged, and after a restart the devices bring it back (docs/call.md).

mod coming;
mod going;
mod handshakes;
mod media;

use std::collections::{BTreeMap, VecDeque};

use chancery_call_tree::tree::CallTree;
use chancery_log::id::{DeviceId, PackageId, PartyId};
use chancery_seal::frame_header::LeafIndex;
use chancery_wire::{
    call::{CallDown, CallRefusal, CallUp, DropCause, LineSeen, MediaSeen},
    limits::{CALL_MESSAGE_BYTES_MAX, HANDSHAKE_BYTES_MAX, SDP_BYTES_MAX},
    to_client::ToClient,
};
use serde_bytes::ByteBuf;

use super::{Switchboard, input::ConnectionId};

/// Lines of one call: a principal's call has ten; a large conference call of a desk fifty.
pub(super) const LINES_MAX: u32 = 64;

/// Calls at once on one server: a desk of a government has a handful.
pub(super) const CALLS_MAX: usize = 256;

/// Commits kept for members that come back after their socket broke: more, and it is cheaper to join anew.
const COMMITS_KEPT: usize = 64;

/// A device that was told to begin and gives no group within this time is passed over.
const BEGIN_MS: u64 = 3_000;

/// All calls in progress.
#[derive(Debug, Default)]
pub(super) struct Calls {
    live: BTreeMap<PackageId, Call>,
    /// The sfu does not answer any more.
    is_mute: bool,
}

/// One call in progress.
#[derive(Debug, Default)]
struct Call {
    /// The public side of its group; none before somebody gave it.
    tree: Option<CallTree>,
    /// Who was asked for the public side, and when.
    asked: Option<(DeviceId, u64)>,
    members: BTreeMap<DeviceId, Member>,
    /// The newest commits: the epoch that each ended, whose, and its bytes.
    commits: VecDeque<(u64, DeviceId, ByteBuf)>,
    /// Frames that were not forwarded, as last told.
    dropped: BTreeMap<(DeviceId, DropCause), u64>,
    /// The lines as last told.
    told: Vec<LineSeen>,
}

/// A device on a call.
#[derive(Debug)]
struct Member {
    party: PartyId,
    connection: Option<ConnectionId>,
    /// Its key package, while it waits to be added.
    key_package: Option<ByteBuf>,
    leaf: Option<LeafIndex>,
    media: MediaSeen,
    /// What the sfu was told of it last.
    speaks: bool,
    held: bool,
}

impl Calls {
    /// The calls that this device is on.
    fn of_device(&self, device: DeviceId) -> Vec<PackageId> {
        let on = self.live.iter().filter(|(_, call)| call.members.contains_key(&device));
        on.map(|(package, _)| *package).collect()
    }
}

impl Call {
    /// Members of the group that can be reached.
    fn in_group(&self) -> impl Iterator<Item = (DeviceId, ConnectionId)> {
        self.members.iter().filter_map(|(device, member)| {
            member.leaf.and(member.connection).map(|connection| (*device, connection))
        })
    }
}

impl Switchboard {
    /// A device says something about a call.
    pub(super) fn call_said(&mut self, connection: ConnectionId, package: PackageId, say: CallUp) {
        let Some(line) = self.line(connection) else { return };
        let device = line.device;
        if let Err(what) = check_size(&say) {
            return self.malformed(connection, what);
        }
        let done = match say {
            CallUp::Join { party, key_package } => {
                self.join_call(connection, device, package, party, key_package)
            }
            CallUp::Resume { epoch } => self.resume_call(connection, device, package, epoch),
            CallUp::Group { group_info } => self.take_group(device, package, &group_info),
            CallUp::Commit { commit, welcome } => self.take_commit(device, package, commit, welcome),
            CallUp::Say { message } => self.relay(device, package, message),
            CallUp::Offer { sdp } => self.offer_media(device, package, sdp),
            CallUp::Leave {} => {
                self.expel(package, device);
                Ok(())
            }
        };
        if let Err(because) = done {
            self.tell_call(connection, package, CallDown::Refused { because });
        }
    }

    fn tell_call(&mut self, connection: ConnectionId, package: PackageId, say: CallDown) {
        self.send(connection, ToClient::Call { package, say });
    }

    /// Tells everybody in the group.
    fn tell_group(&mut self, package: PackageId, say: &CallDown) {
        let Some(call) = self.calls.live.get(&package) else { return };
        let all: Vec<ConnectionId> = call.in_group().map(|(_, connection)| connection).collect();
        for connection in all {
            self.tell_call(connection, package, say.clone());
        }
    }

    /// Tells the group who waits.
    fn tell_waiting(&mut self, package: PackageId) {
        let Some(call) = self.calls.live.get(&package) else { return };
        let waiting = call.members.iter().filter_map(|(device, member)| {
            let key_package = member.key_package.clone()?;
            Some(chancery_wire::call::Waiting { party: member.party, device: *device, key_package })
        });
        let say = CallDown::Waiting { waiting: waiting.collect() };
        self.tell_group(package, &say);
    }

    /// Tells the group of the lines, when they are not what was told before.
    fn tell_lines(&mut self, package: PackageId) {
        let Some(call) = self.calls.live.get_mut(&package) else { return };
        let lines: Vec<LineSeen> = call
            .members
            .iter()
            .map(|(device, member)| LineSeen {
                device: *device,
                party: member.party,
                leaf: member.leaf.map(LeafIndex::number),
                media: if member.connection.is_some() { member.media } else { MediaSeen::Lost },
            })
            .collect();
        if call.told == lines {
            return;
        }
        call.told.clone_from(&lines);
        self.tell_group(package, &CallDown::Lines { lines });
    }

    fn member_of(&self, package: PackageId, device: DeviceId) -> Result<&Member, CallRefusal> {
        let call = self.calls.live.get(&package).ok_or(CallRefusal::NoCall)?;
        call.members.get(&device).ok_or(CallRefusal::NotIn)
    }
}

fn check_size(say: &CallUp) -> Result<(), &'static str> {
    let fits = match say {
        CallUp::Join { key_package, .. } => key_package.len() <= HANDSHAKE_BYTES_MAX,
        CallUp::Group { group_info } => group_info.len() <= HANDSHAKE_BYTES_MAX,
        CallUp::Commit { commit, welcome } => {
            commit.len() <= HANDSHAKE_BYTES_MAX
                && welcome.as_ref().is_none_or(|welcome| welcome.len() <= HANDSHAKE_BYTES_MAX)
        }
        CallUp::Say { message } => message.len() <= CALL_MESSAGE_BYTES_MAX,
        CallUp::Offer { sdp } => sdp.len() <= SDP_BYTES_MAX,
        CallUp::Resume { .. } | CallUp::Leave {} => true,
    };
    if fits { Ok(()) } else { Err("a message about a call larger than it may be") }
}
