//! Between a call and the sfu: connections are made here, forwarding there.

use chancery_log::id::{DeviceId, PackageId};
use chancery_seal::frame_header::LeafIndex;
use chancery_wire::call::{CallDown, CallRefusal, MediaSeen};

use super::Switchboard;
use crate::switchboard::media::{FromMedia, ToMedia};

impl Switchboard {
    pub(super) fn offer_media(
        &mut self,
        device: DeviceId,
        package: PackageId,
        sdp: String,
    ) -> Result<(), CallRefusal> {
        let member = self.member_of(package, device)?;
        if self.calls.is_mute {
            return Err(CallRefusal::NoMedia);
        }
        let (leaf, speaks, held) = (member.leaf, member.speaks, member.held);
        self.tell_media(ToMedia::Open { package, device, leaf, speaks, held, sdp });
        Ok(())
    }

    /// Tells the sfu which leaf is whose.
    pub(super) fn set_leaves(&mut self, package: PackageId) {
        let Some(call) = self.calls.live.get(&package) else { return };
        let leaves: Vec<(DeviceId, Option<LeafIndex>)> =
            call.members.iter().map(|(device, member)| (*device, member.leaf)).collect();
        for (device, leaf) in leaves {
            self.tell_media(ToMedia::SetLeaf { package, device, leaf });
        }
    }

    /// The sfu says something about a line.
    pub(in crate::switchboard) fn media_said(&mut self, said: FromMedia) {
        match said {
            FromMedia::Answer { package, device, sdp } => {
                self.tell_device(package, device, CallDown::Answer { sdp });
            }
            FromMedia::Refused { package, device, because } => {
                self.tell_device(package, device, CallDown::Refused { because });
            }
            FromMedia::Seen { package, device, media } => {
                let member = self.calls.live.get_mut(&package).and_then(|call| call.members.get_mut(&device));
                if let Some(member) = member {
                    member.media = media;
                    self.tell_lines(package);
                }
            }
            FromMedia::Dropped { package, device, because, frames } => {
                let Some(call) = self.calls.live.get_mut(&package) else { return };
                let told = call.dropped.entry((device, because)).or_default();
                if *told < frames {
                    *told = frames;
                    self.tell_group(package, &CallDown::Dropped { device, because, frames });
                }
            }
        }
    }

    fn tell_device(&mut self, package: PackageId, device: DeviceId, say: CallDown) {
        let member = self.calls.live.get(&package).and_then(|call| call.members.get(&device));
        if let Some(connection) = member.and_then(|member| member.connection) {
            self.tell_call(connection, package, say);
        }
    }

    /// The sfu stopped: every line's frames have ceased.
    pub(in crate::switchboard) fn media_is_gone(&mut self) {
        if std::mem::replace(&mut self.calls.is_mute, true) {
            return;
        }
        tracing::warn!("calls are without sound: the sfu is gone");
        let all: Vec<PackageId> = self.calls.live.keys().copied().collect();
        for package in all {
            if let Some(call) = self.calls.live.get_mut(&package) {
                for member in call.members.values_mut() {
                    member.media = MediaSeen::Lost;
                }
            }
            self.tell_lines(package);
        }
    }
}
