//! Makes what was founded: the founding act in a new log, a device for each officer, and the first deeds, done by those
//! devices over real sockets against the real server. All of it in a folder of its own, renamed when it is whole.

use std::{
    fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use chancery_desk::refusal::Refusal;
use chancery_device::{
    folder::{About, Folder, FolderError, random_seed},
    running::{Device, RunError},
};
use chancery_log::id::{DeskId, Digest, PersonId};
use chancery_participant::{
    founding::{self, FoundError, Founded},
    participant::{Identity, Participant},
};
use chancery_server::{
    limits::Limits,
    shell::{
        config::{Config, LineProtection},
        running::{self, EndError, Running, StartError},
    },
};
use chancery_store::{create::CreateError, server_keys::ServerKeys, store::Store};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::Serialize;
use tokio::{
    task::{JoinHandle, spawn_blocking},
    time::timeout,
};

use super::{answers::Founding, names};
use crate::settled::is_settled;

/// The first deeds are some fifty acts; this is for a machine that does other things too.
const SETTLE: Duration = Duration::from_secs(120);

/// A desk that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Made {
    /// The desk.
    pub desk: DeskId,
    /// Digest of the founding act: the one that every link carries.
    pub genesis: Digest,
    /// SHA-256 of the server's own certificate, when it made one.
    pub certificate: Option<Digest>,
    /// Entries in the log.
    pub entries: u64,
    /// The officers' devices, in order.
    pub officers: Vec<Officer>,
    /// Names of custodians who have no device yet.
    pub without_device: Vec<String>,
}

/// One founding officer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Officer {
    /// As shown.
    pub name: String,
    /// The person.
    pub person: PersonId,
    /// The device's folder.
    pub folder: PathBuf,
}

/// Why a desk was not made; nothing of it is left behind.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// A folder with something in it.
    #[error("{0} is not empty: name another folder")]
    Occupied(PathBuf),
    /// Folders.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Keys or the founding act.
    #[error(transparent)]
    Found(#[from] FoundError),
    /// The server's folder.
    #[error(transparent)]
    Create(#[from] CreateError),
    /// A device's folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The server.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The server, ending.
    #[error(transparent)]
    End(#[from] EndError),
    /// A device.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A deed of the founding was refused.
    #[error("the founding stopped: {0}")]
    Refused(String),
    /// It took too long.
    #[error("the first deeds were not in the log after {} seconds", SETTLE.as_secs())]
    Slow,
}

type Task = JoinHandle<Result<(), FolderError>>;

/// Makes the desk: `desk` is the server's folder, `officers` holds one folder for each officer.
pub async fn make(
    founding: &Founding,
    desk: &Path,
    officers: &Path,
    progress: impl Fn(&str),
) -> Result<Made, MakeError> {
    for folder in [desk, officers] {
        if is_occupied(folder).map_err(file(folder))? {
            return Err(MakeError::Occupied(folder.to_owned()));
        }
    }
    let beside = parent(desk);
    fs::create_dir_all(&beside).map_err(file(&beside))?;
    // A crash from here on leaves a folder named .chancery-init-…, and no desk.
    let stage =
        tempfile::Builder::new().prefix(".chancery-init-").tempdir_in(&beside).map_err(file(&beside))?;
    let (stage_desk, stage_officers) = (stage.path().join("desk"), stage.path().join("officers"));
    fs::create_dir(&stage_officers).map_err(file(&stage_officers))?;

    let mut rng = ChaCha20Rng::from_seed(random_seed()?);
    let founded = founding::found(&founding.plan, &mut rng)?;
    let keys = ServerKeys::from_seeds(&founded.log_seed, &founded.observer_seed);
    let (folder, genesis, now_ms) = (stage_desk.clone(), founded.genesis.clone(), founding.plan.now_ms);
    // The store waits for its own files, which no async thread may.
    let created = spawn_blocking(move || Store::create(&folder, genesis, &keys, now_ms).map(drop)).await;
    created.map_err(|_| RunError::Stopped)??;
    progress("The founding act is in the log.");
    let server = serve(founding, &stage_desk).await?;
    let (certificate, at) = (server.certificate(), server.addr());
    let folders = names::folders(founding.plan.officers.iter().map(|officer| officer.name.as_str()));
    let (desk_id, genesis) = (founded.desk, founded.digest);
    let people: Vec<PersonId> = founded.officers.iter().map(|officer| officer.person).collect();
    let entries = first_deeds(founding, founded, (&stage_officers, &folders), (at, certificate)).await?;
    server.stop().await?;
    progress("Offices, names, rules and vaults are made.");

    let certificate = certificate.filter(|_| founding.own_certificate);
    for name in &folders {
        Folder::readdress(&stage_officers.join(name), founding.address.clone(), certificate)?;
    }
    let beside_officers = parent(officers);
    fs::create_dir_all(&beside_officers).map_err(file(&beside_officers))?;
    fs::rename(&stage_officers, officers).map_err(file(officers))?;
    // COMMIT POINT. A crash before it leaves the officers' devices without a desk: remove their folder and begin again.
    fs::rename(&stage_desk, desk).map_err(file(desk))?;
    Ok(made(founding, (desk_id, genesis, certificate, entries), &people, officers, &folders))
}

fn made(
    founding: &Founding,
    (desk, genesis, certificate, entries): (DeskId, Digest, Option<Digest>, u64),
    people: &[PersonId],
    folder: &Path,
    folders: &[String],
) -> Made {
    let named = founding.plan.officers.iter().zip(people).zip(folders);
    let officers = named
        .map(|((profile, person), name)| Officer {
            name: profile.name.clone(),
            person: *person,
            folder: folder.join(name),
        })
        .collect();
    let without_device = founding
        .plan
        .custodians
        .iter()
        .filter_map(|custodian| match custodian {
            founding::Custodian::Officer(_) => None,
            founding::Custodian::Other(profile) => Some(profile.name.clone()),
        })
        .collect();
    Made { desk, genesis, certificate, entries, officers, without_device }
}

async fn serve(founding: &Founding, folder: &Path) -> Result<Running, StartError> {
    let line = if founding.own_certificate { LineProtection::OwnCertificate } else { LineProtection::Plain };
    running::start(Config {
        folder: folder.to_owned(),
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        host: founding.host.clone(),
        line,
        limits: Limits::default(),
    })
    .await
}

/// Starts the officers' devices, lets the first one do what comes first, and waits until nothing is left to do. Entries
/// in the log.
async fn first_deeds(
    founding: &Founding,
    founded: Founded,
    (folder, names): (&Path, &[String]),
    (at, certificate): (SocketAddr, Option<Digest>),
) -> Result<u64, MakeError> {
    let scheme = if certificate.is_some() { "https" } else { "http" };
    let base = format!("{scheme}://{at}");
    let mut devices: Vec<(Device, Task)> = Vec::new();
    for ((identity, name), passphrase) in founded.officers.into_iter().zip(names).zip(&founding.passphrases) {
        let about = about(&identity, base.clone(), certificate);
        let words = passphrase.as_ref().map(|words| words.as_str());
        let folder = Folder::create(&folder.join(name), about, &identity.secrets, words)?;
        devices.push(Device::start(folder, identity)?);
    }
    let work = async {
        for (device, _) in &devices {
            device.caught_up().await?;
        }
        if let Some((first, _)) = devices.first() {
            for deed in founded.first_deeds {
                first.queue(deed).await?;
            }
        }
        settle(&devices).await
    };
    let entries = timeout(SETTLE, work).await.map_err(|_| MakeError::Slow)??;
    for (device, task) in devices {
        device.stop().await;
        task.await.map_err(|_| RunError::Stopped)??;
    }
    Ok(entries)
}

async fn settle(devices: &[(Device, Task)]) -> Result<u64, MakeError> {
    let mut entries = 0;
    for (device, _) in devices {
        device.until(|participant| is_settled(participant) || refused(participant).is_some()).await?;
        let (count, refused) = device
            .with(|participant, _| {
                let refused = refused(participant);
                (participant.ledger().trust().map_or(0, chancery_desk::trust::Trust::count), refused)
            })
            .await?;
        if let Some(refused) = refused {
            return Err(MakeError::Refused(refused));
        }
        entries = entries.max(count);
    }
    Ok(entries)
}

/// What was refused. That something is there already is what was wanted: its id is this founding's own.
fn refused(participant: &Participant) -> Option<String> {
    let mut all = participant.outbox().refused();
    let no = all.find(|refused| !matches!(refused.refusal, Refusal::AlreadyThere(_)));
    no.map(|refused| refused.refusal.to_string())
}

fn about(identity: &Identity, base: String, certificate: Option<Digest>) -> About {
    About {
        base,
        certificate,
        desk: identity.desk,
        genesis: identity.genesis,
        person: identity.person,
        device: identity.secrets.id(),
    }
}

fn file(path: &Path) -> impl Fn(io::Error) -> MakeError {
    let path = path.to_owned();
    move |error| MakeError::File { path: path.clone(), error }
}

/// The folder in which a folder stands.
fn parent(folder: &Path) -> PathBuf {
    match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        Some(_) | None => PathBuf::from("."),
    }
}

fn is_occupied(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_some()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
