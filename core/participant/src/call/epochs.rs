//! From one epoch of a group to the next: keys go out, and what this device holds is said inside.

use std::collections::BTreeSet;

use chancery_call_tree::tree::Moved;
use chancery_log::id::{Digest, PackageId};
use chancery_secure_call::{
    frames::start::SealerStarts,
    group::{CallGroup, message::Heard},
};
use chancery_wire::call::CallUp;
use serde_bytes::{ByteArray, ByteBuf};

use super::{CallOut, EpochKeys, In, Membership, inside::Inside};
use crate::{alarm::Alarm, io::Event, participant::Participant};

impl Participant {
    /// The device is in a group.
    pub(crate) fn enter_group(&mut self, package: PackageId, group: Box<CallGroup>, is_new: bool) {
        let now_ms = self.now_ms();
        let Some(call) = self.calls.get_mut(&package) else { return };
        let starts = SealerStarts::new(group.own().leaf);
        call.membership = Membership::In(Box::new(In {
            group,
            starts,
            since_ms: now_ms,
            handed_in: None,
            is_new,
            ceased: false,
            agreed: BTreeSet::new(),
        }));
        call.refused = None;
        call.resumed_ms = None;
        self.enter_epoch(package, &[]);
    }

    /// The group moved on.
    pub(crate) fn moved(&mut self, package: PackageId, moved: &Moved) {
        let now_ms = self.now_ms();
        let Some(call) = self.calls.get_mut(&package) else { return };
        call.due_since_ms = None;
        call.waiting.retain(|waits| !moved.added.iter().any(|seat| seat.device == waits.device));
        let Some(member) = call.member_mut() else { return };
        member.since_ms = now_ms;
        member.handed_in = None;
        member.ceased = false;
        member.agreed.clear();
        if moved.by.leaf == member.group.own().leaf {
            member.is_new = false;
        }
        let removed: Vec<_> = moved.removed.iter().map(|seat| seat.leaf).collect();
        self.enter_epoch(package, &removed);
    }

    fn enter_epoch(&mut self, package: PackageId, removed: &[chancery_seal::frame_header::LeafIndex]) {
        let keys = self.calls.get_mut(&package).and_then(super::OnCall::member_mut).map(|member| {
            let epoch = member.group.epoch();
            let base = member.group.frame_base().map_err(|error| error.to_string())?;
            member.starts.enter(epoch, base.clone()).map_err(|error| error.to_string())?;
            let start = member.starts.start().map_err(|error| error.to_string())?;
            let members = member.group.seats().iter().map(|seat| seat.leaf).collect();
            let own = member.group.own().leaf;
            Ok(EpochKeys { epoch, base, own, members, removed: removed.iter().copied().collect(), start })
        });
        match keys {
            Some(Ok(keys)) => {
                self.call_out(package, CallOut::Epoch(Box::new(keys)));
                self.say_what_is_held(package);
                self.event(Event::Call(package));
            }
            Some(Err(detail)) => {
                let detail: String = detail;
                self.alarm(Alarm::CallBroken { package, detail });
                self.join_anew(package);
            }
            None => {}
        }
    }

    /// Says inside what this device holds, for the others to compare.
    fn say_what_is_held(&mut self, package: PackageId) {
        let checkpoint = self.newest_checkpoint();
        let Some(member) = self.calls.get(&package).and_then(super::OnCall::member) else { return };
        match member.group.authenticator() {
            Ok(own) => {
                let authenticator = ByteArray::new(*own.expose());
                self.say_inside(package, &Inside::Holds { authenticator, checkpoint });
            }
            Err(error) => self.alarm(Alarm::CallBroken { package, detail: error.to_string() }),
        }
    }

    /// Says something that only the group can read.
    pub(crate) fn say_inside(&mut self, package: PackageId, say: &Inside) {
        let Some(member) = self.calls.get_mut(&package).and_then(super::OnCall::member_mut) else { return };
        let sealed = say
            .write()
            .map_err(|error| error.to_string())
            .and_then(|words| member.group.say(&words).map_err(|error| error.to_string()));
        match sealed {
            Ok(message) => self.call_up(package, CallUp::Say { message: ByteBuf::from(message) }),
            Err(detail) => self.alarm(Alarm::CallBroken { package, detail }),
        }
    }

    /// Another member said something inside the group.
    pub(crate) fn heard_inside(&mut self, package: PackageId, heard: &Heard) {
        let device = heard.from.device;
        match Inside::read(&heard.words) {
            Ok(Inside::Holds { authenticator, checkpoint }) => {
                let now = self.newest_checkpoint();
                if other_history(now, checkpoint) {
                    self.alarm(Alarm::OtherHistoryInCall { package, device });
                }
                let Some(member) = self.calls.get_mut(&package).and_then(super::OnCall::member_mut) else {
                    return;
                };
                let own = member.group.authenticator().ok();
                if own.is_some_and(|own| *own.expose() == *authenticator) {
                    member.agreed.insert(device);
                    self.event(Event::Call(package));
                } else {
                    self.alarm(Alarm::GroupSplit { package, device });
                }
            }
            Ok(Inside::Asks {}) => self.say_what_is_held(package),
            Err(error) => self.alarm(Alarm::CallBroken { package, detail: error.to_string() }),
        }
    }
}

/// Of one size there is one root.
fn other_history(ours: Option<(u64, Digest)>, theirs: Option<(u64, Digest)>) -> bool {
    match (ours, theirs) {
        (Some((size, root)), Some((other_size, other_root))) => size == other_size && root != other_root,
        (None, _) | (_, None) => false,
    }
}
