//! One device's socket: bytes in, bytes out. It checks signatures, so that the log thread does not have to, and keeps
//! the limits of size, rate and silence.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chancery_log::id::DeviceId;
use chancery_store::offer::Offer;
use chancery_wire::{
    limits::{STRANGER_BYTES_MAX, TO_SERVER_BYTES_MAX},
    to_client::{Closing, ToClient},
    to_server::ToServer,
};
use ed25519_dalek::VerifyingKey;
use futures_util::{
    SinkExt as _, StreamExt as _,
    stream::{SplitSink, SplitStream},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{Semaphore, mpsc, oneshot},
    time::{Instant, sleep, timeout, timeout_at},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, Message, error::CapacityError, protocol::Role, protocol::WebSocketConfig},
};
use tracing::{debug, info};

use super::{
    doors::Pass,
    gauge::{Allowance, Gauge},
    log_thread::{Socket, ToLog, ToSocket},
};
use crate::{
    limits::{self, Limits},
    switchboard::input::{ConnectionId, Input},
};

/// What a socket learns once its device is in.
#[derive(Debug)]
pub(crate) struct Door {
    known: OnceLock<(DeviceId, VerifyingKey)>,
    allowance: Arc<Allowance>,
}

/// What every socket has a hand on.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    pub(crate) log: mpsc::Sender<ToLog>,
    pub(crate) room: Arc<Semaphore>,
    pub(crate) limits: Limits,
    pub(crate) numbers: Arc<AtomicU64>,
    /// One place for each socket; all are free again when every device was told good-bye.
    pub(crate) places: Arc<Semaphore>,
}

/// Why a socket ended.
enum End {
    /// The other side is gone, or the log thread let go of it.
    Gone,
    /// It is told why.
    Told(Closing),
}

type Web<S> = WebSocketStream<Gauge<S>>;

impl Door {
    /// The device proved who it is.
    pub(crate) fn let_in(&self, device: DeviceId, key: VerifyingKey) {
        // A connection is let in once; a second time would change nothing.
        self.known.get_or_init(|| (device, key));
        self.allowance.lift();
    }
}

/// Runs a socket until it ends.
pub(crate) async fn run<S>(stream: S, host: String, pass: Arc<Pass>, lines: Lines)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let connection = ConnectionId(lines.numbers.fetch_add(1, Ordering::Relaxed));
    let allowance = Allowance::new(limits::STRANGER_BYTES);
    let door = Arc::new(Door { known: OnceLock::new(), allowance: Arc::clone(&allowance) });
    let config = WebSocketConfig::default()
        .max_message_size(Some(TO_SERVER_BYTES_MAX))
        .max_frame_size(Some(TO_SERVER_BYTES_MAX))
        // Most messages are small; the default would hold 128 KiB for each connection.
        .read_buffer_size(8 * 1024);
    let mut web =
        WebSocketStream::from_raw_socket(Gauge::new(stream, allowance), Role::Server, Some(config)).await;
    let Ok(_place) = Arc::clone(&lines.places).try_acquire_owned() else {
        return turn_away(&mut web).await;
    };
    let (sink, mut source) = web.split();
    let (out, outgoing) = mpsc::channel(limits::OUT_QUEUE);
    let (tell, told) = oneshot::channel();
    let idle = lines.limits.idle;
    let socket = Socket { out, door: Arc::clone(&door) };
    if lines.log.send(ToLog::Opened { connection, host, socket }).await.is_err() {
        return;
    }
    let mut writer = tokio::spawn(write(sink, outgoing, told, idle / 3));
    let mut reader = Reader { connection, door, pass, lines: lines.clone(), since: Instant::now() };
    let end = tokio::select! {
        end = reader.read(&mut source) => end,
        // The writer ends when it was told to close, when the log thread let go of it, or when it can't write.
        _ = &mut writer => End::Gone,
    };
    if let End::Told(because) = end {
        info!(connection = connection.0, reason = reason(&because), "a connection is closed");
        if tell.send(because).is_err() {
            debug!("it can not be told why");
        }
    }
    let gone = ToLog::Input { input: Input::Gone { connection }, _place: None };
    if lines.log.send(gone).await.is_err() {
        debug!("the log thread has stopped");
    }
    if !writer.is_finished() && timeout(limits::WRITE, &mut writer).await.is_err() {
        writer.abort();
    }
    // What is still on its way is read and thrown away: closing on unread bytes would reset the connection, and the
    // reason with it.
    let lingered = timeout(limits::LINGER, async { while let Some(Ok(_)) = source.next().await {} }).await;
    debug!(connection = connection.0, clean = lingered.is_ok(), "a connection ended");
}

/// There is no place: it is told so, and when to come again.
async fn turn_away<S>(web: &mut Web<S>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let full = ToClient::Closing { because: Closing::Full { retry_ms: limits::RETRY_MS } };
    let Ok(bytes) = full.write() else { return };
    let told = async {
        web.send(Message::Binary(bytes.into())).await?;
        web.close(None).await
    };
    if !matches!(timeout(limits::WRITE, told).await, Ok(Ok(()))) {
        debug!("a device could not be told that the server is full");
    }
}

async fn write<S>(
    mut sink: SplitSink<Web<S>, Message>,
    mut outgoing: mpsc::Receiver<ToSocket>,
    mut told: oneshot::Receiver<Closing>,
    beat: Duration,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        let next = tokio::select! {
            biased;
            // First, because the log thread lets go of the socket right after.
            Ok(because) = &mut told => ToSocket::Close(because),
            next = outgoing.recv() => match next {
                Some(next) => next,
                None => return,
            },
            () = sleep(beat) => {
                // Silence: the other side's answer to a ping shows that it is still there.
                match timeout(limits::WRITE, sink.send(Message::Ping(Vec::new().into()))).await {
                    Ok(Ok(())) => continue,
                    Ok(Err(_)) | Err(_) => return,
                }
            }
        };
        let (message, last) = match next {
            ToSocket::Message(message) => (message, false),
            ToSocket::Close(because) => (Box::new(ToClient::Closing { because }), true),
        };
        let Ok(bytes) = message.write() else { return };
        match timeout(limits::WRITE, sink.send(Message::Binary(bytes.into()))).await {
            Ok(Ok(())) if !last => {}
            Ok(Ok(())) => {
                if timeout(limits::WRITE, sink.close()).await.is_err() {
                    debug!("a closing handshake was not finished");
                }
                return;
            }
            Ok(Err(_)) | Err(_) => return,
        }
    }
}

struct Reader {
    connection: ConnectionId,
    door: Arc<Door>,
    pass: Arc<Pass>,
    lines: Lines,
    since: Instant,
}

impl Reader {
    async fn read<S>(&mut self, source: &mut SplitStream<Web<S>>) -> End
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut knocked = false;
        loop {
            let known = self.door.known.get().is_some();
            let silent_until = Instant::now() + self.lines.limits.idle;
            let until = if known || knocked {
                silent_until
            } else {
                silent_until.min(self.since + self.lines.limits.login)
            };
            let message = match timeout_at(until, source.next()).await {
                Err(_) if known || knocked => return End::Told(Closing::Idle),
                // Whoever was let in meanwhile is not late.
                Err(_) if self.door.known.get().is_some() => continue,
                Err(_) => return End::Told(Closing::Idle),
                Ok(None) => return End::Gone,
                Ok(Some(Ok(message))) => message,
                Ok(Some(Err(error))) => return self.failed(&error),
            };
            let device = self.door.known.get().map(|(device, _)| *device);
            if !self.pass.may_send(device) {
                return End::Told(Closing::TooFast { retry_ms: limits::RETRY_MS });
            }
            let bytes = match message {
                Message::Binary(bytes) => bytes,
                Message::Ping(_) | Message::Pong(_) => continue,
                Message::Close(_) => return End::Gone,
                Message::Text(_) | Message::Frame(_) => {
                    return End::Told(Closing::Malformed("expected a binary message".into()));
                }
            };
            if device.is_none() && bytes.len() > STRANGER_BYTES_MAX {
                return too_large(bytes.len(), STRANGER_BYTES_MAX);
            }
            match self.hand_on(&bytes).await {
                Ok(Handed::Knock) => knocked = true,
                Ok(Handed::Other) => {}
                Err(end) => return end,
            }
        }
    }

    /// Reads one message, checks an act in it, and hands it to the log thread.
    async fn hand_on(&self, bytes: &[u8]) -> Result<Handed, End> {
        let connection = self.connection;
        let message =
            ToServer::read(bytes).map_err(|error| End::Told(Closing::Malformed(error.to_string())))?;
        let mut handed = Handed::Other;
        let input = match (message, self.door.known.get()) {
            (ToServer::Propose { act, bodies }, Some((_, key))) => {
                let bodies = bodies.into_iter().map(serde_bytes::ByteBuf::into_vec).collect();
                match Offer::check(act.into_vec(), bodies, key) {
                    Ok(offer) => Input::Offered { connection, offer: Box::new(offer) },
                    Err(error) => Input::Unreadable { connection, error: Box::new(error) },
                }
            }
            (message, _) => {
                if matches!(message, ToServer::Knock { .. }) {
                    handed = Handed::Knock;
                }
                Input::Message { connection, message }
            }
        };
        let kib = u32::try_from(bytes.len() / 1024 + 1).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.lines.room).acquire_many_owned(kib).await.map_err(|_| End::Gone)?;
        let told = ToLog::Input { input, _place: Some(room) };
        self.lines.log.send(told).await.map_err(|_| End::Gone)?;
        Ok(handed)
    }

    fn failed(&self, error: &tungstenite::Error) -> End {
        if self.door.allowance.is_used_up() {
            return too_large(limits::STRANGER_BYTES, STRANGER_BYTES_MAX);
        }
        #[allow(clippy::wildcard_enum_match_arm, reason = "the library's errors, not ours")]
        match error {
            tungstenite::Error::Capacity(CapacityError::MessageTooLong { size, max_size }) => {
                too_large(*size, *max_size)
            }
            tungstenite::Error::Protocol(error) => {
                End::Told(Closing::Malformed(format!("not a WebSocket message: {error}")))
            }
            _ => End::Gone,
        }
    }
}

enum Handed {
    Knock,
    Other,
}

fn too_large(got: usize, limit: usize) -> End {
    let number = |bytes| u64::try_from(bytes).unwrap_or(u64::MAX);
    End::Told(Closing::TooLarge { got: number(got), limit: number(limit) })
}

/// The reason as a word for the logs: texts that came from outside stay out of them.
fn reason(because: &Closing) -> &'static str {
    match because {
        Closing::Malformed(_) => "malformed",
        Closing::TooLarge { .. } => "too large",
        Closing::TooFast { .. } => "too fast",
        Closing::Full { .. } => "full",
        Closing::NotApproved => "not approved",
        Closing::Revoked => "revoked",
        Closing::KnockRefused => "knock refused",
        Closing::OtherDesk { .. } => "other desk",
        Closing::Replaced => "replaced",
        Closing::Idle => "idle",
        Closing::Stopping => "stopping",
    }
}
