//! A server from start to stop.

use std::{
    io,
    net::{SocketAddr, ToSocketAddrs as _},
    sync::{Arc, Mutex, atomic::AtomicU64, mpsc::sync_channel},
    thread,
    time::Instant,
};

use chancery_log::id::Digest;
use chancery_store::{folder::Folder, shelf::Shelf, store::OpenError};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, mpsc, oneshot, watch},
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};
use tracing::{info, warn};

use super::{
    accept::{self, Front},
    config::{Config, Hosts},
    doors::Doors,
    log_thread::{Health, HealthState, LogThread, ToLog},
    media_thread, mover_thread,
    pages::{self, Pages},
    socket::Lines,
    tls::{self, TlsError},
};
use crate::{
    limits,
    switchboard::{input::Input, media::ToMedia},
};

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The address.
    #[error("can not listen on {address}: {error}")]
    Listen {
        /// As configured.
        address: SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// No random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(getrandom::Error),
    /// The sfu.
    #[error("calls can not be carried: {0}")]
    Media(String),
    /// No thread.
    #[error("no thread could be started: {0}")]
    Thread(io::Error),
    /// The thread that owns the log ended at once.
    #[error("the thread that owns the log ended before it began")]
    LogThread,
}

/// Why a running server ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum EndError {
    /// The store can't go on.
    #[error("the log can not be written any more: {0}; start the server again")]
    Broken(String),
    /// The thread that owns the log died.
    #[error("the thread that owns the log died; start the server again")]
    Died,
}

/// A server that runs. Dropped without [`Running::stop`], it goes on until the process ends.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    certificate: Option<Digest>,
    log: mpsc::Sender<ToLog>,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
    ended: oneshot::Receiver<Result<(), String>>,
    mover_ended: oneshot::Receiver<()>,
    places: Arc<Semaphore>,
    sockets: u32,
}

/// Starts a server; returns when it takes connections.
pub async fn start(config: Config) -> Result<Running, StartError> {
    let began = Instant::now();
    let wrapping = tls::wrapping(&config)?;
    let listen = |error| StartError::Listen { address: config.listen, error };
    let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
    let addr = listener.local_addr().map_err(listen)?;
    let (log, from) = mpsc::channel(limits::IN_QUEUE);
    let (nudge, nudges) = sync_channel(1);
    let (health, healthy) = watch::channel(Health { log_size: 0, state: HealthState::Good });
    let (opened, opening) = oneshot::channel();
    let (end, ended) = oneshot::channel();
    let seed = random()?;
    let media = start_media(&config, addr, log.clone())?;
    let owner = LogThread {
        folder: config.folder.clone(),
        limits: config.limits,
        seed,
        from,
        health,
        opened,
        mover: nudge,
        media,
    };
    let spawned = thread::Builder::new().name("log".into()).spawn(move || {
        // Nobody listens only when the server is already gone.
        end.send(owner.run()).unwrap_or(());
    });
    spawned.map_err(StartError::Thread)?;
    let mover = opening.await.map_err(|_| StartError::LogThread)??;
    let moving = log.clone();
    let (moved, mover_ended) = oneshot::channel();
    let spawned = thread::Builder::new()
        .name("mover".into())
        .spawn(move || mover_thread::run(&mover, &nudges, &moving, moved));
    spawned.map_err(StartError::Thread)?;
    let shelf = Shelf::open(&Folder::new(&config.folder)).map_err(OpenError::from)?;
    let sockets = u32::try_from(config.limits.sockets).unwrap_or(u32::MAX);
    let places = Arc::new(Semaphore::new(config.limits.sockets));
    let lines = Lines {
        log: log.clone(),
        room: Arc::new(Semaphore::new(limits::IN_QUEUE_KIB)),
        limits: config.limits,
        numbers: Arc::new(AtomicU64::new(1)),
        places: Arc::clone(&places),
    };
    let pages = Pages {
        hosts: Hosts::new(&config, addr),
        lines,
        health: healthy,
        began,
        shelf: Arc::new(Mutex::new(shelf)),
    };
    let certificate = wrapping.as_ref().map(|wrapping| wrapping.certificate);
    let front = Front {
        doors: Doors::new(config.limits),
        acceptor: wrapping.map(|wrapping| wrapping.acceptor),
        router: pages::router(pages),
    };
    let (stop, stopping) = watch::channel(false);
    let accepting = tokio::spawn(accept::run(listener, front, stopping));
    tokio::spawn(tick(log.clone()));
    info!(tls = certificate.is_some(), "the server takes connections");
    Ok(Running { addr, certificate, log, stop, accepting, ended, mover_ended, places, sockets })
}

fn random() -> Result<[u8; 32], StartError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(StartError::Random)?;
    Ok(seed)
}

/// Starts the sfu on the same address and port as the sockets, over UDP. A server that devices can not reach there works,
/// without sound.
fn start_media(
    config: &Config,
    addr: SocketAddr,
    log: mpsc::Sender<ToLog>,
) -> Result<mpsc::Sender<ToMedia>, StartError> {
    let (media, from) = mpsc::channel(limits::MEDIA_QUEUE);
    let Some(at) = reachable_at(config, addr) else {
        warn!("the host name has no address: calls are without sound until it has one");
        return Ok(media);
    };
    let listen = |error| StartError::Listen { address: addr, error };
    let socket = match media_thread::open(addr) {
        // Any port was asked for, and this one is taken over UDP: answers name another.
        Err(error) if config.listen.port() == 0 && error.kind() == io::ErrorKind::AddrInUse => {
            media_thread::open(SocketAddr::new(addr.ip(), 0))
        }
        opened => opened,
    };
    let socket = socket.map_err(listen)?;
    let port = socket.local_addr().map_err(listen)?.port();
    let at = SocketAddr::new(at.ip(), port);
    let sfu = media_thread::sfu(at, random()?).map_err(StartError::Media)?;
    let spawned = thread::Builder::new().name("media".into()).spawn(move || {
        media_thread::run(socket, at, sfu, from, log);
    });
    spawned.map_err(StartError::Thread)?;
    Ok(media)
}

/// Where devices reach this server.
fn reachable_at(config: &Config, addr: SocketAddr) -> Option<SocketAddr> {
    if !addr.ip().is_unspecified() {
        return Some(addr);
    }
    let name = config.host.rsplit_once(':').map_or(config.host.as_str(), |(name, _)| name);
    let found = (name, addr.port()).to_socket_addrs().ok()?;
    found.into_iter().find(|found| found.is_ipv4() == addr.is_ipv4())
}

async fn tick(log: mpsc::Sender<ToLog>) {
    let mut beat = interval(limits::TICK);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        if log.send(ToLog::Input { input: Input::Tick, _place: None }).await.is_err() {
            return;
        }
    }
}

impl Running {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// SHA-256 of its certificate (DER): what links carry when the server made it itself. None without TLS.
    pub fn certificate(&self) -> Option<Digest> {
        self.certificate
    }

    /// Takes no new connections, finishes what has come, says good-bye to every device, closes the store.
    pub async fn stop(mut self) -> Result<(), EndError> {
        self.stop.send_replace(true);
        if (&mut self.accepting).await.is_err() {
            warn!("the accepting task did not end well");
        }
        if self.log.send(ToLog::Input { input: Input::Stop, _place: None }).await.is_err() {
            // It ended before; `ended` says how.
            warn!("the log thread has ended already");
        }
        let ended = self.wait().await;
        // Dropped at the thread's end, whatever it sends.
        if timeout(limits::DRAIN, &mut self.mover_ended).await.is_err() {
            warn!("bodies were still being moved; the next start goes on with them");
        }
        if timeout(limits::DRAIN, self.places.acquire_many(self.sockets)).await.is_err() {
            warn!("some devices could not be told that the server stops");
        }
        ended
    }

    /// Waits until the server ends by itself.
    pub async fn wait(&mut self) -> Result<(), EndError> {
        match (&mut self.ended).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(because)) => Err(EndError::Broken(because)),
            Err(_) => Err(EndError::Died),
        }
    }
}
