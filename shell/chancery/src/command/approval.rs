//! How a new device comes to the desk, from the side of those who are there already: a link, the devices that wait, words
//! compared, approval. The same for a security officer and for somebody's own further device.

use std::{fmt, time::Duration};

use anyhow::{anyhow, bail};
use chancery_device::running::Device;
use chancery_log::id::{DeviceId, PersonId, Vault};
use chancery_participant::{enrol::WaitingDevice, participant::Participant, view::names::Names};
use clap::Args;
use serde::Serialize;
use tokio::time::timeout;

use super::as_device::{self, ByDevice};
use crate::{lookup, outcome::Outcome, output::Output, terminal, utc};

/// The server tells of waiting devices right after the welcome.
const TOLD: Duration = Duration::from_secs(2);

/// A new device connects at once when it is approved, and its keys are made within a second.
const KEYS: Duration = Duration::from_secs(20);

/// A link, ready to be handed over.
#[derive(Serialize)]
pub struct Link {
    /// Whose device it is for.
    person: PersonId,
    /// As shown.
    name: String,
    /// The whole link: a secret until the device is approved.
    link: String,
    /// Until when it can be used, milliseconds since 1970 UTC.
    until_ms: u64,
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.link)?;
        writeln!(f)?;
        writeln!(
            f,
            "For a device of {}, until {} UTC. Whoever holds the link can knock with it:",
            self.name,
            utc::minute(self.until_ms)
        )?;
        write!(f, "hand it to that person only, and compare the words before you approve.")
    }
}

/// Makes a link for a device of a person.
pub async fn invite(device: &Device, by: &ByDevice, person: PersonId) -> anyhow::Result<Link> {
    let about = by.about()?;
    let (base, certificate) = (about.base, about.certificate);
    let mut events = device.events();
    let invited = device
        .with(move |participant, now| {
            let name = Names::of(participant).person(person).to_owned();
            let desk_ms = participant.desk_ms();
            let until_ms =
                participant.ledger().trust().map_or(desk_ms, |trust| desk_ms + trust.rules().invitation_ms);
            let (ticket, link) = participant.invite(now, person, &base, certificate)?;
            Ok::<_, chancery_participant::enrol::EnrolError>((
                ticket,
                link.text().to_string(),
                name,
                until_ms,
            ))
        })
        .await?;
    let (ticket, link, name, until_ms) = invited?;
    as_device::answered(device, &mut events, ticket).await?;
    Ok(Link { person, name, link, until_ms })
}

/// Devices that wait for approval.
#[derive(Serialize)]
pub struct Waiting {
    waiting: Vec<WaitingLine>,
}

#[derive(Serialize, Clone)]
struct WaitingLine {
    device: DeviceId,
    person: PersonId,
    name: String,
    words: String,
    /// It proved that it holds the link's secret.
    proved: bool,
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.waiting.is_empty() {
            return write!(f, "No device waits for approval here.");
        }
        for (place, line) in self.waiting.iter().enumerate() {
            if place > 0 {
                writeln!(f)?;
            }
            write!(f, "{line}")?;
        }
        Ok(())
    }
}

impl fmt::Display for WaitingLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proved = if self.proved { "" } else { "  DOES NOT HOLD THE LINK'S SECRET" };
        write!(f, "{}  {}  {}{proved}", lookup::short(&self.device), self.name, self.words)
    }
}

fn line(names: &Names, waiting: &WaitingDevice) -> WaitingLine {
    WaitingLine {
        device: waiting.device,
        person: waiting.person,
        name: names.person(waiting.person).to_owned(),
        words: waiting.words.join(" "),
        proved: waiting.proved,
    }
}

fn lines(participant: &Participant) -> Vec<WaitingLine> {
    let names = Names::of(participant);
    participant.waiting_devices().iter().map(|waiting| line(&names, waiting)).collect()
}

/// The devices that wait.
pub async fn waiting(device: &Device) -> anyhow::Result<Waiting> {
    // None may wait, and then nothing comes.
    let told = timeout(TOLD, device.until(|participant| !participant.waiting_devices().is_empty())).await;
    told.unwrap_or(Ok(()))?;
    Ok(Waiting { waiting: device.with(|participant, _| lines(participant)).await? })
}

/// Which device to approve.
#[derive(Debug, Args)]
pub struct Approve {
    /// The device: the beginning of its id, or its owner's name [default: the only one that waits]
    which: Option<String>,
    /// The words that the new device shows, when nobody is at a terminal to compare them
    #[arg(long)]
    words: Option<String>,
    /// How long to wait for a device to knock, in seconds
    #[arg(long, default_value_t = 0)]
    wait: u64,
}

#[derive(Serialize)]
struct Approved {
    device: DeviceId,
    person: PersonId,
    name: String,
    /// The new device connected, and has its keys.
    ready: bool,
}

impl fmt::Display for Approved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Approved: device {} of {}.", lookup::short(&self.device), self.name)?;
        match self.ready {
            true => write!(f, " It has its keys."),
            false => write!(
                f,
                " It has not connected yet; it gets its keys when it and a device that holds them are online together."
            ),
        }
    }
}

/// Approves a device, after the words were compared.
pub fn approve(command: &Approve, by: &ByDevice, output: Output) -> anyhow::Result<Outcome> {
    let approved = by.run(async |device| {
        let found = find(command, device, output).await?;
        if !compared(command, &found, output)? {
            bail!("the words differ, so nothing was approved: somebody else may hold the link. Withdraw it and make another")
        }
        let mut events = device.events();
        let id = found.device;
        let ticket = device.with(move |participant, now| participant.approve(now, id)).await??;
        as_device::answered(device, &mut events, ticket).await?;
        let person = found.person;
        let has_keys = device.until(move |participant| {
            let trust = participant.ledger().trust();
            trust.is_some_and(|trust| trust.vault(Vault::Person(person)).is_some() && !trust.stale(Vault::Person(person)))
                && as_device::is_own_work_done(participant)
        });
        let ready = match timeout(KEYS, has_keys).await {
            Ok(done) => done.map(|()| true)?,
            Err(_) => false,
        };
        Ok(Approved { device: found.device, person, name: found.name, ready })
    })?;
    output.answer(&approved)?;
    Ok(Outcome::Done)
}

async fn find(command: &Approve, device: &Device, output: Output) -> anyhow::Result<WaitingLine> {
    let wait = TOLD.max(Duration::from_secs(command.wait));
    if command.wait > 0 {
        output.progress("Waiting for a device to knock.");
    }
    let knocked = timeout(wait, device.until(|participant| !participant.waiting_devices().is_empty())).await;
    knocked.unwrap_or(Ok(()))?;
    let waiting = device.with(|participant, _| lines(participant)).await?;
    let known: Vec<_> =
        waiting.iter().map(|line| (line.clone(), line.name.clone(), line.device.to_string())).collect();
    match (&command.which, waiting.as_slice()) {
        (_, []) => {
            bail!("no device waits: start `chancery device enrol LINK` on it first, or give --wait SECONDS")
        }
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(anyhow!("several devices wait; say which:\n{}", Waiting { waiting })),
        (Some(which), _) => Ok(lookup::pick("waiting device", which, &known)?),
    }
}

fn compared(command: &Approve, found: &WaitingLine, output: Output) -> anyhow::Result<bool> {
    let plain = |words: &str| words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    match &command.words {
        Some(words) => Ok(plain(words) == plain(&found.words)),
        None if output == Output::Words && terminal::is_there() => {
            output.progress(&format!(
                "Device {} of {} shows:\n\n    {}\n",
                lookup::short(&found.device),
                found.name,
                found.words
            ));
            Ok(terminal::yes("Does the new device show the same words?")?)
        }
        None => bail!(
            "compare the words with those on the new device, and give them as --words \"{}\"",
            found.words
        ),
    }
}
