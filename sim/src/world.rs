//! The simulated desk: a clock, a switchboard, devices, and the messages between them.

use std::path::PathBuf;

use chancery_desk::{act::OfficePurpose, levels::shipped::Shipped};
use chancery_log::id::{OfficeId, PersonId};
use chancery_participant::{
    deed::Deed,
    founding::{self, Custodian, Founded, Plan},
    io::{Event, Input as DeviceInput},
    outbox::Ticket,
    participant::Identity,
};
use chancery_seal::body::people::{DeskProfile, PersonProfile};
use chancery_server::switchboard::{
    Switchboard,
    input::{ConnectionId, Input},
    output::Output,
};
use chancery_store::{server_keys::ServerKeys, store::Store};
use chancery_wire::{to_client::ToClient, to_server::ToServer};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use tempfile::TempDir;

use crate::{device::SimDevice, disk};

/// Where the simulated desk is.
pub const BASE: &str = "https://desk.example";
pub(crate) const HOST: &str = "desk.example:443";

/// The clock starts here: 1 January 2026, noon UTC.
pub const START_MS: u64 = 1_767_268_800_000;

/// Messages between two drains after which something must be running in circles.
const ROUNDS_MAX: usize = 20_000;

/// Time is let pass in pieces of at most this much, so that nobody misses what would have happened on the way.
const STEP_MS: u64 = 10 * 60 * 1_000;

/// Somebody's wait ends within the first minute, which passes in smaller pieces.
const FIRST_MS: u64 = 60_000;
const FIRST_STEP_MS: u64 = 10_000;

/// Says what becomes of a message to a device: none at all, another one, several.
pub type Tamper = Box<dyn FnMut(&str, ToClient) -> Vec<ToClient>>;

/// Says whether a device's connection breaks under the next message to or from it; that message is lost.
pub type Cut = Box<dyn FnMut(&str) -> bool>;

/// A simulated desk.
pub struct World {
    /// Milliseconds since 1970 UTC.
    pub now_ms: u64,
    /// The devices, in the order in which they came.
    pub devices: Vec<SimDevice>,
    /// When set, every message to a device goes through it.
    pub tamper: Option<Tamper>,
    /// When set, every message either way is asked whether the connection breaks under it.
    pub cut: Option<Cut>,
    /// When set, the bytes of every message either way are kept here.
    pub tap: Option<Vec<Vec<u8>>>,
    /// The key that signs checkpoints, for tests in which the server is hostile.
    pub log_seed: [u8; 32],
    /// The observer's key, for the same.
    pub observer_seed: [u8; 32],
    /// The custodians in the order in which they were named.
    pub custodians: Vec<PersonId>,
    /// The server, unless it is down.
    pub switchboard: Option<Switchboard>,
    folder: TempDir,
    pub(crate) rng: ChaCha20Rng,
    next_connection: u64,
}

/// Somebody's profile, with the name alone.
pub fn profile(name: &str) -> PersonProfile {
    PersonProfile { name: name.to_owned(), title: String::new(), notices_to: String::new() }
}

impl World {
    /// Founds a desk with these security officers (the first two are custodians too, both are needed) and the neutral
    /// scheme, connects the officers' devices and lets them do what comes first.
    pub fn found(seed: u8, officers: &[&str]) -> Self {
        Self::found_with(seed, officers, &officers[..2], 2)
    }

    /// The same with these custodians, of whom so many are needed; those who are not officers join later.
    pub fn found_with(seed: u8, officers: &[&str], custodians: &[&str], needed: u8) -> Self {
        let named = custodians.iter().map(|name| {
            let place = officers.iter().position(|officer| officer == name);
            place.map_or_else(|| Custodian::Other(profile(name)), Custodian::Officer)
        });
        let mut rng = ChaCha20Rng::from_seed([seed; 32]);
        let scheme = Shipped::Neutral.json();
        let plan = Plan {
            origin: "desk.example/log".to_owned(),
            profile: DeskProfile { name: "Desk of Oland".to_owned(), scheme: scheme.to_owned() },
            ranks: 4,
            officers: officers.iter().map(|name| profile(name)).collect(),
            custodians: named.collect(),
            needed,
            now_ms: START_MS,
        };
        let founded = founding::found(&plan, &mut rng).expect("a sound plan founds a desk");
        let Founded {
            genesis, log_seed, observer_seed, officers: identities, custodians, first_deeds, ..
        } = founded;
        let folder = TempDir::new().expect("a temporary folder can be made");
        let keys = ServerKeys::from_seeds(&log_seed, &observer_seed);
        let store = Store::create(&folder.path().join("desk"), genesis, &keys, START_MS)
            .expect("a new folder takes a new desk");
        let mut world = Self {
            now_ms: START_MS + 1_000,
            devices: Vec::new(),
            tamper: None,
            cut: None,
            tap: None,
            log_seed: *log_seed,
            observer_seed: *observer_seed,
            custodians,
            switchboard: None,
            folder,
            rng,
            next_connection: 1,
        };
        world.serve(store);
        for (name, identity) in officers.iter().zip(identities) {
            world.add_device(name, identity);
            world.connect(name);
        }
        world.run();
        if let Some(first) = officers.first() {
            for deed in first_deeds {
                world.queue(first, deed);
            }
        }
        world.run();
        world
    }

    /// The same desk once more, on a disk of its own and with other randomness from here on: server and devices come
    /// back from their disks, and none is connected. Only a desk at which nothing is on its way is the same.
    pub fn again(&self, seed: [u8; 32]) -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        disk::copy(&self.folder(), &folder.path().join("desk"));
        let mut again = Self {
            now_ms: self.now_ms,
            devices: Vec::new(),
            tamper: None,
            cut: None,
            tap: None,
            log_seed: self.log_seed,
            observer_seed: self.observer_seed,
            custodians: self.custodians.clone(),
            switchboard: None,
            folder,
            rng: ChaCha20Rng::from_seed(seed),
            next_connection: self.next_connection,
        };
        again.open_server();
        for device in &self.devices {
            again.add_device(&device.name, device.identity());
            again.device(&device.name).kept = device.kept.clone();
            again.restart_device(&device.name);
        }
        again
    }

    /// Starts the server on what is on its disk.
    pub(crate) fn open_server(&mut self) {
        let store = Store::open(&self.folder()).expect("the folder opens again");
        self.serve(store);
    }

    fn serve(&mut self, store: Store) {
        let seed = self.seed();
        self.switchboard = Some(Switchboard::new(store, seed));
    }

    /// 32 bytes from the world's own stream.
    pub fn seed(&mut self) -> [u8; 32] {
        let mut seed = [0; 32];
        self.rng.fill_bytes(&mut seed);
        seed
    }

    /// The server's data folder.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("desk")
    }

    /// Stops the server without a word, as a crash does, and starts it again on what is on disk.
    pub fn restart_server(&mut self) {
        self.switchboard = None;
        for at in 0..self.devices.len() {
            self.disconnected(at);
        }
        self.open_server();
    }

    /// Stops a device's process and starts it again on what it kept.
    pub fn restart_device(&mut self, name: &str) {
        self.disconnect(name);
        let (seed, now) = (self.seed(), self.now_ms);
        self.device(name).restart(seed, now);
    }

    /// Adds a device that is not connected yet.
    pub fn add_device(&mut self, name: &str, identity: Identity) {
        let seed = self.seed();
        self.devices.push(SimDevice::new(name, identity, seed, self.now_ms));
    }

    fn at(&self, name: &str) -> usize {
        self.devices
            .iter()
            .position(|device| device.name == name)
            .unwrap_or_else(|| panic!("no device {name}"))
    }

    /// A device by name.
    pub fn device(&mut self, name: &str) -> &mut SimDevice {
        let at = self.at(name);
        &mut self.devices[at]
    }

    /// The person whose device this is.
    pub fn person(&mut self, name: &str) -> PersonId {
        self.device(name).participant.person()
    }

    pub(crate) fn new_connection(&mut self) -> ConnectionId {
        let connection = ConnectionId(self.next_connection);
        self.next_connection += 1;
        self.tell_server(Input::Connected { connection, host: HOST.to_owned() });
        connection
    }

    pub(crate) fn tell_server(&mut self, input: Input) {
        let now = self.now_ms;
        if let Some(switchboard) = self.switchboard.as_mut() {
            switchboard.take(now, input);
        }
    }

    /// Opens a device's socket.
    pub fn connect(&mut self, name: &str) {
        let connection = self.new_connection();
        let now = self.now_ms;
        let device = self.device(name);
        device.connection = Some(connection);
        device.take(now, DeviceInput::Connected { host: HOST.to_owned() });
    }

    /// Cuts a device's socket.
    pub fn disconnect(&mut self, name: &str) {
        let at = self.at(name);
        self.disconnected(at);
    }

    fn disconnected(&mut self, at: usize) {
        let now = self.now_ms;
        if let Some(connection) = self.devices[at].connection.take() {
            self.devices[at].take(now, DeviceInput::Disconnected);
            self.tell_server(Input::Gone { connection });
        }
    }

    /// Does something on a device, without letting any message travel yet.
    pub fn queue(&mut self, name: &str, deed: Deed) -> Ticket {
        let now = self.now_ms;
        let device = self.device(name);
        device.participant.act(device.own_ms(now), deed)
    }

    /// Does something on a device and lets everything settle; what the desk said to it.
    pub fn act(&mut self, name: &str, deed: Deed) -> Result<u64, String> {
        let ticket = self.queue(name, deed);
        self.run();
        self.outcome(name, ticket)
    }

    /// What became of a deed: its index in the log, or why not.
    pub fn outcome(&mut self, name: &str, ticket: Ticket) -> Result<u64, String> {
        let device = self.device(name);
        let answer = device.events.iter().find_map(|event| match event {
            Event::Logged { ticket: of, index, .. } if *of == ticket => Some(Ok(*index)),
            Event::Refused { ticket: of, refusal } if *of == ticket => Some(Err(refusal.to_string())),
            Event::Logged { .. }
            | Event::Refused { .. }
            | Event::Welcome
            | Event::CaughtUp
            | Event::Changed(_)
            | Event::Waits { .. }
            | Event::Knocks
            | Event::Call(_)
            | Event::Rewound { .. }
            | Event::Closing(_)
            | Event::Alarm(_) => None,
        });
        answer.unwrap_or_else(|| Err("pending".to_owned()))
    }

    /// Lets time pass, and everything that follows.
    pub fn advance(&mut self, ms: u64) {
        let (from, until) = (self.now_ms, self.now_ms + ms);
        while self.now_ms < until {
            let step = if self.now_ms < from + FIRST_MS { FIRST_STEP_MS } else { STEP_MS };
            self.now_ms = until.min(self.now_ms + step);
            self.tick();
            self.run();
        }
    }

    fn tick(&mut self) {
        let now = self.now_ms;
        self.tell_server(Input::Tick);
        for device in &mut self.devices {
            device.take(now, DeviceInput::Tick);
        }
    }

    /// Delivers messages until none is left and no deed waits for a moment that is near.
    pub fn run(&mut self) {
        for _ in 0..ROUNDS_MAX {
            let moved = self.devices_speak() | self.server_speaks();
            if moved {
                continue;
            }
            let now = self.now_ms;
            let soon = self
                .devices
                .iter()
                .filter(|device| device.connection.is_some())
                .filter_map(SimDevice::again_ms)
                .filter(|at| *at > now && *at < now + 1_000)
                .min();
            match soon {
                Some(at) => {
                    self.now_ms = at;
                    self.tick();
                }
                None => return,
            }
        }
        panic!("messages go round in circles");
    }

    fn devices_speak(&mut self) -> bool {
        let mut moved = false;
        for at in 0..self.devices.len() {
            let messages = self.devices[at].drain();
            for message in messages {
                moved = true;
                let Some(connection) = self.devices[at].connection else { continue };
                if self.breaks(at) {
                    continue;
                }
                match message {
                    Some(bytes) => {
                        self.hear(|| bytes.clone());
                        let message = ToServer::read(&bytes).expect("a participant's message can be read");
                        self.tell_server(Input::Message { connection, message });
                    }
                    None => self.disconnected(at),
                }
            }
        }
        moved
    }

    fn server_speaks(&mut self) -> bool {
        let mut outputs = Vec::new();
        if let Some(switchboard) = self.switchboard.as_mut() {
            while let Some(output) = switchboard.next_output() {
                outputs.push(output);
            }
        }
        let moved = !outputs.is_empty();
        for output in outputs {
            match output {
                Output::Send { connection, message } => self.deliver(connection, *message),
                // Sound is tested over real sockets.
                Output::LetIn { .. } | Output::Media(_) => {}
                Output::Broken { .. } => panic!("the server broke: {output:?}"),
                Output::Close { connection, because } => {
                    self.deliver(connection, ToClient::Closing { because });
                    if let Some(at) = self.devices.iter().position(|d| d.connection == Some(connection)) {
                        self.disconnected(at);
                    }
                }
            }
        }
        moved
    }

    /// Whether the connection breaks under the next message; then it is cut.
    fn breaks(&mut self, at: usize) -> bool {
        let breaks = self.cut.as_mut().is_some_and(|cut| cut(&self.devices[at].name));
        if breaks {
            self.disconnected(at);
        }
        breaks
    }

    /// Keeps the bytes of a message when somebody listens.
    pub(crate) fn hear(&mut self, bytes: impl FnOnce() -> Vec<u8>) {
        if let Some(tap) = self.tap.as_mut() {
            tap.push(bytes());
        }
    }

    pub(crate) fn deliver(&mut self, connection: ConnectionId, message: ToClient) {
        self.hear(|| message.write().expect("a message to a device can be written"));
        let Some(at) = self.devices.iter().position(|device| device.connection == Some(connection)) else {
            return;
        };
        if self.breaks(at) {
            return;
        }
        let messages = match self.tamper.as_mut() {
            Some(tamper) => tamper(&self.devices[at].name, message),
            None => vec![message],
        };
        let now = self.now_ms;
        for message in messages {
            let bytes = message.write().expect("a message to a device can be written");
            self.devices[at].take(now, DeviceInput::Message(bytes));
        }
    }

    /// The office for a purpose, as a device knows it.
    pub fn office(&mut self, name: &str, purpose: OfficePurpose) -> Option<OfficeId> {
        self.device(name).participant.ledger().trust().and_then(|trust| trust.office_by_purpose(purpose))
    }
}
