//! One participant of a simulated desk, with what it kept and what it was told.

use std::collections::BTreeMap;

use chancery_log::id::PackageId;
use chancery_open::device::{DEVICE_SECRET_BYTES, DeviceSecrets};
use chancery_participant::{
    call::CallOut,
    io::{Event, Input, Output},
    participant::{Identity, Participant},
};
use chancery_server::switchboard::input::ConnectionId;

/// A device of the simulation.
pub struct SimDevice {
    /// As the story calls it.
    pub name: String,
    /// The participant.
    pub participant: Participant,
    /// Its connection, when it has one.
    pub connection: Option<ConnectionId>,
    /// Its disk.
    pub kept: BTreeMap<Vec<u8>, Vec<u8>>,
    /// What whatever has its microphone was told, oldest first.
    pub calls: Vec<(PackageId, CallOut)>,
    /// Everything that happened to it, oldest first.
    pub events: Vec<Event>,
    /// Its private keys: what a thief would hold.
    pub secrets: [u8; DEVICE_SECRET_BYTES],
    /// How far its own clock is ahead of the world's; behind when negative.
    pub clock_off_ms: i64,
    whose: Identity,
}

/// The same identity again: a test may hold it twice, a real device may not.
fn again(identity: &Identity) -> Identity {
    let secrets = DeviceSecrets::import(&identity.secrets.export()).expect("exported keys come back");
    Identity { desk: identity.desk, genesis: identity.genesis, person: identity.person, secrets }
}

impl SimDevice {
    /// A device with an empty disk.
    pub fn new(name: &str, identity: Identity, seed: [u8; 32], now_ms: u64) -> Self {
        Self {
            name: name.to_owned(),
            secrets: *identity.secrets.export(),
            participant: Participant::new(again(&identity), seed, now_ms, []),
            connection: None,
            kept: BTreeMap::new(),
            calls: Vec::new(),
            events: Vec::new(),
            clock_off_ms: 0,
            whose: identity,
        }
    }

    /// The identity, as somebody who stole the device's keys would have it.
    pub fn identity(&self) -> Identity {
        again(&self.whose)
    }

    /// Starts anew from its disk; what was only in memory is gone.
    pub fn restart(&mut self, seed: [u8; 32], now_ms: u64) {
        let kept = self.kept.clone();
        self.participant = Participant::new(self.identity(), seed, self.own_ms(now_ms), kept);
        self.connection = None;
    }

    /// What its own clock shows at this moment of the world.
    pub fn own_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_add_signed(self.clock_off_ms)
    }

    /// When the first of the deeds that were asked to wait is sent again, by the world's clock.
    pub fn again_ms(&self) -> Option<u64> {
        self.participant.again_ms().map(|own_ms| own_ms.saturating_add_signed(-self.clock_off_ms))
    }

    /// Tells the participant something.
    pub fn take(&mut self, now_ms: u64, input: Input) {
        self.participant.take(self.own_ms(now_ms), input);
    }

    /// Writes what it wants kept, notes what happened, and gives the messages to send; none closes the connection.
    pub fn drain(&mut self) -> Vec<Option<Vec<u8>>> {
        let mut messages = Vec::new();
        while let Some(output) = self.participant.poll() {
            match output {
                Output::Keep { key, value: Some(value) } => {
                    self.kept.insert(key, value);
                }
                Output::Keep { key, value: None } => {
                    self.kept.remove(&key);
                }
                Output::Send(bytes) => messages.push(Some(bytes)),
                Output::Close => messages.push(None),
                Output::Call { package, say } => self.calls.push((package, say)),
                Output::Event(event) => self.events.push(event),
            }
        }
        messages
    }

    /// The names of its alarms, in order.
    pub fn alarm_names(&self) -> Vec<&'static str> {
        self.participant.alarms().map(chancery_participant::alarm::Alarm::name).collect()
    }
}
