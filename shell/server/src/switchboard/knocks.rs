//! New devices that wait for approval. Nothing of this is in the log; the list is bounded and forgets by itself.

use chancery_desk::{act::Role, devices::InvitationState, trust::Trust};
use chancery_log::id::{DeviceId, InvitationId, PersonId};
use chancery_seal::invitation::Knock;
use chancery_wire::to_client::{Closing, ToClient};
use serde_bytes::ByteBuf;

use super::{Switchboard, connection::State, input::ConnectionId};

/// Devices that may wait at once: a desk enrols a few at a time, and a knock takes 2 KiB.
const KNOCKS_MAX: usize = 64;

/// Devices that may wait for one invitation: who photographed somebody's link may knock too, and both are shown.
const KNOCKS_PER_INVITATION_MAX: usize = 3;

/// For how long a knock is kept: reading words to each other takes two minutes.
const KNOCK_MS: u64 = 10 * 60 * 1_000;

/// When to come again when too many wait.
const RETRY_MS: u64 = 60_000;

/// The devices that wait.
#[derive(Debug, Default)]
pub(super) struct Knocks {
    waiting: Vec<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    knock: ByteBuf,
    invitation: InvitationId,
    person: PersonId,
    device: DeviceId,
    until_ms: u64,
    connection: Option<ConnectionId>,
}

impl Knocks {
    /// The connection is gone; the knock may still be approved, and the device then says hello.
    pub(super) fn disconnect(&mut self, connection: ConnectionId) {
        for waiting in &mut self.waiting {
            if waiting.connection == Some(connection) {
                waiting.connection = None;
            }
        }
    }
}

impl Switchboard {
    pub(super) fn knock(&mut self, connection: ConnectionId, bytes: &ByteBuf) {
        let knock = match Knock::read(bytes) {
            Ok(knock) => knock,
            Err(error) => return self.close(connection, Closing::Malformed(error.to_string())),
        };
        let (trust, device) = (&self.store.desk().trust, knock.cert.keys.id());
        if trust.device(device).is_some_and(|known| known.revoked.is_none()) {
            // Approved while it was away.
            return self.send(connection, ToClient::Approved {});
        }
        if knock.desk != trust.desk() || !is_live(trust, knock.invitation, knock.cert.person, self.now_ms) {
            return self.close(connection, Closing::KnockRefused);
        }
        let Some(inviter) = trust.invitations().get(&knock.invitation).map(|invitation| invitation.by) else {
            return;
        };
        self.knocks.waiting.retain(|waiting| waiting.device != device);
        let of_this =
            self.knocks.waiting.iter().filter(|waiting| waiting.invitation == knock.invitation).count();
        if self.knocks.waiting.len() >= KNOCKS_MAX || of_this >= KNOCKS_PER_INVITATION_MAX {
            return self.close(connection, Closing::Full { retry_ms: RETRY_MS });
        }
        self.knocks.waiting.push(Waiting {
            knock: bytes.clone(),
            invitation: knock.invitation,
            person: knock.cert.person,
            device,
            until_ms: self.now_ms.saturating_add(KNOCK_MS),
            connection: Some(connection),
        });
        if let Some(known) = self.connections.get_mut(&connection) {
            known.state = State::Knocking;
        }
        self.send(connection, ToClient::KnockHeard { inviter });
        self.tell_approvers();
    }

    /// The invitation was used: its device may say hello, any other that came by the same link may not.
    pub(super) fn device_approved(&mut self, invitation: InvitationId, device: DeviceId) {
        let (used, rest) = std::mem::take(&mut self.knocks.waiting)
            .into_iter()
            .partition(|waiting| waiting.invitation == invitation);
        self.knocks.waiting = rest;
        for waiting in Vec::<Waiting>::into_iter(used) {
            let Some(connection) = waiting.connection else { continue };
            if waiting.device == device {
                if let Some(known) = self.connections.get_mut(&connection) {
                    known.state = State::Fresh;
                }
                self.send(connection, ToClient::Approved {});
            } else {
                self.close(connection, Closing::KnockRefused);
            }
        }
        self.tell_approvers();
    }

    /// Forgets knocks whose time is over or whose invitation is void.
    pub(super) fn expire_knocks(&mut self) {
        let (trust, now_ms) = (&self.store.desk().trust, self.now_ms);
        let live = |waiting: &Waiting| {
            waiting.until_ms > now_ms && is_live(trust, waiting.invitation, waiting.person, now_ms)
        };
        let (rest, over): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.knocks.waiting).into_iter().partition(live);
        self.knocks.waiting = rest;
        if over.is_empty() {
            return;
        }
        for connection in over.into_iter().filter_map(|waiting| waiting.connection) {
            self.close(connection, Closing::KnockRefused);
        }
        self.tell_approvers();
    }

    fn tell_approvers(&mut self) {
        let all: Vec<ConnectionId> = self.connections.keys().copied().collect();
        for connection in all {
            self.show_knocks(connection);
        }
    }

    /// Tells a device who waits, when that is not what it was told before.
    pub(super) fn show_knocks(&mut self, connection: ConnectionId) {
        let Some(known) = self.connections.get_mut(&connection) else { return };
        let State::In(line) = &mut known.state else { return };
        let trust = &self.store.desk().trust;
        // A security officer may answer all, anybody those of own new devices.
        let officer =
            trust.person(line.person).is_some_and(|known| known.roles.contains(&Role::SecurityOfficer));
        let concerned = self.knocks.waiting.iter().filter(|waiting| officer || waiting.person == line.person);
        let (shown, knocks): (Vec<_>, Vec<_>) =
            concerned.map(|waiting| (waiting.device, waiting.knock.clone())).unzip();
        if line.knocks_shown != shown {
            line.knocks_shown = shown;
            self.send(connection, ToClient::Knocks { knocks });
        }
    }
}

fn is_live(trust: &Trust, invitation: InvitationId, person: PersonId, now_ms: u64) -> bool {
    trust.invitations().get(&invitation).is_some_and(|known| {
        known.state == InvitationState::Open && known.person == person && known.until_ms > now_ms
    })
}
