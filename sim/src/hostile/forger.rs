//! Acts as the server can make them: with its own keys, with keys of its own making, or with those of a stolen device.

use chancery_desk::act::Act;
use chancery_log::{
    act::{self, ACT_VERSION, BodyRef, Envelope, Seen},
    cbor,
    id::{DeskId, DeviceId, Scope},
};
use chancery_open::device::DeviceSecrets;
use ed25519_dalek::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_bytes::ByteBuf;

use super::forged_log::ForgedLog;
use crate::world::World;

/// Who signs, and in whose name.
#[derive(Clone)]
pub struct Forger {
    desk: DeskId,
    author: DeviceId,
    key: SigningKey,
    counters: Vec<(Scope, u64)>,
}

impl Forger {
    /// The server's observer.
    pub fn observer(world: &World) -> Self {
        let trust = &world.switchboard.as_ref().expect("the server is up").store().desk().trust;
        let author = trust.observer();
        Self::with(world, author, SigningKey::from_bytes(&world.observer_seed))
    }

    /// Somebody who holds a device's keys: its owner, or a thief.
    pub fn holding(world: &mut World, device: &str) -> Self {
        let secrets = world.device(device).identity().secrets;
        Self::with(world, secrets.id(), SigningKey::from_bytes(&secrets.signing_seed()))
    }

    /// Somebody who names a device whose keys they do not hold.
    pub fn in_the_name_of(world: &mut World, device: &str) -> Self {
        let author = world.device(device).participant.device();
        Self::with(world, author, SigningKey::from_bytes(&world.log_seed))
    }

    /// A device of the forger's own making, which nobody approved.
    pub fn ghost(world: &World) -> (Self, DeviceSecrets) {
        let secrets = ghost_secrets();
        (Self::with(world, secrets.id(), SigningKey::from_bytes(&secrets.signing_seed())), secrets)
    }

    fn with(world: &World, author: DeviceId, key: SigningKey) -> Self {
        let desk = world.switchboard.as_ref().expect("the server is up").store().desk();
        let scopes = [Scope::Trust].into_iter().chain(desk.packages.keys().map(|id| Scope::Package(*id)));
        let counters = scopes.map(|scope| (scope, desk.next_counter(author, scope))).collect();
        Self { desk: desk.trust.desk(), author, key, counters }
    }

    /// The device in whose name it signs.
    pub fn author(&self) -> DeviceId {
        self.author
    }

    /// The counter that this author's next act must carry.
    pub fn counter(&self, scope: Scope) -> u64 {
        self.counters.iter().find(|(of, _)| *of == scope).map_or(1, |(_, counter)| *counter)
    }

    /// The envelope of an act on this log, as an honest device that has seen all of it would fill it in.
    pub fn envelope(
        &self,
        log: &ForgedLog,
        scope: Scope,
        said_ms: u64,
        act: &Act,
        bodies: Vec<BodyRef>,
    ) -> Envelope {
        Envelope {
            version: ACT_VERSION,
            desk: self.desk,
            author: self.author,
            scope,
            counter: self.counter(scope),
            said_ms,
            seen: Seen { trust: log.head(Scope::Trust), scope: log.head(scope) },
            bodies,
            content: ByteBuf::from(cbor::encode("an act's content", act).expect("an act can be written")),
        }
    }

    /// Signs it.
    pub fn sign(&self, envelope: &Envelope) -> Vec<u8> {
        act::sign(envelope, &self.key).expect("an envelope can be signed")
    }

    /// An act without bodies, said at this time.
    pub fn bare(&self, log: &ForgedLog, scope: Scope, said_ms: u64, act: &Act) -> Vec<u8> {
        self.sign(&self.envelope(log, scope, said_ms, act, Vec::new()))
    }
}

/// The keys of a device that does not exist.
pub fn ghost_secrets() -> DeviceSecrets {
    DeviceSecrets::draw(&mut ChaCha20Rng::from_seed([66; 32])).expect("keys can be made")
}
