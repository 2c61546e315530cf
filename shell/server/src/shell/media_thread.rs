//! The thread that owns the sfu and its socket. It opens no frame and knows no name: datagrams in, datagrams out.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    io,
    net::SocketAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use chancery_log::id::{DeviceId, PackageId};
use chancery_sfu::{
    certificate::Certificate,
    event::{Cause, Event},
    io::{Address, Command, Datagram, Input as SfuInput, Kind, Output as SfuOutput, Transmit, Transport},
    limits::{DATAGRAM_BYTES_MAX, LEGS_PER_CALL_MAX},
    refusal::Refusal,
    sfu::{Settings, Sfu},
};
use chancery_wire::call::{CallRefusal, DropCause, MediaSeen, PathKind};
use tokio::{net::UdpSocket, sync::mpsc, time::sleep};
use tracing::{info, warn};

use super::log_thread::ToLog;
use crate::switchboard::{
    input::Input,
    media::{FromMedia, ToMedia},
};

/// Datagrams taken before those they lead to are sent: they share one look at the clock.
const TAKE_MAX: usize = 64;

/// What the log thread is told and has no room for yet. What is beyond is forgotten: lines are told anew when they change.
const UNTOLD_MAX: usize = 4_096;

/// The sfu and what is around it.
struct MediaThread {
    socket: UdpSocket,
    /// As devices see the socket.
    at: SocketAddr,
    sfu: Sfu,
    from: mpsc::Receiver<ToMedia>,
    log: mpsc::Sender<ToLog>,
    told: Told,
}

/// What was told of each line.
#[derive(Default)]
struct Told {
    calls: BTreeSet<PackageId>,
    paths: BTreeMap<(PackageId, DeviceId), PathKind>,
    dropped: BTreeMap<(PackageId, DeviceId, DropCause), u64>,
    untold: VecDeque<FromMedia>,
}

/// Opens the socket. `at`: as devices see it; port 0 takes any.
pub(crate) fn open(listen: SocketAddr) -> io::Result<std::net::UdpSocket> {
    let socket = std::net::UdpSocket::bind(listen)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// An sfu of its own.
pub(crate) fn sfu(at: SocketAddr, seed: [u8; 32]) -> Result<Sfu, String> {
    let certificate = Certificate::generate().map_err(|error| error.to_string())?;
    let addresses = vec![Address { over: Transport::Udp, at }];
    Ok(Sfu::new(Settings { certificate, addresses, seed }, now_us()))
}

/// Runs until nobody tells it anything any more.
pub(crate) fn run(
    socket: std::net::UdpSocket,
    at: SocketAddr,
    sfu: Sfu,
    from: mpsc::Receiver<ToMedia>,
    log: mpsc::Sender<ToLog>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return warn!(%error, "the media thread has no runtime"),
    };
    runtime.block_on(async move {
        match UdpSocket::from_std(socket) {
            Ok(socket) => MediaThread { socket, at, sfu, from, log, told: Told::default() }.run().await,
            Err(error) => warn!(%error, "the media socket can not be used"),
        }
    });
}

impl MediaThread {
    async fn run(mut self) {
        let mut buffer = vec![0; DATAGRAM_BYTES_MAX + 1];
        loop {
            let until_us = self.drain().await;
            let wait = Duration::from_micros(until_us.saturating_sub(now_us()));
            tokio::select! {
                biased;
                told = self.from.recv() => match told {
                    Some(told) => self.told(told),
                    None => return,
                },
                readable = self.socket.readable() => {
                    if let Err(error) = readable {
                        warn!(%error, "the media socket can not be read");
                        return;
                    }
                    self.receive(&mut buffer);
                }
                () = sleep(wait) => self.sfu.take(now_us(), SfuInput::Time),
            }
        }
    }

    fn receive(&mut self, buffer: &mut [u8]) {
        let now = now_us();
        for _ in 0..TAKE_MAX {
            match self.socket.try_recv_from(buffer) {
                Ok((length, from)) => {
                    let Some(bytes) = buffer.get(..length) else { continue };
                    let datagram = Datagram { over: Transport::Udp, from, to: self.at, bytes };
                    self.sfu.take(now, SfuInput::Datagram(datagram));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // What a device's network said about something sent before; there is nothing to do about it.
                Err(_) => {}
            }
        }
    }

    /// Carries out all that the sfu wants; when it is to be told the time next, microseconds since 1970 UTC.
    async fn drain(&mut self) -> u64 {
        loop {
            match self.sfu.next_output() {
                SfuOutput::Transmit(transmit) => self.transmit(&transmit).await,
                SfuOutput::Event(event) => self.happened(event),
                SfuOutput::Wait { until_us } => {
                    self.tell();
                    return until_us;
                }
            }
        }
    }

    async fn transmit(&self, transmit: &Transmit) {
        match self.socket.try_send_to(&transmit.bytes, transmit.to) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                // The kernel's buffer is full: waiting here is what keeps it from growing.
                drop(self.socket.send_to(&transmit.bytes, transmit.to).await);
            }
            // A datagram that can't be sent is a lost datagram.
            Err(_) => {}
        }
    }

    fn told(&mut self, told: ToMedia) {
        let now = now_us();
        let mut commands = Vec::new();
        match told {
            ToMedia::Open { package: call, device: leg, leaf, speaks, held, sdp } => {
                if self.told.calls.insert(call) {
                    commands.push(Command::OpenCall { call });
                }
                commands.push(Command::AddLeg { call, leg, leaf, offer: sdp });
                commands.extend(rights(call, leg, speaks, held));
            }
            ToMedia::SetLeaf { package: call, device: leg, leaf } => {
                commands.push(Command::SetLeaf { call, leg, leaf });
            }
            ToMedia::MaySpeak { package: call, device: leg, speaks, held } => {
                commands.extend(rights(call, leg, speaks, held));
            }
            ToMedia::Close { package: call, device: leg } => {
                self.told.paths.remove(&(call, leg));
                commands.push(Command::RemoveLeg { call, leg });
            }
            ToMedia::Over { package: call } => {
                self.told.calls.remove(&call);
                self.told.paths.retain(|(of, _), _| *of != call);
                self.told.dropped.retain(|(of, ..), _| *of != call);
                commands.push(Command::CloseCall { call });
            }
        }
        for command in commands {
            self.sfu.take(now, SfuInput::Command(command));
        }
    }

    fn happened(&mut self, event: Event) {
        match event {
            Event::Answer { call: package, leg: device, sdp } => {
                self.told.untold.push_back(FromMedia::Answer { package, device, sdp });
            }
            Event::Refused { call: package, leg: Some(device), because } => {
                // Rights and leaves of a line without media: it has them when it offers.
                if let Some(because) = refusal(&because) {
                    self.told.untold.push_back(FromMedia::Refused { package, device, because });
                }
            }
            Event::Connected { call, leg, .. } | Event::Back { call, leg } => self.seen(call, leg),
            Event::Path { call, leg, path } => {
                let kind = match path.kind {
                    Kind::Relayed => PathKind::Relayed,
                    Kind::Host | Kind::ServerReflexive | Kind::Unlisted => PathKind::Direct,
                };
                if self.told.paths.insert((call, leg), kind) != Some(kind) {
                    self.seen(call, leg);
                }
            }
            Event::Quiet { call: package, leg: device } => {
                self.told.untold.push_back(FromMedia::Seen { package, device, media: MediaSeen::Lost });
            }
            Event::Left { call: package, leg: device, .. } => {
                self.told.untold.push_back(FromMedia::Seen { package, device, media: MediaSeen::Absent });
            }
            Event::Dropped { call: package, leg: device, cause, frames } => {
                let because = match cause {
                    Cause::Unsealed => DropCause::Unsealed,
                    Cause::OtherLeaf => DropCause::OtherKey,
                    Cause::MayNotSpeak => DropCause::NoFloor,
                    Cause::OnHold => DropCause::OnHold,
                    // It is being added: nobody did anything wrong.
                    Cause::NoLeaf => return,
                };
                let sum = self.told.dropped.entry((package, device, because)).or_default();
                *sum += frames;
                let frames = *sum;
                self.told.untold.push_back(FromMedia::Dropped { package, device, because, frames });
            }
            Event::NoSlot { frames, .. } => info!(frames, "a line has no slot for another voice"),
            Event::Refused { leg: None, because, .. } => info!(%because, "the sfu refused a command"),
            Event::Taped { .. } | Event::Statistics { .. } => {}
        }
    }

    fn seen(&mut self, package: PackageId, device: DeviceId) {
        let path = self.told.paths.get(&(package, device)).copied().unwrap_or(PathKind::Direct);
        let media = MediaSeen::Connected { path };
        self.told.untold.push_back(FromMedia::Seen { package, device, media });
    }

    /// Tells the log thread what it has room for.
    fn tell(&mut self) {
        while let Some(said) = self.told.untold.pop_front() {
            match self.log.try_reserve() {
                Ok(room) => room.send(ToLog::Input { input: Input::Media(said), _place: None }),
                Err(_) => {
                    self.told.untold.push_front(said);
                    self.told.untold.truncate(UNTOLD_MAX);
                    return;
                }
            }
        }
    }
}

fn rights(call: PackageId, leg: DeviceId, speaks: bool, held: bool) -> [Command; 2] {
    let voice = if speaks { Command::LetSpeak { call, leg } } else { Command::Silence { call, leg } };
    let hold = if held { Command::Hold { call, leg } } else { Command::Resume { call, leg } };
    [voice, hold]
}

/// What a device is told; none when it is about a line without media.
fn refusal(because: &Refusal) -> Option<CallRefusal> {
    match because {
        Refusal::UnknownCall | Refusal::UnknownLeg | Refusal::OpenAlready => None,
        Refusal::TooManyCalls | Refusal::TooManyLegs => {
            Some(CallRefusal::Full { most: u32::try_from(LEGS_PER_CALL_MAX).unwrap_or(u32::MAX) })
        }
        Refusal::TooManyJoins { retry_us } => Some(CallRefusal::TooMany { retry_ms: retry_us / 1_000 + 1 }),
        Refusal::TooManySpeakers | Refusal::Offer(_) => Some(CallRefusal::Media(because.to_string())),
    }
}

/// Microseconds since 1970 UTC.
fn now_us() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
    u64::try_from(since).unwrap_or(u64::MAX)
}
