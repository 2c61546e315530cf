//! Going: whoever the log says is off the call is cut in the same moment, and the group is asked to remove it.

use chancery_desk::parties::PartyState;
use chancery_log::id::{DeviceId, PackageId};
use chancery_seal::frame_header::LeafIndex;
use chancery_wire::call::CallDown;
use serde_bytes::ByteBuf;

use super::Switchboard;
use crate::switchboard::{input::ConnectionId, media::ToMedia, output::Output};

impl Switchboard {
    /// Something of this package was logged: who may be on, speak, is on hold?
    pub(in crate::switchboard) fn judge_call(&mut self, package: PackageId) {
        let Some(call) = self.calls.live.get(&package) else { return };
        let desk = self.store.desk();
        let known = desk.packages.get(&package);
        let mut off = Vec::new();
        let mut changed = Vec::new();
        for (device, member) in &call.members {
            let on = known
                .filter(|known| known.comes_by(&desk.trust, member.party, *device))
                .and_then(|known| known.on_call(member.party));
            match on {
                None => off.push(*device),
                Some(party) => {
                    let (speaks, held) = (party.may_speak(), party.state == PartyState::Held);
                    if (speaks, held) != (member.speaks, member.held) {
                        changed.push((*device, speaks, held));
                    }
                }
            }
        }
        for device in off {
            self.expel(package, device);
        }
        for (device, speaks, held) in changed {
            let member = self.calls.live.get_mut(&package).and_then(|call| call.members.get_mut(&device));
            if let Some(member) = member {
                (member.speaks, member.held) = (speaks, held);
                self.tell_media(ToMedia::MaySpeak { package, device, speaks, held });
            }
        }
    }

    /// Devices may have been revoked: every call is judged.
    pub(in crate::switchboard) fn judge_calls(&mut self) {
        let all: Vec<PackageId> = self.calls.live.keys().copied().collect();
        for package in all {
            self.judge_call(package);
        }
    }

    /// Off the call: nothing more goes to it or comes from it, and the group is asked to remove it.
    pub(super) fn expel(&mut self, package: PackageId, device: DeviceId) {
        let Some(call) = self.calls.live.get_mut(&package) else { return };
        let Some(member) = call.members.remove(&device) else { return };
        self.tell_media(ToMedia::Close { package, device });
        if let Some(connection) = member.connection {
            self.tell_call(connection, package, CallDown::Over {});
        }
        if let Some(leaf) = member.leaf {
            self.propose_removal(package, leaf);
        }
        let is_empty = self.calls.live.get(&package).is_some_and(|call| call.members.is_empty());
        if is_empty {
            self.calls.live.remove(&package);
            self.tell_media(ToMedia::Over { package });
        } else {
            self.tell_lines(package);
        }
    }

    fn propose_removal(&mut self, package: PackageId, leaf: LeafIndex) {
        let Some(public) = self.store.desk().trust.verifying_key(self.store.desk().trust.observer()) else {
            return;
        };
        let Some(key) = self.store.keys().observer_key(public.as_bytes()) else { return };
        let Some(tree) = self.calls.live.get(&package).and_then(|call| call.tree.as_ref()) else { return };
        match tree.propose_removal(leaf, key) {
            Ok(proposal) => {
                self.tell_group(package, &CallDown::Proposed { proposal: ByteBuf::from(proposal) });
            }
            // Members remove on their own whoever the log says is off.
            Err(error) => tracing::warn!(%error, "a removal could not be proposed to a call's group"),
        }
    }

    /// A connection is gone: the leaves of its device stay for when it comes back.
    pub(in crate::switchboard) fn gone_from_calls(&mut self, device: DeviceId, connection: ConnectionId) {
        for package in self.calls.of_device(device) {
            let member = self.calls.live.get_mut(&package).and_then(|call| call.members.get_mut(&device));
            if let Some(member) = member.filter(|member| member.connection == Some(connection)) {
                member.connection = None;
                self.tell_lines(package);
            }
        }
    }

    /// Time passed: whoever was asked to begin and did not is passed over.
    pub(in crate::switchboard) fn tick_calls(&mut self) {
        let all: Vec<PackageId> = self.calls.live.keys().copied().collect();
        for package in all {
            let begins = self.calls.live.get(&package).is_some_and(|call| call.tree.is_none());
            if begins {
                self.bring_in(package);
            }
        }
    }

    pub(super) fn tell_media(&mut self, say: ToMedia) {
        self.outputs.push_back(Output::Media(Box::new(say)));
    }
}
