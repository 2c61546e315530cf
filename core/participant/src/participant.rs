//! One device: told messages and time, it says what to send, what to keep, and what happened.
//! After every `take`, drain `poll` until it gives nothing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chancery_log::{
    checkpoint::VerifiedCheckpoint,
    checkpoint_chain::CheckpointChain,
    id::{DeskId, DeviceId, Digest, PackageId, PersonId, Scope},
};
use chancery_open::{device::DeviceSecrets, keyring::Keyring};
use chancery_seal::invitation::Knock;
use chancery_wire::{
    limits::{IDLE_MS, WIRE_VERSION},
    to_client::Advance,
    to_server::ToServer,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::{
    alarm::Alarm,
    bodies::Bodies,
    call::OnCall,
    clock::{Clock, DIFFER_MS, STEP_MAX_MS},
    connection::{Connection, Login},
    custody::Custody,
    deed::Deed,
    folding::WaitingEntry,
    io::{Event, Input, Output},
    ledger::Ledger,
    outbox::{Item, Outbox, Ticket},
    record::RecordKey,
    rewind::Rewind,
};

/// Trust that entries wait for is given this long: the server sends trust first.
pub const TRUST_WAIT_MS: u64 = 10_000;

/// An act without receipt after this long is an alarm; a group commit takes milliseconds.
pub const RECEIPT_MS: u64 = 30_000;

/// During a call time is told this often: a third of what a stand-in waits.
const CALL_TICK_MS: u64 = 100;

/// Alarms that are kept for the screen.
const ALARMS_MAX: usize = 1000;

/// Who a device is: made at enrolment, kept by the shell under the device's lock.
pub struct Identity {
    /// The desk.
    pub desk: DeskId,
    /// Digest of the genesis act, from the link.
    pub genesis: Digest,
    /// Whose device.
    pub person: PersonId,
    /// Its keys.
    pub secrets: DeviceSecrets,
}

/// One device.
pub struct Participant {
    pub(crate) identity: Identity,
    pub(crate) clock: Clock,
    pub(crate) rng: ChaCha20Rng,
    pub(crate) connection: Connection,
    pub(crate) checkpoints: Option<CheckpointChain>,
    /// The welcome's checkpoint, when it came before the acts that tell whose signature it must carry.
    pub(crate) first_note: Option<Advance>,
    pub(crate) ledger: Ledger,
    pub(crate) waiting: BTreeMap<Scope, VecDeque<WaitingEntry>>,
    /// Scopes of which nothing more is believed: what came does not fit, and an alarm says so.
    pub(crate) broken: BTreeSet<Scope>,
    pub(crate) keyring: Keyring,
    pub(crate) bodies: Bodies,
    pub(crate) outbox: Outbox,
    pub(crate) custody: Custody,
    /// The newest counter of this device that is in the log, by scope; the entry may not have come yet.
    pub(crate) logged_counter: BTreeMap<Scope, u64>,
    /// By scope, how many entries a receipt proved and since when: the server owes the entries, too.
    pub(crate) owed: BTreeMap<Scope, (u64, u64)>,
    /// Since when the newest entry of the trust scope is here, and whether it was told that it is stale.
    pub(crate) trust_since_ms: u64,
    pub(crate) is_stale_told: bool,
    /// Packages whose vault may need keeping.
    pub(crate) dirty: BTreeSet<PackageId>,
    pub(crate) knocks: Vec<Knock>,
    pub(crate) rewind: Option<Rewind>,
    /// Where the log was restored, as the owner, an officer, said here.
    pub(crate) accepts_restored: Option<VerifiedCheckpoint>,
    /// Why the server's log is not followed.
    pub(crate) refused_log: Option<String>,
    /// Size of the newest log that was seen here before it went back.
    pub(crate) lost_size: Option<u64>,
    /// Calls that this device is on, or is coming to.
    pub(crate) calls: BTreeMap<PackageId, OnCall>,
    alarms: VecDeque<Alarm>,
    outputs: VecDeque<Output>,
}

impl Participant {
    /// A device with what it kept. `seed`: 32 random bytes of this start, never used before.
    pub fn new(
        identity: Identity,
        seed: [u8; 32],
        now_ms: u64,
        kept: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>,
    ) -> Self {
        let keyring = Keyring::new(identity.desk);
        let mut new = Self {
            identity,
            clock: Clock::new(now_ms),
            rng: ChaCha20Rng::from_seed(seed),
            connection: Connection::default(),
            checkpoints: None,
            first_note: None,
            ledger: Ledger::default(),
            waiting: BTreeMap::new(),
            broken: BTreeSet::new(),
            keyring,
            bodies: Bodies::default(),
            outbox: Outbox::default(),
            custody: Custody::default(),
            logged_counter: BTreeMap::new(),
            owed: BTreeMap::new(),
            trust_since_ms: now_ms,
            is_stale_told: false,
            dirty: BTreeSet::new(),
            knocks: Vec::new(),
            rewind: None,
            accepts_restored: None,
            refused_log: None,
            lost_size: None,
            calls: BTreeMap::new(),
            alarms: VecDeque::new(),
            outputs: VecDeque::new(),
        };
        new.restore(kept);
        new
    }

    /// Tells it something. `now_ms`: milliseconds since 1970 UTC, by the device's own clock, be it wrong.
    pub fn take(&mut self, now_ms: u64, input: Input) {
        self.clock.tell(now_ms);
        match input {
            Input::Connected { host } => self.connected(host),
            Input::Message(bytes) => {
                self.connection.heard_ms = self.now_ms();
                self.receive(&bytes);
                self.alarm_of_stale_trust();
            }
            Input::Disconnected => {
                self.connection = Connection::default();
                self.rewind = None;
                self.owed.clear();
                self.outbox.connection_lost();
                self.bodies.connection_lost();
            }
            Input::Tick => self.tick(),
        }
        self.work();
    }

    /// Does something: it is kept at once, and sent when it can be. What becomes of it comes as an event.
    pub fn act(&mut self, now_ms: u64, deed: Deed) -> Ticket {
        self.clock.tell(now_ms);
        let ticket = self.queue(deed);
        self.work();
        ticket
    }

    /// The next thing that it wants.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to tick next, milliseconds since 1970 UTC by the device's own clock.
    pub fn timeout_ms(&self) -> u64 {
        let (soonest, latest) = (self.now_ms() + 10, self.now_ms() + STEP_MAX_MS);
        let ping = (self.connection.sent_ms + IDLE_MS / 3).clamp(soonest, latest);
        let ping = self.clock.shown_ms(ping);
        let call = (!self.calls.is_empty()).then(|| self.clock.shown_ms(self.now_ms() + CALL_TICK_MS));
        [self.again_ms(), call].into_iter().flatten().fold(ping, u64::min)
    }

    /// When the first of the deeds that were asked to wait is sent again, milliseconds since 1970 UTC by the device's own
    /// clock.
    pub fn again_ms(&self) -> Option<u64> {
        let waiting = self.outbox.items().map(|(_, item)| item.not_before_ms);
        waiting.filter(|at| *at > self.now_ms()).min().map(|at| self.clock.shown_ms(at))
    }

    /// What time it is at the desk, milliseconds since 1970 UTC: the server's clock as far as this device knows it.
    pub fn desk_ms(&self) -> u64 {
        self.clock.desk_ms()
    }

    /// For waits. It is no date.
    pub(crate) fn now_ms(&self) -> u64 {
        self.clock.awake_ms()
    }

    /// This device's id.
    pub fn device(&self) -> DeviceId {
        self.identity.secrets.id()
    }

    /// Whose device this is.
    pub fn person(&self) -> PersonId {
        self.identity.person
    }

    /// What it holds of the log.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The newest checkpoint that was checked: to be compared with what other devices hold.
    pub fn checkpoint(&self) -> Option<&VerifiedCheckpoint> {
        self.checkpoints.as_ref().map(CheckpointChain::newest)
    }

    /// What it has opened.
    pub fn bodies(&self) -> &Bodies {
        &self.bodies
    }

    /// Deeds that are not in the log yet.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Alarms since the start, oldest first.
    pub fn alarms(&self) -> impl Iterator<Item = &Alarm> {
        self.alarms.iter()
    }

    /// Whether everything that the server had at the welcome is here and opened.
    pub fn is_caught_up(&self) -> bool {
        self.connection.caught_up
    }

    /// Sixteen random bytes, for the id of something new.
    pub fn draw_id(&mut self) -> [u8; 16] {
        use rand_core::Rng;
        let mut id = [0; 16];
        self.rng.fill_bytes(&mut id);
        id
    }

    pub(crate) fn queue(&mut self, deed: Deed) -> Ticket {
        self.queue_item(Item::new(deed, self.clock.said_at()))
    }

    pub(crate) fn queue_item(&mut self, item: Item) -> Ticket {
        let record = item.record();
        let ticket = self.outbox.push(item);
        self.keep(&RecordKey::Deed(ticket), Some(&record));
        ticket
    }

    pub(crate) fn send(&mut self, message: &ToServer) {
        match message.write() {
            Ok(bytes) => {
                self.connection.sent_ms = self.now_ms();
                self.outputs.push_back(Output::Send(bytes));
            }
            Err(error) => self.alarm(Alarm::RecordsDamaged { detail: error.to_string() }),
        }
    }

    pub(crate) fn output(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    pub(crate) fn event(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    pub(crate) fn alarm(&mut self, alarm: Alarm) {
        if self.alarms.contains(&alarm) {
            return;
        }
        if self.alarms.len() == ALARMS_MAX {
            self.alarms.pop_front();
        }
        self.alarms.push_back(alarm.clone());
        self.event(Event::Alarm(alarm));
    }

    pub(crate) fn close(&mut self) {
        self.connection.login = Login::Offline;
        self.outputs.push_back(Output::Close);
    }

    fn connected(&mut self, host: String) {
        let rewinds_to = self.accepts_restored.clone();
        let log_size = rewinds_to.as_ref().or(self.checkpoint()).map_or(0, VerifiedCheckpoint::size);
        let (login, heard_ms) = (Login::Hello { host }, self.now_ms());
        self.connection = Connection { login, rewinds_to, heard_ms, ..Connection::default() };
        let (desk, device) = (self.identity.desk, self.device());
        self.send(&ToServer::Hello { version: WIRE_VERSION, desk, device, log_size });
    }

    fn tick(&mut self) {
        let now = self.now_ms();
        self.alarm_of_owed_entries();
        self.alarm_of_withheld_trust();
        let overdue: Vec<Digest> = self
            .outbox
            .items()
            .filter(|(_, item)| item.sent_ms.is_some_and(|sent| now.saturating_sub(sent) > RECEIPT_MS))
            .filter_map(|(_, item)| item.signed.as_ref().map(|signed| signed.digest))
            .collect();
        for act in overdue {
            self.alarm(Alarm::NoReceipt { act, waited_ms: RECEIPT_MS });
        }
        if self.connection.login != Login::Offline && now.saturating_sub(self.connection.heard_ms) > IDLE_MS {
            return self.close();
        }
        if self.connection.is_in() && now.saturating_sub(self.connection.sent_ms) >= IDLE_MS / 3 {
            self.send(&ToServer::Ping {});
        }
    }

    /// A receipt proved that an entry is there, and the entry does not come.
    fn alarm_of_owed_entries(&mut self) {
        let (ledger, now, author) = (&self.ledger, self.now_ms(), self.identity.secrets.id());
        self.owed.retain(|scope, (count, _)| ledger.head(*scope).count < *count);
        let late = self.owed.iter().filter(|(_, (_, since))| now.saturating_sub(*since) > TRUST_WAIT_MS);
        let alarms: Vec<Alarm> = late
            .map(|(scope, (seen, _))| Alarm::Withheld {
                author,
                scope: *scope,
                seen: *seen,
                held: ledger.head(*scope).count,
            })
            .collect();
        for alarm in alarms {
            self.alarm(alarm);
        }
    }

    /// Learns the server's time. Whether it is another than was known.
    pub(crate) fn compare_clocks(&mut self, server_ms: u64) -> bool {
        let learnt = self.clock.learn(server_ms);
        self.alarm_of_clocks(learnt);
        learnt.is_some()
    }

    pub(crate) fn alarm_of_clocks(&mut self, by_ms: Option<i64>) {
        if let Some(by_ms) = by_ms.filter(|by_ms| by_ms.unsigned_abs() > DIFFER_MS) {
            self.alarm(Alarm::ClocksDiffer { by_ms });
        }
    }

    /// Judged when the server has just spoken: on a device that wakes up, what it holds is old, and no lie.
    fn alarm_of_stale_trust(&mut self) {
        let Some(trust) = self.ledger.trust() else { return };
        let (limit_ms, newest) = (trust.rules().trust_stale_ms, self.ledger.entries(Scope::Trust).last());
        // The server can turn its clock back to where its trust stands still, but not this device's.
        let here_ms = self.now_ms().saturating_sub(self.trust_since_ms);
        let age_ms =
            newest.map_or(0, |entry| self.desk_ms().saturating_sub(entry.place.logged_ms).max(here_ms));
        let is_judged = self.connection.is_in() && self.connection.caught_up && !self.is_stale_told;
        if is_judged && limit_ms > 0 && age_ms > limit_ms {
            self.is_stale_told = true;
            self.alarm(Alarm::TrustStale { age_ms, limit_ms });
        }
    }

    /// What can be done now is done: fold, open, keep vaults, sign, send.
    pub(crate) fn work(&mut self) {
        self.fold_waiting();
        self.fetch_bodies();
        self.notice_caught_up();
        self.keep_vaults();
        self.work_calls();
        self.flush();
    }
}
