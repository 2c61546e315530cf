//! Whose device it is, its keys, its owner's devices.

use std::fmt;

use chancery_log::id::{DeskId, DeviceId, Digest, GenerationNumber, PersonId, Vault};
use chancery_participant::{
    participant::Participant,
    view::{
        names::Names,
        people::{self, DeviceLine},
    },
};
use serde::Serialize;

use crate::{columns::columns, command::as_device::ByDevice, lookup, outcome::Outcome, output::Output, utc};

#[derive(Serialize)]
struct Keys {
    desk: DeskId,
    genesis: Digest,
    address: String,
    person: PersonId,
    name: String,
    device: DeviceId,
    /// SHA-256 of the server's own certificate, when links name one.
    certificate: Option<Digest>,
    vaults: Vec<VaultLine>,
}

#[derive(Serialize)]
struct VaultLine {
    vault: Vault,
    name: String,
    /// The newest generation in the log; 0 while there is none.
    newest: GenerationNumber,
    stale: bool,
}

impl fmt::Display for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "device   {}", self.device)?;
        writeln!(f, "of       {} ({})", self.name, self.person)?;
        writeln!(f, "desk     {} at {}", self.desk, self.address)?;
        writeln!(f, "genesis  {}", self.genesis)?;
        if let Some(certificate) = self.certificate {
            writeln!(f, "server's certificate  {certificate}")?;
        }
        writeln!(f, "vaults that its owner reads:")?;
        let row = |line: &VaultLine| {
            let state = match (line.newest, line.stale) {
                (0, _) => "no key yet".to_owned(),
                (newest, false) => format!("generation {newest}"),
                (newest, true) => format!("generation {newest}, due for a new one"),
            };
            vec![format!("  {}", line.name), state]
        };
        write!(f, "{}", columns(&self.vaults.iter().map(row).collect::<Vec<_>>()))
    }
}

/// Whose device it is, and which vaults its owner reads.
pub(super) fn keys(by: &ByDevice, output: Output) -> anyhow::Result<Outcome> {
    let about = by.about()?;
    let (name, vaults) = by.look(
        |why| output.progress(&why),
        |participant| {
            let person = participant.person();
            (Names::of(participant).person(person).to_owned(), vaults(participant))
        },
    )?;
    output.answer(&Keys {
        desk: about.desk,
        genesis: about.genesis,
        address: about.base,
        person: about.person,
        name,
        device: about.device,
        certificate: about.certificate,
        vaults,
    })?;
    Ok(Outcome::Done)
}

fn vaults(participant: &Participant) -> Vec<VaultLine> {
    let Some(trust) = participant.ledger().trust() else { return Vec::new() };
    let (names, me) = (Names::of(participant), participant.person());
    let line = |vault: Vault, name: String| VaultLine {
        vault,
        name,
        newest: trust.vault(vault).map_or(0, chancery_desk::vaults::VaultState::number),
        stale: trust.vault(vault).is_some() && trust.stale(vault),
    };
    let own = line(Vault::Person(me), "own".to_owned());
    let offices = trust.offices().keys().filter(|office| trust.members(**office).contains(&me));
    let offices = offices.map(|office| line(Vault::Office(*office), names.office(*office).to_owned()));
    [own].into_iter().chain(offices).collect()
}

#[derive(Serialize)]
struct Devices {
    person: PersonId,
    name: String,
    devices: Vec<DeviceLine>,
}

impl fmt::Display for Devices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Devices of {}:", self.name)?;
        for device in &self.devices {
            let state = if device.approved { "since" } else { "revoked; it came" };
            write!(f, "\n  {}  {state} {} UTC", device.id, utc::minute(device.since_ms))?;
        }
        if self.devices.is_empty() {
            write!(f, "\n  none that this device knows of; {}", lookup::short(&self.person))?;
        }
        Ok(())
    }
}

/// The owner's devices.
pub(super) fn list(by: &ByDevice, output: Output) -> anyhow::Result<Outcome> {
    let person = by.about()?.person;
    let mine = by.look(
        |why| output.progress(&why),
        move |participant| people::people(participant).into_iter().find(|line| line.id == person),
    )?;
    let (name, devices) = mine.map_or_else(Default::default, |line| (line.name, line.devices));
    output.answer(&Devices { person, name, devices })?;
    Ok(Outcome::Done)
}
