//! The order of a call's handshakes: the first valid commit of an epoch wins. And what only the group can read, passed on.

use std::collections::BTreeSet;

use chancery_call_tree::{handshake::HandshakeError, suite::CallPlace, tree::Moved};
use chancery_log::id::{DeviceId, PackageId};
use chancery_seal::leaf_cert::Admitted;
use chancery_wire::call::{CallDown, CallRefusal};
use serde_bytes::ByteBuf;

use super::{COMMITS_KEPT, Call, Switchboard};
use crate::switchboard::input::ConnectionId;

impl Switchboard {
    pub(super) fn take_commit(
        &mut self,
        device: DeviceId,
        package: PackageId,
        commit: ByteBuf,
        welcome: Option<ByteBuf>,
    ) -> Result<(), CallRefusal> {
        let author = self.member_of(package, device)?;
        author.leaf.ok_or(CallRefusal::NotIn)?;
        let connection = author.connection;
        let (admitted, now_ms) = (self.admitted_to(package)?, self.now_ms);
        let Some(call) = self.calls.live.get_mut(&package) else { return Err(CallRefusal::NoCall) };
        let staying = call.staying();
        let Some(tree) = call.tree.as_mut() else { return Err(CallRefusal::NotIn) };
        let epoch = tree.epoch();
        let welcomed = welcome.as_ref().map(|welcome| welcome.as_slice());
        let moved = match tree.take(&commit, welcomed, device, &admitted, &staying, now_ms) {
            Ok(moved) => moved,
            Err(HandshakeError::Epoch { .. }) => {
                if let Some(connection) = connection {
                    self.tell_call(connection, package, CallDown::Late { epoch });
                }
                return Ok(());
            }
            Err(error) => return Err(CallRefusal::Group(error.to_string())),
        };
        let (before, newcomers) = call.moved(&moved, device, &commit);
        for connection in before {
            let say = CallDown::Committed { by: device, commit: commit.clone() };
            self.tell_call(connection, package, say);
        }
        for connection in newcomers {
            if let Some(welcome) = welcome.clone() {
                self.tell_call(connection, package, CallDown::Welcome { welcome });
            }
        }
        self.set_leaves(package);
        self.tell_waiting(package);
        self.tell_lines(package);
        Ok(())
    }

    /// Passes on what only the group can read.
    pub(super) fn relay(
        &mut self,
        device: DeviceId,
        package: PackageId,
        message: ByteBuf,
    ) -> Result<(), CallRefusal> {
        self.member_of(package, device)?.leaf.ok_or(CallRefusal::NotIn)?;
        let Some(call) = self.calls.live.get(&package) else { return Err(CallRefusal::NoCall) };
        let others: Vec<ConnectionId> =
            call.in_group().filter(|(other, _)| *other != device).map(|(_, connection)| connection).collect();
        for connection in others {
            self.tell_call(connection, package, CallDown::Said { from: device, message: message.clone() });
        }
        Ok(())
    }

    /// Which group this is, and whose removals it takes.
    pub(super) fn place_of(&self, package: PackageId) -> Option<CallPlace> {
        let trust = &self.store.desk().trust;
        let observer = trust.verifying_key(trust.observer())?.to_bytes();
        Some(CallPlace { desk: trust.desk(), package, observer })
    }

    /// The devices that the log lets be on the call: of a party with several, any.
    pub(super) fn admitted_to(&self, package: PackageId) -> Result<Vec<Admitted>, CallRefusal> {
        let desk = self.store.desk();
        let known = desk.packages.get(&package).ok_or(CallRefusal::NoCall)?;
        Ok(known.admitted(&desk.trust))
    }
}

impl Call {
    /// Members that nobody may put out: they are there, and did not ask to be added anew.
    fn staying(&self) -> BTreeSet<DeviceId> {
        let there = self.members.iter().filter(|(_, member)| {
            member.leaf.is_some() && member.connection.is_some() && member.key_package.is_none()
        });
        there.map(|(device, _)| *device).collect()
    }

    /// Takes in what a commit changed: the connections of those who were members before, and of those who came.
    fn moved(
        &mut self,
        moved: &Moved,
        by: DeviceId,
        commit: &ByteBuf,
    ) -> (Vec<ConnectionId>, Vec<ConnectionId>) {
        for gone in &moved.removed {
            if let Some(member) = self.members.get_mut(&gone.device)
                && member.leaf == Some(gone.leaf)
            {
                member.leaf = None;
            }
        }
        let before = self.in_group().map(|(_, connection)| connection).collect();
        let mut newcomers = Vec::new();
        for seat in &moved.added {
            if let Some(member) = self.members.get_mut(&seat.device) {
                member.leaf = Some(seat.leaf);
                member.key_package = None;
                newcomers.extend(member.connection);
            }
        }
        if self.commits.len() == COMMITS_KEPT {
            self.commits.pop_front();
        }
        self.commits.push_back((moved.epoch.saturating_sub(1), by, commit.clone()));
        (before, newcomers)
    }
}
