//! The login: hello, challenge, answer, welcome.

use chancery_log::id::{DeskId, DeviceId, PackageId, Scope};
use chancery_wire::{
    hello::Challenge,
    limits::WIRE_VERSION,
    to_client::{Closing, ScopeAt, ToClient},
};
use tracing::info;

use super::{
    Switchboard,
    connection::{Line, Proved, State},
    input::ConnectionId,
    output::Output,
};

/// Scopes in one welcome: 100 bytes each, so that it stays below the largest message. A reader of more packages than
/// this is told of the newest; the others can be followed all the same.
const WELCOME_SCOPES_MAX: usize = 40_000;

impl Switchboard {
    pub(super) fn hello(
        &mut self,
        connection: ConnectionId,
        version: u8,
        desk: DeskId,
        device: DeviceId,
        log_size: u64,
    ) {
        let ours = self.store.desk().trust.desk();
        if version != WIRE_VERSION || desk != ours {
            return self.close(connection, Closing::OtherDesk { version: WIRE_VERSION, desk: ours });
        }
        // Known or not, every device is asked to sign: who is not of the desk does not learn which devices are.
        let server_nonce = self.nonces.draw();
        if let Some(known) = self.connections.get_mut(&connection) {
            known.state = State::Challenged { device, log_size, server_nonce };
        }
        self.send(connection, ToClient::Challenge { server_nonce: server_nonce.into() });
    }

    pub(super) fn answer(&mut self, connection: ConnectionId, device_nonce: [u8; 32], signature: [u8; 64]) {
        let Some(known) = self.connections.get_mut(&connection) else { return };
        let State::Challenged { device, log_size, server_nonce } = known.state else { return };
        let trust = &self.store.desk().trust;
        let challenge =
            Challenge { desk: trust.desk(), device, host: known.host.clone(), server_nonce, device_nonce };
        let approved = trust.device(device).filter(|approved| {
            let signed = challenge.signed_bytes();
            signed.is_ok_and(|signed| approved.cert.keys.verify_challenge(&signed, &signature).is_ok())
        });
        let (Some(approved), Some(key)) = (approved, trust.verifying_key(device)) else {
            return self.close(connection, Closing::NotApproved);
        };
        if approved.revoked.is_some() {
            return self.close(connection, Closing::Revoked);
        }
        let proved = Proved { device, person: approved.cert.person, log_size };
        known.state = State::Proved(Box::new(proved));
        if let Some(before) = self.by_device.insert(device, connection) {
            self.close(before, Closing::Replaced);
        }
        self.outputs.push_back(Output::LetIn { connection, device, key });
        self.to_greet.push_back(connection);
    }

    /// Says welcome; only between batches, when every head that is named is on the disk.
    pub(super) fn greet(&mut self, connection: ConnectionId) {
        let Some(known) = self.connections.get_mut(&connection) else { return };
        let State::Proved(proved) = &known.state else { return };
        let (mut line, desk) = (Line::new(**proved), self.store.desk());
        // Between the answer and here an act may have revoked it.
        if desk.trust.device(line.device).is_none_or(|device| device.revoked.is_some()) {
            return self.close(connection, Closing::Revoked);
        }
        let mut readable: Vec<(u64, PackageId)> = desk
            .packages
            .values()
            .filter(|package| package.may_read(&desk.trust, line.person))
            .map(|package| (package.opened().index, package.id()))
            .collect();
        readable.sort_unstable_by(|one, other| other.cmp(one));
        line.open = readable.iter().map(|(_, package)| *package).collect();
        let packages = readable.iter().take(WELCOME_SCOPES_MAX).map(|(_, package)| Scope::Package(*package));
        let places = self.store.places();
        let scopes = [Scope::Trust]
            .into_iter()
            .chain(packages)
            .map(|scope| ScopeAt { scope, head: places.head(scope) })
            .collect();
        known.state = State::In(Box::new(line));
        let Some(checkpoint) = self.advance(connection) else { return };
        let server_ms = self.now_ms;
        self.send(connection, ToClient::Welcome { server_ms, checkpoint, scopes });
        self.show_knocks(connection);
        info!(connection = connection.0, "a device is in");
    }
}
