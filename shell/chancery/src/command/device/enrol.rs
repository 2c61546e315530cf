//! `chancery device enrol`: from a link to a device that has its keys.

use std::{fmt, fs, path::PathBuf, time::Duration};

use anyhow::{Context as _, bail};
use chancery_device::{
    enrol,
    folder::{About, Folder},
    running::Device,
};
use chancery_log::id::{DeviceId, PersonId, Vault};
use chancery_participant::view::names::{Names, SEALED};
use clap::Args;
use serde::Serialize;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::{
    command::as_device::{ByDevice, Unreachable},
    lookup,
    outcome::Outcome,
    output::Output,
    terminal,
};

/// The approver's device wraps what the new one reads within a second, when it stays online.
const KEYS: Duration = Duration::from_secs(20);

/// From which link, and where to.
#[derive(Debug, Args)]
pub(super) struct Enrol {
    /// The link, whole; `-` reads it from standard input, so that no list of processes shows it
    link: String,
    /// A new folder for the device
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// Ask for a passphrase that seals the device's keys; without one, whoever reads the folder is the device
    #[arg(long)]
    passphrase: bool,
}

/// What a script is told first: enrolment waits for somebody who compares these.
#[derive(Serialize)]
struct Heard {
    words: String,
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "The desk has heard this device. Compare these words with those that the approver sees:"
        )?;
        writeln!(f)?;
        writeln!(f, "    {}", self.words)?;
        writeln!(f)?;
        write!(f, "Waiting for approval; Ctrl-C may end this, the folder stays good.")
    }
}

#[derive(Serialize)]
struct Enrolled {
    device: DeviceId,
    person: PersonId,
    name: String,
    folder: PathBuf,
    /// It can open the names of the people at the desk.
    ready: bool,
}

impl fmt::Display for Enrolled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (device, folder) = (lookup::short(&self.device), self.folder.display());
        if self.ready {
            writeln!(f, "Approved. This is device {device} of {}.", self.name)?;
        } else {
            writeln!(f, "Approved. This is device {device}.")?;
            writeln!(f, "It gets its keys when it and a device that holds them are online together.")?;
        }
        write!(f, "  chancery device show board --device {folder}")
    }
}

/// Enrols.
pub(super) fn enrol(command: &Enrol, by: &ByDevice, output: Output) -> anyhow::Result<Outcome> {
    let link = Zeroizing::new(match command.link.as_str() {
        "-" => std::io::read_to_string(std::io::stdin())?,
        link => link.to_owned(),
    });
    let passphrase = passphrase(command, by)?;
    let words = passphrase.as_ref().map(|words| words.as_str());
    let runtime = tokio::runtime::Runtime::new().context("the runtime could not be started")?;
    let enrolled = runtime.block_on(async {
        let mut shown = Ok(());
        let heard = |words: [&'static str; 6]| shown = output.answer(&Heard { words: words.join(" ") });
        let about = enrol::enrol(&link, &command.folder, words, heard).await.map_err(reached)?;
        shown?;
        first_connection(&command.folder, words, about).await
    })?;
    output.answer(&enrolled)?;
    Ok(Outcome::Done)
}

/// A desk that could not be reached has an exit code of its own.
fn reached(error: enrol::EnrolError) -> anyhow::Error {
    match error {
        enrol::EnrolError::Socket(error) => Unreachable::from(error).into(),
        error @ (enrol::EnrolError::Link(_)
        | enrol::EnrolError::Folder(_)
        | enrol::EnrolError::TurnedAway(_)
        | enrol::EnrolError::Keys(_)) => error.into(),
    }
}

fn passphrase(command: &Enrol, by: &ByDevice) -> anyhow::Result<Option<Zeroizing<String>>> {
    if let Some(path) = &by.passphrase_file {
        let text = Zeroizing::new(fs::read_to_string(path).with_context(|| path.display().to_string())?);
        return Ok(text.lines().next().map(|line| Zeroizing::new(line.to_owned())));
    }
    if !command.passphrase {
        return Ok(None);
    }
    if !terminal::is_there() {
        bail!("nobody is there to type a passphrase: give a file with --passphrase-file");
    }
    let first = terminal::secret("Passphrase: ")?;
    if *first != *terminal::secret("Once more: ")? {
        bail!("the two differ; nothing was made");
    }
    Ok(Some(first))
}

/// Makes the person's vault if this is the first device, and waits for what the approver wraps.
async fn first_connection(
    folder: &std::path::Path,
    passphrase: Option<&str>,
    about: About,
) -> anyhow::Result<Enrolled> {
    let (open, identity) = Folder::open(folder, passphrase)?;
    let (device, task) = Device::start(open, identity)?;
    let person = about.person;
    let has_keys = device.until(move |participant| {
        let trust = participant.ledger().trust();
        participant.is_caught_up()
            && trust.is_some_and(|trust| trust.vault(Vault::Person(person)).is_some())
            && Names::of(participant).person(person) != SEALED
            && participant.outbox().items().next().is_none()
    });
    let ready = match timeout(KEYS, has_keys).await {
        Ok(done) => done.map(|()| true)?,
        Err(_) => false,
    };
    let name = device.with(move |participant, _| Names::of(participant).person(person).to_owned()).await?;
    device.stop().await;
    task.await.context("the device stopped")??;
    Ok(Enrolled { device: about.device, person, name, folder: folder.to_owned(), ready })
}
