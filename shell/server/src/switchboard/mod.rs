//! The server without its sockets: one enum in, one enum out, time and randomness told. It owns the store; whoever
//! drives it calls [`Switchboard::take`] as often as there is input, then [`Switchboard::next_output`] until it is empty.
//! **All acts taken since the last drain become one durable commit in the drain, and only then is anything said of them.**

mod calls;
mod connection;
mod hello;
pub mod input;
mod knocks;
pub mod media;
mod observer;
mod offers;
pub mod output;
mod rights;
mod streams;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use chancery_log::id::{DeviceId, Digest, Scope};
use chancery_store::{mover::Moved, store::Store};
use chancery_wire::{
    to_client::{Closing, Deferral, ToClient},
    to_server::ToServer,
};
use tracing::{info, warn};

use self::{
    calls::Calls,
    connection::{Connection, Line, State},
    input::{ConnectionId, Input},
    knocks::Knocks,
    observer::Observer,
    offers::Answers,
    output::Output,
    rights::Effect,
};

/// The views may fall this far behind before they are brought up to date in the middle of work.
const UNSETTLED_MAX: usize = 2048;

/// The server's decisions.
#[derive(Debug)]
pub struct Switchboard {
    store: Store,
    nonces: Nonces,
    now_ms: u64,

    connections: BTreeMap<ConnectionId, Connection>,
    by_device: HashMap<DeviceId, ConnectionId>,
    followers: HashMap<Scope, BTreeSet<ConnectionId>>,
    knocks: Knocks,
    calls: Calls,

    // Of the open batch; gone when its commit fails.
    answers: Answers,
    effects: Vec<Effect>,

    // Looked at after the next commit, when memory and disk agree.
    to_greet: VecDeque<ConnectionId>,
    to_pump: BTreeSet<ConnectionId>,

    observer: Observer,
    outputs: VecDeque<Output>,
    trouble: Option<Deferral>,
    standing: Standing,
}

/// Whether the switchboard works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Working,
    Stopped,
}

/// Nonces that nobody outside can foretell, from a seed that the caller drew at random.
#[derive(Debug)]
struct Nonces {
    seed: [u8; 32],
    drawn: u64,
}

/// How the server is, for the health page and the logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// Entries in the log.
    pub log_size: u64,
    /// Devices that are in.
    pub devices_in: usize,
    /// Bodies that wait in the inbox.
    pub inbox: usize,
    /// Why acts are put off, if they are.
    pub trouble: Option<Deferral>,
}

impl Switchboard {
    /// A switchboard on an open store. `seed`: 32 random bytes, of this process alone.
    pub fn new(store: Store, seed: [u8; 32]) -> Self {
        let observer = Observer::new(store.desk());
        Self {
            store,
            nonces: Nonces { seed, drawn: 0 },
            now_ms: 0,
            connections: BTreeMap::new(),
            by_device: HashMap::new(),
            followers: HashMap::new(),
            knocks: Knocks::default(),
            calls: Calls::default(),
            answers: Answers::default(),
            effects: Vec::new(),
            to_greet: VecDeque::new(),
            to_pump: BTreeSet::new(),
            observer,
            outputs: VecDeque::new(),
            trouble: None,
            standing: Standing::Working,
        }
    }

    /// Takes one input. `now_ms`: milliseconds since 1970 UTC.
    pub fn take(&mut self, now_ms: u64, input: Input) {
        self.now_ms = self.now_ms.max(now_ms);
        match (self.standing, input) {
            (Standing::Stopped, Input::Moved(moved)) | (Standing::Working, Input::Moved(moved)) => {
                self.moved(&moved)
            }
            (Standing::Stopped, _) => {}
            (Standing::Working, Input::Connected { connection, host }) => {
                self.connections.insert(connection, Connection { host, state: State::Fresh });
            }
            (Standing::Working, Input::Message { connection, message }) => self.message(connection, message),
            (Standing::Working, Input::Offered { connection, offer }) => self.offered(connection, *offer),
            (Standing::Working, Input::Unreadable { connection, error }) => {
                self.not_an_offer(connection, *error)
            }
            (Standing::Working, Input::Gone { connection }) => self.forget(connection),
            (Standing::Working, Input::Media(said)) => self.media_said(said),
            (Standing::Working, Input::MediaGone) => self.media_is_gone(),
            (Standing::Working, Input::Tick) => self.tick(),
            (Standing::Working, Input::Stop) => self.stop(),
        }
    }

    /// What is to be done outside. When there is nothing left, the open batch is committed, and what follows from it
    /// comes out; none when all is done.
    pub fn next_output(&mut self) -> Option<Output> {
        loop {
            if let Some(output) = self.outputs.pop_front() {
                return Some(output);
            }
            if self.has_batch() {
                self.commit();
            } else if let Some(connection) = self.to_greet.pop_front() {
                self.greet(connection);
            } else if let Some(connection) = self.to_pump.pop_first() {
                self.pump(connection);
            } else {
                if self.store.unsettled() > UNSETTLED_MAX {
                    self.settle();
                }
                return None;
            }
        }
    }

    /// Brings the views up to the log; called when there is time.
    pub fn settle(&mut self) {
        if let Err(error) = self.store.settle() {
            warn!(%error, "the views could not be brought up to date; tried again later");
        }
    }

    /// How the server is.
    pub fn status(&self) -> Status {
        Status {
            log_size: self.store.size(),
            devices_in: self.by_device.len(),
            inbox: self.store.inbox_len(),
            trouble: self.trouble,
        }
    }

    /// The store, to read from.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Ends the switchboard and gives its store back: the next one starts from it, as after a restart.
    pub fn into_store(self) -> Store {
        self.store
    }

    fn message(&mut self, connection: ConnectionId, message: ToServer) {
        let Some(known) = self.connections.get_mut(&connection) else { return };
        match (&mut known.state, message) {
            (_, ToServer::Ping {}) => self.send(connection, ToClient::Pong {}),
            (State::Fresh, ToServer::Hello { version, desk, device, log_size }) => {
                self.hello(connection, version, desk, device, log_size);
            }
            (State::Fresh, ToServer::Knock { knock }) => self.knock(connection, &knock),
            (State::Challenged { .. }, ToServer::Answer { device_nonce, signature }) => {
                self.answer(connection, *device_nonce, *signature);
            }
            (State::In(_), ToServer::Propose { act, bodies }) => self.proposed(connection, act, bodies),
            (State::In(line), ToServer::Taken { messages }) => {
                if line.taken(messages) {
                    self.to_pump.insert(connection);
                } else {
                    self.malformed(connection, "more messages taken than were sent");
                }
            }
            (State::In(_), ToServer::Follow { scope, head }) => self.follow(connection, scope, head),
            (State::In(_), ToServer::Unfollow { scope }) => self.unfollow(connection, scope),
            (State::In(_), ToServer::Fetch { scope, bodies }) => self.fetch(connection, scope, bodies),
            (State::In(_), ToServer::Call { package, say }) => self.call_said(connection, package, say),
            (
                State::Fresh | State::Challenged { .. } | State::Knocking | State::Proved(_) | State::In(_),
                ToServer::Hello { .. }
                | ToServer::Answer { .. }
                | ToServer::Knock { .. }
                | ToServer::Follow { .. }
                | ToServer::Unfollow { .. }
                | ToServer::Propose { .. }
                | ToServer::Fetch { .. }
                | ToServer::Call { .. }
                | ToServer::Taken { .. },
            ) => self.malformed(connection, "a message out of turn"),
        }
    }

    fn tick(&mut self) {
        self.expire_knocks();
        if self.trouble.is_some() && self.store.probe().is_ok() {
            info!("the disk takes writes again");
            self.trouble = None;
        }
        self.observe();
        self.tick_calls();
        self.settle();
    }

    fn moved(&mut self, moved: &[Moved]) {
        if let Err(error) = self.store.forget_moved(moved) {
            // They are moved again, onto themselves.
            warn!(%error, "moved bodies could not be taken out of the inbox yet");
        }
    }

    fn stop(&mut self) {
        if self.has_batch() {
            self.commit();
        }
        let all: Vec<ConnectionId> = self.connections.keys().copied().collect();
        for connection in all {
            self.close(connection, Closing::Stopping);
        }
        self.settle();
        self.standing = Standing::Stopped;
    }

    fn send(&mut self, connection: ConnectionId, message: ToClient) {
        self.outputs.push_back(Output::Send { connection, message: Box::new(message) });
    }

    fn close(&mut self, connection: ConnectionId, because: Closing) {
        self.forget(connection);
        self.outputs.push_back(Output::Close { connection, because });
    }

    fn malformed(&mut self, connection: ConnectionId, what: &str) {
        self.close(connection, Closing::Malformed(what.into()));
    }

    fn forget(&mut self, connection: ConnectionId) {
        let Some(gone) = self.connections.remove(&connection) else { return };
        self.to_pump.remove(&connection);
        match gone.state {
            State::Fresh | State::Challenged { .. } => {}
            State::Knocking => self.knocks.disconnect(connection),
            State::Proved(proved) => self.forget_device(proved.device, connection),
            State::In(line) => {
                self.forget_device(line.device, connection);
                self.gone_from_calls(line.device, connection);
                for scope in line.follows.keys() {
                    self.drop_follower(*scope, connection);
                }
            }
        }
    }

    fn forget_device(&mut self, device: DeviceId, connection: ConnectionId) {
        if self.by_device.get(&device) == Some(&connection) {
            self.by_device.remove(&device);
        }
    }

    fn drop_follower(&mut self, scope: Scope, connection: ConnectionId) {
        if let Some(followers) = self.followers.get_mut(&scope) {
            followers.remove(&connection);
            if followers.is_empty() {
                self.followers.remove(&scope);
            }
        }
    }

    fn line(&mut self, connection: ConnectionId) -> Option<&mut Line> {
        match &mut self.connections.get_mut(&connection)?.state {
            State::In(line) => Some(line),
            State::Fresh | State::Challenged { .. } | State::Knocking | State::Proved(_) => None,
        }
    }

    /// The store can't go on. Nothing more is taken; everybody is told to come again, and the process starts anew.
    fn broken(&mut self, because: String) {
        let all: Vec<ConnectionId> = self.connections.keys().copied().collect();
        for connection in all {
            self.close(connection, Closing::Stopping);
        }
        self.outputs.push_back(Output::Broken { because });
        self.standing = Standing::Stopped;
    }
}

impl Nonces {
    fn draw(&mut self) -> [u8; 32] {
        self.drawn += 1;
        let mut input = Vec::with_capacity(64);
        input.extend(b"chancery/server-nonce/1");
        input.extend(self.seed);
        input.extend(self.drawn.to_be_bytes());
        Digest::of(&input).0
    }
}
