//! Joining, roles, leaving, and putting a device out.

use std::{collections::BTreeSet, fmt};

use chancery_desk::{
    act::{Act, Guarded, OfficePurpose, RevokedBecause, Role},
    roles::ROLES,
    trust::Trust,
};
use chancery_device::running::Device;
use chancery_log::id::{OfficeId, PersonId, Scope};
use chancery_participant::{deed::Deed, founding, participant::Participant, view::names::Names};
use chancery_seal::body::people::PersonProfile;
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::{
    command::as_device::{self, ByDevice},
    init::names,
    lookup,
    outcome::Outcome,
    output::Output,
};

/// A role as it is typed: "duty-officer" or "duty officer".
fn role(text: &str) -> Result<Role, String> {
    let plain = |text: &str| text.trim().to_lowercase().replace([' ', '_'], "-");
    let found = ROLES.into_iter().find(|role| plain(&role.to_string()) == plain(text));
    found.ok_or_else(|| {
        let known: Vec<String> = ROLES.iter().map(|role| plain(&role.to_string())).collect();
        format!("there is {}", known.join(", "))
    })
}

/// A new person.
#[derive(Debug, Args)]
pub(super) struct Add {
    /// "NAME" or "NAME, TITLE"
    name: String,
    /// A role: principal, duty-officer, note-taker, interpreter, adviser, desk-officer, records-officer,
    /// security-officer
    #[arg(long = "role", value_parser = role)]
    roles: Vec<Role>,
    /// Where notices go, without content
    #[arg(long, value_name = "E-MAIL", default_value = "")]
    notices_to: String,
}

#[derive(Serialize)]
struct Changed {
    person: PersonId,
    name: String,
    roles: BTreeSet<Role>,
    /// A second security officer must agree before the person is one.
    awaits_second_officer: bool,
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let roles: Vec<String> = self.roles.iter().map(ToString::to_string).collect();
        let roles = if roles.is_empty() { "no role".to_owned() } else { roles.join(", ") };
        write!(f, "{}  {}: {roles}", lookup::short(&self.person), self.name)?;
        if self.awaits_second_officer {
            write!(f, "\nTo become a security officer takes another officer: `chancery people agree`.")?;
        }
        Ok(())
    }
}

/// A person joins.
pub(super) fn add(command: &Add, by: &ByDevice, output: Output) -> anyhow::Result<Outcome> {
    let profile = names::profile(&command.name)?;
    let profile = PersonProfile { notices_to: command.notices_to.clone(), ..profile };
    let mut roles: BTreeSet<Role> = command.roles.iter().copied().collect();
    let awaits_second_officer = roles.remove(&Role::SecurityOfficer);
    let changed = by.run(async |device| {
        let (joining, words) = (roles.clone(), profile.clone());
        let (person, deeds) = device
            .with(move |participant, _| {
                let person = PersonId(participant.draw_id());
                let trust = participant.ledger().trust();
                let office = |purpose| trust.and_then(|trust| trust.office_by_purpose(purpose));
                (person, founding::join(person, joining, words, office))
            })
            .await?;
        for deed in deeds {
            as_device::act(device, deed).await?;
        }
        if awaits_second_officer {
            ask_for_officer(device, person).await?;
        }
        Ok(Changed { person, name: profile.name.clone(), roles, awaits_second_officer })
    })?;
    output.answer(&changed)?;
    Ok(Outcome::Done)
}

async fn ask_for_officer(device: &Device, person: PersonId) -> anyhow::Result<()> {
    let ask = Act::GuardedAsked(Guarded::SecurityOfficer(person));
    as_device::act(device, Deed::bare(Scope::Trust, ask)).await?;
    Ok(())
}

/// Other roles.
#[derive(Debug, Args)]
pub(super) struct Roles {
    /// The person
    name: String,
    /// A role that the person has from here on; all of them, those that stand too; none takes all away
    #[arg(long = "role", value_parser = role)]
    roles: Vec<Role>,
}

/// Sets a person's roles, whole, and the memberships that follow from them.
pub(super) fn roles(command: &Roles, by: &ByDevice, output: Output) -> anyhow::Result<Outcome> {
    let wanted: BTreeSet<Role> = command.roles.iter().copied().collect();
    let text = command.name.clone();
    let changed = by.run(async |device| {
        let (person, name, had, deeds) = device
            .with({
                let wanted = wanted.clone();
                move |participant, _| {
                    let person = lookup::person(participant, &text)?;
                    let name = Names::of(participant).person(person).to_owned();
                    let trust = participant.ledger().trust().ok_or(lookup::LookupError::NoTrust)?;
                    let had = trust.person(person).map(|known| known.roles.clone()).unwrap_or_default();
                    let deeds = role_deeds(trust, person, &had, &wanted);
                    Ok::<_, lookup::LookupError>((person, name, had, deeds))
                }
            })
            .await??;
        for deed in deeds {
            as_device::act(device, deed).await?;
        }
        let becomes_officer =
            wanted.contains(&Role::SecurityOfficer) && !had.contains(&Role::SecurityOfficer);
        if becomes_officer {
            ask_for_officer(device, person).await?;
        }
        let mut roles = wanted.clone();
        if becomes_officer {
            roles.remove(&Role::SecurityOfficer);
        }
        Ok(Changed { person, name, roles, awaits_second_officer: becomes_officer })
    })?;
    output.answer(&changed)?;
    Ok(Outcome::Done)
}

/// The roles, and the offices that are read in these roles and were not in those before, and the other way round.
fn role_deeds(trust: &Trust, person: PersonId, had: &BTreeSet<Role>, wanted: &BTreeSet<Role>) -> Vec<Deed> {
    let mut roles = wanted.clone();
    if !had.contains(&Role::SecurityOfficer) {
        roles.remove(&Role::SecurityOfficer);
    }
    let (before, after) = (offices(trust, person, had), offices(trust, person, &roles));
    let mut deeds = Vec::new();
    if roles != *had {
        deeds.push(Deed::bare(Scope::Trust, Act::RolesSet { person, roles }));
    }
    let is_member = |office: &OfficeId| trust.members(*office).contains(&person);
    for office in after.iter().filter(|office| !is_member(office)) {
        deeds.push(Deed::bare(Scope::Trust, Act::OfficeMemberAdded { office: *office, person }));
    }
    for office in before.difference(&after).filter(|office| is_member(office)) {
        deeds.push(Deed::bare(Scope::Trust, Act::OfficeMemberRemoved { office: *office, person }));
    }
    deeds
}

/// The offices that somebody with these roles reads in: those that `founding::join` names.
fn offices(trust: &Trust, person: PersonId, roles: &BTreeSet<Role>) -> BTreeSet<OfficeId> {
    let nobody = PersonProfile { name: String::new(), title: String::new(), notices_to: String::new() };
    let joining = founding::join(person, roles.clone(), nobody, |purpose: OfficePurpose| {
        trust.office_by_purpose(purpose)
    });
    let office = |deed: Deed| match deed {
        Deed::Say { act: Act::OfficeMemberAdded { office, .. }, .. } => Some(office),
        Deed::Say { .. }
        | Deed::SayTape { .. }
        | Deed::Open { .. }
        | Deed::MakeGeneration { .. }
        | Deed::WrapReaders { .. }
        | Deed::DealShares { .. }
        | Deed::ReleaseShare { .. } => None,
    };
    joining.into_iter().filter_map(office).collect()
}

/// Who leaves.
#[derive(Debug, Args)]
pub(super) struct Leave {
    /// The person
    name: String,
}

#[derive(Serialize)]
struct Gone {
    person: PersonId,
    name: String,
}

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} has left. Vaults that this person read get new keys before anything is written into them.",
            self.name
        )
    }
}

/// A person leaves.
pub(super) fn leave(command: &Leave, by: &ByDevice, output: Output) -> anyhow::Result<Outcome> {
    let text = command.name.clone();
    let gone = by.run(async |device| {
        let (person, name) = device.with(move |participant, _| named_person(participant, &text)).await??;
        as_device::act(device, Deed::bare(Scope::Trust, Act::PersonLeft { person })).await?;
        Ok(Gone { person, name })
    })?;
    output.answer(&gone)?;
    Ok(Outcome::Done)
}

fn named_person(participant: &Participant, text: &str) -> Result<(PersonId, String), lookup::LookupError> {
    let person = lookup::person(participant, text)?;
    Ok((person, Names::of(participant).person(person).to_owned()))
}

/// Why a device goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Because {
    /// Lost or stolen, or its storage was cleared
    Lost,
    /// Another one took its place
    Replaced,
    /// Others may have read it
    Exposed,
}

/// Which device goes out.
#[derive(Debug, Args)]
pub(super) struct Revoke {
    /// The device: the beginning of its id, or its owner's name when the owner has one only
    which: String,
    /// Why
    #[arg(long, value_enum)]
    because: Because,
}

#[derive(Serialize)]
struct Out {
    device: chancery_log::id::DeviceId,
}

impl fmt::Display for Out {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Device {} is out, of everything, from here on.", lookup::short(&self.device))
    }
}

/// Puts a device out.
pub(super) fn revoke(command: &Revoke, by: &ByDevice, output: Output) -> anyhow::Result<Outcome> {
    let text = command.which.clone();
    let because = match command.because {
        Because::Lost => RevokedBecause::Lost,
        Because::Replaced => RevokedBecause::Replaced,
        Because::Exposed => RevokedBecause::Exposed,
    };
    let out = by.run(async |device| {
        let which = device.with(move |participant, _| lookup::device(participant, &text)).await??;
        as_device::act(device, Deed::bare(Scope::Trust, Act::DeviceRevoked { device: which, because }))
            .await?;
        Ok(Out { device: which })
    })?;
    output.answer(&out)?;
    Ok(Outcome::Done)
}
