//! The simulated desk: a clock, a switchboard, devices, and the messages between them.

use std::{collections::BTreeSet, path::PathBuf};

use chancery_desk::{
    act::{OfficePurpose, Role},
    levels::shipped::Shipped,
};
use chancery_log::id::{OfficeId, PersonId};
use chancery_participant::{
    deed::Deed,
    enrol::{Newcomer, NewcomerNews},
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

use crate::device::SimDevice;

/// Where the simulated desk is.
pub const BASE: &str = "https://desk.example";
const HOST: &str = "desk.example:443";

/// The clock starts here: 1 January 2026, noon UTC.
pub const START_MS: u64 = 1_767_268_800_000;

/// Messages between two drains after which something must be running in circles.
const ROUNDS_MAX: usize = 20_000;

/// Says what becomes of a message to a device: none at all, another one, several.
pub type Tamper = Box<dyn FnMut(&str, ToClient) -> Vec<ToClient>>;

/// A simulated desk.
pub struct World {
    /// Milliseconds since 1970 UTC.
    pub now_ms: u64,
    /// The devices, in the order in which they came.
    pub devices: Vec<SimDevice>,
    /// When set, every message to a device goes through it.
    pub tamper: Option<Tamper>,
    /// The server's keys, for tests in which it is hostile.
    pub log_seed: [u8; 32],
    /// The server, unless it is down.
    pub switchboard: Option<Switchboard>,
    folder: TempDir,
    rng: ChaCha20Rng,
    next_connection: u64,
}

fn profile(name: &str) -> PersonProfile {
    PersonProfile { name: name.to_owned(), title: String::new(), notices_to: String::new() }
}

impl World {
    /// Founds a desk with these security officers (the first two are custodians too, both are needed) and the neutral
    /// scheme, connects the officers' devices and lets them do what comes first.
    pub fn found(seed: u8, officers: &[&str]) -> Self {
        let mut rng = ChaCha20Rng::from_seed([seed; 32]);
        let scheme = Shipped::Neutral.json();
        let plan = Plan {
            origin: "desk.example/log".to_owned(),
            profile: DeskProfile { name: "Desk of Oland".to_owned(), scheme: scheme.to_owned() },
            ranks: 4,
            officers: officers.iter().map(|name| profile(name)).collect(),
            custodians: vec![Custodian::Officer(0), Custodian::Officer(1)],
            needed: 2,
            now_ms: START_MS,
        };
        let founded = founding::found(&plan, &mut rng).expect("a sound plan founds a desk");
        let Founded { genesis, log_seed, observer_seed, officers: identities, first_deeds, .. } = founded;
        let folder = TempDir::new().expect("a temporary folder can be made");
        let keys = ServerKeys::from_seeds(&log_seed, &observer_seed);
        let store = Store::create(&folder.path().join("desk"), genesis, &keys, START_MS)
            .expect("a new folder takes a new desk");
        let mut world = Self {
            now_ms: START_MS + 1_000,
            devices: Vec::new(),
            tamper: None,
            log_seed: *log_seed,
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
        let store = Store::open(&self.folder()).expect("the folder opens again");
        self.serve(store);
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

    fn new_connection(&mut self) -> ConnectionId {
        let connection = ConnectionId(self.next_connection);
        self.next_connection += 1;
        self.to_server(Input::Connected { connection, host: HOST.to_owned() });
        connection
    }

    fn to_server(&mut self, input: Input) {
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
            self.to_server(Input::Gone { connection });
        }
    }

    /// Does something on a device, without letting any message travel yet.
    pub fn queue(&mut self, name: &str, deed: Deed) -> Ticket {
        let now = self.now_ms;
        self.device(name).participant.act(now, deed)
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
            | Event::Closing(_)
            | Event::Alarm(_) => None,
        });
        answer.unwrap_or_else(|| Err("pending".to_owned()))
    }

    /// Lets time pass, and everything that follows.
    pub fn advance(&mut self, ms: u64) {
        self.now_ms += ms;
        self.tick();
        self.run();
    }

    fn tick(&mut self) {
        let now = self.now_ms;
        self.to_server(Input::Tick);
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
                .flat_map(|device| device.participant.outbox().items())
                .map(|(_, item)| item.not_before_ms)
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
                match message {
                    Some(bytes) => {
                        let message = ToServer::read(&bytes).expect("a participant's message can be read");
                        self.to_server(Input::Message { connection, message });
                    }
                    None => self.disconnected(at),
                }
            }
        }
        moved
    }

    fn server_speaks(&mut self) -> bool {
        let mut outputs = Vec::new();
        let now = self.now_ms;
        if let Some(switchboard) = self.switchboard.as_mut() {
            while let Some(output) = switchboard.next_output() {
                outputs.push(output);
            }
        }
        let moved = !outputs.is_empty();
        for output in outputs {
            match output {
                Output::Send { connection, message } => self.deliver(connection, *message),
                Output::LetIn { .. } => {}
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

    fn deliver(&mut self, connection: ConnectionId, message: ToClient) {
        let Some(at) = self.devices.iter().position(|device| device.connection == Some(connection)) else {
            return;
        };
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

    /// Brings a person to the desk: an officer adds, invites and approves, the new device knocks and connects.
    pub fn join(&mut self, officer: &str, name: &str, roles: &[Role]) -> PersonId {
        let person = PersonId(self.device(officer).participant.draw_id());
        let roles: BTreeSet<Role> = roles.iter().copied().collect();
        let trust = self.device(officer).participant.ledger().trust().cloned();
        let office = |purpose| trust.as_ref().and_then(|trust| trust.office_by_purpose(purpose));
        for deed in founding::join(person, roles, profile(name), office) {
            self.queue(officer, deed);
        }
        self.run();
        self.enrol(officer, person, name);
        person
    }

    /// Enrols a device of a person, approved by this officer's or owner's device.
    pub fn enrol(&mut self, approver: &str, person: PersonId, name: &str) {
        let newcomer = self.knock(approver, person);
        let device = newcomer.secrets().id();
        let now = self.now_ms;
        let approved = self.device(approver).participant.approve(now, device);
        approved.expect("whoever invited can approve");
        self.run();
        self.add_device(name, newcomer.into_identity());
        self.connect(name);
        self.run();
    }

    /// An invitation by one device, and a newcomer that knocked under it.
    pub fn knock(&mut self, approver: &str, person: PersonId) -> Newcomer {
        let now = self.now_ms;
        let (_, link) = self
            .device(approver)
            .participant
            .invite(now, person, BASE, None)
            .expect("an officer can invite somebody of the desk");
        self.run();
        let newcomer = Newcomer::new(link, &mut self.rng).expect("keys can be made");
        let knock = ToServer::read(&newcomer.knock().expect("a knock can be written")).expect("and read");
        let connection = self.new_connection();
        self.to_server(Input::Message { connection, message: knock });
        let mut heard = None;
        let now = self.now_ms;
        let mut others = Vec::new();
        if let Some(switchboard) = self.switchboard.as_mut() {
            while let Some(output) = switchboard.next_output() {
                match output {
                    Output::Send { connection: to, message } if to == connection => {
                        heard = heard.or(newcomer.receive(&message.write().expect("it can be written")));
                    }
                    Output::Send { .. } | Output::LetIn { .. } | Output::Close { .. } | Output::Broken { .. } => {
                        others.push(output);
                    }
                }
            }
        }
        for output in others {
            if let Output::Send { connection, message } = output {
                self.deliver(connection, *message);
            }
        }
        assert!(matches!(heard, Some(NewcomerNews::Heard(_))), "the knock was not heard: {heard:?}");
        self.run();
        newcomer
    }
}
