//! The one thread that owns store and switchboard. It drains what has come, commits once, then hands everything out.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, mpsc::SyncSender},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use chancery_store::store::{OpenError, Store};
use chancery_wire::to_client::{Closing, Deferral, ToClient};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};
use tracing::{error, info, warn};

use super::socket::Door;
use crate::{
    limits::{INBOX_BACKLOG, Limits, TAKE_MAX},
    switchboard::{
        Switchboard,
        input::{ConnectionId, Input},
        media::ToMedia,
        output::Output,
    },
};

/// What the log thread is told.
pub(crate) enum ToLog {
    /// A socket opened.
    Opened { connection: ConnectionId, host: String, socket: Socket },
    /// Something for the switchboard, and its place among the bytes that may wait.
    Input { input: Input, _place: Option<OwnedSemaphorePermit> },
}

/// How a socket is reached.
pub(crate) struct Socket {
    pub(crate) out: mpsc::Sender<ToSocket>,
    pub(crate) door: Arc<Door>,
}

/// What a socket is told.
pub(crate) enum ToSocket {
    /// Send this.
    Message(Box<ToClient>),
    /// Send the reason, and close.
    Close(Closing),
}

/// How the server is, for the health page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Health {
    pub(crate) log_size: u64,
    pub(crate) state: HealthState,
}

/// Whether acts are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HealthState {
    Good,
    PutOff(Deferral),
    Stopping,
}

/// What the thread is made of.
pub(crate) struct LogThread {
    pub(crate) folder: PathBuf,
    pub(crate) limits: Limits,
    pub(crate) seed: [u8; 32],
    pub(crate) from: mpsc::Receiver<ToLog>,
    pub(crate) health: watch::Sender<Health>,
    pub(crate) opened: oneshot::Sender<Result<chancery_store::mover::Mover, OpenError>>,
    pub(crate) mover: SyncSender<()>,
    pub(crate) media: mpsc::Sender<ToMedia>,
}

struct Work {
    switchboard: Switchboard,
    sockets: HashMap<ConnectionId, Socket>,
    health: watch::Sender<Health>,
    mover: SyncSender<()>,
    media: mpsc::Sender<ToMedia>,
    offers_since_tick: usize,
    broken: Option<String>,
}

impl LogThread {
    /// Runs until the server stops; what broke the store, if that is why.
    pub(crate) fn run(mut self) -> Result<(), String> {
        let began = Instant::now();
        let opened = Store::open(&self.folder).and_then(|store| {
            if let Some(bytes) = self.limits.log_bytes {
                store.set_quota(bytes)?;
            }
            let mover = store.mover()?;
            Ok((store, mover))
        });
        let store = match opened {
            Ok((store, mover)) => {
                info!(
                    entries = store.size(),
                    ms = began.elapsed().as_millis(),
                    "the log is read, checked and folded"
                );
                if self.opened.send(Ok(mover)).is_err() {
                    return Ok(());
                }
                store
            }
            Err(error) => {
                // Whoever starts the server says why it does not start.
                return self.opened.send(Err(error)).map_err(|_| "nobody waits for the log".into());
            }
        };
        let mut work = Work {
            switchboard: Switchboard::new(store, self.seed),
            sockets: HashMap::new(),
            health: self.health,
            mover: self.mover,
            media: self.media,
            offers_since_tick: 0,
            broken: None,
        };
        work.report(HealthState::Good);
        while let Some(first) = self.from.blocking_recv() {
            let mut stop = work.take(first);
            // Everything that came meanwhile shares the commit.
            for _ in 1..TAKE_MAX {
                let Ok(next) = self.from.try_recv() else { break };
                stop |= work.take(next);
            }
            work.drain();
            if stop || work.broken.is_some() {
                break;
            }
        }
        work.report(HealthState::Stopping);
        work.broken.map_or(Ok(()), Err)
    }
}

impl Work {
    /// True when the server is to stop.
    fn take(&mut self, told: ToLog) -> bool {
        let now_ms = now_ms();
        match told {
            ToLog::Opened { connection, host, socket } => {
                self.sockets.insert(connection, socket);
                self.switchboard.take(now_ms, Input::Connected { connection, host });
                false
            }
            ToLog::Input { input, .. } => {
                let (stop, tick) = (matches!(input, Input::Stop), matches!(input, Input::Tick));
                self.offers_since_tick += usize::from(matches!(input, Input::Offered { .. }));
                if let Input::Gone { connection } = &input {
                    self.sockets.remove(connection);
                }
                self.switchboard.take(now_ms, input);
                if tick {
                    self.nudge_mover();
                }
                stop
            }
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.switchboard.next_output() {
            // Whoever is told that an act is put off finds the health page agreeing.
            let trouble = self.switchboard.status().trouble;
            self.report(trouble.map_or(HealthState::Good, HealthState::PutOff));
            match output {
                Output::Send { connection, message } => self.send(connection, message),
                Output::LetIn { connection, device, key } => {
                    if let Some(socket) = self.sockets.get(&connection) {
                        socket.door.let_in(device, key);
                    }
                }
                Output::Close { connection, because } => {
                    // When the queue is full the socket is dropped without a reason: it would not take that either.
                    if let Some(socket) = self.sockets.remove(&connection)
                        && socket.out.try_send(ToSocket::Close(because)).is_err()
                    {
                        info!(connection = connection.0, "a connection was dropped without a word");
                    }
                }
                Output::Media(say) => self.tell_media(*say),
                Output::Broken { because } => {
                    error!(reason = because, "the log can not be written any more; the server stops");
                    self.broken = Some(because);
                }
            }
        }
        let trouble = self.switchboard.status().trouble;
        self.report(trouble.map_or(HealthState::Good, HealthState::PutOff));
    }

    fn tell_media(&mut self, say: ToMedia) {
        match self.media.try_send(say) {
            Ok(()) => {}
            // A device offers again when no answer comes; rights and leaf are told with each offer.
            Err(mpsc::error::TrySendError::Full(_)) => warn!("the sfu is told more than it can take"),
            Err(mpsc::error::TrySendError::Closed(_)) => {
                self.switchboard.take(now_ms(), Input::MediaGone);
            }
        }
    }

    fn send(&mut self, connection: ConnectionId, message: Box<ToClient>) {
        let Some(socket) = self.sockets.get(&connection) else { return };
        if socket.out.try_send(ToSocket::Message(message)).is_err() {
            // Too slow, or gone: it comes back, and continues where it was.
            info!(connection = connection.0, "a connection takes too little and is dropped");
            self.sockets.remove(&connection);
            self.switchboard.take(now_ms(), Input::Gone { connection });
        }
    }

    fn report(&self, state: HealthState) {
        let health = Health { log_size: self.switchboard.status().log_size, state };
        self.health.send_if_modified(|before| {
            let changed = *before != health;
            *before = health;
            changed
        });
    }

    /// Moving costs syncs that acts would wait for: done when it is quiet, or when too much has piled up.
    fn nudge_mover(&mut self) {
        let waiting = self.switchboard.status().inbox;
        let quiet = self.offers_since_tick == 0;
        self.offers_since_tick = 0;
        if (waiting > 0 && quiet) || waiting > INBOX_BACKLOG {
            // A full channel means that it is at work already; a closed one, that the server stops.
            self.mover.try_send(()).unwrap_or(());
        }
    }
}

/// The clock that leaves carry, milliseconds since 1970 UTC.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
    u64::try_from(since).unwrap_or(u64::MAX)
}
