//! Coming to a call: join, begin a group, come back after a broken socket.

use chancery_call_tree::{leaf::Seat, tree::CallTree};
use chancery_desk::parties::{Party, PartyState};
use chancery_log::id::{DeviceId, PackageId, PartyId};
use chancery_wire::call::{CallDown, CallRefusal, MediaSeen};
use serde_bytes::ByteBuf;

use super::{BEGIN_MS, CALLS_MAX, Call, LINES_MAX, Member, Switchboard};
use crate::switchboard::input::ConnectionId;

impl Switchboard {
    pub(super) fn join_call(
        &mut self,
        connection: ConnectionId,
        device: DeviceId,
        package: PackageId,
        party: PartyId,
        key_package: ByteBuf,
    ) -> Result<(), CallRefusal> {
        let (speaks, held) = self.judge_joining(device, package, party)?;
        if !self.calls.live.contains_key(&package) && self.calls.live.len() >= CALLS_MAX {
            return Err(CallRefusal::Full { most: LINES_MAX });
        }
        // A party is on by one device: by which it comes last.
        let others: Vec<DeviceId> = self.calls.live.get(&package).map_or_else(Vec::new, |call| {
            let same =
                call.members.iter().filter(|(other, member)| member.party == party && **other != device);
            same.map(|(other, _)| *other).collect()
        });
        for other in others {
            self.expel(package, other);
        }
        let call = self.calls.live.entry(package).or_default();
        let lines = u32::try_from(call.members.len()).unwrap_or(u32::MAX);
        if !call.members.contains_key(&device) && lines >= LINES_MAX {
            return Err(CallRefusal::Full { most: LINES_MAX });
        }
        let leaf = call.members.get(&device).and_then(|before| before.leaf);
        call.members.insert(
            device,
            Member {
                party,
                connection: Some(connection),
                key_package: Some(key_package),
                leaf,
                media: MediaSeen::Absent,
                speaks,
                held,
            },
        );
        self.bring_in(package);
        self.tell_lines(package);
        Ok(())
    }

    /// May this device join as this party? Whether the party speaks, whether it is on hold.
    fn judge_joining(
        &self,
        device: DeviceId,
        package: PackageId,
        party: PartyId,
    ) -> Result<(bool, bool), CallRefusal> {
        let desk = self.store.desk();
        let known = desk.packages.get(&package).ok_or(CallRefusal::NoCall)?;
        if !known.comes_by(&desk.trust, party, device) {
            return Err(CallRefusal::NotYours);
        }
        let on = known.on_call(party).ok_or(CallRefusal::NotAdmitted)?;
        Ok((on.may_speak(), on.state == PartyState::Held))
    }

    /// Those who wait are shown to the group; when nobody of the desk is in it, somebody begins a new one.
    pub(super) fn bring_in(&mut self, package: PackageId) {
        let now_ms = self.now_ms;
        let Some(call) = self.calls.live.get(&package) else { return };
        if !call.members.values().any(|member| member.key_package.is_some()) {
            return;
        }
        // A member that joins anew holds the group no more.
        let commits = |device: DeviceId| {
            let member = call.members.get(&device);
            member.is_some_and(|member| member.key_package.is_none() && self.is_staff(package, member.party))
        };
        if call.tree.is_some() && call.in_group().any(|(device, _)| commits(device)) {
            return self.tell_waiting(package);
        }
        let is_asked = call.asked.is_some_and(|(_, since_ms)| now_ms < since_ms.saturating_add(BEGIN_MS));
        if !is_asked {
            self.begin_anew(package);
        }
    }

    /// Whoever of the desk waits first begins a group; a guest alone waits for somebody of the desk.
    fn begin_anew(&mut self, package: PackageId) {
        let now_ms = self.now_ms;
        let Some(call) = self.calls.live.get(&package) else { return };
        let before = call.asked.map(|(device, _)| device);
        let mut able = call.members.iter().filter(|(_, member)| {
            member.connection.is_some()
                && member.key_package.is_some()
                && self.is_staff(package, member.party)
        });
        // Whoever was asked and gave nothing is passed over, if there is another.
        let first = able.clone().find(|(device, _)| Some(**device) != before).or_else(|| able.next());
        let Some((beginner, connection)) =
            first.and_then(|(device, member)| Some((*device, member.connection?)))
        else {
            return;
        };
        let left: Vec<ConnectionId> = call
            .in_group()
            .filter(|(device, _)| *device != beginner)
            .map(|(_, connection)| connection)
            .collect();
        let Some(call) = self.calls.live.get_mut(&package) else { return };
        call.tree = None;
        call.commits.clear();
        call.asked = Some((beginner, now_ms));
        for member in call.members.values_mut() {
            member.leaf = None;
        }
        self.tell_call(connection, package, CallDown::Begin {});
        for connection in left {
            self.tell_call(connection, package, CallDown::Anew {});
        }
    }

    pub(super) fn resume_call(
        &mut self,
        connection: ConnectionId,
        device: DeviceId,
        package: PackageId,
        epoch: u64,
    ) -> Result<(), CallRefusal> {
        let now_ms = self.now_ms;
        if !self.calls.live.contains_key(&package) {
            return self.resume_after_restart(connection, device, package);
        }
        let Some(call) = self.calls.live.get_mut(&package) else { return Err(CallRefusal::NoCall) };
        let Some(tree) = &call.tree else {
            // Somebody was asked. Whoever comes after is in the group that is told, and asked when that takes too long.
            if call.asked.is_none_or(|(_, since_ms)| now_ms >= since_ms.saturating_add(BEGIN_MS)) {
                call.asked = Some((device, now_ms));
                self.tell_call(connection, package, CallDown::Tell {});
            }
            return Ok(());
        };
        let newest = tree.epoch();
        let member = call.members.get_mut(&device).filter(|member| member.leaf.is_some());
        let missed: Vec<(DeviceId, ByteBuf)> = call
            .commits
            .iter()
            .filter(|(ended, ..)| *ended >= epoch)
            .map(|(_, by, commit)| (*by, commit.clone()))
            .collect();
        let is_whole =
            u64::try_from(missed.len()).is_ok_and(|count| epoch.checked_add(count) == Some(newest));
        match member {
            Some(member) if is_whole => {
                member.connection = Some(connection);
                member.key_package = None;
                for (by, commit) in missed {
                    self.tell_call(connection, package, CallDown::Committed { by, commit });
                }
                self.tell_waiting(package);
                self.tell_lines(package);
                Ok(())
            }
            // It was removed, or was away too long.
            Some(_) | None => Err(CallRefusal::NotIn),
        }
    }

    /// This server holds nothing of the call: it was started again. The devices hold the group.
    fn resume_after_restart(
        &mut self,
        connection: ConnectionId,
        device: DeviceId,
        package: PackageId,
    ) -> Result<(), CallRefusal> {
        let desk = self.store.desk();
        let known = desk.packages.get(&package).ok_or(CallRefusal::NoCall)?;
        let is_on = known
            .parties()
            .keys()
            .any(|party| known.on_call(*party).is_some() && known.comes_by(&desk.trust, *party, device));
        if !is_on {
            return Err(CallRefusal::NotAdmitted);
        }
        if self.calls.live.len() >= CALLS_MAX {
            return Err(CallRefusal::Full { most: LINES_MAX });
        }
        self.calls.live.insert(package, Call { asked: Some((device, self.now_ms)), ..Call::default() });
        self.tell_call(connection, package, CallDown::Tell {});
        Ok(())
    }

    /// The public side of a group, from whoever was asked for it.
    pub(super) fn take_group(
        &mut self,
        device: DeviceId,
        package: PackageId,
        group_info: &[u8],
    ) -> Result<(), CallRefusal> {
        let call = self.calls.live.get(&package).ok_or(CallRefusal::NoCall)?;
        if call.asked.map(|(asked, _)| asked) != Some(device) {
            return Err(CallRefusal::Group("nobody asked this device for the group".into()));
        }
        let place = self.place_of(package).ok_or(CallRefusal::NoCall)?;
        // Every key holder must be somebody whom the log lets be one.
        let tree = CallTree::open(group_info, place, &self.admitted_to(package)?, self.now_ms)
            .map_err(|error| CallRefusal::Group(error.to_string()))?;
        for seat in tree.seats() {
            self.seat(package, seat)?;
        }
        let Some(call) = self.calls.live.get_mut(&package) else { return Err(CallRefusal::NoCall) };
        call.tree = Some(tree);
        call.asked = None;
        call.commits.clear();
        self.set_leaves(package);
        self.bring_in(package);
        self.tell_lines(package);
        Ok(())
    }

    /// Takes a member of a group that came whole: whoever asked for it waits no more, whoever is away comes back to it.
    fn seat(&mut self, package: PackageId, seat: &Seat) -> Result<(), CallRefusal> {
        let (speaks, held) = self.judge_joining(seat.device, package, seat.party)?;
        let connection = self.by_device.get(&seat.device).copied();
        let Some(call) = self.calls.live.get_mut(&package) else { return Err(CallRefusal::NoCall) };
        let member = call.members.entry(seat.device).or_insert(Member {
            party: seat.party,
            connection,
            key_package: None,
            leaf: None,
            media: MediaSeen::Absent,
            speaks,
            held,
        });
        member.leaf = Some(seat.leaf);
        member.key_package = None;
        Ok(())
    }

    pub(super) fn is_staff(&self, package: PackageId, party: PartyId) -> bool {
        let known = self.store.desk().packages.get(&package);
        known.and_then(|known| known.parties().get(&party)).is_some_and(Party::is_of_the_desk)
    }
}
