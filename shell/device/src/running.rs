//! A device that runs: one task owns the participant, its folder and its socket, and connects again by itself.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use chancery_desk::refusal::Refusal;
use chancery_log::id::{Digest, PackageId, Scope};
use chancery_participant::{
    call::CallOut,
    deed::Deed,
    io::{Event, Input, Output},
    outbox::Ticket,
    participant::{Identity, Participant},
};
use tokio::{
    sync::{broadcast, mpsc, oneshot},
    task::JoinHandle,
    time::Instant,
};

use crate::{
    folder::{Change, Folder, FolderError, random_seed},
    socket::{self, Receiver, Sender},
};

/// Requests to the task that may wait; whoever asks then waits for its turn.
const REQUESTS_MAX: usize = 256;

/// Events that a slow listener may fall behind; it is told when it missed some.
const EVENTS_MAX: usize = 4096;

/// Messages that are taken before what they bring is written: one write to the disk for all that are here already.
const TAKEN_MAX: usize = 64;

/// What a call's sound may leave untaken: keys of some epochs and an answer.
const CALL_OUTS_MAX: usize = 256;

/// The first and the longest wait before connecting again.
const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_LONGEST: Duration = Duration::from_secs(5);

/// A deed that is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logged {
    /// Digest of its act.
    pub act: Digest,
    /// Index in the log.
    pub index: u64,
}

/// Why something asked of a running device did not come about.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The rules refused it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The device stopped.
    #[error("the device has stopped")]
    Stopped,
    /// Its folder failed.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

type Done = oneshot::Sender<Result<Logged, Refusal>>;
type Look = Box<dyn FnOnce(&mut Participant, u64) + Send>;

enum Request {
    Act(Box<Deed>, Done),
    Queue(Box<Deed>, oneshot::Sender<Ticket>),
    With(Look),
    Calls(mpsc::Sender<(PackageId, CallOut)>),
    Connect(bool),
    Stop,
}

/// A handle to a running device.
#[derive(Clone)]
pub struct Device {
    requests: mpsc::Sender<Request>,
    events: broadcast::Sender<Event>,
}

/// Milliseconds since 1970 UTC.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

impl Device {
    /// Starts a device from its folder. The task ends with an error only when the folder fails.
    pub fn start(
        folder: Folder,
        identity: Identity,
    ) -> Result<(Self, JoinHandle<Result<(), FolderError>>), FolderError> {
        let kept = folder.records()?;
        let participant = Participant::new(identity, random_seed()?, now_ms(), kept);
        let (requests, inbox) = mpsc::channel(REQUESTS_MAX);
        let (events, _) = broadcast::channel(EVENTS_MAX);
        let task = Task {
            participant,
            folder,
            inbox,
            events: events.clone(),
            waiting: HashMap::new(),
            wants_connection: true,
            calls: None,
        };
        Ok((Self { requests, events }, tokio::spawn(task.run())))
    }

    /// Does something, and waits until it is in the log or refused.
    pub async fn act(&self, deed: Deed) -> Result<Logged, RunError> {
        let (done, answer) = oneshot::channel();
        self.ask(Request::Act(Box::new(deed), done)).await?;
        Ok(answer.await.map_err(|_| RunError::Stopped)??)
    }

    /// Does something, and does not wait.
    pub async fn queue(&self, deed: Deed) -> Result<Ticket, RunError> {
        let (done, answer) = oneshot::channel();
        self.ask(Request::Queue(Box::new(deed), done)).await?;
        answer.await.map_err(|_| RunError::Stopped)
    }

    /// Looks at the participant, or does with it what has no method here. The second argument is the time.
    pub async fn with<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Participant, u64) -> T + Send + 'static,
    ) -> Result<T, RunError> {
        let (done, answer) = oneshot::channel();
        let look = move |participant: &mut Participant, now: u64| {
            // Whoever asked may have gone; then nobody needs the answer.
            drop(done.send(look(participant, now)));
        };
        self.ask(Request::With(Box::new(look))).await?;
        answer.await.map_err(|_| RunError::Stopped)
    }

    /// What whatever has the microphone and the loudspeaker is told, from here on; who asked before hears no more.
    pub async fn call_outs(&self) -> Result<mpsc::Receiver<(PackageId, CallOut)>, RunError> {
        let (to, from) = mpsc::channel(CALL_OUTS_MAX);
        self.ask(Request::Calls(to)).await?;
        Ok(from)
    }

    /// News from here on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Waits until a condition holds; it is asked again after each event.
    pub async fn until(
        &self,
        condition: impl Fn(&Participant) -> bool + Send + Sync + 'static,
    ) -> Result<(), RunError> {
        let condition = std::sync::Arc::new(condition);
        let mut events = self.events();
        loop {
            let holds = condition.clone();
            if self.with(move |participant, _| holds(participant)).await? {
                return Ok(());
            }
            match events.recv().await {
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return Err(RunError::Stopped),
            }
        }
    }

    /// Waits until everything that the server had is here.
    pub async fn caught_up(&self) -> Result<(), RunError> {
        self.until(Participant::is_caught_up).await
    }

    /// Waits until this device holds so many entries of a scope.
    pub async fn holds(&self, scope: Scope, count: u64) -> Result<(), RunError> {
        self.until(move |participant| participant.ledger().entries(scope).len() as u64 >= count).await
    }

    /// Goes offline, or comes back.
    pub async fn set_connected(&self, wanted: bool) -> Result<(), RunError> {
        self.ask(Request::Connect(wanted)).await
    }

    /// Stops.
    pub async fn stop(&self) {
        // Already stopped is what was asked for.
        drop(self.ask(Request::Stop).await);
    }

    async fn ask(&self, request: Request) -> Result<(), RunError> {
        self.requests.send(request).await.map_err(|_| RunError::Stopped)
    }
}

struct Task {
    participant: Participant,
    folder: Folder,
    inbox: mpsc::Receiver<Request>,
    events: broadcast::Sender<Event>,
    waiting: HashMap<Ticket, Done>,
    wants_connection: bool,
    /// Whatever has the microphone and the loudspeaker.
    calls: Option<mpsc::Sender<(PackageId, CallOut)>>,
}

/// Whether the task goes on.
enum Next {
    On,
    Stop,
}

impl Task {
    async fn run(mut self) -> Result<(), FolderError> {
        let mut retry = RETRY_FIRST;
        loop {
            if !self.wants_connection {
                if matches!(self.offline(None).await?, Next::Stop) {
                    return Ok(());
                }
                continue;
            }
            let about = self.folder.about().clone();
            match socket::connect(&about.base, about.certificate).await {
                Ok((sender, receiver, host)) => {
                    retry = RETRY_FIRST;
                    self.participant.take(now_ms(), Input::Connected { host });
                    if matches!(self.online(sender, receiver).await?, Next::Stop) {
                        return Ok(());
                    }
                    self.participant.take(now_ms(), Input::Disconnected);
                }
                Err(error) => tracing::info!(%error, "the desk can not be reached; trying again"),
            }
            if self.wants_connection && matches!(self.offline(Some(retry)).await?, Next::Stop) {
                return Ok(());
            }
            retry = (retry * 2).min(RETRY_LONGEST);
        }
    }

    /// Without a connection, for a while or until something changes.
    async fn offline(&mut self, wait: Option<Duration>) -> Result<Next, FolderError> {
        let until = wait.map(|wait| Instant::now() + wait);
        loop {
            self.drain(None).await?;
            let request = match until {
                Some(until) => match tokio::time::timeout_at(until, self.inbox.recv()).await {
                    Ok(request) => request,
                    Err(_) => return Ok(Next::On),
                },
                None => self.inbox.recv().await,
            };
            match self.serve(request) {
                Next::Stop => return self.finish(None).await,
                Next::On if self.wants_connection && until.is_none() => return Ok(Next::On),
                Next::On => {}
            }
        }
    }

    async fn online(&mut self, mut sender: Sender, mut receiver: Receiver) -> Result<Next, FolderError> {
        loop {
            if !self.drain(Some(&mut sender)).await? {
                return Ok(Next::On);
            }
            let wait = self.participant.timeout_ms().saturating_sub(now_ms());
            tokio::select! {
                message = receiver.next() => {
                    if !self.hear(message, &mut receiver) {
                        return Ok(Next::On);
                    }
                }
                request = self.inbox.recv() => match self.serve(request) {
                    Next::Stop => return self.finish(Some(&mut sender)).await,
                    Next::On if !self.wants_connection => {
                        sender.close().await;
                        return Ok(Next::On);
                    }
                    Next::On => {}
                },
                () = tokio::time::sleep(Duration::from_millis(wait)) => self.participant.take(now_ms(), Input::Tick),
            }
        }
    }

    /// Takes a message and those that came with it; false when the connection is gone.
    fn hear(&mut self, first: Option<Vec<u8>>, receiver: &mut Receiver) -> bool {
        let (mut next, mut taken) = (Some(first), 0);
        while let Some(message) = next {
            let Some(message) = message else { return false };
            self.participant.take(now_ms(), Input::Message(message));
            taken += 1;
            next = if taken < TAKEN_MAX { receiver.ready() } else { None };
        }
        true
    }

    fn serve(&mut self, request: Option<Request>) -> Next {
        match request {
            Some(Request::Act(deed, done)) => {
                let ticket = self.participant.act(now_ms(), *deed);
                self.waiting.insert(ticket, done);
            }
            Some(Request::Queue(deed, done)) => {
                let ticket = self.participant.act(now_ms(), *deed);
                // Whoever asked may have gone; the deed is done all the same.
                let _gone = done.send(ticket).is_err();
            }
            Some(Request::Calls(to)) => self.calls = Some(to),
            Some(Request::With(look)) => look(&mut self.participant, now_ms()),
            Some(Request::Connect(wanted)) => self.wants_connection = wanted,
            Some(Request::Stop) | None => return Next::Stop,
        }
        Next::On
    }

    async fn finish(&mut self, sender: Option<&mut Sender>) -> Result<Next, FolderError> {
        match sender {
            Some(sender) => {
                self.drain(Some(&mut *sender)).await?;
                sender.close().await;
            }
            None => {
                self.drain(None).await?;
            }
        }
        Ok(Next::Stop)
    }

    /// Carries out what the participant wants: first to disk, then to the server. False when the connection is gone.
    async fn drain(&mut self, mut sender: Option<&mut Sender>) -> Result<bool, FolderError> {
        let mut changes: Vec<Change> = Vec::new();
        let mut messages = Vec::new();
        let mut is_open = true;
        while let Some(output) = self.participant.poll() {
            match output {
                Output::Keep { key, value } => changes.push((key, value)),
                Output::Send(message) => messages.push(message),
                Output::Close => is_open = false,
                Output::Call { package, say } => self.tell_call(package, say),
                Output::Event(event) => self.tell(event),
            }
        }
        if !changes.is_empty() {
            self.folder.keep(&changes)?;
        }
        for message in messages {
            let Some(sender) = sender.as_deref_mut() else { break };
            is_open &= sender.send(message).await;
        }
        Ok(is_open)
    }

    fn tell_call(&mut self, package: PackageId, say: CallOut) {
        let Some(to) = &self.calls else { return };
        if to.try_send((package, say)).is_err() {
            tracing::warn!("the device's sound does not listen any more");
            self.calls = None;
        }
    }

    fn tell(&mut self, event: Event) {
        #[allow(
            clippy::wildcard_enum_match_arm,
            reason = "only two events answer an act; all go to listeners"
        )]
        let answer = match &event {
            Event::Logged { ticket, act, index } => Some((*ticket, Ok(Logged { act: *act, index: *index }))),
            Event::Refused { ticket, refusal } => Some((*ticket, Err(refusal.clone()))),
            _ => None,
        };
        if let Some((ticket, result)) = answer
            && let Some(done) = self.waiting.remove(&ticket)
        {
            // Whoever acted may not wait any more.
            drop(done.send(result));
        }
        // Nobody may be listening.
        drop(self.events.send(event));
    }
}
