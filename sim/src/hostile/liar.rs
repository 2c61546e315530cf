//! The lying server as a device meets it: it lets everybody in, shows what its log holds, and hands out every body.

use std::collections::{BTreeMap, BTreeSet};

use chancery_log::id::{Digest, Scope};
use chancery_participant::{clock::STEP_MAX_MS, io::Input, participant::Participant};
use chancery_wire::{
    to_client::{ScopeAt, ToClient},
    to_server::ToServer,
};
use serde_bytes::ByteBuf;

use super::forged_log::ForgedLog;
use crate::{device::SimDevice, world::World};

/// What it does with acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Writes them into its log, whatever they are, and gives a receipt.
    Everything,
    /// Takes them and says nothing.
    Silently,
}

/// A lying server with one device on the line.
pub struct Liar {
    /// What it shows.
    pub log: ForgedLog,
    /// The scopes it offers.
    pub scopes: Vec<Scope>,
    /// Scopes of which it shows only the first entries.
    pub withheld: BTreeMap<Scope, u64>,
    /// What it does with acts.
    pub takes: Takes,
    /// How far its clock is ahead; behind when negative.
    pub clock_off_ms: i64,
    /// Bodies it hands out.
    pub bodies: BTreeMap<Digest, Vec<u8>>,
    /// Acts and bodies that devices gave it.
    pub got: Vec<(Vec<u8>, Vec<Vec<u8>>)>,
    held: u64,
    shown: BTreeMap<Scope, u64>,
}

impl Liar {
    /// Shows this log and the bodies of the honest server; offers every scope that the log has.
    pub fn new(world: &World, log: ForgedLog) -> Self {
        let mut bodies = BTreeMap::new();
        let store = world.switchboard.as_ref().expect("the server is up").store();
        for index in 0..store.size() {
            let act = store.entry(index).expect("the honest log can be read").act;
            for sha256 in listed(&act) {
                bodies.extend(store.body(sha256).ok().map(|bytes| (sha256, bytes)));
            }
        }
        let scopes: BTreeSet<Scope> = (0..log.size()).map(|index| log.entry(index).0.scope).collect();
        Self {
            log,
            scopes: scopes.into_iter().collect(),
            withheld: BTreeMap::new(),
            takes: Takes::Everything,
            clock_off_ms: 0,
            bodies,
            got: Vec::new(),
            held: 0,
            shown: BTreeMap::new(),
        }
    }

    fn head_shown(&self, scope: Scope) -> u64 {
        let count = self.log.head(scope).count;
        self.withheld.get(&scope).map_or(count, |most| count.min(*most))
    }

    /// Lets a device connect, and answers it until it has nothing more to say.
    pub fn meet(&mut self, now_ms: u64, device: &mut SimDevice) {
        self.shown.clear();
        device.take(now_ms, Input::Connected { host: "desk.example:443".to_owned() });
        self.talk(now_ms, device);
    }

    /// Goes on answering; what was added to its log meanwhile is shown.
    pub fn talk(&mut self, now_ms: u64, device: &mut SimDevice) {
        loop {
            let messages = device.drain();
            let mut answers = Vec::new();
            for message in messages.into_iter().flatten() {
                let message = ToServer::read(&message).expect("a participant's message can be read");
                answers.extend(self.answer(now_ms, message));
            }
            if answers.is_empty() {
                answers.extend(self.news());
            }
            if answers.is_empty() {
                return;
            }
            for answer in answers {
                let bytes = answer.write().expect("a message to a device can be written");
                device.take(now_ms, Input::Message(bytes));
            }
        }
    }

    /// Lets time pass for a device as it does for one that is awake, and answers it; the time then.
    pub fn wait(&mut self, from_ms: u64, ms: u64, device: &mut SimDevice) -> u64 {
        let until_ms = from_ms + ms;
        let mut now_ms = from_ms;
        while now_ms < until_ms {
            now_ms = until_ms.min(now_ms + STEP_MAX_MS);
            device.take(now_ms, Input::Tick);
            self.talk(now_ms, device);
        }
        now_ms
    }

    /// Entries that a followed scope has and the device was not shown.
    fn news(&mut self) -> Option<ToClient> {
        let (scope, from) = self
            .shown
            .iter()
            .map(|(scope, from)| (*scope, *from))
            .find(|(scope, from)| *from < self.head_shown(*scope))?;
        let to = self.head_shown(scope);
        self.shown.insert(scope, to);
        let message = self.log.entries(scope, from, to, self.held);
        self.held = self.log.size();
        Some(message)
    }

    fn answer(&mut self, now_ms: u64, message: ToServer) -> Vec<ToClient> {
        match message {
            ToServer::Hello { log_size, .. } => {
                self.held = log_size;
                vec![ToClient::Challenge { server_nonce: [7; 32].into() }]
            }
            ToServer::Answer { .. } => {
                let checkpoint = self.log.advance(self.held);
                self.held = self.log.size();
                let at = |scope: &Scope| {
                    let mut head = self.log.head(*scope);
                    let count = self.head_shown(*scope);
                    if count < head.count {
                        let indexes = self.log.indexes(*scope);
                        let at = usize::try_from(count).expect("a test's log is short");
                        head = self.log.head_before(*scope, indexes[at]);
                    }
                    ScopeAt { scope: *scope, head }
                };
                let scopes = self.scopes.iter().map(at).collect();
                let server_ms = now_ms.saturating_add_signed(self.clock_off_ms);
                vec![ToClient::Welcome { server_ms, checkpoint, scopes }]
            }
            ToServer::Follow { scope, head } => {
                self.shown.insert(scope, head.count);
                Vec::new()
            }
            ToServer::Unfollow { scope } => {
                self.shown.remove(&scope);
                Vec::new()
            }
            ToServer::Fetch { bodies, .. } => {
                let body = |sha256: Digest| match self.bodies.get(&sha256) {
                    Some(bytes) => ToClient::Body { sha256, bytes: ByteBuf::from(bytes.clone()) },
                    None => ToClient::BodyMissing { sha256 },
                };
                bodies.into_iter().map(body).collect()
            }
            ToServer::Propose { act, bodies } => {
                let bodies: Vec<Vec<u8>> = bodies.into_iter().map(ByteBuf::into_vec).collect();
                self.take(now_ms, act.into_vec(), bodies)
            }
            ToServer::Ping {} => vec![ToClient::Pong {}],
            ToServer::Knock { .. } | ToServer::Taken { .. } | ToServer::Call { .. } => Vec::new(),
        }
    }

    fn take(&mut self, now_ms: u64, act: Vec<u8>, bodies: Vec<Vec<u8>>) -> Vec<ToClient> {
        self.got.push((act.clone(), bodies.clone()));
        match self.takes {
            Takes::Silently => Vec::new(),
            Takes::Everything => {
                self.bodies.extend(bodies.into_iter().map(|bytes| (Digest::of(&bytes), bytes)));
                let scope = scope_of(&act);
                let index = self.log.log(scope, act, now_ms);
                let receipt = self.log.receipt(index, self.held);
                self.held = self.log.size();
                vec![receipt]
            }
        }
    }
}

/// The scope in an act's envelope, whoever signed it.
fn scope_of(act: &[u8]) -> Scope {
    envelope_of(act).scope
}

/// The envelope of an act, unverified: the liar reads everything that is not sealed.
pub fn envelope_of(act: &[u8]) -> chancery_log::act::Envelope {
    let cose =
        <coset::CoseSign1 as coset::CborSerializable>::from_slice(act).expect("an act is a COSE_Sign1");
    let payload = cose.payload.expect("an act has a payload");
    chancery_log::cbor::decode("an envelope", &payload).expect("the payload is an envelope")
}

fn listed(act: &[u8]) -> Vec<Digest> {
    envelope_of(act).bodies.iter().map(|body| body.sha256).collect()
}

/// A copy of a device as its disk has it, to be lied to while the device itself goes on.
pub fn twin(world: &mut World, name: &str) -> SimDevice {
    let (seed, now_ms) = (world.seed(), world.now_ms);
    let device = world.device(name);
    let mut twin = SimDevice::new(name, device.identity(), seed, now_ms);
    twin.kept = device.kept.clone();
    twin.participant = Participant::new(device.identity(), seed, now_ms, twin.kept.clone());
    twin
}

/// A device with the same keys and an empty disk, to be lied to from the first entry on.
pub fn fresh(world: &mut World, name: &str) -> SimDevice {
    let (seed, now_ms) = (world.seed(), world.now_ms);
    let identity = world.device(name).identity();
    SimDevice::new(name, identity, seed, now_ms)
}

/// What alarms a device, each as its name and its sentence.
pub fn alarms(device: &SimDevice) -> Vec<(&'static str, String)> {
    device.participant.alarms().map(|alarm| (alarm.name(), alarm.to_string())).collect()
}
