//! What a committed act changes about who is connected and who may follow what.

use std::collections::BTreeSet;

use chancery_desk::{
    act::{Act, Guarded},
    said::Said,
};
use chancery_log::id::{DeviceId, InvitationId, PackageId, PersonId, Scope};
use chancery_wire::to_client::{Closing, ScopeAt, ToClient};

use super::{Switchboard, connection::State, input::ConnectionId};

/// What is to be done once the act is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Something of this package happened that its observer may have to watch.
    Package(PackageId),
    /// Who reads this package may be others now.
    Readers(PackageId),
    /// What this person reads may be other packages now.
    Person(PersonId),
    /// Devices may be out.
    Devices,
    /// A device came by this invitation.
    Approved(InvitationId, DeviceId),
    /// An invitation may be void.
    Invitations,
}

/// The effects of an act, most acts having none beyond their own package.
pub(super) fn effects_of(said: &Said) -> Vec<Effect> {
    let mut effects = Vec::new();
    if let Some(package) = said.package() {
        effects.push(Effect::Package(package));
    }
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "an act that is added changes no rights until it stands here"
    )]
    match &said.act {
        Act::CallRequested { .. }
        | Act::DebriefGiven { .. }
        | Act::PackageImported { .. }
        | Act::ReadersAdded { .. }
        | Act::ReadersRemoved { .. } => effects.extend(said.package().map(Effect::Readers)),
        Act::OfficeMemberAdded { person, .. } | Act::OfficeMemberRemoved { person, .. } => {
            effects.push(Effect::Person(*person));
        }
        Act::PersonLeft { .. } => effects.extend([Effect::Devices, Effect::Invitations]),
        Act::DeviceRevoked { .. } => effects.push(Effect::Devices),
        Act::GuardedAgreed { .. } | Act::GuardedAsked(Guarded::Recovery(_)) => effects.push(Effect::Devices),
        Act::DeviceApproved { invitation, cert } => {
            effects.push(Effect::Approved(*invitation, cert.keys.id()));
        }
        Act::InvitationWithdrawn { .. } => effects.push(Effect::Invitations),
        _ => {}
    }
    effects
}

impl Switchboard {
    pub(super) fn carry_out(&mut self, effects: &[Effect]) {
        let distinct: BTreeSet<PackageId> = effects.iter().filter_map(Effect::watched).collect();
        for package in distinct {
            self.observer.watch(self.store.desk(), package);
        }
        for effect in effects {
            match *effect {
                Effect::Package(package) => self.judge_call(package),
                Effect::Readers(package) => self.readers_changed(package),
                Effect::Person(person) => self.rights_changed(person),
                Effect::Devices => {
                    self.devices_changed();
                    self.judge_calls();
                }
                Effect::Approved(invitation, device) => self.device_approved(invitation, device),
                Effect::Invitations => self.expire_knocks(),
            }
        }
    }

    fn lines_in(&self) -> Vec<(ConnectionId, DeviceId, PersonId)> {
        let lines = self.connections.iter().filter_map(|(connection, known)| match &known.state {
            State::In(line) => Some((*connection, line.device, line.person)),
            State::Fresh | State::Challenged { .. } | State::Knocking | State::Proved(_) => None,
        });
        lines.collect()
    }

    fn readers_changed(&mut self, package: PackageId) {
        for (connection, _, person) in self.lines_in() {
            self.judge(connection, person, package);
        }
    }

    fn rights_changed(&mut self, person: PersonId) {
        let packages: Vec<PackageId> = self.store.desk().packages.keys().copied().collect();
        for (connection, _, _) in self.lines_in().into_iter().filter(|(_, _, of)| *of == person) {
            for package in &packages {
                self.judge(connection, person, *package);
            }
        }
    }

    /// Tells a device when what it may follow is not what it was told before.
    fn judge(&mut self, connection: ConnectionId, person: PersonId, package: PackageId) {
        let desk = self.store.desk();
        let may = desk.packages.get(&package).is_some_and(|package| package.may_read(&desk.trust, person));
        let scope = Scope::Package(package);
        let head = self.store.places().head(scope);
        let Some(line) = self.line(connection) else { return };
        match (line.open.contains(&package), may) {
            (false, true) => {
                line.open.insert(package);
                self.send(connection, ToClient::ScopeOpened(ScopeAt { scope, head }));
            }
            (true, false) => {
                line.shut(package);
                self.drop_follower(scope, connection);
                self.send(connection, ToClient::ScopeShut { scope });
            }
            (true, true) | (false, false) => {}
        }
    }

    fn devices_changed(&mut self) {
        for (connection, device, _) in self.lines_in() {
            let known = self.store.desk().trust.device(device);
            if known.is_none_or(|device| device.revoked.is_some()) {
                self.close(connection, Closing::Revoked);
            }
        }
    }
}

impl Effect {
    fn watched(&self) -> Option<PackageId> {
        match self {
            Self::Package(package) => Some(*package),
            Self::Readers(_) | Self::Person(_) | Self::Devices | Self::Approved(..) | Self::Invitations => {
                None
            }
        }
    }
}
