//! Running a command as a device: start it, wait until it has caught up, do the work, stop it.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context as _, anyhow};
use chancery_desk::vaults::Vaults;
use chancery_device::{
    folder::{About, Folder, FolderError},
    running::{Device, Logged, RunError},
    socket::{self, SocketError},
};
use chancery_log::id::Vault;
use chancery_participant::{deed::Deed, io::Event, outbox::Ticket, participant::Participant};
use chancery_wire::to_client::Closing;
use clap::Args;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    task::JoinHandle,
    time::timeout,
};

use super::device_folder::DeviceFolder;

/// Which device, where a missing one is found in the environment.
const DEVICE_VARIABLE: &str = "CHANCERY_DEVICE";

/// A desk with ten thousand packages is here within this time on a slow line.
const CATCH_UP: Duration = Duration::from_secs(60);

/// Key work that follows from an act takes milliseconds; whoever waits at a prompt should not wait longer for it.
const OWN_WORK: Duration = Duration::from_secs(5);

/// As which device a command runs.
#[derive(Debug, Clone, Args)]
pub struct ByDevice {
    /// The folder of the device to run as [default: $CHANCERY_DEVICE]
    #[arg(long, value_name = "DIR", global = true)]
    pub device: Option<PathBuf>,
    /// A file with the device's passphrase on its first line; on a terminal it is asked for
    #[arg(long, value_name = "FILE", global = true)]
    pub passphrase_file: Option<PathBuf>,
}

/// The server could not be reached.
#[derive(Debug, thiserror::Error)]
pub enum Unreachable {
    /// Nobody there, or not a desk; the socket's sentence.
    #[error("{0}; is its server running? (`chancery serve`)")]
    Socket(String),
    /// It answers, but does not send everything.
    #[error("the desk at {0} did not send everything within {seconds} seconds", seconds = CATCH_UP.as_secs())]
    Slow(String),
}

/// The log went back.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0} If the desk's operator did restore a backup, two security officers can say so: `chancery people restored --help`. \
     If not, somebody shows this device another history"
)]
pub struct WentBack(String);

/// The server does not let this device in.
#[derive(Debug, thiserror::Error)]
#[error("the desk does not let this device in: {0}")]
pub struct TurnedAway(Closing);

impl From<SocketError> for Unreachable {
    fn from(error: SocketError) -> Self {
        Self::Socket(error.to_string())
    }
}

type Task = JoinHandle<Result<(), FolderError>>;

impl ByDevice {
    /// The folder; an error says how to name one.
    pub fn folder(&self) -> anyhow::Result<DeviceFolder> {
        let named = self.device.clone().or_else(|| std::env::var_os(DEVICE_VARIABLE).map(PathBuf::from));
        let device = named.ok_or_else(|| {
            anyhow!("say as which device: --device FOLDER, or set {DEVICE_VARIABLE} to its folder")
        })?;
        Ok(DeviceFolder { device, passphrase_file: self.passphrase_file.clone() })
    }

    /// Whose device it is.
    pub fn about(&self) -> anyhow::Result<About> {
        Ok(Folder::about_in(&self.folder()?.device)?)
    }

    /// Does some work as this device, online and caught up.
    pub fn run<T>(&self, work: impl AsyncFnOnce(&Device) -> anyhow::Result<T>) -> anyhow::Result<T> {
        self.run_after(async |_| Ok(()), async |device, ()| work(device).await)
    }

    /// The same, with something to be done before the device must have caught up.
    pub fn run_after<P, T>(
        &self,
        prepare: impl AsyncFnOnce(&Device) -> anyhow::Result<P>,
        work: impl AsyncFnOnce(&Device, P) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let folder = self.folder()?;
        let runtime = tokio::runtime::Runtime::new().context("the runtime could not be started")?;
        runtime.block_on(async {
            let (device, task) = start(&folder).await?;
            let done = async {
                let prepared = prepare(&device).await?;
                catch_up(&folder, &device).await?;
                work(&device, prepared).await
            };
            let done = done.await;
            stop(device, task).await?;
            done
        })
    }

    /// Looks at what this device holds: newly caught up when the desk can be reached, else as it was. `note` is told
    /// why it is not new.
    pub fn look<T: Send + 'static>(
        &self,
        note: impl FnOnce(String),
        look: impl FnOnce(&mut Participant) -> T + Send + 'static,
    ) -> anyhow::Result<T> {
        let folder = self.folder()?;
        let runtime = tokio::runtime::Runtime::new().context("the runtime could not be started")?;
        runtime.block_on(async {
            let (device, task, missing) = match start(&folder).await {
                Ok((device, task)) => {
                    let missing = catch_up(&folder, &device).await.err();
                    (device, task, missing)
                }
                Err(error) if error.downcast_ref::<Unreachable>().is_some() => {
                    let (device, task) = folder.start()?;
                    (device, task, Some(error))
                }
                Err(error) => return Err(error),
            };
            let seen = match missing {
                Some(error) if !may_look_without(&error) => Err(error),
                missing => {
                    if let Some(error) = missing {
                        note(format!("{error:#}. This is what the device held when it last ran."));
                    }
                    device.with(|participant, _| look(participant)).await.map_err(anyhow::Error::from)
                }
            };
            stop(device, task).await?;
            seen
        })
    }
}

/// Whether what a device holds may be looked at although it did not catch up.
fn may_look_without(missing: &anyhow::Error) -> bool {
    missing.downcast_ref::<Unreachable>().is_some() || missing.downcast_ref::<WentBack>().is_some()
}

/// Starts a device whose desk can be reached.
async fn start(folder: &DeviceFolder) -> anyhow::Result<(Device, Task)> {
    let about = Folder::about_in(&folder.device)?;
    // A connection that is not used says at once, and by name, why there can be none.
    let (mut sender, _, _) =
        socket::connect(&about.base, about.certificate).await.map_err(Unreachable::from)?;
    sender.close().await;
    folder.start()
}

/// Waits until a device has caught up.
async fn catch_up(folder: &DeviceFolder, device: &Device) -> anyhow::Result<()> {
    let events = device.events();
    let caught_up = async {
        tokio::select! {
            caught_up = device.caught_up() => Ok(caught_up?),
            because = turned_away(events) => Err(anyhow::Error::from(TurnedAway(because))),
            because = went_back(device) => Err(because.map_or_else(anyhow::Error::from, anyhow::Error::from)),
        }
    };
    match timeout(CATCH_UP, caught_up).await {
        Ok(done) => done,
        Err(_) => Err(Unreachable::Slow(Folder::about_in(&folder.device)?.base).into()),
    }
}

/// Waits until the server shows a log that does not extend what this device holds, and that nobody stands for.
async fn went_back(device: &Device) -> Result<WentBack, RunError> {
    device.until(|participant| participant.refused_log().is_some()).await?;
    let told = device.with(|participant, _| participant.refused_log().unwrap_or_default().to_owned()).await?;
    Ok(WentBack(told))
}

/// Waits until the desk says that coming again is of no use.
async fn turned_away(mut events: Receiver<Event>) -> Closing {
    loop {
        match events.recv().await {
            Ok(Event::Closing(
                because @ (Closing::NotApproved | Closing::Revoked | Closing::OtherDesk { .. }),
            )) => return because,
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

async fn stop(device: Device, task: Task) -> anyhow::Result<()> {
    device.stop().await;
    Ok(task.await.context("the device stopped")??)
}

/// Does something, and the key work that follows from it as far as this device can.
pub async fn act(device: &Device, deed: Deed) -> Result<Logged, RunError> {
    let logged = device.act(deed).await?;
    own_work(device, logged).await?;
    Ok(logged)
}

/// Waits until a deed that was done elsewhere is in the log or refused. `events`: from before it was done.
pub async fn answered(
    device: &Device,
    events: &mut Receiver<Event>,
    ticket: Ticket,
) -> Result<Logged, RunError> {
    loop {
        match events.recv().await {
            Ok(Event::Logged { ticket: of, act, index }) if of == ticket => {
                let logged = Logged { act, index };
                own_work(device, logged).await?;
                return Ok(logged);
            }
            Ok(Event::Refused { ticket: of, refusal }) if of == ticket => return Err(refusal.into()),
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return Err(RunError::Stopped),
        }
    }
}

async fn own_work(device: &Device, logged: Logged) -> Result<(), RunError> {
    let is_done =
        device.until(move |participant| holds(participant, logged) && is_own_work_done(participant));
    // What is not done by then is done the next time that this device, or another, is online.
    timeout(OWN_WORK, is_done).await.unwrap_or(Ok(()))
}

fn holds(participant: &Participant, logged: Logged) -> bool {
    let ledger = participant.ledger();
    let in_packages = ledger.packages.all().flat_map(|(_, _, entries)| entries.iter());
    ledger.trust.entries().iter().chain(in_packages).any(|entry| entry.place.index == logged.index)
}

/// Whether no key work is due that this device could do, and nothing waits to be sent.
pub fn is_own_work_done(participant: &Participant) -> bool {
    let Some(trust) = participant.ledger().trust() else { return false };
    let (vaults, me) = (Vaults::at(trust, None), participant.person());
    let offices = trust.offices().keys().filter(|office| trust.members(**office).contains(&me));
    let own = [Vault::Person(me)].into_iter().chain(offices.map(|office| Vault::Office(*office)));
    participant.outbox().items().next().is_none()
        && own.into_iter().all(|vault| {
            !vaults.needs_new_generation(vault) && vaults.readers_missing_wraps(vault).is_empty()
        })
}
